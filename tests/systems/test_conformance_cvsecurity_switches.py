"""What the sources contradict each other about, one switch at a time: the files are brought to the server and its next
plan is empty all the same, or the error names the object and what can't be."""

import shutil
from pathlib import Path
from typing import Literal, get_args, get_origin, get_type_hints

import msgspec
import pytest
from conformance import Objects, Values
from conformance_cvsecurity import NEW, Gate, employee, gate, site, wrong

from reconciler.simulator import PROFILES
from reconciler.simulator.cvsecurity.switches import MODULES, CvSecurityProfile

MORE: dict[str, list[object]] = {
    "modules": [tuple(other for other in MODULES if other != module) for module in MODULES],
    "root_name": ["General"],
    "name_length": [0, 2],
    "pin_length": [2, 20],
}
"""Values of the switches that are neither yes nor no nor one of a few words."""

APART = {("area_set", "replaced")}
"""No call shows who is in an area, so that nobody could see that a server replaces its people instead of adding: two
independent clients say that real ones add."""


def others() -> list[tuple[str, object]]:
    """Every other value of every switch."""
    hints = get_type_hints(CvSecurityProfile)
    found: list[tuple[str, object]] = []
    for name, now in msgspec.structs.asdict(PROFILES[NEW]).items():
        values: list[object] = [True, False] if hints[name] is bool else MORE.get(name, [])
        if get_origin(hints[name]) is Literal:
            values = list(get_args(hints[name]))
        found += [(name, value) for value in values if value != now and (name, value) not in APART]
    return found


FLIPS = others()

Told = dict[str, tuple[str, str]]
"""By address (without the target; "" for none) a code, and a part of what is said."""

LEVELS_OF = {"access": ("Office", "Vault"), "elevator": ("Lift", "Goods lift"), "entrance": ("Gate", "Side gate")}
SAID_WITHOUT: dict[str, Told] = {
    "access": {
        **{f"access_level/{name}": ("RC0601", "this server has no module acc.") for name in LEVELS_OF["access"]},
        "employee/101": ("RC0601", "`valid.from` can't be set: this server has no module acc. License the module"),
        "employee/104": ("RC0601", "`valid.until` can't be set: this server has no module acc. License the module"),
    },
    **{
        word: {f"access_level/{name}": ("RC0601", f"this server has no module {calls}.") for name in LEVELS_OF[word]}
        for word, calls in (("elevator", "ele"), ("entrance", "psg"))
    },
    "attendance": {"": ("RC0601", "has no attendance module, so what the files say for it is left out there")},
    "facekiosk": {
        f"employee/{pin}": ("RC0601", "`cvsecurity.kiosk_areas` can't be set: this server has no module ins.")
        for pin in ("101", "104")
    },
    "parking": {"vehicle/AB12": ("RC0601", "can't be put on a list: this server has no module park.")},
    "visitor": {},
}
"""By a module that is not licensed."""

EXPECTED: dict[tuple[str, object], Told] = {
    ("name_length", 2): {"employee/104": ("RC0701", "with the code -1. It answers that its program failed")},
    ("pin_length", 2): {f"employee/{pin}": ("RC0701", "with the code -29 (`code`)") for pin in ("104", "007")},
    ("pin_zeros", "dropped"): {"employee/007": ("RC0703", "does not have it")},
    ("several_cards", False): {
        "employee/101": ("RC0703", "`extra_cards` was written as (none), the target answered that this is done"),
        "employee/104": ("RC0703", "`extra_cards` was written as (hidden), the target answered that this is done"),
    },
    ("empty_members", "kept"): {"employee/101": ("RC0703", "the target answered that this is done, and it reads")},
    ("leaver_listed", True): {"employee/102": ("RC0703", "`resigned.")},
    ("push", "fails"): {"": ("RC0701", "could not be sent to its devices, so that they may not know yet who may")},
    **{("modules", tuple(other for other in MODULES if other != module)): SAID_WITHOUT[module] for module in MODULES},
}
"""What is complained of, besides what can't be read back; with all other values nothing is."""

STAYING = {("push", "fails"), ("modules", tuple(each for each in MODULES if each != "attendance"))}
"""Those with a complaint that nothing is left to do after all the same."""


def whole(number: int) -> Values:
    """An employee with everything, each their own."""
    return employee(
        first_name="Ana",
        last_name="Silva",
        gender="female",
        card=f"{number}1",
        extra_cards=[f"{number}2", f"{number}3"],
        email=f"{number}@example.org",
        mobile="0151",
        photo="photos/one.jpg",
        valid={"from": "2026-01-01", "until": "2026-12-31"},
        access_levels=["Office", "Lift", "Gate"],
        areas=["HQ"],
        attendance={"enabled": True},
        cvsecurity={"plate": f"A{number}", "kiosk_areas": ["7"]},
    )


def morning() -> Objects:
    return site() | {
        ("employee", "101"): whole(1),
        ("employee", "102"): employee("RND", first_name="Ben", areas=["HQ"]),
        ("employee", "103"): employee(on_remove="resign"),
        ("employee", "105"): employee(),
    }


def evening() -> Objects:
    """Everything that can become of people: changed and cleared, left, moved, and made; and two names exchanged."""
    objects = morning()
    objects["employee", "101"] |= {
        "department": "RND",
        "card": "81",
        "extra_cards": [],
        "mobile": None,
        "valid": {"from": "2026-01-01", "until": None},
        "gender": "male",
        "access_levels": ["Vault", "Side gate"],
        "areas": ["7"],
    }
    objects["employee", "102"] |= {"resigned": {"date": "2026-01-31", "type": "quit"}}
    objects["employee", "104"] = whole(4)
    objects["employee", "007"] = employee("RND", device_password={"env": "SECRET_123"})
    objects["vehicle", "AB12"] = {"list": "block"}
    objects["department", "RND"] = {"name": "Operations", "parent": None}
    objects["department", "OPS"] = {"name": "Research"}
    del objects["employee", "103"], objects["employee", "105"]
    return objects


class Morning(msgspec.Struct, frozen=True):
    """What a server holds, and where what is remembered of it lies, when the morning's work is done."""

    rows: dict[str, object]
    remembered: Path


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Morning:
    with gate(NEW, tmp_path_factory.mktemp("morning"), sync_person_grants=True) as here:
        here.objects = morning()
        here.settle()
        return Morning(here.server.dump(), here.root / ".reconciler")


def shown(value: object) -> str:
    if isinstance(value, tuple):
        return "without-" + "".join(module for module in MODULES if module not in value)
    return str(value)


@pytest.mark.parametrize(
    ("switch", "value"), [pytest.param(name, value, id=f"{name}-{shown(value)}") for name, value in FLIPS]
)
def test_each_switch_by_itself(switch: str, value: object, done: Morning, tmp_path: Path) -> None:
    with gate(NEW, tmp_path, **{"sync_person_grants": True, switch: value}) as here:
        _resume(here, done)
        expected = EXPECTED.get((switch, value), {})
        applied = here.apply()
        told = {(address or "hq/").removeprefix("hq/"): (code, detail) for code, address, detail in wrong(applied)}
        assert told.keys() == expected.keys(), told
        assert {at: (code, part) for at, (code, part) in expected.items() if part in told[at][1]} == expected
        assert [code for code, _ in told.values()] == [expected[at][0] for at in told]
        if expected and (switch, value) not in STAYING:
            return
        here.assert_settled() if not expected else _nothing_left(here)
        no_areas = shown(value) == "without-attendance"
        assert here.member_of("101") == [["D2"], [], ["P2"], ["HQ"] if no_areas else ["7"], ["7"]]


def _resume(here: Gate, done: Morning) -> None:
    shutil.copytree(done.remembered, here.root / ".reconciler")
    here.server.load(done.rows)
    here.objects = evening()


def _nothing_left(here: Gate) -> None:
    planned = here.plan()
    assert (planned.status, planned.steps) == (0, {})


def test_every_switch_is_turned() -> None:
    turned = {name for name, _ in FLIPS}
    assert turned == set(CvSecurityProfile.__struct_fields__) - {name for name, _ in APART}
    assert EXPECTED.keys() <= set(FLIPS)
