"""Devices, doors, readers and floors: read, and opened from afar (manual 2.9, 2.11, 2.12, 2.14)."""

from collections.abc import Callable

from reconciler.simulator.cvsecurity.call import Call, Result, Site
from reconciler.simulator.cvsecurity.codes import Refused
from reconciler.simulator.cvsecurity.paging import bare, wrapped
from reconciler.simulator.cvsecurity.store import Row

Answer = Callable[[Site, Call], Result]

_DEVICE = ("id", "sn", "name", "type", "state", "module")
_DOOR = ("id", "name", "deviceId")
_READER = ("id", "doorId", "name", "readerNo", "readerState")
_FLOOR = ("id", "floorNo", "name", "deviceId")
_STATE: Row = {"connect": "1", "sensor": "no sensor", "alarm": "none", "relay": "off"}
_MEMBERS = {"devices": _DEVICE, "doors": _DOOR, "readers": _READER, "floors": _FLOOR}
_INTERVALS = range(1, 255)
"""How long a door may be opened from afar, in seconds (-45)."""


def v1(table: str) -> Answer:
    """The bare list of a table."""
    return lambda site, call: Result(bare(_rows(site, table), call.query, lambda row: _shape(table, row)))


def v2(table: str) -> Answer:
    """The list of a table in the wrapper that counts; devices have `status` in place of `state`."""

    def shape(row: Row) -> Row:
        found = _shape(table, row)
        return {("status" if name == "state" else name): value for name, value in found.items()}

    return lambda site, call: Result(wrapped(site, _rows(site, table), call.query, shape))


def _rows(site: Site, table: str) -> list[Row]:
    return list(site.store.tables[table].values())


def _shape(table: str, row: Row) -> Row:
    return {name: row.get(name) for name in _MEMBERS[table]}


def device(site: Site, call: Call) -> Result:
    """device/getAcc."""
    return Result(_shape("devices", _device(site, call.key("sn"))))


def reader(site: Site, call: Call) -> Result:
    """reader/getAcc; nothing is said of one that is not there."""
    row = site.store.get("readers", call.key("id"))
    return Result(_shape("readers", row) if row else None)


def door(site: Site, call: Call) -> Result:
    """door/get."""
    return Result(_shape("doors", _door(site, call.key("id"))))


def all_states(site: Site, _call: Call) -> Result:
    """door/allDoorState."""
    return Result([_state(row) for row in _rows(site, "doors")])


def state_by_id(site: Site, call: Call) -> Result:
    """door/doorStateById."""
    return Result(_state(_door(site, call.key("doorId"))))


def states_by_sn(site: Site, call: Call) -> Result:
    """door/doorStateBySn."""
    found = _device(site, call.key("deviceSn"))
    return Result([_state(row) for row in _rows(site, "doors") if row.get("deviceId") == found["id"]])


def by_id(site: Site, call: Call) -> Result:
    """door/remoteOpenById and remoteCloseById."""
    _door(site, call.key("doorId"))
    return _interval(call)


def by_name(site: Site, call: Call) -> Result:
    """door/remoteOpenByName and remoteCloseByName."""
    name = call.key("doorName")
    if not name:
        raise Refused("door_name_blank")
    if not site.store.having("door_name", name):
        raise Refused("no_door")
    return _interval(call)


def floor_by_id(_site: Site, call: Call) -> Result:
    """floor/remoteOpenById; nothing is said of a floor that is not there."""
    if not call.key("floorId"):
        raise Refused("floor_blank")
    seconds = call.query.get("interval", "").strip()
    if not seconds:
        raise Refused("floor_interval_blank")
    if not seconds.isdigit() or int(seconds) == 0:
        raise Refused("floor_interval")
    return Result()


def _interval(call: Call) -> Result:
    """Closing names no interval."""
    seconds = call.query.get("interval")
    if seconds is not None and not (seconds.strip().isdigit() and int(seconds) in _INTERVALS):
        raise Refused("interval")
    return Result()


def _door(site: Site, identity: str) -> Row:
    if not identity:
        raise Refused("door_blank")
    row = site.store.get("doors", identity)
    if row is None:
        raise Refused("no_door")
    return row


def _device(site: Site, sn: str) -> Row:
    if not sn:
        raise Refused("sn_blank")
    row = site.store.get("devices", sn)
    if row is None:
        raise Refused("no_device")
    return row


def _state(row: Row) -> Row:
    return {**_shape("doors", row), **_STATE}
