"""`--drift-only`: what undoes drift, apart from what the files ask for."""

from collections.abc import Mapping

import pytest
from engine_helpers import KEY, SYSTEM, TODAY, applied, at, remembered, target, there, thing, wanted

from reconciler.engine.plan import plan_target
from reconciler.engine.record import record
from reconciler.model.digest import live_digest, value_digest
from reconciler.model.fields import Value
from reconciler.model.objects import Object
from reconciler.model.plan import Action, Reason, TargetPlan
from reconciler.model.state import Entry, Memory

DEPARTMENT = "department/10"
APPLIED = {"name": "Operations", "parent": "1"}
BOTH = (
    "`name` changed on the target, and the files ask for another value by now. --drift-only leaves it as it is; a plan "
    "without it has what the files ask for."
)
ROOT: Mapping[str, Value] = {"name": "Company"}


def planned(live: Mapping[str, Mapping[str, Value]], *objects: Object, memory: Memory) -> TargetPlan:
    desired = wanted("department", objects=objects)
    return plan_target(target(), SYSTEM, desired, there(live, "department"), memory, TODAY, drift_only=True)


def told(part: TargetPlan) -> list[tuple[str, str | None, str]]:
    return [(each.code, each.address, each.detail) for each in part.diagnostics]


@pytest.fixture
def memory() -> Memory:
    """Both departments as they were applied."""
    return remembered(entries={DEPARTMENT: applied(DEPARTMENT, APPLIED), "department/1": applied("department/1", ROOT)})


def test_only_the_fields_that_the_target_changed_are_undone(memory: Memory) -> None:
    asked = thing(DEPARTMENT, {"name": "Operations", "parent": None})
    live = {"department/1": ROOT, DEPARTMENT: {"name": "Ops", "parent": "1"}}
    part = planned(live, thing("department/1", ROOT), asked, memory=memory)
    [change] = part.changes
    assert (change.action, change.reason, change.left) == (Action.UPDATE, Reason.DRIFT, ("parent",))
    assert (change.before, change.after) == ({"name": "Ops"}, {"name": "Operations"})
    assert [(each.path, each.before, each.after) for each in change.fields] == [("name", "Ops", "Operations")]
    assert change.live_digest == live_digest(KEY, {"name": "Ops"})
    assert told(part) == []


def test_what_is_remembered_of_the_other_fields_stays(memory: Memory) -> None:
    asked = thing(DEPARTMENT, {"name": "Operations", "parent": None})
    live = {"department/1": ROOT, DEPARTMENT: {"name": "Ops", "parent": "1"}}
    [change] = planned(live, thing("department/1", ROOT), asked, memory=memory).changes
    entries = {str(at(DEPARTMENT)): applied(DEPARTMENT, APPLIED)}
    record(entries, change, KEY, 3)
    assert entries == {str(at(DEPARTMENT)): Entry(id=3, digests=applied(DEPARTMENT, APPLIED).digests)}


def test_a_field_that_both_sides_changed_is_told_and_left(memory: Memory) -> None:
    asked = thing(DEPARTMENT, {"name": "Office", "parent": "1"})
    live = {"department/1": ROOT, DEPARTMENT: {"name": "Ops", "parent": "1"}}
    part = planned(live, thing("department/1", ROOT), asked, memory=memory)
    assert part.changes == ()
    assert told(part) == [
        (
            "RC0704",
            "hq/department/10",
            BOTH,
        )
    ]


def test_what_is_renamed_is_told_and_left(memory: Memory) -> None:
    asked = thing("department/11", APPLIED, was="10")
    live = {"department/1": ROOT, DEPARTMENT: {"name": "Ops", "parent": "1"}}
    part = planned(live, thing("department/1", ROOT), asked, memory=memory)
    assert part.changes == ()
    assert [(code, address) for code, address, _ in told(part)] == [("RC0704", "hq/department/11")]


def test_what_somebody_deleted_is_created_again_and_what_is_new_is_not(memory: Memory) -> None:
    objects = [thing("department/1", ROOT), thing(DEPARTMENT, APPLIED), thing("department/30", {"name": "New"})]
    part = planned({"department/1": ROOT}, *objects, memory=memory)
    assert [(str(each.address), each.action, each.reason) for each in part.changes] == [
        ("hq/department/10", Action.CREATE, Reason.DRIFT)
    ]


def test_what_the_files_no_longer_hold_is_no_drift(memory: Memory) -> None:
    live = {"department/1": ROOT, DEPARTMENT: APPLIED}
    assert planned(live, thing("department/1", ROOT), memory=memory).changes == ()


def test_what_waits_for_something_new_is_left_out_with_a_warning(memory: Memory) -> None:
    objects = [thing("department/30", {"name": "New"}), thing(DEPARTMENT, {**APPLIED, "parent": "30"})]
    part = planned({"department/1": ROOT}, thing("department/1", ROOT), *objects, memory=memory)
    assert part.changes == ()
    assert told(part) == [
        (
            "RC0704",
            "hq/department/10",
            "It waits for hq/department/30, which is no drift, so --drift-only leaves it out.",
        )
    ]


def test_without_the_key_drift_can_not_be_told() -> None:
    entry = Entry(digests={"name": value_digest(KEY, at(DEPARTMENT), "name", "Operations")})
    part = planned(
        {DEPARTMENT: {"name": "Ops"}},
        thing(DEPARTMENT, {"name": "Operations"}),
        memory=remembered(entries={DEPARTMENT: entry}, key=None),
    )
    assert (part.changes, part.complete) == ((), False)
    assert [code for code, _, _ in told(part)] == ["RC0808"]
