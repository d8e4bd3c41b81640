"""Bells: a terminal holds 24 of them, in an order that means nothing (manual: GetBellSetting)."""

from collections.abc import Collection, Iterable

import msgspec

from reconciler.model.schedules.days import Days, days_text, parse_days
from reconciler.model.schedules.mistake import Mistake, Mistakes
from reconciler.model.schedules.times import parse_time, time_text
from reconciler.model.words import cited

RINGS = ("none", "3s", "5s", "10s", "15s", "20s", "30s", "45s", "60s")
"""How long a bell rings, each at its number (manual: duration_index)."""

OUTPUTS = ("inside", "outside", "both")
"""Where it rings, each at its number (manual: type_index)."""

BELLS = 24
"""Bells in a terminal."""


class Bell(msgspec.Struct, frozen=True, order=True):
    """Rings at the minute `at` of `days`."""

    at: int
    days: Days
    ring: str
    output: str


class BellSlot(msgspec.Struct, frozen=True):
    """A bell as a terminal holds it: the numbers of its duration and type, its start as HH:MM, and the days as bits,
    Sunday being the lowest."""

    duration: int = 0
    start: str = "00:00"
    weekmask: int = 0
    type: int = 0


Bells = tuple[Bell, ...]
"""Bells sorted and without repeats, so that lists which differ in their order only are equal."""


def parse_bell(at: str, days: str | Iterable[str], ring: str, output: str) -> Bell | Mistakes:
    """The bell, or what is wrong with it, under the keys `at`, `days`, `ring` and `output`."""
    minute = parse_time(at)
    when = parse_days(days if isinstance(days, str) else tuple(days))
    mistakes = [Mistake(key, 0, found) for key, found in (("at", minute), ("days", when)) if isinstance(found, str)]
    for key, word, words in (("ring", ring, RINGS), ("output", output, OUTPUTS)):
        if word not in words:
            mistakes.append(Mistake(key, 0, f"{cited(word)} is not one of the values. Write {', '.join(words)}."))
    if mistakes or isinstance(minute, str) or isinstance(when, str):
        return tuple(mistakes)
    return Bell(minute, when, ring, output)


def canonical_bells(bells: Iterable[Bell]) -> Bells:
    """The same bells in their one order, each once."""
    return tuple(sorted(set(bells)))


def compile_bells(bells: Collection[Bell]) -> tuple[BellSlot, ...] | str:
    """All 24 slots of a terminal that has these bells, or why it can't have them."""
    wanted = canonical_bells(bells)
    if len(wanted) > BELLS:
        return f"There are {len(wanted)} bells, and a terminal has {BELLS}. Remove {len(wanted) - BELLS} of them."
    slots = [
        BellSlot(
            RINGS.index(bell.ring), time_text(bell.at), sum(1 << day for day in bell.days), OUTPUTS.index(bell.output)
        )
        for bell in wanted
    ]
    return (*slots, *[BellSlot()] * (BELLS - len(slots)))


def bells_of_slots(slots: Iterable[BellSlot]) -> Bells | str:
    """The bells that a terminal's slots mean, or why that can't be told. A slot without a day or a start never rings
    and is unused."""
    bells = []
    for number, slot in enumerate(slots):
        minute = parse_time(slot.start)
        if slot.weekmask == 0 or not slot.start.strip():
            continue
        numbers = (slot.duration in range(len(RINGS)), slot.type in range(len(OUTPUTS)), slot.weekmask in range(128))
        if isinstance(minute, str) or not all(numbers):
            return f"The terminal's bell {number} can't be understood: {_shown(slot)}."
        days = tuple(day for day in range(7) if slot.weekmask >> day & 1)
        bells.append(Bell(minute, days, RINGS[slot.duration], OUTPUTS[slot.type]))
    return canonical_bells(bells)


def _shown(slot: BellSlot) -> str:
    return f"duration {slot.duration}, start {cited(slot.start)}, weekdays {slot.weekmask}, type {slot.type}"


def bell_form(bell: Bell) -> dict[str, str | list[str]]:
    """The bell as people write it."""
    return {"at": time_text(bell.at), "days": days_text(bell.days), "ring": bell.ring, "output": bell.output}
