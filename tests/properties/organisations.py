"""Strategies: small organisations as files hold them, what happened on a server meanwhile, and faults."""

from typing import Any

from hypothesis import strategies as st

from reconciler.simulator import Fault

Objects = dict[str, list[dict[str, Any]]]
Drift = tuple[str, str, str]

UNITS = {
    "departments": ("1", "D1", "D2", "D3", "D4"),  # "1" is built in on every server
    "areas": ("A1", "A2", "A3"),
    "positions": ("P1", "P2", "P3"),
}
PEOPLE = ("E1", "E2", "E3", "E4", "E5", "U1")
CARDS = ("101", "102", "103", "104", "105", "106")
NAMES = ("Alpha", "Beta", "007", "no", "Ångström")
FIELDS: dict[str, tuple[Any, ...]] = {
    "first_name": ("Ana", "Ben", None),
    "city": ("Porto", "1e3", None),
    "gender": ("female", "male", None),
    "hire_date": ("2024-02-29", None),
    "privilege": ("user", "admin"),
    "attendance": ({"enabled": True}, {"enabled": False}),
}


@st.composite
def organisations(draw: st.DrawFn) -> Objects:
    """Trees of units, and people with some of their fields. A1 is always there, as a selection names it; parents and
    cards are always said, since a value that is left alone may stand in the way of one that is asked for."""
    found: Objects = {kind: draw(_trees(codes)) for kind, codes in UNITS.items()}
    departments, areas, positions = ([each["code"] for each in found[kind]] for kind in UNITS)
    people = draw(st.lists(st.sampled_from(PEOPLE), unique=True)) if departments else []
    cards = draw(st.permutations(CARDS))
    found["employees"] = [
        {
            "code": code,
            "department": draw(st.sampled_from(departments)),
            "areas": draw(st.lists(st.sampled_from(areas), min_size=1, unique=True)),
            "card": draw(st.sampled_from([cards[number], None])),
            **draw(_some_fields(positions)),
        }
        for number, code in enumerate(people)
    ]
    return found


@st.composite
def _trees(draw: st.DrawFn, codes: tuple[str, ...]) -> list[dict[str, Any]]:
    chosen = draw(st.lists(st.sampled_from(codes), unique=True))
    if "A1" in codes and "A1" not in chosen:
        chosen.append("A1")
    return [
        {
            "code": code,
            "name": draw(st.sampled_from(NAMES)),
            "parent": draw(st.sampled_from([None, *chosen[:number]])) if code != "1" else None,
        }
        for number, code in enumerate(chosen)
    ]


@st.composite
def _some_fields(draw: st.DrawFn, positions: list[str]) -> dict[str, Any]:
    values = {name: st.sampled_from(values) for name, values in FIELDS.items()}
    values["position"] = st.sampled_from([None, *positions])
    values["lifecycle"] = st.sampled_from([{"ignore": ["first_name"]}, {"ignore": ["attendance", "city"]}])
    return draw(st.fixed_dictionaries({}, optional=values))


@st.composite
def histories(draw: st.DrawFn) -> tuple[Objects, Objects]:
    """An organisation and a later one, in which some objects have a new key."""
    earlier, later = draw(organisations()), draw(organisations())
    for kind, listed in later.items():
        before, after = ({each["code"] for each in objects[kind]} - {"1"} for objects in (earlier, later))
        free = draw(st.permutations(sorted(before - after)))
        for each, old in zip((each for each in listed if each["code"] in after - before), free, strict=False):
            if draw(st.booleans()):
                each["was"] = old
    return earlier, later


drifts: st.SearchStrategy[list[Drift]] = st.lists(
    st.one_of(
        st.tuples(st.just("visitor"), st.sampled_from(("U1", "U2")), st.sampled_from(("", *UNITS["departments"]))),
        st.tuples(st.just("first_name"), st.sampled_from(PEOPLE), st.sampled_from(("Drift", ""))),
        st.tuples(st.just("department"), st.sampled_from(PEOPLE), st.sampled_from(UNITS["departments"])),
        st.tuples(st.just("gone"), st.sampled_from(PEOPLE), st.just("")),
        st.tuples(st.sampled_from(sorted(UNITS)), st.sampled_from(("D1", "A2", "P1", "V1")), st.just("Drifted")),
    ),
    max_size=4,
)

settings_of_targets = st.fixed_dictionaries(
    {"prune": st.sampled_from(["owned", "all", "never"])},
    optional={"select": st.just({"areas": ["A1"]})},
)

faults: st.SearchStrategy[list[Fault]] = st.lists(
    st.builds(
        Fault,
        effect=st.sampled_from(["status", "drop", "html", "garbage", "cut", "shift"]),
        status=st.sampled_from([429, 500, 503]),
        retry_after=st.just("0"),
        commit=st.booleans(),
        method=st.sampled_from([None, "GET", "POST", "PATCH", "DELETE"]),
        path=st.sampled_from(["/personnel/", "/employees/", "/departments/"]),
        change=st.just("insert"),
        nth=st.integers(1, 9),
        count=st.integers(1, 4),
    ),
    min_size=1,
    max_size=3,
)
