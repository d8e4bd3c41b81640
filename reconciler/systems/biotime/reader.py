"""Reading a server: complete listings of its collections."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from threading import RLock

from reconciler.model.objects import Listing, Live
from reconciler.model.project import Target
from reconciler.systems.base import Progress
from reconciler.systems.biotime import resigned
from reconciler.systems.biotime.auth import authentication
from reconciler.systems.biotime.company import Company, choose, read_companies
from reconciler.systems.biotime.decode import Decoder
from reconciler.systems.biotime.dialects import Dialect
from reconciler.systems.biotime.paging import Http, Query, Seen, read_complete
from reconciler.systems.biotime.wire import COLLECTIONS, resigning
from reconciler.transport.failure import Failure
from reconciler.transport.http import open_reader


@contextmanager
def connect(dialect: Dialect, target: Target) -> Iterator["BioTimeReader"]:
    """A reader of one server. Nothing is sent before the first listing. Raises Failure when `auth` can't be used."""
    with open_reader(target, authentication(target)) as http:
        yield BioTimeReader(http, dialect, target)


class BioTimeReader:
    """Lists the collections of one server. It keeps the codes of what it listed, for rows that refer by id."""

    def __init__(self, http: Http, dialect: Dialect, target: Target) -> None:
        self._http = http
        self._dialect = dialect
        self._target = target
        self._codes: dict[str, Mapping[int, str]] = {}
        self._companies: dict[int, Company] | None = None
        self._lock = RLock()

    def list(self, kind: str, paths: Collection[str], progress: Progress) -> Listing:
        """Every object of `kind` that belongs to the target's company. See systems/base.py."""
        try:
            lives = self.read(kind, paths, seen=lambda done, count: progress(kind, done, count))
        except Failure as failure:
            problem = failure.diagnostic(source=self._target.span)
            return Listing(kind, {}, problem=problem)
        objects: dict[str, Live] = {}
        duplicates: set[str] = set()
        for live in lives:
            if objects.setdefault(live.key, live) is not live:
                duplicates.add(live.key)
        return Listing(kind, objects, frozenset(duplicates))

    def read(
        self, kind: str, paths: Collection[str], query: Query | None = None, seen: Seen | None = None
    ) -> list[Live]:
        """The objects that `query` asks for (all: None), by ascending id as far as the server orders them. Servers
        differ in how they filter, and may give more than was asked for.

        Raises Failure.
        """
        with self._lock:
            decoder = self._decode(kind, paths, query, seen)
            if query is None:
                self._codes[kind] = decoder.codes
            decoder.resolve(self._codes_of)
            lives = self._ours(decoder)
            if kind == "employee" and resigning(paths):
                resigned.add(self._http, self._dialect, self._target, lives, paths, everyone=query is None)
            return lives

    def _decode(self, kind: str, paths: Collection[str], query: Query | None, seen: Seen | None) -> Decoder:
        collection = COLLECTIONS[kind]
        return read_complete(self._http, collection.url, lambda: Decoder(collection, paths), query, seen)

    def _codes_of(self, kind: str) -> Mapping[int, str]:
        if kind not in self._codes:
            self._codes[kind] = self._decode(kind, (), None, None).codes
        return self._codes[kind]

    def _ours(self, decoder: Decoder) -> list[Live]:
        """The rows of the company that is managed."""
        ...
