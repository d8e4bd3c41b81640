"""What the resources' schema takes for each field, whatever kinds and fields there are."""

from collections.abc import Iterator

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from reconciler.model.fields import Field, Type
from reconciler.model.kinds import KINDS
from reconciler.model.resource_schema import field_schema, resource_schema

DEFINITIONS = resource_schema()["$defs"]
REFERENCES = [{"env": "A"}, {"file": "a"}, {"command": ["a", "b"]}, {"table": "a"}]
NOT_REFERENCES = [
    {},
    {"env": "A", "file": "a"},
    {"env": ""},
    {"env": None},
    {"command": "a"},
    {"command": []},
    {"var": "a"},
]


def fields(of: tuple[Field, ...]) -> Iterator[Field]:
    for field in of:
        if not field.derived:
            yield field
            yield from fields(field.fields)


EVERY = [
    pytest.param(field, id=f"{kind.name}-{field.name}") for kind in KINDS.values() for field in fields(kind.fields)
]


def takes(field: Field, value: object) -> bool:
    schema = {**field_schema(field), "$defs": DEFINITIONS}
    return Draft202012Validator(schema, format_checker=FormatChecker()).is_valid(value)


STRUCTURES = {Type.WEEK, Type.DAYS, Type.CYCLE, Type.BELLS, Type.ROWS}
OF_PATTERNS = {
    # name of a text field with a pattern: (texts of the form, others)
    "email": (["a@b.cc", " a@b.cc "], ["a", "a@b"]),
    "name": (["lobby", "EAST-1_b"], ["a b", "a/b"]),
}
OF_TYPES: dict[Type, tuple[list[object], list[object]]] = {
    Type.BOOLEAN: ([True, False], ["true", "no", 1, []]),
    Type.DATE: (["2024-02-29"], ["2023-02-29", "20240229", "2024-2-9", "29.02.2024", 2024, True, []]),
    Type.SECRET: (REFERENCES, [*NOT_REFERENCES, "literal", 1234, "{{ var.pin }}"]),
    Type.MAP: ([{}, {"Any label": "a", "b": 7, "c": None}], [[], "a", {" ": "a"}, {"a": []}, {"a": {}}]),
    Type.BLOCK: ([], [[], "a", 7, {"unknown": 1}]),
    Type.FILE: (["pki/door.pem"], [{"file": "a"}, []]),
    Type.PHOTO: (["photos/7.jpg"], [{"file": "a"}, []]),
    Type.TIMEZONE: (["Europe/Berlin"], [[], {}]),
    Type.URL: (
        ["http://192.168.0.5", " https://door.example:8443 ", "https://a/b?c#d"],
        ["192.168.0.5", "ftp://a", "http://", "http://a b", 7, True, [], {}],
    ),
    Type.MOMENT: (["2026-01-31", "2026-01-31T08:00:00"], ["2026-1-31", "2026-01-31 08:00:00", 2026, {}]),
    Type.DURATION: (["60s", "1m", "5000ms"], ["60", 60, "1h", "s"]),
    Type.ADDRESS: (["192.168.0.1", " 10.0.0.255 "], ["192.168.0", "192.168.0.256", "::1", 10, []]),
    Type.INTERFACE: (["192.168.0.5/24", "10.0.0.1/8"], ["192.168.0.5", "192.168.0.5/33", "192.168.0.5/255.255.255.0"]),
    Type.WEEK: (
        [{}, {"mon-fri": "08:00-18:00", "sat": ["09:00-12:00", "22:00-24:00"], "sun": []}, {"daily": "{{ var.a }}"}],
        ["mon", [], {"Mon": "08:00-18:00"}, {"mon": "8:00-18:00"}, {"mon": "08:00-24:30"}, {"mon": None}],
    ),
    Type.DAYS: (
        [{"mon-fri": "day", "sat-sun": "holiday"}, {"daily": 7}],
        ["day", {}, {"monday": "day"}, {"mon": None}, {"mon": ["day"]}],
    ),
    Type.CYCLE: (
        [{"from": "2026-01-05", "cycle": ["day", 7]}, {"from": "{{ var.a }}", "cycle": "{{ var.b.split() }}"}],
        ["day", {"from": "2026-01-05"}, {"cycle": ["day"]}, {"from": "5.1.2026", "cycle": ["day"]}]
        + [{"from": "2026-01-05", "cycle": cycle} for cycle in ([], ["day"] * 101, "day", [None])],
    ),
    Type.RANGES: (
        ["08:00-12:00", ["08:00-12:00"], ["08:00-12:00", "13:00-17:00", "18:00-24:00"]],
        [[], ["08:00-09:00"] * 4, ["8:00-9:00"], {"a": "08:00-12:00"}, 8],
    ),
    Type.BELLS: (
        [[], [{"at": "08:00", "days": days, "ring": "30s", "output": "both"} for days in ("mon-fri", ["mon", "sat"])]],
        ["08:00", [{"at": "08:00", "days": "mon-fri", "ring": "30s"}], [None]]
        + [
            [{"at": "08:00", "days": "daily", "ring": "30s", "output": "both"} | wrong]
            for wrong in ({"at": "24:00"}, {"days": []}, {"days": "all"}, {"ring": "4s"}, {"output": "out"}, {"x": 1})
        ]
        + [[{"at": "08:00", "days": "daily", "ring": "30s", "output": "both"}] * 25],
    ),
    Type.ROWS: (
        [[], [{"ssid": "one", "key": {"env": "A"}}, {"ssid": "two", "key": None}]],
        ["one", {}, [{}], [{"ssid": "one", "key": "hush"}], [{"ssid": "one", "unknown": 1}]],
    ),
}


def examples(field: Field) -> tuple[list[object], list[object]]:
    """Values that the field takes and values that it does not, null and expressions apart."""
    match field.type:
        case Type.TEXT if field.pattern is not None:
            good, bad = OF_PATTERNS[field.name]
            return list(good), [*bad, 7, True, [], {}]
        case Type.TEXT:
            long = "x" * ((field.length or 99) + 1)
            references = (REFERENCES, NOT_REFERENCES) if field.sensitive else ([], REFERENCES)
            return ["a", "Null", 7, 1.5, True, *references[0]], [
                [],
                {},
                *([long] if field.length else []),
                *references[1],
            ]
        case Type.INTEGER:
            bounds = [bound for bound in (field.minimum, field.maximum) if bound is not None]
            outside = [each for each in (bounds[0] - 1, bounds[-1] + 1) if not bounds[0] <= each <= bounds[-1]]
            return list(bounds), [*outside[: len(bounds)], "7", 1.5, True, []]
        case Type.CHOICE:
            numbers = [int(each) for each in field.choices if each.isdecimal()]
            return [*field.choices, *numbers], [f"{field.choices[0]}x", "other", 1, True, []]
        case Type.WORDS:
            both = "+".join(reversed(field.choices))
            mixed = f"{field.choices[0]}+{field.alone[0]}"
            return [*field.choices, *field.alone, both, both.replace("+", " + ")], [
                "other",
                "+",
                mixed,
                f"{both}+",
                1,
                [],
            ]
        case Type.SET if field.choices:
            return [[], [field.choices[0]], list(field.choices)], [field.choices[0], ["other"], [None], {}, 7]
        case Type.LIST if field.sensitive:
            long = "x" * ((field.length or 99) + 1)
            return [[], ["a", 7], ["a", *REFERENCES]], ["a", {"env": "A"}, [long], [None], [""], 7, [NOT_REFERENCES[0]]]
        case Type.SET:
            return [[], ["a"], ["a", 7, "a"]], ["a", [None], [""], [[]], {"a": 1}, 7]
        case Type.LIST:
            return [[], ["9.9.9.9"], ["9.9.9.9", "8.8.8.8"]], ["9.9.9.9", ["a"], ["9.9.9.9"] * 3, [None], 7]
        case _:
            return OF_TYPES[field.type]


@pytest.mark.parametrize("field", EVERY)
def test_values(field: Field) -> None:
    good, bad = examples(field)
    assert ([value for value in good if not takes(field, value)], [value for value in bad if takes(field, value)]) == (
        [],
        [],
    )


@pytest.mark.parametrize("field", EVERY)
def test_null_clears_what_is_not_required(field: Field) -> None:
    assert takes(field, None) is not (field.required or field.lasting or field.type is Type.MAP)


@pytest.mark.parametrize("field", EVERY)
def test_so_does_an_empty_scalar(field: Field) -> None:
    scalar = field.type not in {Type.BLOCK, Type.MAP, Type.SET, Type.LIST, Type.RANGES, *STRUCTURES}
    assert takes(field, "") is (scalar and not (field.required or field.lasting))


@pytest.mark.parametrize("field", EVERY)
def test_an_expression_may_stand_for_a_scalar_or_a_set(field: Field) -> None:
    expected = field.type not in {Type.BLOCK, Type.MAP, Type.SECRET, *STRUCTURES}
    assert takes(field, "{{ var.anything_that_may_be_quite_long_in_the_file | lower }}") is expected


def test_required_fields_of_a_block_are_required() -> None:
    (resigned,) = (field for field in KINDS["employee"].fields if field.name == "resigned")
    whole: dict[str, object] = {"date": "2026-01-31", "type": "quit"}
    assert takes(resigned, whole)
    assert [name for name in whole if takes(resigned, {**whole, name: None})] == []
    assert [name for name in whole if takes(resigned, {key: whole[key] for key in whole if key != name})] == []


DOCUMENTS = [
    # (document, whether it is valid)
    ({"employees": [{"code": 7, "department": "1"}]}, True),
    ({"employees": []}, True),
    ({"x-shared": {"anything": [1]}, "areas": [{"code": "A", "name": "A"}]}, True),
    ({}, False),
    ([], False),
    (None, False),
    ({"employee": []}, False),
    ({"employees": None}, False),
    ({"employees": {"code": 7, "department": "1"}}, False),
    ({"employees": [{"code": 7}]}, False),
    ({"employees": [None]}, False),
    ({"departments": [{"code": "1", "name": "A", "parnet": "2"}]}, False),
    ({"employees": {"from_csv": "a.csv"}}, True),
    ({"employees": {"map": {}}}, False),
    ({"employees": {"from_csv": None}}, False),
    ({"employees": {"from_csv": "a.csv", "map": {"code": "{{ row.a }}", "department": "1"}}}, True),
    ({"employees": {"from_csv": "a.csv", "map": {"code": "{{ row.a }}"}}}, False),
    ({"employees": {"from_csv": "a.csv", "map": {"code": "1", "department": "1", "resigned.type": "quit"}}}, True),
    ({"employees": {"from_csv": "a.csv", "map": {"code": "1", "department": "1", "attributes.Any": None}}}, True),
    ({"employees": {"from_csv": "a.csv", "map": {"code": "1", "department": "1", "lifecycle.ignore": ["card"]}}}, True),
    ({"employees": {"from_csv": "a.csv", "map": {"code": "1", "department": "1", "lifecycle": None}}}, False),
    ({"employees": {"from_csv": "a.csv", "map": {"code": "1", "department": "1", "gender": "x"}}}, False),
    ({"employees": {"from_csv": "a.csv", "sheet": 1}}, False),
    ({"employees": [{"code": 7, "department": "1", "access": []}]}, False),
    ({"settings": [{"name": "volume"}]}, False),
    ({"device_profiles": [{"name": "door", "settings": {"volume": 5, "clock": {"max_skew": "1m"}}}]}, True),
    ({"device_profiles": [{"name": "door", "settings": {"volum": 5}}]}, False),
    ({"device_profiles": [{"name": "door", "settings": {"name": "volume"}}]}, False),
    ({"device_profiles": [{"name": "door", "settings": {"locked": False}}]}, False),
    ({"devices": [{"name": "lobby", "url": "http://lobby", "settings": {}}]}, True),
    ({"devices": [{"name": "lobby", "url": "http://lobby", "settings": None}]}, False),
    ({"devices": [{"name": "lobby", "url": "http://lobby", "settings": {"attendance_upload": None}}]}, True),
    ({"vehicles": [{"plate": "A", "list": "allow", "from": None, "to": "2026-01-31"}]}, True),
    ({"vehicles": [{"plate": "A"}]}, False),
    ({"access_levels": [{"name": "A", "cvsecurity": {"doors": ["North", "South"]}}]}, True),
    ({"employees": [{"code": 7, "department": "1", "cvsecurity": {"certificate": None, "kiosk_areas": [1]}}]}, True),
    ({"employees": [{"code": 7, "department": "1", "cvsecurity": {"certificate": {"type": 0}}}]}, False),
    ({"devices": {"from_csv": "a.csv", "map": {"name": "a", "url": "http://a", "settings.volume": 5}}}, True),
    ({"devices": {"from_csv": "a.csv", "map": {"name": "a", "url": "http://a", "settings.volume": 0}}}, False),
]


@pytest.mark.parametrize(("document", "valid"), DOCUMENTS)
def test_documents(document: object, valid: bool) -> None:
    assert Draft202012Validator(resource_schema(), format_checker=FormatChecker()).is_valid(document) is valid
