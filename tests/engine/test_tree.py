"""The tree that objects will form: what the files say, and where they say nothing, what the target has."""

from engine_helpers import create, delete, there, thing, update, wanted

from reconciler.engine.tree import above, moves, tree_of


def test_the_files_parent_counts_and_where_they_state_none_the_target_s():
    objects = [
        thing("area/A", {"parent": "B"}),
        thing("area/B", {"parent": None}),
        thing("area/C", {"name": "C"}),
        thing("area/NEW", {"name": "N"}),
    ]
    live = {f"area/{key}": {"parent": "L"} for key in "ABCL"} | {"area/T": {"parent": None}}
    parent = tree_of("area", [], wanted("area", objects=objects), there(live))
    assert {key: parent(key) for key in ("A", "B", "C", "NEW", "L", "T", "?")} == {
        "A": "B",
        "B": None,
        "C": "L",
        "NEW": None,
        "L": "L",
        "T": None,
        "?": None,
    }
    assert tree_of("area", [], wanted(), {})("A") is None


def test_a_renamed_object_has_the_parent_that_it_had_and_is_its_children_s_under_its_new_key():
    changes = [update("area/N", {}, {}, was="O"), update("department/X", {}, {}, was="P")]
    live = {"area/O": {"parent": "P"}, "area/P": {"parent": None}, "area/C": {"parent": "O"}}
    parent = tree_of("area", changes, wanted("area", objects=[thing("area/N"), thing("area/C")]), there(live))
    assert (parent("N"), parent("C"), parent("P")) == ("P", "N", None)


def test_what_is_above_is_told_once_nearest_first_and_a_ring_ends():
    ring = {"A": "B", "B": "C", "C": "D", "D": "B"}
    assert list(above("A", ring.get)) == ["B", "C", "D"]
    assert list(above("B", ring.get)) == ["C", "D", "B"]
    assert list(above("?", ring.get)) == []


def test_a_create_and_a_change_of_the_parent_are_moves_and_nothing_else_is():
    assert moves(create("area/A"))
    assert moves(update("area/A", {"parent": "B"}, {"parent": None}))
    assert not moves(update("area/A", {"name": "B", "parent": "B"}, {"name": "C"}))
    assert not moves(delete("area/A", {"parent": "B"}))
    assert not moves(create("employee/1", {"department": "D"}))
