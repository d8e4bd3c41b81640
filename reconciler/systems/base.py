"""The contract between the engine and a system: what it holds, and how it is read and written.

A system is data, a table of bindings, and two functions that connect: `reader` gives something that can't write, and
only apply asks for a `writer`. Nothing outside a system's own folder knows its wire names.
"""

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from contextlib import AbstractContextManager
from threading import Event
from typing import Protocol

import msgspec

from reconciler.model.fields import Value
from reconciler.model.objects import Listing, Live
from reconciler.model.outcome import Outcome
from reconciler.model.plan import Change
from reconciler.model.project import Target

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
    removals: frozenset[str] = frozenset({"delete", "forget"})  # what on_remove can be


class Reader(Protocol):
    """Reads one target. It has no method that writes."""

    def list(self, kind: str, paths: Collection[str], progress: Progress) -> Listing:
        """Every object of `kind`, with at least the values of `paths` where the server gives them.

        Takes one call per page, and none per object. A failure is the listing's `problem`, never an exception.
        """
        ...


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


class System(msgspec.Struct, frozen=True, kw_only=True):
    """One system. `reader` and `writer` take a target whose secrets are resolved; a writer also takes the listings of
    every kind that changes may refer to, from which it knows the server's ids, and an event that tells it to repeat
    nothing any more. `removal` gives what is written, by path, instead of a delete, for `on_remove: resign` and
    `disable`, today being an ISO date."""

    name: str
    bindings: Mapping[str, Binding]  # by kind
    schemes: tuple[str, ...]  # of login; the first is the default
    reader: Callable[[Target], AbstractContextManager[Reader]]
    writer: Callable[[Target, Mapping[str, Listing], Event], AbstractContextManager[Writer]]
    removal: Callable[[str, Mapping[str, Listing], str], Mapping[str, Value]]
