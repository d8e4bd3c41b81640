"""What differs and why: renames, adoptions, creates, updates and their causes."""

import pytest
from engine_helpers import (
    HERE,
    KEY,
    SYSTEM,
    applied,
    at,
    codes,
    names,
    remembered,
    there,
    thing,
    unknown,
    wanted,
)
from msgspec.structs import replace

from reconciler.engine.diff import Difference, diff
from reconciler.model.digest import live_digest
from reconciler.model.objects import Listing
from reconciler.model.plan import Action, Cause, Change, FieldChange, Reason
from reconciler.model.secret import Secret
from reconciler.model.state import Entry, Memory, State, memories

KINDS = ("department", "area", "employee")


def compare(objects, live, memory=None, selected=None, duplicates=None) -> Difference:
    """`duplicates` has names by kind."""
    listings = there(live, *KINDS)
    for kind, keys in (duplicates or {}).items():
        listings[kind] = Listing(kind, listings[kind].objects, frozenset(keys))
    return diff(wanted(*KINDS, objects=objects, selected=selected), listings, memory or remembered(), SYSTEM)


def only(found: Difference) -> Change:
    [change] = found.changes
    return change


def test_memory_has_the_target_s_own_part_only_and_keys_with_slashes():
    mine, theirs, left = Entry(id=1), Entry(id=2), Entry(id=3)
    entries = {"hq/employee/a/b/c": mine, "hq2/employee/1": theirs, "h/employee/1": theirs}
    pending = {"hq/area/x/y": left, "hq2/area/1": theirs}
    memory = memories(State(lineage="test", entries=entries, pending=pending), KEY)("hq")
    assert memory == Memory({"employee": {"a/b/c": mine}}, {"area": {"x/y": left}}, KEY)


def test_what_is_pending_is_ours_too():
    memory = remembered("employee/1", pending={"employee/2": Entry()})
    assert memory.owned("employee") == {"1", "2"}
    assert memory.owned("area") == set()


def test_a_listing_with_a_problem_is_unknown_and_never_empty():
    listings = there({}, "department") | {"employee": unknown("employee")}
    objects = [thing("department/D", {"name": "D"}), thing("employee/1", {"department": "D", "areas": ("A",)})]
    found = diff(wanted("department", "employee", objects=objects), listings, remembered(), SYSTEM)
    assert (names(found.changes), found.unchanged, found.diagnostics) == (["department/D"], 0, [])


def renames(objects: dict[str, str], live: str) -> dict[str, str]:
    """Of departments: `objects` by key and `was`."""
    things = [thing(f"department/{key}", {"name": key}, was=was) for key, was in objects.items()]
    return compare(things, {f"department/{key}": {"name": key} for key in live}).renames["department"]


def test_a_rename_is_made_where_the_old_key_is_there_and_the_new_one_free():
    assert renames({"B": "A"}, "A") == {"A": "B"}
    assert renames({"B": "A"}, "B") == {}
    assert renames({"B": "A"}, "AB") == {}
    assert renames({"B": "A"}, "") == {}


def test_a_chain_of_renames_is_made_as_a_whole_or_not_at_all():
    assert renames({"B": "A", "C": "B", "D": "C"}, "ABC") == {"A": "B", "B": "C", "C": "D"}
    assert renames({"B": "A", "C": "B", "D": "C"}, "ABCD") == {}
    assert renames({"B": "C", "A": "B", "Z": "A"}, "ABC") == {"C": "B", "B": "A", "A": "Z"}
    assert renames({"B": "A", "A": "B"}, "AB") == {}


def test_in_a_chain_each_object_is_compared_with_the_one_that_it_was():
    objects = [thing("department/B", {"name": "B"}, was="A"), thing("department/C", {"name": "one"}, was="B")]
    live = {"department/A": {"name": "A"}, "department/B": {"name": "B"}}
    found = compare(objects, live, remembered("department/A", "department/B"))
    assert [(each.address.key, each.was, each.id, each.reason, each.fields) for each in found.changes] == [
        ("B", "A", 2, Reason.RENAMED, (FieldChange("name", "A", "B", Cause.CONFIG),)),
        ("C", "B", 3, Reason.RENAMED, (FieldChange("name", "B", "one", Cause.CONFIG),)),
    ]


def test_in_a_chain_nobody_is_taken_for_the_one_who_has_the_key_now():
    objects = [thing("employee/2", {"city": "Oslo"}, was="1"), thing("employee/3", {"city": "Oslo"}, was="2")]
    live = {"employee/1": {"city": "Oslo"}, "employee/2": {"city": "Oslo"}}
    found = compare(objects, live, remembered("employee/1", "employee/2"))
    assert [(each.address.key, each.was, each.id) for each in found.changes] == [("2", "1", 2), ("3", "2", 3)]


def test_a_rename_that_an_earlier_apply_made_is_not_made_again_when_its_old_key_is_another_object():
    objects = [thing("department/B", {"name": "B"}, was="A"), thing("department/A", {"name": "A"})]
    live = {"department/A": {"name": "A"}}
    found = compare(objects, live, remembered("department/A", "department/B"))
    assert [(each.address.key, each.action, each.reason) for each in found.changes] == [
        ("B", Action.CREATE, Reason.DRIFT)
    ]
    for ours in (("department/A",), ("department/B",), ()):
        assert compare(objects, live, remembered(*ours)).renames["department"] == {"A": "B"}


def test_a_rename_is_a_change_though_no_field_differs_and_the_new_key_is_remembered():
    objects = [thing("department/B", {"name": "A"}, was="A")]
    change = only(compare(objects, {"department/A": {"name": "A"}}, remembered("department/A", "department/B")))
    assert (change.action, change.was, change.fields) == (Action.UPDATE, "A", ())


def test_what_takes_the_key_of_a_renamed_object_is_created():
    objects = [thing("department/B", {"name": "A"}, was="A"), thing("department/A", {"name": "A"})]
    found = compare(objects, {"department/A": {"name": "A"}}, remembered("department/A"))
    assert [(each.address.key, each.action) for each in found.changes] == [("B", Action.UPDATE), ("A", Action.CREATE)]


def test_a_reference_follows_the_rename_and_is_no_difference():
    objects = [
        thing("department/B", {"name": "A"}, was="A"),
        thing("area/Z", {"name": "Z"}, was="M"),
        thing("area/N", {"name": "N"}),
        thing("employee/1", {"department": "B", "areas": ("N", "Z")}),
    ]
    live = {
        "department/A": {"name": "A"},
        "area/M": {"name": "Z"},
        "area/N": {"name": "N"},
        "employee/1": {"department": "A", "areas": ("M", "N")},
    }
    found = compare(objects, live, remembered("department/A", "area/M", "area/N", "employee/1"))
    assert (names(found.changes), found.unchanged) == (["department/B", "area/Z"], 2)


def test_a_reference_to_the_new_holder_of_a_key_is_a_difference_though_the_key_is_the_same():
    objects = [
        thing("department/B", {"name": "A"}, was="A"),
        thing("department/A", {"name": "new"}),
        thing("employee/1", {"department": "A"}),
    ]
    live = {"department/A": {"name": "A"}, "employee/1": {"department": "A", "areas": ()}}
    found = compare(objects, live, remembered("department/A", "employee/1"))
    assert [each.fields for each in found.changes if each.address.kind == "employee"] == [
        (FieldChange("department", "B", "A", Cause.CONFIG),)
    ]


@pytest.mark.parametrize("was", [None, "2"])
def test_an_object_that_the_target_has_twice_is_an_error_though_nothing_differs(was):
    objects = [thing("employee/1", {"city": "Oslo"}, was=was)]
    twice = was or "1"
    live = {f"employee/{twice}": {"city": "Oslo"}}
    found = compare(objects, live, remembered("employee/1"), duplicates={"employee": {twice}})
    assert (found.changes, codes(found.diagnostics)) == ([], [("RC0610", "hq/employee/1")])


def test_what_is_needed_to_create_is_named_and_an_empty_value_is_one():
    found = compare([thing("employee/1", {"city": "Oslo"}), thing("department/D", {"name": None})], {})
    assert names(found.changes) == ["department/D"]
    assert codes(found.diagnostics) == [("RC0601", "hq/employee/1")]
    assert "without `areas`, `department`." in found.diagnostics[0].detail


def test_a_create_has_all_that_the_files_say_ignored_fields_too():
    values = {"department": "D", "areas": ("A",), "city": "Oslo"}
    each = thing("employee/1", values, prevent_delete=True, on_remove="resign", ignore=("city",))
    assert only(compare([each], {})) == Change(
        address=at("employee/1"),
        reason=Reason.ABSENT,
        before=None,
        after=values,
        source=HERE,
        protected=True,
        on_remove="resign",
    )


def test_a_create_of_what_was_ours_is_drift():
    change = only(compare([thing("department/D", {"name": "D"})], {}, remembered("department/D")))
    assert (change.action, change.reason) == (Action.CREATE, Reason.DRIFT)


def test_an_update_has_exactly_what_differs_and_what_the_files_manage():
    values = {"city": "Oslo", "mobile": "2", "nickname": "N"}
    each = thing("employee/1", values, prevent_delete=True, on_remove="disable", ignore=("nickname",))
    live = {"employee/1": {"city": "Rome", "mobile": "2", "nickname": "M", "email": "a@b.cc"}}
    memory = remembered(entries={"employee/1": applied("employee/1", {"city": "Rome"})})
    before = {"city": "Rome", "mobile": "2"}
    assert only(compare([each], live, memory)) == Change(
        address=at("employee/1"),
        reason=Reason.CONFIG,
        before=before,
        after={"city": "Oslo", "mobile": "2"},
        fields=(FieldChange("city", "Rome", "Oslo", Cause.CONFIG),),
        id=2,
        source=HERE,
        live_digest=live_digest(KEY, before),
        protected=True,
        on_remove="disable",
    )


@pytest.mark.parametrize(
    ("ignored", "path", "left"),
    [
        ("attendance", "attendance.enabled", True),
        ("attendance.enabled", "attendance.enabled", True),
        ("attendance.enabled", "attendance.overtime", False),
        ("attend", "attendance.enabled", False),
        ("city", "city", True),
    ],
)
def test_ignore_names_a_path_or_the_block_that_it_is_in(ignored, path, left):
    found = compare([thing("employee/1", {path: True}, ignore=(ignored,))], {"employee/1": {path: False}})
    assert (only(found).fields == ()) == left


def test_what_is_ours_and_the_same_is_no_change_and_what_is_not_ours_yet_is_adopted():
    each = thing("employee/1", {"city": "Oslo"}, on_remove="resign")
    live = {"employee/1": {"city": "Oslo", "mobile": "1"}}
    same = compare([each], live, remembered("employee/1"))
    assert (same.changes, same.unchanged) == ([], 1)
    for memory in (remembered(), remembered(pending={"employee/1": Entry()})):
        change = only(compare([each], live, memory))
        assert (change.action, change.reason, change.on_remove) == (Action.NOOP, Reason.ADOPT, "resign")


@pytest.mark.parametrize(("says", "was", "becomes"), [(None, True, True), (None, False, False), (False, True, False)])
def test_protection_lasts_until_the_files_lift_it(says, was, becomes):
    memory = remembered(entries={"employee/1": Entry(protected=was)})
    found = compare(
        [thing("employee/1", {"city": "Oslo"}, prevent_delete=says)], {"employee/1": {"city": None}}, memory
    )
    assert only(found).protected is becomes


@pytest.mark.parametrize(
    ("entry", "key", "cause", "reason"),
    [
        (None, KEY, Cause.CONFIG, Reason.CONFIG),
        ({"mobile": "1"}, KEY, Cause.CONFIG, Reason.CONFIG),
        ({"city": "live"}, KEY, Cause.CONFIG, Reason.CONFIG),
        ({"city": "files"}, KEY, Cause.DRIFT, Reason.DRIFT),
        ({"city": "other"}, KEY, Cause.BOTH, Reason.BOTH),
        ({"city": "files"}, None, None, None),
    ],
)
def test_the_cause_follows_from_what_was_applied_last(entry, key, cause, reason):
    entries = {"employee/1": applied("employee/1", entry)} if entry is not None else {}
    found = compare(
        [thing("employee/1", {"city": "files"})], {"employee/1": {"city": "live"}}, remembered(entries=entries, key=key)
    )
    change = only(found)
    assert (change.fields[0].cause, change.reason) == (cause, reason)


def test_fields_of_different_causes_make_a_change_of_both():
    entries = {"employee/1": applied("employee/1", {"city": "live", "mobile": "files"})}
    found = compare(
        [thing("employee/1", {"city": "files", "mobile": "files"})],
        {"employee/1": {"city": "live", "mobile": "live"}},
        remembered(entries=entries),
    )
    assert ([field.cause for field in only(found).fields], only(found).reason) == (
        [Cause.CONFIG, Cause.DRIFT],
        Reason.BOTH,
    )


def test_without_the_key_a_reason_is_given_where_one_field_tells_it():
    memory = remembered(entries={"employee/1": applied("employee/1", {"city": "x"})}, key=None)
    found = compare(
        [thing("employee/1", {"city": "y", "mobile": "1"})], {"employee/1": {"city": "z", "mobile": None}}, memory
    )
    assert ([field.cause for field in only(found).fields], only(found).reason) == ([None, Cause.CONFIG], Reason.CONFIG)


def test_the_cause_of_a_renamed_object_s_field_is_told_by_its_earlier_key():
    memory = remembered(entries={"employee/1": applied("employee/1", {"city": "Oslo"}, protected=True)})
    found = compare([thing("employee/2", {"city": "Oslo"}, was="1")], {"employee/1": {"city": "Rome"}}, memory)
    assert (only(found).fields[0].cause, only(found).protected) == (Cause.DRIFT, True)


PIN = {"device_password": Secret("1234")}
UNREADABLE = FieldChange("device_password", None, Secret("1234"), unreadable=True)
ASKED_FOR = FieldChange("device_password", None, Secret("1234"), Cause.CONFIG, unreadable=True)


@pytest.mark.parametrize(
    ("was", "key", "fields", "reason"),
    [
        ("1234", KEY, (), None),
        ("4321", KEY, (ASKED_FOR,), Reason.CONFIG),
        ("1234", None, (UNREADABLE,), Reason.UNREADABLE),
        ("", KEY, (ASKED_FOR,), Reason.CONFIG),
        (None, KEY, (UNREADABLE,), Reason.UNREADABLE),
    ],
)
def test_a_value_that_cannot_be_read_is_sent_unless_it_is_known_to_be_the_one_applied(was, key, fields, reason):
    """It is the files that ask for another one; where nothing is remembered, nobody knows."""
    digests = {"device_password": Secret(was)} if was else {}
    entries = {"employee/1": applied("employee/1", digests)} if was is not None else {}
    found = compare([thing("employee/1", PIN)], {"employee/1": {}}, remembered(entries=entries, key=key))
    assert [each.fields for each in found.changes] == ([fields] if fields else [])
    assert [each.reason for each in found.changes] == ([reason] if fields else [])


def test_what_is_not_compared_is_told_of_each_object_whether_it_changes_or_not():
    entries = {f"employee/{key}": applied(f"employee/{key}", {**PIN, "city": "Oslo"}) for key in "123"}
    objects = [thing("employee/1", {**PIN, "city": "Oslo"}), thing("employee/2", {**PIN, "city": "Rome"})]
    objects.append(thing("employee/3", {"device_password": Secret("9")}))  # to be written: nothing to believe
    live = {f"employee/{key}": {"city": "Oslo"} for key in "123"}
    found = compare(objects, live, remembered(entries=entries))
    assert found.unread == {at("employee/1"): ("device_password",), at("employee/2"): ("device_password",)}
    assert (names(found.changes), found.unchanged) == (["employee/2", "employee/3"], 1)


def test_what_is_ignored_is_not_believed_either():
    entries = {"employee/1": applied("employee/1", PIN)}
    ignoring = thing("employee/1", PIN, ignore=("device_password",))
    assert compare([ignoring], {"employee/1": {}}, remembered(entries=entries)).unread == {}


def test_a_renamed_object_s_value_that_cannot_be_read_is_looked_up_under_its_earlier_key():
    memory = remembered(entries={"employee/1": applied("employee/1", PIN)})
    for pin, fields in (("1234", ()), ("9", (replace(ASKED_FOR, after=Secret("9")),))):
        each = thing("employee/2", {"device_password": Secret(pin)}, was="1")
        assert only(compare([each], {"employee/1": {}}, memory)).fields == fields


def test_the_reason_is_that_of_the_fields_that_can_be_read():
    found = compare([thing("employee/1", {**PIN, "city": "Oslo"})], {"employee/1": {"city": None}})
    assert only(found).reason is Reason.CONFIG


def test_of_a_set_what_lies_outside_the_selection_stays():
    objects = [thing("employee/1", {"areas": ("B", "D")})]
    selected = {"area": frozenset("BCD")}
    found = compare(objects, {"employee/1": {"areas": ("A", "C", "E")}}, remembered("employee/1"), selected)
    assert only(found).fields == (FieldChange("areas", ("A", "C", "E"), ("A", "B", "D", "E"), Cause.CONFIG),)
    many = tuple(sorted(f"area {number}" for number in range(20)))
    found = compare(objects, {"employee/1": {"areas": many}}, remembered("employee/1"), selected)
    assert only(found).fields[0].after == ("B", "D", *many)
    same = compare(objects, {"employee/1": {"areas": ("A", "B", "D", "E")}}, remembered("employee/1"), selected)
    assert (same.changes, same.unchanged) == ([], 1)
