"""What an export of a server leaves out, so that a plan of it takes nothing away from anybody."""

from collections.abc import Mapping, Sequence

import msgspec

from reconciler.model.kinds import KINDS
from reconciler.model.objects import Listing, Live, Object, Organisation
from reconciler.model.project import Target
from reconciler.model.words import some
from reconciler.systems.base import Aim, Exported
from reconciler.systems.cvsecurity.wire import CONTROLS, ROOT

_DOOR = CONTROLS["door"].path


def exported(
    _target: Target, _aim: Aim, organisation: Organisation, listings: Mapping[str, Listing]
) -> Sequence[Exported]:
    """See systems/base.py."""
    found = {kind: Exported(listing) for kind, listing in listings.items()}
    if "department" in listings:
        found["department"] = Exported(_as_declared(listings["department"], organisation.objects.get("department", {})))
    levels = listings.get("access_level")
    if levels is not None:
        found["access_level"] = _levels(levels)
    if "employee" in listings:
        doors = {} if levels is None else found["access_level"].listing.objects
        found["employee"] = _people(listings["employee"], doors)
    return [found[kind] for kind in KINDS if kind in found]


def _as_declared(listing: Listing, declared: Mapping[str, Object]) -> Listing:
    """The departments; one that the files have at the top is no other one for standing below the root here."""
    top = {key for key, each in declared.items() if key != ROOT and each.values.get("parent", ROOT) is None}
    lives = {
        key: msgspec.structs.replace(live, values={**live.values, "parent": None})
        for key, live in listing.objects.items()
        if key in top and live.values.get("parent") == ROOT
    }
    return msgspec.structs.replace(listing, objects={**listing.objects, **lives}) if lives else listing


def _levels(listing: Listing) -> Exported:
    """Those of doors: who has the others can't be read, and where one of a control is declared, it is taken away from
    all whom the files do not name with it."""
    doors = {name: live for name, live in listing.objects.items() if live.values.get("control") == "door"}
    others = sorted(listing.objects.keys() - doors.keys())
    if not others:
        return Exported(listing)
    note = (
        f"Levels of elevators and entrances are left out, since the server does not show who has them: {some(others)}. "
        "Declare them together with naming them at all who shall have them: everybody else loses them then."
    )
    return Exported(msgspec.structs.replace(listing, objects=doors), (note,))


def _people(listing: Listing, doors: Mapping[str, Live]) -> Exported:
    """The people; of who has a level that is not declared beside them, the levels are not managed."""
    left = sorted(key for key, live in listing.objects.items() if not doors.keys() >= _names(live))
    if not left:
        return Exported(listing)
    lives = {**listing.objects, **{key: _without_levels(listing.objects[key]) for key in left}}
    why = (_DOOR, "some of the levels there are not exported")
    return Exported(msgspec.structs.replace(listing, objects=lives), left_out={why: tuple(left)})


def _names(live: Live) -> set[str]:
    names = live.values.get(_DOOR)
    return set(names) if isinstance(names, tuple) else set()


def _without_levels(live: Live) -> Live:
    values = {path: value for path, value in live.values.items() if path != _DOOR}
    return msgspec.structs.replace(live, values=values)
