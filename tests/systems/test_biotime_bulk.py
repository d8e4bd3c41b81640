"""Many employees in one call, where the system has it, and one call each where the server then turns out not to."""

import pytest
from biotime_helpers import create, listed, serving, target, update, values_of, writing

from reconciler.model.outcome import Status
from reconciler.model.secret import Secret
from reconciler.simulator import Fault
from reconciler.systems.biotime.bulk import batch_key
from reconciler.systems.biotime.dialects import DIALECTS

BIOTIME, UTIMEMASTER, ZKBIOTIME = DIALECTS
COUNT = 7
SEED = {
    "departments": [{"code": "A", "name": "A"}, {"code": "B", "name": "B"}],
    "areas": [{"code": "A", "name": "A"}, {"code": "B", "name": "B"}],
    "employees": [{"code": str(number), "department": "A", "areas": ["A"]} for number in range(COUNT)],
}
LEAVING = {
    "resigned.date": "2024-05-31",
    "resigned.type": "quit",
    "resigned.reason": None,
    "resigned.block_attendance": True,
}
PATHS = ("department", "areas", "mobile", *LEAVING)


def changes(where, values, *paths):
    people = listed(where, "employee", *(paths or PATHS)).objects
    return [update("employee", person, values) for person in people.values()]


def call(server):
    return [(entry.path, entry.body) for entry in server.journal.entries("POST", "/personnel/*")]


@pytest.mark.parametrize(
    ("values", "path", "body"),
    [
        ({"department": "B"}, "adjust_department/", {"department": 3}),
        ({"areas": ("A", "B")}, "adjust_area/", {"areas": [2, 3]}),
        (LEAVING, "adjust_regsin/", {"resign_date": "2024-05-31", "resign_type": 1, "disableatt": True}),
    ],
)
def test_what_is_the_same_for_many_is_one_call(values, path, body):
    with serving("zkbiotime") as (server, where):
        server.seed(SEED)
        with writing(where) as writer:
            wanted = changes(where, values)
            assert len({writer.batch(change) for change in wanted}) == 1
            assert {outcome.status for outcome in writer.write(wanted)} == {Status.DONE}
        after = values_of(where, "employee", *values)
    assert call(server) == [("/personnel/api/employees/" + path, {"employees": list(range(1, COUNT + 1)), **body})]
    assert server.calls("PUT") == 0
    assert after == {str(number): values for number in range(COUNT)}


@pytest.mark.parametrize(
    "values",
    [{"mobile": "5"}, {"department": "B", "mobile": "5"}, {"department": "B", "areas": ("B",)}, {"card": Secret("5")}],
    ids=str,
)
def test_other_changes_have_no_call_for_many(values):
    with serving("zkbiotime") as (server, where):
        server.seed(SEED)
        change = changes(where, values)[0]
    assert batch_key(ZKBIOTIME, change) is None


def test_units_creates_renames_and_who_is_back_have_no_call_for_many():
    with serving("zkbiotime") as (server, where):
        server.seed(SEED)
        person = listed(where, "employee", *PATHS).objects["1"]
        area = listed(where, "area", "name").objects["A"]
    person.values.update(LEAVING)
    for change in (
        create("employee", "99", {"department": "B"}),
        update("area", area, {"name": "B"}),
        update("employee", person, {"department": "B"}, key="77"),
        update("employee", person, dict.fromkeys(LEAVING)),
        update("employee", person, {"resigned.date": "2024-06-30"}),
    ):
        assert batch_key(ZKBIOTIME, change) is None


@pytest.mark.parametrize("dialect", [BIOTIME, UTIMEMASTER], ids=lambda dialect: dialect.name)
def test_dialects_whose_manuals_have_no_such_calls(dialect):
    with serving("zkbiotime") as (server, where):
        server.seed(SEED)
        for values in ({"department": "B"}, {"areas": ("B",)}, LEAVING):
            assert batch_key(dialect, changes(where, values)[0]) is None


def test_different_values_are_different_batches():
    with serving("zkbiotime") as (server, where):
        server.seed(SEED)
        keys = [batch_key(ZKBIOTIME, changes(where, {"department": code})[0]) for code in ("A", "B")]
        keys.append(batch_key(ZKBIOTIME, changes(where, {"areas": ("A",)})[0]))
    assert len(set(keys)) == 3


@pytest.mark.parametrize(
    "fault",
    [{"effect": "status", "status": 500}, {"effect": "html"}, {"effect": "status", "status": 404}],
    ids=["500", "page", "404"],
)
@pytest.mark.parametrize("values", [{"areas": ("B",)}, {"department": "B"}, LEAVING], ids=min)
def test_a_server_without_the_call_gets_one_each_and_is_not_asked_again(fault, values):
    with serving("zkbiotime") as (server, where):
        server.seed(SEED)
        with writing(target(where.url, where.system, retries=3)) as writer:
            wanted = changes(where, values)
            server.faults.add(Fault(path="adjust_", **fault))
            assert {outcome.status for outcome in writer.write(wanted)} == {Status.DONE}
            assert writer.batch(wanted[0]) is None
        after = values_of(where, "employee", *values)
    assert after == {str(number): values for number in range(COUNT)}
    assert server.calls("POST", "*adjust_*") == 1


@pytest.mark.parametrize("values", [{"areas": ("B",)}, {"department": "B"}], ids=min)
def test_a_call_that_was_lost_for_good_is_not_made_again_for_each(values):
    with serving("zkbiotime") as (server, where):
        server.seed(SEED)
        with writing(where) as writer:
            wanted = changes(where, values)
            server.faults.add(Fault(path="adjust_", effect="drop"))
            outcomes = writer.write(wanted)
            assert writer.batch(wanted[0]) is not None
    assert {(outcome.status, outcome.diagnostic.code) for outcome in outcomes} == {(Status.UNKNOWN, "RC0702")}
    assert server.calls("PUT") == 0


@pytest.mark.parametrize("commit", [True, False])
def test_resignations_that_were_lost_are_looked_up(commit):
    with serving("zkbiotime") as (server, where):
        server.seed(SEED)
        with writing(where) as writer:
            wanted = changes(where, LEAVING)
            server.faults.add(Fault(path="adjust_", effect="drop", commit=commit))
            server.journal.clear()
            assert {outcome.status for outcome in writer.write(wanted)} == {Status.DONE}
        assert server.calls("GET", "*resigns/") == 1
        assert values_of(where, "employee", *LEAVING) == {str(number): LEAVING for number in range(COUNT)}
    assert len(server.rows("resigns")) == COUNT


def test_resignations_that_can_not_be_looked_up_are_not_known():
    with serving("zkbiotime") as (server, where):
        server.seed(SEED)
        with writing(where) as writer:
            wanted = changes(where, LEAVING)
            server.faults.add(Fault(path="adjust_", effect="drop"), Fault(path="resigns", effect="drop"))
            server.journal.clear()
            outcomes = writer.write(wanted)
    assert {outcome.status for outcome in outcomes} == {Status.UNKNOWN}
    assert server.calls("*", "/personnel/*") == 2


def test_one_bad_apple_does_not_spoil_the_batch():
    with serving("zkbiotime") as (server, where):
        server.seed(SEED)
        with writing(where) as writer:
            wanted = changes(where, {"department": "B"})
            server.load({**server.dump(), "tables": without_employee(server, 3)})
            outcomes = writer.write(wanted)
        after = values_of(where, "employee", "department")
    assert [outcome.status for outcome in outcomes].count(Status.DONE) == COUNT - 1
    assert outcomes[2].status is Status.FAILED
    assert {values["department"] for values in after.values()} == {"B"}


def without_employee(server, number):
    tables = dict(server.dump()["tables"])
    tables["employees"] = [row for row in tables["employees"] if row["id"] != number]
    return tables


def test_a_login_that_is_refused_ends_the_batch_at_once():
    with serving("zkbiotime") as (server, where):
        server.seed(SEED)
        with writing(where) as writer:
            wanted = changes(where, {"department": "B"})
            server.journal.clear()
            server.faults.add(Fault(effect="status", status=400, path="auth"))
            outcomes = writer.write(wanted)
    assert [outcome.diagnostic.code for outcome in outcomes] == ["RC0503"] * COUNT
    assert server.calls() == 1
