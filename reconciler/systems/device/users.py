"""Users of a terminal, one by one (manual: User synchronization, GetAcUserInfo, GetUserShift)."""

from collections.abc import Collection, Mapping
from datetime import datetime

import msgspec

from reconciler.model.fields import Value, decimal
from reconciler.model.schedules.texts import valid_of_texts, valid_texts
from reconciler.model.schedules.valid import Valid
from reconciler.model.secret import Secret
from reconciler.systems.device.client import Terminal, no_such_user
from reconciler.transport.failure import Failure, Sent

Numbers = tuple[int, ...]
Roster = tuple[str, Numbers]
"""When it starts, and its 100 numbers."""

WIRE = {
    "nickname": "name",
    "department": "depart",
    "privilege": "privilege",
    "card": "card",
    "device_password": "password",
}
"""GetUserInfo's member of each path."""

MASKED = frozenset({"card", "device_password"})
VALID = ("valid.from", "valid.until")
ACCESS = frozenset({"access", *VALID})

_FIRST, _LAST = datetime(2000, 1, 1), datetime(2099, 12, 31, 23, 59, 59)  # noqa: DTZ001  terminals know no zones
"""What stands for an open end."""


class User(msgspec.Struct, frozen=True):
    """What a terminal says of a user. `week` and `roster` are None where they were not asked for."""

    values: dict[str, Value]
    week: Numbers | None = None
    roster: Roster | None = None


def read_ids(terminal: Terminal) -> tuple[list[str], int]:
    """The ids of all users, and how many pages they came in. Raises Failure (RC0602) for a list that never ends,
    repeats itself, or whose positions do not count its ids."""
    ids: dict[str, None] = {}
    pages = start = 0
    while True:
        payload = terminal.ask("GetUserIdList", {"start_pos": start} if start else {})
        page, following = payload.get("user_id"), payload.get("next_page_pos")
        if not isinstance(page, list) or not all(isinstance(each, str) and each for each in page):
            raise terminal.senseless("GetUserIdList", "there is no array of ids in it")
        repeated = len(set(page)) < len(page) or not ids.keys().isdisjoint(page)
        ids |= dict.fromkeys(page)
        pages += 1
        if repeated:
            raise incomplete(terminal, "it names a user twice")
        if following is None:
            return list(ids), pages
        if not page or following != start + len(page):
            raise incomplete(terminal, f"after {len(ids)} users it says that position {following!s:.20} is next")
        start = len(ids)


def incomplete(terminal: Terminal, why: str) -> Failure:
    """The failure of a list of users that can't be all."""
    detail = (
        f"The list of users of {terminal.target.name} is not complete: {why}. Somebody may be changing users at the "
        "terminal just now. Nothing is changed there; run it again."
    )
    return Failure(Sent.REFUSED, "RC0602", detail)


def read_user(terminal: Terminal, key: str, paths: Collection[str]) -> User | None:
    """One user, with what `paths` needs; None when there is none of this id. Raises Failure.

    What needs hardware that the terminal lacks is not asked for.
    """
    week = roster = None
    try:
        values = user_values(terminal.ask("GetUserInfo", {"id": key}))
        if terminal.facts.capabilities.access_control and not ACCESS.isdisjoint(paths):
            access = terminal.ask("GetAcUserInfo", {"id": key})
            week = week_numbers(terminal, access)
            values |= valid_values(access.get("valid_period"))
        if "roster" in paths:
            roster = read_roster(terminal, key)
    except Failure as failure:
        if no_such_user(failure):  # it went since the list was read
            return None
        raise
    return User(values, week, roster)


def user_values(info: Mapping[str, object]) -> dict[str, Value]:
    """The values of GetUserInfo's payload; it leaves out what the terminal has no hardware for."""
    return {path: _value(path, info[member]) for path, member in WIRE.items() if member in info}


def _value(path: str, given: object) -> Value:
    text = "" if given is None else str(given).strip()
    if not text:
        return None
    if path == "card":
        text = decimal(text)
    return Secret(text) if path in MASKED else text


def week_numbers(terminal: Terminal, access: Mapping[str, object]) -> Numbers:
    """The template numbers of GetAcUserInfo's payload, Sunday first. Raises Failure."""
    return _numbers(terminal, "GetAcUserInfo", access.get("time_zone"))


def read_roster(terminal: Terminal, key: str) -> Roster:
    """A user's roster. Raises Failure."""
    payload = terminal.ask("GetUserShift", {"id": key})
    start = payload.get("shift_start_day")
    return start if isinstance(start, str) else "", _numbers(terminal, "GetUserShift", payload.get("shift"))


def _numbers(terminal: Terminal, command: str, value: object) -> Numbers:
    if not isinstance(value, list) or not all(type(number) is int for number in value):
        raise terminal.senseless(command, "there is no array of numbers in it")
    return tuple(value)


def valid_values(period: object) -> dict[str, Value]:
    """The bounds of GetAcUserInfo's valid_period: none while it is not in use, whatever its dates say (B4 20). A text
    that is no time differs from every bound, and so is overwritten."""
    valid = _valid(period)
    if valid is None:
        return dict.fromkeys(VALID, "not a time")
    return {f"valid.{bound}": text for bound, text in valid_texts(valid).items()}


def _valid(period: object) -> Valid | None:
    given = period if isinstance(period, dict) else {}
    if given.get("use") is not True:
        return Valid()
    try:
        start, end = (datetime.fromisoformat(str(given.get(name))).replace(tzinfo=None) for name in ("start", "end"))
    except ValueError:
        return None
    return Valid(None if start == _FIRST else start, None if end == _LAST else end)


def wire_period(values: Mapping[str, Value], live: object) -> dict[str, object]:
    """The valid_period that has these bounds; a bound that is not among them stays as in the `live` one."""
    had = valid_texts(_valid(live) or Valid())
    start, until = (values.get(path, had[path.removeprefix("valid.")]) for path in VALID)
    if start is None and until is None:
        dates = live if isinstance(live, dict) else {}
        unused = {name: dates.get(name, _FIRST.isoformat()) for name in ("start", "end")}
        return {"use": False, **unused}
    valid = valid_of_texts(*(text if isinstance(text, str) else None for text in (start, until)))
    return {"use": True, "start": (valid.start or _FIRST).isoformat(), "end": (valid.end or _LAST).isoformat()}
