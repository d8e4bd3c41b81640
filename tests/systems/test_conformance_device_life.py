"""The life of what terminals hold: adopted, deleted, pruned or left, forgotten, ignored, protected; and hardware that a
terminal does not have."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from conformance import Run, summary
from conformance_devices import BODY, LOBBY, Site, body, change_user, employee, enrol, put, site, whole

DELETED = "DeleteUserInfo"


def office(here: Site, **switches: Any) -> Any:
    """A terminal with two people in two departments, as after a first apply."""
    terminal = here.install(switches=switches)
    here.objects["employee", "007"] = whole()
    here.objects["employee", "8"] = employee(department="RND")
    here.set(volume=3)
    here.settle()
    here.terminals.record.clear()
    return terminal


def reasons(run: Run) -> dict[str, str]:
    return {
        each["address"].removeprefix(f"{LOBBY}/"): each["action_reason"] for each in run.document["resource_changes"]
    }


def written(here: Site) -> list[str]:
    """The commands that arrived and are no questions."""
    return sorted(command for command in here.calls() if not command.startswith("Get"))


EVERYTHING = (
    "department/Operations",
    "department/Research",
    "employee/007",
    "employee/8",
    "settings/volume",
    "shift/day",
    "shift/night",
)


def test_what_is_there_already_is_adopted_without_a_write(tmp_path: Path) -> None:
    with site(tmp_path) as here:
        office(here)
        here.forget_state()
        planned = here.plan()
        assert (planned.status, reasons(planned)) == (0, dict.fromkeys(EVERYTHING, "adopt"))
        assert planned.document["summary"] == summary(adopt=7)
        here.settle()
        assert written(here) == []


def test_what_is_gone_from_the_terminal_comes_back(tmp_path: Path) -> None:
    with site(tmp_path) as here:
        terminal = office(here)
        before = terminal.dump()["users"]
        with terminal.lock:
            terminal.unit.state.users = {}
        planned = here.plan()
        assert (reasons(planned), planned.document["summary"]) == (
            {"employee/007": "drift", "employee/8": "drift"},
            summary(create=2, unchanged=5),
        )
        here.settle()
        assert terminal.dump()["users"] == before


def test_what_the_files_no_longer_hold_is_deleted_users_first(tmp_path: Path) -> None:
    with site(tmp_path) as here:
        terminal = office(here)
        del here.objects["employee", "8"], here.objects["shift", "night"]
        here.objects["department", "RND"]["roster"] = here.objects["department", "OPS"]["roster"]
        here.objects["employee", "007"]["roster"] = {"from": "2026-01-05", "cycle": ["day"]}
        assert here.settle().steps == {
            f"{LOBBY}/employee/8": ("delete", []),
            f"{LOBBY}/department/Research": ("delete", []),
            f"{LOBBY}/shift/night": ("delete", []),
            f"{LOBBY}/employee/007": ("update", ["roster"]),
        }
        calls = [each.command for each in here.terminals.record.entries(LOBBY, event="call")]
        assert [each for each in calls if each in {DELETED, "SetDept", "SetUserShift"}][-2:] == [DELETED, "SetDept"]
        assert calls.index("SetUserShift") < calls.index("SetShiftSetting")  # nobody has the shift when it goes
        assert sorted(terminal.unit.state.users) == ["007"]
        assert here.terminals.record.locks(LOBBY) == [True, False]


def strangers(terminal: Any) -> None:
    """What others have put on the terminal, with what is enrolled."""
    put(terminal, departments=[{"name": "Theirs"}], users=[{"id": "T1", "depart": "Theirs", "card": "9"}])
    enrol(terminal, "T1")


def test_prune_says_what_becomes_of_what_the_files_do_not_hold(tmp_path: Path) -> None:
    with site(tmp_path) as here:
        terminal = office(here)
        strangers(terminal)
        here.assert_settled()  # owned: strangers are nobody's business
        del here.objects["employee", "8"]

        here.settings["prune"] = "never"
        applied = here.apply()
        assert (applied.status, applied.steps, applied.codes) == (0, {}, ["RC0608", "RC0608"])
        assert written(here) == []

        here.settings["prune"] = "all"
        applied = here.apply()
        assert (applied.status, applied.codes) == (0, [])
        assert reasons(applied) == {
            "employee/8": "removed",
            "employee/T1": "unmanaged",
            "department/Research": "removed",
            "department/Theirs": "unmanaged",
        }
        assert sorted(terminal.unit.state.users) == ["007"]
        assert [each.name for each in terminal.unit.state.departments] == ["Company", "Operations"]
        here.assert_settled()


def test_forget_lets_go_of_a_user_and_leaves_what_is_there(tmp_path: Path) -> None:
    with site(tmp_path) as here:
        terminal = office(here)
        here.objects["employee", "8"]["on_remove"] = "forget"
        here.settle()
        enrol(terminal, "8")
        here.terminals.record.clear()
        del here.objects["employee", "8"]
        applied = here.apply()
        assert (applied.status, reasons(applied)["employee/8"]) == (0, "removed")
        assert applied.steps[f"{LOBBY}/employee/8"] == ("no-op", [])
        assert DELETED not in here.calls()
        assert body(terminal, "8") == BODY


def test_what_is_ignored_stays_as_it_is_and_is_created_all_the_same(tmp_path: Path) -> None:
    with site(tmp_path) as here:
        terminal = here.install()
        ignored = ["card", "last_name", "access_levels", "valid"]
        here.objects["employee", "007"] = whole(lifecycle={"ignore": ignored})
        here.settle()
        user = terminal.unit.state.users["007"]
        assert (user.card, user.name) == ("1234567", "Ana Silva")
        theirs = {"card": "9", "name": "Somebody", "access": msgspec.structs.replace(user.access, zones=(0,) * 7)}
        change_user(terminal, "007", **theirs)
        here.assert_settled()
        change_user(terminal, "007", privilege="user")
        assert here.settle().steps == {f"{LOBBY}/employee/007": ("update", ["privilege"])}
        assert terminal.unit.state.users["007"] == msgspec.structs.replace(user, **theirs)


@pytest.mark.parametrize("block", ["there", "gone"])
def test_who_is_protected_is_not_deleted(block: str, tmp_path: Path) -> None:
    with site(tmp_path) as here:
        terminal = office(here)
        here.objects["employee", "8"]["lifecycle"] = {"prevent_delete": True}
        here.settle()
        if block == "gone":
            del here.objects["employee", "8"]
        else:
            here.objects["employee", "8"]["areas"] = ["LAB"]
        before = terminal.dump()
        for run in (here.plan(), here.apply()):
            assert run.status == 3
            assert [each[:2] for each in run.details] == [("RC0605", f"{LOBBY}/employee/8")]
        assert terminal.dump() == before


LACKS: dict[str, tuple[dict[str, Any], str | None]] = {
    "access_control": ({"access": {"unlock_seconds": 3}}, "access control"),
    "card": ({"verify_mode": "card"}, "a card reader"),
    "ethernet": ({"network": {"ethernet": {"dhcp": True}}}, "a wired network"),
    "face": ({"face": {"liveness": True}}, "face recognition"),
    "fingerprint": ({"verify_mode": "finger"}, "a fingerprint reader"),
    "palm": ({}, None),
    "password": ({"verify_mode": "card+password"}, "passwords"),
    "vrface": ({"verify_mode": "face"}, "face recognition"),
    "wifi": ({"network": {"wifi": {"dhcp": True}}}, "Wi-Fi"),
}
"""Of each hardware a setting that needs it, and what the plan calls it."""

ABSENT = {"face": ("face", "vrface"), "vrface": ("face", "vrface")}
"""Either will do."""


def test_hardware_that_a_terminal_lacks_is_an_error_for_settings_and_left_out_for_people(tmp_path: Path) -> None:
    with site(tmp_path) as here:
        for hardware in LACKS:
            here.install(hardware, capabilities=dict.fromkeys(ABSENT.get(hardware, (hardware,)), False))
            here.objects["device", hardware]["settings"] = {"volume": 3}
        here.objects["employee", "007"] = whole()
        here.settle()
        names = {hardware: here.terminals[hardware].unit.state.users["007"].name for hardware in LACKS}
        assert names == dict.fromkeys(LACKS, "Ana Silva")
        before = here.terminals.dump()

        for hardware, (asked, _) in LACKS.items():
            here.objects["device", hardware]["settings"] |= asked
        expected = {
            f"{hardware}/settings/{name}": f"{hardware} has no hardware for that: it lacks {lacking}."
            for hardware, (asked, lacking) in LACKS.items()
            for name in asked
        }
        for run, status in ((here.plan(), 1), (here.apply(), 4)):  # the terminals that can go on do
            found = {address: detail for _, address, detail in run.details}
            assert (run.status, set(run.codes), found.keys()) == (status, {"RC0601"}, expected.keys())
            assert all(expected[address] in found[address] for address in expected)
        assert here.terminals.dump() == before


def test_more_people_than_a_terminal_holds_are_an_error_before_anything_is_written(tmp_path: Path) -> None:
    with site(tmp_path) as here:
        terminal = here.install(capacity={"users": 3})
        strangers(terminal)
        for key in ("1", "2"):
            here.objects["employee", key] = employee()
        here.settle()
        here.objects["employee", "3"] = employee()
        before = terminal.dump()
        for run in (here.plan(), here.apply()):
            assert (run.status, [each[:2] for each in run.details]) == (1, [("RC0601", f"{LOBBY}/employee/3")])
        assert terminal.dump() == before


@pytest.mark.parametrize("prune", ["owned", "all"])
def test_on_a_full_terminal_who_goes_makes_room_for_who_comes(prune: str, tmp_path: Path) -> None:
    with site(tmp_path) as here:
        terminal = here.install(capacity={"users": 3})
        for key in ("1", "2"):
            here.objects["employee", key] = employee()
        here.settings["prune"] = prune
        here.settle()
        put(terminal, users=[{"id": "T1", "depart": "Operations"}])
        del here.objects["employee", "1"]
        here.objects["employee", "0"] = employee()
        if prune == "all":
            here.objects["employee", "3"] = employee()
        assert here.apply().status == 0
        assert sorted(terminal.unit.state.users) == (["0", "2", "3"] if prune == "all" else ["0", "2", "T1"])
        here.assert_settled()
