"""Calls for many employees, and resignations."""

import pytest

EMPLOYEES = "/personnel/api/employees/"
RESIGNS = "/personnel/api/resigns/"
DAY = {"resign_date": "2026-01-31", "resign_type": 1, "disableatt": True}


@pytest.fixture
def team(start):
    server, client = start("zkbiotime")
    server.seed(
        {
            "departments": [{"code": "OPS", "name": "Operations"}],
            "areas": [{"code": "HQ", "name": "Headquarters"}, {"code": "N", "name": "North"}],
            "employees": [{"code": "1", "first_name": "Ana"}, {"code": "2"}, {"code": "3"}],
        }
    )
    return server, client


def column(server, name):
    return [row.get(name) for row in server.rows("employees")]


def test_adjust_department_moves_the_employees(team):
    server, client = team
    answer = client.call("POST", f"{EMPLOYEES}adjust_department/", {"employees": [1, 3], "department": 2})
    assert (answer.status, answer.json) == (200, {"detail": "Success."})
    assert column(server, "department") == [2, 1, 2]


def test_adjust_area_replaces_the_set(team):
    server, client = team
    client.call("POST", f"{EMPLOYEES}adjust_area/", {"employees": [1, 2], "areas": [3, 2, 3]})
    assert column(server, "area") == [[2, 3], [2, 3], [1]]


def test_adjust_regsin_lets_employees_resign_and_changes_who_had(team):
    server, client = team
    client.call("POST", f"{EMPLOYEES}adjust_regsin/", {"employees": [1], **DAY, "reason": "moved"})
    client.call("POST", f"{EMPLOYEES}adjust_regsin/", {"employees": [1, 2], **DAY, "resign_type": 4})
    assert server.rows("resigns") == [
        {"id": 1, "employee": 1, "resign_date": "2026-01-31", "resign_type": 4, "disableatt": True},
        {"id": 2, "employee": 2, "resign_date": "2026-01-31", "resign_type": 4, "disableatt": True},
    ]


@pytest.mark.parametrize(
    ("action", "body", "errors"),
    [
        ("adjust_area", {"areas": [1]}, {"employees": ["This field is required."]}),
        ("adjust_area", {"employees": [], "areas": [1]}, {"employees": ["This list may not be empty."]}),
        ("adjust_area", {"employees": [1]}, {"areas": ["This field is required."]}),
        (
            "adjust_department",
            {"employees": [1, 9], "department": 1},
            {"employees": ['Invalid pk "9" - object does not exist.']},
        ),
        (
            "adjust_regsin",
            {"employees": [1], "resign_date": 2, "resign_type": 9, "disableatt": True, "reason": "x" * 201},
            {
                "resign_date": ["Date has wrong format. Use one of these formats instead: YYYY-MM-DD."],
                "resign_type": ['"9" is not a valid choice.'],
                "reason": ["Ensure this field has no more than 200 characters."],
            },
        ),
        ("del_bio_template", {"employees": [1], "face": "x"}, {"face": ["Must be a valid boolean."]}),
        ("resync_to_device", {}, {"employees": ["This field is required."]}),
    ],
)
def test_a_wrong_bulk_call_changes_nothing(team, action, body, errors):
    server, client = team
    before = server.dump()
    answer = client.call("POST", f"{EMPLOYEES}{action}/", body)
    assert (answer.status, answer.json) == (400, errors)
    assert server.dump() == before


def test_a_bulk_call_is_a_post(team):
    assert team[1].call("GET", f"{EMPLOYEES}adjust_area/").status == 405


def test_a_resignation_names_its_employee(team):
    _, client = team
    created = client.call("POST", RESIGNS, {"employee": 1, **DAY, "reason": "moved"})
    assert created.status == 201
    names = {"emp_code": "1", "first_name": "Ana", "last_name": None}
    assert client.rows("resigns") == [{"id": 1, "employee": {"id": 1, **names}, **names, **DAY, "reason": "moved"}]


def test_an_employee_resigns_once(team):
    _, client = team
    client.call("POST", RESIGNS, {"employee": 1, **DAY})
    again = client.call("POST", RESIGNS, {"employee": 1, **DAY})
    assert (again.status, again.json) == (400, {"employee": ["This field must be unique."]})


def test_a_resignation_is_changed_in_part_by_put(team):
    server, client = team
    client.call("POST", RESIGNS, {"employee": 1, **DAY})
    assert client.call("PUT", f"{RESIGNS}1/", {"reason": "moved"}).status == 200
    assert server.rows("resigns") == [{"id": 1, "employee": 1, **DAY, "reason": "moved"}]


def test_reinstatement_takes_the_ids_of_resignations(team):
    server, client = team
    for employee in (3, 2):
        client.call("POST", RESIGNS, {"employee": employee, **DAY})
    wrong = client.call("POST", f"{RESIGNS}reinstatement/", {"resigns": [3]})
    assert (wrong.status, wrong.json) == (400, {"resigns": ['Invalid pk "3" - object does not exist.']})
    assert client.call("POST", f"{RESIGNS}reinstatement/", {"resigns": [1]}).status == 200
    assert [row["employee"] for row in server.rows("resigns")] == [2]
    assert len(server.rows("employees")) == 3


def test_a_resignation_can_be_deleted(team):
    server, client = team
    client.call("POST", RESIGNS, {"employee": 1, **DAY})
    assert client.call("DELETE", f"{RESIGNS}1/").status == 204
    assert server.rows("resigns") == []


def test_employees_of_another_company_do_not_move_here(start):
    server, client = start("zkbiotime-company")
    server.seed(
        {
            "company": [{"code": "2", "name": "Other"}],
            "departments": [{"code": "D", "name": "D", "company": "2"}],
            "employees": [{"code": "1"}],
        }
    )
    answer = client.call("POST", f"{EMPLOYEES}adjust_department/", {"employees": [1], "department": 2})
    assert (answer.status, answer.json) == (400, {"non_field_errors": ["Mismatched company pk and deparment pk"]})
