"""Access levels: those of the files and those of a server, made comparable. A server has three lists of them, and no
call that deletes or renames one."""

from collections.abc import Container, Mapping

import msgspec

from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, error
from reconciler.model.fields import Value
from reconciler.model.objects import Listing, Live, Object
from reconciler.model.words import cited, nearest
from reconciler.systems.cvsecurity.facts import Facts
from reconciler.systems.cvsecurity.projection import control_of
from reconciler.systems.cvsecurity.wire import CONTROLS, LEVEL, LEVEL_DOORS, Feature

Levels = Mapping[str, Object]

_MAKING = tuple(column.path for column in LEVEL.columns)
_DOORS = LEVEL_DOORS[0]
_OWN = frozenset({*_MAKING, _DOORS})
_ARTICLES = {"door": "a door level", "elevator": "an elevator level", "entrance": "an entrance level"}
_BY_HAND = "Make it in the server's own pages, or correct the name."


def controls_wanted(levels: Levels, people: Mapping[str, Object]) -> dict[str, str]:
    """What each level that the files name opens: as declared, else as the employees' fields say."""
    found = {
        name: word
        for word, control in CONTROLS.items()
        for each in people.values()
        if isinstance(names := each.values.get(control.path), tuple)
        for name in names
    }
    return found | {name: control_of(level) for name, level in levels.items()}


def fit_listing(listing: Listing, wanted: Mapping[str, str], facts: Facts) -> Listing:
    """The levels of a server, where one that the files name is that of its own list only: a door level does not stand
    for an elevator level of its name."""
    lives = {name: msgspec.structs.replace(live, builtin=True) for name, live in listing.objects.items()}
    for name, control in wanted.items():
        known = facts.levels.get(control, {}).get(name)
        if known is not None:
            lives[name] = Live(name, known, {"control": control}, builtin=True)
        else:
            lives.pop(name, None)
    twice = frozenset(name for name, control in wanted.items() if name in facts.ambiguous.get(control, ()))
    return msgspec.structs.replace(listing, objects=dict(sorted(lives.items())), duplicates=twice)


def fit_levels(
    target: str, levels: Levels, listing: Listing, ours: Container[str], facts: Facts
) -> tuple[Levels, Listing, list[Diagnostic]]:
    """The levels that can be compared or made, the listing for that, and an error for every other one. A level that is
    complained of counts as there, so that each of its users is not complained of too; and one of `ours` as unchanged,
    since it has not left the files."""
    kept: dict[str, Object] = {}
    lives = dict(listing.objects)
    found: list[Diagnostic] = []
    for name, level in levels.items():
        there = name in listing.objects
        wrong = _wrong(level, facts) if there else _unmakeable(level, facts)
        if wrong is None:
            kept[name] = level
            continue
        code, detail = wrong
        found.append(error(code, detail, source=level.span, address=Address(target, "access_level", name)))
        if there:
            kept[name] = _without_own(level)
            continue
        lives[name] = Live(name, name, {}, builtin=True)
        if name in ours:
            kept[name] = msgspec.structs.replace(level, values={})
    return kept, msgspec.structs.replace(listing, objects=dict(sorted(lives.items()))), found


def _wrong(level: Object, facts: Facts) -> tuple[str, str] | None:
    """What a level that is there can't be given."""
    asked = _asked(level.values)
    if not asked:
        return None
    if control_of(level) != "door":
        return "RC0601", (
            f"{_names(asked)} can't be set for {_ARTICLES[control_of(level)]}: cvsecurity has no call for it. Leave "
            f"the block `cvsecurity` out; the server has the level."
        )
    lacking = [path for path in asked if _call_of(path) in facts.lacks]
    if lacking:
        return "RC0601", (
            f"{_names(lacking)} can't be set: this server has no call {_call_of(lacking[0])}, which came with edition "
            "1.2 of its API. Leave the block `cvsecurity` out, as the server has the level, or update the server."
        )
    return _halves(level)


def _unmakeable(level: Object, facts: Facts) -> tuple[str, str] | None:
    """Why a level that is not there can't be made."""
    control = CONTROLS[control_of(level)]
    if control.module in facts.lacks:
        return "RC0601", (
            f"It is {_ARTICLES[control.word]}, and this server has no module {control.module}. License the module, or "
            "leave the level out for this target."
        )
    absent = f"The server has no {control.word} level {cited(level.key)}."
    absent += nearest(level.key, facts.levels.get(control.word, {}))
    asked = _asked(level.values)
    if control.word != "door":
        return "RC0606", f"{absent} Levels of this kind can't be made by calls. {_BY_HAND}"
    if Feature.ADD_LEVEL in facts.lacks:
        return "RC0606", f"{absent} This server's edition of the API makes no levels. {_BY_HAND}"
    if not asked:
        return "RC0606", (
            f"{absent} {_BY_HAND} Or give it `cvsecurity: {{time_segment: …, area: …, doors: […]}}`, from which it is "
            "made."
        )
    if any(level.values.get(path) is None for path in _MAKING):
        return "RC0606", f"{absent} To make it `cvsecurity` needs both time_segment and area. Add what is missing."
    if _DOORS in asked and Feature.ADD_LEVEL_DOOR in facts.lacks:
        return "RC0601", (
            f"`{_DOORS}` can't be set: this server has no call {Feature.ADD_LEVEL_DOOR}. Leave it out, and add the "
            "doors in the server's own pages."
        )
    return None


def _halves(level: Object) -> tuple[str, str] | None:
    given = [path for path in _MAKING if level.values.get(path) is not None]
    if len(given) != 1:
        return None
    return "RC0601", f"`{given[0]}` can't be set alone: one call writes both time_segment and area. Add the other one."


def _asked(values: Mapping[str, Value]) -> list[str]:
    return sorted(path for path in _OWN & values.keys() if values[path] is not None)


def _call_of(path: str) -> Feature:
    return Feature.ADD_LEVEL_DOOR if path == _DOORS else Feature.ADD_LEVEL


def _names(paths: list[str]) -> str:
    return ", ".join(f"`{path}`" for path in paths)


def _without_own(level: Object) -> Object:
    kept = {path: value for path, value in level.values.items() if path not in _OWN}
    return msgspec.structs.replace(level, values=kept)
