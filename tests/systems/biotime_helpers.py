"""What the tests of the BioTime family share: targets, changes, and a server in memory for single calls."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Event

from reconciler.model.address import Address
from reconciler.model.diagnostic import Span
from reconciler.model.fields import Value
from reconciler.model.objects import Listing, Live
from reconciler.model.plan import Change, FieldChange, Reason
from reconciler.model.project import Auth, Target
from reconciler.model.secret import Secret
from reconciler.simulator import Server
from reconciler.systems.base import Aim, Reader, Task, Writer
from reconciler.systems.biotime import SYSTEMS

PASSWORD = "correct horse battery"

SYSTEM_OF = {
    "biotime-8.0": "biotime",
    "biotime-8.5": "biotime",
    "utimemaster-9.0": "utimemaster",
    "utimemaster-9.5": "utimemaster",
    "zkbiotime": "zkbiotime",
    "zkbiotime-company": "zkbiotime",
}
"""The system that a simulator's profile is."""

SPAN = Span("org/people.yaml", 12, 5)


def target(url: str = "http://127.0.0.1:1", system: str = "biotime", **members: object) -> Target:
    auth = members.pop("auth", Auth("admin", Secret(PASSWORD)))
    given: dict[str, object] = {"retries": 0, "timeout": 20.0, **members}
    return Target(name="hq", system=system, url=url, span=Span("reconciler.yaml", 3, 3), auth=auth, **given)


@contextmanager
def serving(profile: str = "biotime-8.5", **switches: object) -> Iterator[tuple[Server, Target]]:
    with Server(profile, password=PASSWORD, switches=switches) as server:
        yield server, target(server.url, SYSTEM_OF[profile])


@contextmanager
def reading(where: Target) -> Iterator[Reader]:
    with SYSTEMS[where.system].reader(where, Aim()) as reader:
        yield reader


@contextmanager
def writing(where: Target, *kinds: str, paths: tuple[str, ...] = ()) -> Iterator[Writer]:
    """A writer with the listings of `kinds`, by default all that employees refer to."""
    listings = {kind: listed(where, kind, *paths) for kind in kinds or ("department", "area", "position")}
    with SYSTEMS[where.system].writer(task(where, listings)) as writer:
        yield writer


def task(where: Target, listings: Mapping[str, Listing] = {}, stop: Event | None = None) -> Task:
    """What a writer works with; nothing is remembered of a server itself."""
    return Task(where, Aim(), listings, lambda note: None, stop or Event())


def listed(where: Target, kind: str, *paths: str) -> Listing:
    with reading(where) as reader:
        return reader.list(kind, paths, silent)


def silent(kind: str, done: int, count: int | None) -> None:
    """Progress that nobody looks at."""


def values_of(where: Target, kind: str, *paths: str) -> dict[str, dict[str, Value]]:
    """The live values of every object but the built-in ones, by key."""
    listing = listed(where, kind, *paths)
    assert listing.problem is None, listing.problem
    return {key: live.values for key, live in listing.objects.items() if not live.builtin}


def live(where: Target, kind: str, key: str, *paths: str) -> Live:
    return listed(where, kind, *paths).objects[key]


def create(kind: str, key: str, values: Mapping[str, Value]) -> Change:
    return Change(address=Address("hq", kind, key), reason=Reason.ABSENT, before=None, after=dict(values), source=SPAN)


def update(kind: str, now: Live, values: Mapping[str, Value], *, key: str | None = None) -> Change:
    """`now` becomes what `values` say, under the new `key` if there is one."""
    before = dict(now.values)
    return Change(
        address=Address("hq", kind, key or now.key),
        reason=Reason.CONFIG,
        before=before,
        after={**before, **values},
        fields=tuple(FieldChange(path, before.get(path), values[path]) for path in sorted(values)),
        id=now.id,
        was=now.key if key else None,
        source=SPAN,
    )


def delete(kind: str, now: Live) -> Change:
    return Change(
        address=Address("hq", kind, now.key),
        reason=Reason.REMOVED,
        before=now.values,
        after=None,
        id=now.id,
        source=SPAN,
    )


class Answers:
    """A reader whose answers are given: by path, a list of answers (one per call) or a function of the query. Failures
    are raised. `asked` has every call."""

    def __init__(self, **answers: object) -> None:
        self.answers = answers
        self.asked: list[tuple[str, dict[str, object]]] = []

    def get(
        self, path: str, query: Mapping[str, str | int] = {}, shape: object = None, *, optional: bool = False
    ) -> object:
        self.asked.append((path, dict(query)))
        given = self.answers[path.rstrip("/").rpartition("/")[2]]
        answer = given(query) if callable(given) else given.pop(0)  # type: ignore[attr-defined]
        if isinstance(answer, Exception):
            raise answer
        return answer


def page(*rows: dict[str, object], count: int | None = None, following: str | None = None) -> dict[str, object]:
    """An envelope as the manuals have it."""
    return {
        "count": len(rows) if count is None else count,
        "next": following,
        "previous": None,
        "msg": "",
        "code": 0,
        "data": list(rows),
    }


def repeating(answer: object) -> Callable[[object], object]:
    return lambda query: answer
