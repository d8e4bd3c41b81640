"""Who is in which level and area: given and taken so that exactly what is desired remains, also where a server shows
nothing of it. What is given comes first: nobody stands before a closed door in between."""

from collections.abc import Callable, Sequence
from functools import partial

from reconciler.systems.cvsecurity.codes import code_of
from reconciler.systems.cvsecurity.encode import encode
from reconciler.systems.cvsecurity.members import Member, Members, attempt, together, whole
from reconciler.systems.cvsecurity.site import Site, pieces, pushed
from reconciler.systems.cvsecurity.wire import ATTENDANCE, CONTROLS, PINS, ZONES, Control, Feature, Zone
from reconciler.transport.failure import Failure

IDS = 100
"""The most ids of levels of one call: they stand in its url, and servers take urls of 8 KB."""

_NOT_TAKEN = -41
"""What a server may answer when a person does not have the level that is taken away (A5 3)."""

_DOOR, *_OTHERS = CONTROLS.values()


def settle(site: Site, members: Members) -> None:
    """Gives and takes what the changes of these people write, whose own fields are written. What fails is noted with
    each person."""
    for member in members:
        if member.wants(_DOOR.path):
            attempt(member, partial(_doors, site, member))
    for control in _OTHERS:
        _levels(site, control, [member for member in members if member.wants(control.path)])
    for zone in ZONES:
        _areas(site, zone, [member for member in members if member.wants(zone.path)])
    for member in members:
        if any(member.wants(column.path) for column in ATTENDANCE.columns):
            attempt(member, partial(_attendance, site, member))


def doors_with_person(site: Site, member: Member) -> bool:
    """Whether a person's door levels are written with the person: all of them, which servers take as the whole set, or
    add to the one that was there (A3 4)."""
    return member.fresh or not site.has(Feature.ADD_LEVEL_PERSON)


def _doors(site: Site, member: Member) -> None:
    wanted = set(site.level_ids(_DOOR, member.names(_DOOR.path)))
    if member.fresh:
        site.touch(_DOOR, wanted)
        return
    before = (member.change.before or {}).get(_DOOR.path)
    held = set(site.known_ids(_DOOR, before)) if isinstance(before, tuple) else None
    given = sorted(wanted - (held or set()))
    if doors_with_person(site, member):
        site.touch(_DOOR, given)
    else:
        for some in pieces(given, IDS):
            _tell(site, _DOOR, some, partial(_call, site, Feature.ADD_LEVEL_PERSON, member.pin, some))
    _take(site, _DOOR, member.pin, sorted(({*site.levels(_DOOR).values()} if held is None else held) - wanted))


def _levels(site: Site, control: Control, members: Members) -> None:
    """Elevators and entrances, whose levels no call shows (A5 4): the desired are given, and all others taken."""
    wanted: dict[str, tuple[str, ...]] = {}

    def look_up(member: Member) -> None:
        wanted[member.pin] = site.level_ids(control, member.names(control.path))

    ready = [member for member in members if attempt(member, partial(look_up, member), writes=False)]
    giving = [member for member in ready if wanted[member.pin]]
    if giving and control.word == "entrance" and site.has(Feature.ENTRANCE_BY_PERSON):
        together(giving, partial(_by_person, site, control, wanted))
    else:
        for member in giving:
            attempt(member, partial(_sync_person, site, control, member.pin, wanted[member.pin]))
    for member in ready:
        if member.problem is None and not member.fresh:
            others = sorted({*site.levels(control).values()} - {*wanted[member.pin]})
            attempt(member, partial(_take, site, control, member.pin, others))


def _by_person(site: Site, control: Control, wanted: dict[str, tuple[str, ...]], members: Members) -> None:
    """v2/psgLevel/addLevelByPerson of edition 1.2: many people in one call."""
    path = Feature.ENTRANCE_BY_PERSON
    items = [{"pin": member.pin, "levelIds": list(wanted[member.pin])} for member in members]
    ids = {number for member in members for number in wanted[member.pin]}
    _tell(site, control, sorted(ids), lambda: whole(site.server.post(path, items), path))


def _sync_person(site: Site, control: Control, pin: str, ids: Sequence[str]) -> None:
    """syncPerson (manual 2.2.6, 2.32.6): the one call of elevators that names a person and levels."""
    for some in pieces(ids, IDS):
        _tell(site, control, some, partial(_call, site, f"{control.calls}/syncPerson", pin, some))


def _call(site: Site, path: str, pin: str, ids: Sequence[str]) -> None:
    site.server.post(path, query={"pin": pin, "levelIds": ",".join(ids)})


def _take(site: Site, control: Control, pin: str, ids: Sequence[str]) -> None:
    """deleteLevel (manual 2.1.4), which takes levels from a person. One that the person does not have is passed over,
    or refuses the whole call: then they are taken one by one."""
    for some in pieces(ids, IDS):
        try:
            _call(site, f"{control.calls}/deleteLevel", pin, some)
        except Failure as failure:
            if pushed(failure):
                site.touch(control, some, failure)
            elif code_of(failure) != _NOT_TAKEN:
                raise
            elif len(some) > 1:
                for number in some:
                    _take(site, control, pin, [number])


def _tell(site: Site, control: Control, ids: Sequence[str], call: Callable[[], None]) -> None:
    """Makes a call that gives levels; the end of the run sees to it that their devices know."""
    try:
        call()
    except Failure as failure:
        if not pushed(failure):
            raise
        site.touch(control, ids, failure)
    else:
        site.touch(control, ids)


def _areas(site: Site, zone: Zone, members: Members) -> None:
    """Areas, whose people no call shows (A6 3): set adds to those that are there (A6 1)."""
    for code in sorted({code for member in members for code in member.names(zone.path)}):
        inside = [member for member in members if member.problem is None and code in member.names(zone.path)]
        together(inside, partial(_put, site, zone, code))
    staying = [member for member in members if member.problem is None and not member.fresh]
    if not staying:
        return
    try:
        codes = site.areas(zone)
    except Failure as failure:
        for member in staying:
            member.problem = failure
        return
    for code in codes:
        outside = [member for member in staying if member.problem is None and code not in member.names(zone.path)]
        together(outside, partial(_take_out, site, zone, code))


def _put(site: Site, zone: Zone, code: str, members: Members) -> None:
    for pins in pieces([member.pin for member in members], PINS):
        site.server.post(zone.put, _named(zone, code, pins))


def _take_out(site: Site, zone: Zone, code: str, members: Members) -> None:
    for pins in pieces([member.pin for member in members], PINS):
        if zone.pins_text:
            site.server.post(zone.take, _named(zone, code, pins))
        else:
            site.server.delete(zone.take, _named(zone, code, pins))


def _named(zone: Zone, code: str, pins: list[str]) -> dict[str, object]:
    """An area and people (manual 2.8.2, 2.28.2): FaceKiosk's code is a number, and its pins are one text."""
    if not zone.pins_text:
        return {"code": code, "pins": pins}
    return {"code": int(code) if str(code).isdecimal() and str(int(code)) == code else code, "pins": ",".join(pins)}


def _attendance(site: Site, member: Member) -> None:
    """editAttPerson (manual 2.24.5). Whether what is left out is kept is not known: all that is managed is said."""
    values = member.change.after or {}
    site.server.post("attPerson/editAttPerson", {ATTENDANCE.key: member.pin, **encode(ATTENDANCE, values)})
