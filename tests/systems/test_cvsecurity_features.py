"""What a server has is found by asking, in every edition and with every licence, and asking changes nothing."""

import pytest
from cvsecurity_reading import EDITIONS, SITE, asked_of, asking, calls, good, serving

from reconciler.simulator import Fault
from reconciler.systems.cvsecurity.facts import Facts, joined
from reconciler.systems.cvsecurity.features import lists, parking, probed, read_levels, read_zone
from reconciler.systems.cvsecurity.wire import ZONES, Feature, Module
from reconciler.transport.failure import Failure, Sent

OLD = {Feature.PERSON_LIST}


@pytest.mark.parametrize("missing", ["status", "code"])
@pytest.mark.parametrize("edition", EDITIONS)
def test_calls_of_an_edition(edition, missing):
    with serving(edition, missing_route=missing) as (server, where), asking(where) as client:
        before = server.dump()
        facts = probed(client, Feature)
        assert server.dump() == before
        assert {method for method, _, _ in calls(server)} == {"GET"}
    has = OLD if edition == "cvsecurity-1.0" else set(Feature)
    assert (facts.has, facts.lacks) == (has, set(Feature) - has)


def test_a_probe_is_one_call_and_only_of_what_is_asked():
    with serving() as (server, where), asking(where) as client:
        facts = probed(client, [Feature.ADD_LEVEL])
        assert calls(server)[1:] == [("GET", "accLevel/addLevel", 405)]
    assert (facts.has, facts.lacks) == ({Feature.ADD_LEVEL}, frozenset())


@pytest.mark.parametrize("fault", ["status", "html", "drop"])
def test_a_probe_that_fails_says_nothing(fault):
    with serving() as (server, where), asking(where) as client:
        server.faults.add(Fault(effect=fault, status=502, path="addLevel"))
        with pytest.raises(Failure) as raised:
            probed(client, [Feature.ADD_LEVEL])
    assert raised.value.code in {"RC0505", "RC0506"}


@pytest.mark.parametrize("missing", ["status", "code"])
@pytest.mark.parametrize(
    ("licensed", "has"),
    [
        (("access",), {Module.ACCESS}),
        (("elevator", "entrance"), {Module.ELEVATOR, Module.ENTRANCE}),
        ((), set()),
    ],
    ids=["access", "elevator and entrance", "none"],
)
def test_modules_of_levels(licensed, has, missing):
    with serving(modules=licensed, missing_route=missing) as (_, where), asking(where) as client:
        facts = read_levels(client)
    assert (facts.has, facts.lacks) == (has, {Module.ACCESS, Module.ELEVATOR, Module.ENTRANCE} - has)
    words = {Module.ACCESS: "door", Module.ELEVATOR: "elevator", Module.ENTRANCE: "entrance"}
    assert facts.levels.keys() == {words[module] for module in has}


def test_a_name_in_two_controls_and_a_name_twice_in_one():
    with serving() as (server, where), asking(where) as client:
        server.seed(
            {"door_levels": [{"id": "D1", "name": "Lobby"}], "elevator_levels": [{"id": "E1", "name": "Lobby"}]}
        )
        facts = read_levels(client)
    assert (facts.levels["door"]["Lobby"], facts.levels["elevator"]["Lobby"]) == ("D1", "E1")
    assert facts.ambiguous == {"door": frozenset(), "elevator": frozenset(), "entrance": frozenset()}
    twice, empty = [{"id": "A", "name": "X"}, {"id": "B", "name": " X "}, {"id": "C", "name": None}], []
    client, _ = asked_of(*(good(rows) for rows in (twice, empty, empty, empty)))
    facts = read_levels(client)
    assert facts.levels == {"door": {"X": "A", "#C": "C"}, "elevator": {}, "entrance": {}}
    assert facts.ambiguous == {"door": {"X"}, "elevator": frozenset(), "entrance": frozenset()}


def test_the_older_list_of_levels_where_the_counted_one_is_missing():
    with serving() as (server, where), asking(where) as client:
        server.seed(SITE)
        server.faults.add(Fault(effect="status", status=404, path="v2/eleLevel/list"))
        facts = read_levels(client)
    assert facts.levels["elevator"]["Lift"] == "E1"
    assert Module.ELEVATOR in facts.has


@pytest.mark.parametrize("zone", ZONES, ids=lambda zone: zone.path)
@pytest.mark.parametrize("licensed", [("attendance",), ("facekiosk",)], ids=str)
def test_areas_of_attendance_and_of_kiosks(zone, licensed):
    there = licensed == (("attendance",) if zone.module is Module.ATTENDANCE else ("facekiosk",))
    with serving(modules=licensed) as (server, where), asking(where) as client:
        server.seed({"areas": [{"code": "HQ", "name": "Headquarters"}]})
        rows, facts = read_zone(client, zone)
    assert [row["code"] for row in rows] == (["1", "HQ"] if there else [])
    found = {Module.ATTENDANCE: facts.areas, Module.KIOSK: facts.kiosk_areas}
    assert found[zone.module] == (("1", "HQ") if there else None)
    assert (facts.has, facts.lacks) == (({zone.module}, set()) if there else (set(), {zone.module}))


@pytest.mark.parametrize("licensed", [("parking",), ()], ids=str)
def test_parking(licensed):
    with serving(modules=licensed) as (_, where), asking(where) as client:
        facts = parking(client)
    assert (facts.has, facts.lacks) == (({Module.PARKING}, set()) if licensed else (set(), {Module.PARKING}))


@pytest.mark.parametrize(
    ("failure", "probe", "read"),
    [
        (Failure(Sent.REFUSED, "RC0505", "x", status=404), None, None),
        (Failure(Sent.REFUSED, "RC0506", "x", status=200, body={"code": -1}), 404, None),
        (Failure(Sent.REFUSED, "RC0506", "x", status=200, body={"code": -1}), 405, "RC0506"),
        (Failure(Sent.REFUSED, "RC0506", "x", status=200, body={"code": -40}), None, "RC0506"),
        (Failure(Sent.UNKNOWN, "RC0506", "x", status=502), None, "RC0506"),
    ],
    ids=str,
)
def test_a_list_that_can_not_be_read_is_missing_or_has_failed(failure, probe, read):
    """Missing is 404; where it is -1, another call of the module tells which it is."""
    client, http = asked_of(*([Failure(Sent.REFUSED, "RC0505", "y", status=probe)] if probe else []))

    def broken():
        raise failure

    outcome: object
    try:
        outcome = lists(client, "eleLevel/list", broken, probe="eleLevel/syncPerson")
    except Failure as raised:
        outcome = raised.code
    assert outcome == read
    assert [path for _, path, _, _ in http.asked] == (["/api/eleLevel/syncPerson"] if probe else [])


def test_facts_that_are_joined_forget_nothing():
    first = Facts(has=frozenset({Module.ACCESS}), levels={"door": {"A": "1"}}, areas=("1",))
    second = Facts(lacks=frozenset({Module.KIOSK}), levels={"elevator": {"B": "2"}}, kiosk_areas=("2",))
    both = joined(first, second)
    assert both == Facts(
        has=frozenset({Module.ACCESS}),
        lacks=frozenset({Module.KIOSK}),
        levels={"door": {"A": "1"}, "elevator": {"B": "2"}},
        areas=("1",),
        kiosk_areas=("2",),
    )
    assert joined(both, Facts(areas=())).areas == ()
