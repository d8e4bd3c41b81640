"""Arrays of starts and ends, as terminals have them for shifts and for day templates."""

from collections.abc import Sequence
from functools import lru_cache

import msgspec

from reconciler.systems.device.client import Terminal
from reconciler.systems.device.facts import Pairs

UNUSED = ("", "")
_MIDNIGHT = ("00:00", "00:00")


class _Pair(msgspec.Struct, frozen=True, gc=False):
    start: str
    end: str


def read_pairs(terminal: Terminal, command: str, member: str, length: int, width: int) -> tuple[Pairs, ...]:
    """All items of an array that has `length` of them, each of `width` pairs (manual: GetShiftSetting, GetAcTimeZone).

    Raises Failure, also for an array of another size: it could not be written back.
    """
    try:
        items = msgspec.convert(terminal.ask(command).get(member), list[list[_Pair]])
    except msgspec.ValidationError:
        items = []
    if len(items) != length or any(len(item) != width for item in items):
        raise terminal.senseless(command, f"there are no {length} times {width} pairs of a start and an end in it")
    return tuple(_shared(tuple([(pair.start, pair.end) for pair in item])) for item in items)


@lru_cache(maxsize=4096)
def _shared(item: Pairs) -> Pairs:
    """The same: thousands of terminals have mostly equal ones, which then take memory once."""
    return item


def wire_pairs(items: Sequence[Pairs], live: Sequence[Pairs]) -> list[list[dict[str, str]]]:
    """The array as it is sent. What is unused stands as it does in the `live` one, since terminals differ (B4 15)."""
    pairs = [pair for item in live for pair in item]
    unused = _MIDNIGHT if UNUSED not in pairs and _MIDNIGHT in pairs else UNUSED
    return [
        [{"start": start, "end": end} for start, end in (unused if pair == UNUSED else pair for pair in item)]
        for item in items
    ]
