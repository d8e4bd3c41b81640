"""The lock of a local state: a file beside it that names its holder.

On one machine the kernel's lock on that file decides: it is freed when its process dies, however that happens. A folder
that machines share may not carry the kernel's lock from one to the other: there the holder's heartbeat decides.

Whoever has the kernel's lock on the file that has the lock's name *now* may write or remove it. A file that was opened
and then removed by a holder who was done has another inode than the name, and is let go.
"""

import contextlib
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from reconciler.model.diagnostic import Diagnostic, error
from reconciler.state import holder as holders
from reconciler.state.backend import StateError
from reconciler.state.files import make_folders
from reconciler.state.heart import Clock, beating
from reconciler.state.holder import HEARTBEAT, LIMIT, Holder, lost, refusal, taken_over, whose

Sleep = Callable[[float], None]

_WATCH = 2.5 * HEARTBEAT.total_seconds()
_ATTEMPTS = 100  # each failed one means that somebody else had the lock and was done


class FileLock:
    """A lock that is held. `beat` is called from a thread of its own."""

    def __init__(self, path: Path, descriptor: int, holder: Holder, warnings: tuple[Diagnostic, ...]) -> None:
        self.holder = holder
        self.warnings = warnings
        self._path = path
        self._descriptor = descriptor

    def check(self) -> None:
        """Raises StateError (RC0804) when the lock is not ours any more."""
        try:
            other = _parse(self._path.read_bytes())
        except OSError:
            other = None
        if other is None or other.id != self.holder.id:
            raise StateError(lost(f"lock {self._path.name}", self.holder, other))

    def beat(self, moment: datetime) -> None:
        """Says that the holder lives. Raises StateError as `check`, and OSError."""
        self.check()
        os.pwrite(self._descriptor, _encode(msgspec.structs.replace(self.holder, heartbeat=moment)), 0)

    def release(self) -> None:
        """Removes the lock file if it is still ours, and lets go of it. Does not raise for a file gone wrong."""
        with contextlib.suppress(StateError, OSError):
            self.check()
            os.ftruncate(self._descriptor, 0)  # free even where the name can't be removed
            self._path.unlink(missing_ok=True)
        os.close(self._descriptor)


@contextlib.contextmanager
def hold(
    path: Path, where: str, operation: str, run: str, *, clock: Clock = holders.now, sleep: Sleep = time.sleep
) -> Iterator[FileLock]:
    """Holds the lock at `path` of the state that is named `where`, with a heartbeat until the end of the block.

    Raises StateError: RC0804 when somebody has it, RC0802 when the folder can't be written.
    """
    lock = acquire(path, where, operation, run, clock=clock, sleep=sleep)
    try:
        with beating(lock, clock):
            yield lock
    finally:
        lock.release()


def acquire(
    path: Path, where: str, operation: str, run: str, *, clock: Clock = holders.now, sleep: Sleep = time.sleep
) -> FileLock:
    """The lock, taken. Raises StateError as `hold`; the caller releases it."""
    try:
        make_folders(path.parent)
        descriptor = _open(path, os.O_CREAT, where, clock)
    except OSError as problem:
        raise StateError(_failed(where, problem)) from None
    try:
        warnings = _take_over(path, descriptor, where, clock, sleep)
        me = holders.this_process(operation, run, clock())
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, _encode(me), 0)
    except OSError as problem:
        os.close(descriptor)
        raise StateError(_failed(where, problem)) from None
    except BaseException:
        os.close(descriptor)
        raise
    return FileLock(path, descriptor, me, warnings)


def read_holder(path: Path) -> Holder | None:
    """Who the lock file names, living or dead; None when it names nobody. Raises OSError but for a missing file."""
    try:
        return _parse(path.read_bytes())
    except FileNotFoundError:
        return None


def unlock(
    path: Path, where: str, lock_id: str | None, *, clock: Clock = holders.now, sleep: Sleep = time.sleep
) -> Holder | None:
    """Removes a dead holder's lock file. As `Backend.unlock`."""
    try:
        descriptor = _open(path, 0, where, clock)
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise StateError(_failed(where, problem)) from None
    try:
        found = _parse(_read(descriptor))
        if lock_id is not None and found is not None and found.id != lock_id:
            raise StateError(error("RC0901", f"The lock of {where} is {found.id}, not {lock_id}. Nothing was done."))
        _take_over(path, descriptor, where, clock, sleep)
        path.unlink(missing_ok=True)
    except OSError as problem:
        raise StateError(_failed(where, problem)) from None
    finally:
        os.close(descriptor)
    return found


def is_dead(holder: Holder, machine: str, moment: datetime) -> bool:
    """Whether a holder is dead whose file's kernel lock could be had on `machine`."""
    return holder.machine == machine or moment - holder.heartbeat > LIMIT


def _open(path: Path, flags: int, where: str, clock: Clock) -> int:
    """The descriptor of the file that has the name now, with the kernel's lock on it.

    Raises StateError (RC0804) when another process has that, and OSError.
    """
    for _ in range(_ATTEMPTS):
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | flags, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _has_name(descriptor, path):
                return descriptor
        except BlockingIOError:
            holder = _parse(_read(descriptor))
            os.close(descriptor)
            raise StateError(_refusal(where, holder, here=True, moment=clock())) from None
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
    raise StateError(_refusal(where, None, here=True, moment=clock()))


def _has_name(descriptor: int, path: Path) -> bool:
    try:
        named = path.stat()
    except FileNotFoundError:
        return False
    return os.path.samestat(os.fstat(descriptor), named)


def _take_over(path: Path, descriptor: int, where: str, clock: Clock, sleep: Sleep) -> tuple[Diagnostic, ...]:
    """Warnings of what was taken over: none for a free lock. Raises StateError (RC0804) when its holder lives."""
    before = _read(descriptor)
    if not before:
        return ()
    found, here = _parse(before), holders.machine()
    if found is None:  # it names no machine, so its own time stands for the heartbeat
        dead = clock() - datetime.fromtimestamp(os.fstat(descriptor).st_mtime, UTC) > LIMIT
    else:
        dead = is_dead(found, here, clock())
    elsewhere = found is None or found.machine != here
    if dead and elsewhere:
        sleep(_WATCH)  # clocks differ between machines: a heart that still beats is seen to
        dead = path.exists() and path.read_bytes() == before
        found = _parse(_read(descriptor))
    if not dead:
        raise StateError(_refusal(where, found, here=not elsewhere, moment=clock()))
    why = "no heartbeat came any more" if elsewhere else "that process is dead"
    return (taken_over(where, whose(found, clock()), why),)


def _refusal(where: str, holder: Holder | None, *, here: bool, moment: datetime) -> Diagnostic:
    return refusal(where, whose(holder, moment), here=here)


def _failed(where: str, problem: OSError) -> Diagnostic:
    reason = problem.strerror or type(problem).__name__
    return error(
        "RC0802",
        f"{where} can't be locked: {reason}. Nothing was changed. Make its folder writable for this user, on a file "
        "system that has room and can lock files, then run the command again.",
    )


def _encode(holder: Holder) -> bytes:
    return msgspec.json.encode(holder) + b"\n"


def _parse(data: bytes) -> Holder | None:
    try:
        return msgspec.json.decode(data, type=Holder)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _read(descriptor: int) -> bytes:
    return os.pread(descriptor, 1 << 16, 0)
