"""What is said of values that were written and read back."""

from engine_helpers import PROBLEM, create, delete, there, update

from reconciler.engine.verify import kept_values, touched_kinds, unchecked, verify
from reconciler.model.objects import Listing, Live
from reconciler.model.outcome import Unchecked
from reconciler.systems.registry import system


def said(change, live: dict | None) -> list[str]:
    listings = there({} if live is None else {"employee/1": live}, "employee")
    found = verify([change], listings)
    assert {(each.code, each.address) for each in found} <= {("RC0703", "hq/employee/1")}
    return [each.detail for each in found]


def test_the_kinds_that_are_read_again_are_those_that_were_touched():
    assert touched_kinds([delete("employee/1"), create("area/A"), delete("employee/2")]) == ["area", "employee"]


def test_a_deleted_object_is_gone_and_a_written_one_is_there():
    assert said(delete("employee/1"), None) == []
    assert said(delete("employee/1"), {}) == ["The target answered that employee 1 is deleted, and still has it."]
    assert said(create("employee/1"), {}) == []
    for change in (create("employee/1"), update("employee/1", {"city": "x"}, {"city": "y"})):
        assert said(change, None) == ["The target answered that employee 1 is written, and does not have it."]


def test_every_value_that_reads_otherwise_is_named():
    change = create("employee/1", {"city": "y", "mobile": "1", "nickname": "n"})
    city, nickname = said(change, {"city": "x", "mobile": "1", "nickname": None})
    assert city.startswith("`city` was written as y, the target answered that this is done, and it reads x.")
    assert nickname.startswith("`nickname` was written as n, ")
    assert city.endswith("or name it in `lifecycle: {ignore: [city]}`.")


def test_only_what_was_written_and_can_be_read_is_compared():
    change = update("employee/1", {"city": "x", "mobile": "1"}, {"city": "y", "email": "a@b.cc"})
    assert kept_values(change, Live("1", 1, {"city": "y", "mobile": "other"})) == []
    assert kept_values(change, Live("1", 1, {"city": None, "email": None})) == ["city", "email"]
    assert kept_values(create("employee/1", {"city": None}), Live("1", 1, {})) == []


def test_a_listing_that_failed_says_nothing():
    listings = {"employee": Listing("employee", {}, problem=PROBLEM)}
    assert verify([create("employee/1")], listings) == []
    objects = there({"employee/1": {}})["employee"].objects
    assert verify([delete("employee/1")], {"employee": Listing("employee", objects, problem=PROBLEM)}) == []


def hidden(change, live: dict | None, problem=None) -> list[Unchecked]:
    kind = change.address.kind
    objects = {} if live is None else {change.address.key: Live(change.address.key, 1, live)}
    return unchecked([change], {kind: Listing(kind, objects, problem=problem)}, system("cvsecurity").bindings)


def test_what_was_written_and_is_not_shown_is_counted_by_kind_and_path():
    bindings = system("cvsecurity").bindings
    done = [
        create("employee/1", {"city": "y", "photo": "x", "elevator_levels": ()}),
        update("employee/2", {"city": "x"}, {"city": "y", "elevator_levels": ()}),
        update("employee/3", {}, {"photo": "x"}),
        delete("vehicle/A1"),
    ]
    lives = {key: Live(key, 1, {"city": "y"}) for key in ("1", "2", "3")}
    listings = {"employee": Listing("employee", lives), "vehicle": Listing("vehicle", {})}
    assert unchecked(done, listings, bindings) == [
        Unchecked("employee", "elevator_levels", 1),
        Unchecked("employee", "photo", 2),
        Unchecked("vehicle", None, 1),
    ]


def test_what_can_be_read_is_no_matter_of_belief():
    assert hidden(create("employee/1", {"city": "y", "mobile": None}), {"city": "other"}) == []
    assert hidden(update("employee/1", {"city": "x"}, {"city": "y"}), {"city": "y"}) == []
    assert hidden(delete("employee/1"), None) == []  # a list shows that it is gone
    assert hidden(create("employee/1", {"photo": "x"}), {}, problem=PROBLEM) == []
