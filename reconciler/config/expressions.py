"""Expressions: `{{ … }}` inside a text of the files. Nothing else in a text is special, and no result is read again."""

import re
from collections.abc import Mapping
from functools import lru_cache

from reconciler.config.programs import (
    LONGEST_EXPRESSION,
    LONGEST_RESULT,
    ExpressionError,
    Names,
    Program,
    as_text,
    too_costly,
)

_SPLIT = re.compile(
    r"""\{\{ ( (?: '(?:[^'\\]|\\.)*' | "(?:[^"\\]|\\.)*" | [^'"] )*? ) \}\}""",
    re.VERBOSE | re.DOTALL,
)
_BARE_NAME = re.compile(r"\s*(var|row)\.([A-Za-z_][A-Za-z0-9_]*)\s*")


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
