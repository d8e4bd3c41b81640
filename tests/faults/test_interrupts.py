"""Ctrl-C and SIGTERM: calls in flight finish, no new ones start, the state is saved, and the next run goes on."""

import signal
from pathlib import Path

import pytest
from fault_process import WRITES, At, finish, start
from fault_project import apply, changes, complaints, state, target, write_project
from fork_server import Process

from reconciler.simulator import Fault, Server
from reconciler.simulator.faults import Faults

SIGNALS = pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
MANY = {
    "departments": [{"code": "10", "name": "Ops"}],
    "areas": [{"code": "HQ", "name": "Head"}],
    "employees": [{"code": f"E{number:02}", "department": "10", "areas": ["HQ"]} for number in range(12)],
}


@pytest.fixture
def many(root: Path, server: Server) -> Path:
    """A project with one call at a time."""
    return write_project(root, {"hq": target(server)}, MANY, concurrency=1)


def _interrupt(process: Process, number: signal.Signals) -> str:
    """What the command says when it gets the signal, after its lines of progress."""
    process.send_signal(number)
    return next(line for line in process.stderr if "Interrupted" in line)


@SIGNALS
def test_during_the_writes(number: signal.Signals, status: int, many: Path, server: Server) -> None:
    """The signal comes while the fifth write is under way; that one still gets its answer."""
    heard: list[str] = []

    def interrupt() -> None:
        """The answer is held back until the command has said that it heard."""
        heard.append(_interrupt(process, number))

    At(server, 5, interrupt, *WRITES, drop=False)
    process = start(many, "apply", "--auto-approve", "--json")
    ran = finish(process)
    assert (ran.status, heard) == (status, ["Interrupted: calls in flight finish, no new ones start.\n"])
    kept = state(many)
    made = sorted(f"hq/employee/{row['emp_code']}" for row in server.rows("employees"))
    assert [address for address in kept["entries"] if "employee" in address] == made
    assert kept["pending"] == {}
    assert made == ["hq/employee/E00", "hq/employee/E01", "hq/employee/E02"]
    assert not (many / ".reconciler/state.json.lock").exists()
    statuses = {each["address"]: each["status"] for each in ran.document["outcomes"]}
    assert statuses == {address: "done" if address in kept["entries"] else "skipped" for address in statuses}
    assert {code for code, _, _ in complaints(ran)} == {"RC0706"}
    [why] = {detail for _, _, detail in complaints(ran)}
    assert why == "The run was stopped before this was sent."
    server.faults = Faults()
    assert (apply(many).status, changes(many), server.created_twice()) == (0, [], [])


@pytest.mark.parametrize(
    ("command", "number", "status"),
    [(("plan", "--json"), signal.SIGINT, 130), (("apply", "--json", "--auto-approve"), signal.SIGTERM, 143)],
    ids=["plan", "apply"],
)
def test_while_the_target_is_read(
    command: tuple[str, ...], number: signal.Signals, status: int, many: Path, server: Server
) -> None:
    """Nothing is known to be done, nothing is waited for, and the lock is free."""
    server.faults.add(Fault(effect="hang", method="GET", path="/employees/", seconds=20))
    reading = server.faults
    At(server, 4, lambda: process.send_signal(number), "GET", drop=False)
    server.faults.add(*reading.all())
    process = start(many, *command)
    ran = finish(process)
    assert (ran.status, ran.out, ran.err.strip()) == (status, "", "Interrupted.")
    assert server.calls("POST", "/personnel/*") == 0
    server.faults = Faults()
    assert complaints(apply(many)) == []
    assert changes(many) == []


def test_twice_ends_at_once(many: Path, server: Server) -> None:
    """The server never answers; who does not want to wait says so again. The next run finds out what became of it."""
    server.faults.add(Fault(effect="hang", method="POST", path="/employees/", seconds=20, commit=True))
    hanging = server.faults

    def interrupt() -> None:
        _interrupt(process, signal.SIGINT)
        process.send_signal(signal.SIGINT)

    At(server, 3, interrupt, *WRITES, drop=False)
    server.faults.add(*hanging.all())
    process = start(many, "apply", "--auto-approve", "--json")
    ran = finish(process)
    assert (ran.status, ran.out, ran.err) == (130, "", "Interrupted.\n")
    server.faults = Faults()
    assert (apply(many).status, changes(many), server.created_twice()) == (0, [], [])
