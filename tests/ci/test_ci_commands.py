"""`reconciler ci`: whose texts and plans count, and what is said when something is missing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import Ran, run
from forge_server import BOT, PERSON, TOKEN, ForgeServer, Merge

from reconciler.forges import calls

MARKER = "<!-- reconciler:plan:acme -->"
COMMIT = "c0ffee"
NO_PLAN = (
    "No plan was kept for this commit: it came without a pull request, its checks did not succeed, or the plan "
    "expired.\n"
)


@pytest.fixture
def forge() -> Iterator[ForgeServer]:
    with ForgeServer() as server:
        yield server


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the command would have waited before it asked again."""
    waited: list[float] = []
    monkeypatch.setattr(calls.time, "sleep", waited.append)
    return waited


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
        "GITHUB_SERVER_URL": "https://github.example.com",
        "GITHUB_RUN_ID": "77",
        "GITHUB_REF": "refs/pull/1/merge",
        "GITHUB_REF_NAME": "1/merge",
        "GITHUB_BASE_REF": "main",
        "GITHUB_SHA": COMMIT,
        "GITHUB_TOKEN": TOKEN,
        "GITHUB_STEP_SUMMARY": "",
    }
    gitlab = {
        "GITLAB_CI": "true",
        "CI_API_V4_URL": f"{forge.url}/api/v4",
        "CI_PROJECT_ID": "42",
        "CI_MERGE_REQUEST_IID": "1",
        "CI_COMMIT_REF_NAME": "main",
        "CI_COMMIT_SHA": COMMIT,
        "CI_JOB_URL": "https://gitlab.example.com/jobs/77",
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


@pytest.mark.parametrize(
    ("name", "run"),
    [
        ("github", "https://github.example.com/acme/org/actions/runs/77"),
        ("gitlab", "https://gitlab.example.com/jobs/77"),
    ],
)
def test_where_nothing_could_be_planned_the_comment_says_so(
    forge: ForgeServer, tmp_path: Path, name: str, run: str
) -> None:
    missing = str(tmp_path / "plan.md")
    forge.say(f"{MARKER}\nAll is well.", PERSON)
    none = "There is no plan, and no comment that shows one of an earlier commit.\n"
    assert ci(forge, name, "comment", missing) == (0, "", none)
    forge.say(f"{MARKER}\n1 to update", BOT)
    told = "There is no plan. The comment showed that of an earlier commit, and says so now.\n"
    assert ci(forge, name, "comment", missing) == (0, "", told)
    assert [row["body"] for row in forge.comments] == [
        f"{MARKER}\nAll is well.",
        f"{MARKER}\n## The newest commit has no plan\n\n[Its run]({run}) says why.\n",
    ]


@pytest.mark.parametrize("name", ["github", "gitlab"])
def test_of_several_projects_comments_none_is_taken_for_the_one_without_a_plan(
    forge: ForgeServer, tmp_path: Path, name: str
) -> None:
    for project in ("acme", "other"):
        forge.say(f"<!-- reconciler:plan:{project} -->\n1 to update", BOT)
    assert ci(forge, name, "comment", str(tmp_path / "plan.md")).status == 0
    assert forge.changes == []


@pytest.mark.parametrize("name", ["github", "gitlab"])
def test_the_newest_plan_of_the_merged_commit_is_fetched(forge: ForgeServer, tmp_path: Path, name: str) -> None:
    forge.merges[COMMIT] = Merge(1, "head")
    for data in (b"older", b"newest"):
        forge.keep("reconciler-plan-1", {"reconciler.plan": data})
    path = tmp_path / "reconciler.plan"
    assert ci(forge, name, "fetch", str(path)) == (0, "", f"The plan is in {path}.\n")
    assert path.read_bytes() == b"newest"
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", ["github", "gitlab"])
@pytest.mark.parametrize(
    "kept",
    [
        {"foreign": True},  # by a fork, under the same name
        {"head": "other"},  # of a commit that was pushed, and taken back before the merge
        {"event": "push"},  # by another event, whose workflow nobody reviewed
        {"success": False},  # of a run that was refused
        {"expired": True},
    ],
    ids=lambda kept: next(iter(kept)),
)
def test_what_others_kept_is_no_plan(forge: ForgeServer, tmp_path: Path, name: str, kept: dict[str, object]) -> None:
    forge.merges[COMMIT] = Merge(1, "head")
    forge.keep("reconciler-plan-1", {"reconciler.plan": b"forged"}, **kept)
    assert ci(forge, name, "fetch", str(tmp_path / "reconciler.plan")) == (5, "", NO_PLAN)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "kept"), [("reconciler-plan-1", {"workflow": "evil.yml"}), ("reconciler-plan-2", {}), ("plan", {})]
)
def test_what_another_workflow_or_pull_request_kept_is_no_plan(
    forge: ForgeServer, tmp_path: Path, name: str, kept: dict[str, str]
) -> None:
    forge.merges[COMMIT] = Merge(1, "head")
    forge.keep(name, {"reconciler.plan": b"forged"}, **kept)
    assert ci(forge, "github", "fetch", str(tmp_path / "reconciler.plan")).status == 5


@pytest.mark.parametrize("name", ["github", "gitlab"])
@pytest.mark.parametrize("merges", [{}, {COMMIT: Merge(1, "head", "stable")}], ids=["pushed", "another branch"])
def test_a_commit_that_no_pull_request_to_this_branch_made_has_no_plan(
    forge: ForgeServer, tmp_path: Path, name: str, merges: dict[str, Merge]
) -> None:
    forge.merges |= merges
    forge.keep("reconciler-plan-1", {"reconciler.plan": b"plan"})
    assert ci(forge, name, "fetch", str(tmp_path / "reconciler.plan")) == (5, "", NO_PLAN)


def test_a_snapshot_is_fetched_that_the_branch_kept(forge: ForgeServer, tmp_path: Path) -> None:
    path = tmp_path / "targets.snapshot"
    files = {path.name: b"{}"}
    forge.keep("reconciler-snapshot", files, workflow="drift.yml", event="pull_request")
    assert ci(forge, "github", "fetch", "--snapshot", str(path)) == (
        5,
        "",
        "No snapshot was kept: no run of drift.yml that succeeded has one.\n",
    )
    forge.keep("reconciler-snapshot", files, workflow="drift.yml", event="schedule")
    assert ci(forge, "github", "fetch", "--snapshot", str(path)) == (0, "", f"The snapshot is in {path}.\n")
    refused = ci(forge, "gitlab", "fetch", "--snapshot", str(path))
    assert refused.err.startswith("Error: --snapshot is for GitHub: on GitLab a fork's job can't get what another ")


@pytest.mark.parametrize("name", ["github", "gitlab"])
def test_only_the_newest_commit_is_applied(forge: ForgeServer, name: str) -> None:
    assert ci(forge, name, "newest") == (0, "", "")
    forge.newest = lambda: "decaf" * 8
    said = (
        "Error: The branch main has a newer commit, decafdecafde. Its own run applies it; this older one would undo "
        "it, so it applies nothing.\n"
    )
    assert ci(forge, name, "newest") == (1, "", said)


ENDS = {
    1: "Nothing was applied, or no change succeeded: the log says why. Once that is mended, {}.",
    3: "A limit or a lifecycle rule refused the plan, and nothing was applied. If it is what you want, raise `limits` "
    "in reconciler.yaml by a pull request, and put them back by another.",
    4: "Applied in part: the log says what failed and what was not reached. What was done stays. Once the cause is "
    "mended, {}: the rest is planned anew, and waits for an approval.",
    5: "Something has moved since the plan was made, and nothing was applied. To make a new plan, {}.",
    6: "Another run holds the lock of the state, and nothing was applied. When it has ended, {}.",
    143: "The run was stopped. What was done until then stays, and is known. To go on, {}.",
}


@pytest.mark.parametrize(("status", "told"), ENDS.items())
def test_each_end_of_an_apply_is_told_with_what_to_do(
    forge: ForgeServer, tmp_path: Path, status: int, told: str
) -> None:
    log, page = tmp_path / "apply.log", tmp_path / "summary.md"
    log.write_text("~ employee 007\n\n```</pre> **all is well**\n", "utf-8")
    github, gitlab = told.format("re-run all jobs of this run"), told.format("run the job apply again")
    ran = ci(forge, "github", "result", str(status), str(log), GITHUB_STEP_SUMMARY=str(page))
    assert ran == (status, "", f"{github}\n")
    assert page.read_text("utf-8") == (
        f"## Apply\n\n**{github}**\n\n    ~ employee 007\n    \n    ```</pre> **all is well**\n\n"
    )
    assert ci(forge, "gitlab", "result", str(status), str(log)) == (status, "", f"{gitlab}\n")


def test_the_end_of_a_long_log_is_in_the_summary(forge: ForgeServer, tmp_path: Path) -> None:
    log, page = tmp_path / "apply.log", tmp_path / "summary.md"
    log.write_text("".join(f"{number} {'x' * 999}\n" for number in range(5_000)), "utf-8")
    assert ci(forge, "github", "result", "0", str(log), GITHUB_STEP_SUMMARY=str(page)) == (0, "", "")
    lines = page.read_text("utf-8").splitlines()[2:-1]
    assert (len(lines), lines[0][:10], lines[-1][:10]) == (100, "    4900 x", "    4999 x")
    assert {len(line) for line in lines} == {504}


@pytest.mark.parametrize(
    ("refusal", "waited"),
    [
        ((429, {"Retry-After": "7"}), [7.0]),
        ((403, {"Retry-After": "3600"}), [60.0]),
        ((429, {}), [1.0]),
        ((502, {}), [1.0]),
    ],
)
def test_a_forge_that_is_busy_is_asked_again(
    forge: ForgeServer, pauses: list[float], refusal: tuple[int, dict[str, str]], waited: list[float]
) -> None:
    forge.refusals.append(refusal)
    assert ci(forge, "github", "newest").status == 0
    assert pauses == waited


def test_it_is_not_asked_for_ever(forge: ForgeServer, pauses: list[float]) -> None:
    forge.refusals += [(503, {})] * 4
    ran = ci(forge, "gitlab", "newest")
    assert ran == (1, "", "Error: GET projects/42/repository/branches/main: 503 Refused by the tests\n")
    assert pauses == [1, 2, 3]


def test_a_comment_whose_answer_was_lost_is_not_sent_twice(forge: ForgeServer, report: str) -> None:
    forge.lost = "POST"
    ran = ci(forge, "github", "comment", report)
    assert ran == (1, "", "Error: POST repos/acme/org/issues/1/comments: 502\n")
    assert forge.changes == ["comment created"]


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
