"""The http backend against what servers of Terraform's protocol answer, and GitLab above all."""

import json
from datetime import timedelta

import pytest
from benches import NOON, Bench, later
from faulty_server import Reply
from terraform_server import PASSWORD, TerraformServer

from reconciler.model.diagnostic import Diagnostic, error
from reconciler.model.state import Entry, State
from reconciler.state import claim as claims
from reconciler.state.backend import StateError
from reconciler.state.document import encode
from reconciler.state.http import HttpStore
from reconciler.state.remote import RemoteBackend

FIRST = State(lineage="l", serial=1, entries={"hq/area/1": Entry(id=1)})
SECOND = State(lineage="l", serial=2)
FOREIGN = {"ID": "b7d6", "Operation": "OperationTypeApply", "Who": "ana@desk", "Created": "2026-11-22T11:00:00Z"}

gitlab = pytest.mark.parametrize("bench", ["gitlab"], indirect=True)
both = pytest.mark.parametrize("bench", ["gitlab", "http"], indirect=True)


def server_of(bench: Bench) -> TerraformServer:
    assert isinstance(bench.server, TerraformServer)
    return bench.server


def answering(bench: Bench, status: int, body: bytes = b"", *, method: str = "POST") -> None:
    """From now on each such call is answered so."""
    server_of(bench).failing(lambda number, sent: Reply(status, body) if sent == method else None)


def read_problem(bench: Bench) -> Diagnostic:
    with pytest.raises(StateError) as caught:
        bench.open().read()
    return caught.value.diagnostic


@gitlab
def test_what_is_sent_is_what_terraform_sends(bench: Bench) -> None:
    backend = bench.open()
    with backend.lock("apply", ""):
        backend.write(FIRST)
        name = (server_of(bench).lock or {})["ID"]
    path = "/api/v4/projects/7/terraform/state/production"
    calls = [(method, target.partition("?")[0]) for method, target in server_of(bench).requests]
    assert calls == [("POST", f"{path}/lock"), ("GET", path), ("POST", path), ("DELETE", f"{path}/lock")]
    written = server_of(bench).requests[2][1]
    assert written.partition("?ID=")[2].replace("%3A", ":").replace("%2F", "/") == name
    assert len(name) <= 255
    stored = json.loads(server_of(bench).versions[0])
    assert {key: stored[key] for key in ("version", "serial", "lineage", "outputs", "resources")} == {
        "version": 4,
        "serial": 1,
        "lineage": "l",
        "outputs": {},
        "resources": [],
    }


@gitlab
def test_a_heartbeat_is_a_lock_of_a_new_id_under_which_writes_go_on(bench: Bench) -> None:
    backend = bench.open(NOON)
    with backend.lock("apply", "") as lease:
        before = (server_of(bench).lock or {})["ID"]
        lease.beat(later(300))  # type: ignore[attr-defined]
        after = (server_of(bench).lock or {})["ID"]
        backend.write(FIRST)
    assert before != after
    assert before.partition(":")[0] == after.partition(":")[0] == lease.holder.id
    assert server_of(bench).lock is None
    assert bench.open().read() == FIRST


@both
def test_who_comes_between_a_heartbeat_s_two_calls_has_the_lock(bench: Bench) -> None:
    backend = bench.open()
    with backend.lock("apply", "") as lease:
        server = server_of(bench)
        unlock = "DELETE" if server.gitlab else "UNLOCK"

        def intrude(number: int, method: str) -> Reply | None:
            if method != unlock:
                return None
            server.lock = dict(FOREIGN)
            return Reply(200)

        server.failing(intrude)
        with pytest.raises(StateError) as caught:
            lease.beat(later(300))  # type: ignore[attr-defined]
        assert caught.value.diagnostic.code == "RC0804"
        server.failing(lambda number, method: None)
        with pytest.raises(StateError) as caught:
            backend.write(FIRST)
        assert caught.value.diagnostic.code == "RC0804"
        calls = len(server.requests)
    assert len(server.requests) == calls  # nor does it free what is not its own
    assert server.lock == FOREIGN
    assert server.versions == []


@both
def test_the_server_refuses_a_write_whose_lock_was_removed(bench: Bench) -> None:
    backend = bench.open()
    with backend.lock("apply", ""):
        server_of(bench).lock = None
        with pytest.raises(StateError) as caught:
            backend.write(FIRST)
    assert caught.value.diagnostic == error(
        "RC0804",
        f"The lock of {bench.where} was removed while apply held it, or can't be read. This run stops, since two at "
        "once would undo each other's work. Run the command again.",
    )
    assert server_of(bench).versions == []


@gitlab
def test_gitlab_s_answer_to_a_refused_lock_is_not_taken_for_the_holder_s_words(bench: Bench) -> None:
    server_of(bench).lock = {"ID": "b7d6"}
    with pytest.raises(StateError) as caught, bench.open(later(86_400)).lock("apply", "https://ci.example/jobs/9"):
        pytest.fail("locked")
    detail = caught.value.diagnostic.detail
    assert "project_7_bot since 2026-11-22T12:00:00.000Z (another program's lock b7d6)" in detail
    assert "https://ci.example/jobs/9" not in detail


@both
def test_another_program_s_lock_is_never_taken_over_and_removed_by_its_id_only(bench: Bench) -> None:
    server = server_of(bench)
    server.lock = dict(FOREIGN)
    for lock_id in (None, "another"):
        with pytest.raises(StateError) as caught:
            bench.open(later(86_400)).unlock(lock_id)
        assert caught.value.diagnostic.code == ("RC0804" if lock_id is None else "RC0901")
    assert server.lock == FOREIGN
    assert bench.open().unlock("b7d6") is None
    assert server.lock is None


@gitlab
@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (401, "the server refuses these credentials (status 401)"),
        (403, "the server refuses these credentials (status 403)"),
        (302, "the server says that it is elsewhere; redirects are not followed"),
        (400, "the server answered with status 400"),
        (500, "the server answered with status 500"),
    ],
)
def test_a_state_that_can_not_be_read_is_no_empty_one(bench: Bench, status: int, reason: str) -> None:
    answering(bench, status, PASSWORD.encode(), method="GET")
    server_of(bench).failing(lambda number, method: Reply(status, PASSWORD.encode(), {"Location": "/elsewhere"}))
    assert read_problem(bench) == error(
        "RC0801",
        f"{bench.where} can't be read: {reason}. Nothing was changed. Once it can be reached with these credentials, "
        "run the command again.",
    )
    assert len(server_of(bench).requests) == (4 if status == 500 else 1)


@gitlab
@pytest.mark.parametrize("body", [b"<html>Please log in</html>", b"{}", b"[1]", b"\xff"])
def test_what_is_no_state_is_refused(bench: Bench, body: bytes) -> None:
    answering(bench, 200, body, method="GET")
    assert read_problem(bench).code == "RC0801"


@gitlab
def test_what_arrives_damaged_is_asked_for_again(bench: Bench) -> None:
    data = encode(FIRST)
    replies = [Reply(200, data[:-2], {"Content-MD5": "1B2M2Y8AsgTpgAmY7PhCfg=="}), Reply(200, data)]
    server_of(bench).failing(lambda number, method: replies[number])
    assert bench.open().read() == FIRST


@gitlab
@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (413, "RC0802", "the server takes no state of that size"),
        (400, "RC0802", "the server answered with status 400"),
        (422, "RC0802", "somebody else wrote it meanwhile"),
        (409, "RC0804", "was removed while apply held it"),
        (423, "RC0804", "was removed while apply held it"),
    ],
)
def test_a_refused_write_is_told(bench: Bench, status: int, code: str, words: str) -> None:
    backend = bench.open()
    with backend.lock("apply", ""):
        answering(bench, status)
        with pytest.raises(StateError) as caught:
            backend.write(FIRST)
        server_of(bench).failing(lambda number, method: None)
    assert caught.value.diagnostic.code == code
    assert words in caught.value.diagnostic.detail


@gitlab
def test_a_serial_that_the_server_has_already_is_not_written_again(bench: Bench) -> None:
    backend = bench.open()
    with backend.lock("apply", ""):
        backend.write(FIRST)
        backend.write(SECOND)
        server_of(bench).versions.append(encode(FIRST))
        with pytest.raises(StateError) as caught:
            backend.write(SECOND)
    assert caught.value.diagnostic.code == "RC0802"


@gitlab
def test_a_server_that_writes_json_its_own_way_has_the_same_state(bench: Bench) -> None:
    backend, server = bench.open(), server_of(bench)
    with backend.lock("apply", ""):
        state = json.dumps(json.loads(encode(FIRST)), indent=2).encode()
        replies = [Reply(204), Reply(500), Reply(200, state)]  # get, post, get
        server.failing(lambda number, method: replies[number] if number < 3 else None)
        backend.write(FIRST)
    assert server.versions == []  # it was not sent twice


@gitlab
def test_credentials_never_show(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = "the-wrong-token-of-the-tests"
    monkeypatch.setenv("STATE_SECRET", wrong)
    found = read_problem(bench)
    assert found.code == "RC0801"
    assert wrong not in found.detail
    backend = bench.open()
    assert isinstance(backend, RemoteBackend)
    assert wrong not in repr(vars(backend))
    assert wrong not in repr(vars(backend._store))


@gitlab
def test_name_and_password_can_be_terraform_s(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    path = bench.root / "reconciler.yaml"
    project = json.loads(path.read_text())
    name = project["state"].pop("username")
    del project["state"]["password"]
    path.write_text(json.dumps(project))
    monkeypatch.delenv("TF_HTTP_USERNAME", raising=False)
    assert read_problem(bench).detail.startswith(f"{bench.where} can't be read: the server refuses these credentials")
    monkeypatch.setenv("TF_HTTP_USERNAME", name)
    monkeypatch.setenv("TF_HTTP_PASSWORD", PASSWORD)
    assert bench.open().read() is None


@gitlab
def test_a_lock_whose_heartbeat_found_nobody_is_taken_again_before_the_next_write(bench: Bench) -> None:
    backend, server = bench.open(NOON), server_of(bench)
    with backend.lock("apply", "") as lease:
        server.failing(lambda number, method: "before" if method == "POST" else None)
        with pytest.raises(OSError, match="the connection was lost"):
            lease.beat(later(300))  # type: ignore[attr-defined]
        assert server.lock is None
        server.failing(lambda number, method: None)
        backend.write(FIRST)
        assert server.lock is not None
    assert server.lock is None
    assert bench.open().read() == FIRST


@gitlab
def test_an_id_tells_its_claim_and_no_other_text_does(bench: Bench) -> None:
    backend = bench.open(NOON)
    assert isinstance(backend, RemoteBackend)
    store = backend._store
    assert isinstance(store, HttpStore)
    claim = claims.this_claim("apply", "run 9", NOON, timedelta(minutes=15))
    assert store.take(claim, None) is None
    held = store.take(claims.this_claim("apply", "", NOON, timedelta(minutes=15)), None)
    assert held is not None
    assert held.claim is not None
    assert (held.claim.space, held.claim.ticks, held.claim.expires) == (claim.space, claim.ticks, claim.expires)
    assert held.claim.holder.who == "project_7_bot"
    for text in ("", "a:b", "a:b:c:d:e:f:g:h", f"a:b:1:2:3:{10**20}:g:h"):
        server_of(bench).lock = {"ID": text}
        other = store.take(claim, None)
        assert other is not None
        assert other.claim is None
