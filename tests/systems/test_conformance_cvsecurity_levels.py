"""Who may pass where: exactly those whom the files name, also where a server appends, or shows nothing of it."""

from pathlib import Path
from typing import Any

import pytest
from conformance import summary
from conformance_cvsecurity import NEW, OLD, UNREAD, Gate, both_editions, employee, gate, wrong

GRANTING = {"sync_person_grants": True}
"""Elevators, and on edition 1.0 entrances, are given by syncPerson alone."""

ways = pytest.mark.parametrize(("way", "unassigned"), [("replaced", "refused"), ("appended", "ignored")])


@both_editions
@ways
def test_membership_is_exact_however_the_server_takes_a_set(
    edition: str, way: str, unassigned: str, tmp_path: Path
) -> None:
    with gate(edition, tmp_path, level_ids=way, area_set="added", delete_unassigned=unassigned, **GRANTING) as here:
        steps: list[tuple[dict[str, Any], list[list[str]]]] = [
            (_in(["Office", "Lift", "Gate"], ["HQ"], ["7"]), [["D1"], ["E1"], ["P1"], ["HQ"], ["7"]]),
            (_in(["Vault", "Goods lift", "Side gate"], ["7"], ["HQ"]), [["D2"], ["E2"], ["P2"], ["7"], ["HQ"]]),
            (_in(["Office", "Vault", "Gate"], ["7", "HQ"], []), [["D1", "D2"], [], ["P1"], ["7", "HQ"], []]),
            (_in([], [], []), [[]] * 5),
        ]
        for given, held in steps:
            here.objects["employee", "1"] = employee(**given)
            here.objects["employee", "2"] = employee(**given)
            assert here.settle().steps.keys() >= {"employee/1", "employee/2"}
            assert [here.member_of(pin) for pin in "12"] == [held, held]


def _in(levels: list[str], areas: list[str], kiosks: list[str]) -> dict[str, Any]:
    return {"access_levels": levels, "areas": areas, "cvsecurity.kiosk_areas": kiosks}


@both_editions
def test_a_level_that_nobody_declares_is_taken_away_where_levels_are_managed(edition: str, tmp_path: Path) -> None:
    with gate(edition, tmp_path) as here:
        here.objects["employee", "1"] = employee(access_levels=["Office"])
        here.objects["employee", "2"] = employee()
        here.settle()
        for pin in "12":
            here.edit("persons", pin, door_levels=["D1", "D3"])
        planned = here.plan()
        assert planned.steps == {"employee/1": ("update", ["access_levels"])}
        (change,) = planned.document["resource_changes"]
        assert change["fields"] == [
            {"path": "access_levels", "before": ["Office", "Roof"], "after": ["Office"], "cause": "drift"}
        ]
        here.settle()
        assert (here.person("1")["door_levels"], here.person("2")["door_levels"]) == (["D1"], ["D1", "D3"])


@both_editions
def test_no_level_at_all_takes_every_level_of_every_kind_away(edition: str, tmp_path: Path) -> None:
    with gate(edition, tmp_path) as here:
        here.server.seed({"persons": [_stranger("1"), _stranger("2")]})
        here.objects["employee", "1"] = employee(access_levels=[])
        here.objects["employee", "2"] = employee()
        levels = ["access_levels", "elevator_levels", "entrance_levels"]
        assert here.settle().steps["employee/1"] == ("update", sorted(["department", *levels]))
        assert here.member_of("1") == [[], [], [], ["HQ"], []]
        assert here.member_of("2") == [["D3"], ["E1"], ["P2"], ["HQ"], []]


def _stranger(pin: str) -> dict[str, object]:
    return {
        "pin": pin,
        "door_levels": ["Roof"],
        "elevator_levels": ["Lift"],
        "entrance_levels": ["Side gate"],
        "attendance_areas": ["HQ"],
    }


@both_editions
def test_what_can_not_be_read_is_unknown_after_a_lost_state_and_sent_again(edition: str, tmp_path: Path) -> None:
    with gate(edition, tmp_path, **GRANTING) as here:
        whole = {
            **_in(["Office", "Lift", "Gate"], ["HQ"], ["7"]),
            "photo": "photos/one.jpg",
            "privilege": "manager",
            "verify_mode": "face",
            "attendance": {"enabled": True},
        }
        here.objects["employee", "1"] = employee(first_name="Ana", **whole)
        here.objects["vehicle", "AB12"] = {"list": "block"}
        here.settle()
        before = here.person("1")
        here.edit("persons", "1", elevator_levels=["E2"], kiosk_areas=["HQ"], attendance={"perDevAuth": 14})
        here.forget_state()

        hidden = ["areas", "attendance.enabled", "cvsecurity.kiosk_areas", "elevator_levels", "entrance_levels"]
        planned = here.plan()
        assert planned.steps["employee/1"] == ("update", [*hidden, "photo", "privilege", "verify_mode"])
        assert planned.steps["vehicle/AB12"] == ("update", ["list"])
        changes = {each["address"]: each for each in planned.document["resource_changes"]}
        for address in ("hq/employee/1", "hq/vehicle/AB12"):
            assert changes[address]["action_reason"] == "unreadable"
            assert {field["before"] for field in changes[address]["fields"]} == {None}
        assert planned.document["summary"] == summary(update=2, adopt=8)
        here.settle()
        assert here.person("1") == before | {"attendance": {"isAttendance": True, "perDevAuth": 6, "verifyMode": 15}}


@both_editions
def test_a_level_that_was_renamed_on_the_server_is_an_error_with_the_nearest_name(edition: str, tmp_path: Path) -> None:
    with gate(edition, tmp_path) as here:
        here.objects["employee", "1"] = employee(access_levels=["Office", "Lift"])
        here.settle()
        here.edit("door_levels", "D1", name="Offices")
        here.edit("elevator_levels", "E1", name="Lifts")
        here.server.journal.clear()
        for run in (here.plan(), here.apply()):
            assert run.status == 1
            assert [each[:2] for each in wrong(run)] == [
                ("RC0606", "hq/access_level/Office"),
                ("RC0606", "hq/access_level/Lift"),
            ]
            assert run.steps == {"employee/1": ("update", ["access_levels"])}
            office, lift = (detail for _, _, detail in wrong(run))
            assert office.startswith('The server has no door level "Office". Did you mean "Offices"?')
            assert lift.startswith('The server has no elevator level "Lift". Did you mean "Lifts"?')
        assert here.wrote() == []
        assert here.person("1")["door_levels"] == ["D1"]


@pytest.mark.parametrize(("edition", "entrances"), [(OLD, "syncPerson"), (NEW, "addLevelByPerson")], ids=["1.0", "1.2"])
def test_what_is_perhaps_only_sent_is_said_and_never_called_verified(
    edition: str, entrances: str, tmp_path: Path
) -> None:
    """The simulator's syncPerson gives nothing to who does not have it yet, as some say of real ones."""
    with gate(edition, tmp_path) as here:
        here.settle()
        here.objects["employee", "1"] = employee(access_levels=["Office", "Lift", "Gate"])
        for run in (here.plan(), here.apply()):
            told = [detail for code, _, detail in run.details if code == UNREAD and "syncPerson" in detail]
            assert [detail.partition(",")[0] for detail in told] == [
                f"The one call of hq for {word} levels is {path}/syncPerson"
                for word, path in (("elevator", "eleLevel"), ("entrance", "psgLevel"))[: 2 if edition == OLD else 1]
            ]
            assert all(detail.endswith("pages after the apply: 1.") for detail in told)
            hidden = [detail for code, _, detail in run.details if code == UNREAD and "can't be read" in detail]
            assert [detail.partition(" can't")[0] for detail in hidden] == ["`elevator_levels`, `entrance_levels`"]
        given = ["P1"] if entrances == "addLevelByPerson" else []
        assert here.member_of("1")[:3] == [["D1"], [], given]


def test_levels_are_made_with_their_doors_where_the_server_can(tmp_path: Path) -> None:
    with gate(NEW, tmp_path) as here:
        new = {"time_segment": "Always", "area": "Headquarters", "doors": ["Front", "Back"]}
        here.objects["access_level", "New"] = {"cvsecurity": new}
        here.objects["employee", "1"] = employee(access_levels=["New"])
        assert here.settle().steps["access_level/New"] == ("create", [])
        (made,) = [row for row in here.server.rows("door_levels") if row["name"] == "New"]
        assert (made["time_segment"], made["area"], made["doors"]) == ("Always", "Headquarters", ["Back", "Front"])
        assert here.person("1")["door_levels"] == [made["id"]]
        here.objects["access_level", "New"] = {"cvsecurity": new | {"doors": ["Back"]}}
        changed = here.apply()
        assert changed.steps == {"access_level/New": ("update", ["cvsecurity.doors"])}
        assert [each[:2] for each in wrong(changed)] == [("RC0608", "hq/access_level/New")]
        here.assert_settled()


def test_a_door_that_is_not_there_fails_the_level_and_names_it(tmp_path: Path) -> None:
    with gate(NEW, tmp_path) as here:
        own = {"time_segment": "Always", "area": "Headquarters", "doors": ["Front", "Side"]}
        here.objects["access_level", "New"] = {"cvsecurity": own}
        applied = here.apply()
        assert (applied.status, applied.outcomes["access_level/New"]) == (4, "failed")
        ((code, address, detail),) = wrong(applied)
        assert (code, address) == ("RC0606", "hq/access_level/New")
        assert '`cvsecurity.doors`: the server has no door "Side"' in detail


def test_an_edition_that_makes_no_levels_says_so_beforehand(tmp_path: Path) -> None:
    with gate(OLD, tmp_path) as here:
        here.objects["access_level", "New"] = {"cvsecurity": {"time_segment": "Always", "area": "Headquarters"}}
        ((code, address, detail),) = wrong(here.apply())
        assert (code, address) == ("RC0606", "hq/access_level/New")
        assert "This server's edition of the API makes no levels." in detail
        assert here.wrote() == []


@both_editions
def test_a_level_that_leaves_the_files_stays_on_the_server_with_a_warning(edition: str, tmp_path: Path) -> None:
    with gate(edition, tmp_path) as here:
        here.objects["employee", "1"] = employee(access_levels=["Office", "Vault"])
        here.settle()
        del here.objects["access_level", "Vault"]
        here.objects["employee", "1"] = employee(access_levels=["Office"])
        applied = here.apply()
        assert applied.steps == {
            "employee/1": ("update", ["access_levels"]),
            "access_level/Vault": ("no-op", []),
        }
        assert [(code, address) for code, address, _ in wrong(applied)] == [("RC0608", None)]
        here.assert_settled()
        assert here.person("1")["door_levels"] == ["D1"]


@both_editions
def test_a_level_of_one_name_for_doors_and_elevators_is_what_the_files_declare(edition: str, tmp_path: Path) -> None:
    with gate(edition, tmp_path, **GRANTING) as here:
        here.server.seed({"elevator_levels": [{"id": "E9", "name": "Office"}]})
        here.objects["employee", "1"] = employee(access_levels=["Office"])
        here.settle()
        assert here.member_of("1")[:2] == [["D1"], []]
        here.objects["access_level", "Office"] = {"control": "elevator"}
        here.apply()
        here.assert_settled()
        assert here.member_of("1")[:2] == [[], ["E9"]]


def managing(here: Gate, *kinds: str) -> None:
    here.settings["manages"] = list(kinds)


@both_editions
def test_levels_and_areas_that_a_target_does_not_manage_are_nobodys_business(edition: str, tmp_path: Path) -> None:
    with gate(edition, tmp_path) as here:
        managing(here, "departments", "employees")
        here.server.seed({"persons": [_stranger("1")]})
        here.objects["employee", "1"] = employee(first_name="Ana", areas=["7"])
        assert here.apply().status == 0
        assert here.member_of("1")[3] == ["HQ"]
        planned = here.plan()
        assert (planned.status, planned.steps, planned.details) == (0, {}, [])
