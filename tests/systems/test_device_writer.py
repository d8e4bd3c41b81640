"""Writing shifts, departments and users, against the simulated terminal."""

import msgspec
import pytest
from terminal_helpers import aim, create, delete, fitted, put, serving, target, update, writer

from reconciler.model.outcome import Outcome, Status
from reconciler.model.secret import Secret
from reconciler.model.state import Note
from reconciler.simulator import Fault
from reconciler.simulator.device.state import Access

DAY = ("09:00-12:00", "13:00-18:00")
NIGHT = ("00:00-06:00",)
WEEK = ("mon-fri 08:00-18:00",)
ROSTER = ("2026-01-05", "day", "day", "holiday")
ANA = {
    "nickname": "Ana Silva",
    "department": "Doors",
    "privilege": "manager",
    "card": Secret("12345"),
    "device_password": Secret("4711"),
    "access": WEEK,
    "valid.from": "2026-01-01",
    "valid.until": None,
    "roster": ROSTER,
}
ALL = {
    "shift": {"day": {"periods": DAY}, "night": {"periods": NIGHT, "slot": 5}},
    "department": {"Doors": {"roster": ("mon-fri day", "sat-sun holiday")}, "Gates": {}},
    "employee": {"1001": ANA, "1002": {"nickname": "Ben", "department": "Gates", "access": ()}},
}


def done(change, number):
    return Outcome(address=change.address, status=Status.DONE, id=number)


def write_all(where, what, notes=None):
    """As apply does: the shifts together, then the rest one by one, then the end."""
    changes = [create(kind, key, values) for kind in ALL for key, values in ALL[kind].items()]
    shifts, rest = changes[:2], changes[2:]
    with writer(where, what, notes=notes) as found:
        outcomes = [*found.write(shifts), *(outcome for change in rest for outcome in found.write([change]))]
        assert found.finish() == ()
    return changes, outcomes


def test_what_was_written_reads_back_as_the_files_say_it():
    with serving() as (terminals, lobby):
        where, what = target(lobby.url), aim(ALL)
        changes, outcomes = write_all(where, what)
        assert outcomes == [
            done(change, number)
            for change, number in zip(changes, (1, 5, "Doors", "Gates", "1001", "1002"), strict=True)
        ]
        listings = fitted(where, what)
        live = {kind: {key: each.values for key, each in listings[kind].objects.items()} for kind in ALL}
        assert live["shift"] == {"day": {"periods": DAY, "slot": 1}, "night": {"periods": NIGHT, "slot": 5}}
        assert live["department"]["Doors"] == {"roster": ("mon-fri day", "sat-sun holiday")}
        assert live["employee"]["1001"] == ANA
        assert {path: live["employee"]["1002"][path] for path in ("nickname", "department", "access")} == {
            "nickname": "Ben",
            "department": "Gates",
            "access": (),
        }
        assert lobby.dump()["users"]["1002"]["depart"] == "Gates"
        assert "privilege" not in lobby.dump()["users"]["1002"]  # the default: an ordinary user
        assert terminals.record.calls(command="SetShiftSetting") == 1
        assert terminals.record.calls(command="SetAcTimeZone") == 1


def test_only_what_changed_is_sent():
    with serving() as (terminals, lobby):
        where, what = target(lobby.url), aim(ALL)
        write_all(where, what)
        terminals.record.clear()
        with writer(where, what) as found:
            change = update("employee", "1001", {"card": None, "valid.until": "2026-06-30"})
            assert found.write([change]) == [done(change, "1001")]
            found.finish()
        sent = [(it.command, it.payload) for it in terminals.record.entries(command="Set*")]
        week = lobby.dump()["users"]["1001"]["access"]["zones"]
        assert sent == [
            ("SetUserInfo", {"id": "1001", "card": ""}),
            (
                "SetAcUserInfo",
                {
                    "id": "1001",
                    "time_zone": week,
                    "valid_period": {"use": True, "start": "2026-01-01T00:00:00", "end": "2026-06-30T23:59:59"},
                },
            ),
        ]


def test_a_new_user_that_can_not_be_given_its_times_is_taken_away_again():
    """Its own times, which the terminal chose, might open a door."""
    with serving() as (_, lobby):
        where, what = target(lobby.url), aim(ALL)
        with writer(where, what) as found:
            found.write([create("department", "Gates", {})])
            lobby.faults.add(Fault(effect="status", status=400, command="SetAcUserInfo"))
            (outcome,) = found.write([create("employee", "1002", ALL["employee"]["1002"])])
            assert found.finish() == ()
        assert (outcome.status, outcome.id) == (Status.FAILED, "1002")
        assert outcome.diagnostic.detail.startswith("The user could not be given its times, and so was deleted again.")
        assert "1002" not in lobby.dump()["users"]


@pytest.mark.parametrize(
    ("bounds", "period"),
    [
        (("2026-01-01", None), {"use": True, "start": "2026-01-01T00:00:00", "end": "2099-12-31T23:59:59"}),
        ((None, "2026-01-01T12:30:00"), {"use": True, "start": "2000-01-01T00:00:00", "end": "2026-01-01T12:30:00"}),
        ((None, None), {"use": False, "start": "2000-01-01T00:00:00", "end": "2000-01-01T00:00:00"}),
    ],
)
def test_an_open_end_of_a_valid_period_has_a_stand_in(bounds, period):
    valid = dict(zip(("valid.from", "valid.until"), bounds, strict=True))
    with serving() as (terminals, lobby):
        put(lobby, users=[{"id": "7"}])
        where, what = target(lobby.url), aim({"employee": {"7": valid}})
        with writer(where, what) as found:
            found.write([update("employee", "7", valid)])
            found.finish()
        (sent,) = terminals.record.entries(command="SetAcUserInfo")
        assert sent.payload == {"id": "7", "time_zone": [0] * 7, "valid_period": period}
        assert {path: fitted(where, what)["employee"].objects["7"].values[path] for path in valid} == valid


def test_templates_of_fingers_and_faces_stay_and_a_rename_takes_them_along():
    prints = {"fp": ["Zm9v", "YmFy"], "face": "ZmFjZQ==", "palm": ["cGFsbQ=="]}
    with serving() as (_, lobby):
        put(lobby, users=[{"id": "0007", "name": "Ana", "privilege": "admin", "password": "4711", **prints}])
        week = {"nickname": "Ana", "access": WEEK, "roster": ("2026-01-05", "holiday")}
        where, what = target(lobby.url), aim({"employee": {"0007": week}})
        with writer(where, what) as found:
            found.write([update("employee", "0007", week)])
            kept = lobby.dump()["users"]["0007"]
            change = update("employee", "7", {"nickname": "Ana S"}, was="0007")
            assert found.write([change]) == [done(change, "7")]
            found.finish()
        assert {name: kept[name] for name in prints} == prints
        assert kept["access"]["zones"] == [1, 2, 2, 2, 2, 2, 1]
        assert lobby.dump()["users"] == {"7": {**kept, "name": "Ana S"}}


def test_a_user_that_is_gone_already_is_deleted():
    with serving() as (_, lobby):
        put(lobby, users=[{"id": "7"}])
        with writer(target(lobby.url), aim()) as found:
            first, second = found.write([delete("employee", "7"), delete("employee", "8")])
            found.finish()
        assert (first.status, second.status) == (Status.DONE, Status.DONE)
        assert lobby.dump()["users"] == {}


def test_departments_are_added_changed_and_deleted():
    with serving() as (_, lobby):
        where, what = target(lobby.url), aim({"department": {"Doors": {}, "Gates": {}}})
        changes = [
            create("department", "Doors", {"roster": ("daily holiday",)}),
            create("department", "Gates", {}),
            update("department", "Gates", {"roster": ("daily leave",)}),
            update("department", "Portals", {}, was="Gates"),
            delete("department", "Doors"),
            delete("department", "Nothing"),
        ]
        with writer(where, what) as found:
            assert [outcome.status for change in changes for outcome in found.write([change])] == [Status.DONE] * 6
            found.finish()
        assert lobby.dump()["departments"][1:] == [{"name": "Portals", "shift": [25] * 7}]


def test_a_department_that_is_there_already_gets_its_roster():
    with serving() as (_, lobby):
        put(lobby, departments=[{"name": "Doors"}])
        change = create("department", "Doors", {"roster": ("daily trip",)})
        with writer(target(lobby.url), aim({"department": {"Doors": {}}})) as found:
            assert found.write([change]) == [done(change, "Doors")]
            found.finish()
        assert lobby.dump()["departments"][1] == {"name": "Doors", "shift": [24] * 7}


def test_a_department_with_users_is_not_deleted_and_the_terminal_says_why():
    with serving() as (_, lobby):
        put(lobby, users=[{"id": "7", "depart": "Doors"}])
        with writer(target(lobby.url), aim()) as found:
            (outcome,) = found.write([delete("department", "Doors")])
            found.finish()
        assert (outcome.status, outcome.diagnostic.code, outcome.diagnostic.detail) == (
            Status.FAILED,
            "RC0701",
            'The terminal lobby refused SetDept: it says "dept_not_empty" ("Doors").',
        )


def test_the_invalid_shift_is_found_and_the_others_are_written():
    shifts = {"day": {"periods": DAY}, "late": {"periods": ("18:00-22:00",)}}
    with serving() as (_, lobby):
        what = aim({"shift": shifts})
        lobby.faults.add(Fault(effect="status", status=400, command="SetShiftSetting", nth=1, count=2))
        with writer(target(lobby.url), what) as found:
            first, second = found.write([create("shift", key, shifts[key]) for key in sorted(shifts)])
        assert (first.status, first.diagnostic.code, str(first.diagnostic.source), second.status, second.id) == (
            Status.FAILED,
            "RC0701",
            "org/people.yaml:12:5",
            Status.DONE,
            2,
        )


def test_a_shift_that_is_deleted_empties_its_slot_unless_another_has_it_by_now():
    with serving() as (_, lobby):
        where = target(lobby.url)
        with writer(where, aim({"shift": {"day": {"periods": DAY}, "night": {"periods": NIGHT, "slot": 5}}})) as found:
            found.write([create("shift", "day", {"periods": DAY}), create("shift", "night", {"periods": NIGHT})])
        what = aim({"shift": {"new": {"periods": DAY, "slot": 5}}}, owned={"shift": {"day": 1, "night": 5}})
        with writer(where, what) as found:
            found.write([create("shift", "new", {"periods": DAY})])
            outcomes = found.write([delete("shift", "day", 1), delete("shift", "night", 5)])
        assert [outcome.status for outcome in outcomes] == [Status.DONE, Status.DONE]
        filled = {slot: periods for slot, periods in enumerate(lobby.dump()["shifts"]) if periods[0]["start"]}
        assert [(slot, periods[0]["start"]) for slot, periods in filled.items()] == [(5, "09:00")]


def test_a_template_that_somebody_elses_user_refers_to_is_never_filled():
    with serving() as (_, lobby):
        put(lobby, users=[{"id": "1"}, {"id": "999"}])
        where, notes = target(lobby.url), []
        users = lobby.unit.state.users
        users["999"] = msgspec.structs.replace(users["999"], access=Access(zones=(1, 2, 3, 0, 0, 0, 0)))
        what = aim({"employee": {"1": {"access": WEEK}}})
        with writer(where, what, notes=notes) as found:
            (outcome,) = found.write([update("employee", "1", {"access": WEEK})])
            found.finish()
        assert outcome.status is Status.DONE
        dump = lobby.dump()
        assert dump["users"]["1"]["access"]["zones"] == [4, 5, 5, 5, 5, 5, 4]
        assert [number for number, zone in enumerate(dump["zones"]) if zone[0]["start"]] == [0, 5]
        uid = lobby.unit.state.device_uid
        slots = {"08:00-18:00": 5, "closed": 4}
        assert notes == [Note(uid, False, slots), Note(uid, True, slots), Note(uid, False, slots)]


def test_the_numbers_are_saved_before_the_templates_are_written():
    with serving() as (terminals, lobby):
        put(lobby, users=[{"id": "1"}])
        seen = []

        def keep(note):
            seen.append((note.slots, terminals.record.calls(command="SetAcTimeZone")))

        what = aim({"employee": {"1": {"access": WEEK}}})
        with writer(target(lobby.url), what, keep=keep) as found:
            found.write([update("employee", "1", {"access": WEEK})])
            found.finish()
        assert seen[0] == ({"08:00-18:00": 2, "closed": 1}, 0)


def test_a_user_of_which_a_part_was_written_is_said_to_be_that():
    with serving() as (_, lobby):
        lobby.faults.add(Fault(effect="code", code="storage_busy", command="SetUserShift"))
        change = create("employee", "7", {"nickname": "Ana", "roster": ("2026-01-05", "holiday")})
        with writer(target(lobby.url), aim({"employee": {"7": {}}})) as found:
            (outcome,) = found.write([change])
            found.finish()
        assert (outcome.status, outcome.id, outcome.diagnostic.code) == (Status.FAILED, "7", "RC0701")
        assert outcome.diagnostic.detail == (
            "The user was created, but not all of it was written. The terminal lobby refused SetUserShift: it says "
            '"storage_busy".'
        )


@pytest.mark.parametrize("commit", [False, True])
def test_a_lost_reply_is_an_unknown_outcome_and_the_user_can_be_looked_up(commit):
    change = create("employee", "7", {"nickname": "Ana", "access": WEEK})
    with serving() as (_, lobby):
        what = aim({"employee": {"7": {"nickname": "Ana", "access": WEEK}}})
        lobby.faults.add(Fault(effect="drop", command="SetUserInfo", nth=1, commit=commit))
        with writer(target(lobby.url), what) as found:
            (outcome,) = found.write([change])
            live = found.find("employee", "7", ("nickname", "access"))
            found.finish()
        assert (outcome.status, outcome.diagnostic.code) == (Status.UNKNOWN, "RC0702")
        if not commit:
            assert live is None
        else:
            assert (live.id, live.values["nickname"], live.values["access"] == WEEK) == ("7", "Ana", False)


def test_what_is_repeatable_is_sent_again():
    with serving() as (terminals, lobby):
        put(lobby, users=[{"id": "7"}])
        lobby.faults.add(Fault(effect="drop", command="SetUserInfo", nth=1, commit=True))
        change = update("employee", "7", {"nickname": "Ana"})
        with writer(target(lobby.url, retries=1), aim({"employee": {"7": {"nickname": "Ana"}}})) as found:
            assert found.write([change]) == [done(change, "7")]
            found.finish()
        assert terminals.record.calls(command="SetUserInfo") == 2


def test_other_objects_are_found_too():
    with serving() as (_, lobby):
        where, what = target(lobby.url), aim(ALL)
        write_all(where, what)
        with writer(where, what) as found:
            live = {
                kind: found.find(kind, key, ())
                for kind, key in (("shift", "day"), ("department", "Doors"), ("settings", "volume"))
            }
            assert found.find("shift", "other", ()) is found.find("department", "Other", ()) is None
        assert live["shift"].values == {"periods": DAY, "slot": 1}
        assert live["department"].values == {"roster": ("mon-fri day", "sat-sun holiday")}
        assert live["settings"].values == {"volume": 5}


def test_nothing_secret_is_in_what_a_terminal_is_quoted_with():
    with serving(api_key="planted-key-1", switches={"card_unique": True}) as (_, lobby):
        put(lobby, users=[{"id": "1", "card": "99887766"}, {"id": "2"}])
        where, what = target(lobby.url, "planted-key-1"), aim({"employee": {"2": {"card": Secret("99887766")}}})
        with writer(where, what) as found:
            (outcome,) = found.write([update("employee", "2", {"card": Secret("99887766")})])
            found.finish()
        assert outcome.diagnostic.detail == 'The terminal lobby refused SetUserInfo: it says "card_exists" ("***").'
