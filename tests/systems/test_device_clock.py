"""Whether a terminal's clock is right, and how it is set."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.systems.device.clock import clock_text, local_time, shown_time, skew, zone_of

BERLIN = "Europe/Berlin"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("shown", "moment", "zone", "seconds"),
    [
        ("2020-04-01T16:05:11", "2020-04-01T16:05:11", "UTC", 0),
        ("2020-04-01T18:05:11", "2020-04-01T16:05:11", BERLIN, 0),
        ("2020-04-01T17:05:11", "2020-04-01T16:05:11", BERLIN, -3600),  # winter time in summer
        ("2020-04-01T18:05:11", "2020-04-01T16:05:11.900", BERLIN, 0),  # it shows whole seconds
        ("2020-04-01T18:05:10", "2020-04-01T16:05:11.100", BERLIN, -1),
        ("2020-04-01T18:05:56", "2020-04-01T16:05:11", BERLIN, 45),
        ("2000-01-01T00:00:00", "2020-04-01T16:05:11", "UTC", -639_072_311),
        # the hour that comes twice: 02:30 is either 00:30 or 01:30 of UTC
        ("2026-10-25T02:30:00", "2026-10-25T00:30:00", BERLIN, 0),
        ("2026-10-25T02:30:00", "2026-10-25T01:30:00", BERLIN, 0),
        ("2026-10-25T03:30:00", "2026-10-25T01:30:00", BERLIN, 3600),  # it was not put back
        ("2026-10-25T02:00:10", "2026-10-25T00:59:50", BERLIN, 20),  # put back by itself, a little early
        ("2026-10-25T02:59:50", "2026-10-25T01:00:10", BERLIN, -20),  # a little late
        ("2026-10-25T03:00:10", "2026-10-25T00:59:50", BERLIN, 20),  # not yet put back
        # the hour that is left out: 02:30 is shown by no right clock
        ("2026-03-29T03:30:00", "2026-03-29T01:30:00", BERLIN, 0),
        ("2026-03-29T02:30:00", "2026-03-29T01:30:00", BERLIN, -3600),
        ("2026-03-29T01:59:55", "2026-03-29T01:00:05", BERLIN, -10),
        ("2026-03-29T03:00:05", "2026-03-29T00:59:55", BERLIN, 10),
        ("2026-04-05T01:45:00", "2026-04-04T15:15:00", "Australia/Lord_Howe", 0),  # by half an hour
        ("2026-04-05T01:45:00", "2026-04-04T14:45:00", "Australia/Lord_Howe", 0),
    ],
)
def test_how_far_the_clock_is_off(shown, moment, zone, seconds):
    assert skew(datetime.fromisoformat(shown), at(moment), ZoneInfo(zone)) == seconds


@pytest.mark.parametrize(
    ("shown", "max_skew", "text"),
    [
        ("12:00:30", 30, "right"),
        ("11:59:30", 30, "right"),
        ("12:00:31", 30, "31 s ahead"),
        ("11:59:29", 30, "31 s behind"),
        ("11:59:59", 1, "right"),
        ("12:01:00", 30, "1 min ahead"),
        ("12:59:59", 30, "59 min ahead"),
        ("11:00:00", 30, "1 h 0 min behind"),
        ("00:30:00", 3600, "11 h 30 min behind"),
    ],
)
def test_the_clock_in_words(shown, max_skew, text):
    clock = datetime.fromisoformat(f"2026-01-05T{shown}")
    assert clock_text(clock, at("2026-01-05T12:00:00"), ZoneInfo("UTC"), max_skew) == text


def test_a_clock_that_was_never_set_is_days_behind():
    clock = datetime.fromisoformat("2000-01-01T03:00:00")
    assert clock_text(clock, at("2000-01-04T05:30:00"), ZoneInfo("UTC"), 30) == "3 d 2 h behind"


@pytest.mark.parametrize(
    ("moment", "zone", "text"),
    [
        ("2020-04-01T16:05:11.700", "UTC", "2020-04-01T16:05:11"),
        ("2020-04-01T16:05:11", BERLIN, "2020-04-01T18:05:11"),
        ("2026-10-25T00:30:00", BERLIN, "2026-10-25T02:30:00"),
        ("2026-10-25T01:30:00", BERLIN, "2026-10-25T02:30:00"),
        ("2026-12-31T23:30:00", BERLIN, "2027-01-01T00:30:00"),
    ],
)
def test_the_time_to_set(moment, zone, text):
    assert local_time(at(moment), ZoneInfo(zone)) == text


@settings(max_examples=50, deadline=None, derandomize=True)
@given(
    st.integers(631_152_000, 2_840_140_800),  # from 1990 to 2060
    st.sampled_from([BERLIN, "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca"]),
    st.integers(-12, 14),
)
def test_a_clock_that_was_just_set_is_right(seconds, zone, hours):
    """Wherever the machine that sets it is."""
    here = datetime.fromtimestamp(seconds, timezone(timedelta(hours=hours)))
    shown = shown_time(local_time(here, ZoneInfo(zone)))
    assert shown is not None
    assert clock_text(shown, here, ZoneInfo(zone), 1) == "right"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("2020-04-01T16:05:11", "2020-04-01T16:05:11"),
        (" 2020-04-01T16:05:11.5 ", "2020-04-01T16:05:11"),
        ("2020-04-01T16:05:11+08:00", "2020-04-01T16:05:11"),
        ("2020-13-01T16:05:11", None),
        ("0001-01-01T00:00:00", None),
        ("9999-12-31T23:59:59", None),
        ("", None),
        (1_585_757_111, None),
        (None, None),
    ],
)
def test_what_a_terminal_says_is_a_time_or_none(given, shown):
    assert shown_time(given) == (datetime.fromisoformat(shown) if shown else None)


@pytest.mark.parametrize("name", ["Europe/Berln", "", "../etc/passwd", "Europe", "a\0b", 7, None])
def test_a_zone_that_is_not_known(name):
    assert zone_of(name) is None


def test_a_zone_that_is_known():
    assert zone_of(BERLIN) == ZoneInfo(BERLIN)
