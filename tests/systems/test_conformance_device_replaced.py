"""A terminal that died: after a factory reset, or another machine in its place, one apply gives it all that the old one
had."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from conformance_devices import LOBBY, Site, employee, roster, site, week, whole
from conformance_settings import write_pki

from reconciler.simulator.device import Terminal

SETTINGS: dict[str, Any] = {
    "device_id": 7,
    "volume": 3,
    "reverify_minutes": 2,
    "verify_mode": "card+face",
    "local_editing": False,
    "face": {"liveness": False, "threshold": "high", "multiple": True},
    "bells": [{"at": "08:00", "days": "mon-fri", "ring": "30s", "output": "both"}],
    "shift_mode": "department",
    "tolerance": {"morning_in": 5, "morning_out": 6, "afternoon_in": 7, "afternoon_out": 8},
    "access": {"tamper_alarm": True, "verify_count": 2, "unlock_seconds": 3, "wiegand": "34"},
    "network": {
        "ethernet": {"dhcp": False, "address": "127.0.0.1/8", "gateway": "127.0.0.9", "nameservers": ["9.9.9.9"]},
        "wifi": {"dhcp": True, "access_points": [{"ssid": "office", "key": {"env": "SECRET_wifi"}}]},
    },
    "security": {
        "api_key": {"env": "SECRET_k1"},
        "https": True,
        "certificate": "pki/one.pem",
        "key": {"file": "pki/one.key"},
        "verify_server": True,
    },
    "attendance_upload": {"url": "https://time.example/upload", "interval": "30s"},
}
"""Every setting but the clock, which goes on in between."""

COUNTERS = ("admin_logs", "device_uid")
"""What counts the edits, and which machine it is."""


def office(here: Site) -> Terminal:
    """A terminal with everything that files can say, applied."""
    write_pki(here.root)
    terminal = here.install(address="127.0.0.1")
    for number, levels in enumerate((["Office hours"], ["Guards"], ["Office hours", "Saturdays"], [])):
        here.objects["employee", f"00{number}"] = whole(card=f"70{number}", access_levels=levels)
    here.objects["employee", "8"] = employee(department="RND")
    here.set(**SETTINGS)
    assert here.apply().status == 0
    here.assert_settled()
    return terminal


def remembered(terminal: Terminal) -> dict[str, Any]:
    """The whole dump, but for the counters."""
    return {name: value for name, value in terminal.dump().items() if name not in COUNTERS}


@pytest.mark.parametrize("uid", [None, "0123456789abcdef"], ids=["reset", "another machine"])
@pytest.mark.parametrize("state", ["kept", "lost"])
def test_after_a_factory_reset_an_apply_brings_everything_back(uid: str | None, state: str, tmp_path: Path) -> None:
    with site(tmp_path) as here:
        terminal = office(here)
        before = remembered(terminal)
        terminal.factory_reset(uid)
        assert remembered(terminal) != before
        if state == "lost":
            here.forget_state()
        applied = here.apply()
        assert (applied.status, applied.document["verified"]) == (0, True)
        assert remembered(terminal) == before
        here.assert_settled()


def history(here: Site) -> None:
    """Levels, shifts, departments and people come and go, each step followed by an apply."""

    def step(**lists: dict[str, Any]) -> None:
        for kind, objects in lists.items():
            for key, values in objects.items():
                if values is None:
                    del here.objects[kind, key]
                else:
                    here.objects.setdefault((kind, key), {}).update(values)
        assert here.apply().status == 0

    step(access_level={"Nights": {"week": {"daily": "20:00-23:00"}}}, employee={"000": {"access_levels": ["Nights"]}})
    step(shift={"late": {"periods": ["14:00-22:00"]}, "a": {"periods": ["01:00-02:00"]}})
    step(employee={"001": {"roster": {"from": "2026-01-05", "cycle": ["late", "a"]}}, "8": None})
    step(access_level={"Office hours": {"week": {"mon-fri": "07:00-18:00"}}})
    step(employee={"000": {"access_levels": ["Office hours"]}}, access_level={"Nights": None})
    step(shift={"a": None}, employee={"001": {"roster": {"from": "2026-01-05", "cycle": ["late", "night"]}}})
    step(employee={"9": employee(department="RND", access_levels=["Saturdays"])})
    here.assert_settled()


def meaning(terminal: Terminal) -> dict[str, Any]:
    """What the numbers of schedules stand for: when each user may pass, and who works when."""
    state = terminal.unit.state
    return {
        "weeks": {key: week(terminal, key) for key in sorted(state.users)},
        "rosters": {
            key: (user.roster.start, roster(terminal, user.roster.shifts)) if user.roster else None
            for key, user in sorted(state.users.items())
        },
        "departments": {each.name: roster(terminal, each.shift) for each in state.departments},
    }


@pytest.mark.parametrize("uid", [None, "0123456789abcdef"], ids=["reset", "another machine"])
def test_after_a_history_of_changes_only_templates_that_nobody_has_may_differ(uid: str | None, tmp_path: Path) -> None:
    """The state keeps the numbers, so that even these are the same. A template that no week needs any more stays on the
    old terminal, since emptying it would be a write for nothing, and the new one never gets it. The built-in department
    stands first on every terminal, and the others in the order in which they were created."""
    with site(tmp_path) as here:
        terminal = office(here)
        history(here)
        before, meant = remembered(terminal), meaning(terminal)
        terminal.factory_reset(uid)
        assert here.apply().status == 0
        here.assert_settled()
        after = remembered(terminal)
        assert meaning(terminal) == meant
        zones = [(old, new) for old, new in zip(before.pop("zones"), after.pop("zones"), strict=True)]
        in_use = {
            number for user in after["users"].values() for number in (user.get("access") or {"zones": ()})["zones"]
        }
        assert {number for number, (old, new) in enumerate(zones) if old != new}.isdisjoint(in_use)
        empty = [{"end": "", "start": ""}] * 6
        assert [new for old, new in zones if old != new] == [empty] * 2  # of Nights, and of what Office hours were
        departments = [sorted(each.pop("departments"), key=lambda one: one["name"]) for each in (before, after)]
        assert departments[0] == departments[1]
        assert after == before


def test_after_a_history_without_state_the_meaning_is_the_same(tmp_path: Path) -> None:
    """Without state the numbers may be others; what they stand for may not."""
    with site(tmp_path) as here:
        terminal = office(here)
        history(here)
        meant = meaning(terminal)
        terminal.factory_reset()
        here.forget_state()
        assert here.apply().status == 0
        here.assert_settled()
        assert meaning(terminal) == meant


def test_what_is_enrolled_at_a_terminal_is_not_brought_back_and_nothing_says_so(tmp_path: Path) -> None:
    """No file holds fingerprints: they are enrolled anew, and no plan takes them for a difference."""
    with site(tmp_path) as here:
        terminal = office(here)
        user = terminal.unit.state.users["000"]
        terminal.factory_reset()
        assert here.apply().status == 0
        assert terminal.unit.state.users["000"] == msgspec.structs.replace(user, fp=(), face="", palm=())
        here.assert_settled()
        assert f"{LOBBY}/employee/000" not in here.plan().steps
