"""What a terminal remembers, as plain data that can be written to a file and read again."""

from functools import cache
from typing import Literal

import msgspec

from reconciler.simulator.device.switches import Switches
from reconciler.simulator.errors import SimulatorError

BELLS, SHIFTS, PERIODS, ZONES, RANGES, DAYS = 24, 24, 3, 255, 6, 100
"""How many of each a terminal has (GetBellSetting, GetShiftSetting, GetAcTimeZone, GetUserShift)."""

COMPANY = "Company"
"""The department that every terminal is delivered with (GetDeptList's example)."""

Privilege = Literal["user", "manager", "admin"]
Json = dict[str, object]

_ENCODER = msgspec.json.Encoder(order="sorted")


class Roster(msgspec.Struct, frozen=True):
    """GetUserShift: the first day and a shift for each of 100 days."""

    start: str = "2000-01-01T00:00:00"
    shifts: tuple[int, ...] = (0,) * DAYS


class Access(msgspec.Struct, frozen=True):
    """GetAcUserInfo: a day template for each day of the week, from Sunday, and the valid period."""

    zones: tuple[int, ...] = (0,) * 7
    use: bool = False
    start: str = "2000-01-01T00:00:00"
    end: str = "2000-01-01T00:00:00"


class User(msgspec.Struct, frozen=True, omit_defaults=True):
    """One user. `fp` and `palm` are templates in base64."""

    name: str = ""
    depart: str = ""
    privilege: Privilege = "user"
    password: str = ""
    card: str = ""
    fp: tuple[str, ...] = ()
    face: str = ""
    palm: tuple[str, ...] = ()
    roster: Roster | None = None
    access: Access | None = None


class Department(msgspec.Struct, frozen=True):
    """One department and the shifts of its week, from Sunday."""

    name: str
    shift: tuple[int, ...]


class Security(msgspec.Struct, frozen=True):
    """SetSecurityConfig: what can only be written."""

    api_key: str = ""
    http: bool = True
    https: bool = False
    validate: bool = False
    ca_cert: str = ""
    device_cert: str = ""
    device_key: str = ""


class Interface(msgspec.Struct, frozen=True):
    """One network interface's configuration. `access_points` are pairs of ssid and key, of Wi-Fi only."""

    dhcp: bool = True
    address: str = ""
    netmask: str = ""
    gateway: str = ""
    nameservers: tuple[str, ...] = ()
    access_points: tuple[tuple[str, str], ...] = ()


class Record(msgspec.Struct, frozen=True):
    """One attendance record."""

    user_id: str
    time: str
    mode: str


class Uploader(msgspec.Struct, frozen=True):
    """ConfigAttendLogUploader, and the position up to which records were uploaded."""

    target_uri: str = ""
    interval: int = 60
    position: int = 0


class Job(msgspec.Struct, frozen=True):
    """One enrolment job: what it makes (face, fp, card, palm), how far it is, how often it was asked about."""

    makes: str
    status: Literal["pending", "succeeded", "failed"] = "pending"
    data: str = ""
    queries: int = 0


class State(msgspec.Struct, kw_only=True):
    """Everything that a terminal remembers. Values are replaced, never changed; large arrays are kept as JSON, since
    there may be thousands of terminals with the same."""

    device_uid: str
    bells: msgspec.Raw
    shifts: msgspec.Raw
    zones: msgspec.Raw
    security: Security = Security()
    locked_at: float | None = None
    clock_offset: float = 0.0
    users: dict[str, User] = msgspec.field(default_factory=dict)
    departments: tuple[Department, ...] = (Department(COMPANY, (100, 0, 0, 0, 0, 0, 100)),)
    device_id: int = 1
    sound_volume: int = 5
    reverify_time: int = 0
    verify_mode: int = 0
    local_editing: bool = True
    face: tuple[bool, int, bool] = (True, 2, False)
    shift_mode: Literal["user", "department"] = "user"
    tolerance: tuple[int, int, int, int] = (0, 0, 0, 0)
    access: tuple[bool, int, int, int] = (False, 1, 5, 0)
    ethernet: Interface = Interface()
    wlan: Interface = Interface()
    logs: list[Record] = msgspec.field(default_factory=list)
    logs_from: int = 0
    admin_logs: int = 0
    uploader: Uploader = Uploader()
    jobs: dict[int, Job] = msgspec.field(default_factory=dict)
    next_job: int = 1


UNUSED_BELL: Json = {"duration_index": 0, "start": "00:00", "type_index": 0, "weekmask": 0}
UNUSED_PERIOD: Json = {"end": "", "start": ""}


def unused_range(switches: Switches) -> Json:
    """A zone's range that the factory left unused."""
    return UNUSED_PERIOD if switches.zone_unused == "empty" else {"end": "00:00", "start": "00:00"}


@cache
def _arrays(switches: Switches) -> tuple[msgspec.Raw, msgspec.Raw, msgspec.Raw]:
    """Bells, shifts and zones as the factory made them: the same bytes for every terminal."""
    unused = unused_range(switches)
    first = {"end": "23:59", "start": "00:00"} if switches.zone_zero == "all_day" else unused
    zones = [[first] + [unused] * (RANGES - 1)] + [[unused] * RANGES] * (ZONES - 1)
    return raw([UNUSED_BELL] * BELLS), raw([[UNUSED_PERIOD] * PERIODS] * SHIFTS), raw(zones)


def factory(switches: Switches, uid: str, security: Security) -> State:
    """A terminal as it leaves the factory. `uid` is its 16 hexadecimal digits (GetDeviceUid)."""
    bells, shifts, zones = _arrays(switches)
    return State(device_uid=uid, bells=bells, shifts=shifts, zones=zones, security=security)


def raw(value: object) -> msgspec.Raw:
    """A value as JSON, its members in alphabetical order as terminals write them."""
    return msgspec.Raw(_ENCODER.encode(value))


def items(array: msgspec.Raw) -> list[object]:
    """The items of an array that is kept as JSON."""
    found = msgspec.json.decode(array)
    assert isinstance(found, list)  # noqa: S101  written by this module
    return found


def dumped(state: State) -> Json:
    """Everything as plain data; the users in the order in which they came."""
    found = msgspec.json.decode(msgspec.json.encode(state))
    assert isinstance(found, dict)  # noqa: S101  a struct is an object
    return found


def loaded(dump: object) -> State:
    """The state of which `dumped` made plain data. Raises SimulatorError for anything else."""
    try:
        state = msgspec.json.decode(msgspec.json.encode(dump), type=State)
    except (msgspec.MsgspecError, TypeError) as error:
        raise SimulatorError(f"This is no dump of a simulated terminal: {error}.") from None
    # A Raw holds on to the whole text that it is a part of.
    state.bells, state.shifts, state.zones = state.bells.copy(), state.shifts.copy(), state.zones.copy()
    return state
