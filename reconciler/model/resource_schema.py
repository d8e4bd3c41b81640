"""The JSON Schema of resource files, derived from the declarations of the kinds.

An editor reads YAML by its own rules, so where a text is
wanted a number or a boolean passes too (`code: 007`), and where a scalar is wanted a text with an expression does.
"""

from collections.abc import Collection, Iterator

from reconciler.model.fields import Field, Kind, Type
from reconciler.model.kinds import PLURALS

Schema = dict[str, object]

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_EXPRESSION = r"\{\{"
_BLANK = r"^\s*$"  # clears, as null does
_TEXT = ["string", "number", "boolean"]
NAME: Schema = {"type": _TEXT, "pattern": r"\S"}
"""A text that can't be left empty."""

ANCHORS: Schema = {"^x-": {"description": "Ignored: a place for anchors."}}


def resource_schema() -> Schema:
    """The schema of a resource file."""
    kinds = PLURALS.values()
    return {
        "$schema": DIALECT,
        "title": "Reconciler resources",
        "description": "Objects that targets shall hold: a list per kind, or a table.",
        "type": "object",
        "minProperties": 1,
        "properties": {kind.plural: _collection(kind) for kind in kinds},
        "patternProperties": ANCHORS,
        "additionalProperties": False,
        "$defs": {
            **{kind.name: _mapping(kind.doc, kind.fields) for kind in kinds},
            **{f"{kind.name}_table": _table(kind) for kind in kinds},
            "secret": secret_reference(),
        },
    }


def field_schema(field: Field) -> Schema:
    """The schema of one field's value, with its description."""
    match field.type:
        case Type.BLOCK:
            return _mapping(field.doc, field.fields) | {"type": ["object", "null"]}
        case Type.MAP:
            labels = {"propertyNames": {"pattern": r"\S"}, "additionalProperties": _label(field)}
            return {"description": field.doc, "type": "object", **labels}
        case Type.SECRET:
            blank = [] if field.required else [{"type": "string", "pattern": _BLANK}]
            return {"description": field.doc, "anyOf": [{"$ref": "#/$defs/secret"}, *_nothing(field), *blank]}
        case Type.SET:
            members = {"type": "array", "items": NAME}
            expression = {"type": "string", "pattern": _EXPRESSION}
            return {"description": field.doc, "anyOf": [members, *_nothing(field), expression]}
        case Type.TEXT if field.sensitive:
            return _either(field, _plain_text(field), {"$ref": "#/$defs/secret"})
        case _:
            return _either(field, _scalar(field))


def _scalar(field: Field) -> Schema:
    """The schema of the values themselves, without null and expressions."""
    match field.type:
        case Type.INTEGER | Type.BOOLEAN:
            return {"type": field.type.value}
        case Type.DATE:
            return {"type": "string", "format": "date", "pattern": r"^\s*[0-9]{4}-[0-9]{2}-[0-9]{2}\s*$"}
        case Type.CHOICE:
            return {"enum": list(field.choices)}
        case Type.WORDS:
            word = f"(?:{'|'.join(field.choices)})"
            alone = "".join(f"{each}|" for each in field.alone)
            return {"type": "string", "pattern": rf"^\s*(?:{alone}{word}(?:\s*\+\s*{word})*)\s*$"}
        case _:
            return _plain_text(field)


def _plain_text(field: Field) -> Schema:
    if field.pattern is not None:  # it says nothing of numbers, so none passes
        return {"type": "string", **_length(field), "pattern": rf"^\s*(?:{field.pattern})\s*$"}
    return {"type": _TEXT, **_length(field), **({"pattern": r"\S"} if field.required else {})}


def _label(field: Field) -> Schema:
    """The schema of one label's value in a map."""
    return _either(field, {"type": _TEXT, **_length(field)})


def _length(field: Field) -> Schema:
    return {} if field.length is None else {"maxLength": field.length}


def _nothing(field: Field) -> list[Schema]:
    return [] if field.required else [{"type": "null"}]


def _either(field: Field, *forms: Schema) -> Schema:
    """One of the forms, or what a scalar may be besides: nothing where it can be cleared, and an expression."""
    besides = {"type": "string", "pattern": _EXPRESSION if field.required else f"{_BLANK}|{_EXPRESSION}"}
    return {"description": field.doc, "anyOf": [*forms, *_nothing(field), besides]}


def _mapping(doc: str, fields: tuple[Field, ...]) -> Schema:
    required = [field.name for field in fields if field.required]
    return {
        "description": doc,
        "type": "object",
        "properties": {field.name: field_schema(field) for field in fields},
        **({"required": required} if required else {}),
        "additionalProperties": False,
    }


def _collection(kind: Kind) -> Schema:
    objects = {"type": "array", "items": {"$ref": f"#/$defs/{kind.name}"}}
    return {
        "description": f"{kind.doc} Each item is one; a table takes them from a CSV file.",
        "anyOf": [objects, {"$ref": f"#/$defs/{kind.name}_table"}],
    }


def _table(kind: Kind) -> Schema:
    labels = [field for field in kind.fields if field.type is Type.MAP]
    return {
        "description": f"The {kind.plural} that the rows of a CSV file are.",
        "type": "object",
        "required": ["from_csv"],
        "properties": {
            "from_csv": {**NAME, "description": "The CSV file, relative to the project's root."},
            "map": {
                "description": "What gives each field its value, such as {{ row.number }}. Left out: columns are named "
                "like fields.",
                "type": "object",
                "properties": {path: field_schema(field) for path, field in _leaves(kind.fields, "")},
                "patternProperties": {
                    rf"^{each.name}\.": field_schema(each)["additionalProperties"] for each in labels
                },
                "required": [field.name for field in kind.fields if field.required],
                "additionalProperties": False,
            },
        },
        "additionalProperties": False,
    }


def _leaves(fields: tuple[Field, ...], prefix: str) -> Iterator[tuple[str, Field]]:
    """The fields that a column can be named like."""
    for field in fields:
        if field.type is Type.BLOCK:
            yield from _leaves(field.fields, f"{prefix}{field.name}.")
        elif field.type is not Type.MAP:
            yield prefix + field.name, field


def secret_reference(sources: Collection[str] = ("env", "file", "command", "table")) -> Schema:
    """The schema of a reference to a secret: a mapping with exactly one of the sources."""
    forms = {
        "env": {**NAME, "description": "The environment variable that holds the secret."},
        "file": {**NAME, "description": "The file that holds the secret, absolute or relative to the project's root."},
        "command": {
            "type": "array",
            "items": NAME,
            "minItems": 1,
            "description": "The program and its arguments that print the secret. There is no shell.",
        },
        "table": {**NAME, "description": "The table of secrets, declared in the project file, with the object's key."},
    }
    return {
        "description": "Where a secret is to be had.",
        "anyOf": [
            {"type": "object", "required": [name], "properties": {name: form}, "additionalProperties": False}
            for name, form in forms.items()
            if name in sources
        ],
    }
