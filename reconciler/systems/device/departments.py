"""Departments on a terminal: known by their names (manual: Department Management)."""

from collections.abc import Mapping, Sequence

from reconciler.systems.device.client import Terminal, WritingTerminal
from reconciler.transport.failure import Failure, Sent

BUILT_IN = "Company"
"""The department that every terminal is delivered with."""

Numbers = tuple[int, ...]


def read_departments(terminal: Terminal) -> list[tuple[str, Numbers]]:
    """The name of each department, and the numbers of its shifts, Sunday first. Raises Failure.

    The manual's example lacks the name of the array: it is the only one in the payload (B4 8).
    """
    payload = terminal.ask("GetDeptList")
    rows = next((value for _, value in sorted(payload.items()) if isinstance(value, list)), None)
    if rows is None:
        raise terminal.senseless("GetDeptList", "there is no array in it")
    return [_department(terminal, row) for row in rows]


def _department(terminal: Terminal, row: object) -> tuple[str, Numbers]:
    name, shift = (row.get("name"), row.get("shift")) if isinstance(row, dict) else (None, None)
    if not isinstance(name, str) or not name:
        raise terminal.senseless("GetDeptList", "a department has no name")
    if not isinstance(shift, list) or not all(type(number) is int for number in shift):
        raise terminal.senseless("GetDeptList", "a department's shifts are no numbers")
    return name, tuple(shift)


def add_department(terminal: WritingTerminal, name: str, shift: Sequence[int] | None) -> None:
    """Adds a department; one that turns out to be there gets its shifts. Raises Failure."""
    try:
        _set(terminal, "Add", {"dept_new": name}, shift, repeatable=False)
    except Failure as failure:
        if failure.sent is not Sent.REFUSED or name not in _names(terminal):
            raise
        if shift is not None:
            set_shift(terminal, name, shift)


def set_shift(terminal: WritingTerminal, name: str, shift: Sequence[int]) -> None:
    """Gives a department its week of shifts, Sunday first. Raises Failure."""
    _set(terminal, "SetShift", {"dept_org": name}, shift)


def rename_department(terminal: WritingTerminal, old: str, name: str, shift: Sequence[int] | None) -> None:
    """Renames a department; its users follow it (B4 10). Raises Failure."""
    _set(terminal, "Rename", {"dept_org": old, "dept_new": name}, shift, repeatable=False)


def delete_department(terminal: WritingTerminal, name: str) -> None:
    """Deletes a department; one that is not there any more is fine. Raises Failure."""
    try:
        _set(terminal, "Delete", {"dept_org": name}, None)
    except Failure as failure:
        if failure.sent is not Sent.REFUSED or name in _names(terminal):
            raise


def _set(
    terminal: WritingTerminal,
    action: str,
    names: Mapping[str, str],
    shift: Sequence[int] | None,
    *,
    repeatable: bool = True,
) -> None:
    week = {} if shift is None else {"shift": list(shift)}
    terminal.do("SetDept", {"Action": action, **names, **week}, repeatable=repeatable)  # `Action`: B4 9


def _names(terminal: Terminal) -> set[str]:
    return {name for name, _ in read_departments(terminal)}
