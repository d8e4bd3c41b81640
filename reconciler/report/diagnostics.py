"""Diagnostics as text for people, as workflow commands of GitHub, and as JSON."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from reconciler.model.diagnostic import Diagnostic, Severity, Span
from reconciler.model.fields import Field
from reconciler.model.kinds import KINDS
from reconciler.model.words import printable, storable
from reconciler.report.text import counted, fit, listed, paint, prose, width

ReadLine = Callable[[Span], str | None]
"""Gives the line of a file that a span is on, without its end; None when there is none to show."""

_LITERAL_SECRET = "RC0208"  # noqa: S105  a diagnostic's code
_UNKNOWN_KEY = "RC0201"
_NOT_SHOWN = "(not shown: the line may hold something that is masked)"
_LINE_COLUMNS = 90
_TAB = " " * 4
_WORD = re.compile(
    r"""  \{\{.*?\}\}  |  "(?:[^"\\]|\\.)*"  |  '(?:[^']|'')*'  |  [^\s,\[\]{}:#"'](?:[^,\[\]{}:#]|:(?!\s|$))*  """,
    re.VERBOSE,
)


def _masked_names(fields: Iterable[Field]) -> set[str]:
    names: set[str] = set()
    for field in fields:
        names |= _masked_names(field.fields)
        if field.masked and not field.is_path:  # that is a path, and what is in the file never stands here
            names.add(field.name)
    return names


_MASKED = {"password", "access_token", "api_key"}.union(*(_masked_names(kind.fields) for kind in KINDS.values()))
_CREDENTIALS = re.compile(r"://[^/\s]*@")  # in a url
_MASKED_KEY = re.compile(rf"""(?<![\w-])["']?(?:{"|".join(sorted(_MASKED))})["']?\s*:""")


def render_diagnostics(diagnostics: Iterable[Diagnostic], read_line: ReadLine, *, color: bool) -> str:
    """Every diagnostic in the order given, with its place and line, and a closing line that counts them.

    The line is left out where it may hold a secret or a sensitive value: beside a literal secret (RC0208), under or
    beside the key of a masked field, beside such a key misspelt, where a url has credentials, and in a table (CSV).
    "" when there are no diagnostics; else the text ends with a newline.
    """
    all_of_them = list(diagnostics)
    if not all_of_them:
        return ""
    secret_lines = {(d.source.file, d.source.line) for d in all_of_them if d.source and _is_beside_secret(d)}
    lines: list[str] = []
    for diagnostic in all_of_them:
        source = _source(diagnostic, read_line, secret_lines)
        lines += [heading(diagnostic, color=color), *body_lines(diagnostic, source=source), ""]
    return "\n".join([*lines, count_line(all_of_them)]) + "\n"


def heading(diagnostic: Diagnostic, *, color: bool) -> str:
    """`Error: Unknown key (RC0201)`"""
    word = "Error" if diagnostic.severity is Severity.ERROR else "Warning"
    summary = paint(printable(diagnostic.summary), "strong", color)
    return f"{paint(f'{word}:', diagnostic.severity, color)} {summary} ({diagnostic.code})"


def body_lines(diagnostic: Diagnostic, *, source: Sequence[str] = (), indent: str = "  ") -> list[str]:
    """What stands below the heading: place and address, the lines of the `source`, the detail behind `indent`."""
    place = [printable(str(part)) for part in (diagnostic.source, diagnostic.address) if part]
    return [*([f"  {'  '.join(place)}"] if place else []), *source, *prose(diagnostic.detail, indent)]


def count_line(diagnostics: Iterable[Diagnostic]) -> str:
    """`2 errors and 1 warning.`"""
    severities = [diagnostic.severity for diagnostic in diagnostics]
    numbers = [(severities.count(severity), severity.value) for severity in Severity]
    return listed([counted(number, word) for number, word in numbers if number]) + "."


def _source(diagnostic: Diagnostic, read_line: ReadLine, secret_lines: set[tuple[str, int]]) -> list[str]:
    span = diagnostic.source
    line = read_line(span) if span else None
    if span is None or line is None:
        return []
    number = f"{span.line:>5} | "
    if (span.file, span.line) in secret_lines or _may_hold_masked(span, line, read_line):
        return [number + _NOT_SHOWN]
    shown, mark = _excerpt(line.removeprefix("\ufeff"), span.column - 1)
    return [(number + shown).rstrip(), " " * 6 + "| " + mark]


def _is_beside_secret(diagnostic: Diagnostic) -> bool:
    """Whether it tells of a literal secret, or of an unknown key that is most likely a masked field's, misspelt."""
    misspelt = any(f'mean "{name}"?' in diagnostic.detail for name in _MASKED)
    return diagnostic.code == _LITERAL_SECRET or (diagnostic.code == _UNKNOWN_KEY and misspelt)


def _may_hold_masked(span: Span, line: str, read_line: ReadLine) -> bool:
    if span.file.lower().endswith(".csv") or _MASKED_KEY.search(line) or _CREDENTIALS.search(line):
        return True
    above = read_line(Span(span.file, span.line - 1, 1)) if span.line > 1 else None
    found = list(_MASKED_KEY.finditer(above)) if above else []
    return bool(found and above and not _value_after(above, found[-1].end()))


def _value_after(line: str, start: int) -> bool:
    """Whether a value stands on the line itself, as in `card: 17`; `card:`, `card: |` and `card: &a` go on below."""
    rest = line[start:].split(" #")[0].split()
    return bool(rest) and not rest[-1].startswith(("|", ">", "&"))


def _excerpt(line: str, start: int) -> tuple[str, str]:
    """The line, cut around the place when it is long, and the mark below its faulty part."""
    start = min(start, len(line))
    found = _WORD.match(line, start)
    end = start + len(found[0].rstrip()) if found else start + 1
    head, part, tail = (_flat(piece) for piece in (line[:start], line[start:end], line[end:]))
    part = fit(part, _LINE_COLUMNS // 2)
    head = _last(head, max(_LINE_COLUMNS // 4, _LINE_COLUMNS - width(part) - width(tail)))
    tail = fit(tail, _LINE_COLUMNS - width(head) - width(part))
    return (head + part + tail).rstrip(), " " * width(head) + "^" * max(1, width(part))


def _flat(text: str) -> str:
    return printable(text.replace("\t", _TAB))


def _last(text: str, cells: int) -> str:
    """The end of `text`, beginning with … when something was left out."""
    return text if width(text) <= cells else fit(text[::-1], cells)[::-1]


def render_github(diagnostics: Iterable[Diagnostic]) -> str:
    """One workflow command a line, by which GitHub shows a diagnostic beside the changed line of a pull request."""
    return "".join(f"{_command(diagnostic)}\n" for diagnostic in diagnostics)


def _command(diagnostic: Diagnostic) -> str:
    span = diagnostic.source
    place = [("file", span.file), ("line", str(span.line)), ("col", str(span.column))] if span else []
    properties = [*place, ("title", f"{diagnostic.summary} ({diagnostic.code})")]
    written = ",".join(f"{name}={_property(value)}" for name, value in properties)
    address = f"{diagnostic.address}: " if diagnostic.address else ""
    return f"::{diagnostic.severity} {written}::{_data(address + diagnostic.detail)}"


def _data(text: str) -> str:
    return printable(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def diagnostics_document(diagnostics: Iterable[Diagnostic]) -> list[dict[str, Any]]:
    """Diagnostics as JSON has them; text is as it was written, since JSON escapes control characters itself."""
    document: list[dict[str, Any]] = msgspec.to_builtins([storable_diagnostic(each) for each in diagnostics])
    return document


def storable_diagnostic(diagnostic: Diagnostic) -> Diagnostic:
    """The diagnostic with every text as UTF-8 can hold it."""
    return msgspec.structs.replace(
        diagnostic,
        detail=storable(diagnostic.detail),
        address=diagnostic.address and storable(diagnostic.address),
        source=storable_span(diagnostic.source),
    )


def storable_span(span: Span | None) -> Span | None:
    """The place with its file's name as UTF-8 can hold it."""
    return span and Span(storable(span.file), span.line, span.column)
