"""Servers that can't be reached or do not let us in; tokens that run out in mid-run."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fault_project import (
    ORGANISATION,
    PASSWORD,
    apply,
    changes,
    complaints,
    run,
    serving,
    target,
    write_objects,
    write_project,
)

from reconciler.simulator import Fault, Server

LOGIN = "/api-token-auth/"
JWT = {"username": "admin", "password": {"env": "FAULTS_PASSWORD"}, "scheme": "jwt"}
REFUSED = (
    "The server refused the user name and password. The login is not tried again in this run, since servers lock "
    "accounts. Check `auth` of the target."
)
GATED = (
    "The server does not let this account read with a {word} login. A server whose licence lacks the API module "
    "refuses every such login [HTTP 403]; `scheme: basic` in the target's `auth` may pass. Otherwise the account lacks "
    "the "
    "permission."
)


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port of 127.0.0.1 where nobody listens, and nobody else will."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@pytest.mark.parametrize("command", [("plan", "--json"), ("apply", "--json", "--auto-approve")])
def test_unreachable(command: tuple[str, ...], closed_port: int, tmp_path: Path) -> None:
    where = {"system": "biotime", "url": f"http://127.0.0.1:{closed_port}"}
    root = write_project(tmp_path, {"hq": where}, ORGANISATION)
    ran = run(root, *command)
    assert (ran.status, ran.document["complete"], ran.document["resource_changes"]) == (1, False, [])
    assert complaints(ran) == [
        (
            "RC0501",
            None,
            (
                f"The target hq (127.0.0.1:{closed_port}) can't be reached: the connection was refused. Check `url` "
                "with "
                "its port, and that the server runs. Nothing was sent."
            ),
        )
    ]


@pytest.mark.parametrize(("scheme", "logins"), [("token", 1), ("jwt", 1), ("basic", 0)], ids=lambda value: str(value))
def test_a_wrong_password_is_tried_once(scheme: str, logins: int, tmp_path: Path) -> None:
    with Server(password=PASSWORD + "-of-before", switches={"basic": True}) as server:
        auth = JWT | {"scheme": scheme}
        root = write_project(tmp_path / "project", {"hq": target(server, auth=auth)}, ORGANISATION)
        ran = run(root, "plan", "--json")
        assert (ran.status, ran.document["complete"]) == (1, False)
        [(code, address, detail)] = complaints(ran)
        assert (code, address) == ("RC0503", None)
        assert PASSWORD not in ran.out + ran.err
        assert server.calls() == 1  # with basic there is no login: it is the first listing
        assert server.calls("POST") == logins
        if scheme != "basic":
            assert detail == REFUSED


def test_a_password_that_is_changed_between_plan_and_writes(root: Path, server: Server) -> None:
    """The token of the plan's reads is good, and then the writer's login is refused: once, whatever waits for it."""
    server.faults.add(Fault(effect="status", status=400, method="POST", path=LOGIN, nth=2, count=100))
    ran = apply(root)
    assert ran.status == 1
    assert {each["status"] for each in ran.document["outcomes"]} == {"failed", "skipped"}
    assert {code for code, _, _ in complaints(ran)} == {"RC0503", "RC0704"}
    assert server.calls("POST", LOGIN) == 2
    assert server.calls("POST", "/personnel/*") == 0
    server.faults.clear()
    assert (apply(root).status, changes(root)) == (0, [])


@pytest.mark.parametrize(("scheme", "word"), [("token", "Token"), ("jwt", "JWT")])
def test_the_licence_gate(scheme: str, word: str, tmp_path: Path) -> None:
    with serving(licence_gate=True) as server:
        gated = write_project(tmp_path / "a", {"hq": target(server, auth=JWT | {"scheme": scheme})}, ORGANISATION)
        for ran in (run(gated, "plan", "--json"), apply(gated)):
            assert (ran.status, ran.document["complete"]) == (1, False)
            assert complaints(ran) == [("RC0504", None, GATED.format(word=word))]
        assert server.rows("employees") == []
        basic = write_project(tmp_path / "b", {"hq": target(server, auth=JWT | {"scheme": "basic"})}, ORGANISATION)
        assert (apply(basic).status, changes(basic)) == (0, [])


@pytest.mark.parametrize("scheme", ["token", "jwt"])
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
def test_a_token_that_runs_out_in_mid_run(method: str, scheme: str, tmp_path: Path, server: Server) -> None:
    """Each time one login more, for however many calls; nothing is done twice."""
    root = write_project(tmp_path / "project", {"hq": target(server, auth=JWT | {"scheme": scheme})}, ORGANISATION)
    if method != "POST":
        assert apply(root).status == 0
        write_objects(root, {**ORGANISATION, "employees": [{**ORGANISATION["employees"][0], "first_name": "Other"}]})
    server.journal.clear()
    server.faults.add(Fault(effect="expire_tokens", method=method, path="/personnel/", nth=2 if method == "GET" else 1))
    ran = apply(root)
    assert (ran.status, complaints(ran), ran.document["verified"]) == (0, [], True)
    # reader, writer and verifying reader log in once each, and once more where the token ran out
    logins: Any = list(server.journal.entries("POST", "*-token-auth/"))
    assert len(logins) == 4
    assert (changes(root), server.created_twice()) == ([], [])


def test_json_web_tokens_of_a_second(tmp_path: Path) -> None:
    """A token that lives for as long as one call takes: every call of the run finds it spent."""
    moment = iter(range(1_000_000, 2_000_000))
    switches = {"jwt_seconds": 4}
    with Server(password=PASSWORD, switches=switches, clock=lambda: float(next(moment))) as server:
        root = write_project(tmp_path / "project", {"hq": target(server, auth=JWT)}, ORGANISATION, concurrency=1)
        ran = apply(root)
        assert (ran.status, complaints(ran)) == (0, [])
        assert server.calls("POST", "/jwt-api-token-auth/") > 4
        assert (changes(root), server.created_twice(), server.errors) == ([], [], [])
