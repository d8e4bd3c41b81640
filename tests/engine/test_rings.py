"""Values that are exchanged in a ring: who gives one up first never stays without, whatever stops the run."""

from collections.abc import Sequence
from threading import Event

import pytest

from reconciler.engine.apply import apply_target
from reconciler.engine.order import order
from reconciler.model.address import Address
from reconciler.model.diagnostic import error
from reconciler.model.objects import Desired
from reconciler.model.outcome import Outcome, Status
from reconciler.model.plan import Change, FieldChange, Reason, TargetPlan
from reconciler.model.secret import Secret
from reconciler.systems.registry import system

CARDS = {"A": ("1", "2"), "B": ("2", "1"), "C": ("3", "4"), "D": ("4", "3"), "E": ("5", "6")}
"""By employee the card that is held and the one to hold: two rings, and one who has nothing to do with them."""


def part() -> TargetPlan:
    changes = [
        Change(
            address=Address("hq", "employee", key),
            reason=Reason.CONFIG,
            before={"card": Secret(old)},
            after={"card": Secret(new)},
            fields=(FieldChange("card", Secret(old), Secret(new)),),
            id=key,
        )
        for key, (old, new) in CARDS.items()
    ]
    ordered = order(changes, Desired("hq", {"employee": {}}), {}, system("biotime"))
    return TargetPlan(target="hq", system="biotime", url="", changes=tuple(ordered))


class Cards:
    """A writer that holds cards, stops the run after some calls, and refuses some."""

    batch_size = 1

    def __init__(self, stop: Event, stop_after: int = 99, refused: int = 99) -> None:
        self.held = {key: old for key, (old, _) in CARDS.items()}
        self.calls: list[str] = []
        self.stop = stop
        self.stop_after = stop_after
        self.refused = refused

    def batch(self, change: Change) -> None:
        return None

    def write(self, changes: Sequence[Change]) -> list[Outcome]:
        [change] = changes
        key = change.address.key
        self.calls.append(key)
        if len(self.calls) == self.stop_after:
            self.stop.set()
        if len(self.calls) == self.refused:
            return [Outcome(address=change.address, status=Status.FAILED, diagnostic=error("RC0701", "No."))]
        new = change.fields[0].after
        self.held[key] = new.reveal() if isinstance(new, Secret) else None
        return [Outcome(address=change.address, status=Status.DONE, id=key)]

    def find(self, *_: object) -> None:
        raise NotImplementedError


@pytest.mark.parametrize(
    ("stop_after", "calls"),
    [(1, "ABA"), (2, "ACBDAC"), (3, "ACBDAC"), (6, "ACBDEAC"), (99, "ACBDEAC")],
)
def test_a_ring_that_has_begun_is_finished_after_a_stop(stop_after: int, calls: str) -> None:
    stop = Event()
    cards = Cards(stop, stop_after)
    outcomes = apply_target(part(), cards, 1, stop, lambda *_: None)  # type: ignore[arg-type]
    assert "".join(cards.calls) == calls
    assert None not in cards.held.values()
    done = {outcome.address.key for outcome in outcomes if outcome.status is Status.DONE}
    assert cards.held == {key: new if key in done else old for key, (old, new) in CARDS.items()}


def test_nobody_takes_a_value_that_was_not_given_up() -> None:
    """The first call of all, the release of A's card, is refused: B, who would take it, is not sent."""
    cards = Cards(Event(), refused=1)
    outcomes = apply_target(part(), cards, 1, Event(), lambda *_: None)  # type: ignore[arg-type]
    assert {outcome.address.key: outcome.status for outcome in outcomes} == {
        "A": Status.FAILED,
        "B": Status.SKIPPED,
        "C": Status.DONE,
        "D": Status.DONE,
        "E": Status.DONE,
    }
    assert cards.held == {"A": "1", "B": "2", "C": "4", "D": "3", "E": "6"}
