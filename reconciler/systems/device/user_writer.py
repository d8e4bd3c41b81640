"""Writing users of a terminal: SetUserInfo, then SetAcUserInfo, then SetUserShift (manual: User synchronization)."""

from collections.abc import Callable, Mapping

import msgspec

from reconciler.model.fields import Value
from reconciler.model.secret import Secret
from reconciler.systems.device.client import WritingTerminal, no_such_user
from reconciler.systems.device.users import VALID, WIRE, Numbers, Roster, wire_period
from reconciler.transport.failure import Failure

Told = Callable[[str], None]
"""Told what is done so far, as a sentence, after each call that wrote something."""

_ORDINARY = "user"
_CARRIED = ("name", "depart", "privilege", "password", "card", "fp", "face", "palm")


class Written(msgspec.Struct, frozen=True):
    """What is to be written of a user: the values by path, and the numbers that the terminal has for a week and a
    roster among them."""

    key: str
    values: Mapping[str, Value]
    week: Numbers | None = None
    roster: Roster | None = None


def create_user(terminal: WritingTerminal, user: Written, told: Told) -> None:
    """Creates a user; without a word about it in the files an ordinary one. One that can't be given its times is taken
    away again: a new user's own may let it pass at any time (B4 15). Raises Failure."""
    given = {member: text for member, text in _members(user.values).items() if text != ""}
    terminal.do("SetUserInfo", {"id": user.key, "privilege": _ORDINARY, **given})
    told("The user was created, but not all of it was written.")
    try:
        _put_rest(terminal, user, told)
    except Failure:
        if user.week is not None:
            _take_back(terminal, user.key, told)
        raise


def _take_back(terminal: WritingTerminal, key: str, told: Told) -> None:
    try:
        delete_user(terminal, key)
    except Failure:
        told("The user was created, could not be given its times, and could not be deleted again: look at it there.")
    else:
        told("The user could not be given its times, and so was deleted again.")


def update_user(terminal: WritingTerminal, user: Written, told: Told) -> None:
    """Writes what is among the values, and nothing else. Raises Failure."""
    if members := _members(user.values):
        terminal.do("SetUserInfo", {"id": user.key, **members})
        told("The user was changed, but not all of it was written.")
    _put_rest(terminal, user, told)


def rename_user(terminal: WritingTerminal, old: str, user: Written, told: Told) -> None:
    """Gives a user another id: all that the old one has, templates of fingerprints, faces and palms too, is written to
    the new one, and then the old one is deleted. Raises Failure."""
    info = terminal.ask("GetUserInfo", {"id": old})
    has_access = terminal.facts.capabilities.access_control
    access = terminal.ask("GetAcUserInfo", {"id": old}) if has_access else None
    shifts = terminal.ask("GetUserShift", {"id": old})
    carried = {member: _hidden(info[member]) for member in _CARRIED if info.get(member) not in (None, "", [])}
    members = {**carried, **_members(user.values)}
    terminal.do("SetUserInfo", {"id": user.key, **members})
    told(f"The user was written under the new id, and {old} is still there.")
    if access is not None:
        _put_access(terminal, user, access)
    start, numbers = user.roster or (shifts.get("shift_start_day"), shifts.get("shift"))
    terminal.do("SetUserShift", {"id": user.key, "shift": numbers, "shift_start_day": start})
    delete_user(terminal, old)


def delete_user(terminal: WritingTerminal, key: str) -> None:
    """Deletes a user; one that is not there any more is fine. Raises Failure."""
    try:
        terminal.do("DeleteUserInfo", {"id": key})
    except Failure as failure:
        if not no_such_user(failure):
            raise


def _put_rest(terminal: WritingTerminal, user: Written, told: Told) -> None:
    if user.week is not None or not user.values.keys().isdisjoint(VALID):
        whole = user.week is not None and all(path in user.values for path in VALID)
        _put_access(terminal, user, {} if whole else terminal.ask("GetAcUserInfo", {"id": user.key}))
        told("The user was changed, but its roster was not written.")
    if user.roster is not None:
        start, numbers = user.roster
        terminal.do("SetUserShift", {"id": user.key, "shift": list(numbers), "shift_start_day": start})


def _put_access(terminal: WritingTerminal, user: Written, live: Mapping[str, object]) -> None:
    """A week and a valid period go together: what is not to be written stays as it is."""
    week = live.get("time_zone") if user.week is None else list(user.week)
    period = wire_period(user.values, live.get("valid_period"))
    terminal.do("SetAcUserInfo", {"id": user.key, "time_zone": week, "valid_period": period})


def _members(values: Mapping[str, Value]) -> dict[str, object]:
    """SetUserInfo's members; an empty text clears (B4 21)."""
    return {WIRE[path]: "" if value is None else value for path, value in sorted(values.items()) if path in WIRE}


def _hidden(value: object) -> object:
    """The same, so that no message shows it."""
    if isinstance(value, list):
        return [_hidden(each) for each in value]
    return Secret(value) if isinstance(value, str) else value
