"""`reconciler init`."""

import os
import sys
from pathlib import Path

import click
import msgspec

from reconciler.cli.common import Settings, failed, not_written, print_to, settings
from reconciler.cli.export import export
from reconciler.workflow.starting import CI, advice, check_export, starter_files, write_missing


@click.command("init")
@click.argument("directory", metavar="[DIR]", default=".", required=False)
@click.option(
    "--ci", type=click.Choice(list(CI)), default="github", show_default=True, help="Whose workflows to write."
)
@click.option("--from", "source", metavar="TARGET", help="Export this target of reconciler.yaml into org/.")
@click.pass_context
def command(ctx: click.Context, directory: str, ci: str, source: str | None) -> None:
    """Write a new project into DIR (default: this folder): files, editor schemas, CI workflows, .gitignore. What is
    there already is never overwritten; a project that is there already gets what stands around its files."""
    folder = Path(ctx.obj["directory"], directory)
    is_new = not (folder / "reconciler.yaml").exists()
    if source is not None and is_new:
        raise click.UsageError(
            f"--from exports a target that reconciler.yaml names, and {folder} has none. Write one with the target "
            f"{source} first: its system, url and auth."
        )
    kept = []
    try:
        for name, written in write_missing(folder, starter_files(folder.resolve().name, ci, new=is_new)):
            if written:
                print_to(sys.stderr, f"Wrote {folder / name}.")
            else:
                kept.append(name)
    except OSError as problem:
        raise not_written(directory, problem) from None
    for name in kept:
        print_to(sys.stderr, f"{name} is there already, and stays as it is.")
    for said in advice(folder, kept):
        print_to(sys.stderr, said)
    if source is not None:
        options = msgspec.structs.replace(settings(ctx), root=folder.absolute())
        ctx.exit(export(options, [source], str(folder / "org")) or _checked(options))
    if is_new:
        print_to(sys.stderr, "The project is ready. README.md says how to try it, and what CI needs.")


def _checked(options: Settings) -> int:
    """Says whether the project is valid with what was exported into it, and has all of it. Gives the exit status."""
    if status := failed(options, check_export(options.root, options.variables, os.environ), json=False):
        print_to(sys.stderr, "The export is complete. Correct this, and see `reconciler validate` and `plan`.")
    else:
        print_to(sys.stderr, "The project is ready, and valid. `reconciler plan` shows what `apply` will adopt.")
    return status
