"""Private files that are written wholly or not at all: 0600, in folders that are made 0700. All raise OSError."""

import contextlib
import errno
import os
import secrets
from pathlib import Path


def make_folders(folder: Path) -> None:
    """Makes `folder` and those above it that are missing, each for its owner only, and durable."""
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for folder in reversed(missing):
        folder.mkdir(mode=0o700, exist_ok=True)
        _sync_folder(folder.parent)


def replace_file(path: Path, data: bytes) -> None:
    """Makes `data` the content of `path`, durably. Who reads meanwhile, or after a crash, has the old or the new."""
    temporary = _temporary(path, data)
    try:
        temporary.replace(path)
    except BaseException:
        _remove(temporary)
        raise
    _sync_folder(path.parent)


def create_file(path: Path, data: bytes) -> None:
    """Makes `path` with `data`, durably; it is never seen half written. Raises FileExistsError when it is there."""
    temporary = _temporary(path, data)
    try:
        path.hardlink_to(temporary)
    except FileNotFoundError:  # somebody who made it took ours for a leftover
        if not path.exists():
            raise
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from None
    finally:
        _remove(temporary)
    _sync_folder(path.parent)


def probe(path: Path, size: int) -> None:
    """Raises OSError when `path` could not be replaced by `size` bytes. `path` itself is not touched."""
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    _temporary(path, bytes(size)).unlink()


def remove_leftovers(path: Path) -> None:
    """Removes what killed writes of `path` left. Only for who alone may write it, or when `create_file` made it."""
    for item in sorted(path.parent.iterdir()):
        if item.name.startswith(f".{path.name}.") and item.name.endswith(".tmp"):
            item.unlink(missing_ok=True)


def _temporary(path: Path, data: bytes) -> Path:
    """A new file beside `path` that holds `data` and is on the disk; removed again when that fails."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        _remove(temporary)
        raise
    return temporary


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):  # the next write removes it
        path.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError as problem:
        if problem.errno not in (errno.EINVAL, errno.ENOTSUP):  # some network folders can't, and need not
            raise
    finally:
        os.close(descriptor)
