"""What every workflow file promises, whatever it does; and that examples/ci shows what `init` writes."""

import re
import textwrap
from pathlib import Path
from typing import Any

import pytest
import yaml
from ci_document import DOCUMENT
from command_line import run

from reconciler.cli.init import CI

ROOT = Path(__file__).parents[2]
STARTER = ROOT / "reconciler/starter"
GITHUB = sorted((STARTER / "github").glob("*.yml"))
PINNED = re.compile(r"actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


@pytest.mark.parametrize("forge", ["github", "gitlab"])
def test_examples_are_what_init_writes(forge: str) -> None:
    shown = ROOT / "examples/ci" / forge
    written = {path: STARTER / source for path, source in CI[forge].items() if path != "requirements.txt"}
    assert sorted(str(path.relative_to(shown)) for path in shown.rglob("*") if path.is_file()) == sorted(written)
    for path, source in written.items():
        assert (shown / path).read_text("utf-8") == source.read_text("utf-8"), f"copy {source} to {shown / path}"


@pytest.mark.parametrize("file", GITHUB, ids=lambda file: file.name)
def test_actions_are_pinned_to_commits(file: Path) -> None:
    uses = re.findall(r"uses: (.*)", file.read_text("utf-8"))
    assert uses
    assert [each for each in uses if not PINNED.fullmatch(each)] == []


@pytest.mark.parametrize("file", GITHUB, ids=lambda file: file.name)
def test_a_job_may_write_one_thing_at_most(file: Path) -> None:
    workflow = yaml.safe_load(file.read_text("utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    written = {name: _writes(job.get("permissions", {})) for name, job in workflow["jobs"].items()}
    allowed = {"plan.yml": {"validate": [], "plan": ["pull-requests"]}, "drift.yml": {"drift": ["issues"]}}
    assert written == allowed.get(file.name, {"apply": [], "approval": [], "approved": []})


def _writes(permissions: dict[str, Any]) -> list[str]:
    return [name for name, level in permissions.items() if level != "read"]


@pytest.mark.parametrize("file", GITHUB, ids=lambda file: file.name)
def test_no_expression_in_a_script(file: Path) -> None:
    """A branch's name or a title in a script would be run by the shell."""
    for job in yaml.safe_load(file.read_text("utf-8"))["jobs"].values():
        assert [step["run"] for step in job["steps"] if "${{" in step.get("run", "")] == []


@pytest.mark.parametrize("file", GITHUB, ids=lambda file: file.name)
def test_secrets_are_given_to_what_plans_and_applies_alone(file: Path) -> None:
    """And there a name that is printed can't be a command to the runner."""
    workflow = yaml.safe_load(file.read_text("utf-8"))
    assert "env" not in workflow
    for job in workflow["jobs"].values():
        assert "env" not in job
        for step in job["steps"]:
            works = "reconciler plan" in step.get("run", "") or "reconciler apply" in step.get("run", "")
            assert ("secrets." in str(step)) == works
            assert step.get("run", "").startswith('echo "::stop-commands::$RANDOM$RANDOM$RANDOM"') == works


def test_whatever_applies_waits_for_its_turn() -> None:
    github = yaml.safe_load((STARTER / "github/apply.yml").read_text("utf-8"))["jobs"]
    one_at_a_time = {"group": "reconciler-apply", "cancel-in-progress": False}
    assert [github[name]["concurrency"] for name in ("apply", "approved")] == [one_at_a_time] * 2
    gitlab = yaml.safe_load((STARTER / "gitlab/gitlab-ci.yml").read_text("utf-8"))
    assert [gitlab[name]["resource_group"] for name in ("apply", "apply-approved")] == ["reconciler-apply"] * 2
    assert gitlab["apply"]["allow_failure"] == {"exit_codes": [5]}


def test_nothing_of_a_fork_gets_a_secret() -> None:
    text = "".join(file.read_text("utf-8") for file in GITHUB)
    assert "pull_request_target" not in text
    plan = yaml.safe_load((STARTER / "github/plan.yml").read_text("utf-8"))["jobs"]
    assert plan["plan"]["if"] == "github.event.pull_request.head.repo.full_name == github.repository"
    assert "secrets." not in str(plan["validate"])
    (rule,) = yaml.safe_load((STARTER / "gitlab/gitlab-ci.yml").read_text("utf-8"))["plan"]["rules"]
    assert rule["if"].endswith("&& $CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID")


def test_every_command_that_the_document_names_is_there() -> None:
    commands = re.findall(r"^\| (`.*?`) \|", DOCUMENT.partition("## The commands behind it")[2], re.MULTILINE)
    named = [command.split() for cell in commands for command in re.findall("`(.+?)`", cell)]
    assert len(named) == 10
    for words in named:
        names = [word for word in words if word in ("plan", "ci", "comment", "issue", "newest", "fetch", "result")]
        helped = run(*names, "--help").out
        assert [word for word in words if word.startswith("--") and word not in helped] == []


def test_the_state_that_the_document_shows_can_be_used(tmp_path: Path) -> None:
    assert run("-C", str(tmp_path), "init", "--ci", "none").status == 0
    (shown,) = re.findall(r"^ +state:\n(?: {8}.*\n)+", DOCUMENT, re.MULTILINE)
    path = tmp_path / "reconciler.yaml"
    text = re.sub(r"(?m)^state:.*\n", "", path.read_text("utf-8"))
    path.write_text(text + textwrap.dedent(shown), "utf-8")
    ran = run("-C", str(tmp_path), "validate")
    assert (ran.status, ran.err) == (0, "")
