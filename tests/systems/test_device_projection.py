"""What of an organisation each terminal must hold."""

from collections.abc import Mapping

import pytest
from device_values import place, thing

from reconciler.model.address import Address
from reconciler.model.diagnostic import error
from reconciler.model.fields import Value
from reconciler.model.objects import Object, Objects, Organisation
from reconciler.model.project import Project, Target
from reconciler.model.secret import Secret
from reconciler.systems.device.projection import own

TODAY = "2026-01-31"
OFFICE = thing("access_level/Office", {"control": "door", "week": ("mon-fri 08:00-18:00",)})
SATURDAY = thing("access_level/Saturday", {"week": ("sat 09:00-13:00",)})
NEVER = thing("access_level/Never", {"week": ()})
UNTIMED = thing("access_level/Untimed", {"control": "door"})
CLEARED = thing("access_level/Cleared", {"week": None})
LIFT = thing("access_level/Lift", {"control": "elevator", "week": ("daily 00:00-24:00",)})
LEVELS = (OFFICE, SATURDAY, NEVER, UNTIMED, CLEARED, LIFT)
OPERATIONS = thing("department/OPS", {"name": "Operations", "roster": ("mon-fri day", "sat-sun holiday")}, 2)


def device(name: str = "lobby", area: str | None = "HQ", manages: tuple[str, ...] = ()) -> Target:
    return Target(name=name, system="device", url="http://192.168.0.5", span=place(1), area=area, manages=manages)


def organisation(
    *objects: Object, devices: tuple[Target, ...] = (device(),), settings: Mapping[str, Objects] | None = None
) -> Organisation:
    by_kind: dict[str, dict[str, Object]] = {}
    for each in objects:
        by_kind.setdefault(each.kind, {})[each.key] = each
    project = Project(name="acme", root="/acme", targets={target.name: target for target in devices})
    return Organisation(project, by_kind, "digest", settings or {})


def person(key: str = "7", line: int = 7, **values: Value) -> Object:
    members = {"was", "on_remove", "ignore", "prevent_delete"} & values.keys()
    paths = {name.replace("__", "."): value for name, value in values.items() if name not in members}
    base: dict[str, Value] = {"areas": ("HQ",), "department": "OPS"}
    return thing(f"employee/{key}", base | paths, line, **{name: values[name] for name in members})


def projected(*objects: Object, target: Target | None = None) -> Objects:
    target = target or device()
    found, problems = own(organisation(*objects, devices=(target,)), TODAY)(target)
    assert problems == []
    return found


def user_values(*objects: Object) -> dict[str, Value]:
    return projected(*objects, OPERATIONS)["employee"]["7"].values


def test_a_terminal_has_its_settings_all_shifts_and_the_people_and_departments_of_its_area() -> None:
    volume = thing("settings/volume", {"volume": 5})
    day = thing("shift/day", {"periods": ("09:00-18:00",)})
    unused = thing("department/HR", {"name": "Personnel"})
    everything = organisation(
        day,
        OPERATIONS,
        unused,
        person("7"),
        person("8", areas=("LAB",)),
        settings={"lobby": {"settings": {"volume": volume}}},
    )
    found, problems = own(everything, TODAY)(device())
    assert problems == []
    assert found == {
        "settings": {"volume": volume},
        "shift": {"day": day},
        "department": {"Operations": thing("department/Operations", {"roster": ("mon-fri day", "sat-sun holiday")}, 2)},
        "employee": {"7": thing("employee/7", {"department": "Operations"}, 7)},
    }


def test_exactly_the_area_counts_not_those_below_and_each_user_is_made_once() -> None:
    areas = (thing("area/HQ", {"name": "Headquarters"}), thing("area/HQ1", {"name": "Floor 1", "parent": "HQ"}))
    both = person("7", areas=("HQ", "HQ1"))
    devices = device(), device("floor", "HQ1"), device("floor2", "HQ1"), device("shed", "SHED"), device("gate", None)
    of = own(organisation(*areas, OPERATIONS, both, person("8", areas=("HQ1",)), devices=devices), TODAY)
    users = {target.name: of(target)[0]["employee"] for target in devices}
    assert {name: sorted(each) for name, each in users.items()} == {
        "lobby": ["7"],
        "floor": ["7", "8"],
        "floor2": ["7", "8"],
        "shed": [],
        "gate": [],
    }
    assert users["lobby"]["7"] is users["floor"]["7"]
    assert users["floor"] is users["floor2"]


@pytest.mark.parametrize(
    ("date", "users"), [("2026-01-30", []), ("2026-01-31", ["7"]), ("2026-02-01", ["7"]), (None, ["7"])]
)
def test_who_has_left_is_on_no_terminal_from_the_day_after_the_last_one(date: str | None, users: list[str]) -> None:
    found = projected(OPERATIONS, person(resigned__date=date, resigned__type="quit"))
    assert sorted(found["employee"]) == users
    assert sorted(found["department"]) == ["Operations"][: len(users)]


@pytest.mark.parametrize(
    ("names", "nickname"),
    [
        ({"nickname": "Ana", "first_name": "Anabel", "last_name": "Silva"}, "Ana"),
        ({"first_name": "Anabel", "last_name": "Silva"}, "Anabel Silva"),
        ({"nickname": None, "first_name": "Anabel", "last_name": "Silva"}, "Anabel Silva"),
        ({"first_name": "Anabel"}, "Anabel"),
        ({"first_name": None, "last_name": "Silva"}, "Silva"),
        ({"nickname": None}, None),
    ],
)
def test_the_name_on_terminals(names: dict[str, Value], nickname: Value) -> None:
    assert user_values(person(**names)) == {"department": "Operations", "nickname": nickname}


def test_what_terminals_do_not_have_is_left_out_and_an_enroller_is_left_to_the_check_of_what_they_can_hold() -> None:
    values: dict[str, Value] = {
        "privilege": "enroller",
        "card": Secret("123"),
        "device_password": Secret("456"),
        "valid.from": "2026-01-01",
        "valid.until": None,
        "roster": ("2026-01-05", "day", "holiday"),
    }
    elsewhere = {"email": "ana@acme.example", "position": "ENG", "verify_mode": "card", "gender": "female"}
    stated = {path.replace(".", "__"): value for path, value in values.items()}
    assert user_values(person(**stated, **elsewhere)) == {**values, "department": "Operations"}


@pytest.mark.parametrize(
    ("levels", "access"),
    [
        (("Office",), ("mon-fri 08:00-18:00",)),
        (("Office", "Saturday"), ("mon-fri 08:00-18:00", "sat 09:00-13:00")),
        (("Office", "Untimed"), ("mon-fri 08:00-18:00",)),
        (("Lift", "Saturday"), ("sat 09:00-13:00",)),  # an elevator is no door
        (("Never",), ()),
        (("Never", "Saturday"), ("sat 09:00-13:00",)),
        ((), ()),
    ],
)
def test_somebody_may_pass_whenever_one_of_the_levels_is_open(levels: tuple[str, ...], access: Value) -> None:
    assert user_values(*LEVELS, person(access_levels=levels)) == {"department": "Operations", "access": access}


@pytest.mark.parametrize("levels", [("Untimed",), ("Cleared",), ("Lift",), ("Cleared", "Lift", "Untimed")])
def test_access_is_not_managed_where_no_level_has_a_week(levels: tuple[str, ...]) -> None:
    assert user_values(*LEVELS, person(access_levels=levels)) == {"department": "Operations"}


def test_weeks_that_go_on_after_midnight_are_joined() -> None:
    late = thing("access_level/Late", {"week": ("fri 22:00-06:00",)})
    early = thing("access_level/Early", {"week": ("sat 05:00-09:00",)})
    found = user_values(late, early, person(access_levels=("Early", "Late")))
    assert found["access"] == ("fri 22:00-09:00",)


def test_rules_about_the_objects_life_stay_in_the_words_of_terminals() -> None:
    found = projected(
        OPERATIONS,
        person("1", prevent_delete=True, was="01", on_remove="forget", ignore=("card",)),
        person("2", on_remove="resign"),
        person("3", on_remove="disable", ignore=("access_levels", "last_name"), last_name="Silva"),
        person("4", on_remove="delete", ignore=("first_name",), nickname="Ana"),
    )["employee"]
    rules = {key: (user.prevent_delete, user.was, user.on_remove, user.ignore) for key, user in found.items()}
    assert rules == {
        "1": (True, "01", "forget", ("card",)),
        "2": (None, None, None, ()),
        "3": (None, None, None, ("access", "access_levels", "last_name", "nickname")),
        "4": (None, None, None, ("first_name",)),
    }


def test_a_department_is_known_by_its_name_and_without_a_roster_has_nothing_to_manage() -> None:
    plain = thing("department/OPS", {"name": "Operations", "parent": "1"}, 2, was="OLD", prevent_delete=True)
    found = projected(plain, person())
    assert found["department"] == {"Operations": thing("department/Operations", {}, 2, prevent_delete=True)}


def test_departments_of_one_name_are_one_and_have_the_roster_that_one_of_them_states() -> None:
    other = thing("department/OPS2", {"name": "Operations"}, 3, prevent_delete=True)
    same = thing("department/OPS3", {"name": "Operations", "roster": OPERATIONS.values["roster"]}, 4)
    people = person("7", department="OPS2"), person("8", department="OPS"), person("9", department="OPS3")
    found = projected(other, OPERATIONS, same, *people)
    assert found["department"] == {
        "Operations": thing("department/Operations", {"roster": OPERATIONS.values["roster"]}, 2, prevent_delete=True)
    }


AT_ODDS = thing("department/X", {"name": "Operations", "roster": ("daily night",)}, 9)


def test_departments_of_one_name_with_different_rosters_are_an_error_where_users_of_both_meet() -> None:
    devices = device(), device("shed", "SHED"), device("plain", "HQ", ("settings", "employee"))
    everything = organisation(
        OPERATIONS, AT_ODDS, person("7"), person("8", department="X"), person("9", areas=("SHED",)), devices=devices
    )
    of = own(everything, TODAY)
    assert [of(target)[1] for target in devices] == [
        [
            error(
                "RC0601",
                'The departments "OPS" and "X" are both named "Operations", which is one department on a terminal, and '
                "their rosters differ. lobby has users of both. Give them different names, or the same roster.",
                source=place(9),
                address=Address("lobby", "department", "Operations"),
            )
        ],
        [],
        [],  # it does not manage departments; its users have their names all the same
    ]
    assert of(devices[2])[0]["employee"]["8"].values == {"department": "Operations"}
