"""The settings of a terminal: a row for each that has a Get and a Set command, and what the others need besides."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

import msgspec

from reconciler.model.fields import Value
from reconciler.model.objects import Live
from reconciler.model.plan import Change
from reconciler.model.terminals import SETTINGS
from reconciler.systems.device import clock
from reconciler.systems.device.bells import BELLS
from reconciler.systems.device.dialects import NUMBER, TRUE, YES, Codec, caseless, numbered, unknown
from reconciler.systems.device.facts import Capabilities, RawSettings
from reconciler.systems.device.network import decode_network, encode_network
from reconciler.systems.device.security import API_KEY, encode_security, live_key
from reconciler.systems.device.wire import Asks, Does, Now, Payload, do_either, not_sent

NAMES = tuple(field.name for field in SETTINGS.fields if field.name not in (SETTINGS.key, "locked"))
"""Every setting that files can name."""

VERIFY_MODES = (
    "any",
    "finger",
    "card+finger",
    "card",
    "finger+id",
    "id+password",
    "card+password",
    "finger+password",
    "card+finger+password",
    "face",
    "card+face",
    "face+password",
    "card+face+password",
    "face+finger",
    "card+face+finger",
    "face+finger+password",
)
"""Each at its number (manual: GetVerifyMode), its words sorted."""

_INTERVAL = 60  # seconds between uploads when the files do not say; the manual's example


class Column(msgspec.Struct, frozen=True):
    """One member of a command's payload, and the path that it is."""

    path: str
    member: str
    codec: Codec


class Row(msgspec.Struct, frozen=True):
    """One setting that the commands Get… and Set… with this ending read and write, member by member. `needs` is the
    hardware of which it needs any."""

    name: str
    command: str
    columns: tuple[Column, ...]
    needs: tuple[str, ...] = ()


_TABLE = (
    Row("device_id", "DeviceId", (Column("device_id", "device_id", NUMBER),)),
    Row("volume", "SoundVolume", (Column("volume", "sound_volume", NUMBER),)),
    Row("reverify_minutes", "ReverifyTime", (Column("reverify_minutes", "reverify_time", NUMBER),)),
    Row("verify_mode", "VerifyMode", (Column("verify_mode", "verify_mode", numbered(VERIFY_MODES)),)),
    Row("local_editing", "ChangeUserInfoOnDeviceAllowed", (Column("local_editing", "is_allowed", YES),)),
    Row(
        "face",
        "FaceVerifySetting",
        (
            Column("face.liveness", "use_antispoofing", TRUE),
            Column("face.threshold", "antispoofing_thre", numbered(("lower", "low", "normal", "high", "higher"))),
            Column("face.multiple", "multi_veri_enabled", TRUE),
        ),
        needs=("face", "vrface"),
    ),
    Row("bells", "BellSetting", (Column("bells", "bells", BELLS),)),
    Row("shift_mode", "ShiftMode", (Column("shift_mode", "shift_mode", caseless(("user", "department"))),)),
    Row(
        "tolerance",
        "AttendaceTolerance",  # the manual's spelling, in commands and results (B4 7)
        (
            Column("tolerance.morning_in", "morning_in_tolerance", NUMBER),
            Column("tolerance.morning_out", "morning_out_tolerance", NUMBER),
            Column("tolerance.afternoon_in", "afternoon_in_tolerance", NUMBER),
            Column("tolerance.afternoon_out", "afternoon_out_tolerance", NUMBER),
        ),
    ),
    Row(
        "access",
        "AcSetting",
        (
            Column("access.tamper_alarm", "monitor_tamper", TRUE),
            Column("access.verify_count", "multi_verify_count", NUMBER),
            Column("access.unlock_seconds", "unlock_time", NUMBER),
            Column("access.wiegand", "wiegand_format", numbered(("none", "26", "34"))),
        ),
        needs=("access_control",),
    ),
)

ROWS: Mapping[str, Row] = MappingProxyType({row.name: row for row in _TABLE})


def lacks(name: str, capabilities: Capabilities) -> bool:
    """Whether a terminal has none of the hardware that a setting needs (manual: GetDeviceCapabilities)."""
    needs = ROWS[name].needs if name in ROWS else ()
    return bool(needs) and not any(getattr(capabilities, each) for each in needs)


def read_settings(
    terminal: Asks, wanted: Mapping[str, frozenset[str]], now: Now
) -> tuple[dict[str, Live], RawSettings]:
    """Every setting that there is; those whose names (with the paths that matter) are `wanted` with their values. Each
    takes one call, security none, and one whose hardware is absent none.

    A path that can't be read, or that the terminal did not give, has no value. Raises Failure.
    """
    facts = terminal.facts
    values: dict[str, dict[str, Value]] = {name: {} for name in NAMES}
    shown: tuple[datetime, datetime] | None = None
    for name in NAMES:
        if name not in wanted or lacks(name, facts.capabilities):
            continue
        if name == "clock":
            values[name], shown = _read_clock(terminal, now)
        elif name == "network":
            values[name] = _some(terminal, "GetNetworkConfig", decode_network(terminal.ask("GetNetworkConfig", {})))
        elif name == "security":
            values[name] = {API_KEY: live_key(facts)}
        elif name == "attendance_upload":
            values[name] = _read_uploader(terminal)
        else:
            values[name] = _read_row(terminal, ROWS[name])
    return {name: Live(name, facts.uid, found, builtin=True) for name, found in values.items()}, RawSettings(
        facts, shown
    )


def _read_row(terminal: Asks, row: Row) -> dict[str, Value]:
    payload = terminal.ask(f"Get{row.command}", {})
    found = {each.path: each.codec.decode(payload[each.member]) for each in row.columns if each.member in payload}
    return _some(terminal, f"Get{row.command}", found)


def _some(terminal: Asks, command: str, values: dict[str, Value]) -> dict[str, Value]:
    """The values, of which there must be some. Raises Failure."""
    if not values:
        raise terminal.senseless(command, "nothing of the setting is in it")
    return values


def _read_clock(terminal: Asks, now: Now) -> tuple[dict[str, Value], tuple[datetime, datetime] | None]:
    """What the clock showed in the middle of the call; one that shows no time is not right, whatever the zone."""
    before = now()
    given = terminal.ask("GetDeviceTime", {}).get("time")
    moment = before + (now() - before) / 2
    shown = clock.shown_time(given)
    return ({}, (shown, moment)) if shown else ({"clock.time": unknown(given)}, None)


def _read_uploader(terminal: Asks) -> dict[str, Value]:
    """Only whether it is active can be read (manual: GetAttendLogUploaderStatus)."""
    status = terminal.ask("GetAttendLogUploaderStatus", {}).get("status")
    if not isinstance(status, str):
        raise terminal.senseless("GetAttendLogUploaderStatus", "there is no status in it")
    if status == "active":
        return {}
    return {"attendance_upload.url": None if status == "inactive" else unknown(status)}


def write_setting(terminal: Does, change: Change, wanted: Mapping[str, Value], now: Now) -> None:
    """Writes one setting: what `change` names, and of the rest what the terminal has now, where it takes a setting as a
    whole. `wanted` are the values of the aim's object: the clock's zone stands there alone.

    What changes how the terminal is reached is sent once only. Raises Failure.
    """
    after = change.after or {}
    match change.address.key:
        case "clock":
            _write_clock(terminal, wanted.get("clock.timezone"), now)
        case "network":
            payload = encode_network(after, terminal.ask("GetNetworkConfig", {}))
            terminal.do("SetNetworkConfig", payload, repeatable=False)
        case "security":
            changed = [each.path for each in change.fields]
            do_either(terminal, "SetSecurityConfig", encode_security(after, changed, terminal.facts), repeatable=False)
        case "attendance_upload":
            _write_uploader(terminal, after)
        case "shift_mode":
            mode = str(after["shift_mode"])  # written as in the manual's example, or as in its table (B4 6)
            do_either(terminal, "SetShiftMode", [{"shift_mode": mode}, {"shift_mode": mode.title()}])
        case "locked":
            terminal.do("LockDevice", {"is_locked": YES.encode(after["locked"])})
        case name:
            _write_row(terminal, ROWS[name], after)


def _write_row(terminal: Does, row: Row, after: Mapping[str, Value]) -> None:
    """Sends all members: a setting without some of them is refused."""
    payload = {each.member: each.codec.encode(after[each.path]) for each in row.columns if each.path in after}
    rest = [each.member for each in row.columns if each.member not in payload]
    if rest:
        live = terminal.ask(f"Get{row.command}", {})
        payload |= {member: live[member] for member in rest if member in live}
    terminal.do(f"Set{row.command}", payload)


def _write_clock(terminal: Does, timezone: Value, now: Now) -> None:
    """Not repeated: a moment later it is another time."""
    zone = clock.zone_of(timezone)
    if zone is None:
        raise not_sent("RC0601", "The clock's `timezone` is not known here. Write one such as Europe/Berlin.")
    terminal.do("SetDeviceTime", {"time": clock.local_time(now(), zone)}, repeatable=False)


def _write_uploader(terminal: Does, after: Mapping[str, Value]) -> None:
    """Where to is always said, since it can't be read; no address switches the uploader off (B4 25)."""
    if "attendance_upload.url" not in after:
        raise not_sent(
            "RC0601",
            "The terminal takes the interval of `attendance_upload` only together with the address, and does not tell "
            "which one it has. Add `url`.",
        )
    target: Payload = {"target_uri": after["attendance_upload.url"] or ""}
    seconds = _seconds(after.get("attendance_upload.interval"))
    do_either(terminal, "ConfigAttendLogUploader", [{**target, name: seconds} for name in ("interval", "Interval")])


def _seconds(duration: Value) -> int:
    """The number of a duration such as 60s."""
    return int(str(duration).removesuffix("s")) if duration is not None else _INTERVAL
