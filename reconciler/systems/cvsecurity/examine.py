"""How a server is, for `doctor`: what it has, and what `fit` needs to tell what of the project it can't do."""

from collections.abc import Callable, Collection, Iterator
from functools import reduce

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.examination import Examined, Finding
from reconciler.model.kinds import KINDS
from reconciler.model.objects import Desired, Listing
from reconciler.model.project import Target
from reconciler.systems.base import Aim
from reconciler.systems.cvsecurity import decode
from reconciler.systems.cvsecurity.bindings import BINDINGS
from reconciler.systems.cvsecurity.client import AccessToken, Server
from reconciler.systems.cvsecurity.codecs import text
from reconciler.systems.cvsecurity.facts import Facts, joined
from reconciler.systems.cvsecurity.features import parking, probed, read_levels, read_zone
from reconciler.systems.cvsecurity.paging import by_post, count
from reconciler.systems.cvsecurity.wire import ZONES, Feature, Module
from reconciler.transport.failure import Failure
from reconciler.transport.http import open_reader

_DEAD = frozenset({"RC0501", "RC0502", "RC0503"})
_LEVELS = "access levels"

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


def examine(target: Target, aim: Aim) -> Examined:
    """Modules, calls and counts. Raises Failure when the server can't be reached or refuses the token."""
    auth = AccessToken(target)
    managed = aim.desired.objects if aim.desired else {}
    with open_reader(target, auth) as http:
        server = Server(http, target, auth)
        found = [Finding("login", "accepted"), _default_department(server)]
        facts, problems, listings = _survey(server, managed)
        found += [*problems, *_counts(server, facts, managed, listings), *_edition(facts), _licence(facts)]
        return Examined((*found, *_calls(facts), *_unread(aim.desired)), listings)


def _default_department(server: Server) -> Finding:
    name = text(server.root.get("name"))
    advice = None if name else "People without a department land in it. Look for it in the server's own pages."
    return Finding("default department", f"1 ({name})" if name else "there is no department 1", advice)


def _survey(server: Server, managed: Collection[str]) -> tuple[Facts, list[Finding], dict[str, Listing]]:
    """All that can be learned, what could not, and by it what a plan would hold the files against."""
    asked: list[tuple[str, Callable[[], Facts]]] = [
        ("calls of later editions", lambda: probed(server, Feature)),
        (_LEVELS, lambda: read_levels(server)),
        *((f"areas of {_MODULES[zone.module]}", lambda zone=zone: read_zone(server, zone)[1]) for zone in ZONES),
        ("parking", lambda: parking(server)),
    ]
    facts: list[Facts] = []
    findings: list[Finding] = []
    problem: Diagnostic | None = None
    for about, ask in asked:
        try:
            facts.append(ask())
        except Failure as failure:
            if failure.code in _DEAD:
                raise
            told = about == _LEVELS and "access_level" in managed
            problem = failure.diagnostic() if told else problem
            findings.append(Finding(about, "can't be read", None if told else failure.detail))
    known = reduce(joined, facts, Facts())
    levels, twice = decode.levels(known)
    listings = {
        "access_level": Listing("access_level", levels, twice, problem, known),
        "employee": Listing("employee", {}, raw=known),
        "vehicle": Listing("vehicle", {}, raw=known),
    }
    return known, findings, listings


def _counts(server: Server, facts: Facts, managed: Collection[str], listings: dict[str, Listing]) -> Iterator[Finding]:
    for kind, feature in (("department", Feature.DEPARTMENT_LIST), ("employee", Feature.PERSON_LIST)):
        if feature in facts.has:
            about = KINDS[kind].plural
            try:
                number = count(feature, by_post(server, feature, size=1))
            except Failure as failure:
                if failure.code in _DEAD:
                    raise
                listings[kind] = Listing(kind, {}, problem=failure.diagnostic(), raw=facts)
                yield Finding(about, "can't be read", None if kind in managed else failure.detail)
            else:
                yield Finding(about, "not counted" if number is None else f"{number:,}")
    for control, levels in sorted(facts.levels.items()):
        yield Finding(f"{control} levels", f"{len(levels):,}")
    if facts.areas is not None:
        yield Finding("attendance areas", f"{len(facts.areas):,}")
    if facts.kiosk_areas is not None:
        yield Finding("FaceKiosk areas", f"{len(facts.kiosk_areas):,}")


def _edition(facts: Facts) -> Iterator[Finding]:
    """No call tells the version; calls that came with an edition do."""
    if Feature.ADD_LEVEL in facts.has:
        yield Finding("version", "no call tells it; by its calls the API is of edition 1.2 or later")
    elif Feature.ADD_LEVEL in facts.lacks and Module.ACCESS in facts.has:
        yield Finding("version", "no call tells it; by its calls the API is older than edition 1.2")
    else:
        yield Finding("version", "no call tells it")


def _licence(facts: Facts) -> Finding:
    there = [name for module, name in _MODULES.items() if module in facts.has]
    lacking = [name for module, name in _MODULES.items() if module in facts.lacks]
    unknown = [name for module, name in _MODULES.items() if module not in facts.has | facts.lacks]
    without = f"; without {', '.join(lacking)}" if lacking else ""
    doubt = f"; not known of {', '.join(unknown)}" if unknown else ""
    return Finding("licensed modules", f"{', '.join(there) or 'personnel only'}{without}{doubt}")


def _calls(facts: Facts) -> Iterator[Finding]:
    """A call of a module that is not licensed is not worth a word."""
    there = [feature for feature in Feature if feature in facts.has]
    if there:
        yield Finding("calls of later editions", ", ".join(there))
    for feature in Feature:
        if feature in facts.lacks and _OF_MODULE.get(feature) not in facts.lacks:
            yield Finding(f"no call {feature}", _WITHOUT[feature])


def _unread(desired: Desired | None) -> Iterator[Finding]:
    """What the files ask for and no call shows."""
    if desired is None:
        return
    for kind, binding in BINDINGS.items():
        paths = sorted(desired.paths(kind) & binding.write_only)
        if paths:
            yield Finding(f"never shown of {KINDS[kind].nouns}", ", ".join(paths))
