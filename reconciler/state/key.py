"""The key of the digests in the state. It lies elsewhere than the state, which may be in a bucket."""

import contextlib
import re
import secrets
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path

from reconciler.model.diagnostic import error
from reconciler.state.backend import StateError
from reconciler.state.files import create_file, make_folders, remove_leftovers

VARIABLE = "RECONCILER_KEY"
_FILE = ".reconciler/key"  # below the project's root
_SHORTEST = 16
_FORM = re.compile(rb"[0-9a-f]{64}\n?")
_WAY_OUT = (
    f"Restore the file, or set {VARIABLE}. With another key nothing worse happens than that causes are unknown and "
    "values which can't be read back are sent again."
)


def load_key(root: Path, environment: Mapping[str, str]) -> bytes | None:
    """The key, 32 bytes: of RECONCILER_KEY where that is set and not empty, else of the project's file; None when there
    is neither.

    Raises StateError (RC0808) for a variable that is too short and a file that is malformed or open to other users.
    """
    text = environment.get(VARIABLE, "").strip()
    if not text:
        return _read(root / _FILE)
    if len(text) < _SHORTEST:
        raise _problem(f"{VARIABLE} has fewer than {_SHORTEST} characters, so it could be guessed. Use a longer one.")
    return blake2b(text.encode("utf-8", "surrogateescape"), digest_size=32, person=b"reconciler key").digest()


def create_key(root: Path) -> bytes:
    """The key of the project's file, which is made (0600, durable) when it is missing. Two that make it at once get the
    same key. Raises StateError (RC0808)."""
    path = root / _FILE
    try:
        make_folders(path.parent)
        with contextlib.suppress(FileExistsError):  # somebody else was faster: theirs is the key
            create_file(path, secrets.token_hex(32).encode() + b"\n")
        remove_leftovers(path)
    except OSError as problem:
        reason = problem.strerror or type(problem).__name__
        raise _problem(f"{_FILE} can't be made: {reason}. Make its folder writable, or set {VARIABLE}.") from None
    key = _read(path)
    if key is None:
        raise _problem(f"{_FILE} was removed while it was made. Run the command again.")
    return key


def key_id(key: bytes) -> str:
    """8 hexadecimal digits that tell keys apart and don't reveal them."""
    return blake2b(key, digest_size=4, person=b"reconciler id").hexdigest()


def _read(path: Path) -> bytes | None:
    try:
        mode = path.stat().st_mode
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as problem:
        reason = problem.strerror or type(problem).__name__
        raise _problem(f"{_FILE} can't be read: {reason}. {_WAY_OUT}") from None
    if mode & 0o077:
        raise _problem(f"{_FILE} is open to other users of this machine. Close it: chmod 600 {_FILE}")
    if not _FORM.fullmatch(data):
        raise _problem(f"{_FILE} does not hold 64 hexadecimal digits. {_WAY_OUT}")
    return bytes.fromhex(data.decode("ascii"))


def _problem(detail: str) -> StateError:
    return StateError(error("RC0808", detail))
