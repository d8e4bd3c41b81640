"""Calls for many employees at once, and the end of a resignation."""

from collections.abc import Callable

import msgspec

from reconciler.simulator.messages import Refusal, Request, Response, error_page, json_response
from reconciler.simulator.schema import RESIGNS, Collection, Column
from reconciler.simulator.site import Site, body, context
from reconciler.simulator.store import Row
from reconciler.simulator.validation import clean
from reconciler.simulator.writes import MISMATCH

_PEOPLE = Column(name="employees", type="pks", target="employees", required=True)
_FLAGS = tuple(Column(name=name, type="boolean") for name in ("finger_print", "face", "finger_vein", "palm"))


def adjust_area(site: Site, request: Request) -> Response:
    """The areas of the employees become exactly those of the body."""
    if site.profile.adjust_area == "error":
        raise Refusal(error_page(request, "TypeError: 'NoneType' object is not iterable"))
    areas = Column(name="areas", type="pks", target="areas", required=True)
    values, people = _read(site, request, areas)
    for row in people:
        site.store.put("employees", row | {"area": values["areas"]})
    return _done(site)


def adjust_department(site: Site, request: Request) -> Response:
    """The employees move to one department."""
    department = Column(name="department", type="pk", target="departments", required=True)
    values, people = _read(site, request, department)
    target = site.store.get("departments", int(str(values["department"]))) or {}
    if site.profile.companies and any(row.get("company") != target.get("company") for row in people):
        raise Refusal(json_response(400, {"non_field_errors": [MISMATCH]}))
    for row in people:
        site.store.put("employees", row | {"department": values["department"]})
    return _done(site)


def adjust_regsin(site: Site, request: Request) -> Response:
    """The employees resign, all on one day; who had resigned before gets the new particulars."""
    values, people = _read(site, request, *RESIGNS.columns[1:])
    particulars = {field: value for field, value in values.items() if field != "employees" and value is not None}
    for person in people:
        row: Row = {"employee": person["id"], **particulars}
        found = site.store.find("resigns", row)
        if found is None:
            site.store.add("resigns", row)
        else:
            site.store.put("resigns", {"id": found, **row})
    return _done(site)


def resync_to_device(site: Site, request: Request) -> Response:
    """The employees are sent to their terminals again: nothing that shows here."""
    _read(site, request)
    return _done(site)


def del_bio_template(site: Site, request: Request) -> Response:
    """The employees' templates are deleted: the simulator holds none."""
    _read(site, request, *_FLAGS)
    return _done(site)


def reinstatement(site: Site, request: Request) -> Response:
    """The resignations of the body (their ids, not the employees') are over: their rows go."""
    column = Column(name="resigns", type="pks", target="resigns", required=True)
    values = _clean(site, request, column)
    for identity in msgspec.convert(values["resigns"], list[int]):
        site.store.remove("resigns", identity)
    return _done(site)


ACTIONS: dict[str, Callable[[Site, Request], Response]] = {
    "adjust_area": adjust_area,
    "adjust_department": adjust_department,
    "adjust_regsin": adjust_regsin,
    "resync_to_device": resync_to_device,
    "del_bio_template": del_bio_template,
}
"""The calls below /personnel/api/employees/ by their last part."""


def _read(site: Site, request: Request, *extra: Column) -> tuple[Row, list[Row]]:
    values = _clean(site, request, _PEOPLE, *extra)
    table = site.store.tables["employees"]
    return values, [table[identity] for identity in msgspec.convert(values["employees"], list[int])]


def _clean(site: Site, request: Request, *wanted: Column) -> Row:
    form = Collection(name="bulk", singular="", label="", key="", columns=wanted)
    values, errors = clean(context(site, request), form, body(site, request), partial=False)
    if errors:
        raise Refusal(json_response(400, errors))
    return values


def _done(site: Site) -> Response:
    if site.profile.bulk_answer == "empty":
        return Response(200, b"", {"Content-Type": "application/json"})
    done = {"detail": "Success."} if site.profile.bulk_answer == "detail" else {"code": 0, "msg": "", "data": None}
    return json_response(200, done)
