"""Projection for CVSecurity: of the organisation, what a server must hold, in its own shape.

A person's access levels stand in three lists there, by what they open, and a person who leaves is gone at once.
"""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, error, warning
from reconciler.model.fields import Value
from reconciler.model.objects import Object, Objects, Organisation
from reconciler.model.project import Target
from reconciler.model.words import some
from reconciler.systems.base import Own
from reconciler.systems.cvsecurity.wire import CONTROLS, ROOT

RESIGNED = "resigned."
"""How the paths of a resignation begin."""


def own(organisation: Organisation, today: str) -> Own:
    """The projection onto CVSecurity servers on `today`, an ISO date. What is the same for all of them is made once."""
    objects = organisation.objects
    controls = {name: control_of(level) for name, level in objects.get("access_level", {}).items()}
    employees = objects.get("employee", {})
    people = {key: _person(each, controls, today) for key, each in employees.items()}
    placeless = {key: _without_areas(each) for key, each in people.items()}
    later = sorted(key for key, each in employees.items() if _leaves_later(each, today))
    departments = {key: _department(each) for key, each in objects.get("department", {}).items()}

    def of(target: Target) -> tuple[Objects, Sequence[Diagnostic]]:
        # a selection by areas looks at them, whoever manages them
        areas = not target.manages or "area" in target.manages or "area" in target.select
        found: list[Diagnostic] = []
        if _manages(target, "vehicle"):
            found += _vehicle_problems(target, objects.get("vehicle", {}))
        if later and _manages(target, "employee"):
            found.append(_later(target, later))
        return {**objects, "department": departments, "employee": people if areas else placeless}, found

    return of


def control_of(level: Object) -> str:
    """What a declared level opens: door, elevator or entrance."""
    return str(level.values.get("control") or "door")


def _manages(target: Target, kind: str) -> bool:
    return not target.manages or kind in target.manages


def _person(each: Object, controls: Mapping[str, str], today: str) -> Object:
    """The employee as a server's person. Who is still to leave has not left: a leaver is shut out at once (2.13.6)."""
    values = each.values
    if _leaves_later(each, today):
        values = {path: value for path, value in values.items() if not path.startswith(RESIGNED)}
    ignore = each.ignore
    levels = values.get("access_levels", False)
    if levels is not False:
        values = values | _by_control(levels if isinstance(levels, tuple) else (), controls)
        if "access_levels" in ignore:
            ignore = tuple(sorted({*ignore, *(control.path for control in CONTROLS.values())}))
    return each if values is each.values else msgspec.structs.replace(each, values=values, ignore=ignore)


def _by_control(levels: tuple[str, ...], controls: Mapping[str, str]) -> dict[str, Value]:
    """The levels by what they open. Elevators and entrances of which the files declare no level at all are not managed:
    nobody could see who loses them. `[]` is none, anywhere."""
    declared = {"door", *controls.values()}
    return {
        control.path: tuple(name for name in levels if controls.get(name, "door") == word)
        for word, control in CONTROLS.items()
        if not levels or word in declared
    }


def _leaves_later(each: Object, today: str) -> bool:
    last = each.values.get("resigned.date")
    return isinstance(last, str) and last >= today


def _without_areas(each: Object) -> Object:
    if "areas" not in each.values:
        return each
    return msgspec.structs.replace(each, values={path: v for path, v in each.values.items() if path != "areas"})


def _department(each: Object) -> Object:
    """A department without a parent stands below the root there (A4.1)."""
    if each.key == ROOT or each.values.get("parent", ROOT) is not None:
        return each
    return msgspec.structs.replace(each, values=each.values | {"parent": ROOT})


def _vehicle_problems(target: Target, vehicles: Mapping[str, Object]) -> Iterator[Diagnostic]:
    """The lists of vehicles are kept by days, and that of those that may come in wants both (manual 2.3.1, 2.3.3)."""
    for each in vehicles.values():
        days = {path: each.values.get(path) for path in ("from", "to")}
        missing = [f"`{path}`" for path, day in days.items() if day is None]
        detail = None
        if each.values.get("list") == "allow" and missing:
            detail = (
                f"A vehicle with `list: allow` needs {' and '.join(missing)} on cvsecurity. Add the first and last day."
            )
        elif any(isinstance(day, str) and "T" in day for day in days.values()):
            detail = "`from` and `to` of a vehicle are whole days on cvsecurity. Leave the time of day out."
        if detail is not None:
            yield error("RC0601", detail, source=each.span, address=Address(target.name, "vehicle", each.key))


def _later(target: Target, keys: list[str]) -> Diagnostic:
    who = some(keys)
    return warning(
        "RC0601",
        f"On {target.name} a person who leaves is shut out at once, whatever the last day is. Those whose last day has "
        f"not passed yet stay as they are, and leave with the first apply after it: {who}.",
    )
