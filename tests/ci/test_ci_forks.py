"""Plans of forks, as docs/ci.md shows them: its two pieces of YAML are put into the workflows, and run."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from ci_company import Company, company
from ci_document import FORKS
from ci_jobs import git


@pytest.fixture
def acme(tmp_path: Path, programs: Path) -> Iterator[Company]:
    with company(tmp_path, "github", programs) as made:
        yield made


def test_a_fork_is_planned_on_the_snapshot_of_the_night(acme: Company) -> None:
    for file, more in FORKS.items():
        path = acme.first / ".github/workflows" / file
        path.write_text(path.read_text("utf-8") + more, "utf-8")
    git(acme.first, "commit", "-q", "-a", "-m", "Plans of forks")
    git(acme.first, "push", "-q", "origin", "main")
    acme.apply()
    forge, server = acme.forge, acme.forge.server
    ref = acme.branch("wedding", "Silva", "Sousa")

    none = forge.github("plan.yml", "plan-of-fork", ref, pull=1, fork=True)
    assert (none.status, "No snapshot was kept" in none.log) == (5, True), none.log
    night = forge.github("drift.yml", "drift", "main")
    assert night.status == 0, night.log

    before = server.state_calls
    planned = forge.github("plan.yml", "plan-of-fork", ref, pull=1, fork=True)
    assert planned.status == 0, planned.log
    assert "`last_name` | `Silva` | `Sousa` |" in planned.summary
    assert (server.state_calls, server.changes) == (before, [])
