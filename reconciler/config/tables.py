"""Tables: CSV files whose rows are objects."""

import csv
import io
import os
import re
from pathlib import Path

import msgspec

from reconciler.model.diagnostic import Diagnostic, Span, error


class Table(msgspec.Struct, frozen=True):
    """`file` is relative to the root with `/`, `header` the line that names the columns. A row is the line that it
    begins on, and its cells as they stand."""

    file: str
    header: int
    columns: tuple[str, ...]
    rows: list[tuple[int, list[str]]]


def read_table(root: Path, relative: str, source: Span) -> tuple[Table | None, list[Diagnostic]]:
    """The table in the file `relative` to `root`; None when there is any diagnostic.

    UTF-8, a header, separated by comma, semicolon or tab, quoted by `"`. `source` is where the file is named, the place
    of RC0101 and RC0108; what is wrong in the file (RC0405) has its place there.
    """
    try:
        path = (root / relative).resolve()
        if not path.is_relative_to(root.resolve()):
            return None, [_outside(relative, source)]
        if path.exists() and not path.is_file():  # a pipe would block, a folder is no table
            return None, [_unreadable(relative, "it is not a file", source)]
        data = path.read_bytes()
    except OSError as failure:
        return None, [_unreadable(relative, (failure.strerror or "the system does not say why").lower(), source)]
    except (ValueError, RuntimeError):  # a NUL in the name; links that run in a ring
        return None, [_unreadable(relative, "it is not the name of a file", source)]
    return parse_table(data, os.path.normpath(relative).replace(os.sep, "/"))


def parse_table(data: bytes, file: str) -> tuple[Table | None, list[Diagnostic]]:
    """The table that the bytes of `file` hold; None when there is any diagnostic."""
    if b"\0" in data:
        return None, [_wrong(file, data[: data.index(0)].count(b"\n") + 1, _NOT_TEXT)]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as failure:
        return None, [_wrong(file, data[: failure.start].count(b"\n") + 1, _NOT_TEXT)]
    rows = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator(text), strict=True)
    line = 1
    try:
        for cells in reader:
            if cells:  # an empty line is no row
                rows.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as failure:
        detail = f"The row that begins here can't be read: {failure}. Look for a quotation mark that is not closed."
        return None, [_wrong(file, line, detail)]
    if not rows:
        return None, [_wrong(file, 1, "The table is empty. Its first line must name the columns.")]
    (header_line, header), *rows = rows
    columns = tuple(name.strip() for name in header)
    diagnostics = _header_problems(file, header_line, columns) + _row_problems(file, len(columns), rows)
    if not rows:
        detail = "The table has only a header. To say that there are no objects of this kind, leave the table out."
        diagnostics.append(_wrong(file, header_line, detail))
    return (None, diagnostics) if diagnostics else (Table(file, header_line, columns, rows), [])


def separator(text: str) -> str:
    """The separator of a CSV text: what its first line has most of, outside of quotation marks."""
    header = re.sub(r'"[^"]*"', "", re.split(r"[\r\n]", text.lstrip("\r\n"), maxsplit=1)[0])
    return max(",;\t", key=header.count)


_NOT_TEXT = "The table is not UTF-8 text. Save it as CSV UTF-8."


def _header_problems(file: str, line: int, columns: tuple[str, ...]) -> list[Diagnostic]:
    problems = []
    for index, name in enumerate(columns):
        if not name:
            problems.append(_wrong(file, line, f"Column {index + 1} has no name. Name it, or remove the column."))
        elif columns.index(name) < index:
            first = columns.index(name) + 1
            detail = f'Columns {first} and {index + 1} are both called "{name}". Remove or rename one of them.'
            problems.append(_wrong(file, line, detail))
    return problems


def _row_problems(file: str, width: int, rows: list[tuple[int, list[str]]]) -> list[Diagnostic]:
    return [
        _wrong(
            file,
            line,
            f"The row has {len(cells)} {'cell' if len(cells) == 1 else 'cells'} and the header {width}. A cell that "
            "holds a separator must stand in quotation marks.",
        )
        for line, cells in rows
        if len(cells) != width
    ]


def _wrong(file: str, line: int, detail: str) -> Diagnostic:
    return error("RC0405", detail, source=Span(file, line, 1))


def _outside(relative: str, source: Span) -> Diagnostic:
    detail = f'"{relative}" leads out of the project. A project\'s files must lie below its root, through links too.'
    return error("RC0108", detail, source=source)


def _unreadable(relative: str, why: str, source: Span) -> Diagnostic:
    return error("RC0101", f'The table "{relative}" can\'t be read: {why}.', source=source)
