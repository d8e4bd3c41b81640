"""`reconciler ci`: whose texts and plans count, and what is said when something is missing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import Ran, run
from forge_server import BOT, PERSON, TOKEN, ForgeServer

MARKER = "<!-- reconciler:plan:acme -->"
COMMIT = "c0ffee"


@pytest.fixture
def forge() -> Iterator[ForgeServer]:
    with ForgeServer() as server:
        yield server


@pytest.fixture
def report(tmp_path: Path) -> str:
    path = tmp_path / "plan.md"
    path.write_text(f"{MARKER}\nnew\n", "utf-8")
    return str(path)


def ci(forge: ForgeServer, name: str, *arguments: str, **more: str) -> Ran:
    """The command in a job of that forge."""
    github = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_API_URL": forge.url,
        "GITHUB_REPOSITORY": "acme/org",
        "GITHUB_REF": "refs/pull/1/merge",
        "GITHUB_SHA": COMMIT,
        "GITHUB_TOKEN": TOKEN,
    }
    gitlab = {
        "GITLAB_CI": "true",
        "CI_API_V4_URL": f"{forge.url}/api/v4",
        "CI_PROJECT_ID": "42",
        "CI_MERGE_REQUEST_IID": "1",
        "CI_COMMIT_SHA": COMMIT,
        "GITLAB_TOKEN": TOKEN,
    }
    other = {"GITHUB_ACTIONS": "", "GITLAB_CI": ""}
    chosen = {"github": github, "gitlab": gitlab, "none": {}}[name]
    return run("ci", *arguments, environment=other | chosen | more)


@pytest.mark.parametrize("name", ["github", "gitlab"])
def test_a_comment_is_found_on_any_page(forge: ForgeServer, report: str, name: str) -> None:
    for number in range(230):
        forge.say(f"comment {number}", PERSON)
    forge.say(f"{MARKER}\r\nold", BOT)
    assert ci(forge, name, "comment", report) == (0, "", "The comment was updated.\n")
    assert forge.comments[230]["body"] == f"{MARKER}\nnew\n"


@pytest.mark.parametrize("name", ["github", "gitlab"])
def test_a_comment_that_a_person_wrote_is_never_taken_for_ours(forge: ForgeServer, report: str, name: str) -> None:
    forge.say(f"{MARKER}\nAll is well.", PERSON)
    assert ci(forge, name, "comment", report) == (0, "", "The comment was created.\n")
    assert forge.comments[0]["body"] == f"{MARKER}\nAll is well."


@pytest.mark.parametrize("name", ["github", "gitlab"])
def test_another_projects_comment_stays(forge: ForgeServer, report: str, name: str) -> None:
    forge.say("<!-- reconciler:plan:other -->\nold", BOT)
    assert ci(forge, name, "comment", report).err == "The comment was created.\n"


@pytest.mark.parametrize("name", ["github", "gitlab"])
def test_no_issue_to_close(forge: ForgeServer, report: str, name: str) -> None:
    assert ci(forge, name, "issue", "--close", report) == (0, "", "There is no issue to close.\n")
    assert forge.changes == []


@pytest.mark.parametrize("name", ["github", "gitlab"])
def test_the_newest_plan_of_the_merged_pull_request_is_fetched(forge: ForgeServer, tmp_path: Path, name: str) -> None:
    forge.merges[COMMIT] = 1
    for data in (b"older", b"newest"):
        forge.keep(1, {"reconciler.plan": data})
    path = tmp_path / "reconciler.plan"
    assert ci(forge, name, "fetch", str(path)) == (0, "", f"The plan of the pull request is in {path}.\n")
    assert path.read_bytes() == b"newest"
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", ["github", "gitlab"])
@pytest.mark.parametrize("merged", [True, False])
def test_a_plan_that_a_fork_kept_is_none(forge: ForgeServer, tmp_path: Path, name: str, merged: bool) -> None:
    if merged:
        forge.merges[COMMIT] = 1
        forge.keep(1, {"reconciler.plan": b"forged"}, foreign=True)
    ran = ci(forge, name, "fetch", str(tmp_path / "reconciler.plan"))
    said = "No plan was kept for this commit: it came without a pull request, or the plan expired.\n"
    assert ran == (5, "", said)


def test_a_plan_that_expired_is_none(forge: ForgeServer, tmp_path: Path) -> None:
    forge.merges[COMMIT] = 1
    forge.keep(1, {"reconciler.plan": b"old"}, expired=True)
    assert ci(forge, "github", "fetch", str(tmp_path / "reconciler.plan")).status == 5


@pytest.mark.parametrize(
    ("name", "environment", "message"),
    [
        ("none", {}, "This is no job of GitHub or GitLab: neither GITHUB_ACTIONS nor GITLAB_CI is true."),
        ("github", {"GITHUB_TOKEN": ""}, "GITHUB_TOKEN is not set: give the step"),
        ("gitlab", {"GITLAB_TOKEN": ""}, "GITLAB_TOKEN is not set: it is a project access token"),
        ("github", {"GITHUB_REF": "refs/heads/main"}, "This run is of no pull request, so there is nothing to comment"),
        ("gitlab", {"CI_MERGE_REQUEST_IID": ""}, "This run is of no pull request, so there is nothing to comment"),
        ("github", {"GITHUB_TOKEN": "wrong"}, "GET repos/acme/org/issues/1/comments: 401 401 Unauthorized"),
        ("github", {"GITHUB_API_URL": "http://127.0.0.1:1"}, "GET repos/acme/org/issues/1/comments: no answer"),
    ],
)
def test_what_is_missing_is_said(
    forge: ForgeServer, report: str, name: str, environment: dict[str, str], message: str
) -> None:
    ran = ci(forge, name, "comment", report, **environment)
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.startswith(f"Error: {message}")
    assert TOKEN not in ran.err
