"""What a terminal is, its clock, its lock and what it is told to clear (manual: Device information, DeviceControl)."""

import msgspec

from reconciler.simulator.device import users
from reconciler.simulator.device.checks import SUCCESS, Reply, Unit, flag, members, moment, wrong
from reconciler.simulator.device.state import Json, factory

VERSIONS: Json = {
    "firmware_version": "13750C v3.11.802",
    "face_algorithm_version": "GreenFace v2.2",
    "fp_algorithm_version": "deli SMK v3.0",
}
"""GetVersionInfo's example."""


def version(unit: Unit, payload: Json) -> Reply:
    """GetVersionInfo: without the algorithms whose hardware is absent."""
    members(unit, payload, ())
    absent = set()
    if not (unit.capabilities.face or unit.capabilities.vrface):
        absent.add("face_algorithm_version")
    if not unit.capabilities.fingerprint:
        absent.add("fp_algorithm_version")
    return "VersionInfo", {name: text for name, text in unit.versions.items() if name not in absent}


def capacity(unit: Unit, payload: Json) -> Reply:
    """GetCapacityLimit: without what the terminal lacks."""
    members(unit, payload, ())
    limits = unit.capacity
    shown: Json = {"max_attend_log": limits.attend_logs, "max_user": limits.users}
    if unit.capabilities.face or unit.capabilities.vrface:
        shown["max_face"] = limits.faces
    if unit.capabilities.fingerprint:
        shown["max_fp"] = limits.fingerprints
    if unit.capabilities.palm:
        shown["max_palm"] = limits.palms
    return "CapacityLimit", shown


def usage(unit: Unit, payload: Json) -> Reply:
    """GetCurrentUsage."""
    members(unit, payload, ())
    shown: Json = {f"{name}_count": users.counted(unit, name) for name in ("card", "face", "fp", "palm", "password")}
    managers = sum(user.privilege != "user" for user in unit.state.users.values())
    shown |= {"attend_log_count": len(unit.state.logs), "manager_count": managers}
    return "CurrentUsage", shown | {"user_count": len(unit.state.users)}


def uid(unit: Unit, payload: Json) -> Reply:
    """GetDeviceUid: 16 hexadecimal digits."""
    members(unit, payload, ())
    return "DeviceUid", {"device_uid": unit.state.device_uid}


def capabilities(unit: Unit, payload: Json) -> Reply:
    """GetDeviceCapabilities."""
    members(unit, payload, ())
    return "DeviceCapabilities", msgspec.structs.asdict(unit.capabilities)


def get_time(unit: Unit, payload: Json) -> Reply:
    """GetDeviceTime: local, without a zone."""
    members(unit, payload, ())
    return "DeviceTime", {"time": unit.now()}


def put_time(unit: Unit, payload: Json) -> Reply:
    """SetDeviceTime."""
    members(unit, payload, ("time",))
    given = payload["time"]
    if unit.switches.time_offset == "ignored" and isinstance(given, str):
        given = given[:19]
    unit.state.clock_offset = moment(given, "time").timestamp() - unit.clock()
    return SUCCESS


def lock(unit: Unit, payload: Json) -> Reply:
    """LockDevice: "yes" prohibits the use of the machine. There is no getter."""
    members(unit, payload, ("is_locked",))
    locked = flag(unit, payload["is_locked"], "is_locked", "yes")
    unit.state.locked_at = unit.clock() if locked else None
    return SUCCESS


def control(unit: Unit, payload: Json) -> Reply:
    """DeviceControl, by its Action."""
    given = dict(payload)
    if unit.switches.action_case == "any":
        given = {("Action" if name.lower() == "action" else name): value for name, value in payload.items()}
    members(unit, given, ("Action",))
    action, state = given["Action"], unit.state
    if action == "ClearAttendLog":
        _clear_logs(unit)
    elif action == "ClearAdminLog":
        state.admin_logs = 0
    elif action == "ClearUsers":
        state.users = {}
    elif action == "ClearAdmins":
        _clear_admins(unit)
    elif action == "ClearAllData":
        if unit.switches.clear_all == "factory":
            unit.state = factory(unit.switches, state.device_uid, unit.delivered)
        else:
            state.users = {}
            state.admin_logs = 0
            _clear_logs(unit)
    else:
        raise wrong("Action")
    return SUCCESS


def _clear_logs(unit: Unit) -> None:
    absolute = unit.switches.erase_positions == "absolute"
    unit.state.logs_from = unit.state.logs_from + len(unit.state.logs) if absolute else 0
    unit.state.logs = []


def _clear_admins(unit: Unit) -> None:
    for identity, user in list(unit.state.users.items()):
        if user.privilege == "user":
            continue
        if unit.switches.clear_admins == "deleted":
            del unit.state.users[identity]
        else:
            unit.state.users[identity] = msgspec.structs.replace(user, privilege="user")


def unlocked_by_itself(unit: Unit) -> bool:
    """Whether the terminal's lock has just run out (switch lock_seconds)."""
    seconds, since = unit.switches.lock_seconds, unit.state.locked_at
    if not seconds or since is None or unit.clock() - since < seconds:
        return False
    unit.state.locked_at = None
    return True
