"""Tables from CSV files."""

from pathlib import Path

import pytest

from reconciler.config.tables import Table, read_table, separator
from reconciler.model.diagnostic import Diagnostic, Span

SOURCE = Span("org/people.yaml", 2, 13)

TABLES = [
    # (bytes, columns, rows)
    (b"code,name\n007,Ana\n1e3,no\n", ("code", "name"), [(2, ["007", "Ana"]), (3, ["1e3", "no"])]),
    (b"\xef\xbb\xbfcode;name\r\n1;A,B\r\n", ("code", "name"), [(2, ["1", "A,B"])]),
    (b"code\tname\n1\tA;B", ("code", "name"), [(2, ["1", "A;B"])]),
    (b"code\n1\n", ("code",), [(2, ["1"])]),
    (b" code , name \n 1 , A \n", ("code", "name"), [(2, [" 1 ", " A "])]),
    (b'code,name\n1,"A, ""B"""\n', ("code", "name"), [(2, ["1", 'A, "B"'])]),
    (b'code,"a;b;c"\n1,2\n', ("code", "a;b;c"), [(2, ["1", "2"])]),
    # a row has the line that it begins on, whatever its cells hold
    (
        b'code,name\n1,"two\nlines"\n2,x\n\n\n3,y\n',
        ("code", "name"),
        [(2, ["1", "two\nlines"]), (4, ["2", "x"]), (7, ["3", "y"])],
    ),
    (b"\n\ncode,name\n1,A\n", ("code", "name"), [(4, ["1", "A"])]),
    ("código,名\n1,é\n".encode(), ("código", "名"), [(2, ["1", "é"])]),
    (b"code,name\n,\n", ("code", "name"), [(2, ["", ""])]),
]


@pytest.mark.parametrize(("data", "columns", "rows"), TABLES)
def test_reads(tmp_path: Path, data: bytes, columns: tuple[str, ...], rows: list[tuple[int, list[str]]]) -> None:
    (tmp_path / "t.csv").write_bytes(data)
    assert read_table(tmp_path, "t.csv", SOURCE) == (Table("t.csv", rows[0][0] - 1, columns, rows), [])


WRONG = [
    # (bytes, [(line, a piece of the detail)])
    (b"", [(1, "The table is empty.")]),
    (b"\xef\xbb\xbf\n\n", [(1, "The table is empty.")]),
    (b"code,name\n", [(1, "The table has only a header.")]),
    (b"code,name\n\n\n", [(1, "The table has only a header.")]),
    (b"code,,name\n1,2,3\n", [(1, "Column 2 has no name.")]),
    (b"code,name,code\n1,2,3\n", [(1, 'Columns 1 and 3 are both called "code".')]),
    (
        b"code,name\n1\n2,B\n3,C,D\n",
        [(2, "The row has 1 cell and the header 2."), (4, "The row has 3 cells and the header 2.")],
    ),
    (b"code,code,\n1\n", [(1, "Columns 1 and 2"), (1, "Column 3 has no name"), (2, "The row has 1 cell")]),
    (b"code,name\n1,A\n2,\0\n", [(3, "not UTF-8 text")]),
    (b"code,name\n1,A\n2,\xff\n", [(3, "not UTF-8 text")]),
    ("code,name\n1,A\n".encode("utf-16"), [(1, "not UTF-8 text")]),
    (b'code,name\n1,A\n2,"B\n3,C\n', [(3, "a quotation mark that is not closed")]),
    (b'code,name\n1,"A"B\n', [(2, "can't be read")]),
    (b"code,name\n1," + b"x" * 200_000 + b"\n", [(2, "can't be read")]),
]


@pytest.mark.parametrize(("data", "expected"), WRONG)
def test_refuses(tmp_path: Path, data: bytes, expected: list[tuple[int, str]]) -> None:
    (tmp_path / "t.csv").write_bytes(data)
    table, diagnostics = read_table(tmp_path, "t.csv", SOURCE)
    assert table is None
    assert [(each.code, each.source) for each in diagnostics] == [
        ("RC0405", Span("t.csv", line, 1)) for line, _ in expected
    ]
    assert [piece for (_, piece), each in zip(expected, diagnostics, strict=True) if piece not in each.detail] == []


def refused(root: Path, relative: str) -> tuple[str, Span | None]:
    table, diagnostics = read_table(root, relative, SOURCE)
    (diagnostic,) = diagnostics
    assert isinstance(diagnostic, Diagnostic)
    assert table is None
    return diagnostic.code, diagnostic.source


def test_a_table_stays_inside_the_project(tmp_path: Path) -> None:
    root = tmp_path / "project"
    (root / "org").mkdir(parents=True)
    (tmp_path / "outside.csv").write_text("code\n1\n")
    (root / "link.csv").symlink_to(tmp_path / "outside.csv")
    (root / "folder").symlink_to(tmp_path)
    (root / "inside.csv").write_text("code\n1\n")
    (root / "org" / "link.csv").symlink_to(root / "inside.csv")
    for name in ["../outside.csv", "link.csv", "folder/outside.csv", str(tmp_path / "outside.csv"), "/etc/passwd"]:
        assert refused(root, name) == ("RC0108", SOURCE), name
    table, diagnostics = read_table(root, "org/../org/./link.csv", SOURCE)
    assert (table, diagnostics) == (Table("org/link.csv", 1, ("code",), [(2, ["1"])]), [])


def test_what_can_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "ring").symlink_to(tmp_path / "ring")
    (tmp_path / "gone").symlink_to(tmp_path / "nothing")
    for name in ["missing.csv", "folder", "ring", "gone", "", "a\0b", "x" * 5_000]:
        assert refused(tmp_path, name) == ("RC0101", SOURCE), name


@pytest.mark.parametrize(
    ("header", "expected"),
    [("a,b", ","), ("a;b", ";"), ("a\tb", "\t"), ("a", ","), ("a,b;c;d", ";"), ('"a;b;c",d', ","), ("a;b\n1,2,3", ";")],
)
def test_separator(header: str, expected: str) -> None:
    assert separator(header) == expected
