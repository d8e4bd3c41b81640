"""Data to begin with, in the words of the manual, and made-up users."""

from collections.abc import Sequence
from typing import Annotated

import msgspec

from reconciler.simulator.device.checks import SHIFT_NUMBERS, Unit
from reconciler.simulator.device.state import Department, Privilege, Record, User
from reconciler.simulator.errors import SimulatorError

_FIRST = ("Ana", "Ben", "Chen", "Dora", "Emil", "Fatima", "Goran", "Hana", "Ivan", "Jana", "Karim", "Lena")
_LAST = ("Silva", "Weber", "Li", "Novak", "Haddad", "Okafor", "Kim", "Rossi", "Lopez", "Nagy", "Sato")
_WEEK = (100, 0, 0, 0, 0, 0, 100)


class SeedUser(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One user. A department that is not there is made; left out, it is the first."""

    id: str
    name: str = ""
    depart: str = ""
    privilege: Privilege = "user"
    password: str = ""
    card: str = ""
    fp: tuple[str, ...] = ()
    face: str = ""
    palm: tuple[str, ...] = ()


class SeedDepartment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One department, with the shifts of its week from Sunday."""

    name: str
    shift: Annotated[tuple[int, ...], msgspec.Meta(min_length=7, max_length=7)] = _WEEK


class SeedRecord(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One attendance record; `time` is such as 2020-04-01T08:10:05."""

    user_id: str
    time: str
    mode: str = "face"


class TerminalSeed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a terminal has to begin with, beside what the factory gave it."""

    users: Sequence[SeedUser] = ()
    departments: Sequence[SeedDepartment] = ()
    records: Sequence[SeedRecord] = ()


def seed(unit: Unit, rows: TerminalSeed) -> None:
    """Put rows into a terminal, in place of those of the same id or name. Raises SimulatorError for what it would not
    hold."""
    state = unit.state
    for department in rows.departments:
        if not set(department.shift) <= SHIFT_NUMBERS:
            raise SimulatorError(f"The department {department.name!r} of the seed has a shift that no terminal has.")
        _department(unit, department.name, department.shift)
    for user in rows.users:
        if not user.id:
            raise SimulatorError("A user of the seed has an empty id.")
        given = {name: getattr(user, name) for name in SeedUser.__struct_fields__ if name not in {"id", "depart"}}
        depart = user.depart or state.departments[0].name
        if all(it.name != depart for it in state.departments):
            _department(unit, depart, _WEEK)
        state.users[user.id] = User(depart=depart, **given)
    if len(state.users) > unit.capacity.users:
        raise SimulatorError(f"The seed has {len(state.users)} users; the terminal holds {unit.capacity.users}.")
    state.logs += [Record(record.user_id, record.time, record.mode) for record in rows.records]


def generate(unit: Unit, users: int) -> None:
    """Make up users 000001, 000002, … of the first department; always the same. Raises SimulatorError for more than
    the terminal holds."""
    made = [
        SeedUser(
            id=f"{number:06}",
            name=f"{_FIRST[number % len(_FIRST)]} {_LAST[number % len(_LAST)]}",
            card=f"{7_000_000_000 + number}",
        )
        for number in range(1, users + 1)
    ]
    seed(unit, TerminalSeed(users=made))


def _department(unit: Unit, name: str, shift: tuple[int, ...]) -> None:
    rest = tuple(it for it in unit.state.departments if it.name != name)
    if len(rest) >= unit.capacity.departments:
        raise SimulatorError(f"The seed has more than {unit.capacity.departments} departments.")
    unit.state.departments = (*rest, Department(name, shift))
