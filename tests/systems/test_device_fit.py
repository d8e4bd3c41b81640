"""What a terminal shall hold and what it has, made comparable: the clock, the lock, the machine."""

from datetime import UTC, datetime

import msgspec
import pytest
from device_values import (
    CLOSED,
    DAY,
    DAY_SHIFT,
    DAY_TIMES,
    FACTS,
    KEY,
    NIGHT,
    NIGHT_SHIFT,
    NIGHT_TEXTS,
    NIGHT_TIMES,
    ODD,
    OFFICE,
    OPEN,
    UID,
    departments_there,
    remembered,
    settings_there,
    shift,
    shifts_there,
    shown,
    thing,
    users_there,
    wanted,
)

from reconciler.model.address import Address
from reconciler.model.diagnostic import error, warning
from reconciler.model.digest import value_digest
from reconciler.model.objects import Listing, Live
from reconciler.model.schedules.shifts import CompiledShifts
from reconciler.model.secret import Secret
from reconciler.model.state import Entry, Memory, Note
from reconciler.systems.base import Fit
from reconciler.systems.device.fit import fit
from reconciler.systems.device.fit_schedules import shift_numbers


@pytest.mark.parametrize(
    ("zone", "skew", "shows", "at", "live"),
    [
        ("Europe/Berlin", None, "2026-01-31T13:00:30", "2026-01-31T12:00:00", "right"),
        ("Europe/Berlin", "10s", "2026-01-31T13:00:30", "2026-01-31T12:00:00", "30 s ahead"),
        ("Europe/Berlin", None, "2026-03-29T02:10:00", "2026-03-29T01:10:00", "1 h 0 min behind"),  # not put forward
        ("Europe/Berlin", None, "2026-10-25T02:10:00", "2026-10-25T00:10:00", "right"),
        ("Europe/Berlin", None, "2026-10-25T02:10:00", "2026-10-25T01:10:00", "right"),  # the hour comes twice
    ],
)
def test_a_clock_is_to_be_right(zone: str, skew: str | None, shows: str, at: str, live: str) -> None:
    values = {"clock.timezone": zone} | ({"clock.max_skew": skew} if skew else {})
    clock = datetime.fromisoformat(shows), datetime.fromisoformat(at).replace(tzinfo=UTC)
    found = fit(
        wanted(thing("settings/clock", values)), {"settings": settings_there({"clock": {}}, clock=clock)}, remembered()
    )
    assert found.desired.objects["settings"] == {"clock": thing("settings/clock", {"clock.time": "right"})}
    assert shown(found, "settings") == {"clock": {"clock.time": live}}


def test_a_clock_that_shows_no_time_stays_as_the_reader_tells_it() -> None:
    there = settings_there({"clock": {"clock.time": "never (unknown)"}})
    found = fit(wanted(thing("settings/clock", {"clock.timezone": "Asia/Tokyo"})), {"settings": there}, remembered())
    assert found.listings["settings"] is there


# --- the lock and the machine


def test_a_lock_that_was_left_is_to_be_released() -> None:
    volume = thing("settings/volume", {"volume": 5}, 4)
    note = Note(uid=UID, locked=True)
    found = fit(
        wanted(DAY_SHIFT, volume), {"settings": settings_there({"volume": {"volume": 5}})}, remembered(note=note)
    )
    assert found.note == note  # until it is unlocked
    assert found.desired.objects["settings"] == {
        "volume": volume,
        "locked": thing("settings/locked", {"locked": False}, 4),
    }
    assert found.listings["settings"].objects == {
        "volume": Live("volume", UID, {"volume": 5}, builtin=True),
        "locked": Live("locked", UID, {"locked": True}, builtin=True),
    }


def test_it_is_released_also_where_settings_are_not_managed() -> None:
    note = Note(uid=UID, locked=True)
    found = fit(wanted(DAY_SHIFT, kinds=["shift"]), {"shift": shifts_there({})}, remembered(note=note))
    assert list(found.desired.objects) == ["shift", "settings"]
    assert shown(found, "settings") == {"locked": {"locked": True}}


def replaced(memory: Memory) -> Memory:
    return msgspec.structs.replace(memory, note=msgspec.structs.replace(memory.note, uid="an older one"))


ANOTHER = warning(
    "RC0407",
    "Another machine answers for lobby: its uid is 0123456789abcdef, and that of the last apply was an older one. What "
    "can't be read of its settings is written again, and its users are compared anew. If it was not exchanged, correct "
    "`url` before you apply.",
)


def test_another_machine_is_told_and_has_neither_our_lock_nor_our_templates() -> None:
    note = Note(uid=UID, locked=True, slots={"closed": 1})
    found = fit(wanted(), {"settings": settings_there({})}, replaced(remembered(note=note)))
    assert found == Fit(wanted(), {"settings": settings_there({})}, Note(uid=UID), (ANOTHER,))


def test_on_another_machine_numbers_are_kept_only_where_nothing_else_is() -> None:
    note = Note(uid=UID, slots={"08:00-18:00": 2, "closed": 1})
    users = users_there({"7": {}}, templates=(CLOSED, OPEN, ODD, CLOSED, *[CLOSED] * 251))
    people = thing("employee/7", {"access": OFFICE})
    listings = {"shift": shifts_there({3: NIGHT}), "employee": users}
    found = fit(wanted(DAY_SHIFT, NIGHT_SHIFT, people), listings, replaced(remembered({"day": 3, "night": 5}, note)))
    # the slot of the day shift has another one there, that of the night shift is empty; template 1 is open there
    assert found.listings["shift"].objects == {"slot 3": shift("slot 3", 3, NIGHT_TEXTS)}
    assert shift_numbers(found.desired, found.listings, replaced(remembered({"day": 3, "night": 5}))) == CompiledShifts(
        slots={"day": 0, "night": 5}, left={}, write={0: DAY_TIMES, 5: NIGHT_TIMES}
    )
    assert found.note == Note(uid=UID, slots={"08:00-18:00": 1, "closed": 3})


@pytest.mark.parametrize(
    ("applied", "opened", "known"),
    [("new", "", False), ("new", "new", True), ("old", "", True), (None, "", True)],
    ids=["reset", "ours", "not yet ours", "never applied"],
)
def test_what_is_only_written_of_security_is_unknown_when_our_key_is_gone(
    applied: str | None, opened: str, known: bool
) -> None:
    """Somebody reset the terminal: as that of another machine it has another id than the remembered one."""
    security = thing("settings/security", {"security.api_key": Secret("new"), "security.https": True})
    address = Address("lobby", "settings", "security")
    digests = (
        {} if applied is None else {"security.api_key": value_digest(KEY, address, "security.api_key", Secret(applied))}
    )
    memory = remembered(settings={"security": Entry(id=UID, digests=digests)})
    facts = msgspec.structs.replace(FACTS, key=Secret(opened))
    found = fit(wanted(security), {"settings": settings_there({"security": {}}, facts)}, memory)
    assert found.listings["settings"].objects["security"].id == (UID if known else "")


def test_a_terminal_that_gave_nothing_stays_as_it_is() -> None:
    everything, memory = wanted(DAY_SHIFT), remembered(note=Note(uid="other", locked=True))
    listings = {"shift": Listing("shift", {}, problem=error("RC0501", "It does not answer."))}
    found = fit(everything, listings, memory)
    assert found.desired is everything
    assert found.listings is listings
    assert (found.note, found.diagnostics) == (memory.note, ())


def test_what_need_not_change_stays_the_same_object() -> None:
    everything = wanted(thing("settings/volume", {"volume": 5}), thing("employee/7", {"nickname": "Ana"}))
    listings = {
        "settings": settings_there({"volume": {"volume": 5}}),
        "employee": users_there({"7": {"nickname": "Ana"}}),
    }
    found = fit(everything, listings, remembered())
    assert found.desired is everything
    assert found.listings is listings


@pytest.mark.parametrize("missing", ["settings", "shift", "department", "employee"])
def test_a_listing_may_be_missing_or_have_a_problem(missing: str) -> None:
    everything = wanted(
        DAY_SHIFT,
        thing("department/Office", {"roster": ("daily day",)}),
        thing("employee/7", {"access": OFFICE, "roster": ("2026-01-05", "day")}),
        thing("settings/clock", {"clock.timezone": "UTC"}),
    )
    listings = {
        "settings": settings_there({"clock": {}}),
        "shift": shifts_there({0: DAY}),
        "department": departments_there({"Office": (0,) * 7}),
        "employee": users_there({"7": {}}, templates=(CLOSED,) * 255, rosters={"7": ("2026-01-05", (0,) * 100)}),
    }
    broken = Listing(missing, {}, problem=error("RC0505", "It makes no sense."))
    memory = remembered({"day": 0}, note=Note(uid=UID, locked=True))
    without = fit(everything, {kind: each for kind, each in listings.items() if kind != missing}, memory)
    found = fit(everything, {**listings, missing: broken}, memory)
    assert found.diagnostics == without.diagnostics == ()
    assert found.listings[missing].problem == broken.problem
    assert found.desired == without.desired
    for kind in listings.keys() - {missing}:
        assert found.listings[kind] == without.listings[kind]
    if missing != "department":  # by the slots that are remembered
        assert shown(found, "department") == {"Office": {"roster": ("daily day",)}}


def test_times_that_stay_since_no_level_has_a_week_any_more_are_told() -> None:
    there = {"employee": users_there({"1": {}, "2": {}, "3": {}, "4": {}})}
    ours = {key: Entry(digests={"access": "of the last apply"}) for key in "1235"} | {"4": Entry()}
    asked = [thing(f"employee/{key}", {"access": OFFICE} if key == "1" else {}) for key in "12345"]
    [told] = fit(wanted(*asked), there, remembered(employee=ours)).diagnostics
    assert (told.code, told.severity, told.address) == ("RC0608", "warning", "lobby/employee/2")
    assert told.detail == (
        'The files do not say any more when "2", "3" may pass on lobby: they give no access level that has a week. So '
        "the times that an apply wrote there stay. To take them away write `access_levels: []`; to change them give a "
        "level that has a week."
    )
    assert fit(wanted(*asked), there, remembered(employee={"2": Entry()})).diagnostics == ()
