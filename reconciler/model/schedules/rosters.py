"""Rosters: which shift applies on which day, for a department's week and for an employee's next 100 days."""

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from reconciler.model.schedules.days import days_of_keys, days_words, spans
from reconciler.model.schedules.mistake import Mistake, Mistakes
from reconciler.model.schedules.slots import numbers_text
from reconciler.model.words import cited

RESERVED = {"trip": 24, "leave": 25, "holiday": 100}
"""The words of a roster that are no shifts, with the numbers they are on terminals (manual: GetUserShift,
GetDeptList)."""

ROSTER_DAYS = 100
"""Days in an employee's roster on a terminal."""


class DepartmentRoster(msgspec.Struct, frozen=True):
    """A shift's name or a reserved word for each of seven days, Sunday first."""

    days: tuple[str, ...]


class EmployeeRoster(msgspec.Struct, frozen=True):
    """Shifts' names or reserved words, repeated to 100 days from `start`. The cycle is the shortest that gives these
    days, so two rosters with the same days are equal."""

    start: date
    cycle: tuple[str, ...]


def parse_department_roster(roster: Mapping[str, str]) -> DepartmentRoster | Mistakes:
    """The roster of a department: a shift for each day or span of days. Every day has to be named."""
    days, mistakes = days_of_keys(roster)
    by_day = {day: roster[key].strip() for key, each in days.items() for day in each}
    missing = [day for day in range(7) if day not in by_day]
    if missing and not mistakes:
        detail = f"The roster leaves out {days_words(missing)}. Name every day; one without work is a holiday."
        return (Mistake(None, None, detail),)
    return mistakes or DepartmentRoster(tuple(by_day[day] for day in range(7)))


def parse_employee_roster(start: str, cycle: Sequence[str]) -> EmployeeRoster | Mistakes:
    """The roster of an employee from `start`, a date as YYYY-MM-DD; mistakes are under `from` and `cycle`."""
    mistakes = []
    day = _parse_date(start.strip())
    if day is None:
        mistakes.append(Mistake("from", 0, f"{cited(start)} is not a date. Write YYYY-MM-DD, such as 2026-01-31."))
    if not 1 <= len(cycle) <= ROSTER_DAYS:
        detail = (
            f"A cycle has 1 to {ROSTER_DAYS} days, since a terminal holds {ROSTER_DAYS}; this one has {len(cycle)}."
        )
        mistakes.append(Mistake("cycle", None, detail))
    if mistakes or day is None:
        return tuple(mistakes)
    return EmployeeRoster(day, _shortest([cycle[number % len(cycle)].strip() for number in range(ROSTER_DAYS)]))


def _parse_date(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None  # other forms of ISO 8601 are not ours


def _shortest(days: Sequence[str]) -> tuple[str, ...]:
    """The shortest cycle that gives these days."""
    for length in range(1, len(days)):
        if days[length:] == days[:-length]:
            return tuple(days[:length])
    return tuple(days)


def shift_on(roster: EmployeeRoster, day: date) -> str | None:
    """The shift's name or reserved word on that day, None where the roster does not reach."""
    number = (day - roster.start).days
    return roster.cycle[number % len(roster.cycle)] if 0 <= number < ROSTER_DAYS else None


def department_numbers(roster: DepartmentRoster, slots: Mapping[str, int]) -> tuple[int, ...] | str:
    """The roster's 7 numbers for a terminal, Sunday first, or why there are none. `slots` are the shifts' numbers
    there."""
    return _numbers(roster.days, slots)


def employee_numbers(roster: EmployeeRoster, slots: Mapping[str, int]) -> tuple[int, ...] | str:
    """The roster's 100 numbers for a terminal, from its start, or why there are none. `slots` are the shifts' numbers
    there."""
    return _numbers([roster.cycle[number % len(roster.cycle)] for number in range(ROSTER_DAYS)], slots)


def _numbers(days: Sequence[str], slots: Mapping[str, int]) -> tuple[int, ...] | str:
    known = {**slots, **RESERVED}
    unknown = ", ".join(cited(name) for name in sorted(set(days) - known.keys()))
    if unknown:
        return f"There is no shift {unknown}. Write names of shifts, or {', '.join(RESERVED)}."
    return tuple(known[day] for day in days)


def department_roster(numbers: Sequence[int], names: Mapping[int, str]) -> DepartmentRoster | str:
    """The roster that a terminal's 7 numbers mean, or why that can't be told. `names` are the shifts' there."""
    days = _words(numbers, names, 7)
    return days if isinstance(days, str) else DepartmentRoster(days)


def employee_roster(start: date, numbers: Sequence[int], names: Mapping[int, str]) -> EmployeeRoster | str:
    """The roster that a terminal's 100 numbers from `start` mean, or why that can't be told. `names` are the shifts'
    there."""
    days = _words(numbers, names, ROSTER_DAYS)
    return days if isinstance(days, str) else EmployeeRoster(start, _shortest(days))


def _words(numbers: Sequence[int], names: Mapping[int, str], length: int) -> tuple[str, ...] | str:
    known = {**names, **{number: word for word, number in RESERVED.items()}}
    if len(numbers) != length:
        return f"The terminal gives a roster of {len(numbers)} days instead of {length}."
    unknown = sorted(set(numbers) - known.keys())
    if unknown:
        return f"The terminal's roster refers to shifts that have no name: {numbers_text(unknown)}."
    return tuple(known[number] for number in numbers)


def department_form(roster: DepartmentRoster) -> dict[str, str]:
    """The shortest mapping that `parse_department_roster` reads as this roster."""
    return dict(spans(roster.days))


def employee_form(roster: EmployeeRoster) -> dict[str, str | list[str]]:
    """The roster as people write it: `{from: date, cycle: [day, night]}`."""
    return {"from": roster.start.isoformat(), "cycle": list(roster.cycle)}
