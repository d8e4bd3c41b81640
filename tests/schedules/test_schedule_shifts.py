"""Shifts and their slots on a terminal."""

from collections.abc import Collection, Mapping

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.model.schedules.mistake import Mistake
from reconciler.model.schedules.shifts import (
    SLOTS,
    CompiledShifts,
    Shift,
    compile_shifts,
    parse_shift,
    period_pairs,
    periods_of_pairs,
    shift_periods,
)
from reconciler.model.schedules.times import Day, Range

DAY: Day = (Range(540, 720), Range(780, 1080))
NIGHT: Day = (Range(0, 360),)
LATE: Day = (Range(840, 1320),)
UNUSED = ("", "")
ODD = None
"""A slot that can't be understood."""


def test_a_shift_has_periods_of_work() -> None:
    assert parse_shift("day", ["09:00-12:00", "13:00-18:00"]) == Shift("day", DAY)
    assert parse_shift("day", ["13:00-18:00", "09:00-12:00"], 3) == Shift("day", DAY, 3)
    assert parse_shift("late", "14:00-22:00", 0) == Shift("late", LATE, 0)
    assert parse_shift("x", ["08:00-12:00", "12:00-13:00"]) == Shift("x", (Range(480, 720), Range(720, 780)))


def test_a_shift_until_24_00_ends_at_a_terminals_last_minute() -> None:
    assert parse_shift("late", ["16:00-24:00"]) == Shift("late", (Range(960, 1439),))
    assert parse_shift("late", ["16:00-23:59"]) == Shift("late", (Range(960, 1439),))


@pytest.mark.parametrize(
    ("name", "periods", "slot", "mistakes"),
    [
        ("x", [], None, (Mistake("periods", None, "A shift has 1 to 3 periods, and this one has 0."),)),
        (
            "x",
            ["01:00-02:00", "03:00-04:00", "05:00-06:00", "07:00-08:00"],
            None,
            (Mistake("periods", None, "A shift has 1 to 3 periods, and this one has 4."),),
        ),
        (
            "x",
            ["22:00-06:00", "9:00-10:00"],
            None,
            (
                Mistake(
                    "periods",
                    0,
                    '"22:00-06:00" ends before it starts, and can\'t go over midnight here. Write the earlier time '
                    "first.",
                ),
                Mistake("periods", 1, '"9:00" is not a time. Write 09:00.'),
            ),
        ),
        (
            "x",
            ["09:00-12:00", "08:00-09:01"],
            None,
            (
                Mistake(
                    "periods",
                    1,
                    '"08:00-09:01" overlaps with 09:00-12:00. The periods of a shift follow each other.',
                ),
            ),
        ),
        (
            "x",
            ["23:59-24:00"],
            None,
            (
                Mistake(
                    "periods",
                    0,
                    '"23:59-24:00" is too short: for shifts a terminal\'s day ends at 23:59. Start it earlier.',
                ),
            ),
        ),
        (
            "holiday",
            ["08:00-08:00"],
            24,
            (
                Mistake(
                    "name",
                    0,
                    'A shift can\'t be named "holiday": in a roster that word has a meaning of its own. Rename it.',
                ),
                Mistake("slot", 0, "24 is not a shift's slot. Write 0 to 23, or leave slot out to have one allocated."),
                Mistake("periods", 0, '"08:00-08:00" has no length. Write 00:00-24:00 for a whole day.'),
            ),
        ),
    ],
)
def test_every_mistake_in_a_shift_is_told(
    name: str, periods: list[str], slot: int | None, mistakes: tuple[Mistake, ...]
) -> None:
    assert parse_shift(name, periods, slot) == mistakes


def compiled(
    shifts: Collection[Shift],
    remembered: Mapping[str, int] | None = None,
    live: Mapping[int, Day | None] | None = None,
    in_use: Collection[int] = (),
) -> CompiledShifts:
    found = compile_shifts(shifts, remembered or {}, live or {}, in_use)
    assert isinstance(found, CompiledShifts)
    return found


def test_shifts_get_the_lowest_empty_slots_around_those_that_are_given() -> None:
    shifts = [Shift("night", NIGHT), Shift("late", LATE, 0), Shift("day", DAY)]
    assert compiled(shifts) == CompiledShifts(
        slots={"day": 1, "late": 0, "night": 2}, left={}, write={0: LATE, 1: DAY, 2: NIGHT}
    )


def test_shifts_with_the_same_periods_have_slots_of_their_own() -> None:
    assert compiled([Shift("a", DAY), Shift("b", DAY)], live={5: DAY}) == CompiledShifts(
        slots={"a": 5, "b": 0}, left={}, write={0: DAY}
    )


@pytest.mark.parametrize(
    ("what", "slot", "remembered", "live", "in_use", "number", "write"),
    [
        ("the lowest empty one", None, {}, {0: LATE, 1: ODD}, (), 2, {2: DAY}),
        ("its own, whatever is there", 1, {"day": 2}, {1: LATE, 2: DAY}, (1,), 1, {1: DAY}),
        ("remembered, with other periods", None, {"day": 9}, {5: DAY, 9: LATE}, (9,), 9, {9: DAY}),
        ("remembered, on a new terminal", None, {"day": 9}, {}, (), 9, {9: DAY}),
        ("remembered, of no terminal", None, {"day": 24}, {}, (), 0, {0: DAY}),
        ("equal content", None, {}, {5: DAY, 6: DAY}, (), 5, {}),
        ("equal content that others do not use", None, {}, {5: DAY, 6: DAY}, (5,), 6, {}),
        ("equal content that others use", None, {}, {5: DAY}, (5,), 5, {}),
        ("empty, and others use it", None, {}, {}, (0, 1), 2, {2: DAY}),
    ],
)
def test_which_slot_a_shift_gets(
    what: str,
    slot: int | None,
    remembered: Mapping[str, int],
    live: Mapping[int, Day | None],
    in_use: Collection[int],
    number: int,
    write: Mapping[int, Day],
) -> None:
    found = compiled([Shift("day", DAY, slot)], remembered, live, in_use)
    assert found == CompiledShifts(slots={"day": number}, left={}, write=write)


def test_a_shift_that_is_not_there_any_more_leaves_its_slot_to_who_prunes() -> None:
    assert compiled([Shift("day", DAY)], {"day": 1, "old": 0}, {0: LATE, 1: DAY}) == CompiledShifts(
        slots={"day": 1}, left={"old": 0}, write={}
    )
    assert compiled([], {"day": 3, "old": 24}, {3: DAY}).left == {"day": 3}


def test_a_shift_with_a_new_name_and_the_same_periods_keeps_its_slot() -> None:
    assert compiled([Shift("early", DAY)], {"day": 4}, {4: DAY}) == CompiledShifts(
        slots={"early": 4}, left={}, write={}
    )


def test_when_no_slot_is_empty_one_of_a_shift_that_is_gone_is_taken_unless_others_use_it() -> None:
    live: dict[int, Day | None] = dict.fromkeys(SLOTS, LATE)
    gone = {"old": 3, "older": 8}
    assert compiled([Shift("day", DAY)], gone, live, [3]) == CompiledShifts(
        slots={"day": 8}, left={"old": 3}, write={8: DAY}
    )


def test_24_shifts_fit_and_25_do_not() -> None:
    shifts = [Shift(f"s{number:02}", (Range(number, 1000),)) for number in range(25)]
    assert compiled(shifts[:24]).slots == {f"s{number:02}": number for number in range(24)}
    assert compile_shifts(shifts, {}, {}) == (
        (
            'There are 25 shifts, and a terminal has 24 slots. There is none for "s24". Remove shifts that nobody '
            "needs, or give a shift the slot that it may overwrite."
        ),
    )


def test_slots_that_are_held_by_others_are_named_when_there_are_too_few() -> None:
    live: dict[int, Day | None] = {number: LATE if number < 22 else () for number in SLOTS}
    assert compile_shifts([Shift("day", DAY), Shift("night", NIGHT)], {}, live, [22]) == (
        (
            'There are 2 shifts, and a terminal has 24 slots. There is none for "night". The slots 0-22 can\'t be '
            "taken since they are not empty or others use them. Remove shifts that nobody needs, or give a shift the "
            "slot that it may overwrite."
        ),
    )


def test_two_shifts_cannot_have_one_slot() -> None:
    shifts = [Shift("night", NIGHT, 3), Shift("day", DAY, 3), Shift("late", LATE, 4)]
    assert compile_shifts(shifts, {}, {}) == (
        'The shifts "day" and "night" all have the slot 3. Give each its own, or leave slot out.',
    )


PERIODS = st.sampled_from([DAY, NIGHT, LATE])
NAMED = st.dictionaries(st.sampled_from("abcdef"), PERIODS, max_size=6).map(
    lambda named: [Shift(name, periods) for name, periods in named.items()]
)
LIVE = st.dictionaries(st.integers(0, 23), st.one_of(st.just(()), st.none(), PERIODS), max_size=8)
SOME = st.sets(st.integers(0, 23), max_size=5)


@given(NAMED, NAMED, LIVE, SOME)
@settings(max_examples=50, deadline=None)
def test_adding_removing_and_changing_shifts_renumbers_no_other(
    before: list[Shift], after: list[Shift], live: dict[int, Day | None], in_use: set[int]
) -> None:
    first = compiled(before, {}, live, in_use)
    held = live | dict(first.write)
    second = compiled(after, first.slots, held, in_use)
    for shift in after:
        if shift.name in first.slots:
            assert second.slots[shift.name] == first.slots[shift.name]
    written = held | dict(second.write)
    assert {shift.name: written[second.slots[shift.name]] for shift in after} == {
        shift.name: shift.periods for shift in after
    }
    third = compiled(after[::-1], {**second.slots, **second.left}, written, in_use)
    assert third == CompiledShifts(slots=second.slots, left=second.left, write={})


@given(NAMED, LIVE, SOME)
@settings(max_examples=50, deadline=None)
def test_only_empty_slots_that_nobody_uses_are_filled(
    shifts: list[Shift], live: dict[int, Day | None], in_use: set[int]
) -> None:
    found = compiled(shifts, {}, live, in_use)
    assert all(live.get(number, ()) == () and number not in in_use for number in found.write)


@pytest.mark.parametrize(
    ("pairs", "periods"),
    [
        ([("09:00", "12:00"), ("13:00", "18:00"), UNUSED], DAY),
        ([UNUSED, ("13:00", "18:00"), ("09:00", "12:00")], DAY),
        ([UNUSED] * 3, ()),
        ([("00:00", "00:00")] * 3, ()),
        ([("16:00", "24:00")], (Range(960, 1439),)),
        ([("08:00", "12:00"), ("12:00", "13:00")], (Range(480, 720), Range(720, 780))),
        ([("09:00", "")], ODD),
        ([("09:00", "09:00")], ODD),
        ([("22:00", "06:00")], ODD),
        ([("09:00", "12:00"), ("11:00", "13:00")], ODD),
        ([("9am", "12:00")], ODD),
    ],
)
def test_what_a_terminals_periods_mean(pairs: list[tuple[str, str]], periods: Day | None) -> None:
    assert periods_of_pairs(pairs) == periods


@given(st.lists(st.integers(0, 1439), min_size=2, max_size=6, unique=True).filter(lambda each: len(each) % 2 == 0))
@settings(max_examples=50, deadline=None)
def test_a_shift_reads_as_it_was_written(minutes: list[int]) -> None:
    edges = sorted(minutes)
    periods = tuple(Range(*edges[first : first + 2]) for first in range(0, len(edges), 2))
    assert len(period_pairs(periods)) == 3
    assert periods_of_pairs(period_pairs(periods)) == periods
    assert parse_shift("x", shift_periods(periods)) == Shift("x", periods)


def test_a_terminals_shift_is_written_as_in_the_manual() -> None:
    assert period_pairs(DAY) == (("09:00", "12:00"), ("13:00", "18:00"), ("", ""))


def test_compiled_shifts_survive_json() -> None:
    found = compiled([Shift("day", DAY)], {"old": 3})
    assert msgspec.json.decode(msgspec.json.encode(found), type=CompiledShifts) == found
