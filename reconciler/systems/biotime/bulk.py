"""Calls for many employees at once [manual MZH: adjust area, adjust department, adjust resignation]."""

from collections.abc import Hashable, Sequence

from reconciler.model.fields import Value
from reconciler.model.plan import Action, Change
from reconciler.systems.biotime.dialects import Dialect
from reconciler.systems.biotime.encode import IdOf
from reconciler.systems.biotime.wire import COLLECTIONS, RESIGNS

_CALLS = {"areas": "adjust_area/", "department": "adjust_department/", "resign": "adjust_regsin/"}
_RESIGNED = tuple(column.path for column in RESIGNS.columns)


def batch_key(dialect: Dialect, change: Change) -> Hashable | None:
    """What changes must have in common to be one call: (call, its values); None when there is no call for it."""
    if change.address.kind != "employee" or change.action is not Action.UPDATE or change.was is not None:
        return None
    written = {field.path: field.after for field in change.fields}
    if len(written) == 1 and (call := next(iter(written))) in ("areas", "department"):
        return (call, written[call]) if call in dialect.bulk else None
    after = change.after or {}
    leaves = after.get("resigned.date") is not None and (change.before or {}).get("resigned.date") is None
    if leaves and written.keys() <= set(_RESIGNED) and "resign" in dialect.bulk:
        return ("resign", *(after.get(path) for path in _RESIGNED))
    return None


def bulk_call(key: tuple[str, Value], ids: Sequence[int], id_of: IdOf) -> tuple[str, dict[str, object]]:
    """The call's address and body, for the employees with these ids. Raises Failure for an unknown reference."""
    call, *values = key
    body: dict[str, object] = {"employees": list(ids)}
    if call == "department":
        body["department"] = id_of("department", str(values[0]))
    elif call == "areas":
        members = values[0] if isinstance(values[0], tuple) else ()
        body["areas"] = sorted(id_of("area", code) for code in members)
    else:
        body |= resign_body(dict(zip(_RESIGNED, values, strict=True)))
    return COLLECTIONS["employee"].url + _CALLS[call], body


def resign_body(values: dict[str, Value]) -> dict[str, object]:
    """The members of a resignation. `disableatt` is required [manual MZH]."""
    body = {
        each.wire: each.codec.encode(values[each.path]) for each in RESIGNS.columns if values.get(each.path) is not None
    }
    return {"disableatt": False, **body}
