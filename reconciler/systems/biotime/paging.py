"""Whole collections, page by page: complete, or a failure that says what is missing."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import Any, Protocol, TypedDict, TypeVar
from urllib.parse import parse_qsl, urlsplit

import msgspec

from reconciler.systems.biotime.wire import Row
from reconciler.systems.whole import incomplete, read_whole, senseless
from reconciler.transport.failure import Failure, Sent

PAGE = 1000

Query = Mapping[str, str | int]
Seen = Callable[[int, int], None]
"""Told (rows read so far, the server's count)."""


Page = tuple[list[Row], int, dict[str, str] | None]
"""A page's rows, the server's count, and the query of the next page."""


class Http(Protocol):
    """The part of the transport that reads."""

    def get(self, path: str, query: Query = ..., shape: Any = ..., /, *, optional: bool = ...) -> object: ...


class Take(Protocol):
    """Something that is given a collection's rows, page by page. `wire_names` are the members of a row that it looks
    at, None for all: the others are not even decoded. `optional`: some servers lack the collection."""

    @property
    def wire_names(self) -> frozenset[str] | None: ...

    @property
    def optional(self) -> bool: ...

    def take(self, rows: list[Row]) -> None: ...


T = TypeVar("T", bound=Take)


def read_complete(
    http: Http, path: str, start: Callable[[], T], query: Query | None = None, seen: Seen | None = None
) -> T:
    """Gives every row of the collection at `path` to a new `start()`, and returns that.

    A collection that shifted while it was read is read again from the start, three times in all. Raises Failure; its
    code is RC0602 when the collection can't be had complete.
    """

    def read(taker: T) -> None:
        for rows in _pages(http, path, query or {}, seen, taker):
            taker.take(rows)

    return read_whole(start, read)


def peek(http: Http, path: str) -> Row | None:
    """Some row of the collection at `path`; None when it has none. Raises Failure."""
    rows, _, _ = _page(lambda query: http.get(path, query), path, {"page_size": 1, "limit": 1}, 0)
    return rows[0] if rows else None


def count(http: Http, path: str) -> int:
    """How many rows the collection at `path` has, by the server's own count. Raises Failure."""
    return _page(lambda query: http.get(path, query, optional=True), path, {"page_size": 1, "limit": 1}, 0)[1]


def _pages(http: Http, path: str, query: Query, seen: Seen | None, taker: Take) -> Iterator[list[Row]]:
    """The pages' rows. Ends only when as many rows came as the server counted, none twice, on pages that agree."""
    # Which of `page_size` and `limit` is honoured differs by version, and unknown parameters are ignored: both are
    # sent [real: PYB, S0X]. Without a stable order rows shift between pages.
    first: dict[str, str | int] = {**query, "page_size": PAGE, "limit": PAGE, "ordering": "id"}
    shape = _shape(taker.wire_names)

    def get(query: Query) -> object:
        return http.get(path, query, shape, optional=taker.optional)

    visited: set[str] = set()
    ids: set[object] = set()
    total: int | None = None
    number = 0
    with ThreadPoolExecutor(max_workers=1) as ahead:  # the next page travels while this one is converted
        page: Future[Page] | None = ahead.submit(_page, get, path, first, number)
        while page is not None:
            rows, count, following = page.result()
            number += 1
            if total is not None and count != total:
                raise incomplete(f"The server's count of {path} went from {total} to {count} while it was read.")
            total = count
            before = len(ids)
            ids.update(row["id"] for row in rows)
            if len(ids) != before + len(rows):
                raise incomplete(f"The pages of {path} shifted while they were read: an object was on them twice.")
            page = None
            if following is not None:
                if not rows:
                    raise incomplete(f"Page {number} of {path} was empty, and still named a next one.")
                asked = {**first, **following}
                _refuse_circle(path, asked, visited, number)
                page = ahead.submit(_page, get, path, asked, number)
            if seen is not None:
                seen(len(ids), total)
            yield rows
    if len(ids) != total:
        counted = f"{total} object{'' if total == 1 else 's'}"
        raise incomplete(f"The server counts {counted} in {path}, and its pages held {len(ids)}.")


def _refuse_circle(path: str, asked: Query, visited: set[str], number: int) -> None:
    mark = repr(sorted((name, str(value)) for name, value in asked.items()))
    if mark in visited:
        raise incomplete(f"The pages of {path} refer to each other in a circle, page {number} to an earlier one.")
    visited.add(mark)


@cache
def _shape(wire_names: frozenset[str] | None) -> Any:
    """The type of a page whose rows have only these members. A decoder makes all of it up before any other thread has
    it: msgspec 0.22 shows a type that has others in it to a second thread half made, and that crashes the process."""
    if wire_names is None:
        return Any
    define: Any = TypedDict  # its functional form wants literal names, and ours are known at run time
    row = define("Row", dict.fromkeys(sorted({"id", *wire_names}), Any), total=False)
    page = dict.fromkeys(("count", "next", "code", "msg"), Any) | dict.fromkeys(("data", "results"), list[row] | None)  # type: ignore[valid-type]
    whole = define("Page", page, total=False)
    msgspec.json.Decoder(whole)
    return whole


def _page(get: Callable[[Query], object], path: str, query: Query, number: int) -> Page:
    """One page: its rows, the server's count, and the query of the next page."""
    try:
        body = get(query)
    except Failure as failure:
        if number and failure.status == 404:
            raise incomplete(f"The pages of {path} shifted while they were read: page {number + 1} is gone.") from None
        raise
    if not isinstance(body, dict):
        raise senseless(path, "it is not an object with rows")
    if body.get("code") not in (None, 0, "0"):
        raise Failure(Sent.REFUSED, "RC0506", f"The server could not list {path}: {quote(body.get('msg'))}.")
    members = [body[name] for name in ("data", "results") if isinstance(body.get(name), list)]
    rows = max(members, key=len, default=None)  # 8.x has either, or both [manual M85 3.1; real: RAY, S0X]
    count = body.get("count")
    if type(count) is not int or rows is None:
        raise senseless(path, "it has no rows or no count of them")
    if not all(isinstance(row, dict) and type(row.get("id")) is int for row in rows):
        raise senseless(path, "a row of it has no id")
    return rows, count, _following(path, body.get("next"))


def _following(path: str, address: object) -> dict[str, str] | None:
    """The next page's query. The rest of the address is the server's idea of its own host, often wrong behind a
    proxy; documentation has the text "null" for none [manual DOC]."""
    if not isinstance(address, str) or address in ("", "null"):
        return None
    try:
        return dict(parse_qsl(urlsplit(address).query)) or None
    except ValueError:  # no address at all
        raise senseless(path, "its `next` is no address") from None


def quote(text: object) -> str:
    """A server's words, shortened to 300 characters."""
    words = str(text).strip() if text is not None else ""
    return f'"{words[:300]}{"…" if len(words) > 300 else ""}"' if words else "it gave no reason"
