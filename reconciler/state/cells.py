"""A state, its lock and its backup as three cells of a store that replaces a cell only if it is the version expected.

The lock's cell is never removed: removing it can't be made to depend on its version everywhere. A free one says so.
"""

import contextlib
import threading
import time
from datetime import timedelta
from typing import Protocol

from reconciler.state import claim as claims
from reconciler.state.claim import Claim
from reconciler.state.holder import HEARTBEAT, LIMIT
from reconciler.state.store import Conflict, Found, Held, Lost, Sleep, Unreachable, Version, patiently, put_surely

STATE, LOCK, BACKUP = "state", "lock", "backup"
_FREE = b"{}\n"
_ATTEMPTS = 10  # each failed one means that somebody else had the lock and was done


class Cells(Protocol):
    """Cells by name. Both raise Unreachable. Threads may share them."""

    def get(self, name: str) -> Found | None: ...

    def put(self, name: str, data: bytes, expected: Version | None) -> Version:
        """Replaces the cell of that version, or makes it (None); gives the new version. Raises Conflict."""
        ...


class CellStore:
    """As `Store`."""

    heartbeat: timedelta = HEARTBEAT
    limit: timedelta = LIMIT
    watch: float | None = 2.5 * HEARTBEAT.total_seconds()

    def __init__(self, cells: Cells, sleep: Sleep = time.sleep) -> None:
        self._cells = cells
        self._sleep = sleep
        self._mutex = threading.Lock()  # of the lock's version: its heart beats in a thread of its own
        self._version: Version | None = None

    def get(self) -> Found | None:
        return self._get(STATE)

    def put(self, data: bytes, expected: Version | None) -> None:
        self._put(STATE, data, expected)

    def back_up(self, data: bytes) -> None:
        found = self._get(BACKUP)
        self._put(BACKUP, data, found.version if found else None)

    def take(self, claim: Claim, over: Held | None) -> Held | None:
        for _ in range(_ATTEMPTS):
            found = over.found if over else self._get(LOCK)
            if over is None and found is not None and (held := _held(found)) is not None:
                return held
            try:
                with self._mutex:
                    self._version = self._put(LOCK, claims.encode(claim), found.version if found else None)
            except Conflict:
                if (other := self.find()) is not None:
                    return other
                over = None
            else:
                return None
        raise Unreachable("others take and free its lock all the time")

    def find(self) -> Held | None:
        found = self._get(LOCK)
        return None if found is None else _held(found)

    def check(self, claim: Claim) -> None:
        held = self.find()
        other = held.claim if held else None
        if other is None or other.holder.id != claim.holder.id:
            raise Lost(other)

    def renew(self, claim: Claim) -> None:
        with self._mutex:
            try:
                self._version = self._put(LOCK, claims.encode(claim), self._version)
            except Conflict:
                other = self.find()
                raise Lost(other.claim if other else None) from None

    def release(self) -> None:
        with self._mutex, contextlib.suppress(Conflict):  # it is somebody else's
            self._put(LOCK, _FREE, self._version)

    def _get(self, name: str) -> Found | None:
        return patiently(lambda: self._cells.get(name), self._sleep)

    def _put(self, name: str, data: bytes, expected: Version | None) -> Version | None:
        return put_surely(
            lambda: self._cells.get(name),
            lambda data, expected: self._cells.put(name, data, expected),
            data,
            expected,
            sleep=self._sleep,
        )


def _held(found: Found) -> Held | None:
    return None if found.data.strip() in (b"", _FREE.strip()) else Held(claims.parse(found.data), found)
