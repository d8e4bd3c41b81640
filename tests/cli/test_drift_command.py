"""`plan --drift-only` and `apply --drift-only`: what somebody changed on the target is undone, and nothing else."""

from pathlib import Path

import pytest
from command_line import Project


@pytest.fixture
def drifted(applied: Project) -> Project:
    """Somebody changed Ben's phone on the server and deleted nobody; the files ask for another name of the area."""
    applied.change_row("employees", 1, mobile="555")
    applied.replace("org.yaml", "name: Headquarters", "name: Main office")
    return applied


def test_the_plan_has_what_undoes_drift_and_says_so(drifted: Project) -> None:
    ran = drifted.run("plan", "--drift-only", "--detailed-exitcode")
    assert ran.status == 2
    assert "Only what undoes drift: what the files ask for besides is not in this plan." in ran.out
    assert 'mobile  555 → "912 000 111"' in ran.out
    assert "Main office" not in ran.out
    assert ran.out.endswith("Plan: 0 to create, 1 to update, 0 to delete.\n")


def test_the_document_counts_it_alone(drifted: Project) -> None:
    document = drifted.run("plan", "--drift-only", "--json").document
    assert [each["address"] for each in document["resource_changes"]] == ["hq/employee/1e3"]
    assert [each["address"] for each in document["resource_drift"]] == ["hq/employee/1e3"]
    assert (document["summary"]["update"], document["reconciler"]["drift_only"]) == (1, True)


def test_reports_say_so(drifted: Project, tmp_path: Path) -> None:
    names = [str(tmp_path / f"drift.{suffix}") for suffix in ("md", "html")]
    drifted.run("plan", "--drift-only", *(word for name in names for word in ("--report", name)))
    for name in names:
        assert "Only what undoes drift: what the files ask for besides is not in this plan." in Path(name).read_text()


def test_apply_undoes_it_and_leaves_the_rest(drifted: Project) -> None:
    assert drifted.run("apply", "--drift-only", "--auto-approve").status == 0
    assert drifted.run("plan", "--drift-only", "--detailed-exitcode").out == (
        "Only what undoes drift: what the files ask for besides is not in this plan.\n\n"
        "No drift: nothing has changed on the targets that an apply had written.\n"
    )
    document = drifted.run("plan", "--json").document
    assert [(each["address"], each["action_reason"]) for each in document["resource_changes"]] == [
        ("hq/area/HQ", "config")
    ]


def test_a_saved_plan_of_drift_stays_one(drifted: Project, tmp_path: Path) -> None:
    saved = str(tmp_path / "saved")
    drifted.run("plan", "--drift-only", "--out", saved)
    assert drifted.run("apply", saved, "--auto-approve").status == 0
    document = drifted.run("plan", "--json").document
    assert [each["address"] for each in document["resource_changes"]] == ["hq/area/HQ"]


def test_of_one_object_only_the_drifted_field_is_undone(applied: Project) -> None:
    applied.change_row("employees", 1, mobile="555")
    applied.replace("org.yaml", "first_name: Ben", "first_name: Benjamin")
    assert applied.run("apply", "--drift-only", "--auto-approve").status == 0
    [change] = applied.run("plan", "--json").document["resource_changes"]
    assert [(each["path"], each["cause"]) for each in change["fields"]] == [("first_name", "config")]


def test_without_the_key_it_is_an_error(drifted: Project) -> None:
    (drifted.root / ".reconciler" / "key").unlink()
    ran = drifted.run("plan", "--drift-only", "--json")
    assert (ran.status, ran.codes()) == (1, ["RC0808"])
