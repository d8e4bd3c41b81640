"""The JSON Schema of resource files, derived from the declarations of the kinds.

An editor reads YAML by its own rules, so where a text is wanted a number or a boolean passes too (`code: 007`), and
where a scalar is wanted a text with an expression does.
"""

from collections.abc import Collection, Iterator

import msgspec

from reconciler.model.fields import Field, Kind, Type
from reconciler.model.kinds import LISTS
from reconciler.model.schedule_schema import SCHEDULES
from reconciler.model.terminals import SETTINGS

Schema = dict[str, object]

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_EXPRESSION = r"\{\{"
_BLANK = r"^\s*$"  # clears, as null does
_BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_ADDRESS = rf"{_BYTE}(?:\.{_BYTE}){{3}}"
_TEXT = ["string", "number", "boolean"]
NAME: Schema = {"type": _TEXT, "pattern": r"\S"}
"""A text that can't be left empty."""

ANCHORS: Schema = {"^x-": {"description": "Ignored: a place for anchors."}}


def resource_schema() -> Schema:
    """The schema of a resource file."""
    kinds = LISTS.values()
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
            SETTINGS.name: _settings(),
            "secret": secret_reference(),
        },
    }


def _settings() -> Schema:
    """Of all settings, which devices and profiles share."""
    return _mapping(SETTINGS.doc, tuple(field for field in SETTINGS.fields if field.name != SETTINGS.key))


def field_schema(field: Field) -> Schema:
    """The schema of one field's value, with its description."""
    match field.type:
        case Type.BLOCK if field.name == SETTINGS.name:
            return {"$ref": f"#/$defs/{SETTINGS.name}"}
        case Type.BLOCK:
            whole = _mapping(field.doc, field.fields)
            return whole if field.lasting else whole | {"type": ["object", "null"]}
        case Type.MAP:
            labels = {"propertyNames": {"pattern": r"\S"}, "additionalProperties": _label(field)}
            return {"description": field.doc, "type": "object", **labels}
        case Type.SECRET:
            blank = [] if not _clears(field) else [{"type": "string", "pattern": _BLANK}]
            return {"description": field.doc, "anyOf": [{"$ref": "#/$defs/secret"}, *_nothing(field), *blank]}
        case Type.SET | Type.LIST:
            bound = {} if field.most is None else {"maxItems": field.most}
            members = {"type": "array", "items": _member(field), **bound}
            expression = {"type": "string", "pattern": _EXPRESSION}
            return {"description": field.doc, "anyOf": [members, *_nothing(field), expression]}
        case Type.ROWS:
            rows = {"type": "array", "items": _mapping(field.doc, field.fields)}
            return {"description": field.doc, "anyOf": [rows, *_nothing(field)]}
        case Type.WEEK | Type.DAYS | Type.CYCLE | Type.RANGES | Type.BELLS:
            return {"description": field.doc, "anyOf": [SCHEDULES[field.type](field), *_nothing(field)]}
        case Type.TEXT if field.sensitive:
            return _either(field, _plain_text(field), {"$ref": "#/$defs/secret"})
        case _:
            return _either(field, _scalar(field))


def _scalar(field: Field) -> Schema:
    """The schema of the values themselves, without null and expressions."""
    match field.type:
        case Type.INTEGER:
            return {"type": "integer", **_bounds(field)}
        case Type.BOOLEAN:
            return {"type": "boolean"}
        case Type.MOMENT:
            return {"type": "string", "pattern": r"^\s*[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}:[0-9]{2})?\s*$"}
        case Type.DURATION:
            return {"type": "string", "pattern": r"^\s*[0-9]{1,9}(?:\.[0-9]{1,9})? ?(?:ms|s|m)\s*$"}
        case Type.ADDRESS:
            return {"type": "string", "pattern": rf"^\s*{_ADDRESS}\s*$"}
        case Type.INTERFACE:
            return {"type": "string", "pattern": rf"^\s*{_ADDRESS}/(?:[12]?[0-9]|3[0-2])\s*$"}
        case Type.URL:
            return {"type": "string", "pattern": r"^\s*https?://[^\s/?#]+(?:[/?#]\S*)?\s*$"}
        case Type.DATE:
            return {"type": "string", "format": "date", "pattern": r"^\s*[0-9]{4}-[0-9]{2}-[0-9]{2}\s*$"}
        case Type.CHOICE:
            numbers = [int(each) for each in field.choices if each.isdecimal()]
            return {"enum": [*field.choices, *numbers]}
        case Type.WORDS:
            word = f"(?:{'|'.join(field.choices)})"
            alone = "".join(f"{each}|" for each in field.alone)
            return {"type": "string", "pattern": rf"^\s*(?:{alone}{word}(?:\s*\+\s*{word})*)\s*$"}
        case _:
            return _plain_text(field)


def _bounds(field: Field) -> Schema:
    bounds = {"minimum": field.minimum, "maximum": field.maximum}
    return {name: bound for name, bound in bounds.items() if bound is not None}


def _member(field: Field) -> Schema:
    """The schema of one member of a set or a list."""
    if field.choices:
        return {"anyOf": [{"enum": list(field.choices)}, {"type": "string", "pattern": _EXPRESSION}]}
    if field.members is not Type.TEXT:
        form = _scalar(msgspec.structs.replace(field, type=field.members))
        return {"anyOf": [form, {"type": "string", "pattern": _EXPRESSION}]}
    text: Schema = NAME | _length(field)
    return {"anyOf": [text, {"$ref": "#/$defs/secret"}]} if field.sensitive else text


def _plain_text(field: Field) -> Schema:
    if field.pattern is not None:  # it says nothing of numbers, so none passes
        return {"type": "string", **_length(field), "pattern": rf"^\s*(?:{field.pattern})\s*$"}
    return {"type": _TEXT, **_length(field), **({} if _clears(field) else {"pattern": r"\S"})}


def _label(field: Field) -> Schema:
    """The schema of one label's value in a map."""
    return _either(field, {"type": _TEXT, **_length(field)})


def _length(field: Field) -> Schema:
    return {} if field.length is None else {"maxLength": field.length}


def _nothing(field: Field) -> list[Schema]:
    return [{"type": "null"}] if _clears(field) else []


def _clears(field: Field) -> bool:
    return not field.required and not field.lasting


def _either(field: Field, *forms: Schema) -> Schema:
    """One of the forms, or what a scalar may be besides: nothing where it can be cleared, and an expression."""
    besides = {"type": "string", "pattern": f"{_BLANK}|{_EXPRESSION}" if _clears(field) else _EXPRESSION}
    return {"description": field.doc, "anyOf": [*forms, *_nothing(field), besides]}


def _mapping(doc: str, fields: tuple[Field, ...]) -> Schema:
    required = [field.name for field in fields if field.required]
    return {
        "description": doc,
        "type": "object",
        "properties": {field.name: field_schema(field) for field in fields if not field.derived},
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
        elif field.type is not Type.MAP and not field.derived:
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
