"""`reconciler snapshot`."""

import sys
from datetime import date
from pathlib import Path

import click

from reconciler.cli.common import Settings, failed, not_written, print_json, print_to, settings, show_diagnostics
from reconciler.cli.planning import progress_of, session_of
from reconciler.engine.snapshots import compare
from reconciler.model.words import nearest
from reconciler.report.snapshot_text import differences_document, render_differences
from reconciler.state.backend import StateError
from reconciler.state.files import replace_file
from reconciler.state.key import create_key
from reconciler.workflow.session import Session
from reconciler.workflow.snapshot_file import SnapshotError, encode_snapshot, read_snapshot
from reconciler.workflow.snapshots import shown, take


@click.command("snapshot")
@click.argument("targets", metavar="[TARGET]...", nargs=-1)
@click.option("--out", metavar="FILE", help="Where to keep what the targets have (default: all targets).")
@click.option("--diff", "files", metavar="A B", nargs=2, help="Compare two snapshots in place of that.")
@click.option("--json", "as_json", is_flag=True, help="With --diff: one JSON document.")
@click.pass_context
def command(
    ctx: click.Context, targets: tuple[str, ...], out: str | None, files: tuple[str, str] | None, as_json: bool
) -> None:
    """Keep what targets have in a file, for `plan --live` and for comparison. Secrets are keyed digests in it."""
    options = settings(ctx)
    if files is not None:
        if out or targets:
            raise click.UsageError("--diff compares two files: give neither targets nor --out.")
        ctx.exit(_differences(options, files, as_json))
    if not out:
        raise click.UsageError("Say with --out FILE where to keep the snapshot; or compare two with --diff A B.")
    if as_json:
        raise click.UsageError("--json is for --diff: a snapshot is a file of JSON by itself.")
    session, diagnostics = session_of(options)
    if session is None:
        ctx.exit(failed(options, diagnostics, json=False))
    show_diagnostics(options, diagnostics)
    try:
        ctx.exit(_take(options, session, _names(session, targets), out))
    except StateError as problem:
        ctx.exit(failed(options, [problem.diagnostic], json=False))


def _names(session: Session, targets: tuple[str, ...]) -> list[str]:
    """The targets that are asked, each once, as the project lists them. Raises click.UsageError."""
    known = session.organisation.project.targets
    for name in targets:
        if name not in known:
            raise click.UsageError(f'There is no target "{name}" in the project.{nearest(name, known)}')
    return [name for name in known if not targets or name in targets]


def _take(options: Settings, session: Session, names: list[str], out: str) -> int:
    """Writes the snapshot, with what could be read. Gives the exit status. Raises StateError."""
    key = session.key or create_key(Path(session.organisation.project.root))
    today = date.today().isoformat()  # noqa: DTZ011  as a plan takes it
    with progress_of(options, as_json=False) as progress:
        snapshot, problems = take(session, names, key, today, progress.listing)
    show_diagnostics(options, problems)
    if not snapshot.targets:
        print_to(sys.stderr, "Nothing could be read, so nothing was written.")
        return 1
    try:
        replace_file(Path(out), encode_snapshot(snapshot))
    except OSError as problem:
        raise not_written(out, problem) from None
    missing = "Without what could not be read, the" if problems else "The"
    print_to(sys.stderr, f"{missing} snapshot is in {out}. It names people, and holds no secret.")
    return 1 if problems else 0


def _differences(options: Settings, files: tuple[str, str], as_json: bool) -> int:
    try:
        before, after = (read_snapshot(name) for name in files)
    except SnapshotError as problem:
        return failed(options, [problem.diagnostic], json=as_json)
    found = compare(shown(before), shown(after), same_key=before.key_id == after.key_id)
    if as_json:
        print_json(differences_document(found))
    else:
        print_to(sys.stdout, render_differences(found, color=options.color()))
    return 0
