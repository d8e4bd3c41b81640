"""Shifts: a terminal holds 24 of them, each of up to 3 periods of work (manual: GetShiftSetting)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise

import msgspec

from reconciler.model.schedules.mistake import Mistake, Mistakes, Problems
from reconciler.model.schedules.rosters import RESERVED
from reconciler.model.schedules.slots import Choices, allocate, numbers_text
from reconciler.model.schedules.times import (
    MINUTES,
    Day,
    Range,
    is_unused,
    pair_range,
    parse_range,
    range_text,
    time_text,
)
from reconciler.model.words import cited

PERIODS = 3
"""Periods in a shift."""

SLOTS = range(24)
"""The numbers of the shifts."""

_LAST_MINUTE = MINUTES - 1


class Shift(msgspec.Struct, frozen=True):
    """`periods` are sorted, do not overlap and end at 23:59 at the latest. `slot` is the number that the files give."""

    name: str
    periods: Day
    slot: int | None = None


class CompiledShifts(msgspec.Struct, frozen=True, kw_only=True):
    """`slots` has the number of every shift, to be remembered. `left` are numbers remembered of shifts that are not
    there any more, as long as no other shift has taken them: whoever prunes empties those that nobody else uses.
    `write` are the slots that have to be written."""

    slots: Mapping[str, int]
    left: Mapping[str, int]
    write: Mapping[int, Day]


def parse_shift(name: str, periods: str | Sequence[str], slot: int | None = None) -> Shift | Mistakes:
    """The shift, or what is wrong with it, under the keys `name`, `periods` and `slot`.

    A period that ends at 24:00 ends at 23:59, the last minute that terminals know for shifts.
    """
    mistakes = []
    if name in RESERVED:
        detail = f"A shift can't be named {cited(name)}: in a roster that word has a meaning of its own. Rename it."
        mistakes.append(Mistake("name", 0, detail))
    if slot is not None and slot not in SLOTS:
        detail = f"{slot} is not a shift's slot. Write 0 to {SLOTS[-1]}, or leave slot out to have one allocated."
        mistakes.append(Mistake("slot", 0, detail))
    found, wrong = _parse_periods([periods] if isinstance(periods, str) else periods)
    return (*mistakes, *wrong) or Shift(name, found, slot)


def _parse_periods(texts: Sequence[str]) -> tuple[Day, Mistakes]:
    if not 1 <= len(texts) <= PERIODS:
        detail = f"A shift has 1 to {PERIODS} periods, and this one has {len(texts)}."
        return (), (Mistake("periods", None, detail),)
    periods: list[Range] = []
    mistakes = []
    for item, text in enumerate(texts):
        each = parse_range(text, over_midnight=False)
        if isinstance(each, str):
            mistakes.append(Mistake("periods", item, each))
            continue
        period = _until_last_minute(each)
        overlapped = next((other for other in periods if period.start < other.end and other.start < period.end), None)
        if period.start == period.end:
            detail = f"{cited(text)} is too short: for shifts a terminal's day ends at 23:59. Start it earlier."
            mistakes.append(Mistake("periods", item, detail))
        elif overlapped:
            detail = f"{cited(text)} overlaps with {range_text(overlapped)}. The periods of a shift follow each other."
            mistakes.append(Mistake("periods", item, detail))
        else:
            periods.append(period)
    return tuple(sorted(periods)), tuple(mistakes)


def _until_last_minute(period: Range) -> Range:
    return Range(period.start, min(period.end, _LAST_MINUTE))


def compile_shifts(
    shifts: Collection[Shift],
    remembered: Mapping[str, int],
    live: Mapping[int, Day | None],
    in_use: Collection[int] = (),
) -> CompiledShifts | Problems:
    """The slots of `shifts`, whose names differ, on one terminal, or why it can't hold them.

    `remembered` is `slots` of the last time. `live` is what the terminal holds: () is an empty slot, which is what a
    missing number counts as, and None one that can't be understood (`periods_of_pairs`). `in_use` are the numbers that
    rosters refer to which are not ours: such a slot is not filled, unless the files or `remembered` say it is ours.

    A shift's number is its own `slot`, else the remembered one, else one with equal content, else the lowest empty
    one, else one of a shift that is not there any more.
    """
    wanted = {shift.name: shift for shift in shifts}
    problems = tuple(_same_slot(shifts))
    if problems:
        return problems
    gone = {name: number for name, number in remembered.items() if name not in wanted and number in SLOTS}
    slots = allocate(wanted, _choices(wanted, remembered, gone, live, frozenset(in_use)))
    if len(slots) < len(wanted):
        return (_too_many(wanted, slots),)
    return CompiledShifts(
        slots=dict(sorted(slots.items())),
        left={name: number for name, number in sorted(gone.items()) if number not in slots.values()},
        write={
            number: wanted[name].periods
            for name, number in sorted(slots.items(), key=lambda item: item[1])
            if live.get(number, ()) != wanted[name].periods
        },
    )


def _same_slot(shifts: Collection[Shift]) -> Iterable[str]:
    for slot in SLOTS:
        names = sorted(shift.name for shift in shifts if shift.slot == slot)
        if len(names) > 1:
            which = " and ".join(cited(name) for name in names)
            yield f"The shifts {which} all have the slot {slot}. Give each its own, or leave slot out."


def _choices(
    wanted: Mapping[str, Shift],
    remembered: Mapping[str, int],
    gone: Mapping[str, int],
    live: Mapping[int, Day | None],
    used: frozenset[int],
) -> tuple[Choices, ...]:
    """The slots that each shift may have: its own, remembered, equal, and to be filled."""
    own = {name: (shift.slot,) for name, shift in wanted.items() if shift.slot is not None}
    kept = {name: (slot,) for name, slot in remembered.items() if slot in SLOTS}
    equal = {name: _equal(shift.periods, live, used) for name, shift in wanted.items()}
    empty = [slot for slot in SLOTS if live.get(slot, ()) == () and slot not in used]
    old = sorted(slot for slot in gone.values() if slot not in used)
    return own, kept, equal, dict.fromkeys(wanted, (*empty, *old))


def _equal(periods: Day, live: Mapping[int, Day | None], used: Collection[int]) -> list[int]:
    """The slots that hold these periods already, those that only others use last."""
    equal = [number for number in SLOTS if live.get(number, ()) == periods]
    return sorted(equal, key=lambda number: (number in used, number))


def _too_many(wanted: Collection[str], slots: Mapping[str, int]) -> str:
    missing = ", ".join(cited(name) for name in sorted(set(wanted) - slots.keys()))
    lost = sorted(set(SLOTS) - set(slots.values()))
    held = (
        f" The slots {numbers_text(lost)} can't be taken since they are not empty or others use them." if lost else ""
    )
    return (
        f"There are {len(wanted)} shifts, and a terminal has {len(SLOTS)} slots. There is none for {missing}.{held} "
        "Remove shifts that nobody needs, or give a shift the slot that it may overwrite."
    )


def period_pairs(periods: Day) -> tuple[tuple[str, str], ...]:
    """A shift as the terminal holds it: 3 times a start and an end, both empty where there is no period."""
    pairs = [(time_text(start), time_text(end)) for start, end in periods]
    return (*pairs, *[("", "")] * (PERIODS - len(pairs)))


def periods_of_pairs(pairs: Iterable[tuple[str, str]]) -> Day | None:
    """The periods that a terminal's starts and ends mean, None when that is not known: a time is malformed, or a period
    ends before it starts or overlaps with another."""
    found = [pair_range(*pair) for pair in pairs if not is_unused(*pair)]
    periods = sorted(_until_last_minute(each) for each in found if each)
    whole = len(periods) == len(found) and all(period.start < period.end for period in periods)
    apart = all(first.end <= second.start for first, second in pairwise(periods))
    return tuple(periods) if whole and apart else None


def shift_periods(periods: Day) -> list[str]:
    """The periods as people write them."""
    return [range_text(each) for each in periods]
