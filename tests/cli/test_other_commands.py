"""show, export, schema and state."""

from pathlib import Path

import msgspec
import pytest
from command_line import Project, Ran, run

from reconciler.simulator import EFFECTS, PROFILES, device_switches, switches
from reconciler.state.lock import hold

SCHEMAS = Path(__file__).parents[2] / "schemas"


# show


def test_show_prints_a_saved_plan_without_project_or_network(project: Project, tmp_path: Path) -> None:
    planned = project.run("plan", "--out", project.path("saved"))
    project.server.stop()
    assert run("-C", str(tmp_path / "nowhere"), "show", project.path("saved")) == (0, planned.out, "")


def test_show_json_is_the_saved_document(project: Project) -> None:
    project.run("plan", "--out", project.path("saved"))
    ran = project.run("show", "--json", project.path("saved"))
    assert ran.document == msgspec.json.decode((project.root / "saved").read_bytes())


@pytest.mark.parametrize("name", ["missing", "org.yaml"])
def test_show_of_what_is_no_plan(project: Project, name: str) -> None:
    ran = project.run("show", "--json", project.path(name))
    assert (ran.status, ran.codes()) == (1, ["RC0806"])


# export


def test_export_prints_every_kind(applied: Project) -> None:
    ran = applied.run("export", "hq")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith(
        "# The departments of hq, as exported.\n"
        "departments:\n"
        '- {code: "1", name: Department}\n'
        '- {code: "10", name: Operations}\n'
        '- {code: "20", name: Night shift, parent: "10"}\n'
        "\n"
        "# The areas of hq, as exported.\n"
    )


def test_an_existing_system_enters_git(applied: Project, tmp_path: Path) -> None:
    """A new project has nothing but its project file; what export writes makes an empty plan."""
    new = tmp_path / "new"
    new.mkdir()
    (new / "reconciler.yaml").write_text((applied.root / "reconciler.yaml").read_text())
    ran = run("-C", str(new), "export", "hq", "--out", str(new / "org"))
    written = [str(new / "org" / f"{kind}.yaml") for kind in ("departments", "areas", "positions", "employees")]
    assert ran == (0, "", "".join(f"Wrote {path}.\n" for path in written))
    planned = run("-C", str(new), "plan", "--detailed-exitcode")
    assert (planned.status, planned.out.splitlines()[-1]) == (
        0,
        "No changes. No target is written to; 8 to adopt; 0 unchanged.",
    )


def test_of_very_many_files_that_are_there_already_the_first_are_named(
    applied: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reconciler.cli.export._NAMED", 2)
    for name in ("departments", "areas", "employees"):
        (tmp_path / f"{name}.yaml").touch()
    ran = applied.run("export", "hq", "--out", str(tmp_path))
    said = "has departments.yaml, areas.yaml and 1 more of these files already. Nothing was written"
    assert said in " ".join(ran.err.split())


def test_export_overwrites_nothing(applied: Project, tmp_path: Path) -> None:
    (tmp_path / "areas.yaml").write_text("mine\n")
    ran = applied.run("export", "hq", "--out", str(tmp_path))
    assert ran.status == 1
    assert "has areas.yaml already. Nothing was written" in " ".join(ran.err.split())
    assert [path.name for path in tmp_path.glob("*.yaml")] == ["areas.yaml"]
    assert (tmp_path / "areas.yaml").read_text() == "mine\n"


def test_export_to_where_nothing_can_be_written(applied: Project) -> None:
    out = applied.path("org.yaml/inside")
    assert applied.run("export", "hq", "--out", out) == (1, "", f"Error: {out} can't be written: not a directory.\n")


def test_export_of_an_unknown_target(project: Project) -> None:
    ran = project.run("export", "hqq")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.splitlines()[0] == 'Error: There is no target "hqq" in the project. Did you mean "hq"?'


def test_export_of_a_server_that_is_down_writes_nothing(project: Project, tmp_path: Path) -> None:
    project.server.stop()
    ran = project.run("export", "hq", "--out", str(tmp_path / "org"))
    assert ran.status == 1
    assert "RC0501" in ran.err
    assert not (tmp_path / "org").exists()


# schema


def test_schema_prints_both_as_one_document() -> None:
    ran = run("schema")
    assert (ran.status, set(ran.document)) == (0, {"project", "resources"})


def test_schema_writes_the_published_files(tmp_path: Path) -> None:
    ran = run("schema", "--out", str(tmp_path))
    assert (ran.status, ran.out) == (0, "")
    names = sorted(path.name for path in SCHEMAS.iterdir())
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    for name in names:
        assert (tmp_path / name).read_text() == (SCHEMAS / name).read_text()


def test_schema_to_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    out = str(tmp_path / "file")
    ran = run("schema", "--out", out)
    assert (ran.status, ran.err) == (1, f"Error: {out} can't be written: file exists.\n")


# state


def test_state_list(applied: Project) -> None:
    assert applied.run("state", "list") == (
        0,
        "hq/area/HQ\nhq/department/10\nhq/department/20\nhq/employee/007\nhq/employee/1e3\n",
        "",
    )
    assert applied.run("state", "list", "*/1*", "hq/area/*").out == "hq/area/HQ\nhq/department/10\nhq/employee/1e3\n"
    assert applied.run("state", "list", "lab/*") == (0, "", "Nothing in the state matches.\n")


def test_state_list_before_the_first_apply(project: Project) -> None:
    assert project.run("state", "list") == (0, "", "The state holds no objects yet.\n")
    assert project.run("state", "list", "--json").document == {"objects": [], "pending": []}


def test_state_works_while_the_files_are_wrong(applied: Project) -> None:
    applied.write("org.yaml", "nonsense: [\n")
    assert applied.run("state", "list").status == 0


def test_state_show(applied: Project) -> None:
    ran = applied.run("state", "show", "hq/employee/007")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        "hq/employee/007",
        "  id         2",
        "  digests    of 4 applied fields",
        "    areas, department, first_name, last_name",
    ]


def test_state_show_as_json(applied: Project) -> None:
    assert applied.run("state", "show", "--json", "hq/area/HQ").document == {
        "objects": [
            {
                "address": "hq/area/HQ",
                "id": 2,
                "protected": False,
                "on_remove": None,
                "fields": ["name"],
                "unread": [],
            }
        ],
        "pending": [],
    }


@pytest.mark.parametrize("address", ["hq/employee/008", "007", ""])
def test_state_show_of_what_is_not_there(applied: Project, address: str) -> None:
    ran = applied.run("state", "show", "--json", address)
    assert (ran.status, ran.codes()) == (1, ["RC0609"])


def test_state_forget_leaves_the_object_on_its_target(applied: Project) -> None:
    assert applied.run("state", "forget", "hq/employee/*") == (
        0,
        "Forgot hq/employee/007.\nForgot hq/employee/1e3.\n",
        "",
    )
    assert len(applied.server.rows("employees")) == 2
    assert applied.run("plan", "--json").document["summary"]["adopt"] == 2


def test_state_forget_of_nothing(applied: Project) -> None:
    ran = applied.run("state", "forget", "lab/*")
    assert (ran.status, ran.out) == (1, "")
    assert "Nothing in the state matches lab/*." in ran.err


def test_state_move(applied: Project) -> None:
    assert applied.run("state", "move", "hq/area/HQ", "hq/area/H2") == (0, "Moved hq/area/HQ to hq/area/H2.\n", "")
    assert applied.run("state", "list", "hq/area/*").out == "hq/area/H2\n"


@pytest.mark.parametrize(
    ("source", "destination"),
    [("hq/area/HQ", "hq/area"), ("HQ", "hq/area/H2"), ("hq/area/XX", "hq/area/H2"), ("hq/area/HQ", "hq/employee/007")],
)
def test_state_move_that_makes_no_sense(applied: Project, source: str, destination: str) -> None:
    before = applied.run("state", "list").out
    assert applied.run("state", "move", source, destination).status == 1
    assert applied.run("state", "list").out == before


def locked(project: Project, *arguments: str) -> Ran:
    with hold(project.root / ".reconciler/state.json.lock", "the state", "apply", "run 17"):
        return project.run(*arguments)


@pytest.mark.parametrize(
    "arguments",
    [("state", "unlock"), ("state", "forget", "*"), ("state", "move", "hq/area/HQ", "hq/area/H2")],
)
def test_a_living_lock_is_respected(applied: Project, arguments: tuple[str, ...]) -> None:
    ran = locked(applied, *arguments)
    assert (ran.status, ran.out) == (6, "")
    assert "RC0804" in ran.err


def test_state_unlock_without_a_lock(applied: Project) -> None:
    assert applied.run("state", "unlock") == (0, "There is no lock.\n", "")


# simulate


def test_simulate_lists_all_that_its_file_can_name() -> None:
    ran = run("simulate", "--list")
    names = {line.strip() for line in ran.out.splitlines() if line.startswith("  ") and not line.startswith("   ")}
    assert (ran.status, names) == (0, {*switches(), *device_switches(), *EFFECTS})
    assert f"Profiles of servers: {', '.join(PROFILES)}" in ran.out.splitlines()


def test_simulate_wants_a_file() -> None:
    ran = run("simulate")
    assert ran.status == 1
    assert "Name the FILE" in ran.err
