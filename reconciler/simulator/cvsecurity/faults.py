"""Faults of CVSecurity's envelopes and lists."""

import msgspec

from reconciler.simulator.cvsecurity.store import ROOT, TABLES, Store
from reconciler.simulator.cvsecurity.switches import CvSecurityProfile
from reconciler.simulator.faults import Fault
from reconciler.simulator.messages import Request, Response

_EFFECTS = frozenset({"code", "cut", "miscount", "endless"})
_LISTS = {"person/getPersonList": "persons", "department/getDepartmentList": "departments"}


def spoilt(profile: CvSecurityProfile, response: Response, fault: Fault) -> Response:
    """The response as a fault leaves it, if it is an envelope."""
    if fault.effect not in _EFFECTS or "json" not in response.headers.get("Content-Type", ""):
        return response
    value = msgspec.json.decode(response.body)
    if not isinstance(value, dict) or "data" not in value:
        return response
    changed = _failed(profile, fault) if fault.effect == "code" else {**value, "data": _data(value["data"], fault)}
    return msgspec.structs.replace(response, body=msgspec.json.encode(changed))


def _failed(profile: CvSecurityProfile, fault: Fault) -> dict[str, object]:
    number = fault.code.lstrip("-").isdigit()
    return {"code": int(fault.code) if number else -1, profile.message_member: "The operation failed.", "data": None}


def _data(data: object, fault: Fault) -> object:
    """A bare list, or the wrapper of one; anything else stays."""
    if isinstance(data, list):
        return data[: -fault.rows] if fault.effect == "cut" else data
    if not isinstance(data, dict) or not isinstance(data.get("data"), list):
        return data
    if fault.effect == "cut":
        return {**data, "data": data["data"][: -fault.rows]}
    if fault.effect == "miscount":
        return {**data, "total": data["total"] + fault.rows}
    return {**data, "lastPage": False}


def shift(profile: CvSecurityProfile, store: Store, request: Request, response: Response, fault: Fault) -> None:
    """Move the rows of the list of persons or departments that was answered by one, for the pages to come."""
    table = next((name for path, name in _LISTS.items() if request.path.rstrip("/").endswith(path)), None)
    if table is None or "json" not in response.headers.get("Content-Type", ""):
        return
    data = msgspec.json.decode(response.body).get("data")
    rows = data.get("data") if isinstance(data, dict) else data
    key = TABLES[table]
    # The root department stays: no server loses it.
    shown = [row[key] for row in rows or [] if table == "persons" or row[key] != ROOT]
    row = store.get(table, shown[0]) if shown else None
    if row is None:
        return
    if fault.change == "delete":
        store.remove(table, shown[0])
    else:
        kept = {
            name: value for name, value in row.items() if name not in {"cardNo", "supplyCards", "personPwd", "email"}
        }
        # "!" sorts before every letter and digit.
        new = {**kept, "id": store.new_id(), key: f"!{store.serial}"}
        if table == "departments":
            new["name"] = new["code"]
        store.put(table, new, first=profile.person_order != "newest" or table == "departments")
    store.settle(calls=False)
