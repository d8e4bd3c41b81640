"""Schedules as canonical values of fields (`model/fields.py`): tuples of texts, which are equal exactly when the
schedules are.

Every `…_of_…` function takes what its opposite gives, and raises ValueError for anything else.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from reconciler.model.schedules.bells import Bell, Bells, bell_form, canonical_bells, parse_bell
from reconciler.model.schedules.mistake import Mistakes
from reconciler.model.schedules.rosters import (
    DepartmentRoster,
    EmployeeRoster,
    department_form,
    parse_department_roster,
    parse_employee_roster,
)
from reconciler.model.schedules.shifts import Shift, parse_shift, shift_periods
from reconciler.model.schedules.times import Day
from reconciler.model.schedules.valid import Valid, parse_valid, valid_form
from reconciler.model.schedules.week import Week, parse_week, week_form

Texts = tuple[str, ...]

_Parsed = TypeVar("_Parsed", Week, DepartmentRoster, EmployeeRoster, Shift, Bell, Valid)


def week_texts(week: Week) -> Texts:
    """The week from Monday on, such as `mon-fri 08:00-18:00` and `sat 09:00-12:00 13:00-15:00`; () when it is closed
    all the time."""
    return tuple(f"{days} {_joined(ranges, ' ')}" for days, ranges in week_form(week).items())


def week_of_texts(texts: Iterable[str]) -> Week:
    """The week that `week_texts` gives as these texts. Raises ValueError."""
    return _certain(parse_week({days: ranges.split(" ") for days, ranges in _pairs(texts).items()}))


def department_texts(roster: DepartmentRoster) -> Texts:
    """The roster from Monday on, such as `mon-fri day` and `sat-sun holiday`."""
    return tuple(f"{days} {shift}" for days, shift in department_form(roster).items())


def department_of_texts(texts: Iterable[str]) -> DepartmentRoster:
    """The roster that `department_texts` gives as these texts. Raises ValueError."""
    return _certain(parse_department_roster(_pairs(texts)))


def cycle_texts(roster: EmployeeRoster) -> Texts:
    """The date of the roster's start, and its shortest cycle: `2026-01-05`, `day`, `day`, `holiday`."""
    return (roster.start.isoformat(), *roster.cycle)


def cycle_of_texts(texts: Sequence[str]) -> EmployeeRoster:
    """The roster that `cycle_texts` gives as these texts. Raises ValueError."""
    if not texts:
        raise ValueError("a roster without a date")
    return _certain(parse_employee_roster(texts[0], texts[1:]))


def period_texts(periods: Day) -> Texts:
    """A shift's periods, such as `09:00-12:00` and `13:00-18:00`."""
    return tuple(shift_periods(periods))


def periods_of_texts(texts: Sequence[str]) -> Day:
    """The periods that `period_texts` gives as these texts. Raises ValueError."""
    return _certain(parse_shift("", texts)).periods


def bells_texts(bells: Iterable[Bell]) -> Texts:
    """The bells in their one order, such as `08:00 mon-fri 30s both` or `12:00 mon,wed,fri 5s inside`."""
    forms = [bell_form(bell) for bell in canonical_bells(bells)]
    return tuple(f"{form['at']} {_joined(form['days'], ',')} {form['ring']} {form['output']}" for form in forms)


def bells_of_texts(texts: Iterable[str]) -> Bells:
    """The bells that `bells_texts` gives as these texts. Raises ValueError."""
    bells = []
    for text in texts:
        at, days, ring, output = text.split(" ")
        bells.append(_certain(parse_bell(at, days.split(","), ring, output)))
    return canonical_bells(bells)


def valid_texts(valid: Valid) -> dict[str, str | None]:
    """The bounds under `from` and `until`: a date where it says enough, else YYYY-MM-DDTHH:MM:SS; None where there is
    no bound."""
    form = valid_form(valid)
    return {bound: form.get(bound) for bound in ("from", "until")}


def valid_of_texts(start: str | None, until: str | None) -> Valid:
    """The period of these bounds. Raises ValueError."""
    bounds = {"from": start, "until": until}
    return _certain(parse_valid({bound: text for bound, text in bounds.items() if text is not None}))


def _pairs(texts: Iterable[str]) -> Mapping[str, str]:
    """What stands before and after each text's first blank: a day or a span, and what is on it."""
    return {days: rest for days, _, rest in (text.partition(" ") for text in texts)}


def _joined(words: str | list[str], between: str) -> str:
    return words if isinstance(words, str) else between.join(words)


def _certain(parsed: _Parsed | Mistakes) -> _Parsed:
    if isinstance(parsed, tuple):
        raise ValueError(" ".join(mistake.detail for mistake in parsed))
    return parsed
