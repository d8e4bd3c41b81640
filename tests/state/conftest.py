"""A bench for each backend: a project that keeps its state there, on a server of the tests' own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from benches import Bench, in_objects, in_postgres, local, on_gitlab, on_plain_server
from postgres_server import postgres

BENCHES: dict[str, Callable[..., object]] = {
    "local": local,
    "s3": in_objects,
    "gcs": in_objects,
    "azure": in_objects,
    "postgres": in_postgres,
    "gitlab": on_gitlab,
    "http": on_plain_server,
}
REMOTE = tuple(name for name in BENCHES if name != "local")


@pytest.fixture(scope="session")
def postgres_port() -> Iterator[int]:
    with postgres() as port:
        yield port


@contextmanager
def _bench(name: str, root: Path, request: pytest.FixtureRequest, patch: pytest.MonkeyPatch) -> Iterator[Bench]:
    given = (request.getfixturevalue("postgres_port"),) if name == "postgres" else ()
    with BENCHES[name](name, root, *given) as bench:  # type: ignore[attr-defined]
        for variable, value in bench.environment.items():
            patch.setenv(variable, value)
        yield bench


@pytest.fixture(params=REMOTE)
def remote(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """Each backend that machines share."""
    with _bench(request.param, tmp_path, request, monkeypatch) as bench:
        yield bench


@pytest.fixture(params=BENCHES)
def bench(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """Each backend; a test that wants only some of them names those by `indirect`."""
    with _bench(request.param, tmp_path, request, monkeypatch) as made:
        yield made
