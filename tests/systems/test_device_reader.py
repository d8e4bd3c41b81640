"""Reading shifts, departments and users of a terminal: what is asked, and when a list is not believed."""

import msgspec
import pytest
from terminal_helpers import EXPORT, aim, listed, put, read, serving, target

from reconciler.model.objects import Live
from reconciler.model.project import Prune
from reconciler.model.secret import Secret
from reconciler.model.state import Note
from reconciler.simulator import Fault
from reconciler.simulator.device.state import Access, Roster
from reconciler.systems.base import Aim

USERS = [
    {"id": "1", "name": "Ana", "card": "0012345", "password": "4711", "privilege": "admin"},
    {"id": "2", "name": "Ben"},
    {"id": "3"},
]
PLAIN = {"employee": {"1": {"nickname": "Ana"}, "2": {"nickname": "Ben"}}}


def commands(terminals):
    return [it.command for it in terminals.record.entries()][2:]  # after the uid and the capabilities


def test_a_user_has_the_values_of_the_files_and_others_have_only_their_id():
    with serving() as (terminals, lobby):
        put(lobby, users=USERS)
        listing = read(target(lobby.url), aim(PLAIN), "employee")
        assert listing.objects == {
            "1": Live(
                "1",
                "1",
                {
                    "nickname": "Ana",
                    "department": "Company",
                    "privilege": "admin",
                    "card": Secret("12345"),
                    "device_password": Secret("4711"),
                },
            ),
            "2": Live(
                "2",
                "2",
                {
                    "nickname": "Ben",
                    "department": "Company",
                    "privilege": "user",
                    "card": None,
                    "device_password": None,
                },
            ),
            "3": Live("3", "3", {}),
        }
        assert commands(terminals) == ["GetUserIdList", "GetUserInfo", "GetUserInfo"]


def test_what_the_terminal_has_no_hardware_for_has_no_value_and_is_not_asked():
    capabilities = {"access_control": False, "card": False, "password": False}
    with serving(capabilities=capabilities) as (terminals, lobby):
        put(lobby, users=USERS)
        wanted = {"1": {"nickname": "Ana", "card": Secret("5"), "access": (), "valid.from": None}}
        listing = read(target(lobby.url), aim({"employee": wanted}), "employee")
        assert sorted(listing.objects["1"].values) == ["department", "nickname", "privilege"]
        assert listing.raw.templates is None
        assert commands(terminals) == ["GetUserIdList", "GetUserInfo"]


def test_access_and_rosters_are_asked_of_those_alone_whose_are_managed():
    wanted = {"1": {"access": ()}, "2": {"roster": ("2026-01-05", "holiday")}, "3": {"valid.until": None}}
    with serving() as (terminals, lobby):
        put(lobby, users=USERS)
        users = lobby.unit.state.users
        users["1"] = msgspec.structs.replace(users["1"], access=Access(zones=(1, 2, 3, 4, 5, 6, 7)))
        users["2"] = msgspec.structs.replace(users["2"], roster=Roster("2026-01-05T00:00:00", (100,) * 100))
        listing = read(target(lobby.url), aim({"employee": wanted}), "employee")
        assert dict(listing.raw.weeks) == {"1": (1, 2, 3, 4, 5, 6, 7), "3": (0,) * 7}
        assert dict(listing.raw.rosters) == {"2": ("2026-01-05T00:00:00", (100,) * 100)}
        assert len(listing.raw.templates) == 255
        assert listing.raw.templates[0][:2] == (("00:00", "23:59"), ("", ""))
        assert commands(terminals) == [
            "GetUserIdList",
            "GetAcTimeZone",
            "GetUserInfo",
            "GetAcUserInfo",
            "GetUserInfo",
            "GetUserShift",
            "GetUserInfo",
            "GetAcUserInfo",
        ]


@pytest.mark.parametrize(
    ("access", "bounds"),
    [
        (Access(use=False, start="2026-01-01T00:00:00", end="2026-01-02T00:00:00"), (None, None)),
        (Access(use=True, start="2026-01-01T00:00:00", end="2026-06-30T23:59:59"), ("2026-01-01", "2026-06-30")),
        (Access(use=True, start="2026-01-01T08:00:00", end="2099-12-31T23:59:59"), ("2026-01-01T08:00:00", None)),
        (Access(use=True, start="2000-01-01T00:00:00", end="2026-06-30T12:00:00"), (None, "2026-06-30T12:00:00")),
        (Access(use=True, start="yesterday", end="2026-06-30T12:00:00"), ("not a time", "not a time")),
    ],
)
def test_a_valid_period_in_the_words_of_the_files(access, bounds):
    with serving() as (_, lobby):
        put(lobby, users=USERS)
        lobby.unit.state.users["1"] = msgspec.structs.replace(lobby.unit.state.users["1"], access=access)
        listing = read(target(lobby.url), aim({"employee": {"1": {"valid.from": None}}}), "employee")
        values = listing.objects["1"].values
        assert (values["valid.from"], values["valid.until"]) == bounds


def test_pages_are_read_to_the_end():
    with serving(switches={"user_page": 2}) as (terminals, lobby):
        put(lobby, users=[{"id": str(number)} for number in range(5)])
        listing = read(target(lobby.url), aim({"employee": {}}), "employee")
        assert list(listing.objects) == ["0", "1", "2", "3", "4"]
        assert commands(terminals) == ["GetUserIdList"] * 3


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (Fault(effect="endless", command="GetUserIdList"), "after 4 users it says that position"),
        (Fault(effect="repeat", command="GetUserIdList"), "position 0 is next"),
        (Fault(effect="cut", command="GetUserIdList", nth=1), "after 1 users it says that position 2 is next"),
        (Fault(effect="shift", change="insert", command="GetUserIdList", nth=1), "it names a user twice"),
    ],
)
def test_a_list_that_can_not_be_right_is_not_complete(fault, why):
    with serving(switches={"user_page": 2}) as (terminals, lobby):
        put(lobby, users=[{"id": str(number)} for number in range(4)])
        lobby.faults.add(fault)
        problem = listed(target(lobby.url), aim({"employee": {}}), "employee")["employee"].problem
        assert (problem.code, why in problem.detail) == ("RC0602", True), problem
        assert terminals.record.calls(command="GetUserIdList") <= 4


def test_a_user_who_slips_from_one_page_to_another_is_not_taken_for_gone():
    with serving(switches={"user_page": 2}) as (_, lobby):
        put(lobby, users=[{"id": str(number)} for number in range(4)])
        lobby.faults.add(Fault(effect="shift", command="GetUserIdList", nth=1))
        what = aim({"employee": {str(number): {"nickname": "A"} for number in range(1, 4)}})
        problem = listed(target(lobby.url), what, "employee")["employee"].problem
        assert (problem.code, problem.detail) == (
            "RC0602",
            "The list of users of lobby changed while it was read. Run it again.",
        )


def test_a_user_who_vanishes_between_list_and_read_is_simply_not_there():
    with serving() as (_, lobby):
        put(lobby, users=USERS)
        lobby.faults.add(Fault(effect="shift", command="GetUserIdList", nth=1))
        listing = read(target(lobby.url), aim(PLAIN), "employee")
        assert sorted(listing.objects) == ["2", "3"]


def test_what_a_terminal_holds_is_asked_when_users_are_missing():
    with serving(capacity={"users": 7}) as (terminals, lobby):
        put(lobby, users=USERS)
        where = target(lobby.url)
        assert read(where, aim(PLAIN), "employee").raw.facts.max_users is None
        more = {"employee": {**PLAIN["employee"], "9": {"nickname": "New"}}}
        assert read(where, aim(more), "employee").raw.facts.max_users == 7
        assert terminals.record.calls(command="GetCapacityLimit") == 1


@pytest.mark.parametrize(
    ("prune", "owned", "pending"),
    [
        (Prune.OWNED, {}, None),
        (Prune.OWNED, {"1": "1"}, None),
        (Prune.OWNED, {"3": "3"}, True),
        (Prune.ALL, {}, True),
        (Prune.NEVER, {"3": "3"}, None),
    ],
)
def test_pending_records_are_asked_about_when_users_would_go(prune, owned, pending):
    with serving() as (_, lobby):
        put(lobby, users=USERS, records=[{"user_id": "3", "time": "2026-01-05T08:00:00"}])
        where = target(lobby.url, prune={"employee": prune})
        listing = read(where, aim(PLAIN, owned={"employee": owned}), "employee")
        assert listing.raw.pending is pending


def test_no_pending_records():
    with serving() as (_, lobby):
        put(lobby, users=USERS)
        assert read(target(lobby.url), aim(owned={"employee": {"3": "3"}}), "employee").raw.pending is False


def test_a_narrowed_aim_reads_no_more_than_it_names():
    what = aim({**PLAIN, "settings": {"volume": {"volume": 5}, "device_id": {"device_id": 1}}})
    narrow = Aim(what.desired, what.memory, frozenset({("employee", "2"), ("settings", "volume")}))
    with serving() as (terminals, lobby):
        put(lobby, users=USERS)
        listings = listed(target(lobby.url), narrow, "settings", "employee")
        assert [key for key, live in listings["employee"].objects.items() if live.values] == ["2"]
        assert commands(terminals) == ["GetSoundVolume", "GetUserIdList", "GetUserInfo"]


@pytest.mark.parametrize("key", ["depts", "list", ""])
def test_departments_are_the_only_array_there_is(key):
    with serving(switches={"dept_list_key": key}) as (_, lobby):
        put(lobby, departments=[{"name": "Doors", "shift": [100, 1, 1, 1, 1, 1, 25]}])
        listing = read(target(lobby.url), aim({"department": {}}), "department")
        assert listing.objects == {
            "Company": Live("Company", "Company", {}, builtin=True),
            "Doors": Live("Doors", "Doors", {}),
        }
        assert listing.raw.rosters == {"Company": (100, 0, 0, 0, 0, 0, 100), "Doors": (100, 1, 1, 1, 1, 1, 25)}


def test_shifts_are_read_when_there_are_any():
    with serving() as (terminals, lobby):
        where = target(lobby.url)
        assert read(where, aim(), "shift").raw.slots == ()
        assert terminals.record.calls(command="GetShiftSetting") == 0
        for what in (aim({"shift": {"day": {}}}), aim(owned={"shift": {"day": 3}}), EXPORT):
            assert read(where, what, "shift").raw.slots == ((("", ""),) * 3,) * 24


def test_arrays_of_another_size_are_not_believed():
    with serving() as (_, lobby):
        lobby.unit.state.shifts = msgspec.Raw(b"[]")
        problem = listed(target(lobby.url), aim({"shift": {"day": {}}}), "shift")["shift"].problem
        assert problem.code == "RC0505"
        assert problem.detail == (
            "The terminal lobby answered GetShiftSetting in a form that is not the manual's: there are no 24 times 3 "
            "pairs of a start and an end in it. Its firmware may be of another kind."
        )


def test_facts_are_those_of_the_terminal_that_answered():
    with serving(capabilities={"palm": False, "wifi": False}) as (_, lobby):
        facts = read(target(lobby.url), aim(note=Note("another")), "shift").raw.facts
        assert (facts.uid, facts.url, facts.key) == (lobby.unit.state.device_uid, lobby.url, Secret(""))
        assert (facts.capabilities.palm, facts.capabilities.wifi, facts.capabilities.face) == (False, False, True)
