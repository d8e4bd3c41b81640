"""Pages, order and filters."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.simulator.biotime import Application
from reconciler.simulator.messages import Request
from reconciler.simulator.profile import profile
from reconciler.simulator.seed import Generate, generate, seed

EMPLOYEES = "/personnel/api/employees/"
BASIC = {"authorization": "Basic YTpi", "host": "h"}


def application(employees=0, **switches):
    app = Application(profile("biotime-8.5", switches), "a", "b")
    generate(app.site, Generate(employees=employees))
    return app


def get(app, query, path=EMPLOYEES):
    import json

    response = app.handle(Request("GET", path, query, BASIC))
    return response.status, json.loads(response.body)


@settings(max_examples=50, deadline=None)
@given(rows=st.integers(0, 30), size=st.integers(1, 35))
def test_the_pages_of_a_list_are_its_rows_once_each(rows, size):
    app = application(rows)
    seen, query = [], f"page_size={size}"
    for number in range(1, max(1, -(-rows // size)) + 1):
        status, page = get(app, query)
        assert (status, page["count"]) == (200, rows)
        assert (page["previous"] is None) == (number == 1)
        seen += [row["id"] for row in page["data"]]
        query = (page["next"] or "?").partition("?")[2]
    assert query == ""
    assert seen == list(range(1, rows + 1))


@pytest.mark.parametrize("page", ["4", "0", "-1", "x", "1.5"])
def test_a_page_that_is_not_there_is_a_404(page):
    assert get(application(25), f"page={page}") == (404, {"detail": "Invalid page."})


def test_the_page_before_the_second_is_named_without_a_number():
    _, page = get(application(25), "page=2")
    assert (page["previous"], page["next"]) == (f"http://h{EMPLOYEES}", f"http://h{EMPLOYEES}?page=3")


@pytest.mark.parametrize("size", ["", "0", "-5", "many"])
def test_a_size_that_is_none_counts_as_not_asked(size):
    assert len(get(application(25), f"page_size={size}")[1]["data"]) == 10


def test_an_order_may_have_several_fields():
    app = application()
    people = [("1", "B", "X"), ("2", "A", "X"), ("3", "A", "Y")]
    seed(app.site, {"employees": [{"code": c, "first_name": f, "last_name": n} for c, f, n in people]})
    found = get(app, "ordering=-last_name,first_name")[1]["data"]
    assert [row["emp_code"] for row in found] == ["3", "2", "1"]


@pytest.fixture(scope="module")
def company():
    app = application()
    seed(
        app.site,
        {
            "departments": [{"code": "OPS", "name": "Operations"}, {"code": "NIGHT", "name": "Night", "parent": "OPS"}],
            "areas": [{"code": "HQ", "name": "Headquarters"}, {"code": "N", "name": "North", "parent": "HQ"}],
            "employees": [
                {"code": "007", "first_name": "James", "last_name": "Bond", "department": "OPS", "areas": ["HQ", "N"]},
                {"code": "0071", "first_name": "jameson", "email": "j@acme.example", "app_status": 1},
            ],
            "terminals": [{"sn": "S1", "alias": "Door", "ip_address": "10.0.0.1", "area": "HQ"}],
            "resigns": [{"employee": "0071", "resign_date": "2026-01-31", "resign_type": 2, "disableatt": False}],
        },
    )
    return app


@pytest.mark.parametrize(
    ("path", "query", "ids"),
    [
        ("employees", "emp_code=007", [1]),
        ("employees", "emp_code=07", []),
        ("employees", "emp_code_icontains=07", [1, 2]),
        ("employees", "first_name=james", []),
        ("employees", "first_name_icontains=JAMES", [1, 2]),
        ("employees", "last_name=Bond", [1]),
        ("employees", "department=2", [1]),
        ("employees", "departments=1", [2]),
        ("employees", "areas=3", [1]),
        ("employees", "app_status=1", [2]),
        ("employees", "app_status=0", [1]),
        ("employees", "search=ACME", [2]),
        ("employees", "emp_code=007&department=1", []),
        ("employees", "emp_code=", [1, 2]),
        ("employees", "emp_cod=007", [1, 2]),
        ("departments", "dept_code=OPS", [2]),
        ("departments", "dept_name_icontains=ni", [3]),
        ("departments", "parent_dept=2", [3]),
        ("areas", "area_name=North", [3]),
        ("areas", "parent_area=2", [3]),
        ("resigns", "employee=2", [1]),
        ("resigns", "employee=1", []),
        ("resigns", "resign_type=2", [1]),
        ("resigns", "resign_date=2026-01-30", []),
        ("terminals", "sn=S1", [1]),
        ("terminals", "alias_icontains=door", [1]),
        ("terminals", "area=1", []),
        ("terminals", "state=1", [1]),
    ],
)
def test_a_filter_finds(company, path, query, ids):
    module = "iclock" if path == "terminals" else "personnel"
    status, page = get(company, query, f"/{module}/api/{path}/")
    assert status == 200
    assert (page["count"], [row["id"] for row in page["data"]]) == (len(ids), ids)


@pytest.mark.parametrize(
    ("query", "errors"),
    [
        ("department=9", {"department": ["Select a valid choice. That choice is not one of the available choices."]}),
        ("areas=HQ", {"areas": ["Select a valid choice. That choice is not one of the available choices."]}),
        ("app_status=true", {"app_status": ["Enter a number."]}),
    ],
)
def test_a_filter_that_can_not_be_is_a_400(company, query, errors):
    assert get(company, query) == (400, errors)


def test_a_write_between_two_pages_shows_in_the_second(start):
    server, client = start()
    server.generate(employees=15)
    assert client.get(f"{EMPLOYEES}?page=1")["count"] == 15
    client.call("DELETE", f"{EMPLOYEES}1/")
    second = client.get(f"{EMPLOYEES}?page=2")
    assert (second["count"], [row["id"] for row in second["data"]]) == (14, [12, 13, 14, 15])


def test_three_thousand_employees_are_three_calls(start):
    server, client = start("utimemaster-9.5")
    server.generate(employees=3_000, departments=20, areas=10, positions=5)
    seen = []
    for page in range(1, 4):
        seen += client.rows("employees", f"page={page}&page_size=1000")
    assert server.calls("GET", EMPLOYEES) == 3
    assert sorted({row["emp_code"] for row in seen}) == [f"{number:06}" for number in range(1, 3_001)]
    assert seen[0]["department"] == {"id": 3, "dept_code": "D0002", "dept_name": "Department D0002"}
