"""Resignations, read: a collection of their own, which some versions do not have [real: PYB]."""

from collections.abc import Collection

import msgspec

from reconciler.model.objects import Live
from reconciler.model.project import Target
from reconciler.systems.biotime.codecs import text
from reconciler.systems.biotime.paging import Http, Query, read_complete
from reconciler.systems.biotime.wire import RESIGNS, Row, Values
from reconciler.transport.failure import Failure, Sent


class Resignation(msgspec.Struct, frozen=True):
    """One row. `id` is the row's own id, which updates and reinstatements want; `code` is None where the row names the
    employee by id only."""

    id: int
    employee: int
    code: str | None
    values: Values


class _Resignations:
    """Takes the rows of the collection."""

    wire_names: frozenset[str] | None = None
    optional = True

    def __init__(self) -> None:
        self.found: dict[int, Resignation] = {}

    def take(self, rows: list[Row]) -> None:
        for row in rows:
            employee = row.get("employee")
            nested = employee if isinstance(employee, dict) else {}
            number = nested.get("id") if nested else employee
            if type(number) is int:
                values = {each.path: each.codec.decode(row[each.wire]) for each in RESIGNS.columns if each.wire in row}
                code = text(nested.get("emp_code")) or text(row.get("emp_code"))
                self.found[number] = Resignation(row["id"], number, code, values)  # type: ignore[arg-type]


def read_resignations(http: Http, target: Target, query: Query | None = None) -> dict[int, Resignation]:
    """The resignations by their employee's id. Raises Failure; RC0601 says that the server has none of it."""
    try:
        return read_complete(http, RESIGNS.url, _Resignations, query).found
    except Failure as failure:
        raise absence(failure, target) from None


def absence(failure: Failure, target: Target) -> Failure:
    """The failure, or what it means when the server has no such collection: then it answers with a page or a 404."""
    if failure.status != 404 and failure.code != "RC0505":
        return failure
    return Failure(
        Sent.REFUSED,
        "RC0601",
        f"The server of {target.name} has no resignations: it does not know {RESIGNS.url}, as some versions of "
        f"{target.system} do not. Leave `resigned` and `on_remove: resign` out for this target, or update the server.",
        status=failure.status,
    )


def attach(lives: list[Live], found: dict[int, Resignation], paths: Collection[str]) -> None:
    """Gives each employee the values of `resigned.` that are wanted: null for who has not left."""
    wanted = [column.path for column in RESIGNS.columns if column.path in paths]
    for live in lives:
        resignation = found.get(int(live.id))
        for path in wanted:
            if resignation is None:
                live.values[path] = None
            elif path in resignation.values:
                live.values[path] = resignation.values[path]


def unlisted(lives: list[Live], found: dict[int, Resignation]) -> list[Live]:
    """Employees who have left and whom the server no longer lists among its employees; only their code is known.
    Whether it lists them differs, and without them they would seem to be gone, and be created again."""
    listed = {live.id for live in lives}
    return [
        Live(each.code, each.employee, {})
        for each in sorted(found.values(), key=lambda each: each.employee)
        if each.employee not in listed and each.code is not None
    ]
