"""The state in a local file: written wholly or not at all, whatever happens."""

import json
import os
import resource
import stat
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from reconciler.model.diagnostic import Diagnostic, error
from reconciler.model.project import Project, StateBackend
from reconciler.model.state import Entry, State
from reconciler.state.backend import Backend, StateError
from reconciler.state.document import encode
from reconciler.state.local import LocalBackend
from reconciler.workflow.session import backend_of

PATH = ".reconciler/state.json"
FIRST = State(lineage="l", serial=1, entries={"hq/area/1": Entry(id=1)})
SECOND = msgspec.structs.replace(FIRST, serial=2, pending={"hq/area/2": Entry()})
THIRD = msgspec.structs.replace(FIRST, serial=3)


def unwritable(reason: str) -> Diagnostic:
    return error(
        "RC0802",
        f".reconciler/state.json can't be written: {reason}. What is stored there is whole. Free space on the disk, or "
        "give this user the right to write in its folder, then run the command again.",
    )


def opened(root: Path) -> Backend:
    return backend_of(Project(name="acme", root=str(root), targets={}), {})


def write(root: Path, *states: State) -> None:
    """Writes states in one run."""
    backend = opened(root)
    with backend.lock("apply", ""):
        for state in states:
            backend.write(state)


def problem(call: Callable[..., object], *arguments: object) -> Diagnostic:
    with pytest.raises(StateError) as caught:
        call(*arguments)
    return caught.value.diagnostic


def names(root: Path) -> list[str]:
    return sorted(item.name for item in (root / ".reconciler").iterdir())


def modes(root: Path) -> dict[str, str]:
    return {str(item.relative_to(root)): f"{stat.S_IMODE(item.stat().st_mode):o}" for item in root.rglob("*")}


def test_without_a_file_there_is_no_state_and_reading_makes_nothing(tmp_path: Path) -> None:
    backend = opened(tmp_path)
    assert (backend.read(), backend.read_holder(), backend.unlock()) == (None, None, None)
    assert list(tmp_path.iterdir()) == []


def test_what_is_written_is_read(tmp_path: Path) -> None:
    write(tmp_path, FIRST, SECOND)
    assert opened(tmp_path).read() == SECOND
    assert (tmp_path / PATH).read_bytes() == encode(SECOND)


def test_all_that_is_made_is_for_its_owner_only(tmp_path: Path) -> None:
    backend = LocalBackend(str(tmp_path), "private/deep/state.json")
    with backend.lock("apply", ""):
        backend.check_writable()
        backend.write(FIRST)
        backend.write(SECOND)
        found = modes(tmp_path)
    assert found == {
        "private": "700",
        "private/deep": "700",
        "private/deep/state.json": "600",
        "private/deep/state.json.backup": "600",
        "private/deep/state.json.lock": "600",
    }


def test_a_state_that_others_could_read_is_private_after_the_next_write(tmp_path: Path) -> None:
    write(tmp_path, FIRST)
    (tmp_path / PATH).chmod(0o644)
    write(tmp_path, SECOND)
    assert modes(tmp_path)[PATH] == "600"


def test_it_is_written_only_while_the_lock_is_held(tmp_path: Path) -> None:
    backend = opened(tmp_path)
    with backend.lock("apply", ""):
        backend.write(FIRST)
    with pytest.raises(RuntimeError, match="only while its lock is held"):
        backend.write(SECOND)


@pytest.mark.parametrize(
    ("state", "what"),
    [
        (FIRST, "it has the serial 2 where 0 was expected: somebody else wrote it"),
        (SECOND, "it has the serial 2 where 1 was expected: somebody else wrote it"),
        (
            msgspec.structs.replace(THIRD, serial=4),
            "it has the serial 2 where 3 was expected: somebody else wrote it",
        ),
        (
            msgspec.structs.replace(THIRD, lineage="m"),
            "it has the lineage l, and this state has m: they are of different origin",
        ),
    ],
)
def test_a_state_that_does_not_follow_the_stored_one_is_refused(tmp_path: Path, state: State, what: str) -> None:
    write(tmp_path, FIRST, SECOND)
    assert problem(write, tmp_path, state) == error(
        "RC0802",
        f".reconciler/state.json was not replaced, since {what}. What is stored is untouched. Run the command again.",
    )
    assert opened(tmp_path).read() == SECOND


def test_a_damaged_state_is_not_written_over(tmp_path: Path) -> None:
    write(tmp_path, FIRST)
    (tmp_path / PATH).write_bytes(b"{}")
    assert problem(write, tmp_path, SECOND).code == "RC0801"
    assert (tmp_path / PATH).read_bytes() == b"{}"


def test_a_lost_state_is_written_anew(tmp_path: Path) -> None:
    write(tmp_path, FIRST)
    (tmp_path / PATH).unlink()
    write(tmp_path, SECOND)
    assert opened(tmp_path).read() == SECOND


def test_the_backup_is_the_state_of_before_the_run(tmp_path: Path) -> None:
    write(tmp_path, FIRST)
    assert names(tmp_path) == ["state.json"]
    write(tmp_path, SECOND, THIRD)
    assert (tmp_path / f"{PATH}.backup").read_bytes() == encode(FIRST)
    write(tmp_path, msgspec.structs.replace(THIRD, serial=4))
    assert (tmp_path / f"{PATH}.backup").read_bytes() == encode(THIRD)


def test_a_backend_that_is_locked_twice_backs_up_twice(tmp_path: Path) -> None:
    backend = opened(tmp_path)
    for state in (FIRST, SECOND, THIRD):
        with backend.lock("apply", ""):
            backend.write(state)
    assert (tmp_path / f"{PATH}.backup").read_bytes() == encode(SECOND)


def test_what_killed_writes_left_is_removed_by_the_next(tmp_path: Path) -> None:
    write(tmp_path, FIRST)
    folder = tmp_path / ".reconciler"
    (folder / ".state.json.0123456789abcdef.tmp").write_bytes(b"{")
    (folder / ".state.json.backup.0123456789abcdef.tmp").write_bytes(b"{")
    (folder / "notes.tmp").write_bytes(b"mine")
    write(tmp_path, SECOND)
    assert names(tmp_path) == ["notes.tmp", "state.json", "state.json.backup"]


def test_content_is_on_the_disk_before_the_name_and_the_name_before_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, FIRST)
    calls = []
    fsync, replace = os.fsync, os.replace

    def seen_fsync(descriptor: int) -> None:
        calls.append("fsync folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "fsync file")
        fsync(descriptor)

    def seen_replace(source: Path, destination: Path) -> None:
        calls.append(f"rename to {destination.name}")
        replace(source, destination)

    monkeypatch.setattr(os, "fsync", seen_fsync)
    monkeypatch.setattr(os, "replace", seen_replace)
    write(tmp_path, SECOND)
    assert calls == [
        "fsync file",
        "rename to state.json.backup",
        "fsync folder",
        "fsync file",
        "rename to state.json",
        "fsync folder",
    ]


def failing(number: int) -> Callable[..., None]:
    def fail(*arguments: object, **options: object) -> None:
        raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.parametrize("function", ["open", "fsync", "replace"])
@pytest.mark.parametrize("number", [5, 13, 28, 30, 122])  # EIO, EACCES, ENOSPC, EROFS, EDQUOT
def test_a_write_that_fails_leaves_the_old_state_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, function: str, number: int
) -> None:
    write(tmp_path, FIRST)
    backend = opened(tmp_path)
    with backend.lock("apply", ""), monkeypatch.context() as patch:
        patch.setattr(os, function, failing(number))
        assert problem(backend.write, SECOND) == unwritable(os.strerror(number))
    assert names(tmp_path) == ["state.json"]
    assert opened(tmp_path).read() == FIRST


def test_a_write_that_stops_half_way_leaves_the_old_state_and_nothing_else(tmp_path: Path) -> None:
    write(tmp_path, FIRST)
    backend = opened(tmp_path)
    with backend.lock("apply", ""):
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(encode(FIRST)), hard))
        try:
            found = problem(backend.write, SECOND)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert found == unwritable("File too large")
    assert names(tmp_path) == ["state.json", "state.json.backup"]
    assert opened(tmp_path).read() == FIRST


def test_a_folder_that_can_not_be_synced_is_no_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fsync = os.fsync

    def files_only(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(22, os.strerror(22))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", files_only)
    write(tmp_path, FIRST)
    assert opened(tmp_path).read() == FIRST


def test_a_failed_write_can_be_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, FIRST)
    backend = opened(tmp_path)
    with backend.lock("apply", ""):
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", failing(28))
            problem(backend.write, SECOND)
        backend.write(SECOND)
    assert opened(tmp_path).read() == SECOND


def test_whether_it_can_be_written_is_found_without_writing_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, FIRST)
    backend = opened(tmp_path)
    backend.check_writable()
    monkeypatch.setattr(os, "fsync", failing(28))
    assert problem(backend.check_writable) == unwritable("No space left on device")
    assert names(tmp_path) == ["state.json"]
    assert backend.read() == FIRST


def test_the_check_takes_the_room_that_the_state_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, FIRST)
    sizes = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: sizes.append(os.fstat(descriptor).st_size))
    opened(tmp_path).check_writable()
    assert sizes == [len(encode(FIRST))]


def test_a_folder_where_the_state_should_be_can_not_be_written(tmp_path: Path) -> None:
    backend = LocalBackend(str(tmp_path), "state.json")
    (tmp_path / "state.json").mkdir()
    assert problem(backend.read).code == "RC0801"
    assert problem(backend.check_writable).code == "RC0801"


def test_below_a_file_nothing_can_be_read_locked_or_written(tmp_path: Path) -> None:
    (tmp_path / ".reconciler").write_text("not a folder")
    backend = opened(tmp_path)
    unreadable = error(
        "RC0801",
        ".reconciler/state.json can't be read as a state: Not a directory. Nothing was changed. Restore it from a "
        "backup, or move it away: a lost state file loses no data, objects are adopted again.",
    )
    assert problem(backend.read) == unreadable
    assert problem(backend.check_writable).code == "RC0801"
    with pytest.raises(StateError) as caught, backend.lock("apply", ""):
        pytest.fail("locked")
    assert caught.value.diagnostic == error(
        "RC0802",
        ".reconciler/state.json can't be locked: Not a directory. Nothing was changed. Make its folder writable for "
        "this user, on a file system that has room and can lock files, then run the command again.",
    )


def test_a_run_that_lost_its_lock_writes_nothing_more(tmp_path: Path) -> None:
    write(tmp_path, FIRST)
    backend = opened(tmp_path)
    with backend.lock("apply", ""):
        (tmp_path / f"{PATH}.lock").unlink()
        lost = error(
            "RC0804",
            "The lock state.json.lock was removed while apply held it, or can't be read. This run stops, since two at "
            "once would undo each other's work. Run the command again.",
        )
        assert problem(backend.write, SECOND) == lost
    assert opened(tmp_path).read() == FIRST


def test_killed_at_any_line_the_state_is_the_old_one_or_the_new_one(tmp_path: Path) -> None:
    program = Path(__file__).with_name("kill_points.py")
    run = subprocess.run([sys.executable, program, tmp_path], capture_output=True, text=True, check=True)
    result = json.loads(run.stdout)
    serials = [serial for serial, _ in result["findings"]]
    steps = {after - before for before, after in pairwise(serials)}
    assert len(serials) > 100
    assert steps == {0, 1}
    assert all(ids == ([serial] if serial else []) for serial, ids in result["findings"])
    assert (result["names"], result["exit"]) == (["state.json", "state.json.backup"], 0)


def test_a_backend_that_does_not_exist_is_refused() -> None:
    project = Project(name="acme", root="/", targets={}, state=StateBackend(backend="floppy"))
    assert problem(backend_of, project, {}) == error(
        "RC0205",
        "There is no state backend 'floppy'. Set state.backend to one of local, s3, gcs, azure, postgres, http.",
    )
