"""The state while an apply runs: written before the first call, and never less than what was done."""

from threading import Thread

import pytest
from engine_helpers import KEY, applied, create, delete, update
from msgspec.structs import replace

from reconciler.model.diagnostic import error
from reconciler.model.outcome import Outcome, Status
from reconciler.model.state import Entry, Note, State
from reconciler.state.backend import StateError
from reconciler.state.key import key_id
from reconciler.workflow import ledger as module
from reconciler.workflow.ledger import Ledger, calls

FULL = error("RC0802", "The disk is full.")
MADE, RENAMED = create("area/A", {"name": "A"}), update("area/C", {"name": "b"}, {}, was="B")


class Memory:
    """A backend that keeps what is written, or refuses to."""

    def __init__(self) -> None:
        self.written: list[State] = []
        self.full = False

    def write(self, state: State) -> None:
        if self.full:
            raise StateError(FULL)
        self.written.append(state)


def opened(**members) -> tuple[Ledger, Memory]:
    backend = Memory()
    return Ledger(backend, State(**{"lineage": "test", "serial": 4, "key_id": key_id(KEY)} | members), KEY), backend


def note(ledger: Ledger, change, status: Status, id: int | None = None) -> None:  # noqa: A002
    ledger.note(change, Outcome(address=change.address, status=status, id=id))


@pytest.mark.parametrize(("made_with", "kept"), [(None, True), (key_id(KEY), True), ("another", False)])
def test_digests_of_another_key_are_forgotten_and_nothing_else(made_with, kept):
    entry = applied("area/A", {"name": "A"}, id=3, protected=True)
    ledger, _ = opened(entries={"hq/area/A": entry}, key_id=made_with)
    assert ledger.entries == {"hq/area/A": entry if kept else replace(entry, digests={})}


def test_what_is_about_to_be_made_is_written_before_the_first_call_and_in_any_case():
    ledger, backend = opened(pending={"hq/area/O": Entry()}, key_id=None)
    ledger.begin([MADE, RENAMED, delete("area/D")])
    [state] = backend.written
    assert (state.serial, state.lineage, state.key_id) == (5, "test", key_id(KEY))
    assert set(state.pending) == {"hq/area/A", "hq/area/C", "hq/area/O"}
    ledger.begin([])
    assert [each.serial for each in backend.written] == [5, 6]


def test_a_state_that_cannot_be_written_then_stops_all():
    ledger, backend = opened()
    backend.full = True
    with pytest.raises(StateError):
        ledger.begin([MADE])


@pytest.mark.parametrize(
    ("status", "id", "pending"),
    [
        (Status.DONE, 7, False),
        (Status.FAILED, None, False),
        (Status.SKIPPED, None, False),
        (Status.UNKNOWN, None, True),
        (Status.FAILED, 7, True),
    ],
)
def test_a_create_that_may_have_come_to_pass_stays_pending(status, id, pending):  # noqa: A002
    """With an id the object is there, though it could not be completed."""
    ledger, _ = opened()
    ledger.begin([MADE])
    note(ledger, MADE, status, id)
    assert set(ledger.pending) == ({"hq/area/A"} if pending else set())
    assert set(ledger.entries) == ({"hq/area/A"} if status is Status.DONE else set())


def test_what_an_earlier_run_left_pending_stays_so_until_it_is_done():
    changed = update("area/A", {"name": "A"}, {"name": "B"})
    for status, pending in ((Status.FAILED, {"hq/area/A"}), (Status.SKIPPED, {"hq/area/A"}), (Status.DONE, set())):
        ledger, _ = opened(pending={"hq/area/A": Entry()})
        note(ledger, changed, status)
        assert set(ledger.pending) == pending
    ledger, _ = opened(pending={"hq/area/A": Entry()})
    ledger.adopt(update("area/A", {"name": "A"}, {}, id=3))
    assert (ledger.pending, ledger.entries["hq/area/A"].id) == ({}, 3)


def test_it_is_saved_when_it_differs_and_only_then():
    ledger, backend = opened(entries={"hq/area/B": Entry(id=2)}, pending={"hq/area/A": Entry()})
    ledger.save()
    assert backend.written == []
    note(ledger, RENAMED, Status.DONE, 2)
    ledger.save()
    ledger.save()
    ledger.pending.clear()
    ledger.save()
    ledger.save()
    assert [(each.serial, set(each.entries), set(each.pending)) for each in backend.written] == [
        (5, {"hq/area/C"}, {"hq/area/A"}),
        (6, {"hq/area/C"}, set()),
    ]


def test_it_is_saved_now_and_then_while_it_is_noted(monkeypatch):
    ledger, backend = opened()
    note(ledger, MADE, Status.DONE, 1)
    assert backend.written == []
    monkeypatch.setattr(module, "SAVE_EVERY", 0.0)
    note(ledger, RENAMED, Status.DONE, 2)
    assert [set(each.entries) for each in backend.written] == [{"hq/area/A", "hq/area/C"}]


def test_why_it_cannot_be_saved_is_kept_and_nothing_is_tried_again():
    ledger, backend = opened()
    note(ledger, MADE, Status.DONE, 1)
    backend.full = True
    ledger.save()
    assert ledger.problem == FULL
    backend.full = False
    ledger.save()
    assert (ledger.problem, backend.written) == (FULL, [])


def test_notes_that_come_while_it_is_written_share_the_next_write():
    ledger, backend = opened()
    names = [f"t{number}" for number in range(8)]
    write, threads = backend.write, [Thread(target=ledger.keep, args=(name, Note(locked=True))) for name in names]

    def slow(state: State) -> None:
        if not backend.written:
            for thread in threads:
                thread.start()
            while len(ledger.notes) <= len(names):
                pass
        write(state)

    backend.write = slow
    ledger.keep("first", Note(uid="1"))
    for thread in threads:
        thread.join()
    assert [set(state.notes) for state in backend.written] == [{"first"}, {"first", *names}]


def test_adopting_and_forgetting_take_no_call():
    forgotten, adopted = update("area/X", {}, {}), update("area/Y", {"name": "y"}, {})
    assert calls([forgotten, MADE, adopted, RENAMED]) == [MADE, RENAMED]
