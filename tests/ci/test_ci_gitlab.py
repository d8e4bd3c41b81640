"""The pipeline for GitLab, run from a bare repository: a branch, plan, merge, apply, drift. The state is GitLab's."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from ci_company import Company, company


@pytest.fixture
def acme(tmp_path: Path, programs: Path) -> Iterator[Company]:
    with company(tmp_path, "gitlab", programs) as made:
        yield made


def test_the_first_apply_has_no_merge_request_so_somebody_has_to_approve_it(acme: Company) -> None:
    first = acme.forge.gitlab("apply", "main")
    assert first.status == 5, first.log
    assert first.log.endswith("This plan waits: read it, then run the job apply-approved.\n")
    assert acme.names() == []
    approved = acme.forge.gitlab("apply-approved", "main", source=first)
    assert approved.status == 0, approved.log
    assert acme.names() == ["Silva"]
    assert acme.forge.server.lock is None


def test_a_change_by_merge_request(acme: Company) -> None:
    acme.apply()
    forge, server = acme.forge, acme.forge.server

    acme.branch("wedding", "Silva", "Sousa")
    assert forge.gitlab("validate", "origin/wedding", pull=1).status == 0
    planned = forge.gitlab("plan", "origin/wedding", pull=1)
    assert planned.status == 0, planned.log
    assert json.loads((planned.folder / "plan.gitlab.json").read_text()) == {"create": 0, "update": 1, "delete": 0}
    assert "Sousa" in server.comments[0]["body"]

    acme.branch("wedding", "Sousa", "Costa")
    assert forge.gitlab("plan", "origin/wedding", pull=1).status == 0
    assert server.changes == ["comment created", "comment updated"]

    older = forge.main()
    forge.merge(acme.second, "wedding", 1)
    applied = forge.gitlab("apply", "main")
    assert applied.status == 0, applied.log
    assert acme.names() == ["Costa"]
    nothing = forge.gitlab("apply-approved", "main", source=applied)
    assert (nothing.status, nothing.log) == (0, "No plan waits for an approval.\n")
    assert forge.gitlab("apply", older).status == 1


def test_the_plan_is_of_what_the_target_branch_will_hold(acme: Company) -> None:
    acme.apply()
    acme.branch("wedding", "Silva", "Sousa")
    acme.branch("renovation", "Front door", "Back door", file="org/areas.yaml")
    acme.forge.merge(acme.second, "renovation", 1)
    planned = acme.forge.gitlab("plan", "origin/wedding", pull=2)
    assert planned.status == 0, planned.log
    assert "Back door" in acme.forge.server.comments[0]["body"]


def test_drift_is_one_issue_that_is_updated(acme: Company) -> None:
    acme.apply()
    for name in ("Santos", "Sales"):
        acme.rename(name)
        assert acme.forge.gitlab("drift", "main").status == 0
    assert acme.forge.server.changes == ["issue created", "issue updated"]
    assert "Sales" in acme.forge.server.issues[0]["description"]


def test_a_plan_that_is_stale_a_lock_and_files_that_are_not_valid(acme: Company) -> None:
    acme.apply()
    forge = acme.forge
    acme.branch("wedding", "Silva", "Sousa")
    assert forge.gitlab("plan", "origin/wedding", pull=1).status == 0
    forge.merge(acme.second, "wedding", 1, squash=False)
    forge.server.lock = "somebody"
    locked = forge.gitlab("apply", "main")
    assert locked.status == 6
    assert locked.log.endswith("nothing was applied. When it has ended, run the job apply again.\n")
    forge.server.lock = None
    acme.rename("Santos")
    waits = forge.gitlab("apply", "main")
    assert waits.status == 5
    acme.rename("Sales")
    stale = forge.gitlab("apply-approved", "main", source=waits)
    assert stale.status == 5
    assert stale.log.endswith("nothing was applied. To make a new plan, run the job apply again.\n")
    assert acme.names() == ["Sales"]

    acme.branch("move", "department: OPS", "department: OSP")
    assert forge.gitlab("plan", "origin/move", pull=1).status == 1
    assert "## The newest commit has no plan" in forge.server.comments[0]["body"]
