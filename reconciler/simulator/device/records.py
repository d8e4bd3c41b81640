"""Attendance records and their uploader (manual: Attendance record management, Automatic reporting)."""

import msgspec

from reconciler.simulator.device.checks import SUCCESS, Reply, Unit, integer, members, text, wrong
from reconciler.simulator.device.state import Json, Uploader

_INTERVALS = {"interval": ("interval",), "Interval": ("Interval",), "both": ("interval", "Interval")}


def get(unit: Unit, payload: Json) -> Reply:
    """GetAttendLog: a page of records. Positions count from the first record that the terminal ever had."""
    members(unit, payload, (), ("start_pos",))
    first, logs = unit.state.logs_from, unit.state.logs
    start = max(integer(payload.get("start_pos", first), "start_pos", 0, 10**12), first)
    page = logs[start - first : start - first + unit.switches.log_page]
    shown: Json = {"logs": [msgspec.structs.asdict(record) for record in page], "start_pos": start}
    if page or unit.switches.log_end == "present":
        shown["next_pos"] = start + len(page)
    return "AttendLog", shown


def erase(unit: Unit, payload: Json) -> Reply:
    """EraseAttendLog: the records before a position."""
    members(unit, payload, ("end_pos",))
    state = unit.state
    end = integer(payload["end_pos"], "end_pos", 0, 10**12) - state.logs_from
    gone = min(max(end + (unit.switches.erase_end == "inclusive"), 0), len(state.logs))
    state.logs = state.logs[gone:]
    state.logs_from = state.logs_from + gone if unit.switches.erase_positions == "absolute" else 0
    return SUCCESS


def put_uploader(unit: Unit, payload: Json) -> Reply:
    """ConfigAttendLogUploader: an interval of 5 to 3600 seconds. The simulator uploads nothing."""
    names = _INTERVALS[unit.switches.uploader_interval]
    given = [name for name in names if name in payload]
    members(unit, payload, ("target_uri", given[0] if given else names[0]), names)
    interval = integer(payload[given[0]], names[0], 5, 3600)
    target = text(payload["target_uri"], "target_uri")
    if target and not target.startswith(("http://", "https://")):
        raise wrong("target_uri")
    if not target and unit.switches.uploader_empty == "refused":
        raise wrong("target_uri")
    unit.state.uploader = Uploader(target, interval, unit.state.uploader.position)
    return SUCCESS


def get_uploader(unit: Unit, payload: Json) -> Reply:
    """GetAttendLogUploaderStatus: shows neither the address nor the interval."""
    members(unit, payload, ())
    state = unit.state
    pending = state.logs_from + len(state.logs) - max(state.uploader.position, state.logs_from)
    status = unit.switches.uploader_status if state.uploader.target_uri else "inactive"
    return "AttendLogUploaderStatus", {"pending_count": max(pending, 0), "status": status}
