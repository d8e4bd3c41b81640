"""Projection onto CVSecurity: levels by what they open, who is still to leave, departments below the root."""

import msgspec
import pytest
from cvsecurity_reading import target
from cvsecurity_writing import PEOPLE, objects, organisation
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.model.objects import Object
from reconciler.systems.cvsecurity.projection import own

TODAY = "2026-03-10"
LEVELS = objects(
    "access_level",
    Lobby={},
    Vault={"control": "door"},
    Lift={"control": "elevator"},
    Gate={"control": "entrance"},
)


def projected(employee: dict, **members: object) -> Object:
    everything = organisation(employee=objects("employee", Ana=employee), access_level=LEVELS)
    found, problems = own(everything, TODAY)(target(**members))
    assert problems == []
    return found["employee"]["Ana"]


@pytest.mark.parametrize(
    ("levels", "doors", "elevators", "entrances"),
    [
        (("Gate", "Lift", "Lobby", "Vault"), ("Lobby", "Vault"), ("Lift",), ("Gate",)),
        (("Lift",), (), ("Lift",), ()),
        ((), (), (), ()),
        (None, (), (), ()),
    ],
)
def test_levels_stand_by_what_they_open_and_all_three_are_managed(levels, doors, elevators, entrances):
    assert projected({"access_levels": levels}).values == {
        "access_levels": doors,
        "elevator_levels": elevators,
        "entrance_levels": entrances,
    }


@settings(max_examples=50, deadline=None, derandomize=True)
@given(st.frozensets(st.sampled_from(sorted(LEVELS))))
def test_every_level_stands_in_one_place(levels):
    found = projected({"access_levels": tuple(sorted(levels))}).values
    assert sorted(name for names in found.values() for name in names) == sorted(levels)


def test_who_does_not_manage_levels_manages_none_of_the_three():
    assert projected({"first_name": "Ana"}).values == {"first_name": "Ana"}


def test_what_is_ignored_of_the_levels_is_ignored_of_all_three():
    ana = Object(
        kind="employee", key="Ana", values={"access_levels": ("Lobby",)}, span=PEOPLE, ignore=("access_levels", "email")
    )
    found, _ = own(organisation(employee={"Ana": ana}, access_level=LEVELS), TODAY)(target())
    assert found["employee"]["Ana"].ignore == ("access_levels", "elevator_levels", "email", "entrance_levels")


@pytest.mark.parametrize(
    ("members", "kept"),
    [
        ({}, True),
        ({"manages": ("area", "employee")}, True),
        ({"manages": ("employee",)}, False),
        ({"manages": ("employee",), "select": {"area": ("HQ",)}}, True),
    ],
)
def test_areas_are_managed_where_the_target_manages_them(members, kept):
    assert ("areas" in projected({"areas": ("HQ",)}, **members).values) is kept


@pytest.mark.parametrize(("last", "gone"), [("2026-03-09", True), ("2026-03-10", False), ("2026-12-31", False)])
def test_who_leaves_has_left_when_the_last_day_has_passed(last, gone):
    resigned = {"resigned.date": last, "resigned.type": "quit"}
    everything = organisation(employee=objects("employee", Ana={"email": "a@b.example", **resigned}))
    found, problems = own(everything, TODAY)(target())
    assert found["employee"]["Ana"].values == {"email": "a@b.example", **(resigned if gone else {})}
    assert [each.detail for each in problems] == (
        []
        if gone
        else [
            (
                "On gate a person who leaves is shut out at once, whatever the last day is. Those whose last day has "
                "not passed yet stay as they are, and leave with the first apply after it: Ana."
            )
        ]
    )


@pytest.mark.parametrize(
    ("code", "parent", "found"), [("OPS", None, "1"), ("OPS", "N", "N"), ("1", None, None), ("OPS", False, False)]
)
def test_a_department_without_a_parent_is_below_the_root(code, parent, found):
    values = {"name": "Operations"} if parent is False else {"name": "Operations", "parent": parent}
    everything = organisation(department=objects("department", **{code: values}))
    objects_of, _ = own(everything, TODAY)(target())
    assert objects_of["department"][code].values.get("parent", False) == found


@pytest.mark.parametrize(
    ("values", "detail"),
    [
        (
            {"list": "allow", "from": "2026-01-01"},
            "A vehicle with `list: allow` needs `to` on cvsecurity. Add the first and last day.",
        ),
        (
            {"list": "allow"},
            "A vehicle with `list: allow` needs `from` and `to` on cvsecurity. Add the first and last day.",
        ),
        (
            {"list": "block", "from": "2026-01-01T08:00:00"},
            "`from` and `to` of a vehicle are whole days on cvsecurity. Leave the time of day out.",
        ),
        ({"list": "allow", "from": "2026-01-01", "to": "2026-12-31"}, None),
        ({"list": "block"}, None),
    ],
)
def test_lists_of_vehicles_are_kept_by_days(values, detail):
    project = own(organisation(vehicle=objects("vehicle", B1=values)), TODAY)
    found = [(each.code, each.address, each.source, each.detail) for each in project(target())[1]]
    assert found == ([] if detail is None else [("RC0601", "gate/vehicle/B1", PEOPLE, detail)])
    assert project(target(manages=("employee",)))[1] == []


def test_what_is_not_touched_is_the_very_same_object():
    ana = msgspec.structs.replace(objects("employee", Ana={"email": None})["Ana"])
    found, _ = own(organisation(employee={"Ana": ana}), TODAY)(target())
    assert found["employee"]["Ana"] is ana
