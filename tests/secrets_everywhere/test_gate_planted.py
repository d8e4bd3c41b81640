"""No secret of a CVSecurity project in anything that the program leaves behind: the token stands in every url."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from command_line import Project, Ran
from planted import Records, found

from reconciler.simulator import Fault, Server
from reconciler.simulator.messages import Request, Response, html_response, json_response

APPLY = ("apply", "--auto-approve")
LITERALS = {"card": "8830011111", "first extra card": "8830033331", "second extra card": "8830033332"}
SECRETS = {
    "token": 'T0k3n "Pl&nted"/ß+%of the gate',
    "card by reference": "8830022222",
    "PIN": "731905",
    "certificate": 'C3rt&"Pl/nted+ß',
    "key": "planted-key-of-the-state-0123456789",
}
ENVIRONMENT = {
    "GATE_TOKEN": SECRETS["token"],
    "CARD": SECRETS["card by reference"],
    "PIN": SECRETS["PIN"],
    "CERTIFICATE": SECRETS["certificate"],
    "RECONCILER_KEY": SECRETS["key"],
}
SETTINGS = """\
version: 1
project: planted
resources: [org.yaml]
targets:
  gate:
    system: cvsecurity
    url: {url}
    auth: {{access_token: {{env: GATE_TOKEN}}}}
    retries: 1
"""
ORGANISATION = f"""\
departments: [{{code: "10", name: Operations}}]
access_levels: [{{name: Lobby}}, {{name: Lift, control: elevator}}]
employees:
  - code: E1
    first_name: Ana
    department: "10"
    card: "{LITERALS["card"]}"
    extra_cards: ["{LITERALS["first extra card"]}", "{LITERALS["second extra card"]}"]
    device_password: {{env: PIN}}
    access_levels: [Lobby, Lift]
    cvsecurity: {{certificate: {{type: 2, number: {{env: CERTIFICATE}}}}}}
  - {{code: E2, first_name: Ben, department: "10", card: {{env: CARD}}, access_levels: []}}
"""


class PlantedGate(Project):
    """Keeps all that its commands printed and logged."""

    def __init__(self, root: Path, server: Server) -> None:
        super().__init__(root, server, ORGANISATION)
        self.write("reconciler.yaml", SETTINGS.format(url=server.url))
        self.said: list[str] = []
        self._records = Records()

    def run(self, *arguments: str, **settings: object) -> Ran:
        with self._records.kept():
            ran = super().run(*arguments, environment=ENVIRONMENT)
        self.said += [ran.out, ran.err]
        return ran

    def leaks(self) -> list[str]:
        """Where a secret, or another form of one, stands: in what was printed, logged or written."""
        secrets = SECRETS | LITERALS
        said = self.said + self._records.texts
        return found(self.root, said, secrets, {"org.yaml"}, in_files=tuple(LITERALS.values()))


@contextmanager
def planted_gate(root: Path, edition: str = "cvsecurity-1.2", **switches: object) -> Iterator[PlantedGate]:
    with Server(edition, token=SECRETS["token"], switches=switches) as server:
        server.seed({"door_levels": [{"name": "Lobby"}], "elevator_levels": [{"name": "Lift"}]})
        yield PlantedGate(root, server)


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[PlantedGate]:
    with planted_gate(tmp_path / "project") as one:
        yield one


@pytest.mark.parametrize("edition", ["cvsecurity-1.0", "cvsecurity-1.2"])
def test_daily_work_with_a_gate(edition: str, tmp_path: Path) -> None:
    with planted_gate(tmp_path / "project", edition) as gate:
        for command in (
            ("validate", "--json"),
            ("plan",),
            ("plan", "--json"),
            ("-v", "plan", "--out", gate.path("first.plan")),
            ("show", "--json", gate.path("first.plan")),
            ("-v", *APPLY, gate.path("first.plan")),
            ("-v", "export", "gate"),
            ("export", "gate", "--out", gate.path("exported")),
            ("-v", "doctor"),
            ("doctor", "--json"),
            ("state", "show", "gate/employee/E1"),
            ("state", "list", "--json"),
            ("state", "pull"),
        ):
            ran = gate.run(*command)
            assert ran.status == 0, ran
        gate.replace("org.yaml", f'card: "{LITERALS["card"]}"', 'card: "8830099999"')
        gate.replace("org.yaml", f'"{LITERALS["first extra card"]}", ', "")
        for command in (("plan", "--json"), ("-v", *APPLY, "--json"), ("plan", "--detailed-exitcode")):
            ran = gate.run(*command)
            assert ran.status == 0, ran
        (ana, ben) = gate.server.rows("persons")
        assert [ana[name] for name in ("cardNo", "supplyCards", "personPwd", "certNumber")] == [
            "8830099999",
            LITERALS["second extra card"],
            SECRETS["PIN"],
            SECRETS["certificate"],
        ]
        assert ben["cardNo"] == SECRETS["card by reference"]
        assert gate.leaks() == []


def everything(gate: PlantedGate) -> list[int]:
    """The statuses of an apply, and of what looks at its remains."""
    commands = (("-v", *APPLY), (*APPLY, "--json"), ("-v", "plan"), ("doctor",), ("export", "gate"), ("state", "pull"))
    return [gate.run(*command).status for command in commands]


def _message(request: Request) -> str:
    return f"{request.body.decode()} at {request.path}?{request.query} for {SECRETS['token']}"


def refusal(request: Request) -> Response:
    return json_response(200, {"code": -23, "message": _message(request), "data": json.loads(request.body or b"0")})


def page(request: Request) -> Response:
    return html_response(500, "Error", f"<pre>{_message(request)}</pre>")


def no_envelope(request: Request) -> Response:
    return json_response(200, {"told": _message(request)})


def redirect(request: Request) -> Response:
    return Response(302, b"", {"Location": f"http://127.0.0.1:9/login?{request.query}"})


@pytest.mark.parametrize("reply", [refusal, page, no_envelope, redirect])
@pytest.mark.parametrize("path", ["person/add", "getPersonList", "department/get"])
def test_an_answer_that_repeats_what_it_was_sent(
    gate: PlantedGate, path: str, reply: Callable[[Request], Response]
) -> None:
    handle = gate.server._app.handle

    def instead(request: Request) -> Response:
        probed = path == "person/add" and request.method == "GET"
        return reply(request) if path in request.path and not probed else handle(request)

    gate.server._app.handle = instead  # type: ignore[method-assign]
    assert 0 not in everything(gate)[:2]
    assert gate.leaks() == []


@pytest.mark.parametrize("effect", ["drop", "truncate", "reset", "garbage"])
def test_connections_to_a_gate_that_break(gate: PlantedGate, effect: str) -> None:
    gate.server.faults.add(Fault(effect=effect, method="POST", path="person", commit=True, count=6))  # type: ignore[arg-type]
    everything(gate)
    assert gate.leaks() == []


def test_a_gate_that_is_gone(gate: PlantedGate) -> None:
    gate.server.stop()
    assert everything(gate) == [1, 1, 1, 1, 1, 0]
    assert gate.leaks() == []


def test_a_token_that_is_refused_is_not_shown(tmp_path: Path) -> None:
    for shape in ("code", "status"):
        with planted_gate(tmp_path / shape, token_refused=shape) as gate:
            gate.server._app._token = "another"  # type: ignore[union-attr]
            assert everything(gate) == [1, 1, 1, 1, 1, 0]
            assert gate.leaks() == []


@pytest.mark.parametrize("options", [(), ("-v",)])
def test_exceptions_of_the_http_library(
    gate: PlantedGate, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    """They name the url of the request; a defect may show anything."""
    kinds = [httpx.ConnectError, httpx.ReadTimeout, httpx.InvalidURL, RuntimeError]
    raised: list[type[Exception]] = []

    def send(_: httpx.Client, request: httpx.Request, **more: object) -> httpx.Response:
        raise raised[-1](f"{request.url!r} {request.url} {request.headers} {request.content!r}")

    monkeypatch.setattr(httpx.Client, "send", send)
    for kind in kinds:
        raised.append(kind)
        assert gate.run(*options, "plan").status == 1
        assert gate.run(*options, "doctor").status == 1
    assert gate.leaks() == []
