"""Replies that are lost at every kind of call of an apply, and refusals: what is known is said, nobody stays locked
out, and the next run converges."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest
from fault_project import apply, complaints, run
from terminal_project import PEOPLE, PIN, assert_settled, device, outcomes, serving, write_devices

from reconciler.simulator import Fault

ANA = PEOPLE["employees"][0]
BEFORE: dict[str, list[dict[str, Any]]] = {
    "areas": PEOPLE["areas"],
    "departments": [{"code": "20", "name": "Old"}],
    "employees": [{"code": "6", "nickname": "Zoe", "department": "20", "areas": ["HQ"]}],
}
AFTER = {**PEOPLE, "employees": [ANA]}
SETTINGS = {
    "volume": 9,
    "clock": {"timezone": "Asia/Tokyo"},
    "bells": [{"at": "08:00", "days": "mon-fri", "ring": "5s", "output": "inside"}],
    "attendance_upload": {"url": "http://127.0.0.1:9/up"},
}


class Case(NamedTuple):
    """Calls, each the n-th of its command, whose replies are lost; and what is not done then."""

    calls: tuple[tuple[str, int], ...]
    lost: dict[str, str]
    settings: Mapping[str, Any] = MappingProxyType({})


LEAVING = {"employee/6": "unknown", "department/Old": "skipped"}
CASES = {
    "settings": Case(
        (("SetSoundVolume", 1), ("SetDeviceTime", 1), ("SetBellSetting", 1), ("ConfigAttendLogUploader", 1)),
        dict.fromkeys((f"settings/{name}" for name in SETTINGS), "unknown"),
        SETTINGS,
    ),
    "lock": Case((("LockDevice", 1),), {**LEAVING, "employee/6": "failed"}),
    "delete": Case((("DeleteUserInfo", 1),), LEAVING),
    "department": Case((("SetDept", 2),), {"department/Old": "unknown"}),
    # of these a part is done, or nothing of the user itself was sent
    "access": Case((("SetAcUserInfo", 1),), {"employee/7": "failed"}),
    "roster": Case((("SetUserShift", 1),), {"employee/7": "failed"}),
    "templates": Case((("SetAcTimeZone", 1),), {"employee/7": "failed"}),
    # a create is looked up before it is sent again, and the last unlock is repeated whatever happens
    "found": Case((("SetShiftSetting", 1), ("SetDept", 1), ("SetUserInfo", 1), ("LockDevice", 2)), {}),
    # the terminal is looked for where it is then
    "address": Case((("SetNetworkConfig", 1),), {}),
    "key": Case((("SetSecurityConfig", 1),), {}, {"security": {"api_key": PIN}}),
}
WHEN = {"before": "127.0.9.1/8", "after": "127.0.9.2/8"}
"""The commit; and where the terminals move whose address changes."""


def _settings(name: str, when: str) -> Mapping[str, Any]:
    if name == "address":
        return {"network": {"ethernet": {"dhcp": False, "address": WHEN[when]}}}
    return CASES[name].settings


def test_a_reply_that_is_lost_before_or_after_the_commit(tmp_path: Path) -> None:
    """Two terminals for each case. Nothing is sent twice but what is looked up before."""
    with serving() as terminals:
        made = {(name, when): terminals.add(f"{name}-{when}") for name in CASES for when in WHEN}
        old = [device(each, settings={}) for (name, _), each in made.items() if "department/Old" in CASES[name].lost]
        root = write_devices(tmp_path, old, BEFORE)
        assert apply(root).status == 0
        devices = {each: device(made[each], settings=dict(_settings(*each))) for each in made}
        write_devices(root, list(devices.values()), AFTER)
        for (name, when), terminal in made.items():
            for command, number in CASES[name].calls:
                terminal.faults.add(Fault(effect="drop", command=command, nth=number, commit=when == "after"))

        ran = apply(root)
        assert ran.status == 4
        expected = {
            f"{made[name, when].name}/{what}": status
            for name, when in made
            for what, status in CASES[name].lost.items()
        }
        assert {address: status for address, status in outcomes(ran).items() if status != "done"} == expected
        assert [each.name for each in made.values() if each.locked] == []
        doubts = {address: detail for code, address, detail in complaints(ran) if code in ("RC0702", "RC0506")}
        assert set(doubts) == {address for address, status in expected.items() if status != "skipped"}
        assert all(" Whether it was carried out is not known. " in detail for detail in doubts.values())

        again = apply(root)
        assert (again.status, set(outcomes(again).values())) == (0, {"done"})
        write_devices(root, [{**each, "url": made[where].url} for where, each in devices.items()], AFTER)
        assert_settled(root)
        assert {tuple(each.dump()["users"]) for each in made.values()} == {("7",)}  # type: ignore[arg-type]


def test_a_shift_that_the_terminal_refuses_is_shown_with_its_line(tmp_path: Path) -> None:
    """Its rules are its own: the other shift is written all the same, the people too."""
    shifts = [
        {"name": "day", "periods": ["08:00-16:00"]},
        {"name": "odd", "periods": ["08:00-12:00", "12:00-14:00"]},
    ]
    with serving() as terminals:
        lobby = terminals.add("lobby")
        root = write_devices(tmp_path, [device(lobby)], {**PEOPLE, "shifts": shifts})
        refusals = [Fault(effect="status", status=400, command="SetShiftSetting", nth=number) for number in (1, 3)]
        lobby.faults.add(*refusals)  # of both together, and then of the second alone
        ran = apply(root)
        [(code, address, detail)] = complaints(ran)
        assert (ran.status, code, address) == (4, "RC0701", "lobby/shift/odd")
        assert detail == f"The target lobby ({lobby.url[7:]}) refused SetShiftSetting: status 400 (Bad Request)."
        text = (root / "objects.yaml").read_text("utf-8").splitlines()
        source = ran.document["diagnostics"][0]["source"]
        assert (source["file"], text[source["line"] - 1]) == ("objects.yaml", "- name: odd")
        assert outcomes(ran)["lobby/shift/day"] == "done"
        assert apply(root).status == 0
        assert_settled(root)


@pytest.mark.parametrize("capabilities", [{}, {"face": False, "vrface": False}], ids=["mode", "hardware"])
def test_a_mode_that_is_not_supported(capabilities: dict[str, bool], tmp_path: Path) -> None:
    """Known beforehand where the hardware is absent; else the terminal says it, at the setting's line."""
    with serving() as terminals:
        lobby = terminals.add("lobby", capabilities=capabilities)
        root = write_devices(tmp_path, [device(lobby, settings={"volume": 9, "verify_mode": "face"})])
        lobby.faults.add(Fault(effect="code", code="unsupported_mode", command="SetVerifyMode"))
        ran = apply(root)
        [(code, address, detail)] = complaints(ran)
        assert address == "lobby/settings/verify_mode"
        source = ran.document["diagnostics"][0]["source"]
        text = (root / "objects.yaml").read_text("utf-8").splitlines()
        assert text[source["line"] - 1].strip() == "verify_mode: face"
        if capabilities:
            assert (ran.status, code, lobby.dump()["sound_volume"]) == (1, "RC0601", 5)
        else:
            assert (ran.status, code, lobby.dump()["sound_volume"]) == (4, "RC0701", 9)
            assert detail == 'The terminal lobby refused SetVerifyMode: it says "unsupported_mode".'
            lobby.faults.clear()
            assert apply(root).status == 0
            assert_settled(root)


def test_a_user_that_is_refused_leaves_the_terminal_unlocked_and_the_others_done(tmp_path: Path) -> None:
    with serving() as terminals:
        lobby = terminals.add("lobby")
        root = write_devices(tmp_path, [device(lobby)])
        lobby.faults.add(Fault(effect="code", code="storage_busy", command="SetUserInfo", nth=1))
        ran = apply(root)
        assert (ran.status, outcomes(ran)["lobby/employee/7"], outcomes(ran)["lobby/employee/8"]) == (
            4,
            "failed",
            "done",
        )
        assert not lobby.locked
        assert apply(root).status == 0
        assert_settled(root)


@pytest.mark.parametrize("url", ["http", "https"])
def test_both_http_and_https_off_is_refused_before_anything_is_asked(url: str, tmp_path: Path) -> None:
    with serving() as terminals:
        lobby = terminals.add("lobby")
        settings = {"security": {"http": False, "https": False}}
        there = lobby.url.replace("http:", f"{url}:")
        root = write_devices(tmp_path, [{**device(lobby, settings=settings), "url": there}])
        ran = run(root, "apply", "--auto-approve", "--json")
        assert (ran.status, ran.codes()) == (1, ["RC0407"])
        assert terminals.record.calls() == 0
