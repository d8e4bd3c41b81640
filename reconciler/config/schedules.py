"""Schedules of the files to canonical values (`model/fields.py`), each mistake at its own node."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from reconciler.config import tree
from reconciler.config.expressions import has_expression
from reconciler.config.values import FORM_WORDS, Reading, Wrong, is_null, render, rendered_text, shape, the
from reconciler.model.fields import Field, Type, Value
from reconciler.model.schedules.bells import Bell, canonical_bells, parse_bell
from reconciler.model.schedules.days import parse_days
from reconciler.model.schedules.mistake import Mistake
from reconciler.model.schedules.rosters import (
    DepartmentRoster,
    EmployeeRoster,
    parse_department_roster,
    parse_employee_roster,
)
from reconciler.model.schedules.shifts import Shift, parse_shift
from reconciler.model.schedules.texts import bells_texts, cycle_texts, department_texts, period_texts, week_texts
from reconciler.model.schedules.week import Week, parse_week
from reconciler.model.words import cited, nearest

Row = Mapping[str, str] | None
"""The row of a table that expressions may name."""

_BELL = {"at": "00:00", "days": "daily", "ring": "none", "output": "both"}
_CYCLE = {"from": "2026-01-01", "cycle": "holiday"}
"""The keys of a bell and of a roster, each with a value that is right."""


class _Part(NamedTuple):
    """A text, and where it stands; None where that is the row of a table."""

    text: str
    spot: tree.Node | None


class _Source(NamedTuple):
    """What is read, and what was found wrong with it so far."""

    reading: Reading
    row: Row
    found: list[Wrong]

    def part(self, node: tree.Node, what: str) -> list[_Part]:
        """The one text that a node is, in a list; no text with a complaint."""
        spot = self._spot(node)
        if not isinstance(node, tree.Scalar):
            self.found.append(Wrong("RC0203", f"{shape(node)} stands where {what} is wanted.", spot))
            return []
        try:
            text = "" if is_null(node) else rendered_text(self.reading, node, self.row)
        except Wrong as wrong:
            self.found.append(Wrong(wrong.code, wrong.detail, wrong.spot or spot))
            return []
        if not text:
            self.found.append(Wrong("RC0203", f"Nothing stands where {what} is wanted.", spot))
            return []
        return [_Part(text, spot)]

    def parts(self, node: tree.Node, what: str) -> list[_Part]:
        """The texts of a list, or the one text that stands for it; without those that were complained of."""
        if isinstance(node, tree.Sequence):
            return [part for item in node.items for part in self.part(item, what)]
        if isinstance(node, tree.Scalar) and has_expression(node.value):
            try:
                result = render(self.reading, node, self.row)
            except Wrong as wrong:
                self.found.append(Wrong(wrong.code, wrong.detail, wrong.spot or self._spot(node)))
                return []
            if isinstance(result, tuple):
                return [_Part(text.strip(), self._spot(node)) for text in result]
        return self.part(node, what)

    def _spot(self, node: tree.Node) -> tree.Node | None:
        of_row = self.row is not None and isinstance(node, tree.Scalar) and has_expression(node.value)
        return None if of_row else node

    def mistakes(
        self, mistakes: Iterable[Mistake], parts: Mapping[str, list[_Part]], keys: Mapping[str, tree.Node]
    ) -> None:
        """Takes over the mistakes, each at its place; `keys` are the places of those that are of no one text."""
        for mistake in mistakes:
            if mistake.key is None:
                self.found.append(Wrong("RC0202", mistake.detail))
            elif mistake.item is None:
                self.found.append(Wrong("RC0206", mistake.detail, keys.get(mistake.key)))
            else:
                self.found.append(Wrong("RC0206", mistake.detail, parts[mistake.key][mistake.item].spot))

    def keyed(self, node: tree.Mapping, keys: tuple[str, ...], what: str) -> dict[str, tree.Node]:
        """The values of a mapping that must have these keys and no others."""
        for name, (key, _) in node.pairs.items():
            if name not in keys:
                hint = nearest(name, keys) or f" There are {', '.join(keys)}."
                self.found.append(Wrong("RC0201", f"{cited(name)} is not a key of {what}.{hint}", key))
        missing = [name for name in keys if name not in node.pairs]
        if missing:
            words = " and ".join(cited(name) for name in missing)
            verb = "is" if len(missing) == 1 else "are"
            detail = f"{words} {verb} missing: {what} is {{{', '.join(keys)}}}."
            self.found.append(Wrong("RC0202", detail, node))
        return {name: node.pairs[name][1] for name in keys if name in node.pairs}

    def finish(self) -> None:
        """Raises Wrong when anything was."""
        if self.found:
            first, *rest = self.found
            raise Wrong(first.code, first.detail, first.spot, tuple(rest))


def _mapping(field: Field, node: tree.Node) -> tree.Mapping:
    if isinstance(node, tree.Mapping):
        return node
    raise Wrong("RC0203", f"{shape(node)} can't be {the(field)}. Write {FORM_WORDS[field.type]}.")


def _week(source: _Source, field: Field, node: tree.Node) -> Value:
    pairs = _mapping(field, node).pairs
    parts = {name: source.parts(value, "a range such as 08:00-18:00") for name, (_, value) in pairs.items()}
    week = parse_week({name: [part.text for part in each] for name, each in parts.items()})
    if isinstance(week, Week):
        return week_texts(week)
    source.mistakes(week, parts, {name: key for name, (key, _) in pairs.items()})
    return None


def _days(source: _Source, field: Field, node: tree.Node) -> Value:
    pairs = _mapping(field, node).pairs
    parts = {name: source.part(value, "the name of a shift") for name, (_, value) in pairs.items()}
    roster = parse_department_roster({name: each[0].text if each else "" for name, each in parts.items()})
    if isinstance(roster, DepartmentRoster):
        return department_texts(roster)
    source.mistakes(roster, parts, {name: key for name, (key, _) in pairs.items()})
    return None


def _cycle(source: _Source, field: Field, node: tree.Node) -> Value:
    values = source.keyed(_mapping(field, node), tuple(_CYCLE), "a roster")
    parts = {name: [_Part(right, None)] for name, right in _CYCLE.items()}  # what is missing must not hide the rest
    if "from" in values:
        parts["from"] = source.part(values["from"], "a date as YYYY-MM-DD") or parts["from"]
    if "cycle" in values:
        before = len(source.found)
        names = source.parts(values["cycle"], "the name of a shift")
        parts["cycle"] = names if len(source.found) == before else parts["cycle"]
    roster = parse_employee_roster(parts["from"][0].text, [part.text for part in parts["cycle"]])
    if isinstance(roster, EmployeeRoster):
        return cycle_texts(roster)
    source.mistakes(roster, parts, values)
    return None


def _bells(source: _Source, field: Field, node: tree.Node) -> Value:
    if not isinstance(node, tree.Sequence):
        raise Wrong("RC0203", f"{shape(node)} can't be {the(field)}. Write {FORM_WORDS[field.type]}.")
    bells = canonical_bells(bell for item in node.items for bell in _bell(source, item))
    if field.most is not None and len(bells) > field.most:
        detail = f"There are {len(bells)} bells, and a terminal has {field.most}. Leave {len(bells) - field.most} out."
        source.found.append(Wrong("RC0204", detail, node))
    return bells_texts(bells)


def _bell(source: _Source, node: tree.Node) -> list[Bell]:
    """The bell, in a list; none with complaints."""
    if not isinstance(node, tree.Mapping):
        source.found.append(Wrong("RC0203", f"{shape(node)} is no bell. Write {{{', '.join(_BELL)}}}.", node))
        return []
    before = len(source.found)
    values = source.keyed(node, tuple(_BELL), "a bell")
    parts = {name: [_Part(right, None)] for name, right in _BELL.items()}  # what is missing must not hide the rest
    for name in ("at", "ring", "output"):
        if name in values:
            parts[name] = source.part(values[name], f"the {name} of a bell") or parts[name]
    if "days" in values:
        parts["days"] = _day_parts(source, values["days"]) or parts["days"]
    at, ring, output = (parts[name][0].text for name in ("at", "ring", "output"))
    bell = parse_bell(at, [part.text for part in parts["days"]], ring, output)
    if isinstance(bell, Bell):
        return [bell] if len(source.found) == before else []
    source.mistakes(bell, parts, values)
    return []


def _day_parts(source: _Source, node: tree.Node) -> list[_Part]:
    """The words for days, without those that were complained of."""
    before = len(source.found)
    parts = source.parts(node, "the days of a bell")
    complaints = [(part, parse_days(part.text)) for part in parts]
    source.found.extend(Wrong("RC0206", each, part.spot) for part, each in complaints if isinstance(each, str))
    if not parts and len(source.found) == before:
        source.found.append(Wrong("RC0206", str(parse_days([])), node))
    return [part for part, each in complaints if not isinstance(each, str)]


def _ranges(source: _Source, _field: Field, node: tree.Node) -> Value:
    parts = source.parts(node, "a range such as 09:00-12:00")
    shift = parse_shift("", [part.text for part in parts])
    if isinstance(shift, Shift):
        return period_texts(shift.periods)
    mistakes = [each for each in shift if each.item is not None or not source.found]  # their number says nothing then
    source.mistakes(mistakes, {"periods": parts}, {"periods": node})
    return None


def split_ranges(text: str) -> Value:
    """The canonical value of a table's cell, where ranges stand between semicolons. Raises Wrong."""
    shift = parse_shift("", [each.strip() for each in text.split(";")])
    if isinstance(shift, Shift):
        return period_texts(shift.periods)
    wrongs = [Wrong("RC0206", mistake.detail) for mistake in shift]
    raise Wrong(wrongs[0].code, wrongs[0].detail, also=tuple(wrongs[1:]))


_READERS: Mapping[Type, Callable[[_Source, Field, tree.Node], Value]] = {
    Type.WEEK: _week,
    Type.DAYS: _days,
    Type.CYCLE: _cycle,
    Type.BELLS: _bells,
    Type.RANGES: _ranges,
}

SCHEDULES = frozenset(_READERS)
"""The types that `read_schedule` reads."""


def read_schedule(reading: Reading, field: Field, node: tree.Node, row: Row = None) -> Value:
    """The canonical value of a field of one of SCHEDULES. Raises Wrong, with all that is wrong."""
    source = _Source(reading, row, [])
    value = _READERS[field.type](source, field, node)
    source.finish()
    return value
