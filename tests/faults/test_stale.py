"""A saved plan is stale only if an object that it touches, or the files, moved since: and it says which and how."""

from pathlib import Path

import pytest
from fault_project import ORGANISATION, apply, changes, complaints, run, write_objects

from reconciler.simulator import Fault, Server

EDITED = {
    **ORGANISATION,
    "employees": [{**ORGANISATION["employees"][0], "first_name": "Other"}, ORGANISATION["employees"][1]],
}
STALE = "Since the plan was saved this {kind} has moved: {why}. Run plan again."


@pytest.fixture
def saved(root: Path, server: Server, tmp_path: Path) -> str:
    """A saved plan that changes the first name of E0, and nothing else."""
    assert apply(root).status == 0
    write_objects(root, EDITED)
    path = tmp_path / "saved.plan"
    assert run(root, "plan", "--out", str(path)).status == 0
    server.journal.clear()
    return str(path)


def _names(server: Server) -> dict[object, object]:
    return {row["emp_code"]: row["first_name"] for row in server.rows("employees")}


def _seed(server: Server, code: str, **members: object) -> None:
    server.seed({"employees": [{"code": code, "department": "20", "areas": ["HQ"], **members}]})


def _stale(root: Path, saved: str, server: Server, address: str | None, detail: str) -> None:
    before = _names(server)
    ran = apply(root, saved)
    assert (ran.status, complaints(ran)) == (5, [("RC0807", address, detail)])
    assert server.calls("P*", "/personnel/*") == 0
    assert _names(server) == before


def test_nothing_moved(saved: str, root: Path, server: Server) -> None:
    ran = apply(root, saved)
    assert (ran.status, complaints(ran), ran.document["verified"]) == (0, [], True)
    assert (_names(server), changes(root)) == ({"E0": "Other", "E1": "Ben"}, [])


def test_an_untouched_object_moved(saved: str, root: Path, server: Server) -> None:
    """It is applied; what else is to be done is left for the next plan."""
    _seed(server, "E1", first_name="Drifted")
    _seed(server, "E2", first_name="Visitor")
    assert apply(root, saved).status == 0
    assert _names(server) == {"E0": "Other", "E1": "Drifted", "E2": "Visitor"}
    assert changes(root) == [("hq/employee/E1", "update")]


def test_another_field_of_a_touched_object_moved(saved: str, root: Path, server: Server) -> None:
    server.seed({"departments": [{"code": "10", "name": "Ops"}]})
    _seed(server, "E0", first_name="Ana", department="10")
    why = "`department` changed on the target"
    _stale(root, saved, server, "hq/employee/E0", STALE.format(kind="employee", why=why))


def test_the_field_itself_moved(saved: str, root: Path, server: Server) -> None:
    _seed(server, "E0", first_name="Somebody")
    why = "`first_name` changed on the target"
    _stale(root, saved, server, "hq/employee/E0", STALE.format(kind="employee", why=why))


def test_a_field_that_is_not_managed_moved(saved: str, root: Path, server: Server) -> None:
    _seed(server, "E0", first_name="Ana", city="Lisboa")
    assert apply(root, saved).status == 0
    assert _names(server)["E0"] == "Other"


def test_somebody_did_it_already(saved: str, root: Path, server: Server) -> None:
    _seed(server, "E0", first_name="Other")
    why = "it no longer differs from the files"
    _stale(root, saved, server, "hq/employee/E0", STALE.format(kind="employee", why=why))


def test_a_touched_object_was_deleted(saved: str, root: Path, server: Server) -> None:
    dump = server.dump()
    dump["tables"]["employees"] = [row for row in dump["tables"]["employees"] if row["emp_code"] != "E0"]  # type: ignore[index]
    server.load(dump)
    why = "the plan says that it is updated, and now it would be created"
    _stale(root, saved, server, "hq/employee/E0", STALE.format(kind="employee", why=why))


def test_an_object_to_be_created_is_there_now(root: Path, server: Server, tmp_path: Path) -> None:
    path = str(tmp_path / "saved.plan")
    assert run(root, "plan", "--out", path).status == 0
    server.seed({"areas": [{"code": "HQ", "name": "Head"}]})
    why = "the plan says that it is created, and now it would be adopted"
    _stale(root, path, server, "hq/area/HQ", STALE.format(kind="area", why=why))


def test_the_files_were_edited(saved: str, root: Path, server: Server) -> None:
    write_objects(root, {**EDITED, "positions": [{"code": "P", "name": "Clerk"}]})
    detail = "The files are not those that the plan was made from. Apply a plan of these files: run plan again."
    _stale(root, saved, server, None, detail)


def test_a_plan_is_applied_once(saved: str, root: Path, server: Server) -> None:
    assert apply(root, saved).status == 0
    server.journal.clear()
    why = "it no longer differs from the files"
    _stale(root, saved, server, "hq/employee/E0", STALE.format(kind="employee", why=why))


@pytest.mark.parametrize("content", ["", "{}", "not a plan"])
def test_a_file_that_is_no_plan(content: str, saved: str, root: Path, server: Server) -> None:
    Path(saved).write_text(content)
    ran = apply(root, saved)
    assert (ran.status, [code for code, _, _ in complaints(ran)]) == (1, ["RC0806"])
    assert server.calls() == 0


def test_a_target_that_can_not_be_read_now_is_not_said_to_have_moved(saved: str, root: Path, server: Server) -> None:
    server.faults.add(Fault(effect="drop", method="GET", path="/employees/"))
    ran = apply(root, saved)
    assert (ran.status, [(code, address) for code, address, _ in complaints(ran)]) == (1, [("RC0506", None)])
    assert _names(server) == {"E0": "Ana", "E1": "Ben"}
    server.faults.clear()
    assert apply(root, saved).status == 0
