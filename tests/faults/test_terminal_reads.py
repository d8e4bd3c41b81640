"""Reads of terminals that fail: what could not be read is unknown, the message says what happened, and nothing that
hangs on it is written; other terminals are not concerned."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fault_project import apply, complaints, run
from terminal_project import PEOPLE, assert_settled, device, outcomes, secret, serving, write_devices

from reconciler.simulator import Fault, Terminals

AT_ONCE = (
    "It may still be starting, a proxy may have answered in its place, or `url` or `system` of the target is wrong."
)
LIST = (
    "The list of users of {} is not complete: {}. Somebody may be changing users at the terminal just now. Nothing is "
    "changed there; run it again."
)
FAULTS = {
    "code": (
        Fault(effect="code", code="storage_busy", command="GetShiftSetting"),
        "RC0505",
        'The terminal code refused GetShiftSetting: it says "storage_busy".',
    ),
    "dropped": (
        Fault(effect="drop", command="GetUserIdList"),
        "RC0506",
        (
            "The target dropped ({at}) dropped the connection before its answer to GetUserIdList was complete. If this "
            "goes on, look at the server's own log and at what lies between."
        ),
    ),
    "empty": (
        Fault(effect="empty"),
        "RC0505",
        "The target empty ({at}) answered GetDeviceUid with nothing where JSON was expected (status 200). " + AT_ONCE,
    ),
    "endless": (
        Fault(effect="endless", command="GetUserIdList"),
        "RC0602",
        LIST.format("endless", "after 1 users it says that position 50 is next"),
    ),
    "garbage": (
        Fault(effect="garbage", command="GetSoundVolume"),
        "RC0505",
        "The target garbage ({at}) answered GetSoundVolume with something that is not JSON where JSON was expected "
        "(status 200). " + AT_ONCE,
    ),
    "html": (
        Fault(effect="html"),
        "RC0505",
        "The target html ({at}) answered GetDeviceUid with an HTML page where JSON was expected (status 200). "
        "" + AT_ONCE,
    ),
    "lacking": (
        Fault(effect="cut", command="GetUserIdList"),
        "RC0602",
        LIST.format("lacking", "it names 0 users, and the terminal counts 1"),
    ),
    "page": (
        Fault(effect="status", status=500, command="GetAcTimeZone"),
        "RC0506",
        (
            "The target page ({at}) failed: status 500 (Internal Server Error) to GetAcTimeZone. The reason is in the "
            "server's own log."
        ),
    ),
    "repeated": (
        Fault(effect="repeat", command="GetUserIdList"),
        "RC0602",
        LIST.format("repeated", "after 1 users it says that position 0 is next"),
    ),
    "slow": (
        Fault(effect="hang", seconds=30, command="GetDeptList"),
        "RC0506",
        (
            "The target slow ({at}) did not answer GetDeptList within 1 second. If it is slow rather than dead, give "
            "the target a longer `timeout`."
        ),
    ),
}
"""By terminal: what happens to it, and what is said of it."""

LEFT = {
    **dict.fromkeys(FAULTS, ("shift/night", "settings/volume", "department/Ops")),
    "code": ("settings/volume",),
    "empty": (),
    "garbage": ("shift/night", "department/Ops", "employee/7", "employee/8"),
    "html": (),
    "slow": ("shift/night", "settings/volume"),
}
"""By terminal: what is written all the same."""


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[tuple[Path, Terminals]]:
    """Terminals that have PEOPLE without Ben. Then Ben comes for Ana, and a shift, a roster and a setting change."""
    with serving() as terminals:
        devices = [device(terminals.add(name)) for name in (*sorted(FAULTS), "well")]
        ana, ben = PEOPLE["employees"]
        root = write_devices(tmp_path, devices, {**PEOPLE, "employees": [ana]}, timeout="1s")
        assert apply(root).status == 0
        shifts = [*PEOPLE["shifts"], {"name": "night", "periods": ["00:00-06:00"]}]
        departments = [{**PEOPLE["departments"][0], "roster": {"mon-sat": "day", "sun": "holiday"}}]
        changed = {**PEOPLE, "employees": [ben], "shifts": shifts, "departments": departments}
        write_devices(root, [{**each, "settings": {"volume": 3}} for each in devices], changed, timeout="1s")
        yield root, terminals


def test_each_is_said_and_nothing_is_written_on_what_is_unknown(fleet: tuple[Path, Terminals]) -> None:
    root, terminals = fleet
    for name, (fault, _, _) in FAULTS.items():
        terminals[name].faults.add(fault)
    ran = apply(root)
    at = {name: terminals[name].url.removeprefix("http://") for name in FAULTS}
    told = {name: (code, detail.format(at=at[name])) for name, (_, code, detail) in FAULTS.items()}
    assert (ran.status, ran.document["complete"]) == (4, False)
    assert sorted((code, detail) for code, _, detail in complaints(ran)) == sorted(told.values())
    everything = ("shift/night", "settings/volume", "department/Ops", "employee/7", "employee/8")
    expected = {f"{name}/{what}" for name, done in {**LEFT, "well": everything}.items() for what in done}
    assert outcomes(ran) == dict.fromkeys(sorted(expected), "done")
    untouched = [name for name in FAULTS if name != "garbage"]
    assert [list(terminals[name].dump()["users"]) for name in untouched] == [["7"]] * len(untouched)

    for name in FAULTS:
        terminals[name].faults.clear()
    assert apply(root).status == 0
    assert [list(terminals[name].dump()["users"]) for name in FAULTS] == [["8"]] * len(FAULTS)
    assert_settled(root)


def test_who_is_gone_when_asked_about_is_nobody_to_delete(tmp_path: Path) -> None:
    """Somebody deletes Ana at the terminal between the list and the question for her; the plan gives her back."""
    with serving() as terminals:
        lobby = terminals.add("lobby")
        root = write_devices(tmp_path, [device(lobby)])
        assert apply(root).status == 0
        lobby.faults.add(Fault(effect="shift", command="GetUserIdList", nth=1))
        ran = apply(root)
        assert (ran.status, outcomes(ran), complaints(ran)) == (0, {"lobby/employee/7": "done"}, [])
        assert list(lobby.dump()["users"]) == ["8", "7"]
        assert_settled(root)


@pytest.mark.parametrize("way", ["the key of a device", "both keys"])
def test_a_wrong_key_is_said_and_tried_once(way: str, tmp_path: Path) -> None:
    """A key that was mistyped must not be hammered in."""
    both = way == "both keys"
    with serving() as terminals:
        lobby = terminals.add("lobby", api_key="right")
        present, wanted = secret(tmp_path, "present", "wrong"), secret(tmp_path, "wanted", "wronger")
        settings = {"volume": 3, **({"security": {"api_key": wanted}} if both else {})}
        root = write_devices(tmp_path, [device(lobby, api_key=present, settings=settings)])
        which = "both the key of `settings.security.api_key` and that of `api_key`" if both else "the key of `api_key`"
        detail = (
            f"The terminal lobby at {lobby.url} refused {which}. Write the key that it has now in `api_key`. A "
            "terminal that was replaced or reset has the empty key: leave `api_key` out."
        )
        assert complaints(run(root, "plan", "--json")) == [("RC0503", None, detail)]
        assert [each.status for each in terminals.record.entries()] == [403] * (2 if both else 1)
        secret(tmp_path, "present", "right")
        assert apply(root).status == 0
        assert lobby.dump()["security"]["api_key"] == ("wronger" if both else "right")


def test_the_factory_s_key_is_the_one_that_is_left_out(tmp_path: Path) -> None:
    with serving() as terminals:
        lobby = terminals.add("lobby", api_key="right")
        root = write_devices(tmp_path, [device(lobby)])
        [(code, _, detail)] = complaints(run(root, "plan", "--json"))
        assert code == "RC0503"
        assert " refused the factory's empty key, which counts where `api_key` is left out. " in detail
