"""Writing departments: department/add makes or changes by the code (manual 2.5.1), so that a lost reply may be
repeated."""

import hashlib

from reconciler.model.outcome import Outcome
from reconciler.model.plan import Change
from reconciler.systems.cvsecurity.codes import UNKNOWN_DEPARTMENT, code_of
from reconciler.systems.cvsecurity.deletes import delete_by_key
from reconciler.systems.cvsecurity.encode import encode
from reconciler.systems.cvsecurity.outcomes import done, written
from reconciler.systems.cvsecurity.site import Site
from reconciler.systems.cvsecurity.wire import DEPARTMENT, ROOT
from reconciler.transport.failure import Failure, Sent


def write_department(site: Site, change: Change) -> Outcome:
    """Makes or changes a department. Raises Failure.

    Name and parent are always said: the call wants the name, and where an edit leaves the parent out nobody knows
    whether it is kept (A4.1).
    """
    code = change.address.key
    live = site.listings["department"].objects.get(code) if "department" in site.listings else None
    values = {**(live.values if live else {}), **(change.before or {}), **(change.after or {})}
    if values.get("name") is None:
        if written(change).get("name", "") is not None:
            raise Failure(
                Sent.NOT_SENT, "RC0601", "`name` is not known, and the server wants it with every change. Add it."
            )
        values["name"] = _passing_name(code, str((change.before or {}).get("name")))
    body = {DEPARTMENT.key: code, **encode(DEPARTMENT, values, clear=False)}
    if code == ROOT:
        body.pop("parentCode", None)
    site.server.post("department/add", body)
    return done(change)


def _passing_name(code: str, name: str) -> str:
    """A name that nobody has, for one who gives up a name so that another can take it: names are unique on the server
    and can't be empty (A4.3)."""
    return f"{code[:40]} {hashlib.sha256(f'{code}/{name}'.encode()).hexdigest()[:8]}"


def delete_department(site: Site, change: Change) -> Outcome:
    """Deletes a department. One that departments or people are in is refused (-15). Raises Failure."""
    try:
        delete_by_key(site, "department/delete", DEPARTMENT.key, change.address.key)
    except Failure as failure:
        if code_of(failure) != UNKNOWN_DEPARTMENT:  # else somebody, or an earlier try, deleted it
            raise
    return done(change)
