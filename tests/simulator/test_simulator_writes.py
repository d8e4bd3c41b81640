"""Creates, updates and deletes: what is checked, what is kept and what is answered."""

import pytest

EMPLOYEES = "/personnel/api/employees/"
NEW = {"emp_code": "1", "department": 1, "area": [1]}
LONG = "x" * 201


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("emp_code", "", "This field may not be blank."),
        ("emp_code", "  ", "This field may not be blank."),
        ("emp_code", None, "This field may not be null."),
        ("emp_code", "123456789012345678901", "Ensure this field has no more than 20 characters."),
        ("emp_code", True, "Not a valid string."),
        ("emp_code", ["1"], "Not a valid string."),
        ("first_name", LONG, "Ensure this field has no more than 25 characters."),
        ("address", LONG, "Ensure this field has no more than 200 characters."),
        ("postcode", LONG, "Ensure this field has no more than 10 characters."),
        ("national", LONG, "Ensure this field has no more than 50 characters."),
        ("email", "nobody", "Enter a valid email address."),
        ("email", "a b@acme.example", "Enter a valid email address."),
        ("department", None, "This field may not be null."),
        ("department", 9, 'Invalid pk "9" - object does not exist.'),
        ("department", "OPS", "Incorrect type. Expected pk value, received str."),
        ("department", {"id": 1}, "Incorrect type. Expected pk value, received dict."),
        ("department", True, "Incorrect type. Expected pk value, received bool."),
        ("position", 9, 'Invalid pk "9" - object does not exist.'),
        ("area", 1, 'Expected a list of items but got type "int".'),
        ("area", [9], 'Invalid pk "9" - object does not exist.'),
        ("area", None, "This field may not be null."),
        ("hire_date", "31.01.2026", "Date has wrong format. Use one of these formats instead: YYYY-MM-DD."),
        ("birthday", "2026-01-31 00:00:00", "Date has wrong format. Use one of these formats instead: YYYY-MM-DD."),
        ("birthday", "2026-02-30", "Date has wrong format. Use one of these formats instead: YYYY-MM-DD."),
        ("verify_mode", "face", "A valid integer is required."),
        ("dev_privilege", False, "A valid integer is required."),
        ("emp_type", 9, '"9" is not a valid choice.'),
        ("gender", "female", '"female" is not a valid choice.'),
        ("app_status", 2, '"2" is not a valid choice.'),
        ("app_role", 3, '"3" is not a valid choice.'),
        ("enable_att", "maybe", "Must be a valid boolean."),
        ("enable_att", None, "This field may not be null."),
    ],
)
def test_a_wrong_value_is_a_400_under_its_field(start, field, value, words):
    server, client = start()
    answer = client.call("POST", EMPLOYEES, NEW | {field: value})
    assert (answer.status, answer.json) == (400, {field: [words]})
    assert server.rows("employees") == []


def test_all_errors_of_a_body_come_at_once(start):
    _, client = start()
    answer = client.call("POST", EMPLOYEES, {"department": 9, "email": "x"})
    assert list(answer.json) == ["emp_code", "department", "email", "area"]


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        (b"[1]", {"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]}),
        (b"{", {"detail": "JSON parse error - Expecting value: line 1 column 1 (char 0)"}),
        (b"\xff", {"detail": "JSON parse error - Expecting value: line 1 column 1 (char 0)"}),
    ],
)
def test_a_body_that_is_none_is_a_400(start, body, answer):
    _, client = start()
    found = client.call("POST", EMPLOYEES, body, {"Content-Type": "application/json"})
    assert (found.status, found.json) == (400, answer)


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        ("emp_code", "007", "007"),
        ("emp_code", " 007 ", "007"),
        ("emp_code", 17, "17"),
        ("first_name", "Zoë ", "Zoë"),
        ("department", "1", 1),
        ("area", [2, 1, 2, "1"], [1, 2]),
        ("enable_att", 0, False),
        ("enable_att", "False", False),
        ("verify_mode", "15", 15),
        ("app_status", "1", 1),
        ("gender", "F", "F"),
        ("hire_date", "2026-01-31", "2026-01-31"),
    ],
)
def test_a_value_is_kept_as_the_server_understands_it(start, field, value, kept):
    server, client = start()
    server.seed({"areas": [{"code": "HQ", "name": "Headquarters"}]})
    assert client.call("POST", EMPLOYEES, NEW | {field: value}).status == 201
    assert server.rows("employees")[0][field] == kept


@pytest.mark.parametrize("blank", ["", "   ", None])
def test_blank_text_and_null_are_the_same(start, blank):
    server, client = start()
    server.seed({"employees": [{"code": "1", "email": "a@acme.example", "gender": "F"}]})
    assert client.call("PATCH", f"{EMPLOYEES}1/", {"email": blank}).status == 200
    assert "email" not in server.rows("employees")[0]


def test_null_takes_the_position_away(start):
    server, client = start()
    server.seed({"employees": [{"code": "1", "position": "1"}]})
    assert client.call("PATCH", f"{EMPLOYEES}1/", {"position": None}).json["position"] is None


def test_members_that_nobody_knows_are_dropped_without_a_word(start):
    server, client = start()
    assert client.call("POST", EMPLOYEES, NEW | {"colour": "red", "id": 77, "dept_name": "X"}).status == 201
    row = server.rows("employees")[0]
    assert (row["id"], "colour" in row, "dept_name" in row) == (1, False, False)


def test_a_password_is_kept_as_a_hash(start):
    server, client = start()
    client.call("POST", EMPLOYEES, NEW | {"self_password": "hunter2"})
    server.seed({"employees": [{"code": "2", "self_password": "hunter2"}]})
    assert "hunter2" not in str(server.dump())


def test_what_a_patch_leaves_out_stays(start):
    server, client = start()
    server.seed({"employees": [{"code": "1", "first_name": "Ana", "hire_date": "2020-01-01"}]})
    client.call("PATCH", f"{EMPLOYEES}1/", {"last_name": "Silva"})
    assert server.rows("employees") == [
        {
            "id": 1,
            "emp_code": "1",
            "first_name": "Ana",
            "last_name": "Silva",
            "hire_date": "2020-01-01",
            "department": 1,
            "area": [1],
        }
    ]


def test_a_code_freed_by_a_rename_or_a_delete_can_be_taken(start):
    server, client = start()
    server.seed({"areas": [{"code": "A", "name": "A"}, {"code": "B", "name": "B"}]})
    assert client.call("PATCH", "/personnel/api/areas/2/", {"area_code": "B"}).status == 400
    assert client.call("PATCH", "/personnel/api/areas/2/", {"area_code": "C"}).status == 200
    assert client.call("PATCH", "/personnel/api/areas/3/", {"area_code": "A"}).status == 200
    assert client.call("DELETE", "/personnel/api/areas/2/").status == 204
    assert client.call("POST", "/personnel/api/areas/", {"area_code": "C", "area_name": "C"}).json["id"] == 4


@pytest.mark.parametrize(
    ("collection", "code", "name", "longest"),
    [("departments", 50, 100, "dept"), ("areas", 30, 30, "area"), ("positions", 50, 100, "position")],
)
def test_codes_and_names_have_their_lengths(start, collection, code, name, longest):
    _, client = start()
    path = f"/personnel/api/{collection}/"
    fits = {f"{longest}_code": "c" * code, f"{longest}_name": "n" * name}
    assert client.call("POST", path, fits).status == 201
    over = {f"{longest}_code": "d" * (code + 1), f"{longest}_name": "n" * (name + 1)}
    assert sorted(client.call("POST", path, over).json) == [f"{longest}_code", f"{longest}_name"]


@pytest.mark.parametrize("method", ["GET", "PATCH", "PUT", "DELETE"])
def test_an_id_that_is_not_there_is_a_404(start, method):
    _, client = start()
    answer = client.call(method, f"{EMPLOYEES}99/", {})
    assert (answer.status, answer.json) == (404, {"detail": "Not found."})


def test_an_employee_s_resignation_goes_with_them(start):
    server, client = start()
    resign = {"employee": "1", "resign_date": "2026-01-31", "resign_type": 1, "disableatt": True}
    server.seed({"employees": [{"code": "1"}], "resigns": [resign]})
    answer = client.call("DELETE", f"{EMPLOYEES}1/")
    assert (answer.status, answer.raw) == (204, b"")
    assert (server.rows("employees"), server.rows("resigns")) == ([], [])


def test_a_parent_with_children_is_in_use(start):
    server, client = start()
    server.seed({"departments": [{"code": "B", "name": "B", "parent": "A"}, {"code": "A", "name": "A"}]})
    assert client.call("DELETE", "/personnel/api/departments/3/").status == 400
    assert client.call("DELETE", "/personnel/api/departments/2/").status == 204
    assert client.call("DELETE", "/personnel/api/departments/3/").status == 204


def test_a_loop_over_two_is_refused_where_loops_are(start):
    server, client = start(switches={"parent_loops": "refused"})
    server.seed({"areas": [{"code": "A", "name": "A"}, {"code": "B", "name": "B", "parent": "A"}]})
    answer = client.call("PATCH", "/personnel/api/areas/2/", {"parent_area": 3})
    assert (answer.status, answer.json) == (400, {"parent_area": ["An object can not be below itself."]})


def test_what_was_created_twice_is_told(start):
    server, client = start()
    client.call("POST", EMPLOYEES, NEW)
    client.call("POST", EMPLOYEES, NEW)
    assert server.created_twice() == []
    client.call("DELETE", f"{EMPLOYEES}1/")
    client.call("POST", EMPLOYEES, NEW)
    assert server.created_twice() == ["employees/1"]


def test_a_new_employee_is_hired_today_and_update_time_follows_writes(start):
    _, client = start("zkbiotime", clock=lambda: 1_700_000_000.0)
    created = client.call("POST", EMPLOYEES, NEW).json
    assert created["hire_date"].startswith("2023-11-1")
    assert created["update_time"].startswith(created["hire_date"])
