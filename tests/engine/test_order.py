"""Which change waits for which, and nothing else: references, keys and unique values."""

import pytest
from engine_helpers import SYSTEM, at, create, delete, names, there, update, wanted
from msgspec.structs import replace

from reconciler.engine.order import order
from reconciler.model.objects import Desired, Listing
from reconciler.model.plan import Change
from reconciler.model.secret import Secret

KINDS = ("department", "area", "position", "employee")


def ordered(*changes: Change, live: dict | None = None, desired: Desired | None = None) -> list[Change]:
    listings: dict[str, Listing] = there(live or {}, *KINDS)
    return order(list(changes), desired or wanted(*KINDS), listings, SYSTEM)


def waits(found: list[Change]) -> dict[str, list[str]]:
    """By name, what it waits for; only of those that wait."""
    return {
        f"{change.address.kind}/{change.address.key}": [f"{need.kind}/{need.key}" for need in change.depends_on]
        for change in found
        if change.depends_on
    }


def test_what_is_written_waits_for_what_it_refers_to():
    found = ordered(
        create("employee/1", {"department": "D", "areas": ("A", "B"), "position": "P"}),
        update("employee/2", {"department": "X", "areas": ("A",)}, {"department": "D"}),
        update("employee/3", {"department": "D", "city": "x"}, {"city": "y"}),
        create("area/A", {"parent": None}),
        create("area/B", {"parent": "A"}),
        create("department/D"),
        update("position/P", {"name": "p"}, {"name": "q"}),
    )
    assert waits(found) == {
        "area/B": ["area/A"],
        "employee/1": ["area/A", "area/B", "department/D"],
        "employee/2": ["department/D"],
    }


def test_what_refers_to_a_new_key_waits_for_the_rename():
    found = ordered(
        update("department/N", {"name": "n"}, {}, was="O"),
        update("employee/1", {"department": "D"}, {"department": "N"}),
        update("employee/2", {"department": "N"}, {"city": "y"}),
    )
    assert waits(found) == {"employee/1": ["department/N"]}


def test_nothing_waits_for_itself():
    found = ordered(
        update("department/N", {"name": "x"}, {}, was="O"),
        delete("area/A", {"parent": "A"}),
        update("employee/1", {"card": "1"}, {"card": "2"}),
        live={"area/A": {"parent": "A"}},
    )
    assert waits(found) == {}


def test_an_adoption_waits_for_nothing():
    found = ordered(create("department/D"), update("employee/1", {"department": "D"}, {}))
    assert waits(found) == {}


def test_a_delete_waits_for_all_that_uses_the_object_now():
    live = {
        "department/D": {"parent": None},
        "department/S": {"parent": "D"},
        "department/O": {"parent": "D"},
        "employee/1": {"department": "D"},
        "employee/2": {"department": "D"},
        "employee/3": {"department": "S"},
    }
    found = ordered(
        delete("department/D", live["department/D"]),
        delete("department/S", live["department/S"]),
        update("department/N", {"parent": "D"}, {"parent": None}, was="O"),
        delete("employee/1", live["employee/1"]),
        update("employee/2", {"department": "D"}, {"department": "N"}),
        create("employee/4", {"city": "x"}),
        live=live,
    )
    assert waits(found) == {
        "department/D": ["department/N", "department/S", "employee/1", "employee/2"],
        "employee/2": ["department/N"],
    }


def test_a_key_is_taken_after_the_rename_that_frees_it():
    found = ordered(
        create("department/A", {"name": "new"}),
        update("department/B", {"name": "a"}, {}, was="A"),
        update("department/C", {"name": "b"}, {}, was="B"),
        update("area/A", {"name": "a"}, {"name": "b"}),
        create("area/B", {"name": "b"}),
    )
    assert waits(found) == {"department/A": ["department/B"], "department/B": ["department/C"]}


def test_a_card_is_taken_after_the_change_that_gives_it_up():
    found = ordered(
        create("employee/1", {"card": "1"}),
        delete("employee/2", {"card": "1"}),
        update("employee/3", {"card": "3"}, {"card": "4"}),
        update("employee/4", {"card": "4"}, {"card": None}),
        update("employee/5", {"card": "5", "city": "x"}, {"city": "y"}),
        create("employee/6", {"card": "5", "city": "x"}),
        update("employee/7", {"card": "7"}, {"card": "1"}),
        update("employee/8", {"card": "7", "city": "x"}, {"city": "y"}),
        create("employee/9", {"card": "10"}),
        update("department/10", {"card": "10"}, {"card": None}),
        update("department/11", {"card": "11"}, {"card": "3"}),
    )
    assert waits(found) == {
        "employee/1": ["employee/2"],
        "employee/3": ["employee/4"],
        "employee/7": ["employee/2"],
    }
    assert [change.release for change in found if change.release] == []


@pytest.mark.parametrize(
    ("room", "waiting"),
    [
        (None, {}),
        (3, {}),
        (2, {"employee/3": ["employee/8"]}),
        (0, {"employee/1": ["employee/8"], "employee/2": ["employee/9"]}),
    ],
)
def test_who_has_no_room_comes_after_one_who_goes(room, waiting):
    people = [create(f"employee/{key}") for key in "123"] + [delete("employee/8", {}), delete("employee/9", {})]
    departments = [create("department/1"), delete("department/9", {})]
    full = {
        kind: replace(each, room=room)
        for kind, each in there({f"{kind}/{key}": {} for kind in ("employee", "department") for key in "89"}).items()
    }
    found = order([*people, *departments], wanted("employee", "department"), full, SYSTEM)
    assert waits(found) == waiting


def test_of_a_ring_of_cards_one_gives_up_its_card_first_and_the_others_wait():
    found = ordered(
        update("employee/0", {"card": "z"}, {"card": "c"}),
        update("employee/1", {"card": "a"}, {"card": "b"}),
        update("employee/2", {"card": "b"}, {"card": "c"}),
        update("employee/3", {"card": "c"}, {"card": "a"}),
    )
    assert {change.address.key: change.release for change in found if change.release} == {"1": ("card",)}
    assert waits(found) == {
        "employee/0": ["employee/3"],
        "employee/1": ["employee/2"],
        "employee/2": ["employee/3"],
    }


def test_each_ring_is_broken_by_itself():
    found = ordered(
        update("employee/1", {"card": "a"}, {"card": "b"}),
        update("employee/2", {"card": "b"}, {"card": "a"}),
        update("employee/3", {"card": "c"}, {"card": "d"}),
        update("employee/4", {"card": "d"}, {"card": "c"}),
    )
    assert [(change.address.key, change.release) for change in found if change.release] == [
        ("1", ("card",)),
        ("3", ("card",)),
    ]
    assert waits(found) == {"employee/1": ["employee/2"], "employee/3": ["employee/4"]}


def test_only_what_is_released_is_not_waited_for():
    """Of two unique paths one is in a ring: the other is waited for as ever."""
    binding = SYSTEM.bindings["employee"]
    two = replace(SYSTEM, bindings={"employee": replace(binding, unique=frozenset({"card", "mobile"}))})
    changes = [
        update("employee/1", {"card": "a", "mobile": "1"}, {"card": "b", "mobile": None}),
        update("employee/2", {"card": "b"}, {"card": "a"}),
        update("employee/3", {"mobile": "3"}, {"mobile": "1"}),
    ]
    found = order(changes, wanted("employee"), there({}, "employee"), two)
    assert {change.address.key: change.release for change in found if change.release} == {"1": ("card",)}
    assert waits(found) == {"employee/1": ["employee/2"], "employee/3": ["employee/1"]}


def cards(key: str, before: str, after: str) -> Change:
    """Somebody's cards change: the main one, and after a blank further ones with commas."""
    (main, _, more), (new, _, others) = before.partition(" "), after.partition(" ")
    return update(
        f"employee/{key}",
        {"card": Secret(main), "extra_cards": Secret(more) if more else None},
        {"card": Secret(new), "extra_cards": Secret(others) if others else None},
    )


@pytest.mark.parametrize(
    ("changes", "waiting", "released"),
    [
        ([("1", "a b,c", "a b"), ("2", "d", "c")], {"employee/2": ["employee/1"]}, {}),
        ([("1", "a b,c", "a c,b"), ("2", "d", "e")], {}, {}),
        ([("1", "a b,c", "d b"), ("2", "d", "c")], {"employee/1": ["employee/2"]}, {"1": ("extra_cards",)}),
        (
            [("1", "a b,c", "d e"), ("2", "d", "c"), ("3", "e f", "b f")],
            {"employee/1": ["employee/2", "employee/3"]},
            {"1": ("extra_cards",)},
        ),
        ([("1", "a b", "b a"), ("2", "c", "c d")], {}, {}),
    ],
    ids=["passed on", "kept", "exchanged", "with two", "within one person"],
)
def test_main_and_further_cards_are_of_one_space(changes, waiting, released):
    binding = SYSTEM.bindings["employee"]
    both = replace(SYSTEM, bindings={"employee": replace(binding, unique=frozenset({"card", "extra_cards"}))})
    found = order([cards(*each) for each in changes], wanted("employee"), there({}, "employee"), both)
    assert waits(found) == waiting
    assert {change.address.key: change.release for change in found if change.release} == released


def test_what_is_free_goes_by_kind_and_key_and_deletes_last_the_other_way_round():
    found = ordered(
        delete("department/A"),
        delete("employee/9"),
        delete("area/A"),
        create("employee/1"),
        create("area/B"),
        update("department/D", {"name": "x"}, {"name": "y"}),
        create("area/A2"),
    )
    assert names(found) == [
        "department/D",
        "area/A2",
        "area/B",
        "employee/1",
        "employee/9",
        "area/A",
        "department/A",
    ]


def test_an_address_is_its_own_place():
    assert [change.address for change in ordered(create("area/a/b"), create("area/a"))] == [
        at("area/a"),
        at("area/a/b"),
    ]
