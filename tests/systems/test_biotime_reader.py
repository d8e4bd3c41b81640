"""Listings of whole servers: what is asked, what comes out, and what makes a listing unknown."""

import pytest
from biotime_helpers import SPAN, SYSTEM_OF, Answers, listed, page, reading, serving, silent, target

from reconciler.model.objects import Live
from reconciler.simulator import Fault
from reconciler.systems.biotime.reader import BioTimeReader
from reconciler.transport.failure import Failure, Sent

PEOPLE = {
    "departments": [{"code": "OPS", "name": "Operations"}, {"code": "NIGHT", "name": "Night", "parent": "OPS"}],
    "areas": [{"code": "HQ", "name": "Headquarters"}, {"code": "LAB", "name": "Laboratory", "parent": "HQ"}],
    "positions": [{"code": "ENG", "name": "Engineer"}],
    "employees": [
        {"code": "007", "first_name": "Ana", "department": "NIGHT", "position": "ENG", "areas": ["LAB", "HQ"]},
        {"code": "17", "first_name": "Ben", "department": "OPS", "areas": ["HQ"]},
    ],
}
LEFT = {"employee": "17", "resign_date": "2024-05-31", "resign_type": 2, "reason": "x", "disableatt": False}
RESIGNED = {**PEOPLE, "resigns": [LEFT]}


@pytest.mark.parametrize("profile", SYSTEM_OF)
def test_every_kind_of_every_profile(profile):
    with serving(profile) as (server, where):
        server.seed(PEOPLE)
        departments = listed(where, "department", "name", "parent")
        employees = listed(where, "employee", "first_name", "department", "position", "areas")
    assert departments.problem is None
    assert departments.objects == {
        "1": Live("1", 1, {"name": "Department", "parent": None}, builtin=True),
        "OPS": Live("OPS", 2, {"name": "Operations", "parent": None}),
        "NIGHT": Live("NIGHT", 3, {"name": "Night", "parent": "OPS"}),
    }
    assert employees.objects == {
        "007": Live("007", 1, {"first_name": "Ana", "department": "NIGHT", "position": "ENG", "areas": ("HQ", "LAB")}),
        "17": Live("17", 2, {"first_name": "Ben", "department": "OPS", "position": None, "areas": ("HQ",)}),
    }


@pytest.mark.parametrize(
    "switches",
    [
        {"page_size_parameter": "limit"},
        {"page_size_parameter": "page_size", "rows_member": "results"},
        {"page_size_max": 7, "next_host": "http://10.9.9.9:81"},
        {"employees_order": "id", "rows_member": "both"},
    ],
    ids=lambda switches: ",".join(switches),
)
def test_paging_of_every_server(switches):
    with serving(**switches) as (server, where):
        server.generate(employees=30)
        listing = listed(where, "employee", "card")
    pages = 5 if "page_size_max" in switches else 1
    assert (listing.problem, len(listing.objects)) == (None, 30)
    assert server.calls("GET", "*employees/") == pages
    assert server.calls("GET") == pages


def test_a_listing_takes_one_call_per_page_and_none_per_object():
    with serving() as (server, where):
        server.generate(employees=2500, departments=3, areas=2, positions=2)
        told = []
        with reading(where) as reader:
            for kind in ("department", "area", "position", "employee"):
                listing = reader.list(
                    kind, ("name", "department", "position", "areas"), lambda *each: told.append(each)
                )
                assert listing.problem is None
    assert server.calls("GET") == 3 + 3
    assert told[-3:] == [("employee", 1000, 2500), ("employee", 2000, 2500), ("employee", 2500, 2500)]


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault(effect="cut", path="areas"), "RC0602"),
        (Fault(effect="miscount", path="areas"), "RC0602"),
        (Fault(effect="miscount", path="areas", rows=-1), "RC0602"),
        (Fault(effect="code", path="areas"), "RC0506"),
        (Fault(effect="html", path="areas"), "RC0505"),
        (Fault(effect="garbage", path="areas"), "RC0505"),
        (Fault(effect="status", status=500, path="areas"), "RC0506"),
        (Fault(effect="drop", path="areas"), "RC0506"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.effect,
)
def test_a_listing_that_is_not_whole_is_unknown(fault, code):
    with serving() as (server, where):
        server.seed(PEOPLE)
        server.faults.add(fault)
        listing = listed(where, "area", "name")
    assert (listing.objects, listing.problem.code) == ({}, code)
    assert listing.problem.source == where.span


@pytest.mark.parametrize("change", ["insert", "delete"])
def test_pages_that_shift_once_are_read_again(change):
    with serving(page_size_max=10, employees_order="id") as (server, where):
        server.generate(employees=25)
        server.faults.add(Fault(effect="shift", path="employees", page=2, count=1, change=change))
        listing = listed(where, "employee")
    assert (listing.problem, len(listing.objects)) == (None, 26 if change == "insert" else 24)


def test_bare_ids_cost_one_listing_of_what_they_refer_to():
    departments = page({"id": 7, "dept_code": "OPS"}, {"id": 8, "dept_code": "LAB"})
    people = page(*({"id": number, "emp_code": str(number), "department": 7 + number % 2} for number in range(10)))
    http = Answers(departments=[departments], employees=[people, people])
    reader = BioTimeReader(http, target())
    for _ in range(2):
        found = reader.list("employee", ("department",), silent)
        assert [live.values["department"] for live in found.objects.values()] == ["OPS", "LAB"] * 5
    assert len(http.asked) == 3


def test_a_kind_that_was_listed_is_not_listed_again_for_bare_ids():
    http = Answers(
        departments=[page({"id": 7, "dept_code": "OPS"})],
        employees=[page({"id": 1, "emp_code": "1", "department": 7})],
    )
    reader = BioTimeReader(http, target())
    reader.list("department", ("name",), silent)
    assert reader.list("employee", ("department",), silent).objects["1"].values == {"department": "OPS"}
    assert len(http.asked) == 2


def test_keys_that_a_server_has_twice():
    http = Answers(
        areas=[page({"id": 2, "area_code": "HQ"}, {"id": 3, "area_code": " HQ "}, {"id": 4, "area_code": "X"})]
    )
    listing = BioTimeReader(http, target()).list("area", (), silent)
    assert {key: live.id for key, live in listing.objects.items()} == {"HQ": 2, "X": 4}
    assert listing.duplicates == frozenset({"HQ"})


RESIGNED_PATHS = ("resigned.date", "resigned.type", "resigned.reason", "resigned.block_attendance")


def test_resignations_are_one_more_collection():
    with serving() as (server, where):
        server.seed(RESIGNED)
        people = listed(where, "employee", *RESIGNED_PATHS).objects
    assert people["007"].values == dict.fromkeys(RESIGNED_PATHS)
    assert people["17"].values == {
        "resigned.date": "2024-05-31",
        "resigned.type": "dismissed",
        "resigned.reason": "x",
        "resigned.block_attendance": False,
    }
    assert server.calls("GET") == 2


def test_resignations_are_not_asked_for_when_nobody_wants_them():
    with serving() as (server, where):
        server.seed(RESIGNED)
        listed(where, "employee", "first_name")
    assert server.calls("GET", "*resigns*") == 0


def test_who_has_left_is_known_also_where_employees_hide_them():
    with serving(resigned="hidden") as (server, where):
        server.seed(RESIGNED)
        people = listed(where, "employee", "first_name", "resigned.date").objects
    assert people["007"].values == {"first_name": "Ana", "resigned.date": None}
    assert people["17"] == Live("17", 2, {"resigned.date": "2024-05-31"})


@pytest.mark.parametrize("unknown_path", ["html", "json"])
def test_a_server_without_resignations_says_so(unknown_path):
    with serving("biotime-8.0", unknown_path=unknown_path) as (server, where):
        server.seed(PEOPLE)
        listing = listed(where, "employee", "resigned.date")
        assert listed(where, "employee", "first_name").problem is None
    assert (listing.objects, listing.problem.code) == ({}, "RC0601")
    assert listing.problem.detail.startswith("The server of hq has no resignations")


TWO = {
    "company": [{"code": "B", "name": "Branch"}],
    "departments": [{"code": "OPS", "name": "Operations"}, {"code": "OPS", "name": "Theirs", "company": "B"}],
}


def test_one_company_is_found_out():
    with serving("zkbiotime-company") as (server, where):
        server.seed({"departments": [{"code": "OPS", "name": "Operations"}]})
        assert list(listed(where, "department", "name").objects) == ["1", "OPS"]
    assert server.calls("GET") == 2


@pytest.mark.parametrize(
    ("company", "names"), [("B", ["Theirs"]), ("2", ["Theirs"]), ("1", ["Department", "Operations"])]
)
def test_the_target_says_which_company(company, names):
    with serving("zkbiotime-company") as (server, where):
        server.seed(TWO)
        listing = listed(target(where.url, "zkbiotime", company=company), "department", "name")
    assert [live.values["name"] for live in listing.objects.values()] == names
    assert listing.duplicates == frozenset()


@pytest.mark.parametrize("company", [None, "C"])
def test_an_unclear_company_is_a_problem_that_lists_them(company):
    with serving("zkbiotime-company") as (server, where):
        server.seed(TWO)
        listing = listed(target(where.url, "zkbiotime", company=company), "department", "name")
    assert (listing.objects, listing.problem.code) == ({}, "RC0601")
    assert "It has 1, B. Set the target's `company` to one of them." in listing.problem.detail


def test_a_company_where_there_are_none():
    with serving() as (_, where):
        problem = listed(target(where.url, company="B"), "area").problem
    assert (problem.code, "has no companies" in problem.detail) == ("RC0601", True)


def test_rows_that_name_the_only_company_without_a_collection_of_them():
    rows = page({"id": 1, "dept_code": "1", "company": 4})
    http = Answers(departments=[rows], company=[Failure(Sent.UNKNOWN, "RC0505", "a page", status=200)])
    assert list(BioTimeReader(http, target()).list("department", (), silent).objects) == ["1"]


def test_nothing_secret_is_in_a_listing_or_its_problem():
    with serving() as (server, where):
        server.seed({"employees": [{"code": "1", "card_no": "47114711", "device_password": "8158"}]})
        listing = listed(where, "employee", "card", "device_password")
        server.faults.add(Fault(effect="status", status=500))
        problem = listed(where, "employee", "card").problem
    assert "4711" not in repr(listing)
    assert "8158" not in repr(listing)
    assert "correct horse" not in repr(problem)
    assert SPAN.file not in repr(problem)
