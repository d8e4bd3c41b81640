"""Clocks at both changes of summer time, and rosters across the end of a year and a leap day."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fault_project import apply, changes, run
from terminal_project import PEOPLE, assert_settled, device, outcomes, serving, write_devices

from reconciler.simulator import Terminals
from reconciler.systems.device import find, reader, writer

Travel = Callable[[datetime], None]
BERLIN = {"clock": {"timezone": "Europe/Berlin", "max_skew": "5s"}}


@pytest.fixture
def travel(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Terminals, Travel]]:
    """Terminals, and what sets the moment for them and for the command."""
    moments = [datetime(2026, 1, 1, tzinfo=UTC)]

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return moments[-1].astimezone(tz)

    class Today(date):
        @classmethod
        def today(cls) -> date:  # type: ignore[override]
            return moments[-1].date()

    for module in (reader, writer, find):
        monkeypatch.setattr(module, "datetime", Clock)
    for module in (reader, find):
        monkeypatch.setattr(module, "date", Today)
    with serving(clock=lambda: moments[-1].timestamp()) as terminals:
        yield terminals, moments.append


@pytest.mark.parametrize(
    ("change", "off", "right"),
    [
        (datetime(2026, 3, 29, 1, tzinfo=UTC), "1 h 0 min behind", "2026-03-29T03:00:10"),
        (datetime(2026, 10, 25, 1, tzinfo=UTC), "1 h 0 min ahead", "2026-10-25T02:00:10"),
    ],
    ids=["spring", "autumn"],
)
def test_a_clock_is_set_again_when_summer_time_begins_and_ends(
    change: datetime, off: str, right: str, travel: tuple[Terminals, Travel], tmp_path: Path
) -> None:
    terminals, to = travel
    lobby = terminals.add("lobby")
    root = write_devices(tmp_path, [device(lobby, settings=BERLIN)])
    to(change - timedelta(seconds=10))
    apply(root)
    assert_settled(root)
    to(change + timedelta(seconds=10))
    [planned] = run(root, "plan", "--json").document["resource_changes"]
    assert [(each["path"], each["before"], each["after"]) for each in planned["fields"]] == [
        ("clock.time", off, "right")
    ]
    assert outcomes(apply(root)) == {"lobby/settings/clock": "done"}
    assert lobby.unit.now() == right
    assert_settled(root)


def test_a_clock_that_changes_by_itself_is_left_alone_in_the_hour_that_comes_twice(
    travel: tuple[Terminals, Travel], tmp_path: Path
) -> None:
    terminals, to = travel
    lobby = terminals.add("lobby")
    root = write_devices(tmp_path, [device(lobby, settings=BERLIN)])
    to(datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    apply(root)
    for hour, offset in ((0, 7200.0), (1, 3600.0)):  # 02:30 of summer, and an hour later 02:30 of winter
        to(datetime(2026, 10, 25, hour, 30, tzinfo=UTC))
        lobby.unit.state.clock_offset = offset
        assert_settled(root)


@pytest.mark.parametrize("answer", ["verbatim", "today"])
def test_a_roster_across_the_end_of_a_year_and_a_leap_day(
    answer: str, travel: tuple[Terminals, Travel], tmp_path: Path
) -> None:
    """2027-12-20 and 99 days more lead beyond 2028-02-29. Whether the terminal tells its start as written or counts
    from its own today, the plan is empty on every one of these days."""
    terminals, to = travel
    start = date(2027, 12, 20)
    cycle = ["day", "day", "holiday"]
    ana = {**PEOPLE["employees"][0], "roster": {"from": start.isoformat(), "cycle": cycle}}
    lobby = terminals.add("lobby", switches={"user_shift_answer": answer})
    root = write_devices(tmp_path, [device(lobby)], {**PEOPLE, "employees": [ana]})
    to(datetime(2027, 12, 20, 12, tzinfo=UTC))
    assert apply(root).status == 0
    kept: Any = lobby.dump()["users"]
    day = next(number for number in kept["7"]["roster"]["shifts"] if number != 100)
    numbers = {"day": day, "holiday": 100}
    assert kept["7"]["roster"] == {
        "start": "2027-12-20T00:00:00",
        "shifts": [numbers[cycle[passed % 3]] for passed in range(100)],
    }
    for later in (0, 11, 12, 70, 71, 72):  # New Year's Eve and Day, and around the leap day
        now = start + timedelta(days=later)
        to(datetime(now.year, now.month, now.day, 12, tzinfo=UTC))
        assert changes(root) == []
