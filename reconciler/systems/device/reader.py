"""Reading a terminal: its settings, and listings of its shifts, departments and users."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime

import msgspec

from reconciler.model.objects import Listing, Live, Object
from reconciler.model.project import Prune, Target
from reconciler.model.terminals import SETTINGS
from reconciler.systems.base import Aim, Progress
from reconciler.systems.device.client import Terminal
from reconciler.systems.device.connect import find_terminal
from reconciler.systems.device.departments import BUILT_IN, read_departments
from reconciler.systems.device.facts import Facts, RawDepartments, RawShifts, RawUsers
from reconciler.systems.device.settings import read_settings
from reconciler.systems.device.shifts import read_shifts
from reconciler.systems.device.templates import read_templates
from reconciler.systems.device.users import User, incomplete, read_ids, read_user
from reconciler.transport.failure import Failure, Sent

Paths = Mapping[str, frozenset[str]]
"""What matters of each object, by its key on the terminal."""


@contextmanager
def connect(target: Target, aim: Aim) -> Iterator["DeviceReader"]:
    """A reader of one terminal. Nothing is sent before the first listing."""
    reader = DeviceReader(target, aim)
    try:
        yield reader
    finally:
        reader.close()


class DeviceReader:
    """Lists what one terminal has, one call at a time. It looks for the terminal once; one that is not found is not
    looked for again."""

    def __init__(self, target: Target, aim: Aim) -> None:
        self._target = target
        self._aim = aim
        self._found: Terminal | Failure | None = None

    def close(self) -> None:
        """Ends the connections."""
        if isinstance(self._found, Terminal):
            self._found.close()

    def list(self, kind: str, paths: Collection[str], progress: Progress) -> Listing:
        """See systems/base.py. A user that the aim does not name has no values, only its id."""
        try:
            terminal = self._terminal()
            match kind:
                case "settings":
                    return self._settings(terminal, progress)
                case "shift":
                    return self._shifts(terminal, progress)
                case "department":
                    return self._departments(terminal, progress)
                case "employee":
                    return self._users(terminal, frozenset(paths), progress)
                case _:
                    raise KeyError(kind)
        except Failure as failure:
            return Listing(kind, {}, problem=failure.diagnostic(source=self._target.span))

    def _terminal(self) -> Terminal:
        if self._found is None:
            try:
                self._found = find_terminal(self._target, self._aim)
            except Failure as failure:
                self._found = failure
        if isinstance(self._found, Failure):
            same = self._found
            raise Failure(same.sent, same.code, same.detail, status=same.status)
        return self._found

    def _settings(self, terminal: Terminal, progress: Progress) -> Listing:
        if self._aim.everything:
            paths = frozenset(SETTINGS.paths())
            wanted = {
                name: frozenset(path for path in paths if path.partition(".")[0] == name)
                for name in sorted({path.partition(".")[0] for path in paths})
            }
        else:
            wanted = {
                key: frozenset(each.values)
                for key, each in self._desired("settings").items()
                if self._is_read("settings", key)
            }
        found, raw = read_settings(terminal, wanted, lambda: datetime.now(UTC))
        if self._aim.only is not None and ("settings", "locked") in self._aim.only:
            found["locked"] = Live("locked", terminal.facts.uid, {}, builtin=True)  # no command tells it
        progress("settings", len(found), len(found))
        return Listing("settings", found, raw=raw)

    def _shifts(self, terminal: Terminal, progress: Progress) -> Listing:
        """The slots; which of them is which shift is known by who compares."""
        needed = self._aim.everything or self._desired("shift") or self._aim.memory.owned("shift")
        slots = read_shifts(terminal) if needed else ()
        progress("shift", len(slots), len(slots))
        return Listing("shift", {}, raw=RawShifts(terminal.facts, slots))

    def _departments(self, terminal: Terminal, progress: Progress) -> Listing:
        rosters: dict[str, tuple[int, ...]] = {}
        duplicates: set[str] = set()
        for name, numbers in read_departments(terminal):
            if rosters.setdefault(name, numbers) is not numbers:
                duplicates.add(name)
        progress("department", len(rosters), len(rosters))
        lives = {name: Live(name, name, {}, builtin=name == BUILT_IN) for name in rosters}
        raw = RawDepartments(terminal.facts, rosters)
        return Listing("department", lives, frozenset(duplicates), raw=raw)

    def _users(self, terminal: Terminal, paths: frozenset[str], progress: Progress) -> Listing:
        ids, pages = read_ids(terminal)
        named = self._named(ids, paths)
        missing = self._missing(named, ids)
        if missing:
            self._confirm(terminal, ids, pages)
        facts = self._capacity(terminal) if missing & self._desired("employee").keys() else terminal.facts
        templates = None
        if "access" in paths and facts.capabilities.access_control:
            templates = read_templates(terminal)
        users: dict[str, User] = {}
        vanished: set[str] = set()
        for done, key in enumerate(key for key in ids if key in named):
            progress("employee", done, len(named) - len(missing))
            user = read_user(terminal, key, named[key])
            if user is None:
                vanished.add(key)
            else:
                users[key] = user
        lives = {key: Live(key, key, users[key].values if key in users else {}) for key in ids if key not in vanished}
        raw = RawUsers(
            facts,
            templates,
            {key: user.week for key, user in users.items() if user.week is not None},
            {key: user.roster for key, user in users.items() if user.roster is not None},
            self._pending(terminal, lives),
            date.today(),  # noqa: DTZ011  this machine's calendar is what is asked for
        )
        progress("employee", len(lives), len(lives))
        return Listing("employee", lives, raw=raw)

    def _named(self, ids: Collection[str], paths: frozenset[str]) -> Paths:
        """The users that the aim names, with what matters of each."""
        if self._aim.everything:
            return dict.fromkeys(ids, paths)
        owned = sorted(self._aim.memory.owned("employee"))
        named = {key: frozenset[str]() for key in owned if self._is_read("employee", key)}
        for key, each in self._desired("employee").items():
            if self._is_read("employee", key):
                named |= dict.fromkeys((key, each.was) if each.was else (key,), paths & frozenset(each.values))
        return named

    def _is_read(self, kind: str, key: str) -> bool:
        """Whether the object is read, where each takes a call."""
        return self._aim.only is None or (kind, key) in self._aim.only

    def _missing(self, named: Collection[str], ids: Collection[str]) -> set[str]:
        """Users that should be there. Of one that has another key there, either will do."""
        there = set(ids)
        renamed = {
            key: each.was for key, each in self._desired("employee").items() if each.was and {key, each.was} & there
        }
        return set(named) - there - renamed.keys() - set(renamed.values())

    def _confirm(self, terminal: Terminal, ids: Sequence[str], pages: int) -> None:
        """Who is missing from the list must not look as if they were gone. Raises Failure (RC0602) where they may have
        slipped from one page to another, or the terminal counts other users (manual: GetCurrentUsage)."""
        if pages > 1 and read_ids(terminal)[0] != ids:
            detail = f"The list of users of {self._target.name} changed while it was read. Run it again."
            raise Failure(Sent.REFUSED, "RC0602", detail)
        count = terminal.ask("GetCurrentUsage").get("user_count")
        if type(count) is int and count != len(ids):
            raise incomplete(terminal, f"it names {len(ids)} users, and the terminal counts {count}")

    def _capacity(self, terminal: Terminal) -> Facts:
        """The facts with the number of users that it holds, where it tells (manual: GetCapacityLimit)."""
        most = terminal.ask("GetCapacityLimit").get("max_user")
        return msgspec.structs.replace(terminal.facts, max_users=most if type(most) is int else None)

    def _pending(self, terminal: Terminal, lives: Collection[str]) -> bool | None:
        """Whether records wait for their upload, where users would go (manual: GetAttendLogUploaderStatus). One that
        does not tell may have some."""
        prune = self._target.prune.get("employee", Prune.OWNED)
        kept = {name for key, each in self._desired("employee").items() for name in (key, each.was)}
        going = {
            Prune.NEVER: set[str](),
            Prune.OWNED: self._aim.memory.owned("employee"),
            Prune.ALL: set(lives),
        }[prune]
        if self._aim.everything or self._aim.only is not None or not (going - kept) & set(lives):
            return None
        try:
            return terminal.ask("GetAttendLogUploaderStatus").get("pending_count") != 0
        except Failure as failure:
            if failure.sent is Sent.REFUSED and failure.code != "RC0503":
                return True
            raise

    def _desired(self, kind: str) -> Mapping[str, Object]:
        return self._aim.desired.objects.get(kind, {}) if self._aim.desired else {}
