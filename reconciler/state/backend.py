"""What keeps the state, whatever it is: the small interface that commands use."""

import uuid
from contextlib import AbstractContextManager
from typing import Protocol

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.state import State
from reconciler.state.holder import Holder


class StateError(Exception):
    """The state, its lock or its key can't be used. `diagnostic` has everything to show (RC08xx)."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.detail)
        self.diagnostic = diagnostic


class Lock(Protocol):
    """A lock that is held. `warnings` tells whose lock was taken over (RC0805)."""

    @property
    def holder(self) -> Holder: ...

    @property
    def warnings(self) -> tuple[Diagnostic, ...]: ...

    def check(self) -> None:
        """Raises StateError (RC0804) when the lock is not ours any more: somebody took it over or removed it."""
        ...


class Backend(Protocol):
    """Where the state is kept. Every method raises StateError for what goes wrong outside the program."""

    def read(self) -> State | None:
        """The stored state; None when there is none yet."""
        ...

    def pull(self) -> bytes | None:
        """The stored document as it is, also one that can't be understood; None when there is none."""
        ...

    def write(self, state: State, *, over: bytes | None = None) -> None:
        """Replaces the stored state, wholly or not at all. Only while the lock is held (RuntimeError otherwise).

        `state.serial` is one more than the stored serial: the caller raises it. Refuses (RC0802) when the stored
        lineage or serial is another, since somebody else wrote then, and (RC0804) when the lock was lost. With `over`
        it replaces that very document, whatever its lineage and serial are.
        """
        ...

    def check_writable(self) -> None:
        """Raises StateError (RC0802) when `write` would fail: asked before the first change on a target."""
        ...

    def lock(self, operation: str, run: str) -> AbstractContextManager[Lock]:
        """Locks the state against every other run. `operation` is the command's name, `run` the URL of the CI job, or
        "". Raises StateError (RC0804) that names the holder when somebody has it; a dead holder's is taken over."""
        ...

    def read_holder(self) -> Holder | None:
        """Who has the lock, living or dead; None when nobody has, or it can't be read who."""
        ...

    def unlock(self, lock_id: str | None = None) -> Holder | None:
        """Removes a dead holder's lock and gives the holder; None when there was no lock, or none that can be read.

        Raises StateError: RC0804 for a living holder, RC0901 when `lock_id` is given and the lock has another.
        """
        ...


def new_state() -> State:
    """An empty state with a lineage of its own. It is not stored yet: its first write has serial 1."""
    return State(lineage=str(uuid.uuid4()))
