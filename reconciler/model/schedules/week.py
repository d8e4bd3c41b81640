"""Weeks: the minutes of seven days at which something is open."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, combinations

import msgspec

from reconciler.model.schedules.days import days_of_keys, spans
from reconciler.model.schedules.mistake import Mistake, Mistakes
from reconciler.model.schedules.times import MINUTES, Day, Range, merged, parse_range, range_text, range_texts


class Week(msgspec.Struct, frozen=True):
    """Seven days, Sunday first. Two weeks that are open at the same minutes are equal."""

    days: tuple[Day, ...]


def parse_week(week: Mapping[str, str | Sequence[str]]) -> Week | Mistakes:
    """The week of an access level: for each day or span of days a range or a list of ranges. A day that is not named
    is closed; a range over midnight goes on in the next day; ranges that overlap are one."""
    days, wrong_keys = days_of_keys(week)
    mistakes = [*wrong_keys]
    ranges: list[tuple[int, Range]] = []
    for key, value in week.items():
        for item, text in enumerate([value] if isinstance(value, str) else value):
            each = parse_range(text, over_midnight=True)
            if isinstance(each, str):
                mistakes.append(Mistake(key, item, each))
            else:
                ranges.extend((day, each) for day in days.get(key, ()))
    return tuple(mistakes) or _week(ranges)


def _week(ranges: Iterable[tuple[int, Range]]) -> Week:
    """The week of (day, range) pairs. What goes over midnight goes on in the next day, from Saturday in Sunday."""
    days: list[list[Range]] = [[] for _ in range(7)]
    for day, (start, end) in ranges:
        days[day].append(Range(start, min(end, MINUTES)))
        if end > MINUTES:
            days[(day + 1) % 7].append(Range(0, end - MINUTES))
    return Week(tuple(merged(each) for each in days))


def union(weeks: Iterable[Week]) -> Week:
    """The week that is open whenever one of `weeks` is; closed all the time when there is none."""
    return _week((day, each) for week in weeks for day in range(7) for each in week.days[day])


def open_minutes(week: Week) -> frozenset[int]:
    """Every minute at which the week is open, counted from 0, Sunday 00:00, to 10079."""
    return frozenset(
        day * MINUTES + minute
        for day, ranges in enumerate(week.days)
        for start, end in ranges
        for minute in range(start, end)
    )


def week_form(week: Week) -> dict[str, str | list[str]]:
    """The shortest mapping that `parse_week` reads as this week. Ranges that meet at midnight are written as one where
    that takes fewer words."""
    midnights = [day for day in range(7) if _over_midnight(week, day)]
    choices = chain.from_iterable(combinations(midnights, count) for count in range(len(midnights) + 1))
    forms = [[(span, day) for span, day in spans(_joined(week, choice)) if day] for choice in choices]
    shortest = min(forms, key=lambda form: sum(1 + len(day) for _, day in form))  # the first one joins least
    return {span: range_texts(day) for span, day in shortest}


def _over_midnight(week: Week, day: int) -> Range | None:
    """The range over the midnight that ends `day`, if one can be written there: it takes less than 24 hours."""
    evening, morning = week.days[day][-1:], week.days[(day + 1) % 7][:1]
    if not evening or not morning or evening[0].end != MINUTES or morning[0].start != 0:
        return None
    start, end = evening[0].start, morning[0].end
    return Range(start, end + MINUTES) if end < start else None


def _joined(week: Week, midnights: Sequence[int]) -> list[Day]:
    """The week's days with one range over the midnights that end these days."""
    days = []
    for day, ranges in enumerate(week.days):
        joined = _over_midnight(week, day) if day in midnights else None
        rest = ranges[1:] if (day - 1) % 7 in midnights else ranges
        days.append((*rest[:-1], joined) if joined else rest)
    return days


def day_name(day: Day) -> str:
    """A day's content in words, by which it is remembered: `08:00-12:00 13:00-18:00`, or `closed`."""
    return " ".join(range_text(each) for each in day) or "closed"
