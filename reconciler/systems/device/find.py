"""One object of a terminal, looked up while it is written."""

from collections.abc import Collection
from datetime import UTC, date, datetime

from reconciler.model.objects import Listing, Live, Object
from reconciler.systems.device.client import Terminal
from reconciler.systems.device.departments import BUILT_IN, read_departments
from reconciler.systems.device.facts import RawDepartments, RawShifts, RawUsers
from reconciler.systems.device.fit_schedules import fit_departments, fit_shifts, fit_users
from reconciler.systems.device.numbers import Slots
from reconciler.systems.device.settings import read_settings
from reconciler.systems.device.shifts import read_shifts
from reconciler.systems.device.templates import read_templates
from reconciler.systems.device.users import read_user


def find(
    terminal: Terminal, kind: str, key: str, paths: Collection[str], slots: Slots, wanted: Object | None
) -> Live | None:
    """The object, in the words of the files; None when it is not there. `wanted` is what it shall be, if anything.
    Raises Failure."""
    match kind:
        case "shift":
            listing = Listing(kind, {}, raw=RawShifts(terminal.facts, read_shifts(terminal)))
            return fit_shifts(listing, slots.names()).objects.get(key)
        case "department":
            rosters = {name: numbers for name, numbers in read_departments(terminal) if name == key}
            lives = {name: Live(name, name, {}, builtin=name == BUILT_IN) for name in rosters}
            raw = RawDepartments(terminal.facts, rosters)
            return fit_departments(Listing(kind, lives, raw=raw), slots.names()).objects.get(key)
        case "employee":
            return _user(terminal, key, paths, slots, wanted)
        case _:
            return read_settings(terminal, {key: frozenset(paths)}, lambda: datetime.now(UTC))[0].get(key)


def _user(terminal: Terminal, key: str, paths: Collection[str], slots: Slots, wanted: Object | None) -> Live | None:
    user = read_user(terminal, key, paths)
    if user is None:
        return None
    today = date.today()  # noqa: DTZ011  as when the users were read
    raw = RawUsers(
        terminal.facts,
        read_templates(terminal) if user.week is not None and "access" in paths else None,
        {} if user.week is None else {key: user.week},
        {} if user.roster is None else {key: user.roster},
        read=today,
    )
    listing = Listing("employee", {key: Live(key, key, user.values)}, raw=raw)
    desired = {} if wanted is None else {key: wanted}
    return fit_users(listing, desired, slots.names(), today).objects[key]
