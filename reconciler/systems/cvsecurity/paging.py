"""Whole lists, page by page: complete, or a failure that says what is missing (manual 2.13.4, 2.13.9)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar

from reconciler.systems.cvsecurity.client import Server
from reconciler.systems.cvsecurity.codecs import text
from reconciler.systems.cvsecurity.wire import PAGE, Row
from reconciler.systems.whole import incomplete, read_whole, senseless

Fetch = Callable[[int], object]
"""Gives the page of a number, which counts from 1."""

Seen = Callable[[int, int | None], None]
"""Told (rows read so far, the server's count if it gives one)."""


class Take(Protocol):
    """Something that is given a list's rows, page by page."""

    def take(self, rows: Sequence[Row]) -> None: ...


T = TypeVar("T", bound=Take)


def by_get(server: Server, path: str) -> Fetch:
    """Pages of a list that GET reads."""
    return lambda number: server.get(path, {"pageNo": number, "pageSize": PAGE})


def by_post(server: Server, path: str, asked: Mapping[str, str] = {}, size: int = PAGE) -> Fetch:
    """Pages of a list that POST reads. Installations differ in whether they look for the parameters in the body or in
    the query (A3 13): they stand in both."""

    def fetch(number: int) -> object:
        page: dict[str, str | int] = {**asked, "pageNo": number, "pageSize": size}
        return server.ask(path, page, page)

    return fetch


def read_complete(path: str, key: str, fetch: Fetch, start: Callable[[], T], seen: Seen | None = None) -> T:
    """Gives every row of a list to a new `start()`, and returns that. `key` is what no two rows have in common.

    A list that shifted while it was read is read again from the start, three times in all. Raises Failure; its code is
    RC0602 when the list can't be had complete.
    """
    return read_whole(start, lambda taker: _read(path, key, fetch, taker, seen))


def read_rows(path: str, key: str, fetch: Fetch, seen: Seen | None = None) -> list[Row]:
    """Every row of a short list. Raises Failure."""
    return read_complete(path, key, fetch, _Rows, seen).rows


def count(path: str, fetch: Fetch) -> int | None:
    """How many rows the server counts in a list; None when it does not count them. Raises Failure."""
    return _page(path, fetch(1))[1]


class _Rows:
    def __init__(self) -> None:
        self.rows: list[Row] = []

    def take(self, rows: Sequence[Row]) -> None:
        self.rows.extend(rows)


def _read(path: str, key: str, fetch: Fetch, taker: Take, seen: Seen | None) -> None:
    """Lists with a count end where as many rows came: `lastPage` alone is not believed, and `page`, 0 or 1 for the
    first, not at all. Lists without one end with an empty page."""
    keys: set[str] = set()
    total: int | None = None
    ended = False
    number = 0
    while not ended:
        number += 1
        rows, counted, last = _page(path, fetch(number))
        if number > 1 and counted != total:
            raise incomplete(f"The server's count of {path} went from {total} to {counted} while it was read.")
        total = counted
        before = len(keys)
        keys.update(_key(path, key, row) for row in rows)
        if len(keys) != before + len(rows):
            raise incomplete(f"The pages of {path} shifted while they were read: a row was on them twice.")
        taker.take(rows)
        if seen is not None:
            seen(len(keys), total)
        ended = last or not rows or (total is not None and len(keys) >= total)
    if total is not None and len(keys) != total:
        counted_rows = f"{total} row{'' if total == 1 else 's'}"
        raise incomplete(f"The server counts {counted_rows} in {path}, and its pages held {len(keys)}.")


def _page(path: str, data: object) -> tuple[list[Row], int | None, bool]:
    """A page's rows, the server's count (None: it has none), and whether it says that there is no further page."""
    total: int | None = None
    last = False
    if isinstance(data, dict):
        counted = text(data.get("total"))
        if counted is None or not counted.isdecimal():
            raise senseless(path, "it has no count of its rows")
        total, last, data = int(counted), data.get("lastPage") is True, data.get("data")
    if data is None and not total:
        return [], total, True
    if not isinstance(data, list) or not all(isinstance(row, dict) for row in data):
        raise senseless(path, "it is no list of rows")
    return data, total, last


def _key(path: str, key: str, row: Row) -> str:
    found = text(row.get(key))
    if found is None:
        raise senseless(path, f"a row of it has no {key}")
    return found
