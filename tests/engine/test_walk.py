"""The walk over a plan's changes: each once, in its time, together where the writer takes them together."""

from collections.abc import Sequence
from threading import Event

import pytest
from engine_helpers import HERE, at, create, update

from reconciler.engine.apply import apply_target
from reconciler.model.diagnostic import error
from reconciler.model.outcome import Outcome, Status
from reconciler.model.plan import Change, FieldChange, TargetPlan
from reconciler.model.secret import Secret


class Script:
    """A writer that refuses what it is told to, and stops the run at a key. Employees of one city go together."""

    batch_size = 2

    def __init__(self, refused: str = "", stop: Event | None = None, stop_at: str = "") -> None:
        self.refused = refused
        self.calls: list[str] = []
        self.changes: list[Change] = []
        self.stop = stop
        self.stop_at = stop_at

    def batch(self, change: Change) -> object:
        return (change.after or {}).get("city")

    def write(self, changes: Sequence[Change]) -> list[Outcome]:
        keys = "".join(change.address.key for change in changes)
        self.calls.append(keys)
        self.changes += changes
        if self.stop and self.stop_at and self.stop_at in keys:
            self.stop.set()
        return [
            Outcome(address=change.address, status=Status.DONE, id=change.address.key)
            if change.address.key not in self.refused
            else Outcome(address=change.address, status=Status.FAILED, diagnostic=error("RC0701", "No."))
            for change in changes
        ]

    def find(self, *_: object) -> None:
        raise NotImplementedError


def walked(writer: Script, *changes: Change, stop: Event | None = None) -> tuple[dict[str, Status], list[Outcome]]:
    """By key what became of it, and the outcomes; each was told once."""
    told: list[tuple[Change, Outcome]] = []
    part = TargetPlan(target="hq", system="biotime", url="", changes=changes)
    outcomes = apply_target(part, writer, 1, stop or Event(), lambda *each: told.append(each))
    assert sorted(outcome.address for _, outcome in told) == sorted(outcome.address for outcome in outcomes)
    assert all(change.address == outcome.address for change, outcome in told)
    return {outcome.address.key: outcome.status for outcome in outcomes}, outcomes


def person(key: str, *needs: str, city: str | None = None, **members) -> Change:
    return create(
        f"employee/{key}", {"city": city}, depends_on=tuple(at(f"employee/{need}") for need in needs), **members
    )


ADOPTED = update("employee/N", {"city": "x"}, {})
DONE, FAILED, SKIPPED = Status.DONE, Status.FAILED, Status.SKIPPED


def test_an_adoption_is_not_sent_and_nobody_waits_for_it():
    writer = Script()
    assert walked(writer, ADOPTED, person("A", "N"))[0] == {"A": DONE}
    assert writer.calls == ["A"]


def test_outcomes_come_in_the_order_of_the_plan_and_calls_when_all_that_is_needed_is_done():
    writer = Script()
    changes = [person("D", "B", "C"), person("C", "A"), person("B"), person("A", "B")]
    assert list(walked(writer, *changes)[0]) == ["D", "C", "B", "A"]
    assert writer.calls == ["B", "A", "C", "D"]


def test_what_goes_together_is_sent_together_as_many_as_the_writer_takes():
    writer = Script()
    oslo = [person(key, city="Oslo") for key in "ABCDE"]
    walked(writer, oslo[0], person("R", city="Rome"), person("X"), person("Y"), *oslo[1:])
    assert writer.calls == ["AB", "R", "X", "Y", "CD", "E"]


def test_what_becomes_free_when_its_batch_is_gone_waits_for_the_next():
    writer = Script()
    walked(writer, person("A", city="Oslo"), person("B", "A", city="Oslo"), person("C", "A", city="Oslo"))
    assert writer.calls == ["A", "BC"]


def test_a_full_batch_that_goes_leaves_the_one_that_is_still_open_open():
    writer = Script()
    changes = [person(key, city="Oslo") for key in "ABC"]
    walked(writer, *changes, person("D", "A", city="Oslo"))
    assert writer.calls == ["AB", "CD"]


def test_a_failed_change_skips_those_that_wait_for_it_each_once_and_nothing_else():
    writer = Script(refused="A")
    found, outcomes = walked(
        writer,
        person("A"),
        person("B", "A", source=HERE),
        person("C", "B", "A"),
        person("D", "A", "E"),
        person("E"),
        person("F", "E"),
    )
    assert found == {"A": FAILED, "B": SKIPPED, "C": SKIPPED, "D": SKIPPED, "E": DONE, "F": DONE}
    assert writer.calls == ["A", "E", "F"]
    assert outcomes[1].diagnostic == error(
        "RC0704", "It waits for hq/employee/A, which was not done.", address=at("employee/B"), source=HERE
    )


def test_of_a_batch_only_what_was_refused_holds_up_others():
    writer = Script(refused="B")
    found, _ = walked(
        writer, person("A", city="Oslo"), person("B", city="Oslo"), person("C", "A"), person("D", "B"), person("E", "C")
    )
    assert found == {"A": DONE, "B": FAILED, "C": DONE, "D": SKIPPED, "E": DONE}


@pytest.mark.parametrize(("at_key", "calls"), [("A", ["A"]), ("B", ["A", "B"])])
def test_after_a_stop_nothing_is_sent_and_what_was_not_says_so(at_key, calls):
    stop = Event()
    writer = Script(stop=stop, stop_at=at_key)
    found, outcomes = walked(writer, person("A"), person("B"), person("C", "B"), person("D"), stop=stop)
    assert writer.calls == calls
    assert {key for key, status in found.items() if status is DONE} == set(calls)
    why = {each.address.key: each.diagnostic.code for each in outcomes if each.status is not DONE}
    assert why == {"B": "RC0706", "C": "RC0704", "D": "RC0706"} if at_key == "A" else {"C": "RC0706", "D": "RC0706"}


def ring() -> list[Change]:
    """A and B exchange their cards, A gives up its own first."""

    def exchange(key: str, old: str, new: str, **members) -> Change:
        before, after = {"card": Secret(old), "city": None}, {"card": Secret(new)}
        return update(f"employee/{key}", before, after, **members)

    return [
        exchange("B", "2", "1"),
        exchange("A", "1", "2", release=("card",), depends_on=(at("employee/B"),), was="Z"),
    ]


def test_a_released_value_is_cleared_by_a_change_of_that_alone_under_the_key_it_has():
    writer = Script()
    found, outcomes = walked(writer, *ring())
    assert (writer.calls, set(found.values())) == (["A", "B", "A"], {DONE})
    cleared = writer.changes[0]
    assert (cleared.fields, cleared.was, cleared.release) == ((FieldChange("card", Secret("1"), None),), None, ())
    assert cleared.after == {"card": None, "city": None}
    assert [each.diagnostic for each in outcomes] == [None, None]


def test_who_gave_up_a_value_and_did_not_get_the_other_is_told_so():
    _, outcomes = walked(Script(refused="B"), *ring())
    assert outcomes[0].diagnostic.detail == "No."
    assert outcomes[1].diagnostic.detail == (
        "It waits for hq/employee/B, which was not done. To be exchanged, its `card` was cleared before that, and is "
        "empty now: apply again to set it."
    )
