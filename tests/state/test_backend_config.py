"""How the project file names a backend, and what is said of one that can't be used."""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from benches import SECRET, Bench
from object_server import BUCKET
from postgres_server import PASSWORD

from reconciler.config.load import load_project
from reconciler.model.diagnostic import error
from reconciler.model.project import HttpPlace, ObjectPlace, PostgresPlace, Project, StateBackend
from reconciler.model.project_schema import project_schema
from reconciler.model.secret import SecretReference
from reconciler.state import registry
from reconciler.state.backend import StateError
from reconciler.state.registry import BACKENDS
from reconciler.workflow.session import backend_of

REFERENCE = {"env": "STATE_SECRET"}

RIGHT: dict[str, tuple[dict[str, Any], Any]] = {
    "s3": (
        {
            "url": "s3://bucket/a/state.json",
            "endpoint": "https://s3.example",
            "region": "eu",
            "session_token": REFERENCE,
        },
        ObjectPlace(url="s3://bucket/a/state.json", endpoint="https://s3.example", region="eu"),
    ),
    "gcs": ({"url": "gs://bucket/state.json"}, ObjectPlace(url="gs://bucket/state.json")),
    "azure": (
        {"url": "az://container/state.json", "account": "acme"},
        ObjectPlace(url="az://container/state.json", account="acme"),
    ),
    "postgres": (
        {"host": "db", "port": 5433, "database": "hr", "username": "ana", "table": "ops.state"},
        PostgresPlace(host="db", port=5433, database="hr", username="ana", table="ops.state"),
    ),
    "http": (
        {"address": "https://gitlab.example/state?x=1", "lock_method": "POST", "username": "ci"},
        HttpPlace(address="https://gitlab.example/state?x=1", lock_method="POST", username="ci"),
    ),
}

WRONG: list[tuple[dict[str, Any], str]] = [
    ({"backend": "floppy"}, "RC0205"),
    ({"backend": "s3"}, "RC0202"),
    ({"backend": "s3", "url": "s3://bucket"}, "RC0206"),
    ({"backend": "s3", "url": "gs://bucket/state.json"}, "RC0206"),
    ({"backend": "s3", "url": "s3://bucket/state.json", "path": "x"}, "RC0201"),
    ({"backend": "s3", "url": "s3://bucket/state.json", "secret_access_key": SECRET}, "RC0208"),
    ({"backend": "http"}, "RC0202"),
    ({"backend": "http", "address": f"https://ci:{SECRET}@gitlab.example/state"}, "RC0206"),
    ({"backend": "http", "address": "https://gitlab.example/state", "password": SECRET}, "RC0208"),
    ({"backend": "http", "address": "https://gitlab.example/state", "lock_method": "post it"}, "RC0206"),
    ({"backend": "postgres", "dsn": f"host=db password={SECRET}"}, "RC0208"),
    ({"backend": "postgres", "dsn": f"postgresql://ana:{SECRET}@db/hr"}, "RC0208"),
    ({"backend": "postgres", "table": "state; drop table state"}, "RC0206"),
    ({"backend": "local", "url": "s3://bucket/state.json"}, "RC0201"),
]  # fmt: skip


def loaded(root: Path, state: Mapping[str, Any]) -> tuple[Project | None, list[Any]]:
    document = {"version": 1, "project": "acme", "state": state}
    (root / "reconciler.yaml").write_text(json.dumps(document))
    return load_project(root, {}, {})


def is_valid(state: Mapping[str, Any]) -> bool:
    document = {"version": 1, "project": "acme", "state": state}
    return jsonschema.Draft202012Validator(project_schema(("biotime",))).is_valid(document)


@pytest.mark.parametrize("name", RIGHT)
def test_every_backend_is_read(tmp_path: Path, name: str) -> None:
    state, place = RIGHT[name]
    project, found = loaded(tmp_path, {"backend": name, **state})
    assert (found, project is not None) == ([], True)
    assert project is not None
    read = project.state.place
    if isinstance(read, ObjectPlace):
        names = [key for key, value in state.items() if value is REFERENCE]
        assert sorted(read.credentials) == names
        assert all(isinstance(each, SecretReference) for each in read.credentials.values())
        read = ObjectPlace(url=read.url, endpoint=read.endpoint, region=read.region, account=read.account)
    assert (project.state.backend, read) == (name, place)
    assert is_valid({"backend": name, **state})


@pytest.mark.parametrize(("state", "code"), WRONG, ids=lambda each: each if isinstance(each, str) else None)
def test_a_mistake_is_complained_of_and_quotes_no_credential(tmp_path: Path, state: dict[str, Any], code: str) -> None:
    _, found = loaded(tmp_path, state)
    assert [each.code for each in found] == [code]
    assert SECRET not in found[0].detail
    assert not is_valid(state) or "dsn" in state


def test_all_backends_can_be_named() -> None:
    assert sorted(BACKENDS) == sorted(["local", *RIGHT])


@pytest.mark.parametrize(
    ("backend", "place", "package", "extra"),
    [
        ("s3", ObjectPlace(url="s3://bucket/state.json"), "obstore", "cloud"),
        ("postgres", PostgresPlace(), "psycopg", "postgres"),
    ],
)
def test_a_package_that_is_missing_is_named_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, backend: str, place: ObjectPlace, package: str, extra: str
) -> None:
    monkeypatch.setattr(registry, "find_spec", lambda name: None)
    project = Project(name="acme", root="/", targets={}, state=StateBackend(backend, place=place))
    with pytest.raises(StateError) as caught:
        backend_of(project, os.environ)
    assert caught.value.diagnostic == error(
        "RC0801",
        f"The state backend {backend} needs the package {package}, which is not installed. Install it: pip install "
        f"'reconciler[{extra}]'",
    )


def test_what_a_backend_needs_is_not_imported_for_the_local_one() -> None:
    import subprocess

    program = (
        "import sys; from reconciler.model.project import Project; from reconciler.workflow.session import backend_of\n"
        "backend_of(Project(name='a', root='/', targets={}), {})\n"
        "print(sorted({'obstore', 'psycopg', 'httpx'} & sys.modules.keys()))"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


def problem_of(bench: Bench) -> str:
    with pytest.raises(StateError) as caught:
        bench.open().read()
    assert caught.value.diagnostic.code == "RC0801"
    return caught.value.diagnostic.detail


def test_a_secret_that_can_not_be_had_is_said_at_its_place(remote: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STATE_SECRET")
    with pytest.raises(StateError) as caught:
        remote.open()
    assert (caught.value.diagnostic.code, caught.value.diagnostic.source is not None) == ("RC0406", True)


@pytest.mark.parametrize("bench", ["s3", "gcs", "azure"], indirect=True)
def test_a_bucket_that_there_is_not_is_no_empty_state(bench: Bench) -> None:
    path = bench.root / "reconciler.yaml"
    path.write_text(path.read_text().replace(f"//{BUCKET}/", "//other/"))
    assert "can't be read: there is no such bucket or container. Nothing was changed." in problem_of(bench)


@pytest.mark.parametrize("bench", ["s3"], indirect=True)
def test_a_store_that_refuses_says_no_more_than_that(bench: Bench) -> None:
    from faulty_server import Reply

    assert bench.server is not None
    for status, words, calls in (
        (403, "the store refuses these credentials", 1),
        (401, "the store refuses these credentials", 1),
        (400, "the store answered with status 400", 1),
        (503, "the store answered with status 503", 4),
        (301, "the store is elsewhere: check endpoint and region", 1),
    ):
        reply = Reply(status, SECRET.encode())
        bench.server.failing(lambda number, method, reply=reply: reply)  # type: ignore[misc]
        detail = problem_of(bench)
        assert f"{bench.where} can't be read: {words}. Nothing was changed." in detail
        assert (SECRET in detail, len(bench.server.requests)) == (False, calls)


@pytest.mark.parametrize("bench", ["s3"], indirect=True)
def test_credentials_can_be_the_provider_s_environment_s(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    path = bench.root / "reconciler.yaml"
    project = json.loads(path.read_text())
    del project["state"]["access_key_id"], project["state"]["secret_access_key"]
    path.write_text(json.dumps(project))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIATEST")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    assert bench.open().read() is None


@pytest.mark.parametrize("bench", ["postgres"], indirect=True)
def test_a_database_s_refusal_names_no_credential(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATE_SECRET", "the-wrong-password")
    assert f"{bench.where} can't be read: the server refuses these credentials. " in problem_of(bench)
    assert bench.slept == []
    monkeypatch.setenv("STATE_SECRET", PASSWORD)
    path = bench.root / "reconciler.yaml"
    path.write_text(path.read_text().replace("dbname=postgres", "dbname=nowhere"))
    assert "there is no such user or database" in problem_of(bench)


@pytest.mark.parametrize("bench", ["postgres"], indirect=True)
def test_reading_makes_no_table(bench: Bench) -> None:
    import psycopg

    backend = bench.open()
    assert backend.read() is None
    dsn = json.loads((bench.root / "reconciler.yaml").read_text())["state"]["dsn"]
    with psycopg.connect(dsn, password=PASSWORD) as connection:
        query = "SELECT count(*) FROM pg_tables WHERE tablename = %s"
        tables = [connection.execute(query, (bench.where.split()[-1],)).fetchone()]
        with backend.lock("apply", ""):
            connection.rollback()
            tables.append(connection.execute(query, (bench.where.split()[-1],)).fetchone())
    assert tables == [(0,), (1,)]


@pytest.mark.parametrize("bench", ["s3", "postgres", "gitlab"], indirect=True)
def test_nobody_there_is_told_after_a_few_tries(bench: Bench) -> None:
    path = bench.root / "reconciler.yaml"
    state = json.loads(path.read_text())
    port = "1"  # where nobody listens
    text = json.dumps(state)
    for old in (bench.server.url.rpartition(":")[2] if bench.server else state["state"]["dsn"].split()[1][5:],):
        text = text.replace(old, port)
    path.write_text(text)
    detail = problem_of(bench)
    assert "the connection is refused" in detail or "no connection is made" in detail
    assert bench.slept == [0.5, 2.0, 5.0]
