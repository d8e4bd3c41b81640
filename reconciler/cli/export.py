"""`reconciler export`."""

import os
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import click

from reconciler.cli.common import Settings, failed, not_written, print_bytes, print_to, settings
from reconciler.cli.planning import progress_of, project_of, session_of
from reconciler.config.load import named_files
from reconciler.model.diagnostic import Diagnostic, error, has_errors
from reconciler.model.words import nearest
from reconciler.report.agreement import render_agreement, render_referred
from reconciler.report.export import names_of, render_resources, writable
from reconciler.workflow.exporting import MANY, Part, divided, read_all
from reconciler.workflow.gathering import Gathered, gather
from reconciler.workflow.session import Session

_NAMED = 20
"""Of more files in a folder their number is told, and no names."""


@click.command("export")
@click.argument("targets", metavar="[TARGET]...", nargs=-1)
@click.option(
    "--out",
    metavar="DIR",
    help="Write one file per kind into this folder, and of many employees one per department (default: standard "
    "output).",
)
@click.option("--by", type=click.Choice(["department", "area"]), help="Divide the employees' file, however many.")
@click.option("--select", metavar="GLOB", multiple=True, help="Only objects whose address matches.")
@click.pass_context
def command(
    ctx: click.Context, targets: tuple[str, ...], out: str | None, by: str | None, select: tuple[str, ...]
) -> None:
    """Write the live state of targets (default: all) as resource files of one organisation; a plan of them is empty
    where the targets agree, and what they do not agree in is said."""
    if by is not None and out is None:
        raise click.UsageError("--by divides files: say with --out DIR where to write them.")
    ctx.exit(export(settings(ctx), targets, out, by, select))


def export(
    options: Settings, targets: Sequence[str], out: str | None, by: str | None = None, select: tuple[str, ...] = ()
) -> int:
    """Writes the files, or prints them. Gives the exit status."""
    session, diagnostics = _session(options, targets)
    if session is None:
        return failed(options, diagnostics, json=False)
    names = [name for name in session.organisation.project.targets if not targets or name in targets]
    today = date.today().isoformat()  # noqa: DTZ011  as a plan takes it
    with progress_of(options, as_json=False) as progress:
        reads, problems = read_all(session, names, today, progress.listing, progress.reading)
    if has_errors(problems):
        return failed(options, problems, json=False)
    gathered = gather(reads, session.organisation, select, today, writable)
    if select and not gathered.found:
        detail = f"Nothing on {names_of(names)} matches {' '.join(select)}. Addresses are target/kind/key."
        return failed(options, [error("RC0609", detail)], json=False)
    parts = [part for each in gathered.found for part in divided(each, by, None if out is None else MANY)]
    texts = {f"{part.name}.yaml": _text(part, gathered) for part in parts}
    if out is None:
        print_bytes("\n".join(texts.values()).encode())
    elif status := _write(options, out, texts):
        return status
    if gathered.missing:
        print_to(sys.stderr, render_referred(gathered.missing))
    if len(names) > 1:
        places = {} if out is None else _places(parts)
        print_to(sys.stderr, render_agreement(names, gathered.conflicts, gathered.outlooks, places))
    return 0


def _write(options: Settings, out: str, texts: Mapping[str, str]) -> int:
    """Writes the files where none of them is there already. Gives the exit status."""
    folder = Path(out)
    taken = [name for name in texts if (folder / name).exists()]
    if taken:
        more = f" and {len(taken) - _NAMED:,} more of these files" if len(taken) > _NAMED else ""
        there = f"{', '.join(taken[:_NAMED])}{more}"
        detail = f"{out} has {there} already. Nothing was written: remove them, or choose another folder."
        return failed(options, [error("RC0901", detail)], json=False)
    try:
        for name, text in texts.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, "utf-8")
    except OSError as problem:
        raise not_written(out, problem) from None
    by_folder = Counter((folder / name).parent for name in texts)
    for name in texts:
        if by_folder[(folder / name).parent] <= _NAMED:
            print_to(sys.stderr, f"Wrote {folder / name}.")
    for each, number in by_folder.items():
        if number > _NAMED:
            print_to(sys.stderr, f"Wrote {number:,} files into {each}.")
    return 0


def _text(part: Part, gathered: Gathered) -> str:
    each = part.exported
    targets = gathered.givers[each.listing.kind]
    return render_resources(targets, each.listing, each.notes, each.left_out, each.stated, part.which)


def _places(parts: Sequence[Part]) -> dict[str, str]:
    """The file that has the comments, by kind: the first one."""
    return {part.exported.listing.kind: f"{part.name}.yaml" for part in reversed(parts)}


def _session(options: Settings, targets: Sequence[str]) -> tuple[Session | None, list[Diagnostic]]:
    """The session with these targets. Servers stand in the project file, and the others need not be there yet for them;
    devices stand in resource files. Raises click.UsageError for a target that is nowhere."""
    session, diagnostics = project_of(options)
    if session is None:
        return session, diagnostics
    servers = session.organisation.project.targets
    if targets and all(name in servers for name in targets):
        return session, diagnostics
    if not targets and servers and not named_files(options.root, options.variables, os.environ):
        return session, diagnostics
    session, diagnostics = session_of(options)
    if session is None:
        return None, [*diagnostics, error("RC0901", _unknown(targets, servers))]
    known = sorted(session.organisation.project.targets)
    for name in targets:
        if name not in known:
            hint = nearest(name, known) or f" There are: {', '.join(known)}."
            raise click.UsageError(f'There is no target "{name}" in the project.{hint}')
    return session, diagnostics


def _unknown(targets: Sequence[str], servers: Mapping[str, object]) -> str:
    """That it is not known which devices there are."""
    for name in targets:
        if name not in servers:
            return (
                f'reconciler.yaml has no target "{name}", and the files in which it may be a device are not valid.'
                f"{nearest(name, servers)}"
            )
    named = f" Name the servers to export these alone: {', '.join(servers)}." if servers else ""
    return f"The resource files are not valid, and without them it is not known which devices there are.{named}"
