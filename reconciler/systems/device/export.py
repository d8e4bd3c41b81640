"""What a terminal has as resource files, by which it enters Git: its own entry, and all that it needs.

Terminals know no names of shifts and access levels, and no codes of departments: these come from the project where it
has the same, and are made up elsewhere. Everything here is a pure function of what was read.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping

import msgspec

from reconciler.model.fields import Value
from reconciler.model.objects import Listing, Live, Object, Objects, Organisation
from reconciler.model.project import Target
from reconciler.model.schedules.rosters import department_roster
from reconciler.model.schedules.shifts import periods_of_pairs
from reconciler.model.schedules.texts import (
    Texts,
    department_texts,
    period_texts,
)
from reconciler.model.secret import SecretReference
from reconciler.model.state import Memory
from reconciler.systems.base import Aim, Exported
from reconciler.systems.device.connect import setting
from reconciler.systems.device.export_people import NO_ROSTER, levels_of, rosters_of, weeks_of, with_names
from reconciler.systems.device.fit import facts_of
from reconciler.systems.device.fit_schedules import (
    Names,
    raw_departments,
    raw_shifts,
    raw_users,
)
from reconciler.systems.device.projection import name_of
from reconciler.systems.device.security import API_KEY

_OWN = ("area", "manages", "tls.verify", "tls.ca_file")
"""What a device's entry says that the terminal can't tell."""

_LONGEST_CODE = 50

_NO_SHIFT = "the terminal's periods are no shift. They are left out, and stay."

LeftOut = dict[tuple[str, str], tuple[str, ...]]
"""See Exported."""


class _Known(msgspec.Struct, frozen=True):
    """What everything is made from. `names` are those of the shifts by slot, `codes` those of departments by name;
    `keys` those that may open the terminal, each with the files' reference to it."""

    target: Target
    project: Objects
    listings: Mapping[str, Listing]
    names: Names
    codes: Mapping[str, str]
    keys: tuple[tuple[Value, Value], ...]

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
        keys=_keys(target, aim, organisation),
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
    key = facts.key if facts and facts.key.reveal() else None
    reference = next((each for value, each in known.keys if value == key and isinstance(each, SecretReference)), None)
    values |= {"api_key": reference} if reference else {}
    settings = known.listings["settings"].objects if "settings" in known.listings else {}
    for name, live in settings.items():
        if name not in ("clock", "security"):
            values |= {f"settings.{path}": value for path, value in live.values.items()}
    notes: list[str] = []
    if key and reference is None:
        notes.append(
            f"It opens with an API key only. Write `api_key: {{env: {_variable(target.name)}}}`, or another reference "
            "to it, in its entry."
        )
    notes += _untold(settings) if settings else ()
    if target.area is None:
        notes.append("There is no `area`. Write one, and the users and departments are exported too.")
    return Exported(Listing("device", {target.name: Live(target.name, target.name, values)}), tuple(notes))


def _keys(target: Target, aim: Aim, organisation: Organisation) -> tuple[tuple[Value, Value], ...]:
    """The keys that may open the terminal, each with the files' reference to it: that of its entry, and the one that it
    shall have."""
    declared = organisation.objects.get("device", {}).get(target.name)
    security = organisation.own.get(target.name, {}).get("settings", {}).get("security")
    return (
        (target.auth.token, declared.values.get("api_key") if declared else None),
        (setting(aim.desired, API_KEY), security.values.get(API_KEY) if security else None),
    )


def _untold(settings: Mapping[str, Live]) -> Iterator[str]:
    """What terminals don't tell of their settings."""
    yield "`security` can't be read from a terminal. It is left out, and stays as it is."
    yield "Terminals know no time zone. `clock` is left out, and so never set: write it if it is to be right."
    uploader = settings.get("attendance_upload")
    if uploader is not None and "attendance_upload.url" not in uploader.values:
        yield (
            "Attendance records are uploaded, and where to can't be read. `attendance_upload` is left out, and stays "
            "as it is."
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
    strange: list[str] = []
    for number, pairs in enumerate(raw.slots if raw else ()):
        day = periods_of_pairs(pairs)
        if day:
            name = known.names[number]
            lives[name] = Live(name, number, {"periods": period_texts(day), "slot": number})
        elif day is None:
            strange.append(str(number))
    notes = (f"slot{'s' if len(strange) > 1 else ''} {', '.join(strange)}: {_NO_SHIFT}",) if strange else ()
    return Exported(Listing("shift", lives), notes)


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
    taken = set(departments)
    for name in sorted(names - codes.keys()):
        codes[name] = _fresh(name[:_LONGEST_CODE], taken)
        taken.add(codes[name])
    return codes


def _departments(known: _Known) -> Exported:
    raw = raw_departments(known.listings)
    lives: dict[str, Live] = {}
    unnamed: list[str] = []
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
            unnamed.append(code)
    left_out = {("roster", NO_ROSTER): tuple(unnamed)} if unnamed else {}
    return Exported(Listing("department", lives), left_out=left_out)


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
    left_out: LeftOut = {}
    people = known.project.get("employee", {})
    weeks = _readable(weeks_of(raw), "access_levels", left_out) if raw else {}
    rosters = _readable(rosters_of(raw, known.names, people), "roster", left_out) if raw else {}
    held, levels = levels_of(weeks, known.project)
    lives = {}
    for key, live in known.users.items():
        values = {**with_names(live, people.get(key)), "areas": (str(known.target.area),)}
        values |= {"department": _home(key, live, known)} if live.values.get("department") else {}
        values |= {"access_levels": held[key]} if key in held else {}
        values |= {"roster": rosters[key]} if key in rosters else {}
        lives[key] = Live(key, key, values)
    return (
        Exported(Listing("access_level", {name: Live(name, name, values) for name, values in levels.items()})),
        Exported(Listing("employee", lives), stated=frozenset({"access_levels"}), left_out=left_out),
    )


def _readable(found: Iterable[tuple[str, Texts | str]], path: str, left_out: LeftOut) -> dict[str, Texts]:
    """What was found of each key; where that is a reason why there is nothing, it is noted."""
    values: dict[str, Texts] = {}
    for key, value in sorted(found):
        if isinstance(value, tuple):
            values[key] = value
        else:
            left_out[path, value] = (*left_out.get((path, value), ()), key)
    return values
