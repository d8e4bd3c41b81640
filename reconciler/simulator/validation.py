"""What a body must hold: the checks of Django REST framework, whose errors are {"field": ["text"]}."""

import re
from collections.abc import Callable
from datetime import date

import msgspec

from reconciler.simulator.profile import Profile
from reconciler.simulator.schema import ATTENDANCE, Collection, Column, columns
from reconciler.simulator.store import Row, Store
from reconciler.simulator.texts import text

Errors = dict[str, list[str]]
Body = dict[str, object]

_EMAIL = re.compile(r"[^@\s]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_LARGEST = 2**31 - 1
_TRUE = {"true", "t", "yes", "y", "on", "1"}
_FALSE = {"false", "f", "no", "n", "off", "0"}


class Context(msgspec.Struct, frozen=True):
    """What a check looks at besides the value."""

    profile: Profile
    store: Store
    language: str


class _Invalid(Exception):
    """A value that a field does not take: the name of the text, and its values."""

    def __init__(self, name: str, **values: object) -> None:
        super().__init__(name)
        self.name = name
        self.values = values


def clean(context: Context, collection: Collection, body: Body, *, partial: bool) -> tuple[Row, Errors]:
    """The fields of a body that the collection has, as rows hold them (blank text is None), and what is wrong with
    them. Members that nobody knows are dropped without a word, as the real servers do."""
    given = _shaped(context.profile, collection, body)
    values: Row = {}
    errors: Errors = {}
    for column in columns(context.profile, collection):
        try:
            if column.name in given:
                values[column.name] = _value(context, column, given[column.name])
            elif column.required and not partial:
                raise _Invalid("required")
        except _Invalid as error:
            errors[column.name] = [text(context.language, error.name, **error.values)]
    return values, errors


def _shaped(profile: Profile, collection: Collection, body: Body) -> Body:
    if collection.name != "employees":
        return body
    given = {name: value for name, value in body.items() if name not in profile.dropped_fields}
    if profile.attendance == "nested":
        flags = given.pop("attemployee", None)
        given = {name: value for name, value in given.items() if name not in ATTENDANCE.values()}
        if isinstance(flags, dict):
            given |= {ATTENDANCE[name]: value for name, value in flags.items() if name in ATTENDANCE}
    return given


def _value(context: Context, column: Column, value: object) -> object:
    if value is None:
        flag = column.type in {"boolean", "status"}
        if column.required or (flag and context.profile.null_flags == "refused"):
            raise _Invalid("null")
        return None
    return _CHECKS[column.type](context, column, value)


def _text(context: Context, column: Column, value: object) -> object:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not isinstance(value, str) and not (number and context.profile.number_text):
        raise _Invalid("string")
    found = str(value).strip() if context.profile.trim_text else str(value)
    if not found:
        if column.required:
            raise _Invalid("blank")
        return None
    if column.length and len(found) > column.length:
        raise _Invalid("length", length=column.length)
    return found


def _email(context: Context, column: Column, value: object) -> object:
    found = _text(context, column, value)
    if found is not None and not _EMAIL.fullmatch(str(found)):
        raise _Invalid("email")
    return found


def _date(_context: Context, _column: Column, value: object) -> object:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise _Invalid("date")
    try:
        date.fromisoformat(value)
    except ValueError:
        raise _Invalid("date") from None
    return value


def _integer(_context: Context, _column: Column, value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise _Invalid("integer")
    try:
        number = int(value)
    except ValueError:
        raise _Invalid("integer") from None
    if abs(number) > _LARGEST:
        raise _Invalid("integer")
    return number


def _choice(_context: Context, column: Column, value: object) -> object:
    if value == "":
        return None
    by_text = {str(choice): choice for choice in column.choices}
    if isinstance(value, bool) or str(value) not in by_text:
        raise _Invalid("choice", value=value)
    return by_text[str(value)]


def _boolean(_context: Context, _column: Column, value: object) -> object:
    word = str(value).lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise _Invalid("boolean")


def _status(context: Context, _column: Column, value: object) -> object:
    if isinstance(value, bool) and context.profile.status_booleans:
        return int(value)
    if isinstance(value, bool) or str(value) not in {"0", "1"}:
        raise _Invalid("choice", value=str(value))
    return int(str(value))


def _pk(context: Context, column: Column, value: object) -> object:
    if value == "" and not column.required:
        return None
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise _Invalid("pk_type", type=type(value).__name__)
    try:
        identity = int(value)
    except ValueError:
        raise _Invalid("pk_type", type="str") from None
    if context.store.get(column.target, identity) is None:
        raise _Invalid("pk", value=value)
    return identity


def _pks(context: Context, column: Column, value: object) -> object:
    if not isinstance(value, list):
        raise _Invalid("list", type=type(value).__name__)
    if not value and context.profile.area_empty == "refused":
        raise _Invalid("empty_list")
    # A set of links in the database: no repeats, and no order of its own.
    return sorted({int(str(_pk(context, column, item))) for item in value})


_CHECKS: dict[str, Callable[[Context, Column, object], object]] = {
    "text": _text,
    "email": _email,
    "date": _date,
    "integer": _integer,
    "choice": _choice,
    "boolean": _boolean,
    "status": _status,
    "pk": _pk,
    "pks": _pks,
}
