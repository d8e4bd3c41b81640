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
        yield field
        yield from fields(field.fields)


EVERY = [
    pytest.param(field, id=f"{kind.name}-{field.name}") for kind in KINDS.values() for field in fields(kind.fields)
]


def takes(field: Field, value: object) -> bool:
    schema = {**field_schema(field), "$defs": DEFINITIONS}
    return Draft202012Validator(schema, format_checker=FormatChecker()).is_valid(value)


def examples(field: Field) -> tuple[list[object], list[object]]:
    """Values that the field takes and values that it does not, null and expressions apart."""
    match field.type:
        case Type.TEXT if field.pattern is not None:
            return ["a@b.cc", " a@b.cc "], ["a", "a@b", 7, True, [], {}]
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
            return [0, -7], ["7", 1.5, True, []]
        case Type.BOOLEAN:
            return [True, False], ["true", "no", 1, []]
        case Type.DATE:
            return ["2024-02-29"], ["2023-02-29", "20240229", "2024-2-9", "29.02.2024", 2024, True, []]
        case Type.CHOICE:
            return list(field.choices), [field.choices[0].upper(), "other", 1, True, []]
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
        case Type.SET:
            return [[], ["a"], ["a", 7, "a"]], ["a", [None], [""], [[]], {"a": 1}, 7]
        case Type.SECRET:
            return [*REFERENCES, ""], [*NOT_REFERENCES, "literal", 1234, "{{ var.pin }}"]
        case Type.MAP:
            return [{}, {"Any label": "a", "b": 7, "c": None}], [[], "a", {" ": "a"}, {"a": []}, {"a": {}}]
        case Type.BLOCK:
            return [], [[], "a", 7, {"unknown": 1}]


@pytest.mark.parametrize("field", EVERY)
def test_values(field: Field) -> None:
    good, bad = examples(field)
    assert ([value for value in good if not takes(field, value)], [value for value in bad if takes(field, value)]) == (
        [],
        [],
    )


@pytest.mark.parametrize("field", EVERY)
def test_null_clears_what_is_not_required(field: Field) -> None:
    assert takes(field, None) is not (field.required or field.type is Type.MAP)


@pytest.mark.parametrize("field", EVERY)
def test_an_expression_may_stand_for_a_scalar_or_a_set(field: Field) -> None:
    expected = field.type not in {Type.BLOCK, Type.MAP, Type.SECRET}
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
]


@pytest.mark.parametrize(("document", "valid"), DOCUMENTS)
def test_documents(document: object, valid: bool) -> None:
    assert Draft202012Validator(resource_schema(), format_checker=FormatChecker()).is_valid(document) is valid
