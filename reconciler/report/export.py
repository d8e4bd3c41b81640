"""Live objects as resource files, as a person would write them."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Interface
from textwrap import wrap
from typing import Any

import msgspec
import yaml

from reconciler.model.fields import Field, Kind, Type, Value
from reconciler.model.kinds import KINDS
from reconciler.model.objects import Listing, Live
from reconciler.model.schedules.bells import bell_form
from reconciler.model.schedules.rosters import department_form, employee_form
from reconciler.model.schedules.texts import (
    bells_of_texts,
    cycle_of_texts,
    department_of_texts,
    periods_of_texts,
    valid_of_texts,
    week_of_texts,
)
from reconciler.model.schedules.week import week_form
from reconciler.model.secret import Secret, SecretReference
from reconciler.model.words import printable, some
from reconciler.report.json_text import escaped, is_obeyed
from reconciler.report.text import counted, listed

_WIDTH = 110

SHORT = 4
"""Objects of kinds with at most so many fields stand on one line each."""


NAMED = 5
"""A comment names so many targets, or objects, and counts more."""


class _Code(str):
    """A text that is always written in quotes: `007` stays a text for every reader of the file."""

    __slots__ = ()


class _Line(dict[str, Any]):
    """A mapping that is written on one line."""


class _Members(list[object]):
    """A list that is written on one line."""


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    def ignore_aliases(self, _data: object) -> bool:
        return True


_TAGS = "tag:yaml.org,2002:"
_Dumper.add_representer(_Code, lambda dumper, text: dumper.represent_scalar(f"{_TAGS}str", str(text), style='"'))
_Dumper.add_representer(_Line, lambda dumper, row: dumper.represent_mapping(f"{_TAGS}map", row, flow_style=True))
_Dumper.add_representer(_Members, lambda dumper, row: dumper.represent_sequence(f"{_TAGS}seq", row, flow_style=True))


def render_resources(
    targets: Sequence[str],
    listing: Listing,
    told: Iterable[str] = (),
    missing: Mapping[tuple[str, str], Sequence[str]] = {},
    stated: Collection[str] = frozenset(),
    which: str = "",
) -> str:
    """One kind's resource file. What can't be written in the language, and masked values, are left out and told of in
    comments, so that a plan of the file on the same target is empty. `told` are further comments; `missing` the keys of
    objects that lack a value, by its path and why; `stated` the paths whose empty lists are written; `which` says which
    of the objects these are."""
    kind = KINDS[listing.kind]
    rows: list[dict[str, Any]] = []
    notes = [*told, *(_missing(kind, path, why, keys) for (path, why), keys in sorted(missing.items()))]
    masked: dict[str, int] = {}
    where = "the target" if len(targets) == 1 else "a target"
    for live in _in_order(kind, listing.objects):
        row, left_out = _row(kind, live, masked, stated)
        if row is None:
            notes.append(f"{kind.name} {live.key} is left out: {left_out[0]}")
        else:
            rows.append(_Line(row) if len(kind.paths()) <= SHORT else row)
            notes += [f"{kind.name} {live.key}: {note}" for note in left_out]
    notes += [
        f"{_have(number, kind)} a {path} on {where}. It is left out, and so not managed: to manage it, write "
        f"`{path.rpartition(' ')[2]}: {{table: NAME}}` and declare the table of secrets in reconciler.yaml."
        for path, number in sorted(masked.items())
    ]
    head = f"The {kind.nouns} of {names_of(targets)}{which}, as exported."
    body = yaml.dump(
        {kind.plural: rows}, Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=False, width=_WIDTH
    )
    return "".join(_comment(told) for told in (head, *notes)) + escaped(body)


def _comment(text: str) -> str:
    """Lines of a comment, the further ones indented. What is code is not broken: it is there to be copied."""
    whole = re.sub("`[^`]*`", lambda code: code[0].replace(" ", "\xa0"), printable(text))  # which has none of its own
    lines = wrap(whole, _WIDTH - 4, break_long_words=False, break_on_hyphens=False)
    return "# " + "\n#   ".join(lines).replace("\xa0", " ") + "\n"


def names_of(targets: Sequence[str]) -> str:
    """The targets' names, or of many how many they are."""
    return listed(list(targets)) if len(targets) <= NAMED else f"{len(targets):,} targets"


def _missing(kind: Kind, path: str, why: str, keys: Sequence[str]) -> str:
    nouns = kind.noun if len(keys) == 1 else kind.nouns
    return f"{nouns} {some(keys)}: {why}. `{path}` is left out, and so not managed."


def _have(number: int, kind: Kind) -> str:
    return f"{counted(number, kind.noun, kind.nouns)} {'has' if number == 1 else 'have'}"


def _in_order(kind: Kind, objects: Mapping[str, Live]) -> Iterator[Live]:
    """Parents before children, then by key."""
    children: dict[Value, list[str]] = {}
    for key in sorted(objects):
        parent = objects[key].values.get(kind.parent) if kind.parent else None
        children.setdefault(parent if parent in objects else None, []).append(key)
    waiting = list(reversed(children.get(None, [])))
    seen: set[str] = set()
    while waiting:
        key = waiting.pop()
        if key not in seen:
            seen.add(key)
            yield objects[key]
            waiting += reversed(children.get(key, []))
    for key in sorted(objects.keys() - seen):
        yield objects[key]


def writable(listing: Listing) -> Listing:
    """The listing without the objects that no file can hold."""
    kind = KINDS[listing.kind]
    objects = {key: live for key, live in listing.objects.items() if _row(kind, live, {}, ())[0] is not None}
    return msgspec.structs.replace(listing, objects=objects)


def _row(
    kind: Kind, live: Live, masked: dict[str, int], stated: Collection[str]
) -> tuple[dict[str, Any] | None, list[str]]:
    """The object as a mapping for YAML, and what is left out of it; None for an object that the language can't hold."""
    if problem := _unwritable(next(field for field in kind.fields if field.name == kind.key), live.key):
        return None, [f"it has a {kind.key} {problem}."]
    row: dict[str, Any] = {kind.key: _Code(_literal(live.key))}
    notes: list[str] = []
    for steps, path, field in _fields(kind.fields, live.values):
        value = live.values.get(path)
        if path == kind.key:
            continue
        if value is None or (value == () and field.type is not Type.BELLS and path not in stated):
            if field.required and len(steps) == 1:
                return None, [f"it has no {path}."]
        elif isinstance(value, SecretReference):
            _place(row, steps, _reference(value))
        elif isinstance(value, Secret):
            masked[path] = masked.get(path, 0) + 1
        elif problem := _unwritable(field, value):
            if field.required and len(steps) == 1:
                return None, [f"it has a {path} {problem}."]
            notes.append(f"{path} is {value!s} on the target, {problem}. It is left out, and so not managed.")
        elif field.type is Type.ROWS and isinstance(value, tuple):
            _place(row, steps, [_row_of(field, path, key, live, masked) for key in value])
        else:
            _place(row, steps, _written(field, value))
    return row, notes


def _fields(
    fields: Iterable[Field], values: Iterable[str], above: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], str, Field]]:
    """Where each field of an object stands (the names of the blocks, then its own), its path and its declaration, in
    the declarations' order, a map's labels in alphabetical order."""
    for field in fields:
        steps = (*above, field.name)
        path = ".".join(steps)
        if field.meta or field.derived:
            continue
        if field.type is Type.BLOCK:
            yield from _fields(field.fields, values, steps)
        elif field.type is Type.MAP:
            labels = [name.removeprefix(f"{path}.") for name in sorted(values) if name.startswith(f"{path}.")]
            yield from (((*steps, label), f"{path}.{label}", field) for label in labels)
        else:
            yield steps, path, field


def _row_of(field: Field, path: str, key: str, live: Live, masked: dict[str, int]) -> _Line:
    """One of the rows of a field."""
    row = _Line({field.fields[0].name: _Code(_literal(key))})
    for inner in field.fields[1:]:
        value = live.values.get(f"{path}.{key}.{inner.name}")
        if isinstance(value, Secret):
            masked[f"{path} {inner.name}"] = masked.get(f"{path} {inner.name}", 0) + 1
        elif value is not None:
            row[inner.name] = _written(inner, value)
    return row


def _unwritable(field: Field, value: Value) -> str | None:
    """Why a value that a target has can't stand in a file, if so."""
    words = set(value.split("+")) if field.type is Type.WORDS and isinstance(value, str) else {value}
    if field.choices and value not in field.alone and not words <= set(field.choices):
        return "which has no word in the language"
    if isinstance(value, str) and field.length is not None and len(value) > field.length:
        return f"which is longer than {field.length} characters"
    if isinstance(value, str) and value != value.strip():
        return "which has blanks at an end"
    return None if _fits(field, value) else "which has no form in the language"


def _fits(field: Field, value: Value) -> bool:
    members = value if isinstance(value, tuple) else (value,)
    match field.type:
        case Type.INTEGER:
            least, most = field.minimum, field.maximum
            return type(value) is int and (least is None or value >= least) and (most is None or value <= most)
        case Type.BOOLEAN:
            return isinstance(value, bool)
        case Type.TEXT | Type.LIST:
            return field.pattern is None or all(re.fullmatch(field.pattern, str(each)) for each in members)
        case Type.ROWS:
            return all(each and _unwritable(field.fields[0], each) is None for each in members)
    try:
        _READ[field.type](value) if field.type in _READ else None
    except (ValueError, TypeError, AttributeError):
        return False
    return True


_READ: Mapping[Type, Callable[[Any], object]] = {
    Type.MOMENT: lambda value: valid_of_texts(value, None),
    Type.ADDRESS: IPv4Address,
    Type.INTERFACE: IPv4Interface,
    Type.WEEK: week_of_texts,
    Type.DAYS: department_of_texts,
    Type.CYCLE: cycle_of_texts,
    Type.RANGES: periods_of_texts,
    Type.BELLS: bells_of_texts,
}
"""What understands the canonical values of each type, and raises for others."""


def _written(field: Field, value: Value) -> object:
    if isinstance(value, tuple):
        form = _FORMS.get(field.type, _members)
        return form(value)
    if isinstance(value, str):
        text = _literal(value)
        return _Code(text) if field.reference or is_obeyed(text) else text
    return value


def _reference(reference: SecretReference) -> _Line:
    """Where a secret is to be had, as the project's files say it. A table's row is found by the object's key."""
    if reference.source == "command":
        return _Line(command=_members(reference.argument))
    return _Line({reference.source: _literal(reference.argument[0])})


def _literal(text: str) -> str:
    """A server's text is never an expression."""
    return text.replace("{{", "{{ '{{' }}")


def _place(row: dict[str, Any], steps: tuple[str, ...], value: object) -> None:
    *blocks, name = steps
    for block in blocks:
        row = row.setdefault(block, {} if block in _LONG else _Line())
    row[_Code(name) if is_obeyed(name) else name] = value


_LONG = frozenset({"settings", "network", "security"})
"""Blocks that take more than one line."""


def _members(texts: Iterable[str]) -> _Members:
    return _Members(_Code(_literal(text)) for text in texts)


def _by_days(form: Mapping[str, str | Sequence[str]]) -> _Line:
    return _Line(
        {days: _Code(_literal(each)) if isinstance(each, str) else _members(each) for days, each in form.items()}
    )


def _cycle(texts: tuple[str, ...]) -> _Line:
    form = employee_form(cycle_of_texts(texts))
    return _Line(form | {"cycle": _members(form["cycle"])})


def _bells(texts: tuple[str, ...]) -> list[_Line]:
    forms = [_Line(bell_form(bell)) for bell in bells_of_texts(texts)]
    return [_Line(form | {"at": _Code(form["at"]), "days": _spelt(form["days"])}) for form in forms]


def _spelt(days: str | list[str]) -> str | _Members:
    return days if isinstance(days, str) else _Members(days)


_FORMS: Mapping[Type, Callable[[tuple[str, ...]], object]] = {
    Type.WEEK: lambda texts: _by_days(week_form(week_of_texts(texts))),
    Type.DAYS: lambda texts: _by_days(department_form(department_of_texts(texts))),
    Type.CYCLE: _cycle,
    Type.BELLS: _bells,
}
"""How the canonical texts of schedules stand in files (model/schedules/texts.py)."""
