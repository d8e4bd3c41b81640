"""Lists: page numbers from 1, at most 1000 rows a page, bare (v1) or in the wrapper that counts (v2)."""

from collections.abc import Callable, Mapping, Sequence

from reconciler.simulator.cvsecurity.call import Site
from reconciler.simulator.cvsecurity.codes import Refused
from reconciler.simulator.cvsecurity.store import Row

PAGE_MAX = 1000
"""The most rows of a page (-91)."""


def page(parameters: Mapping[str, object]) -> tuple[int, int]:
    """pageNo, from 1, and pageSize. Raises Refused (-90, -91, -92, or -1 for what is no number)."""
    number, size = _number(parameters.get("pageNo")), _number(parameters.get("pageSize"))
    if number is None or size is None:
        raise Refused("page_blank")
    if number <= 0 or size <= 0:
        raise Refused("page")
    if size > PAGE_MAX:
        raise Refused("page_size")
    return number, size


def bare(rows: Sequence[Row], parameters: Mapping[str, object], shape: Callable[[Row], Row]) -> list[Row]:
    """A page as v1 has it."""
    number, size = page(parameters)
    return [shape(row) for row in rows[(number - 1) * size : number * size]]


def wrapped(site: Site, rows: Sequence[Row], parameters: Mapping[str, object], shape: Callable[[Row], Row]) -> Row:
    """A page as v2 has it: `page` counts from 0, or from 1 (switch page_base), `offset` is that of its first row."""
    number, size = page(parameters)
    shown = bare(rows, parameters, shape)
    return {
        "page": number - 1 + site.profile.page_base,
        "size": size if site.profile.size_member == "requested" else len(shown),
        "total": len(rows),
        "data": shown,
        "offset": (number - 1) * size,
        "lastPage": number * size >= len(rows),
    }


def _number(value: object) -> int | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Refused("program")
    try:
        return int(value)
    except ValueError:
        raise Refused("program") from None
