"""Servers that end with their test."""

import ssl
from collections.abc import Callable, Iterator

import pytest
from cvsecurity_helpers import SEED, CvClient
from device_client import TerminalClient
from simulator_client import Client

from reconciler.simulator import Server, Terminal, Terminals

Start = Callable[..., tuple[Server, Client]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a server, and log in; at the end of the test it must have had no error of its own."""
    servers: list[Server] = []
    clients: list[Client] = []

    def begin(kind: str = "biotime-8.5", *, login: bool = True, **options) -> tuple[Server, Client]:
        server = Server(kind, **options).start()
        servers.append(server)
        clients.append(Client(server))
        return server, clients[-1].login() if login else clients[-1]

    yield begin
    for client in clients:
        client.connection.close()
    for server in servers:
        server.stop()
        assert server.errors == []


@pytest.fixture
def terminals() -> Iterator[Terminals]:
    """A running server of terminals, whose clock stands at 2020-04-01T16:05:11; at the end of the test it must have
    had no error of its own."""
    server = Terminals(clock=lambda: 1_585_757_111.0)
    with server:
        yield server
    assert server.errors == []


@pytest.fixture
def reach() -> Iterator[Callable[..., TerminalClient]]:
    """A client of a terminal, closed at the end."""
    clients: list[TerminalClient] = []

    def begin(terminal: Terminal | str, key: str | None = "", context: ssl.SSLContext | None = None) -> TerminalClient:
        url = terminal if isinstance(terminal, str) else terminal.url
        clients.append(TerminalClient(url, key, context))
        return clients[-1]

    yield begin
    for client in clients:
        client.connection.close()


@pytest.fixture
def cvsecurity() -> Iterator[Callable[..., tuple[Server, CvClient]]]:
    """Start a CVSecurity server with rows; at the end of the test it must have had no error of its own. Its clock
    stands at 2023-07-14 in every zone."""
    started: list[tuple[Server, CvClient]] = []

    def begin(kind: str = "cvsecurity-1.2", *, seed: dict | None = None, **options) -> tuple[Server, CvClient]:
        server = Server(kind, clock=lambda: 1_689_336_000.0, **options)
        server.seed(SEED if seed is None else seed)
        server.start()
        started.append((server, CvClient(server)))
        return started[-1]

    yield begin
    for server, client in started:
        client.connection.close()
        server.stop()
        assert server.errors == []
