"""Day templates of a terminal."""

from collections.abc import Collection, Mapping

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from schedule_strategies import OPEN, days, weeks

from reconciler.model.schedules.templates import (
    NUMBERS,
    CompiledWeeks,
    compile_weeks,
    day_of_pairs,
    day_pairs,
    week_of_numbers,
)
from reconciler.model.schedules.times import Day, Range
from reconciler.model.schedules.week import Week, day_name, open_minutes, parse_week

OFFICE: Day = (Range(480, 1080),)
LATE: Day = (Range(720, 1200),)
UNUSED = ("", "")

ODD = None
"""A template that can't be understood."""

NAMED_WEEKS = st.dictionaries(st.sampled_from(["Gate", "Lab", "Office", "Roof"]), weeks(pool=2), max_size=4)
CONTENTS = st.one_of(st.just(()), st.just(OPEN), st.none(), days(2))
LIVE = st.dictionaries(st.integers(0, 12), CONTENTS, max_size=8)
SOME = st.sets(st.integers(0, 12), max_size=5)


def week(**written: str) -> Week:
    found = parse_week({key.replace("_", "-"): text for key, text in written.items()})
    assert isinstance(found, Week)
    return found


def compiled(
    wanted: Mapping[str, Week],
    remembered: Mapping[str, int] | None = None,
    live: Mapping[int, Day | None] | None = None,
    in_use: Collection[int] = (),
    own_use: Collection[int] = (),
) -> CompiledWeeks:
    found = compile_weeks(wanted, remembered or {}, live or {}, in_use, own_use)
    assert isinstance(found, CompiledWeeks)
    return found


OFFICE_HOURS = week(mon_fri="08:00-18:00")


def test_equal_days_share_a_template_and_closed_days_have_an_empty_one() -> None:
    found = compiled({"Office": OFFICE_HOURS, "Late": week(mon_fri="12:00-20:00", sat="08:00-18:00")})
    # an empty template is there already, so the closed day takes the lowest before others are filled
    assert found == CompiledWeeks(
        weeks={"Late": (1, 3, 3, 3, 3, 3, 2), "Office": (1, 2, 2, 2, 2, 2, 1)},
        slots={"08:00-18:00": 2, "12:00-20:00": 3, "closed": 1},
        write={2: OFFICE, 3: LATE},
    )


def test_without_weeks_there_is_nothing_to_hold() -> None:
    assert compiled({}, live={1: OFFICE}) == CompiledWeeks(weeks={}, slots={}, write={})


ALL_DAY = week(daily="08:00-18:00")


@pytest.mark.parametrize(
    ("what", "remembered", "live", "in_use", "own_use", "number", "write"),
    [
        ("the lowest empty one", {}, {1: LATE, 2: ODD}, (), (), 3, {3: OFFICE}),
        ("never 0", {"08:00-18:00": 0}, {0: OFFICE}, (), (), 1, {1: OFFICE}),
        ("never more than 254", {"08:00-18:00": 255}, {255: OFFICE}, (), (), 1, {1: OFFICE}),
        ("equal content", {}, {1: LATE, 7: OFFICE, 9: OFFICE}, (), (), 7, {}),
        ("equal content that our users have", {}, {7: OFFICE, 9: OFFICE}, (), (9,), 9, {}),
        ("equal content that others do not use", {}, {7: OFFICE, 9: OFFICE}, (7,), (), 9, {}),
        ("equal content that others use", {}, {7: OFFICE}, (7,), (), 7, {}),
        ("remembered", {"08:00-18:00": 9}, {7: OFFICE, 9: OFFICE}, (), (), 9, {}),
        ("remembered, on a new terminal", {"08:00-18:00": 9}, {}, (), (), 9, {9: OFFICE}),
        ("remembered, and changed on the terminal", {"08:00-18:00": 9}, {9: LATE}, (), (9,), 9, {9: OFFICE}),
        ("remembered, and emptied on the terminal", {"08:00-18:00": 9}, {9: ()}, (), (9,), 9, {9: OFFICE}),
        ("remembered, and others use it as it is", {"08:00-18:00": 9}, {9: OFFICE}, (9,), (), 9, {}),
        ("changed, and others use it", {"08:00-18:00": 9}, {9: LATE}, (9,), (), 1, {1: OFFICE}),
        ("emptied, and others use it", {"08:00-18:00": 9}, {9: ()}, (9,), (), 1, {1: OFFICE}),
        ("empty, and others use it", {}, {}, (1, 2), (), 3, {3: OFFICE}),
        ("empty, and our users still have it", {}, {}, (), (1, 3), 2, {2: OFFICE}),
    ],
)
def test_which_number_a_day_gets(
    what: str,
    remembered: Mapping[str, int],
    live: Mapping[int, Day | None],
    in_use: Collection[int],
    own_use: Collection[int],
    number: int,
    write: Mapping[int, Day],
) -> None:
    found = compiled({"Office": ALL_DAY}, remembered, live, in_use, own_use)
    assert found == CompiledWeeks(weeks={"Office": (number,) * 7}, slots={"08:00-18:00": number}, write=write)


def test_a_template_that_no_week_needs_stays_and_is_remembered() -> None:
    found = compiled({"Late": week(daily="12:00-20:00")}, {"08:00-18:00": 1, "closed": 2}, {1: OFFICE, 2: ()})
    assert found == CompiledWeeks(weeks={"Late": (2,) * 7}, slots={"08:00-18:00": 1, "12:00-20:00": 2}, write={2: LATE})


def test_a_template_that_was_changed_and_is_not_needed_is_not_ours_any_more() -> None:
    found = compiled({}, {"08:00-18:00": 1, "12:00-20:00": 2, "closed": 3}, {1: LATE, 2: LATE})
    assert found.slots == {"12:00-20:00": 2}


FOREIGN: dict[int, Day | None] = {number: (Range(number, number + 1),) for number in NUMBERS}


def test_when_no_template_is_empty_one_of_ours_that_nobody_needs_is_taken() -> None:
    live = FOREIGN | {30: LATE, 40: OPEN}
    remembered = {"12:00-20:00": 30, "00:00-24:00": 40}
    assert compiled({"Office": ALL_DAY}, remembered, live) == CompiledWeeks(
        weeks={"Office": (30,) * 7}, slots={"00:00-24:00": 40, "08:00-18:00": 30}, write={30: OFFICE}
    )
    for in_use, own_use in [((30,), ()), ((), (30,))]:
        assert compiled({"Office": ALL_DAY}, remembered, live, in_use, own_use).weeks == {"Office": (40,) * 7}


def test_too_many_templates_says_how_many_and_which() -> None:
    assert compile_weeks({"Office": ALL_DAY, "Late": OFFICE_HOURS}, {}, FOREIGN | {7: (), 9: ()}, [9]) == (
        (
            "The weeks need 2 different days, and the terminal has 254 day templates, of which 253 can't be taken "
            'since they are not empty or users refer to them. There is none for 08:00-18:00 (week of "Late"). Give '
            "access levels the same ranges where that will do, or empty templates on the terminal that nobody needs."
        ),
    )


def test_254_different_days_fit_and_255_do_not() -> None:
    different = {f"{number:03}": Week(((Range(number, 1440),),) * 7) for number in range(1, 261)}
    first = {name: each for name, each in different.items() if name <= "254"}
    assert compiled(first).slots == {f"{number // 60:02}:{number % 60:02}-24:00": number for number in range(1, 255)}
    assert compile_weeks(different, {}, {}, ()) == (
        (
            "The weeks need 260 different days, and the terminal has 254 day templates. There is none for "
            '04:15-24:00 (week of "255"), 04:16-24:00 (week of "256"), 04:17-24:00 (week of "257"), '
            '04:18-24:00 (week of "258"), 04:19-24:00 (week of "259") and 1 more. Give access levels the same ranges '
            "where that will do, or empty templates on the terminal that nobody needs."
        ),
    )


def test_too_many_ranges_in_a_day_says_where_and_how_many() -> None:
    six = tuple(Range(hour * 60, hour * 60 + 30) for hour in range(1, 7))
    seven = (*six, Range(1400, 1440))
    wanted = {"Fits": Week((six,) * 7), "Breaks": Week((six, seven, seven, (), seven, (), ()))}
    assert compile_weeks(wanted, {}, {}, ()) == (
        (
            'The week of "Breaks" has 7 ranges on mon-tue and thu: 01:00-01:30, 02:00-02:30, 03:00-03:30, 04:00-04:30, '
            "05:00-05:30, 06:00-06:30, 23:20-24:00. A terminal holds 6 in a day. What goes on after midnight is a "
            "range of the next day. Use fewer ranges."
        ),
    )


def test_the_minute_after_midnight_by_itself_looks_like_no_range() -> None:
    assert compile_weeks({"Odd": week(fri="23:00-00:01")}, {}, {}, ()) == (
        (
            'The week of "Odd" has the range 00:00-00:01 on sat, which a terminal can\'t tell from no range. Make it '
            "longer, or leave it out."
        ),
    )


@given(NAMED_WEEKS, LIVE, SOME, SOME)
@settings(max_examples=50, deadline=None)
def test_the_compiled_weeks_are_the_weeks_minute_by_minute(
    wanted: dict[str, Week], live: dict[int, Day | None], in_use: set[int], own_use: set[int]
) -> None:
    found = compiled(wanted, {}, live, in_use, own_use)
    on_terminal = {number: day and day_of_pairs(day_pairs(day)) for number, day in (live | dict(found.write)).items()}
    assert found.weeks.keys() == wanted.keys()
    for name, numbers in found.weeks.items():
        back = week_of_numbers(numbers, on_terminal)
        assert isinstance(back, Week)
        assert open_minutes(back) == open_minutes(wanted[name])


@given(
    NAMED_WEEKS, st.dictionaries(CONTENTS.map(lambda day: day_name(day or ())), st.integers(-1, 13)), LIVE, SOME, SOME
)
@settings(max_examples=50, deadline=None)
def test_no_door_of_others_opens_or_closes_whatever_is_remembered(
    wanted: dict[str, Week],
    remembered: dict[str, int],
    live: dict[int, Day | None],
    in_use: set[int],
    own_use: set[int],
) -> None:
    found = compiled(wanted, remembered, live, in_use, own_use)
    assert found.write.keys() <= set(NUMBERS) - in_use
    assert all(live.get(number, ()) != day for number, day in found.write.items())
    ours = {number for name, number in remembered.items() if found.slots.get(name) == number}
    taken = {number for number in found.write if live.get(number, ()) == ()} - ours
    assert not taken & own_use
    foreign = {number for number in live if live[number] != () and number not in remembered.values()}
    assert not found.write.keys() & foreign


@given(NAMED_WEEKS, NAMED_WEEKS, LIVE, SOME)
@settings(max_examples=50, deadline=None)
def test_adding_and_removing_levels_renumbers_no_other(
    before: dict[str, Week], after: dict[str, Week], live: dict[int, Day | None], in_use: set[int]
) -> None:
    first = compiled(before, {}, live, in_use)
    held = live | dict(first.write)
    own_use = {number for numbers in first.weeks.values() for number in numbers}
    second = compiled(after, first.slots, held, in_use, own_use)
    assert not second.write.keys() & own_use
    for name in before.keys() & after.keys():
        for day in range(7):
            if before[name].days[day] == after[name].days[day]:
                assert second.weeks[name][day] == first.weeks[name][day]
    third = compiled(after, second.slots, held | dict(second.write), in_use)
    assert third == CompiledWeeks(weeks=second.weeks, slots=second.slots, write={})
    back = compiled(before, second.slots, held | dict(second.write), in_use)
    for name, numbers in first.weeks.items():
        kept = [day for day in range(7) if before[name].days[day]]
        assert [back.weeks[name][day] for day in kept] == [numbers[day] for day in kept]


@given(NAMED_WEEKS, LIVE, SOME)
@settings(max_examples=25, deadline=None)
def test_without_a_memory_everything_is_found_again(
    wanted: dict[str, Week], live: dict[int, Day | None], in_use: set[int]
) -> None:
    first = compiled(wanted, {}, live, in_use)
    own_use = {number for numbers in first.weeks.values() for number in numbers}
    again = compiled(wanted, {}, live | dict(first.write), in_use, own_use)
    assert again.write == {}
    assert {name: len(set(numbers)) for name, numbers in again.weeks.items()} == {
        name: len(set(numbers)) for name, numbers in first.weeks.items()
    }


@given(NAMED_WEEKS)
@settings(max_examples=25, deadline=None)
def test_the_order_of_levels_means_nothing(wanted: dict[str, Week]) -> None:
    assert compiled(dict(sorted(wanted.items()))) == compiled(dict(sorted(wanted.items(), reverse=True)))


def test_what_a_terminals_numbers_mean() -> None:
    live: dict[int, Day | None] = {0: OPEN, 2: OFFICE, 3: ODD}
    assert week_of_numbers([1, 2, 2, 2, 2, 2, 1], live) == OFFICE_HOURS
    assert week_of_numbers([0, 2, 2, 3, 255, 2, 1], live) == (
        "What the terminal's day template 0, 3, 255 means is not known."
    )
    assert week_of_numbers([1] * 6, live) == "The terminal gives 6 day templates for the week instead of 7."


@pytest.mark.parametrize(
    ("day", "pairs"),
    [
        ((), [UNUSED] * 6),
        (OPEN, [("00:00", "23:59"), *[UNUSED] * 5]),
        (OFFICE, [("08:00", "17:59"), *[UNUSED] * 5]),
        ((Range(0, 1439),), [("00:00", "23:58"), *[UNUSED] * 5]),
        (
            (Range(480, 481), Range(720, 780), Range(1439, 1440)),
            [("08:00", "08:00"), ("12:00", "12:59"), ("23:59", "23:59"), *[UNUSED] * 3],
        ),
    ],
)
def test_a_terminals_end_is_the_last_minute_inside(day: Day, pairs: list[tuple[str, str]]) -> None:
    assert day_pairs(day) == tuple(pairs)
    assert day_of_pairs(pairs) == day


@pytest.mark.parametrize(
    ("pairs", "day"),
    [
        ([], ()),
        ([("00:00", "00:00")] * 6, ()),
        ([("13:00", "17:59"), UNUSED, ("08:00", "12:59")], (Range(480, 1080),)),
        ([("08:00", "18:00"), ("17:00", "19:00")], (Range(480, 1141),)),
        ([("00:00", "24:00")], OPEN),
        ([("08:00", "17:59"), ("22:00", "06:00")], ODD),
        ([("08:00", "")], ODD),
        ([("8:00", "9:00")], ODD),
    ],
)
def test_what_a_terminals_ranges_mean(pairs: list[tuple[str, str]], day: Day | None) -> None:
    assert day_of_pairs(pairs) == day


@given(days(6))
@settings(max_examples=50, deadline=None)
def test_a_template_reads_as_it_was_written(day: Day) -> None:
    assert len(day_pairs(day)) == 6
    assert day_of_pairs(day_pairs(day)) == day


def test_compiled_weeks_survive_json() -> None:
    found = compiled({"Office": OFFICE_HOURS})
    assert msgspec.json.decode(msgspec.json.encode(found), type=CompiledWeeks) == found
