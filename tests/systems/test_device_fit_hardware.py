"""What a terminal lacks, of hardware and of room, is said before anything is written."""

import msgspec
import pytest
from device_values import FACTS, departments_there, place, remembered, settings_there, thing, users_there, wanted

from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, error
from reconciler.model.fields import Value
from reconciler.model.project import Prune
from reconciler.model.secret import Secret
from reconciler.model.state import Entry
from reconciler.systems.device.facts import Capabilities, Facts
from reconciler.systems.device.fit import fit

NOTHING = Capabilities()
BARE = Facts(FACTS.uid, FACTS.url, FACTS.key, NOTHING)


def having(**hardware: bool) -> Facts:
    return Facts(FACTS.uid, FACTS.url, FACTS.key, Capabilities(**hardware))


def refused(kind: str, key: str, line: int, detail: str) -> Diagnostic:
    return error("RC0601", detail, source=place(line), address=Address("lobby", kind, key))


LEAVE_OUT = "Leave it out of the device and its profile."
OTHER_WORDS = "Use other words, or any."


@pytest.mark.parametrize(
    ("values", "facts", "what", "lacks", "way_out"),
    [
        ({"face.liveness": True}, having(fingerprint=True), "`face` is asked for", "face recognition", LEAVE_OUT),
        ({"access.unlock_seconds": 5}, BARE, "`access` is asked for", "access control", LEAVE_OUT),
        (
            {"network.wifi.access_points": ("Hall",), "network.wifi.access_points.Hall.key": Secret("x")},
            having(ethernet=True),
            "`network.wifi` is asked for",
            "Wi-Fi",
            LEAVE_OUT,
        ),
        (
            {"network.ethernet.dhcp": True},
            having(wifi=True),
            "`network.ethernet` is asked for",
            "a wired network",
            LEAVE_OUT,
        ),
        (
            {"verify_mode": "card+face+password"},
            having(password=True, palm=True),
            "`verify_mode` is card+face+password",
            "a card reader and face recognition",
            OTHER_WORDS,
        ),
        ({"verify_mode": "finger+id"}, BARE, "`verify_mode` is finger+id", "a fingerprint reader", OTHER_WORDS),
    ],
)
def test_a_setting_without_hardware_is_an_error_and_is_not_compared(
    values: dict[str, Value], facts: Facts, what: str, lacks: str, way_out: str
) -> None:
    name = next(iter(values)).partition(".")[0]
    volume = thing("settings/volume", {"volume": 5})
    found = fit(
        wanted(volume, thing(f"settings/{name}", values, 3)),
        {"settings": settings_there({"volume": {"volume": 5}, name: {}}, facts)},
        remembered(),
    )
    detail = f"{what}, and lobby has no hardware for that: it lacks {lacks}. {way_out}"
    assert found.diagnostics == (refused("settings", name, 3, detail),)
    assert found.desired.objects["settings"] == {"volume": volume}
    assert list(found.listings["settings"].objects) == ["volume"]


def test_the_part_of_a_setting_that_it_has_is_compared() -> None:
    network = thing("settings/network", {"network.ethernet.dhcp": True, "network.wifi.dhcp": True})
    there = {"settings": settings_there({"network": {"network.ethernet.dhcp": True}}, having(ethernet=True))}
    found = fit(wanted(network), there, remembered())
    assert [each.address for each in found.diagnostics] == ["lobby/settings/network"]
    assert found.desired.objects["settings"] == {"network": thing("settings/network", {"network.ethernet.dhcp": True})}
    assert found.listings is there


@pytest.mark.parametrize(
    ("values", "facts"),
    [
        ({"face.liveness": True}, having(vrface=True)),
        ({"face.liveness": True}, having(face=True)),
        ({"verify_mode": "face"}, having(vrface=True)),
        ({"verify_mode": "any"}, BARE),
        ({"volume": 5}, BARE),
        ({"security.http": True}, BARE),
    ],
)
def test_what_it_has_the_hardware_for_is_fine(values: dict[str, Value], facts: Facts) -> None:
    name = next(iter(values)).partition(".")[0]
    everything = wanted(thing(f"settings/{name}", values))
    found = fit(everything, {"settings": settings_there({name: values}, facts)}, remembered())
    assert (found.diagnostics, found.desired) == ((), everything)


PERSON: dict[str, Value] = {
    "nickname": "Ana",
    "access": ("daily 08:00-18:00",),
    "card": Secret("1"),
    "device_password": Secret("2"),
    "valid.from": None,
    "valid.until": "2026-12-31",
}


@pytest.mark.parametrize(
    ("facts", "paths"),
    [
        (BARE, {"nickname"}),
        (having(card=True), {"nickname", "card"}),
        (having(password=True), {"nickname", "device_password"}),
        (having(access_control=True), {"nickname", "access", "valid.from", "valid.until"}),
        (FACTS, PERSON.keys()),
    ],
)
def test_what_a_person_can_not_have_there_is_left_out_silently(facts: Facts, paths: set[str]) -> None:
    found = fit(wanted(thing("employee/7", PERSON)), {"employee": users_there({}, facts)}, remembered())
    assert found.diagnostics == ()
    assert found.desired.objects["employee"]["7"].values == {path: PERSON[path] for path in paths}


def test_a_person_of_whom_nothing_is_left_is_a_user_all_the_same() -> None:
    found = fit(wanted(thing("employee/7", {"card": Secret("1")})), {"employee": users_there({}, BARE)}, remembered())
    assert found.desired.objects["employee"] == {"7": thing("employee/7")}


def people(*keys: str) -> list[object]:
    return [thing(f"employee/{key}", {"nickname": key}, line) for line, key in enumerate(keys, 1)]


FULL = Facts(FACTS.uid, FACTS.url, FACTS.key, FACTS.capabilities, max_users=3)


@pytest.mark.parametrize(
    ("what", "keys", "there", "too_many"),
    [
        ("just enough", "123", "", None),
        ("too many in the files", "12345", "1", 'have 5: 5 of the files. There is no room for "4", "5"'),
        ("some that are there already", "12", "12", None),
        ("others stay", "12", "ab", 'have 4: 2 of the files, and 2 that are on it and stay. There is no room for "2"'),
        ("ours go", "123", "xyz", None),
        (
            "what is to be forgotten stays",
            "123",
            "f",
            'have 4: 3 of the files, and 1 that are on it and stay. There is no room for "3"',
        ),
    ],
)
def test_more_users_than_it_holds(what: str, keys: str, there: str, too_many: str | None) -> None:
    ours = {key: Entry() for key in "123xyz"} | {"f": Entry(on_remove="forget")}
    listings = {"employee": users_there({key: {} for key in there}, FULL)}
    found = fit(wanted(*people(*keys)), listings, remembered(employee=ours))
    advice = "Give it fewer users, or delete some there that nobody needs."
    details = [f"lobby holds at most 3 users and would {too_many}. {advice}"] if too_many else []
    assert [each.detail for each in found.diagnostics] == details, what


@pytest.mark.parametrize(
    ("prune", "too_many"),
    [(Prune.OWNED, "and 2 that are on it and stay"), (Prune.ALL, None), (Prune.NEVER, "and 3 that are on it and stay")],
)
def test_what_goes_makes_room(prune: Prune, too_many: str | None) -> None:
    listings = {"employee": users_there({"a": {}, "b": {}, "ours": {}}, FULL)}
    desired = msgspec.structs.replace(wanted(*people("1", "2")), prune={"employee": prune})
    found = fit(desired, listings, remembered(employee={"ours": Entry()}))
    assert [too_many in each.detail for each in found.diagnostics if too_many] == [True] * bool(too_many)
    assert bool(found.diagnostics) == bool(too_many)
    assert found.listings["employee"].room == 0


def test_the_error_stands_at_the_first_user_who_has_no_room_and_a_rename_needs_none() -> None:
    listings = {"employee": users_there({key: {} for key in "abc"}, FULL)}
    found = fit(wanted(*people("1", "2")), listings, remembered())
    assert [(each.address, each.source) for each in found.diagnostics] == [("lobby/employee/1", place(1))]
    renamed = thing("employee/1", {"nickname": "1"}, was="a")
    assert fit(wanted(renamed), listings, remembered()).diagnostics == ()


def test_how_many_users_it_holds_may_not_matter() -> None:
    found = fit(wanted(*people(*"12345")), {"employee": users_there({})}, remembered())
    assert found.diagnostics == ()


def test_more_departments_than_it_holds() -> None:
    departments = [thing(f"department/D{number:03}", {}, number + 1) for number in range(107)]
    listings = {"department": departments_there({"Company": (100,) * 7})}
    assert fit(wanted(*departments[:99]), listings, remembered()).diagnostics == ()
    ours = {"Company": Entry(id="Company")}  # it is built in, and so never deleted
    found = fit(wanted(*departments), listings, remembered(department=ours))
    assert found.diagnostics == (
        refused(
            "department",
            "D099",
            100,
            "lobby holds at most 100 departments and would have 108: 107 of the files, and 1 that are on it and stay. "
            'There is no room for "D099", "D100", "D101", "D102", "D103" and 3 more. Give it fewer departments, or '
            "delete some there that nobody needs.",
        ),
    )


def test_more_bells_than_it_has() -> None:
    rung = tuple(f"{hour:02}:{half} daily 5s both" for hour in range(13) for half in (10, 40))
    bells = thing("settings/bells", {"bells": rung}, 6)
    there = {"settings": settings_there({"bells": {"bells": ()}})}
    assert fit(wanted(bells), there, remembered()).diagnostics == (
        refused("settings", "bells", 6, "There are 26 bells, and a terminal has 24. Remove 2 of them."),
    )
    fewer = msgspec.structs.replace(bells, values={"bells": rung[:24]})
    assert fit(wanted(fewer), there, remembered()).diagnostics == ()
