"""The white and the black list of cars: there is no call that reads them (manual 2.3)."""

from reconciler.simulator.cvsecurity.call import Call, Result, Site, date
from reconciler.simulator.cvsecurity.codes import Refused
from reconciler.simulator.cvsecurity.store import Row

_TYPES = {"0": "white", "1": "black"}
_PLATE_MAX = 20


def add(site: Site, call: Call) -> Result:
    """parkAuthorize/addBlackWhite; a car that is listed already is changed."""
    site.store.put("parking", _listed(call))
    return Result()


def edit(site: Site, call: Call) -> Result:
    """parkAuthorize/editBlackWhite: the car oldCarNumber, under its new number."""
    row, old = _listed(call), call.query.get("oldCarNumber", "").strip()
    if site.store.get("parking", old) is None:
        raise Refused("plate")
    site.store.remove("parking", old)
    site.store.put("parking", row)
    return Result()


def delete(site: Site, call: Call) -> Result:
    """parkAuthorize/delBlackWhite."""
    plate = _plate(call)
    if site.store.get("parking", plate) is None:
        raise Refused("plate")
    site.store.remove("parking", plate)
    return Result()


def _listed(call: Call) -> Row:
    kind = _TYPES.get(call.query.get("type", "").strip())
    if kind is None:
        raise Refused("list_type")
    start, end = (date(call.query.get(name), "list_time") for name in ("fromTime", "toTime"))
    # The white list wants both times (2.3.3).
    if (kind == "white" and not (start and end)) or (start and end and start > end):
        raise Refused("list_time")
    row: Row = {"carNumber": _plate(call), "list": kind, "from": start, "to": end}
    return {member: value for member, value in row.items() if value}


def _plate(call: Call) -> str:
    plate = call.query.get("carNumber", "").strip()
    if not plate.isalnum() or len(plate) > _PLATE_MAX:
        raise Refused("plate")
    return plate
