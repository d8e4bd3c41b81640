"""What is there already: adopted, exported, examined; and one organisation on three systems at once."""

from pathlib import Path
from typing import Any

import pytest
from conformance import PASSWORD, TARGET, summary
from conformance_cvsecurity import NEW, OLD, SITE, Gate, both_editions, employee, gate, wrong

from reconciler.simulator import Server, Terminals

MORE: dict[str, list[dict[str, object]]] = {
    "departments": [{"code": "S", "name": "Strange"}, {"code": "S1", "name": "Below", "parent": "S"}],
    "persons": [
        {
            "pin": "007",
            "name": "Zoë {{ name }}",
            "lastName": "no",
            "department": "S1",
            "gender": "F",
            "birthday": "2001-02-03",
            "hireDate": "2019-06-10",
            "email": "z@example.org",
            "mobilePhone": "0151",
            "ssn": "007",
            "cardNo": "71",
            "supplyCards": "72,73",
            "personPwd": "001234",
            "carPlate": "A1",
            "certType": "2",
            "certNumber": "X9",
            "isDisabled": True,
            "accStartTime": "2026-01-01 08:00:00",
            "accEndTime": "2026-12-31 23:59:59",
            "door_levels": ["Office", "Roof"],
            "elevator_levels": ["Lift"],
        },
        {"pin": "8", "department": "S"},
    ],
}


@both_editions
def test_what_is_there_already_is_adopted_without_a_call(edition: str, tmp_path: Path) -> None:
    with gate(edition, tmp_path) as here:
        here.objects["employee", "1"] = employee(first_name="Ana", card="71")
        here.settle()
        here.forget_state()
        here.server.journal.clear()
        planned = here.plan()
        assert (planned.status, planned.details) == (0, [])
        assert planned.document["summary"] == summary(adopt=here.held())
        here.settle()
        assert here.wrote() == []


@both_editions
def test_the_plan_of_an_export_is_empty_but_for_what_can_not_be_read(edition: str, tmp_path: Path) -> None:
    with gate(edition, tmp_path) as here:
        here.server.seed(MORE)
        exported = here.export()
        assert sorted(exported) == ["access_levels.yaml", "areas.yaml", "departments.yaml", "employees.yaml"]
        people = exported["employees.yaml"]
        for line in (
            "# 1 employee has a card ",
            "# 1 employee has a device_password ",
            'access_levels: ["Office", "Ro',
        ):
            assert line in people
        assert "elevator" not in people
        again = Gate(here.subject, here.server, tmp_path / "again")
        again.texts = exported
        planned = again.plan()
        assert (planned.status, wrong(planned)) == (0, [])
        changed = {at: step for at, step in planned.steps.items() if step[0] != "adopt"}
        assert changed == {}
        assert again.apply().status == 0
        assert again.plan().document["summary"] == summary(unchanged=planned.document["summary"]["adopt"])
        assert here.person("007")["door_levels"] == ["D1", "D3"]


@pytest.mark.parametrize(("edition", "listed"), [(NEW, True), (OLD, False)], ids=["1.2", "1.0"])
def test_an_export_has_every_department_that_can_be_had(edition: str, listed: bool, tmp_path: Path) -> None:
    """Without a list of them: those of people, and what is above these."""
    with gate(edition, tmp_path) as here:
        here.server.seed(MORE | {"departments": [*MORE["departments"], {"code": "E", "name": "Empty"}]})
        text = here.export()["departments.yaml"]
        assert [code for code in ("1", "S", "S1", "E") if f'code: "{code}"' in text] == (
            ["1", "S", "S1", "E"] if listed else ["1", "S", "S1"]
        )


@both_editions
def test_an_export_leaves_out_the_levels_whose_people_nobody_can_see(edition: str, tmp_path: Path) -> None:
    """Were they declared, everybody would lose them with the first apply."""
    with gate(edition, tmp_path) as here:
        here.server.seed(MORE)
        exported = here.export()
        said, _, levels = exported["access_levels.yaml"].partition("access_levels:\n")
        assert said.split("\n")[1].startswith(
            "# Levels of elevators and entrances are left out, since the server does not show who has them: Gate, Goods"
        )
        assert ("Lift" in levels, "Gate" in levels, "Roof" in levels) == (False, False, True)
        here.texts = exported
        assert here.apply().status == 0
        assert here.member_of("007")[:3] == [["D1", "D3"], ["E1"], []]


@both_editions
def test_doctor_tells_the_editions_apart(edition: str, tmp_path: Path) -> None:
    with gate(edition, tmp_path, modules=["access", "elevator"]) as here:
        here.settings["manages"] = ["departments", "employees", "access_levels"]
        here.objects["employee", "1"] = employee(access_levels=["Gate"], cvsecurity={"kiosk_areas": ["7"]})
        here._write()
        result = here._invoke("doctor")
        assert (result.exit_code, here.plan().status) == (1, 1)
        text = " ".join(result.output.split())
        assert "login accepted" in text
        assert "access, elevator; without entrance, attendance, FaceKiosk, parking" in text
        assert ("no call v2/person/addPersons People are written one by one." in text) == (edition == OLD)
        assert "`cvsecurity.kiosk_areas` can't be set: this server has no module ins." in text
        assert "It is an entrance level, and this server has no module psg." in text
        assert PASSWORD not in result.output


@both_editions
def test_one_organisation_fills_a_server_of_biotime_two_terminals_and_the_gate(edition: str, tmp_path: Path) -> None:
    with gate(edition, tmp_path) as here, Server("biotime-8.5", password=PASSWORD) as time, Terminals() as terminals:
        _three(here, time, terminals)
        planned = here.plan()
        by_target = dict.fromkeys((TARGET, "time", "front", "back"), 0)
        for address in planned.steps:
            by_target[_target(address)] += 1
        # people and departments; to BioTime areas and a position besides, to the gate its levels, to terminals
        # departments of their own people
        assert by_target == {TARGET: 2 + 6 + 2, "time": 2 + 2 + 1 + 2, "front": 2 + 2, "back": 1 + 1}
        assert here.apply().status == 0
        again = here.plan()
        assert (again.status, again.steps, wrong(again)) == (0, {}, [])
        assert sorted(str(row["emp_code"]) for row in time.rows("employees")) == ["1", "2"]
        assert here.pins() == ["1", "2"]
        assert here.person("1")["door_levels"] == ["D1"]
        assert {name: sorted(terminals[name].unit.state.users) for name in ("front", "back")} == {
            "front": ["1", "2"],
            "back": ["2"],
        }
        here.objects["employee", "2"]["first_name"] = "Bea"
        assert sorted(here.plan().steps) == [
            "back/employee/2",
            "employee/2",
            "front/employee/2",
            "time/employee/2",
        ]
        assert here.apply().status == 0
        assert here.plan().steps == {}


def _target(address: str) -> str:
    first = address.partition("/")[0]
    return first if first in ("time", "front", "back") else TARGET


def _three(here: Gate, time: Server, terminals: Terminals) -> None:
    def targets() -> dict[str, Any]:
        auth = {"username": "admin", "password": {"env": "SERVER_PASSWORD"}}
        biotime = {"system": "biotime", "url": time.url, "auth": auth, "retries": 0}
        return {**Gate.targets(here), "time": biotime}

    here.targets = targets  # type: ignore[method-assign]
    for name, area in (("front", "HQ"), ("back", "7")):
        here.objects["device", name] = {"url": terminals.add(name).url, "area": area, "settings": {}}
    here.objects["access_level", "Office"]["week"] = {"mon-fri": "08:00-18:00"}
    here.objects["position", "ENG"] = {"name": "Engineer"}
    here.objects["employee", "1"] = employee(
        first_name="Ana", position="ENG", areas=["HQ"], access_levels=["Office"], card="71"
    )
    here.objects["employee", "2"] = employee(
        "RND",
        first_name="Ben",
        areas=["HQ", "7"],
        access_levels=["Office", "Gate"],
        device_password={"env": "SECRET_12"},
    )


def test_a_level_without_a_list_of_its_own_is_still_the_servers(tmp_path: Path) -> None:
    """The seed's levels, and the one that every server is delivered with, are exported and never deleted."""
    with gate(NEW, tmp_path) as here:
        here.settings["prune"] = "all"
        here.objects["employee", "1"] = employee()
        here.settle()
        names = {str(row["name"]) for table in ("door_levels", "elevator_levels") for row in here.server.rows(table)}
        seeded = {str(row["name"]) for table in ("door_levels", "elevator_levels") for row in SITE[table]}
        assert names == seeded | {"General"}
