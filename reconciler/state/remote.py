"""The state in a store that machines share: the backend that all of those have in common."""

import contextlib
import time
from collections.abc import Iterator

from reconciler.model.diagnostic import Diagnostic, error
from reconciler.model.state import State
from reconciler.state import holder as holders
from reconciler.state import lease as leases
from reconciler.state.backend import StateError
from reconciler.state.document import decode, encode, not_replaced, refuse_other
from reconciler.state.heart import Clock
from reconciler.state.holder import Holder
from reconciler.state.store import Conflict, Found, Lost, Sleep, Store, Unreachable


class RemoteBackend:
    """As `Backend`."""

    def __init__(self, store: Store, where: str, *, clock: Clock = holders.now, sleep: Sleep = time.sleep) -> None:
        """`where` names the state in messages."""
        self._store = store
        self._where = where
        self._clock = clock
        self._sleep = sleep
        self._lease: leases.Lease | None = None
        self._backed_up = False

    def read(self) -> State | None:
        data = self.pull()
        return None if data is None else decode(data, self._where)

    def pull(self) -> bytes | None:
        found = self._get()
        return found.data if found else None

    def write(self, state: State, *, over: bytes | None = None) -> None:
        lease = self._held()
        lease.check()
        found = self._get()
        refuse_other(found.data if found else None, state, over, self._where)
        try:
            if found is not None and not self._backed_up:
                self._store.back_up(found.data)
                self._backed_up = True
            self._store.put(encode(state), found.version if found else None)
        except Conflict:
            raise StateError(not_replaced(self._where, "somebody else wrote it meanwhile")) from None
        except Lost as problem:
            raise lease.is_lost(problem.other) from None
        except Unreachable as problem:
            raise StateError(_unwritable(self._where, problem)) from None

    def check_writable(self) -> None:
        lease = self._held()
        try:
            lease.beat(self._clock())
        except Unreachable as problem:
            raise StateError(_unwritable(self._where, problem)) from None

    @contextlib.contextmanager
    def lock(self, operation: str, run: str) -> Iterator[leases.Lease]:
        with leases.hold(self._store, self._where, operation, run, clock=self._clock, sleep=self._sleep) as lease:
            self._lease = lease
            self._backed_up = False
            try:
                yield lease
            finally:
                self._lease = None

    def read_holder(self) -> Holder | None:
        try:
            held = self._store.find()
        except Unreachable:
            return None
        return held.claim.holder if held is not None and held.claim is not None else None

    def unlock(self, lock_id: str | None = None) -> Holder | None:
        return leases.unlock(self._store, self._where, lock_id, clock=self._clock, sleep=self._sleep)

    def _held(self) -> leases.Lease:
        if self._lease is None:
            raise RuntimeError("the state is written only while its lock is held")
        return self._lease

    def _get(self) -> Found | None:
        try:
            return self._store.get()
        except Unreachable as problem:
            detail = f"{self._where} can't be read: {problem.reason}. Nothing was changed. Once it can be reached with "
            detail += "these credentials, run the command again."
            raise StateError(error("RC0801", detail)) from None


def _unwritable(where: str, problem: Unreachable) -> Diagnostic:
    detail = (
        f"{where} can't be written: {problem.reason}. What is stored there is whole: the state of before, or this one. "
        "Once it can be reached with these credentials, run the command again."
    )
    return error("RC0802", detail)
