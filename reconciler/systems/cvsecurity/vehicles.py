"""Writing the lists of vehicles that may come in, or must not (manual 2.3). Everything stands in the query, and no call
reads it."""

from collections.abc import Mapping

from reconciler.model.outcome import Outcome
from reconciler.model.plan import Change
from reconciler.systems.cvsecurity.codecs import CLEARED
from reconciler.systems.cvsecurity.codes import code_of
from reconciler.systems.cvsecurity.encode import encode
from reconciler.systems.cvsecurity.outcomes import done
from reconciler.systems.cvsecurity.site import Site
from reconciler.systems.cvsecurity.wire import VEHICLE
from reconciler.transport.failure import Failure

_WRONG = frozenset({-221, -222})
"""Codes that are about the list and the days, whichever call is made."""

_NO_PLATE = -223
"""What a server answers to a plate that it does not take, and when it deletes one, also to one that is on no list."""


def write_vehicle(site: Site, change: Change) -> Outcome:
    """Puts a vehicle on its list. Whether addBlackWhite changes one that is on a list is not documented: where it is
    refused the vehicle is edited. Raises Failure."""
    query = _query(change)
    try:
        site.server.post("parkAuthorize/addBlackWhite", query=query)
    except Failure as failure:
        code = code_of(failure)
        if code is None or code in _WRONG:
            raise
        _edit(site, {**query, "oldCarNumber": change.address.key}, failure)
    return done(change)


def _edit(site: Site, query: Mapping[str, str], refusal: Failure) -> None:
    try:
        site.server.post("parkAuthorize/editBlackWhite", query=query)
    except Failure as failure:
        raise refusal if code_of(failure) is not None else failure from None


def _query(change: Change) -> dict[str, str]:
    """All that is managed: what one call sets is one row."""
    members = encode(VEHICLE, change.after or {}, clear=False)
    said = {wire: str(value) for wire, value in members.items() if value != CLEARED}
    return {VEHICLE.key: change.address.key, **said}


def delete_vehicle(site: Site, change: Change) -> Outcome:
    """Takes a vehicle off its list. Raises Failure."""
    try:
        site.server.post("parkAuthorize/delBlackWhite", query={VEHICLE.key: change.address.key})
    except Failure as failure:
        if code_of(failure) != _NO_PLATE:  # else it is on no list
            raise
    return done(change)
