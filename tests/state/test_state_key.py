"""The key of the digests."""

import multiprocessing
import os
import stat
from collections.abc import Callable
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from reconciler.state.backend import StateError
from reconciler.state.key import create_key, key_id, load_key

KEY = bytes(range(32))


def put(root: Path, data: bytes, mode: int = 0o600) -> Path:
    path = root / ".reconciler" / "key"
    path.parent.mkdir(mode=0o700)
    path.write_bytes(data)
    path.chmod(mode)
    return path


def problem(call: Callable[..., object], *arguments: object) -> tuple[str, str]:
    with pytest.raises(StateError) as caught:
        call(*arguments)
    return caught.value.diagnostic.code, caught.value.diagnostic.detail


def test_without_a_variable_and_a_file_there_is_no_key_and_nothing_is_made(tmp_path: Path) -> None:
    assert load_key(tmp_path, {}) is None
    assert list(tmp_path.iterdir()) == []


def test_the_file_holds_the_key_in_hexadecimal(tmp_path: Path) -> None:
    put(tmp_path, KEY.hex().encode() + b"\n")
    assert load_key(tmp_path, {}) == KEY
    assert load_key(tmp_path, {"RECONCILER_KEY": " \n"}) == KEY  # CI sets what it does not know to nothing


def test_the_variable_wins_and_is_hashed(tmp_path: Path) -> None:
    put(tmp_path, b"not even a key")
    key = load_key(tmp_path, {"RECONCILER_KEY": "correct horse battery"})
    assert key is not None
    assert len(key) == 32
    assert key == load_key(tmp_path, {"RECONCILER_KEY": "correct horse battery\n"})
    assert key != load_key(tmp_path, {"RECONCILER_KEY": "correct horse batterz"})


def test_a_short_variable_is_refused_and_not_quoted(tmp_path: Path) -> None:
    assert problem(load_key, tmp_path, {"RECONCILER_KEY": "fifteen letters"}) == (
        "RC0808",
        "RECONCILER_KEY has fewer than 16 characters, so it could be guessed. Use a longer one.",
    )


MALFORMED = (
    ".reconciler/key does not hold 64 hexadecimal digits. Restore the file, or set RECONCILER_KEY. With another key "
    "nothing worse happens than that causes are unknown and values which can't be read back are sent again."
)


@pytest.mark.parametrize("data", [b"", b"00" * 31, b"00" * 33, b"zz" * 32, b"00" * 32 + b"\n\n", b"\xff" * 64])
def test_a_malformed_file_is_refused(tmp_path: Path, data: bytes) -> None:
    put(tmp_path, data)
    assert problem(load_key, tmp_path, {}) == ("RC0808", MALFORMED)
    assert problem(create_key, tmp_path) == ("RC0808", MALFORMED)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o777])
def test_a_file_that_others_may_open_is_refused(tmp_path: Path, mode: int) -> None:
    put(tmp_path, KEY.hex().encode(), mode)
    assert problem(load_key, tmp_path, {}) == (
        "RC0808",
        ".reconciler/key is open to other users of this machine. Close it: chmod 600 .reconciler/key",
    )


def test_a_key_that_is_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".reconciler" / "key").mkdir(parents=True, mode=0o700)
    code, detail = problem(load_key, tmp_path, {})
    assert (code, detail.split(". ")[0]) == ("RC0808", ".reconciler/key can't be read: Is a directory")


def test_a_key_is_made_once_private_and_alone(tmp_path: Path) -> None:
    key = create_key(tmp_path)
    path = tmp_path / ".reconciler" / "key"
    assert len(key) == 32
    assert path.read_text() == key.hex() + "\n"
    assert (create_key(tmp_path), load_key(tmp_path, {})) == (key, key)
    assert [item.name for item in path.parent.iterdir()] == ["key"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_what_a_killed_creator_left_is_removed(tmp_path: Path) -> None:
    left = tmp_path / ".reconciler" / ".key.0123456789abcdef.tmp"
    left.parent.mkdir()
    left.write_text("half a k")
    create_key(tmp_path)
    assert [item.name for item in left.parent.iterdir()] == ["key"]


def test_a_creator_whose_file_another_one_removed_takes_the_other_s_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the two steps of this one, the other makes the key and tidies up."""
    made: list[bytes] = []

    def overtaken(path: Path, temporary: Path) -> None:
        monkeypatch.undo()
        made.append(create_key(tmp_path))
        path.hardlink_to(temporary)

    monkeypatch.setattr(Path, "hardlink_to", overtaken)
    assert [create_key(tmp_path)] == made


def test_two_projects_have_two_keys(tmp_path: Path) -> None:
    assert create_key(tmp_path / "a") != create_key(tmp_path / "b")


def test_a_key_that_can_not_be_made_is_refused_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, os.strerror(28))

    folder = tmp_path / ".reconciler"
    folder.mkdir()
    monkeypatch.setattr(os, "fsync", full)
    assert problem(create_key, tmp_path) == (
        "RC0808",
        ".reconciler/key can't be made: No space left on device. Make its folder writable, or set RECONCILER_KEY.",
    )
    assert list(folder.iterdir()) == []


def create(root: Path, start: Barrier, results: "Queue[bytes]") -> None:
    start.wait()
    results.put(create_key(root))


def test_creators_at_once_end_with_one_key(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    start, results = context.Barrier(3), context.Queue()
    creators = [context.Process(target=create, args=(tmp_path, start, results)) for _ in range(3)]
    for creator in creators:
        creator.start()
    keys = {results.get(timeout=60) for _ in creators}
    for creator in creators:
        creator.join()
    assert keys == {load_key(tmp_path, {})}


def test_the_id_tells_keys_apart_and_is_no_part_of_the_key() -> None:
    assert key_id(KEY) == key_id(bytes(range(32)))
    assert len({key_id(bytes([number] * 32)) for number in range(100)}) == 100
    assert len(key_id(KEY)) == 8
    assert key_id(KEY) not in KEY.hex()
