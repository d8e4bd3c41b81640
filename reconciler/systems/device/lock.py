"""The lock around edits of users and departments, so that nobody proves who they are in the middle of one (manual:
LockDevice).

It has no getter. So the state says that it is on before it is, and that it is off once it is.
"""

from collections.abc import Callable, Sequence

import msgspec

from reconciler.model.diagnostic import Diagnostic, error
from reconciler.model.state import Note
from reconciler.systems.base import Task
from reconciler.systems.device.client import WritingTerminal
from reconciler.systems.device.facts import Facts
from reconciler.systems.device.fit import facts_of
from reconciler.systems.device.fit_schedules import another_machine
from reconciler.systems.device.line import Line
from reconciler.transport.failure import Failure, Sent
from reconciler.transport.retry import Timing

RETRIES = 3
"""Repeats of the call that unlocks, at least."""


class Lock:
    """The lock of one terminal, and the note that remembers it."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._held = False  # this run has locked it
        self.note = _begun(task, facts_of(task.listings))

    def hold(self, terminal: WritingTerminal) -> None:
        """Locks the terminal, if it is not locked by this run. Raises Failure."""
        if self._held:
            return
        self.keep(msgspec.structs.replace(self.note, uid=terminal.facts.uid, locked=True))
        try:
            terminal.do("LockDevice", {"is_locked": "yes"})
        except Failure as failure:
            detail = f"It could not be locked, and users are changed only while it is. {failure.detail}"
            raise Failure(Sent.NOT_SENT, failure.code, detail, status=failure.status) from None  # of the edit itself
        self._held = True

    def release(self, terminal: WritingTerminal) -> None:
        """Unlocks it, if it is locked or may be. Raises Failure."""
        if self.note.locked:
            terminal.do("LockDevice", {"is_locked": "no"})
            self.released()

    def released(self) -> None:
        """It is unlocked. Raises Failure when that can't be saved."""
        self._held = False
        self.keep(msgspec.structs.replace(self.note, locked=False))

    def end(self, line: Line, timing: Timing) -> Sequence[Diagnostic]:
        """Unlocks it at the end, with repeats of its own; what went wrong with that."""
        if not self.note.locked:
            return ()
        try:
            terminal = line.patient(RETRIES, timing)
            try:
                self.release(terminal)
            finally:
                terminal.close()
        except Failure as failure:
            return (self._still_locked(failure),) if self.note.locked else ()
        return ()

    def keep(self, note: Note) -> None:
        """Saves the note before it returns. Raises Failure when that is not possible: then nothing may be sent."""
        self.note = note
        _saved(self._task.keep, note)

    def _still_locked(self, failure: Failure) -> Diagnostic:
        detail = (
            f"The terminal {self._task.target.name} may still be locked, so that nobody can use it: it was not "
            f"unlocked at the end. {failure.detail} Apply again, which unlocks it, or restart the terminal."
        )
        return error("RC0702", detail, source=self._task.target.span)


def _begun(task: Task, facts: Facts | None) -> Note:
    """The note of before; of another machine it says nothing but whose templates are ours."""
    note = task.aim.memory.note
    if facts is None:
        return note
    locked = note.locked and not another_machine(facts.uid, note)
    return msgspec.structs.replace(note, uid=facts.uid, locked=locked)


def _saved(keep: Callable[[Note], None], note: Note) -> None:
    try:
        keep(note)
    except Exception:  # of whatever backend has the state
        detail = "What is remembered of the terminal could not be saved, so nothing was sent to it."
        raise Failure(Sent.NOT_SENT, "RC0802", detail) from None
