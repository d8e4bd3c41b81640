"""Special cases; what a diagnostic looks like is in the goldens."""

import pytest

from reconciler.model.diagnostic import Diagnostic, Span, error, warning
from reconciler.report.diagnostics import count_line, diagnostics_document, render_diagnostics, render_github

HIDDEN = "(not shown: the line may hold something that is masked)"


def shown(lines: list[str], line: int, column: int, code: str = "RC0203", file: str = "a.yaml") -> list[str]:
    """The lines of a diagnostic between its place and its detail."""
    text = render_diagnostics(
        [error(code, "D.", source=Span(file, line, column))],
        lambda span: lines[span.line - 1] if 1 <= span.line <= len(lines) else None,
        color=False,
    )
    return text.split("\n")[2:-4]


@pytest.mark.parametrize(
    ("line", "column", "excerpt", "mark"),
    [
        ("name: Ana Silva  # note", 7, "name: Ana Silva  # note", "      ^^^^^^^^^"),
        ("{code: 1, name: x}", 11, "{code: 1, name: x}", "          ^^^^"),
        ("url: http://a:80/b", 6, "url: http://a:80/b", "     ^^^^^^^^^^^^^"),
        ("name: 'it''s'", 7, "name: 'it''s'", "      ^^^^^^^"),
        (r'name: "a\"b" # c', 7, r'name: "a\"b" # c', "      ^^^^^^"),
        ("name: {{ var.x }}y", 7, "name: {{ var.x }}y", "      ^^^^^^^^^^^"),
        ("\tname: x", 2, "    name: x", "    ^^^^"),
        ("小: 龍", 4, "小: 龍", "    ^^"),
        ("\ufeffname: x", 1, "name: x", "^^^^"),
        ("name:", 99, "name:", "     ^"),
        ("", 1, "", "^"),
    ],
)
def test_the_faulty_part_is_underlined(line: str, column: int, excerpt: str, mark: str) -> None:
    assert shown([line], 1, column) == [f"    1 | {excerpt}".rstrip(), f"      | {mark}"]


@pytest.mark.parametrize("column", [1, 400, 799])
def test_a_long_line_is_cut_around_the_place(column: int) -> None:
    line = "".join(f"{number:<4}" for number in range(200))
    excerpt, mark = (each[8:] for each in shown([line], 1, column))
    assert len(excerpt) <= 90
    assert line[column - 1 : column + 2].rstrip() == excerpt[mark.index("^") :][:3].rstrip(" …")[:3]


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        (["device_password: 271828"], 1),
        (['- {code: "1", "card" : 4711, gender: x}'], 1),
        (["auth: {username: x, password: y}"], 1),
        (["access_points: [{ssid: lab, key: wlan-key}]"], 1),
        (["card:", "  4711"], 2),
        (["card: |", "  4711"], 2),
        (["card: &c  # mine", "  4711"], 2),
    ],
)
def test_a_line_that_may_hold_something_masked_is_not_shown(lines: list[str], line: int) -> None:
    assert shown(lines, line, 3) == [f"    {line} | {HIDDEN}"]


@pytest.mark.parametrize(
    ("lines", "line"), [(["discard: 1"], 1), (["card: 4711", "name: x"], 2), (["ca_certificate: ca.pem"], 1)]
)
def test_other_lines_are_shown(lines: list[str], line: int) -> None:
    assert shown(lines, line, 1)[0] == f"    {line} | {lines[line - 1]}"


def test_lines_of_literal_secrets_and_of_tables_are_not_shown() -> None:
    assert shown(["pin: 271828"], 1, 6, code="RC0208") == [f"    1 | {HIDDEN}"]
    assert shown(["1001,4711"], 1, 1, file="hr.CSV") == [f"    1 | {HIDDEN}"]


def test_without_the_line_there_is_only_the_place() -> None:
    assert shown([], 3, 1) == []


def test_no_diagnostics_are_no_text() -> None:
    assert (render_diagnostics([], lambda span: None, color=False), render_github([])) == ("", "")


@pytest.mark.parametrize(
    ("errors", "warnings", "line"),
    [(1, 0, "1 error."), (2, 1, "2 errors and 1 warning."), (0, 1200, "1,200 warnings.")],
)
def test_the_last_line_counts(errors: int, warnings: int, line: str) -> None:
    made: list[Diagnostic] = [error("RC0201", "x")] * errors + [warning("RC0201", "x")] * warnings
    assert count_line(made) == line


def test_a_workflow_command_can_not_be_broken_out_of() -> None:
    diagnostic = error("RC0101", "a\n::set-env::b 5%", source=Span("x,y:z\n.yaml", 1, 2))
    assert render_github([diagnostic]) == (
        "::error file=x%2Cy%3Az\\n.yaml,line=1,col=2,title=The file can't be read (RC0101)::a\\n::set-env::b 5%25\n"
    )


def test_the_document_has_the_published_shape() -> None:
    placed = error("RC0302", "No \x1b such.", source=Span("a\udc80.yaml", 3, 4))
    assert diagnostics_document([placed, warning("RC0608", "W.")]) == [
        {
            "severity": "error",
            "code": "RC0302",
            "summary": "Refers to what does not exist",
            "detail": "No \x1b such.",
            "address": None,
            "source": {"file": r"a\udc80.yaml", "line": 3, "column": 4},
        },
        {
            "severity": "warning",
            "code": "RC0608",
            "summary": "Left on the target",
            "detail": "W.",
            "address": None,
            "source": None,
        },
    ]
