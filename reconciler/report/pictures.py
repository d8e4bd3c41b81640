"""Schedules as pictures: SVG without styles of its own, whose parts say in a title what they are."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from html import escape

import msgspec

from reconciler.model.fields import Type, Value
from reconciler.model.kinds import KINDS
from reconciler.model.schedules.days import days_words
from reconciler.model.schedules.rosters import RESERVED, ROSTER_DAYS, shift_on
from reconciler.model.schedules.texts import (
    bells_of_texts,
    cycle_of_texts,
    department_of_texts,
    periods_of_texts,
    week_of_texts,
)
from reconciler.model.schedules.times import MINUTES, Range, range_text, time_text
from reconciler.model.words import printable

_FROM_MONDAY = (1, 2, 3, 4, 5, 6, 0)  # days as they are counted, Sunday being 0, in the order of the pictures
_DAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")
_LEFT, _HOUR, _ROW, _TOP = 32, 11, 14, 14
_WIDTH = _LEFT + 24 * _HOUR + 8
_DAY_WIDTH, _DAY_HEIGHT = 50, 22
_SQUARE = 18
_SHADES = 6


class Picture(msgspec.Struct, frozen=True):
    """`body` is what stands between the tags of an SVG of this size."""

    width: int
    height: int
    body: str


def picture(kind: str, path: str, value: Value) -> Picture | None:
    """The picture of a schedule; None for every other field, and for a schedule that can't be understood."""
    field = KINDS[kind].paths().get(path) if kind in KINDS else None
    draw = _DRAWN.get(field.type) if field else None
    if draw is None or not isinstance(value, tuple):
        return None
    try:
        return draw(value)
    except (ValueError, OverflowError):  # the second: a roster at the end of the calendar
        return None


def _week(texts: Sequence[str]) -> Picture:
    days = week_of_texts(texts).days
    bars = [_bar(row, each, _DAYS[day]) for row, day in enumerate(_FROM_MONDAY) for each in days[day]]
    return Picture(_WIDTH, _TOP + 7 * _ROW + 4, _grid([_DAYS[day] for day in _FROM_MONDAY]) + "".join(bars))


def _periods(texts: Sequence[str]) -> Picture:
    bars = [_bar(0, each, "Work") for each in periods_of_texts(texts)]
    return Picture(_WIDTH, _TOP + _ROW + 4, _grid(["Work"]) + "".join(bars))


def _bells(texts: Sequence[str]) -> Picture:
    marks = []
    for bell in bells_of_texts(texts):
        said = f"{days_words(bell.days)} {time_text(bell.at)}, {bell.ring}, {bell.output}"
        for day in bell.days:
            middle = _TOP + _FROM_MONDAY.index(day) * _ROW + _ROW / 2
            at = _LEFT + bell.at * _HOUR / 60
            marks.append(f'<circle class="bell" cx="{at:g}" cy="{middle:g}" r="4">{_title(said)}</circle>')
    return Picture(_WIDTH, _TOP + 7 * _ROW + 4, _grid([_DAYS[day] for day in _FROM_MONDAY]) + "".join(marks))


def _grid(rows: Sequence[str]) -> str:
    """Hours from left to right, a row for each name."""
    bottom = _TOP + len(rows) * _ROW
    night = "".join(
        f'<line class="{"hour main" if hour % 6 == 0 else "hour"}" x1="{x}" y1="{_TOP}" x2="{x}" y2="{bottom}"/>'
        for hour, x in ((hour, _LEFT + hour * _HOUR) for hour in range(25))
    )
    hours = "".join(_text(_LEFT + hour * _HOUR, _TOP - 4, f"{hour}", "axis") for hour in (0, 6, 12, 18, 24))
    names = "".join(_text(0, _TOP + row * _ROW + _ROW - 4, name, "day") for row, name in enumerate(rows))
    ground = f'<rect class="ground" x="{_LEFT}" y="{_TOP}" width="{24 * _HOUR}" height="{bottom - _TOP}"/>'
    return ground + night + hours + names


def _bar(row: int, each: Range, name: str) -> str:
    end = min(each.end, MINUTES)
    x, wide = _LEFT + each.start * _HOUR / 60, (end - each.start) * _HOUR / 60
    said = _title(f"{name} {range_text(each)}")
    top = _TOP + row * _ROW + 2
    return f'<rect class="open" x="{x:g}" y="{top}" width="{wide:g}" height="{_ROW - 4}" rx="2">{said}</rect>'


def _department(texts: Sequence[str]) -> Picture:
    days = department_of_texts(texts).days
    shades = _shades(days)
    parts = []
    for column, day in enumerate(_FROM_MONDAY):
        x, shift = column * _DAY_WIDTH, days[day]
        parts.append(_text(x + 3, _TOP - 4, _DAYS[day], "day"))
        box = f'class="{shades[shift]}" x="{x + 1}" y="{_TOP}" width="{_DAY_WIDTH - 2}" height="{_DAY_HEIGHT}" rx="3"'
        parts.append(f"<rect {box}>{_title(f'{_DAYS[day]}: {shift}')}</rect>")
        parts.append(_text(x + 5, _TOP + _DAY_HEIGHT - 7, printable(shift)[:8], "shift"))
    return Picture(7 * _DAY_WIDTH, _TOP + _DAY_HEIGHT + 2, "".join(parts))


def _cycle(texts: Sequence[str]) -> Picture:
    """The days that a terminal holds, a column for each week."""
    roster = cycle_of_texts(texts)
    shades = _shades(roster.cycle)
    first = roster.start - timedelta(days=roster.start.weekday())
    parts = [_text(0, _TOP + row * _SQUARE + 12, _DAYS[day], "day") for row, day in enumerate(_FROM_MONDAY)]
    for day in (roster.start + timedelta(days=number) for number in range(ROSTER_DAYS)):
        shift = shift_on(roster, day)
        week, row = divmod((day - first).days, 7)
        if row == 0 or day == roster.start:
            parts += _month(day, week)
        x, y = _LEFT + week * _SQUARE, _TOP + row * _SQUARE
        box = (
            f'class="{shades[shift or ""]}" x="{x + 1}" y="{y + 1}" width="{_SQUARE - 2}" height="{_SQUARE - 2}" rx="2"'
        )
        said = f"{day.isoformat()} {_DAYS[(row + 1) % 7]}: {shift}"
        parts.append(f"<rect {box}>{_title(said)}</rect>")
        parts.append(_text(x + 3, y + 12, printable(shift or "")[:2], "shift"))
    return Picture(_LEFT + 16 * _SQUARE, _TOP + 7 * _SQUARE + 2, "".join(parts))


def _month(day: date, week: int) -> list[str]:
    begins = day.day <= 7 or week == 0
    return [_text(_LEFT + week * _SQUARE + 1, _TOP - 4, f"{day:%b}", "day")] if begins else []


def _shades(shifts: Iterable[str]) -> dict[str, str]:
    """A class for each shift: the free days pale, every other one in the order in which it comes first."""
    names = [name for name in dict.fromkeys(shifts) if name not in RESERVED]
    shades = {name: f"shade{number % _SHADES}" for number, name in enumerate(names)}
    return shades | {name: f"free {name}" for name in RESERVED}


def _text(x: float, y: float, text: str, name: str) -> str:
    return f'<text class="{name}" x="{x:g}" y="{y:g}">{escape(text)}</text>'


def _title(text: str) -> str:
    return f"<title>{escape(printable(text))}</title>"


_DRAWN: dict[Type, Callable[[Sequence[str]], Picture]] = {
    Type.WEEK: _week,
    Type.RANGES: _periods,
    Type.BELLS: _bells,
    Type.DAYS: _department,
    Type.CYCLE: _cycle,
}
