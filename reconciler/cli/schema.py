"""`reconciler schema`."""

import sys
from pathlib import Path

import click

from reconciler.cli.common import print_json, print_to
from reconciler.model.schema import project_schema, resource_schema, write


@click.command("schema")
@click.option("--out", metavar="DIR", help="Write the schemas as files into this folder.")
def command(out: str | None) -> None:
    """Print the JSON Schemas of the project file and of resource files."""
    if out is None:
        print_json({"project": project_schema(), "resources": resource_schema()})
        return
    for path in write(Path(out)):
        print_to(sys.stderr, f"Wrote {path}.")
