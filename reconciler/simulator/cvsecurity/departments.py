"""Departments (manual 2.5, and getDepartmentList of edition 1.2)."""

from reconciler.simulator.cvsecurity.call import Call, Result, Site, text
from reconciler.simulator.cvsecurity.codes import Refused
from reconciler.simulator.cvsecurity.paging import wrapped
from reconciler.simulator.cvsecurity.store import ROOT, Row

_SORT_NO = 99999


def add(site: Site, call: Call) -> Result:
    """department/add: make a department, or change the one of this code."""
    given = call.members()
    code, name = text(given.get("code")), text(given.get("name"))
    if not code or not name:
        raise Refused("department_blank")
    if site.profile.department_names == "unique" and site.store.taken("department_name", name, code):
        raise Refused("department_name")
    before = site.store.get("departments", code)
    kept: Row = before or {"id": site.store.new_id(), "code": code, "sortNo": _SORT_NO}
    row = {**kept, "name": name}
    if given.get("sortNo") is not None:
        row["sortNo"] = _integer(given["sortNo"])
    parent = text(given.get("parentCode"))
    if code == ROOT:
        if parent:
            raise Refused("parent")
    elif parent or before is None or site.profile.parent_omitted == "root":
        row["parentCode"] = _parent(site, code, parent or ROOT)
    site.store.put("departments", row)
    return Result()


def _parent(site: Site, code: str, parent: str) -> str:
    if site.store.get("departments", parent) is None:
        raise Refused("no_department" if site.profile.parent_unknown == -13 else "parent")
    above: object = parent
    while above:
        if above == code:
            raise Refused("parent")
        above = (site.store.get("departments", above) or {}).get("parentCode")
    return parent


def _integer(value: object) -> int:
    try:
        return int(text(value))
    except ValueError:
        raise Refused("program") from None


def get(site: Site, call: Call) -> Result:
    """department/get."""
    row = _found(site, call)
    return Result({"name": row["name"], "code": row["code"], "parentCode": row.get("parentCode")})


def delete(site: Site, call: Call) -> Result:
    """department/delete: not the root, nor one that has departments or persons."""
    code = str(_found(site, call)["code"])
    if code == ROOT or site.store.count("parent", code) or site.store.count("person_department", code):
        raise Refused("department_used")
    site.store.remove("departments", code)
    return Result()


def _found(site: Site, call: Call) -> Row:
    code = call.key("code")
    if not code:
        raise Refused("department_blank")
    row = site.store.get("departments", code)
    if row is None:
        raise Refused("no_department")
    return row


def everything(site: Site, call: Call) -> Result:
    """department/getDepartmentList."""
    rows = list(site.store.tables["departments"].values())
    return Result(wrapped(site, rows, call.query, _shape))


def _shape(row: Row) -> Row:
    return {"name": row["name"], "code": row["code"], "sortNo": row["sortNo"], "parentCode": row.get("parentCode")}


def below(site: Site, codes: list[str]) -> set[str]:
    """The departments of these codes and all that are below them."""
    found: set[str] = set()
    waiting = list(codes)
    while waiting:
        code = waiting.pop()
        if code not in found:
            found.add(code)
            waiting += site.store.having("parent", code)
    return found
