"""Writing people: made, changed, deleted, gone and back again. person/add makes or changes by the number, so that one
whose reply was lost may be sent again (manual 2.13.1)."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from reconciler.model.fields import Value
from reconciler.model.outcome import Outcome
from reconciler.model.plan import Change
from reconciler.systems.cvsecurity.codes import UNKNOWN_PERSON, code_of
from reconciler.systems.cvsecurity.deletes import delete_by_key
from reconciler.systems.cvsecurity.encode import Body, encode, person_body
from reconciler.systems.cvsecurity.members import Member, Members, attempt, together, whole
from reconciler.systems.cvsecurity.membership import doors_with_person, settle
from reconciler.systems.cvsecurity.outcomes import done, refused, written
from reconciler.systems.cvsecurity.site import Site
from reconciler.systems.cvsecurity.wire import CONTROLS, LEAVE, PERSON, PHOTO, Feature
from reconciler.transport.failure import Failure

_DOOR = CONTROLS["door"]

_PIN = -29
"""What a server answers to the number of somebody who has left, and to one that it does not take at all (A3 8, 19)."""

_PHOTOS = 4_000_000
"""About how many characters of photos go in one call."""

Bodies = dict[str, Body]


def write_people(site: Site, changes: Sequence[Change]) -> list[Outcome]:
    """Makes and changes people: their own fields in one call where the server has it, then what they are in."""
    members = [Member(change, fresh=change.before is None) for change in changes]
    bodies: Bodies = {}
    ready = [member for member in members if attempt(member, partial(_prepare, site, bodies, member), writes=False)]
    sending = [member for member in ready if member.fresh or len(bodies[member.pin]) > 1]
    for some in _loads(sending, bodies):
        together(some, partial(_add, site, bodies))
    settle(site, [member for member in ready if member.problem is None])
    return [_outcome(member) for member in members]


def _prepare(site: Site, bodies: Bodies, member: Member) -> None:
    values: Mapping[str, Value] = written(member.change)
    if not doors_with_person(site, member):
        values = {path: value for path, value in values.items() if path != _DOOR.path}
    bodies[member.pin] = person_body(member.pin, values, partial(site.level_ids, _DOOR), clear=not member.fresh)


def _loads(members: Members, bodies: Bodies) -> Iterator[list[Member]]:
    """The people in portions that are no burden, photos being large."""
    load: list[Member] = []
    size = 0
    for member in members:
        weight = len(str(bodies[member.pin].get(PHOTO, "")))
        if load and size + weight > _PHOTOS:
            yield load
            load, size = [], 0
        load.append(member)
        size += weight
    if load:
        yield load


def _add(site: Site, bodies: Bodies, members: Members) -> None:
    """One call for all where the server has it; else, and for one person, person/add."""
    path = Feature.ADD_PERSONS
    if len(members) > 1 and site.has(path):
        whole(site.server.post(path, [bodies[member.pin] for member in members]), path)
        return
    if len(members) > 1:
        for member in members:
            attempt(member, partial(_add, site, bodies, [member]))
        return
    (member,) = members
    try:
        site.server.post("person/add", bodies[member.pin])
    except Failure as failure:
        if not member.fresh or code_of(failure) != _PIN:
            raise
        _reinstate(site, member, failure)


def _reinstate(site: Site, member: Member, refusal: Failure) -> None:
    """Brings back who had left (manual 2.13.10), with all that is desired: what is left of the earlier time is cleared
    where that is managed. Raises Failure: the first refusal, when nobody of this number has left."""
    body = person_body(member.pin, member.change.after or {}, partial(site.level_ids, _DOOR))
    try:
        site.server.post("person/reinstated", body)
    except Failure as failure:
        raise refusal if code_of(failure) in (UNKNOWN_PERSON, _PIN) else failure from None
    member.fresh = False


def _outcome(member: Member) -> Outcome:
    change = member.change
    if member.problem is None:
        return done(change)
    verb = "created" if change.before is None else "changed"
    return refused(change, member.problem, f"{verb}, but not in everything" if member.stored else None)


def leave(site: Site, change: Change) -> Outcome:
    """Enters that a person has left (manual 2.13.6): the server lets them pass nowhere, and shows them no longer."""
    body = {LEAVE.key: change.address.key, **encode(LEAVE, change.after or {}, clear=False)}
    try:
        site.server.post("person/leave", body)
    except Failure as failure:
        if code_of(failure) != UNKNOWN_PERSON:  # else an earlier try was carried out, or somebody was first
            raise
    return done(change)


def delete_people(site: Site, changes: Sequence[Change]) -> list[Outcome]:
    """Deletes people, in one call where the server has it."""
    members = [Member(change, fresh=False) for change in changes]
    together(members, partial(_delete, site))
    return [_deleted(member) for member in members]


def _delete(site: Site, members: Members) -> None:
    pins = [member.pin for member in members]
    if len(pins) > 1 and site.has(Feature.DELETE_PERSONS) and not any("," in pin for pin in pins):
        site.server.post(Feature.DELETE_PERSONS, query={"pins": ",".join(pins)})
        return
    for member in members:
        attempt(member, partial(_delete_one, site, member))


def _delete_one(site: Site, member: Member) -> None:
    try:
        delete_by_key(site, "person/delete", PERSON.key, member.pin)
    except Failure as failure:
        if code_of(failure) != UNKNOWN_PERSON:  # else somebody, or an earlier try, deleted the person
            raise


def _deleted(member: Member) -> Outcome:
    return done(member.change) if member.problem is None else refused(member.change, member.problem)
