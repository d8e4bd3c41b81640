"""export of a part, of very many employees, and into a new project."""

import yaml
from command_line import Project
from stories import DOORS

from reconciler.model.objects import Listing, Live
from reconciler.simulator import Terminals
from reconciler.systems.base import Exported
from reconciler.workflow.exporting import MANY, divided, selected


def test_what_drifted_is_taken_over_into_the_files(applied: Project) -> None:
    applied.change_row("employees", 1, mobile="555")
    ran = applied.run("export", "hq", "--select", "hq/employee/1e3")
    [employee] = yaml.safe_load(ran.out)["employees"]
    assert (ran.status, employee["code"], employee["mobile"]) == (0, "1e3", "555")


def test_a_selection_that_matches_nothing_is_an_error(applied: Project) -> None:
    ran = applied.run("export", "hq", "--select", "hq/employee/0")
    assert (ran.status, ran.out) == (1, "")
    assert "Nothing on hq matches hq/employee/0. Addresses are target/kind/key." in ran.err


def test_of_a_terminal_settings_are_selected_one_by_one(project: Project) -> None:
    project.write("reconciler.yaml", "version: 1\nproject: doors\ndefaults: {retries: 0}\n")
    with Terminals() as served:
        url = served.add("lobby").url
        project.write("org.yaml", DOORS.format(url=url))
        project.apply()
        [device] = yaml.safe_load(project.run("export", "lobby", "--select", "lobby/settings/volume").out)["devices"]
    key = {"env": "HQ_PASSWORD"}
    assert device == {"name": "lobby", "url": url, "api_key": key, "area": "HQ", "settings": {"volume": 7}}


def test_of_what_is_not_selected_nothing_is_told() -> None:
    found = Exported(
        Listing("employee", {key: Live(key, key, {}) for key in "12"}),
        left_out={("roster", "it is over"): ("1", "2"), ("access_levels", "not known"): ("2",)},
    )
    [kept] = selected("lobby", [found], ["lobby/employee/1"])
    assert kept.left_out == {("roster", "it is over"): ("1",)}


def staff(number: int) -> Exported:
    departments = ("10", "A/b", "a b", None)
    lives = {
        str(key): Live(str(key), key, {"department": departments[key % 4]} if departments[key % 4] else {})
        for key in range(number)
    }
    return Exported(Listing("employee", lives), ("A note.",))


def test_very_many_employees_stand_in_a_file_for_each_department() -> None:
    parts = list(divided(staff(MANY + 1)))
    assert {part.name: len(part.exported.listing.objects) for part in parts} == {
        "employees/department": 250,
        "employees/10": 251,
        "employees/A-b": 250,
        "employees/a-b-2": 250,
    }
    assert [part.exported.notes for part in parts] == [("A note.",), (), (), ()]


def test_files_have_names_that_can_be_checked_out_everywhere() -> None:
    codes = ("CON", "com1", "console", "a", "A", "..", "x" * 60)
    lives = {code: Live(code, 1, {"department": code}) for code in codes}
    parts = divided(Exported(Listing("employee", lives)), "department")
    assert sorted(part.name.removeprefix("employees/") for part in parts) == sorted(
        ["department-CON", "department-com1", "console", "A", "a-2", "department", "x" * 40]
    )


def test_not_so_many_stand_in_one() -> None:
    (part,) = divided(staff(MANY))
    assert (part.name, len(part.exported.listing.objects), part.which) == ("employees", MANY, "")


def test_a_project_is_started_from_a_server(applied: Project) -> None:
    (applied.root / "org.yaml").unlink()
    ran = applied.run("init", "--from", "hq", "--ci", "none")
    assert ran.status == 0, ran.err
    assert sorted(path.name for path in (applied.root / "org").iterdir()) == [
        "areas.yaml",
        "departments.yaml",
        "employees.yaml",
        "positions.yaml",
    ]
    document = applied.run("plan", "--json").document
    assert [each["action_reason"] for each in document["resource_changes"] if each["action_reason"] != "adopt"] == []


def test_it_has_to_know_the_target(applied: Project) -> None:
    ran = applied.run("init", "new", "--from", "hq")
    assert ran.status == 1
    assert "Write one with the target hq first: its system, url and auth." in ran.err
