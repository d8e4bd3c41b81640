"""What doctor is told of a server."""

import pytest
from cvsecurity_reading import SITE, calls, serving, target, wanting

from reconciler.model.examination import Finding
from reconciler.model.project import Auth
from reconciler.model.secret import Secret
from reconciler.simulator import Fault
from reconciler.systems.base import Aim
from reconciler.systems.cvsecurity.examine import examine
from reconciler.systems.cvsecurity.fit import fit
from reconciler.transport.failure import Failure

THERE = [
    "department/getDepartmentList",
    "v2/person/getPersonList",
    "v2/person/addPersons",
    "v2/person/deleteByPins",
    "accLevel/addLevel",
    "accLevel/addLevelDoor",
    "accLevel/addLevelPerson",
    "v2/psgLevel/addLevelByPerson",
]
ATTENDANCE = (
    "The server of gate has no attendance module, so what the files say for it is left out there: `areas`, "
    "`attendance.enabled`, `privilege`, `verify_mode`"
)


def test_a_server_that_has_everything():
    with serving() as (server, where):
        server.seed(SITE)
        before = server.dump()
        found = list(examine(where, Aim()).findings)
        assert server.dump() == before
    assert found == [
        Finding("login", "accepted"),
        Finding("default department", "1 (Department Name)"),
        Finding("departments", "3"),
        Finding("employees", "2"),
        Finding("door levels", "3"),
        Finding("elevator levels", "2"),
        Finding("entrance levels", "2"),
        Finding("attendance areas", "2"),
        Finding("FaceKiosk areas", "2"),
        Finding("version", "no call tells it; by its calls the API is of edition 1.2 or later"),
        Finding("licensed modules", "access, elevator, entrance, attendance, FaceKiosk, parking"),
        Finding("calls of later editions", ", ".join(THERE)),
    ]


def test_the_first_edition_with_one_module_and_what_the_project_asks_of_it():
    asked = wanting(
        employee={"1": {"access_levels": (), "elevator_levels": ("Lift",), "areas": ("HQ",), "privilege": "admin"}},
        access_level={"New": {"cvsecurity.time_segment": "Always", "cvsecurity.doors": ("Front",)}},
        vehicle={"A1": {"list": "allow"}},
    )
    with serving("cvsecurity-1.0", modules=("access",)) as (_, where):
        examined = examine(where, asked)
    assert list(examined.findings) == [
        Finding("login", "accepted"),
        Finding("default department", "1 (Department Name)"),
        Finding("employees", "0"),
        Finding("door levels", "1"),
        Finding("version", "no call tells it; by its calls the API is older than edition 1.2"),
        Finding("licensed modules", "access; without elevator, entrance, attendance, FaceKiosk, parking"),
        Finding("calls of later editions", "v2/person/getPersonList"),
        Finding(
            "no call department/getDepartmentList",
            "Departments that neither the files nor the state name are not seen.",
        ),
        Finding("no call v2/person/addPersons", "People are written one by one."),
        Finding("no call v2/person/deleteByPins", "People are deleted one by one."),
        Finding("no call accLevel/addLevel", "Access levels can't be created: make them in the server's own pages."),
        Finding(
            "no call accLevel/addLevelDoor", "Doors can't be put into access levels: do it in the server's own pages."
        ),
        Finding("no call accLevel/addLevelPerson", "Door levels are given with the whole person."),
        Finding("never shown of access levels", "cvsecurity.doors, cvsecurity.time_segment"),
        Finding("never shown of employees", "areas, elevator_levels, privilege"),
        Finding("never shown of vehicles", "list"),
    ]
    told = fit(asked.desired, examined.listings, asked.memory).diagnostics
    assert [(each.severity.value, each.code, each.address, each.detail.split(". ")[0]) for each in told] == [
        ("error", "RC0606", "gate/access_level/New", 'The server has no door level "New"'),
        ("warning", "RC0601", None, ATTENDANCE),
        ("error", "RC0601", "gate/vehicle/A1", "The vehicle can't be put on a list: this server has no module park"),
    ]


@pytest.mark.parametrize(
    ("path", "about"),
    [
        ("eleLevel/list", "access levels"),
        ("attAreaPerson/area/list", "areas of attendance"),
        ("insAreaPerson/getAreaList", "areas of FaceKiosk"),
        ("parkAuthorize", "parking"),
        ("accLevel/addLevelPerson", "calls of later editions"),
    ],
)
def test_what_can_not_be_read_is_said_and_the_rest_is_told(path, about):
    with serving() as (server, where):
        server.faults.add(Fault(effect="status", status=502, path=path))
        found = examine(where, Aim()).findings
    problems = [each for each in found if each.value == "can't be read"]
    assert [each.about for each in problems] == [about]
    assert problems[0].advice.startswith("The target gate (127.0.0.1:")
    assert len(found) >= 9


def test_counts_that_can_not_be_read():
    with serving() as (server, where):
        server.faults.add(Fault(effect="garbage", method="POST"))
        found = {each.about: each.value for each in examine(where, Aim()).findings}
    assert (found["departments"], found["employees"]) == ("can't be read", "can't be read")


def test_a_refused_token_and_a_token_that_ends_meanwhile():
    with serving() as (server, where):
        stranger = target(where.url, auth=Auth(token=Secret("another")))
        with pytest.raises(Failure) as refused:
            examine(stranger, Aim())
        server.faults.add(Fault(effect="expire_tokens", nth=5))
        with pytest.raises(Failure) as ended:
            examine(where, Aim())
    assert (refused.value.code, ended.value.code) == ("RC0503", "RC0503")


def test_a_server_of_which_everything_is_known_is_asked_in_few_calls():
    with serving() as (server, where):
        server.generate(employees=3_000)
        examine(where, Aim())
        assert len(calls(server)) == 19
