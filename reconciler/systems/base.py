"""The contract between the engine and a system: what it holds, and how it is read and written.

A system is data, a table of bindings, and two functions that connect: `reader` gives something that can't write, and
only apply asks for a `writer`. Nothing outside a system's own folder knows its wire names.
"""

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from contextlib import AbstractContextManager
from threading import Event
from typing import Protocol

import msgspec

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.examination import Examined
from reconciler.model.fields import Value
from reconciler.model.objects import Desired, Listing, Live, Objects, Organisation
from reconciler.model.outcome import Outcome
from reconciler.model.plan import Change
from reconciler.model.project import Target
from reconciler.model.state import Memory, Note

Progress = Callable[[str, int, int | None], None]
"""Told (kind, objects read so far, how many there are if known) while a listing is read."""


class Binding(msgspec.Struct, frozen=True, kw_only=True):
    """How one kind lives in one system, as far as the engine has to know.

    `lengths` has every path that the system holds, with its greatest length there in code points (None: the
    language's own). A path of the language that is not in it does not exist on this system and is not projected. A map
    such as `attributes` stands as its own name.
    """

    kind: str
    lengths: Mapping[str, int | None]
    key_length: int | None = None
    create: frozenset[str] = frozenset()  # paths that a create must have
    fixed: frozenset[str] = frozenset()  # paths that null can't clear
    write_only: frozenset[str] = frozenset()  # never read: compared by the digest in state
    choices: Mapping[str, frozenset[str]] = {}  # path -> the values it holds here, where these are fewer
    unique: frozenset[str] = frozenset()  # paths whose value the server may want only once
    decimal: frozenset[str] = frozenset()  # paths of masked numbers: 0012 is 12 here
    removals: frozenset[str] = frozenset({"delete", "forget"})  # what on_remove can be
    stages: Mapping[str, int] = {}  # key -> when its change is made: one of a higher stage after all of the lower ones
    renames: bool = True  # the key can be changed, as `was` says
    read_only: bool = False  # the objects can be referred to, and there is no call that writes them: never managed
    built_in: bool = False  # the objects are part of the system: never created or deleted, and no limit counts them


class Aim(msgspec.Struct, frozen=True):
    """What a run is after on one target: what it must hold, secrets resolved, and what is remembered of it. For a
    system that gives objects one by one these say which; and where a target has to be looked for. `everything`:
    whatever there is, as for an export. `only`, by kind and key, are those that are read where they are given one by
    one (None: all)."""

    desired: Desired | None = None
    memory: Memory = Memory({}, {}, None)
    only: frozenset[tuple[str, str]] | None = None
    everything: bool = False


class Reader(Protocol):
    """Reads one target. It has no method that writes."""

    def list(self, kind: str, paths: Collection[str], progress: Progress) -> Listing:
        """Every object of `kind`, with at least the values of `paths` where the server gives them. Where it gives them
        one by one, those of objects that the aim does not name may be missing.

        Takes one call per page, and none per object, but where the server gives them one by one. A failure is the
        listing's `problem`, never an exception.
        """
        ...


class Fit(msgspec.Struct, frozen=True):
    """What a target must hold and what it has, made comparable; and the note of it, to be kept by the next apply."""

    desired: Desired
    listings: Mapping[str, Listing]
    note: Note
    diagnostics: tuple[Diagnostic, ...] = ()


class Writer(Protocol):
    """Writes one target. It may be called from several threads at once."""

    batch_size: int

    def batch(self, change: Change) -> Hashable | None:
        """Changes with the same key, other than None, may be given to `write` together, up to `batch_size`."""
        ...

    def write(self, changes: Sequence[Change]) -> list[Outcome]:
        """Carries out changes that go together; one outcome for each, in order. Never raises for what a target does.

        Repeats what may be repeated by itself; a create whose outcome is not known is reported as such, not repeated.
        """
        ...

    def find(self, kind: str, key: str, paths: Collection[str]) -> Live | None:
        """The object with exactly this key, looked up now; None when it is not there.

        Raises `reconciler.transport.failure.Failure` when the target can't tell.
        """
        ...

    def finish(self) -> Sequence[Diagnostic]:
        """Ends what the writing began, such as a lock; called once, whatever has happened. Gives what went wrong with
        that."""
        ...


class Task(msgspec.Struct, frozen=True):
    """What a writer works with. `listings` have every kind that changes may refer to: from these it knows the server's
    ids. `keep` saves a note of the target before it returns. `stop` says to repeat nothing any more. `changes` are the
    plan's, which may be fewer than the aim asks for (`--select`, `--drift-only`); None: all that it asks for."""

    target: Target
    aim: Aim
    listings: Mapping[str, Listing]
    keep: Callable[[Note], None]
    stop: Event
    changes: tuple[Change, ...] | None = None


class Exported(msgspec.Struct, frozen=True):
    """What one resource file is made of: objects in the words of the files, and what is told of them above. An empty
    list is only written where it is `stated`: elsewhere it says nothing that leaving it out would not say. `left_out`
    are the keys of objects that lack a value, by its path and why."""

    listing: Listing
    notes: tuple[str, ...] = ()
    stated: frozenset[str] = frozenset()  # paths
    left_out: Mapping[tuple[str, str], tuple[str, ...]] = {}


Own = Callable[[Target], tuple[Objects, Sequence[Diagnostic]]]
"""Gives the objects that a target shall hold, in its own words, and what is wrong with that."""


class System(msgspec.Struct, frozen=True, kw_only=True):
    """One system. `reader` and `writer` take a target whose secrets are resolved. `removal` gives what is written, by
    path, instead of a delete, for `on_remove: resign` and `disable`, today being an ISO date. `examine` asks a target
    how it is, and changes nothing; it raises Failure when the target can't be asked. `fleet`: a target is one machine
    of many, takes one call at a time, and what it can't do leaves out nothing but itself.

    The others are pure functions of systems whose targets do not hold the files' objects as they are. `own` projects
    (it takes today, an ISO date, and looks through the organisation once for all targets), `fit` makes what a target
    shall hold and what it has comparable, `cautions` says what is to be known of a plan's changes beforehand,
    `exported` makes files of all that was read. `raws` are the types of `Listing.raw` by kind, for who keeps it."""

    name: str
    bindings: Mapping[str, Binding]  # by kind
    schemes: tuple[str, ...]  # of login; the first is the default
    reader: Callable[[Target, Aim], AbstractContextManager[Reader]]
    writer: Callable[[Task], AbstractContextManager[Writer]]
    removal: Callable[[str, Mapping[str, Listing], str], Mapping[str, Value]]
    examine: Callable[[Target, Aim], Examined]
    fleet: bool = False
    own: Callable[[Organisation, str], Own] | None = None
    fit: Callable[[Desired, Mapping[str, Listing], Memory], Fit] | None = None
    cautions: Callable[[Target, Sequence[Change], Mapping[str, Listing]], Sequence[Diagnostic]] | None = None
    exported: Callable[[Target, Aim, Organisation, Mapping[str, Listing]], Sequence[Exported]] | None = None
    raws: Mapping[str, type] = {}
