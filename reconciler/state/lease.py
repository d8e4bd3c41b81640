"""The lock of a state that machines share: taken, kept by a heartbeat, taken over from the dead, given back."""

import contextlib
import time
from collections.abc import Iterator
from datetime import datetime

from reconciler.model.diagnostic import Diagnostic, error
from reconciler.state import holder as holders
from reconciler.state.backend import StateError
from reconciler.state.claim import Claim, lives, renewed, this_claim
from reconciler.state.heart import Clock, beating
from reconciler.state.holder import Holder, lost, refusal, taken_over
from reconciler.state.store import Held, Lost, Sleep, Store, Unreachable


class Lease:
    """A lock that is held. `beat` is called from a thread of its own."""

    def __init__(self, store: Store, where: str, claim: Claim, warnings: tuple[Diagnostic, ...]) -> None:
        self.warnings = warnings
        self._store = store
        self._where = where
        self._claim = claim
        self._lost: StateError | None = None

    @property
    def holder(self) -> Holder:
        return self._claim.holder

    def check(self) -> None:
        """Raises StateError: RC0804 when the lock is known not to be ours any more, RC0802 when that can't be asked."""
        self._refuse_lost()
        try:
            self._store.check(self._claim)
        except Lost as problem:
            raise self.is_lost(problem.other) from None
        except Unreachable as problem:
            raise StateError(unlockable(self._where, problem)) from None

    def is_lost(self, other: Claim | None) -> StateError:
        """The error of a lock that is `other`'s, or nobody's, from now on."""
        self._lost = StateError(lost(f"lock of {self._where}", self.holder, other.holder if other else None))
        return self._lost

    def beat(self, moment: datetime) -> None:
        """Says that the holder lives. Raises StateError (RC0804), and Unreachable."""
        self._refuse_lost()
        claim = renewed(self._claim, moment, self._store.limit)
        try:
            self._store.renew(claim)
        except Lost as problem:
            raise self.is_lost(problem.other) from None
        self._claim = claim

    def release(self) -> None:
        """Gives the lock back if it is still ours. Does not raise for a store that can't be reached: there the lock is
        left behind, and taken over once this process has ended."""
        if self._lost is None:
            with contextlib.suppress(Unreachable):
                self._store.release()

    def _refuse_lost(self) -> None:
        if self._lost is not None:
            raise self._lost


@contextlib.contextmanager
def hold(
    store: Store, where: str, operation: str, run: str, *, clock: Clock = holders.now, sleep: Sleep = time.sleep
) -> Iterator[Lease]:
    """Holds the lock of the state that is named `where`, with a heartbeat until the end of the block.

    Raises StateError: RC0804 when somebody has it, RC0802 when the store can't be had.
    """
    lease = acquire(store, where, operation, run, clock=clock, sleep=sleep)
    try:
        with beating(lease, clock, store.heartbeat):
            yield lease
    finally:
        lease.release()


def acquire(store: Store, where: str, operation: str, run: str, *, clock: Clock, sleep: Sleep) -> Lease:
    """The lock, taken. Raises StateError as `hold`; the caller releases it."""
    try:
        claim = this_claim(operation, run, clock(), store.limit)
        held = store.take(claim, None)
        if held is None:
            return Lease(store, where, claim, ())
        why = _death(store, held, where, clock, sleep)
        claim = this_claim(operation, run, clock(), store.limit)
        _take_over(store, claim, held, where, clock)
    except Unreachable as problem:
        raise StateError(unlockable(where, problem)) from None
    return Lease(store, where, claim, (taken_over(where, held.whose(clock()), why),))


def unlock(store: Store, where: str, lock_id: str | None, *, clock: Clock, sleep: Sleep) -> Holder | None:
    """Frees a dead holder's lock. As `Backend.unlock`; a lock that is not ours to understand is freed by its id."""
    try:
        claim = this_claim("unlock", "", clock(), store.limit)
        held = store.find() or store.take(claim, None)
        if held is not None:
            name = held.claim.holder.id if held.claim else held.name
            if lock_id is not None and name is not None and name != lock_id:
                raise StateError(error("RC0901", f"The lock of {where} is {name}, not {lock_id}. Nothing was done."))
            if held.claim is not None or name is None or lock_id is None:
                _death(store, held, where, clock, sleep)
            _take_over(store, claim, held, where, clock)
        store.release()
    except Unreachable as problem:
        raise StateError(unlockable(where, problem)) from None
    return held.claim.holder if held is not None and held.claim is not None else None


def unlockable(where: str, problem: Unreachable) -> Diagnostic:
    """RC0802."""
    detail = (
        f"{where} can't be locked: {problem.reason}. Nothing was changed. Once it can be reached with these "
        "credentials, run the command again."
    )
    return error("RC0802", detail)


def _take_over(store: Store, claim: Claim, held: Held, where: str, clock: Clock) -> None:
    other = store.take(claim, held)
    if other is not None:  # somebody was faster
        here = other.claim is not None and lives(other.claim) is not None
        raise StateError(refusal(where, other.whose(clock()), here=here, limit=store.limit))


def _death(store: Store, held: Held, where: str, clock: Clock, sleep: Sleep) -> str:
    """How it is known that the holder is dead, in a clause. Raises StateError (RC0804) when it lives, for all that is
    known."""
    alive = lives(held.claim) if held.claim is not None else None
    if alive is False:
        return "that process is dead"
    if alive is None and _is_silent(store, held, clock, sleep):
        return "no heartbeat came any more"
    raise StateError(refusal(where, held.whose(clock()), here=alive is not None, limit=store.limit))


def _is_silent(store: Store, held: Held, clock: Clock, sleep: Sleep) -> bool:
    """Whether no heartbeat came for too long, of a holder that is not to be seen from here."""
    if held.claim is not None:
        expires = held.claim.expires
    elif held.found.written is not None:
        expires = held.found.written + store.limit
    else:
        return False
    if clock() <= expires:
        return False
    if store.watch is not None:
        sleep(store.watch)  # clocks differ between machines: a heart that still beats is seen to
        seen = store.find()
        return seen is not None and seen.found.data == held.found.data
    return True
