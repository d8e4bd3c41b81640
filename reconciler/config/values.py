"""Texts and nodes of the files to canonical values (`model/fields.py`), each as its field's declaration says."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache

from reconciler.config import tree
from reconciler.config.expressions import Expressions, has_expression
from reconciler.config.programs import ExpressionError
from reconciler.model.diagnostic import Diagnostic, Span, error
from reconciler.model.fields import Field, Type, Value
from reconciler.model.secret import Secret, SecretReference
from reconciler.model.words import LONGEST_CITATION, cited, nearest

NULLS = frozenset({"", "~", "null"})
"""What clears a field when it stands without quotes. `Null` and `NULL` are texts: people are called so."""

_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_SOURCES = ("env", "file", "command", "table")
REFERENCE_FORMS = "{env: NAME}, {file: PATH}, {command: [PROGRAM, ARGUMENT]} or {table: NAME}"
TABLELESS_FORMS = "{env: NAME}, {file: PATH} or {command: [PROGRAM, ARGUMENT]}"
"""The same of what belongs to no object."""


class Wrong(Exception):
    """A value that its field can't take. `spot` is where, when that is not the value itself."""

    def __init__(self, code: str, detail: str, spot: tree.Node | None = None) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.spot = spot


class Reading:
    """One file while it is read: where complaints go, and what its texts may refer to.

    `private` is set once a masked value came from an expression: it is not in the file, so no cache may keep it.
    """

    __slots__ = ("expressions", "file", "found", "private", "tables")

    def __init__(self, file: str, expressions: Expressions, tables: Iterable[str], found: list[Diagnostic]) -> None:
        self.file = file
        self.expressions = expressions
        self.tables = frozenset(tables)
        self.found = found
        self.private = False

    def complain(self, code: str, detail: str, spot: tree.Node | Span) -> None:
        span = spot if isinstance(spot, Span) else tree.place(self.file, spot)
        self.found.append(error(code, detail, source=span))

    def report(self, wrong: Wrong, spot: tree.Node | Span) -> None:
        """`spot` is where, unless `wrong` knows better."""
        self.complain(wrong.code, wrong.detail, wrong.spot or spot)


def is_null(node: tree.Node) -> bool:
    return isinstance(node, tree.Scalar) and node.value in NULLS and tree.is_plain(node)


def read_value(reading: Reading, field: Field, node: tree.Node, row: Mapping[str, str] | None = None) -> Value:
    """The canonical value of a field that is no block and no map. `row` is the row of a table that its expressions may
    name. Raises Wrong; members of a set are complained of one by one, the rest of the set is the value."""
    if field.type is Type.SET:
        return _read_set(reading, field, node, row)
    if isinstance(node, tree.Scalar):
        return _read_scalar(reading, field, node, row)
    if field.masked and isinstance(node, tree.Mapping):
        return read_reference(reading, node)
    wanted = f"Write the reference as {REFERENCE_FORMS}." if field.masked else f"Write {_FORMS[field.type]}."
    raise Wrong("RC0208" if field.type is Type.SECRET else "RC0203", f"{_shape(node)} can't be {_the(field)}. {wanted}")


def read_text(field: Field, text: str) -> Value:
    """The canonical value of a text that came from a table's cell or an expression, where nothing is in quotes: ""
    clears, a set's members stand between semicolons. Raises Wrong."""
    text = text.strip()
    if field.type is Type.SET:
        return tuple(sorted({member for each in text.split(";") if (member := each.strip())}))
    return READERS[field.type](field, text, True) if text else cleared(field)


def cleared(field: Field) -> Value:
    """What null means for the field. Raises Wrong where it means nothing."""
    if field.required:
        raise Wrong("RC0207", f"{_start(field)} is required and can't be cleared. Write {_FORMS[field.type]}.")
    return () if field.type is Type.SET else None


def read_reference(reading: Reading, node: tree.Mapping) -> SecretReference:
    """The reference to a secret that the mapping is. Raises Wrong."""
    for name, (key, _) in node.pairs.items():
        if name not in _SOURCES:
            hint = nearest(name, _SOURCES)
            what = cited(name) if hint else "This"  # what is no typo may be the secret itself: {card: {4711}}
            raise Wrong("RC0201", f"{what} is not where a secret can come from.{hint} Write {REFERENCE_FORMS}.", key)
    if len(node.pairs) != 1:
        raise Wrong("RC0208", f"A secret has exactly one source. Write {REFERENCE_FORMS}.")
    ((source, (_, value)),) = node.pairs.items()
    if source == "command":
        if not isinstance(value, tree.Sequence) or not value.items:
            raise Wrong(
                "RC0203", "A command is a list of its program and arguments: {command: [PROGRAM, ARGUMENT]}.", value
            )
        argument = tuple(_argument(reading, each) for each in value.items)
    else:
        argument = (_argument(reading, value),)
    if source == "table" and argument[0] not in reading.tables:
        hint = nearest(argument[0], reading.tables)
        detail = (
            f"The project has no table of secrets named {cited(argument[0])}.{hint} Tables stand under secrets: in "
            "reconciler.yaml."
        )
        raise Wrong("RC0302", detail, value)
    return SecretReference(source, argument, tree.place(reading.file, node))  # type: ignore[arg-type]


def _argument(reading: Reading, node: tree.Node) -> str:
    if not isinstance(node, tree.Scalar) or is_null(node) or not node.value.strip():
        raise Wrong("RC0203", "A text is wanted here: where the secret is to be had.", node)
    return rendered_text(reading, node)


def rendered_text(reading: Reading, node: tree.Scalar, row: Mapping[str, str] | None = None) -> str:
    """The scalar's text, trimmed, its expressions replaced. Raises Wrong."""
    text = node.value.strip()
    if not has_expression(text):
        return str(text)
    result = render(reading, node, row)
    if isinstance(result, tuple):
        raise Wrong("RC0203", "The expression gives a list where one text is wanted.", node)
    return result.strip()


def render(reading: Reading, node: tree.Scalar, row: Mapping[str, str] | None) -> str | tuple[str, ...]:
    """The result of a text with expressions. Raises Wrong: at the text itself for a name that does not exist, since no
    row of a table could help that."""
    try:
        return reading.expressions.render(node.value, row)
    except ExpressionError as failure:
        raise Wrong(failure.code, failure.detail, node if failure.code == "RC0402" else None) from None


def _read_scalar(reading: Reading, field: Field, node: tree.Scalar, row: Mapping[str, str] | None) -> Value:
    if is_null(node):
        return cleared(field)
    text = node.value.strip()
    if has_expression(text) and field.type is not Type.SECRET:
        reading.private = reading.private or field.masked
        result = rendered_text(reading, node, row)
        return READERS[field.type](field, result, True) if result else cleared(field)
    return READERS[field.type](field, text, tree.is_plain(node)) if text else cleared(field)


def _read_set(reading: Reading, field: Field, node: tree.Node, row: Mapping[str, str] | None) -> tuple[str, ...]:
    if isinstance(node, tree.Sequence):
        members = set()
        for item in node.items:
            try:
                members.add(_member(reading, field, item, row))
            except Wrong as wrong:
                reading.report(wrong, item)
        return tuple(sorted(members))
    if is_null(node):
        cleared(field)
        return ()
    if isinstance(node, tree.Scalar) and has_expression(node.value):
        result = render(reading, node, row)
        if isinstance(result, tuple):
            return tuple(sorted({member for each in result if (member := each.strip())}))
        raise Wrong(
            "RC0203",
            f"The expression gives one text, and {_the(field)} is a list. Split the text, as in "
            f"{{{{ row.{field.name}.split(';') }}}}, or write a list.",
        )
    fits = isinstance(node, tree.Scalar) and len(node.value) <= LONGEST_CITATION
    example = f"[{node.value.strip()}]" if fits and isinstance(node, tree.Scalar) else "[…]"
    raise Wrong("RC0203", f"{_start(field)} is a list, also with one member. Write {field.name}: {example}.")


def _member(reading: Reading, field: Field, node: tree.Node, row: Mapping[str, str] | None) -> str:
    if not isinstance(node, tree.Scalar):
        raise Wrong("RC0203", f"{_shape(node)} can't be a member of {_the(field)}. Write a text.")
    text: str = node.value.strip()
    if text and text not in NULLS and "{{" not in text:
        return text
    text = "" if is_null(node) else rendered_text(reading, node, row)
    if not text:
        raise Wrong("RC0203", f"A member of {_the(field)} is missing here. Write [] for no member at all.")
    return text


def _text(field: Field, text: str, _typed: bool) -> Value:
    if field.length is not None and len(text) > field.length:
        raise Wrong(
            "RC0204",
            f"{_start(field)} has {len(text)} characters; at most {field.length} are possible. Shorten it.",
        )
    if field.pattern is not None and not _compiled(field.pattern).fullmatch(text):
        shown = "The value" if field.sensitive else cited(text)
        raise Wrong("RC0206", f"{shown} does not have the form of {_the(field)}: {field.doc}")
    return Secret(text) if field.sensitive else text


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _integer(field: Field, text: str, typed: bool) -> Value:
    if typed and _INTEGER.fullmatch(text):
        return int(text)
    raise _wrong_type(field, text, typed)


def _boolean(field: Field, text: str, typed: bool) -> Value:
    if typed and text in _BOOLEANS:
        return _BOOLEANS[text]
    raise _wrong_type(field, text, typed)


def _date(_field: Field, text: str, _typed: bool) -> Value:
    if len(text) != 10 or not (text[4] == text[7] == "-"):
        raise Wrong("RC0206", f"{cited(text)} is not a date. Write it as YYYY-MM-DD, such as 2026-01-31.")
    try:
        date.fromisoformat(text)
    except ValueError:
        raise Wrong("RC0206", f"{cited(text)} is not a day of the calendar. Write a date as YYYY-MM-DD.") from None
    return text


def _choice(field: Field, text: str, _typed: bool) -> Value:
    if text in field.choices:
        return text
    raise Wrong("RC0205", f"{cited(text)} is not one of {', '.join(field.choices)}.{nearest(text, field.choices)}")


def _words(field: Field, text: str, _typed: bool) -> Value:
    if text in field.alone:
        return text
    words = {word.strip() for word in text.split("+")}
    for word in sorted(words - set(field.choices)):
        if word in field.alone:
            raise Wrong("RC0205", f"{cited(word)} stands alone, not with other words.")
        known = (*field.choices, *field.alone)
        raise Wrong("RC0205", f"{cited(word)} is not one of {', '.join(known)}.{nearest(word, known)}")
    return "+".join(sorted(words))


def _secret(field: Field, _text: str, _typed: bool) -> Value:
    detail = f"{_start(field)} is a secret and never stands in the files. Write a reference: {REFERENCE_FORMS}."
    raise Wrong("RC0208", detail)


READERS: Mapping[Type, Callable[[Field, str, bool], Value]] = {
    Type.TEXT: _text,
    Type.INTEGER: _integer,
    Type.BOOLEAN: _boolean,
    Type.DATE: _date,
    Type.CHOICE: _choice,
    Type.WORDS: _words,
    Type.SECRET: _secret,
}
"""Each takes a text that is trimmed and not empty, and whether it may be more than a text: it had no quotes."""

_FORMS = {
    Type.TEXT: "a text",
    Type.INTEGER: "a whole number, without quotes",
    Type.BOOLEAN: "true or false, without quotes",
    Type.DATE: "a date as YYYY-MM-DD",
    Type.CHOICE: "one of its values",
    Type.WORDS: "words joined by +",
    Type.SET: "a list",
    Type.SECRET: "a reference to the secret",
    Type.BLOCK: "a mapping",
    Type.MAP: "a text",
}


def _wrong_type(field: Field, text: str, typed: bool) -> Wrong:
    shown = cited(text) if typed else f"{cited(text)} in quotes"
    return Wrong("RC0203", f"{shown} can't be {_the(field)}. Write {_FORMS[field.type]}.")


def _the(field: Field) -> str:
    return f"the field {field.name}"


def _start(field: Field) -> str:
    return f"The field {field.name}"


def _shape(node: tree.Node) -> str:
    if isinstance(node, tree.Sequence):
        return "A list"
    return "A mapping" if isinstance(node, tree.Mapping) else "A text"
