"""A plan as a comment of a pull request: small enough, and harmless whatever names are in it."""

import re

import msgspec
import pytest
import report_samples
import report_schedules
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from reconciler.model.diagnostic import error, warning
from reconciler.model.plan import Cause, FieldChange, Plan
from reconciler.model.words import printable
from reconciler.report.markdown import cell, code, window
from reconciler.report.plan_markdown import LIMIT, render_markdown

LARGE = report_schedules.large(20_000)
READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
HARMLESS = {"text", "code_inline", "strong_open", "strong_close", "softbreak"}
FRAME = re.compile(
    r"<details><summary>(<code>[\w &#;-]*</code>: [\w &#;,()|:-]+|\d+ warnings?)</summary>\n|</details>\n|"
    r"<!-- reconciler:plan:[\w.~%-]* -->\n"
)
GITHUB_CELL = re.compile(r"(?:\\[!-/:-@\[-`{-~]|[^|\n])+")
"""A table's cell as GitHub finds it: a backslash and a sign behind it are taken together."""
PIECES = [*"`|\\@<>[]()!*_~#-=$&;:/{}\"' \n\r\t\0\x1b\u202e", "Zq9", "http://x.example"]
names = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


def leaves(text: str) -> list[Token]:
    found: list[Token] = []
    for token in READER.parse(text):
        found += token.children or [] if token.type == "inline" else [token]
    return found


@given(names.map(lambda name: f"Zq9{name}"))
@example(f"Zq9{report_schedules.HARM}")
@example("Zq9\\|\\\\|`|``\\")
@example("Zq9 @everyone #1 !1 ![x](http://x.example) <b> --> </code> https://x.example :smile: $`x`$")
@settings(max_examples=60, deadline=None)
def test_no_name_leaves_its_code_span(name: str) -> None:
    text = render_markdown(report_schedules.harmful(name))
    for token in leaves(text):
        if token.type == "html_block":
            assert FRAME.fullmatch(token.content), token.content
        elif token.type == "text":
            assert "Zq9" not in token.content
        elif "_" in token.type and token.type.split("_")[0] in {"link", "image", "em", "html"}:
            pytest.fail(f"{token.type} from {name!r}")
    inline = {token.type for token in leaves(text) if token.type in HARMLESS or token.type.endswith("inline")}
    assert inline <= HARMLESS


@given(names.filter(lambda name: printable(name).strip(" ") != ""))
@settings(max_examples=200, deadline=None)
def test_a_code_span_holds_the_very_text(name: str) -> None:
    (span,) = [token for token in leaves(f"- x {code(name)}") if token.type == "code_inline"]
    assert span.content == printable(name)


@given(names.filter(lambda name: printable(name).strip(" ") != ""))
@example("a\\|b")
@example("\\\\|")
@settings(max_examples=200, deadline=None)
def test_a_cell_is_one_cell_for_every_reader(name: str) -> None:
    row = f"| {cell(name)} | last |"
    assert [part.strip() for part in GITHUB_CELL.findall(row)][-1] == "last"
    assert len(GITHUB_CELL.findall(row)) == 2
    spans = [token.content for token in leaves(f"| a | b |\n| --- | --- |\n{row}\n") if token.type == "code_inline"]
    assert spans == [printable(name).replace("\\|", r"\\x7c")]


def test_a_text_that_is_nothing_is_said_to_be() -> None:
    assert (code(""), code("\u200b")) == ("(nothing)", "`\\u200b`")


def test_a_long_text_is_cut_behind_its_span() -> None:
    assert code("a" * 201) == f"`{'a' * 200}`…"
    assert code("a" * 200) == f"`{'a' * 200}`"


def test_a_cut_never_hides_the_difference() -> None:
    before, after = window("x" * 500 + "A", "x" * 500 + "B")
    assert before == "…" + "x" * 50 + "A"
    assert after == "…" + "x" * 50 + "B"
    assert window("short", "texts") == ("short", "texts")


def test_the_first_line_finds_the_comment_again() -> None:
    plan = msgspec.structs.replace(report_samples.NOTHING, project="a --> b/ü")
    assert render_markdown(plan).splitlines()[0] == "<!-- reconciler:plan:a%20--%3E%20b%2F%C3%BC -->"


def crowded(**more: object) -> Plan:
    """A plan that says as much as can be, beside the changes."""
    wide = "\U0001f6b6" * 1_000
    target = report_samples.target(
        wide,
        complete=False,
        changes=tuple(
            report_schedules.update(
                "employee",
                f"{wide}{number}",
                *(FieldChange(f"attributes.{wide}{path}", wide, f"{wide}x", Cause.BOTH) for path in range(9)),
                *(FieldChange(path, (f"{wide}{number}",), (), Cause.BOTH) for path in ("areas", "access_levels")),
            )
            for number in range(3)
        ),
        diagnostics=tuple(warning("RC0608", f"{wide}{number}") for number in range(30)),
    )
    return report_samples.plan(
        *(msgspec.structs.replace(target, target=f"{wide}{number}", url=wide) for number in range(12)),
        select=(wide,) * 100,
        diagnostics=tuple(error("RC0603", f"{wide}{number}") for number in range(30)),
        **more,
    )


@pytest.mark.parametrize(
    "plan",
    [
        LARGE,
        report_schedules.large(3_000, 3_000),
        report_schedules.large(900, 30),
        crowded(),
    ],
    ids=["one target", "very many targets", "some targets", "wide"],
)
def test_any_plan_fits_into_a_comment(plan: Plan) -> None:
    text = render_markdown(plan)
    assert len(text.encode()) <= LIMIT < 65_536
    assert text.count("<details>") == text.count("</details>")
    assert "**Not shown in detail, since a comment has no room for it: " in text


def test_what_is_shown_and_what_is_left_out_is_all_of_it() -> None:
    text = render_markdown(LARGE)
    assert "## Plan for `acme`: 6,667 to delete, 6,666 to update, 6,667 to create\n" in text
    deletes = int(re.findall(r"\*\*and ([\d,]+) more deletes and removals", text)[0].replace(",", ""))
    head, groups = text.split("<details>", 1)
    assert head.count("\n- **delete** ") + deletes == 6_667
    left = {word: int(number.replace(",", "")) for number, word in re.findall(r"([\d,]+) to (\w+)", text[-300:])}
    shown = {word: groups.count(f"\n- **{word}** ") for word in ("delete", "update", "create")}
    assert {word: shown[word] + left.get(word, 0) for word in shown} == {
        "delete": 6_667,
        "update": 6_666,
        "create": 6_667,
    }


def test_deletes_come_before_everything_else_that_changes() -> None:
    lines = render_markdown(report_samples.EVERYTHING).splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("<details>"))
    assert [line.split("`")[1] for line in lines[:first] if line.startswith(("- **delete", "- **remove"))] == [
        "hq/employee/1009",
        "hq/employee/1003",
        "hq/area/Old yard / 2",
    ]


def test_a_roster_is_shown_whole_since_its_order_counts() -> None:
    text = render_markdown(report_schedules.SCHEDULED)
    assert (
        "  | `roster` | `[2026-01-05, day, day, day, day, day, holiday, holiday]` | "
        "`[2026-01-05, day, day, night, night, holiday]` | config |\n"
    ) in text


def test_of_a_large_set_what_comes_and_goes_is_shown() -> None:
    kept = tuple(f"A{number}" for number in range(10))
    change = report_schedules.update("employee", "1", report_schedules.changed("areas", ("A", *kept), (*kept, "B")))
    text = render_markdown(report_samples.plan(report_samples.target("lobby", changes=(change,))))
    assert "| `areas` | `[A]` and 10 in both | `[B]` and 10 in both | config |" in text


def test_what_is_dangerous_stands_above_everything_that_changes() -> None:
    changes = (
        report_schedules.update("settings", "access", report_schedules.changed("access.unlock_seconds", 5, 60)),
        report_schedules.update("settings", "network", report_schedules.changed("network.ethernet.dhcp", False, True)),
        *report_samples.DELETES,
    )
    text = render_markdown(report_samples.plan(report_samples.target("lobby", changes=changes)))
    above, _, below = text.partition("### Deletes and removals (2)\n")
    assert above.endswith(
        "### Look at these closely\n\n"
        "- **1 area and 1 employee on hq are deleted or removed**: listed below\n"
        "- **Access is widened**\n"
        "  - `access.unlock_seconds 5 → 60`: `1 terminal: lobby`\n"
        "- **A terminal may get out of reach**\n"
        "  - `network.ethernet.dhcp changes`: `1 terminal: lobby`\n\n"
    )
    assert below.index("- **delete** `hq/employee/1003`") < below.index("| target |") < below.index("<details>")


def test_a_cause_that_is_not_known_is_said_to_be_and_why() -> None:
    text = render_markdown(report_samples.KEYLESS)
    assert "| `city` | `Porto` | `Faro` | not known |\n" in text
    assert "since the key of the state's digests is not at hand." in text
    assert "is not at hand" not in render_markdown(report_samples.EVERYTHING)


def test_one_terminal_that_can_not_do_it_does_not_refuse_the_plan() -> None:
    unable = report_samples.target("lobby", complete=False, diagnostics=(error("RC0601", "It has no card reader."),))
    rest = report_samples.target(changes=report_samples.CREATES)
    shown = render_markdown(report_samples.plan(unable, rest))
    assert "An apply would refuse" not in shown
    assert "**INCOMPLETE: `lobby` was left out for an error, so this is not the whole plan.**" in shown
    refused = report_samples.plan(rest, diagnostics=(error("RC0603", "Too many."),))
    assert "An apply would refuse" in render_markdown(refused)
