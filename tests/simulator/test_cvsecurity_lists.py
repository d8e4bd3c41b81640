"""Lists of CVSecurity: pages, filters, batches."""

import math

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.simulator.cvsecurity import CvSecurity, CvSecurityProfile
from reconciler.simulator.messages import Request, Response


def ask(system: CvSecurity, path: str) -> Response:
    return system.handle(Request("POST", f"/api/{path.partition('?')[0]}", f"{path.partition('?')[2]}&access_token=t"))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    persons=st.integers(0, 40),
    size=st.integers(1, 50),
    order=st.sampled_from(["created", "newest", "pin"]),
    base=st.sampled_from([0, 1]),
)
def test_the_pages_are_all_persons_each_once(persons, size, order, base):
    system = CvSecurity(CvSecurityProfile(person_order=order, page_base=base), "t")
    system.generate({"employees": persons})
    pins: list[str] = []
    pages = max(1, math.ceil(persons / size))
    for number in range(1, pages + 1):
        answer = ask(system, f"v2/person/getPersonList?pageNo={number}&pageSize={size}")
        page = msgspec.json.decode(answer.body)["data"]
        assert (page["page"], page["offset"], page["total"]) == (number - 1 + base, (number - 1) * size, persons)
        assert page["lastPage"] == (number == pages)
        pins += [row["pin"] for row in page["data"]]
    wanted = [f"{number:06}" for number in range(1, persons + 1)]
    assert pins == (wanted[::-1] if order == "newest" else wanted)


def test_a_page_after_the_last_is_empty(cvsecurity):
    _, client = cvsecurity()
    page = client.data("POST", "v2/person/getPersonList?pageNo=5&pageSize=10")
    assert page == {"page": 4, "size": 10, "total": 2, "data": [], "offset": 40, "lastPage": True}
    assert client.data("POST", "person/getPersonList?pageNo=5&pageSize=10") == []


def test_without_pins_and_departments_a_list_has_everybody(cvsecurity):
    _, client = cvsecurity()
    assert client.pins("pins=&deptCodes=&pageNo=1&pageSize=10") == ["1", "2"]


def test_pins_and_departments_filter_together_and_missing_ones_are_no_error(cvsecurity):
    _, client = cvsecurity()
    assert client.pins("pins=2,9&pageNo=1&pageSize=10") == ["2"]
    assert client.pins("pins=2,1,2&pageNo=1&pageSize=10") == ["2", "1"]
    assert client.pins("pins=1,2&deptCodes=21,99&pageNo=1&pageSize=10") == ["2"]
    assert client.pins("pins=1&deptCodes=21&pageNo=1&pageSize=10") == []


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "v2/person/getPersonList", {"pins": ",".join(map(str, range(501))), "pageNo": 1, "pageSize": 10}),
        ("POST", "attAreaPerson/set", {"code": "HQ", "pins": list(range(501))}),
        ("POST", "v2/person/deleteByPins?pins=" + ",".join(map(str, range(501))), None),
    ],
)
def test_more_than_500_pins_are_refused(method, path, body, cvsecurity):
    _, client = cvsecurity()
    assert client.code(method, path, body) == -82


def test_500_pins_are_taken(cvsecurity):
    server, client = cvsecurity()
    persons = [{"pin": str(number), "name": f"N{number}"} for number in range(500)]
    assert client.code("POST", "v2/person/addPersons", persons) == 0
    area = {"code": "HQ", "pins": [str(number) for number in range(500)]}
    assert client.code("POST", "attAreaPerson/set", area) == 0
    assert [row["attendance_areas"] for row in server.rows("persons")] == [["HQ"]] * 500


def test_a_batch_is_an_upsert_that_keeps_what_is_left_out(cvsecurity):
    server, client = cvsecurity()
    assert client.code("POST", "v2/person/addPersons", [{"pin": "1", "name": "Eva"}, {"pin": "3"}]) == 0
    eva, ben, third = server.rows("persons")
    assert (eva["name"], eva["cardNo"], eva["door_levels"]) == ("Eva", "100", ["L1"])
    assert (ben["name"], third["deptCode"]) == ("Ben", "1")


def test_a_card_may_go_from_one_to_another_in_one_batch(cvsecurity):
    server, client = cvsecurity()
    batch = [{"pin": "1", "cardNo": ""}, {"pin": "2", "cardNo": "100"}]
    assert client.code("POST", "v2/person/addPersons", batch) == 0
    assert [row.get("cardNo") for row in server.rows("persons")] == [None, "100"]


def test_names_of_departments_are_swapped_by_way_of_a_third_name(cvsecurity):
    _, client = cvsecurity()
    assert client.code("POST", "department/add", {"code": "2", "name": "Night"}) == -12
    for code, name in (("2", "-"), ("21", "Operations"), ("2", "Night")):
        assert client.code("POST", "department/add", {"code": code, "name": name}) == 0
    assert client.data("GET", "department/get/2") == {"code": "2", "name": "Night", "parentCode": "1"}


def test_unknown_members_and_parameters_are_ignored_and_rows_may_be_sent_back(cvsecurity):
    server, client = cvsecurity()
    before = server.rows("persons")
    row = client.data("POST", "v2/person/getPersonList?pins=1&pageNo=1&pageSize=1&_t=17")["data"][0]
    assert client.code("POST", "person/add", row) == 0
    assert server.rows("persons") == before


def test_the_basic_information_leaves_levels_and_photo_alone(cvsecurity):
    server, client = cvsecurity()
    given = {"pin": "1", "accLevelIds": "L2", "accEndTime": "2030-01-01 00:00:00", "personPhoto": "/9j/4AAQ", "ssn": 7}
    assert client.code("POST", "person/addPersonnelBasicInfo", given) == 0
    ana = server.rows("persons")[0]
    assert (ana["door_levels"], ana["ssn"]) == (["L1"], "7")
    assert {"accEndTime", "personPhoto"} & set(ana) == set()


def test_keys_may_have_blanks_and_lose_what_follows_a_semicolon(cvsecurity):
    _, client = cvsecurity(seed={"door_levels": [{"id": "L1", "name": "Night shift"}, {"id": "L2", "name": "A;B"}]})
    assert client.data("GET", "accLevel/getByName/Night%20shift") == {"id": "L1", "name": "Night shift"}
    assert client.data("GET", "accLevel/getByName/A;B") is None
    assert client.ask("GET", "accLevel/getByName/A/B").status == 404
    assert client.data("GET", "accLevel/getByName?name=A%3BB") == {"id": "L2", "name": "A;B"}


def test_who_has_left_is_not_found_by_pin(cvsecurity):
    _, client = cvsecurity()
    assert client.code("POST", "person/leave", {"pin": "1"}) == 0
    assert client.pins("pins=1,2&pageNo=1&pageSize=10") == ["2"]
