"""Departments: GetDeptList, SetDept (manual: Department Management). A department's identity is its name."""

from collections import Counter

import msgspec

from reconciler.simulator.device.checks import (
    SHIFT_NUMBERS,
    SUCCESS,
    Refused,
    Reply,
    Unit,
    members,
    numbers,
    text,
    wrong,
)
from reconciler.simulator.device.state import COMPANY, Department, Json

_WEEK = (100, 0, 0, 0, 0, 0, 100)

_MEMBERS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "Rearrange": ((), ()),
    "Check": (("dept_org",), ()),
    "Add": (("dept_new",), ("shift",)),
    "Delete": (("dept_org",), ()),
    "Rename": (("dept_org", "dept_new"), ("shift",)),
    "SetShift": (("dept_org", "shift"), ()),
}
"""What each action must and may have."""


def of_user(unit: Unit, name: str) -> str:
    """The department that a user is put into, by its own spelling."""
    department = _find(unit, name)
    if department is None:
        if unit.switches.unknown_depart == "refused":
            raise Refused("dept_not_exists", name)
        department = _added(unit, name, None)
    return department.name


def get(unit: Unit, payload: Json) -> Reply:
    """GetDeptList: the manual's example lacks the member that holds the departments."""
    members(unit, payload, ())
    users = Counter(user.depart for user in unit.state.users.values())
    shown = [
        {"name": department.name, "shift": department.shift, "user_count": users[department.name]}
        for department in _ordered(unit)
    ]
    key = unit.switches.dept_list_key
    return "DeptList", {key: shown} if key else shown


def put(unit: Unit, payload: Json) -> Reply:
    """SetDept, by its Action."""
    given = dict(payload)
    if unit.switches.action_case == "any":
        given = {("Action" if name.lower() == "action" else name): value for name, value in payload.items()}
    action = given.get("Action")
    if not isinstance(action, str) or action not in _MEMBERS:
        raise wrong("Action")
    required, optional = _MEMBERS[action]
    members(unit, given, ("Action", *required), optional)
    old = text(given["dept_org"], "dept_org") if "dept_org" in required else ""
    new = text(given["dept_new"], "dept_new") if "dept_new" in required else ""
    if "dept_new" in required and not new:
        raise wrong("dept_new")
    week = numbers(given["shift"], "shift", 7, SHIFT_NUMBERS) if "shift" in given else None
    if action == "Add":
        _add(unit, new, week)
    elif action == "Delete":
        _delete(unit, old)
    elif action != "Rearrange":  # which no terminal was seen to do: the order is that of insertion
        department = _find(unit, old)
        if department is None:
            raise Refused("dept_not_exists", old)
        if action != "Check":
            _change(unit, department, new or department.name, week)
    return SUCCESS


def _ordered(unit: Unit) -> list[Department]:
    departments = list(unit.state.departments)
    return sorted(departments, key=lambda it: it.name) if unit.switches.dept_order == "name" else departments


def _find(unit: Unit, name: str) -> Department | None:
    if unit.switches.dept_names == "exact":
        return next((it for it in unit.state.departments if it.name == name), None)
    return next((it for it in unit.state.departments if it.name.casefold() == name.casefold()), None)


def _add(unit: Unit, name: str, week: tuple[int, ...] | None) -> None:
    if _find(unit, name) is not None:
        if unit.switches.dept_add_existing == "refused":
            raise Refused("dept_exists", name)
        return
    _added(unit, name, week)


def _added(unit: Unit, name: str, week: tuple[int, ...] | None) -> Department:
    if len(unit.state.departments) >= unit.capacity.departments:
        raise Refused("dept_full", unit.capacity.departments)
    shift = week or (_WEEK if unit.switches.dept_shift == "week" else (0,) * 7)
    department = Department(name, shift)
    unit.state.departments = (*unit.state.departments, department)
    return department


def _delete(unit: Unit, name: str) -> None:
    department = _find(unit, name)
    if department is None:
        if unit.switches.dept_delete_missing == "refused":
            raise Refused("dept_not_exists", name)
        return
    rest = tuple(it for it in unit.state.departments if it is not department)
    if unit.switches.dept_delete_last == "refused" and (not rest or department.name == COMPANY):
        raise Refused("dept_built_in", name)
    inside = [identity for identity, user in unit.state.users.items() if user.depart == department.name]
    if inside and (unit.switches.dept_delete_used == "refused" or not rest):
        raise Refused("dept_not_empty", name)
    unit.state.departments = rest
    for identity in inside:
        unit.state.users[identity] = msgspec.structs.replace(unit.state.users[identity], depart=rest[0].name)


def _change(unit: Unit, department: Department, name: str, week: tuple[int, ...] | None) -> None:
    other = _find(unit, name)
    if other is not None and other is not department:
        raise Refused("dept_exists", name)
    changed = Department(name, week or department.shift)
    unit.state.departments = tuple(changed if it is department else it for it in unit.state.departments)
    if unit.switches.dept_rename == "followed" and name != department.name:
        for identity, user in unit.state.users.items():
            if user.depart == department.name:
                unit.state.users[identity] = msgspec.structs.replace(user, depart=name)
