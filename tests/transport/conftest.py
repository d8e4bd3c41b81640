"""Fixtures of the transport's tests."""

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from certificates import Certificates, make_certificates
from loopback import FakeTime, Handler, Server

from reconciler.model.diagnostic import Span
from reconciler.model.project import Target


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def start(handler: Handler, tls: ssl.SSLContext | None = None, *, closing: bool = False) -> Server:
        servers.append(Server(handler, tls, closing=closing))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def fake() -> FakeTime:
    return FakeTime()


@pytest.fixture
def target() -> Callable[..., Target]:
    def make(url: str, **more: object) -> Target:
        return Target(name="hq", system="biotime", url=url, span=Span("reconciler.yaml", 1, 1), **more)

    return make


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("pki"))


@pytest.fixture
def identity() -> Callable[[Path], ssl.SSLContext]:
    """A server's TLS context with this certificate."""

    def load(path: Path) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context

    return load
