"""For any organisation and any live state: a plan's changes can be made one after another, and are what is needed."""

from typing import Any

import msgspec
from deepdiff import DeepDiff
from hypothesis import given, settings
from hypothesis import strategies as st
from organisations import Objects, histories
from pure import SYSTEM, Model, Name, desired, remembered, target

from reconciler.engine.diff import diff, is_ignored
from reconciler.engine.plan import plan_target
from reconciler.model.fields import Value
from reconciler.model.objects import Desired
from reconciler.model.plan import Action, Plan, TargetPlan
from reconciler.model.secret import Secret
from reconciler.model.state import memories
from reconciler.report.plan_json import encode_plan, read_plan

KEY = b"a key of the tests, 32 bytes long"
many = settings(deadline=None, derandomize=True, max_examples=60)
policies = st.sampled_from(["owned", "all", "never"])


def planned(model: Model, wanted: Desired, prune: str, owned: set[Name]) -> TargetPlan:
    memory = memories(remembered(owned), KEY)("hq")
    return plan_target(target(prune), SYSTEM, wanted, model.listings(), memory, "2026-01-01")


def start(earlier: Objects, later: Objects, prune: str, forgotten: set[Name]) -> tuple[Model, set[Name]]:
    """The live state and what is ours of it. Who stays and is not in the files has no card: it could be in the way."""
    model = Model(earlier)
    owned = {name for name in model.held if name[1] != "1"} - forgotten
    held = {each[member] for each in later["employees"] for member in ("code", "was") if member in each}
    for (kind, key), values in model.held.items():
        stays = prune == "never" or (prune == "owned" and (kind, key) not in owned)
        if kind == "employee" and key not in held and stays:
            values["card"] = None
    return model, owned


names = st.tuples(st.sampled_from(["department", "area", "employee"]), st.sampled_from(["D1", "D2", "A2", "E1", "E2"]))


@given(history=histories(), prune=policies, forgotten=st.sets(names, max_size=3))
@many
def test_changes_can_be_made_one_after_another(
    history: tuple[Objects, Objects], prune: str, forgotten: set[Name]
) -> None:
    """At every step references lead somewhere, no parents form a ring, and no unique value is held twice."""
    earlier, later = history
    model, owned = start(earlier, later, prune, forgotten)
    model.check()
    wanted = desired(later)
    before = {name: dict(values) for name, values in model.held.items()}
    plan = planned(model, wanted, prune, owned)
    for change in plan.changes:
        model.release(change)
    made = set()
    for change in plan.changes:
        assert made.issuperset(change.depends_on)
        model.carry_out(change)
        made.add(change.address)

    ours = owned | {(kind, key) for kind, objects in wanted.objects.items() for key in objects}
    assert planned(model, wanted, prune, ours).changes == ()
    renamed = {change.was for change in plan.changes if change.was is not None}
    strangers = before.keys() - ours - {(kind, key) for kind, key in before if key in renamed}
    if prune != "all":
        assert strangers <= model.held.keys()
        assert {name for name in strangers if model.held[name].get("name") != before[name].get("name")} == set()
    assert {("department", "1"), ("area", "1"), ("position", "1")} <= model.held.keys()


@given(history=histories(), prune=policies, forgotten=st.sets(names, max_size=3))
@many
def test_an_update_always_has_a_difference(history: tuple[Objects, Objects], prune: str, forgotten: set[Name]) -> None:
    earlier, later = history
    model, owned = start(earlier, later, prune, forgotten)
    for change in planned(model, desired(later), prune, owned).changes:
        assert all(field.before != field.after for field in change.fields)
        if change.action is Action.UPDATE:
            assert change.fields or change.was is not None
        if change.action is Action.DELETE:
            assert prune != "never"
            assert prune == "all" or (change.address.kind, change.address.key) in owned


@given(history=histories())
@many
def test_no_field_differs_exactly_when_deepdiff_sees_nothing(history: tuple[Objects, Objects]) -> None:
    """DeepDiff, which knows nothing of us, is the oracle, on what the files manage."""
    earlier, later = history
    for listed in later.values():
        for each in listed:
            each.pop("was", None)
    model, wanted = Model(earlier), desired(later)
    listings = model.listings()
    difference = diff(wanted, listings, memories(remembered([]), KEY)("hq"), SYSTEM)
    found = {change.address[1:]: change for change in difference.changes}
    for kind, objects in wanted.objects.items():
        for key, each in objects.items():
            live = listings[kind].objects.get(key)
            if live is None:
                assert found[kind, key].action is Action.CREATE
                continue
            managed = {path: value for path, value in each.values.items() if not is_ignored(path, each.ignore)}
            there = {path: live.values[path] for path in managed}
            seen = DeepDiff(_plain(there), _plain(managed), ignore_order=True)
            assert (found[kind, key].fields == ()) == (seen == {})


def _plain(values: dict[str, Value]) -> dict[str, Any]:
    return {
        path: value.reveal() if isinstance(value, Secret) else list(value) if isinstance(value, tuple) else value
        for path, value in values.items()
    }


@given(history=histories(), prune=policies)
@many
def test_a_plan_survives_its_json(history: tuple[Objects, Objects], prune: str) -> None:
    """Whole, but for what is masked (nobody has a card here), and what only the limits need."""
    earlier, later = history
    for each in earlier["employees"] + later["employees"]:
        each["card"] = None
    model, owned = start(earlier, later, prune, set())
    part = msgspec.structs.replace(planned(model, desired(later), prune, owned), vanished={})
    plan = Plan(project="p", timestamp="2026-01-01T00:00:00Z", reconciler_version="1", files="f", targets=(part,))
    again = read_plan(encode_plan(plan), "saved.plan")
    assert again == plan
    assert encode_plan(again) == encode_plan(plan)
    assert msgspec.json.decode(encode_plan(plan))["summary"]["update"] == sum(
        change.action is Action.UPDATE for change in plan.changes()
    )
