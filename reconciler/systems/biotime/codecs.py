"""Scalars between the language and the wire. `decode` never fails: what a server sends and the language has no word
for becomes a text that equals no word, so that it shows as a difference where the field is managed."""

from functools import partial

from reconciler.model.fields import Value
from reconciler.model.secret import Secret
from reconciler.systems.codec import Codec, choice


def text(value: object) -> str | None:
    """Text, trimmed; blank is None. Numbers become text, since servers hold a code such as 17 either way."""
    if type(value) is str:
        return value.strip() or None
    if value is None or isinstance(value, (dict, list)):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).strip() or None


_choice = partial(choice, text=text, empty=None)


def _masked(value: object) -> Secret | None:
    plain = text(value)
    return None if plain is None else Secret(plain)


def _date(value: object) -> str | None:
    """YYYY-MM-DD; some rows add a time of day, which means nothing here."""
    plain = text(value)
    if plain is not None and len(plain) > 10 and plain[10] in "T ":
        return plain[:10]
    return plain


_BOOLEANS = {"1": True, "0": False, "true": True, "false": False}


def _boolean(value: object) -> Value:
    if type(value) is bool:
        return value
    plain = text(value)
    return None if plain is None else _BOOLEANS.get(plain.lower(), plain)


def _same(value: Value) -> object:
    return value


def _number(value: Value) -> object:
    return int(value) if isinstance(value, bool) else value


TEXT = Codec(text, _same)
MASKED = Codec(_masked, _same)  # Secrets are revealed where the bytes leave
DATE = Codec(_date, _same)
BOOLEAN = Codec(_boolean, _same)
FLAG = Codec(_boolean, _number)  # JSON's booleans are rejected there [real: PYB]
GENDER = _choice({"female": "F", "male": "M"})
PRIVILEGE = _choice({"user": 0, "enroller": 2, "manager": 6, "admin": 14})
EMPLOYMENT = _choice({"official": 1, "temporary": 2, "probation": 3})
APP_ROLE = _choice({"employee": 1, "administrator": 2})
RESIGN_TYPE = _choice({"quit": 1, "dismissed": 2, "resigned": 3, "transferred": 4, "unpaid_leave": 5})

VERIFY_MODES = {
    "any": 0,
    "card": 4,
    "card+face": 18,
    "card+finger": 10,
    "card+finger+password": 12,
    "card+password": 11,
    "device": -1,
    "face": 15,
    "face+finger": 16,
    "face+finger+password": 20,
    "face+password": 17,
    "finger": 1,
    "finger+id": 8,
    "finger+id+password": 13,
    "finger+password": 9,
    "id": 2,
    "password": 3,
}
"""Words in alphabetical order to numbers. The numbers that are not here (5, 6, 7, 14, 19, 21 to 29) are alternatives
such as "card or finger", or mean hardware that the language has no word for."""

VERIFY_MODE = _choice(VERIFY_MODES)
