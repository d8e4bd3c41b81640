"""The state while an apply runs: what is done is noted at once and saved every few seconds."""

import time
from collections.abc import Iterable
from threading import Lock

import msgspec

from reconciler.engine.record import makes, pending, record
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.outcome import Outcome, Status
from reconciler.model.plan import Action, Change
from reconciler.model.state import Entry, Memory, Note, State
from reconciler.state.backend import Backend, StateError
from reconciler.state.key import key_id

SAVE_EVERY = 3.0
"""Seconds between two saves of a long apply."""


class Ledger:
    """Notes outcomes from the threads of all targets."""

    def __init__(self, backend: Backend, state: State, key: bytes) -> None:
        self._backend = backend
        self._stored = state
        self._key = key
        self._lock = Lock()  # of what is noted
        self._writing = Lock()  # taken before the other one; nobody who only notes waits for a write
        self._asked = self._kept = 0  # how many notes were to be kept, and how many of them are stored
        self._saved_at = time.monotonic()
        self._key_id = key_id(key)
        strange = state.key_id not in (None, self._key_id)  # digests of another key tell nothing
        self.entries: dict[str, Entry] = {
            address: msgspec.structs.replace(entry, digests={}) if strange else entry
            for address, entry in state.entries.items()
        }
        self.pending: dict[str, Entry] = dict(state.pending)
        self.notes: dict[str, Note] = dict(state.notes)
        self.problem: Diagnostic | None = None  # why the state can't be saved any more

    def begin(self, changes: Iterable[Change]) -> None:
        """Writes down what is about to be created, before the first call. Writes in any case: that finds out whether
        the lock is still ours."""
        with self._lock:
            self.pending |= pending(changes)
        with self._writing:
            self._write()

    def adopt(self, change: Change) -> None:
        """Notes an object that becomes ours, or stops being it, without a call."""
        with self._lock:
            self._note(change, None)

    def note(self, change: Change, outcome: Outcome) -> None:
        """Notes what became of a change. A create that is not known to have failed stays pending, since the next run
        will know; so does one that an earlier run left so, whatever becomes of its update or delete."""
        with self._lock:
            if outcome.status is Status.DONE:
                self._note(change, outcome.id)
            elif outcome.status is not Status.UNKNOWN and outcome.id is None and makes(change):
                self.pending.pop(str(change.address), None)
        if time.monotonic() - self._saved_at >= SAVE_EVERY and self._writing.acquire(blocking=False):
            try:
                self._save()
            finally:
                self._writing.release()

    def note_target(self, target: str, note: Note) -> None:
        """Notes what a target itself is to be remembered by, where there is anything."""
        with self._lock:
            self._note_target(target, note)

    def keep(self, target: str, note: Note) -> None:
        """As `note_target`, and saves it before it returns. Raises StateError.

        Those that come while the state is written share the next write: one for each of thousands of terminals would
        take longer than all of their calls."""
        with self._lock:
            self._note_target(target, note)
            self._asked += 1
            number = self._asked
        with self._writing:
            if self._kept >= number:
                return
            try:
                self._write()
            except StateError as error:
                self.problem = error.diagnostic
                raise

    def memory(self, before: Memory, target: str, changes: Iterable[Change]) -> Memory:
        """What is remembered of a target once these changes are made."""
        entries = {kind: dict(of_kind) for kind, of_kind in before.entries.items()}
        for change in changes:
            entry = self.entries.get(str(change.address))
            if entry is not None:
                entries.setdefault(change.address.kind, {})[change.address.key] = entry
            else:
                entries.get(change.address.kind, {}).pop(change.address.key, None)
        return Memory(entries, before.pending, self._key, self.notes.get(target, Note()))

    def save(self) -> None:
        """Saves the state if it differs from the stored one. What stands in the way of that is the `problem`: it must
        not hide what was done."""
        with self._writing:
            self._save()

    def _note(self, change: Change, id: int | str | None) -> None:  # noqa: A002
        record(self.entries, change, self._key, id)
        self.pending.pop(str(change.address), None)

    def _note_target(self, target: str, note: Note) -> None:
        if note != self.notes.get(target, Note()):
            self.notes[target] = note

    def _save(self) -> None:
        if self.problem is not None:
            return
        self._saved_at = time.monotonic()
        stored = self._stored
        with self._lock:
            same = (self.entries, self.pending, self.notes) == (stored.entries, stored.pending, stored.notes)
        if same:
            return
        try:
            self._write()
        except StateError as error:
            self.problem = error.diagnostic

    def _write(self) -> None:
        with self._lock:
            asked = self._asked
            state = msgspec.structs.replace(
                self._stored,
                serial=self._stored.serial + 1,
                entries=dict(self.entries),
                pending=dict(self.pending),
                notes=dict(self.notes),
                key_id=self._key_id,
            )
        self._backend.write(state)
        self._stored, self._kept = state, asked
        self._saved_at = time.monotonic()


def calls(changes: Iterable[Change]) -> list[Change]:
    """The changes that take a call: all but adoptions and forgetting."""
    return [change for change in changes if change.action is not Action.NOOP]
