"""`reconciler state`."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import click

from reconciler.cli.common import Settings, failed, print_bytes, print_json, print_to, settings, show_diagnostics
from reconciler.cli.planning import project_of
from reconciler.config.load import load_project
from reconciler.model.address import matches, parse_address
from reconciler.model.diagnostic import Diagnostic, error, has_errors
from reconciler.model.state import State
from reconciler.report.state_text import entries_document, render_addresses, render_entry
from reconciler.state.backend import Backend, StateError, new_state
from reconciler.state.document import decode
from reconciler.state.edit import forget, move, push
from reconciler.state.holder import ci_run
from reconciler.systems.registry import system
from reconciler.workflow.session import Session, backend_of
from reconciler.workflow.verdict import FAILED, LOCKED


@click.group("state")
def command() -> None:
    """Look at the state, and mend it."""


def _session(ctx: click.Context, options: Settings, as_json: bool = False) -> Session:
    session, diagnostics = project_of(options)
    if session is None:
        ctx.exit(failed(options, diagnostics, json=as_json))
    return session


@command.command("list")
@click.argument("globs", metavar="[GLOB]...", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.pass_context
def list_(ctx: click.Context, globs: tuple[str, ...], as_json: bool) -> None:
    """List the addresses of what is ours."""
    options = settings(ctx)
    session = _session(ctx, options, as_json)
    state = session.state

    def named(text: str) -> bool:
        return not globs or any(matches(parse_address(text), glob) for glob in globs)

    entries = {text: entry for text, entry in sorted(state.entries.items()) if named(text)}
    pending = frozenset(filter(named, state.pending))
    if as_json:
        print_json(entries_document(entries, pending, lambda text: _hidden(session, text)))
    elif entries or pending:
        print_to(sys.stdout, render_addresses(entries, pending))
    else:
        print_to(sys.stderr, "Nothing in the state matches." if globs else "The state holds no objects yet.")


@command.command("show", short_help="Show what is remembered of one object.")
@click.argument("address")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.pass_context
def show(ctx: click.Context, address: str, as_json: bool) -> None:
    """Show what is remembered of one object: no values, only which fields were applied."""
    options = settings(ctx)
    session = _session(ctx, options, as_json)
    entry = session.state.entries.get(address)
    if entry is None:
        detail = f"{address} is not in the state. `reconciler state list` shows what is."
        ctx.exit(failed(options, [error("RC0609", detail)], json=as_json))
    if as_json:
        print_json(entries_document({address: entry}, hidden=lambda text: _hidden(session, text)))
    else:
        print_to(sys.stdout, render_entry(address, entry, _hidden(session, address)))


def _hidden(session: Session, text: str) -> frozenset[str]:
    """The paths that no call reads from the target of an address; none where the project has that target no more."""
    address = parse_address(text)
    target = session.organisation.project.targets.get(address.target)
    binding = system(target.system).bindings.get(address.kind) if target is not None else None
    return binding.write_only if binding is not None else frozenset()


@command.command("forget", short_help="Forget objects; they stay on their target.")
@click.argument("globs", metavar="GLOB...", nargs=-1, required=True)
@click.pass_context
def forget_(ctx: click.Context, globs: tuple[str, ...]) -> None:
    """Forget objects: they stay on their target and are no longer ours."""
    options = settings(ctx)

    def edit(state: State) -> tuple[State | Diagnostic, str]:
        changed, removed = forget(state, globs)
        if not removed:
            return error("RC0609", f"Nothing in the state matches {' '.join(globs)}."), ""
        return changed, "".join(f"Forgot {address}.\n" for address in removed)

    ctx.exit(_edit(options, _session(ctx, options), edit))


@command.command("move", short_help="Move an object to another address.")
@click.argument("source")
@click.argument("destination")
@click.pass_context
def move_(ctx: click.Context, source: str, destination: str) -> None:
    """Move an object to another address, when its key or its target got another name."""
    options = settings(ctx)
    try:
        addresses = parse_address(source), parse_address(destination)
    except ValueError as problem:
        raise click.UsageError(str(problem)) from None

    def edit(state: State) -> tuple[State | Diagnostic, str]:
        return move(state, *addresses), f"Moved {source} to {destination}."

    ctx.exit(_edit(options, _session(ctx, options), edit))


def _edit(options: Settings, session: Session, edit: Callable[[State], tuple[State | Diagnostic, str]]) -> int:
    """Reads, edits and writes the state under its lock."""
    try:
        with session.backend.lock("state", ci_run(os.environ)):
            changed, said = edit(session.backend.read() or new_state())
            if isinstance(changed, Diagnostic):
                return failed(options, [changed], json=False)
            session.backend.write(changed)
    except StateError as problem:
        return _refused(options, problem)
    print_to(sys.stdout, said)
    return 0


@command.command("pull", short_help="Print the stored document.")
@click.pass_context
def pull(ctx: click.Context) -> None:
    """Print the stored document as it is: for a backup, for looking, for another place to keep it."""
    options = settings(ctx)
    try:
        data = _backend(ctx, options).pull()
    except StateError as problem:
        ctx.exit(_refused(options, problem))
    if data is None:
        print_to(sys.stderr, "There is no state yet.")
    else:
        print_bytes(data)


@command.command("push", short_help="Store a document that was pulled.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--force", is_flag=True, help="Also over a state of another lineage, a newer one, or one that is damaged."
)
@click.pass_context
def push_(ctx: click.Context, file: Path, force: bool) -> None:
    """Store a document that was pulled, or a backup. Its serial becomes the next one."""
    options = settings(ctx)
    try:
        pushed = decode(file.read_bytes(), str(file))
    except OSError as problem:
        why = (problem.strerror or type(problem).__name__).lower()
        raise click.UsageError(f"{file} can't be read: {why}.") from None
    except StateError as problem:
        ctx.exit(_refused(options, problem))
    try:
        backend = _backend(ctx, options)
        with backend.lock("state", ci_run(os.environ)) as lock:
            show_diagnostics(options, lock.warnings)
            stored = backend.pull()
            changed = push(pushed, stored, force=force)
            if isinstance(changed, Diagnostic):
                ctx.exit(failed(options, [changed], json=False))
            backend.write(changed, over=stored)
    except StateError as problem:
        ctx.exit(_refused(options, problem))
    print_to(sys.stdout, f"Stored with serial {changed.serial}.")


@command.command("unlock")
@click.argument("lock_id", required=False)
@click.pass_context
def unlock(ctx: click.Context, lock_id: str | None) -> None:
    """Remove the lock of a holder that died. A living one is refused."""
    options = settings(ctx)
    try:
        holder = _backend(ctx, options).unlock(lock_id)
    except StateError as problem:
        ctx.exit(_refused(options, problem))
    print_to(sys.stdout, f"Removed the lock of {holder.who}." if holder else "There is no lock.")


def _backend(ctx: click.Context, options: Settings) -> Backend:
    """The project's backend, of which nothing was read: what is stored may be damaged. Raises StateError."""
    project, diagnostics = load_project(options.root, options.variables, os.environ)
    if project is None or has_errors(diagnostics):
        ctx.exit(failed(options, diagnostics, json=False))
    return backend_of(project, os.environ)


def _refused(options: Settings, problem: StateError) -> int:
    status = LOCKED if problem.diagnostic.code == "RC0804" else FAILED
    return failed(options, [problem.diagnostic], json=False, status=status)
