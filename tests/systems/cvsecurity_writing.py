"""What the tests of CVSecurity's writing share: changes, writers, and what a server was asked."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Event

from cvsecurity_reading import listed

from reconciler.model.address import Address
from reconciler.model.diagnostic import Span
from reconciler.model.fields import Value
from reconciler.model.objects import Listing, Live, Object, Organisation
from reconciler.model.outcome import Outcome, Status
from reconciler.model.plan import Change, FieldChange, Reason
from reconciler.model.project import Project, Target
from reconciler.simulator import Server
from reconciler.systems.base import Aim, Task, Writer
from reconciler.systems.cvsecurity.writer import connect

PEOPLE = Span("org/people.yaml", 12, 5)


def create(kind: str, key: str, **values: Value) -> Change:
    """A create; in the names of fields __ stands for the dot of a path."""
    return Change(
        address=Address("gate", kind, key), reason=Reason.ABSENT, before=None, after=_paths(values), source=PEOPLE
    )


def update(kind: str, key: str, before: Mapping[str, Value], **values: Value) -> Change:
    """What is `before` becomes what `values` say; one that `before` does not have can't be read."""
    wanted = _paths(values)
    return Change(
        address=Address("gate", kind, key),
        reason=Reason.CONFIG,
        before=dict(before),
        after={**before, **wanted},
        fields=tuple(
            FieldChange(path, before.get(path), value, unreadable=path not in before)
            for path, value in sorted(wanted.items())
        ),
        id=key,
        source=PEOPLE,
    )


def delete(kind: str, key: str) -> Change:
    return Change(
        address=Address("gate", kind, key), reason=Reason.REMOVED, before={}, after=None, id=key, source=PEOPLE
    )


@contextmanager
def writer_of(where: Target, aim: Aim = Aim()) -> Iterator[Writer]:  # noqa: B008  frozen
    """A writer with the listings of all that people refer to."""
    listings = {kind: listed(where, kind, aim=aim) for kind in ("department", "area", "access_level")}
    with writer_with(where, listings, aim) as writer:
        yield writer


@contextmanager
def writer_with(where: Target, listings: Mapping[str, Listing], aim: Aim = Aim()) -> Iterator[Writer]:  # noqa: B008
    with connect(Task(where, aim, listings, lambda note: None, Event())) as writer:
        yield writer


def told(outcomes: list[Outcome]) -> list[tuple[str, str | None, str | None]]:
    """(status, code, detail) of each."""
    return [
        (each.status, each.diagnostic.code, each.diagnostic.detail) if each.diagnostic else (each.status, None, None)
        for each in outcomes
    ]


DONE = (Status.DONE, None, None)


def writes(server: Server) -> list[str]:
    """The calls since the journal was cleared but those that read, as method and path below /api/."""
    return [
        f"{each.method} {each.path.removeprefix('/api/')}"
        for each in server.journal.entries()
        if each.method != "GET" and "get" not in each.path.rpartition("/")[2]
    ]


def person(server: Server, pin: str) -> dict[str, object]:
    """A person's row without its id."""
    row = next(row for row in server.rows("persons") if row["pin"] == pin)
    return {member: value for member, value in row.items() if member != "id"}


def objects(kind: str, **some: Mapping[str, Value]) -> dict[str, Object]:
    return {key: Object(kind=kind, key=key, values=dict(values), span=PEOPLE) for key, values in some.items()}


def organisation(**kinds: Mapping[str, Object]) -> Organisation:
    return Organisation(Project(name="acme", root="/", targets={}), kinds, "")


def live(key: str, **values: Value) -> Live:
    return Live(key, f"id {key}", _paths(values))


def _paths(values: Mapping[str, Value]) -> dict[str, Value]:
    return {name.replace("__", "."): value for name, value in values.items()}
