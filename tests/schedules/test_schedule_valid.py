"""Valid periods of employees."""

from datetime import datetime

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.model.schedules.mistake import Mistake
from reconciler.model.schedules.valid import Valid, parse_valid, valid_form

START = datetime.fromisoformat("2026-01-01T00:00:00")
END = datetime.fromisoformat("2026-12-31T23:59:59")
SECONDS = st.datetimes().map(lambda each: each.replace(microsecond=0))


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ({"from": "2026-01-01", "until": "2026-12-31"}, Valid(START, END)),
        ({"from": "2026-01-01"}, Valid(START, None)),
        ({"until": "2026-12-31"}, Valid(None, END)),
        ({}, Valid()),
        (
            {"from": "2026-01-01T08:30:00", "until": "2026-01-01T08:30:00"},
            Valid(datetime.fromisoformat("2026-01-01T08:30:00"), datetime.fromisoformat("2026-01-01T08:30:00")),
        ),
    ],
)
def test_a_period_reads_and_is_written(written: dict[str, str], found: Valid) -> None:
    assert parse_valid(written) == found
    assert valid_form(found) == written


def test_a_time_that_is_a_days_first_or_last_second_is_written_as_the_date() -> None:
    found = parse_valid({"from": "2026-01-01T00:00:00", "until": "2026-12-31T23:59:59"})
    assert found == Valid(START, END)
    assert valid_form(Valid(START, END)) == {"from": "2026-01-01", "until": "2026-12-31"}
    assert valid_form(Valid(END, START)) == {"from": "2026-12-31T23:59:59", "until": "2026-01-01T00:00:00"}


def test_every_mistake_is_told() -> None:
    form = "is not a date or a time. Write YYYY-MM-DD or YYYY-MM-DDTHH:MM:SS."
    assert parse_valid({"from": "1.1.2026", "until": "2026-12-31 10:00:00"}) == (
        Mistake("from", 0, f'"1.1.2026" {form}'),
        Mistake("until", 0, f'"2026-12-31 10:00:00" {form}'),
    )
    assert parse_valid({"from": "2026-02-29", "until": "2026-02-28T24:00:01"}) == (
        Mistake("from", 0, '"2026-02-29" is not in the calendar. Write a day and a time that exist.'),
        Mistake("until", 0, '"2026-02-28T24:00:01" is not in the calendar. Write a day and a time that exist.'),
    )
    assert parse_valid({"from": "2026-02-02", "until": "2026-02-01"}) == (
        Mistake("until", 0, '"2026-02-01" is before "2026-02-02". Exchange them.'),
    )


@given(SECONDS, SECONDS)
@settings(max_examples=50, deadline=None)
def test_a_period_reads_as_it_was_written(one: datetime, other: datetime) -> None:
    period = Valid(min(one, other), max(one, other))
    assert parse_valid(valid_form(period)) == period
    assert msgspec.json.decode(msgspec.json.encode(period), type=Valid) == period
