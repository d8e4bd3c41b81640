"""Diagnostics: what is wrong or noteworthy, where, and what to do; one form for every part of the program."""

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from reconciler.model.address import Address


class Span(msgspec.Struct, frozen=True, order=True):
    """A place in an input file. `file` is relative to the project's root with `/`; line and column count from 1, in
    code points, a byte order mark not counted."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


SUMMARIES = {
    # files
    "RC0101": "The file can't be read",
    "RC0102": "Not valid YAML",
    "RC0103": "Nothing here",
    "RC0104": "Not allowed in a project's YAML",
    "RC0105": "Duplicate key",
    "RC0106": "Too deep or too large",
    "RC0107": "The pattern matches no file",
    "RC0108": "Outside the project",
    "RC0109": "No pattern matches the file",
    # values
    "RC0201": "Unknown key",
    "RC0202": "Missing key",
    "RC0203": "Wrong type",
    "RC0204": "Too long",
    "RC0205": "Not one of the values",
    "RC0206": "Not of the form",
    "RC0207": "Can't be cleared",
    "RC0208": "A secret must be a reference",
    # objects and references
    "RC0301": "Two objects with one key",
    "RC0302": "Refers to what does not exist",
    "RC0303": "A cycle of parents",
    "RC0304": "Not a rename",
    # project file, variables, expressions, tables, secrets
    "RC0401": "The project file is missing",
    "RC0402": "Undeclared variable",
    "RC0403": "The expression failed",
    "RC0404": "The expression is too costly",
    "RC0405": "The table can't be used",
    "RC0406": "The secret can't be had",
    "RC0407": "Not safe",
    "RC0408": "Two targets with one name",
    # reaching a target
    "RC0501": "The target can't be reached",
    "RC0502": "The target's certificate is not trusted",
    "RC0503": "The login was refused",
    "RC0504": "The target does not permit this",
    "RC0505": "The target's answer makes no sense",
    "RC0506": "The target failed",
    "RC0507": "The target is busy",
    # planning
    "RC0601": "The target can't do this",
    "RC0602": "The listing is not complete",
    "RC0603": "Too many deletes",
    "RC0604": "Too many changes",
    "RC0605": "Protected from deletion",
    "RC0606": "Not on the target",
    "RC0607": "Is it a rename?",
    "RC0608": "Left on the target",
    "RC0609": "Nothing is selected",
    "RC0610": "Two objects with one key on the target",
    # applying
    "RC0701": "The target refused the change",
    "RC0702": "The outcome is not known",
    "RC0703": "The target holds another value than was written",
    "RC0704": "Skipped",
    "RC0705": "Something is in the way",
    "RC0706": "Interrupted",
    # state, lock, saved plans
    "RC0801": "The state can't be read",
    "RC0802": "The state can't be written",
    "RC0803": "The state is from a newer version",
    "RC0804": "The state is locked",
    "RC0805": "The lock was taken over",
    "RC0806": "The saved plan can't be used",
    "RC0807": "The saved plan is stale",
    "RC0808": "The key of the state can't be used",
    "RC0809": "The snapshot can't be used",
    "RC0810": "Not compared",
    # the program itself
    "RC0901": "Wrong usage",
    "RC0902": "Unexpected error",
}
"""Every code with its summary. A code keeps its meaning for ever; summaries hold no data of users."""

UNREAD = frozenset({"RC0406", "RC0501", "RC0502", "RC0503", "RC0504", "RC0505", "RC0506", "RC0507", "RC0602"})
"""Codes that say that a target, or a listing of it, could not be read, or was not for want of a secret. They do not
stop the other targets."""


class Diagnostic(msgspec.Struct, frozen=True):
    """`detail` is full sentences: what, why, what to do. It may quote what users and servers wrote, so whoever prints
    it escapes control characters."""

    severity: Severity
    code: str
    summary: str
    detail: str
    address: str | None = None
    source: Span | None = None


def error(code: str, detail: str, *, source: Span | None = None, address: Address | None = None) -> Diagnostic:
    return Diagnostic(Severity.ERROR, code, SUMMARIES[code], detail, address and str(address), source)


def warning(code: str, detail: str, *, source: Span | None = None, address: Address | None = None) -> Diagnostic:
    return Diagnostic(Severity.WARNING, code, SUMMARIES[code], detail, address and str(address), source)


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """By file, line and column; those without a place come last, by address and code; exact repeats once."""
    nowhere = Span("", 0, 0)
    return sorted(
        set(diagnostics),
        key=lambda d: (d.source is None, d.source or nowhere, d.address or "", d.code, d.detail),
    )


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    return any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics)
