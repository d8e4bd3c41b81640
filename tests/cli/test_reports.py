"""Reports beside what a command prints: `--report` of plan and show, `--junit` and `--sarif` of validate."""

import json
import stat
from pathlib import Path
from xml.etree import ElementTree

import pytest
from command_line import Project, run

from reconciler.report.plan_json import read_plan
from reconciler.report.plan_markdown import render_markdown

FORMS = ("plan.md", "plan.html", "plan.json")


def reports(project: Project) -> list[str]:
    return [argument for name in FORMS for argument in ("--report", project.path(name))]


def test_plan_writes_every_form_and_prints_what_it_always_does(project: Project) -> None:
    printed = project.run("plan")
    assert project.run("plan", *reports(project)) == printed
    assert (project.root / "plan.md").read_text("utf-8").splitlines()[:2] == [
        "<!-- reconciler:plan:acme -->",
        "## Plan for `acme`: 5 to create",
    ]
    assert "<title>Plan for acme</title>" in (project.root / "plan.html").read_text("utf-8")
    document = json.loads((project.root / "plan.json").read_text("utf-8"))
    assert document["summary"]["create"] == 5
    assert [stat.S_IMODE((project.root / name).stat().st_mode) for name in FORMS] == [0o600] * 3


def test_reports_and_json_go_together(project: Project) -> None:
    ran = project.run("plan", "--json", *reports(project))
    written = json.loads((project.root / "plan.json").read_text("utf-8"))
    assert written["resource_changes"] == ran.document["resource_changes"]


def test_show_gives_the_same_reports_without_project_and_network(project: Project, tmp_path: Path) -> None:
    saved = project.path("saved.plan")
    project.run("plan", "--out", saved)
    calls = project.server.calls()
    (tmp_path / "elsewhere").mkdir()
    shown = [argument for name in FORMS for argument in ("--report", str(tmp_path / "elsewhere" / name))]
    assert run("show", saved, *shown) == run("show", saved)
    assert project.server.calls() == calls
    plan = read_plan(Path(saved).read_bytes(), saved)
    assert (tmp_path / "elsewhere" / "plan.md").read_text("utf-8") == render_markdown(plan)
    assert (tmp_path / "elsewhere" / "plan.json").read_bytes() == Path(saved).read_bytes()


def test_a_plan_beyond_a_limit_is_reported_all_the_same(applied: Project) -> None:
    applied.write("org.yaml", 'departments: [{code: "10", name: Operations}]\nareas: []\nemployees: []\n')
    ran = applied.run("plan", *reports(applied))
    assert ran.status != 0
    assert "**An apply would refuse this plan.**" in (applied.root / "plan.md").read_text("utf-8")


@pytest.mark.parametrize("command", ["plan", "show"])
def test_a_form_that_there_is_not(project: Project, command: str) -> None:
    arguments = ("x.plan",) if command == "show" else ()
    ran = project.run(command, *arguments, "--report", "plan.pdf")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.startswith("Error: --report plan.pdf: its form goes by the suffix, which is .html, .json or .md.\n")
    assert project.server.calls() == 0


def test_a_folder_that_there_is_not_is_told_before_the_work(project: Project) -> None:
    ran = project.run("plan", "--report", project.path("none/plan.md"), "--json")
    assert (ran.status, ran.codes()) == (1, ["RC0901"])
    assert project.server.calls() == 0


def test_a_report_that_can_not_be_written_is_an_error(project: Project) -> None:
    (project.root / "plan.md").mkdir()
    ran = project.run("plan", "--report", project.path("plan.md"))
    assert (ran.status, ran.out) == (1, "")
    assert f"{project.path('plan.md')} can't be written: is a directory." in ran.err


def test_validate_writes_junit_and_sarif_and_prints_what_it_always_does(project: Project) -> None:
    project.write("staff.yaml", "employees:\n  - {code: 9, first_name: Ana, department: OPZ}\n")
    junit, sarif = project.path("junit.xml"), project.path("files.sarif")
    printed = project.run("validate")
    assert project.run("validate", "--junit", junit, "--sarif", sarif) == printed
    assert printed.status == 1
    (case,) = ElementTree.parse(junit).getroot().iter("testcase")
    assert (case.get("file"), case.get("line")) == ("staff.yaml", "2")
    (result,) = json.loads(Path(sarif).read_text("utf-8"))["runs"][0]["results"]
    assert result["ruleId"] == "RC0302"


def test_valid_files_have_reports_too(project: Project) -> None:
    junit, sarif = project.path("junit.xml"), project.path("files.sarif")
    assert project.run("validate", "--json", "--junit", junit, "--sarif", sarif).status == 0
    assert ElementTree.parse(junit).getroot().get("failures") == "0"
    assert json.loads(Path(sarif).read_text("utf-8"))["runs"][0]["results"] == []


def test_a_junit_report_that_can_not_be_written_is_an_error(project: Project) -> None:
    ran = project.run("validate", "--json", "--junit", project.path("none/junit.xml"))
    assert (ran.status, ran.codes()) == (1, ["RC0901"])
