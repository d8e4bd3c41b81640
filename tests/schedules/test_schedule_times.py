"""Times and ranges as people write them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.model.schedules.times import (
    Range,
    is_unused,
    merged,
    pair_range,
    parse_range,
    parse_time,
    range_text,
    range_texts,
    time_text,
)


@pytest.mark.parametrize(
    ("text", "minute"), [("00:00", 0), ("08:05", 485), (" 23:59 ", 1439), ("08:00", 480), ("19:00", 1140)]
)
def test_a_time_is_a_minute_of_the_day(text: str, minute: int) -> None:
    assert parse_time(text) == minute
    assert time_text(minute) == text.strip()


@pytest.mark.parametrize(
    ("text", "explanation"),
    [
        ("", '"" is not a time. Write HH:MM, such as 08:00.'),
        ("8am", '"8am" is not a time. Write HH:MM, such as 08:00.'),
        ("8:05", '"8:05" is not a time. Write 08:05.'),
        ("8:5", '"8:5" is not a time. Write HH:MM, such as 08:00.'),
        ("08.00", '"08.00" is not a time. Write HH:MM, such as 08:00.'),
        ("08:00:00", '"08:00:00" is not a time. Write HH:MM, such as 08:00.'),
        ("٠٨:٠٠", '"٠٨:٠٠" is not a time. Write HH:MM, such as 08:00.'),
        ("08:60", '"08:60" is not a time of the day. Write HH:MM, from 00:00 to 23:59.'),
        ("25:00", '"25:00" is not a time of the day. Write HH:MM, from 00:00 to 23:59.'),
        ("24:01", '"24:01" is not a time of the day. Write HH:MM, from 00:00 to 23:59.'),
        ("24:00", '"24:00" can only be the end of a range. Write 00:00 for the first minute of a day.'),
        ("x" * 70, '"' + "x" * 60 + '…" is not a time. Write HH:MM, such as 08:00.'),
    ],
)
def test_what_is_not_a_time_is_explained(text: str, explanation: str) -> None:
    assert parse_time(text) == explanation


def test_24_00_ends_a_range_and_nothing_later_does() -> None:
    assert parse_time("24:00", ends=True) == 1440
    assert time_text(1440) == "24:00"
    assert parse_time("24:01", ends=True) == ('"24:01" is not a time of the day. Write HH:MM, from 00:00 to 24:00.')


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("08:00-18:00", Range(480, 1080)),
        (" 00:00-24:00 ", Range(0, 1440)),
        ("23:59-24:00", Range(1439, 1440)),
        ("00:00-00:01", Range(0, 1)),
    ],
)
@pytest.mark.parametrize("over_midnight", [False, True])
def test_a_range_ends_before_its_last_minute(text: str, found: Range, over_midnight: bool) -> None:
    assert parse_range(text, over_midnight=over_midnight) == found
    assert range_text(found) == text.strip()


@pytest.mark.parametrize(
    ("text", "found", "written"),
    [
        ("22:00-06:00", Range(1320, 1800), "22:00-06:00"),
        ("22:00-00:00", Range(1320, 1440), "22:00-24:00"),
        ("00:01-00:00", Range(1, 1440), "00:01-24:00"),
        ("23:59-23:58", Range(1439, 2878), "23:59-23:58"),
    ],
)
def test_a_range_over_midnight_ends_on_the_next_day(text: str, found: Range, written: str) -> None:
    assert parse_range(text, over_midnight=True) == found
    assert range_text(found) == written


@pytest.mark.parametrize(
    ("text", "explanation"),
    [
        (
            "22:00-06:00",
            '"22:00-06:00" ends before it starts, and can\'t go over midnight here. Write the earlier time first.',
        ),
        ("22:00-00:00", '"22:00-00:00" ends before it starts. Write 22:00-24:00: 24:00 ends a day.'),
    ],
)
def test_where_a_range_may_not_go_over_midnight_it_is_explained(text: str, explanation: str) -> None:
    assert parse_range(text, over_midnight=False) == explanation


@pytest.mark.parametrize(
    ("text", "explanation"),
    [
        ("", '"" is not a range of times. Write HH:MM-HH:MM, such as 08:00-18:00.'),
        ("08:00", '"08:00" is not a range of times. Write HH:MM-HH:MM, such as 08:00-18:00.'),
        ("08:00-", '"" is not a time. Write HH:MM, such as 08:00.'),
        ("08:00-12:00-18:00", '"08:00-12:00-18:00" is not a range of times. Write HH:MM-HH:MM, such as 08:00-18:00.'),
        ("08:00 - 18:00", '"08:00 - 18:00" is not a range of times. Write 08:00-18:00.'),
        ("08:00–18:00", '"08:00–18:00" is not a range of times. Write 08:00-18:00.'),
        ("eight – six", '"eight – six" is not a range of times. Write HH:MM-HH:MM, such as 08:00-18:00.'),
        ("8:00-18:00", '"8:00" is not a time. Write 08:00.'),
        ("8:00-6pm", '"8:00" is not a time. Write 08:00. "6pm" is not a time. Write HH:MM, such as 08:00.'),
        (
            "24:00-06:00",
            '"24:00" can only be the end of a range. Write 00:00 for the first minute of a day.',
        ),
        ("08:00-25:00", '"25:00" is not a time of the day. Write HH:MM, from 00:00 to 24:00.'),
        ("08:00-08:00", '"08:00-08:00" has no length. Write 00:00-24:00 for a whole day.'),
        ("00:00-00:00", '"00:00-00:00" has no length. Write 00:00-24:00 for a whole day.'),
    ],
)
@pytest.mark.parametrize("over_midnight", [False, True])
def test_what_is_not_a_range_is_explained(text: str, explanation: str, over_midnight: bool) -> None:
    assert parse_range(text, over_midnight=over_midnight) == explanation


@given(st.text(alphabet="0123456789:- –x\n٠", max_size=14), st.booleans())
@settings(max_examples=50, deadline=None)
def test_any_text_gives_a_range_that_reads_the_same_again_or_an_explanation(text: str, over_midnight: bool) -> None:
    found = parse_range(text, over_midnight=over_midnight)
    if isinstance(found, str):
        assert found.endswith(".")
    else:
        assert parse_range(range_text(found), over_midnight=over_midnight) == found


@given(st.integers(0, 1439), st.integers(1, 1440))
@settings(max_examples=50, deadline=None)
def test_a_range_over_midnight_has_the_minutes_from_its_start_to_its_end(start: int, end: int) -> None:
    found = parse_range(f"{time_text(start)}-{time_text(end)}", over_midnight=True)
    if start == end:
        assert isinstance(found, str)
    else:
        assert found == Range(start, end if start < end else end + 1440)


def test_ranges_that_overlap_or_touch_are_one() -> None:
    assert merged([Range(600, 700), Range(0, 10), Range(690, 720), Range(720, 721), Range(730, 740)]) == (
        Range(0, 10),
        Range(600, 721),
        Range(730, 740),
    )
    assert merged([Range(0, 100), Range(10, 20)]) == (Range(0, 100),)


def test_one_range_is_written_by_itself_and_others_as_a_list() -> None:
    assert range_texts([Range(480, 1080)]) == "08:00-18:00"
    assert range_texts([Range(0, 60), Range(480, 1080)]) == ["00:00-01:00", "08:00-18:00"]
    assert range_texts([]) == []


@pytest.mark.parametrize(
    ("pair", "found"),
    [
        (("09:00", "12:00"), Range(540, 720)),
        (("00:00", "24:00"), Range(0, 1440)),
        (("09:00", "09:00"), Range(540, 540)),
        (("12:00", "09:00"), None),
        (("12:00", ""), None),
        (("", "12:00"), None),
        (("9:00", "12:00"), None),
        (("24:00", "24:00"), None),
    ],
)
def test_a_terminals_start_and_end(pair: tuple[str, str], found: Range | None) -> None:
    assert pair_range(*pair) == found


@pytest.mark.parametrize(
    ("pair", "unused"),
    [
        (("", ""), True),
        ((" ", ""), True),
        (("00:00", "00:00"), True),
        (("00:00", ""), False),
        (("00:00", "00:01"), False),
        (("08:00", "08:00"), False),
    ],
)
def test_a_terminals_unused_range(pair: tuple[str, str], unused: bool) -> None:
    assert is_unused(*pair) is unused
