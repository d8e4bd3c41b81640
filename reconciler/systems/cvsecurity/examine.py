"""How a server is, for `doctor`: what it has, and what of the project it can't do."""

from collections.abc import Callable, Iterator
from functools import reduce

from reconciler.model.examination import Finding
from reconciler.model.kinds import KINDS
from reconciler.model.objects import Desired
from reconciler.model.project import Target
from reconciler.systems.base import Aim
from reconciler.systems.cvsecurity.bindings import BINDINGS
from reconciler.systems.cvsecurity.client import AccessToken, Server
from reconciler.systems.cvsecurity.codecs import text
from reconciler.systems.cvsecurity.facts import Facts, joined
from reconciler.systems.cvsecurity.features import parking, probed, read_levels, read_zone
from reconciler.systems.cvsecurity.paging import by_post, count
from reconciler.systems.cvsecurity.wire import ATTENDANCE, CONTROLS, LEVEL, LEVEL_DOORS, ZONES, Feature, Module
from reconciler.transport.failure import Failure
from reconciler.transport.http import open_reader

_DEAD = frozenset({"RC0501", "RC0502", "RC0503"})

_MODULES = {
    Module.ACCESS: "access",
    Module.ELEVATOR: "elevator",
    Module.ENTRANCE: "entrance",
    Module.ATTENDANCE: "attendance",
    Module.KIOSK: "FaceKiosk",
    Module.PARKING: "parking",
}

_OF_MODULE = {
    Feature.ADD_LEVEL: Module.ACCESS,
    Feature.ADD_LEVEL_DOOR: Module.ACCESS,
    Feature.ADD_LEVEL_PERSON: Module.ACCESS,
    Feature.ENTRANCE_BY_PERSON: Module.ENTRANCE,
}

_WITHOUT = {
    Feature.DEPARTMENT_LIST: "Departments that neither the files nor the state name are not seen.",
    Feature.PERSON_LIST: "People are read from the older list, which has fewer fields and no count.",
    Feature.ADD_PERSONS: "People are written one by one.",
    Feature.DELETE_PERSONS: "People are deleted one by one.",
    Feature.ADD_LEVEL: "Access levels can't be created: make them in the server's own pages.",
    Feature.ADD_LEVEL_DOOR: "Doors can't be put into access levels: do it in the server's own pages.",
    Feature.ADD_LEVEL_PERSON: "Door levels are given with the whole person.",
    Feature.ENTRANCE_BY_PERSON: "Entrance levels are given to one person after the other.",
}


def examine(target: Target, aim: Aim) -> list[Finding]:
    """Modules, calls and counts. Raises Failure when the server can't be reached or refuses the token."""
    auth = AccessToken(target)
    with open_reader(target, auth) as http:
        server = Server(http, target, auth)
        found = [Finding("login", "accepted"), _default_department(server)]
        facts, problems = _survey(server)
        found += [*problems, *_counts(server, facts), _licence(facts), *_calls(facts)]
        return [*found, *_impossible(facts, aim.desired), *_unread(aim.desired)]


def _default_department(server: Server) -> Finding:
    name = text(server.root.get("name"))
    advice = None if name else "People without a department land in it. Look for it in the server's own pages."
    return Finding("default department", f"1 ({name})" if name else "there is no department 1", advice)


def _survey(server: Server) -> tuple[Facts, list[Finding]]:
    """All that can be learned, and what could not."""
    asked: list[tuple[str, Callable[[], Facts]]] = [
        ("calls of later editions", lambda: probed(server, Feature)),
        ("access levels", lambda: read_levels(server)),
        *((f"areas of {_MODULES[zone.module]}", lambda zone=zone: read_zone(server, zone)[1]) for zone in ZONES),
        ("parking", lambda: parking(server)),
    ]
    facts: list[Facts] = []
    problems: list[Finding] = []
    for about, ask in asked:
        try:
            facts.append(ask())
        except Failure as failure:
            if failure.code in _DEAD:
                raise
            problems.append(Finding(about, "can't be read", failure.detail))
    return reduce(joined, facts, Facts()), problems


def _counts(server: Server, facts: Facts) -> Iterator[Finding]:
    for kind, feature in (("department", Feature.DEPARTMENT_LIST), ("employee", Feature.PERSON_LIST)):
        if feature in facts.has:
            about = KINDS[kind].plural
            try:
                number = count(feature, by_post(server, feature, size=1))
            except Failure as failure:
                if failure.code in _DEAD:
                    raise
                yield Finding(about, "can't be read", failure.detail)
            else:
                yield Finding(about, "not counted" if number is None else f"{number:,}")
    for control, levels in sorted(facts.levels.items()):
        yield Finding(f"{control} levels", f"{len(levels):,}")
    if facts.areas is not None:
        yield Finding("attendance areas", f"{len(facts.areas):,}")
    if facts.kiosk_areas is not None:
        yield Finding("FaceKiosk areas", f"{len(facts.kiosk_areas):,}")


def _licence(facts: Facts) -> Finding:
    there = [name for module, name in _MODULES.items() if module in facts.has]
    lacking = [name for module, name in _MODULES.items() if module in facts.lacks]
    without = f"; without {', '.join(lacking)}" if lacking else ""
    return Finding("licensed modules", f"{', '.join(there) or 'personnel only'}{without}")


def _calls(facts: Facts) -> Iterator[Finding]:
    """A call of a module that is not licensed is not worth a word."""
    for feature in Feature:
        if feature in facts.has:
            yield Finding(f"call {feature}", "there")
        elif feature in facts.lacks and _OF_MODULE.get(feature) not in facts.lacks:
            yield Finding(f"call {feature}", f"not there. {_WITHOUT[feature]}")


def _impossible(facts: Facts, desired: Desired | None) -> Iterator[Finding]:
    """What the files ask for and the server can't do."""
    if desired is None:
        return
    employee = desired.paths("employee")
    needs: list[tuple[str, bool, Module | Feature]] = [
        *((each.path, each.path in employee, each.module) for each in CONTROLS.values()),
        *((each.path, each.path in employee, each.module) for each in ZONES),
        *((column.path, column.path in employee, Module.ATTENDANCE) for column in ATTENDANCE.columns),
        *((column.path, column.path in desired.paths("access_level"), Feature.ADD_LEVEL) for column in LEVEL.columns),
        (LEVEL_DOORS[0], LEVEL_DOORS[0] in desired.paths("access_level"), Feature.ADD_LEVEL_DOOR),
        ("vehicles", bool(desired.objects.get("vehicle")), Module.PARKING),
    ]
    for about, asked, need in needs:
        if asked and need in facts.lacks:
            lacking = (
                f"the module {_MODULES[need]} is not licensed" if isinstance(need, Module) else f"it has no call {need}"
            )
            advice = f"The files ask for `{about}`. Remove it for this target, or have the server licensed or updated."
            yield Finding(about, f"not possible: {lacking}", advice)


def _unread(desired: Desired | None) -> Iterator[Finding]:
    """What the files ask for and no call shows."""
    if desired is None:
        return
    for kind, binding in BINDINGS.items():
        paths = sorted(desired.paths(kind) & binding.write_only)
        if paths:
            yield Finding(f"never shown of {KINDS[kind].nouns}", ", ".join(paths))
