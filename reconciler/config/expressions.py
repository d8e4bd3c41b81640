"""Expressions: `{{ … }}` inside a text of the files. Nothing else in a text is special, and no result is read again."""

import re
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import Final

LONGEST_EXPRESSION: Final = 1_000
LONGEST_RESULT: Final = 65_536
"""Both in characters. Every value on the way to a result is held to the second one, too."""

_SPLIT = re.compile(
    r"""\{\{ ( (?: '(?:[^'\\]|\\.)*' | "(?:[^"\\]|\\.)*" | [^'"] )*? ) \}\}""",
    re.VERBOSE | re.DOTALL,
)
_BARE_NAME = re.compile(r"\s*(var|row)\.([A-Za-z_][A-Za-z0-9_]*)\s*")


class ExpressionError(Exception):
    """`code` is RC0402, RC0403 or RC0404, `detail` the diagnostic's full sentences. It quotes names, never the value
    of a variable or a cell."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


class Names:
    """What stands behind `var` or `row`: lookups by name, of texts only."""

    __slots__ = ("_values", "_which")

    def __init__(self, which: str, values: Mapping[str, str] | None) -> None:
        self._which = which
        self._values = values

    def __getitem__(self, name: object) -> str:
        """The text called `name`. Raises ExpressionError: what is not there is an error, never empty."""
        if self._values is None:
            raise ExpressionError("RC0402", "There is no row here: row.* can stand only in the map of a table.")
        value = self._values.get(name) if isinstance(name, str) else None
        if value is None:
            raise _unknown(self._which, str(name), self._values)
        if len(value) > LONGEST_RESULT:
            raise too_costly(f"{self._which}.{name} is longer than {LONGEST_RESULT:,} characters")
        return value


Program = Callable[[Names, Names], object]
"""A compiled expression: given `var` and `row` it gives a text, number, truth value or list, or raises
ExpressionError."""


class Expressions:
    """Renders texts with one run's variables. Threads may share it."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._var = Names("var", variables)
        # Objects repeat few expressions in many texts (`ana@{{ var.domain }}`), tables few texts in many rows.
        self._program = lru_cache(maxsize=4_096)(_program)
        self._parts = lru_cache(maxsize=1_024)(self._split)

    def render(self, text: str, row: Mapping[str, str] | None = None) -> str | tuple[str, ...]:
        """The text with its expressions replaced by their results; white space around it is dropped.

        A tuple comes only from a text that is one expression and nothing else, whose result is a list. `row` are the
        cells by column where a table is read. Raises ExpressionError.
        """
        names = Names("row", row)
        parts = self._parts(text)
        if len(parts) == 1:
            result = parts[0] if isinstance(parts[0], str) else parts[0](self._var, names)
            if isinstance(result, (list, tuple)):
                members = tuple(map(as_text, result))
                _hold_to_limit(sum(map(len, members)))
                return members
            rendered = as_text(result)
            _hold_to_limit(len(rendered))
            return rendered
        length = 0
        pieces = []
        for part in parts:
            piece = part if isinstance(part, str) else as_text(part(self._var, names))
            pieces.append(piece)
            length += len(piece)
            _hold_to_limit(length)
        return "".join(pieces)

    def _split(self, text: str) -> tuple[str | Program, ...]:
        """The literal parts of a text and the programs between them."""
        text = text.strip()
        parts: list[str | Program] = []
        position = 0
        while (start := text.find("{{", position)) >= 0:
            match = _SPLIT.match(text, start)
            if match is None:
                raise ExpressionError(
                    "RC0403",
                    "An expression is opened by {{ and not closed: its }} or a quotation mark is missing. "
                    "Two braces that shall stay as they are, are written {{ '{{' }}.",
                )
            if start > position:
                parts.append(text[position:start])
            parts.append(self._program(match[1]))
            position = match.end()
        if position < len(text):
            parts.append(text[position:])
        return tuple(parts)


def has_expression(text: str) -> bool:
    """Whether `text` has to be rendered."""
    return "{{" in text


def as_text(value: object) -> str:
    """A result as it goes into a text: numbers as written, `true` and `false`. Raises ExpressionError for a list and
    for nothing."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, (list, tuple)):
        raise ExpressionError(
            "RC0403",
            "The expression gives a list where a text is wanted. A list can only be the whole value of a field that "
            "is a set; join(', ') makes a text of it.",
        )
    raise ExpressionError(
        "RC0403",
        "The expression gives nothing: what it asks for does not exist. To clear a field, write null instead of an "
        "expression; to give a value for this case, add | default('…').",
    )


def too_costly(why: str) -> ExpressionError:
    return ExpressionError("RC0404", f"The expression asks for too much: {why}. Make it simpler.")


def nearest(name: str, names: Iterable[str]) -> str:
    """A sentence that names the likeliest of `names`, with a space before it; "" when none is near."""
    matches = get_close_matches(name[:100], sorted(names), n=1)
    return f' Did you mean "{matches[0]}"?' if matches else ""


def _hold_to_limit(length: int) -> None:
    if length > LONGEST_RESULT:
        raise too_costly(f"the result is longer than {LONGEST_RESULT:,} characters")


def _program(source: str) -> Program:
    """Compiles one expression. Raises ExpressionError."""
    if len(source) > LONGEST_EXPRESSION:
        raise too_costly(f"it is longer than {LONGEST_EXPRESSION:,} characters")
    if bare := _BARE_NAME.fullmatch(source):
        which, name = bare.groups()
        if which == "var":
            return lambda var, row: var[name]  # noqa: ARG005
        return lambda var, row: row[name]  # noqa: ARG005
    from reconciler.config.sandbox import compile_expression  # imports Jinja2, which most projects never need

    return compile_expression(source)


def _unknown(which: str, name: str, values: Mapping[str, str]) -> ExpressionError:
    if which == "var":
        return ExpressionError(
            "RC0402",
            f'There is no variable "{name}".{nearest(name, values)} Variables are declared under "variables" in the '
            "project file.",
        )
    return ExpressionError("RC0402", f'The table has no column "{name}".{nearest(name, values)}')
