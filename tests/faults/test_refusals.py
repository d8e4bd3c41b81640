"""What servers object to, or drop without a word."""

from pathlib import Path
from typing import Any

import pytest
from fault_process import At
from fault_project import ORGANISATION, apply, changes, complaints, run, serving, target, write_objects, write_project

from reconciler.simulator import Fault, Server


@pytest.mark.parametrize("duplicate_code", ["field", "unique_set", "error"])
def test_a_code_that_somebody_else_took_meanwhile(duplicate_code: str, tmp_path: Path) -> None:
    """The create is refused, the object is looked up by its code, and becomes an update."""
    with serving(duplicate_code=duplicate_code) as server:
        root = write_project(tmp_path / "project", {"hq": target(server)}, ORGANISATION)
        row = {"code": "E1", "first_name": "Somebody", "last_name": "Else"}
        At(server, 1, lambda: server.seed({"employees": [row]}), "POST", drop=False)
        ran = apply(root)
        assert (ran.status, complaints(ran)) == (0, [])
        assert {each["status"] for each in ran.document["outcomes"]} == {"done"}
        employees = {row["emp_code"]: row for row in server.rows("employees")}
        assert (employees["E1"]["first_name"], employees["E1"]["last_name"]) == ("Ben", "Else")
        assert (len(employees), changes(root), server.created_twice()) == (2, [], [])


def test_what_somebody_else_made_and_can_not_be_written_does_not_become_ours(tmp_path: Path) -> None:
    """Nothing of it was written by us: it is not deleted when the files let go of it."""
    with serving() as server:
        root = write_project(tmp_path / "project", {"hq": target(server)}, ORGANISATION)
        row = {"code": "E1", "first_name": "Somebody", "last_name": "Else"}
        At(server, 1, lambda: server.seed({"employees": [row]}), "POST", drop=False)
        server.faults.add(Fault(effect="status", status=403, method="PATCH", path="employees"))
        ran = apply(root)
        statuses = {each["address"]: each["status"] for each in ran.document["outcomes"]}
        assert (ran.status, statuses["hq/employee/E1"]) == (4, "failed")
        write_objects(root, {**ORGANISATION, "employees": ORGANISATION["employees"][:1]})
        assert changes(root) == []


def test_a_code_that_is_taken_and_can_not_be_seen(tmp_path: Path) -> None:
    """Somebody who resigned, on a server that lists only who is there."""
    with serving(resigned="hidden") as server:
        root = write_project(tmp_path / "project", {"hq": target(server)}, ORGANISATION)
        resigned = {"employee": "E1", "resign_date": "2024-01-31", "resign_type": 1, "disableatt": True}
        server.seed({"employees": [{"code": "E1"}], "resigns": [resigned]})
        ran = apply(root)
        assert ran.status == 4
        [(code, address, detail)] = complaints(ran)
        assert (code, address) == ("RC0705", "hq/employee/E1")
        assert detail.startswith(
            "The target refused the key of employee E1, and shows no such employee: it may be resigned, deleted but "
            "kept, or belong to another company. Look for it on the target. The target refused to create the employee:"
        )
        assert {each["status"] for each in ran.document["outcomes"]} == {"done", "failed"}


def test_a_change_that_was_made_in_part_is_an_apply_in_part(tmp_path: Path) -> None:
    """The employee is changed, and the resignation that goes with it is refused: something was written."""
    with serving() as server:
        root = write_project(tmp_path / "project", {"hq": target(server)}, ORGANISATION)
        assert apply(root).status == 0
        resigned = {"date": "2024-01-31", "type": "quit"}
        person = {**ORGANISATION["employees"][0], "mobile": "5", "resigned": resigned}
        write_objects(root, {**ORGANISATION, "employees": [person, ORGANISATION["employees"][1]]})
        server.faults.add(Fault(effect="status", status=403, method="POST", path="resigns"))
        ran = apply(root)
        assert ran.status == 4
        [(code, address, detail)] = complaints(ran)
        assert (code, address) == ("RC0504", "hq/employee/E0")
        assert detail.startswith("The employee was changed, but the resignation was not entered. ")
        server.faults.clear()
        assert (apply(root).status, changes(root)) == (0, [])


def test_what_an_employee_refers_to_is_not_on_a_target_that_does_not_manage_it(tmp_path: Path) -> None:
    with serving() as server:
        server.seed({"departments": [{"code": "20", "name": "Sub"}]})
        root = write_project(tmp_path / "project", {"hq": target(server, manages=["employees"])}, ORGANISATION)
        detail = (
            "`areas` is HQ, and there is no such area on hq, which does not manage areas. Create it there, or let the "
            "target manage areas."
        )
        expected = [("RC0606", "hq/employee/E0", detail), ("RC0606", "hq/employee/E1", detail)]
        for ran in (run(root, "plan", "--json"), apply(root)):
            assert (ran.status, complaints(ran)) == (1, expected)
        assert server.calls("POST", "/personnel/*") == 0
        server.seed({"areas": [{"code": "HQ", "name": "Head"}]})
        assert (apply(root).status, changes(root)) == (0, [])


def test_a_reference_that_goes_away_before_it_is_used(tmp_path: Path) -> None:
    """The department was on the server when it was read, and is gone when the first employee is written."""
    with serving() as server:
        server.seed({"departments": [{"code": "20", "name": "Sub"}], "areas": [{"code": "HQ", "name": "Head"}]})
        root = write_project(tmp_path / "project", {"hq": target(server, manages=["employees"])}, ORGANISATION)
        [number] = [row["id"] for row in server.rows("departments") if row["dept_code"] == "20"]
        At(server, 1, lambda: _remove(server, "departments", number), "POST", drop=False)
        ran = apply(root)
        assert ran.status == 1
        assert [(code, address) for code, address, _ in complaints(ran)] == [
            ("RC0701", "hq/employee/E0"),
            ("RC0701", "hq/employee/E1"),
        ]
        assert all("`department`" in detail for _, _, detail in complaints(ran))
        assert server.rows("employees") == []


def _remove(server: Server, collection: str, number: object) -> None:
    dump: Any = server.dump()
    dump["tables"][collection] = [row for row in dump["tables"][collection] if row["id"] != number]
    server.load(dump)


@pytest.mark.parametrize("field", [("first_name", "first_name", "Ana"), ("card_no", "card", "4711")])
def test_a_field_that_the_server_drops_without_a_word(field: tuple[str, str, str], tmp_path: Path) -> None:
    wire, path, value = field
    with serving(dropped_fields=[wire]) as server:
        employees = [{**ORGANISATION["employees"][0], path: value}]
        root = write_project(tmp_path / "project", {"hq": target(server)}, {**ORGANISATION, "employees": employees})
        ran = apply(root)
        assert (ran.status, ran.document["verified"]) == (4, False)
        [(code, address, detail)] = complaints(ran)
        assert (code, address) == ("RC0703", "hq/employee/E0")
        shown = value if path != "card" else "(hidden)"
        assert detail == (
            f"`{path}` was written as {shown}, the target answered that this is done, and it reads (none). The target "
            "keeps or changes this value by itself: set it by hand there, correct the files, or name it in `lifecycle: "
            f"{{ignore: [{path}]}}`."
        )
        assert changes(root) == [("hq/employee/E0", "update")]  # never "in sync"
        employees[0]["lifecycle"] = {"ignore": [path]}
        write_objects(root, {**ORGANISATION, "employees": employees})
        assert changes(root) == []


def test_a_code_that_the_server_keeps_without_a_word(tmp_path: Path) -> None:
    with serving("utimemaster-9.5") as server:
        root = write_project(tmp_path / "project", {"hq": target(server, "utimemaster-9.5")}, ORGANISATION)
        assert apply(root).status == 0
        renamed = [{**ORGANISATION["employees"][0], "code": "E9", "was": "E0"}, ORGANISATION["employees"][1]]
        write_objects(root, {**ORGANISATION, "employees": renamed})
        ran = apply(root)
        assert ran.status == 1
        assert complaints(ran) == [
            (
                "RC0703",
                "hq/employee/E9",
                (
                    "The target answered that the employee E0 is now E9, but its code is still E0: this version of the "
                    "server does not change codes. Change it in the server's own pages, or write the old code in the "
                    "files "
                    "again and remove `was`."
                ),
            )
        ]
        write_objects(root, ORGANISATION)
        assert (apply(root).status, changes(root), len(server.rows("employees"))) == (0, [], 2)


def test_one_person_whose_secret_is_not_to_be_had_can_be_left_out(root: Path, server: Server) -> None:
    """Without that it stops the run, since nobody knows what her card shall be."""
    people = [{**ORGANISATION["employees"][0], "card": {"env": "NO_SUCH_CARD"}}, ORGANISATION["employees"][1]]
    write_objects(root, {**ORGANISATION, "employees": people})
    ran = apply(root)
    assert (ran.status, [(code, address) for code, address, _ in complaints(ran)]) == (
        1,
        [("RC0406", "hq/employee/E0")],
    )
    ran = apply(root, "--exclude", "hq/employee/E0")
    assert (ran.status, complaints(ran)) == (0, [])
    assert [row["emp_code"] for row in server.rows("employees")] == ["E1"]
