"""The numbers that schedules have on one terminal, while it is written: the same that the plan came to."""

from collections.abc import Callable, Iterable, Mapping

from reconciler.model.fields import Value
from reconciler.model.objects import Desired, Object
from reconciler.model.plan import Action, Change
from reconciler.model.schedules.rosters import department_numbers, employee_numbers
from reconciler.model.schedules.shifts import CompiledShifts
from reconciler.model.schedules.texts import cycle_of_texts, department_of_texts, periods_of_texts
from reconciler.model.schedules.times import Day
from reconciler.model.state import Note
from reconciler.systems.base import Task
from reconciler.systems.device.client import WritingTerminal
from reconciler.systems.device.facts import RawUsers
from reconciler.systems.device.fit_schedules import raw_users, shift_names, shift_numbers
from reconciler.systems.device.templates import Weeks, put_templates
from reconciler.systems.device.users import Numbers, Roster
from reconciler.transport.failure import Failure, Sent


class Slots:
    """The numbers of shifts, rosters and weeks. The shifts' are known from what was read; those of day templates are
    found, and the templates written, when the first user needs one."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._compiled: CompiledShifts | None = None
        self._weeks: Weeks | None = None

    def shifts(self) -> CompiledShifts:
        """The numbers of all shifts. Raises Failure."""
        if self._compiled is None:
            desired = self._task.aim.desired or Desired(self._task.target.name, {})
            compiled = shift_numbers(desired, self._task.listings, self._task.aim.memory)
            if not isinstance(compiled, CompiledShifts):
                raise _impossible(" ".join(compiled))
            self._compiled = compiled
        return self._compiled

    def names(self) -> Mapping[int, str]:
        """The shifts' names, by number. Raises Failure."""
        return shift_names(self.shifts())

    def of(self, change: Change) -> int | None:
        """The number of a shift that is written."""
        return None if change.action is Action.DELETE else self.shifts().slots.get(change.address.key)

    def written(self, changes: Iterable[Change]) -> dict[int, Day]:
        """What changes of shifts write, by number. A number that another shift has by now is not emptied. Raises
        Failure."""
        slots = self.shifts().slots
        taken = set(slots.values())
        wanted: dict[int, Day] = {}
        for change in changes:
            if isinstance(change.id, int) and change.id not in taken:
                wanted[change.id] = ()
            if change.action is Action.DELETE:
                continue
            if change.address.key not in slots:
                raise _impossible(f"The shift {change.address.key} has no slot.")
            wanted[slots[change.address.key]] = periods_of_texts(_texts((change.after or {}).get("periods")))
        return wanted

    def week(self, roster: Value) -> Numbers:
        """The 7 numbers of a department's roster. Raises Failure."""
        return _known(department_numbers(department_of_texts(_texts(roster)), self._by_name()))

    def roster(self, roster: Value) -> Roster:
        """The start and the 100 numbers of a user's roster. Raises Failure."""
        cycle = cycle_of_texts(_texts(roster))
        return f"{cycle.start.isoformat()}T00:00:00", _known(employee_numbers(cycle, self._by_name()))

    def access(
        self, terminal: WritingTerminal, week: Value, note: Note, keep: Callable[[dict[str, int]], None]
    ) -> Numbers:
        """The template numbers of a week, which the terminal holds from then on. Raises Failure."""
        if self._weeks is None:
            known = raw_users(self._task.listings) or RawUsers(terminal.facts)
            self._weeks = put_templates(terminal, self._users(), known, note, keep)
        if week not in self._weeks:
            raise _impossible("The week was not compiled with the others. Run it again.")
        return self._weeks[week]

    def _users(self) -> Mapping[str, Object]:
        """Those that the terminal shall have. Who has other times than the files ask for and is to keep them, since the
        plan is narrowed to others, counts as somebody else: no template is written for the times that he does not get,
        and none that he has is touched."""
        desired = self._task.aim.desired
        users = desired.objects.get("employee", {}) if desired else {}
        if self._task.changes is None:
            return users
        given = {each.address.key for each in self._task.changes if _writes_access(each)}
        listing = self._task.listings.get("employee")
        lives = listing.objects if listing else {}
        return {
            key: each
            for key, each in users.items()
            if key in given or (key in lives and lives[key].values.get("access") == each.values.get("access"))
        }

    def _by_name(self) -> Mapping[str, int]:
        return {name: number for number, name in self.names().items()}


def _writes_access(change: Change) -> bool:
    """Whether somebody has the times of the files after a change: a new user, or one whose times are in the plan."""
    return change.address.kind == "employee" and "access" in (change.after or {})


def _texts(value: Value) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()


def _known(numbers: Numbers | str) -> Numbers:
    if isinstance(numbers, str):
        raise _impossible(numbers)
    return numbers


def _impossible(detail: str) -> Failure:
    return Failure(Sent.NOT_SENT, "RC0601", detail)
