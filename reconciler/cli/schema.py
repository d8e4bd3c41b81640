"""`reconciler schema`."""

import sys
from pathlib import Path

import click

from reconciler.cli.common import not_written, print_json, print_to
from reconciler.model.schema import schemas, write
from reconciler.systems.registry import NAMES


@click.command("schema")
@click.option("--out", metavar="DIR", help="Write the schemas as files into this folder.")
def command(out: str | None) -> None:
    """Print the JSON Schemas of the project file and of resource files."""
    if out is None:
        print_json(schemas(NAMES))
        return
    try:
        written = write(Path(out), NAMES)
    except OSError as problem:
        raise not_written(out, problem) from None
    for path in written:
        print_to(sys.stderr, f"Wrote {path}.")
