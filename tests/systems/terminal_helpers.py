"""What the tests of a terminal's reader and writer share: targets, aims, and changes as a plan has them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Event

import msgspec

from reconciler.model.address import Address
from reconciler.model.diagnostic import Span
from reconciler.model.fields import Value
from reconciler.model.objects import Desired, Listing, Object, paths_of
from reconciler.model.plan import Change, FieldChange
from reconciler.model.project import Auth, Target
from reconciler.model.secret import Secret
from reconciler.model.state import Entry, Memory, Note
from reconciler.simulator import Terminals
from reconciler.simulator.device import TerminalSeed
from reconciler.simulator.device.seed import seed
from reconciler.systems.base import Aim, Task
from reconciler.systems.device.fit import fit
from reconciler.systems.device.reader import connect as reading
from reconciler.systems.device.writer import DeviceWriter
from reconciler.systems.device.writer import connect as writing
from reconciler.transport.retry import Timing

SPAN = Span("org/people.yaml", 12, 5)
NO_NOTE = Note()
KINDS = ("settings", "shift", "department", "employee")

Wanted = Mapping[str, Mapping[str, Mapping[str, Value]]]
"""Values by kind and key."""


def target(url: str, key: str | None = None, **more: object) -> Target:
    given: dict[str, object] = {"retries": 0, "timeout": 5.0, "concurrency": 1, **more}
    auth = Auth(token=None if key is None else Secret(key))
    return Target(name="lobby", system="device", url=url, span=Span("devices.yaml", 3, 5), auth=auth, **given)


def aim(
    wanted: Wanted | None = None, *, owned: Mapping[str, Mapping[str, int | str]] = {}, note: Note = NO_NOTE
) -> Aim:
    """What the files ask for, and what is remembered: ids by kind and key."""
    objects = {
        kind: {
            key: Object(kind=kind, key=key, values=dict(values), span=SPAN)
            for key, values in (wanted or {}).get(kind, {}).items()
        }
        for kind in KINDS
    }
    entries = {kind: {key: Entry(id=number) for key, number in of.items()} for kind, of in owned.items()}
    return Aim(Desired("lobby", objects), Memory(entries, {}, None, note))


EXPORT = Aim(everything=True)
"""The aim of an export."""


def put(terminal, **rows) -> None:
    """Put rows into a terminal, see TerminalSeed."""
    seed(terminal.unit, msgspec.convert(rows, TerminalSeed))


@contextmanager
def serving(**more: object) -> Iterator[tuple[Terminals, object]]:
    with Terminals() as terminals:
        yield terminals, terminals.add("lobby", **more)
    assert terminals.errors == []
    assert terminals.record.violations() == []


def silent(kind: str, done: int, count: int | None) -> None:
    """Progress that nobody looks at."""


def listed(where: Target, what: Aim, *kinds: str) -> dict[str, Listing]:
    """Listings of these kinds, or of all, with the paths that the aim manages."""
    found = {}
    with reading(where, what) as reader:
        for kind in kinds or KINDS:
            objects = what.desired.objects.get(kind, {}) if what.desired else {}
            found[kind] = reader.list(kind, sorted(paths_of(objects.values())), silent)
    return found


def read(where: Target, what: Aim, kind: str) -> Listing:
    listing = listed(where, what, kind)[kind]
    assert listing.problem is None, listing.problem
    return listing


def fitted(where: Target, what: Aim, *, checked: bool = True) -> Mapping[str, Listing]:
    """All listings, in the words of the files; with nothing to complain of, if `checked`."""
    listings = listed(where, what)
    assert all(listing.problem is None for listing in listings.values()), listings
    assert what.desired is not None
    found = fit(what.desired, listings, what.memory)
    assert not checked or found.diagnostics == ()
    return found.listings


@contextmanager
def writer(
    where: Target,
    what: Aim,
    *,
    notes: list[Note] | None = None,
    stop: Event | None = None,
    keep: object = None,
    checked: bool = True,
) -> Iterator[DeviceWriter]:
    """A writer with all listings, that waits for nothing. `notes` gets every note that it keeps."""
    saved = [] if notes is None else notes
    task = Task(where, what, fitted(where, what, checked=checked), keep or saved.append, stop or Event())
    with writing(task, Timing(sleep=lambda seconds: None)) as found:
        yield found


def create(kind: str, key: str, values: Mapping[str, Value]) -> Change:
    return Change(address=Address("lobby", kind, key), reason=None, before=None, after=dict(values), source=SPAN)


def update(
    kind: str, key: str, values: Mapping[str, Value], *, number: int | str | None = None, was: str | None = None
) -> Change:
    fields = tuple(FieldChange(path, None, value) for path, value in sorted(values.items()))
    return Change(
        address=Address("lobby", kind, key),
        reason=None,
        before={},
        after=dict(values),
        fields=fields,
        id=was or key if number is None else number,
        was=was,
        source=SPAN,
    )


def delete(kind: str, key: str, number: int | str | None = None) -> Change:
    return Change(
        address=Address("lobby", kind, key),
        reason=None,
        before={},
        after=None,
        id=key if number is None else number,
        source=SPAN,
    )
