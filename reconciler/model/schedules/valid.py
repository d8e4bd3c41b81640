"""Valid periods of employees: from when until when somebody has access at all."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time

import msgspec

from reconciler.model.schedules.mistake import Mistake, Mistakes
from reconciler.model.words import cited

_FORM = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2})?")
_DAY_STARTS = time(0, 0, 0)
_DAY_ENDS = time(23, 59, 59)


class Valid(msgspec.Struct, frozen=True):
    """The first and the last second, in the target's own local time; None where there is no bound."""

    start: datetime | None = None
    end: datetime | None = None


def parse_valid(valid: Mapping[str, str]) -> Valid | Mistakes:
    """The period that `{from, until}` is, or what is wrong with it. A date means its first second in `from` and its
    last one in `until`; a bound that is left out does not exist."""
    mistakes = []
    bounds: dict[str, datetime] = {}
    for key, at in (("from", _DAY_STARTS), ("until", _DAY_ENDS)):
        if key not in valid:
            continue
        found = _parse(valid[key].strip(), at)
        if isinstance(found, str):
            mistakes.append(Mistake(key, 0, found))
        else:
            bounds[key] = found
    start, end = bounds.get("from"), bounds.get("until")
    if start and end and end < start:
        mistakes.append(
            Mistake("until", 0, f"{cited(valid['until'])} is before {cited(valid['from'])}. Exchange them.")
        )
    return tuple(mistakes) or Valid(start, end)


def _parse(text: str, at: time) -> datetime | str:
    found = _FORM.fullmatch(text)
    if not found:
        return f"{cited(text)} is not a date or a time. Write YYYY-MM-DD or YYYY-MM-DDTHH:MM:SS."
    try:
        return datetime.fromisoformat(text) if found[1] else datetime.combine(date.fromisoformat(text), at)
    except ValueError:
        return f"{cited(text)} is not in the calendar. Write a day and a time that exist."


def valid_form(valid: Valid) -> dict[str, str]:
    """The shortest mapping that `parse_valid` reads as this period."""
    bounds = (("from", valid.start, _DAY_STARTS), ("until", valid.end, _DAY_ENDS))
    return {
        key: bound.date().isoformat() if bound.time() == at else bound.isoformat()
        for key, bound, at in bounds
        if bound is not None
    }
