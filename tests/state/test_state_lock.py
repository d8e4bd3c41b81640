"""The lock of a local state: one holder at a time, a dead one's is taken over, a living one's never."""

import fcntl
import os
import signal
import stat
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from reconciler.model.diagnostic import Diagnostic, error, warning
from reconciler.state import holder as holders
from reconciler.state.backend import StateError
from reconciler.state.heart import keep
from reconciler.state.holder import Holder, ci_run, describe_holder
from reconciler.state.lock import FileLock, acquire, hold, is_dead, read_holder, unlock

WHERE = ".reconciler/state.json"
NOON = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)

ELSEWHERE = Holder(
    id="0b5e",
    operation="apply",
    who="ci@runner-7",
    host="runner-7",
    machine="another kernel's boot id",
    pid=4711,
    process_start=NOON - timedelta(seconds=125),
    created=NOON - timedelta(seconds=120),
    heartbeat=NOON - timedelta(seconds=61),
    run="https://ci.example/jobs/9",
)
DESCRIBED = (
    "apply of ci@runner-7 since 2026-11-22T11:58:00Z (process 4711 on runner-7, started 2026-11-22T11:57:55Z; last "
    "heartbeat {} s ago; run https://ci.example/jobs/9; lock 0b5e)"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.json.lock"


def noon() -> datetime:
    return NOON


def never(seconds: float) -> None:
    pytest.fail("there is nothing to wait for")


def take(path: Path, sleep: Callable[[float], None] = never) -> FileLock:
    return acquire(path, WHERE, "apply", "", clock=noon, sleep=sleep)


def put(path: Path, holder: Holder) -> None:
    path.write_bytes(msgspec.json.encode(holder))


def refusal(call: Callable[..., object], *arguments: object, **options: object) -> Diagnostic:
    with pytest.raises(StateError) as caught:
        call(*arguments, **options)
    return caught.value.diagnostic


def locked_by(whose: str, advice: str) -> Diagnostic:
    detail = f"{WHERE} is locked by {whose}. Nothing was changed. Wait until it is done and run the command again. "
    return error("RC0804", detail + advice)


HANGS = "If it hangs, end that process: the lock is free at once."
IF_DEAD = "If it is dead, its lock is taken over 60 s after its last heartbeat."


# one holder


def test_the_file_names_the_holder_while_it_is_held_and_is_gone_afterwards(path: Path) -> None:
    with hold(path, WHERE, "apply", "https://ci.example/jobs/1", clock=noon) as lock:
        found = read_holder(path)
        mode = stat.S_IMODE(path.stat().st_mode)
    assert found == lock.holder
    assert found is not None
    assert found == Holder(
        id=found.id,
        operation="apply",
        who=found.who,
        host=os.uname().nodename,
        machine=holders.machine(),
        pid=os.getpid(),
        process_start=found.process_start,
        created=NOON,
        heartbeat=NOON,
        run="https://ci.example/jobs/1",
    )
    assert found.who.endswith(f"@{found.host}")
    assert lock.warnings == ()
    assert mode == 0o600
    assert list(path.parent.iterdir()) == []


def test_no_two_locks_have_one_id(path: Path) -> None:
    ids = []
    for _ in range(2):
        with hold(path, WHERE, "apply", "") as lock:
            ids.append(lock.holder.id)
    assert len(set(ids)) == 2


def test_a_second_holder_is_refused_and_told_who_has_it(path: Path) -> None:
    with hold(path, WHERE, "apply", "https://ci.example/jobs/1", clock=noon) as lock:
        found = refusal(take, path)
        assert read_holder(path) == lock.holder
    whose = describe_holder(lock.holder, NOON)
    assert found == locked_by(whose, HANGS)
    assert f"process {os.getpid()} on {os.uname().nodename}" in whose
    assert f"; last heartbeat 0 s ago; run https://ci.example/jobs/1; lock {lock.holder.id})" in whose


def test_a_holder_that_has_not_written_its_name_yet_holds_it_too(path: Path) -> None:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert refusal(take, path) == locked_by("a run whose name can't be read", HANGS)


def test_it_is_free_again_after_an_error(path: Path) -> None:
    with pytest.raises(ZeroDivisionError), hold(path, WHERE, "apply", ""):
        raise ZeroDivisionError
    with hold(path, WHERE, "apply", "") as lock:
        assert lock.warnings == ()


def test_an_empty_file_is_a_free_lock(path: Path) -> None:
    path.touch()
    lock = take(path)
    assert lock.warnings == ()
    lock.release()
    assert not path.exists()


def test_of_processes_that_race_one_at_a_time_has_it(tmp_path: Path) -> None:
    command = [sys.executable, str(Path(__file__).with_name("lock_racer.py")), str(tmp_path), "60"]
    racers = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    results = [racer.communicate(timeout=120) for racer in racers]
    assert [(racer.returncode, errors) for racer, (_, errors) in zip(racers, results, strict=True)] == [(0, "")] * 3
    log = Counter(int(line) for line in (tmp_path / "log").read_text().split())
    assert log == {racer.pid: 60 for racer in racers}
    assert [item.name for item in tmp_path.iterdir()] == ["log"]


def test_a_file_that_lost_its_name_before_it_was_locked_is_let_go(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flock, opened = fcntl.flock, []

    def removed_meanwhile(descriptor: int, operation: int) -> None:
        opened.append(os.fstat(descriptor).st_ino)
        if len(opened) < 3:
            path.rename(path.with_name(f"removed-{len(opened)}"))
        if len(opened) == 2:
            path.touch()  # the holder of a new file, who was done at once
        flock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", removed_meanwhile)
    lock = take(path)
    assert len(opened) == 3
    assert path.stat().st_ino == opened[-1]
    assert read_holder(path) == lock.holder
    lock.release()


def test_a_file_system_that_can_not_lock_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unsupported(descriptor: int, operation: int) -> None:
        raise OSError(37, os.strerror(37))

    monkeypatch.setattr(fcntl, "flock", unsupported)
    assert refusal(take, path) == error(
        "RC0802",
        f"{WHERE} can't be locked: No locks available. Nothing was changed. Make its folder writable for this user, on "
        "a file system that has room and can lock files, then run the command again.",
    )


# dead holders


def dead_process(path: Path) -> Holder:
    """A holder that took the lock in a process of its own and was killed by kill -9."""
    program = (
        "import sys, signal; from pathlib import Path; from reconciler.state.lock import acquire; "
        "lock = acquire(Path(sys.argv[1]), 'x', 'apply', ''); print(flush=True); signal.pause()"
    )
    with subprocess.Popen([sys.executable, "-c", program, path], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert refusal(take, path).code == "RC0804"
        process.send_signal(signal.SIGKILL)
    found = read_holder(path)
    assert found is not None
    assert found.pid == process.pid
    return found


def test_the_lock_of_a_dead_process_is_taken_over_at_once_with_a_warning(path: Path) -> None:
    dead = dead_process(path)
    lock = take(path)
    assert lock.warnings == (
        warning(
            "RC0805",
            f"The lock of {WHERE} was held by {describe_holder(dead, NOON)}. It was taken over, since that process is "
            "dead. What that run left unfinished is looked up on the targets by this one.",
        ),
    )
    assert read_holder(path) == lock.holder
    lock.release()


def test_another_machines_holder_is_dead_after_its_heartbeats_limit(path: Path) -> None:
    put(path, ELSEWHERE)
    waits: list[float] = []
    lock = take(path, waits.append)
    assert waits == [25.0]
    assert lock.warnings == (
        warning(
            "RC0805",
            f"The lock of {WHERE} was held by {DESCRIBED.format(61)}. It was taken over, since no heartbeat came any "
            "more. What that run left unfinished is looked up on the targets by this one.",
        ),
    )
    assert read_holder(path) == lock.holder
    lock.release()


def test_another_machines_holder_lives_within_its_heartbeats_limit(path: Path) -> None:
    put(path, msgspec.structs.replace(ELSEWHERE, heartbeat=NOON - timedelta(seconds=60)))
    before = path.read_bytes()
    assert refusal(take, path) == locked_by(DESCRIBED.format(60), IF_DEAD)
    assert path.read_bytes() == before


def test_a_heart_that_beats_by_another_clock_is_alive(path: Path) -> None:
    put(path, msgspec.structs.replace(ELSEWHERE, heartbeat=NOON - timedelta(hours=1)))
    later = msgspec.structs.replace(ELSEWHERE, heartbeat=NOON - timedelta(hours=1) + timedelta(seconds=10))
    assert refusal(take, path, lambda seconds: put(path, later)) == locked_by(DESCRIBED.format(3590), IF_DEAD)
    assert read_holder(path) == later


def test_a_holder_that_is_done_while_it_is_watched_was_alive(path: Path) -> None:
    put(path, ELSEWHERE)
    assert refusal(take, path, lambda seconds: path.unlink()).code == "RC0804"
    take(path).release()


@pytest.mark.parametrize(
    ("machine", "age", "dead"),
    [
        ("here", 0, True),
        ("here", 3600, True),
        ("there", 0, False),
        ("there", 60, False),
        ("there", 61, True),
        ("there", -3600, False),
    ],
)
def test_who_is_dead_when_the_kernels_lock_could_be_had(machine: str, age: int, dead: bool) -> None:
    holder = msgspec.structs.replace(ELSEWHERE, machine=machine, heartbeat=NOON - timedelta(seconds=age))
    assert is_dead(holder, "here", NOON) is dead


DAMAGED = [b"{", b"\0" * 300, b"[]", b"{}", b'{"id":"x"}', msgspec.json.encode(ELSEWHERE).replace(b"Z", b"")]


@pytest.mark.parametrize("data", DAMAGED)
def test_a_file_that_names_nobody_is_a_lock_until_it_is_old(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    os.utime(path, (NOON.timestamp(), NOON.timestamp() - 60))
    assert refusal(take, path) == locked_by("a run whose name can't be read", IF_DEAD)
    os.utime(path, (NOON.timestamp(), NOON.timestamp() - 61))
    lock = take(path, lambda seconds: None)
    assert [(found.code, found.detail.split(". ")[0]) for found in lock.warnings] == [
        ("RC0805", f"The lock of {WHERE} was held by a run whose name can't be read")
    ]
    lock.release()


# heartbeats


def waiting(rounds: int) -> Callable[[float], bool]:
    """Waits that are over at once; the last says that it is done."""
    left = iter([False] * rounds + [True])

    def wait(seconds: float) -> bool:
        assert seconds == 10
        return next(left)

    return wait


def test_the_heart_beats_every_ten_seconds(path: Path) -> None:
    lock = take(path)
    size = path.stat().st_size
    moments = iter([NOON + timedelta(seconds=10), NOON + timedelta(seconds=20)])
    keep(lock, waiting(2), lambda: next(moments))
    assert read_holder(path) == msgspec.structs.replace(lock.holder, heartbeat=NOON + timedelta(seconds=20))
    assert path.stat().st_size == size
    lock.release()


def test_a_beat_that_failed_is_tried_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = take(path)
    pwrite, failures = os.pwrite, [OSError(5, "Input/output error")]

    def failing_once(descriptor: int, data: bytes, offset: int) -> int:
        if failures:
            raise failures.pop()
        return pwrite(descriptor, data, offset)

    monkeypatch.setattr(os, "pwrite", failing_once)
    keep(lock, waiting(2), lambda: NOON + timedelta(seconds=20))
    assert read_holder(path) == msgspec.structs.replace(lock.holder, heartbeat=NOON + timedelta(seconds=20))
    lock.release()


def test_the_heart_stops_when_the_lock_is_another_ones(path: Path) -> None:
    lock = take(path)
    put(path, ELSEWHERE)
    waits = waiting(5)
    keep(lock, waits, noon)
    assert [waits(10) for _ in range(5)] == [False] * 4 + [True]  # it ended by itself, after the first
    assert read_holder(path) == ELSEWHERE
    lock.release()
    assert read_holder(path) == ELSEWHERE


def test_a_held_lock_has_a_heart_and_a_released_one_has_none(path: Path) -> None:
    def hearts() -> int:
        return sum(thread.name == "heartbeat" for thread in threading.enumerate())

    with hold(path, WHERE, "apply", ""):
        assert hearts() == 1
    assert hearts() == 0


# a lock that was lost


def test_a_lock_that_is_ours_is_found_to_be(path: Path) -> None:
    lock = take(path)
    lock.check()
    lock.beat(NOON + timedelta(seconds=10))
    lock.check()
    lock.release()


STOPS = " This run stops, since two at once would undo each other's work. Run the command again."


def test_a_lock_that_was_taken_over_is_found_to_be(path: Path) -> None:
    lock = take(path)
    put(path, ELSEWHERE)
    assert refusal(lock.check) == error(
        "RC0804", f"The lock state.json.lock was taken over while apply held it, by {DESCRIBED.format(0)}.{STOPS}"
    )
    lock.release()


def test_a_lock_that_was_removed_is_found_to_be(path: Path) -> None:
    lock = take(path)
    path.unlink()
    assert refusal(lock.check) == error(
        "RC0804", f"The lock state.json.lock was removed while apply held it, or can't be read.{STOPS}"
    )
    lock.release()
    assert not path.exists()


# state unlock


def test_unlock_without_a_lock_does_nothing(path: Path) -> None:
    assert unlock(path, WHERE, None, clock=noon, sleep=never) is None
    assert list(path.parent.iterdir()) == []


@pytest.mark.parametrize("by_id", [False, True])
def test_unlock_removes_a_dead_holders_lock(path: Path, by_id: bool) -> None:
    dead = dead_process(path)
    assert unlock(path, WHERE, dead.id if by_id else None, clock=noon, sleep=never) == dead
    assert list(path.parent.iterdir()) == []


def test_unlock_removes_another_machines_lock_when_no_heartbeat_comes_any_more(path: Path) -> None:
    put(path, ELSEWHERE)
    assert unlock(path, WHERE, "0b5e", clock=noon, sleep=lambda seconds: None) == ELSEWHERE
    assert not path.exists()


def test_unlock_refuses_a_living_holder(path: Path) -> None:
    with hold(path, WHERE, "apply", "", clock=noon) as lock:
        found = refusal(unlock, path, WHERE, lock.holder.id, clock=noon, sleep=never)
        lock.check()
    assert found == locked_by(describe_holder(lock.holder, NOON), HANGS)


def test_unlock_refuses_a_living_holder_elsewhere(path: Path) -> None:
    living = msgspec.structs.replace(ELSEWHERE, heartbeat=NOON)
    put(path, living)
    assert refusal(unlock, path, WHERE, None, clock=noon, sleep=never) == locked_by(DESCRIBED.format(0), IF_DEAD)
    assert read_holder(path) == living


def test_unlock_refuses_another_lock_than_the_one_that_was_meant(path: Path) -> None:
    put(path, ELSEWHERE)
    assert refusal(unlock, path, WHERE, "0b5f", clock=noon, sleep=never) == error(
        "RC0901", f"The lock of {WHERE} is 0b5e, not 0b5f. Nothing was done."
    )
    assert read_holder(path) == ELSEWHERE


# who


def test_a_clock_that_is_behind_is_said_so() -> None:
    assert "; last heartbeat 5 s ahead of this clock; " in describe_holder(ELSEWHERE, NOON - timedelta(seconds=66))


def test_a_holder_without_a_ci_job_names_none() -> None:
    bare = msgspec.structs.replace(ELSEWHERE, run="", process_start=None)
    assert describe_holder(bare, NOON) == (
        "apply of ci@runner-7 since 2026-11-22T11:58:00Z (process 4711 on runner-7; last heartbeat 61 s ago; lock 0b5e)"
    )


@pytest.mark.parametrize(
    ("environment", "url"),
    [
        ({}, ""),
        (
            {
                "GITHUB_SERVER_URL": "https://github.com",
                "GITHUB_REPOSITORY": "acme/time",
                "GITHUB_RUN_ID": "42",
            },
            "https://github.com/acme/time/actions/runs/42",
        ),
        ({"GITHUB_SERVER_URL": "https://github.com", "GITHUB_RUN_ID": "42"}, ""),
        ({"CI_JOB_URL": "https://gitlab.example/acme/-/jobs/9"}, "https://gitlab.example/acme/-/jobs/9"),
    ],
)
def test_the_ci_job_is_known_by_its_variables(environment: dict[str, str], url: str) -> None:
    assert ci_run(environment) == url
