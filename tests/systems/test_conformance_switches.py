"""What the sources contradict each other about, one switch at a time: the files are brought to the server and its next
plan is empty all the same, or the error says clearly what can't be."""

from pathlib import Path
from typing import Literal, get_args, get_origin, get_type_hints

import msgspec
import pytest
from conformance import BY_PROFILE, Objects, Subject, Values, World, subject_of, world
from conformance_values import companions, firsts, kinds_of, least, pairs, together

from reconciler.simulator import PROFILES, Profile

PAGES = 12
"""More employees than the 10 of a page that nobody sizes."""

REFUSED: dict[tuple[str, object], tuple[str, str]] = {
    ("licence_gate", True): ("RC0504", "licen"),
}
"""Switches that a BioTime server can't be managed with: the code of the complaint, and a word of it."""


CONTRADICTIONS = (
    "adjust_area",
    "area_empty",
    "attendance",
    "companies",
    "create_id",
    "delete_area_in_use",
    "delete_in_use",
    "employee_detail",
    "filter_match",
    "licence_gate",
    "page_size_parameter",
    "resigns",
    "unknown_path",
    "updates",
)
"""Switches that are tried by themselves, with every value. `kept_codes`, `dropped_fields` and `next_host` have tests of
their own."""


def others(base: str) -> dict[str, list[object]]:
    """Every other value of every switch that has few."""
    hints = get_type_hints(Profile)
    found: dict[str, list[object]] = {}
    for name, now in msgspec.structs.asdict(PROFILES[base]).items():
        values = (True, False) if hints[name] is bool else ()
        if get_origin(hints[name]) is Literal:
            values = get_args(hints[name])
        if left := [value for value in values if value != now]:
            found[name] = left
    return found


FLIPS = others("biotime-8.5")


@pytest.mark.parametrize(
    ("switch", "value"),
    [pytest.param(name, value, id=f"{name}={value}") for name in CONTRADICTIONS for value in FLIPS[name]],
)
def test_each_contradiction_by_itself(switch: str, value: object, tmp_path: Path) -> None:
    with world(switched("biotime-8.5", **{switch: value}), tmp_path, **{switch: value}) as here:
        if (switch, value) in REFUSED:
            assert_a_day_fails(here, *REFUSED[switch, value])
        else:
            assert_a_day_succeeds(here)


@pytest.mark.parametrize("turn", range(max(map(len, FLIPS.values()))))
def test_all_other_switches_at_once(turn: int, tmp_path: Path) -> None:
    switches = {name: values[turn % len(values)] for name, values in FLIPS.items() if name not in CONTRADICTIONS}
    with world(switched("biotime-8.5", **switches), tmp_path, **switches) as here:
        assert_a_day_succeeds(here)


@pytest.mark.parametrize(
    "switches",
    [
        {"page_size_max": 5},
        {"page_size_parameter": "limit", "page_size_max": 5},
        {"page_size_parameter": "both", "page_size_max": 5},
        {"page_size_default": 1, "rows_member": "results", "page_size_max": 5},
        {"rows_member": "both", "page_size_max": 5},
        {"next_host": "http://10.255.255.1:81", "page_size_max": 5},
        {"employees_order": "id", "ordering": False, "page_size_max": 5},
    ],
    ids=lambda switches: "-".join(f"{name}={value}" for name, value in switches.items()),
)
def test_pages_of_every_kind(switches: dict[str, object], tmp_path: Path) -> None:
    with world(BY_PROFILE["biotime-8.5"], tmp_path, **switches) as here:
        assert_a_day_succeeds(here, people=PAGES)


@pytest.mark.parametrize(
    ("profile", "switches"),
    [
        ("zkbiotime", {"adjust_area": "error"}),
        ("zkbiotime", {"bulk": False}),
        ("zkbiotime", {"bulk": False, "unknown_path": "json"}),
        ("zkbiotime", {"bulk_answer": "object"}),
        ("zkbiotime", {"bulk_answer": "empty"}),
        ("zkbiotime", {"update_answer": "empty", "create_answer": "empty"}),
        ("zkbiotime-company", {"company_in_patch": "moves"}),
        ("zkbiotime-company", {"duplicate_code": "field"}),
        ("utimemaster-9.5", {"attendance": "flat"}),
        ("utimemaster-9.5", {"create_answer": "empty"}),
        ("utimemaster-9.5", {"filter_match": "contains", "create_id": False}),
    ],
    ids=str,
)
def test_the_other_systems_with_a_switch(profile: str, switches: dict[str, object], tmp_path: Path) -> None:
    with world(switched(profile, **switches), tmp_path, **switches) as here:
        assert_a_day_succeeds(here)


@pytest.mark.parametrize("profile", BY_PROFILE)
def test_a_field_that_is_dropped_silently_is_an_error_that_names_it(profile: str, tmp_path: Path) -> None:
    """GOR: the API does not take card numbers and passwords."""
    with world(BY_PROFILE[profile], tmp_path, dropped_fields=["card_no", "device_password"]) as here:
        here.objects = companions(here.subject) | {("employee", "E"): least(here.subject, "employee", "E")}
        here.objects["employee", "E"] |= {"card": "123", "device_password": {"env": "SECRET_4711"}, "city": "Porto"}
        applied = here.apply()
        assert (applied.status, applied.document["verified"]) == (4, False)
        assert [(code, address, detail.split("`")[1]) for code, address, detail in applied.details] == [
            ("RC0703", "hq/employee/E", "card"),
            ("RC0703", "hq/employee/E", "device_password"),
        ]
        assert here.plan().steps == {"employee/E": ("update", ["card", "device_password"])}
        assert here.row("employee", "E")["city"] == "Porto"


def test_basic_passes_the_licence_gate(tmp_path: Path) -> None:
    with world(BY_PROFILE["biotime-8.5"], tmp_path, licence_gate=True) as here:
        auth = {"username": "admin", "password": {"env": "SERVER_PASSWORD"}, "scheme": "basic"}
        here.settings["auth"] = auth
        assert_a_day_succeeds(here)


def test_a_company_that_is_named_makes_a_biotime_with_companies_manageable(tmp_path: Path) -> None:
    with world(BY_PROFILE["biotime-8.5"], tmp_path, companies=True) as here:
        here.settings["company"] = "1"
        assert_a_day_succeeds(here)


def switched(base: str, **switches: object) -> Subject:
    profile = msgspec.convert(msgspec.structs.asdict(PROFILES[base]) | switches, Profile)
    return subject_of(base, profile)


def assert_a_day_succeeds(here: World, people: int = 2) -> None:
    """All there is to do, in two applies: create, then change, move so many people and delete. The second one does
    what the files ask for and no more, so that the first left nothing."""
    here.objects = _morning(here.subject, people)
    assert here.apply().details == []
    here.objects = _evening(here.subject, people)
    assert here.settle().steps == _steps(_morning(here.subject, people), here.objects)
    assert here.codes("department") == ["ALL", "CHANGED", "R1", "R2"]


def assert_a_day_fails(here: World, code: str, word: str) -> None:
    """Nothing is lost, and every complaint says why."""
    here.objects = _morning(here.subject, people=1)
    runs = [here.apply()]
    here.objects = _evening(here.subject, people=1)
    runs.append(here.apply())
    details = [(found, detail) for run in runs for found, _, detail in run.details if found != "RC0704"]
    assert details
    assert {found for found, _ in details} == {code}
    assert all(word in detail for _, detail in details)
    assert {run.status for run in runs} <= {0, 1, 4}
    assert runs[-1].status != 0


def _steps(before: Objects, after: Objects) -> dict[str, tuple[str, list[str]]]:
    """The steps from some files to others with the same paths."""
    steps: dict[str, tuple[str, list[str]]] = {f"{kind}/{key}": ("delete", []) for kind, key in before.keys() - after}
    for (kind, key), values in after.items():
        if values != before[kind, key]:
            changed = [path for path in values if values[path] != before[kind, key].get(path)]
            steps[f"{kind}/{key}"] = ("update", sorted(changed))
    return steps


def _morning(subject: Subject, people: int) -> Objects:
    kinds = kinds_of(subject)
    return (
        companions(subject)
        | {(kind, "ALL"): firsts(subject, kind, 1) for kind in kinds}
        | {(kind, "CHANGED"): _alone(subject, kind, 0) for kind in kinds}
        | {(kind, "DELETED"): least(subject, kind, "DELETED") for kind in kinds}
        | {("employee", f"P{number}"): least(subject, "employee", f"P{number}") for number in range(people)}
    )


def _alone(subject: Subject, kind: str, which: int) -> Values:
    """The first or second value of every field that stands alone."""
    return {path: pair[which] for path, pair in pairs(subject, kind, 2).items() if not together(kind, path)}


def _evening(subject: Subject, people: int) -> Objects:
    objects = {at: values for at, values in _morning(subject, people).items() if at[1] != "DELETED"}
    for kind in kinds_of(subject):
        objects[kind, "CHANGED"] = _alone(subject, kind, 1)
    for number in range(people):
        moved = {"department": "R2"} if number % 2 else {"areas": ["R2"]}
        objects["employee", f"P{number}"] |= moved
    return objects
