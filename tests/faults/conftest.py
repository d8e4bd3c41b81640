"""Fixtures of the tests of faults."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fault_project import ORGANISATION, serving, target, write_project

from reconciler.simulator import Server
from reconciler.transport import retry


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
