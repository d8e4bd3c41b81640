"""What an expression is once it is compiled, what it may look up, and how it fails."""

from collections.abc import Callable, Mapping
from typing import Final

from reconciler.model.words import nearest

LONGEST_EXPRESSION: Final = 1_000
LONGEST_RESULT: Final = 65_536
"""Both in characters. Every value on the way to a result is held to the second one, too."""


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


def _unknown(which: str, name: str, values: Mapping[str, str]) -> ExpressionError:
    if which == "var":
        return ExpressionError(
            "RC0402",
            f'There is no variable "{name}".{nearest(name, values)} Variables are declared under "variables" in the '
            "project file.",
        )
    return ExpressionError("RC0402", f'The table has no column "{name}".{nearest(name, values)}')
