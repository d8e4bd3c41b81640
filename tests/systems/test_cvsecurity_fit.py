"""Fit: levels of the right list, what can't be made, who has left, and what a licence lacks."""

import pytest
from cvsecurity_writing import PEOPLE, live, objects

from reconciler.model.objects import Desired, Listing, Live, Object
from reconciler.model.state import Entry, Memory
from reconciler.systems.base import Fit
from reconciler.systems.cvsecurity.facts import Facts
from reconciler.systems.cvsecurity.fit import fit
from reconciler.systems.cvsecurity.wire import Feature, Module

IDS = {"door": {"General": "d0", "Lobby": "d1"}, "elevator": {"General": "e0", "Lift": "e1"}, "entrance": {}}
KNOWN = Facts(levels=IDS)
NOTHING = Memory({}, {}, None)
MAKING = {"cvsecurity.time_segment": "Always", "cvsecurity.area": "HQ", "cvsecurity.doors": ("Front",)}


def fitted(desired: dict, lists: dict | None = None, facts: Facts = KNOWN, memory: Memory = NOTHING) -> Fit:
    read = {"department": {}, "access_level": {}, "employee": {}, "vehicle": {}, **(lists or {})}
    listings = {kind: Listing(kind, found, raw=facts) for kind, found in read.items()}
    return fit(Desired("gate", desired), listings, memory)


def said(found: Fit) -> list[tuple[str, str, str | None, object]]:
    return [(each.severity, each.code, each.address, each.source) for each in found.diagnostics]


def details(found: Fit) -> list[str]:
    return [each.detail for each in found.diagnostics]


def fit_of_level(values: dict, facts: Facts = KNOWN, name: str = "New") -> Fit:
    return fitted({"access_level": objects("access_level", **{name: values})}, facts=facts)


def test_a_level_is_that_of_its_own_list():
    found = fit_of_level({"control": "elevator"}, name="General")
    assert found.listings["access_level"].objects["General"] == Live("General", "e0", {"control": "elevator"}, True)
    assert list(found.desired.objects["access_level"]) == ["General"]
    assert found.diagnostics == ()


def test_a_door_level_does_not_stand_for_an_elevator_level_of_its_name():
    found = fit_of_level({"control": "elevator"}, name="Lobby")
    assert said(found) == [("error", "RC0606", "gate/access_level/Lobby", PEOPLE)]
    assert details(found) == [
        (
            'The server has no elevator level "Lobby". Levels of this kind can\'t be made by calls. Make it in the '
            "server's own pages, or correct the name."
        )
    ]


def test_an_undeclared_level_stays_in_the_listing_and_is_never_deleted():
    found = fitted({"access_level": {}}, {"access_level": {"Lobby": Live("Lobby", "d1", {"control": "door"})}})
    assert found.listings["access_level"].objects == {"Lobby": Live("Lobby", "d1", {"control": "door"}, True)}


@pytest.mark.parametrize("lacks", [frozenset(), frozenset({Feature.ADD_LEVEL})])
def test_a_level_that_says_how_it_is_made_is_made_where_that_is_possible(lacks):
    found = fit_of_level(MAKING, Facts(levels=IDS, lacks=lacks))
    made = "New" in found.desired.objects["access_level"] and "New" not in found.listings["access_level"].objects
    assert made is not bool(lacks)
    assert details(found) == (
        []
        if made
        else [
            (
                'The server has no door level "New". This server\'s edition of the API makes no levels. Make it in the '
                "server's own pages, or correct the name."
            )
        ]
    )


@pytest.mark.parametrize(
    ("name", "values", "lacks", "code", "detail"),
    [
        (
            "Loby",
            {},
            frozenset(),
            "RC0606",
            (
                'The server has no door level "Loby". Did you mean "Lobby"? Make it in the server\'s own pages, or '
                "correct the name. Or give it `cvsecurity: {time_segment: …, area: …, doors: […]}`, from which it is "
                "made."
            ),
        ),
        (
            "New",
            {"cvsecurity.area": "HQ"},
            frozenset(),
            "RC0606",
            (
                'The server has no door level "New". To make it `cvsecurity` needs both time_segment and area. Add '
                "what is missing."
            ),
        ),
        (
            "New",
            {"control": "entrance"},
            frozenset({Module.ENTRANCE}),
            "RC0601",
            (
                "It is an entrance level, and this server has no module psg. License the module, or leave the level "
                "out for this target."
            ),
        ),
        (
            "Lobby",
            MAKING,
            frozenset({Feature.ADD_LEVEL, Feature.ADD_LEVEL_DOOR}),
            "RC0601",
            (
                "`cvsecurity.area`, `cvsecurity.doors`, `cvsecurity.time_segment` can't be set: this server has no "
                "call accLevel/addLevel, which came with edition 1.2 of its API. Leave the block `cvsecurity` out, as "
                "the server has the level, or update the server."
            ),
        ),
        (
            "Lobby",
            {"cvsecurity.area": "HQ"},
            frozenset(),
            "RC0601",
            "`cvsecurity.area` can't be set alone: one call writes both time_segment and area. Add the other one.",
        ),
        (
            "Lift",
            {"control": "elevator", "cvsecurity.doors": ("Front",)},
            frozenset(),
            "RC0601",
            (
                "`cvsecurity.doors` can't be set for an elevator level: cvsecurity has no call for it. Leave the block "
                "`cvsecurity` out; the server has the level."
            ),
        ),
    ],
)
def test_what_a_level_can_not_be_is_said_once_at_its_place(name, values, lacks, code, detail):
    desired = {
        "access_level": objects("access_level", **{name: values}),
        "employee": objects("employee", Ana={"access_levels": (name,)}),
    }
    found = fitted(desired, facts=Facts(levels=IDS, lacks=lacks))
    assert said(found) == [("error", code, f"gate/access_level/{name}", PEOPLE)]
    assert details(found) == [detail]
    assert name in found.listings["access_level"].objects  # its users are not complained of as well


def test_a_name_that_the_list_has_twice_is_left_to_the_engine_to_complain_of():
    found = fit_of_level({}, Facts(levels=IDS, ambiguous={"door": frozenset({"Lobby"})}), "Lobby")
    assert found.listings["access_level"].duplicates == frozenset({"Lobby"})


def test_without_managed_levels_a_reference_to_the_wrong_list_does_not_count():
    found = fitted({"employee": objects("employee", Ana={"elevator_levels": ("Lift", "Lobby")})})
    assert sorted(found.listings["access_level"].objects) == ["Lift"]


LEFT = {"resigned.date": "2026-01-31", "resigned.type": "quit"}


def test_who_has_left_is_no_longer_listed_and_in_sync():
    memory = Memory({"employee": {"Ana": Entry(id="a1")}}, {}, None)
    found = fitted({"employee": objects("employee", Ana={"first_name": "Ana", **LEFT})}, memory=memory)
    assert found.desired.objects["employee"]["Ana"].values == LEFT
    assert found.listings["employee"].objects == {"Ana": Live("Ana", "a1", LEFT)}


def test_who_is_listed_has_not_left():
    found = fitted(
        {"employee": objects("employee", Ana={"first_name": "Ana", **LEFT}, Ben=dict.fromkeys(LEFT))},
        {"employee": {"Ana": live("Ana", first_name="Ana"), "Ben": live("Ben", first_name="Ben")}},
    )
    none = dict.fromkeys(LEFT)
    assert found.desired.objects["employee"]["Ana"].values == LEFT
    assert {key: each.values for key, each in found.listings["employee"].objects.items()} == {
        "Ana": {"first_name": "Ana", **none},
        "Ben": {"first_name": "Ben", **none},
    }


def test_without_attendance_its_fields_are_left_out_with_one_warning():
    people = objects(
        "employee", Ana={"areas": ("HQ",), "privilege": "admin", "email": None}, Ben={"attendance.enabled": True}
    )
    found = fitted({"employee": people}, facts=Facts(levels=IDS, lacks=frozenset({Module.ATTENDANCE})))
    assert {key: each.values for key, each in found.desired.objects["employee"].items()} == {
        "Ana": {"email": None},
        "Ben": {},
    }
    assert said(found) == [("warning", "RC0601", None, None)]
    assert details(found) == [
        (
            "The server of gate has no attendance module, so what the files say for it is left out there: `areas`, "
            "`attendance.enabled`, `privilege`, `verify_mode`. License the module, or leave `areas` out of what the "
            "target manages."
        )
    ]


@pytest.mark.parametrize(
    ("path", "module", "empty", "value"),
    [
        ("elevator_levels", Module.ELEVATOR, (), ("Lift",)),
        ("entrance_levels", Module.ENTRANCE, (), ("Gate",)),
        ("access_levels", Module.ACCESS, (), ("Lobby",)),
        ("valid.until", Module.ACCESS, None, "2026-12-31"),
        ("cvsecurity.kiosk_areas", Module.KIOSK, (), ("HQ",)),
    ],
)
def test_a_missing_module_is_an_error_only_for_what_is_asked(path, module, empty, value):
    people = objects("employee", Ana={path: value}, Ben={path: empty})
    found = fitted({"employee": people}, facts=Facts(levels=IDS, lacks=frozenset({module})))
    assert said(found) == [("error", "RC0601", "gate/employee/Ana", PEOPLE)]
    assert details(found) == [
        (
            f"`{path}` can't be set: this server has no module {module}. License the module, or leave the field out "
            "for this target."
        )
    ]
    assert [each.values for each in found.desired.objects["employee"].values()] == [{}, {}]


@pytest.mark.parametrize("kind", ["employee", "department"])
def test_no_call_changes_a_key(kind):
    renamed = Object(kind=kind, key="new", values={}, span=PEOPLE, was="old")
    found = fitted({kind: {"new": renamed}}, {kind: {"old": live("old")}})
    assert said(found) == [("error", "RC0601", f"gate/{kind}/new", PEOPLE)]
    assert found.desired.objects[kind]["new"].was is None
    done = fitted({kind: {"new": renamed}}, {kind: {"new": live("new")}})
    assert done.diagnostics == ()


def test_every_vehicle_counts_as_there_without_values():
    memory = Memory({"vehicle": {"B2": Entry(id="B2")}}, {}, None)
    found = fitted({"vehicle": objects("vehicle", B1={"list": "block"})}, memory=memory)
    assert found.listings["vehicle"].objects == {"B1": Live("B1", "B1", {}), "B2": Live("B2", "B2", {})}


def test_vehicles_without_their_module_are_errors():
    facts = Facts(lacks=frozenset({Module.PARKING}))
    found = fitted({"vehicle": objects("vehicle", B1={"list": "block"})}, facts=facts)
    assert said(found) == [("error", "RC0601", "gate/vehicle/B1", PEOPLE)]
    assert found.desired.objects["vehicle"] == {}


def test_the_root_department_is_always_there():
    found = fitted({"department": objects("department", OPS={"parent": "1"})})
    assert found.listings["department"].objects == {"1": Live("1", "1", {}, builtin=True)}
