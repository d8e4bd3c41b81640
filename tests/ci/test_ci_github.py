"""The workflows for GitHub, run from a bare repository: a branch, plan, merge, apply, drift."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from ci_company import Company, company


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
    assert "has no required reviewers, so nobody has approved this." in asked.log
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
    assert "::error::The branch has a newer commit." in again.log
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
    assert "Santos" in (acme.forge.root / f"summary-{stale.folder.name}").read_text("utf-8")
    assert acme.names() == ["Santos"]


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
    assert "Santos" in acme.forge.server.issues[0]["body"]
    acme.rename("Silva")
    assert acme.forge.github("drift.yml", "drift", "main").status == 0
    assert acme.forge.server.changes == ["issue created", "issue closed"]
