"""What the state remembers of what was done, and what it does not."""

from engine_helpers import KEY, TODAY, applied, at, create, delete, there, thing, unknown, update, wanted

from reconciler.engine.record import pending, record, refresh
from reconciler.model.objects import Listing
from reconciler.model.plan import Reason
from reconciler.model.state import Entry


def test_what_is_made_is_written_down_before_with_what_outlives_its_block():
    changes = [
        create("area/A", {"name": "A"}, protected=True),
        update("employee/2", {}, {}, was="1", on_remove="resign"),
        update("employee/3", {"city": "x"}, {"city": "y"}),
        delete("employee/4"),
    ]
    assert pending(changes) == {"hq/area/A": Entry(protected=True), "hq/employee/2": Entry(on_remove="resign")}


def recorded(change, entries, id=None) -> dict[str, Entry]:  # noqa: A002
    record(entries, change, KEY, id)
    return entries


def test_of_a_change_that_is_done_id_digests_and_what_outlives_the_block_are_kept():
    change = update("area/A", {"name": "a", "parent": None}, {"name": "b"}, id=7, protected=True, on_remove="resign")
    kept = applied("area/A", {"name": "b", "parent": None}, protected=True, on_remove="resign", id=7)
    assert recorded(change, {"hq/area/B": Entry()}) == {"hq/area/A": kept, "hq/area/B": Entry()}
    created = create("area/A", {"name": "b"})
    assert recorded(created, {}, 9) == {"hq/area/A": applied("area/A", {"name": "b"}, id=9)}
    assert recorded(update("area/A", {}, {"name": "b"}, id=7), {}, 0)["hq/area/A"].id == 0


def test_a_renamed_object_is_remembered_under_its_new_key_only():
    change = update("area/B", {"name": "b"}, {}, was="A", id=7)
    assert recorded(change, {"hq/area/A": Entry(id=7)}) == {"hq/area/B": applied("area/B", {"name": "b"}, id=7)}


def test_who_is_deleted_resigned_or_forgotten_is_ours_no_longer():
    resigned = update("employee/1", {"resigned.date": None}, {"resigned.date": TODAY}, reason=Reason.REMOVED)
    forgotten = update("employee/1", {"city": "x"}, {}, reason=Reason.REMOVED)
    for change in (delete("employee/1"), resigned, forgotten):
        assert recorded(change, {"hq/employee/1": Entry(), "hq/employee/2": Entry()}) == {"hq/employee/2": Entry()}
        assert recorded(change, {}) == {}


# what did not change


def refreshed(each, live, entry, listing=None, changed=()) -> Entry:
    entries = {"hq/employee/1": entry}
    listings = there({"employee/1": live}) if listing is None else {"employee": listing}
    refresh(entries, wanted("employee", "area", objects=[each]), listings, KEY, set(changed))
    assert list(entries) == ["hq/employee/1"]
    return entries["hq/employee/1"]


def test_fields_that_the_files_have_come_to_manage_are_remembered_and_those_they_left_are_not():
    each = thing("employee/1", {"city": "x", "mobile": "1", "email": "a@b.cc", "nickname": "n"})
    live = {"city": "x", "mobile": "1", "email": "other"}
    before = {"address": "left", "city": "w", "email": "old", "nickname": "n"}
    kept = {"city": "x", "email": "old", "mobile": "1", "nickname": "n"}
    entry = applied("employee/1", before, id=1)
    assert refreshed(each, live, entry) == applied("employee/1", kept, id=2)


def test_protection_and_on_remove_follow_the_files():
    entry = Entry(id=1, protected=True, on_remove="resign")
    for says, becomes in ((None, True), (False, False), (True, True)):
        found = refreshed(thing("employee/1", prevent_delete=says, on_remove="disable"), {}, entry)
        assert found == Entry(id=2, protected=becomes, on_remove="disable")
    assert refreshed(thing("employee/1"), {}, Entry(id=2)) == Entry(id=2)


def test_what_changes_what_is_not_there_and_what_is_unknown_is_left_as_it_is():
    entry = applied("employee/1", {"city": "w"}, id=1)
    each = thing("employee/1", {"city": "x"})
    assert refreshed(each, {"city": "x"}, entry, changed=[at("employee/1")]) == entry
    assert refreshed(each, {"city": "x"}, entry, Listing("employee", {})) == entry
    failed = Listing(
        "employee", there({"employee/1": {"city": "x"}})["employee"].objects, frozenset(), unknown("").problem
    )
    assert refreshed(each, {}, entry, failed) == entry
    assert refreshed(thing("employee/2", {"city": "x"}), {"city": "x"}, entry) == entry


def test_nothing_becomes_ours_by_being_there():
    entries: dict[str, Entry] = {}
    live = there({"employee/1": {"city": "x"}})
    refresh(entries, wanted("employee", objects=[thing("employee/1", {"city": "x"})]), live, KEY, set())
    assert entries == {}
