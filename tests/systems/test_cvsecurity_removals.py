"""What becomes of who is no longer in the files: deleted, resigned, disabled; and what a plan says of what stays."""

import msgspec
import pytest
from cvsecurity_reading import serving, target
from cvsecurity_writing import DONE, create, delete, person, told, update, writer_of, writes

from reconciler.model.objects import Listing
from reconciler.model.outcome import Status
from reconciler.model.plan import Reason
from reconciler.model.project import Prune
from reconciler.simulator import Fault
from reconciler.systems.cvsecurity.cautions import cautions
from reconciler.systems.cvsecurity.facts import Facts
from reconciler.systems.cvsecurity.removal import removal
from reconciler.systems.cvsecurity.wire import Feature

NOTHING = Facts()
EDITIONS = ("cvsecurity-1.0", "cvsecurity-1.2")
SITE = {"persons": [{"pin": f"{number}", "name": "Ana", "cardNo": f"{number}00"} for number in range(1, 6)]}


def pins(server) -> list[str]:
    return [row["pin"] for row in server.rows("persons")]


@pytest.mark.parametrize(
    ("how", "written"),
    [
        ("resign", {"resigned.date": "2026-03-10", "resigned.type": "resigned"}),
        ("disable", {"cvsecurity.disabled": True}),
    ],
)
def test_what_is_written_instead_of_a_delete(how, written):
    assert removal(how, {}, "2026-03-10") == written


@pytest.mark.parametrize("how", ["delete", "forget"])
def test_what_is_not_written(how):
    with pytest.raises(ValueError, match="is not written but done"):
        removal(how, {}, "2026-03-10")


def test_edition_1_2_deletes_many_people_in_one_call():
    with serving() as (server, where):
        server.seed(SITE)
        changes = [delete("employee", f"{number}") for number in (1, 2, 3)]
        with writer_of(where) as writer:
            assert {writer.batch(change) for change in changes} == {"deleted"}
            server.journal.clear()
            assert told(writer.write(changes)) == [DONE] * 3
            assert writes(server) == ["POST v2/person/deleteByPins"]
        assert pins(server) == ["4", "5"]


@pytest.mark.parametrize("deletes", ["both", "delete", "post"])
def test_the_first_edition_deletes_them_one_by_one(deletes):
    with serving("cvsecurity-1.0", deletes=deletes) as (server, where):
        server.seed(SITE)
        with writer_of(where) as writer:
            assert told(writer.write([delete("employee", f"{number}") for number in (1, 2)])) == [DONE, DONE]
        assert pins(server) == ["3", "4", "5"]


@pytest.mark.parametrize("edition", EDITIONS)
def test_who_is_gone_already_is_deleted(edition):
    with serving(edition) as (server, where):
        server.seed(SITE)
        with writer_of(where) as writer:
            assert told(writer.write([delete("employee", pin) for pin in ("404", "1")])) == [DONE, DONE]
        assert pins(server) == ["2", "3", "4", "5"]


def test_no_number_deletes_somebody_else():
    with serving("cvsecurity-1.0") as (server, where):
        server.seed(SITE)
        with writer_of(where) as writer:
            for pin in ("1;2", "1/2", "..", "1?x", "1,2"):
                (outcome,) = writer.write([delete("employee", pin)])
                assert (outcome.status, outcome.diagnostic.code) == (Status.FAILED, "RC0601")
        assert pins(server) == ["1", "2", "3", "4", "5"]


def test_the_call_whose_name_is_ambiguous_is_never_made():
    with serving() as (server, where):
        server.seed(SITE)
        with writer_of(where) as writer:
            writer.write([delete("employee", "1")])
            writer.write([delete("employee", "2"), delete("employee", "3")])
        assert server.calls("*", "/api/v2/person/delete") == 0


LEFT = {"resigned__date": "2026-01-31", "resigned__type": "dismissed"}


@pytest.mark.parametrize("edition", EDITIONS)
def test_who_leaves_is_entered_as_a_leaver_and_nothing_else_is_sent(edition):
    with serving(edition) as (server, where):
        server.seed(SITE)
        change = update("employee", "1", {"resigned.date": None, "resigned.type": None}, **LEFT)
        with writer_of(where) as writer:
            assert writer.batch(change) is None
            server.journal.clear()
            assert told(writer.write([change])) == [DONE]
            assert writes(server) == ["POST person/leave"]
            assert told(writer.write([change])) == [DONE]  # as after a reply that was lost
        assert person(server, "1") == {
            "pin": "1", "name": "Ana", "deptCode": "1", "leaveDate": "2026-01-31", "leaveType": "2",
        }  # fmt: skip


def test_who_is_disabled_is_on_the_list_of_those_who_may_not_pass():
    with serving() as (server, where):
        server.seed(SITE)
        before = {"cvsecurity.disabled": False}
        with writer_of(where) as writer:
            assert told(writer.write([update("employee", "1", before, cvsecurity__disabled=True)])) == [DONE]
        assert person(server, "1")["isDisabled"] is True


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_vehicle_is_taken_off_its_list_once_or_twice(edition):
    with serving(edition) as (server, where):
        server.seed({"parking": [{"carNumber": "B1", "list": "black"}]})
        with writer_of(where) as writer:
            assert told(writer.write([delete("vehicle", "B1")])) == [DONE]
            assert told(writer.write([delete("vehicle", "B1")])) == [DONE]
        assert server.rows("parking") == []


def test_a_delete_whose_reply_is_lost_may_be_repeated():
    with serving() as (server, where):
        server.seed(SITE)
        with writer_of(where) as writer:
            server.faults.add(Fault(effect="drop", path="person/delete", nth=1, commit=True))
            assert [each.status for each in writer.write([delete("employee", "1")])] == [Status.UNKNOWN]
            assert told(writer.write([delete("employee", "1")])) == [DONE]


def cautioned(*changes, prune=Prune.OWNED, facts=NOTHING) -> list[tuple[str, str]]:
    listings = {"department": Listing("department", {}, raw=facts)}
    found = cautions(target(prune={"department": prune}), changes, listings)
    assert {each.severity for each in found} <= {"warning"}
    return [(each.code, each.detail) for each in found]


def test_what_can_not_be_read_back_is_said_once():
    changes = [
        create("employee", f"{number}", department="1", areas=("HQ",), entrance_levels=()) for number in range(1, 8)
    ]
    assert cautioned(*changes) == [
        (
            "RC0407",
            (
                "`areas` can't be read from gate, so that what is written for 7 employees (1, 2, 3, 4, 5 and 2 more) "
                "can't be verified. Later plans compare it with what the state remembers."
            ),
        )
    ]


def test_what_perhaps_does_not_give_a_level_is_said():
    found = cautioned(create("employee", "1", department="1", elevator_levels=("Lift",), entrance_levels=("Gate",)))
    assert [code for code, _ in found] == ["RC0407", "RC0407"]
    assert found[1][1] == (
        "The one call of gate for elevator levels is eleLevel/syncPerson, and it is not known that every version gives "
        "a level by it to who does not have it yet. Look at one of them in the server's own pages after the apply: 1."
    )


def test_doors_can_not_be_taken_from_a_level():
    (_, doors) = cautioned(update("access_level", "Lobby", {}, cvsecurity__doors=("Front",)))
    assert doors == (
        "RC0608",
        (
            "`cvsecurity.doors` can only be added to: a door that the level has and the files do not name stays one of "
            "its doors. Take it out in the server's own pages."
        ),
    )


def test_a_level_that_is_removed_stays_on_the_server():
    gone = msgspec.structs.replace(update("access_level", "Lobby", {}), reason=Reason.REMOVED)
    assert cautioned(gone) == [
        (
            "RC0608",
            (
                "Lobby is no longer in the files, and no call of gate deletes an access level: it is forgotten and "
                "stays, with whoever has it. Delete it in the server's own pages."
            ),
        )
    ]


def test_departments_that_can_not_be_listed_can_not_be_pruned():
    lacking = Facts(lacks=frozenset({Feature.DEPARTMENT_LIST}))
    assert cautioned(facts=lacking) == []
    assert [code for code, _ in cautioned(prune=Prune.ALL, facts=lacking)] == ["RC0608"]
