"""Companies: on some servers every object belongs to one, and codes are unique only within it [real: DBS, WDM]."""

from collections.abc import Mapping

import msgspec

from reconciler.systems.biotime.codecs import text
from reconciler.systems.biotime.paging import Http, read_complete
from reconciler.systems.biotime.wire import Row
from reconciler.transport.failure import Failure, Sent

URL = "/personnel/api/company/"


class Company(msgspec.Struct, frozen=True):
    """One company. `code` is None where a row named it by its id only."""

    id: int
    code: str | None


def company_of(row: Mapping[str, object]) -> Company | None:
    """The company that a row belongs to; None on servers without companies."""
    value = row.get("company")
    if isinstance(value, dict):
        number = value.get("id")
        return Company(number, text(value.get("company_code"))) if type(number) is int else None
    return Company(value, None) if type(value) is int else None


def choose(http: Http, seen: Mapping[int, Company], wanted: str | None) -> Company:
    """The company that is managed: the one that `wanted` names by code or id, or the only one there is. `seen` are
    those of rows, by id; the server is asked for all of them only where these don't tell.

    Raises Failure; RC0601 when it is not clear which is meant, with a detail that lists the companies.
    """
    for each in seen.values():
        if wanted is not None and each.code == wanted:
            return each
    try:
        companies = read_companies(http)
    except Failure as failure:
        if wanted is not None or len(seen) > 1 or (failure.status != 404 and failure.code != "RC0505"):
            raise
        companies = dict(seen)  # 9.0 has companies in its schema and no collection of them [real: DBS]
    if wanted is None:
        if len(companies) == 1:
            return next(iter(companies.values()))
        raise _unclear("The server has more than one company, and `company` does not say which is managed", companies)
    found = [each for each in companies.values() if each.code == wanted]
    found = found or [each for each in companies.values() if str(each.id) == wanted]
    if found:
        return found[0]
    raise _unclear(f"The server has no company {wanted}", companies)


def _unclear(what: str, companies: Mapping[int, Company]) -> Failure:
    names = ", ".join(each.code or str(each.id) for each in sorted(companies.values(), key=lambda each: each.id))
    return Failure(
        Sent.REFUSED, "RC0601", f"{what}. It has {names or 'none'}. Set the target's `company` to one of them."
    )


class _Companies:
    """Takes the rows of the companies' own collection."""

    wire_names: frozenset[str] | None = None
    optional = True

    def __init__(self) -> None:
        self.found: dict[int, Company] = {}

    def take(self, rows: list[Row]) -> None:
        for row in rows:
            number = row["id"]
            assert isinstance(number, int)  # noqa: S101  checked where the page was read
            self.found[number] = Company(number, text(row.get("company_code")))


def read_companies(http: Http) -> dict[int, Company]:
    """Every company by id. Raises Failure."""
    return read_complete(http, URL, _Companies).found
