"""Listings of whole servers: what is asked, what comes out, and what makes a listing unknown."""

import msgspec
import pytest
from cvsecurity_reading import (
    EDITIONS,
    READABLE,
    SITE,
    SPAN,
    TOKEN,
    calls,
    listed,
    reading,
    remembering,
    serving,
    silent,
    target,
    wanting,
    writing,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.model.objects import Live
from reconciler.model.secret import Secret
from reconciler.simulator import Fault
from reconciler.systems.base import Aim
from reconciler.systems.cvsecurity import codecs
from reconciler.systems.cvsecurity.decode import People
from reconciler.systems.cvsecurity.facts import Facts, facts_of
from reconciler.systems.cvsecurity.paging import read_rows
from reconciler.systems.cvsecurity.reader import CvSecurityReader
from reconciler.systems.cvsecurity.wire import ATTENDANCE, DEPARTMENT, LEAVE, PERSON, VEHICLE, Feature, Module
from reconciler.transport.failure import Failure, Sent

PEOPLE_LIST = "v2/person/getPersonList"

ANA = {
    "first_name": "Ana",
    "last_name": "Silva",
    "department": "21",
    "gender": "female",
    "birthday": "1990-01-31",
    "hire_date": "2019-06-10",
    "email": "ana@example.org",
    "mobile": "1512",
    "ssn": "111",
    "card": Secret("100"),
    "extra_cards": Secret("200,300"),
    "device_password": Secret("123"),
    "valid.from": "2024-01-01",
    "valid.until": "2024-12-31T18:30:00",
    "cvsecurity.plate": "A12345",
    "cvsecurity.certificate.type": 2,
    "cvsecurity.certificate.number": Secret("X9"),
    "cvsecurity.disabled": True,
    "access_levels": ("Lobby", "Vault"),
}
BEN = {
    **dict.fromkeys(READABLE),
    "first_name": "Ben",
    "department": "2",
    "cvsecurity.disabled": False,
    "access_levels": (),
}


@pytest.mark.parametrize("edition", EDITIONS)
def test_people(edition):
    with serving(edition) as (server, where):
        server.seed(SITE)
        listing = listed(where, "employee")
    assert listing.problem is None
    assert listing.objects == {"007": Live("007", "a1", ANA), "2": Live("2", "b2", BEN)}


@pytest.mark.parametrize(
    "switches",
    [
        {"person_blank": "null"},
        {"person_blank": "empty"},
        {"person_blank": "text"},
        {"person_disabled": "null"},
        {"person_gender": "word"},
        {"person_order": "newest"},
        {"person_photos": False},
        {"list_parameters": "body"},
        {"list_parameters": "query"},
        {"page_base": 1, "size_member": "returned"},
        {"success_code": 1, "message_member": "msg", "message_language": "zh"},
    ],
    ids=str,
)
def test_people_are_the_same_however_a_server_shows_them(switches):
    with serving(**switches) as (server, where):
        server.seed(SITE)
        listing = listed(where, "employee")
    assert (listing.problem, listing.objects) == (None, {"007": Live("007", "a1", ANA), "2": Live("2", "b2", BEN)})


def test_only_what_is_asked_for_is_kept():
    with serving() as (server, where):
        server.seed(SITE)
        listing = listed(where, "employee", "email", "privilege", "photo", "resigned.date", "nickname")
    assert {key: live.values for key, live in listing.objects.items()} == {
        "007": {"email": "ana@example.org"},
        "2": {"email": None},
    }


@pytest.mark.parametrize(
    ("rows", "given"),
    [
        ("full", {"first_name", "last_name", "department", "gender", "card", "email", "mobile", "access_levels"}),
        ("manual", {"first_name", "last_name", "department", "gender", "card"}),
    ],
)
def test_the_older_list_gives_fewer_fields_and_the_others_are_unknown(rows, given):
    """Where the paged list is missing; what a row lacks is not given, which is not the same as empty."""
    with serving(person_v1=rows) as (server, where):
        server.seed(SITE)
        server.faults.add(Fault(effect="status", status=404, path=PEOPLE_LIST))
        listing = listed(where, "employee")
        asked = [path for _, path, _ in calls(server) if "PersonList" in path]
    known = {**ANA, "cvsecurity.disabled": True}
    wanted = given | ({"cvsecurity.disabled"} if rows == "full" else set())
    assert listing.objects["007"] == Live("007", "007", {path: known[path] for path in READABLE if path in wanted})
    assert facts_of({"employee": listing}).lacks == {Feature.PERSON_LIST}
    assert asked == [PEOPLE_LIST, "person/getPersonList", "person/getPersonList"]  # until a page is empty


def test_a_level_that_is_not_listed_shows_as_its_id():
    people = People(("access_levels",), Facts(levels={"door": {"Lobby": "L1"}}))
    people.take([{"pin": 1, "accLevelIds": "L9, L1"}, {"pin": "2", "accLevelIds": None}, {"pin": "3"}])
    assert people.lives == [
        Live("1", "1", {"access_levels": ("#L9", "Lobby")}),
        Live("2", "2", {"access_levels": ()}),
        Live("3", "3", {}),
    ]


def test_without_the_module_of_access_its_fields_are_unknown():
    with serving(modules=()) as (server, where):
        server.seed({"persons": [{"id": "a1", "pin": "1", "name": "Ana"}]})
        listing = listed(where, "employee", "first_name", "valid.from", "valid.until", "access_levels")
    assert listing.objects == {"1": Live("1", "a1", {"first_name": "Ana"})}


def test_departments_by_their_list():
    with serving() as (server, where):
        server.seed(SITE)
        listing = listed(where, "department")
        asked = calls(server)
    assert listing.objects == {
        "1": Live("1", "1", {"name": "Department Name", "parent": None}, builtin=True),
        "2": Live("2", "2", {"name": "Operations", "parent": "1"}),
        "21": Live("21", "21", {"name": "Night", "parent": "2"}),
    }
    assert asked == [("GET", "department/get/1", 200), ("POST", "department/getDepartmentList", 200)]


@pytest.mark.parametrize("missing", ["status", "code"])
def test_departments_one_by_one_are_those_of_files_and_state(missing):
    aim = wanting(
        department={"21": {"parent": "2"}, "90": {"name": "New"}},
        employee={"007": {"department": "33"}},
    )
    aim = Aim(aim.desired, remembering("department", "40"))
    seen: list[tuple[str, int, int | None]] = []
    with serving("cvsecurity-1.0", missing_route=missing) as (server, where):
        server.seed({"departments": [*SITE["departments"], {"code": "40", "name": "Old"}, {"code": "5", "name": "X"}]})
        with reading(where, aim) as reader:
            listing = reader.list("department", ("name", "parent"), lambda *told: seen.append(told))
        asked = [path for _, path, _ in calls(server) if path.startswith("department/get/")]
    assert listing.objects == {
        "1": Live("1", "1", {"name": "Department Name", "parent": None}, builtin=True),
        "2": Live("2", "2", {"name": "Operations", "parent": "1"}),
        "21": Live("21", "21", {"name": "Night", "parent": "2"}),
        "40": Live("40", "40", {"name": "Old", "parent": "1"}),
    }
    assert [path.rpartition("/")[2] for path in asked if not path.endswith("/1")] == ["2", "21", "33", "40", "90"]
    assert seen == [("department", number, 5) for number in range(1, 6)]
    assert facts_of({"department": listing}).lacks == {Feature.DEPARTMENT_LIST}


def test_departments_one_by_one_are_only_those_that_are_wanted():
    aim = wanting(department={"2": {}, "21": {}})
    with serving("cvsecurity-1.0") as (server, where):
        server.seed(SITE)
        listing = listed(where, "department", aim=msgspec.structs.replace(aim, only=frozenset({("department", "21")})))
    assert sorted(listing.objects) == ["1", "21"]


def test_departments_one_by_one_are_those_of_people_and_above_where_nothing_is_asked_for():
    """As for export."""
    with serving("cvsecurity-1.0") as (server, where):
        server.seed({"departments": [*SITE["departments"], {"code": "5", "name": "Empty"}]})
        server.seed({"persons": [{"pin": "1", "department": "21"}, {"pin": "2"}]})
        listing = listed(where, "department", aim=Aim(everything=True))
    assert (listing.problem, sorted(listing.objects)) == (None, ["1", "2", "21"])


def test_a_department_whose_code_can_not_stand_in_an_address_is_not_taken_for_absent():
    with serving("cvsecurity-1.0") as (_, where):
        listing = listed(where, "department", aim=wanting(department={"A/B": {}}))
    assert listing.objects == {}
    assert listing.problem.code == "RC0601"
    assert listing.problem.detail == (
        "The department A/B can't be looked up: this edition of the server takes codes only as a part of an address, "
        "where / and ; and the like can't stand. Give the department another code."
    )


def test_areas():
    with serving() as (server, where):
        server.seed({"areas": [{"id": "x1", "code": "HQ", "name": "Headquarters"}]})
        listing = listed(where, "area")
        generic = server.rows("areas")[0]["id"]
    assert listing.objects == {
        "1": Live("1", generic, {"name": "Area Name"}, builtin=True),
        "HQ": Live("HQ", "x1", {"name": "Headquarters"}, builtin=True),
    }
    assert facts_of({"area": listing}).areas == ("1", "HQ")


def test_access_levels_of_all_controls():
    with serving() as (server, where):
        server.seed(SITE)
        general = server.rows("door_levels")[0]["id"]
        others = {name: server.rows(f"{name}_levels")[0]["id"] for name in ("elevator", "entrance")}
        listing = listed(where, "access_level")
    assert (listing.problem, listing.duplicates) == (None, frozenset())
    assert listing.objects == {
        "General": Live("General", general, {"control": "door"}, builtin=True),
        "Lobby": Live("Lobby", "L1", {"control": "door"}, builtin=True),
        "Vault": Live("Vault", "L2", {"control": "door"}, builtin=True),
        "Lift": Live("Lift", "E1", {"control": "elevator"}, builtin=True),
        "Gate": Live("Gate", "P1", {"control": "entrance"}, builtin=True),
    }
    assert facts_of({"access_level": listing}).levels == {
        "door": {"General": general, "Lobby": "L1", "Vault": "L2"},
        "elevator": {"General": others["elevator"], "Lift": "E1"},
        "entrance": {"General": others["entrance"], "Gate": "P1"},
    }


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault(effect="status", status=502, path="eleLevel/list"), "access_level"),
        (Fault(effect="html", path="eleLevel/list"), "access_level"),
        (Fault(effect="code", path="eleLevel/list"), "access_level"),
        (Fault(effect="code", code="-40", path="eleLevel/list"), "access_level"),
        (Fault(effect="code", path="attAreaPerson/area/list"), "area"),
        (Fault(effect="cut", path="eleLevel/list"), "access_level"),
        (Fault(effect="code", path="department/getDepartmentList"), "department"),
        (Fault(effect="code", path=PEOPLE_LIST), "employee"),
        (Fault(effect="garbage", path=PEOPLE_LIST), "employee"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.effect + value.code,
)
def test_a_list_that_fails_is_unknown_and_no_missing_module(fault, kind):
    with serving() as (server, where):
        server.seed(SITE)
        server.faults.add(fault)
        listing = listed(where, kind)
    assert listing.objects == {}
    assert listing.problem.code in {"RC0505", "RC0506", "RC0602"}
    assert listing.problem.source == SPAN
    assert listing.raw.lacks == frozenset()


def test_a_module_that_is_not_licensed_is_no_problem():
    for missing in ("status", "code"):
        with serving(modules=("access",), missing_route=missing) as (server, where):
            server.seed(SITE)
            with reading(where, wanting(vehicle={"A1": {}}, employee={"1": {"cvsecurity.kiosk_areas": ()}})) as reader:
                listings = {
                    kind: reader.list(kind, ("name",), silent)
                    for kind in ("area", "access_level", "employee", "vehicle")
                }
        assert [listing.problem for listing in listings.values()] == [None] * 4
        assert listings["area"].objects == {}
        facts = facts_of(listings)
        assert facts.lacks == set(Module) - {Module.ACCESS}
        assert (facts.areas, facts.kiosk_areas) == (None, None)


def test_vehicles_can_not_be_listed_and_their_module_is_looked_for_only_where_some_are_wanted():
    with serving() as (server, where):
        server.seed({"parking": [{"carNumber": "A1", "list": "white", "from": "2024-01-01", "to": "2024-12-31"}]})
        unwanted = listed(where, "vehicle")
        assert calls(server) == [("GET", "department/get/1", 200)]
        wanted = listed(where, "vehicle", aim=wanting(vehicle={"A1": {"list": "allow"}}))
    assert (unwanted.objects, wanted.objects) == ({}, {})
    assert (unwanted.raw.has, wanted.raw.has) == (frozenset(), {Module.PARKING})


def test_an_unchanged_server_of_10000_people_costs_its_pages_and_a_constant():
    seen: list[int] = []
    with serving() as (server, where):
        server.seed(SITE)
        server.generate(employees=9_998, departments=20)
        with reading(where) as reader:
            for kind in ("department", "area", "access_level", "employee", "vehicle"):
                listing = reader.list(kind, READABLE, lambda _, done, total: seen.append(done))
                assert listing.problem is None
        assert len(listing.objects) == 0  # vehicles
        pages = server.journal.calls("POST", "*/getPersonList")
        others = server.journal.calls() - pages
        writes = [path for method, path, _ in calls(server) if method != "GET" and not path.endswith("List")]
    assert (pages, others, writes) == (10, 7, [])
    assert seen[-10:] == [number * 1000 for number in range(1, 11)]


@pytest.mark.parametrize("change", ["insert", "delete"])
def test_a_list_that_shifts_once_is_read_again(change):
    with serving(person_order="pin") as (server, where):
        server.generate(employees=2_500)
        server.faults.add(Fault(effect="shift", change=change, path=PEOPLE_LIST, page=1, nth=1))
        listing = listed(where, "employee", "first_name")
        pins = {row["pin"] for row in server.rows("persons")}
    assert listing.problem is None
    assert listing.objects.keys() == pins


@pytest.mark.parametrize(
    ("fault", "detail"),
    [
        (
            Fault(effect="cut", path=PEOPLE_LIST),
            f"The server counts 12 rows in {PEOPLE_LIST}, and its pages held 11. It was read 3 times.",
        ),
        (
            Fault(effect="miscount", path=PEOPLE_LIST),
            f"The server counts 13 rows in {PEOPLE_LIST}, and its pages held 12. It was read 3 times.",
        ),
    ],
    ids=["cut", "miscount"],
)
def test_a_list_that_is_never_complete_is_unknown(fault, detail):
    with serving() as (server, where):
        server.generate(employees=12)
        server.faults.add(fault)
        listing = listed(where, "employee", "first_name")
    assert (listing.objects, listing.problem.code, listing.problem.detail) == ({}, "RC0602", detail)


def test_a_list_that_never_says_that_it_ends_is_complete_when_all_are_there():
    with serving() as (server, where):
        server.generate(employees=12)
        server.faults.add(Fault(effect="endless", path=PEOPLE_LIST))
        assert len(listed(where, "employee", "first_name").objects) == 12


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("rows", "it is no list of rows"),
        ({"data": []}, "it has no count of its rows"),
        ({"total": -1, "data": []}, "it has no count of its rows"),
        ({"total": 1, "data": None}, "it is no list of rows"),
        ({"total": 1, "data": ["x"]}, "it is no list of rows"),
        ([{"name": "x"}], "a row of it has no id"),
        ([{"id": " null "}], "a row of it has no id"),
    ],
    ids=str,
)
def test_an_answer_that_is_no_list(data, why):
    with pytest.raises(Failure) as raised:
        read_rows("accLevel/list", "id", lambda number: data)
    assert raised.value.code == "RC0505"
    assert raised.value.detail == (
        f"The answer for accLevel/list makes no sense: {why}. Check that the target's `url` and `system` are right."
    )


@pytest.mark.parametrize(
    ("pages", "rows"),
    [
        ([[]], []),
        ([None], []),
        ([[{"id": 1}], [{"id": 2}], []], [{"id": 1}, {"id": 2}]),
        ([{"total": "1", "data": [{"id": 1}], "lastPage": False}], [{"id": 1}]),
        ([{"total": 0, "data": None}], []),
    ],
    ids=str,
)
def test_lists_with_and_without_a_count(pages, rows):
    assert read_rows("accLevel/list", "id", lambda number: pages[number - 1]) == rows


@given(
    st.lists(
        st.tuples(st.lists(st.integers(1, 6), max_size=3), st.integers(0, 5), st.booleans()), min_size=1, max_size=4
    )
)
@settings(max_examples=50, deadline=None, derandomize=True)
def test_whatever_pages_say_a_list_is_as_long_as_it_is_counted_and_has_no_row_twice(pages):
    def fetch(number):
        ids, total, last = pages[min(number, len(pages)) - 1]
        return {"total": total, "data": [{"id": each} for each in ids], "lastPage": last, "page": 7}

    outcome: object
    try:
        outcome = [row["id"] for row in read_rows("x", "id", fetch)]
    except Failure as failure:
        outcome = (failure.code, failure.sent)
    if isinstance(outcome, list):
        assert len(outcome) == len(set(outcome)) == pages[0][1]
    else:
        assert outcome == ("RC0602", Sent.REFUSED)


def test_one_object_is_looked_up_now():
    paths = ("first_name", "department", "access_levels")
    for edition in EDITIONS:
        with serving(edition) as (server, where), writing(where) as client:
            server.seed(SITE)
            reader = CvSecurityReader(client, Aim())
            found = {
                "employee": [reader.find("employee", pin, paths) for pin in ("007", "7", "2,007")],
                "department": [reader.find("department", code, ()) for code in ("21", "22")],
                "access_level": [reader.find("access_level", name, ()) for name in ("Lift", "Left")],
            }
        assert found == {
            "employee": [
                Live("007", "a1", {"first_name": "Ana", "department": "21", "access_levels": ("Lobby", "Vault")}),
                None,
                None,
            ],
            "department": [Live("21", "21", {"name": "Night", "parent": "2"}), None],
            "access_level": [Live("Lift", "E1", {"control": "elevator"}, builtin=True), None],
        }


def test_a_few_people_are_looked_up_in_few_calls():
    with serving() as (server, where), reading(where) as reader:
        server.generate(employees=250)
        pins = [row["pin"] for row in server.rows("persons")]
        found = reader.people([*pins, "nobody"], ("first_name",))
        assert sorted(found) == sorted(pins)
        assert server.journal.calls("POST", "*/getPersonList") == 3


def test_a_level_that_was_just_made_is_found():
    with serving() as (server, where), writing(where) as client:
        reader = CvSecurityReader(client, Aim())
        assert reader.find("access_level", "New", ()) is None
        client.post(
            "accLevel/addLevel", [{"name": "New", "timeSegName": "24-Hour Accessible", "areaName": "Area Name"}]
        )
        known = {row["name"]: row["id"] for row in server.rows("door_levels")}
        assert reader.reread_levels().levels["door"] == known


def test_a_target_that_can_not_be_reached():
    with pytest.raises(Failure) as raised, reading(target()):
        pass
    assert raised.value.code == "RC0501"
    assert TOKEN not in raised.value.detail


TABLES = (DEPARTMENT, PERSON, ATTENDANCE, LEAVE, VEHICLE)
WORDS = {
    codecs.GENDER: ("female", "male"),
    codecs.PRIVILEGE: ("user", "enroller", "manager", "admin"),
    codecs.VERIFY_MODE: tuple(codecs.VERIFY_MODES),
    codecs.LEAVE_TYPE: ("quit", "dismissed", "resigned", "transferred", "unpaid_leave"),
    codecs.PARK_LIST: ("allow", "block"),
    codecs.TEXT: ("x", "007", "a, b"),
    codecs.NUMBER: (1, 1000),
    codecs.MASKED: (Secret("1"),),
    codecs.CARDS: (Secret("1"), Secret("1,2")),
    codecs.DATE: ("2024-02-29",),
    codecs.FROM: ("2024-02-29", "2024-02-29T08:00:00", "2024-02-29T23:59:59"),
    codecs.UNTIL: ("2024-02-29", "2024-02-29T08:00:00", "2024-02-29T00:00:00"),
    codecs.FLAG: (True, False),
}


@pytest.mark.parametrize("column", [column for table in TABLES for column in table.columns], ids=lambda each: each.path)
def test_what_is_written_reads_back_the_same(column):
    empty = False if column.codec is codecs.FLAG else None
    for value in (*WORDS[column.codec], empty):
        sent = column.codec.encode(value)
        assert column.codec.decode(sent.reveal() if isinstance(sent, Secret) else sent) == value
    assert column.codec.decode(column.codec.encode(None)) == empty


@pytest.mark.parametrize(
    ("codec", "raw", "value"),
    [
        (codecs.TEXT, " null ", None),
        (codecs.TEXT, 17, "17"),
        (codecs.TEXT, {"a": 1}, None),
        (codecs.TEXT, True, "true"),
        (codecs.NUMBER, " 2 ", 2),
        (codecs.NUMBER, "ID card", "ID card"),
        (codecs.NUMBER, "null", None),
        (codecs.DATE, " 2019-06-10", "2019-06-10"),
        (codecs.DATE, "2019-06-10 00:00:00", "2019-06-10"),
        (codecs.GENDER, "f", "female"),
        (codecs.GENDER, "Male", "male"),
        (codecs.GENDER, "X", "x"),
        (codecs.FLAG, None, False),
        (codecs.FLAG, "TRUE", True),
        (codecs.FLAG, "perhaps", "perhaps"),
        (codecs.CARDS, "300, 200,,200", Secret("200,300")),
        (codecs.CARDS, ["2", 1], Secret("1,2")),
        (codecs.FROM, "2023-07-14 08:56:00.0", "2023-07-14T08:56:00"),
        (codecs.UNTIL, "2023-07-14", "2023-07-14"),
        (codecs.UNTIL, "soon", "soon"),
    ],
)
def test_what_servers_send_instead(codec, raw, value):
    assert codec.decode(raw) == value


def test_facts_of_several_listings_are_one():
    with serving() as (server, where):
        server.seed(SITE)
        with reading(where, wanting(employee={"1": {"cvsecurity.kiosk_areas": ()}})) as reader:
            listings = {kind: reader.list(kind, (), silent) for kind in ("department", "area", "employee")}
    facts = facts_of(listings)
    assert (facts.areas, facts.kiosk_areas, facts.lacks) == (("1", "HQ"), ("1", "HQ"), frozenset())
    assert facts.has == {*set(Module) - {Module.PARKING}, Feature.DEPARTMENT_LIST, Feature.PERSON_LIST}
    assert facts_of({}) == Facts()
