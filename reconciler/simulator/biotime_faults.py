"""Faults of the envelopes and lists of the BioTime family."""

from urllib.parse import urlsplit, urlunsplit

import msgspec

from reconciler.simulator.faults import Fault
from reconciler.simulator.messages import Request, Response
from reconciler.simulator.schema import COLLECTIONS, UNITS
from reconciler.simulator.store import BUILT_IN, Store

_EFFECTS = frozenset({"code", "cut", "miscount", "wrong_next"})


def spoilt(response: Response, fault: Fault) -> Response:
    """The response as a fault leaves it, if it is JSON."""
    if fault.effect not in _EFFECTS or "json" not in response.headers.get("Content-Type", ""):
        return response
    value = msgspec.json.decode(response.body)
    if not isinstance(value, dict):
        return response
    return msgspec.structs.replace(response, body=msgspec.json.encode(_envelope(value, fault)))


def _envelope(value: dict[str, object], fault: Fault) -> dict[str, object]:
    if fault.effect == "code":
        rows: dict[str, object] = {name: [] for name in ("data", "results") if name in value}
        return value | {"code": 1, "msg": "The operation failed."} | rows
    if fault.effect == "cut":
        lists = ((name, value.get(name)) for name in ("data", "results"))
        return value | {name: rows[: -fault.rows] for name, rows in lists if isinstance(rows, list)}
    if fault.effect == "miscount":
        return value | {"count": int(str(value.get("count", 0))) + fault.rows}
    links = {name: _elsewhere(link, fault.url) for name in ("next", "previous") if (link := value.get(name))}
    return value | links


def _elsewhere(link: object, url: str) -> str:
    scheme, host = urlsplit(url)[:2]
    return urlunsplit((scheme, host, *urlsplit(str(link))[2:]))


def shift(store: Store, request: Request, response: Response, fault: Fault) -> None:
    """Move the rows of the list that was answered by one, for the pages to come."""
    name = [*request.path.strip("/").split("/"), "", ""][2]
    if name not in (*UNITS, "employees") or response.status != 200 or request.method != "GET":
        return
    # Built-in objects stay: no server loses them.
    page = msgspec.json.decode(response.body)
    rows = page.get("data") or page.get("results") or []
    shown = [row for row in rows if row["id"] != BUILT_IN or name == "employees"]
    row = store.get(name, shown[0]["id"]) if shown else None
    if row is not None and fault.change == "delete":
        store.remove(name, shown[0]["id"])
    elif row is not None:
        copy = {field: value for field, value in row.items() if field not in {"id", "card_no"}}
        # "!" sorts before every letter and digit.
        store.add(name, copy | {COLLECTIONS[name].key: f"!{store.next_id[name]}"})
