"""Bells, shifts and who works when (manual: GetBellSetting; Shift settings and user shift settings)."""

import datetime
import itertools

import msgspec

from reconciler.simulator.device.checks import (
    SHIFT_NUMBERS,
    SUCCESS,
    Refused,
    Reply,
    Unit,
    clock_time,
    filled,
    integer,
    members,
    moment,
    numbers,
    obj,
    setting,
    wrong,
)
from reconciler.simulator.device.state import (
    BELLS,
    DAYS,
    PERIODS,
    SHIFTS,
    UNUSED_BELL,
    UNUSED_PERIOD,
    Json,
    Roster,
    items,
    raw,
)
from reconciler.simulator.device.users import found

_TOLERANCE = ("afternoon_in_tolerance", "afternoon_out_tolerance", "morning_in_tolerance", "morning_out_tolerance")
_BELL = ("duration_index", "start", "type_index", "weekmask")


def get_bells(unit: Unit, payload: Json) -> Reply:
    """GetBellSetting."""
    members(unit, payload, ())
    return "BellSetting", {"bells": unit.state.bells}


def put_bells(unit: Unit, payload: Json) -> Reply:
    """SetBellSetting: 24 bells."""
    members(unit, payload, ("bells",))
    live = items(unit.state.bells)

    def checked(_: int, item: object) -> object:
        bell = obj(item, "bells")
        members(unit, bell, _BELL)
        return {
            "duration_index": integer(bell["duration_index"], "duration_index", 0, 8),
            "start": clock_time(bell["start"], "start", empty=unit.switches.bell_start == "empty"),
            "type_index": integer(bell["type_index"], "type_index", 0, 2),
            "weekmask": integer(bell["weekmask"], "weekmask", 0, 127),
        }

    kept = unit.switches.partial_arrays == "kept"
    bells = filled(unit, payload["bells"], "bells", BELLS, checked, lambda at: live[at] if kept else UNUSED_BELL)
    unit.state.bells = raw(bells)
    return SUCCESS


def get_mode(unit: Unit, payload: Json) -> Reply:
    """GetShiftMode."""
    members(unit, payload, ())
    mode = unit.state.shift_mode
    return "ShiftMode", {"shift_mode": mode if unit.switches.shift_mode_answer == "lower" else mode.title()}


def put_mode(unit: Unit, payload: Json) -> Reply:
    """SetShiftMode: the example has "user", the table "User" and "Department"."""
    members(unit, payload, ("shift_mode",))
    given = payload["shift_mode"]
    if not isinstance(given, str) or (unit.switches.shift_mode_case == "table" and given != given.title()):
        raise wrong("shift_mode")
    if given.lower() == "user":
        unit.state.shift_mode = "user"
    elif given.lower() == "department":
        unit.state.shift_mode = "department"
    else:
        raise wrong("shift_mode")
    return SUCCESS


def _tolerance(unit: Unit) -> Json:
    return dict(zip(_TOLERANCE, unit.state.tolerance, strict=True))


def get_tolerance(unit: Unit, payload: Json) -> Reply:
    """GetAttendaceTolerance, misspelt as it is."""
    members(unit, payload, ())
    return "AttendaceTolerance", _tolerance(unit)


def put_tolerance(unit: Unit, payload: Json) -> Reply:
    """SetAttendaceTolerance: minutes, 0 to 120."""
    given = setting(unit, payload, _tolerance(unit))
    first, second, third, fourth = (integer(given[name], name, 0, 120) for name in _TOLERANCE)
    unit.state.tolerance = (first, second, third, fourth)
    return SUCCESS


def get_shifts(unit: Unit, payload: Json) -> Reply:
    """GetShiftSetting."""
    members(unit, payload, ())
    return "ShiftSetting", {"shifts": unit.state.shifts}


def put_shifts(unit: Unit, payload: Json) -> Reply:
    """SetShiftSetting: 24 shifts of 3 periods. An invalid one is an Error, with its number, and changes nothing."""
    members(unit, payload, ("shifts",))
    live = items(unit.state.shifts)
    kept = unit.switches.partial_arrays == "kept"

    def shift(at: int, item: object) -> object:
        old = live[at] if kept else None
        periods = filled(
            unit,
            item,
            "shifts",
            PERIODS,
            lambda _, period: _period(unit, at, period),
            lambda index: old[index] if isinstance(old, list) else UNUSED_PERIOD,
        )
        if "overlap" in unit.switches.shift_rules:
            ordered = sorted((str(it["start"]), str(it["end"])) for it in periods if it["start"] and it["end"])
            if any(later[0] < earlier[1] for earlier, later in itertools.pairwise(ordered)):
                raise Refused("invalid_shift", at)
        return periods

    rest: list[Json] = [UNUSED_PERIOD] * PERIODS
    shifts = filled(unit, payload["shifts"], "shifts", SHIFTS, shift, lambda at: live[at] if kept else rest)
    unit.state.shifts = raw(shifts)
    return SUCCESS


def _period(unit: Unit, at: int, item: object) -> Json:
    period = obj(item, "shifts")
    members(unit, period, ("end", "start"))
    start, end = (clock_time(period[name], name, empty=True) for name in ("start", "end"))
    rules = unit.switches.shift_rules
    if bool(start) != bool(end):
        if "half_empty" in rules:
            raise Refused("invalid_shift", at)
    elif start and end <= start and "order" in rules:
        raise Refused("invalid_shift", at)
    return {"end": end, "start": start}


def get_roster(unit: Unit, payload: Json) -> Reply:
    """GetUserShift: 100 days."""
    members(unit, payload, ("id",))
    roster = found(unit, payload["id"]).roster or Roster()
    if unit.switches.user_shift_answer == "today":
        roster = _from_today(roster, unit.now())
    return "UserShift", {"id": payload["id"], "shift": roster.shifts, "shift_start_day": roster.start}


def put_roster(unit: Unit, payload: Json) -> Reply:
    """SetUserShift: stored verbatim. The manual's example lacks the id that its table and the getter have."""
    everyone = unit.switches.user_shift_id == "everyone"
    wanted = ("shift", "shift_start_day")
    members(unit, payload, wanted if everyone else ("id", *wanted), ("id",))
    start = str(payload["shift_start_day"])
    begin = moment(payload["shift_start_day"], "shift_start_day")
    if unit.switches.user_shift_start == "midnight" and begin.time() != datetime.time():
        raise wrong("shift_start_day")
    roster = Roster(start, numbers(payload["shift"], "shift", DAYS, SHIFT_NUMBERS))
    if "id" in payload:
        found(unit, payload["id"])
    whose = [str(payload["id"])] if "id" in payload else list(unit.state.users)
    for identity in whose:
        unit.state.users[identity] = msgspec.structs.replace(unit.state.users[identity], roster=roster)
    return SUCCESS


def _from_today(roster: Roster, now: str) -> Roster:
    today = datetime.date.fromisoformat(now[:10])
    passed = (today - datetime.date.fromisoformat(roster.start[:10])).days % DAYS
    return Roster(f"{today.isoformat()}T00:00:00", roster.shifts[passed:] + roster.shifts[:passed])
