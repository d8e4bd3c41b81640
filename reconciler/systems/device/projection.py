"""Projection for terminals: of the organisation, what each must hold.

A terminal has the employees of its area as users, the departments of these by name, all shifts, and its own settings.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, error
from reconciler.model.fields import Value
from reconciler.model.objects import Object, Objects, Organisation
from reconciler.model.project import Target
from reconciler.model.schedules.texts import Texts, week_of_texts, week_texts
from reconciler.model.schedules.week import union
from reconciler.model.words import cited
from reconciler.systems.base import Own

_SAME = ("privilege", "card", "device_password", "valid.from", "valid.until", "roster")
"""The fields of an employee that a terminal's user has as they are."""

NAMES = ("first_name", "last_name", "nickname")
"""Those that a user's name is made of."""


class _Place(msgspec.Struct, frozen=True):
    """What the terminals of one area have in common. `at_odds` are departments of one name with different rosters."""

    users: dict[str, Object]
    departments: dict[str, Object]
    at_odds: tuple[tuple[Object, Object], ...]


def own(organisation: Organisation, today: str) -> Own:
    """The projection onto terminals on `today`, an ISO date. Everything is made once here, users by area, and shared by
    the terminals."""
    devices = [target for target in organisation.project.targets.values() if target.system == "device"]
    shifts = organisation.objects.get("shift", {})
    places = _places(organisation, {target.area for target in devices if target.area is not None}, today)
    nowhere = _Place({}, {}, ())

    def of(target: Target) -> tuple[Objects, Sequence[Diagnostic]]:
        place = places.get(target.area, nowhere) if target.area is not None else nowhere
        objects: dict[str, Mapping[str, Object]] = {
            "settings": organisation.own.get(target.name, {}).get("settings", {}),
            "shift": shifts,
            "department": place.departments,
            "employee": place.users,
        }
        managed = not target.manages or "department" in target.manages
        return objects, [_at_odds(target.name, *pair) for pair in place.at_odds] if managed else []

    return of


def _places(organisation: Organisation, areas: Collection[str], today: str) -> dict[str, _Place]:
    """What is at each of the areas: one pass over the employees, and each one's user is made once."""
    departments = organisation.objects.get("department", {})
    open_at = open_weeks(organisation.objects.get("access_level", {}))
    users: dict[str, dict[str, Object]] = {area: {} for area in areas}
    homes: dict[str, set[str]] = {area: set() for area in areas}  # codes of departments
    access: dict[Texts, Texts | None] = {}
    for each in organisation.objects.get("employee", {}).values():
        here = [area for area in _texts(each.values.get("areas")) if area in users]
        if not here or _has_left(each, today):
            continue
        levels = each.values.get("access_levels")
        if levels is not None and (held := _texts(levels)) not in access:
            access[held] = access_of(held, open_at)
        user = _user(each, departments, None if levels is None else access[_texts(levels)])
        for area in here:
            users[area][each.key] = user
            homes[area].add(str(each.values.get("department")))
    return {
        area: _Place(users[area], *_by_name(departments[code] for code in sorted(homes[area]) if code in departments))
        for area in sorted(areas)
    }


def _has_left(employee: Object, today: str) -> bool:
    """Whether the last day was before today."""
    last = employee.values.get("resigned.date")
    return isinstance(last, str) and last < today


def _user(employee: Object, departments: Mapping[str, Object], access: Texts | None) -> Object:
    values: dict[str, Value] = {path: employee.values[path] for path in _SAME if path in employee.values}
    if not employee.values.keys().isdisjoint(NAMES):
        values["nickname"] = terminal_name(employee)
    if "department" in employee.values:
        values["department"] = _department_name(employee.values["department"], departments)
    if access is not None:
        values["access"] = access
    return Object(
        kind="employee",
        key=employee.key,
        values=values,
        span=employee.span,
        prevent_delete=employee.prevent_delete,
        ignore=_ignored(employee),
        on_remove="forget" if employee.on_remove == "forget" else None,  # resign and disable are about servers
        was=employee.was,
    )


def terminal_name(employee: Object) -> Value:
    """The name on terminals: the nickname, else the first and the last name."""
    nickname = employee.values.get("nickname")
    names = [employee.values.get(path) for path in ("first_name", "last_name")]
    return nickname or " ".join(name for name in names if isinstance(name, str)) or None


def _department_name(code: Value, departments: Mapping[str, Object]) -> Value:
    found = departments.get(code) if isinstance(code, str) else None
    return name_of(found) if found is not None else code


def _ignored(employee: Object) -> tuple[str, ...]:
    """What is ignored, in the words of a terminal's user: what is made of an ignored field is ignored too."""
    ignored = set(employee.ignore)
    if "access_levels" in ignored:
        ignored.add("access")
    if employee.values.get("nickname") is None and not ignored.isdisjoint(("first_name", "last_name")):
        ignored.add("nickname")
    return employee.ignore if len(ignored) == len(employee.ignore) else tuple(sorted(ignored))


def open_weeks(levels: Mapping[str, Object]) -> dict[str, Texts]:
    """When each level opens a terminal's door; those that open none, or have no week, are left out."""
    return {
        name: _texts(level.values["week"])
        for name, level in levels.items()
        if level.values.get("control") in (None, "door") and level.values.get("week") is not None
    }


def access_of(levels: Texts, open_at: Mapping[str, Texts]) -> Texts | None:
    """When somebody with these levels may pass; None when that is not managed on terminals."""
    weeks = sorted({open_at[level] for level in levels if level in open_at})
    if levels and not weeks:
        return None
    return week_texts(union(week_of_texts(week) for week in weeks))


def _texts(value: Value) -> Texts:
    return value if isinstance(value, tuple) else ()


def _by_name(departments: Iterable[Object]) -> tuple[dict[str, Object], tuple[tuple[Object, Object], ...]]:
    """The departments as terminals have them, whose key is the name; and each that has another roster than an earlier
    one of its name."""
    named: dict[str, list[Object]] = {}
    for each in departments:
        named.setdefault(name_of(each), []).append(each)
    at_odds: list[tuple[Object, Object]] = []
    for alike in named.values():
        rosters = [each for each in alike if "roster" in each.values]
        at_odds += [(rosters[0], each) for each in rosters if each.values["roster"] != rosters[0].values["roster"]]
    return {name: _department(name, alike) for name, alike in sorted(named.items())}, tuple(at_odds)


def _department(name: str, alike: Sequence[Object]) -> Object:
    """What terminals have of the departments of one name: the roster of the one that has it."""
    chosen = next((each for each in alike if "roster" in each.values), alike[0])
    return Object(
        kind="department",
        key=name,
        values={path: value for path, value in chosen.values.items() if path == "roster"},
        span=chosen.span,
        prevent_delete=any(each.prevent_delete for each in alike) or chosen.prevent_delete,
        ignore=chosen.ignore,
    )


def name_of(department: Object) -> str:
    return str(department.values.get("name", department.key))


def _at_odds(target: str, first: Object, second: Object) -> Diagnostic:
    name = name_of(second)
    return error(
        "RC0601",
        f"The departments {cited(first.key)} and {cited(second.key)} are both named {cited(name)}, which is one "
        f"department on a terminal, and their rosters differ. {target} has users of both. Give them different names, "
        "or the same roster.",
        source=second.span,
        address=Address(target, "department", name),
    )
