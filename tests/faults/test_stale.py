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


def _assert_stale(root: Path, saved: str, server: Server, address: str | None, detail: str) -> None:
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
    _assert_stale(root, saved, server, "hq/employee/E0", STALE.format(kind="employee", why=why))


def test_the_field_itself_moved(saved: str, root: Path, server: Server) -> None:
    _seed(server, "E0", first_name="Somebody")
    why = "`first_name` changed on the target"
    _assert_stale(root, saved, server, "hq/employee/E0", STALE.format(kind="employee", why=why))


def test_a_field_that_is_not_managed_moved(saved: str, root: Path, server: Server) -> None:
    _seed(server, "E0", first_name="Ana", city="Lisboa")
    assert apply(root, saved).status == 0
    assert _names(server)["E0"] == "Other"


def test_somebody_did_it_already(saved: str, root: Path, server: Server) -> None:
    _seed(server, "E0", first_name="Other")
    why = "it no longer differs from the files"
    _assert_stale(root, saved, server, "hq/employee/E0", STALE.format(kind="employee", why=why))


def test_a_touched_object_was_deleted(saved: str, root: Path, server: Server) -> None:
    dump = server.dump()
    dump["tables"]["employees"] = [row for row in dump["tables"]["employees"] if row["emp_code"] != "E0"]  # type: ignore[index]
    server.load(dump)
    why = "the plan says that it is updated, and now it would be created"
    _assert_stale(root, saved, server, "hq/employee/E0", STALE.format(kind="employee", why=why))


def test_an_object_to_be_created_is_there_now(root: Path, server: Server, tmp_path: Path) -> None:
    path = str(tmp_path / "saved.plan")
    assert run(root, "plan", "--out", path).status == 0
    server.seed({"areas": [{"code": "HQ", "name": "Head"}]})
    why = "the plan says that it is created, and now it would be adopted"
    _assert_stale(root, path, server, "hq/area/HQ", STALE.format(kind="area", why=why))


def test_the_files_were_edited(saved: str, root: Path, server: Server) -> None:
    write_objects(root, {**EDITED, "positions": [{"code": "P", "name": "Clerk"}]})
    detail = "The files are not those that the plan was made from. Apply a plan of these files: run plan again."
    _assert_stale(root, saved, server, None, detail)


def test_a_plan_is_applied_once(saved: str, root: Path, server: Server) -> None:
    assert apply(root, saved).status == 0
    server.journal.clear()
    why = "it no longer differs from the files"
    _assert_stale(root, saved, server, "hq/employee/E0", STALE.format(kind="employee", why=why))


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


def test_an_object_to_be_deleted_is_gone(root: Path, server: Server, tmp_path: Path) -> None:
    path = _saved_delete(root, tmp_path)
    dump = server.dump()
    dump["tables"]["employees"] = [row for row in dump["tables"]["employees"] if row["emp_code"] != "E1"]  # type: ignore[index]
    server.load(dump)
    server.journal.clear()
    why = "it is gone, or no longer ours"
    _assert_stale(root, path, server, "hq/employee/E1", STALE.format(kind="employee", why=why))


def test_an_object_to_be_deleted_is_in_use_now(root: Path, server: Server, tmp_path: Path) -> None:
    """The stale plan says what the fresh one says of it."""
    path = _saved_delete(root, tmp_path, kind="departments")
    _seed(server, "visitor", department="30")
    server.journal.clear()
    ran = apply(root, path)
    assert (ran.status, [(code, address) for code, address, _ in complaints(ran)]) == (
        5,
        [("RC0608", "hq/department/30"), ("RC0807", "hq/department/30")],
    )
    why = "it can't be changed as planned any more"
    assert complaints(ran)[1][2] == STALE.format(kind="department", why=why)
    assert server.calls("DELETE") == 0


def _saved_delete(root: Path, tmp_path: Path, kind: str = "employees") -> str:
    """A saved plan that deletes one object, of which another of its kind stays."""
    more = {**ORGANISATION, "departments": [*ORGANISATION["departments"], {"code": "30", "name": "Gone"}]}
    write_objects(root, more)
    assert apply(root).status == 0
    write_objects(root, {**more, kind: more[kind][:-1]})
    path = str(tmp_path / "saved.plan")
    assert run(root, "plan", "--out", path).status == 0
    return path


def test_without_the_key_that_the_plan_was_made_with(saved: str, root: Path, server: Server) -> None:
    """Nothing is said to have moved: that can't be known."""
    (root / ".reconciler/key").unlink()
    detail = (
        "The plan was made with a key of digests that is not at hand, so nobody can tell what moved since. Set "
        "RECONCILER_KEY as it was there, or bring .reconciler/key along; or run plan again here."
    )
    _assert_stale(root, saved, server, None, detail)


def test_an_adoption_that_is_done_meanwhile_has_not_moved(root: Path, server: Server, tmp_path: Path) -> None:
    server.seed({"areas": [{"code": "HQ", "name": "Head"}]})
    path = str(tmp_path / "saved.plan")
    assert apply(root, "--select", "*/department/*").status == 0
    assert run(root, "plan", "--out", path).status == 0
    assert apply(root, "--select", "*/area/*").status == 0
    assert apply(root, path).status == 0
    assert changes(root) == []


def test_of_many_that_moved_some_are_told(root: Path, server: Server, tmp_path: Path) -> None:
    people = [{"code": f"E{number:02}", "first_name": "A", "department": "20", "areas": ["HQ"]} for number in range(23)]
    path = str(tmp_path / "saved.plan")
    write_objects(root, {**ORGANISATION, "employees": people})
    assert run(root, "plan", "--out", path).status == 0
    assert apply(root).status == 0
    assert len(apply(root, path).document["diagnostics"]) == 26
    ran = run(root, "apply", "--auto-approve", path)
    assert (ran.status, ran.out, ran.err.count("RC0807")) == (5, "", 20)
    assert ran.err.endswith("And 6 more like these: --json has them all.\nNothing was applied.\n")
