"""What the manual leaves open, switch by switch: whatever a terminal makes of it, an apply converges, or ends in an
error that names the object."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from conformance import Run
from conformance_devices import Site, employee, site, whole

from reconciler.simulator.device import Switches

NUMBERS: dict[str, Any] = {
    "latency": 0.001,
    "body_max": 20_000,
    "lock_seconds": 0.001,
    "user_page": 1,
    "dept_list_key": "",
    "shift_rules": [],
}
"""A value for each switch whose values can't be listed."""

NOT_OURS = frozenset(
    {
        *("job_queries", "jobs_at_once", "log_page", "log_end", "erase_end", "erase_positions"),
        *("clear_admins", "clear_all", "time_offset", "command_case", "action_case", "address_change", "lock_kept"),
    }
)
"""Commands that we never send, what needs a restart, and what test_conformance_device_settings.py moves."""

SETTINGS: dict[str, Any] = {
    "local_editing": False,
    "face": {"threshold": "high"},
    "bells": [{"at": "08:00", "days": "mon-fri", "ring": "30s", "output": "both"}],
    "shift_mode": "department",
    "tolerance": {"morning_in": 5},
    "network": {"wifi": {"access_points": [{"ssid": "office", "key": {"env": "SECRET_wifi"}}]}},
    "security": {"api_key": {"env": "SECRET_k1"}},
    "attendance_upload": {"url": "https://time.example/upload"},
}


def flipped() -> Iterator[tuple[str, Any]]:
    """Every switch that matters with every value that is not its default."""
    hints = get_type_hints(Switches)
    for name in Switches.__struct_fields__:
        default, hint = getattr(Switches(), name), hints[name]
        if name in NOT_OURS:
            continue
        if get_origin(hint) is Literal:
            yield from ((name, value) for value in get_args(hint) if value != default)
        else:
            yield name, (not default if hint is bool else NUMBERS[name])


CASES = {f"{name}-{str(value).replace('.', '-').strip('[]')}": {name: value} for name, value in flipped()} | {
    "zones-midnight": {"zone_unused": "midnight", "zone_empty": "refused"}  # the two belong together
}

OF_SETTINGS = (
    *("partial_settings", "device_key", "security", "both_off", "network", "access_points", "dhcp_members"),
    *("bell_start", "shift_mode", "tolerance_name", "uploader", "absent"),
)
"""Switches that mean nothing to people: such a terminal has settings only, and the others have people only."""

OF_ACCESS = ("zone", "partial_arrays", "body_max", "booleans", "unknown_members", "parallel", "lock")
"""Switches for which people have access levels, which is most of the work; elsewhere they have all the rest."""

KEPT = "RC0703"
REFUSED = "RC0701"
WAITS = "RC0704"

EXPECTED: dict[str, list[tuple[str, str, str]]] = {
    "body_max-20000": [
        (REFUSED, "employee/007", "status 413 (Request Entity Too Large)"),
        (REFUSED, "employee/8", "status 413 (Request Entity Too Large)"),
    ],
    "uploader_status-inactive": [(KEPT, "settings/attendance_upload", "`attendance_upload.url` was written")],
    "zone_empty-refused": [
        (REFUSED, "employee/007", '"invalid_parameter" ("start")'),
        (REFUSED, "employee/8", '"invalid_parameter" ("start")'),
    ],
}
"""Switches under which what the files ask for can't be had: the errors."""

CHANGED: dict[str, list[tuple[str, str, str]]] = {
    "access_points-merged": [(KEPT, "settings/network", "`network.wifi.access_points` was written")],
    "body_max-20000": [
        (REFUSED, "employee/007", "status 413 (Request Entity Too Large)"),
        (REFUSED, "employee/9", "status 413 (Request Entity Too Large)"),
    ],
    "empty_value-kept": [
        (KEPT, "employee/007-", "`card` was written"),
        (KEPT, "employee/007-", "`device_password` was written"),
    ],
    "empty_value-refused": [
        (WAITS, "department/Operations", "It waits for empty_value-refused/employee/007-"),
        (REFUSED, "employee/007-", '"invalid_parameter" ("password")'),
    ],
    "uploader_status-inactive": EXPECTED["uploader_status-inactive"],
    "zone_empty-refused": [
        (REFUSED, "employee/007", '"invalid_parameter" ("start")'),
        (REFUSED, "employee/9", '"invalid_parameter" ("start")'),
    ],
}
"""The same after cards are cleared, a key, a name and a shift have changed."""


def errors(run: Run) -> dict[str, list[tuple[str, str, str]]]:
    """The errors by terminal, in order: code, the rest of the address, detail."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    for each in run.document["diagnostics"]:
        if each["severity"] == "error":
            target, _, rest = each["address"].partition("/")
            found.setdefault(target, []).append((each["code"], rest, each["detail"]))
    return {target: sorted(given, key=lambda one: (one[1], one[2])) for target, given in found.items()}


def assert_only(run: Run, expected: dict[str, list[tuple[str, str, str]]]) -> None:
    """Those terminals have those errors, and no other has one."""
    found = errors(run)
    assert found.keys() == expected.keys()
    for target, wanted in expected.items():
        assert [each[:2] for each in found[target]] == [each[:2] for each in wanted]
        assert all(part in detail for (_, _, part), (_, _, detail) in zip(wanted, found[target], strict=True))


def unsettled(run: Run) -> set[str]:
    """The terminals that the plan would still change."""
    return {address.partition("/")[0] for address in run.steps}


def change(here: Site) -> None:
    """People lose what they have or get another key, a department another name, a shift other periods."""
    here.objects["employee", "007"] |= {"access_levels": [], "valid": None}
    for area in ("", "-"):
        here.objects["employee", f"007{area}"] |= {"card": None, "device_password": None}
        eight = here.objects.pop(("employee", f"8{area}"))
        here.objects["employee", f"9{area}"] = {**eight, "was": f"8{area}", "department": "OPS", "card": "13"}
    here.objects["shift", "night"]["periods"] = ["20:00-21:00"]
    here.objects["department", "OPS"]["name"] = "Works"
    for name in CASES:
        if settings := here.objects["device", name]["settings"]:
            settings |= {"shift_mode": "user", "bells": [], "access": {"wiegand": "34"}}
            settings["network"] = {"wifi": {"access_points": [{"ssid": "guests"}]}}


def test_every_switch_converges_or_says_which_object_it_is_about(tmp_path: Path) -> None:
    with site(tmp_path) as here:
        for name, switches in CASES.items():
            here.install(name, "HQ" if name.startswith(OF_ACCESS) else "LAB", switches=switches)
            if name.startswith(OF_SETTINGS):
                here.objects["device", name] |= {"settings": {**SETTINGS}, "manages": ["settings"]}
        others = {key: value for key, value in whole(areas=["LAB"]).items() if key not in {"access_levels", "valid"}}
        here.objects["employee", "007"] = whole()
        here.objects["employee", "007-"] = others
        here.objects["employee", "8"] = employee(department="RND", card="0012", access_levels=["Guards"])
        here.objects["employee", "8-"] = employee(department="RND", card="0012", areas=["LAB"])
        applied = here.apply()
        assert applied.status == 4
        assert_only(applied, EXPECTED)
        assert unsettled(here.plan()) == EXPECTED.keys()
        change(here)
        applied = here.apply()
        assert applied.status == 4
        assert_only(applied, CHANGED)
        assert unsettled(here.plan()) == CHANGED.keys()


def test_the_cases_are_there() -> None:
    """Every switch is flipped, or named as none of ours."""
    names = {name for switches in CASES.values() for name in switches}
    assert names | NOT_OURS == set(Switches.__struct_fields__)
    assert len(CASES) > len(names)
