"""What a server has, found by asking and not by its version: calls of later editions, and modules that are licensed."""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from reconciler.systems.cvsecurity.client import Server, absent
from reconciler.systems.cvsecurity.codecs import text
from reconciler.systems.cvsecurity.codes import PROGRAM_ERROR, code_of
from reconciler.systems.cvsecurity.facts import Facts
from reconciler.systems.cvsecurity.paging import by_get, read_rows
from reconciler.systems.cvsecurity.wire import CONTROLS, ZONES, Control, Feature, Module, Row, Zone
from reconciler.transport.failure import Failure

_PARK = "parkAuthorize/addBlackWhite"

T = TypeVar("T")


def probed(server: Server, features: Iterable[Feature]) -> Facts:
    """Which of these calls the server has. Each is one call that changes nothing. Raises Failure."""
    return _facts({feature: server.has(feature) for feature in sorted(features)})


def read_levels(server: Server) -> Facts:
    """The levels of all controls, and which of their modules are there. Raises Failure."""
    found: dict[Feature | Module, bool] = {}
    levels: dict[str, dict[str, str]] = {}
    ambiguous: dict[str, frozenset[str]] = {}
    for control in CONTROLS.values():
        rows = _levels(server, control)
        found[control.module] = rows is not None
        if rows is not None:
            levels[control.word], ambiguous[control.word] = _by_name(rows)
    return _facts(found, levels=levels, ambiguous=ambiguous)


def read_zone(server: Server, zone: Zone) -> tuple[list[Row], Facts]:
    """The areas of attendance or of FaceKiosk, and whether the module is there. Raises Failure."""
    rows = _rows(server, zone.list, "code", probe=zone.put)
    codes = tuple(sorted({code for row in rows or [] if (code := text(row.get("code"))) is not None}))
    found = _facts({zone.module: rows is not None})
    given = None if rows is None else codes
    if zone is ZONES[0]:
        return rows or [], Facts(has=found.has, lacks=found.lacks, areas=given)
    return rows or [], Facts(has=found.has, lacks=found.lacks, kiosk_areas=given)


def parking(server: Server) -> Facts:
    """Whether the module of parking is there, which has no call that reads. Raises Failure."""
    return _facts({Module.PARKING: server.has(_PARK)})


def lists(server: Server, path: str, read: Callable[[], T], *, probe: str | None = None) -> T | None:
    """What `read` reads at `path`; None when that is not there. Where it is answered with -1, which also says that a
    program failed, `probe`, a call of the same module by POST, tells which it is: by default the path itself is one.

    Raises Failure.
    """
    try:
        return read()
    except Failure as failure:
        if not absent(failure) or (code_of(failure) == PROGRAM_ERROR and server.has(probe or path)):
            raise
        return None


def _levels(server: Server, control: Control) -> list[Row] | None:
    for path in (f"v2/{control.calls}/list", f"{control.calls}/list"):
        rows = _rows(server, path, "id", probe=f"{control.calls}/syncPerson")
        if rows is not None:
            return rows
    return None


def _rows(server: Server, path: str, key: str, *, probe: str) -> list[Row] | None:
    return lists(server, path, lambda: read_rows(path, key, by_get(server, path)), probe=probe)


def _by_name(rows: list[Row]) -> tuple[dict[str, str], frozenset[str]]:
    """Ids by name, and the names that come twice, of which the first stands."""
    ids: dict[str, str] = {}
    twice: set[str] = set()
    for row in rows:
        number = str(text(row["id"]))
        name = text(row.get("name")) or f"#{number}"
        if ids.setdefault(name, number) != number:
            twice.add(name)
    return ids, frozenset(twice)


def _facts(
    found: Mapping[Feature | Module, bool],
    levels: dict[str, dict[str, str]] | None = None,
    ambiguous: dict[str, frozenset[str]] | None = None,
) -> Facts:
    return Facts(
        has=frozenset(each for each, there in found.items() if there),
        lacks=frozenset(each for each, there in found.items() if not there),
        levels=levels or {},
        ambiguous=ambiguous or {},
    )
