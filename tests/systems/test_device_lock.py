"""The lock around edits of users and departments: remembered before it is set, and taken away whatever happens."""

from threading import Event

import pytest
from terminal_helpers import aim, create, delete, put, serving, target, update, writer

from reconciler.model.outcome import Status
from reconciler.model.state import Note
from reconciler.simulator import Fault

PEOPLE = {"department": {"Doors": {}}, "employee": {"7": {"nickname": "Ana"}}}
EDITS = [
    create("department", "Doors", {}),
    create("employee", "7", {"nickname": "Ana"}),
    update("employee", "7", {"nickname": "Ana S"}),
    delete("employee", "7"),
    delete("department", "Doors"),
]


def test_edits_of_users_and_departments_are_made_while_it_is_locked():
    with serving(switches={"lock_required": True}) as (terminals, lobby):
        with writer(target(lobby.url), aim(PEOPLE)) as found:
            assert [found.write([change])[0].status for change in EDITS] == [Status.DONE] * 5
            assert lobby.locked
            assert found.finish() == ()
        assert terminals.record.locks() == [True, False]
        edits = terminals.record.entries(command="SetUserInfo") + terminals.record.entries(command="SetDept")
        assert all(edit.locked for edit in edits)


def test_what_needs_no_lock_takes_none():
    with serving() as (terminals, lobby):
        notes = []
        what = aim({"shift": {"day": {"periods": ("08:00-12:00",)}}, "settings": {"volume": {"volume": 7}}})
        with writer(target(lobby.url), what, notes=notes) as found:
            found.write([create("shift", "day", {"periods": ("08:00-12:00",)})])
            (outcome,) = found.write([update("settings", "volume", {"volume": 7})])
            assert found.finish() == ()
        assert (outcome.status, lobby.dump()["sound_volume"]) == (Status.DONE, 7)
        assert (terminals.record.locks(), notes) == ([], [])


def test_the_note_is_saved_before_it_locks_and_after_it_unlocks():
    with serving() as (_, lobby):
        seen = []

        def keep(note):
            seen.append((note.locked, lobby.locked))

        with writer(target(lobby.url), aim(PEOPLE), keep=keep) as found:
            found.write(EDITS[:1])
            found.finish()
        assert seen == [(True, False), (False, False)]


def test_nothing_is_sent_when_the_note_can_not_be_saved():
    def keep(note):
        raise OSError("no space left")

    with serving() as (terminals, lobby):
        with writer(target(lobby.url), aim(PEOPLE), keep=keep) as found:
            (outcome,) = found.write(EDITS[1:2])
            found.finish()
        assert (outcome.status, outcome.diagnostic.code, outcome.diagnostic.detail) == (
            Status.FAILED,
            "RC0802",
            "What is remembered of the terminal could not be saved, so nothing was sent to it.",
        )
        assert (terminals.record.locks()[:1], terminals.record.calls(command="SetUserInfo")) == ([False], 0)


def test_users_are_not_edited_when_it_can_not_be_locked():
    with serving() as (terminals, lobby):
        lobby.faults.add(Fault(effect="status", status=400, command="LockDevice", nth=1))
        with writer(target(lobby.url), aim(PEOPLE)) as found:
            (outcome,) = found.write(EDITS[1:2])
            assert found.finish() == ()
        assert (outcome.status, outcome.diagnostic.code) == (Status.FAILED, "RC0701")
        assert outcome.diagnostic.detail.startswith("It could not be locked, and users are changed only while it is. ")
        assert (terminals.record.calls(command="SetUserInfo"), lobby.locked) == (0, False)


def test_it_is_unlocked_after_a_stop_with_repeats_of_its_own():
    with serving() as (terminals, lobby):
        stop, notes = Event(), []
        with writer(target(lobby.url), aim(PEOPLE), stop=stop, notes=notes) as found:
            found.write(EDITS[1:2])
            stop.set()
            lobby.faults.add(Fault(effect="status", status=500, command="LockDevice", nth=1, count=3))
            assert found.finish() == ()
        assert (lobby.locked, [note.locked for note in notes]) == (False, [True, False])
        assert terminals.record.calls(command="LockDevice") == 5


def test_a_terminal_that_could_not_be_unlocked_is_reported_and_remembered():
    with serving() as (_, lobby):
        notes = []
        with writer(target(lobby.url), aim(PEOPLE), notes=notes) as found:
            found.write(EDITS[1:2])
            lobby.faults.add(Fault(effect="drop", command="LockDevice"))
            (problem,) = found.finish()
        assert (problem.code, str(problem.source)) == ("RC0702", "devices.yaml:3:5")
        assert problem.detail.startswith("The terminal lobby may still be locked, so that nobody can use it: ")
        assert problem.detail.endswith(" Apply again, which unlocks it, or restart the terminal.")
        assert [note.locked for note in notes] == [True]


@pytest.mark.parametrize("there", [True, False])
def test_what_an_interrupted_run_left_locked_is_unlocked_unless_it_is_another_machine(there):
    with serving() as (terminals, lobby):
        uid = lobby.unit.state.device_uid if there else "0123456789abcdef"
        what = aim({"settings": {"volume": {"volume": 7}}}, note=Note(uid, locked=True))
        notes = []
        with writer(target(lobby.url), what, notes=notes, checked=False) as found:
            change = update("settings", "locked", {"locked": False})
            outcomes = found.write([change]) if there else ()
            assert [outcome.status for outcome in outcomes] == [Status.DONE] * there
            assert found.finish() == ()
        assert terminals.record.locks() == [False] * there
        assert notes == [Note(uid)] * there


def test_a_lock_that_is_left_is_taken_away_at_the_end_too():
    with serving() as (terminals, lobby):
        what = aim(PEOPLE, note=Note(lobby.unit.state.device_uid, locked=True))
        with writer(target(lobby.url), what) as found:
            assert found.finish() == ()
        assert terminals.record.locks() == [False]


def test_it_is_unlocked_before_the_network_changes():
    with serving() as (terminals, lobby):
        put(lobby, users=[{"id": "7"}])
        network = {"network.ethernet.dhcp": True}
        what = aim({**PEOPLE, "settings": {"network": network}})
        with writer(target(lobby.url), what) as found:
            found.write(EDITS[2:3])
            found.write([update("settings", "network", network)])
            assert not lobby.locked
            found.finish()
        order = [it.command for it in terminals.record.entries() if it.command in ("LockDevice", "SetNetworkConfig")]
        assert order == ["LockDevice", "LockDevice", "SetNetworkConfig"]
