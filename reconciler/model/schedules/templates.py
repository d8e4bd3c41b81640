"""Day templates: what a terminal holds of the weeks of access levels.

A terminal has 255 days of 6 ranges each, and every user refers to one of them for each day of the week (manual:
GetAcTimeZone, GetAcUserInfo). What number 0 means is not known (B4 15), so it is never used and never written.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache

import msgspec

from reconciler.model.schedules.days import days_words
from reconciler.model.schedules.mistake import Problems
from reconciler.model.schedules.slots import Choices, allocate, numbers_text
from reconciler.model.schedules.times import MINUTES, Day, Range, is_unused, merged, pair_range, range_text, time_text
from reconciler.model.schedules.week import Week, day_name
from reconciler.model.words import cited, some

RANGES = 6
"""Ranges in a day template."""

NUMBERS = range(1, 255)
"""The numbers of the templates that can be used."""

_MOST_NAMED = 5
_FIRST_MINUTE = Range(0, 1)


class CompiledWeeks(msgspec.Struct, frozen=True, kw_only=True):
    """`weeks` has for each week its seven template numbers, Sunday first. `write` are the templates that have to be
    written before a user refers to them; all others stay as they are. `slots` is to be remembered: the number of every
    template that is ours, by its content (`day_name`), those that no week needs any more included."""

    weeks: Mapping[str, tuple[int, ...]]
    slots: Mapping[str, int]
    write: Mapping[int, Day]


def compile_weeks(
    weeks: Mapping[str, Week],
    remembered: Mapping[str, int],
    live: Mapping[int, Day | None],
    in_use: Collection[int],
    own_use: Collection[int] = (),
) -> CompiledWeeks | Problems:
    """The templates that hold `weeks` on one terminal, or why it can't hold them. Equal days share a template.

    `remembered` is `slots` of the last time. `live` is what the terminal holds: () is an empty template, which is what
    a missing number counts as, and None one that can't be understood (`day_of_pairs`). `in_use` are the numbers that
    users refer to whose access is not ours: these templates are never written. `own_use` are those that the users whose
    access is ours have now: they stay as they are until these users have their new numbers, so that no door opens in
    between; only what is remembered there is put back.

    When `write` is empty and `slots` is what was remembered, the users that are not ours need not be known.

    A day's number is the remembered one, else one with equal content, else the lowest empty one, else one of ours that
    nobody needs any more.
    """
    problems = tuple(_unfit(weeks))
    if problems:
        return problems
    wanted = {day_name(day): day for week in weeks.values() for day in week.days}
    unneeded = {
        name: number
        for name, number in remembered.items()
        if name not in wanted and number in NUMBERS and _holds(live.get(number, ()), name)
    }
    chosen = allocate(wanted, _choices(wanted, remembered, unneeded, live, frozenset(in_use), frozenset(own_use)))
    if len(chosen) < len(wanted):
        return (_too_many(weeks, wanted, chosen),)
    left = {name: number for name, number in unneeded.items() if number not in chosen.values()}
    return CompiledWeeks(
        weeks={name: tuple(chosen[day_name(day)] for day in week.days) for name, week in sorted(weeks.items())},
        slots=dict(sorted((chosen | left).items())),
        write={
            number: wanted[name]
            for name, number in sorted(chosen.items(), key=lambda item: item[1])
            if live.get(number, ()) != wanted[name]
        },
    )


def _choices(
    wanted: Mapping[str, Day],
    remembered: Mapping[str, int],
    unneeded: Mapping[str, int],
    live: Mapping[int, Day | None],
    others: frozenset[int],
    own: frozenset[int],
) -> tuple[Choices, ...]:
    """The numbers that each day's name may have: remembered, equal, and to be filled."""
    kept = {
        name: (number,)
        for name, number in remembered.items()
        if name in wanted and number in NUMBERS and (number not in others or live.get(number, ()) == wanted[name])
    }
    used = others | own
    empty = [number for number in NUMBERS if live.get(number, ()) == () and number not in used]
    ours = sorted(number for number in unneeded.values() if number not in used)
    equal = {name: _equal(day, live, others, own) for name, day in wanted.items()}
    return kept, equal, dict.fromkeys(wanted, (*empty, *ours))


def _holds(day: Day | None, name: str) -> bool:
    """Whether a template has the content of this name; an empty one is nobody's."""
    return bool(day) and day_name(day or ()) == name


def _equal(day: Day, live: Mapping[int, Day | None], others: Collection[int], own: Collection[int]) -> list[int]:
    """The numbers that hold `day` already: those of our own users first, those of others last."""
    equal = [number for number in NUMBERS if live.get(number, ()) == day]
    return sorted(equal, key=lambda number: (number in others, number not in own, number))


def _unfit(weeks: Mapping[str, Week]) -> Iterator[str]:
    """What no terminal can hold, however many templates are free."""
    for name, week in sorted(weeks.items()):
        days = dict.fromkeys(week.days)
        for day in days:
            where = days_words([number for number in range(7) if week.days[number] == day])
            if len(day) > RANGES:
                texts = ", ".join(range_text(each) for each in day)
                yield (
                    f"The week of {cited(name)} has {len(day)} ranges on {where}: {texts}. A terminal holds {RANGES} "
                    "in a day. What goes on after midnight is a range of the next day. Use fewer ranges."
                )
            if _FIRST_MINUTE in day:
                yield (
                    f"The week of {cited(name)} has the range 00:00-00:01 on {where}, which a terminal can't tell "
                    "from no range. Make it longer, or leave it out."
                )


def _too_many(weeks: Mapping[str, Week], wanted: Mapping[str, Day], chosen: Mapping[str, int]) -> str:
    missing = sorted(wanted.keys() - chosen.keys())
    shown = [
        f"{day} (week of {cited(next(name for name in sorted(weeks) if wanted[day] in weeks[name].days))})"
        for day in missing
    ]
    lost = len(NUMBERS) - len(chosen)
    held = f", of which {lost} can't be taken since they are not empty or users refer to them" if lost else ""
    return (
        f"The weeks need {len(wanted)} different days, and the terminal has {len(NUMBERS)} day templates{held}. There "
        f"is none for {some(shown, _MOST_NAMED)}. Give access levels the same ranges where that will do, or empty "
        "templates on the terminal that nobody needs."
    )


def week_of_numbers(numbers: Iterable[int], live: Mapping[int, Day | None]) -> Week | str:
    """The week that a user's seven template numbers mean on a terminal, or why that can't be told."""
    found = tuple(numbers)
    unknown = sorted({number for number in found if number not in NUMBERS or live.get(number, ()) is None})
    if len(found) != 7:
        return f"The terminal gives {len(found)} day templates for the week instead of 7."
    if unknown:
        return f"What the terminal's day template {numbers_text(unknown)} means is not known."
    return Week(tuple(live.get(number) or () for number in found))


def day_pairs(day: Day) -> tuple[tuple[str, str], ...]:
    """A template as the terminal holds it: 6 times a start and an end, both empty where there is no range. The end is
    the last minute inside: 24:00 is 23:59 there, and 18:00 is 17:59 (B4 15)."""
    pairs = [(time_text(start), time_text(end - 1)) for start, end in day]
    return (*pairs, *[("", "")] * (RANGES - len(pairs)))


def day_of_pairs(pairs: Iterable[tuple[str, str]]) -> Day | None:
    """The day that a terminal's starts and ends mean, None when that is not known: a time is malformed, or a range
    ends before it starts."""
    return _day_of_pairs(tuple(pairs))


@lru_cache(maxsize=4096)  # most of a terminal's 255 are unused, and many terminals have the same
def _day_of_pairs(pairs: tuple[tuple[str, str], ...]) -> Day | None:
    ranges = [pair_range(*pair) for pair in pairs if not is_unused(*pair)]
    if any(each is None for each in ranges):
        return None
    return merged(Range(each.start, min(each.end + 1, MINUTES)) for each in ranges if each)
