"""Leaving and coming back."""

import pytest
from biotime_helpers import create, live, serving, update, writing

from reconciler.model.objects import Listing, Live
from reconciler.model.outcome import Status
from reconciler.simulator import Fault
from reconciler.systems.biotime import SYSTEMS
from reconciler.systems.biotime.removal import removal

SEED = {
    "departments": [{"code": "A", "name": "A"}],
    "areas": [{"code": "A", "name": "A"}],
    "employees": [{"code": str(number), "department": "A", "areas": ["A"]} for number in range(1, 5)],
}
LEFT = {
    "resigned.date": "2024-05-31",
    "resigned.type": "unpaid_leave",
    "resigned.reason": "Sabbatical",
    "resigned.block_attendance": False,
}
BACK = dict.fromkeys(LEFT)


def one(writer, change):
    (outcome,) = writer.write([change])
    return outcome


@pytest.mark.parametrize("profile", ["biotime-8.5", "utimemaster-9.5", "zkbiotime", "zkbiotime-company"])
def test_a_person_leaves_changes_the_papers_and_is_back(profile):
    with serving(profile) as (server, where):
        server.seed(SEED)

        def now():
            return live(where, "employee", "3", *LEFT)

        with writing(where) as writer:
            assert one(writer, update("employee", now(), LEFT)).status is Status.DONE
            assert now().values == LEFT
            changed = {"resigned.date": "2024-06-30", "resigned.reason": None}
            assert one(writer, update("employee", now(), changed)).status is Status.DONE
            assert now().values == {**LEFT, **changed}
            assert one(writer, update("employee", now(), BACK)).status is Status.DONE
            assert now().values == BACK
            assert one(writer, update("employee", now(), LEFT)).status is Status.DONE
            assert now().values == LEFT
    assert [row["employee"] for row in server.rows("resigns")] == [3]


PAPERS = {"employee": "2", "resign_date": "2023-01-31", "resign_type": 1, "disableatt": True}


@pytest.mark.parametrize("values", [LEFT, {**LEFT, "resigned.date": "2999-12-31"}], ids=["past", "future"])
def test_somebody_else_entered_the_resignation_meanwhile(values):
    with serving() as (server, where):
        server.seed(SEED)
        person = live(where, "employee", "2", *LEFT)
        server.seed({"resigns": [PAPERS]})
        with writing(where) as writer:
            server.journal.clear()
            outcome = one(writer, update("employee", person, values))
        assert (outcome.status, outcome.diagnostic) == (Status.DONE, None)
        assert live(where, "employee", "2", *LEFT).values == values
    assert [entry.method for entry in server.journal.entries("*", "*resigns*")][:3] == ["POST", "GET", "PUT"]


def test_somebody_else_took_the_resignation_back_meanwhile():
    with serving() as (server, where):
        server.seed({**SEED, "resigns": [PAPERS, {**PAPERS, "employee": "3"}]})
        two, three = (live(where, "employee", code, *LEFT) for code in ("2", "3"))
        with writing(where) as writer:
            assert one(writer, update("employee", two, BACK)).status is Status.DONE  # reads the rows
            with writing(where) as elsewhere:
                assert one(elsewhere, update("employee", three, BACK)).status is Status.DONE
            assert one(writer, update("employee", three, BACK)).status is Status.DONE
    assert server.rows("resigns") == []


def test_what_was_done_before_a_resignation_was_refused_is_told():
    with serving() as (server, where):
        server.seed(SEED)
        person = live(where, "employee", "2", *LEFT, "mobile")
        with writing(where) as writer:
            outcome = one(writer, update("employee", person, {"mobile": "5", **LEFT, "resigned.type": "fired"}))
        assert live(where, "employee", "2", "mobile").values == {"mobile": "5"}
    assert (outcome.status, outcome.id) == (Status.FAILED, 2)
    assert outcome.diagnostic.detail.startswith("The employee was changed, but the resignation was not entered. ")


def test_leaving_is_one_call_and_no_listing():
    with serving() as (server, where):
        server.seed(SEED)
        person = live(where, "employee", "2", *LEFT)
        with writing(where) as writer:
            server.journal.clear()
            one(writer, update("employee", person, LEFT))
    (entry,) = server.journal.entries("*", "/personnel/*")
    assert (entry.method, entry.path) == ("POST", "/personnel/api/resigns/")
    assert entry.body == {
        "employee": 2,
        "resign_date": "2024-05-31",
        "resign_type": 5,
        "reason": "Sabbatical",
        "disableatt": False,
    }


def test_many_come_back_with_one_listing_of_resignations():
    with serving() as (server, where):
        server.seed({**SEED, "resigns": [resign(number) for number in range(1, 5)]})
        people = [live(where, "employee", str(number), *LEFT) for number in range(1, 5)]
        with writing(where) as writer:
            server.journal.clear()
            for person in people:
                assert one(writer, update("employee", person, BACK)).status is Status.DONE
    assert server.rows("resigns") == []
    assert server.calls("GET", "*resigns/") == 1
    bodies = [entry.body for entry in server.journal.entries("POST", "*reinstatement/")]
    assert bodies == [{"resigns": [number]} for number in range(1, 5)]


def resign(number):
    return {"employee": str(number), "resign_date": "2024-05-31", "resign_type": 1, "disableatt": True}


def test_who_is_back_and_moves_in_one_change():
    with serving() as (server, where):
        server.seed({**SEED, "resigns": [resign(2)]})
        person = live(where, "employee", "2", "mobile", *LEFT)
        with writing(where) as writer:
            assert one(writer, update("employee", person, {**BACK, "mobile": "5"})).status is Status.DONE
            assert live(where, "employee", "2", "mobile", *LEFT).values == {**BACK, "mobile": "5"}


@pytest.mark.parametrize("switches", [{}, {"create_id": False}])
def test_a_person_is_created_as_having_left(switches):
    with serving(**switches) as (server, where):
        server.seed(SEED)
        with writing(where) as writer:
            values = {"department": "A", "areas": ("A",), **LEFT}
            assert one(writer, create("employee", "9", values)).status is Status.DONE
            assert live(where, "employee", "9", *LEFT).values == LEFT
            assert one(writer, create("employee", "10", {**values, **BACK})).status is Status.DONE
    assert len(server.rows("resigns")) == 1


def test_a_create_that_is_done_by_half_says_so():
    with serving() as (server, where):
        server.seed(SEED)
        with writing(where) as writer:
            server.faults.add(Fault(effect="status", status=500, path="resigns"))
            outcome = one(writer, create("employee", "9", {"department": "A", "areas": ("A",), **LEFT}))
    assert (outcome.status, outcome.id) == (Status.FAILED, 5)
    assert outcome.diagnostic.detail.startswith("The employee was created, but the resignation was not entered.")


def test_a_server_without_resignations():
    with serving("biotime-8.0") as (server, where):
        server.seed(SEED)
        person = live(where, "employee", "2", "mobile")
        with writing(where) as writer:
            outcome = one(writer, update("employee", person, LEFT))
    assert (outcome.status, outcome.diagnostic.code) == (Status.FAILED, "RC0601")
    assert outcome.diagnostic.address == "hq/employee/2"


def areas(*lives):
    return {"area": Listing("area", {each.key: each for each in lives})}


def test_what_is_written_instead_of_a_delete():
    listings = areas(Live("HQ", 2, {}), Live("nobody", 1, {}, builtin=True), Live("0", 9, {}, builtin=True))
    assert removal("disable", listings, "2024-05-31") == {"areas": ("nobody",)}
    assert removal("resign", {}, "2024-05-31") == {
        "resigned.date": "2024-05-31",
        "resigned.type": "resigned",
        "resigned.reason": None,
        "resigned.block_attendance": True,
    }


def test_the_default_area_of_a_company_may_have_another_id():
    assert removal("disable", areas(Live("HQ", 2, {}), Live("none", 9, {}, builtin=True)), "") == {"areas": ("none",)}


@pytest.mark.parametrize("listings", [{}, areas(Live("HQ", 2, {}))])
def test_without_the_built_in_area_nobody_can_be_disabled(listings):
    with pytest.raises(LookupError, match="Not Authorized"):
        removal("disable", listings, "2024-05-31")


def test_every_system_offers_both():
    for system in SYSTEMS.values():
        assert system.removal is removal
        assert system.bindings["employee"].removals == frozenset({"delete", "forget", "disable", "resign"})


@pytest.mark.parametrize("profile", ["biotime-8.5", "utimemaster-9.0", "zkbiotime-company"])
def test_who_is_disabled_is_in_the_built_in_area_only(profile):
    with serving(profile) as (server, where):
        server.seed({**SEED, "employees": [{"code": "2", "first_name": "B", "department": "A", "areas": ["A"]}]})
        with writing(where) as writer:
            person = live(where, "employee", "2", "areas")
            listings = {"area": Listing("area", {"1": live(where, "area", "1")})}
            assert one(writer, update("employee", person, removal("disable", listings, ""))).status is Status.DONE
            assert live(where, "employee", "2", "areas").values == {"areas": ("1",)}
