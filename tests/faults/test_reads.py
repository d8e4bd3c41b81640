"""Reads that fail: what could not be read is unknown, never empty; the message says what happened; nothing is lost."""

from pathlib import Path

import pytest
from fault_project import ORGANISATION, apply, changes, complaints, run, write_objects

from reconciler.simulator import Fault, Server

EMPLOYEES = "/personnel/api/employees/"
NOT_JSON = (
    "It may still be starting, a proxy may have answered in its place, or `url` or `system` of the target is wrong."
)
CASES = {
    "an HTML page with status 200": (
        Fault(effect="html"),
        "RC0505",
        "The target hq ({host}) answered GET " + EMPLOYEES + " with an HTML page where JSON was expected (status 200). "
        "" + NOT_JSON,
    ),
    "garbage": (
        Fault(effect="garbage"),
        "RC0505",
        "The target hq ({host}) answered GET " + EMPLOYEES + " with something that is not JSON where JSON was expected "
        "(status 200). " + NOT_JSON,
    ),
    "nothing": (
        Fault(effect="empty"),
        "RC0505",
        "The target hq ({host}) answered GET " + EMPLOYEES + " with nothing where JSON was expected (status 200). "
        "" + NOT_JSON,
    ),
    "a redirect": (
        Fault(effect="redirect", url="http://elsewhere.example/login?next=/"),
        "RC0505",
        "The target hq ({host}) wanted to send GET " + EMPLOYEES + " to http://elsewhere.example (status 302). "
        "Redirects are not followed, since credentials would go along. If that is where the server is, write it as the "
        "target's `url`.",
    ),
    "a 500 page": (
        Fault(effect="status", status=500),
        "RC0506",
        "The target hq ({host}) failed: status 500 (Internal Server Error) to GET " + EMPLOYEES + ". The reason is in "
        "the server's own log.",
    ),
    "a busy server": (
        Fault(effect="status", status=429, retry_after="0"),
        "RC0507",
        "The target hq ({host}) is busy: status 429 (Too Many Requests) to GET " + EMPLOYEES + ", which was not "
        "carried out. Try again later, or give the target a smaller `concurrency`.",
    ),
    "a dropped connection": (
        Fault(effect="drop"),
        "RC0506",
        "The target hq ({host}) dropped the connection before its answer to GET " + EMPLOYEES + " was complete. If "
        "this goes on, look at the server's own log and at what lies between.",
    ),
    "a body that ends early": (
        Fault(effect="truncate", bytes=40),
        "RC0506",
        "The target hq ({host}) dropped the connection before its answer to GET " + EMPLOYEES + " was complete. If "
        "this goes on, look at the server's own log and at what lies between.",
    ),
    "an envelope that says it failed": (
        Fault(effect="code"),
        "RC0506",
        "The server could not list " + EMPLOYEES + ': "The operation failed.".',
    ),
    "a listing that is cut": (
        Fault(effect="cut"),
        "RC0602",
        "The server counts 3 objects in " + EMPLOYEES + ", and its pages held 2. It was read 3 times.",
    ),
    "a listing that is miscounted": (
        Fault(effect="miscount", rows=-1),
        "RC0602",
        "The server counts 2 objects in " + EMPLOYEES + ", and its pages held 3. It was read 3 times.",
    ),
}


@pytest.fixture
def drifted(root: Path, server: Server) -> Path:
    """ORGANISATION is applied; then E1 leaves the files, 20 is renamed in them, and somebody adds a visitor."""
    assert apply(root).status == 0
    server.seed({"employees": [{"code": "V1", "department": "20", "areas": ["HQ"]}]})
    departments = [ORGANISATION["departments"][0], {**ORGANISATION["departments"][1], "name": "Renamed"}]
    employees = [{**ORGANISATION["employees"][0], "first_name": "Other"}]
    write_objects(root, {**ORGANISATION, "departments": departments, "employees": employees})
    return root


def _employees(server: Server) -> list[tuple[object, object]]:
    return [(row["emp_code"], row.get("first_name")) for row in server.rows("employees")]


@pytest.mark.parametrize("name", CASES)
def test_what_can_not_be_read_is_left_alone(name: str, drifted: Path, server: Server) -> None:
    fault, code, detail = CASES[name]
    at = server.url.removeprefix("http://")
    server.faults.add(_of_employees(fault))
    before = sorted(_employees(server), key=str)

    plan = run(drifted, "plan", "--json")
    assert (plan.status, plan.document["complete"]) == (1, False)
    assert complaints(plan) == [(code, None, detail.format(host=at))]

    ran = apply(drifted)
    # the department, which could be read, is done; the person who left is not deleted on a listing that failed
    assert (ran.status, ran.document["complete"]) == (4, False)
    assert [(each["address"], each["status"]) for each in ran.document["outcomes"]] == [("hq/department/20", "done")]
    assert complaints(ran) == [(code, None, detail.format(host=at))]
    assert sorted(_employees(server), key=str) == before

    server.faults.clear()
    assert apply(drifted).status == 0
    assert sorted(_employees(server), key=str) == [("E0", "Other"), ("V1", None)]
    assert changes(drifted) == []
    assert server.created_twice() == []


def _of_employees(fault: Fault) -> Fault:
    return Fault(**{name: getattr(fault, name) for name in fault.__struct_fields__} | _WHERE)


_WHERE = {"method": "GET", "path": EMPLOYEES}


def test_a_passing_fault_of_a_read_is_read_again(drifted: Path, server: Server) -> None:
    faults = [
        Fault(effect=effect, path=EMPLOYEES, count=1, **members)
        for effect, members in (("cut", {}), ("drop", {}), ("status", {"status": 503}), ("miscount", {}))
    ]
    server.faults.add(*faults[:2])
    assert run(drifted, "plan").status == 0
    server.faults.add(*faults[2:])
    assert run(drifted, "plan").status == 0


@pytest.mark.parametrize("change", ["insert", "delete"])
def test_pages_that_shift_are_read_again(change: str, drifted: Path, server: Server) -> None:
    server.faults.add(Fault(effect="shift", path=EMPLOYEES, page=1, nth=1, change=change))
    server.generate(employees=1500)
    plan = run(drifted, "plan", "--json")
    assert (plan.status, complaints(plan)) == (0, [])
    assert server.calls("GET", EMPLOYEES) > 3


def test_pages_that_always_shift_are_unknown(drifted: Path, server: Server) -> None:
    server.generate(employees=1500)
    server.faults.add(Fault(effect="shift", path=EMPLOYEES, page=1, change="insert"))
    plan = run(drifted, "plan", "--json")
    assert plan.status == 1
    [(code, address, detail)] = complaints(plan)
    assert (code, address) == ("RC0602", None)
    assert detail.startswith(f"The server's count of {EMPLOYEES} went from 15")
    assert detail.endswith(" while it was read. It was read 3 times.")


def test_the_page_of_a_failed_server_is_never_shown(drifted: Path, server: Server) -> None:
    server.faults.add(Fault(effect="status", status=500, path=EMPLOYEES))
    shown = [run(drifted, "-v", *words) for words in (["plan"], ["plan", "--json"], ["apply", "--auto-approve"])]
    for ran in shown:
        assert "Traceback" not in ran.out + ran.err
        assert "OperationalError" not in ran.out + ran.err
        assert "<html" not in (ran.out + ran.err).lower()
