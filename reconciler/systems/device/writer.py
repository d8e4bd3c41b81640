"""Writing to a terminal, one call at a time."""

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import RLock

import msgspec

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.fields import Value
from reconciler.model.objects import Live, Object
from reconciler.model.outcome import Outcome
from reconciler.model.plan import Action, Change
from reconciler.systems.base import Task
from reconciler.systems.device.client import WritingTerminal
from reconciler.systems.device.departments import add_department, delete_department, rename_department, set_shift
from reconciler.systems.device.find import find
from reconciler.systems.device.line import Line
from reconciler.systems.device.lock import Lock
from reconciler.systems.device.numbers import Slots
from reconciler.systems.device.outcomes import done, failed, half_done, unsent
from reconciler.systems.device.settings import write_setting
from reconciler.systems.device.shifts import write_shifts
from reconciler.systems.device.user_writer import Written, create_user, delete_user, rename_user, update_user
from reconciler.transport.failure import Failure, Sent
from reconciler.transport.retry import REAL, Timing

_MOVING = ("network", "security")
_LOST = ("RC0501", "RC0502", "RC0503")  # of calls that were repeated, and would fail again


@contextmanager
def connect(task: Task, timing: Timing = REAL) -> Iterator["DeviceWriter"]:
    """A writer to one terminal. Nothing is sent before the first change. `timing` is that of the last call, which
    unlocks whatever happened."""
    writer = DeviceWriter(task, timing)
    try:
        yield writer
    finally:
        writer.close()


class DeviceWriter:
    """Carries out changes on one terminal; several threads may call it, and wait for each other."""

    batch_size = 64

    def __init__(self, task: Task, timing: Timing) -> None:
        self._task = task
        self._timing = timing
        self._line = Line(task)
        self._lock = Lock(task)
        self._slots = Slots(task)
        self._turn = RLock()
        self._lost = False  # the terminal can't be reached any more

    def close(self) -> None:
        """Ends the connection."""
        self._line.close()

    def batch(self, change: Change) -> Hashable | None:
        """See systems/base.py. All shifts are one array."""
        return "shift" if change.address.kind == "shift" else None

    def finish(self) -> Sequence[Diagnostic]:
        """See systems/base.py."""
        with self._turn:
            return self._lock.end(self._line, self._timing)

    def find(self, kind: str, key: str, paths: Collection[str]) -> Live | None:
        """See systems/base.py."""
        with self._turn:
            return find(self._line.terminal(), kind, key, paths, self._slots, self._wanted(kind, key))

    def write(self, changes: Sequence[Change]) -> list[Outcome]:
        """See systems/base.py."""
        with self._turn:
            if self._lost:
                return [unsent(change) for change in changes]
            if len(changes) > 1 and all(change.address.kind == "shift" for change in changes):
                return self._write_shifts(changes)
            return [self._write_one(change) for change in changes]

    def _write_one(self, change: Change) -> Outcome:
        write: Mapping[str, Callable[[Change], Outcome]] = {
            "settings": self._write_setting,
            "shift": self._write_shift,
            "department": self._write_department,
            "employee": self._write_user,
        }
        try:
            return done(change) if change.action is Action.NOOP else write[change.address.kind](change)
        except Failure as failure:
            return self._failed(change, failure)

    def _failed(self, change: Change, failure: Failure) -> Outcome:
        """To try each of hundreds of changes on a terminal that is gone would take hours."""
        self._lost = self._lost or failure.code in _LOST
        return failed(change, failure)

    def _write_setting(self, change: Change) -> Outcome:
        name = change.address.key
        each = self._wanted("settings", name)
        wanted: Mapping[str, Value] = each.values if each else {}

        def send(terminal: WritingTerminal) -> None:
            write_setting(terminal, change, wanted, lambda: datetime.now(UTC))

        if name in _MOVING:
            self._lock.release(self._line.terminal())  # it might not be reached again
            self._line.move(name, send)
        else:
            send(self._line.terminal())
            if name == "locked":
                self._lock.released()
        return done(change)

    def _write_shifts(self, changes: Sequence[Change]) -> list[Outcome]:
        """All in one call; one by one where that is refused, so that the invalid one is found."""
        try:
            write_shifts(self._line.terminal(), self._slots.written(changes))
        except Failure as failure:
            if failure.sent is Sent.REFUSED and failure.code == "RC0701":
                return [self._write_one(change) for change in changes]
            return [self._failed(change, failure) for change in changes]
        return [done(change, self._slots.of(change)) for change in changes]

    def _write_shift(self, change: Change) -> Outcome:
        write_shifts(self._line.terminal(), self._slots.written([change]))
        return done(change, self._slots.of(change))

    def _write_department(self, change: Change) -> Outcome:
        name, written = change.address.key, _values(change)
        shift = self._slots.week(written["roster"]) if "roster" in written else None
        terminal = self._line.terminal()
        self._lock.hold(terminal)
        if change.action is Action.DELETE:
            delete_department(terminal, name)
        elif change.action is Action.CREATE:
            add_department(terminal, name, shift)
        elif change.was is not None:
            rename_department(terminal, change.was, name, shift)
        elif shift is not None:
            set_shift(terminal, name, shift)
        return done(change, name)

    def _write_user(self, change: Change) -> Outcome:
        """What can fail without having changed the user comes first: its numbers, the templates, the lock."""
        key, terminal = change.address.key, self._line.terminal()
        told: list[str] = []
        user = None if change.action is Action.DELETE else self._written(change, terminal)
        self._lock.hold(terminal)
        try:
            if user is None:
                delete_user(terminal, key)
            elif change.action is Action.CREATE:
                create_user(terminal, user, told.append)
            elif change.was is not None:
                rename_user(terminal, change.was, user, told.append)
            else:
                update_user(terminal, user, told.append)
        except Failure as failure:
            if not told:
                raise
            return half_done(change, key, failure, told[-1])
        return done(change, key)

    def _written(self, change: Change, terminal: WritingTerminal) -> Written:
        values = _values(change)
        roster = self._slots.roster(values["roster"]) if "roster" in values else None
        week = None
        if "access" in values:
            week = self._slots.access(terminal, values["access"], self._lock.note, self._keep_slots)
        return Written(change.address.key, values, week, roster)

    def _keep_slots(self, slots: dict[str, int]) -> None:
        self._lock.keep(msgspec.structs.replace(self._lock.note, slots=slots))

    def _wanted(self, kind: str, key: str) -> Object | None:
        desired = self._task.aim.desired
        return desired.objects.get(kind, {}).get(key) if desired else None


def _values(change: Change) -> dict[str, Value]:
    """What is to be written, by path."""
    if change.action is Action.CREATE:
        return dict(change.after or {})
    return {field.path: field.after for field in change.fields}
