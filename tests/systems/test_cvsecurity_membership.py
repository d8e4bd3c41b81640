"""Who is in which level and area: exact on servers that add and on servers that replace."""

import pytest
from cvsecurity_reading import serving, wanting
from cvsecurity_writing import DONE, create, told, update, writer_of, writes

from reconciler.model.objects import Desired
from reconciler.model.outcome import Status
from reconciler.simulator import Fault
from reconciler.systems.base import Aim

EDITIONS = ("cvsecurity-1.0", "cvsecurity-1.2")

SITE = {
    "areas": [{"code": "HQ", "name": "Headquarters"}, {"code": "7", "name": "Lab"}],
    "door_levels": [{"id": f"d{n}", "name": f"Door {n}"} for n in (1, 2, 3)],
    "elevator_levels": [{"id": f"e{n}", "name": f"Lift {n}"} for n in (1, 2)],
    "entrance_levels": [{"id": f"p{n}", "name": f"Gate {n}"} for n in (1, 2)],
    "persons": [
        {
            "pin": "7",
            "name": "Ana",
            "door_levels": ["Door 1", "Door 2"],
            "elevator_levels": ["Lift 1"],
            "entrance_levels": ["Gate 1"],
            "attendance_areas": ["HQ"],
            "kiosk_areas": ["HQ"],
        }
    ],
}

DOORS_SWITCHES = ({}, {"level_ids": "appended"}, {"delete_unassigned": "refused"}, {"push": "fails"})
OTHERS_SWITCHES = ({"delete_unassigned": "refused"}, {"push": "fails"})
AREAS_SWITCHES = ({"deletes": "delete"}, {"deletes": "post"})


def held(server, member: str, pin: str = "7") -> list[str]:
    row = next(row for row in server.rows("persons") if row["pin"] == pin)
    return sorted(row.get(member, []))


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("switches", DOORS_SWITCHES, ids=lambda switches: "-".join(switches.values()) or "usual")
@pytest.mark.parametrize(
    ("names", "ids"),
    [(("Door 2", "Door 3"), ["d2", "d3"]), ((), [])],
)
@pytest.mark.parametrize("readable", [True, False])
def test_door_levels_are_exactly_those_that_are_wanted(edition, switches, names, ids, readable):
    before = {"access_levels": ("Door 1", "Door 2")} if readable else {}
    with serving(edition, **switches) as (server, where):
        server.seed(SITE)
        with writer_of(where) as writer:
            assert told(writer.write([update("employee", "7", before, access_levels=names)])) == [DONE]
            writer.finish()
        assert held(server, "door_levels") == ids


def test_edition_1_2_gives_and_takes_only_what_differs():
    with serving() as (server, where):
        server.seed(SITE)
        with writer_of(where) as writer:
            server.journal.clear()
            before = {"access_levels": ("Door 1", "Door 2")}
            writer.write([update("employee", "7", before, access_levels=("Door 2", "Door 3"))])
            found = [(each.path[5:], each.query) for each in server.journal.entries() if each.method == "POST"]
    assert found == [
        ("accLevel/addLevelPerson", "pin=7&levelIds=d3&access_token=***"),
        ("accLevel/deleteLevel", "pin=7&levelIds=d1&access_token=***"),
    ]


def test_a_level_that_is_gone_is_not_taken_and_one_without_a_name_is():
    with serving() as (server, where):
        server.seed(SITE)
        with writer_of(where) as writer:
            server.journal.clear()
            before = {"access_levels": ("#d2", "Gone")}
            assert told(writer.write([update("employee", "7", before, access_levels=())])) == [DONE]
        assert held(server, "door_levels") == ["d1"]


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("switches", OTHERS_SWITCHES, ids=lambda switches: "-".join(switches.values()) or "usual")
@pytest.mark.parametrize("names", [("2",), ()])
def test_levels_that_no_call_shows_are_exact_too(edition, switches, names):
    change = update(
        "employee",
        "7",
        {},
        elevator_levels=tuple(f"Lift {name}" for name in names),
        entrance_levels=tuple(f"Gate {name}" for name in names),
    )
    with serving(edition, sync_person_grants=True, **switches) as (server, where):
        server.seed(SITE)
        with writer_of(where) as writer:
            assert told(writer.write([change])) == [DONE]
        assert held(server, "elevator_levels") == [f"e{name}" for name in names]
        assert held(server, "entrance_levels") == [f"p{name}" for name in names]


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("switches", AREAS_SWITCHES, ids=lambda switches: "-".join(switches.values()) or "usual")
@pytest.mark.parametrize("codes", [("7",), ()])
def test_areas_are_exactly_those_that_are_wanted(edition, switches, codes):
    with serving(edition, **switches) as (server, where):
        server.seed(SITE)
        change = update("employee", "7", {}, areas=codes, cvsecurity__kiosk_areas=codes)
        with writer_of(where) as writer:
            assert told(writer.write([change])) == [DONE]
        assert (held(server, "attendance_areas"), held(server, "kiosk_areas")) == (sorted(codes), sorted(codes))


def test_areas_outside_the_selection_are_left_alone():
    wanted = wanting(employee={"7": {"areas": ("7",)}}).desired
    aim = Aim(desired=Desired("gate", wanted.objects, {"area": frozenset({"7"})}))
    with serving() as (server, where):
        server.seed(SITE)
        with writer_of(where, aim) as writer:
            assert told(writer.write([update("employee", "7", {}, areas=())])) == [DONE]
        assert held(server, "attendance_areas") == ["HQ"]


def test_of_what_is_not_managed_nothing_is_sent():
    with serving() as (server, where):
        server.seed(SITE)
        with writer_of(where) as writer:
            server.journal.clear()
            writer.write([update("employee", "7", {"first_name": "Ana"}, first_name="Anna")])
            assert writes(server) == ["POST person/add"]


def test_attendance_settings_are_said_together():
    with serving() as (server, where):
        server.seed(SITE)
        before = {"first_name": "Ana"}
        with writer_of(where) as writer:
            writer.write([update("employee", "7", before, privilege="manager", attendance__enabled=False)])
            call = [each.body for each in server.journal.entries() if "editAttPerson" in each.path]
    assert call == [{"personPin": "7", "isAttendance": False, "perDevAuth": 6}]


def test_a_level_that_was_renamed_on_the_server_is_named():
    with serving() as (server, where):
        server.seed(SITE)
        with writer_of(where) as writer:
            (outcome,) = writer.write([create("employee", "8", department="1", entrance_levels=("Gate 3",))])
    assert told([outcome]) == [
        (
            Status.FAILED,
            "RC0606",
            (
                'The employee was created, but not in everything. The server has no entrance level "Gate 3". Did you '
                'mean "Gate 2"? It may have been renamed there. Plan again.'
            ),
        )
    ]
    assert outcome.id == "8"


@pytest.mark.parametrize(("code", "path"), [(-80, "attAreaPerson/set"), (-81, "attAreaPerson/set"), (-24, "psgLevel/")])
def test_a_membership_that_is_refused_leaves_the_person_and_says_so(code, path):
    change = create("employee", "8", department="1", areas=("HQ",), entrance_levels=("Gate 1",))
    other = create("employee", "9", department="1")
    with serving() as (server, where):
        server.seed(SITE)
        with writer_of(where) as writer:
            server.faults.add(Fault(effect="code", code=str(code), path=path, method="POST"))
            outcomes = writer.write([change, other])
    field = "entrance_levels" if code == -24 else "areas"
    assert (outcomes[0].status, outcomes[0].id, outcomes[1].status) == (Status.FAILED, "8", Status.DONE)
    assert outcomes[0].diagnostic.detail.startswith(
        f"The employee was created, but not in everything. The target refused to create the employee with the code "
        f"{code} (`{field}`)."
    )


def test_of_a_batch_only_who_is_refused_by_an_area_fails():
    with serving() as (server, where):
        server.seed(SITE)
        changes = [update("employee", pin, {}, areas=("HQ",)) for pin in ("7", "404")]
        with writer_of(where) as writer:
            outcomes = writer.write(changes)
        assert [each.status for each in outcomes] == [Status.DONE, Status.FAILED]
        assert outcomes[1].diagnostic.detail.startswith(
            "The target refused to change the employee with the code -22 (`code`). There is no such person."
        )


def test_levels_are_sent_to_their_devices_once_at_the_end():
    with serving() as (server, where):
        server.seed(SITE)
        changes = [create("employee", f"{pin}", department="1", access_levels=("Door 1",)) for pin in (8, 9)]
        with writer_of(where) as writer:
            writer.write(changes)
            server.journal.clear()
            assert list(writer.finish()) == []
            assert writes(server) == ["POST accLevel/syncLevel"]


def test_devices_that_could_not_be_told_are_said():
    with serving(push="fails") as (server, where):
        server.seed(SITE)
        with writer_of(where) as writer:
            before = {"access_levels": ("Door 1", "Door 2")}
            assert told(writer.write([update("employee", "7", before, access_levels=())])) == [DONE]
            found = writer.finish()
        assert held(server, "door_levels") == []
    assert [(each.severity, each.code) for each in found] == [("warning", "RC0701")] * 2
    assert found[0].detail.startswith(
        'The door level "Door 1" could not be sent to its devices, so that they may not know yet who may pass. The '
        "target gate refused accLevel/deleteLevel with the code -105."
    )


MAKING = {
    "cvsecurity__time_segment": "24-Hour Accessible",
    "cvsecurity__area": "Headquarters",
    "cvsecurity__doors": ("Back", "Front"),
}
DOORS = {"devices": [{"sn": "S1"}], "doors": [{"name": "Front", "device": "S1"}, {"name": "Back", "device": "S1"}]}


def test_a_level_is_made_and_given_in_one_run():
    with serving() as (server, where):
        server.seed({**SITE, **DOORS})
        with writer_of(where) as writer:
            assert told(writer.write([create("access_level", "New", **MAKING)])) == [DONE]
            assert told(writer.write([create("employee", "8", department="1", access_levels=("New",))])) == [DONE]
        row = next(row for row in server.rows("door_levels") if row["name"] == "New")
        assert held(server, "door_levels", "8") == [row["id"]]
        assert (row["time_segment"], row["area"], row["doors"]) == (
            "24-Hour Accessible", "Headquarters", ["Back", "Front"],
        )  # fmt: skip


@pytest.mark.parametrize("level_doors", ["counted", "refused"])
@pytest.mark.parametrize(("doors", "missing"), [(("Front", "Side"), '"Side"'), (("Side", "Top"), '"Side", "Top"')])
def test_doors_that_were_not_added_are_an_error_though_the_answer_is_success(level_doors, doors, missing):
    with serving(level_doors=level_doors) as (server, where):
        server.seed({**SITE, **DOORS})
        with writer_of(where) as writer:
            (outcome,) = writer.write([create("access_level", "New", **{**MAKING, "cvsecurity__doors": doors})])
    assert told([outcome]) == [
        (
            Status.FAILED,
            "RC0606",
            (
                f"The access_level was created, but not given all its doors. `cvsecurity.doors`: the server has no "
                f"door {missing}, or did not add it to the level. Write the names of doors as the server has them."
            ),
        )
    ]
    assert outcome.id == "New"
