"""Access control (manual: Access control settings)."""

import msgspec

from reconciler.simulator.device.checks import (
    SUCCESS,
    Refused,
    Reply,
    Unit,
    clock_time,
    filled,
    flag,
    integer,
    members,
    moment,
    numbers,
    obj,
    setting,
    spoken,
    wrong,
)
from reconciler.simulator.device.state import RANGES, ZONES, Access, Json, items, raw, unused_range
from reconciler.simulator.device.users import found

_SETTING = ("monitor_tamper", "multi_verify_count", "unlock_time", "wiegand_format")


def get_zones(unit: Unit, payload: Json) -> Reply:
    """GetAcTimeZone: 255 day templates of 6 ranges."""
    members(unit, payload, ())
    return "AcTimeZone", {"zones": unit.state.zones}


def put_zones(unit: Unit, payload: Json) -> Reply:
    """SetAcTimeZone: all 255 at once. An invalid one is an Error, with its number, and changes nothing."""
    members(unit, payload, ("zones",))
    kept = unit.switches.partial_arrays == "kept"
    live = items(unit.state.zones) if kept else []
    unused = unused_range(unit.switches)

    def zone(at: int, item: object) -> object:
        old = live[at] if kept else None
        return filled(
            unit,
            item,
            "zones",
            RANGES,
            lambda _, span: _range(unit, at, span),
            lambda index: old[index] if isinstance(old, list) else unused,
        )

    rest = [unused] * RANGES
    zones = filled(unit, payload["zones"], "zones", ZONES, zone, lambda at: live[at] if kept else rest)
    unit.state.zones = raw(zones)
    return SUCCESS


def _range(unit: Unit, at: int, item: object) -> Json:
    span = obj(item, "zones")
    members(unit, span, ("end", "start"))
    empty = unit.switches.zone_empty == "accepted"
    start, end = (clock_time(span[name], name, empty=empty) for name in ("start", "end"))
    if unit.switches.zone_order == "refused" and (bool(start) != bool(end) or end < start):
        raise Refused("invalid_zone", at)
    return {"end": end, "start": start}


def get_user(unit: Unit, payload: Json) -> Reply:
    """GetAcUserInfo."""
    members(unit, payload, ("id",))
    access = found(unit, payload["id"]).access or Access()
    return "AcUserInfo", {"id": payload["id"], **_shown(access)}


def _shown(access: Access) -> Json:
    period = {"end": access.end, "start": access.start, "use": spoken(access.use, "true")}
    return {"time_zone": access.zones, "valid_period": period}


def put_user(unit: Unit, payload: Json) -> Reply:
    """SetAcUserInfo: a zone for each day of the week, from Sunday, and the valid period."""
    members(unit, payload, ("id",), ("time_zone", "valid_period"))
    user = found(unit, payload["id"])
    given = setting(
        unit, {name: value for name, value in payload.items() if name != "id"}, _shown(user.access or Access())
    )
    zones = given["time_zone"]
    period = obj(given["valid_period"], "valid_period")
    members(unit, period, ("end", "start", "use"))
    for name in ("start", "end"):
        moment(period[name], name)
    use = flag(unit, period["use"], "use", "true")
    if use and str(period["end"]) < str(period["start"]):
        raise wrong("valid_period")
    numbered = numbers(list(zones) if isinstance(zones, tuple) else zones, "time_zone", 7, range(ZONES))
    access = Access(numbered, use, str(period["start"]), str(period["end"]))
    unit.state.users[str(payload["id"])] = msgspec.structs.replace(user, access=access)
    return SUCCESS


def _setting(unit: Unit) -> Json:
    return dict(zip(_SETTING, unit.state.access, strict=True))


def get_setting(unit: Unit, payload: Json) -> Reply:
    """GetAcSetting."""
    members(unit, payload, ())
    return "AcSetting", _setting(unit)


def put_setting(unit: Unit, payload: Json) -> Reply:
    """SetAcSetting. The manual gives no range for multi_verify_count."""
    given = setting(unit, payload, _setting(unit))
    unit.state.access = (
        flag(unit, given["monitor_tamper"], "monitor_tamper", "true"),
        integer(given["multi_verify_count"], "multi_verify_count", 0, 255),
        integer(given["unlock_time"], "unlock_time", 0, 200),
        integer(given["wiegand_format"], "wiegand_format", 0, 2),
    )
    return SUCCESS
