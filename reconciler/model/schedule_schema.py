"""The JSON Schema of the schedules in resource files."""

from collections.abc import Callable, Mapping

from reconciler.model.fields import Field, Type
from reconciler.model.schedules.bells import OUTPUTS, RINGS
from reconciler.model.schedules.days import DAYS
from reconciler.model.schedules.rosters import ROSTER_DAYS

_Schema = dict[str, object]

_DAY = f"(?:{'|'.join(DAYS)})"
_SPAN = f"(?:daily|{_DAY}(?:-{_DAY})?)"
_KEY: _Schema = {"pattern": rf"^\s*{_SPAN}\s*$"}
_TIME = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_RANGE = rf"{_TIME}-(?:{_TIME}|24:00)"
_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_NAME: _Schema = {"type": ["string", "number", "boolean"], "pattern": r"\S"}
_EXPRESSION: _Schema = {"type": "string", "pattern": r"\{\{"}


def _form(pattern: str) -> _Schema:
    """A text of this form, or one with an expression."""
    return {"type": "string", "pattern": rf"^\s*{pattern}\s*$|\{{\{{"}


def _one_or_more(form: _Schema, most: int | None = None, least: int = 0) -> _Schema:
    bounds = {**({"minItems": least} if least else {}), **({} if most is None else {"maxItems": most})}
    return {"anyOf": [form, {"type": "array", "items": form, **bounds}]}


def _week(_field: Field) -> _Schema:
    return {
        "type": "object",
        "propertyNames": _KEY,
        "additionalProperties": _one_or_more(_form(_RANGE)),
    }


def _days(_field: Field) -> _Schema:
    return {"type": "object", "minProperties": 1, "propertyNames": _KEY, "additionalProperties": _NAME}


def _cycle(_field: Field) -> _Schema:
    names = {"type": "array", "items": _NAME, "minItems": 1, "maxItems": ROSTER_DAYS}
    return _mapping(
        {
            "from": {**_form(_DATE), "description": "The first day."},
            "cycle": {"anyOf": [names, _EXPRESSION], "description": "The shifts, day by day."},
        }
    )


def _ranges(field: Field) -> _Schema:
    return _one_or_more(_form(_RANGE), field.most, 1)


def _bells(field: Field) -> _Schema:
    bell = _mapping(
        {
            "at": {**_form(_TIME), "description": "The time."},
            "days": {
                **_one_or_more({"type": "string", "pattern": rf"{_SPAN}|\{{\{{"}, least=1),
                "description": "Days.",
            },
            "ring": {"anyOf": [{"enum": list(RINGS)}, _EXPRESSION], "description": "How long it rings."},
            "output": {"anyOf": [{"enum": list(OUTPUTS)}, _EXPRESSION], "description": "Where it rings."},
        }
    )
    bound = {} if field.most is None else {"maxItems": field.most}
    return {"type": "array", "items": bell, **bound}


def _mapping(properties: Mapping[str, _Schema]) -> _Schema:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


SCHEDULES: Mapping[Type, Callable[[Field], _Schema]] = {
    Type.WEEK: _week,
    Type.DAYS: _days,
    Type.CYCLE: _cycle,
    Type.RANGES: _ranges,
    Type.BELLS: _bells,
}
"""What makes the schema of a schedule's values, without null."""
