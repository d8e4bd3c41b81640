"""No secret in any output, log, plan, state, backup, lock or cache: in daily work, and when things go wrong."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from planted import LITERAL_CARDS, SECRETS, PlantedProject, forms, planted

from reconciler.simulator import Fault
from reconciler.simulator.messages import Request, Response, html_response, json_response
from reconciler.systems.biotime import writer

APPLY = ("apply", "--auto-approve")


@pytest.fixture
def project(tmp_path: Path) -> Iterator[PlantedProject]:
    with planted(tmp_path / "project") as one:
        yield one


def exchange_cards(project: PlantedProject) -> None:
    """E1 and E3 get each other's cards."""
    first, second = LITERAL_CARDS
    project.replace("org.yaml", first, "BETWEEN")
    project.replace("org.yaml", second, first)
    project.replace("org.yaml", "BETWEEN", second)


@pytest.mark.parametrize("secret", [*SECRETS.values(), *LITERAL_CARDS])
def test_the_search_finds_every_form(project: PlantedProject, secret: str) -> None:
    """Otherwise the tests below could not fail."""
    for form in forms(secret):
        project.said = [f"before {form.decode()} after"]
        assert project.leaks() != []
    project.said = []
    project.write("found.txt", json.dumps({"a": [secret]}))
    assert project.leaks() != []


@pytest.mark.parametrize("scheme", ["token", "jwt", "basic"])
def test_daily_work(tmp_path: Path, scheme: str) -> None:
    with planted(tmp_path / "project", scheme) as project:
        for command in (
            ("validate",),
            ("validate", "--json"),
            ("plan",),
            ("plan", "--json"),
            ("plan", "--report", project.path("plan.md"), "--report", project.path("plan.html")),
            ("-v", "plan", "--out", project.path("first.plan")),
            ("show", project.path("first.plan")),
            ("-v", *APPLY, project.path("first.plan")),
            ("plan",),
            ("export", "hq"),
            ("export", "hq", "--out", project.path("exported")),
            ("-v", "doctor"),
            ("doctor", "--json"),
            ("state", "list"),
            ("state", "show", "hq/employee/E1"),
            ("state", "show", "--json", "hq/employee/E4"),
        ):
            ran = project.run(*command)
            assert ran.status == 0, ran
        exchange_cards(project)
        for command in (
            ("plan", "--json"),
            ("plan", "--out", project.path("second.plan")),
            ("show", "--json", project.path("second.plan")),
            ("-v", *APPLY, "--json"),
            ("plan", "--detailed-exitcode"),
        ):
            assert project.run(*command).status == 0
        rows = {row["emp_code"]: (row["card_no"], row["device_password"]) for row in project.server.rows("employees")}
        assert rows == {
            "E1": (LITERAL_CARDS[1], SECRETS["PIN from the environment"]),
            "E2": (SECRETS["card by reference"], SECRETS["PIN from a file"]),
            "E3": (LITERAL_CARDS[0], SECRETS["PIN from a command"]),
            "E4": (SECRETS["card by table"], SECRETS["PIN from a table"]),
        }
        assert project.tokens - {""}
        assert project.leaks() == []


def everything_that_writes(project: PlantedProject) -> list[int]:
    """The statuses of an apply in each form, and of what looks at its remains."""
    commands = (("-v", *APPLY), (*APPLY, "--json"), ("-v", "plan"), ("plan", "--json"), ("state", "list", "--json"))
    return [project.run(*command).status for command in commands]


def echo(request: Request) -> Response:
    """A refusal that says again all that it was told, in every way."""
    body = request.body.decode()
    given = json.loads(body)
    told = {name: [f"{value!r} is not allowed", json.dumps(value)] for name, value in given.items()}
    return json_response(400, {**told, "detail": body, "request": given, "auth": request.headers.get("authorization")})


def quote_card(request: Request) -> Response:
    card = json.loads(request.body).get("card_no")
    return json_response(400, {"card_no": [f"Card {card} already exists, held by an employee with card {card}."]})


def page(request: Request) -> Response:
    return html_response(
        400, "Bad request", f"<pre>{request.body.decode()} {request.headers.get('authorization')}</pre>"
    )


@pytest.mark.parametrize("reply", [echo, quote_card, page])
@pytest.mark.parametrize("scheme", ["token", "basic"])
def test_a_refusal_that_echoes_what_it_was_sent(tmp_path: Path, scheme: str, reply: "type[object]") -> None:
    with planted(tmp_path / "project", scheme) as project:
        project.answer("POST", "/employees/", reply)  # type: ignore[arg-type]
        assert everything_that_writes(project)[:2] == [4, 1]
        assert project.leaks() == []


@pytest.mark.parametrize(
    ("method", "statuses"), [("POST", [4, 4, 0, 0, 0]), ("PATCH", [4, 4, 0, 0, 0]), ("GET", [4, 1, 1, 1, 0])]
)
def test_a_traceback_page_that_echoes_the_request(project: PlantedProject, method: str, statuses: list[int]) -> None:
    if method == "PATCH":
        assert project.run(*APPLY).status == 0
        exchange_cards(project)
    project.server.faults.add(Fault(effect="status", status=500, method=method, path="/employees/"))
    assert everything_that_writes(project) == statuses
    assert project.leaks() == []


@pytest.mark.parametrize("status", [400, 403, 429, 500])
@pytest.mark.parametrize("kind", ["json", "html"])
@pytest.mark.parametrize("scheme", ["token", "jwt"])
def test_a_refused_login_that_echoes_the_password(tmp_path: Path, status: int, kind: str, scheme: str) -> None:
    def refuse(request: Request) -> Response:
        given = json.loads(request.body)
        if kind == "html":
            return html_response(status, "No", request.body.decode() + given["password"])
        return json_response(status, {"non_field_errors": [f"{given['password']} is wrong"], "given": given})

    with planted(tmp_path / "project", scheme) as project:
        project.answer("POST", "token-auth/", refuse)
        assert everything_that_writes(project) == [1, 1, 1, 1, 0]
        project.run("export", "hq")
        assert project.leaks() == []


@pytest.mark.parametrize("effect", ["drop", "truncate", "reset", "garbage", "html", "redirect"])
@pytest.mark.parametrize("commit", [False, True])
def test_connections_that_break(project: PlantedProject, effect: str, commit: bool) -> None:
    project.server.faults.add(Fault(effect=effect, method="POST", path="/employees/", commit=commit, count=2))  # type: ignore[arg-type]
    everything_that_writes(project)
    assert project.leaks() == []


def test_a_server_that_is_gone(project: PlantedProject) -> None:
    project.server.stop()
    assert everything_that_writes(project) == [1, 1, 1, 1, 0]
    assert project.leaks() == []


def test_a_stale_plan(project: PlantedProject) -> None:
    assert project.run(*APPLY).status == 0
    exchange_cards(project)
    assert project.run("plan", "--out", project.path("saved")).status == 0
    for row in project.server.rows("employees"):
        project.change_row("employees", int(str(row["id"])), card_no=f"99{row['id']}", first_name="Zoe")
    for options in ((), ("--json",)):
        assert project.run("-v", *APPLY, *options, project.path("saved")).status == 5
    assert project.leaks() == []


@pytest.mark.parametrize("field", ["card_no", "device_password"])
def test_a_masked_value_that_reads_back_differently(tmp_path: Path, field: str) -> None:
    with planted(tmp_path / "project", dropped_fields=[field]) as project:
        statuses = everything_that_writes(project)
        assert statuses[0] == 4
        assert project.leaks() == []


def test_drift_of_masked_values(project: PlantedProject) -> None:
    assert project.run(*APPLY).status == 0
    for row, card in zip(project.server.rows("employees"), reversed(LITERAL_CARDS), strict=False):
        project.change_row("employees", int(str(row["id"])), card_no=card)
    assert project.run("plan", "--detailed-exitcode").status == 2
    assert project.run("-v", *APPLY).status == 0
    assert project.leaks() == []


@pytest.mark.parametrize("options", [(), ("-v",)])
def test_a_defect_in_the_transport(
    project: PlantedProject, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    def send(_: httpx.Client, request: httpx.Request) -> httpx.Response:
        raise RuntimeError(f"{SECRETS['password']} {request.headers} {request.content!r} {LITERAL_CARDS}")

    monkeypatch.setattr(httpx.Client, "send", send)
    for command in ("plan", *(() if options else ("validate",))):
        ran = project.run(*options, command)
        assert ran.status == (0 if command == "validate" else 1)
    assert project.run(*options, *APPLY).status == 1
    assert "RC0902" in project.said[-1]
    assert project.leaks() == []


@pytest.mark.parametrize("json_option", [(), ("--json",)])
def test_a_defect_in_the_writer(
    project: PlantedProject, monkeypatch: pytest.MonkeyPatch, json_option: tuple[str, ...]
) -> None:
    real = writer.encode

    def broken(*arguments: object) -> object:
        body = real(*arguments)  # type: ignore[arg-type]
        if "first_name" in body:
            raise RuntimeError(f"{[getattr(value, 'reveal', lambda: value)() for value in body.values()]}")  # noqa: B023
        return body

    monkeypatch.setattr(writer, "encode", broken)
    ran = project.run("-v", *APPLY, *json_option)
    assert ran.status != 0
    monkeypatch.undo()
    project.run("plan")
    assert project.leaks() == []


FAULTY_LINES = [
    "  - {{code: E9, device_password: {secret}}}",
    "  - {{code: E9, device_password: [{secret}]}}",
    "  - {{code: E9, device_password: {{envv: {secret}}}}}",
    "  - {{code: E9, card: {{value: {secret}}}}}",
    "  - {{code: E9, card: [{secret}]}}",
    "  - {{code: E9, card: {secret}{secret}{secret}}}",
    "  - {{code: E9, card: '{{{{ {secret} }}}}'}}",
    "  - {{code: E9, card: {{{secret}}}}}",
    "  - {{code: E9, extra_cards: {secret}}}",
    "  - {{code: E9, extra_cards: {{env: {secret}}}}}",
    "  - {{code: E9, extra_cards: [{secret}{secret}{secret}]}}",
    "  - {{code: E9, extra_cards: ['{secret},{secret}']}}",
    "  - {{code: E9, extra_cards: [{{{secret}: A}}]}}",
    "  - {{code: E9, extra_cards: [[{secret}]]}}",
    "  - {{code: E9, extra_cards: ['{{{{ {secret} }}}}', '{{{{ x }}}}']}}",
    "  - {{code: E9, cvsecurity: {{certificate: {{number: [{secret}]}}}}}}",
    "  - {{code: E9, department: nowhere, card: {secret}}}",
    "  - {{code: E9, card: {secret}, card: {secret}}}",
    "  - {{code: E9, card: {secret}",
    "  - code: E9\n    card:\n      {secret}: 1",
    "  - code: E9\n    device_password: |\n      {secret}\n    gender: x",
    "  - code: E9\n    card: !!python/name:{secret} x",
]


@pytest.mark.parametrize("line", FAULTY_LINES)
def test_mistakes_beside_a_secret_do_not_show_it(project: PlantedProject, line: str) -> None:
    secret = LITERAL_CARDS[0]
    project.write("org.yaml", "employees:\n" + line.format(secret=secret) + "\n")
    for command in (("validate",), ("validate", "--json"), ("validate", "--github"), ("plan",), ("plan", "--json")):
        assert project.run(*command).status == 1
    assert project.leaks() == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("password: {env: HQ_PASSWORD}", f"password: '{LITERAL_CARDS[0]}'"),
        ("password: {env: HQ_PASSWORD}", f"password: {{env: HQ_PASSWORD, extra: '{LITERAL_CARDS[0]}'}}"),
        ("http://", f"http://reconciler:{LITERAL_CARDS[0]}@"),
        ("{file: private/pins.csv}", f"'{LITERAL_CARDS[0]}'"),
    ],
)
def test_mistakes_in_the_project_file_do_not_show_a_secret(project: PlantedProject, old: str, new: str) -> None:
    project.replace("reconciler.yaml", old, new)
    for command in (
        ("validate",),
        ("validate", "--json"),
        ("validate", "--github"),
        ("-v", "plan"),
        ("plan", "--json"),
    ):
        assert project.run(*command).status == 1
    assert [leak for leak in project.leaks() if not leak.endswith("in reconciler.yaml")] == []


def test_secrets_that_are_too_long_or_missing(project: PlantedProject) -> None:
    project.write("private/pin-2", SECRETS["PIN from a file"] * 3)
    project.write("private/pins.csv", f"key,value\nE4,{SECRETS['PIN from a table']}\nE4,{SECRETS['PIN from a file']}\n")
    project.replace("org.yaml", "cat, private/pin-3", "cat, private/nowhere")
    for command in (("-v", "plan"), ("plan", "--json"), APPLY):
        assert project.run(*command).status == 1
    assert project.leaks() == []
