"""The workflows for GitHub, run from a bare repository: a branch, plan, merge, apply, drift."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from ci_company import Company, company
from ci_jobs import git


@pytest.fixture
def acme(tmp_path: Path, programs: Path) -> Iterator[Company]:
    with company(tmp_path, "github", programs) as made:
        yield made


def test_the_first_apply_has_no_pull_request_so_somebody_has_to_approve_it(acme: Company) -> None:
    first = acme.forge.github("apply.yml", "apply", "main")
    assert (first.status, first.outputs) == (0, {"waits": "true"}), first.log
    assert acme.names() == []
    asked = acme.forge.github("apply.yml", "approval", "main")
    assert asked.status == 1
    assert asked.log == (
        "::error::The environment reconciler-approval has no required reviewers, so nobody has approved this. "
        "Give it some and re-run all jobs, or have it planned anew by a pull request: an empty commit is enough.\n"
    )
    acme.forge.server.reviewers = True
    assert acme.forge.github("apply.yml", "approval", "main").status == 0
    approved = acme.forge.github("apply.yml", "approved", "main")
    assert approved.status == 0, approved.log
    assert acme.names() == ["Silva"]
    again = acme.forge.github("apply.yml", "apply", "main")
    assert (again.status, again.outputs) == (0, {}), again.log  # there is nothing to wait for


def test_a_change_by_pull_request(acme: Company) -> None:
    acme.apply()
    forge, server = acme.forge, acme.forge.server

    ref = acme.branch("wedding", "Silva", "Sousa")
    assert forge.github("plan.yml", "validate", ref, pull=1).status == 0
    planned = forge.github("plan.yml", "plan", ref, pull=1)
    assert planned.status == 0, planned.log
    (comment,) = server.comments
    assert comment["body"].startswith("<!-- reconciler:plan:acme -->\n")
    assert "Sousa" in comment["body"]

    ref = acme.branch("wedding", "Sousa", "Costa")
    assert forge.github("plan.yml", "plan", ref, pull=1).status == 0
    assert server.changes == ["comment created", "comment updated"]
    assert "Costa" in server.comments[0]["body"]
    assert acme.names() == ["Silva"]

    older = forge.main()
    forge.merge(acme.second, "wedding", 1)
    applied = forge.github("apply.yml", "apply", "main")
    assert (applied.status, applied.outputs) == (0, {}), applied.log
    assert acme.names() == ["Costa"]

    again = forge.github("apply.yml", "apply", older)
    assert again.status == 1
    assert f"Error: The branch main has a newer commit, {forge.main()[:12]}." in again.log
    assert acme.names() == ["Costa"]


def test_what_moved_after_the_plan_is_planned_anew_and_waits(acme: Company) -> None:
    acme.apply()
    ref = acme.branch("wedding", "Silva", "Sousa")
    assert acme.forge.github("plan.yml", "plan", ref, pull=1).status == 0
    acme.rename("Santos")
    acme.forge.merge(acme.second, "wedding", 1)
    stale = acme.forge.github("apply.yml", "apply", "main")
    assert (stale.status, stale.outputs) == (0, {"waits": "true"}), stale.log
    assert "RC0807" in stale.log
    assert "Santos" in stale.summary
    assert acme.names() == ["Santos"]

    git(acme.second, "checkout", "-q", "-b", "again", "origin/main")
    git(acme.second, "commit", "-q", "--allow-empty", "-m", "Plan anew")
    git(acme.second, "push", "-q", "origin", "again")
    assert acme.forge.github("plan.yml", "plan", "origin/again", pull=2).status == 0
    acme.forge.merge(acme.second, "again", 2, squash=False)
    assert acme.forge.github("apply.yml", "apply", "main").outputs == {}
    assert acme.names() == ["Sousa"]


def test_two_that_were_merged_in_a_row(acme: Company) -> None:
    """The first is rebased, so the merge has a commit of its own. The second was planned from other files."""
    acme.apply()
    forge = acme.forge
    for number, change in ((1, ("Silva", "Sousa")), (2, ("Front door", "Back door", "org/areas.yaml"))):
        ref = acme.branch(f"change-{number}", *change[:2], file=(*change, "org/employees.yaml")[2])
        assert forge.github("plan.yml", "plan", ref, pull=number).status == 0
    forge.merge(acme.second, "change-1", 1, squash=False)
    first = forge.github("apply.yml", "apply", "main")
    assert (first.status, first.outputs) == (0, {}), first.log
    assert first.summary.endswith("    Verified: the targets were read again and hold what was written.\n\n")
    assert acme.names() == ["Sousa"]
    forge.merge(acme.second, "change-2", 2)
    second = forge.github("apply.yml", "apply", "main")
    assert (second.status, second.outputs) == (0, {"waits": "true"}), second.log
    assert "The files are not those that the plan was made from." in second.log
    assert "**This waits for a reviewer of reconciler-approval. Nothing is applied yet.**" in second.summary
    approved = forge.github("apply.yml", "approved", "main")
    assert (approved.status, "Back door" in approved.summary) == (0, True), approved.log


def test_what_was_applied_in_part_or_not_at_all_is_in_the_summary(acme: Company) -> None:
    acme.apply()
    forge = acme.forge
    acme.branch("wedding", "Silva", "Sousa")
    ref = acme.branch("wedding", "Front door", "Back door", file="org/areas.yaml")
    assert forge.github("plan.yml", "plan", ref, pull=1).status == 0
    forge.merge(acme.second, "wedding", 1)

    forge.server.lock = "somebody"
    locked = forge.github("apply.yml", "apply", "main")
    assert locked.status == 6, locked.log
    assert locked.summary.startswith("## Apply\n\n**Another run holds the lock of the state, and nothing was applied.")
    forge.server.lock = None

    acme.break_employees()
    partly = forge.github("apply.yml", "apply", "main")
    assert partly.status == 4, partly.log
    assert partly.summary.startswith("## Apply\n\n**Applied in part: the log says what failed")
    assert "1 failed" in partly.summary

    again = forge.github("apply.yml", "apply", "main")  # what is left is planned anew
    assert (again.status, again.outputs) == (0, {"waits": "true"}), again.log


def test_what_is_not_valid_has_no_plan_and_the_comment_says_so(acme: Company) -> None:
    ref = acme.branch("wedding", "Silva", "Sousa")
    assert acme.forge.github("plan.yml", "plan", ref, pull=1).status == 0
    (acme.second / "plan.md").write_text("<!-- reconciler:plan:acme -->\nAll is well.\n", "utf-8")
    git(acme.second, "add", "--force", "plan.md")
    ref = acme.branch("wedding", "department: OPS", "department: OSP")
    broken = acme.forge.github("plan.yml", "plan", ref, pull=1)
    assert (broken.status, "OSP" in broken.log) == (1, True), broken.log
    told = f"[Its run](https://github.example.com/acme/org/actions/runs/{broken.folder.name}) says why."
    (comment,) = acme.forge.server.comments
    assert comment["body"] == f"<!-- reconciler:plan:acme -->\n## The newest commit has no plan\n\n{told}\n"
    assert len(acme.forge.server.kept) == 1


def test_a_plan_that_is_refused_is_in_the_comment_and_not_kept(acme: Company) -> None:
    acme.apply()
    ref = acme.branch("empty", "prune: owned", "prune: all", file="reconciler.yaml")
    acme.add_departments(12)
    refused = acme.forge.github("plan.yml", "plan", ref, pull=1)
    assert refused.status == 3, refused.log
    assert "An apply would refuse this plan." in acme.forge.server.comments[0]["body"]
    assert acme.forge.server.kept == []


def test_drift_is_an_issue_until_it_is_gone(acme: Company) -> None:
    acme.apply()
    acme.rename("Santos")
    assert acme.forge.github("drift.yml", "drift", "main").status == 0
    assert acme.forge.server.issues[0]["title"] == "The targets differ from the files"
    assert "| `last_name` | `Santos` | `Silva` | **drift** |" in acme.forge.server.issues[0]["body"]
    acme.rename("Silva")
    assert acme.forge.github("drift.yml", "drift", "main").status == 0
    assert acme.forge.server.changes == ["issue created", "issue closed"]
