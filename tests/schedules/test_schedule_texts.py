"""Schedules as the canonical values of fields."""

from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from schedule_strategies import days, weeks

from reconciler.model.schedules.bells import OUTPUTS, RINGS, Bell, canonical_bells
from reconciler.model.schedules.rosters import DepartmentRoster, EmployeeRoster, parse_employee_roster
from reconciler.model.schedules.shifts import parse_shift
from reconciler.model.schedules.texts import (
    bells_of_texts,
    bells_texts,
    cycle_of_texts,
    cycle_texts,
    department_of_texts,
    department_texts,
    period_texts,
    periods_of_texts,
    valid_of_texts,
    valid_texts,
    week_of_texts,
    week_texts,
)
from reconciler.model.schedules.times import Day, Range
from reconciler.model.schedules.valid import Valid
from reconciler.model.schedules.week import Week, parse_week

NAMES = st.sampled_from(["day", "late shift", "slot 7", "holiday", "06:00-14:00", "日勤"])
ROSTERS = st.lists(NAMES, min_size=7, max_size=7).map(lambda names: DepartmentRoster(tuple(names)))
CYCLES = st.lists(NAMES, min_size=1, max_size=100)
DATES = st.dates().map(lambda day: day.isoformat())
BELLS = st.builds(
    Bell,
    st.integers(0, 1439),
    st.sets(st.integers(0, 6), min_size=1).map(lambda numbers: tuple(sorted(numbers))),
    st.sampled_from(RINGS),
    st.sampled_from(OUTPUTS),
)
SECONDS = st.datetimes().map(lambda each: each.replace(microsecond=0))
QUICK = settings(max_examples=50, deadline=None, derandomize=True)


def test_a_week_from_monday_on() -> None:
    week = parse_week({"sun": "10:00-12:00", "sat": ["13:00-15:00", "09:00-12:00"], "mon-fri": "08:00-18:00"})
    assert isinstance(week, Week)
    assert week_texts(week) == ("mon-fri 08:00-18:00", "sat 09:00-12:00 13:00-15:00", "sun 10:00-12:00")
    assert week_texts(Week(((),) * 7)) == ()


def test_the_roster_of_a_department_from_monday_on() -> None:
    roster = DepartmentRoster(("holiday", "late shift", "day", "day", "day", "day", "holiday"))
    assert department_texts(roster) == ("mon late shift", "tue-fri day", "sat-sun holiday")
    assert department_texts(DepartmentRoster(("day",) * 7)) == ("daily day",)


def test_the_roster_of_an_employee_is_a_date_and_the_shortest_cycle() -> None:
    roster = parse_employee_roster("2026-01-05", ["day", "holiday"] * 3)
    assert isinstance(roster, EmployeeRoster)
    assert cycle_texts(roster) == ("2026-01-05", "day", "holiday")
    assert cycle_of_texts(["2026-01-05", "day"]) == EmployeeRoster(date(2026, 1, 5), ("day",))


def test_bells_in_their_order() -> None:
    noon, morning = Bell(720, (1, 3, 5), "5s", "inside"), Bell(480, (1, 2, 3, 4, 5), "30s", "both")
    assert bells_texts([noon, morning, noon]) == ("08:00 mon-fri 30s both", "12:00 mon,wed,fri 5s inside")
    assert bells_texts([]) == ()


def test_the_periods_of_a_shift() -> None:
    assert period_texts((Range(540, 720), Range(780, 1439))) == ("09:00-12:00", "13:00-23:59")


def test_a_bound_of_a_period_is_a_date_where_that_says_enough() -> None:
    start, end = datetime.fromisoformat("2026-01-01T00:00:00"), datetime.fromisoformat("2026-12-31T18:30:00")
    assert valid_texts(Valid(start, end)) == {"from": "2026-01-01", "until": "2026-12-31T18:30:00"}
    assert valid_texts(Valid()) == {"from": None, "until": None}


@pytest.mark.parametrize(
    ("reading", "texts"),
    [
        (week_of_texts, ["mon-fri"]),
        (week_of_texts, ["mon 08:00"]),
        (department_of_texts, ["mon-fri day"]),
        (cycle_of_texts, []),
        (cycle_of_texts, ["2026-01-05"]),
        (periods_of_texts, []),
        (bells_of_texts, ["08:00 daily"]),
        (bells_of_texts, ["08:00 daily 4s both"]),
        (lambda texts: valid_of_texts(*texts), ["2026-01-02", "2026-01-01"]),
    ],
)
def test_texts_that_no_schedule_has_are_refused(reading, texts: list[str]) -> None:
    with pytest.raises(ValueError, match=r"."):
        reading(texts)


@given(weeks())
@QUICK
def test_a_week_has_its_texts(week: Week) -> None:
    assert week_of_texts(week_texts(week)) == week


@given(ROSTERS)
@QUICK
def test_a_department_s_roster_has_its_texts(roster: DepartmentRoster) -> None:
    assert department_of_texts(department_texts(roster)) == roster


@given(DATES, CYCLES)
@QUICK
def test_an_employee_s_roster_has_its_texts(start: str, cycle: list[str]) -> None:
    roster = parse_employee_roster(start, cycle)
    assert isinstance(roster, EmployeeRoster)
    assert cycle_of_texts(cycle_texts(roster)) == roster


@given(st.lists(BELLS, max_size=24))
@QUICK
def test_bells_have_their_texts(bells: list[Bell]) -> None:
    assert bells_of_texts(bells_texts(bells)) == canonical_bells(bells)


@given(days().filter(len))
@QUICK
def test_periods_have_their_texts(periods: Day) -> None:
    found = parse_shift("day", list(period_texts(periods)))
    assert not isinstance(found, tuple)
    assert periods_of_texts(period_texts(found.periods)) == found.periods


@given(SECONDS, SECONDS, st.booleans(), st.booleans())
@QUICK
def test_a_valid_period_has_its_texts(one: datetime, other: datetime, starts: bool, ends: bool) -> None:
    valid = Valid(min(one, other) if starts else None, max(one, other) if ends else None)
    found = valid_texts(valid)
    assert valid_of_texts(found["from"], found["until"]) == valid
