"""Servers that end with their test."""

from collections.abc import Callable, Iterator

import pytest
from simulator_client import Client

from reconciler.simulator import Server

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
