"""Reading a server: complete listings of what it can list."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import RLock

from reconciler.model.objects import Listing, Live
from reconciler.model.project import Target
from reconciler.systems.base import Aim, Progress
from reconciler.systems.cvsecurity import decode
from reconciler.systems.cvsecurity.client import AccessToken, Server
from reconciler.systems.cvsecurity.decode import People
from reconciler.systems.cvsecurity.department_list import departments, one_department
from reconciler.systems.cvsecurity.facts import Facts, joined
from reconciler.systems.cvsecurity.features import lists, parking, probed, read_levels, read_zone
from reconciler.systems.cvsecurity.paging import Seen, by_post, read_complete
from reconciler.systems.cvsecurity.wire import CONTROLS, PERSON, ZONES, Feature, Module
from reconciler.transport.failure import Failure
from reconciler.transport.http import open_reader

_NOTHING = Facts()
_LIST_V1 = "person/getPersonList"
_EVERYBODY = {"pins": "", "deptCodes": ""}  # both empty: all of them (A3 14)
_MOST_PINS = 100  # of one look: they stand in the url, too

Lives = list[Live]
Found = tuple[Sequence[Live], frozenset[str]]
"""Live objects, and the keys that the server has more than once."""


@contextmanager
def connect(target: Target, aim: Aim) -> Iterator["CvSecurityReader"]:
    """A reader of one server, whose token is good. Raises Failure."""
    auth = AccessToken(target)
    with open_reader(target, auth) as http:
        yield CvSecurityReader(Server(http, target, auth), aim)


class CvSecurityReader:
    """Lists one server. What tells of the server itself is asked once, by the first listing that needs it, and not
    where `facts` have it already."""

    def __init__(self, server: Server, aim: Aim, facts: Facts = _NOTHING) -> None:
        self.facts = facts
        self._server = server
        self._aim = aim
        self._areas: Sequence[Live] = ()
        self._lock = RLock()
        self._kinds: Mapping[str, Callable[[Collection[str], Seen | None], Found]] = {
            "department": self._departments,
            "area": self._attendance_areas,
            "access_level": self._access_levels,
            "employee": self._employees,
            "vehicle": self._vehicles,
        }

    def list(self, kind: str, paths: Collection[str], progress: Progress) -> Listing:
        """See systems/base.py. Vehicles can't be listed: theirs is empty."""

        def seen(done: int, total: int | None) -> None:
            progress(kind, done, total)

        try:
            with self._lock:
                lives, duplicates = self._kinds[kind](paths, seen)
        except Failure as failure:
            problem = failure.diagnostic(source=self._server.target.span)
            return Listing(kind, {}, problem=problem, raw=self.facts)
        return Listing(kind, {live.key: live for live in lives}, duplicates, raw=self.facts)

    def find(self, kind: str, key: str, paths: Collection[str]) -> Live | None:
        """The object with exactly this key, looked up now; None when it is not there. Raises Failure."""
        with self._lock:
            if kind == "employee":
                return self.people([key], paths).get(key)
            if kind == "department":
                live = one_department(self._server, key)
                return live if live is not None and live.key == key else None
            if kind == "access_level":
                self.reread_levels()
            lives, _ = self._kinds[kind](paths, None)
            return next((live for live in lives if live.key == key), None)

    def people(self, pins: Sequence[str], paths: Collection[str]) -> dict[str, Live]:
        """These people, as they are now; who is not there is left out. Raises Failure."""
        with self._lock:
            self._know_levels()
            found: dict[str, Live] = {}
            for start in range(0, len(pins), _MOST_PINS):
                some = pins[start : start + _MOST_PINS]
                lives = self._people(paths, {"pins": ",".join(some), "deptCodes": ""}, None)
                found |= {live.key: live for live in lives if live.key in some}
            return found

    def reread_levels(self) -> Facts:
        """What is so of the server, with the levels that it has now. Raises Failure."""
        with self._lock:
            self.facts = joined(self.facts, read_levels(self._server))
            return self.facts

    def _departments(self, _paths: Collection[str], seen: Seen | None) -> Found:
        lives, facts = departments(self._server, self._aim, self._homes, seen)
        self.facts = joined(self.facts, facts)
        return lives, frozenset()

    def _homes(self) -> set[str]:
        """The codes of the departments that people are in."""
        codes = [live.values.get("department") for live in self._people(("department",), _EVERYBODY, None)]
        return {code for code in codes if isinstance(code, str)}

    def _attendance_areas(self, _paths: Collection[str], _seen: Seen | None) -> Found:
        rows, facts = read_zone(self._server, ZONES[0])
        self.facts = joined(self.facts, facts)
        return [decode.area(row) for row in rows], frozenset()

    def _access_levels(self, _paths: Collection[str], _seen: Seen | None) -> Found:
        self._know_levels()
        if any(path.startswith("cvsecurity.") for path in self._asked("access_level")):
            self._know(Feature.ADD_LEVEL, Feature.ADD_LEVEL_DOOR)
        lives, twice = decode.levels(self.facts)
        return tuple(lives.values()), twice

    def _employees(self, paths: Collection[str], seen: Seen | None) -> Found:
        self._know_levels()
        kiosk = ZONES[1]
        if kiosk.path in self._asked("employee") and kiosk.module not in self.facts.has | self.facts.lacks:
            _, facts = read_zone(self._server, kiosk)
            self.facts = joined(self.facts, facts)
        if self._gives_entrances():
            self._know(Feature.ENTRANCE_BY_PERSON)
        return self._people(paths, _EVERYBODY, seen), frozenset()

    def _gives_entrances(self) -> bool:
        """Whether the files give somebody a level of an entrance: how that is done is to be told beforehand."""
        control = CONTROLS["entrance"]
        if self._aim.desired is None or control.module in self.facts.lacks:
            return False
        people = self._aim.desired.objects.get("employee", {})
        return any(each.values.get(control.path) for each in people.values())

    def _vehicles(self, _paths: Collection[str], _seen: Seen | None) -> Found:
        desired = self._aim.desired
        wanted = desired is not None and bool(desired.objects.get("vehicle"))
        if wanted and Module.PARKING not in self.facts.has | self.facts.lacks:
            self.facts = joined(self.facts, parking(self._server))
        return (), frozenset()

    def _people(self, paths: Collection[str], asked: Mapping[str, str], seen: Seen | None) -> Lives:
        def read(path: str) -> People:
            fetch = by_post(self._server, path, asked)
            return read_complete(path, PERSON.key, fetch, lambda: People(paths, self.facts), seen)

        paged = Feature.PERSON_LIST
        people = None if paged in self.facts.lacks else lists(self._server, paged, lambda: read(paged))
        found = frozenset({paged})
        self.facts = joined(self.facts, Facts(lacks=found) if people is None else Facts(has=found))
        return (people or read(_LIST_V1)).lives

    def _know_levels(self) -> None:
        if Module.ACCESS not in self.facts.has | self.facts.lacks:
            self.reread_levels()

    def _know(self, *features: Feature) -> None:
        known = self.facts.has | self.facts.lacks
        self.facts = joined(self.facts, probed(self._server, [each for each in features if each not in known]))

    def _asked(self, kind: str) -> frozenset[str]:
        """The paths of `kind` that the files ask for."""
        return self._aim.desired.paths(kind) if self._aim.desired is not None else frozenset()
