"""Keeping a server's data in a file."""

import threading
from collections.abc import Callable
from pathlib import Path

import msgspec

from reconciler.simulator.errors import SimulatorError

_VERSION = 1


def read(path: Path) -> dict[str, object] | None:
    """The dump that a file holds; None if there is no file. Raises SimulatorError for a file that can't be used."""
    try:
        data = msgspec.json.decode(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SimulatorError(f"The data file {path} can't be read: {error}.") from None
    if not isinstance(data, dict) or data.get("version") != _VERSION:
        raise SimulatorError(f"The data file {path} was not written by this simulator.")
    return data


def write(path: Path, dump: dict[str, object]) -> None:
    """Write a dump, all or nothing: who reads the file sees the old data or the new. Raises SimulatorError."""
    scratch = path.with_name(f".{path.name}.new")
    try:
        scratch.write_bytes(msgspec.json.encode({"version": _VERSION, **dump}))
        scratch.replace(path)
    except OSError as error:
        raise SimulatorError(f"The data file {path} can't be written: {error.strerror}.") from None


class Keeper:
    """Saves a server's data after it changed: at most every `seconds`, and when it stops."""

    def __init__(self, path: Path, dump: Callable[[], dict[str, object]], seconds: float = 1.0) -> None:
        self._path = path
        self._dump = dump
        self._seconds = seconds
        self._changed = threading.Event()
        self._stopped = threading.Event()
        self._saving = threading.Lock()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin to save."""
        self._thread.start()

    def changed(self) -> None:
        """There is something to save."""
        self._changed.set()

    def save(self) -> None:
        """Save now."""
        with self._saving:
            self._changed.clear()
            write(self._path, self._dump())

    def stop(self) -> None:
        """Save what is not saved yet, and end. Raises SimulatorError if it can't be saved."""
        self._stopped.set()
        self._changed.set()
        self._thread.join()
        self.save()

    def _run(self) -> None:
        while not self._stopped.is_set():
            self._changed.wait()
            if not self._stopped.is_set():
                try:
                    self.save()
                except SimulatorError:
                    self._changed.set()  # again in a moment; the stop tells of it if it still fails
            self._stopped.wait(self._seconds)
