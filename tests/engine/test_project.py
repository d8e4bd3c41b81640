"""What one target must hold of all that the files say, and what its system can't."""

import pytest
from engine_helpers import HERE, SYSTEM, codes, target, thing
from msgspec.structs import replace

from reconciler.engine.project import managed_kinds, project
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.objects import Desired, Object
from reconciler.model.project import Prune, Target
from reconciler.systems.base import System


def projected(
    *objects: Object, where: Target | None = None, system: System = SYSTEM
) -> tuple[Desired, list[Diagnostic]]:
    by_kind: dict[str, dict[str, Object]] = {}
    for each in objects:
        by_kind.setdefault(each.kind, {})[each.key] = each
    where = where or target()
    return project(by_kind, where, system)


def held(*objects: Object, **given) -> dict[str, dict[str, object]]:
    """By name, the values of what the target must hold; nothing may be complained of."""
    desired, complaints = projected(*objects, **given)
    assert complaints == []
    return {f"{kind}/{key}": each.values for kind, of in desired.objects.items() for key, each in of.items()}


def complaint(*objects: Object, **given) -> str:
    _, [found] = projected(*objects, **given)
    assert (found.code, found.source) == ("RC0601", HERE)
    return found.detail


def test_a_target_manages_what_it_says_in_the_language_s_order_or_all_that_its_system_has():
    assert managed_kinds(target(manages=("employee", "area")), SYSTEM) == ["area", "employee"]
    assert managed_kinds(target(), SYSTEM) == ["department", "area", "position", "employee"]
    few = replace(SYSTEM, bindings={kind: SYSTEM.bindings[kind] for kind in ("employee", "area")})
    assert managed_kinds(target(manages=("employee", "position")), few) == ["employee"]


TREE = [
    thing("area/A", {"name": "A", "parent": "TOP"}),
    thing("area/B", {"name": "B", "parent": "A"}),
    thing("area/C", {"name": "C", "parent": "B"}),
    thing("area/N", {"name": "N"}),
    thing("area/TOP", {"name": "T", "parent": None}),
]


def test_a_selected_tree_goes_with_all_below_it_and_its_top_keeps_the_parent_that_it_has():
    where = target(select={"area": ("A", "N")})
    desired, _ = projected(*TREE, thing("department/D", {"name": "D"}), where=where)
    assert desired.selected == {"area": frozenset("ABCN")}
    assert {key: each.values for key, each in desired.objects["area"].items()} == {
        "A": {"name": "A"},
        "B": {"name": "B", "parent": "A"},
        "C": {"name": "C", "parent": "B"},
        "N": {"name": "N"},
    }
    assert list(desired.objects["department"]) == ["D"]


def test_people_come_with_one_area_inside_and_only_those_are_theirs():
    where = target(select={"area": ("A",)}, manages=("employee",))
    people = [
        thing("employee/1", {"areas": ("C", "TOP")}),
        thing("employee/2", {"areas": ("TOP",)}),
        thing("employee/3", {"areas": ()}),
        thing("employee/4", {"city": "x"}),
    ]
    assert held(*TREE, *people, where=where) == {"employee/1": {"areas": ("C",)}}


def test_people_come_with_their_department_inside():
    where = target(select={"department": ("D",)}, manages=("employee",))
    people = [thing("employee/1", {"department": "D"}), thing("employee/2", {"department": "E"})]
    assert held(thing("department/D"), thing("department/E"), *people, where=where) == {
        "employee/1": {"department": "D"}
    }


def test_a_parent_ring_in_the_files_ends():
    where = target(select={"area": ("X",)}, manages=("area",))
    ring = [thing("area/X", {"parent": "Y"}), thing("area/Y", {"parent": "X"})]
    assert list(held(*ring, where=where)) == ["area/X", "area/Y"]


def _with(**members) -> System:
    bindings = SYSTEM.bindings
    return replace(SYSTEM, bindings=bindings | {"employee": replace(bindings["employee"], **members)})


def test_what_the_system_does_not_have_is_left_out_and_a_label_belongs_to_its_map():
    lengths = {"city": 20, "attributes": None, "areas": None}
    each = thing("employee/1", {"city": "x", "mobile": "1", "attributes.Global ID": "7", "attributes": None})
    assert held(each, system=_with(lengths=lengths, fixed=frozenset())) == {
        "employee/1": {"city": "x", "attributes.Global ID": "7", "attributes": None}
    }


def test_who_is_resigned_when_removed_is_not_resigned_while_they_are_there():
    here = {path: None for path in SYSTEM.bindings["employee"].lengths if path.startswith("resigned.")}
    assert len(here) == 4
    gone = {"resigned.date": "2026-01-01", "resigned.type": "quit"}
    assert held(
        thing("employee/1", {"city": "x"}, on_remove="resign"),
        thing("employee/2", gone, on_remove="resign"),
        thing("employee/3", {"city": "x"}, on_remove="disable"),
    ) == {"employee/1": {"city": "x", **here}, "employee/2": gone, "employee/3": {"city": "x"}}


@pytest.mark.parametrize("length", [30, 31])
def test_a_system_holds_as_much_as_it_says(length):
    key, name = thing("area/" + "k" * length, {"name": "N"}), thing("area/A", {"name": "n" * length})
    if length == 30:
        assert len(held(key, name)) == 2
    else:
        assert complaint(key) == "`code` has 31 characters; biotime holds at most 30. Shorten it."
        assert complaint(name) == "`name` has 31 characters; biotime holds at most 30. Shorten it."


def test_a_length_of_a_field_without_one_in_the_language_counts_too():
    system = _with(lengths={"department": 2, "city": 20, "areas": None})
    assert complaint(thing("employee/1", {"department": "abc"}), system=system).startswith("`department` has 3 ch")
    assert held(thing("employee/1", {"department": "ab"}), system=system) != {}


def test_what_cannot_be_empty_is_not_emptied():
    no_areas = "`areas` can't be empty on biotime. Give it a value, or leave it out."
    assert complaint(thing("employee/1", {"areas": ()})) == no_areas
    assert complaint(thing("employee/1", {"areas": None})) == no_areas
    assert complaint(thing("employee/1", {"app.enabled": None})).startswith("`app.enabled` can't be empty")
    assert held(thing("employee/1", {"areas": ("A",), "app.enabled": False}), thing("employee/2", {})) != {}


def test_a_block_can_be_emptied_as_a_whole():
    cleared = dict.fromkeys(("resigned.date", "resigned.type", "resigned.block_attendance"))
    assert held(thing("employee/1", cleared)) == {"employee/1": cleared}
    for path, value in (("resigned.date", "2026-01-01"), ("resigned.type", "quit")):
        assert complaint(thing("employee/1", cleared | {path: value})).startswith("`resigned.block_attendance` can't")
    assert complaint(thing("employee/1", {"resigned.block_attendance": None})).startswith("`resigned.block_att")


def test_a_required_field_is_no_matter_of_the_system_s():
    assert held(thing("department/D", {"name": None})) == {"department/D": {"name": None}}


def test_a_choice_that_the_system_has_not_is_named_with_those_that_it_has():
    system = _with(choices={"gender": frozenset({"male", "female"}), "privilege": frozenset({"user"})})
    assert complaint(thing("employee/1", {"privilege": "admin"}), system=system) == (
        "`privilege` can't be admin on biotime. It can be user."
    )
    assert (
        len(held(thing("employee/1", {"privilege": None}), thing("employee/2", {"gender": "male"}), system=system)) == 2
    )


def test_on_remove_is_something_that_the_system_can_do_and_that_comes_to_pass():
    few = _with(removals=frozenset({"delete", "forget", "disable"}))
    resigns, deleted = thing("employee/1", {}, on_remove="resign"), thing("employee/2", {}, on_remove="delete")
    assert complaint(resigns, deleted, system=few) == (
        "`on_remove: resign` is not possible on biotime. It can be delete, disable, forget."
    )
    everything = target({"employee": Prune.ALL})
    assert "Set `prune: {employees: owned}` for the target." in complaint(resigns, deleted, where=everything)
    assert codes(projected(resigns, deleted)[1]) == []
