"""Where a shared state lies, as its backend sees it: few operations, each of which may fail on its way."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol, TypeVar

from reconciler.state.claim import Claim
from reconciler.state.holder import describe_holder

PAUSES = (0.5, 2.0, 5.0)
"""Seconds before each repeat of what failed on its way."""

Sleep = Callable[[float], None]
_T = TypeVar("_T")


class Unreachable(OSError):
    """The store did not do it, or its answer was lost. `reason` is a clause that quotes no credential. `final`: a
    repeat is pointless."""

    def __init__(self, reason: str, *, final: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.final = final


class Conflict(Exception):
    """Something else is stored than what was to be replaced. Nothing was written."""


class Lost(Exception):
    """The lock is not ours any more, but `other`'s, when it is known whose."""

    def __init__(self, other: Claim | None) -> None:
        super().__init__("the lock is lost")
        self.other = other


class Version(NamedTuple):
    """What tells one stored content from another: an ETag, a number, or both."""

    tag: str | None
    number: str | None = None


class Found(NamedTuple):
    """What is stored. `written` is when, by the store's clock, where it tells."""

    data: bytes
    version: Version
    written: datetime | None = None


class Held(NamedTuple):
    """A lock that somebody has. `claim` is None for what is not ours to understand: then `name` is its id, if it has
    one, and `words` are a phrase of what it tells. `found` is what stands there."""

    claim: Claim | None
    found: Found
    name: str | None = None
    words: str = "a run whose name can't be read"

    def whose(self, moment: datetime) -> str:
        return describe_holder(self.claim.holder, moment) if self.claim else self.words


class Store(Protocol):
    """One state, its lock and its backup. All methods raise Unreachable. Threads may share it.

    A holder says that it lives every `heartbeat`; `limit` after the last one it is dead. `watch` is for how many
    seconds it is looked at before it is believed dead, since clocks differ; None where that can't be looked at.
    """

    heartbeat: timedelta
    limit: timedelta
    watch: float | None

    def get(self) -> Found | None:
        """The stored state."""
        ...

    def put(self, data: bytes, expected: Version | None) -> None:
        """Replaces the stored state of that version, or makes it (None). Raises Conflict and Lost."""
        ...

    def back_up(self, data: bytes) -> None:
        """Keeps the state of before, where the store has a place for it."""
        ...

    def take(self, claim: Claim, over: Held | None) -> Held | None:
        """Makes the lock `claim`'s if nobody has it, or if `over` still has it. Gives who has it instead, else None."""
        ...

    def find(self) -> Held | None:
        """Who has the lock; None also where that can't be asked."""
        ...

    def check(self, claim: Claim) -> None:
        """Raises Lost when the lock is known not to be `claim`'s any more."""
        ...

    def renew(self, claim: Claim) -> None:
        """Replaces this run's claim by a newer one. Raises Lost."""
        ...

    def release(self) -> None:
        """Frees the lock, if it is still this run's."""
        ...


def patiently(call: Callable[[], _T], sleep: Sleep = time.sleep) -> _T:
    """What the call gives, which does no harm when it is made again. Raises Unreachable."""
    for pause in PAUSES:
        try:
            return call()
        except Unreachable as problem:
            if problem.final:
                raise
        sleep(pause)
    return call()


def put_surely(
    get: Callable[[], Found | None],
    put: Callable[[bytes, Version | None], Version | None],
    data: bytes,
    expected: Version | None,
    *,
    sleep: Sleep,
    same: Callable[[bytes, bytes], bool] = bytes.__eq__,
) -> Version | None:
    """Writes `data` where `expected` is stored; gives its version. A failure is believed only when what is stored then
    says the same: the answer may be what was lost. Raises Conflict and Unreachable."""
    for pause in (*PAUSES, None):
        failure: Exception
        try:
            return put(data, expected)
        except Conflict as problem:  # also the answer to a repeat of what had been done
            failure = problem
        except Unreachable as problem:
            if problem.final:
                raise
            failure = problem
        found = patiently(get, sleep)
        if found is not None and same(found.data, data):
            return found.version
        if (found.version if found else None) != expected:
            raise Conflict
        if pause is None:
            raise failure
        sleep(pause)
    raise AssertionError("the last round returns or raises")
