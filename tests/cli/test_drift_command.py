"""`plan --drift-only` and `apply --drift-only`: what somebody changed on the target is undone, and nothing else."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from command_line import PASSWORD, Project, Ran
from stories import DOORS, GATE

from reconciler.simulator import Server, Terminal, Terminals
from reconciler.simulator.device.state import Access, Department, Roster


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


def fields(ran: Ran) -> list[tuple[str, str, str]]:
    """Each field that a plan changes, with its cause; an object without is created."""
    return [
        (change["address"], each["path"], each["cause"])
        for change in ran.document["resource_changes"]
        for each in change["fields"] or [{"path": "", "cause": change["action_reason"]}]
    ]


def undone(project: Project, drift: list[tuple[str, str, str]], asked: list[tuple[str, str, str]]) -> None:
    """Of a plan that has both, `--drift-only` has and undoes the drift; what is left is what the files ask for."""
    assert sorted(fields(project.run("plan", "--json"))) == sorted([*drift, *asked])
    assert sorted(fields(project.run("plan", "--drift-only", "--json"))) == sorted(drift)
    ran = project.run("apply", "--drift-only", "--auto-approve")
    assert (ran.status, "Verified:" in ran.out) == (0, True), ran
    assert fields(project.run("plan", "--drift-only", "--json")) == []
    assert sorted(fields(project.run("plan", "--json"))) == sorted(asked)
    project.apply()
    assert fields(project.run("plan", "--json")) == []


def exported(project: Project, target: str, *addresses: str) -> dict[str, list[dict[str, Any]]]:
    """What an export of these objects has for the files, every scalar as the text that stands there."""
    ran = project.run("export", target, *(word for address in addresses for word in ("--select", address)))
    assert ran.status == 0, ran
    found: dict[str, list[dict[str, Any]]] = yaml.load(ran.out, yaml.BaseLoader)
    return found


# Terminals


@pytest.fixture
def lobby(project: Project) -> Iterator[Terminal]:
    """A terminal after an apply: Ana may pass in office hours, Ben at night."""
    night = '{{name: Night, week: {{mon-fri: "20:00-22:00"}}}}'
    text = DOORS.replace("access_levels: [{{name: Office", f"access_levels: [{night}, {{{{name: Office")
    text = text.replace("levels: []", "levels: [Night], roster: {{from: 2099-01-01, cycle: [day, holiday]}}")
    project.write("reconciler.yaml", "version: 1\nproject: doors\ndefaults: {retries: 0}\n")
    with Terminals() as served:
        terminal = served.add("lobby")
        project.write("org.yaml", text.format(url=terminal.url))
        project.apply()
        yield terminal


def test_a_terminal_s_settings_weeks_and_rosters_are_put_back(project: Project, lobby: Terminal) -> None:
    """The files have other names, another week, another shift and another setting by then."""
    with lobby.lock:
        state = lobby.unit.state
        ana, ben = state.users["007"], state.users["8"]
        week = ben.access
        state.sound_volume = 3
        state.users["007"] = msgspec.structs.replace(ana, card="4712")
        state.users["8"] = msgspec.structs.replace(ben, access=ana.access, roster=Roster("2099-01-01T00:00:00"))
        state.departments = (state.departments[0], Department("Operations", (0,) * 7))
    project.replace("org.yaml", "nickname: Ana", "nickname: Anna")
    project.replace("org.yaml", "nickname: Ben", "nickname: Benjamin")
    project.replace("org.yaml", "08:00-18:00", "08:00-17:00")
    project.replace("org.yaml", 'shifts: [{name: day, periods: ["09:00', 'shifts: [{name: day, periods: ["09:30')
    project.replace("org.yaml", "volume: 7", "volume: 7\n      reverify_minutes: 5")
    drift = [
        ("lobby/department/Operations", "roster", "drift"),
        ("lobby/employee/007", "card", "drift"),
        ("lobby/employee/8", "access", "drift"),
        ("lobby/employee/8", "roster", "drift"),
        ("lobby/settings/volume", "volume", "drift"),
    ]
    asked = [
        ("lobby/employee/007", "access", "config"),
        ("lobby/employee/007", "nickname", "config"),
        ("lobby/employee/8", "nickname", "config"),
        ("lobby/settings/reverify_minutes", "reverify_minutes", "config"),
        ("lobby/shift/day", "periods", "config"),
    ]
    undone(project, drift, asked)
    assert (state.sound_volume, state.users["007"].card, state.users["8"].access) == (7, "4711", week)


@pytest.mark.parametrize("narrowed", ["--drift-only", "--select=lobby/employee/8"])
def test_no_day_template_is_written_for_a_week_that_the_plan_leaves_out(
    project: Project, lobby: Terminal, narrowed: str
) -> None:
    with lobby.lock:
        state = lobby.unit.state
        ben, templates = state.users["8"], lobby.dump()["zones"]
        state.users["8"] = msgspec.structs.replace(ben, access=state.users["007"].access)
    project.replace("org.yaml", "08:00-18:00", "08:00-17:00")
    ran = project.run("apply", narrowed, "--auto-approve")
    assert (ran.status, "Verified:" in ran.out) == (0, True), ran
    assert (state.users["8"].access, lobby.dump()["zones"]) == (ben.access, templates)
    assert fields(project.run("plan", "--json")) == [("lobby/employee/007", "access", "config")]
    project.apply()
    assert fields(project.run("plan", "--json")) == []


def test_who_was_let_in_at_a_terminal_is_taken_over_into_the_files(project: Project, lobby: Terminal) -> None:
    with lobby.lock:
        state = lobby.unit.state
        state.sound_volume = 3
        state.users["8"] = msgspec.structs.replace(state.users["8"], access=state.users["007"].access)
    project.replace("org.yaml", "nickname: Ana", "nickname: Anna")
    found = exported(project, "lobby", "lobby/employee/8", "lobby/settings/volume")
    assert (found["employees"][0]["access_levels"], found["devices"][0]["settings"]) == (["Office"], {"volume": "3"})
    project.replace("org.yaml", "[Night]", "[Office]")
    project.replace("org.yaml", "volume: 7", "volume: 3")
    assert fields(project.run("plan", "--drift-only", "--json")) == []
    assert fields(project.run("plan", "--json")) == [("lobby/employee/007", "nickname", "config")]
    project.apply()
    with lobby.lock:
        state.users["8"] = msgspec.structs.replace(state.users["8"], access=Access())
    assert fields(project.run("plan", "--drift-only", "--json")) == [("lobby/employee/8", "access", "drift")]


# CVSecurity

PEOPLE = """\
departments: [{code: "10", name: Ops}]
access_levels: [{name: Lobby}, {name: Lab}]
employees:
  - {code: "7", first_name: Ana, department: "10", access_levels: [Lobby]}
  - {code: "8", first_name: Ben, department: "10", access_levels: [Lobby]}
"""


@pytest.fixture(params=["cvsecurity-1.0", "cvsecurity-1.2"])
def gate(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Project]:
    """A CVSecurity server after an apply; then somebody lets Ana into the lab, and Ben nowhere."""
    with Server(request.param, token=PASSWORD) as server:
        levels = [{"id": "L1", "name": "Lobby"}, {"id": "L2", "name": "Lab"}]
        server.seed({"devices": [{"sn": "S1", "name": "C"}], "door_levels": levels})
        project = Project(tmp_path / "gate", server, PEOPLE)
        project.write("reconciler.yaml", GATE.format(url=server.url))
        project.apply()
        dump = server.dump()
        tables: Any = dump["tables"]
        ana, ben = tables["persons"]
        ana |= {"door_levels": ["L1", "L2"], "name": "Anja"}
        ben |= {"door_levels": []}
        server.load(dump)
        project.replace("org.yaml", "first_name: Ben", "first_name: Benjamin")
        yield project


def test_who_is_in_which_level_of_cvsecurity_is_put_back(gate: Project) -> None:
    drift = [
        ("gate/employee/7", "access_levels", "drift"),
        ("gate/employee/7", "first_name", "drift"),
        ("gate/employee/8", "access_levels", "drift"),
    ]
    undone(gate, drift, [("gate/employee/8", "first_name", "config")])
    assert [row["door_levels"] for row in gate.server.rows("persons")] == [["L1"], ["L1"]]


def test_who_is_in_which_level_of_cvsecurity_is_taken_over(gate: Project) -> None:
    [ana] = exported(gate, "gate", "gate/employee/7")["employees"]
    assert (ana["code"], ana["first_name"], ana["access_levels"]) == ("7", "Anja", ["Lab", "Lobby"])
    gate.replace("org.yaml", "first_name: Ana", "access_levels: [Lab, Lobby], first_name: Anja")
    gate.replace("org.yaml", 'Anja, department: "10", access_levels: [Lobby]', 'Anja, department: "10"')
    assert fields(gate.run("plan", "--drift-only", "--json")) == [("gate/employee/8", "access_levels", "drift")]
    gate.run("apply", "--drift-only", "--auto-approve")
    assert fields(gate.run("plan", "--json")) == [("gate/employee/8", "first_name", "config")]
