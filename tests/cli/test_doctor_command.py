"""`reconciler doctor`: how long it may take, what it exits with, and how far it tells that it is."""

from pathlib import Path

import msgspec
import pytest
from command_line import Project, run

from reconciler.model.examination import Examined, Finding
from reconciler.simulator import Fault, Terminals
from reconciler.systems.registry import system
from reconciler.transport.page import Page
from reconciler.workflow import examining

FLEET = 25
ADVICE = "Look at it."


def doors(root: Path, urls: list[str], settings: str = "{}", defaults: str = "{retries: 3}") -> Path:
    """A project with a terminal at each of the urls."""
    lines = [f'  - {{name: d{n}, url: "{url}", settings: {settings}}}' for n, url in enumerate(urls)]
    (root / "reconciler.yaml").write_text(f"version: 1\nproject: doors\ndefaults: {defaults}\n")
    (root / "doors.yaml").write_text("\n".join(["devices:", *lines, ""]))
    return root


def doctor(root: Path, *arguments: str):
    return run("-C", str(root), "doctor", *arguments)


def test_a_fleet_that_nobody_reaches_is_one_paragraph_and_says_how_far_it_is(tmp_path: Path) -> None:
    ran = doctor(doors(tmp_path, [f"http://127.0.0.1:9/{n}" for n in range(FLEET)]))
    assert ran.status == 1
    assert ran.err.splitlines()[-1] == "25 of 25 targets examined"
    assert ran.out.count("the connection was refused") == 1
    assert ran.out.endswith("\n\n25 targets: 25 not examined.\n")
    assert "\n  The same is true of d1, d10, d11," in ran.out


def test_one_target_is_asked_once_though_named_twice(project: Project) -> None:
    seen = project.run("doctor", "hq", "hq", "--json").document
    assert seen["summary"] == {"not_examined": 0, "errors": 0, "advice": 0, "in_order": 1}


@pytest.mark.parametrize(
    ("page", "timeout", "patience", "retries"),
    [
        (None, "60s", 5.0, 0),
        (None, "2s", 2.0, 0),
        (Page(), "60s", 60.0, 1),
        (Page(0.1), "60s", 60.0, 1),
    ],
)
def test_who_is_not_there_is_not_waited_for_and_who_is_slow_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: Page | None, timeout: str, patience: float, retries: int
) -> None:
    asked = []

    def examine(target, _aim):
        asked.append((target.timeout, target.retries))
        return Examined((Finding("login", "accepted", ADVICE),))

    fake = msgspec.structs.replace(system("device"), examine=examine)
    monkeypatch.setattr(examining, "page_of", lambda *_: page)
    monkeypatch.setattr(examining, "system", lambda _: fake)
    ran = doctor(doors(tmp_path, ["http://192.0.2.1"], defaults=f"{{timeout: {timeout}, retries: 3}}"), "--json")
    assert asked == [(patience, retries)]
    assert (ran.status, ran.document["summary"]["advice"]) == (0, 1)


def test_what_the_project_asks_and_a_terminal_can_not_do_is_an_error_of_it_alone(tmp_path: Path) -> None:
    with Terminals() as served:
        urls = [served.add(f"d{n}", capabilities={"access_control": n == 1}).url for n in range(2)]
        root = doors(tmp_path, urls, "{clock: {timezone: UTC}, access: {unlock_seconds: 5}}")
        ran = doctor(root, "--json")
        planned = run("-C", str(root), "plan", "--json")
    assert (ran.status, planned.status) == (1, 1)
    seen = ran.document["targets"]
    assert [(each["condition"], each["fits"]) for each in seen.values()] == [("errors", False), ("advice", True)]
    told = seen["d0"]["diagnostics"]
    assert [(each["severity"], each["code"], each["address"]) for each in told] == [
        ("error", "RC0601", "d0/settings/access")
    ]
    assert (told[0]["source"]["file"], told[0]["source"]["line"]) == ("doors.yaml", 2)
    assert told == planned.document["diagnostics"]


FAULTS = [
    (Fault(effect="html", path="/personnel/"), "RC0505", "with an HTML page where JSON was expected"),
    (Fault(effect="status", status=503, path="/personnel/"), "RC0506", "status 503"),
    (Fault(effect="drop", path="/personnel/"), "RC0506", "dropped the connection"),
]


@pytest.mark.parametrize(("fault", "code", "said"), FAULTS, ids=lambda each: getattr(each, "effect", None))
def test_a_server_that_says_nothing_sensible_has_no_login_that_is_accepted(
    project: Project, fault: Fault, code: str, said: str
) -> None:
    project.server.faults.add(fault)
    ran = project.run("doctor", "--json")
    seen = ran.document["targets"]["hq"]
    assert (ran.status, seen["reached"], [each["code"] for each in seen["diagnostics"]]) == (1, False, [code])
    assert said in seen["diagnostics"][0]["detail"]
    assert [each["about"] for each in seen["findings"]] == ["credentials"]
