"""Runs that are killed, that start at once, and whose connections are lost at each step: nothing is lost, and nobody
is locked out."""

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from benches import Bench

from reconciler.model.state import Entry, State
from reconciler.state import lease as leases
from reconciler.state.backend import StateError

PROGRAM = Path(__file__).with_name("backend_program.py")


def some(*names: str) -> pytest.MarkDecorator:
    """Only these backends: the others are like one of them."""
    return pytest.mark.parametrize("bench", names, indirect=True)


FAULTS = ("before", "after", "refused")


def program(bench: Bench, *arguments: object) -> "subprocess.Popen[str]":
    command, *more = arguments
    return subprocess.Popen(
        [sys.executable, PROGRAM, str(command), bench.root, *map(str, more)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@some("s3", "postgres", "gitlab")
def test_a_killed_run_s_lock_is_taken_over_at_once_and_what_it_wrote_is_there(bench: Bench) -> None:
    with program(bench, "hold") as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(StateError) as caught, bench.open().lock("apply", ""):
            pytest.fail("locked")
        assert f"process {holder.pid} on" in caught.value.diagnostic.detail
        holder.kill()
    backend = bench.open()
    with backend.lock("apply", "") as lock:
        (warning,) = lock.warnings
        state = backend.read()
        assert state is not None
        backend.write(msgspec.structs.replace(state, serial=2))
    assert warning.code == "RC0805"
    assert f"process {holder.pid} on" in warning.detail
    assert "that process is dead" in warning.detail
    assert state.entries == {"hq/area/1": Entry(id=1)}


@some("s3", "postgres", "gitlab")
def test_of_runs_that_start_at_once_each_writes_alone(bench: Bench) -> None:
    rounds = 3
    racers = [program(bench, "race", rounds) for _ in range(2)]
    outputs = [racer.communicate()[0] for racer in racers]
    assert [racer.returncode for racer in racers] == [0, 0], outputs
    state = bench.open().read()
    assert state is not None
    assert state.serial == len(state.entries) == 2 * rounds
    assert sorted(entry.id for entry in state.entries.values() if isinstance(entry.id, int)) == list(
        range(1, 2 * rounds + 1)
    )


def run(bench: Bench, done: list[int], warnings: int = 0) -> None:
    """One run that reads, and writes two states with a heartbeat before each; the serials that it wrote go into
    `done`."""
    backend = bench.open()
    with backend.lock("apply", "") as lock:
        assert len(lock.warnings) <= warnings
        state = backend.read() or State(lineage="l")
        for serial in (state.serial + 1, state.serial + 2):
            backend.check_writable()
            backend.write(State(lineage="l", serial=serial, entries={"hq/area/1": Entry(id=serial)}))
            done.append(serial)


def stored(bench: Bench) -> int:
    """The serial of what is stored, which is whole."""
    state = bench.open().read()
    assert state is None or state.entries == {"hq/area/1": Entry(id=state.serial)}
    return state.serial if state else 0


def steps(bench: Bench) -> list[int]:
    """The numbers of the requests that a run makes."""
    run(bench, [])
    bench.arm(None, "", False)
    run(bench, [])
    return bench.points(bench.sent())


@some("s3", "postgres", "gitlab", "http")
def test_a_connection_that_is_lost_once_at_any_step_is_no_harm(bench: Bench) -> None:
    points = steps(bench)
    assert len(points) >= 8
    for number, point in enumerate(points):
        # a database's connections cost a process each: there the ways to fail take turns
        for kind in FAULTS if bench.server else (FAULTS[number % 2],):
            before, done = stored(bench), []
            bench.arm(point, kind, False)
            run(bench, done)
            bench.arm(None, "", False)
            assert (stored(bench), done) == (before + 2, [before + 1, before + 2]), (kind, point)
    assert bench.slept


@some("s3", "postgres", "gitlab")
def test_connections_that_are_lost_from_any_step_on_lose_nothing_and_lock_nobody_out(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = []
    for number, point in enumerate(steps(bench)[:: 1 if bench.server else 3]):
        kind = FAULTS[number % 2]
        before, done = stored(bench), []
        bench.arm(point, kind, True)
        try:
            run(bench, done)
        except StateError as caught:
            codes.append(caught.diagnostic.code)
        bench.arm(None, "", False)
        assert 0 <= stored(bench) - before - len(done) <= (kind == "after")
        with monkeypatch.context() as ended:
            ended.setattr(leases, "lives", lambda claim: False)
            run(bench, [], warnings=1)
    assert len(codes) >= 4
    assert set(codes) <= {"RC0801", "RC0802"}
