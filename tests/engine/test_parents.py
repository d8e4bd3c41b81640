"""Moves in a tree whose parents the files state only in part: the target's own parents count where the files say
nothing."""

import pytest

from reconciler.engine.plan import plan_target
from reconciler.model.diagnostic import Span
from reconciler.model.objects import Desired, Listing, Live, Object
from reconciler.model.plan import TargetPlan
from reconciler.model.project import Target
from reconciler.model.state import Memory
from reconciler.systems.registry import system

HERE = Span("org.yaml", 1, 1)
TARGET = Target(name="hq", system="biotime", url="http://127.0.0.1", span=HERE, manages=("department",))
LEFT_OUT = object()


def plan(live: dict[str, str | None], wanted: dict[str, object]) -> TargetPlan:
    """Of departments by key and parent; `LEFT_OUT`: the files do not state the parent."""
    objects = {
        key: Object(kind="department", key=key, values={} if parent is LEFT_OUT else {"parent": parent}, span=HERE)
        for key, parent in wanted.items()
    }
    there = {
        key: Live(key, number, {"name": key, "parent": parent}) for number, (key, parent) in enumerate(live.items(), 2)
    }
    listings = {"department": Listing("department", there)}
    desired = Desired("hq", {"department": objects})
    return plan_target(TARGET, system("biotime"), desired, listings, Memory({}, {}, None), "2026-01-01")


def moved(found: TargetPlan) -> list[str]:
    return [change.address.key for change in found.changes if change.fields]


@pytest.mark.parametrize("between", [{}, {"B": LEFT_OUT}])
def test_a_move_below_itself_through_a_parent_that_only_the_target_knows_is_an_error(between):
    found = plan({"A": None, "B": "A", "C": "B"}, {"A": "C", "C": LEFT_OUT, **between})
    assert moved(found) == []
    assert [(each.code, each.address) for each in found.diagnostics] == [("RC0303", "hq/department/A")]


def test_it_is_none_once_the_files_say_where_the_other_belongs():
    found = plan({"A": None, "B": "A", "C": "B"}, {"A": "C", "C": None})
    assert (moved(found), found.diagnostics) == (["C", "A"], ())


def test_moves_wait_for_those_above_them_also_through_parents_that_only_the_target_knows():
    found = plan({"1": None, "Z": "1", "Y": "Z", "X": "1"}, {"X": "Y", "Y": LEFT_OUT, "Z": None})
    assert moved(found) == ["Z", "X"]
