"""A create whose reply was lost, or whose key is taken: looked up, never made twice."""

from collections.abc import Sequence

import pytest
from engine_helpers import at, create, update

from reconciler.engine.apply_create import TRIES, settle
from reconciler.model.diagnostic import error
from reconciler.model.objects import Live
from reconciler.model.outcome import Outcome, Status
from reconciler.model.plan import Change, FieldChange
from reconciler.transport.failure import Failure, Sent

WHERE = at("employee/1")
LOST = Outcome(address=WHERE, status=Status.UNKNOWN, diagnostic=error("RC0702", "It was lost."))
TAKEN = Outcome(address=WHERE, status=Status.FAILED, duplicate=True, diagnostic=error("RC0701", "It is taken."))
DONE = Outcome(address=WHERE, status=Status.DONE, id=7)
REFUSED = Outcome(address=WHERE, status=Status.FAILED, diagnostic=error("RC0701", "No."))
CREATE = create("employee/1", {"city": "x", "mobile": "1"})


class Script:
    """A writer that answers what it is told to, and keeps what it was asked."""

    batch_size = 9

    def __init__(self, outcomes: Sequence[Outcome], finds: Sequence[Live | Failure | None] = ()) -> None:
        self.outcomes = list(outcomes)
        self.finds = list(finds)
        self.written: list[Change] = []
        self.found: list[tuple[str, str, list[str]]] = []

    def batch(self, change: Change) -> None:
        return None

    def write(self, changes: Sequence[Change]) -> list[Outcome]:
        self.written += changes
        return [self.outcomes.pop(0) for _ in changes]

    def find(self, kind: str, key: str, paths: Sequence[str]) -> Live | None:
        self.found.append((kind, key, list(paths)))
        answer = self.finds.pop(0)
        if isinstance(answer, Failure):
            raise answer
        return answer


def settled(writer: Script, change: Change = CREATE) -> Outcome:
    [outcome] = settle(writer, [change])
    assert (writer.outcomes, writer.finds) == ([], [])
    return outcome


@pytest.mark.parametrize("outcome", [DONE, REFUSED])
def test_what_is_done_or_refused_is_not_looked_up(outcome):
    assert settled(Script([outcome])) == outcome


@pytest.mark.parametrize("outcome", [LOST, TAKEN])
def test_only_creates_are_looked_up(outcome):
    assert settled(Script([outcome]), update("employee/1", {"city": "x"}, {"city": "y"})) == outcome


def test_each_of_a_batch_is_settled_by_itself():
    others = [create("employee/2"), update("employee/3", {}, {"city": "x"})]
    refused = [Outcome(address=each.address, status=Status.FAILED) for each in others]
    writer = Script([LOST, *refused], [Live("1", 7, {"city": "x", "mobile": "1"})])
    assert settle(writer, [CREATE, *others]) == [DONE, *refused]


def test_a_lost_create_that_is_not_there_is_sent_again_a_few_times():
    writer = Script([LOST, DONE], [None])
    assert settled(writer) == DONE
    assert (writer.written, writer.found) == ([CREATE, CREATE], [("employee", "1", ["city", "mobile"])])
    writer = Script([LOST] * TRIES, [None] * TRIES)
    assert (settled(writer), TRIES) == (LOST, 3)
    assert settled(Script([LOST, REFUSED], [None])) == REFUSED


@pytest.mark.parametrize("outcome", [LOST, TAKEN])
def test_what_is_there_as_it_shall_be_is_done(outcome):
    live = Live("1", 7, {"city": "x", "mobile": "1", "email": "a@b.cc"})
    assert settled(Script([outcome], [live])) == DONE


@pytest.mark.parametrize(("outcome", "written"), [(LOST, ["mobile"]), (TAKEN, ["mobile", "photo"])])
def test_what_can_not_be_read_of_it_is_written(outcome, written):
    """It may have been left to a second call. What is empty is so in an object that we have just made."""
    change = create("employee/1", {"city": "x", "mobile": "1", "photo": None})
    writer = Script([outcome, DONE], [Live("1", 7, {"city": "x"})])
    assert settled(writer, change) == DONE
    assert writer.written[1].before == {"city": "x"}
    assert [(field.path, field.unreadable) for field in writer.written[1].fields] == [(path, True) for path in written]


@pytest.mark.parametrize(("outcome", "ours"), [(LOST, 7), (TAKEN, None)])
def test_what_is_there_otherwise_is_updated(outcome, ours):
    """When that is refused, an id tells that the object is ours."""
    writer = Script(
        [outcome, Outcome(address=WHERE, status=Status.DONE)], [Live("1", 7, {"city": "x", "mobile": None})]
    )
    assert settled(writer) == DONE
    update = writer.written[1]
    assert (update.before, update.id) == ({"city": "x", "mobile": None}, 7)
    assert update.fields == (FieldChange("mobile", None, "1"),)
    writer = Script([outcome, REFUSED], [Live("1", 7, {"city": "y", "mobile": "1"})])
    refused = settled(writer)
    assert (refused.status, refused.diagnostic, refused.id) == (Status.FAILED, REFUSED.diagnostic, ours)
    assert writer.written[1].fields == (FieldChange("city", "y", "x"),)


@pytest.mark.parametrize("last", [LOST, TAKEN])
def test_the_last_one_sent_is_looked_up_too(last):
    """An earlier one may have arrived late: then the key is taken, by what was to be created."""
    writer = Script([LOST, LOST, last], [None, None, Live("1", 7, {"city": "x", "mobile": "1"})])
    assert settled(writer) == DONE


def test_a_key_that_is_taken_and_not_to_be_seen_is_an_error_and_not_sent_again():
    found = settled(Script([TAKEN], [None]))
    assert (found.status, found.diagnostic.code, found.id) == (Status.FAILED, "RC0705", None)
    assert found.diagnostic.detail.endswith("Look for it on the target. It is taken.")
    again = settled(Script([LOST, TAKEN], [None, None]))
    assert again.diagnostic.code == "RC0705"


def test_where_the_look_up_fails_the_outcome_is_not_known():
    found = settled(Script([LOST], [Failure(Sent.UNKNOWN, "RC0501", "It is gone.")]))
    assert (found.status, found.diagnostic.code) == (Status.UNKNOWN, "RC0702")
    assert found.diagnostic.detail == "It was lost. Looking it up failed as well: It is gone."
