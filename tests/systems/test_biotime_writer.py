"""Single changes: what is sent, what a server's answer means, and what the user is told."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from biotime_helpers import (
    PASSWORD,
    SPAN,
    create,
    delete,
    live,
    serving,
    target,
    task,
    update,
    values_of,
    writing,
)

from reconciler.model.objects import Live
from reconciler.model.outcome import Status
from reconciler.model.secret import Secret
from reconciler.simulator import Fault
from reconciler.systems.biotime import SYSTEMS
from reconciler.systems.biotime.auth import authentication
from reconciler.systems.biotime.dialects import DIALECTS
from reconciler.systems.biotime.writer import BioTimeWriter
from reconciler.transport.http import open_writer
from reconciler.transport.retry import Timing

SEED = {
    "departments": [{"code": "A", "name": "A"}, {"code": "B", "name": "B"}],
    "areas": [{"code": "A", "name": "A"}, {"code": "B", "name": "B"}],
    "employees": [
        {"code": "1", "first_name": "Ana", "department": "A", "areas": ["A"], "card_no": "47110815"},
        {"code": "10", "first_name": "Ben", "department": "A", "areas": ["A", "B"]},
    ],
}
PERSON = {"department": "A", "areas": ("A",), "first_name": "Eva"}


def sent(server, method):
    """The decoded bodies of the writes of `method`."""
    return [entry.body for entry in server.journal.entries(method, "/personnel/*")]


def one(writer, change):
    (outcome,) = writer.write([change])
    return outcome


def test_an_update_sends_only_what_differs():
    with serving() as (server, where):
        server.seed(SEED)
        with writing(where) as writer:
            one(writer, update("employee", live(where, "employee", "1", "mobile"), {"mobile": "5", "department": "B"}))
    assert sent(server, "PATCH") == [{"mobile": "5", "department": 3}]


def test_put_repeats_what_it_wants_from_the_change():
    with serving("zkbiotime") as (server, where):
        server.seed(SEED)
        with writing(where) as writer:
            person = live(where, "employee", "10", "mobile", "department", "areas")
            server.journal.clear()
            change = update("employee", person, {"mobile": "5", "department": "A", "areas": ("A", "B")})
            assert one(writer, change).status is Status.DONE
    assert sent(server, "PUT") == [{"emp_code": "10", "department": 2, "area": [2, 3], "mobile": "5"}]
    assert server.calls("GET", "*employees*") == 0


@pytest.mark.parametrize(
    ("system", "updates", "calls"), [("zkbiotime", "patch", ("PUT", "PATCH")), ("biotime", "put", ("PATCH", "PUT"))]
)
def test_a_server_that_takes_the_other_method_is_asked_once(system, updates, calls):
    with serving(updates=updates) as (server, where):
        server.seed(SEED)
        with writing(target(where.url, system)) as writer:
            for code in ("1", "10"):
                change = update("employee", live(where, "employee", code, "mobile"), {"mobile": "5"})
                assert one(writer, change).status is Status.DONE
    assert [server.calls(method, "/personnel/*") for method in calls] == [1, 2]


def test_a_server_that_takes_no_updates_at_all():
    with serving() as (server, where):
        server.seed(SEED)
        server.faults.add(*(Fault(effect="status", status=405, method=method) for method in ("PATCH", "PUT")))
        with writing(where) as writer:
            person = live(where, "employee", "1", "mobile")
            outcomes = [one(writer, update("employee", person, {"mobile": "5"})) for _ in range(2)]
    assert {(outcome.status, outcome.diagnostic.code) for outcome in outcomes} == {(Status.FAILED, "RC0701")}
    assert [server.calls(method, "/personnel/*") for method in ("PATCH", "PUT")] == [1, 2]


def test_put_reads_the_object_for_what_the_files_do_not_manage():
    with serving("zkbiotime") as (server, where):
        server.seed(SEED)
        with writing(where) as writer:
            person = live(where, "employee", "10", "mobile")
            assert one(writer, update("employee", person, {"mobile": "5"})).status is Status.DONE
    assert sent(server, "PUT") == [{"emp_code": "10", "department": 2, "area": [2, 3], "mobile": "5"}]


def test_put_keeps_the_areas_it_must_repeat_while_codes_are_exchanged():
    with serving("zkbiotime") as (server, where):
        server.seed(SEED)
        ana = live(where, "employee", "1", "mobile")
        a, b = (live(where, "area", code) for code in ("A", "B"))
        with writing(where) as writer:
            for now, key in ((a, "T"), (b, "A"), (Live("T", a.id, {}), "B"), (ana, None)):
                values = {} if key else {"mobile": "5"}
                change = update("area" if key else "employee", now, values, key=key)
                assert one(writer, change).status is Status.DONE
        assert server.rows("employees")[0]["area"] == [a.id]
        assert values_of(where, "employee", "areas")["1"] == {"areas": ("B",)}


def test_companies_are_named_in_every_write():
    with serving("zkbiotime-company") as (server, where):
        server.seed({**SEED, "company": [{"code": "B", "name": "Branch"}]})
        owner = target(where.url, where.system, company="1")
        with writing(owner) as writer:
            assert one(writer, create("area", "C", {"name": "C"})).status is Status.DONE
            person = live(owner, "employee", "1", "mobile", "department", "areas")
            assert one(writer, update("employee", person, {"mobile": "5"})).status is Status.DONE
    assert sent(server, "POST")[-1] == {"area_code": "C", "area_name": "C", "company": 1}
    assert sent(server, "PUT") == [{"emp_code": "1", "department": 2, "area": [2], "mobile": "5", "company": 1}]


def test_a_patch_names_company_and_department_together():
    with serving("zkbiotime-company", updates="patch") as (server, where):
        server.seed(SEED)
        owner = target(where.url, "utimemaster", company="1")
        with writing(owner) as writer:
            person = live(owner, "employee", "1", "mobile", "department", "areas")
            assert one(writer, update("employee", person, {"mobile": "5"})).status is Status.DONE
            assert one(writer, update("area", live(owner, "area", "B", "name"), {"name": "N"})).status is Status.DONE
    assert sent(server, "PATCH") == [
        {"department": 2, "mobile": "5", "company": 1},
        {"area_name": "N", "company": 1},
    ]


@pytest.mark.parametrize(
    ("switches", "listings"),
    [({}, 0), ({"create_id": False}, 1), ({"position_create_echo": True}, 1), ({"create_answer": "empty"}, 1)],
)
def test_ids_that_were_not_told_are_looked_up_once(switches, listings):
    with serving(**switches) as (server, where):
        with writing(where) as writer:
            server.journal.clear()
            for number in range(10):
                assert one(writer, create("position", f"P{number}", {"name": "x"})).status is Status.DONE
            for number in range(10):
                values = {"name": "x", "parent": f"P{number}"}
                assert one(writer, create("position", f"C{number}", values)).status is Status.DONE
        assert server.calls("GET", "/personnel/api/positions/") == listings
        parents = {key: values["parent"] for key, values in values_of(where, "position", "parent").items()}
    assert parents == {**{f"P{n}": None for n in range(10)}, **{f"C{n}": f"P{n}" for n in range(10)}}


def test_threads_share_one_look_up():
    with serving(create_id=False) as (server, where):
        server.seed(SEED)
        with writing(where) as writer:
            for number in range(8):
                one(writer, create("department", f"D{number}", {"name": "x"}))
            server.journal.clear()
            wanted = [
                create("employee", f"E{number}", {**PERSON, "department": f"D{number % 8}"}) for number in range(40)
            ]
            with ThreadPoolExecutor(8) as pool:
                outcomes = list(pool.map(lambda change: one(writer, change), wanted))
        assert {outcome.status for outcome in outcomes} == {Status.DONE}
        assert [outcome.address.key for outcome in outcomes] == [f"E{number}" for number in range(40)]
        assert server.calls("GET", "*departments/") == 1
        people = values_of(where, "employee", "department")
    assert all(people[f"E{number}"] == {"department": f"D{number % 8}"} for number in range(40))


def test_a_reference_to_what_is_not_there():
    with serving() as (server, where), writing(where) as writer:
        outcome = one(writer, create("employee", "1", {**PERSON, "areas": ("A",), "department": "1"}))
    assert (outcome.status, outcome.diagnostic.code) == (Status.FAILED, "RC0302")
    assert outcome.diagnostic.detail == "The target has no area A. Declare it, or refer to another."
    assert server.calls("POST", "/personnel/*") == 0


def test_a_refusal_is_told_in_the_words_of_the_files():
    with serving() as (server, where):
        server.seed(SEED)
        with writing(where) as writer:
            outcome = one(writer, create("employee", "2", {**PERSON, "mobile": "5" * 21, "contact_phone": "6" * 21}))
    diagnostic = outcome.diagnostic
    assert (outcome.status, outcome.duplicate) == (Status.FAILED, False)
    assert (diagnostic.code, diagnostic.address, diagnostic.source) == ("RC0701", "hq/employee/2", SPAN)
    assert diagnostic.detail == (
        "The target refused to create the employee: "
        '`contact_phone`: "Ensure this field has no more than 20 characters."; '
        '`mobile`: "Ensure this field has no more than 20 characters.".'
    )


@pytest.mark.parametrize("profile", ["biotime-8.5", "utimemaster-9.5", "zkbiotime", "zkbiotime-company"])
@pytest.mark.parametrize("kind", ["department", "area", "position", "employee"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_code_that_is_taken_is_a_duplicate(profile, kind, language):
    values = PERSON if kind == "employee" else {"name": "A"}
    with serving(profile, language=language) as (server, where):
        server.seed({**SEED, "positions": [{"code": "A", "name": "A"}]})
        with writing(where) as writer:
            outcome = one(writer, create(kind, "1" if kind == "employee" else "A", values))
    assert (outcome.status, outcome.duplicate, outcome.diagnostic.code) == (Status.FAILED, True, "RC0701")


def test_another_field_that_is_taken_is_no_duplicate():
    with serving(card_unique=True) as (server, where):
        server.seed(SEED)
        with writing(where) as writer:
            outcome = one(writer, create("employee", "2", {**PERSON, "card": Secret("47110815")}))
    assert (outcome.status, outcome.duplicate) == (Status.FAILED, False)
    assert outcome.diagnostic.detail.startswith("The target refused to create the employee: `card`:")


@pytest.mark.parametrize(
    ("fault", "status", "code", "made"),
    [
        (Fault(effect="drop", method="POST", path="employees"), Status.UNKNOWN, "RC0702", 0),
        (Fault(effect="drop", method="POST", path="employees", commit=True), Status.UNKNOWN, "RC0702", 1),
        (Fault(effect="truncate", method="POST", path="employees"), Status.UNKNOWN, "RC0702", 1),
        (Fault(effect="html", method="POST", path="employees"), Status.UNKNOWN, "RC0702", 0),
        (Fault(effect="status", status=500, method="POST", path="employees"), Status.UNKNOWN, "RC0702", 0),
        (Fault(effect="status", status=429, method="POST", path="employees"), Status.FAILED, "RC0507", 0),
    ],
    ids=["dropped", "dropped-after", "truncated", "page", "500", "busy"],
)
def test_a_create_whose_outcome_is_not_known_is_not_repeated(fault, status, code, made):
    with serving() as (server, where):
        server.seed(SEED)
        with writing(target(where.url, retries=0 if status is Status.FAILED else 3)) as writer:
            server.faults.add(fault)
            outcome = one(writer, create("employee", "2", {**PERSON, "card": Secret("99887766")}))
        people = server.rows("employees")
    assert (outcome.status, outcome.diagnostic.code, outcome.duplicate) == (status, code, False)
    assert len(people) == 2 + made
    assert server.calls("POST", "*employees/") == 1
    assert "99887766" not in repr(outcome)
    assert "Traceback" not in outcome.diagnostic.detail


def test_updates_and_deletes_are_repeated():
    with serving() as (server, where):
        server.seed(SEED)
        ana, ben = (live(where, "employee", code, "mobile") for code in ("1", "10"))
        patient = target(where.url, retries=1)
        with open_writer(patient, authentication(patient), Timing(sleep=lambda seconds: None)) as http:
            writer = BioTimeWriter(http, DIALECTS[0], patient, {})
            server.faults.add(Fault(effect="drop", method="PATCH", count=1, commit=True))
            server.faults.add(Fault(effect="drop", method="DELETE", count=1, commit=True))
            assert one(writer, update("employee", ana, {"mobile": "5"})).status is Status.DONE
            assert one(writer, delete("employee", ben)).status is Status.DONE  # the second try finds nothing
        assert values_of(where, "employee", "mobile") == {"1": {"mobile": "5"}}


def test_a_writer_that_is_told_to_stop_repeats_nothing():
    stop = Event()
    stop.set()
    with serving() as (server, where):
        server.seed(SEED)
        ana = live(where, "employee", "1", "mobile")
        server.faults.add(Fault(effect="status", status=429, retry_after=60, method="PATCH"))
        with SYSTEMS[where.system].writer(task(target(where.url, retries=1), stop=stop)) as writer:
            outcome = one(writer, update("employee", ana, {"mobile": "5"}))
        assert (outcome.status, outcome.diagnostic.code) == (Status.FAILED, "RC0507")
        assert server.calls("PATCH") == 1


def test_whether_there_are_companies_is_asked_again_when_it_could_not_be_told():
    with serving("zkbiotime-company") as (server, where):
        server.seed(SEED)
        with SYSTEMS[where.system].writer(task(target(where.url, where.system, company="1"))) as writer:
            server.faults.add(Fault(effect="status", status=500, method="GET", count=1))
            first = one(writer, create("area", "C", {"name": "C"}))
            again = one(writer, create("area", "C", {"name": "C"}))
    assert (first.status, first.diagnostic.code) == (Status.FAILED, "RC0506")
    assert again.status is Status.DONE
    assert sent(server, "POST") == [{"area_code": "C", "area_name": "C", "company": 1}]


def test_an_envelope_that_says_no():
    with serving() as (server, where):
        server.seed(SEED)
        ana = live(where, "employee", "1", "mobile")
        with writing(where) as writer:
            server.faults.add(Fault(effect="code", method="PATCH"))
            outcome = one(writer, update("employee", ana, {"mobile": "5"}))
    assert (outcome.status, outcome.diagnostic.code) == (Status.FAILED, "RC0701")
    assert outcome.diagnostic.detail == 'The target refused to change the employee: "The operation failed.".'


@pytest.mark.parametrize(
    ("mode", "status", "code"), [("detail", "failed", "RC0701"), ("forbidden", "failed", "RC0504")]
)
def test_a_delete_that_is_refused(mode, status, code):
    with serving(delete_in_use=mode) as (server, where):
        server.seed(SEED)
        with writing(where) as writer:
            outcome = one(writer, delete("department", live(where, "department", "A")))
    assert (outcome.status, outcome.diagnostic.code) == (status, code)
    assert "The object is in use and can not be deleted." in outcome.diagnostic.detail
    assert "licence" not in outcome.diagnostic.detail


@pytest.mark.parametrize("profile", ["biotime-8.5", "zkbiotime", "zkbiotime-company"])
@pytest.mark.parametrize("kind", ["department", "area", "employee"])
def test_a_rename_keeps_the_object(profile, kind):
    old = "1" if kind == "employee" else "B"
    path = "first_name" if kind == "employee" else "name"
    with serving(profile) as (server, where):
        server.seed(SEED)
        now = live(where, kind, old, path, "department", "areas")
        with writing(where) as writer:
            server.journal.clear()
            outcome = one(writer, update(kind, now, {path: "New"}, key="NEW"))
            assert (outcome.status, outcome.id) == (Status.DONE, now.id)
            assert server.calls("GET", f"*s/{now.id}/") == 1
            if kind == "department":  # whoever refers to it under its new code
                assert one(writer, create("employee", "3", {**PERSON, "department": "NEW"})).status is Status.DONE
        after = live(where, kind, "NEW", path)
    assert (after.id, after.values) == (now.id, {path: "New"})


@pytest.mark.parametrize(("kind", "old"), [("department", "B"), ("employee", "1")])
def test_a_code_that_is_kept_silently_is_found(kind, old):
    with serving("utimemaster-9.5") as (server, where):
        server.seed(SEED)
        with writing(where) as writer:
            outcome = one(writer, update(kind, live(where, kind, old), {}, key="NEW"))
    assert (outcome.status, outcome.diagnostic.code) == (Status.FAILED, "RC0703")
    assert (outcome.diagnostic.address, outcome.diagnostic.source) == (f"hq/{kind}/NEW", SPAN)
    assert f"its code is still {old}" in outcome.diagnostic.detail


def test_a_rename_that_could_not_be_looked_at_is_not_known():
    with serving() as (server, where):
        server.seed(SEED)
        now = live(where, "area", "B")
        with writing(where) as writer:
            server.faults.add(Fault(effect="status", status=500, method="GET", path="areas/3/"))
            outcome = one(writer, update("area", now, {}, key="NEW"))
        assert server.calls("PATCH") == 1
    assert (outcome.status, outcome.diagnostic.code) == (Status.UNKNOWN, "RC0702")


@pytest.mark.parametrize("match", ["exact", "prefix", "contains"])
def test_find_gives_the_object_with_exactly_this_key(match):
    with serving(filter_match=match, page_size_max=2) as (server, where):
        server.seed({"employees": [{"code": code, "first_name": code} for code in ("100", "010", "101", "10", "1")]})
        with writing(where) as writer:
            assert writer.find("employee", "10", ("first_name",)) == Live("10", 4, {"first_name": "10"})
            assert writer.find("employee", "0", ("first_name",)) is None
            assert writer.find("department", "1", ("name",)) == Live("1", 1, {"name": "Department"}, builtin=True)


def test_find_with_resignations_asks_for_this_person_only():
    with serving() as (server, where):
        server.seed(SEED)
        with writing(where) as writer:
            server.journal.clear()
            assert writer.find("employee", "10", ("resigned.date",)) == Live("10", 2, {"resigned.date": None})
    assert [entry.query for entry in server.journal.entries("GET", "*resigns/")] == [
        "employee=2&page_size=1000&limit=1000&ordering=id"
    ]


def test_no_secret_is_told_even_if_the_server_repeats_it():
    with serving() as (server, where):
        server.seed(SEED)
        person = live(where, "employee", "1", "card", "device_password")
        with writing(where) as writer:
            server.faults.add(Fault(effect="status", status=500, method="PATCH"))
            change = update("employee", person, {"device_password": Secret("55667788")})
            outcomes = [one(writer, change)]
            server.faults.clear()
            outcomes.append(one(writer, update("employee", person, {"card": Secret("9" * 21)})))
    told = json.dumps([repr(outcome) for outcome in outcomes])
    assert all(secret not in told for secret in ("55667788", "9" * 21, "47110815", PASSWORD))
