"""Each fault, as a client that knows nothing of it meets it."""

import http.client
import json
import re
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from reconciler.simulator import EFFECTS, Fault
from reconciler.simulator.messages import Request

EMPLOYEES = "/personnel/api/employees/"
NEW = {"emp_code": "1", "department": 1, "area": [1]}


@pytest.fixture
def pair(start):
    server, client = start()
    server.generate(employees=25)
    return server, client


@pytest.mark.parametrize(
    ("members", "meets"),
    [
        ({}, [1, 2, 3, 4, 5, 6]),
        ({"count": 2}, [1, 2]),
        ({"nth": 3}, [3]),
        ({"nth": 3, "count": 2}, [3, 4]),
        ({"method": "post"}, [2, 5]),
        ({"path": "/areas/"}, [3, 6]),
        ({"method": "POST", "nth": 2}, [5]),
        ({"page": 2}, [4]),
    ],
)
def test_a_fault_meets_the_calls_that_it_says(start, members, meets):
    server, client = start()
    server.faults.add(Fault(effect="status", status=503, **members))
    found = []
    calls = [
        ("GET", EMPLOYEES),
        ("POST", EMPLOYEES),
        ("GET", "/personnel/api/areas/"),
        ("GET", f"{EMPLOYEES}?page=2"),
        ("POST", EMPLOYEES),
        ("GET", "/personnel/api/areas/"),
    ]
    for number, (method, path) in enumerate(calls, 1):
        if client.call(method, path, {}).status == 503:
            found.append(number)
    assert found == meets


def test_a_status_comes_as_a_page(pair):
    server, client = pair
    server.faults.add(Fault(effect="status", status=429, retry_after="7", count=1))
    answer = client.call("GET", EMPLOYEES)
    assert (answer.status, answer.headers["Retry-After"], answer.headers["Content-Type"]) == (
        429,
        "7",
        "text/html; charset=utf-8",
    )
    assert client.call("GET", EMPLOYEES).status == 200


@pytest.mark.parametrize("status", [500, 502, 503])
def test_an_error_before_the_work_leaves_no_trace(pair, status):
    server, client = pair
    server.faults.add(Fault(effect="status", status=status))
    answer = client.call("POST", EMPLOYEES, NEW)
    assert (answer.status, b"<html>" in answer.raw, len(server.rows("employees"))) == (status, True, 25)


def test_a_500_page_repeats_the_request(pair):
    server, client = pair
    server.faults.add(Fault(effect="status"))
    answer = client.call("POST", EMPLOYEES, NEW | {"device_password": "4711-pin"})
    assert b"Traceback" in answer.raw
    assert b"4711-pin" in answer.raw


def test_an_error_after_the_work_keeps_it(pair):
    server, client = pair
    server.faults.add(Fault(effect="status", commit=True))
    assert client.call("POST", EMPLOYEES, NEW).status == 500
    assert len(server.rows("employees")) == 26


def test_a_page_with_200(pair):
    server, client = pair
    server.faults.add(Fault(effect="html"))
    answer = client.call("GET", EMPLOYEES)
    assert (answer.status, b"Service is starting" in answer.raw) == (200, True)


@pytest.mark.parametrize(("commit", "rows"), [(False, 25), (True, 26)])
def test_a_dropped_connection_with_or_without_the_work_done(pair, commit, rows):
    server, client = pair
    server.faults.add(Fault(effect="drop", method="POST", commit=commit))
    with pytest.raises(http.client.RemoteDisconnected):
        client.call("POST", EMPLOYEES, NEW)
    assert len(server.rows("employees")) == rows
    assert server.journal.entries("POST", EMPLOYEES)[0].status == 0


def test_a_hang_ends_when_the_client_gives_up(pair):
    server, client = pair
    server.faults.add(Fault(effect="hang", seconds=60))
    client.connection.timeout = 0.05
    client.connection.close()
    with pytest.raises(TimeoutError):
        client.call("GET", EMPLOYEES)


def test_a_hang_ends_by_itself_at_last(pair):
    server, client = pair
    server.faults.add(Fault(effect="hang", seconds=0.01))
    with pytest.raises(http.client.RemoteDisconnected):
        client.call("GET", EMPLOYEES)


def test_a_redirect_goes_elsewhere(pair):
    server, client = pair
    server.faults.add(Fault(effect="redirect", url="http://elsewhere.example/login"))
    answer = client.call("GET", EMPLOYEES)
    assert (answer.status, answer.headers["Location"]) == (302, "http://elsewhere.example/login")


def test_latency_waits_on_the_server_s_side(pair):
    server, client = pair
    waited = []
    server._stopping.wait = waited.append
    server.faults.add(Fault(effect="latency", seconds=3.5))
    assert client.call("GET", EMPLOYEES).status == 200
    assert waited == [3.5]


def test_expired_tokens_are_refused_until_the_next_login(pair):
    server, client = pair
    server.faults.add(Fault(effect="expire_tokens", nth=2))
    assert [client.call("GET", EMPLOYEES).status for _ in range(3)] == [200, 401, 401]
    assert client.login().call("GET", EMPLOYEES).status == 200


def raw(server, client):
    """What comes over a bare socket, until it ends; None in place of the end if it is a reset."""
    host, port = urlsplit(server.url).netloc.split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        head = f"GET {EMPLOYEES} HTTP/1.1\r\nHost: x\r\nAuthorization: {client.authorization}\r\n\r\n"
        connection.sendall(head.encode())
        data = b""
        try:
            while more := connection.recv(65536):
                data += more
        except ConnectionResetError:
            return data, None
    return data, "end"


def test_a_truncated_body_promises_more_than_comes(pair):
    server, client = pair
    server.faults.add(Fault(effect="truncate", bytes=20))
    data, end = raw(server, client)
    head, _, body = data.partition(b"\r\n\r\n")
    promised = int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0])
    assert (len(body), promised > 1000, end) == (20, True, "end")


def test_a_reset_is_no_proper_end(pair):
    server, client = pair
    server.faults.add(Fault(effect="reset", bytes=20))
    assert raw(server, client)[1] is None


def test_garbage_says_that_it_is_json(pair):
    server, client = pair
    server.faults.add(Fault(effect="garbage"))
    answer = client.call("GET", EMPLOYEES)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    with pytest.raises(json.JSONDecodeError):
        _ = answer.json


def test_an_empty_answer_to_a_write_that_was_done(pair):
    server, client = pair
    server.faults.add(Fault(effect="empty", method="POST"))
    answer = client.call("POST", EMPLOYEES, NEW)
    assert (answer.status, answer.raw, len(server.rows("employees"))) == (201, b"", 26)


def test_an_envelope_of_failure_with_200(pair):
    server, client = pair
    server.faults.add(Fault(effect="code"))
    answer = client.call("GET", EMPLOYEES)
    assert (answer.status, answer.json["code"], answer.json["data"]) == (200, 1, [])


def test_a_list_may_lack_rows_that_it_counts(pair):
    server, client = pair
    server.faults.add(Fault(effect="cut", rows=3))
    page = client.get(f"{EMPLOYEES}?page_size=100")
    assert (page["count"], len(page["data"])) == (25, 22)


def test_a_list_may_count_what_is_not_there(pair):
    server, client = pair
    server.faults.add(Fault(effect="miscount", rows=2))
    page = client.get(f"{EMPLOYEES}?page_size=100")
    assert (page["count"], len(page["data"])) == (27, 25)


def test_links_may_name_another_host(pair):
    server, client = pair
    server.faults.add(Fault(effect="wrong_next", url="https://10.1.1.1"))
    page = client.get(f"{EMPLOYEES}?page=2")
    assert page["next"] == f"https://10.1.1.1{EMPLOYEES}?page=3"
    assert page["previous"] == f"https://10.1.1.1{EMPLOYEES}"


@pytest.mark.parametrize(("change", "count", "second"), [("delete", 24, "000012"), ("insert", 26, "000010")])
def test_a_list_may_shift_between_two_pages(pair, change, count, second):
    server, client = pair
    server.faults.add(Fault(effect="shift", path="/employees/", page=1, change=change, count=1))
    first = client.get(f"{EMPLOYEES}?page=1")
    assert (first["count"], first["data"][-1]["emp_code"]) == (25, "000010")
    page = client.get(f"{EMPLOYEES}?page=2")
    assert (page["count"], page["data"][0]["emp_code"]) == (count, second)


def test_faults_can_be_cleared(pair):
    server, client = pair
    server.faults.add(Fault(effect="html"), Fault(effect="garbage"))
    server.faults.clear()
    assert client.get(EMPLOYEES)["count"] == 25


def test_the_control_endpoint_takes_faults_only_where_it_is_enabled(start):
    server, client = start(control=True)
    given = {"effect": "status", "status": 502, "path": "/areas/"}
    assert client.call("POST", "/_simulator/faults", given).status == 200
    assert client.call("GET", "/personnel/api/areas/").status == 502
    assert client.get("/_simulator/faults")[0]["status"] == 502
    assert client.call("POST", "/_simulator/faults", [{"effect": "nonsense"}]).status == 400
    assert client.call("DELETE", "/_simulator/faults").json == []
    assert client.call("GET", "/personnel/api/areas/").status == 200
    assert server.calls("*", "/_simulator/*") == 0

    server, client = start()
    assert b"Page not found" in client.call("POST", "/_simulator/faults", given).raw
    assert server.faults.all() == []


def test_every_effect_is_documented_and_tested():
    here = Path(__file__)
    files = (here, here.with_name("test_device_faults.py"))
    tested = {effect for file in files for effect in re.findall(r'effect="(\w+)"', file.read_text("utf-8"))}
    assert set(Fault.__annotations__["effect"].__args__) == set(EFFECTS)
    assert tested == set(EFFECTS)


def test_a_page_that_is_no_number_is_the_first():
    assert Fault(effect="latency", page=1).meets(Request("GET", EMPLOYEES, "page=²"))
