"""Writing to a server: one change at a time, since nobody was ever seen to write to one in parallel (A7); people in
batches."""

from collections.abc import Collection, Hashable, Iterator, Sequence
from contextlib import contextmanager
from threading import Lock

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.objects import Live
from reconciler.model.outcome import Outcome
from reconciler.model.plan import Action, Change
from reconciler.systems.base import Task
from reconciler.systems.cvsecurity.client import AccessToken, WritingServer
from reconciler.systems.cvsecurity.departments import delete_department, write_department
from reconciler.systems.cvsecurity.facts import facts_of
from reconciler.systems.cvsecurity.levels import write_level
from reconciler.systems.cvsecurity.outcomes import done, refused, written
from reconciler.systems.cvsecurity.people import delete_people, leave, write_people
from reconciler.systems.cvsecurity.reader import CvSecurityReader
from reconciler.systems.cvsecurity.site import Site
from reconciler.systems.cvsecurity.vehicles import delete_vehicle, write_vehicle
from reconciler.systems.cvsecurity.wire import BATCH
from reconciler.transport.failure import Failure, Sent
from reconciler.transport.http import open_writer
from reconciler.transport.retry import until


@contextmanager
def connect(task: Task) -> Iterator["CvSecurityWriter"]:
    """A writer to one server, whose token is good. Raises Failure."""
    auth = AccessToken(task.target)
    with open_writer(task.target, auth, until(task.stop)) as http:
        yield CvSecurityWriter(WritingServer(http, task.target, auth), task)


class CvSecurityWriter:
    """Carries out changes on one server. Several threads may call it; they wait for each other."""

    batch_size = BATCH

    def __init__(self, server: WritingServer, task: Task) -> None:
        self._site = Site(server, task.target, task.aim, task.listings)
        self._reader = CvSecurityReader(server, task.aim, facts_of(task.listings))
        self._lock = Lock()

    def batch(self, change: Change) -> Hashable | None:
        """See systems/base.py."""
        if change.address.kind != "employee" or _leaves(change):
            return None
        return "deleted" if change.action is Action.DELETE else "written"

    def write(self, changes: Sequence[Change]) -> list[Outcome]:
        """See systems/base.py."""
        with self._lock:
            first = changes[0]
            match self.batch(first):
                case "written" if first.action is not Action.NOOP:
                    return write_people(self._site, changes)
                case "deleted":
                    return delete_people(self._site, changes)
            return [self._one(change) for change in changes]

    def find(self, kind: str, key: str, paths: Collection[str]) -> Live | None:
        """See systems/base.py."""
        with self._lock:
            return self._reader.find(kind, key, paths)

    def finish(self) -> Sequence[Diagnostic]:
        """Sees to it that devices know of the levels that were changed."""
        with self._lock:
            return self._site.sync()

    def _one(self, change: Change) -> Outcome:
        try:
            return self._write(change)
        except Failure as failure:
            return refused(change, failure)

    def _write(self, change: Change) -> Outcome:
        match change.address.kind, change.action:
            case _, Action.NOOP:
                return done(change)
            case "department", Action.DELETE:
                return delete_department(self._site, change)
            case "department", _:
                return write_department(self._site, change)
            case "vehicle", Action.DELETE:
                return delete_vehicle(self._site, change)
            case "vehicle", _:
                return write_vehicle(self._site, change)
            case "access_level", Action.CREATE | Action.UPDATE:
                return write_level(self._site, change)
            case "employee", Action.UPDATE:
                return leave(self._site, change)
        kind, key = change.address.kind, change.address.key
        raise Failure(
            Sent.NOT_SENT, "RC0601", f"cvsecurity has no call that deletes the {kind} {key}. Nothing was sent."
        )


def _leaves(change: Change) -> bool:
    return written(change).get("resigned.date") is not None
