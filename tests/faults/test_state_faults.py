"""The state's own troubles: locked, corrupt, of a newer version, in a place that can't be written."""

import json
from pathlib import Path

import pytest
from command_line import Ran
from fault_process import At, finish, start
from fault_project import ORGANISATION, apply, changes, complaints, run, state, write_objects

from reconciler.simulator import Server

STATE = ".reconciler/state.json"


def _refused(ran: Ran, status: int, code: str, detail: str) -> None:
    assert (ran.status, complaints(ran)) == (status, [(code, None, detail)])


def test_two_applies_at_once(root: Path, server: Server) -> None:
    """While the first one writes, a second one is refused and names it; the first is not disturbed."""
    second: list[Ran] = []
    At(server, 2, lambda: second.append(finish(start(root, "apply", "--auto-approve", "--json"))), "POST", drop=False)
    process = start(root, "apply", "--auto-approve", "--json")
    first = finish(process)
    assert (first.status, complaints(first)) == (0, [])
    assert second[0].status == 6
    [(code, address, detail)] = complaints(second[0])
    assert (code, address) == ("RC0804", None)
    assert detail.startswith(f"{STATE} is locked by apply of ")
    assert f"(process {process.pid} on " in detail
    assert detail.endswith(
        " Nothing was changed. Wait until it is done and run the command again. If it hangs, end that process: the "
        "lock is free at once."
    )
    assert (changes(root), server.created_twice()) == ([], [])


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("", "Input data was truncated"),
        ("{", "Input data was truncated"),
        ("<html>", "JSON is malformed: invalid character (byte 0)"),
        ('{"version": 4}', "Object missing required field `serial`"),
    ],
)
def test_a_corrupt_state(content: str, what: str, root: Path, server: Server) -> None:
    assert apply(root).status == 0
    good = (root / STATE).read_bytes()
    (root / STATE).write_text(content)
    server.journal.clear()
    detail = (
        f"{STATE} can't be read as a state: {what}. Nothing was changed. Restore it from a backup, or move it away: a "
        "lost state file loses no data, objects are adopted again."
    )
    _refused(run(root, "plan", "--json"), 1, "RC0801", detail)
    _refused(apply(root), 1, "RC0801", detail)
    assert (root / STATE).read_text() == content
    assert server.calls() == 0
    (root / STATE).write_bytes(good)
    assert changes(root) == []


def test_a_state_that_is_moved_away_is_made_anew(root: Path, server: Server) -> None:
    assert apply(root).status == 0
    (root / STATE).unlink()
    assert {action for _, action in changes(root)} == {"no-op"}
    assert (apply(root).status, changes(root), server.created_twice()) == (0, [], [])


@pytest.mark.parametrize(("member", "version", "own"), [("version", 5, 1), ("format", 4, 2)])
def test_a_state_of_a_newer_version(member: str, version: int, own: int, root: Path, server: Server) -> None:
    assert apply(root).status == 0
    document = json.loads((root / STATE).read_bytes())
    (document if member == "version" else document["reconciler"])[member] += 1
    (root / STATE).write_text(json.dumps(document))
    server.journal.clear()
    detail = (
        f"{STATE} was written by a newer version of Reconciler: it is of version {version}, format {own}, and this "
        "program knows version 4, format 1. Nothing was changed. Update Reconciler here to the version that wrote it."
    )
    _refused(run(root, "plan", "--json"), 1, "RC0803", detail)
    _refused(apply(root), 1, "RC0803", detail)
    assert json.loads((root / STATE).read_text()) == document
    assert server.calls() == 0


def test_a_place_that_is_no_folder(root: Path, server: Server) -> None:
    (root / ".reconciler").write_text("in the way")
    detail = (
        f"{STATE} can't be read as a state: Not a directory. Nothing was changed. Restore it from a backup, or move it "
        "away: a lost state file loses no data, objects are adopted again."
    )
    _refused(run(root, "plan", "--json"), 1, "RC0801", detail)
    _refused(apply(root), 1, "RC0801", detail)
    assert server.calls() == 0


LIMITED = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
sys.dont_write_bytecode = True  # the part of a module that there is room for would be taken for the whole
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)), resource.RLIM_INFINITY))
from reconciler.cli.main import main; main()
"""


@pytest.mark.parametrize(("room", "verb"), [("0", "locked"), ("600", "written")])
def test_a_full_disk(room: str, verb: str, root: Path, server: Server) -> None:
    """With no room for the lock, and with room for it but not for the state: refused before the first write."""
    assert apply(root, "--select", "hq/department/*").status == 0
    before = (root / STATE).read_bytes()
    people = [{"code": f"{number:06}", "department": "20", "areas": ["HQ"]} for number in range(1, 21)]
    write_objects(root, {**ORGANISATION, "employees": [*people, *ORGANISATION["employees"]]})
    server.journal.clear()
    ran = finish(start(root, "apply", "--auto-approve", "--json", program=LIMITED, first=(room,)))
    _refused(ran, 1, "RC0802", _full(verb))
    assert (root / STATE).read_bytes() == before
    assert server.calls("P*", "/personnel/*") == 0
    assert (apply(root).status, changes(root), server.created_twice()) == (0, [], [])


def _full(verb: str) -> str:
    if verb == "locked":
        return (
            f"{STATE} can't be locked: File too large. Nothing was changed. Make its folder writable for this user, on "
            "a file system that has room and can lock files, then run the command again."
        )
    return (
        f"{STATE} can't be written: File too large. What is stored there is whole. Free space on the disk, or give "
        "this user the right to write in its folder, then run the command again."
    )


def test_a_disk_that_fills_up_during_an_apply(root: Path, server: Server) -> None:
    """The pending creates had room and the outcome has not: what was done is told, and the next run knows it."""
    ran = finish(start(root, "apply", "--auto-approve", "--json", program=LIMITED, first=("450",)))
    assert ran.status == 4
    assert {each["status"] for each in ran.document["outcomes"]} == {"done"}
    assert complaints(ran) == [("RC0802", None, _full("written"))]
    assert sorted(state(root)["pending"]) == sorted(each["address"] for each in ran.document["outcomes"])
    assert (apply(root).status, changes(root), server.created_twice()) == (0, [], [])
    assert state(root)["pending"] == {}
