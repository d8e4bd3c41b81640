"""Texts of a certain form to their canonical form. Each function takes the field and a text that is trimmed and not
empty, and raises ValueError with full sentences."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from ipaddress import IPv4Address, IPv4Interface
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from reconciler.model.fields import Field, Type
from reconciler.model.schedules.texts import valid_texts
from reconciler.model.schedules.valid import Valid, parse_valid
from reconciler.model.words import cited, nearest

_DURATION = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?) ?(ms|s|m)")
_SECONDS = {"ms": Decimal("0.001"), "s": Decimal(1), "m": Decimal(60)}
_NETWORK = re.compile(r"/[0-9]{1,2}")


def moment(field: Field, text: str) -> str:
    """A date where that says enough, else YYYY-MM-DDTHH:MM:SS."""
    bound = "until" if field.end else "from"
    found = parse_valid({bound: text})
    if not isinstance(found, Valid):
        raise ValueError(" ".join(mistake.detail for mistake in found))
    return valid_texts(found)[bound] or text


def duration(field: Field, text: str) -> str:
    """Whole seconds, as `60s`."""
    found = _DURATION.fullmatch(text)
    if not found:
        raise ValueError(f"{cited(text)} is not a duration. Write seconds or minutes, such as 30s or 1m.")
    seconds = Decimal(found[1]) * _SECONDS[found[2]]
    if seconds != int(seconds):
        raise ValueError(f"{cited(text)} is not a whole number of seconds. Write whole ones, such as 1s.")
    least, most = field.minimum or 0, field.maximum
    if seconds < least or (most is not None and seconds > most):
        bounds = f"{least}s or more" if most is None else f"{least}s to {most}s"
        raise ValueError(f"{cited(text)} is out of bounds. Write {bounds}.")
    return f"{int(seconds)}s"


def address(_field: Field, text: str) -> str:
    try:
        return str(IPv4Address(text))
    except ValueError:
        raise ValueError(f"{cited(text)} is not an address of IP version 4, such as 192.168.0.1.") from None


def interface(_field: Field, text: str) -> str:
    """An address with the length of its network."""
    host, slash, length = text.partition("/")
    try:
        if not _NETWORK.fullmatch(slash + length):
            raise ValueError
        return str(IPv4Interface(text).with_prefixlen)
    except ValueError:
        example = f"{host}/24" if _is_address(host) else "192.168.0.5/24"
        detail = f"{cited(text)} is not an address with the length of its network. Write it such as {example}."
        raise ValueError(detail) from None


def _is_address(text: str) -> bool:
    try:
        IPv4Address(text)
    except ValueError:
        return False
    return True


def zone(_field: Field, text: str) -> str:
    """A time zone that is in the system's database."""
    try:
        ZoneInfo(text)
    except (ValueError, KeyError, OSError):  # OSError: the name of a folder, such as Europe
        hint = nearest(text, available_timezones()) or " Write one such as Europe/Berlin."
        raise ValueError(f"There is no time zone {cited(text)}.{hint}") from None
    return text


class Unsafe(ValueError):
    """A text that would do, were it safe."""


def url(_field: Field, text: str) -> str:
    """A url of http or https. Raises Unsafe for one with credentials, and quotes none: there may be some in it."""
    try:
        parts = urlsplit(text)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or any(character.isspace() for character in text):
        raise ValueError("A url is wanted here, such as https://time.example.com:8443.")
    if "@" in parts.netloc:
        raise Unsafe(
            "A url holds no user name or password: it is printed everywhere. Write those of a server under auth, and a "
            "terminal's key as api_key."
        )
    return text


FORMS: Mapping[Type, Callable[[Field, str], str]] = {
    Type.MOMENT: moment,
    Type.DURATION: duration,
    Type.ADDRESS: address,
    Type.INTERFACE: interface,
    Type.TIMEZONE: zone,
    Type.URL: url,
}
