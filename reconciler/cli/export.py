"""`reconciler export`."""

import sys
from datetime import date
from pathlib import Path

import click

from reconciler.cli.common import Settings, failed, not_written, print_bytes, print_to, settings
from reconciler.cli.planning import progress_of, project_of, session_of
from reconciler.model.diagnostic import Diagnostic, error, has_errors
from reconciler.model.kinds import KINDS
from reconciler.model.words import nearest
from reconciler.report.export import render_resources
from reconciler.workflow.exporting import read_all
from reconciler.workflow.session import Session


@click.command("export")
@click.argument("target")
@click.option("--out", metavar="DIR", help="Write one file per kind into this folder (default: standard output).")
@click.pass_context
def command(ctx: click.Context, target: str, out: str | None) -> None:
    """Write a target's live state as resource files; a plan of them is empty."""
    options = settings(ctx)
    session, diagnostics = _session(options, target)
    if session is None:
        ctx.exit(failed(options, diagnostics, json=False))
    today = date.today().isoformat()  # noqa: DTZ011  as a plan takes it
    with progress_of(options, as_json=False) as progress:
        found, problems = read_all(session, target, today, progress.listing)
    if has_errors(problems):
        ctx.exit(failed(options, problems, json=False))
    texts = {
        f"{KINDS[each.listing.kind].plural}.yaml": render_resources(target, each.listing, each.notes, each.stated)
        for each in found
        if each.listing.objects
    }
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


def _session(options: Settings, target: str) -> tuple[Session | None, list[Diagnostic]]:
    """The session with this target. Servers stand in the project file, and the others need not be there yet for them;
    devices stand in resource files. Raises click.UsageError for a target that is nowhere."""
    session, diagnostics = project_of(options)
    if session is None or target in session.organisation.project.targets:
        return session, diagnostics
    servers = session.organisation.project.targets
    session, diagnostics = session_of(options)
    if session is None:
        hint = nearest(target, servers)
        detail = (
            f'reconciler.yaml has no target "{target}", and the files in which it may be a device are not valid.{hint}'
        )
        return None, [*diagnostics, error("RC0901", detail)]
    names = sorted(session.organisation.project.targets)
    if target not in names:
        hint = nearest(target, names) or f" There are: {', '.join(names)}."
        raise click.UsageError(f'There is no target "{target}" in the project.{hint}')
    return session, diagnostics
