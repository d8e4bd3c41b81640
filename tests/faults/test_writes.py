"""Writes that fail, and replies that are lost: every outcome is said as it is, and the next apply converges."""

from pathlib import Path
from typing import Any

import pytest
from command_line import Ran
from fault_project import ORGANISATION, apply, changes, complaints, run, write_objects

from reconciler.simulator import Fault, Server

EMPLOYEES = "/personnel/api/employees/"
ONE, BOTH = ORGANISATION["employees"][:1], ORGANISATION["employees"]
OTHER = [{**ONE[0], "first_name": "Other"}]
STEPS: dict[str, tuple[Any, Any, str]] = {
    "POST": (ONE, BOTH, "E1"),
    "PATCH": (ONE, OTHER, "E0"),
    "DELETE": (BOTH, ONE, "E1"),
}
"""By method: the employees at first, then, and the one that is written by it."""

UNKNOWN = {
    "drop": "The target hq ({host}) dropped the connection before its answer to {call} was complete. Whether it was "
    "carried out is not known. If this goes on, look at the server's own log and at what lies between.",
    "html": "The target hq ({host}) answered {call} with an HTML page where JSON was expected (status 200). Whether it "
    "was carried out is not known. It may still be starting, a proxy may have answered in its place, or `url` or "
    "`system` of the target is wrong.",
    "redirect": "The target hq ({host}) wanted to send {call} to http://elsewhere.example (status 302). Redirects are "
    "not followed, since credentials would go along. Whether it was carried out is not known. If that is where the "
    "server is, write it as the target's `url`.",
    "status": "The target hq ({host}) failed: status 500 (Internal Server Error) to {call}. Whether it was carried out "
    "is not known. The reason is in the server's own log.",
}


@pytest.fixture(params=STEPS)
def method(request: pytest.FixtureRequest, root: Path) -> str:
    """The project is made so that its next apply is one change, made by a call of this method."""
    before, after, _ = STEPS[request.param]
    write_objects(root, {**ORGANISATION, "employees": before})
    assert apply(root).status == 0
    write_objects(root, {**ORGANISATION, "employees": after})
    return str(request.param)


def _written(server: Server) -> list[tuple[object, object]]:
    return sorted((str(row["emp_code"]), row["first_name"]) for row in server.rows("employees"))


def _converged(root: Path, server: Server, method: str) -> bool:
    wanted = [(each["code"], each["first_name"]) for each in STEPS[method][1]]
    return (_written(server), changes(root), server.created_twice()) == (wanted, [], [])


def _statuses(ran: Ran) -> dict[str, str]:
    return {each["address"]: each["status"] for each in ran.document["outcomes"]}


@pytest.mark.parametrize("commit", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("effect", ["drop", "html", "status"])
def test_a_reply_lost_once(method: str, effect: Any, commit: bool, root: Path, server: Server) -> None:
    """A call that may be repeated is; a create is looked up first."""
    server.faults.add(Fault(effect=effect, method=method, path=EMPLOYEES, count=1, commit=commit))
    ran = apply(root)
    done = {f"hq/employee/{STEPS[method][2]}": "done"}
    assert (ran.status, _statuses(ran), complaints(ran), ran.document["verified"]) == (0, done, [], True)
    assert _converged(root, server, method)


@pytest.mark.parametrize("commit", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("effect", UNKNOWN)
def test_replies_that_are_always_lost(method: str, effect: Any, commit: bool, root: Path, server: Server) -> None:
    url = "http://elsewhere.example/login"
    server.faults.add(Fault(effect=effect, method=method, path=EMPLOYEES, commit=commit, url=url))
    key = STEPS[method][2]
    number = next((row["id"] for row in server.rows("employees") if row["emp_code"] == key), None)
    call = f"{method} {EMPLOYEES}" if method == "POST" else f"{method} {EMPLOYEES}{number}/"
    detail = UNKNOWN[effect].format(host=server.url.removeprefix("http://"), call=call)
    ran = apply(root)
    if method == "POST" and commit:  # it was found by its key, so that it is known
        assert (ran.status, _statuses(ran), complaints(ran)) == (0, {f"hq/employee/{key}": "done"}, [])
    else:
        said = [("RC0702", f"hq/employee/{key}", detail)]
        assert (ran.status, _statuses(ran), complaints(ran)) == (4, {f"hq/employee/{key}": "unknown"}, said)
    server.faults.clear()
    assert apply(root).status == 0
    assert _converged(root, server, method)


@pytest.mark.parametrize(
    ("fault", "code", "detail"),
    [
        (
            Fault(effect="status", status=429, retry_after="0"),
            "RC0507",
            (
                "The target hq ({host}) is busy: status 429 (Too Many Requests) to {call}, which was not carried out. "
                "Try "
                "again later, or give the target a smaller `concurrency`."
            ),
        ),
        (
            Fault(effect="status", status=403),
            "RC0504",
            (
                "The target hq ({host}) does not permit {call}: status 403 (Forbidden). Give the account this right in "
                "the "
                "server's own administration, or use another account."
            ),
        ),
    ],
    ids=["429", "403"],
)
def test_a_refusal_is_a_failure(method: str, fault: Fault, code: str, detail: str, root: Path, server: Server) -> None:
    server.faults.add(_at(fault, method))
    key = STEPS[method][2]
    number = next((row["id"] for row in server.rows("employees") if row["emp_code"] == key), None)
    call = f"{method} {EMPLOYEES}" if method == "POST" else f"{method} {EMPLOYEES}{number}/"
    ran = apply(root)
    said = detail.format(host=server.url.removeprefix("http://"), call=call)
    assert (ran.status, _statuses(ran)) == (1, {f"hq/employee/{key}": "failed"})
    assert complaints(ran) == [(code, f"hq/employee/{key}", said)]
    server.faults.clear()
    assert apply(root).status == 0
    assert _converged(root, server, method)


def _at(fault: Fault, method: str) -> Fault:
    members = {name: getattr(fault, name) for name in fault.__struct_fields__}
    return Fault(**members | {"method": method, "path": EMPLOYEES})


def test_an_envelope_that_says_no(root: Path, server: Server) -> None:
    """Status 200, and a code that is not 0: a refusal."""
    server.faults.add(Fault(effect="code", method="POST", path=EMPLOYEES, count=1))
    ran = apply(root)
    assert ran.status == 4
    [(code, address, detail)] = complaints(ran)
    assert (code, detail) == ("RC0701", 'The target refused to create the employee: "The operation failed.".')
    assert _statuses(ran)[str(address)] == "failed"
    assert (apply(root).status, changes(root)) == (0, [])


def test_a_busy_server_is_asked_again_after_the_time_that_it_asks_for(method: str, root: Path, server: Server) -> None:
    server.faults.add(Fault(effect="status", status=429, retry_after="0", method=method, path=EMPLOYEES, count=2))
    ran = apply(root)
    assert (ran.status, complaints(ran)) == (0, [])
    assert _converged(root, server, method)


def test_what_waited_for_a_failed_change_is_skipped_and_nothing_else(root: Path, server: Server) -> None:
    server.faults.add(Fault(effect="status", status=403, method="POST", path="/departments/"))
    ran = apply(root)
    assert ran.status == 4
    assert _statuses(ran) == {
        "hq/department/10": "failed",
        "hq/area/HQ": "done",
        "hq/department/20": "skipped",
        "hq/employee/E0": "skipped",
        "hq/employee/E1": "skipped",
    }
    assert [each for each in complaints(ran) if each[0] == "RC0704"] == [
        ("RC0704", "hq/department/20", "It waits for hq/department/10, which was not done."),
        ("RC0704", "hq/employee/E0", "It waits for hq/department/20, which was not done."),
        ("RC0704", "hq/employee/E1", "It waits for hq/department/20, which was not done."),
    ]
    server.faults.clear()
    assert (apply(root).status, changes(root), server.created_twice()) == (0, [], [])


def test_the_page_of_a_failed_server_is_never_shown(method: str, root: Path, server: Server) -> None:
    server.faults.add(Fault(effect="status", status=500, method=method, path=EMPLOYEES))
    for words in (["apply", "--auto-approve"], ["-v", "apply", "--auto-approve"]):
        ran = run(root, *words)
        assert ran.status == 4
        assert all(word not in ran.out + ran.err for word in ("Traceback", "OperationalError", "<html", "django"))


def test_a_card_that_was_cleared_for_an_exchange_that_fails(root: Path, server: Server) -> None:
    """Two people swap cards on a server that refuses the second call: who is left without a card is said."""
    people = [{**ONE[0], "card": "111"}, {**BOTH[1], "card": "222"}]
    write_objects(root, {**ORGANISATION, "employees": people})
    assert apply(root).status == 0
    swapped = [{**people[0], "card": "222"}, {**people[1], "card": "111"}]
    write_objects(root, {**ORGANISATION, "employees": swapped})
    server.faults.add(Fault(effect="status", status=403, method="PATCH", path=EMPLOYEES, nth=2, count=1))
    ran = apply(root)
    assert (ran.status, _statuses(ran)) == (4, {"hq/employee/E0": "skipped", "hq/employee/E1": "failed"})
    assert ran.document["applied"]
    [(_, _, why)] = [each for each in complaints(ran) if each[1] == "hq/employee/E0"]
    assert why == (
        "It waits for hq/employee/E1, which was not done. To be exchanged, its `card` was cleared before that, and is "
        "empty now: apply again to set it."
    )
    assert (apply(root).status, changes(root)) == (0, [])
    assert {row["emp_code"]: row["card_no"] for row in server.rows("employees")} == {"E0": "222", "E1": "111"}


def test_what_waits_for_a_create_whose_reply_was_lost_goes_on(root: Path, server: Server) -> None:
    """The department is there when it is looked up, so its people can be created in the same run."""
    server.faults.add(Fault(effect="drop", method="POST", path="/departments/", commit=True, count=2))
    ran = apply(root)
    assert (ran.status, set(_statuses(ran).values())) == (0, {"done"})
    assert (changes(root), server.created_twice()) == ([], [])
