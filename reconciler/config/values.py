"""Texts and nodes of the files to canonical values (`model/fields.py`), each as its field's declaration says."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache

from reconciler.config import tree
from reconciler.config.expressions import Expressions, has_expression
from reconciler.config.forms import FORMS, Unsafe
from reconciler.config.programs import ExpressionError
from reconciler.model.diagnostic import Diagnostic, Span, error
from reconciler.model.fields import Field, Type, Value
from reconciler.model.secret import Secret, SecretReference
from reconciler.model.words import cited, nearest

NULLS = frozenset({"", "~", "null"})
"""What clears a field when it stands without quotes. `Null` and `NULL` are texts: people are called so."""

_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_LONGEST_NUMBER = 18  # characters, as 64 bits hold
_SOURCES = ("env", "file", "command", "table")
REFERENCE_FORMS = "{env: NAME}, {file: PATH}, {command: [PROGRAM, ARGUMENT]} or {table: NAME}"
TABLELESS_FORMS = "{env: NAME}, {file: PATH} or {command: [PROGRAM, ARGUMENT]}"
"""The same of what belongs to no object."""


class Wrong(Exception):
    """A value that its field can't take. `spot` is where, when that is not the value itself; `also` is what else is
    wrong with the same value."""

    def __init__(self, code: str, detail: str, spot: tree.Node | None = None, also: tuple["Wrong", ...] = ()) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.spot = spot
        self.also = also


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
        for each in (wrong, *wrong.also):
            self.complain(each.code, each.detail, each.spot or spot)


def is_null(node: tree.Node) -> bool:
    return isinstance(node, tree.Scalar) and node.value in NULLS and tree.is_plain(node)


def read_value(reading: Reading, field: Field, node: tree.Node, row: Mapping[str, str] | None = None) -> Value:
    """The canonical value of a field that is one text, or a reference to a secret. `row` is the row of a table that
    its expressions may name. Raises Wrong."""
    if isinstance(node, tree.Scalar):
        return _read_scalar(reading, field, node, row)
    if field.masked and not field.is_path:
        if isinstance(node, tree.Mapping):
            return read_reference(reading, node)
        wanted = f"Write the reference as {REFERENCE_FORMS}."
    else:
        wanted = f"Write {FORM_WORDS[field.type]}."
    raise Wrong("RC0208" if field.type is Type.SECRET else "RC0203", f"{shape(node)} can't be {the(field)}. {wanted}")


def read_text(field: Field, text: str, span: Span) -> Value:
    """The canonical value of a text that came from a table's cell, at `span`, or an expression, where nothing is in
    quotes: "" clears. Raises Wrong."""
    text = text.strip()
    if field.is_path and text:
        return SecretReference("file", (text,), span)
    return READERS[field.type](field, text, True) if text else cleared(field)


def cleared(field: Field) -> Value:
    """What null means for the field. Raises Wrong where it means nothing."""
    if field.required:
        raise Wrong("RC0207", f"{start(field)} is required and can't be cleared. Write {FORM_WORDS[field.type]}.")
    return nothing(field)


def nothing(field: Field) -> Value:
    """The value of a field that has none."""
    return () if field.type in _MANY and not field.sensitive else None


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
        return read_text(field, rendered_text(reading, node, row), tree.place(reading.file, node))
    if field.is_path:
        return read_text(field, text, tree.place(reading.file, node))
    return READERS[field.type](field, text, tree.is_plain(node)) if text else cleared(field)


def _text(field: Field, text: str, _typed: bool) -> Value:
    if field.length is not None and len(text) > field.length:
        raise Wrong(
            "RC0204",
            f"{start(field)} has {len(text)} characters; at most {field.length} are possible. Shorten it.",
        )
    if field.pattern is not None and not _compiled(field.pattern).fullmatch(text):
        shown = "The value" if field.sensitive else cited(text)
        raise Wrong("RC0206", f"{shown} does not have the form of {the(field)}: {field.doc}")
    return Secret(text) if field.sensitive else text


def formed(form: Callable[[Field, str], str], field: Field, text: str) -> str:
    """What the form makes of the text. Raises Wrong."""
    try:
        return form(field, text)
    except Unsafe as problem:
        raise Wrong("RC0407", str(problem)) from None
    except ValueError as problem:
        raise Wrong("RC0206", str(problem)) from None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _integer(field: Field, text: str, typed: bool) -> Value:
    if not typed or not _INTEGER.fullmatch(text):
        raise _wrong_type(field, text, typed)
    least, most = field.minimum, field.maximum
    number = int(text) if len(text) <= _LONGEST_NUMBER else None
    if number is None or (least is not None and number < least) or (most is not None and number > most):
        raise Wrong("RC0206", f"{cited(text)} is out of bounds for {the(field)}. Write {_bounds(least, most)}.")
    return number


def _bounds(least: int | None, most: int | None) -> str:
    if least is None or most is None:
        return "one of fewer digits" if least is None else f"{least} or more, in at most {_LONGEST_NUMBER} digits"
    return f"{least} to {most}"


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
    detail = f"{start(field)} is a secret and never stands in the files. Write a reference: {REFERENCE_FORMS}."
    raise Wrong("RC0208", detail)


def _of(form: Callable[[Field, str], str]) -> Callable[[Field, str, bool], Value]:
    return lambda field, text, _typed: formed(form, field, text)


READERS: Mapping[Type, Callable[[Field, str, bool], Value]] = {
    Type.TEXT: _text,
    Type.INTEGER: _integer,
    Type.BOOLEAN: _boolean,
    Type.DATE: _date,
    Type.CHOICE: _choice,
    Type.WORDS: _words,
    Type.SECRET: _secret,
    **{kind: _of(form) for kind, form in FORMS.items()},
}
"""Each takes a text that is trimmed and not empty, and whether it may be more than a text: it had no quotes."""

FORM_WORDS = {
    Type.TEXT: "a text",
    Type.INTEGER: "a whole number, without quotes",
    Type.BOOLEAN: "true or false, without quotes",
    Type.DATE: "a date as YYYY-MM-DD",
    Type.CHOICE: "one of its values",
    Type.WORDS: "words joined by +",
    Type.SET: "a list",
    Type.LIST: "a list",
    Type.SECRET: "a reference to the secret",
    Type.FILE: "the path of a file in the project",
    Type.PHOTO: "the path of a picture in the project",
    Type.MOMENT: "a date as YYYY-MM-DD, or YYYY-MM-DDTHH:MM:SS",
    Type.DURATION: "a duration such as 30s",
    Type.TIMEZONE: "a time zone such as Europe/Berlin",
    Type.URL: "a url such as https://time.example.com:8443",
    Type.ADDRESS: "an address such as 192.168.0.1",
    Type.INTERFACE: "an address such as 192.168.0.5/24",
    Type.WEEK: 'ranges by day, such as {mon-fri: "08:00-18:00"}',
    Type.DAYS: "a shift for each day, such as {mon-fri: day, sat-sun: holiday}",
    Type.CYCLE: "{from: 2026-01-05, cycle: [day, day, holiday]}",
    Type.RANGES: 'a list of ranges, such as ["09:00-12:00", "13:00-18:00"]',
    Type.BELLS: 'a list of bells, such as [{at: "08:00", days: mon-fri, ring: 30s, output: both}]',
    Type.ROWS: "a list of mappings",
    Type.BLOCK: "a mapping",
    Type.MAP: "a text",
}
"""What ends a sentence that begins with "Write"."""

_MANY = {Type.SET, Type.LIST, Type.BELLS, Type.ROWS}  # null is an empty one


def _wrong_type(field: Field, text: str, typed: bool) -> Wrong:
    shown = cited(text) if typed else f"{cited(text)} in quotes"
    return Wrong("RC0203", f"{shown} can't be {the(field)}. Write {FORM_WORDS[field.type]}.")


def the(field: Field) -> str:
    return f"the field {field.name}"


def start(field: Field) -> str:
    return f"The field {field.name}"


def shape(node: tree.Node) -> str:
    if isinstance(node, tree.Sequence):
        return "A list"
    return "A mapping" if isinstance(node, tree.Mapping) else "A text"
