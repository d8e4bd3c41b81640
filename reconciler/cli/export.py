"""`reconciler export`."""

import sys
from pathlib import Path

import click

from reconciler.cli.common import failed, not_written, print_bytes, print_to, settings
from reconciler.cli.planning import progress_of, project_of
from reconciler.model.diagnostic import error, has_errors
from reconciler.model.words import nearest
from reconciler.report.export import render_resources
from reconciler.workflow.exporting import read_all


@click.command("export")
@click.argument("target")
@click.option("--out", metavar="DIR", help="Write one file per kind into this folder (default: standard output).")
@click.pass_context
def command(ctx: click.Context, target: str, out: str | None) -> None:
    """Write a target's live state as resource files; a plan of them is empty."""
    options = settings(ctx)
    session, diagnostics = project_of(options)
    if session is None:
        ctx.exit(failed(options, diagnostics, json=False))
    if target not in session.organisation.project.targets:
        names = sorted(session.organisation.project.targets)
        hint = nearest(target, names) or f" There are: {', '.join(names)}."
        raise click.UsageError(f'There is no target "{target}" in the project.{hint}')
    with progress_of(options, as_json=False) as progress:
        listings, problems = read_all(session, target, progress.listing)
    if has_errors(problems):
        ctx.exit(failed(options, problems, json=False))
    texts = {f"{listing.kind}s.yaml": render_resources(target, listing) for listing in listings if listing.objects}
    if out is None:
        print_bytes("\n".join(texts.values()).encode())
        return
    folder = Path(out)
    taken = [name for name in texts if (folder / name).exists()]
    if taken:
        detail = f"{out} has {', '.join(taken)} already. Nothing was written: remove them, or choose another folder."
        ctx.exit(failed(options, [error("RC0901", detail)], json=False))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / name).write_text(text, "utf-8")
            print_to(sys.stderr, f"Wrote {folder / name}.")
    except OSError as problem:
        raise not_written(out, problem) from None
