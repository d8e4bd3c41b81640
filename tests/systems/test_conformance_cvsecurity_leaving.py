"""People who leave: deleted, entered as left, disabled or forgotten; and those who come back."""

from pathlib import Path
from typing import Any

import pytest
from conformance_cvsecurity import Gate, both_editions, employee, gate, site, wrong

LEFT = {"resigned.date": "2026-01-31", "resigned.type": "dismissed"}
WHOLE = {"first_name": "Ana", "card": "71", "access_levels": ["Office", "Gate"], "areas": ["HQ"]}


def people(here: Gate, **each: dict[str, Any]) -> None:
    """Has exactly these employees, by code with a p before it, beside one who stays: were there nobody at all, the plan
    would ask whether a file is missing."""
    found = {("employee", key.removeprefix("p")): employee(**values) for key, values in each.items()}
    here.objects = site() | {("employee", "STAYS"): employee()} | found


@both_editions
def test_every_way_to_leave_is_what_the_plan_shows(edition: str, tmp_path: Path) -> None:
    with gate(edition, tmp_path) as here:
        ways = ("delete", "resign", "disable", "forget")
        people(here, **{f"p{way}": {"on_remove": way, "first_name": "Ana"} for way in ways})
        here.settle()
        before = {way: here.person(way) for way in ways}
        people(here)
        applied = here.settle()
        assert applied.steps == {
            "employee/delete": ("delete", []),
            "employee/resign": ("update", ["resigned.date", "resigned.type"]),
            "employee/disable": ("update", ["cvsecurity.disabled"]),
            "employee/forget": ("no-op", []),
        }
        assert {each["action_reason"] for each in applied.document["resource_changes"]} == {"removed"}
        assert here.pins() == ["STAYS", "disable", "forget", "resign"]
        left = here.person("resign")
        assert len(str(left.pop("leaveDate"))) == len("2026-01-31")
        assert left == before["resign"] | {"leaveType": "3"}
        assert here.person("disable") == before["disable"] | {"isDisabled": True}
        assert here.person("forget") == before["forget"]


@both_editions
def test_who_was_removed_comes_back_with_what_the_files_say(edition: str, tmp_path: Path) -> None:
    with gate(edition, tmp_path, sync_person_grants=True) as here:
        ways = ("resign", "disable", "forget")
        everybody = {f"p{way}": {**WHOLE, "card": str(number), "on_remove": way} for number, way in enumerate(ways)}
        people(here, **everybody)
        here.settle()
        before = {way: here.person(way) for way in ways}
        people(here)
        here.settle()
        people(here, **everybody)
        here.objects["employee", "disable"] |= {"cvsecurity.disabled": False}
        steps = here.settle().steps
        assert steps["employee/resign"] == ("create", [])
        assert steps["employee/disable"][0] == "update"
        assert {way: here.person(way) for way in ways} == before


@both_editions
def test_a_leaving_is_entered_kept_and_taken_back(edition: str, tmp_path: Path) -> None:
    with gate(edition, tmp_path, sync_person_grants=True) as here:
        people(here, p1=WHOLE, p2={"first_name": "Ben"})
        here.settle()
        before = here.person("1")
        people(here, p1=WHOLE | LEFT, p2={"first_name": "Ben"})
        assert here.settle().steps == {"employee/1": ("update", ["resigned.date", "resigned.type"])}
        row = here.person("1")
        assert (row["leaveDate"], row["leaveType"], "cardNo" in row) == ("2026-01-31", "2", False)

        people(here, p1=WHOLE | {"resigned": None}, p2={"first_name": "Ben"})
        here.settle()
        assert here.person("1") == before


@both_editions
def test_who_has_left_stays_so_when_the_files_no_longer_hold_them(edition: str, tmp_path: Path) -> None:
    """No list has them any more, so that there is nobody to delete; and no later plan speaks of them."""
    with gate(edition, tmp_path) as here:
        people(here, p1=WHOLE)
        here.settle()
        people(here, p1=WHOLE | LEFT)
        here.settle()
        people(here)
        assert here.settle().steps == {}
        assert here.person("1")["leaveDate"] == "2026-01-31"


@both_editions
def test_who_is_still_to_leave_stays_until_then_and_the_plan_says_so(edition: str, tmp_path: Path) -> None:
    with gate(edition, tmp_path) as here:
        people(here, p1=WHOLE | LEFT | {"resigned.date": "2999-01-31"})
        applied = here.apply()
        assert [(code, address) for code, address, _ in wrong(applied)] == [("RC0601", None)]
        assert wrong(applied)[0][2].endswith("leave with the first apply after it: 1.")
        assert "leaveDate" not in here.person("1")
        assert here.plan().steps == {}


@both_editions
@pytest.mark.parametrize("pruned", ["owned", "never", "all"])
def test_prune_says_what_becomes_of_people_and_departments_that_the_files_do_not_hold(
    edition: str, pruned: str, tmp_path: Path
) -> None:
    with gate(edition, tmp_path) as here:
        here.server.seed({"departments": [{"code": "S", "name": "Strange"}], "persons": [{"pin": "900"}]})
        people(here, pX={"department": "X"})
        here.objects["department", "X"] = {"name": "X"}
        here.settle()
        people(here)
        here.settings["prune"] = pruned
        steps = {"employee/X": ("delete", []), "department/X": ("delete", [])}
        if pruned == "all":
            steps["employee/900"] = ("delete", [])
            if here.server.profile.department_list:
                steps["department/S"] = ("delete", [])
        planned = here.plan()
        assert planned.steps == ({} if pruned == "never" else steps)
        assert [detail for _, _, detail in planned.details] == _told(pruned, listed=here.server.profile.department_list)
        assert here.apply().status == 0
        gone = {address.partition("/")[2] for address in planned.steps if address.startswith("employee")}
        assert here.pins() == [pin for pin in ("900", "STAYS", "X") if pin not in gone]
        assert ("S" in here.departments()) == ("department/S" not in planned.steps)


def _told(pruned: str, *, listed: bool) -> list[str]:
    if pruned == "never":
        ours = "1 {} of an earlier apply on hq is not in the files, and `prune: never` leaves it: X."
        both = "2 {} on hq are not in the files, 1 of them of an earlier apply, and `prune: never` leaves them: X, {}."
        departments = both.format("departments", "S") if listed else ours.format("department")
        return [departments, both.format("employees", "900")]
    unseen = (
        "`prune: all` can't find departments that are on hq and not in the files: its edition of the API has no list "
        "of departments, so that only those of the files and the state are known."
    )
    return [unseen] if pruned == "all" and not listed else []


@both_editions
def test_who_is_protected_is_not_deleted(edition: str, tmp_path: Path) -> None:
    with gate(edition, tmp_path) as here:
        ignoring = {"mobile": "1", "lifecycle": {"ignore": ["mobile"]}}
        people(here, p1={"lifecycle": {"prevent_delete": True}}, p2=ignoring)
        here.settle()
        here.edit("persons", "2", mobilePhone="2")
        here.assert_settled()
        people(here, p2=ignoring)
        assert (here.apply().status, here.pins()) == (3, ["1", "2", "STAYS"])


@both_editions
def test_a_new_number_is_another_person_and_said_to_be_so(edition: str, tmp_path: Path) -> None:
    with gate(edition, tmp_path) as here:
        people(here, p1={"card": "71"})
        here.settle()
        people(here, p2={"card": "71", "was": "1"})
        ((code, address, detail),) = wrong(here.apply())
        assert (code, address, here.pins()) == ("RC0601", "hq/employee/2", ["1", "STAYS"])
        assert detail.startswith("A cvsecurity server has no call that changes the number of a person, so 1 can't")
