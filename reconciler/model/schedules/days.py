"""Days of the week as people write them. A day is its number, Sunday being 0, as terminals count (B4 12)."""

from collections.abc import Collection, Iterable, Sequence
from typing import TypeVar

from reconciler.model.schedules.mistake import Mistake, Mistakes
from reconciler.model.words import cited

DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
"""The words for the days, each at its number."""

_NAMES = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")

Days = tuple[int, ...]
"""Some days' numbers, sorted and without repeats."""

_FROM_MONDAY = (1, 2, 3, 4, 5, 6, 0)
_FORMS = "a day such as mon, a span such as mon-fri, or daily"

T = TypeVar("T")


def parse_days(value: str | Sequence[str]) -> Days | str:
    """The days that a word, a span, `daily` or a list of these names, or what is wrong with it. A span may go over the
    week's end: `sat-mon` is three days."""
    words = [value] if isinstance(value, str) else value
    if not words:
        return f"No day is named. Write {_FORMS}."
    found = [_parse_word(word.strip()) for word in words]
    complaints = [each for each in found if isinstance(each, str)]
    if complaints:
        return " ".join(complaints)
    return tuple(sorted({day for each in found if not isinstance(each, str) for day in each}))


def _parse_word(word: str) -> Days | str:
    if word == "daily":
        return tuple(range(7))
    first, dash, last = word.partition("-")
    last = last if dash else first
    if first not in DAYS or last not in DAYS:
        return f"{cited(word)} is not a day. Write {_hint(word) or _FORMS}."
    if dash and first == last:
        return f"{cited(word)} is not a span of days. Write {first} for the one day, or daily for all."
    start = DAYS.index(first)
    return tuple((start + step) % 7 for step in range((DAYS.index(last) - start) % 7 + 1))


def _hint(word: str) -> str | None:
    """The right word for one such as Monday, MON-FRI or everyday."""
    if word.lower() in {"daily", "everyday", "every day"}:
        return "daily"
    parts = [_nearest(part.strip()) for part in word.lower().replace("–", "-").split("-")]
    if len(parts) > 2 or None in parts or len(set(parts)) < len(parts):
        return None
    return "-".join(part for part in parts if part)


def _nearest(word: str) -> str | None:
    """The day that a longer word such as `tues` begins."""
    return next(
        (day for day, name in zip(DAYS, _NAMES, strict=True) if word[:3] == day and name.startswith(word)), None
    )


def days_of_keys(keys: Iterable[str]) -> tuple[dict[str, Days], Mistakes]:
    """The days that each key of a mapping names, and the keys that are wrong or name a day again."""
    found: dict[str, Days] = {}
    named: dict[int, str] = {}
    mistakes = []
    for key in keys:
        days = parse_days(key)
        if isinstance(days, str):
            mistakes.append(Mistake(key, None, days))
            continue
        again = [day for day in days if day in named]
        if again:
            others = " and ".join(cited(other) for other in dict.fromkeys(named[day] for day in again))
            detail = f"{cited(key)} names {days_words(again)} again, after {others}. Name each day once."
            mistakes.append(Mistake(key, None, detail))
            continue
        found[key] = days
        named.update(dict.fromkeys(days, key))
    return found, tuple(mistakes)


def spans(values: Sequence[T]) -> list[tuple[str, T]]:
    """Seven days' values, Sunday first, as the fewest (day or span, value) pairs, from Monday on. A span of equal days
    may go over the week's end."""
    starts = [day for day in _FROM_MONDAY if values[day] != values[day - 1]]
    if not starts:
        return [("daily", values[0])]
    found = []
    for start in starts:
        last = start
        while values[(last + 1) % 7] == values[start]:
            last = (last + 1) % 7
        found.append((DAYS[start] if last == start else f"{DAYS[start]}-{DAYS[last]}", values[start]))
    return found


def days_text(days: Collection[int]) -> str | list[str]:
    """The days in the fewest words: one by itself, any other number as a list."""
    words = [word for word, among in spans([day in days for day in range(7)]) if among]
    return words[0] if len(words) == 1 else words


def days_words(days: Collection[int]) -> str:
    """The days for a sentence: `mon-wed and fri`, or `every day`."""
    words = days_text(days)
    if isinstance(words, str):
        return "every day" if words == "daily" else words
    return " and ".join((", ".join(words[:-1]), words[-1])) if words else "no day"
