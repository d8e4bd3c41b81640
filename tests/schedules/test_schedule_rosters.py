"""Rosters of departments and employees."""

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.model.schedules.mistake import Mistake
from reconciler.model.schedules.rosters import (
    RESERVED,
    DepartmentRoster,
    EmployeeRoster,
    department_form,
    department_numbers,
    department_roster,
    employee_form,
    employee_numbers,
    employee_roster,
    parse_department_roster,
    parse_employee_roster,
    shift_on,
)

SLOTS = {"day": 0, "late": 7, "night": 23}
NAMES = {number: name for name, number in SLOTS.items()}
WORDS = st.sampled_from([*SLOTS, *RESERVED])
OFFICE = DepartmentRoster(("holiday", "day", "day", "day", "day", "day", "holiday"))


@pytest.mark.parametrize(
    ("written", "days", "numbers"),
    [
        (
            {"mon-fri": "day", "sat": "night", "sun": "holiday"},
            ("holiday", "day", "day", "day", "day", "day", "night"),
            (100, 0, 0, 0, 0, 0, 23),
        ),
        ({"mon-fri": "day", "sat-sun": "holiday"}, OFFICE.days, (100, 0, 0, 0, 0, 0, 100)),
        ({"daily": "leave"}, ("leave",) * 7, (25,) * 7),
        (
            {"mon": "trip", "tue": " late ", "wed-sun": "trip"},
            ("trip", "trip", "late", "trip", "trip", "trip", "trip"),
            (24, 24, 7, 24, 24, 24, 24),
        ),
    ],
)
def test_a_departments_roster_is_seven_numbers_from_sunday_on(
    written: dict[str, str], days: tuple[str, ...], numbers: tuple[int, ...]
) -> None:
    roster = DepartmentRoster(days)
    assert parse_department_roster(written) == roster
    assert department_numbers(roster, SLOTS) == numbers
    assert department_roster(numbers, NAMES) == roster


@pytest.mark.parametrize(
    ("written", "mistakes"),
    [
        (
            {"mon-fri": "day"},
            (
                Mistake(
                    None,
                    None,
                    "The roster leaves out sat-sun. Name every day; one without work is a holiday.",
                ),
            ),
        ),
        (
            {},
            (Mistake(None, None, "The roster leaves out every day. Name every day; one without work is a holiday."),),
        ),
        (
            {"mon-fri": "day", "Sat": "day", "fri-sun": "night"},
            (
                Mistake("Sat", None, '"Sat" is not a day. Write sat.'),
                Mistake("fri-sun", None, '"fri-sun" names fri again, after "mon-fri". Name each day once.'),
            ),
        ),
    ],
)
def test_every_mistake_in_a_departments_roster_is_told(written: dict[str, str], mistakes: tuple[Mistake, ...]) -> None:
    assert parse_department_roster(written) == mistakes


def test_a_department_is_written_in_its_shortest_form() -> None:
    assert list(department_form(OFFICE).items()) == [("mon-fri", "day"), ("sat-sun", "holiday")]


@given(st.lists(WORDS, min_size=7, max_size=7).map(lambda days: DepartmentRoster(tuple(days))))
@settings(max_examples=50, deadline=None)
def test_a_departments_roster_reads_as_it_was_written(roster: DepartmentRoster) -> None:
    assert parse_department_roster(department_form(roster)) == roster
    numbers = department_numbers(roster, SLOTS)
    assert not isinstance(numbers, str)
    assert department_roster(numbers, NAMES) == roster


def test_an_employees_roster_is_a_hundred_numbers_from_its_date_on() -> None:
    roster = parse_employee_roster("2024-12-30", ["day", "day", "night", "holiday"])
    assert roster == EmployeeRoster(date(2024, 12, 30), ("day", "day", "night", "holiday"))
    assert employee_numbers(roster, SLOTS) == (0, 0, 23, 100) * 25


def test_a_cycle_that_does_not_divide_a_hundred_is_cut() -> None:
    roster = parse_employee_roster("2026-01-01", ["day"] * 5 + ["holiday"] * 2)
    assert isinstance(roster, EmployeeRoster)
    assert employee_numbers(roster, SLOTS) == ((0,) * 5 + (100,) * 2) * 14 + (0, 0)


@pytest.mark.parametrize(
    ("day", "shift"),
    [
        (date(2023, 12, 29), None),
        (date(2023, 12, 30), "day"),
        (date(2023, 12, 31), "night"),
        (date(2024, 1, 1), "holiday"),
        (date(2024, 1, 2), "day"),
        (date(2024, 2, 29), "night"),
        (date(2024, 3, 1), "holiday"),
        (date(2024, 4, 7), "day"),
        (date(2024, 4, 8), None),
    ],
)
def test_the_days_go_on_across_the_years_end_and_a_leap_day(day: date, shift: str | None) -> None:
    assert shift_on(EmployeeRoster(date(2023, 12, 30), ("day", "night", "holiday")), day) == shift


@given(st.dates(date(1999, 1, 1), date(2100, 1, 1)), st.lists(WORDS, min_size=1, max_size=100), st.integers(-3, 103))
@settings(max_examples=50, deadline=None)
def test_the_number_of_each_day_is_its_shifts(start: date, cycle: list[str], after: int) -> None:
    roster = parse_employee_roster(start.isoformat(), cycle)
    assert isinstance(roster, EmployeeRoster)
    numbers = employee_numbers(roster, SLOTS)
    shift = shift_on(roster, start + timedelta(days=after))
    assert shift == (cycle[after % len(cycle)] if 0 <= after < 100 else None)
    if shift is not None:
        assert numbers[after] == {**SLOTS, **RESERVED}[shift]


@pytest.mark.parametrize(
    ("cycle", "shortest"),
    [
        (["day"] * 4, ("day",)),
        (["day", "night"] * 20, ("day", "night")),
        (["day", "night", "day"], ("day", "night", "day")),
        (["day"] * 99 + ["night"], ("day",) * 99 + ("night",)),
        (["day", "night", "late"] * 33 + ["day"], ("day", "night", "late")),
    ],
)
def test_a_cycle_is_the_shortest_that_gives_the_same_days(cycle: list[str], shortest: tuple[str, ...]) -> None:
    assert parse_employee_roster("2026-01-01", cycle) == EmployeeRoster(date(2026, 1, 1), shortest)


@given(st.dates(), st.lists(WORDS, min_size=1, max_size=100))
@settings(max_examples=50, deadline=None)
def test_an_employees_roster_reads_as_it_was_written(start: date, cycle: list[str]) -> None:
    roster = parse_employee_roster(start.isoformat(), cycle)
    assert isinstance(roster, EmployeeRoster)
    numbers = employee_numbers(roster, SLOTS)
    assert not isinstance(numbers, str)
    assert len(numbers) == 100
    assert employee_roster(start, numbers, NAMES) == roster
    form = employee_form(roster)
    assert parse_employee_roster(str(form["from"]), list(form["cycle"])) == roster
    assert msgspec.json.decode(msgspec.json.encode(roster), type=EmployeeRoster) == roster


def test_an_employees_roster_as_people_write_it() -> None:
    roster = EmployeeRoster(date(2026, 1, 1), ("day", "night"))
    assert employee_form(roster) == {"from": "2026-01-01", "cycle": ["day", "night"]}


@pytest.mark.parametrize("text", ["", "2026-02-30", "20260101", "2026-W01-1", "01.01.2026", "2026-1-1"])
def test_what_is_not_a_date_is_explained(text: str) -> None:
    assert parse_employee_roster(text, []) == (
        Mistake("from", 0, f'"{text}" is not a date. Write YYYY-MM-DD, such as 2026-01-31.'),
        Mistake("cycle", None, "A cycle has 1 to 100 days, since a terminal holds 100; this one has 0."),
    )


def test_a_cycle_has_at_most_a_hundred_days() -> None:
    assert parse_employee_roster("2026-01-01", ["day"] * 101) == (
        Mistake("cycle", None, "A cycle has 1 to 100 days, since a terminal holds 100; this one has 101."),
    )


def test_shifts_that_do_not_exist_are_named() -> None:
    problem = 'There is no shift "dya", "nihgt". Write names of shifts, or trip, leave, holiday.'
    assert department_numbers(DepartmentRoster(("nihgt", "dya", "dya", "day", "day", "day", "trip")), SLOTS) == problem
    assert employee_numbers(EmployeeRoster(date(2026, 1, 1), ("dya", "nihgt", "leave")), SLOTS) == problem


def test_numbers_that_mean_nothing_are_named() -> None:
    nameless = "The terminal's roster refers to shifts that have no name: 3-4, 99."
    assert department_roster([4, 3, 99, 0, 0, 100, 24], NAMES) == nameless
    assert employee_roster(date(2026, 1, 1), [0, 3, 4, 99] * 25, NAMES) == nameless
    assert department_roster([0] * 6, NAMES) == "The terminal gives a roster of 6 days instead of 7."
    assert employee_roster(date(2026, 1, 1), [0] * 7, NAMES) == (
        "The terminal gives a roster of 7 days instead of 100."
    )


def test_reserved_words_keep_their_numbers_whatever_shifts_are_called() -> None:
    assert department_numbers(DepartmentRoster(("holiday",) * 7), {"holiday": 3}) == (100,) * 7
    assert department_roster([100] * 7, {100: "x"}) == DepartmentRoster(("holiday",) * 7)
