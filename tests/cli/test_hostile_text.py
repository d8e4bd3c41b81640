"""What a server or a file says can't move the cursor, reorder text, or pass for a command of a CI system."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from command_line import Project, serving

from reconciler.simulator.messages import json_response

HOSTILE = "\x1b[31m\u202egnp\n::error::owned\r\x07| <b>\x9b2J\u2066"
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


@pytest.fixture
def hostile(tmp_path: Path) -> Iterator[Project]:
    """A server whose texts mean harm, under a project that knows and that does not know them."""
    with serving() as server:
        project = Project(tmp_path / "project", server)
        project.apply()
        project.change_row("employees", 1, first_name=HOSTILE, mobile=HOSTILE)
        project.change_row("areas", 2, area_name=HOSTILE)
        yield project


def harmless(text: str) -> bool:
    lines = text.splitlines()
    return CONTROL.search(text) is None and not any(line.startswith("::") for line in lines)


@pytest.mark.parametrize(
    "command",
    [
        ("plan",),
        ("plan", "--json"),
        ("apply", "--auto-approve"),
        ("apply", "--auto-approve", "--json"),
        ("export", "hq"),
        ("-v", "plan"),
    ],
)
def test_a_servers_text_is_harmless(hostile: Project, command: tuple[str, ...]) -> None:
    ran = hostile.run(*command)
    assert ran.status == 0
    assert "gnp" in ran.out
    assert harmless(ran.out)
    assert harmless(ran.err)


def test_a_servers_text_is_harmless_in_reports(hostile: Project) -> None:
    names = ("plan.md", "plan.html", "plan.json")
    ran = hostile.run("plan", *(argument for name in names for argument in ("--report", hostile.path(name))))
    assert ran.status == 0
    for name in names:
        text = (hostile.root / name).read_text("utf-8")
        assert "gnp" in text
        assert harmless(text)
    assert "| <b>" not in (hostile.root / "plan.html").read_text("utf-8")


def test_export_keeps_the_text_all_the_same(hostile: Project) -> None:
    documents = yaml.safe_load(hostile.run("export", "hq").out)
    assert [area["name"] for area in documents["areas"]] == ["Not Authorized", HOSTILE]


def test_a_refusal_that_quotes_harm_is_harmless(project: Project) -> None:
    project.answer("POST", "/employees/", lambda _: json_response(400, {"first_name": [HOSTILE]}))
    for options in ((), ("--json",)):
        ran = project.run("apply", "--auto-approve", *options)
        assert ran.status == (4 if not options else 1)
        assert "gnp" in ran.out
        assert harmless(ran.out + ran.err)


def test_a_files_text_is_harmless(project: Project) -> None:
    project.write("org.yaml", f'areas:\n  - {{code: HQ, name: X, parent: "{repr(HOSTILE)[1:-1]}"}}\n')
    for options in ((), ("--json",), ("--github",)):
        ran = project.run("validate", *options)
        assert ran.status == 1
        text = ran.out.removeprefix("::error file=org.yaml") if options == ("--github",) else ran.out
        assert harmless(text), options


@pytest.mark.parametrize(
    "arguments", [("show", HOSTILE), ("export", HOSTILE), ("state", "show", HOSTILE), ("plan", HOSTILE), (HOSTILE,)]
)
def test_what_is_typed_is_harmless(project: Project, arguments: tuple[str, ...]) -> None:
    ran = project.run(*arguments)
    assert ran.status == 1
    assert harmless(ran.out + ran.err)
