"""How a server is, for `doctor`: whether the login is good, and what it lets us read."""

from reconciler.model.examination import Finding
from reconciler.model.kinds import KINDS
from reconciler.model.project import Target
from reconciler.systems.biotime.auth import authentication
from reconciler.systems.biotime.paging import count
from reconciler.systems.biotime.wire import COLLECTIONS, RESIGNS
from reconciler.transport.failure import Failure
from reconciler.transport.http import open_reader

_DEAD = frozenset({"RC0501", "RC0502", "RC0503"})


def examine(target: Target) -> list[Finding]:
    """How many objects of each kind there are, and what it does not permit or have. Raises Failure when it can't be
    reached or refuses the login."""
    found: list[Finding] = []
    with open_reader(target, authentication(target)) as http:
        for kind, collection in COLLECTIONS.items():
            try:
                found.append(Finding(KINDS[kind].plural, f"{count(http, collection.url):,}"))
            except Failure as failure:
                if failure.code in _DEAD:
                    raise
                found.append(Finding(KINDS[kind].plural, "can't be read", failure.detail))
        try:
            number = count(http, RESIGNS.url)
        except Failure:
            none = "The server has none, or does not permit them: `resigned` can't be managed on it."
            found.append(Finding("resignations", "none", none))
        else:
            found.append(Finding("resignations", f"{number:,}"))
    return [Finding("login", "accepted"), *found]
