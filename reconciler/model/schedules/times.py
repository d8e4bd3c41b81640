"""Times of the day and ranges of them. Everything is in minutes since midnight, and ends are exclusive."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from reconciler.model.words import cited

MINUTES = 24 * 60
"""Minutes of a day, and the minute that `24:00` is."""

_FORM = re.compile(r"([0-9]{2}):([0-9]{2})")
_SHORT_HOUR = re.compile(r"[0-9]:[0-5][0-9]")
_LONGEST_TIDIED = 40
_DASHES = re.compile(r"\s*[-‐‑‒–—]\s*")


class Range(NamedTuple):
    """From the minute `start` up to, and not including, the minute `end`. A range over midnight ends after 1440."""

    start: int
    end: int


Day = tuple[Range, ...]
"""The ranges of one day, sorted. Of a week's day none overlaps or touches another, and none goes over midnight."""


def parse_time(text: str, *, ends: bool = False) -> int | str:
    """The minute that `HH:MM` is, or what is wrong with it. `24:00` is a time only where a range `ends`."""
    text = text.strip()
    found = _FORM.fullmatch(text)
    if not found:
        hint = f"0{text}" if _SHORT_HOUR.fullmatch(text) else "HH:MM, such as 08:00"
        return f"{cited(text)} is not a time. Write {hint}."
    minute = int(found[1]) * 60 + int(found[2])
    if int(found[2]) > 59 or minute > MINUTES:
        last = "24:00" if ends else "23:59"
        return f"{cited(text)} is not a time of the day. Write HH:MM, from 00:00 to {last}."
    if minute == MINUTES and not ends:
        return f"{cited(text)} can only be the end of a range. Write 00:00 for the first minute of a day."
    return minute


def parse_range(text: str, *, over_midnight: bool) -> Range | str:
    """The range that `HH:MM-HH:MM` is, or what is wrong with it.

    Where it may go `over_midnight`, `22:00-06:00` ends on the next day, at minute 1800.
    """
    text = text.strip()
    first, dash, last = text.partition("-")
    if not dash or "-" in last or first != first.strip() or last != last.strip():
        tidy = _DASHES.sub("-", text) if len(text) <= _LONGEST_TIDIED else text
        better = tidy != text and not isinstance(parse_range(tidy, over_midnight=over_midnight), str)
        hint = tidy if better else "HH:MM-HH:MM, such as 08:00-18:00"
        return f"{cited(text)} is not a range of times. Write {hint}."
    start, end = parse_time(first), parse_time(last, ends=True)
    if isinstance(start, str) or isinstance(end, str):
        return " ".join(each for each in (start, end) if isinstance(each, str))
    if start == end:
        return f"{cited(text)} has no length. Write 00:00-24:00 for a whole day."
    if start < end:
        return Range(start, end)
    if over_midnight:
        return Range(start, end + MINUTES)
    if end == 0:
        return f"{cited(text)} ends before it starts. Write {first}-24:00: 24:00 ends a day."
    return f"{cited(text)} ends before it starts, and can't go over midnight here. Write the earlier time first."


def time_text(minute: int) -> str:
    """The minute as `HH:MM`; 1440 is `24:00`."""
    return f"{minute // 60:02}:{minute % 60:02}"


def range_text(each: Range) -> str:
    """The range as `HH:MM-HH:MM`, as `parse_range` reads it."""
    end = each.end if each.end <= MINUTES else each.end - MINUTES
    return f"{time_text(each.start)}-{time_text(end)}"


def range_texts(ranges: Iterable[Range]) -> str | list[str]:
    """Ranges as people write them: one by itself, any other number as a list."""
    texts = [range_text(each) for each in ranges]
    return texts[0] if len(texts) == 1 else texts


def merged(ranges: Iterable[Range]) -> Day:
    """The same minutes in as few ranges as can be, sorted."""
    day: list[Range] = []
    for each in sorted(ranges):
        if day and each.start <= day[-1].end:
            day[-1] = Range(day[-1].start, max(day[-1].end, each.end))
        else:
            day.append(each)
    return tuple(day)


def pair_range(first: str, last: str) -> Range | None:
    """The start and the end that a terminal gives, both as written there. None when they are no range.

    It goes over no midnight; equal ones are a range without length, which the caller has to judge.
    """
    start, end = parse_time(first), parse_time(last, ends=True)
    if isinstance(start, str) or isinstance(end, str) or start > end:
        return None
    return Range(start, end)


def is_unused(first: str, last: str) -> bool:
    """Whether a terminal's start and end stand for no range: empty, or both 00:00 (systems differ, B4 15 and 16)."""
    return (first.strip(), last.strip()) in {("", ""), ("00:00", "00:00")}
