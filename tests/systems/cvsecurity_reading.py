"""What the tests of CVSecurity's reading share: targets, servers, aims, and a transport in memory."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from reconciler.model.diagnostic import Span
from reconciler.model.fields import Value
from reconciler.model.objects import Desired, Listing, Object
from reconciler.model.project import Auth, Target
from reconciler.model.secret import Secret
from reconciler.model.state import Entry, Memory
from reconciler.simulator import Server
from reconciler.systems.base import Aim
from reconciler.systems.cvsecurity.client import AccessToken, WritingServer
from reconciler.systems.cvsecurity.client import Server as Client
from reconciler.systems.cvsecurity.reader import CvSecurityReader, connect
from reconciler.systems.cvsecurity.wire import PERSON
from reconciler.transport.http import open_reader, open_writer

TOKEN = "A7C1 secret/of+the&client"
SPAN = Span("reconciler.yaml", 3, 3)
EDITIONS = ("cvsecurity-1.0", "cvsecurity-1.2")
READABLE = (*(column.path for column in PERSON.columns), "access_levels")

HELLO = {"code": 0, "message": "success", "data": {"code": "1", "name": "Acme", "parentCode": None}}
"""The answer about the built-in department, with which every connection begins."""

SITE = {
    "areas": [{"code": "HQ", "name": "Headquarters"}],
    "door_levels": [{"id": "L1", "name": "Lobby"}, {"id": "L2", "name": "Vault"}],
    "elevator_levels": [{"id": "E1", "name": "Lift"}],
    "entrance_levels": [{"id": "P1", "name": "Gate"}],
    "departments": [{"code": "2", "name": "Operations"}, {"code": "21", "name": "Night", "parent": "2"}],
    "persons": [
        {
            "id": "a1",
            "pin": "007",
            "name": "Ana",
            "lastName": "Silva",
            "department": "21",
            "gender": "F",
            "birthday": "1990-01-31",
            "hireDate": "2019-06-10",
            "cardNo": "100",
            "supplyCards": "300,200",
            "personPwd": "123",
            "email": "ana@example.org",
            "mobilePhone": "1512",
            "ssn": "111",
            "carPlate": "A12345",
            "certType": "2",
            "certNumber": "X9",
            "isDisabled": True,
            "accStartTime": "2024-01-01 00:00:00",
            "accEndTime": "2024-12-31 18:30:00",
            "door_levels": ["Vault", "Lobby"],
        },
        {"id": "b2", "pin": "2", "name": "Ben", "department": "2"},
    ],
}


def target(url: str = "http://127.0.0.1:1", **members: object) -> Target:
    auth = members.pop("auth", Auth(scheme="access_token", token=Secret(TOKEN)))
    given: dict[str, object] = {"retries": 0, "timeout": 20.0, **members}
    return Target(name="gate", system="cvsecurity", url=url, span=SPAN, auth=auth, **given)


@contextmanager
def serving(edition: str = "cvsecurity-1.2", **switches: object) -> Iterator[tuple[Server, Target]]:
    with Server(edition, token=TOKEN, switches=switches) as server:
        yield server, target(server.url)
    assert server.errors == []


@contextmanager
def writing(where: Target) -> Iterator[WritingServer]:
    auth = AccessToken(where)
    with open_writer(where, auth) as http:
        yield WritingServer(http, where, auth)


@contextmanager
def asking(where: Target) -> Iterator[Client]:
    auth = AccessToken(where)
    with open_reader(where, auth) as http:
        yield Client(http, where, auth)


@contextmanager
def reading(where: Target, aim: Aim = Aim()) -> Iterator[CvSecurityReader]:  # noqa: B008  frozen
    with connect(where, aim) as reader:
        yield reader


def listed(where: Target, kind: str, *paths: str, aim: Aim = Aim()) -> Listing:  # noqa: B008  frozen
    with reading(where, aim) as reader:
        return reader.list(kind, paths or READABLE, silent)


def silent(kind: str, done: int, total: int | None) -> None:
    """Progress that nobody looks at."""


def wanting(**objects: Mapping[str, Mapping[str, Value]]) -> Aim:
    """What is asked for, by kind, key and path."""
    return Aim(
        desired=Desired(
            "gate",
            {
                kind: {key: Object(kind=kind, key=key, values=dict(values), span=SPAN) for key, values in some.items()}
                for kind, some in objects.items()
            },
        )
    )


def remembering(kind: str, *keys: str) -> Memory:
    return Memory({kind: {key: Entry() for key in keys}}, {}, None)


def calls(server: Server) -> list[tuple[str, str, int]]:
    """(method, path below /api/, status) of every call, in order."""
    return [(each.method, each.path.removeprefix("/api/"), each.status) for each in server.journal.entries()]


class Answers:
    """A transport whose answers are given, one after the other; failures are raised. The greeting is answered by
    itself. `asked` has every other call, as (method, path, query, body)."""

    def __init__(self, *answers: object) -> None:
        self._answers = list(answers)
        self.asked: list[tuple[str, str, dict[str, object], object]] = []

    def get(self, path: str, query: Mapping[str, object] = {}, *, optional: bool = False) -> object:
        return HELLO if path.endswith("department/get/1") else self._next("GET", path, query, None)

    def ask(self, path: str, body: object, query: Mapping[str, object] = {}) -> object:
        return self._next("POST", path, query, body)

    def send(
        self, method: str, path: str, body: object, query: Mapping[str, object] = {}, *, repeatable: bool
    ) -> object:
        return self._next(method, path, {**query, "repeatable": repeatable}, body)

    def _next(self, method: str, path: str, query: Mapping[str, object], body: object) -> object:
        self.asked.append((method, path, dict(query), body))
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def asked_of(*answers: object) -> tuple[Client, Answers]:
    """A client of a server that answers so."""
    http, where = Answers(*answers), target()
    return Client(http, where, AccessToken(where)), http  # type: ignore[arg-type]


def written_to(*answers: object) -> tuple[WritingServer, Answers]:
    """A client that writes."""
    http, where = Answers(*answers), target()
    return WritingServer(http, where, AccessToken(where)), http  # type: ignore[arg-type]


def good(data: object = None) -> dict[str, object]:
    return {"code": 0, "message": "success", "data": data}
