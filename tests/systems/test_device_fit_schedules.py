"""What a terminal shall hold and what it has, made comparable: shifts, rosters, weeks."""

from datetime import date

import pytest
from device_values import (
    CLOSED,
    DAY,
    DAY_SHIFT,
    DAY_TEXTS,
    EMPTY,
    NIGHT,
    NIGHT_TEXTS,
    ODD,
    OFFICE,
    OPEN,
    UID,
    WEEK,
    departments_there,
    place,
    remembered,
    shift,
    shifts_there,
    shown,
    thing,
    users_there,
    wanted,
)

from reconciler.model.address import Address
from reconciler.model.diagnostic import error
from reconciler.model.objects import Live
from reconciler.model.state import Note
from reconciler.systems.device.facts import Pairs
from reconciler.systems.device.fit import fit

# --- shifts


@pytest.mark.parametrize(
    ("what", "slots", "there", "listing"),
    [
        ("a shift in no slot is to be created", {}, {}, {}),
        (
            "one in the slot that is remembered",
            {"day": 5},
            {5: DAY, 7: DAY},
            {"day": (5, DAY_TEXTS), "slot 7": (7, DAY_TEXTS)},
        ),
        ("one with equal content", {}, {7: DAY}, {"day": (7, DAY_TEXTS)}),
        ("one that somebody changed", {"day": 5}, {5: NIGHT}, {"day": (5, NIGHT_TEXTS)}),
        ("one that somebody emptied", {"day": 5}, {5: EMPTY}, {}),
        ("one that is not ours", {"day": 5}, {3: NIGHT, 5: DAY}, {"day": (5, DAY_TEXTS), "slot 3": (3, NIGHT_TEXTS)}),
        ("one that is ours and not in the files", {"late": 2}, {2: NIGHT}, {"late": (2, NIGHT_TEXTS)}),
        (
            "one that can't be understood",
            {"day": 5},
            {5: (("09:00", "08:00"), ("", ""), ("", ""))},
            {"day": (5, ("09:00-08:00", "-", "-"))},
        ),
    ],
)
def test_a_terminals_shifts_are_known_by_name(
    what: str, slots: dict[str, object], there: dict[int, Pairs], listing: dict[str, tuple[int, object]]
) -> None:
    found = fit(wanted(DAY_SHIFT), {"shift": shifts_there(there)}, remembered(slots))
    assert found.diagnostics == (), what
    assert found.listings["shift"].objects == {key: shift(key, *values) for key, values in listing.items()}
    assert found.listings["shift"].raw == shifts_there(there).raw


def test_a_slot_that_the_files_state_is_taken_whatever_is_in_it() -> None:
    stated = thing("shift/day", {**DAY_SHIFT.values, "slot": 9})
    found = fit(wanted(stated), {"shift": shifts_there({4: DAY, 9: NIGHT})}, remembered({"day": 4}))
    assert found.listings["shift"].objects == {
        "day": shift("day", 9, NIGHT_TEXTS),  # the plan shows what is overwritten
        "slot 4": shift("slot 4", 4, DAY_TEXTS),
    }


@pytest.mark.parametrize(
    ("week", "listing"),
    [
        ((100, 4, 4, 4, 4, 4, 100), {"slot 4": shift("slot 4", 4, DAY_TEXTS)}),  # somebody else's: it stays
        ((100, 0, 0, 0, 0, 0, 100), {"day": shift("day", 4, DAY_TEXTS)}),
    ],
    ids=["in use", "ours alone"],
)
def test_a_shift_that_moves_to_an_empty_slot_is_known_where_it_still_is(
    week: tuple[int, ...], listing: dict[str, Live]
) -> None:
    stated = thing("shift/day", {**DAY_SHIFT.values, "slot": 9})
    there = {"shift": shifts_there({4: DAY}), "department": departments_there({"Company": week})}
    found = fit(wanted(stated), there, remembered({"day": 4}))
    assert found.listings["shift"].objects == listing


def test_no_shift_of_the_files_is_taken_for_a_slot_without_a_name() -> None:
    odd = thing("shift/slot 3", DAY_SHIFT.values)
    found = fit(wanted(odd), {"shift": shifts_there({3: NIGHT, 7: DAY})}, remembered())
    assert found.listings["shift"].objects == {
        "slot 3": shift("slot 3", 7, DAY_TEXTS),
        "slot 3 (no name)": shift("slot 3 (no name)", 3, NIGHT_TEXTS),
    }


def test_more_shifts_than_slots_are_an_error_that_says_which_and_how_many() -> None:
    many = [thing(f"shift/s{number:02}", {"periods": (f"{number:02}:00-23:59",)}, number + 1) for number in range(24)]
    found = fit(wanted(*many), {"shift": shifts_there({3: NIGHT})}, remembered({f"s{n:02}": n for n in range(3)}))
    assert found.diagnostics == (
        error(
            "RC0601",
            'There are 24 shifts, and a terminal has 24 slots. There is none for "s23". The slots 3 can\'t be taken '
            "since they are not empty or others use them. Remove shifts that nobody needs, or give a shift the slot "
            "that it may overwrite.",
            source=place(4),
            address=Address("lobby", "shift", "s03"),
        ),
    )


# --- rosters


def test_rosters_are_told_by_the_names_of_shifts() -> None:
    stated = thing("department/Office", {"roster": ("mon-fri day", "sat-sun holiday")})
    everything = wanted(DAY_SHIFT, stated, thing("department/Plain"))
    rosters = {"Company": WEEK, "Office": WEEK, "Plain": (24, 25, 5, 5, 6, 77, 100), "Short": (1, 2)}
    found = fit(
        everything,
        {"shift": shifts_there({0: DAY, 6: NIGHT}), "department": departments_there(rosters)},
        remembered({"day": 0}),
    )
    assert found.diagnostics == ()
    assert shown(found, "department") == {
        "Company": {"roster": ("mon-fri day", "sat-sun holiday")},
        "Office": {"roster": ("mon-fri day", "sat-sun holiday")},
        "Plain": {"roster": ("mon leave", "tue-wed slot 5", "thu slot 6", "fri slot 77", "sat holiday", "sun trip")},
        "Short": {"roster": ("2 days (unknown)",)},
    }
    assert found.listings["department"].objects["Company"].builtin


def test_a_roster_whose_shift_moves_to_another_slot_differs_until_it_is_written() -> None:
    stated = thing("shift/day", {**DAY_SHIFT.values, "slot": 9})
    office = thing("department/Office", {"roster": ("mon-fri day", "sat-sun holiday")})
    listings = {"shift": shifts_there({0: DAY}), "department": departments_there({"Office": WEEK})}
    found = fit(wanted(stated, office), listings, remembered({"day": 0}))
    assert shown(found, "department") == {"Office": {"roster": ("mon-fri slot 0", "sat-sun holiday")}}


def test_a_slot_that_somebody_elses_roster_refers_to_is_not_filled() -> None:
    listings = {"shift": shifts_there({}), "department": departments_there({"Company": WEEK})}
    both = wanted(DAY_SHIFT, thing("department/Company", {"roster": ("daily day",)}))
    taken = fit(wanted(DAY_SHIFT), listings, remembered())
    assert shown(taken, "department") == {"Company": {"roster": ("mon-fri slot 0", "sat-sun holiday")}}
    assert shown(fit(both, listings, remembered()), "department") == {  # the department's roster is ours
        "Company": {"roster": ("mon-fri day", "sat-sun holiday")}
    }


CYCLE = ("2025-12-29", "day", "day", "holiday")
LEFT = (0, 0, 100) * 33 + (0,)


def rotated(days: int) -> tuple[int, ...]:
    return LEFT[days:] + LEFT[:days]


@pytest.mark.parametrize(
    ("what", "start", "numbers", "read", "live"),
    [
        ("as written", "2025-12-29T00:00:00", LEFT, None, CYCLE),
        ("as written, without a time", "2025-12-29", LEFT, None, CYCLE),
        ("re-based over the year's end", "2026-01-03T00:00:00", rotated(5), date(2026, 1, 3), CYCLE),
        ("re-based, its zone a day ahead", "2026-01-04T00:00:00", rotated(6), date(2026, 1, 3), CYCLE),
        ("re-based, the day of reading not known", "2026-01-03T00:00:00", rotated(5), None, CYCLE),
        ("re-based to a day before it starts", "2025-12-20T00:00:00", rotated(91), date(2025, 12, 20), CYCLE),
        ("re-based, and run out", "2026-04-10T00:00:00", rotated(2), date(2026, 4, 10), CYCLE),
        ("other days", "2025-12-29T00:00:00", (100, 0) * 50, None, ("2025-12-29", "holiday", "day")),
        ("other days, re-based", "2026-01-03T00:00:00", (0,) * 100, date(2026, 1, 3), ("2026-01-03", "day")),
        ("extended in the files", "2025-12-02T00:00:00", LEFT, date(2026, 1, 3), ("2025-12-02", *CYCLE[1:])),
        ("extended in the files, the day not known", "2025-12-02T00:00:00", LEFT, None, ("2025-12-02", *CYCLE[1:])),
        ("begun earlier in the files", "2026-01-01T00:00:00", LEFT, date(2025, 12, 30), ("2026-01-01", *CYCLE[1:])),
        ("no date", "soon", LEFT, None, ("soon (unknown)",)),
        ("too few days", "2025-12-29", (0, 0), None, ("2025-12-29", "2 days (unknown)")),
    ],
)
def test_a_roster_is_the_same_when_the_days_to_come_are(
    what: str, start: str, numbers: tuple[int, ...], read: date | None, live: tuple[str, ...]
) -> None:
    users = users_there({"7": {"nickname": "Ana"}}, rosters={"7": (start, numbers)}, read=read)
    listings = {"shift": shifts_there({0: DAY}), "employee": users}
    found = fit(wanted(DAY_SHIFT, thing("employee/7", {"roster": CYCLE})), listings, remembered({"day": 0}))
    assert shown(found, "employee") == {"7": {"nickname": "Ana", "roster": live}}, what


def test_a_leap_day_is_a_day_of_the_roster() -> None:
    roster = ("2028-02-28", "day", "holiday")
    users = users_there({"7": {}}, rosters={"7": ("2028-03-01T00:00:00", (0, 100) * 50)}, read=date(2028, 3, 1))
    listings = {"shift": shifts_there({0: DAY}), "employee": users}
    found = fit(wanted(DAY_SHIFT, thing("employee/7", {"roster": roster})), listings, remembered({"day": 0}))
    assert shown(found, "employee") == {"7": {"roster": roster}}  # 28 day, 29 holiday, 1 day


# --- weeks


def test_weeks_are_told_by_the_days_that_their_templates_hold() -> None:
    weeks = {
        "1": (1, 2, 2, 2, 2, 2, 1),
        "2": (0, 2, 2, 2, 2, 2, 0),
        "3": (1, 2, 2, 9, 2, 4, 1),
        "4": (1, 1, 1, 1, 1, 1, 1),
        "5": (1, 2),
    }
    users = users_there({key: {} for key in weeks}, templates=(CLOSED, CLOSED, OPEN, OPEN, ODD), weeks=weeks)
    found = fit(
        wanted(*(thing(f"employee/{key}", {"access": OFFICE}) for key in weeks)), {"employee": users}, remembered()
    )
    assert shown(found, "employee") == {
        "1": {"access": OFFICE},
        "2": {"access": ("template 0 (unknown)",)},
        "3": {"access": ("template 4 (unknown)",)},
        "4": {"access": ()},
        "5": {"access": ("2 days (unknown)",)},
    }
    assert found.note == Note(uid=UID, slots={"08:00-18:00": 2, "closed": 1})


def test_where_access_is_not_managed_the_templates_that_are_remembered_stay_so() -> None:
    note = Note(uid=UID, slots={"closed": 3})
    found = fit(wanted(thing("employee/7")), {"employee": users_there({"7": {}})}, remembered(note=note))
    assert (found.note, shown(found, "employee")) == (note, {"7": {}})


def test_a_week_that_no_terminal_can_hold_is_an_error_of_the_first_user_who_has_it() -> None:
    busy = " ".join(f"{hour:02}:00-{hour:02}:30" for hour in range(7))
    people = [thing(f"employee/{key}", {"access": (f"mon {busy}",)}, line) for line, key in enumerate("987", 1)]
    found = fit(wanted(*people), {"employee": users_there({}, templates=(CLOSED,) * 255)}, remembered())
    assert [(each.code, each.address, each.source) for each in found.diagnostics] == [
        ("RC0601", "lobby/employee/7", place(3))
    ]
    assert found.diagnostics[0].detail.startswith('The week of "7" has 7 ranges on mon: 00:00-00:30, ')


def test_too_many_days_for_the_templates_are_an_error() -> None:
    others: list[Pairs] = [(("01:00", f"02:{n % 60:02}"), ("03:00", f"04:{n // 60:02}")) for n in range(254)]
    full = (CLOSED, *others)
    found = fit(
        wanted(thing("employee/7", {"access": OFFICE}, 5)), {"employee": users_there({}, templates=full)}, remembered()
    )
    assert found.diagnostics == (
        error(
            "RC0601",
            "The weeks need 2 different days, and the terminal has 254 day templates, of which 254 can't be taken "
            'since they are not empty or users refer to them. There is none for 08:00-18:00 (week of "7"), closed '
            '(week of "7"). Give access levels the same ranges where that will do, or empty templates on the terminal '
            "that nobody needs.",
            source=place(5),
            address=Address("lobby", "employee", "7"),
        ),
    )
