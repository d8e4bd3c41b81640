"""Days of the week as people write them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.model.schedules.days import DAYS, Days, days_of_keys, days_text, days_words, parse_days, spans
from reconciler.model.schedules.mistake import Mistake

FORMS = "a day such as mon, a span such as mon-fri, or daily"


@pytest.mark.parametrize(
    ("value", "days"),
    [
        ("sun", (0,)),
        (" sat ", (6,)),
        ("mon-fri", (1, 2, 3, 4, 5)),
        ("sat-sun", (0, 6)),
        ("sat-mon", (0, 1, 6)),
        ("tue-mon", (0, 1, 2, 3, 4, 5, 6)),
        ("daily", (0, 1, 2, 3, 4, 5, 6)),
        (["mon"], (1,)),
        (["sat-sun", "wed", "wed-thu"], (0, 3, 4, 6)),
    ],
)
def test_days_are_numbers_from_sunday_on(value: str | list[str], days: Days) -> None:
    assert parse_days(value) == days


@pytest.mark.parametrize(
    ("value", "explanation"),
    [
        ("", f'"" is not a day. Write {FORMS}.'),
        ("mo", f'"mo" is not a day. Write {FORMS}.'),
        ("money", f'"money" is not a day. Write {FORMS}.'),
        ("Mon", '"Mon" is not a day. Write mon.'),
        ("monday", '"monday" is not a day. Write mon.'),
        ("Tues-Thurs", '"Tues-Thurs" is not a day. Write tue-thu.'),
        ("mon – fri", '"mon – fri" is not a day. Write mon-fri.'),
        ("mon-", f'"mon-" is not a day. Write {FORMS}.'),
        ("mon-wed-fri", f'"mon-wed-fri" is not a day. Write {FORMS}.'),
        ("Mon-mon", f'"Mon-mon" is not a day. Write {FORMS}.'),
        ("mon,wed", f'"mon,wed" is not a day. Write {FORMS}.'),
        ("Every day", '"Every day" is not a day. Write daily.'),
        ("mon-mon", '"mon-mon" is not a span of days. Write mon for the one day, or daily for all.'),
        ([], f"No day is named. Write {FORMS}."),
        (["mon", "Tue", "x"], f'"Tue" is not a day. Write tue. "x" is not a day. Write {FORMS}.'),
    ],
)
def test_what_is_not_a_day_is_explained(value: str | list[str], explanation: str) -> None:
    assert parse_days(value) == explanation


@pytest.mark.parametrize(
    ("days", "text", "words"),
    [
        ((0, 1, 2, 3, 4, 5, 6), "daily", "every day"),
        ((1, 2, 3, 4, 5), "mon-fri", "mon-fri"),
        ((0, 1, 6), "sat-mon", "sat-mon"),
        ((0,), "sun", "sun"),
        ((1, 3, 5), ["mon", "wed", "fri"], "mon, wed and fri"),
        ((0, 1, 2, 4), ["thu", "sun-tue"], "thu and sun-tue"),
        ((), [], "no day"),
    ],
)
def test_days_are_written_in_the_fewest_words(days: Days, text: str | list[str], words: str) -> None:
    assert days_text(days) == text
    assert days_words(days) == words


@given(st.sets(st.integers(0, 6), min_size=1))
@settings(max_examples=50, deadline=None)
def test_written_days_read_the_same_again(days: set[int]) -> None:
    assert parse_days(days_text(days)) == tuple(sorted(days))


@given(st.lists(st.sampled_from("ab"), min_size=7, max_size=7))
@settings(max_examples=50, deadline=None)
def test_spans_name_each_day_once_and_never_two_neighbours_alike(values: list[str]) -> None:
    found = spans(values)
    named = [(day, value) for span, value in found for day in parse_days(span)]
    assert sorted(named) == sorted((day, value) for day, value in enumerate(values))
    changes = sum(values[day] != values[day - 1] for day in range(7))
    assert len(found) == max(1, changes)


def test_the_keys_of_a_mapping_name_each_day_once() -> None:
    assert days_of_keys(["mon-wed", "fri", "sat-sun"]) == (
        {"mon-wed": (1, 2, 3), "fri": (5,), "sat-sun": (0, 6)},
        (),
    )
    assert days_of_keys(["mon-wed", "thu", "Fri", "wed-fri", "sun"]) == (
        {"mon-wed": (1, 2, 3), "thu": (4,), "sun": (0,)},
        (
            Mistake("Fri", None, '"Fri" is not a day. Write fri.'),
            Mistake(
                "wed-fri",
                None,
                '"wed-fri" names wed-thu again, after "mon-wed" and "thu". Name each day once.',
            ),
        ),
    )


def test_sunday_is_the_first_day() -> None:
    assert DAYS == ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
