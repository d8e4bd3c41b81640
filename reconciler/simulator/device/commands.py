"""Every command of the manual, by its exact spelling: its function, and the hardware that it needs."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from reconciler.simulator.device import (
    access,
    basics,
    departments,
    facts,
    jobs,
    network,
    records,
    schedules,
    security,
    users,
)
from reconciler.simulator.device.checks import Refused, Reply, Unit
from reconciler.simulator.device.state import Json

Command = Callable[[Unit, Json], Reply]

COMMANDS: Mapping[str, Command] = MappingProxyType(
    {
        "BeginEnrollCard": jobs.begin_card,
        "BeginEnrollFace": jobs.begin_face,
        "BeginEnrollFp": jobs.begin_fp,
        "BeginEnrollPalm": jobs.begin_palm,
        "CancelAllJobs": jobs.cancel_all,
        "CancelJob": jobs.cancel,
        "ConfigAttendLogUploader": records.put_uploader,
        "DeleteUserInfo": users.delete,
        "DeviceControl": facts.control,
        "EraseAttendLog": records.erase,
        "GetAcSetting": access.get_setting,
        "GetAcTimeZone": access.get_zones,
        "GetAcUserInfo": access.get_user,
        "GetAttendLog": records.get,
        "GetAttendLogUploaderStatus": records.get_uploader,
        "GetAttendaceTolerance": schedules.get_tolerance,
        "GetBellSetting": schedules.get_bells,
        "GetCapacityLimit": facts.capacity,
        "GetChangeUserInfoOnDeviceAllowed": basics.get_editing,
        "GetCurrentUsage": facts.usage,
        "GetDeptList": departments.get,
        "GetDeviceCapabilities": facts.capabilities,
        "GetDeviceId": basics.get_device_id,
        "GetDeviceTime": facts.get_time,
        "GetDeviceUid": facts.uid,
        "GetFaceVerifySetting": basics.get_face,
        "GetNetworkConfig": network.get,
        "GetReverifyTime": basics.get_reverify,
        "GetShiftMode": schedules.get_mode,
        "GetShiftSetting": schedules.get_shifts,
        "GetSoundVolume": basics.get_volume,
        "GetUserIdList": users.get_ids,
        "GetUserInfo": users.get,
        "GetUserShift": schedules.get_roster,
        "GetVerifyMode": basics.get_verify_mode,
        "GetVersionInfo": facts.version,
        "LockDevice": facts.lock,
        "PhotoToFacedata": jobs.photo,
        "QueryJobStatus": jobs.query,
        "SetAcSetting": access.put_setting,
        "SetAcTimeZone": access.put_zones,
        "SetAcUserInfo": access.put_user,
        "SetAttendaceTolerance": schedules.put_tolerance,
        "SetBellSetting": schedules.put_bells,
        "SetChangeUserInfoOnDeviceAllowed": basics.put_editing,
        "SetDept": departments.put,
        "SetDeviceId": basics.put_device_id,
        "SetDeviceTime": facts.put_time,
        "SetFaceVerifySetting": basics.put_face,
        "SetNetworkConfig": network.put,
        "SetReverifyTime": basics.put_reverify,
        "SetSecurityConfig": security.put,
        "SetShiftMode": schedules.put_mode,
        "SetShiftSetting": schedules.put_shifts,
        "SetSoundVolume": basics.put_volume,
        "SetUserInfo": users.put,
        "SetUserShift": schedules.put_roster,
        "SetVerifyMode": basics.put_verify_mode,
    }
)

_HARDWARE: Mapping[str, str] = MappingProxyType(
    {
        "BeginEnrollCard": "card",
        "BeginEnrollFace": "face",
        "BeginEnrollFp": "fingerprint",
        "BeginEnrollPalm": "palm",
        "GetAcSetting": "access_control",
        "GetAcTimeZone": "access_control",
        "GetAcUserInfo": "access_control",
        "GetFaceVerifySetting": "face",
        "PhotoToFacedata": "vrface",
        "SetAcSetting": "access_control",
        "SetAcTimeZone": "access_control",
        "SetAcUserInfo": "access_control",
        "SetFaceVerifySetting": "face",
    }
)

_CORRECTED: Mapping[str, str] = MappingProxyType(
    {"GetAttendanceTolerance": "GetAttendaceTolerance", "SetAttendanceTolerance": "SetAttendaceTolerance"}
)


def run(unit: Unit, name: object, payload: Json) -> Reply:
    """Do a command. Raises Refused for what the terminal does not do."""
    command = _spelt(unit, name)
    if command is None:
        raise Refused("unknown_command", name)
    hardware = _HARDWARE.get(command)
    if hardware and not getattr(unit.capabilities, hardware):
        raise Refused(unit.switches.absent, command)
    return COMMANDS[command](unit, payload)


def _spelt(unit: Unit, name: object) -> str | None:
    """The manual's spelling of a command; None for one that the terminal does not know."""
    if not isinstance(name, str):
        return None
    if unit.switches.tolerance_name == "both":
        name = _CORRECTED.get(name, name)
    if unit.switches.command_case == "any":
        name = next((known for known in COMMANDS if known.lower() == name.lower()), name)
    return name if name in COMMANDS else None
