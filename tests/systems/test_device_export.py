"""What a terminal's shifts, weeks and departments are called in its export, and whose codes they have."""

from collections.abc import Mapping
from datetime import date

import msgspec
import pytest
from device_values import DAY, FACTS, departments_there, remembered, settings_there, shifts_there, thing, users_there

from reconciler.engine.merge import Merging
from reconciler.model.diagnostic import Span
from reconciler.model.fields import Value
from reconciler.model.objects import Listing, Object, Organisation
from reconciler.model.project import Auth, Project, Target
from reconciler.model.secret import Secret, SecretReference
from reconciler.report.export import render_resources
from reconciler.systems.base import Aim, Exported
from reconciler.systems.device.bindings import BINDINGS
from reconciler.systems.device.export import exported

SPAN = Span("devices.yaml", 1, 1)
TARGET = Target(name="12-hall", system="device", url="http://10.0.0.1", span=SPAN, area="HQ")
TODAY = date(2026, 7, 1)
LATE_SHIFT = (("14:00", "22:00"), ("", ""), ("", ""))
PERIODS = ("09:00-12:00", "13:00-18:00")
OPEN = (("08:00", "17:59"), *[("", "")] * 5)
LATE = (("18:00", "23:59"), *[("", "")] * 5)
EMPTY = (("", ""),) * 6
TEMPLATES = (EMPTY, OPEN, LATE, EMPTY)


def files(*objects: Object) -> Organisation:
    kinds = {each.kind for each in objects}
    by_kind = {kind: {each.key: each for each in objects if each.kind == kind} for kind in kinds}
    return Organisation(Project(name="acme", root="/", targets={}), by_kind, "")


def export(
    *listings: Listing, project: Organisation | None = None, aim: Aim | None = None, target: Target = TARGET
) -> Mapping[str, Exported]:
    there = {each.kind: each for each in listings}
    found = exported(target, aim or Aim(everything=True), project or files(), there)
    return {each.listing.kind: each for each in found}


def values(found: Exported, path: str) -> dict[str, Value]:
    return {key: live.values.get(path) for key, live in found.listing.objects.items()}


def shift(name: str, **more: Value) -> Object:
    return thing(f"shift/{name}", {"periods": PERIODS, **more})


@pytest.mark.parametrize(
    ("project", "slots", "named"),
    [
        ((), {}, {"Shift 2": 2, "Shift 5": 5}),
        ((shift("day"),), {}, {"day": 2, "Shift 5": 5}),
        ((shift("day", slot=5),), {}, {"day": 5, "Shift 2": 2}),
        ((shift("a"), shift("b", slot=2)), {}, {"b": 2, "a": 5}),
        ((shift("a"), shift("b")), {"a": 5}, {"b": 2, "a": 5}),
        ((thing("shift/Shift 2", {"periods": ("01:00-02:00",)}),), {}, {"Shift 2 (2)": 2, "Shift 5": 5}),
    ],
    ids=["made up", "the first", "its own slot", "each its own", "as remembered", "another of that name"],
)
def test_the_names_of_shifts(project, slots, named):
    """Two slots hold the same periods; a shift of the project has one of them."""
    aim = Aim(memory=remembered(slots), everything=True)
    found = export(shifts_there({2: DAY, 5: DAY}), project=files(*project), aim=aim)
    assert values(found["shift"], "slot") == named


def people(**weeks: tuple[int, ...]) -> Listing:
    users = {key.removeprefix("u"): {"department": "Ops"} for key in weeks}
    return users_there(
        users, templates=TEMPLATES, weeks={key.removeprefix("u"): week for key, week in weeks.items()}, read=TODAY
    )


WEEKDAYS = (3, 1, 1, 1, 1, 1, 3)
EVENINGS = (3, 2, 2, 2, 2, 2, 3)
OFFICE = thing("access_level/Office", {"week": ("mon-fri 08:00-18:00",)})
SHOP = thing("access_level/Shop", {"week": ("mon-fri 08:00-18:00",)})
LIFT = thing("access_level/Lift", {"week": ("mon-fri 08:00-18:00",), "control": "elevator"})


@pytest.mark.parametrize(
    ("project", "levels"),
    [
        ((), {"1": ("Week 1",), "2": ("Week 2",), "3": ()}),
        ((OFFICE, SHOP), {"1": ("Office",), "2": ("Week 1",), "3": ()}),
        ((LIFT,), {"1": ("Week 1",), "2": ("Week 2",), "3": ()}),
        (
            (OFFICE, SHOP, thing("employee/1", {"access_levels": ("Shop",)})),
            {"1": ("Shop",), "2": ("Week 1",), "3": ()},
        ),
        (
            (OFFICE, SHOP, thing("employee/1", {"access_levels": ("Office", "Shop")})),
            {"1": ("Office", "Shop"), "2": ("Week 1",), "3": ()},
        ),
        ((OFFICE, thing("employee/2", {"access_levels": ("Office",)})), {"1": ("Office",), "2": ("Week 1",), "3": ()}),
        ((thing("access_level/Week 1", {"week": ()}),), {"1": ("Week 2",), "2": ("Week 3",), "3": ()}),
    ],
    ids=["made up", "the first", "no door", "their own", "several", "not theirs any more", "another of that name"],
)
def test_the_names_of_access_levels(project, levels):
    """1 has the week of an office, 2 another one, 3 none. Every level that somebody has is there with its week."""
    found = export(people(u1=WEEKDAYS, u2=EVENINGS, u3=(3,) * 7), project=files(*project))
    assert values(found["employee"], "access_levels") == levels
    weeks = {"1": ("mon-fri 08:00-18:00",), "2": ("mon-fri 18:00-24:00",)}
    assert values(found["access_level"], "week") == {name: weeks[key] for key in weeks for name in levels[key]}


def test_a_week_that_can_not_be_told_is_not_managed():
    found = export(people(u1=(0,) * 7))
    assert values(found["employee"], "access_levels") == {"1": None}
    why = "when the day templates open is not known"
    assert found["employee"].left_out == {("access_levels", why): ("1",)}
    assert values(found["access_level"], "week") == {}


def test_the_codes_of_departments():
    """Of several with one name an employee keeps the own one."""
    project = files(
        thing("department/10", {"name": "Ops"}),
        thing("department/20", {"name": "Ops"}),
        thing("department/Sales", {"name": "Marketing"}),
        thing("employee/2", {"department": "20"}),
        thing("employee/3", {"department": "Sales"}),
    )
    users = users_there({key: {"department": "Ops"} for key in "123"} | {"4": {"department": "Sales"}}, read=TODAY)
    found = export(users, departments_there({"Ops": (100,) * 7}), project=project)
    assert values(found["employee"], "department") == {"1": "10", "2": "20", "3": "10", "4": "Sales (2)"}
    assert values(found["department"], "name") == {"10": "Ops", "20": "Ops", "Sales (2)": "Sales"}
    assert values(found["department"], "roster")["10"] == ("daily holiday",)


@pytest.mark.parametrize(
    ("start", "roster"),
    [
        ("2026-06-30T00:00:00", ("2026-06-30", "day", "holiday")),
        ("2026-03-24T00:00:00", ("2026-03-24", "day", "holiday")),
        ("2026-03-23T00:00:00", None),
        ("", None),
    ],
    ids=["from yesterday", "its last day is today", "over", "no date"],
)
def test_a_roster_as_long_as_it_matters(start, roster):
    users = users_there({"1": {}}, rosters={"1": (start, (2, 100) * 50)}, read=TODAY)
    found = export(users, shifts_there({2: DAY}), project=files(shift("day")))
    assert values(found["employee"], "roster") == {"1": roster}


def test_many_are_told_of_in_one_line():
    users = users_there({str(key): {} for key in range(9)}, rosters={str(key): ("x", ()) for key in range(9)})
    employees = export(users)["employee"]
    text = render_resources(["hall"], employees.listing, missing=employees.left_out)
    assert text.startswith(
        "# The employees of hall, as exported.\n"
        "# employees 0, 1, 2, 3, 4 and 4 more: the roster has numbers that are no shifts there. `roster` is left out,\n"
        "#   and so not managed.\n"
    )


def together(*terminals: tuple[Listing, ...]) -> Mapping[str, Exported]:
    """What several terminals, one after the other, are as one organisation."""
    merging = Merging(files())
    for number, listings in enumerate(terminals):
        target = msgspec.structs.replace(TARGET, name=f"hall-{number}")
        there = {each.kind: each for each in listings}
        merging.add(target.name, exported(target, Aim(everything=True), merging.organisation, there), BINDINGS)
    return {each.listing.kind: each for each in merging.result()}


def test_shifts_have_one_name_on_all_terminals():
    """The third one has another shift in the first slot, and two shifts of one organisation can't have one slot."""
    found = together((shifts_there({1: DAY}),), (shifts_there({1: DAY}),), (shifts_there({1: LATE_SHIFT}),))
    assert values(found["shift"], "periods") == {"Shift 1": PERIODS, "Shift 1 (2)": ("14:00-22:00",)}
    assert values(found["shift"], "slot") == {"Shift 1": None, "Shift 1 (2)": None}


def test_a_week_has_one_level_on_all_terminals():
    found = together((people(u1=WEEKDAYS),), (people(u2=EVENINGS, u3=WEEKDAYS),))
    assert values(found["employee"], "access_levels") == {"1": ("Week 1",), "2": ("Week 2",), "3": ("Week 1",)}
    assert list(found["access_level"].listing.objects) == ["Week 1", "Week 2"]


def test_names_of_the_project_stand_where_they_make_the_terminals():
    ana = {"first_name": "Ana", "last_name": "Silva", "nickname": None}
    project = files(thing("employee/1", ana), thing("employee/2", ana))
    found = export(users_there({"1": {"nickname": "Ana Silva"}, "2": {"nickname": "Eva"}}), project=project)
    assert {key: live.values for key, live in found["employee"].listing.objects.items()} == {
        "1": {**ana, "areas": ("HQ",)},
        "2": {"nickname": "Eva", "areas": ("HQ",)},
    }


def test_a_roster_whose_start_moved_is_the_projects():
    """Terminals move the start to their own today; of the days to come both say the same."""
    wanted = ("2026-06-01", "day", "holiday")
    users = users_there({"1": {}}, rosters={"1": ("2026-07-01T00:00:00", (2, 100) * 50)}, read=TODAY)
    project = files(shift("day"), thing("employee/1", {"roster": wanted}))
    assert values(export(users, shifts_there({2: DAY}), project=project)["employee"], "roster") == {"1": wanted}


def test_its_own_entry():
    """What the terminal can't tell comes from the project; the address is where it was found."""
    facts = msgspec.structs.replace(FACTS, url="http://10.0.0.9", key=Secret("4711"))
    there = settings_there({"volume": {"volume": 3}, "security": {"security.api_key": Secret("4711")}}, facts)
    declared = thing("device/12-hall", {"url": "http://10.0.0.1", "area": "HQ", "profile": "door", "tls.verify": True})
    found = export(there, project=files(declared, thing("area/HQ", {"name": "Head"})))
    assert found["device"].listing.objects["12-hall"].values == {
        "url": "http://10.0.0.9",
        "area": "HQ",
        "tls.verify": True,
        "settings.volume": 3,
    }
    assert values(found["area"], "name") == {"HQ": "Head"}
    assert "`api_key: {env: DEVICE_12_HALL_API_KEY}`" in found["device"].notes[0]


@pytest.mark.parametrize(
    ("reference", "written"),
    [
        (SecretReference("env", ("HALL_KEY",), SPAN), "{env: HALL_KEY}"),
        (SecretReference("table", ("keys",), SPAN), "{table: keys}"),
        (SecretReference("file", ("private/{{ key",), SPAN), "{file: 'private/{{ ''{{'' }} key'}"),
        (SecretReference("command", ("pass", "hall"), SPAN), '{command: ["pass", "hall"]}'),
    ],
    ids=["env", "table", "file", "command"],
)
def test_the_key_that_opened_it_stands_there_by_its_reference(reference, written):
    facts = msgspec.structs.replace(FACTS, key=Secret("4711"))
    target = msgspec.structs.replace(TARGET, auth=Auth(token=Secret("4711")))
    declared = thing("device/12-hall", {"url": "http://10.0.0.1", "api_key": reference})
    device = export(settings_there({}, facts), project=files(declared), target=target)["device"]
    assert device.notes == ()
    assert f"\n  api_key: {written}\n" in render_resources(["12-hall"], device.listing, device.notes)


def test_a_reference_to_another_key_does_not_stand_there():
    facts = msgspec.structs.replace(FACTS, key=Secret("4711"))
    target = msgspec.structs.replace(TARGET, auth=Auth(token=Secret("of last year")))
    declared = thing("device/12-hall", {"api_key": SecretReference("env", ("HALL_KEY",), SPAN)})
    device = export(settings_there({}, facts), project=files(declared), target=target)["device"]
    assert "api_key" not in device.listing.objects["12-hall"].values
    assert device.notes[0].startswith("It opens with an API key only.")
