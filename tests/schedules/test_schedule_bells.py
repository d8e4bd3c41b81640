"""Bells of a terminal."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.model.schedules.bells import (
    OUTPUTS,
    RINGS,
    Bell,
    BellSlot,
    bell_form,
    bells_of_slots,
    canonical_bells,
    compile_bells,
    parse_bell,
)
from reconciler.model.schedules.mistake import Mistake

MORNING = Bell(480, (1, 2, 3, 4, 5), "30s", "both")
MORNING_SLOT = BellSlot(duration=6, start="08:00", weekmask=62, type=2)
UNUSED = BellSlot(duration=0, start="00:00", weekmask=0, type=0)

BELLS = st.builds(
    Bell,
    st.integers(0, 1439),
    st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days))),
    st.sampled_from(RINGS),
    st.sampled_from(OUTPUTS),
)


def slots_of(bells: list[Bell]) -> tuple[BellSlot, ...]:
    slots = compile_bells(bells)
    assert not isinstance(slots, str)
    return slots


@pytest.mark.parametrize(
    ("written", "bell", "slot"),
    [
        (("08:00", "mon-fri", "30s", "both"), MORNING, MORNING_SLOT),
        (("23:59", "sun", "none", "inside"), Bell(1439, (0,), "none", "inside"), BellSlot(0, "23:59", 1, 0)),
        (
            ("00:00", "daily", "60s", "outside"),
            Bell(0, (0, 1, 2, 3, 4, 5, 6), "60s", "outside"),
            BellSlot(8, "00:00", 127, 1),
        ),
        (
            ("12:30", ["sat-sun", "wed"], "3s", "inside"),
            Bell(750, (0, 3, 6), "3s", "inside"),
            BellSlot(1, "12:30", 73, 0),
        ),
    ],
)
def test_a_bell_and_its_slot(written: tuple[str, str | list[str], str, str], bell: Bell, slot: BellSlot) -> None:
    assert parse_bell(*written) == bell
    assert compile_bells([bell]) == (slot, *[UNUSED] * 23)
    assert bells_of_slots([slot]) == (bell,)


def test_every_mistake_in_a_bell_is_told() -> None:
    assert parse_bell("24:00", ["mon", "Tue"], "1min", "In") == (
        Mistake("at", 0, '"24:00" can only be the end of a range. Write 00:00 for the first minute of a day.'),
        Mistake("days", 0, '"Tue" is not a day. Write tue.'),
        Mistake("ring", 0, '"1min" is not one of the values. Write none, 3s, 5s, 10s, 15s, 20s, 30s, 45s, 60s.'),
        Mistake("output", 0, '"In" is not one of the values. Write inside, outside, both.'),
    )


def test_order_and_repeats_mean_nothing() -> None:
    noon = Bell(720, (0,), "3s", "inside")
    assert canonical_bells([noon, MORNING, noon]) == (MORNING, noon)
    assert compile_bells([noon, MORNING, noon]) == compile_bells([MORNING, noon])


def test_no_bells_are_24_unused_slots() -> None:
    assert compile_bells([]) == (UNUSED,) * 24
    assert bells_of_slots([UNUSED] * 24) == ()


def test_24_bells_fit_and_more_do_not() -> None:
    bells = [Bell(minute, (1,), "3s", "both") for minute in range(26)]
    assert bells_of_slots(slots_of(bells[:24])) == tuple(bells[:24])
    assert compile_bells(bells) == "There are 26 bells, and a terminal has 24. Remove 2 of them."


@pytest.mark.parametrize("unused", [BellSlot(start=""), BellSlot(6, "", 62, 2), BellSlot(6, "08:00", 0, 2)])
def test_a_slot_without_a_day_or_a_start_is_unused(unused: BellSlot) -> None:
    assert bells_of_slots([unused, MORNING_SLOT]) == (MORNING,)


@pytest.mark.parametrize(
    ("slot", "shown"),
    [
        (BellSlot(9, "08:00", 62, 2), 'duration 9, start "08:00", weekdays 62, type 2'),
        (BellSlot(-1, "08:00", 62, 2), 'duration -1, start "08:00", weekdays 62, type 2'),
        (BellSlot(6, "24:00", 62, 2), 'duration 6, start "24:00", weekdays 62, type 2'),
        (BellSlot(6, "08:00", 128, 2), 'duration 6, start "08:00", weekdays 128, type 2'),
        (BellSlot(6, "08:00", 62, 3), 'duration 6, start "08:00", weekdays 62, type 3'),
    ],
)
def test_a_slot_that_means_nothing_is_shown(slot: BellSlot, shown: str) -> None:
    assert bells_of_slots([MORNING_SLOT, slot]) == f"The terminal's bell 1 can't be understood: {shown}."


@given(st.lists(BELLS, max_size=24))
@settings(max_examples=50, deadline=None)
def test_bells_read_as_they_were_written(bells: list[Bell]) -> None:
    slots = slots_of(bells)
    assert len(slots) == 24
    assert bells_of_slots(slots) == canonical_bells(bells)


@given(BELLS)
@settings(max_examples=50, deadline=None)
def test_a_bell_reads_as_it_was_written(bell: Bell) -> None:
    form = bell_form(bell)
    assert parse_bell(str(form["at"]), form["days"], str(form["ring"]), str(form["output"])) == bell
    assert msgspec.json.decode(msgspec.json.encode(bell), type=Bell) == bell


def test_a_bell_as_people_write_it() -> None:
    assert bell_form(MORNING) == {"at": "08:00", "days": "mon-fri", "ring": "30s", "output": "both"}
