"""Reading a server: complete listings of its collections."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from threading import RLock

from reconciler.model.objects import Listing, Live
from reconciler.model.project import Target
from reconciler.systems.base import Progress
from reconciler.systems.biotime.auth import authentication
from reconciler.systems.biotime.company import Company, choose, company_of
from reconciler.systems.biotime.decode import Decoder
from reconciler.systems.biotime.paging import Http, Query, Seen, peek, read_complete
from reconciler.systems.biotime.resigned import attach, read_resignations, unlisted
from reconciler.systems.biotime.wire import COLLECTIONS, resigning
from reconciler.transport.failure import Failure, Sent
from reconciler.transport.http import open_reader

Lives = list[Live]


@contextmanager
def connect(target: Target) -> Iterator["BioTimeReader"]:
    """A reader of one server. Nothing is sent before the first listing. Raises Failure when `auth` can't be used."""
    with open_reader(target, authentication(target)) as http:
        yield BioTimeReader(http, target)


class BioTimeReader:
    """Lists the collections of one server. It keeps the codes of what it listed, for rows that refer by id."""

    def __init__(self, http: Http, target: Target) -> None:
        self._http = http
        self._target = target
        self._codes: dict[str, Mapping[int, str]] = {}
        self._seen: dict[int, Company] = {}
        self._probed = False  # some row was looked at for its company
        self._company: Company | None = None
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

    def read(self, kind: str, paths: Collection[str], query: Query | None = None, seen: Seen | None = None) -> Lives:
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
                self._add_resignations(lives, paths, query)
            return lives

    def company(self) -> Company | None:
        """The company that is managed; None on servers without companies. Raises Failure."""
        with self._lock:
            if not self._seen and not self._probed:
                row = peek(self._http, COLLECTIONS["department"].url)
                self._probed = True
                if row is not None and (one := company_of(row)) is not None:
                    self._seen[one.id] = one
            if self._company is None and self._seen:
                self._company = choose(self._http, self._seen, self._target.company)
            if self._company is None and self._target.company is not None:
                raise Failure(
                    Sent.REFUSED,
                    "RC0601",
                    f"The server of {self._target.name} has no companies. Remove `company` from the target.",
                )
            return self._company

    def _decode(self, kind: str, paths: Collection[str], query: Query | None, seen: Seen | None) -> Decoder:
        collection = COLLECTIONS[kind]
        return read_complete(self._http, collection.url, lambda: Decoder(collection, paths), query, seen)

    def _codes_of(self, kind: str) -> Mapping[int, str]:
        if kind not in self._codes:
            self._codes[kind] = self._decode(kind, (), None, None).codes
        return self._codes[kind]

    def _ours(self, decoder: Decoder) -> Lives:
        """The rows of the company that is managed, and those of none, as positions are on some servers."""
        self._seen |= decoder.companies
        if not self._seen and self._target.company is None:
            return decoder.rows.get(None, [])
        company = self.company()
        return [
            *decoder.rows.get(company.id if company else None, []),
            *(decoder.rows.get(None, []) if company else []),
        ]

    def _add_resignations(self, lives: Lives, paths: Collection[str], query: Query | None) -> None:
        if query is None:
            found = read_resignations(self._http, self._target)
            # Rows of resignations do not say whose company they are; where none had to be named there is only one.
            if not self._seen or self._target.company is None:
                lives += unlisted(lives, found)
        else:
            found = {}
            for live in lives:
                found |= read_resignations(self._http, self._target, {"employee": live.id})
        attach(lives, found, paths)
