"""What doctor is told of a terminal."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import msgspec
import pytest
from terminal_helpers import aim, put, serving, target

from reconciler.model.examination import Finding
from reconciler.model.secret import Secret
from reconciler.model.state import Note
from reconciler.simulator import Fault, Terminal
from reconciler.simulator.device.state import Uploader
from reconciler.systems.base import Aim
from reconciler.systems.device import examine as module
from reconciler.systems.device.examine import examine
from reconciler.systems.device.fit import fit
from reconciler.transport.failure import Failure

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
UID = "0123456789abcdef"


class Noon(datetime):
    @classmethod
    def now(cls, tz=None):
        return NOON


@pytest.fixture
def lobby(monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    """A terminal that has the key `old`, looked at when it is noon in UTC."""
    monkeypatch.setattr(module, "datetime", Noon)
    with serving(api_key="old", uid=UID, capabilities={"palm": False}) as (_, terminal):
        terminal.unit.clock = NOON.timestamp
        yield terminal


def found(lobby: Terminal, what: Aim, key: str | None = "old", **more: object) -> Mapping[str, Finding]:
    return {each.about: each for each in examine(target(lobby.url, key, **more), what).findings}


def settings(**named: Mapping[str, object]) -> Aim:
    return aim({"settings": named})


def key(text: str) -> Mapping[str, object]:
    return {"security.api_key": Secret(text)}


def test_all_that_a_terminal_says(lobby):
    put(
        lobby,
        users=[{"id": "7", "name": "Ana", "privilege": "admin", "card": "1", "password": "2", "fp": ["AA=="]}],
        records=[{"user_id": "7", "time": "2026-07-01T08:00:00"}],
    )
    assert list(examine(target(lobby.url, "old"), aim()).findings) == [
        Finding("login", "accepted, with the key of `api_key`"),
        Finding("address", lobby.url),
        Finding("uid", UID),
        Finding("capabilities", "access control, card, ethernet, face, fingerprint, password, vrface, wifi"),
        Finding("firmware", "13750C v3.11.802"),
        Finding("face algorithm", "GreenFace v2.2"),
        Finding("fingerprint algorithm", "deli SMK v3.0"),
        Finding("users", "1 of 5,000"),
        Finding("managers", "1"),
        Finding("cards", "1"),
        Finding("passwords", "1"),
        Finding("faces", "0 of 3,000"),
        Finding("fingerprints", "1 of 15,000"),
        Finding("palms", "0"),
        Finding("attendance records", "1 of 400,000"),
        Finding("uploader", "inactive"),
        Finding("records not uploaded", "1", "Nothing uploads them: `settings.attendance_upload` says where to."),
        Finding(
            "clock",
            "2026-07-01 12:00:00",
            "Which zone's time that should be is not in the files. With `settings.clock: {timezone: …}` it is "
            "compared, and set by an apply.",
        ),
    ]


@pytest.mark.parametrize(
    ("has", "present", "wanted", "value", "advice"),
    [
        ("old", "old", "new", "`api_key`", "The next apply gives it the key of `settings.security.api_key`."),
        (
            "new",
            "old",
            "new",
            "`settings.security.api_key`",
            "The key of `api_key` is another one: let it refer to this one.",
        ),
        ("new", None, "new", "`settings.security.api_key`", None),
        ("new", "new", "new", "`settings.security.api_key`", None),
    ],
)
def test_which_key_opened_it_and_never_the_key(lobby, has, present, wanted, value, advice):
    lobby.unit.state.security = msgspec.structs.replace(lobby.unit.state.security, api_key=has)
    said = found(lobby, settings(security=key(wanted)), present)
    assert said["login"] == Finding("login", f"accepted, with the key of {value}", advice)


@pytest.mark.parametrize(
    ("what", "advice"),
    [
        (aim(), "Whoever reaches it can do everything with it: give it a key by `settings.security.api_key`."),
        (settings(security=key("new")), "The next apply gives it the key of `settings.security.api_key`."),
    ],
)
def test_the_factory_s_key(what, advice):
    with serving() as (_, terminal):
        said = found(terminal, what, None)
        assert said["login"] == Finding("login", "accepted, with the factory's empty key", advice)


def test_a_key_that_does_not_open(lobby):
    with pytest.raises(Failure, match="refused the key of `api_key`"):
        found(lobby, aim(), "wrong")


def test_another_address(lobby):
    what = settings(network={"network.ethernet.dhcp": False, "network.ethernet.address": "127.0.0.1/8"})
    gone = lobby.url.replace("127.0.0.1", "127.0.9.9")
    said = {each.about: each for each in examine(target(gone, "old"), what).findings}
    assert said["address"] == Finding(
        "address", lobby.url, f"It is not at {gone}, but where the files send it. Write this address in `url`."
    )


def test_another_machine_and_a_lock_that_was_left(lobby):
    said = found(lobby, aim(note=Note("ff", locked=True)))
    assert said["uid"] == Finding(
        "uid",
        UID,
        "At the last apply it was another machine, ff. If it was not exchanged, correct `url`; otherwise the next "
        "apply brings this one to what the files say.",
    )
    assert said["lock"] == Finding(
        "lock", "an apply that was interrupted may have left it locked", "The next apply unlocks it."
    )


@pytest.mark.parametrize(
    ("offset", "wanted", "value", "advice"),
    [
        (7200, {"clock.timezone": "Europe/Berlin"}, "right to the second in Europe/Berlin", None),
        (7170, {"clock.timezone": "Europe/Berlin"}, "30 s behind in Europe/Berlin", None),
        (
            7231,
            {"clock.timezone": "Europe/Berlin"},
            "31 s ahead in Europe/Berlin",
            "That is more than 30 s (`settings.clock.max_skew`). The next apply sets it.",
        ),
        (3600, {"clock.timezone": "UTC", "clock.max_skew": "3600s"}, "3,600 s ahead in UTC", None),
        (
            -2,
            {"clock.timezone": "UTC", "clock.max_skew": "1s"},
            "2 s behind in UTC",
            "That is more than 1 s (`settings.clock.max_skew`). The next apply sets it.",
        ),
    ],
)
def test_the_clock_to_the_second(lobby, offset, wanted, value, advice):
    lobby.unit.state.clock_offset = offset
    assert found(lobby, settings(clock=wanted))["clock"] == Finding("clock", value, advice)


def told(terminal: Terminal, what: Aim) -> list[str]:
    """What `fit` complains of, by what was read."""
    listings = examine(target(terminal.url, None), what).listings
    return [each.detail for each in fit(what.desired, listings, what.memory).diagnostics]


def people(*keys: str) -> Aim:
    return aim({"employee": {key: {"nickname": "Ana"} for key in keys}})


def test_more_users_than_fit_are_named_and_who_is_there_is_only_read_for_that():
    with serving(capacity={"users": 3}) as (terminals, terminal):
        put(terminal, users=[{"id": "1"}, {"id": "8"}])
        (left_over,) = told(terminal, people("1", "2", "3"))
        assert left_over == (
            "lobby holds at most 3 users and would have 4: 3 of the files, and 1 that are on it and stay. There is no "
            'room for "3". Give it fewer users, or delete some there that nobody needs.'
        )
        assert terminals.record.calls(command="GetUserIdList") == 1
        assert told(terminal, people("2")) == []
        assert terminals.record.calls(command="GetUserIdList") == 1
        assert told(terminal, people("1", "8")) == []
        assert terminals.record.calls(command="GetUserIdList") == 2


def test_a_machine_in_place_of_another_has_nobody_yet_and_a_list_that_can_not_be_read_is_a_problem():
    ours = {"employee": {key: key for key in "1234"}}
    wanted = {"employee": {key: {"nickname": "Ana"} for key in "1234"}}
    with serving(capacity={"users": 5}, uid=UID) as (terminals, terminal):
        put(terminal, users=[{"id": "8"}, {"id": "9"}])
        known, exchanged = aim(wanted, owned=ours, note=Note(UID)), aim(wanted, owned=ours, note=Note("ff"))
        assert "employee" not in examine(target(terminal.url), known).listings
        assert "would have 6: 4 of the files, and 2 that are on it and stay" in told(terminal, exchanged)[-1]
        terminals.faults.add(Fault(effect="code", command="GetUserIdList", code="unknown_command"))
        examined = examine(target(terminal.url), exchanged)
    assert examined.listings["employee"].problem.code == "RC0601"
    assert {each.about: each.value for each in examined.findings}["users"] == "2 of 5"


def test_more_departments_than_fit_and_a_day_with_more_openings_than_a_terminal_knows():
    week = (f"mon {' '.join(f'{hour:02}:00-{hour:02}:30' for hour in range(7))}",)
    departments = {f"D{number:03}": {} for number in range(101)}
    with serving() as (_, terminal):
        wanted = aim({"employee": {"1": {"access": week}}, "department": departments})
        left_over, too_often = told(terminal, wanted)
    assert left_over == (
        "lobby holds at most 100 departments and would have 102: 101 of the files, and 1 that are on it and stay. "
        'There is no room for "D099", "D100". Give it fewer departments, or delete some there that nobody needs.'
    )
    assert too_often == (
        'The week of "1" has 7 ranges on mon: 00:00-00:30, 01:00-01:30, 02:00-02:30, 03:00-03:30, 04:00-04:30, '
        "05:00-05:30, 06:00-06:30. A terminal holds 6 in a day. What goes on after midnight is a range of the next "
        "day. Use fewer ranges."
    )


def test_a_terminal_that_is_nearly_full():
    with serving(capacity={"users": 10, "attend_logs": 1}) as (_, terminal):
        put(
            terminal,
            users=[{"id": str(number)} for number in range(10)],
            records=[{"user_id": "1", "time": "2026-07-01T08:00:00"}],
        )
        said = found(terminal, aim(), None)
        less = "Delete there what nobody needs, or give it fewer people."
        assert said["users"] == Finding("users", "10 of 10", f"It is full: no more fit. {less}")
        uploaded = "Have them uploaded by `settings.attendance_upload`, then delete them at the terminal."
        records = Finding("attendance records", "1 of 1", f"It is full: no more fit. {uploaded}")
        assert said["attendance records"] == records
    with serving(capacity={"users": 100}) as (_, terminal):
        put(terminal, users=[{"id": str(number)} for number in range(91)])
        said = found(terminal, aim(), None)
        assert said["users"] == Finding("users", "91 of 100", f"It is nearly full: there is room for 9 more. {less}")


@pytest.mark.parametrize(
    ("uri", "wanted", "status", "advice"),
    [
        ("", "http://upload.example", "inactive", "The next apply switches it on."),
        ("", None, "inactive", None),
        ("http://upload.example", "http://upload.example", "active", None),
    ],
)
def test_the_uploader(lobby, uri, wanted, status, advice):
    lobby.unit.state.uploader = Uploader(uri)
    what = settings(attendance_upload={"attendance_upload.url": wanted})
    assert found(lobby, what)["uploader"] == Finding("uploader", status, advice)


def test_a_command_that_the_firmware_lacks_is_told_and_the_rest_goes_on(lobby):
    lobby.faults.add(Fault(effect="code", command="GetCurrentUsage", code="unknown_command"))
    said = found(lobby, aim())
    assert said["capacity"] == Finding(
        "capacity",
        "can't be read",
        'The terminal lobby refused GetCurrentUsage: it says "unknown_command". Its firmware does not have that '
        "command.",
    )
    assert said["uploader"] == Finding("uploader", "inactive")


@pytest.mark.parametrize(
    ("command", "managed"),
    [
        ("GetDeviceTime", {"clock": {"clock.timezone": "UTC"}}),
        ("GetAttendLogUploaderStatus", {"attendance_upload": {"attendance_upload.url": "http://10.0.0.1/x"}}),
    ],
)
def test_what_the_files_manage_and_the_terminal_does_not_tell_is_a_problem_of_its_settings(lobby, command, managed):
    lobby.faults.add(Fault(effect="empty", command=command))
    assert examine(target(lobby.url, "old"), settings()).listings["settings"].problem is None
    problem = examine(target(lobby.url, "old"), settings(**managed)).listings["settings"].problem
    assert problem is not None
    assert (problem.code, command in problem.detail) == ("RC0505", True)


def test_a_terminal_that_refuses_its_key_in_the_middle(lobby):
    lobby.faults.add(Fault(effect="status", status=403, command="GetCurrentUsage"))
    with pytest.raises(Failure) as refused:
        found(lobby, aim())
    assert refused.value.code == "RC0503"
