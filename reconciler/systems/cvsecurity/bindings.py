"""What the engine has to know of each kind, derived from the tables of wire.py."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from reconciler.systems.base import Binding
from reconciler.systems.cvsecurity import codecs
from reconciler.systems.cvsecurity.wire import (
    ATTENDANCE,
    CONTROLS,
    DEPARTMENT,
    LEAVE,
    LEVEL,
    LEVEL_DOORS,
    PERSON,
    VEHICLE,
    ZONES,
    Column,
)


def _lengths(columns: Iterable[Column], *more: str) -> dict[str, int | None]:
    return {column.path: column.length for column in columns} | dict.fromkeys(more)


def _fixed(columns: Iterable[Column]) -> frozenset[str]:
    """What null can't clear. A flag that is not set reads as false."""
    return frozenset(column.path for column in columns if column.fixed or column.codec is codecs.FLAG)


def _write_only(columns: Iterable[Column], *more: str) -> frozenset[str]:
    return frozenset({*(column.path for column in columns if column.write_only), *more})


_PERSON = (*PERSON.columns, *ATTENDANCE.columns, *LEAVE.columns)
_DOOR, *_OTHERS = (control.path for control in CONTROLS.values())
_ZONES = tuple(zone.path for zone in ZONES)

_EMPLOYEE = Binding(
    kind="employee",
    lengths=_lengths(_PERSON, _DOOR, *_OTHERS, *_ZONES, "photo"),
    key_length=PERSON.key_length,
    create=frozenset({"department"}),
    fixed=_fixed(_PERSON),
    write_only=_write_only(_PERSON, *_OTHERS, *_ZONES, "photo"),
    choices={"verify_mode": frozenset(codecs.VERIFY_MODES)},
    unique=frozenset({"card", "device_password", "email", "extra_cards"}),  # -23, -26, -71
    removals=frozenset({"delete", "disable", "forget", "resign"}),
    renames=False,
)

_BINDINGS = (
    Binding(
        kind="department",
        lengths=_lengths(DEPARTMENT.columns),
        key_length=DEPARTMENT.key_length,
        create=frozenset({"name"}),
        fixed=_fixed(DEPARTMENT.columns),
        unique=frozenset({"name"}),  # on the whole server (-12)
        renames=False,
    ),
    Binding(kind="area", lengths={}, read_only=True),
    Binding(
        kind="access_level",
        lengths=_lengths(LEVEL.columns, "control", LEVEL_DOORS[0]),
        fixed=_fixed(LEVEL.columns) | {"control", LEVEL_DOORS[0]},
        write_only=_write_only(LEVEL.columns, LEVEL_DOORS[0]),
    ),
    _EMPLOYEE,
    Binding(
        kind="vehicle",
        lengths=_lengths(VEHICLE.columns),
        create=frozenset({"list"}),
        fixed=_fixed(VEHICLE.columns),
        write_only=_write_only(VEHICLE.columns),
    ),
)

BINDINGS: Mapping[str, Binding] = MappingProxyType({binding.kind: binding for binding in _BINDINGS})
"""The bindings by kind, what is referred to first."""
