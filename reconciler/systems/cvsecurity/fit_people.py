"""People: what the files ask of them and what a server has, made comparable."""

from collections.abc import Callable, Collection, Iterator, Mapping

import msgspec

from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, error, warning
from reconciler.model.fields import Value
from reconciler.model.objects import Listing, Live, Object
from reconciler.model.state import Entry
from reconciler.systems.cvsecurity.codecs import password_problem
from reconciler.systems.cvsecurity.facts import Facts
from reconciler.systems.cvsecurity.projection import RESIGNED
from reconciler.systems.cvsecurity.wire import ATTENDANCE, CONTROLS, ZONES, Module

People = Mapping[str, Object]

_AREAS, _KIOSKS = (zone.path for zone in ZONES)
_LEVELS = tuple(control.path for control in CONTROLS.values())

_NEEDS = {
    **{column.path: Module.ATTENDANCE for column in ATTENDANCE.columns},
    _AREAS: Module.ATTENDANCE,
    _KIOSKS: Module.KIOSK,
    **{control.path: control.module for control in CONTROLS.values()},
    "valid.from": Module.ACCESS,
    "valid.until": Module.ACCESS,
}
"""The module that a field needs: without it servers drop the value silently."""


def fit_people(
    target: str, people: People, listing: Listing, remembered: Mapping[str, Entry], facts: Facts, levels: bool
) -> tuple[People, Listing, list[Diagnostic]]:
    """The people as they can be compared, the listing for that, and what is wrong. `levels`: the target manages access
    levels, so that those that a server can't have are complained of already."""
    lacking = {path: module for path, module in _NEEDS.items() if module in facts.lacks}
    lives = dict(listing.objects)
    kept: dict[str, Object] = {}
    found: list[Diagnostic] = []
    silent = {path for path, module in lacking.items() if module is Module.ATTENDANCE or (levels and path in _LEVELS)}
    for key, each in people.items():
        address = Address(target, "employee", key)
        if each.was is not None:
            if each.was in listing.objects and key not in listing.objects:
                found.append(_renamed(each, address))
            each = msgspec.structs.replace(each, was=None)
        if each.values.get("resigned.date") is not None:
            kept[key] = _reduced(each)
            lives[key] = _leaver(key, kept[key].values, lives.get(key), remembered.get(key))
            continue
        if (problem := password_problem(each.values.get("device_password"))) is not None:
            found.append(error("RC0601", f"{problem} Give another one.", source=each.span, address=address))
        if (live := lives.get(key)) is not None and any(path.startswith(RESIGNED) for path in each.values):
            lives[key] = _present(live, each.values)
        asked = lacking.keys() & each.values.keys()
        found += _unlicensed(each, address, {path: lacking[path] for path in asked - silent})
        kept[key] = _without(each, asked) if asked else each
    if any(lacking.get(path) is Module.ATTENDANCE for each in people.values() for path in each.values):
        found.append(_no_attendance(target))
    return kept, msgspec.structs.replace(listing, objects=lives), found


def _reduced(each: Object) -> Object:
    """Of who has left, a server shows nothing, so that nothing but the leaving can be compared."""
    return _filtered(each, lambda path: path.startswith(RESIGNED))


def _leaver(key: str, wanted: Mapping[str, Value], live: Live | None, entry: Entry | None) -> Live:
    """Who has left is no longer listed (A3.19), and who is listed has not left."""
    if live is not None:
        return _present(live, wanted)
    known = entry.id if entry is not None else None
    return Live(key, known if known is not None else key, dict(wanted))


def _present(live: Live, wanted: Collection[str]) -> Live:
    stays: dict[str, Value] = {path: None for path in wanted if path.startswith(RESIGNED)}
    return msgspec.structs.replace(live, values={**live.values, **stays})


def _without(each: Object, paths: Collection[str]) -> Object:
    return _filtered(each, lambda path: path not in paths)


def _filtered(each: Object, keep: Callable[[str], bool]) -> Object:
    return msgspec.structs.replace(each, values={path: value for path, value in each.values.items() if keep(path)})


def _unlicensed(each: Object, address: Address, lacking: Mapping[str, Module]) -> Iterator[Diagnostic]:
    """An error for each field with a value whose module is missing; what is empty is so there in any case."""
    for path, module in sorted(lacking.items()):
        if each.values[path] not in (None, ()):
            yield error(
                "RC0601",
                f"`{path}` can't be set: this server has no module {module}. License the module, or leave the field "
                "out for this target.",
                source=each.span,
                address=address,
            )


def _no_attendance(target: str) -> Diagnostic:
    paths = ", ".join(f"`{path}`" for path in sorted(p for p, module in _NEEDS.items() if module is Module.ATTENDANCE))
    return warning(
        "RC0601",
        f"The server of {target} has no attendance module, so what the files say for it is left out there: {paths}. "
        "License the module, or leave `areas` out of what the target manages.",
    )


def _renamed(each: Object, address: Address) -> Diagnostic:
    return error(
        "RC0601",
        f"A cvsecurity server has no call that changes the number of a person, so {each.was} can't become {each.key}. "
        "Change it in the server's own pages; or remove `was`, and the old one is removed and a new one is made, "
        "without the fingerprints and faces of the old.",
        source=each.span,
        address=address,
    )
