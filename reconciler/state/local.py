"""The state in a file of the project."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from reconciler.model.diagnostic import Diagnostic, error
from reconciler.model.state import State
from reconciler.state import lock as locks
from reconciler.state.backend import StateError
from reconciler.state.document import decode, encode, refuse_other, unreadable
from reconciler.state.files import make_folders, probe, remove_leftovers, replace_file
from reconciler.state.holder import Holder


class LocalBackend:
    """As `Backend`. The state of before a run's first write is kept beside it, as `state.json.backup`."""

    def __init__(self, root: str, path: str) -> None:
        """`root` is the project's absolute path, `path` is relative to it and names the state in messages."""
        self._where = path
        self._path = Path(root, path)
        self._lock_path = self._path.with_name(f"{self._path.name}.lock")
        self._lock: locks.FileLock | None = None
        self._backed_up = False

    def read(self) -> State | None:
        data = self.pull()
        return None if data is None else decode(data, self._where)

    def pull(self) -> bytes | None:
        try:
            return self._path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as problem:
            what = problem.strerror or type(problem).__name__
            raise StateError(unreadable(self._where, what)) from None

    def write(self, state: State, *, over: bytes | None = None) -> None:
        if self._lock is None:
            raise RuntimeError("the state is written only while its lock is held")
        self._lock.check()
        stored = self.pull()
        refuse_other(stored, state, over, self._where)
        data = encode(state)
        try:
            remove_leftovers(self._path)
            if stored is not None and not self._backed_up:
                replace_file(self._path.with_name(f"{self._path.name}.backup"), stored)
                self._backed_up = True
            replace_file(self._path, data)
        except OSError as problem:
            raise StateError(_unwritable(self._where, problem)) from None

    def check_writable(self) -> None:
        try:
            make_folders(self._path.parent)
            probe(self._path, len(self.pull() or b""))
        except OSError as problem:
            raise StateError(_unwritable(self._where, problem)) from None

    @contextlib.contextmanager
    def lock(self, operation: str, run: str) -> Iterator[locks.FileLock]:
        with locks.hold(self._lock_path, self._where, operation, run) as lock:
            self._lock = lock
            self._backed_up = False
            try:
                yield lock
            finally:
                self._lock = None

    def read_holder(self) -> Holder | None:
        try:
            return locks.read_holder(self._lock_path)
        except OSError:
            return None

    def unlock(self, lock_id: str | None = None) -> Holder | None:
        return locks.unlock(self._lock_path, self._where, lock_id)


def _unwritable(where: str, problem: OSError) -> Diagnostic:
    reason = problem.strerror or type(problem).__name__
    return error(
        "RC0802",
        f"{where} can't be written: {reason}. What is stored there is whole. Free space on the disk, or give "
        "this user the right to write in its folder, then run the command again.",
    )
