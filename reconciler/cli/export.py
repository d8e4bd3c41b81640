"""`reconciler export`."""

import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import click

from reconciler.cli.common import Settings, failed, not_written, print_bytes, print_to, settings
from reconciler.cli.planning import progress_of, project_of, session_of
from reconciler.model.diagnostic import Diagnostic, error, has_errors
from reconciler.model.words import nearest
from reconciler.report.export import render_resources
from reconciler.workflow.exporting import divided, read_all, selected
from reconciler.workflow.session import Session


@click.command("export")
@click.argument("target")
@click.option(
    "--out",
    metavar="DIR",
    help="Write one file per kind into this folder, and of many employees one per department (default: standard "
    "output).",
)
@click.option("--select", metavar="GLOB", multiple=True, help="Only objects whose address matches.")
@click.pass_context
def command(ctx: click.Context, target: str, out: str | None, select: tuple[str, ...]) -> None:
    """Write a target's live state as resource files; a plan of them is empty."""
    ctx.exit(export(settings(ctx), target, out, select))


def export(options: Settings, target: str, out: str | None, select: tuple[str, ...] = ()) -> int:
    """Writes the files, or prints them. Gives the exit status."""
    session, diagnostics = _session(options, target)
    if session is None:
        return failed(options, diagnostics, json=False)
    today = date.today().isoformat()  # noqa: DTZ011  as a plan takes it
    with progress_of(options, as_json=False) as progress:
        found, problems = read_all(session, target, today, progress.listing)
    if has_errors(problems):
        return failed(options, problems, json=False)
    if select:
        found = selected(target, found, select)
        if not found:
            detail = f"Nothing on {target} matches {' '.join(select)}. Addresses are target/kind/key."
            return failed(options, [error("RC0609", detail)], json=False)
    if out is None:
        texts = [
            render_resources(target, each.listing, each.notes, each.stated) for each in found if each.listing.objects
        ]
        print_bytes("\n".join(texts).encode())
        return 0
    texts_by_name = {
        f"{name}.yaml": render_resources(target, part.listing, part.notes, part.stated)
        for each in found
        for name, part in divided(each)
    }
    return _write(options, out, texts_by_name)


def _write(options: Settings, out: str, texts: Mapping[str, str]) -> int:
    """Writes the files where none of them is there already. Gives the exit status."""
    folder = Path(out)
    taken = [name for name in texts if (folder / name).exists()]
    if taken:
        detail = f"{out} has {', '.join(taken)} already. Nothing was written: remove them, or choose another folder."
        return failed(options, [error("RC0901", detail)], json=False)
    try:
        for name, text in texts.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, "utf-8")
            print_to(sys.stderr, f"Wrote {folder / name}.")
    except OSError as problem:
        raise not_written(out, problem) from None
    return 0


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
