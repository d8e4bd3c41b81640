"""Reading departments: all of them where the server has a list of them, or else each one that is named."""

from collections.abc import Callable, Iterable

from reconciler.model.objects import Live
from reconciler.systems.base import Aim
from reconciler.systems.cvsecurity.client import Server
from reconciler.systems.cvsecurity.codes import code_of
from reconciler.systems.cvsecurity.decode import department
from reconciler.systems.cvsecurity.facts import Facts
from reconciler.systems.cvsecurity.features import lists
from reconciler.systems.cvsecurity.paging import Seen, by_post, read_rows
from reconciler.systems.cvsecurity.wire import DEPARTMENT, ROOT, Feature
from reconciler.transport.failure import Failure, Sent

_UNASKABLE = frozenset("/;\\?#%")
_ABSENT = 404


def departments(
    server: Server, aim: Aim, homes: Callable[[], Iterable[str]], seen: Seen | None
) -> tuple[list[Live], Facts]:
    """The departments, and whether the server has a list of them. Without one these are those that the aim names: what
    else is on the server is not seen. Where the aim is whatever there is, they are those of people, which `homes`
    gives, and what is above these. Raises Failure."""
    path = Feature.DEPARTMENT_LIST
    rows = lists(server, path, lambda: read_rows(path, DEPARTMENT.key, by_post(server, path), seen))
    if rows is not None:
        return [department(row) for row in rows], Facts(has=frozenset({path}))
    found = [department(server.root)] if DEPARTMENT.key in server.root else []
    codes = sorted(set(homes() if aim.everything else named(aim)) - {ROOT})
    for done, code in enumerate(codes, 1):  # it grows, where parents are followed
        live = one_department(server, code)
        if live is not None:
            found.append(live)
            parent = live.values.get("parent")
            if aim.everything and isinstance(parent, str) and parent not in {*codes, ROOT}:
                codes.append(parent)
        if seen is not None:
            seen(done, len(codes))
    return found, Facts(lacks=frozenset({path}))


def named(aim: Aim) -> set[str]:
    """The codes of the departments that the files and the state name."""
    codes = set(aim.memory.owned("department"))
    if aim.desired is not None:
        ours = aim.desired.objects.get("department", {})
        people = aim.desired.objects.get("employee", {})
        codes |= ours.keys()
        parents = [each.values.get("parent") for each in ours.values()]
        codes |= {code for code in parents if isinstance(code, str)}
        homes = [each.values.get("department") for each in people.values()]
        codes |= {code for code in homes if isinstance(code, str)}
    if aim.only is not None:
        codes &= {key for kind, key in aim.only if kind == "department"}
    return codes


def one_department(server: Server, code: str) -> Live | None:
    """The department of this code; None when it is not there, which is answered with some negative code (A4 5).

    Raises Failure, also for a code that can't be part of a path.
    """
    if _UNASKABLE & set(code):
        detail = (
            f"The department {code} can't be looked up: this edition of the server takes codes only as a part of an "
            "address, where / and ; and the like can't stand. Give the department another code."
        )
        raise Failure(Sent.NOT_SENT, "RC0601", detail)
    try:
        row = server.get(f"department/get/{code}")
    except Failure as failure:
        if code_of(failure) is not None or failure.status == _ABSENT:
            return None
        raise
    return department(row) if isinstance(row, dict) and DEPARTMENT.key in row else None
