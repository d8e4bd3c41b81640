"""The state while an apply runs: what is done is noted at once and saved every few seconds."""

import time
from collections.abc import Iterable
from threading import Lock

import msgspec

from reconciler.engine.record import makes, pending, record
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.outcome import Outcome, Status
from reconciler.model.plan import Action, Change
from reconciler.model.state import Entry, State
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
        self._lock = Lock()
        self._saved_at = time.monotonic()
        self._key_id = key_id(key)
        strange = state.key_id not in (None, self._key_id)  # digests of another key tell nothing
        self.entries: dict[str, Entry] = {
            address: msgspec.structs.replace(entry, digests={}) if strange else entry
            for address, entry in state.entries.items()
        }
        self.pending: dict[str, Entry] = dict(state.pending)
        self.problem: Diagnostic | None = None  # why the state can't be saved any more

    def begin(self, changes: Iterable[Change]) -> None:
        """Writes down what is about to be created, before the first call. Writes in any case: that finds out whether
        the lock is still ours."""
        with self._lock:
            self.pending |= pending(changes)
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
            if time.monotonic() - self._saved_at >= SAVE_EVERY:
                self._save()

    def save(self) -> None:
        """Saves the state if it differs from the stored one. What stands in the way of that is the `problem`: it must
        not hide what was done."""
        with self._lock:
            self._save()

    def _note(self, change: Change, id: int | str | None) -> None:  # noqa: A002
        record(self.entries, change, self._key, id)
        self.pending.pop(str(change.address), None)

    def _save(self) -> None:
        if self.problem is not None:
            return
        self._saved_at = time.monotonic()
        if self.entries == self._stored.entries and self.pending == self._stored.pending:
            return
        try:
            self._write()
        except StateError as error:
            self.problem = error.diagnostic

    def _write(self) -> None:
        state = msgspec.structs.replace(
            self._stored,
            serial=self._stored.serial + 1,
            entries=dict(self.entries),
            pending=dict(self.pending),
            key_id=self._key_id,
        )
        self._backend.write(state)
        self._stored = state


def calls(changes: Iterable[Change]) -> list[Change]:
    """The changes that take a call: all but adoptions and forgetting."""
    return [change for change in changes if change.action is not Action.NOOP]
