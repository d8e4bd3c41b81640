"""From a plan to outcomes: apply every target's part, keep the state, verify."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import msgspec

from reconciler.engine.apply import apply_target
from reconciler.engine.record import refresh
from reconciler.engine.removals import gone
from reconciler.engine.verify import kept_values, touched_kinds, verify
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.objects import Listing
from reconciler.model.outcome import Outcome, Status
from reconciler.model.plan import Action, Change, Plan, TargetPlan
from reconciler.state.backend import StateError
from reconciler.transport.failure import Failure
from reconciler.workflow.ledger import Ledger, calls
from reconciler.workflow.planning import TARGETS_AT_ONCE, Progress, View, all_of, read_listings
from reconciler.workflow.session import Session

Applied = Callable[[str, int, int], None]
"""Told (target, changes finished, changes in all)."""


class Report(msgspec.Struct, frozen=True):
    """What became of a plan. `verified` is None when nothing was written; `problems` are differences found by reading
    back, listings that failed then, and targets that could not be written."""

    outcomes: tuple[Outcome, ...]
    verified: bool | None
    problems: tuple[Diagnostic, ...]


def apply_plan(
    session: Session,
    plan: Plan,
    views: Mapping[str, View],
    key: bytes,
    stop: Event,
    applied: Applied,
    reading: Progress,
) -> Report:
    """Carries out `plan`. The caller holds the state's lock and has asked whoever had to be asked.

    Raises StateError when the state can't be written and nothing was sent. When it can't be written later no new call
    starts, and the report says so: the pending addresses were saved before.
    """
    ledger = Ledger(session.backend, session.state, key)
    sending = bool(calls(plan.changes()))
    if sending:
        ledger.begin(plan.changes())
    try:
        with ThreadPoolExecutor(max_workers=TARGETS_AT_ONCE) as pool:
            results = all_of(
                pool.submit(_apply_part, part, views[part.target], ledger, stop, applied, reading)
                for part in plan.targets
            )
    finally:
        ledger.save()
    for part in plan.targets:
        _tidy(ledger, part, views[part.target], key)
    ledger.save()
    if ledger.problem is not None and not sending:
        raise StateError(ledger.problem)
    outcomes = tuple(outcome for result in results for outcome in result.outcomes)
    verdicts = [result.verified for result in results if result.verified is not None]
    return Report(
        outcomes,
        all(verdicts) if verdicts else None,
        (
            *(problem for result in results for problem in result.problems),
            *([ledger.problem] if ledger.problem is not None else []),
        ),
    )


def _apply_part(
    part: TargetPlan, view: View, ledger: Ledger, stop: Event, applied: Applied, reading: Progress
) -> Report:
    noted = [change for change in part.changes if change.action is Action.NOOP]
    for change in noted:
        ledger.adopt(change)
    adopted = tuple(Outcome(address=change.address, status=Status.DONE) for change in noted)
    wanted = calls(part.changes)
    if not wanted:
        return Report(adopted, None, ())
    finished = 0

    def done(change: Change, outcome: Outcome) -> None:
        nonlocal finished
        finished += 1
        ledger.note(change, outcome)
        if ledger.problem is not None:
            stop.set()
        applied(part.target, finished, len(wanted))

    try:
        with view.system.writer(view.target, view.listings, stop) as writer:
            outcomes = apply_target(part, writer, view.target.concurrency, stop, done)
    except Failure as failure:
        unsent = _unsent(wanted, failure)
        for change, outcome in zip(wanted, unsent, strict=True):
            ledger.note(change, outcome)
        return Report((*adopted, *unsent), None, (failure.diagnostic(),))
    if stop.is_set():
        return Report((*adopted, *outcomes), None, ())
    verified, problems = _verify(part, outcomes, view, ledger, reading)
    return Report((*adopted, *outcomes), verified, problems)


def _unsent(changes: list[Change], failure: Failure) -> tuple[Outcome, ...]:
    return tuple(
        Outcome(
            address=change.address,
            status=Status.FAILED,
            diagnostic=failure.diagnostic(address=change.address, source=change.source),
        )
        for change in changes
    )


def _verify(
    part: TargetPlan, outcomes: list[Outcome], view: View, ledger: Ledger, reading: Progress
) -> tuple[bool | None, tuple[Diagnostic, ...]]:
    """Reads what was written again; the state forgets the digest of a value that the target did not take."""
    done_at = {outcome.address for outcome in outcomes if outcome.status is Status.DONE}
    done = [change for change in part.changes if change.address in done_at]
    if not done:
        return None, ()
    paths: dict[str, set[str]] = {kind: set() for kind in touched_kinds(done)}
    for change in done:
        paths[change.address.kind].update(change.after or {})
    listings = read_listings(view.target, view.system, paths, reading)
    problems = [listing.problem for listing in listings.values() if listing.problem is not None]
    differences = verify(done, listings)
    for change in done:
        _settle_entry(change, listings[change.address.kind], ledger)
    return not problems and not differences, (*problems, *differences)


def _settle_entry(change: Change, listing: Listing, ledger: Ledger) -> None:
    entry = ledger.entries.get(str(change.address))
    live = listing.objects.get(change.address.key)
    if entry is None or live is None or listing.problem is not None:
        return
    kept = set(kept_values(change, live))
    digests = {path: digest for path, digest in entry.digests.items() if path not in kept}
    ledger.entries[str(change.address)] = msgspec.structs.replace(entry, id=live.id, digests=digests)


def _tidy(ledger: Ledger, part: TargetPlan, view: View, key: bytes) -> None:
    """Drops what is neither in the files nor on the target any more, and refreshes what did not change."""
    changed = {change.address for change in part.changes}
    for address in gone(view.desired, view.listings, view.memory):
        if address not in changed:
            ledger.entries.pop(str(address), None)
            ledger.pending.pop(str(address), None)
    refresh(ledger.entries, view.desired, view.listings, key, changed)
