"""Scalars between the language and the wire. None is the language's empty value; on the wire "" clears, since null and
a member that is left out keep what is stored (manual 2.13.7). `decode` never fails: what a server sends and the
language has no word for becomes a text that equals no word, so that it shows as a difference where it is managed."""

from functools import partial

from reconciler.model.fields import Value
from reconciler.model.secret import Digested, Secret
from reconciler.systems.codec import Codec, choice

CLEARED = ""
PASSWORD_DIGITS = 6


def text(value: object) -> str | None:
    """Text, trimmed. Blank values vary between null, "" and the text null; numbers and codes come either way."""
    if type(value) is str:
        plain = value.strip()
        return None if plain in ("", "null") else plain
    if value is None or isinstance(value, (dict, list)):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


_choice = partial(choice, text=text, empty=CLEARED)


def listed(value: object) -> tuple[str, ...]:
    """The members of texts that are separated by commas, or of an array: sorted, each once."""
    parts = value if isinstance(value, list) else (text(value) or "").split(",")
    return tuple(sorted({plain for part in parts if (plain := text(part)) is not None}))


def _as_it_is(value: Value) -> object:
    return CLEARED if value is None else value


def _masked(value: object) -> Secret | None:
    plain = text(value)
    return None if plain is None else Secret(plain)


def _cards(value: object) -> Secret | None:
    numbers = listed(value)
    return Secret(",".join(numbers)) if numbers else None


def _date(value: object) -> str | None:
    """YYYY-MM-DD; a time of day behind it means nothing here."""
    plain = text(value)
    return plain[:10] if plain is not None and len(plain) > 10 and plain[10] in "T " else plain


def _flag(value: object) -> Value:
    """false where there is nothing: isDisabled of who is not disabled may be null."""
    plain = text(value)
    return {None: False, "true": True, "1": True, "false": False, "0": False}.get(plain and plain.lower(), plain)


def _moment(midnight: str) -> Codec:
    """`midnight` is the time that a day alone stands for; yyyy-MM-dd HH:mm:ss on the wire (manual 2.13.1)."""

    def decode(value: object) -> Value:
        plain = text(value)
        if plain is None or len(plain) < 19:
            return plain
        day, time = plain[:10], plain[11:19]
        return day if time == midnight else f"{day}T{time}"

    def encode(value: Value) -> object:
        if not isinstance(value, str):
            return CLEARED
        day, _, time = value.partition("T")
        return f"{day} {time or midnight}"

    return Codec(decode, encode)


def password_problem(password: Value) -> str | None:
    """What is wrong with a device password: a server answers -1, which names no reason (manual 2.13.7)."""
    if not isinstance(password, Secret) or isinstance(password, Digested):  # of a digest nothing is known
        return None
    text = password.reveal()
    if text.isascii() and text.isdigit() and len(text) <= PASSWORD_DIGITS:
        return None
    return f"`device_password` is not 1 to {PASSWORD_DIGITS} digits, which is what cvsecurity holds."


def _gender(value: object) -> Value:
    """M and F, or the words themselves (manual 2.13.1, 2.13.7)."""
    plain = text(value)
    return None if plain is None else {"M": "male", "F": "female"}.get(plain.upper(), plain.lower())


def _number(value: object) -> Value:
    plain = text(value)
    return int(plain) if plain is not None and plain.isascii() and plain.isdecimal() else plain


TEXT = Codec(text, _as_it_is)
NUMBER = Codec(_number, lambda value: CLEARED if value is None else str(value))
MASKED = Codec(_masked, _as_it_is)  # Secrets are revealed where the bytes leave
CARDS = Codec(_cards, _as_it_is)
DATE = Codec(_date, _as_it_is)
FLAG = Codec(_flag, lambda value: value if isinstance(value, bool) else False)
FROM = _moment("00:00:00")
UNTIL = _moment("23:59:59")
GENDER = Codec(_gender, _choice({"female": "F", "male": "M"}).encode)
PRIVILEGE = _choice({"user": 0, "enroller": 2, "manager": 6, "admin": 14})
LEAVE_TYPE = _choice({"quit": "1", "dismissed": "2", "resigned": "3", "transferred": "4", "unpaid_leave": "5"})
PARK_LIST = _choice({"allow": "0", "block": "1"})

VERIFY_MODES = {
    "any": 0,
    "card": 4,
    "card+face": 18,
    "card+finger": 10,
    "card+finger+password": 12,
    "card+password": 11,
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
"""Words in alphabetical order to numbers (manual 2.24.5). The numbers that are not here are alternatives such as "card
or password", or mean hardware that the language has no word for; 19 is printed with the words of 20."""

VERIFY_MODE = _choice(VERIFY_MODES)
