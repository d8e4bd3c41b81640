"""kill -9 at any moment: the next apply converges, creates nothing twice, loses nothing, says whose lock it was."""

import signal
from pathlib import Path
from typing import Any

import pytest
from fault_process import killed_at_file, killed_at_write
from fault_project import apply, changes, complaints, state, target, write_objects, write_project

from reconciler.simulator import Fault, Server
from reconciler.simulator.faults import Faults


def _person(code: str, department: str, **members: object) -> dict[str, object]:
    return {"code": code, "first_name": f"N{code}", "department": department, "areas": ["HQ"], **members}


UNITS = {"areas": [{"code": "HQ", "name": "Head"}], "positions": [{"code": "P", "name": "Clerk"}]}
BEFORE: dict[str, Any] = {
    **UNITS,
    "departments": [{"code": "10", "name": "Ops"}, {"code": "20", "name": "Old"}, {"code": "30", "name": "Gone"}],
    "employees": [
        _person("1", "10", card="111"),
        _person("2", "20", card="222"),
        _person("3", "30"),
        _person("4", "30"),
        _person("5", "10"),
    ],
}
AFTER: dict[str, Any] = {
    **UNITS,
    "departments": [
        {"code": "10", "name": "Ops", "parent": "40"},
        {"code": "21", "name": "New", "was": "20"},
        {"code": "40", "name": "Top"},
        {"code": "50", "name": "Below", "parent": "10"},
    ],
    "employees": [
        _person("1", "10", card="222"),
        _person("2", "21", card="111"),
        _person("3", "50", position="P"),
        _person("5x", "10", was="5"),
        _person("6", "40"),
        _person("7", "50", card="777"),
        _person("8", "50"),
    ],
}
WRITES = 14
"""Calls of the apply from BEFORE to AFTER: 5 creates, 6 updates, 2 deletes, and a card that is released first."""


def _people(server: Server) -> dict[object, object]:
    return {row["emp_code"]: row.get("card_no") for row in server.rows("employees")}


def _departments(server: Server) -> list[object]:
    return sorted(str(row["dept_code"]) for row in server.rows("departments"))


@pytest.fixture
def halfway(root: Path, server: Server) -> Path:
    """BEFORE is applied, a visitor that is not ours is there, and the files say AFTER."""
    write_objects(root, BEFORE)
    assert apply(root).status == 0
    server.seed({"employees": [{"code": "visitor", "department": "10", "areas": ["HQ"], "card_no": "999"}]})
    write_objects(root, AFTER)
    return root


def test_the_apply_has_as_many_writes_as_are_killed_here(halfway: Path, server: Server) -> None:
    server.journal.clear()
    assert apply(halfway).status == 0
    writes = [entry for entry in server.journal.entries(path="/personnel/*") if entry.method != "GET"]
    assert len(writes) == WRITES


@pytest.mark.parametrize("number", range(1, WRITES + 1))
def test_killed_at_a_write(number: int, halfway: Path, server: Server) -> None:
    killed = killed_at_write(halfway, server, number, commit=number % 2 == 0)
    assert killed.status == -signal.SIGKILL
    _recovers(halfway, server)


def _recovers(root: Path, server: Server) -> None:
    ran = apply(root)
    assert ran.status == 0
    [(code, address, detail)] = complaints(ran)
    assert (code, address) == ("RC0805", None)
    assert detail.startswith("The lock of .reconciler/state.json was held by apply of ")
    assert detail.endswith(
        " It was taken over, since that process is dead. What that run left unfinished is looked up on the targets by "
        "this one."
    )
    assert changes(root) == []
    assert server.created_twice() == []
    cards = {"1": "222", "2": "111", "3": None, "5x": None, "6": None, "7": "777", "8": None, "visitor": "999"}
    assert _people(server) == cards
    assert _departments(server) == ["1", "10", "21", "40", "50"]
    kept = state(root)
    assert (sorted(kept["entries"]), kept["pending"]) == (_addresses(AFTER), {})


def _addresses(objects: dict[str, Any]) -> list[str]:
    return sorted(f"hq/{kind[:-1]}/{each['code']}" for kind, listed in objects.items() for each in listed)


@pytest.mark.parametrize("number", range(1, 13, 2))
def test_killed_at_a_change_of_our_own_files(number: int, root: Path, server: Server) -> None:
    """The first apply of all: lock, key, probe, pending creates and outcome, each file written beside and moved."""
    write_objects(root, BEFORE)
    assert killed_at_file(root, number).status == -signal.SIGKILL
    ran = apply(root)
    assert ran.status == 0
    assert [code for code, _, _ in complaints(ran)] in ([], ["RC0805"])
    assert changes(root) == []
    assert server.created_twice() == []
    assert sorted(map(str, _people(server))) == ["1", "2", "3", "4", "5"]
    assert sorted(state(root)["entries"]) == _addresses(BEFORE)
    assert list((root / ".reconciler").glob(".state.json.*")) == []


def test_what_was_created_just_before_the_kill_is_ours_and_pruned(halfway: Path, server: Server) -> None:
    """The process dies after the server has made it and before the answer arrives; then the files drop it."""
    added = [*BEFORE["employees"], _person("9", "10")]
    write_objects(halfway, {**BEFORE, "employees": added})
    assert killed_at_write(halfway, server, 1, commit=True).status == -signal.SIGKILL
    assert "9" in _people(server)
    assert state(halfway)["pending"] == {"hq/employee/9": {}}
    write_objects(halfway, BEFORE)
    assert apply(halfway).status == 0
    assert sorted(map(str, _people(server))) == ["1", "2", "3", "4", "5", "visitor"]
    assert state(halfway)["pending"] == {}
    assert changes(halfway) == []


@pytest.mark.parametrize(
    ("members", "status", "codes", "left"),
    [
        ({"lifecycle": {"prevent_delete": True}}, 3, ["RC0605"], ["9"]),
        ({"on_remove": "forget"}, 0, [], ["9"]),
        ({}, 0, [], []),
    ],
    ids=["protected", "forgotten", "deleted"],
)
def test_what_was_created_just_before_the_kill_leaves_as_its_block_said(
    members: dict[str, Any], status: int, codes: list[str], left: list[str], halfway: Path, server: Server
) -> None:
    write_objects(halfway, {**BEFORE, "employees": [*BEFORE["employees"], _person("9", "10", **members)]})
    assert killed_at_write(halfway, server, 1, commit=True).status == -signal.SIGKILL
    write_objects(halfway, BEFORE)
    ran = apply(halfway)
    assert (ran.status, [code for code, _, _ in complaints(ran) if code != "RC0805"]) == (status, codes)
    assert [code for code in _people(server) if code == "9"] == left


def test_what_is_pending_stays_ours_when_its_next_update_is_refused(halfway: Path, server: Server) -> None:
    """It was created and not noted; the next run's update of it fails, and then the files drop it."""
    added = [*BEFORE["employees"], _person("9", "10")]
    write_objects(halfway, {**BEFORE, "employees": added})
    assert killed_at_write(halfway, server, 1, commit=True).status == -signal.SIGKILL
    write_objects(halfway, {**BEFORE, "employees": [*BEFORE["employees"], _person("9", "10", city="Porto")]})
    server.faults.add(Fault(effect="status", status=400, method="PATCH", path="/employees/"))
    assert apply(halfway).status == 1
    server.faults = Faults()
    assert state(halfway)["pending"] == {"hq/employee/9": {}}
    write_objects(halfway, BEFORE)
    assert apply(halfway).status == 0
    assert "9" not in _people(server)


def test_killed_again_and_again(halfway: Path, server: Server) -> None:
    """Every run gets a little further than the one before."""
    for number in (2, 3, 4):
        assert killed_at_write(halfway, server, number, commit=number % 2 == 0).status == -signal.SIGKILL
    _recovers(halfway, server)


def test_what_is_only_pending_is_pruned_where_its_users_are_not_managed(tmp_path: Path, server: Server) -> None:
    """Who might refer to it is read, as for what is known to be ours."""
    where = {"hq": target(server, manages=["departments"])}
    root = write_project(tmp_path / "units", where, {"departments": [{"code": "10", "name": "Ops"}]})
    assert killed_at_write(root, server, 1, commit=True).status == -signal.SIGKILL
    write_objects(root, {"departments": [{"code": "1", "name": "Department"}]})
    assert apply(root).status == 0
    assert _departments(server) == ["1"]
