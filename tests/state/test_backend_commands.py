"""The `state` commands and apply on a project whose state others share."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import terraform_server
from command_line import Project, serving, start
from terraform_server import TerraformServer

from reconciler.state import claim as claims


@pytest.fixture
def server() -> Iterator[TerraformServer]:
    with TerraformServer() as server:
        yield server


@pytest.fixture
def project(tmp_path: Path, server: TerraformServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    """A small project that keeps its state on a GitLab, as two clones would."""
    monkeypatch.setenv("CI_JOB_TOKEN", terraform_server.PASSWORD)
    state = {
        "backend": "http",
        "address": server.address,
        "username": terraform_server.USER,
        "password": {"env": "CI_JOB_TOKEN"},
        **server.place,
    }
    with serving() as target:
        made = Project(tmp_path / "project", target)
        made.replace("reconciler.yaml", "targets:", f"state: {json.dumps(state)}\ntargets:")
        yield made


@pytest.fixture
def applied(project: Project) -> Project:
    project.apply()
    return project


def serial(server: TerraformServer) -> int:
    return int(json.loads(server.versions[-1])["serial"])


def test_apply_keeps_the_state_there_and_the_next_plan_is_empty(applied: Project, server: TerraformServer) -> None:
    assert server.lock is None
    assert server.versions
    assert applied.run("plan").status == 0
    assert not (applied.root / ".reconciler/state.json").exists()
    assert applied.run("state", "list", "hq/area/*").out == "hq/area/HQ\n"
    assert terraform_server.PASSWORD not in str(server.versions)


def test_of_two_applies_at_once_one_is_refused_or_waits_for_nothing(project: Project, server: TerraformServer) -> None:
    runs = [start("-C", str(project.root), "apply", "--auto-approve") for _ in range(2)]
    outputs = [run.communicate() for run in runs]
    statuses = sorted(run.returncode for run in runs)
    assert statuses in ([0, 6], [0, 0]), outputs
    if statuses == [0, 6]:
        assert any("is locked by apply of " in " ".join(err.decode().split()) for _, err in outputs)
    assert server.lock is None
    assert project.run("plan").status == 0


def test_a_document_that_is_pulled_can_be_pushed(applied: Project, server: TerraformServer, tmp_path: Path) -> None:
    before = serial(server)
    pulled = applied.run("state", "pull")
    assert (pulled.status, pulled.err, pulled.out.encode()) == (0, "", server.versions[-1])
    path = tmp_path / "pulled.json"
    path.write_text(pulled.out)
    assert applied.run("state", "forget", "hq/*").status == 0
    refused = applied.run("state", "push", str(path))
    assert refused.status == 1
    assert f"it has the serial {before + 1}, and this one is older: it has {before}. Nothing was changed." in " ".join(
        refused.err.split()
    )
    assert applied.run("state", "push", "--force", str(path)) == (0, f"Stored with serial {before + 2}.\n", "")
    assert applied.run("state", "list", "hq/area/*").out == "hq/area/HQ\n"
    path.write_text(applied.run("state", "pull").out)
    assert applied.run("state", "push", str(path)) == (0, f"Stored with serial {before + 3}.\n", "")


def test_another_lineage_is_pushed_by_force_only(applied: Project, server: TerraformServer, tmp_path: Path) -> None:
    document = json.loads(server.versions[-1])
    path = tmp_path / "other.json"
    path.write_text(json.dumps({**document, "lineage": "another", "serial": 99}))
    refused = applied.run("state", "push", str(path))
    assert refused.status == 1
    assert f"it has the lineage {document['lineage']}, and this one has another: they are of different origin" in (
        " ".join(refused.err.split())
    )
    assert applied.run("state", "push", "--force", str(path)) == (0, "Stored with serial 100.\n", "")


def test_a_damaged_state_is_pulled_as_it_is_and_replaced_by_force(
    applied: Project, server: TerraformServer, tmp_path: Path
) -> None:
    good = server.versions[-1]
    path = tmp_path / "backup.json"
    path.write_bytes(good)
    server.versions.append(b'{"serial": 2000}')
    assert applied.run("state", "list").status == 1
    assert applied.run("state", "pull").out == '{"serial": 2000}'
    assert applied.run("state", "push", str(path)).status == 1
    assert applied.run("state", "push", "--force", str(path)).status == 0
    assert applied.run("state", "list", "hq/area/*").out == "hq/area/HQ\n"


@pytest.mark.parametrize("data", [b"", b"{}", b"<html>"])
def test_what_is_no_state_is_never_pushed(
    applied: Project, server: TerraformServer, tmp_path: Path, data: bytes
) -> None:
    versions = list(server.versions)
    path = tmp_path / "file"
    path.write_bytes(data)
    ran = applied.run("state", "push", "--force", str(path))
    assert ran.status == 1
    assert "can't be read as a state" in " ".join(ran.err.split())
    assert server.versions == versions
    assert applied.run("state", "push", str(tmp_path / "nowhere")).err.startswith(f"Error: {tmp_path}/nowhere can't")


def test_before_the_first_apply_there_is_nothing_to_pull(project: Project, tmp_path: Path) -> None:
    assert project.run("state", "pull") == (0, "", "There is no state yet.\n")
    assert project.run("state", "unlock") == (0, "There is no lock.\n", "")


def test_a_dead_run_s_lock_is_removed_by_hand_and_a_living_one_s_is_not(
    applied: Project, server: TerraformServer
) -> None:
    name = "9f:{}:{}:{}:1795348800:1795348800:apply:runner-7"
    server.lock = {"ID": name.format(claims.this_space(), 1, "")}
    refused = applied.run("state", "unlock")
    assert refused.status == 6
    assert applied.run("apply", "--auto-approve").status == 6
    server.lock = {"ID": name.format(claims.this_space(), 1, "7")}  # process 1 started at another moment
    assert applied.run("state", "unlock", "9f") == (0, "Removed the lock of project_7_bot.\n", "")
    assert server.lock is None
