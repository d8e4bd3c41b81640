"""How many calls a terminal is asked for, by its own record: a terminal gives its users one by one, so each costs what
is managed of it; everything else is a constant."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from conformance_devices import INTRODUCED, LOBBY, Site, employee, put, site, whole

SAME = Counter({"GetDeviceUid": 1})
"""Before the first write of an apply: it may have been a while since the plan was read, and be another machine."""

FEW: dict[str, Any] = {"volume": 3}
ALL: dict[str, Any] = {
    "device_id": 7,
    "volume": 3,
    "reverify_minutes": 2,
    "verify_mode": "card+face",
    "local_editing": False,
    "face": {"threshold": "high"},
    "clock": {"timezone": "UTC"},
    "bells": [{"at": "08:00", "days": "mon-fri", "ring": "30s", "output": "both"}],
    "shift_mode": "department",
    "tolerance": {"morning_in": 5},
    "access": {"unlock_seconds": 3},
    "network": {"wifi": {"dhcp": True}},
    "security": {"api_key": {"env": "SECRET_k1"}},
    "attendance_upload": {"url": "https://time.example/upload"},
}
GETTERS = {
    "device_id": "GetDeviceId",
    "volume": "GetSoundVolume",
    "reverify_minutes": "GetReverifyTime",
    "verify_mode": "GetVerifyMode",
    "local_editing": "GetChangeUserInfoOnDeviceAllowed",
    "face": "GetFaceVerifySetting",
    "clock": "GetDeviceTime",
    "bells": "GetBellSetting",
    "shift_mode": "GetShiftMode",
    "tolerance": "GetAttendaceTolerance",
    "access": "GetAcSetting",
    "network": "GetNetworkConfig",
    "attendance_upload": "GetAttendLogUploaderStatus",
}
"""How each setting is read; security can't be."""


def crowd(here: Site, number: int) -> None:
    """That many employees with everything that a terminal holds of people."""
    for each in range(number):
        here.objects["employee", f"{each:03}"] = whole(card=f"70{each:04}")


def unchanged(users: int, settings: dict[str, Any], pages: int) -> Counter[str]:
    """The formula: two to know the terminal, one per setting but security, shifts, departments, day templates, a page
    for 50 users, and three per user."""
    return INTRODUCED + Counter(
        {
            **{GETTERS[name]: 1 for name in settings if name in GETTERS},
            **dict.fromkeys(("GetShiftSetting", "GetDeptList", "GetAcTimeZone"), 1),
            "GetUserIdList": pages,
            **dict.fromkeys(("GetUserInfo", "GetAcUserInfo", "GetUserShift"), users),
        }
    )


@pytest.mark.parametrize(
    ("users", "pages", "settings"),
    [(7, 1, {}), (7, 1, FEW), (7, 1, ALL), (70, 2, FEW)],
    ids=["7+0", "7+1", "7+14", "70+1"],
)
def test_an_unchanged_plan_costs_what_the_formula_says(
    users: int, pages: int, settings: dict[str, Any], tmp_path: Path
) -> None:
    with site(tmp_path) as here:
        here.install()
        crowd(here, users)
        here.set(**settings)
        assert here.apply().status == 0
        cost = here.cost(here.plan)
        assert cost == unchanged(users, settings, pages)
        readable = len(settings.keys() - {"security"})
        assert cost.total() == 2 + readable + 3 + pages + 3 * users


def test_what_is_not_managed_of_users_costs_nothing(tmp_path: Path) -> None:
    with site(tmp_path) as here:
        terminal = here.install()
        for each in range(7):
            here.objects["employee", f"{each}"] = employee(first_name="Ana")
        put(terminal, users=[{"id": f"s{each}"} for each in range(60)])  # somebody else's: only listed
        here.settle()
        expected = {"GetShiftSetting": 1, "GetDeptList": 1, "GetUserIdList": 2, "GetUserInfo": 7}
        assert here.cost(here.plan) == INTRODUCED + Counter(expected)


def test_a_terminal_of_which_only_settings_are_managed_is_asked_for_these_alone(tmp_path: Path) -> None:
    with site(tmp_path) as here:
        here.install()
        crowd(here, 7)
        here.objects["device", LOBBY] |= {"settings": FEW, "manages": ["settings"]}
        assert here.apply().status == 0
        assert here.cost(here.plan) == INTRODUCED + Counter({"GetSoundVolume": 1})


@pytest.mark.parametrize("users", [2, 12])
def test_one_changed_user_costs_one_write_and_one_look(users: int, tmp_path: Path) -> None:
    """However many others there are; the look is at all of the user, and at what a user's values refer to."""
    with site(tmp_path) as here:
        here.install()
        crowd(here, users)
        here.settle()
        here.objects["employee", "001"]["nickname"] = "Nica"
        cost = here.cost(here.apply)
        written = SAME + Counter({"LockDevice": 2, "SetUserInfo": 1})
        assert cost - unchanged(users, {}, 1) == written + unchanged(1, {}, 1)
        here.assert_settled()


def test_one_changed_roster_and_one_changed_week_are_written_alone(tmp_path: Path) -> None:
    with site(tmp_path) as here:
        here.install()
        crowd(here, 7)
        here.settle()
        here.objects["employee", "003"]["roster"] = {"from": "2026-01-05", "cycle": ["night"]}
        here.objects["employee", "004"]["access_levels"] = ["Office hours", "Saturdays"]
        here.terminals.record.clear()
        here.settle()
        written = {command: here.payloads(command) for command in here.calls() if command.startswith("Set")}
        assert {command: [each.get("id") for each in payloads] for command, payloads in written.items()} == {
            "SetAcTimeZone": [None],
            "SetUserShift": ["003"],
            "SetAcUserInfo": ["004"],
        }


def creating(tmp_path: Path, number: int) -> Counter[str]:
    """What it costs to create that many users on a terminal that has others, beyond the unchanged plan."""
    with site(tmp_path / str(number)) as here:
        here.install()
        here.objects["employee", "first"] = whole()
        here.settle()
        crowd(here, number)
        cost = here.cost(here.apply)
        here.assert_settled()
        return cost - unchanged(1, {}, 1)


def test_new_users_cost_three_writes_and_three_looks_each(tmp_path: Path) -> None:
    few, many = (creating(tmp_path, number) for number in (3, 30))
    each = Counter(
        dict.fromkeys(
            ("SetUserInfo", "SetAcUserInfo", "SetUserShift", "GetUserInfo", "GetAcUserInfo", "GetUserShift"), 1
        )
    )
    assert many - few == Counter(dict.fromkeys(each, 27))
    constant = few - Counter(dict.fromkeys(each, 3))
    first_write = SAME + Counter({"LockDevice": 2, "GetCapacityLimit": 1, "GetCurrentUsage": 1, "GetAcTimeZone": 1})
    assert constant == first_write + unchanged(0, {}, 1)


def test_verify_reads_what_was_touched_and_nothing_else(tmp_path: Path) -> None:
    with site(tmp_path) as here:
        here.install()
        crowd(here, 7)
        here.set(**ALL)
        assert here.apply().status == 0
        here.set(volume=9)
        cost = here.cost(here.apply)
        written = SAME + Counter({"SetSoundVolume": 1})
        assert cost - unchanged(7, ALL, 1) == written + INTRODUCED + Counter({"GetSoundVolume": 1})

        here.objects["shift", "day"]["periods"] = ["10:00-18:00"]
        cost = here.cost(here.apply)
        written = SAME + Counter(
            {"GetShiftSetting": 1, "SetShiftSetting": 1}
        )  # the others' slots as they are just then
        assert cost - unchanged(7, ALL, 1) == written + INTRODUCED + Counter({"GetShiftSetting": 1})
        here.assert_settled()
