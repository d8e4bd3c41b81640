"""No secret of a terminal in any output, log, plan, state, backup or cache: in daily work, and when things go wrong."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from planted import forms
from planted_terminals import SECRETS, PlantedTerminals, planted

from reconciler.simulator import Fault
from reconciler.simulator.device.terminal import Done
from reconciler.simulator.messages import Request, Response, html_response, json_response

APPLY = ("apply", "--auto-approve")


@pytest.fixture
def project(tmp_path: Path) -> Iterator[PlantedTerminals]:
    with planted(tmp_path / "project") as one:
        yield one


def test_the_search_finds_every_form(project: PlantedTerminals) -> None:
    """Otherwise the tests below could not fail."""
    assert project.leaks() == []
    for name, secret in SECRETS.items():
        for form in forms(secret):
            project.said = [f"before {form.decode()} after"]
            assert f"{name} in output 0" in project.leaks()


def test_daily_work(project: PlantedTerminals) -> None:
    for command in (
        ("validate",),
        ("validate", "--json"),
        ("plan",),
        ("plan", "--json"),
        ("-v", "plan", "--out", project.path("first.plan")),
        ("show", project.path("first.plan")),
        ("show", "--json", project.path("first.plan")),
        ("-v", *APPLY, "--select", "gate/*"),
        ("-v", *APPLY),
        ("-v", *APPLY, "--json"),
        ("plan",),
        ("-v", "export", "lobby"),
        ("export", "lobby", "--out", project.path("exported")),
        ("-v", "doctor"),
        ("doctor", "--json"),
        ("state", "list"),
        ("state", "show", "lobby/employee/1"),
        ("state", "show", "--json", "lobby/settings/security"),
    ):
        ran = project.run(*command)
        assert (ran.status, command) == (0, command), ran
    live: Any = project.lobby.dump()
    assert {key: (user["card"], user["password"]) for key, user in live["users"].items()} == {
        "1": (SECRETS["card"], SECRETS["PIN by reference"]),
        "2": (SECRETS["card by reference"], SECRETS["PIN of a table"]),
    }
    assert live["security"]["api_key"] == SECRETS["desired API key"]
    assert SECRETS["private key"] in live["security"]["device_key"]
    assert live["wlan"]["access_points"] == [["home", SECRETS["Wi-Fi key"]]]
    assert project.leaks() == []


def everything(project: PlantedTerminals) -> list[int]:
    """The statuses of an apply in each form, and of what looks at its remains."""
    commands = (("-v", *APPLY), (*APPLY, "--json"), ("-v", "plan"), ("-v", "doctor"), ("state", "list", "--json"))
    return [project.run(*command).status for command in commands]


def as_error(request: Request, message: Any) -> Done:
    """The manual's Error, whose code and arguments say again all that was sent."""
    told = {"code": request.body.decode(), "arguments": [message, request.query, json.dumps(message["payload"])]}
    return Done(json_response(200, {"mid": message["mid"], "result": "Error", "payload": told}), "Error")


def as_result(request: Request, message: Any) -> Done:
    told = {"mid": message["mid"], "result": request.body.decode() + request.query, "payload": message["payload"]}
    return Done(json_response(200, told))


def as_refusal(request: Request, message: Any) -> Done:
    return Done(json_response(400, {"detail": request.body.decode(), "request": message, "query": request.query}))


def as_page(request: Request, message: Any) -> Done:
    return Done(html_response(400, "Bad request", f"<pre>{request.body.decode()} {request.query}</pre>"))


def as_login(request: Request, message: Any) -> Done:
    return Done(Response(403, (request.query + request.body.decode()).encode(), {"Content-Type": "text/plain"}))


@pytest.mark.parametrize("reply", [as_error, as_result, as_refusal, as_page, as_login])
def test_answers_that_echo_what_was_sent(project: PlantedTerminals, reply: Any) -> None:
    for command in ("SetUserInfo", "SetNetworkConfig", "SetSecurityConfig"):
        project.answer(command, reply)
    assert everything(project)[0] == 4
    assert project.leaks() == []


@pytest.mark.parametrize("reply", [as_error, as_page])
def test_reads_that_echo_the_key(project: PlantedTerminals, reply: Any) -> None:
    project.answer("GetSoundVolume", reply)
    assert everything(project)[0] == 4
    assert project.leaks() == []


@pytest.mark.parametrize(
    "fault",
    [
        Fault(effect="status", status=500, command="Set*"),
        Fault(effect="drop", command="Set*", commit=True),
        Fault(effect="garbage", command="Set*"),
        Fault(effect="redirect", command="Get*"),
    ],
    ids=lambda fault: f"{fault.effect}-{fault.command}",
)
def test_connections_that_break_and_pages_of_errors(project: PlantedTerminals, fault: Fault) -> None:
    project.lobby.faults.add(fault)
    everything(project)
    assert project.leaks() == []


def test_keys_that_are_wrong_and_terminals_that_are_gone(project: PlantedTerminals) -> None:
    project.lobby.unit.state.security = type(project.lobby.unit.state.security)(api_key="another")
    everything(project)
    project.lobby.unit.state.security = type(project.lobby.unit.state.security)(http=False)
    everything(project)
    project.write(
        "org.yaml", (project.root / "org.yaml").read_text("utf-8").replace(project.gate.url, "http://127.0.0.1:1")
    )
    everything(project)
    assert project.leaks() == []
