"""Weeks of access levels."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from schedule_strategies import OPEN, weeks

from reconciler.model.schedules.mistake import Mistake
from reconciler.model.schedules.times import Day, Range
from reconciler.model.schedules.week import Week, day_name, open_minutes, parse_week, union, week_form

OFFICE: Day = (Range(480, 1080),)
CLOSED = Week(((),) * 7)


def week(**days: Day) -> Week:
    """The week with these days; the others are closed."""
    return Week(tuple(days.get(day, ()) for day in ("sun", "mon", "tue", "wed", "thu", "fri", "sat")))


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ({}, CLOSED),
        ({"sun": []}, CLOSED),
        (
            {"mon-fri": "08:00-18:00", "sat": ["13:00-15:00", "09:00-12:00"]},
            week(mon=OFFICE, tue=OFFICE, wed=OFFICE, thu=OFFICE, fri=OFFICE, sat=(Range(540, 720), Range(780, 900))),
        ),
        ({"daily": "00:00-24:00"}, Week((OPEN,) * 7)),
        ({"mon": ["08:00-12:00", "11:00-13:00", "13:00-18:00"]}, week(mon=OFFICE)),
        ({"fri": "22:00-06:00"}, week(fri=(Range(1320, 1440),), sat=(Range(0, 360),))),
        ({"sat": "22:00-06:00"}, week(sat=(Range(1320, 1440),), sun=(Range(0, 360),))),
        ({"fri": "22:00-06:00", "sat": "05:00-08:00"}, week(fri=(Range(1320, 1440),), sat=(Range(0, 480),))),
        ({"fri": "22:00-00:00"}, week(fri=(Range(1320, 1440),))),
    ],
)
def test_a_week_is_seven_days_of_ranges(written: dict[str, str | list[str]], found: Week) -> None:
    assert parse_week(written) == found


def test_every_mistake_in_a_week_is_told_with_its_place() -> None:
    written: dict[str, str | list[str]] = {
        "mon-fri": ["08:00-12:00", "1pm-18:00"],
        "fri": "08:00-18:00",
        "Sat": "9:00-13:00",
    }
    assert parse_week(written) == (
        Mistake("fri", None, '"fri" names fri again, after "mon-fri". Name each day once.'),
        Mistake("Sat", None, '"Sat" is not a day. Write sat.'),
        Mistake("mon-fri", 1, '"1pm" is not a time. Write HH:MM, such as 08:00.'),
        Mistake("Sat", 0, '"9:00" is not a time. Write 09:00.'),
    )


def test_open_minutes_count_from_sunday_midnight() -> None:
    assert open_minutes(CLOSED) == frozenset()
    assert open_minutes(Week((OPEN,) * 7)) == frozenset(range(7 * 1440))
    assert open_minutes(week(sun=(Range(0, 2),), mon=(Range(1, 3),), sat=(Range(1439, 1440),))) == {
        0,
        1,
        1441,
        1442,
        10079,
    }


@given(st.integers(0, 6), st.integers(0, 1439), st.integers(1, 1439))
@settings(max_examples=50, deadline=None)
def test_a_range_over_midnight_is_open_minute_by_minute(day: int, start: int, length: int) -> None:
    end = (start + length) % 1440
    name = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")[day]
    found = parse_week({name: f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"})
    assert isinstance(found, Week)
    assert open_minutes(found) == {(day * 1440 + start + step) % 10080 for step in range(length)}


@given(st.lists(weeks(), max_size=3))
@settings(max_examples=25, deadline=None)
def test_a_union_is_open_whenever_one_of_the_weeks_is(several: list[Week]) -> None:
    assert open_minutes(union(several)) == frozenset[int]().union(*(open_minutes(each) for each in several))


@given(weeks(), weeks())
@settings(max_examples=25, deadline=None)
def test_weeks_that_are_open_at_the_same_minutes_are_equal(first: Week, second: Week) -> None:
    assert union([first]) == first
    assert union([first, second]) == union([second, first, second])


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"daily": "00:00-24:00"},
        {"mon-fri": "08:00-18:00", "sat": ["09:00-12:00", "13:00-15:00"]},
        {"mon": "08:00-18:00", "wed": "08:00-18:00", "fri-sat": "08:00-18:00"},
        {"wed": "08:00-18:00", "fri-mon": "08:00-18:00"},
        {"sat-mon": "10:00-12:00"},
        {"mon-fri": "22:00-06:00"},
        {"daily": "22:00-06:00"},
        {"mon-fri": ["12:00-13:00", "22:00-06:00"]},
        {"sat": "22:00-06:00"},
        {"fri": "22:00-24:00", "sat": "00:00-24:00"},
        {"mon": "06:00-24:00", "tue": "00:00-06:00"},
        {"mon-sat": "18:00-24:00", "sun": ["00:00-06:00", "20:00-22:00"]},
    ],
)
def test_a_week_is_written_in_its_shortest_form(form: dict[str, str | list[str]]) -> None:
    found = parse_week(form)
    assert isinstance(found, Week)
    assert list(week_form(found).items()) == list(form.items())


@given(weeks())
@settings(max_examples=50, deadline=None)
def test_a_written_week_reads_the_same_again(each: Week) -> None:
    assert parse_week(week_form(each)) == each


@given(weeks())
@settings(max_examples=25, deadline=None)
def test_no_week_is_written_longer_than_day_by_day(each: Week) -> None:
    form = week_form(each)
    assert len(form) <= sum(bool(day) for day in each.days)
    texts = [[value] if isinstance(value, str) else value for value in form.values()]
    assert len(form) + sum(len(text) for text in texts) <= sum(len(day) + bool(day) for day in each.days)


@given(weeks())
@settings(max_examples=20, deadline=None)
def test_a_week_survives_json(each: Week) -> None:
    assert msgspec.json.decode(msgspec.json.encode(each), type=Week) == each


def test_a_day_is_remembered_by_its_content() -> None:
    assert day_name(()) == "closed"
    assert day_name((Range(480, 720), Range(780, 1440))) == "08:00-12:00 13:00-24:00"
