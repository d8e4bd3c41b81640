"""`reconciler schema`."""

import sys
from pathlib import Path

import click

from reconciler.cli.common import not_written, print_json, print_to
from reconciler.model.schema import schemas
from reconciler.systems.registry import SERVERS
from reconciler.workflow.publishing import check, write


@click.command("schema")
@click.option("--out", metavar="DIR", help="Write the schemas as files into this folder.")
@click.option("--check", "checked", metavar="DIR", help="Exit with 1 when the files in this folder are not current.")
@click.pass_context
def command(ctx: click.Context, out: str | None, checked: str | None) -> None:
    """Print the JSON Schemas of the project file and of resource files."""
    if checked is not None:
        stale = check(Path(checked), SERVERS)
        for path in stale:
            print_to(sys.stderr, f"{path} is missing or not current: write it by `reconciler schema --out {checked}`.")
        ctx.exit(1 if stale else 0)
    if out is None:
        print_json(schemas(SERVERS))
        return
    try:
        written = write(Path(out), SERVERS)
    except OSError as problem:
        raise not_written(out, problem) from None
    for path in written:
        print_to(sys.stderr, f"Wrote {path}.")
