"""Projects that keep their state in each of the backends, and what loses their connections."""

import base64
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import terraform_server
from faulty_server import FaultyServer, Reply
from object_server import BUCKET, ObjectServer
from postgres_server import PASSWORD, Proxy, dsn
from terraform_server import TerraformServer

from reconciler.config.load import load_project
from reconciler.state.backend import Backend
from reconciler.state.cells import CellStore
from reconciler.state.remote import RemoteBackend
from reconciler.workflow.session import backend_of

NOON = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
SECRET = "the-secret-key-of-the-tests"
KEY = json.dumps(
    {"type": "service_account", "disable_oauth": True, "private_key": "", "private_key_id": "", "client_email": ""}
)

Arm = Callable[[int | None, str, bool], None]
"""Told the number of a request, how it fails, and whether all later ones fail too; None: none fails any more."""


class Bench:
    """A project whose state is in one backend. `where` is its name in messages. `arm` makes connections fail, `sent`
    tells how many requests were made since; `points` are those, of so many, at which failing makes a difference."""

    def __init__(
        self,
        root: Path,
        state: Mapping[str, Any],
        where: str,
        environment: Mapping[str, str] | None = None,
        server: FaultyServer | None = None,
    ) -> None:
        self.root = root
        self.where = where
        self.environment = environment or {}
        self.server = server
        self.arm: Arm = _arming(server) if server else lambda point, kind, lasting: None
        self.sent: Callable[[], int] = lambda: len(server.requests) if server else 0
        self.points: Callable[[int], list[int]] = lambda count: list(range(count))
        self.slept: list[float] = []
        (root / "reconciler.yaml").write_text(json.dumps({"version": 1, "project": "acme", "state": state}))

    def open(self, moment: datetime | None = None) -> Backend:
        """The backend, whose pauses take no time. `moment` is what its clock tells."""
        project, found = load_project(self.root, {}, os.environ)
        assert project is not None, found
        backend = backend_of(project, os.environ)
        if isinstance(backend, RemoteBackend):
            backend._sleep = self.slept.append
            backend._store._sleep = self.slept.append  # type: ignore[attr-defined]
            if moment is not None:
                backend._clock = lambda: moment
        return backend

    @property
    def asks(self) -> bool:
        """Whether it can be asked who has the lock."""
        backend = self.open()
        return not isinstance(backend, RemoteBackend) or isinstance(backend._store, CellStore)


def later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def _arming(server: FaultyServer) -> Arm:
    def arm(point: int | None, kind: str, lasting: bool) -> None:
        def fault(number: int, method: str) -> str | Reply | None:
            if point is None or number < point or (number > point and not lasting):
                return None
            return Reply(503) if kind == "refused" else kind

        server.failing(fault)

    return arm


@contextmanager
def local(_name: str, root: Path) -> Iterator[Bench]:
    yield Bench(root, {"backend": "local"}, ".reconciler/state.json")


@contextmanager
def in_objects(name: str, root: Path) -> Iterator[Bench]:
    scheme = {"s3": "s3", "gcs": "gs", "azure": "az"}[name]
    url = f"{scheme}://{BUCKET}/acme/state.json"
    reference = {"env": "STATE_SECRET"}
    key = SECRET
    with ObjectServer(signed=name != "gcs") as server:  # a key that signs would ask Google for a token
        state: dict[str, Any] = {"backend": name, "url": url, "endpoint": server.url}
        if name == "s3":
            state |= {"region": "eu-central-1", "access_key_id": {"env": "STATE_ID"}, "secret_access_key": reference}
        elif name == "gcs":
            state["service_account_key"] = reference
            key = KEY
        else:
            state |= {"account": "acme", "account_key": reference}
            key = base64.b64encode(SECRET.encode()).decode()
        yield Bench(root, state, url, {"STATE_ID": "AKIATEST", "STATE_SECRET": key}, server)


@contextmanager
def in_postgres(_name: str, root: Path, port: int) -> Iterator[Bench]:
    table = f"acme_{os.getpid()}_{root.name[-40:]}".lower().replace("-", "_").replace("[", "_").replace("]", "_")
    with Proxy(port) as proxy:
        state = {"backend": "postgres", "dsn": dsn(proxy.port), "password": {"env": "STATE_SECRET"}, "table": table}
        bench = Bench(root, state, f"the table {table}", {"STATE_SECRET": PASSWORD})
        bench.arm = lambda point, kind, lasting: proxy.failing(point, kind, lasting=lasting)
        bench.sent = lambda: proxy.count
        # a connection sends who comes, the password, a statement, and that it ends
        bench.points = lambda count: [*range(4), *range(6, count, 4)]
        yield bench


@contextmanager
def on_gitlab(_name: str, root: Path, *, gitlab: bool = True) -> Iterator[Bench]:
    with TerraformServer(gitlab=gitlab) as server:
        state = {
            "backend": "http",
            "address": server.address,
            "username": terraform_server.USER,
            "password": {"env": "STATE_SECRET"},
            **server.place,
        }
        yield Bench(root, state, server.address, {"STATE_SECRET": terraform_server.PASSWORD}, server)


@contextmanager
def on_plain_server(name: str, root: Path) -> Iterator[Bench]:
    with on_gitlab(name, root, gitlab=False) as bench:
        yield bench
