"""Writing access levels of doors, as edition 1.2 can: accLevel/addLevel makes or changes by the name, and
accLevel/addLevelDoor adds doors. No call takes one away, or shows what a level has."""

from reconciler.model.outcome import Outcome
from reconciler.model.plan import Change
from reconciler.model.words import cited
from reconciler.systems.cvsecurity.codes import code_of, counted
from reconciler.systems.cvsecurity.encode import encode
from reconciler.systems.cvsecurity.outcomes import done, refused, written
from reconciler.systems.cvsecurity.site import Site
from reconciler.systems.cvsecurity.wire import CONTROLS, LEVEL, LEVEL_DOORS, Feature
from reconciler.transport.failure import Failure, Sent

_DOOR = CONTROLS["door"]
_NO_DOOR = frozenset({-46, -47})
_DOORS, _LEVEL_NAME, _DOOR_NAME = LEVEL_DOORS


def write_level(site: Site, change: Change) -> Outcome:
    """Makes a level, or writes again what can't be read. Raises Failure; what fails after a first call is told
    as a part that was written."""
    name = change.address.key
    values = change.after or {}
    wanted = written(change)
    so_far = None
    if change.before is None or any(column.path in wanted for column in LEVEL.columns):
        site.server.post(Feature.ADD_LEVEL, [{LEVEL.key: name, **encode(LEVEL, values)}])
        site.made_level()
        so_far = f"{'created' if change.before is None else 'changed'}, but not given all its doors"
    doors = values.get(_DOORS)
    try:
        if _DOORS in wanted and isinstance(doors, tuple):
            _add_doors(site, name, doors)
        site.touch(_DOOR, site.level_ids(_DOOR, (name,)))
    except Failure as failure:
        return refused(change, failure, so_far)
    return done(change)


def _add_doors(site: Site, level: str, doors: tuple[str, ...]) -> None:
    """Adds doors, all of them: the answer is success even if none was added, and counts them (A1 9). Adding twice is
    adding once."""
    if _added(site, level, doors):
        return
    missing = [door for door in doors if not _added(site, level, (door,))]
    if missing:
        names = ", ".join(cited(door) for door in missing)
        raise Failure(
            Sent.REFUSED,
            "RC0606",
            f"`{_DOORS}`: the server has no door {names}, or did not add it to the level. Write the names of doors as "
            "the server has them.",
        )


def _added(site: Site, level: str, doors: tuple[str, ...]) -> bool:
    items = [{_LEVEL_NAME: level, _DOOR_NAME: door} for door in doors]
    try:
        counts = counted(site.server.post(Feature.ADD_LEVEL_DOOR, items).message)
    except Failure as failure:
        if code_of(failure) in _NO_DOOR:
            return False
        raise
    return counts is None or (counts[0] > 0 and counts[1] == 0)
