"""Fixtures of the tests of faults."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fault_project import serving, target, write_project

from reconciler.simulator import Server
from reconciler.transport import retry

ORGANISATION = {
    "departments": [{"code": "10", "name": "Ops"}, {"code": "20", "name": "Sub", "parent": "10"}],
    "areas": [{"code": "HQ", "name": "Head"}],
    "employees": [
        {"code": "E0", "first_name": "Ana", "department": "20", "areas": ["HQ"]},
        {"code": "E1", "first_name": "Ben", "department": "20", "areas": ["HQ"]},
    ],
}


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Repeats come at once."""
    monkeypatch.setattr(retry, "_FIRST", 0.0)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as one:
        yield one


@pytest.fixture
def root(tmp_path: Path, server: Server) -> Path:
    """A project that has ORGANISATION on one server, `hq`; nothing is applied yet."""
    return write_project(tmp_path / "project", {"hq": target(server)}, ORGANISATION)
