"""`reconciler apply`."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import click
import msgspec

from reconciler.cli.common import Settings, failed, print_json, print_to, settings, show_diagnostics
from reconciler.cli.planning import options_of, plan_options, progress_of, session_of
from reconciler.model.diagnostic import Diagnostic, error, in_order
from reconciler.model.plan import Plan, count
from reconciler.report.diagnostics import diagnostics_document
from reconciler.report.outcome_text import outcomes_document, render_outcomes
from reconciler.report.plan_json import PlanFileError, plan_document, read_plan
from reconciler.report.plan_text import render_plan
from reconciler.state.backend import StateError, new_state
from reconciler.state.holder import ci_run
from reconciler.state.key import create_key
from reconciler.workflow.applying import Report, apply_plan
from reconciler.workflow.planning import Options, View, make_plan
from reconciler.workflow.session import Session
from reconciler.workflow.stale import still_valid
from reconciler.workflow.verdict import FAILED, LOCKED, REFUSED, STALE, apply_status, errors, refusals

_MOVED_SHOWN = 20  # of a stale plan's objects
_NOTHING = "Nothing was applied."


@click.command("apply")
@click.argument("plan_file", metavar="[PLANFILE]", required=False)
@plan_options
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@click.pass_context
def command(
    ctx: click.Context,
    plan_file: str | None,
    select: tuple[str, ...],
    exclude: tuple[str, ...],
    allow_deletes: int | None,
    allow_changes: int | None,
    drift_only: bool,
    as_json: bool,
    auto_approve: bool,
) -> None:
    """Show the plan, ask, apply it, and verify. With PLANFILE: exactly that saved plan, if nothing has moved since."""
    options = settings(ctx)
    chosen = options_of(select, exclude, allow_deletes, allow_changes, drift_only)
    if plan_file is not None and chosen != Options():
        raise click.UsageError("A saved plan is applied as it is: leave out the options that make another one.")
    if as_json and not auto_approve:
        raise click.UsageError("--json can't ask: add --auto-approve.")
    try:
        saved = _saved(plan_file) if plan_file is not None else None
    except PlanFileError as problem:
        ctx.exit(failed(options, [problem.diagnostic], json=as_json))
    session, diagnostics = session_of(options)
    if session is None:
        ctx.exit(failed(options, diagnostics, json=as_json))
    if not as_json:
        show_diagnostics(options, diagnostics)
    try:
        ctx.exit(_Run(options, session, as_json, auto_approve, diagnostics).run(saved, chosen))
    except StateError as problem:
        status = LOCKED if problem.diagnostic.code == "RC0804" else FAILED
        ctx.exit(failed(options, [problem.diagnostic], json=as_json, status=status))


class _Run:
    """One run of the command, with what all of its steps need."""

    def __init__(
        self, options: Settings, session: Session, as_json: bool, auto_approve: bool, warnings: list[Diagnostic]
    ) -> None:
        self.options = options
        self.session = session
        self.as_json = as_json
        self.auto_approve = auto_approve
        self.warnings = list(warnings)  # of the files and of the lock, for the JSON document

    def run(self, saved: Plan | None, chosen: Options) -> int:
        """Under the state's lock: plan, show, ask, apply. Gives the exit status. Raises StateError."""
        backend = self.session.backend
        with backend.lock("apply", ci_run(os.environ)) as lock:
            self.warnings += lock.warnings
            if not self.as_json:
                show_diagnostics(self.options, lock.warnings)
            self.session = msgspec.structs.replace(self.session, state=backend.read() or new_state())
            with progress_of(self.options, self.as_json) as progress:
                plan, views = make_plan(
                    self.session, _as_saved(saved) if saved else chosen, progress.listing, progress.reading
                )
            if saved is not None:
                plan, moved = still_valid(saved, plan, self.session.state_key)
                if moved:
                    shown = moved if self.as_json else in_order(moved)[:_MOVED_SHOWN]
                    status = failed(self.options, shown, json=self.as_json, status=STALE)
                    more = len(moved) - len(shown)
                    self._say((f"And {more} more like these: --json has them all.\n" if more else "") + _NOTHING)
                    return status
            return self._go(plan, views)

    def _go(self, plan: Plan, views: dict[str, View]) -> int:
        if not self.as_json:
            print_to(sys.stdout, render_plan(plan, color=self.options.color()))
        if errors(plan) or refusals(plan):
            self._close(plan, None)
            self._say("Nothing was applied: the errors above say why, and what to do.")
            return FAILED if errors(plan) else REFUSED
        if count(plan).changes and not self._consent():
            self._say(_NOTHING)
            return FAILED
        self.session.backend.check_writable()
        key = self.session.key or create_key(Path(self.session.organisation.project.root))
        with _stopping() as stop, progress_of(self.options, self.as_json) as progress:
            report = apply_plan(
                self.session, plan, views, key, stop, progress.applying, progress.listing, progress.writing
            )
        self._close(plan, report)
        if not plan.complete and not plan.changes():
            self._say(_NOTHING)
        return _signal_status(stop) or apply_status(plan, report)

    def _say(self, text: str) -> None:
        if not self.as_json:
            print_to(sys.stderr, text)

    def _consent(self) -> bool:
        if self.auto_approve:
            return True
        if not sys.stdin.isatty():
            raise click.ClickException(
                "There is nobody to ask, since the input is not a terminal. Nothing was applied. Add --auto-approve "
                "to apply without a question."
            )
        sys.stderr.write("Apply these changes? Only yes applies them: ")
        sys.stderr.flush()
        answer = sys.stdin.readline()
        if not answer:
            sys.stderr.write("\n")
        return answer.strip().lower() in ("y", "yes")

    def _close(self, plan: Plan, report: Report | None) -> None:
        """The closing summary, or the one JSON document."""
        outcomes = list(report.outcomes) if report else []
        verified = report.verified if report else None
        problems: list[Diagnostic] = list(report.problems) if report else []
        unchecked = report.unchecked if report else ()
        if self.as_json:
            document = plan_document(plan)
            told = diagnostics_document(self.warnings) + document["diagnostics"]
            result = outcomes_document(plan, outcomes, verified, problems, unchecked) if report else {}
            written = any(outcome.written for outcome in outcomes)
            own = {"applied": written, "diagnostics": told + result.get("diagnostics", [])}
            print_json({**document, **result, **own})
        elif report and plan.changes():
            color = self.options.color()
            print_to(sys.stdout, "\n" + render_outcomes(plan, outcomes, verified, problems, unchecked, color=color))


class _Stop(Event):
    """Set by the first SIGINT or SIGTERM; remembers which."""

    number: int | None = None


@contextmanager
def _stopping() -> Iterator[_Stop]:
    """While in here the first SIGINT or SIGTERM lets calls in flight finish; a second one ends the process at once."""
    stop = _Stop()

    def ask(number: int, _frame: object) -> None:
        if stop.number is not None:  # threads may still wait for replies; what they may have made is in the state
            os.write(2, b"Interrupted.\n")
            os._exit(128 + number)
        stop.number = number
        stop.set()
        sys.stderr.write("\nInterrupted: calls in flight finish, no new ones start.\n")

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _signal_status(stop: _Stop) -> int | None:
    return None if stop.number is None else 128 + stop.number


def _saved(plan_file: str) -> Plan:
    try:
        data = Path(plan_file).read_bytes()
    except OSError as problem:
        why = (problem.strerror or type(problem).__name__).lower()
        raise PlanFileError(error("RC0806", f"{plan_file} can't be read: {why}.")) from None
    saved = read_plan(data, plan_file)
    if saved.snapshot is not None:
        detail = (
            f"{plan_file} was planned on a snapshot, so it says nothing of the targets as they are now. Nothing was "
            "changed. Make a new plan with `reconciler plan --out`."
        )
        raise PlanFileError(error("RC0806", detail))
    return saved


def _as_saved(saved: Plan) -> Options:
    return Options(
        select=saved.select,
        exclude=saved.exclude,
        allow_deletes=saved.allow_deletes,
        allow_changes=saved.allow_changes,
        drift_only=saved.drift_only,
    )
