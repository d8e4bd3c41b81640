"""What commands work with, and the checks of what they are given: each refuses with the code of an Error.

The manual has one code, user_id_not_exists, and a real terminal was seen to say unknown_command; the others are the
simulator's own."""

import datetime
import re
from collections.abc import Callable, Collection
from typing import Literal, TypeVar

import msgspec

from reconciler.simulator.device.state import Json, Security, State
from reconciler.simulator.device.switches import Capabilities, Capacity, Switches

Reply = tuple[str, object]
"""A response's `result` and `payload`."""

SUCCESS: Reply = ("Success", {})

Dialect = Literal["yes", "on", "true"]
_DIALECTS: dict[Dialect, tuple[object, object]] = {"yes": ("no", "yes"), "on": ("off", "on"), "true": (False, True)}
_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")

T = TypeVar("T")


class Refused(Exception):
    """A command that fails: the `code` and `arguments` of its Error."""

    def __init__(self, code: str, *arguments: object) -> None:
        super().__init__(code)
        self.code = code
        self.arguments = list(arguments)


class Unit(msgspec.Struct, kw_only=True):
    """One terminal without its network. `clock` gives the seconds since 1970; the terminal's own clock is off that by
    `state.clock_offset` seconds and shows UTC at the factory's setting. `home` is the address that DHCP gives it;
    `delivered` is its security as the factory made it."""

    state: State
    switches: Switches
    capabilities: Capabilities
    capacity: Capacity
    versions: Json
    clock: Callable[[], float]
    home: str = "127.0.0.1"
    delivered: Security = Security()

    def now(self) -> str:
        """The terminal's date and time, local and without a zone, as it writes them."""
        moment = datetime.datetime.fromtimestamp(round(self.clock() + self.state.clock_offset, 6), datetime.UTC)
        return moment.strftime("%Y-%m-%dT%H:%M:%S")


def wrong(name: str) -> Refused:
    """The refusal of one member of a payload."""
    return Refused("invalid_parameter", name)


def members(unit: Unit, payload: Json, required: Collection[str], optional: Collection[str] = ()) -> None:
    """Refuse a payload that lacks a required member, or has one that the manual does not have."""
    for name in required:
        if name not in payload:
            raise wrong(name)
    if unit.switches.unknown_members == "refused":
        for name in payload:
            if name not in required and name not in optional:
                raise wrong(name)


def setting(unit: Unit, payload: Json, live: Json) -> Json:
    """The members of a setting as they shall be; `live` is what they are and so says which there are."""
    merged = unit.switches.partial_settings == "merged"
    members(unit, payload, () if merged else live, live)
    return live | {name: value for name, value in payload.items() if name in live}


def integer(value: object, name: str, low: int, high: int) -> int:
    """A number from low to high."""
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise wrong(name)
    return value


def text(value: object, name: str) -> str:
    """Any text."""
    if not isinstance(value, str):
        raise wrong(name)
    return value


def identity(value: object, name: str = "id") -> str:
    """A user's id: text that is not empty."""
    if not text(value, name):
        raise wrong(name)
    return str(value)


def array(value: object, name: str) -> list[object]:
    """Any array."""
    if not isinstance(value, list):
        raise wrong(name)
    return value


def obj(value: object, name: str) -> Json:
    """Any object."""
    if not isinstance(value, dict):
        raise wrong(name)
    return value


def flag(unit: Unit, value: object, name: str, dialect: Dialect) -> bool:
    """A boolean in its dialect: "yes", "on" or true and their opposites."""
    dialects = _DIALECTS.values() if unit.switches.booleans == "any" else [_DIALECTS[dialect]]
    for off, on in dialects:
        # 1 == True in Python, never in JSON.
        if type(value) is type(on) and value in (off, on):
            return bool(value == on)
    raise wrong(name)


def spoken(value: bool, dialect: Dialect) -> object:
    """A boolean in its dialect."""
    return _DIALECTS[dialect][value]


def clock_time(value: object, name: str, *, empty: bool) -> str:
    """A time HH:MM, or "" where that may be."""
    if value == "" and empty:
        return ""
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise wrong(name)
    return value


def moment(value: object, name: str) -> datetime.datetime:
    """A date and time such as 2020-04-01T16:05:11, without an offset."""
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise wrong(name)
    try:
        return datetime.datetime.fromisoformat(value).replace(tzinfo=datetime.UTC)
    except ValueError:
        raise wrong(name) from None


def filled(
    unit: Unit, value: object, name: str, length: int, check: Callable[[int, object], T], rest: Callable[[int], T]
) -> list[T]:
    """An array of `length` items, each checked; `rest` gives the item that a shorter array does not have, where the
    terminal takes such."""
    given = array(value, name)
    if len(given) > length or (len(given) < length and unit.switches.partial_arrays == "refused"):
        raise wrong(name)
    found = [check(index, item) for index, item in enumerate(given)]
    return found + [rest(index) for index in range(len(found), length)]


def numbers(value: object, name: str, length: int, allowed: Collection[int]) -> tuple[int, ...]:
    """An array of exactly `length` numbers out of those that are allowed."""
    given = array(value, name)
    if len(given) != length:
        raise wrong(name)
    found = [integer(item, name, 0, 10**9) for item in given]
    if not set(found) <= set(allowed):
        raise wrong(name)
    return tuple(found)


SHIFT_NUMBERS = frozenset((*range(24), 24, 25, 100))
"""GetUserShift and GetDeptList: one of 24 shifts, business trip, leave, holiday."""
