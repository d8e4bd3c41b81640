"""Many changes in one apply, in the order that the server needs: trees, swaps, freed keys, deletes and their users."""

from pathlib import Path

import pytest
from conformance import SUBJECTS, Subject, World, world
from conformance_values import companions, kinds_of, least

from reconciler.model.kinds import KINDS

subjects = pytest.mark.parametrize("subject", SUBJECTS, ids=[subject.profile for subject in SUBJECTS])

DEPTH = 6


@subjects
def test_a_deep_tree_is_made_turned_round_and_taken_down(subject: Subject, tmp_path: Path) -> None:
    trees = [kind for kind in kinds_of(subject) if KINDS[kind].parent]
    keys = [f"L{DEPTH - level}" for level in range(DEPTH)]  # the alphabet's order is no help
    with world(subject, tmp_path, parent_loops="refused") as here:
        for order in (keys, keys[::-1]):  # then every child becomes its parent's parent
            _chain(here, trees, order)
            here.settle()
            assert {kind: _parents(here, kind) for kind in trees} == dict.fromkeys(trees, _above(order))

        here.objects = companions(subject)
        here.settle()
        assert {kind: here.codes(kind) for kind in trees} == {kind: ["R1", "R2"] for kind in trees}


def _chain(here: World, trees: list[str], keys: list[str]) -> None:
    here.objects = companions(here.subject)
    for kind in trees:
        for key, parent in _above(keys).items():
            here.objects[kind, key] = {**least(here.subject, kind, key), "parent": parent}


def _above(keys: list[str]) -> dict[str, str | None]:
    return dict(zip(keys, [None, *keys[:-1]], strict=True))


def _parents(here: World, kind: str) -> dict[str, object]:
    """The codes of the parents of the objects of a chain, by code."""
    rows = {row["id"]: row for row in here.server.rows(KINDS[kind].plural)}
    code = next(name for name in rows[1] if name.endswith("_code"))
    parent = f"parent_{code.removesuffix('_code')}"
    above = {row[code]: rows[row[parent]][code] if row.get(parent) else None for row in rows.values()}
    return {key: each for key, each in above.items() if str(key).startswith("L")}


@subjects
def test_cards_are_exchanged_where_no_two_may_have_the_same(subject: Subject, tmp_path: Path) -> None:
    with world(subject, tmp_path, card_unique=True) as here:
        _hold_cards(here, {"A": "1", "B": "2", "C": "3", "D": "4", "E": "5", "F": "6"})
        here.settle()
        exchanged = {"A": "2", "B": "1", "C": "4", "D": "5", "E": "3", "F": "6"}  # two of them, and three in a ring
        _hold_cards(here, exchanged)
        here.settle()
        assert _cards(here) == exchanged
        handed_on = {"A": None, "B": "2", "C": "1", "D": "7", "E": "5", "F": "3"}  # in lines, one end without a card
        _hold_cards(here, handed_on)
        here.settle()
        assert _cards(here) == handed_on

        deleted = {"A": "2", "B": "1", "C": None, "D": "7", "E": "5", "G": "3"}  # a card of who goes to who comes
        _hold_cards(here, deleted)
        assert here.apply().status == 0  # with a hint that F may have become G
        here.assert_settled()
        assert _cards(here) == deleted


def _hold_cards(here: World, cards: dict[str, str | None]) -> None:
    here.objects = companions(here.subject) | {
        ("employee", key): {**least(here.subject, "employee", key), "card": card} for key, card in cards.items()
    }


def _cards(here: World) -> dict[object, object]:
    return {row["emp_code"]: row.get("card_no") for row in here.server.rows("employees") if row["emp_code"] < "R"}


@subjects
def test_names_are_exchanged_and_codes_pass_on(subject: Subject, tmp_path: Path) -> None:
    movable = [kind for kind in kinds_of(subject) if kind not in subject.kept]
    with world(subject, tmp_path) as here:
        here.objects = companions(subject)
        for kind in movable:
            here.objects[kind, "K1"] = least(subject, kind, "K1")
            here.objects[kind, "K2"] = least(subject, kind, "K2")
        here.settle()
        numbers = {kind: (here.row(kind, "K1")["id"], here.row(kind, "K2")["id"]) for kind in movable}
        for kind in kinds_of(subject):
            name = "name" if kind != "employee" else "first_name"
            here.objects[kind, "R1"][name], here.objects[kind, "R2"][name] = "R2", "R1"
        for kind in movable:
            here.objects[kind, "K3"] = {**here.objects.pop((kind, "K2")), "was": "K2"}
        here.settle()
        for kind in movable:  # an earlier `was` has to go first: nobody could tell which K2 is meant
            del here.objects[kind, "K3"]["was"]
            here.objects[kind, "K2"] = {**here.objects.pop((kind, "K1")), "was": "K1"}
        here.settle()
        assert numbers == {kind: (here.row(kind, "K2")["id"], here.row(kind, "K3")["id"]) for kind in movable}


@subjects
def test_a_department_goes_with_its_people_or_after_they_have_moved(subject: Subject, tmp_path: Path) -> None:
    with world(subject, tmp_path) as here:
        here.objects = companions(subject) | {
            ("department", "GONE"): least(subject, "department", "GONE"),
            ("department", "BELOW"): {**least(subject, "department", "BELOW"), "parent": "GONE"},
            ("employee", "E1"): {**least(subject, "employee", "E1"), "department": "BELOW"},
            ("employee", "E2"): {**least(subject, "employee", "E2"), "department": "GONE"},
        }
        here.settle()
        here.settings["concurrency"] = 1
        here.server.journal.clear()
        here.objects = companions(subject) | {("employee", "E2"): least(subject, "employee", "E2")}  # now in R1
        assert here.settle().steps == {
            "employee/E2": ("update", ["department"]),
            "employee/E1": ("delete", []),
            "department/BELOW": ("delete", []),
            "department/GONE": ("delete", []),
        }
        assert here.codes("department") == ["R1", "R2"]
        assert [path.split("/")[0] for _, path in here.written()] == ["employees"] * 2 + ["departments"] * 2


@subjects
def test_what_strangers_use_is_not_deleted(subject: Subject, tmp_path: Path) -> None:
    """A server that drops the users along with the object is the dangerous one."""
    with world(subject, tmp_path, delete_in_use="cascade", delete_area_in_use="cascade") as here:
        used = {kind: least(subject, kind, "USED") for kind in ("department", "area", "position")}
        here.objects = companions(subject) | {(kind, "USED"): values for kind, values in used.items()}
        here.settle()
        stranger = {"code": "900", "first_name": "S", "department": "USED", "areas": ["USED"], "position": "USED"}
        here.server.seed({"employees": [stranger]})
        here.objects = companions(subject)
        here.server.journal.clear()
        planned = here.plan()
        assert (planned.status, planned.steps) == (0, {})
        assert [(code, address) for code, address, _ in planned.details] == [
            ("RC0608", f"hq/{kind}/USED") for kind in sorted(used)
        ]
        assert all("it is still used by employee 900" in detail for _, _, detail in planned.details)
        assert here.apply().status == 0
        assert here.written() == []
        here.settings["manages"] = ["departments", "areas", "positions"]  # strangers are read all the same
        assert here.plan().codes == ["RC0608"] * 3
