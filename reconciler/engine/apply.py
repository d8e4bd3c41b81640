"""Apply: carries out one target's part of a plan, in the order that its changes ask for."""

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import groupby
from threading import Event

import msgspec

from reconciler.engine.apply_create import settle
from reconciler.engine.order import needs, stage
from reconciler.model.address import Address
from reconciler.model.diagnostic import error
from reconciler.model.outcome import Outcome, Status
from reconciler.model.plan import Action, Change, FieldChange, TargetPlan
from reconciler.systems.base import Binding, Writer

Done = Callable[[Change, Outcome], None]
"""Told of every change once, from the thread that called `apply_target`."""

POLL = 0.2
"""Seconds between two looks at the stop event while calls are in flight."""


def apply_target(
    part: TargetPlan,
    writer: Writer,
    concurrency: int,
    stop: Event,
    done: Done,
    bindings: Mapping[str, Binding] = {},
) -> list[Outcome]:
    """Carries out the changes of `part`; one outcome for each that is not a mere adoption, in the order of the plan.

    A failed change skips those that wait for it, and nothing else. When `stop` is set no new call starts, and those in
    flight are waited for; but a ring of which a value was released is finished, or its owner would be left without.
    """
    outcomes: dict[Address, Outcome] = {}
    with ThreadPoolExecutor(max_workers=concurrency, thread_name_prefix=part.target) as pool:
        stages = sorted(part.changes, key=lambda change: stage(change, bindings))
        for _, changes in groupby(stages, key=lambda change: stage(change, bindings)):
            walk = _Walk(changes, writer, stop, done)
            walk.release(pool)
            walk.run(pool, concurrency)
            outcomes |= walk.outcomes
    return [outcomes[change.address] for change in part.changes if change.address in outcomes]


class _Walk:
    """The walk over one target's changes. Only the calling thread touches it; workers get changes and give outcomes."""

    def __init__(self, changes: Iterable[Change], writer: Writer, stop: Event, done: Done) -> None:
        self.changes = {change.address: change for change in changes if change.action is not Action.NOOP}
        self.writer = writer
        self.stop = stop
        self.done = done
        self.outcomes: dict[Address, Outcome] = {}
        self.released: set[Address] = set()
        self.begun: set[Address] = set()  # what was released, and all that it waits for: done even after a stop
        self.queue: deque[list[Change]] = deque()  # what is free to go, in batches
        self.open: dict[Hashable, list[Change]] = {}  # the batch in the queue that still takes changes, by its key
        self.waits = {
            address: {need for need in change.depends_on if need in self.changes}
            for address, change in self.changes.items()
        }
        self.waiters: dict[Address, list[Address]] = {}
        for address, waits in self.waits.items():
            for need in waits:
                self.waiters.setdefault(need, []).append(address)
        for address, waits in self.waits.items():
            if not waits:
                self._free(self.changes[address])

    def release(self, pool: ThreadPoolExecutor) -> None:
        """Clears, before all else, the values that stand in each other's way in a ring."""
        steps = [_released(change) for change in self.changes.values() if change.release]
        takers = _takers(self.changes.values()) if steps else {}
        for outcome in pool.map(self._clear, steps):
            if outcome is None:
                continue
            if outcome.status is Status.DONE:
                self.released.add(outcome.address)
                continue
            self._finish(self.changes[outcome.address], outcome)
            for taker in takers[outcome.address]:
                self._finish(taker, _waiting(taker, outcome.address))
        waiting = list(self.released)
        while waiting:
            address = waiting.pop()
            if address not in self.begun:
                self.begun.add(address)
                waiting += [need for need in self.changes[address].depends_on if need in self.changes]

    def _clear(self, step: Change) -> Outcome | None:
        return None if self.stop.is_set() else self.writer.write([step])[0]

    def run(self, pool: ThreadPoolExecutor, concurrency: int) -> None:
        running: dict[Future[list[Outcome]], list[Change]] = {}
        while running or self.queue:
            while self.queue and len(running) < concurrency:
                batch = self._next()
                if batch:
                    running[pool.submit(settle, self.writer, batch)] = batch
            finished, _ = wait(running, timeout=POLL, return_when=FIRST_COMPLETED)
            for future in finished:
                for change, outcome in zip(running.pop(future), future.result(), strict=True):
                    self._finish(change, outcome)
        for address, change in self.changes.items():
            if address not in self.outcomes:
                self._finish(change, _skipped(change, "RC0706", "The run was stopped before this was sent."))

    def _free(self, change: Change) -> None:
        key = self.writer.batch(change)
        batch = self.open.get(key) if key is not None else None
        if batch is not None and len(batch) < self.writer.batch_size:
            batch.append(change)
            return
        self.queue.append([change])
        if key is not None:
            self.open[key] = self.queue[-1]

    def _next(self) -> list[Change]:
        batch = self.queue.popleft()
        key = self.writer.batch(batch[0])
        if key is not None and self.open.get(key) is batch:
            del self.open[key]
        stopped = self.stop.is_set()
        return [
            change
            for change in batch
            if change.address not in self.outcomes and (not stopped or change.address in self.begun)
        ]

    def _finish(self, change: Change, outcome: Outcome) -> None:
        """Notes an outcome; frees what waited for it, or skips all that did."""
        reached = [(change, outcome)]
        while reached:
            change, outcome = reached.pop()
            if change.address in self.outcomes:
                continue
            if change.address in self.released and outcome.status is not Status.DONE:
                outcome = _cleared(change, outcome)
            self.outcomes[change.address] = outcome
            self.done(change, outcome)
            for address in self.waiters.get(change.address, []):
                waiter = self.changes[address]
                self.waits[address].discard(change.address)
                if outcome.status is not Status.DONE:
                    reached.append((waiter, _waiting(waiter, change.address)))
                elif not self.waits[address]:
                    self._free(waiter)


def _released(change: Change) -> Change:
    before = change.before or {}
    fields = tuple(FieldChange(path, before.get(path), None) for path in change.release)
    return msgspec.structs.replace(
        change, fields=fields, after={**before, **dict.fromkeys(change.release)}, was=None, release=()
    )


def _cleared(change: Change, outcome: Outcome) -> Outcome:
    """An outcome that is not done, of a change whose values were released: the object is not as it was before."""
    if outcome.diagnostic is None:
        return outcome
    paths = ", ".join(f"`{path}`" for path in change.release)
    also = f" To be exchanged, its {paths} was cleared before that, and is empty now: apply again to set it."
    diagnostic = msgspec.structs.replace(outcome.diagnostic, detail=outcome.diagnostic.detail + also)
    return msgspec.structs.replace(outcome, id=change.id, diagnostic=diagnostic)


def _takers(changes: Iterable[Change]) -> dict[Address, list[Change]]:
    """By change that releases a value, those that take it."""
    by_address = {change.address: change for change in changes}
    takers: dict[Address, list[Change]] = {address: [] for address, change in by_address.items() if change.release}
    for address, needed in needs(list(by_address.values())).items():
        for need in takers.keys() & needed:
            takers[need].append(by_address[address])
    return takers


def _waiting(change: Change, need: Address) -> Outcome:
    return _skipped(change, "RC0704", f"It waits for {need}, which was not done.")


def _skipped(change: Change, code: str, detail: str) -> Outcome:
    return Outcome(
        address=change.address,
        status=Status.SKIPPED,
        diagnostic=error(code, detail, address=change.address, source=change.source),
    )
