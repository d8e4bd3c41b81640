"""A CVSecurity server as a whole: who may ask, what is kept, faults, and the file of `reconciler simulate`."""

import re

import pytest
from cvsecurity_helpers import SEED, CvClient

from reconciler.simulator import Fault, Server, SimulatorError, read

REFUSED = {"code": -1, "message": "The access token is invalid", "data": None}


@pytest.mark.parametrize("query", ["", "?access_token=", "?access_token=wrong", "?acc_token=apitoken"])
def test_a_bad_token_is_a_business_error_of_http_200(query, cvsecurity):
    _, client = cvsecurity()
    answer = client.call("GET", f"/api/department/get/1{query}")
    assert (answer.status, answer.json) == (200, REFUSED)


def test_a_bad_token_is_401_where_the_switch_says_so(cvsecurity):
    _, client = cvsecurity(switches={"token_refused": "status"})
    answer = client.call("GET", "/api/department/get/1?access_token=wrong")
    assert (answer.status, answer.json) == (
        401,
        {
            "timestamp": "2023-07-14T12:00:00.000+0000",
            "status": 401,
            "error": "Unauthorized",
            "message": "The access token is invalid",
            "path": "/api/department/get/1",
        },
    )


def test_a_header_is_no_token_and_a_stray_ampersand_no_harm(cvsecurity):
    _, client = cvsecurity(token="SECRET-1")
    headers = {"Authorization": "Bearer SECRET-1", "access_token": "SECRET-1"}
    assert client.call("GET", "/api/department/get/1", None, headers).json["code"] == -1
    assert client.call("GET", "/api/department/get/1?&access_token=SECRET-1").json["code"] == 0


def test_what_is_no_api_leads_to_the_page_to_log_in(cvsecurity):
    _, client = cvsecurity()
    answer = client.call("GET", "/v2/api-docs")
    assert (answer.status, answer.headers["Location"]) == (302, "/bioLogin.do")
    assert b"ZKBio CVSecurity" in client.call("GET", "/bioLogin.do").raw


def test_a_browser_gets_errors_as_pages(cvsecurity):
    _, client = cvsecurity()
    answer = client.ask("GET", "nothing", None, {"Accept": "text/html"})
    assert (answer.status, b"Whitelabel Error Page" in answer.raw) == (404, True)


def test_a_slash_at_the_end_is_no_harm_and_a_wrong_method_is_405(cvsecurity):
    _, client = cvsecurity()
    assert client.code("GET", "department/get/1/") == 0
    answer = client.ask("GET", "person/add")
    assert (answer.status, answer.json["error"]) == (405, "Method Not Allowed")


def test_the_journal_counts_calls_and_hides_the_token(cvsecurity):
    server, client = cvsecurity(token="SECRET-1")
    client.ask("GET", "person/get?pin=1")
    client.ask("POST", "person/add", {"pin": "3"})
    assert [(it.method, it.path, it.query, it.body) for it in server.journal.entries()] == [
        ("GET", "/api/person/get", "pin=1&access_token=***", None),
        ("POST", "/api/person/add", "access_token=***", {"pin": "3"}),
    ]
    assert server.calls("POST", "/api/person/*") == 1


def test_what_was_created_twice_is_told_but_not_what_was_refused(cvsecurity):
    server, client = cvsecurity()
    for _ in range(2):
        client.ask("POST", "person/add", {"pin": "3"})
        client.ask("POST", "person/add", {"pin": "4", "deptCode": "99"})
        client.ask("POST", "v2/person/addPersons", [{"pin": "5"}, {"pin": "6", "deptCode": "99"}])
        client.ask("POST", "department/add", {"code": "3", "name": "Third"})
        client.ask("DELETE", "person/delete/3")
    assert server.created_twice() == ["persons/3"]


def test_an_expired_token_is_refused_for_good(cvsecurity):
    server, client = cvsecurity()
    server.faults.add(Fault(effect="expire_tokens", nth=2))
    assert [client.code("GET", "department/get/1") for _ in range(3)] == [0, -1, -1]


def test_all_data_are_dumped_and_loaded(cvsecurity):
    server, client = cvsecurity()
    client.ask("POST", "parkAuthorize/addBlackWhite?type=1&carNumber=A1")
    client.ask("POST", "attAreaPerson/set", {"code": "HQ", "pins": ["2"]})
    other = Server("cvsecurity-1.0")
    other.load(server.dump())
    assert other.dump() == server.dump()
    assert other.rows("parking") == [{"carNumber": "A1", "list": "black"}]
    with other:
        again = CvClient(other)
        assert again.code("POST", "person/add", {"pin": "3", "cardNo": "100"}) == -23
        assert again.code("POST", "person/add", {"pin": "3"}) == 0
        again.connection.close()
    assert len({row["id"] for row in other.rows("persons")}) == 3


@pytest.mark.parametrize(
    "dump",
    [
        {},
        {"tables": {"employees": []}, "serial": 1},
        {"tables": {"persons": [{"name": "x"}]}, "serial": 1},
        Server("biotime-8.5").dump(),
    ],
)
def test_what_is_no_dump_of_such_a_server_is_refused(dump):
    server = Server("cvsecurity-1.2")
    before = server.dump()
    with pytest.raises(SimulatorError):
        server.load(dump)
    assert server.dump() == before


def test_data_are_kept_in_a_file(tmp_path):
    with Server("cvsecurity-1.2", data=tmp_path / "cv.json") as server:
        server.generate(employees=3, departments=2, areas=1)
        client = CvClient(server)
        client.ask("DELETE", "person/delete/000002")
        client.connection.close()
    again = Server("cvsecurity-1.2", data=tmp_path / "cv.json")
    assert again.restored
    assert [(row["pin"], row["deptCode"]) for row in again.rows("persons")] == [
        ("000001", "D0002"),
        ("000003", "D0002"),
    ]


def test_generated_rows_are_the_same_each_time():
    first, second = Server("cvsecurity-1.2"), Server("cvsecurity-1.2")
    for server in (first, second):
        server.generate(employees=5, departments=2, areas=2)
    assert first.dump() == second.dump()
    assert first.rows("persons")[0]["attendance_areas"] == ["A0002"]
    with pytest.raises(SimulatorError, match=r"A CVSecurity server has no positions"):
        first.generate(positions=1)


def test_a_failed_call_leaves_no_trace(cvsecurity):
    server, client = cvsecurity()
    before = server.dump()["tables"]
    calls = [
        ("POST", "v2/person/addPersons", [{"pin": "3"}, {"pin": "1", "name": "Eva"}, {"pin": ""}]),
        ("POST", "v2/person/deleteByPins?pins=1,2,3", None),
        ("POST", "attAreaPerson/set", {"code": "HQ", "pins": ["1", "3"]}),
        ("POST", "v2/psgLevel/addLevelByPerson", [{"pin": "1", "levelIds": ["P1"]}, {"pin": "2", "levelIds": ["X"]}]),
    ]
    assert [client.code(*call) for call in calls] == [-20, -22, -22, -24]
    assert server.dump()["tables"] == before
    assert client.code("POST", "person/add", {"pin": "2", "cardNo": "100"}) == -23


LIST = "v2/person/getPersonList?pageNo=1&pageSize=2"


@pytest.mark.parametrize(
    ("fault", "member", "wanted"),
    [
        (Fault(effect="cut"), "data", ["1"]),
        (Fault(effect="miscount", rows=3), "total", 5),
        (Fault(effect="miscount", rows=-1), "total", 1),
        (Fault(effect="endless"), "lastPage", False),
        (Fault(effect="wrong_next"), "total", 2),
    ],
)
def test_faults_of_lists(fault, member, wanted, cvsecurity):
    server, client = cvsecurity()
    server.faults.add(fault)
    page = client.data("POST", LIST)
    found = [row["pin"] for row in page["data"]] if member == "data" else page[member]
    assert found == wanted


def test_a_bare_list_is_cut_too(cvsecurity):
    server, client = cvsecurity()
    server.faults.add(Fault(effect="cut"))
    assert [row["id"] for row in client.data("GET", "accLevel/list?pageNo=1&pageSize=10")][1:] == ["L1"]


@pytest.mark.parametrize(("code", "answered"), [("-40", -40), ("internal_error", -1)])
def test_a_call_fails_with_a_code_after_its_work(code, answered, cvsecurity):
    server, client = cvsecurity()
    server.faults.add(Fault(effect="code", code=code))
    answer = client.ask("POST", "person/add", {"pin": "3"})
    assert (answer.status, answer.json["code"], len(server.rows("persons"))) == (200, answered, 3)


@pytest.mark.parametrize(
    ("order", "change", "second"),
    [
        ("created", "delete", ["000004"]),
        ("created", "insert", ["000002", "000003"]),
        ("pin", "insert", ["000002", "000003"]),
        ("newest", "insert", ["000003", "000002"]),
    ],
)
@pytest.mark.parametrize("by", ["query", "body"])
def test_a_list_shifts_between_its_pages(order, change, second, by, cvsecurity):
    server, client = cvsecurity(seed={}, switches={"person_order": order})
    server.generate(employees=4)
    server.faults.add(Fault(effect="shift", change=change, page=1, path="getPersonList", count=1))
    pages = []
    for number in (1, 2):
        query = f"?pageNo={number}&pageSize=2" if by == "query" else ""
        body = {"pageNo": number, "pageSize": 2} if by == "body" else None
        pages.append([row["pin"] for row in client.data("POST", f"person/getPersonList{query}", body)])
    assert pages == [["000004", "000003"] if order == "newest" else ["000001", "000002"], second]


def test_the_root_department_does_not_shift_away(cvsecurity):
    server, client = cvsecurity()
    server.faults.add(Fault(effect="shift", count=1))
    client.data("POST", "department/getDepartmentList?pageNo=1&pageSize=2")
    assert [row["code"] for row in server.rows("departments")] == ["1", "21"]


def test_an_error_page_repeats_the_query(cvsecurity):
    server, client = cvsecurity(token="SECRET-1")
    server.faults.add(Fault(effect="status"))
    assert b"SECRET-1" in client.ask("GET", "person/get?pin=1").raw


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ({"employees": []}, "A seed of CVSecurity has no employees. It may have areas, "),
        ({"persons": [{"name": "x"}]}, "Row 1 of the seed's persons has no pin."),
        (
            {"persons": [{"pin": "1", "colour": "red"}]},
            "Row 1 of the seed's persons has 'colour', which it can't have.",
        ),
        (
            {"persons": [{"pin": "3", "department": "99"}]},
            "Row 1 of the seed's persons refers to department '99', which",
        ),
        (
            {"persons": [{"pin": "3", "door_levels": ["X"]}]},
            "Row 1 of the seed's persons refers to 'X' of door_levels,",
        ),
        ({"persons": [{"pin": "3", "door_levels": "Lobby"}]}, "Row 1 of the seed's persons has door_levels that is no"),
        (
            {"persons": [{"pin": "3"}, {"pin": "4", "cardNo": "100"}]},
            "Row 2 of the seed's persons can't be used: The card",
        ),
        ({"departments": [{"code": "3", "name": "T", "parent": "99"}]}, "Row 1 of the seed's departments refers to"),
        (
            {"doors": [{"name": "Side", "device": "S9"}]},
            "Row 1 of the seed's doors refers to device 'S9', which is not",
        ),
        (
            {"readers": [{"name": "r", "door": "Side"}]},
            "Row 1 of the seed's readers refers to door 'Side', which is not",
        ),
    ],
)
def test_a_seed_that_no_server_would_hold_is_refused_as_a_whole(rows, message):
    server = Server("cvsecurity-1.2")
    server.seed(SEED)
    before = server.dump()["tables"]
    with pytest.raises(SimulatorError) as caught:
        server.seed(rows)
    assert str(caught.value).startswith(message)
    assert server.dump()["tables"] == before


FILE = """\
servers:
  - name: access
    profile: cvsecurity-1.2
    token: 0815
    switches: {sync_person_grants: true, name_length: 30, modules: [access, attendance]}
    faults: [{effect: code, code: -105, path: /syncLevel, nth: 1}]
    generate: {employees: 2, areas: 1}
    seed:
      departments: [{code: 007, name: Night, parent: 006}, {code: 006, name: Day, levels: [Lobby]}]
      door_levels: [{name: Lobby, area: Area Name, time_segment: 24-Hour Accessible, doors: []}]
      persons: [{pin: 010, name: no, department: 007, isDisabled: true, door_levels: [Lobby]}]
"""


def test_a_file_describes_such_a_server(tmp_path):
    (tmp_path / "servers.yaml").write_text(FILE, "utf-8")
    server = read(tmp_path / "servers.yaml")[0].server()
    assert (server.token, server.profile.name_length, server.profile.modules) == ("0815", 30, ("access", "attendance"))
    level = server.rows("door_levels")[1]
    assert re.fullmatch("[0-9a-f]{32}", level["id"])
    assert [(row["code"], row.get("parentCode"), row.get("levels")) for row in server.rows("departments")] == [
        ("1", None, None),
        ("007", "006", None),
        ("006", "1", [level["id"]]),
    ]
    person = server.rows("persons")[2]
    assert (person["pin"], person["name"], person["isDisabled"], person["door_levels"]) == (
        "010",
        "no",
        True,
        [level["id"]],
    )


def test_a_switch_of_the_other_system_is_told_with_its_line(tmp_path):
    path = tmp_path / "servers.yaml"
    path.write_text("servers:\n  - name: x\n    profile: cvsecurity-1.0\n    switches: {bulk: true}\n", "utf-8")
    with pytest.raises(SimulatorError) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}:2: There is no switch 'bulk'. The switches are token_refused, ")
