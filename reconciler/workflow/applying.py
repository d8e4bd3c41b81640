"""From a plan to outcomes: apply every target's part, keep the state, verify."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from threading import Event

import msgspec

from reconciler.engine.apply import apply_target
from reconciler.engine.record import refresh
from reconciler.engine.references import reference_paths
from reconciler.engine.removals import gone
from reconciler.engine.verify import kept_values, touched_kinds, unchecked, verify
from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.objects import Listing
from reconciler.model.outcome import Outcome, Status, Unchecked
from reconciler.model.plan import Action, Change, Plan, TargetPlan
from reconciler.model.state import Note
from reconciler.state.backend import StateError
from reconciler.systems.base import Aim, Task
from reconciler.transport.failure import Failure, Sent
from reconciler.workflow.ledger import Ledger, calls
from reconciler.workflow.planning import Counted, Progress, View, all_of, count_ends, read_listings, uncounted
from reconciler.workflow.pools import open_pools
from reconciler.workflow.session import Session

Applied = Callable[[str, int, int], None]
"""Told (target, changes finished, changes in all)."""


class Report(msgspec.Struct, frozen=True):
    """What became of a plan. `verified` is None when nothing was written; `problems` are differences found by reading
    back, listings that failed then, and targets that could not be written. `unchecked` was written, and no call reads
    it back."""

    outcomes: tuple[Outcome, ...]
    verified: bool | None
    problems: tuple[Diagnostic, ...]
    unchecked: tuple[Unchecked, ...] = ()


def apply_plan(
    session: Session,
    plan: Plan,
    views: Mapping[str, View],
    key: bytes,
    stop: Event,
    applied: Applied,
    reading: Progress,
    counted: Counted = uncounted,
) -> Report:
    """Carries out `plan`. The caller holds the state's lock and has asked whoever had to be asked. `counted` is told of
    the targets with something to do.

    Raises StateError when the state can't be written and nothing was sent. When it can't be written later no new call
    starts, and the report says so: the pending addresses were saved before.
    """
    ledger = Ledger(session.backend, session.state, key)
    sending = bool(calls(plan.changes()))
    if sending:
        ledger.begin(plan.changes())
    try:
        with open_pools(session.organisation.project, waits=True) as pools:
            working = [
                pools.of(views[part.target].target).submit(
                    _apply_part, part, views[part.target], ledger, stop, applied, reading
                )
                for part in plan.targets
            ]
            busy = [future for future, part in zip(working, plan.targets, strict=True) if calls(part.changes)]
            count_ends(busy, counted)
            results = all_of(working)
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
        _summed(each for result in results for each in result.unchecked),
    )


def _summed(parts: Iterable[Unchecked]) -> tuple[Unchecked, ...]:
    """Of all targets together."""
    numbers: Counter[tuple[str, str | None]] = Counter()
    for each in parts:
        numbers[each.kind, each.path] += each.objects
    return tuple(Unchecked(kind, path, number) for (kind, path), number in numbers.items())


def _apply_part(
    part: TargetPlan, view: View, ledger: Ledger, stop: Event, applied: Applied, reading: Progress
) -> Report:
    ledger.note_target(part.target, view.note)
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

    task = Task(view.target, view.aim, view.listings, partial(_keep, ledger, part.target), stop, part.changes)
    try:
        with view.system.writer(task) as writer:
            try:
                outcomes = apply_target(part, writer, view.target.concurrency, stop, done, view.system.bindings)
            finally:
                ended = tuple(writer.finish())
    except Failure as failure:
        unsent = _unsent(wanted, failure)
        for change, outcome in zip(wanted, unsent, strict=True):
            ledger.note(change, outcome)
        return Report((*adopted, *unsent), None, (failure.diagnostic(),))
    if stop.is_set():
        return Report((*adopted, *outcomes), None, ended)
    verdict = _verify(part, outcomes, view, ledger, reading)
    return Report((*adopted, *outcomes), verdict.verified, (*ended, *verdict.problems), verdict.unchecked)


def _keep(ledger: Ledger, target: str, note: Note) -> None:
    """What can't be saved must not be done: to a writer it is a call that was not sent."""
    try:
        ledger.keep(target, note)
    except StateError as problem:
        failure = Failure(Sent.NOT_SENT, problem.diagnostic.code, problem.diagnostic.detail)
    else:
        return
    raise failure


def _unsent(changes: list[Change], failure: Failure) -> tuple[Outcome, ...]:
    return tuple(
        Outcome(
            address=change.address,
            status=Status.FAILED,
            diagnostic=failure.diagnostic(address=change.address, source=change.source),
        )
        for change in changes
    )


def _verify(part: TargetPlan, outcomes: list[Outcome], view: View, ledger: Ledger, reading: Progress) -> Report:
    """Reads what was written again; the state forgets the digest of a value that the target did not take. What it
    reports has no outcomes."""
    done_at = {outcome.address for outcome in outcomes if outcome.status is Status.DONE}
    done = [change for change in part.changes if change.address in done_at]
    if not done:
        return Report((), None, ())
    listings = _read_again(done, view, ledger, reading)
    problems = [listing.problem for listing in listings.values() if listing.problem is not None]
    differences = verify(done, listings)
    for change in done:
        _settle_entry(change, listings[change.address.kind], ledger)
    return Report(
        (),
        not problems and not differences,
        (*problems, *differences),
        tuple(unchecked(done, listings, view.system.bindings)),
    )


def _read_again(done: list[Change], view: View, ledger: Ledger, reading: Progress) -> Mapping[str, Listing]:
    """The kinds that were touched; where objects are read one by one, those of the changes."""
    paths: dict[str, set[str]] = {kind: set() for kind in touched_kinds(done)}
    for change in done:
        paths[change.address.kind].update(change.after or {})
    if view.aim.desired is None or view.system.fit is None:
        return read_listings(view.target, view.system, view.aim, paths, reading)
    for kind in sorted(paths):
        paths |= {other: set() for _, other in reference_paths(kind) if other in view.listings and other not in paths}
    memory = ledger.memory(view.memory, view.target.name, done)
    touched = frozenset((change.address.kind, change.address.key) for change in done)
    aim = Aim(desired=view.aim.desired, memory=memory, only=touched)
    listings = read_listings(view.target, view.system, aim, paths, reading)
    return view.system.fit(view.aim.desired, listings, memory).listings


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
    for address in _added(view):
        ledger.entries.pop(str(address), None)


def _added(view: View) -> list[Address]:
    """What the files do not ask for and the target needs all the same, such as to be unlocked: it is done once, and not
    remembered."""
    asked = view.aim.desired
    if asked is None or asked is view.desired:
        return []
    return [
        Address(view.target.name, kind, key)
        for kind, objects in view.desired.objects.items()
        for key in sorted(objects.keys() - asked.objects.get(kind, {}).keys())
    ]
