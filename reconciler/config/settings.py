"""Reading the mappings of the project file: a table of readers, one for each key."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from reconciler.config import tree
from reconciler.config.expressions import has_expression
from reconciler.config.values import READERS, Reading, Wrong, is_null, rendered_text
from reconciler.model.diagnostic import Span
from reconciler.model.fields import Field, Type
from reconciler.model.project import Limit
from reconciler.model.words import cited, nearest

_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]+)?) ?%")
_DURATION = re.compile(r"([0-9]{1,9}(?:\.[0-9]+)?) ?(ms|s|m)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0}
_LONGEST = 86_400.0  # seconds; sockets take no time-out of centuries

Handler = Callable[[Reading, tree.Node], Any]
"""Gives the value of a key's node. Raises Wrong, or complains by itself."""


def take(
    reading: Reading,
    node: tree.Node,
    what: str,
    handlers: Mapping[str, Handler],
    required: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The values of a mapping's keys, by key; those that are wrong are complained of and not in it. `what` says what a
    key of it should be, `required` what the keys that must be there are. Raises Wrong when the node is no mapping."""
    if not isinstance(node, tree.Mapping):
        raise Wrong("RC0203", f"A mapping is wanted here. It can have {', '.join(handlers)}.")
    taken = {}
    for name, (key, value) in node.pairs.items():
        if name not in handlers:
            known = nearest(name, handlers) or f" There {'are' if len(handlers) > 1 else 'is'} {', '.join(handlers)}."
            reading.complain("RC0201", f"{cited(name)} is not {what}.{known}", key)
            continue
        try:
            taken[name] = handlers[name](reading, value)
        except Wrong as wrong:
            reading.report(wrong, value)
    for name, meaning in (required or {}).items():
        if name not in node.pairs:
            reading.complain("RC0202", f"{cited(name)} is missing: {meaning}.", node)
    return taken


class NameForm(NamedTuple):
    """What names that users choose look like; `words` end a sentence that begins with "use"."""

    pattern: re.Pattern[str]
    words: str


def take_named(
    reading: Reading, node: tree.Node, form: NameForm, what: str, handler: Callable[[str, tree.Node], Any]
) -> dict[str, Any]:
    """The values of a mapping whose keys are names that users choose, by name. Raises Wrong when it is no mapping."""
    if not isinstance(node, tree.Mapping):
        raise Wrong("RC0203", f"A mapping of names is wanted here, one for each {what}.")
    taken = {}
    for name, (key, value) in node.pairs.items():
        if not form.pattern.fullmatch(name):
            detail = f"{cited(name)} can't name a {what}: use {form.words} only."
            reading.complain("RC0206", detail, key)
            continue
        try:
            taken[name] = handler(name, value)
        except Wrong as wrong:
            reading.report(wrong, value)
    return taken


def text(reading: Reading, node: tree.Node) -> str:
    if not isinstance(node, tree.Scalar) or is_null(node) or not node.value.strip():
        raise Wrong("RC0203", "A text is wanted here.")
    value = rendered_text(reading, node)
    if not value:
        raise Wrong("RC0203", "A text is wanted here, and the expression gives an empty one.")
    return value


def boolean(reading: Reading, node: tree.Node) -> bool:
    return bool(_typed(reading, node, Type.BOOLEAN, "true or false"))


def whole_number(least: int) -> Handler:
    """A reader of whole numbers from `least` up."""

    def read(reading: Reading, node: tree.Node) -> int:
        value = _typed(reading, node, Type.INTEGER, "a whole number")
        if not isinstance(value, int) or value < least:
            raise Wrong("RC0206", f"A whole number of {least} or more is wanted here.")
        return value

    return read


def _typed(reading: Reading, node: tree.Node, kind: Type, wanted: str) -> object:
    """Raises Wrong. `wanted` says what is wanted."""
    if not isinstance(node, tree.Scalar) or is_null(node):
        raise Wrong("RC0203", f"{wanted[0].upper()}{wanted[1:]} is wanted here, without quotes.")
    text = rendered_text(reading, node)
    typed = tree.is_plain(node) or has_expression(node.value)
    try:
        return READERS[kind](Field(name="", type=kind, doc=""), text, typed)
    except Wrong:
        shown = cited(text) if typed else f"{cited(text)} in quotes"
        raise Wrong("RC0203", f"{shown} is not {wanted}. Write {wanted}, without quotes.") from None


def choice(reading: Reading, node: tree.Node, choices: Iterable[str]) -> str:
    value = text(reading, node)
    known = list(choices)
    if value not in known:
        raise Wrong("RC0205", f"{cited(value)} is not one of {', '.join(known)}.{nearest(value, known)}")
    return value


def texts(reading: Reading, node: tree.Node) -> tuple[tuple[str, Span], ...]:
    """The texts of a list, each with its place."""
    if not isinstance(node, tree.Sequence) or not node.items:
        raise Wrong("RC0203", "A list of texts is wanted here, such as [a, b], also when it has one member.")
    members = []
    for item in node.items:
        try:
            members.append((text(reading, item), tree.place(reading.file, item)))
        except Wrong as wrong:
            reading.report(wrong, item)
    return tuple(members)


def seconds(reading: Reading, node: tree.Node) -> float:
    match = _DURATION.fullmatch(text(reading, node))
    value = float(match[1]) * _SECONDS[match[2]] if match else 0.0
    if not 0 < value <= _LONGEST:
        raise Wrong("RC0206", "A duration is wanted here, of a day at most, such as 60s, 1m or 500ms.")
    return value


def share(reading: Reading, node: tree.Node) -> float:
    match = _PERCENT.fullmatch(text(reading, node))
    if match is None or float(match[1]) > 100:
        raise Wrong("RC0206", "A share is wanted here, from 0% to 100%, such as 10%.")
    return float(match[1]) / 100


def limit(reading: Reading, node: tree.Node) -> Limit:
    """`17`, `10%` or `{share: 10%, floor: 10}`."""
    if isinstance(node, tree.Mapping):
        handlers = {"number": whole_number(0), "share": share, "floor": whole_number(0)}
        before = len(reading.found)
        parts = take(reading, node, "a part of a limit", handlers)
        if len(reading.found) == before and not {"number", "share"} & parts.keys():
            raise Wrong("RC0202", "A limit has a number or a share: 17, 10% or {share: 10%, floor: 10}.")
        return Limit(**parts)
    if isinstance(node, tree.Scalar) and "%" in (value := "" if is_null(node) else rendered_text(reading, node)):
        return Limit(share=share(reading, node))
    if isinstance(node, tree.Scalar) and value and not is_null(node):
        return Limit(number=whole_number(0)(reading, node))
    raise Wrong("RC0203", "A limit is wanted here: 17, 10% or {share: 10%, floor: 10}.")


def limits(reading: Reading, node: tree.Node) -> dict[str, Limit]:
    return take(reading, node, "a limit", {"delete": limit, "change": limit})
