"""What becomes of objects that are on a target and not in the files: nobody is taken off it who need not be."""

from collections.abc import Collection, Iterable
from time import process_time

import pytest
from engine_helpers import (
    KEY,
    SYSTEM,
    TODAY,
    applied,
    at,
    codes,
    create,
    delete,
    names,
    remembered,
    target,
    there,
    thing,
    unknown,
    update,
    wanted,
)

from reconciler.engine.removals import gone, hints, removals, withhold
from reconciler.model.digest import live_digest
from reconciler.model.kinds import KINDS
from reconciler.model.objects import Desired, Listing
from reconciler.model.plan import Action, Change, FieldChange, Reason
from reconciler.model.project import Prune
from reconciler.model.state import Entry, Memory

EMPTY = wanted("employee")


def removed(
    listings: dict[str, Listing],
    memory: Memory,
    desired: Desired = EMPTY,
    prune: dict[str, Prune] | None = None,
    renames: dict[str, dict[str, str]] | None = None,
    elsewhere: Collection[tuple[str, str]] = (),
) -> tuple[list[Change], list[tuple[str, str | None]]]:
    changes, diagnostics = removals(
        desired, listings, memory, target(prune), SYSTEM, renames or {}, TODAY, elsewhere or {}
    )
    return changes, codes(diagnostics)


PEOPLE = there({"employee/1": {"city": "Oslo"}, "employee/2": {"city": "Rome"}})


@pytest.mark.parametrize("prune", [{}, {"employee": Prune.OWNED}])
def test_only_what_is_ours_is_deleted_and_what_is_pending_is_ours(prune):
    changes, complaints = removed(PEOPLE, remembered("employee/1"), prune=prune)
    assert (names(changes), complaints) == (["employee/1"], [])
    changes, _ = removed(PEOPLE, remembered(pending={"employee/2": Entry()}), prune=prune)
    assert names(changes) == ["employee/2"]


def test_prune_all_deletes_what_is_not_ours_too_and_says_which():
    changes, complaints = removed(PEOPLE, remembered("employee/1"), prune={"employee": Prune.ALL})
    assert [(each.address.key, each.reason) for each in changes] == [("1", Reason.REMOVED), ("2", Reason.UNMANAGED)]
    assert complaints == []


def test_prune_never_reports_what_the_files_do_not_hold_and_what_of_it_is_ours():
    ours = remembered("employee/1", "employee/2")
    for prune, count in (({"employee": Prune.NEVER}, 0), ({"area": Prune.NEVER}, 2)):
        assert len(removed(PEOPLE, ours, prune=prune)[0]) == count
    assert _left("employee/1") == (
        "1 employee of an earlier apply on hq is not in the files, and `prune: never` leaves it: 1."
    )
    assert _left("employee/1", "employee/2") == (
        "2 employees of an earlier apply on hq are not in the files, and `prune: never` leaves them: 1, 2."
    )
    assert _left("employee/5", theirs=["employee/4", "employee/6"]) == (
        "3 employees on hq are not in the files, 1 of them of an earlier apply, and `prune: never` leaves them: "
        "5, 4, 6."
    )
    assert _left(theirs=["employee/4"]) == "1 employee on hq is not in the files, and `prune: never` leaves it: 4."


def test_prune_never_does_not_report_what_another_selection_of_the_server_holds():
    never = {"employee": Prune.NEVER}
    assert removed(PEOPLE, remembered(), prune=never, elsewhere={("employee", "1"), ("employee", "2")}) == ([], [])


def _left(*ours: str, theirs: Iterable[str] = ()) -> str:
    listings = there({name: {} for name in (*ours, *theirs)})
    changes, [diagnostic] = removals(
        EMPTY, listings, remembered(*ours), target({"employee": Prune.NEVER}), SYSTEM, {}, TODAY, ()
    )
    assert (changes, diagnostic.code) == ([], "RC0608")
    return diagnostic.detail


@pytest.mark.parametrize(
    ("count", "end"), [(5, ": 1, 2, 3, 4, 5."), (6, ": 1, 2, 3, 4, 5 and 1 more."), (8, ": 1, 2, 3, 4, 5 and 3 more.")]
)
def test_five_keys_are_named_and_the_others_counted(count, end):
    assert _left(*(f"employee/{number}" for number in range(1, count + 1))).endswith(end)


def test_nothing_is_deleted_on_a_listing_that_failed_or_is_not_there():
    failed = Listing("employee", PEOPLE["employee"].objects, problem=unknown("employee").problem)
    for listings in ({"employee": failed}, {}):
        assert removed(listings, remembered("employee/1"), prune={"employee": Prune.ALL}) == ([], [])


def test_what_is_built_in_is_forgotten_and_what_is_held_renamed_or_there_twice_is_not_deleted():
    live = {f"department/{key}": {"name": key} for key in ("1", "held", "old", "twice", "gone")}
    listing = there(live, builtin=["department/1"])["department"]
    listings = {"department": Listing("department", listing.objects, frozenset({"twice"}))}
    desired = wanted("department", objects=[thing("department/held"), thing("department/new", was="old")])
    renames = {"department": {"old": "new"}}
    for prune in (Prune.OWNED, Prune.ALL):
        changes, complaints = removed(listings, remembered(*live), desired, {"department": prune}, renames)
        assert [(name, change.action) for name, change in zip(names(changes), changes, strict=True)] == [
            ("department/1", Action.NOOP),
            ("department/gone", Action.DELETE),
        ]
        assert complaints == [("RC0610", "hq/department/twice")]
    unowned, _ = removed(listings, remembered("department/gone"), desired, {"department": Prune.ALL}, renames)
    assert names(unowned) == ["department/gone"]


def test_what_another_target_of_the_same_server_holds_is_forgotten_and_never_deleted():
    memory = remembered(entries={"employee/1": Entry(on_remove="resign", protected=True)})
    for prune, other in ((Prune.OWNED, []), (Prune.ALL, ["employee/2"])):
        elsewhere = {("employee", "1"), ("area", "2")}
        changes, complaints = removed(PEOPLE, memory, EMPTY, {"employee": prune}, {}, elsewhere)
        assert (names(changes), complaints) == (["employee/1", *other], [])
        forgotten = changes[0]
        assert (forgotten.action, forgotten.leaves_state, forgotten.protected) == (Action.NOOP, True, False)
    assert removed(
        PEOPLE, remembered(), EMPTY, {"employee": Prune.ALL}, {}, {("employee", "1"), ("employee", "2")}
    ) == (
        [],
        [],
    )


SELECTED = {"area": frozenset({"A"}), "department": frozenset({"D"})}
AREAS = {"area/A": {"parent": None}, "area/B": {"parent": "A"}, "area/C": {"parent": "B"}, "area/O": {"parent": None}}


@pytest.mark.parametrize(
    ("areas", "department", "covered"),
    [
        (("A",), "D", True),
        (("O", "A"), "D", True),
        (("C",), "D", True),
        (("O",), "D", False),
        ((), "D", False),
        (("A",), "E", False),
        (("A",), None, False),
    ],
)
def test_whoever_lies_outside_the_selection_is_nobody_s_business(areas, department, covered):
    """Inside is also what is below a selected object on the target; of a set one member is enough."""
    listings = there({**AREAS, "employee/1": {"areas": areas, "department": department}}, "department")
    changes, complaints = removed(
        listings, remembered("employee/1"), wanted("employee", selected=SELECTED), {"employee": Prune.ALL}
    )
    assert (names(changes), complaints) == (["employee/1"] if covered else [], [])


def test_of_a_selected_kind_what_is_below_the_selected_is_covered_and_a_ring_ends():
    ring = {"area/X": {"parent": "Y"}, "area/Y": {"parent": "Z"}, "area/Z": {"parent": "W"}, "area/W": {"parent": "X"}}
    deep = {"area/D": {"parent": "C"}, "area/E": {"parent": "D"}, "area/F": {"parent": "E"}}
    listings = there({**AREAS, **ring, **deep})
    desired = wanted("area", objects=[thing("area/A")], selected=SELECTED)
    changes, _ = removed(listings, remembered(), desired, {"area": Prune.ALL})
    assert names(changes) == ["area/B", "area/C", "area/D", "area/E", "area/F"]
    nothing_left = wanted("area", selected=SELECTED)
    changes, _ = removed(there({"area/A": {"parent": "O"}, "area/O": {}}), remembered("area/A"), nothing_left)
    assert names(changes) == ["area/A"]


def test_a_delete_has_all_that_is_known_of_the_object():
    memory = remembered(entries={"employee/1": Entry(protected=True)})
    [change] = removed(PEOPLE, memory)[0]
    assert change == Change(
        address=at("employee/1"),
        reason=Reason.REMOVED,
        before={"city": "Oslo"},
        after=None,
        id=2,
        live_digest=live_digest(KEY, {"city": "Oslo"}),
        protected=True,
    )
    [change] = removed(PEOPLE, remembered("employee/1"))[0]
    assert change.protected is False


def test_who_is_resigned_keeps_the_rest_and_changes_what_differs():
    values = {"city": "Oslo", "resigned.type": "resigned", "resigned.date": None}
    memory = remembered(entries={"employee/1": Entry(on_remove="resign", protected=True)})
    [change] = removed(there({"employee/1": values}), memory)[0]
    entered = {"resigned.date": TODAY, "resigned.type": "resigned", "resigned.reason": None}
    entered["resigned.block_attendance"] = True
    assert change == Change(
        address=at("employee/1"),
        reason=Reason.REMOVED,
        before=values,
        after=values | entered,
        fields=(FieldChange("resigned.block_attendance", None, True), FieldChange("resigned.date", None, TODAY)),
        id=2,
        live_digest=live_digest(KEY, values),
        protected=True,
        on_remove="resign",
    )
    assert change.leaves_state


def test_what_is_forgotten_is_not_touched_and_protection_has_no_say_in_it():
    memory = remembered(entries={"employee/1": Entry(on_remove="forget", protected=True)})
    [change] = removed(PEOPLE, memory)[0]
    assert (change.action, change.fields, change.protected, change.leaves_state) == (Action.NOOP, (), False, True)
    assert change.after == {"city": "Oslo"}


def test_who_cannot_be_disabled_is_left_with_an_error():
    memory = remembered(entries={"employee/1": Entry(on_remove="disable")})
    assert removed(PEOPLE, memory) == ([], [("RC0601", "hq/employee/1")])
    listings = {**PEOPLE, **there({"area/1": {}}, builtin=["area/1"])}
    [change] = removed(listings, memory)[0]
    assert change.fields == (FieldChange("areas", None, ("1",)),)


# deletes that wait


def kept(changes: list[Change], listings: dict[str, Listing]) -> tuple[list[str], dict[str, str]]:
    """The changes that are left, and by key why others are not among them."""
    remaining, diagnostics = withhold(changes, listings)
    assert {each.code for each in diagnostics} <= {"RC0608"}
    start, end = "is not in the files and would be deleted, but ", ". It stays until nothing refers to it."
    why = {str(each.address)[3:]: each.detail.partition(start)[2].removesuffix(end) for each in diagnostics}
    return names(remaining), why


def units(live: dict[str, dict[str, object]]) -> dict[str, Listing]:
    return there(live, "department", "employee")


def test_thousands_that_stay_one_below_the_other_are_told_in_no_time():
    live = {f"department/{each}": {"parent": str(each - 1) if each else None} for each in range(8_000)}
    changes = [delete(name, values) for name, values in live.items()]
    started = process_time()
    remaining, why = kept(changes, units({**live, "employee/9": {"department": "7999"}}))
    assert (remaining, len(why), process_time() - started < 5) == ([], 8_000, True)


def test_kinds_are_called_as_people_call_them():
    live = {"access_level/Night": {}, "employee/9": {"access_levels": ("Night",)}}
    [told] = withhold([delete("access_level/Night", {})], there(live, "access_level", "employee"))[1]
    assert told.detail.startswith("The access level is not in the files and would be deleted, but it is still used by")


def test_what_a_stranger_uses_stays_and_so_does_all_that_it_is_below():
    live = {
        "department/A": {"parent": None},
        "department/B": {"parent": "A"},
        "department/C": {"parent": "B"},
        "department/D": {"parent": "B"},
        "employee/9": {"department": "C"},
    }
    changes = [delete(name, live[name]) for name in live if name.startswith("department")]
    assert kept(changes, units(live)) == (
        ["department/D"],
        {
            "department/A": "it is still used by department B",
            "department/B": "it is still used by department C",
            "department/C": "it is still used by employee 9",
        },
    )


def test_users_that_are_deleted_or_move_away_do_not_count_and_those_that_come_do():
    live = {
        "department/A": {"parent": None},
        "department/B": {"parent": None},
        "department/C": {"parent": None},
        "employee/1": {"department": "A", "position": "P"},
        "employee/2": {"department": "A"},
        "employee/3": {"department": "B"},
        "employee/4": {"department": "C", "city": "Oslo"},
    }
    changes = [
        delete("department/A"),
        delete("department/B"),
        delete("department/C"),
        delete("employee/1", live["employee/1"]),
        update("employee/2", {"department": "A"}, {"department": "B"}),
        update("employee/4", {"city": "Oslo"}, {"city": "Rome"}),
    ]
    remaining, why = kept(changes, units(live))
    assert remaining == ["department/A", "employee/1", "employee/2", "employee/4"]
    assert why == {
        "department/B": "it is still used by employee 2, employee 3",
        "department/C": "it is still used by employee 4",
    }


def test_a_renamed_user_that_moves_away_does_not_count():
    live = {"department/A": {"parent": None}, "department/B": {"parent": "A"}}
    change = update("department/C", {"parent": "A"}, {"parent": None}, was="B", reason=Reason.RENAMED)
    assert kept([delete("department/A"), change], units(live)) == (["department/A", "department/C"], {})


def test_a_user_s_successor_under_its_old_key_is_another_object():
    live = {"department/A": {"parent": None}, "department/B": {"parent": "A"}}
    moved = update("department/C", {"parent": "A"}, {"parent": None}, was="B", reason=Reason.RENAMED)
    changes = [delete("department/A"), moved, create("department/B", {"name": "new"})]
    assert kept(changes, units(live)) == (["department/A", "department/C", "department/B"], {})


def test_a_ring_of_parents_on_the_target_stays_as_a_whole():
    live = {"department/A": {"parent": "B"}, "department/B": {"parent": "A"}, "employee/9": {"department": "A"}}
    changes = [delete("department/A", live["department/A"]), delete("department/B", live["department/B"])]
    remaining, why = kept(changes, units(live))
    assert remaining == []
    assert why == {
        "department/A": "it is still used by employee 9",
        "department/B": "it is still used by department A",
    }


def test_where_the_users_are_unknown_nothing_that_they_may_use_is_deleted():
    live = {"department/A": {"parent": None}, "area/X": {"parent": None}, "position/P": {"parent": None}}
    changes = [delete(name) for name in live]
    listings = there(live)
    unread = "it is not known which employees refer to it, since these could not be read"
    for missing in ({}, {"employee": unknown("employee")}):
        assert kept(changes, listings | missing) == ([], dict.fromkeys(live, unread))
    some = listings | there({}, "employee")
    del some["position"]
    why = "it is not known which positions refer to it, since these could not be read"
    assert kept(changes, some) == (["department/A", "area/X"], {"position/P": why})


def test_what_an_object_of_unknown_users_is_below_stays_too():
    live = {"department/A": {"parent": None}, "position/P": {"parent": None}, "position/Q": {"parent": "P"}}
    changes = [delete(name, live[name]) for name in live]
    remaining, why = kept(changes, there(live) | {"employee": unknown("employee")})
    assert (remaining, set(why)) == ([], set(live))
    live["position/O"] = {"parent": "P"}
    remaining, why = kept(changes, there(live) | {"employee": unknown("employee")})
    assert why["position/P"].startswith("it is not known which employees refer to it")


def test_a_plan_without_deletes_asks_for_no_listing():
    changes = [create("department/A", {"name": "A"})]
    assert withhold(changes, {}) == (changes, [])


# hints


def hinted(*changes: Change) -> list[tuple[str, str]]:
    found = hints(list(changes), KINDS["employee"].identity)
    assert {each.code for each in found} <= {"RC0607"}
    return [(str(each.address), each.detail) for each in found]


PERSON = {"first_name": "Ana", "last_name": "Roe", "birthday": "1990-01-01"}


def test_a_create_and_a_delete_of_one_identity_get_one_hint():
    card = {"card": "77"}
    [(address, detail)] = hinted(create("employee/2", PERSON | card), delete("employee/1", PERSON | card))
    assert address == "hq/employee/2"
    assert "employee is created, and 1 is deleted, which has the same card." in detail
    [(_, detail)] = hinted(create("employee/2", PERSON), delete("employee/1", PERSON | card))
    assert 'the same first_name and last_name and birthday. If it is the same one under a new key, say `was: "1"`' in (
        detail
    )


@pytest.mark.parametrize("path", sorted(PERSON))
def test_an_identity_that_is_not_whole_tells_nothing(path):
    values = PERSON | {path: None}
    assert hinted(create("employee/2", values), delete("employee/1", values)) == []


def test_no_hint_is_given_for_other_values_or_for_what_is_not_created():
    assert hinted(create("employee/2", {"card": "1"}), delete("employee/1", {"card": "2"})) == []
    assert hinted(update("employee/2", {"card": "2"}, {"card": "1"}), delete("employee/1", {"card": "1"})) == []
    resigned = update("employee/1", {"card": "1"}, {"card": "1", "city": "x"}, reason=Reason.REMOVED)
    assert hinted(create("employee/2", {"card": "1"}), resigned) == []


# what is remembered and gone


def test_gone_is_what_is_neither_in_the_files_nor_on_a_target_that_could_be_read():
    memory = remembered(
        "employee/held",
        "employee/there",
        "department/D",
        "position/P",
        entries={"employee/gone": applied("employee/gone", {"city": "Oslo"})},
        pending={"area/A": Entry(), "employee/lost": Entry()},
    )
    listings = there({"employee/there": {}}, "area") | {"department": unknown("department")}
    desired = wanted("employee", "department", objects=[thing("employee/held")])
    assert gone(desired, listings, memory) == [at("area/A"), at("employee/gone"), at("employee/lost")]
