"""What every backend promises, each on a real server: one holder at a time, and nobody's write is lost."""

from datetime import datetime, timedelta

import msgspec
import pytest
from benches import NOON, Bench, later

from reconciler.model.diagnostic import Diagnostic, Severity, error
from reconciler.model.state import Entry, State
from reconciler.state import claim as claims
from reconciler.state import lease as leases
from reconciler.state.backend import Backend, StateError
from reconciler.state.cells import CellStore
from reconciler.state.document import encode
from reconciler.state.holder import Holder, describe_holder
from reconciler.state.http import HttpStore
from reconciler.state.remote import RemoteBackend

FIRST = State(lineage="l", serial=1, entries={"hq/area/1": Entry(id=1)})
SECOND = msgspec.structs.replace(FIRST, serial=2, pending={"hq/area/2": Entry()})
THIRD = msgspec.structs.replace(FIRST, serial=3)
OTHER = State(lineage="m", serial=7)


def write(bench: Bench, *states: State) -> None:
    """Writes states in one run."""
    backend = bench.open()
    with backend.lock("apply", ""):
        for state in states:
            backend.write(state)


def refusal(backend: Backend, moment: str = "apply") -> Diagnostic:
    with pytest.raises(StateError) as caught, backend.lock(moment, ""):
        pytest.fail("locked")
    return caught.value.diagnostic


def elsewhere(patch: pytest.MonkeyPatch) -> None:
    """From now on this process claims to be on another machine."""
    patch.setattr(claims, "this_space", lambda: "another kernel/1")


# the state


def test_without_a_state_there_is_nothing(bench: Bench) -> None:
    backend = bench.open()
    assert (backend.read(), backend.pull(), backend.read_holder(), backend.unlock()) == (None, None, None, None)


def test_what_is_written_is_read(bench: Bench) -> None:
    write(bench, FIRST, SECOND)
    backend = bench.open()
    assert (backend.read(), backend.pull()) == (SECOND, encode(SECOND))


def test_it_is_written_only_while_the_lock_is_held(bench: Bench) -> None:
    backend = bench.open()
    with backend.lock("apply", ""):
        backend.check_writable()
        backend.write(FIRST)
    with pytest.raises(RuntimeError, match="only while its lock is held"):
        backend.write(SECOND)


@pytest.mark.parametrize(
    ("state", "what"),
    [
        (SECOND, "it has the serial 2 where 1 was expected: somebody else wrote it"),
        (
            msgspec.structs.replace(THIRD, lineage="m"),
            "it has the lineage l, and this state has m: they are of different origin",
        ),
    ],
)
def test_a_state_that_does_not_follow_the_stored_one_is_refused(bench: Bench, state: State, what: str) -> None:
    write(bench, FIRST, SECOND)
    with pytest.raises(StateError) as caught:
        write(bench, state)
    assert caught.value.diagnostic == error(
        "RC0802",
        f"{bench.where} was not replaced, since {what}. What is stored is untouched. Run the command again.",
    )
    assert bench.open().read() == SECOND


def test_a_named_document_is_replaced_whatever_it_is(bench: Bench) -> None:
    write(bench, FIRST)
    backend = bench.open()
    with backend.lock("state", ""):
        backend.write(OTHER, over=backend.pull())
        with pytest.raises(StateError) as caught:
            backend.write(THIRD, over=encode(FIRST))
    assert caught.value.diagnostic.code == "RC0802"
    assert bench.open().read() == OTHER


def test_the_state_of_before_a_run_is_kept(remote: Bench) -> None:
    write(remote, FIRST)
    write(remote, SECOND, THIRD)
    backend = remote.open()
    assert isinstance(backend, RemoteBackend)
    if not isinstance(backend._store, CellStore):
        pytest.skip("the server keeps every version itself")
    kept = backend._store._cells.get("backup")
    assert kept is not None
    assert kept.data == encode(FIRST)


# the lock


def test_a_second_run_is_refused_and_told_who_is_at_work(bench: Bench) -> None:
    with bench.open(NOON).lock("apply", "https://ci.example/jobs/9") as lock:
        found = refusal(bench.open(NOON))
    assert (found.code, lock.warnings) == ("RC0804", ())
    assert found.detail.startswith(f"{bench.where} is locked by apply of ")
    assert f"lock {lock.holder.id})" in found.detail
    assert found.detail.endswith("If it hangs, end that process: the lock is free at once.")
    with bench.open().lock("apply", "") as lock:
        assert lock.warnings == ()


def test_who_has_the_lock_is_read(bench: Bench) -> None:
    with bench.open(NOON).lock("apply", "https://ci.example/jobs/9") as lock:
        found = bench.open().read_holder()
    assert found == (lock.holder if bench.asks else None)
    assert bench.open().read_holder() is None


def test_a_living_run_keeps_its_lock(bench: Bench) -> None:
    with bench.open().lock("apply", "") as lock:
        with pytest.raises(StateError) as caught:
            bench.open().unlock()
        assert caught.value.diagnostic.code == "RC0804"
        lock.check()


def test_a_dead_process_of_this_machine_loses_its_lock_at_once(remote: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    with remote.open(NOON).lock("apply", "") as dead:
        monkeypatch.setattr(leases, "lives", lambda claim: False)
        with remote.open(NOON).lock("apply", "") as lock:
            (warning,) = lock.warnings
    assert (warning.code, warning.severity) == ("RC0805", Severity.WARNING)
    assert warning.detail.startswith(f"The lock of {remote.where} was held by apply of ")
    assert f"lock {dead.holder.id})" in warning.detail
    assert "It was taken over, since that process is dead. " in warning.detail
    assert remote.slept == []


def test_a_run_whose_lock_was_taken_over_writes_nothing_more(remote: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    write(remote, FIRST)
    backend = remote.open()
    with backend.lock("apply", ""):
        monkeypatch.setattr(leases, "lives", lambda claim: False)
        other = remote.open()
        with other.lock("apply", ""):
            with pytest.raises(StateError) as caught:
                backend.write(SECOND)
            with pytest.raises(StateError) as again:
                backend.write(SECOND)
            assert other.read() == FIRST
            other.write(THIRD.__class__(lineage="l", serial=2))
    assert caught.value.diagnostic.code == again.value.diagnostic.code == "RC0804"
    assert "while apply held it" in caught.value.diagnostic.detail


def test_a_run_that_lost_its_lock_leaves_the_other_ones(remote: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    first = remote.open().lock("apply", "")
    first.__enter__()
    monkeypatch.setattr(leases, "lives", lambda claim: False)
    with remote.open().lock("apply", ""):
        first.__exit__(None, None, None)
        monkeypatch.undo()
        for name, value in remote.environment.items():
            monkeypatch.setenv(name, value)
        assert refusal(remote.open()).code == "RC0804"


def abandoned(bench: Bench, patch: pytest.MonkeyPatch, moment: datetime) -> tuple[Backend, Holder]:
    """A backend whose lock a run on another machine has, since `moment`; it does not beat."""
    backend = bench.open(moment)
    assert isinstance(backend, RemoteBackend)
    with patch.context() as there:
        elsewhere(there)
        lease = leases.acquire(
            backend._store, bench.where, "apply", "", clock=lambda: moment, sleep=lambda seconds: None
        )
    return backend, lease.holder


def limit_of(backend: Backend) -> float:
    assert isinstance(backend, RemoteBackend)
    return backend._store.limit.total_seconds()


def test_another_machine_s_run_keeps_its_lock_until_its_heart_has_not_beaten_for_long(
    remote: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend, holder = abandoned(remote, monkeypatch, NOON)
    limit = limit_of(backend)
    found = refusal(remote.open(later(limit)))
    assert found.code == "RC0804"
    assert found.detail.endswith(f"its lock is taken over {limit:.0f} s after its last heartbeat.")
    assert remote.slept == []
    with remote.open(later(limit + 1)).lock("apply", "") as lock:
        (warning,) = lock.warnings
    assert f"lock {holder.id}). It was taken over, since no heartbeat came any more." in warning.detail
    assert remote.slept == ([25.0] if remote.asks else [])


def test_a_heart_that_is_seen_to_beat_is_believed_more_than_clocks(
    remote: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend, holder = abandoned(remote, monkeypatch, NOON)
    if not remote.asks:
        pytest.skip("the protocol can't be asked who has the lock")
    store = backend._store  # type: ignore[attr-defined]
    waiting = remote.open(later(3600))
    assert isinstance(waiting, RemoteBackend)

    def beats(seconds: float) -> None:
        claim = claims.Claim(holder=holder, space="another kernel/1", ticks=1, expires=NOON)
        store.renew(claims.renewed(claim, later(10), timedelta(seconds=60)))

    waiting._sleep = beats
    assert refusal(waiting).code == "RC0804"


def test_a_dead_run_s_lock_is_removed_and_a_living_one_s_is_not(remote: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    backend, holder = abandoned(remote, monkeypatch, NOON)
    with pytest.raises(StateError) as caught:
        remote.open(NOON).unlock(holder.id)
    assert caught.value.diagnostic.code == "RC0804"
    dead = remote.open(later(limit_of(backend) + 1))
    with pytest.raises(StateError) as caught:
        dead.unlock("another")
    assert caught.value.diagnostic == error(
        "RC0901", f"The lock of {remote.where} is {holder.id}, not another. Nothing was done."
    )
    removed = dead.unlock(holder.id)
    assert removed is not None
    assert (removed.id, removed.operation, removed.pid) == (holder.id, "apply", holder.pid)
    with remote.open().lock("apply", "") as lock:
        assert lock.warnings == ()


def test_a_heartbeat_keeps_the_lock(remote: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    backend = remote.open(NOON)
    write(remote, FIRST)
    limit = limit_of(backend)
    with monkeypatch.context() as there:
        elsewhere(there)
        held = backend.lock("apply", "")
        lease = held.__enter__()
    lease.beat(later(50))  # type: ignore[attr-defined]
    found = refusal(remote.open(later(limit + 50)))
    assert found.code == "RC0804"
    assert f"last heartbeat {limit:.0f} s ago" in found.detail
    backend.write(SECOND)
    held.__exit__(None, None, None)
    assert remote.open().read() == SECOND
    with remote.open().lock("apply", "") as lock:
        assert lock.warnings == ()


def test_a_heartbeat_finds_that_the_lock_was_lost(remote: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    with remote.open(NOON).lock("apply", "") as lease:
        monkeypatch.setattr(leases, "lives", lambda claim: False)
        with remote.open(NOON).lock("apply", "") as lock:
            with pytest.raises(StateError) as caught:
                lease.beat(later(10))  # type: ignore[attr-defined]
            found = caught.value.diagnostic
            assert (
                found.detail.startswith(
                    f"The lock of {remote.where} was taken over while apply held it, by "
                    f"{describe_holder(lock.holder, NOON).partition(' (')[0]} ("
                )
                or not remote.asks
            )
            assert (found.code, lock.holder.id in found.detail) == ("RC0804", True)


def test_the_lock_s_id_tells_the_holder_where_nothing_else_is_kept(remote: Bench) -> None:
    backend = remote.open()
    assert isinstance(backend, RemoteBackend)
    if not isinstance(backend._store, HttpStore):
        pytest.skip("it keeps the whole claim")
    with backend.lock("apply", "https://ci.example/jobs/9") as lock:
        lock_there = remote.server.lock  # type: ignore[union-attr]
        found = refusal(remote.open())
    assert lock_there["ID"].startswith(f"{lock.holder.id}:{claims.this_space()}:{lock.holder.pid}:")
    assert ("run https://ci.example/jobs/9" in found.detail) == ("Info" in lock_there)
