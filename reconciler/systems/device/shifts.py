"""Shifts on a terminal: 24 slots, written all at once (manual: GetShiftSetting, SetShiftSetting)."""

from collections.abc import Mapping

from reconciler.model.schedules.shifts import PERIODS, SLOTS, period_pairs, periods_of_pairs
from reconciler.model.schedules.times import Day
from reconciler.systems.device.client import Terminal, WritingTerminal
from reconciler.systems.device.facts import Pairs
from reconciler.systems.device.pairs import read_pairs, wire_pairs


def read_shifts(terminal: Terminal) -> tuple[Pairs, ...]:
    """All 24 slots. Raises Failure."""
    return read_pairs(terminal, "GetShiftSetting", "shifts", len(SLOTS), PERIODS)


def write_shifts(terminal: WritingTerminal, wanted: Mapping[int, Day]) -> None:
    """Gives the slots these periods; () empties one. The others stay as they are just then. Raises Failure."""
    live = read_shifts(terminal)
    changed = {slot: periods for slot, periods in wanted.items() if periods_of_pairs(live[slot]) != periods}
    if not changed:
        return
    slots = [period_pairs(changed[slot]) if slot in changed else pairs for slot, pairs in enumerate(live)]
    terminal.do("SetShiftSetting", {"shifts": wire_pairs(slots, live)})
