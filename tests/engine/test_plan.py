"""A target's plan as a whole: what may be planned on, what is read for it, and what it says."""

import pytest
from engine_helpers import (
    PROBLEM,
    SYSTEM,
    TODAY,
    applied,
    codes,
    names,
    remembered,
    target,
    there,
    thing,
    unknown,
    wanted,
)
from msgspec.structs import replace

from reconciler.engine.plan import kinds_needed, paths_to_read, plan_target
from reconciler.model.objects import Desired, Listing
from reconciler.model.plan import TargetPlan, Unread
from reconciler.model.project import Prune
from reconciler.model.state import Entry, Memory

PERSON = {"department": "D", "areas": ("A",)}
UNITS = {"department/D": {"name": "D", "parent": None}, "area/A": {"name": "A", "parent": None}}

KINDS = tuple(SYSTEM.bindings)


def planned(desired: Desired, listings: dict[str, Listing], memory: Memory | None = None, **given) -> TargetPlan:
    prune = given.pop("prune", None)
    return plan_target(target(prune), SYSTEM, desired, listings, memory or remembered(), TODAY, **given)


def test_what_can_be_planned_on_is_complete_with_all_that_it_refers_to():
    """Nothing is created, changed or deleted on the rest, though the reading got there."""
    objects = [thing("department/D", {"name": "D"}), thing("area/A", {"name": "A"}), thing("employee/1", PERSON)]
    desired = wanted(*KINDS, objects=objects)
    memory = remembered("employee/9", "area/9", "department/9")
    live = there(
        {"area/9": {"parent": None}, "department/9": {"parent": None}, "employee/9": PERSON | {"department": "9"}},
        *KINDS,
    )
    broken = Listing("area", live["area"].objects, problem=PROBLEM)
    found = planned(desired, live | {"area": broken}, memory)
    assert names(found.changes) == ["department/D"]
    assert (found.complete, found.live, found.diagnostics[0]) == (False, {"department": 1, "position": 0}, PROBLEM)
    assert codes(found.diagnostics[1:]) == [("RC0608", "hq/department/9")]


def test_a_kind_that_was_not_read_makes_the_plan_incomplete_and_so_does_one_that_is_only_referred_to():
    assert planned(wanted("employee", "area"), there({}, "employee")).complete is False
    found = planned(wanted("employee"), there({}, "employee") | {"position": unknown("position")})
    assert (found.complete, found.diagnostics) == (False, (PROBLEM,))
    assert planned(wanted("area"), there({}, "area") | {"employee": unknown("employee")}).complete is False
    assert planned(wanted("employee"), there({}, "employee")).complete is True


def test_one_problem_of_all_kinds_is_told_once():
    found = planned(wanted(*KINDS), {kind: unknown(kind) for kind in KINDS})
    assert (found.diagnostics, found.changes, found.complete) == ((PROBLEM,), (), False)


OURS = ("area/1", "area/A", "department/D", "employee/1")


@pytest.mark.parametrize(
    ("remembers", "left", "warns"),
    [
        (OURS, {}, True),  # but for the server's own
        (OURS, {"employee/7": PERSON, "area/7": {}}, True),  # what somebody else has there
        (OURS, {"department/D": {}}, False),
        (OURS[:3], {}, False),  # so few may all be gone by chance
        ((), {}, False),
    ],
)
def test_a_server_that_has_nothing_of_what_was_applied_may_be_another_one(remembers, left, warns):
    live = there({"area/1": {}} | left, *KINDS, builtin=["area/1"])
    asked = [thing("area/A", {"name": "A"})]
    found = planned(wanted(*KINDS, objects=asked), live, remembered(*remembers))
    warning = (
        "hq has none of the 3 objects that earlier applies wrote there. Either it was replaced or emptied, and an "
        "apply fills it again; or another server answers: then correct `url` before you apply."
    )
    assert [each.detail for each in found.diagnostics if each.code == "RC0407"] == [warning] * warns


def test_what_has_left_the_server_and_the_files_is_not_missed():
    found = planned(wanted(*KINDS), there({}, *KINDS), remembered(*OURS))
    assert (found.diagnostics, found.changes) == ((), ())


def test_of_a_server_that_could_not_be_read_it_is_not_known_whose_it_is():
    unread = {kind: unknown(kind) for kind in KINDS}
    assert planned(wanted(*KINDS), unread, remembered(*OURS)).diagnostics == (PROBLEM,)


def test_the_plan_counts_what_limits_are_reckoned_by():
    live = {f"employee/{each}": PERSON for each in range(4)} | UNITS
    ours = remembered("employee/0", entries={"employee/1": Entry(on_remove="forget")})
    found = planned(wanted("employee", "area", objects=[thing("area/A", {"name": "A"})]), there(live), ours)
    assert (found.live, found.vanished) == ({"area": 1, "employee": 4}, {"employee": 1})
    inside = planned(wanted("area", selected={"area": frozenset("A")}), there(UNITS | {"area/B": {}}))
    assert inside.live == {"area": 1}
    everything = planned(wanted("employee"), there(live, "area"), ours, prune={"employee": Prune.ALL})
    assert everything.vanished == {"employee": 3}


def test_resignations_count_for_a_kind_that_vanishes():
    ours = remembered(entries={"employee/1": Entry(on_remove="resign")})
    assert planned(wanted("employee"), there({"employee/1": PERSON}), ours).vanished == {"employee": 1}


# references that lead nowhere


def missing(objects, live, kinds=("employee",), memory=None) -> list[tuple[str, str | None]]:
    found = planned(wanted(*kinds, objects=objects), there(live, *kinds, "department", "area"), memory)
    return codes(found.diagnostics)


def test_a_reference_that_is_written_must_lead_somewhere():
    absent = [("RC0606", "hq/employee/1")]
    create = [thing("employee/1", PERSON)]
    assert missing(create, UNITS) == []
    assert missing(create, {"area/A": {}}) == absent
    assert missing(create, {"department/D": {}}) == absent
    assert missing(create, {}) == absent * 2
    assert missing([*create, thing("department/D", {"name": "D"})], {"area/A": {}}, ("department", "employee")) == []
    update = [thing("employee/1", PERSON | {"city": "x"})]
    assert missing(update, {"employee/1": PERSON | {"city": None}}) == []
    assert missing(update, {"employee/1": PERSON | {"city": "x"}}) == []
    assert missing(update, {"area/A": {}, "employee/1": PERSON | {"department": "E", "city": "x"}}) == absent


def test_the_error_says_what_is_missing_where_and_what_to_do():
    [found] = planned(
        wanted("employee", objects=[thing("employee/1", PERSON)]),
        there({"area/A": {}}, "employee", "department"),
    ).diagnostics
    assert found.detail == (
        "`department` is D, and there is no such department on hq, which does not manage departments. Create it there, "
        "or let the target manage departments."
    )


def test_of_a_kind_that_was_not_read_nothing_is_known_to_be_missing():
    assert (
        codes(planned(wanted("employee", objects=[thing("employee/1", PERSON)]), there({}, "employee")).diagnostics)
        == []
    )


# globs


def test_globs_leave_out_changes_and_what_is_said_of_others_and_no_problem():
    objects = [thing("employee/1", PERSON), thing("employee/2", {"city": "x"}), thing("department/D", {"name": "D"})]
    desired = wanted("department", "employee", objects=objects)
    listings = there({"area/A": {}}, "department", "employee") | {"position": unknown("position")}
    assert codes(planned(desired, listings).diagnostics) == [("RC0501", None)]
    listings = there({"area/A": {}}, "department", "employee")
    everything = planned(desired, listings)
    assert (names(everything.changes), codes(everything.diagnostics)) == (
        ["department/D", "employee/1"],
        [("RC0601", "hq/employee/2")],
    )
    for given in ({"select": ("*/employee/1",)}, {"exclude": ("*/employee/2",)}):
        part = planned(desired, listings, **given)
        assert (names(part.changes), codes(part.diagnostics)) == (["department/D", "employee/1"], [])
    part = planned(desired, listings, select=("*/2",))
    assert (names(part.changes), codes(part.diagnostics)) == ([], [("RC0601", "hq/employee/2")])


def test_what_is_not_compared_is_counted_for_the_objects_that_the_globs_leave():
    values = {"1": {"mobile": "1", "photo": "x"}, "2": {"mobile": "2"}}
    objects = [thing(f"employee/{key}", each) for key, each in values.items()]
    entries = {f"employee/{key}": applied(f"employee/{key}", each) for key, each in values.items()}
    listings = there({"employee/1": {}, "employee/2": {}})

    def unread(**given) -> tuple[Unread, ...]:
        return planned(wanted("employee", objects=objects), listings, remembered(entries=entries), **given).unread

    assert unread() == (Unread("employee", "mobile", 2), Unread("employee", "photo", 1))
    assert unread(exclude=("*/1",)) == unread(select=("*/2",)) == (Unread("employee", "mobile", 1),)


def test_hints_and_what_is_left_are_said():
    found = planned(
        wanted("area", "department", objects=[thing("area/B", {"name": "A"})]),
        there(UNITS, "employee"),
        remembered("area/A", "department/D"),
        prune={"department": Prune.NEVER},
    )
    assert names(found.changes) == ["area/B", "area/A"]
    assert codes(found.diagnostics) == [("RC0608", None), ("RC0607", "hq/area/B")]


# what is read


@pytest.mark.parametrize(
    ("kind", "paths"),
    [
        ("department", {"name", "parent"}),
        (
            "employee",
            {"city", "mobile", "department", "areas", "position", "card", "first_name", "last_name", "birthday"},
        ),
    ],
)
def test_a_listing_gives_what_is_managed_what_tells_a_rename_and_who_uses_what(kind, paths):
    objects = [thing("employee/1", {"city": "x"}), thing("employee/2", {"mobile": "1"})]
    assert paths_to_read(wanted(*KINDS, objects=objects), kind, SYSTEM) == paths


def test_kinds_that_are_referred_to_are_read_too():
    assert kinds_needed(wanted("employee"), target(), SYSTEM, remembered()) == {"department", "area", "position"}
    assert kinds_needed(wanted("area"), target(), SYSTEM, remembered()) == set()
    bindings = {kind: SYSTEM.bindings[kind] for kind in ("employee", "area")}
    few = replace(SYSTEM, bindings=bindings)
    assert kinds_needed(wanted("employee"), target(), few, remembered()) == {"area"}


def test_kinds_that_may_use_what_is_deleted_are_read_too():
    desired = wanted("area", objects=[thing("area/A")])
    held, gone = remembered("area/A"), remembered("area/A", "area/B")
    left = remembered(pending={"area/B": Entry()})
    assert kinds_needed(desired, target(), SYSTEM, held) == set()
    assert kinds_needed(desired, target(), SYSTEM, gone) == {"employee"}
    assert kinds_needed(desired, target(), SYSTEM, left) == {"employee"}
    assert kinds_needed(desired, target({"area": Prune.ALL}), SYSTEM, held) == {"employee"}
    assert kinds_needed(desired, target({"department": Prune.ALL}), SYSTEM, held) == set()


@pytest.mark.parametrize("exclude", [(), ("*/U",)])
def test_what_a_move_that_can_not_be_made_would_leave_is_not_deleted(exclude):
    """U is still below X, since it would get below itself: X stays, also when U with its error is left out."""
    live = {"department/X": {"parent": None}, "department/U": {"parent": "X"}, "department/C": {"parent": "U"}}
    objects = [thing("department/U", {"parent": "C"}), thing("department/C")]
    ours = remembered("department/X", "department/U", "department/C")
    found = planned(wanted("department", objects=objects), there(live, *KINDS), ours, exclude=exclude)
    assert names(found.changes) == []
    ring = [] if exclude else [("RC0303", "hq/department/U")]
    assert codes(found.diagnostics) == [*ring, ("RC0608", "hq/department/X")]
