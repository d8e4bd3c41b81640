"""What a terminal has as resource files, by which it enters Git: its own entry, and all that it needs.

Terminals know no names of shifts and access levels, and no codes of departments: these come from the project where it
has the same, and are made up elsewhere. Everything here is a pure function of what was read.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta

import msgspec

from reconciler.model.fields import Value
from reconciler.model.objects import Listing, Live, Object, Objects, Organisation
from reconciler.model.project import Target
from reconciler.model.schedules.rosters import ROSTER_DAYS, department_roster, employee_roster
from reconciler.model.schedules.shifts import periods_of_pairs
from reconciler.model.schedules.templates import week_of_numbers
from reconciler.model.schedules.texts import Texts, cycle_texts, department_texts, period_texts, week_texts
from reconciler.model.state import Memory
from reconciler.systems.base import Aim, Exported
from reconciler.systems.device.facts import RawUsers
from reconciler.systems.device.fit import facts_of
from reconciler.systems.device.fit_schedules import (
    Names,
    raw_departments,
    raw_shifts,
    raw_users,
    templates_of,
)
from reconciler.systems.device.projection import access_of, name_of, open_weeks

_OWN = ("area", "manages", "tls.verify", "tls.ca_file")
"""What a device's entry says that the terminal can't tell."""

_LONGEST_CODE = 50
_SHOWN = 5

_NO_SHIFT = "the terminal's periods are no shift. They are left out, and stay."
_NO_ROSTER = "the roster has numbers that are no shifts there. It is left out, and so not managed."
_OVER = "the roster is over. It is left out, and so not managed."
_NO_WEEK = "when the day templates open is not known. `access_levels` is left out, and so not managed."

Reasons = dict[str, list[str]]
"""Keys of objects, by what has to be told of them."""


class _Known(msgspec.Struct, frozen=True):
    """What everything is made from. `names` are those of the shifts by slot, `codes` those of departments by name."""

    target: Target
    project: Objects
    listings: Mapping[str, Listing]
    names: Names
    codes: Mapping[str, str]

    @property
    def users(self) -> Mapping[str, Live]:
        return self.listings["employee"].objects if "employee" in self.listings else {}


def exported(
    target: Target, aim: Aim, organisation: Organisation, listings: Mapping[str, Listing]
) -> tuple[Exported, ...]:
    """The files' contents, in the language's order. A plan of them on the same terminal is empty."""
    project = organisation.objects
    known = _Known(
        target=target,
        project=project,
        listings=listings,
        names=_shift_names(listings, project.get("shift", {}), aim.memory),
        codes=_codes(listings, project.get("department", {})),
    )
    levels, employees = _people(known)
    return (_departments(known), _area(known), levels, _shifts(known), employees, _device(known))


def _device(known: _Known) -> Exported:
    """The terminal's own entry, with its settings."""
    target, facts = known.target, facts_of(known.listings)
    declared = known.project.get("device", {}).get(target.name)
    values: dict[str, Value] = {"url": facts.url if facts else target.url}
    if declared is not None:
        values |= {path: declared.values[path] for path in _OWN if path in declared.values}
    settings = known.listings["settings"].objects if "settings" in known.listings else {}
    for name, live in settings.items():
        if name not in ("clock", "security"):
            values |= {f"settings.{path}": value for path, value in live.values.items()}
    notes: list[str] = []
    if facts is not None and facts.key.reveal():
        notes.append(
            f"{target.name} opens with an API key only. Write `api_key: {{env: {_variable(target.name)}}}`, or another "
            "reference to it, in its entry."
        )
    notes += _untold(target.name, settings) if settings else ()
    if target.area is None:
        notes.append(f"{target.name} has no `area`. Write one, and its users and departments are exported too.")
    return Exported(Listing("device", {target.name: Live(target.name, target.name, values)}), tuple(notes))


def _untold(name: str, settings: Mapping[str, Live]) -> Iterator[str]:
    """What terminals don't tell of their settings."""
    yield f"{name} does not tell its `security`. It is left out, and stays as it is."
    yield f"{name} does not know its time zone. `clock` is left out, and so never set: write it if it is to be right."
    uploader = settings.get("attendance_upload")
    if uploader is not None and "attendance_upload.url" not in uploader.values:
        yield (
            f"{name} uploads attendance records, and does not tell where to. `attendance_upload` is left out, and "
            "stays as it is."
        )


def _variable(name: str) -> str:
    """An environment variable for a device's key."""
    text = f"{name.upper().replace('-', '_')}_API_KEY"
    return f"DEVICE_{text}" if text[0].isdigit() else text


def _area(known: _Known) -> Exported:
    """The area whose employees are its users: of areas a terminal itself knows nothing."""
    code = known.target.area
    if code is None:
        return Exported(Listing("area", {}))
    declared = known.project.get("area", {}).get(code)
    return Exported(Listing("area", {code: Live(code, code, {"name": name_of(declared) if declared else code})}))


def _shift_names(listings: Mapping[str, Listing], shifts: Mapping[str, Object], memory: Memory) -> dict[int, str]:
    """What each slot that holds a shift is called: as the project's shift with the same periods, else by its number.
    Of several such the one whose slot it is, or was, comes first."""
    raw = raw_shifts(listings)
    live = {
        number: period_texts(periods_of_pairs(pairs) or ()) for number, pairs in enumerate(raw.slots if raw else ())
    }
    names: dict[int, str] = {}
    for name, each in sorted(shifts.items()):
        entry = memory.entries.get("shift", {}).get(name)
        slot = each.values.get("slot", entry.id if entry else None)
        if isinstance(slot, int) and live.get(slot) == each.values.get("periods"):
            names.setdefault(slot, name)
    for number, periods in live.items():
        if periods and number not in names:
            same = (name for name in sorted(shifts) if shifts[name].values.get("periods") == periods)
            free = (name for name in same if name not in names.values())
            names[number] = next(free, "") or _fresh(f"Shift {number}", shifts)
    return names


def _fresh(name: str, taken: Collection[str]) -> str:
    """The name, or one like it that is not taken."""
    found, number = name, 2
    while found in taken:
        found, number = f"{name} ({number})", number + 1
    return found


def _shifts(known: _Known) -> Exported:
    raw = raw_shifts(known.listings)
    lives: dict[str, Live] = {}
    reasons: Reasons = {}
    for number, pairs in enumerate(raw.slots if raw else ()):
        day = periods_of_pairs(pairs)
        if day:
            name = known.names[number]
            lives[name] = Live(name, number, {"periods": period_texts(day), "slot": number})
        elif day is None:
            reasons.setdefault(_NO_SHIFT, []).append(str(number))
    return Exported(Listing("shift", lives), _told("slot", reasons))


def _codes(listings: Mapping[str, Listing], departments: Mapping[str, Object]) -> dict[str, str]:
    """A code for the name of each department that there is: the project's, else the name itself."""
    names = set(listings["department"].objects) if "department" in listings else set()
    if "employee" in listings:
        names |= {
            str(name) for each in listings["employee"].objects.values() if (name := each.values.get("department"))
        }
    codes: dict[str, str] = {}
    for code, each in sorted(departments.items()):
        if name_of(each) in names:
            codes.setdefault(name_of(each), code)
    for name in sorted(names - codes.keys()):
        codes[name] = _fresh(name[:_LONGEST_CODE], {*departments, *codes.values()})
    return codes


def _departments(known: _Known) -> Exported:
    raw = raw_departments(known.listings)
    lives: dict[str, Live] = {}
    reasons: Reasons = {}
    homes = {
        _home(key, live, known): str(live.values["department"])
        for key, live in known.users.items()
        if live.values.get("department")
    }
    for code, name in sorted(({code: name for name, code in known.codes.items()} | homes).items()):
        numbers = raw.rosters.get(name, ()) if raw else ()
        roster = department_roster(numbers, known.names)
        told = {} if isinstance(roster, str) else {"roster": department_texts(roster)}
        lives[code] = Live(code, name, {"name": name, **told})
        if numbers and not told:
            reasons.setdefault(_NO_ROSTER, []).append(code)
    return Exported(Listing("department", lives), _told("department", reasons))


def _home(key: str, live: Live, known: _Known) -> str:
    """The code of a user's department: of several with its name, the one that the project gives the employee."""
    name = str(live.values.get("department"))
    declared = known.project.get("employee", {}).get(key)
    own = str(declared.values.get("department")) if declared else ""
    department = known.project.get("department", {}).get(own)
    return own if department is not None and name_of(department) == name else known.codes.get(name, name)


def _people(known: _Known) -> tuple[Exported, Exported]:
    """The access levels, and the employees who have them."""
    raw = raw_users(known.listings)
    reasons: Reasons = {}
    weeks = _readable(_weeks(raw), reasons) if raw else {}
    rosters = _readable(_rosters(raw, known.names), reasons) if raw else {}
    held, levels = _levels(weeks, known.project)
    lives = {}
    for key, live in known.users.items():
        values = {**live.values, "areas": (str(known.target.area),)}
        values |= {"department": _home(key, live, known)} if live.values.get("department") else {}
        values |= {"access_levels": held[key]} if key in held else {}
        values |= {"roster": rosters[key]} if key in rosters else {}
        lives[key] = Live(key, key, values)
    notes = _told("employee", reasons)
    return (
        Exported(Listing("access_level", {name: Live(name, name, {"week": week}) for name, week in levels.items()})),
        Exported(Listing("employee", lives), notes, frozenset({"access_levels"})),
    )


def _readable(found: Iterable[tuple[str, Texts | str]], reasons: Reasons) -> dict[str, Texts]:
    """What was found of each key; where that is a reason why there is nothing, it is noted."""
    values: dict[str, Texts] = {}
    for key, value in sorted(found):
        if isinstance(value, tuple):
            values[key] = value
        else:
            reasons.setdefault(value, []).append(key)
    return values


def _weeks(raw: RawUsers) -> Iterator[tuple[str, Texts | str]]:
    """When each user may pass, or why that can't be told."""
    templates = templates_of(raw)
    weeks = {numbers: week_of_numbers(numbers, templates) for numbers in set(raw.weeks.values()) if templates}
    for key, numbers in raw.weeks.items():
        week = weeks.get(numbers, "")
        yield key, _NO_WEEK if isinstance(week, str) else week_texts(week)


def _rosters(raw: RawUsers, names: Names) -> Iterator[tuple[str, Texts | str]]:
    """Each user's roster, or why it is left out."""
    for key, (start, numbers) in raw.rosters.items():
        try:
            begin = date.fromisoformat(start[:10])
        except ValueError:
            yield key, _NO_ROSTER
            continue
        roster = employee_roster(begin, numbers, names)
        over = raw.read is not None and begin + timedelta(ROSTER_DAYS) <= raw.read
        yield key, _OVER if over else _NO_ROSTER if isinstance(roster, str) else cycle_texts(roster)


def _levels(weeks: Mapping[str, Texts], project: Objects) -> tuple[dict[str, Texts], dict[str, Texts]]:
    """The names of the levels of each user, and the week of each of these levels. The user's own levels count where
    they give this week, then a level of the project that has it, then one that is made up."""
    declared = open_weeks(project.get("access_level", {}))
    named: dict[Texts, Texts] = {(): ()}
    for name, week in sorted(declared.items()):
        named.setdefault(week, (name,))
    employees = project.get("employee", {})
    held: dict[str, Texts] = {}
    taken = set(project.get("access_level", {}))
    for key, week in weeks.items():
        given = employees[key].values.get("access_levels") if key in employees else None
        own = tuple(name for name in given if name in declared) if isinstance(given, tuple) else ()
        if week not in named and not (own and access_of(own, declared) == week):
            named[week] = (_next("Week", taken),)
            taken.update(named[week])
        held[key] = own if own and access_of(own, declared) == week else named[week]
    made_up = {names[0]: week for week, names in named.items() if names}
    used = {name for names in held.values() for name in names}
    return held, {name: declared.get(name, made_up.get(name, ())) for name in sorted(used)}


def _next(word: str, taken: Collection[str]) -> str:
    """The word with the lowest number that makes a name which is not taken."""
    number = 1
    while f"{word} {number}" in taken:
        number += 1
    return f"{word} {number}"


def _told(noun: str, reasons: Reasons) -> tuple[str, ...]:
    """What is to be told of objects, each reason once."""
    told = []
    for reason, keys in sorted(reasons.items()):
        more = f" and {len(keys) - _SHOWN:,} more" if len(keys) > _SHOWN else ""
        told.append(f"{noun}{'s' if len(keys) > 1 else ''} {', '.join(keys[:_SHOWN])}{more}: {reason}")
    return tuple(told)
