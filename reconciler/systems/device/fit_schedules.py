"""What a terminal has of schedules, as numbers of its slots, in the words of the files: shifts by name, rosters, weeks.

The writer compiles with the same functions from the same values, and so comes to the same numbers.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta

import msgspec

from reconciler.model.fields import Value
from reconciler.model.objects import Desired, Listing, Live, Object
from reconciler.model.schedules.mistake import Problems
from reconciler.model.schedules.rosters import (
    ROSTER_DAYS,
    EmployeeRoster,
    department_roster,
    employee_roster,
    shift_on,
)
from reconciler.model.schedules.shifts import CompiledShifts, Shift, compile_shifts, periods_of_pairs
from reconciler.model.schedules.slots import numbers_text
from reconciler.model.schedules.templates import NUMBERS, CompiledWeeks, compile_weeks, day_of_pairs, week_of_numbers
from reconciler.model.schedules.texts import (
    Texts,
    cycle_of_texts,
    cycle_texts,
    department_texts,
    period_texts,
    periods_of_texts,
    week_of_texts,
    week_texts,
)
from reconciler.model.schedules.times import Day
from reconciler.model.schedules.week import Week, day_name
from reconciler.model.state import Memory, Note
from reconciler.systems.device.facts import Pairs, RawDepartments, RawShifts, RawUsers

Names = Mapping[int, str]
"""The shifts' names on a terminal, by number."""

_A_DAY = timedelta(days=1)  # a terminal's zone may be a day ahead of this machine's, or behind


def raw_shifts(listings: Mapping[str, Listing]) -> RawShifts | None:
    raw = listings["shift"].raw if "shift" in listings else None
    return raw if isinstance(raw, RawShifts) else None


def raw_departments(listings: Mapping[str, Listing]) -> RawDepartments | None:
    raw = listings["department"].raw if "department" in listings else None
    return raw if isinstance(raw, RawDepartments) else None


def raw_users(listings: Mapping[str, Listing]) -> RawUsers | None:
    raw = listings["employee"].raw if "employee" in listings else None
    return raw if isinstance(raw, RawUsers) else None


def another_machine(uid: str, note: Note) -> bool:
    """Whether it is not the machine that the note is about."""
    return note.uid is not None and note.uid != uid


def shift_numbers(desired: Desired, listings: Mapping[str, Listing], memory: Memory) -> CompiledShifts | Problems:
    """The slots of the shifts that the terminal shall hold, or why it can't hold them. The numbers that rosters may use
    are `slots` and `left` together."""
    raw = raw_shifts(listings)
    live = {number: periods_of_pairs(pairs) for number, pairs in enumerate(raw.slots)} if raw else {}
    used = _slots_of_others(desired, listings)
    shifts = {
        key: Shift(key, periods_of_texts(_texts(each.values.get("periods"))), _slot(each.values.get("slot")))
        for key, each in desired.objects.get("shift", {}).items()
    }
    remembered = {
        name: slot for name, entry in memory.entries.get("shift", {}).items() if (slot := _slot(entry.id)) is not None
    }
    if raw and another_machine(raw.facts.uid, memory.note):  # what is there is not ours: only what is free, or equal
        remembered = {
            name: slot
            for name, slot in remembered.items()
            if name in shifts and slot not in used and live.get(slot, ()) in ((), shifts[name].periods)
        }
    return compile_shifts(shifts.values(), remembered, live, used)


def _slot(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _slots_of_others(desired: Desired, listings: Mapping[str, Listing]) -> frozenset[int]:
    """The numbers that rosters refer to which are not ours."""
    departments, users = raw_departments(listings), raw_users(listings)
    rosters: list[tuple[str, str, Sequence[int]]] = []
    if departments:
        rosters += [("department", name, numbers) for name, numbers in departments.rosters.items()]
    if users:
        rosters += [("employee", key, numbers) for key, (_, numbers) in users.rosters.items()]
    used: set[int] = set()
    for kind, key, numbers in rosters:
        each = desired.objects.get(kind, {}).get(key)
        if each is None or "roster" not in each.values:
            used.update(numbers)
    return frozenset(used)


def shift_names(compiled: CompiledShifts) -> Names:
    """What each number that has a name is called."""
    return {number: name for name, number in sorted({**compiled.left, **compiled.slots}.items())}


def fit_shifts(listing: Listing, names: Names) -> Listing:
    """The shifts that the terminal has, by name; those that have none as `slot 5`."""
    raw = listing.raw
    if not isinstance(raw, RawShifts):
        return listing
    found: dict[str, Live] = {}
    for number, pairs in enumerate(raw.slots):
        periods = _periods(pairs)
        if periods:
            name = _name(number, names)
            found[name] = Live(name, number, {"periods": periods, "slot": number})
    return msgspec.structs.replace(listing, objects=dict(sorted(found.items())))


def moving_shifts(
    desired: Desired, listings: Mapping[str, Listing], fitted: Listing, names: Names, memory: Memory
) -> Listing:
    """The shifts, those to which the files give another slot where they still are: that one is emptied then. One that
    rosters refer to which are not ours stays, and what is in the new slot is shown as overwritten."""
    raw = fitted.raw
    if not isinstance(raw, RawShifts) or another_machine(raw.facts.uid, memory.note):
        return fitted
    staying = {*names, *_slots_of_others(desired, listings)}
    new = set(names.values()) - fitted.objects.keys()
    moved: dict[str, Live] = {}
    for name, entry in memory.entries.get("shift", {}).items():
        slot = _slot(entry.id)
        if name in new and slot is not None and slot < len(raw.slots) and slot not in staying:
            periods = _periods(raw.slots[slot])
            moved |= {name: Live(name, slot, {"periods": periods, "slot": slot})} if periods else {}
    left = {live.id for live in moved.values()}
    rest = {key: live for key, live in fitted.objects.items() if live.id not in left}
    return msgspec.structs.replace(fitted, objects=dict(sorted((rest | moved).items()))) if moved else fitted


def _periods(pairs: Pairs) -> Texts:
    """A slot's periods; as the terminal gives them, when they can't be understood."""
    periods = periods_of_pairs(pairs)
    return tuple(f"{start}-{end}" for start, end in pairs) if periods is None else period_texts(periods)


def _name(number: int, names: Names) -> str:
    """The shift's name, or another word for it, which no shift has."""
    if number in names:
        return names[number]
    word = f"slot {number}"
    while word in names.values():
        word += " (no name)"
    return word


def _named(numbers: Iterable[int], names: Names) -> Names:
    return {number: _name(number, names) for number in sorted(set(numbers))}


def fit_departments(listing: Listing, names: Names) -> Listing:
    """The departments with their rosters."""
    raw = listing.raw
    if not isinstance(raw, RawDepartments) or not raw.rosters:
        return listing
    found = {
        key: _with(live, "roster", _week_roster(raw.rosters.get(key), names)) for key, live in listing.objects.items()
    }
    return msgspec.structs.replace(listing, objects=found)


def _week_roster(numbers: Sequence[int] | None, names: Names) -> Texts | None:
    if numbers is None:
        return None
    roster = department_roster(numbers, _named(numbers, names))
    return (f"{len(numbers)} days (unknown)",) if isinstance(roster, str) else department_texts(roster)


def fit_users(listing: Listing, desired: Mapping[str, Object], names: Names, read: date | None) -> Listing:
    """The users with their rosters and weeks, as far as these were read, and how many more there is room for. `read` is
    the day of the reading."""
    raw = listing.raw
    if not isinstance(raw, RawUsers):
        return listing
    if raw.facts.max_users is not None:
        listing = msgspec.structs.replace(listing, room=max(raw.facts.max_users - len(listing.objects), 0))
    if not (raw.rosters or raw.weeks):
        return listing
    templates = templates_of(raw)
    weeks = {numbers: live_week(numbers, templates) for numbers in sorted(set(raw.weeks.values()))} if templates else {}
    found = {}
    for key, live in listing.objects.items():
        with_week = _with(live, "access", weeks.get(raw.weeks.get(key, ())))
        roster = None
        if key in raw.rosters:
            wanted = desired[key].values.get("roster") if key in desired else None
            roster = live_roster(*raw.rosters[key], names, _texts(wanted), read)
        found[key] = _with(with_week, "roster", roster)
    return msgspec.structs.replace(listing, objects=found)


def _with(live: Live, path: str, value: Texts | None) -> Live:
    return live if value is None else msgspec.structs.replace(live, values={**live.values, path: value})


def live_roster(start: str, numbers: Sequence[int], names: Names, wanted: Texts, read: date | None) -> Texts:
    """The roster that a user has; the wanted one when it says the same of the days to come."""
    try:
        begin = date.fromisoformat(start[:10])
        roster = employee_roster(begin, numbers, _named(numbers, names))
    except ValueError:
        return (f"{start} (unknown)",)
    if isinstance(roster, str):
        return (begin.isoformat(), f"{len(numbers)} days (unknown)")
    return wanted if wanted and same_days(cycle_of_texts(wanted), roster, read) else cycle_texts(roster)


def same_days(wanted: EmployeeRoster, live: EmployeeRoster, read: date | None) -> bool:
    """Whether a terminal that has `live` holds `wanted`. It may have moved the start to its own today, so then only
    days from there on count, as far as both reach. `read` is the day of the reading; where it is not known a start can
    only have moved to a later day that `wanted` still has."""
    if live.start == wanted.start:
        return live.cycle == wanted.cycle
    passed = live.start - wanted.start
    moved = timedelta() < passed < timedelta(ROSTER_DAYS) if read is None else abs(live.start - read) <= _A_DAY
    days = (wanted.start + timedelta(number) for number in range(ROSTER_DAYS))
    return moved and all(shift_on(live, day) in (None, shift_on(wanted, day)) for day in days)


def templates_of(raw: RawUsers) -> dict[int, Day | None]:
    """What the terminal's day templates hold; none when access is not managed."""
    return {number: day_of_pairs(pairs) for number, pairs in enumerate(raw.templates or ())}


def live_week(numbers: Sequence[int], templates: Mapping[int, Day | None]) -> Texts:
    """The week that a user has, or which of its templates can't be told."""
    week = week_of_numbers(numbers, templates)
    if not isinstance(week, str):
        return week_texts(week)
    unknown = {number for number in numbers if number not in NUMBERS or templates.get(number, ()) is None}
    return (f"template {numbers_text(unknown)} (unknown)" if unknown else f"{len(numbers)} days (unknown)",)


def template_numbers(
    users: Mapping[str, Object], raw: RawUsers, note: Note, in_use: Collection[int] = ()
) -> CompiledWeeks | Problems:
    """The day templates of the users' weeks, or why the terminal can't hold them. Of users with the same week the first
    one's key stands for all. `in_use` are the numbers that users refer to whose access is not ours."""
    templates = templates_of(raw)
    remembered: Mapping[str, int] = note.slots
    if another_machine(raw.facts.uid, note):  # what is there is not ours: only what is free, or equal
        remembered = {name: number for name, number in note.slots.items() if _free_or(name, templates.get(number, ()))}
    own_use = {number for key in sorted(users) for number in raw.weeks.get(key, ()) if "access" in users[key].values}
    return compile_weeks(first_weeks(users), remembered, templates, in_use, own_use)


def first_weeks(users: Mapping[str, Object]) -> dict[str, Week]:
    """Each different week, by the key of the first user that has it."""
    first: dict[Texts, str] = {}
    for key in sorted(users):
        access = users[key].values.get("access")
        if isinstance(access, tuple):
            first.setdefault(access, key)
    return {key: week_of_texts(week) for week, key in first.items()}


def _free_or(name: str, day: Day | None) -> bool:
    return day is not None and (not day or day_name(day) == name)


def _texts(value: Value) -> Texts:
    return value if isinstance(value, tuple) else ()
