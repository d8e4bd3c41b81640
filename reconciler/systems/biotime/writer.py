"""Writing to a server: one call per change, or one for many where the dialect has it."""

from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Event
from typing import Any, Literal

import msgspec

from reconciler.model.diagnostic import Diagnostic, error
from reconciler.model.fields import Value
from reconciler.model.objects import Listing, Live
from reconciler.model.outcome import Outcome, Status
from reconciler.model.plan import Action, Change
from reconciler.model.project import Target
from reconciler.systems.biotime.auth import authentication
from reconciler.systems.biotime.bulk import batch_key, bulk_call
from reconciler.systems.biotime.codecs import text
from reconciler.systems.biotime.dialects import Dialect
from reconciler.systems.biotime.encode import encode
from reconciler.systems.biotime.ids import Ids
from reconciler.systems.biotime.reader import BioTimeReader
from reconciler.systems.biotime.refusal import refused
from reconciler.systems.biotime.resign import HttpWriter, Method, Resigns
from reconciler.systems.biotime.wire import COLLECTIONS, resigning
from reconciler.transport.failure import Failure, Sent
from reconciler.transport.http import open_writer
from reconciler.transport.retry import until

_NO_METHOD = 405
_ABSENT = frozenset({403, 404, _NO_METHOD, 500})
"""How servers without a bulk call answer it, but for those that answer with a page [real: BRG, PYB]."""


@contextmanager
def connect(
    dialect: Dialect, target: Target, listings: Mapping[str, Listing], stop: Event
) -> Iterator["BioTimeWriter"]:
    """A writer to one server. Nothing is sent before the first change. Raises Failure when `auth` can't be used."""
    with open_writer(target, authentication(target), until(stop)) as http:
        yield BioTimeWriter(http, dialect, target, listings)


class BioTimeWriter:
    """Carries out changes on one server; several threads may call it."""

    batch_size = 500

    def __init__(self, http: HttpWriter, dialect: Dialect, target: Target, listings: Mapping[str, Listing]) -> None:
        self._http = _Certain(http)
        self._dialect = dialect
        self._target = target
        self._reader = BioTimeReader(self._http, target)
        self._listings = listings
        self._ids = Ids(listings, self._relist)
        self._resigns = Resigns(self._http, target)
        self._update_by: Literal["PATCH", "PUT"] = dialect.update
        self._lacks: set[str] = set()  # the methods of updates that it turned out not to take
        self._without: set[str] = set()  # bulk calls that this server turned out not to have

    def batch(self, change: Change) -> Hashable | None:
        """See systems/base.py."""
        key = batch_key(self._dialect, change)
        return None if change.id is None or (isinstance(key, tuple) and key[0] in self._without) else key

    def finish(self) -> Sequence[Diagnostic]:
        """See systems/base.py."""
        return ()

    def find(self, kind: str, key: str, paths: Collection[str]) -> Live | None:
        """See systems/base.py. Servers match a code exactly, by its beginning or anywhere in it, or ignore the
        filter: every page is read and compared [real: PYB, S0X]."""
        found = self._reader.read(kind, paths, {COLLECTIONS[kind].code: key})
        live = next((each for each in found if each.key == key), None)
        if live is not None:
            self._ids.put(kind, key, int(live.id))  # whoever waits for it may go on
        return live

    def write(self, changes: Sequence[Change]) -> list[Outcome]:
        """See systems/base.py."""
        if len(changes) > 1 and isinstance(key := self.batch(changes[0]), tuple):
            return self._write_together(key, changes)
        return [self._write_one(change) for change in changes]

    def _write_one(self, change: Change, *, look: bool = False) -> Outcome:
        try:
            match change.action:
                case Action.CREATE:
                    return self._create(change)
                case Action.UPDATE:
                    return self._update(change, look=look)
                case Action.DELETE:
                    return self._delete(change)
                case Action.NOOP:
                    return Outcome(address=change.address, status=Status.DONE, id=change.id)
        except Failure as failure:
            return refused(change, failure)

    def _create(self, change: Change) -> Outcome:
        _, kind, key = change.address
        collection = COLLECTIONS[kind]
        after = change.after or {}
        body = {collection.code: key, **encode(collection, after, self._ids.id_of), **self._company()}
        answer = self._send("POST", collection.url, body, repeatable=False)
        number = answer.get("id") if isinstance(answer, dict) else None
        number = number if type(number) is int else None  # 9.5 leaves it out for positions [real: PYB]
        self._ids.put(kind, key, number)
        filled = {path: None for path in collection.filled if path in after and after[path] is None}
        leaves = after.get("resigned.date") is not None
        missing = f"{', '.join(filled)} was not cleared"
        try:
            if filled:
                self._put(change, self._ids.id_of(kind, key), filled)
            missing = "the resignation was not entered"
            if leaves:
                self._resigns.write(change, self._ids.id_of(kind, key))
        except Failure as failure:
            return _half_done(change, number, failure, f"created, but {missing}")
        return Outcome(address=change.address, status=Status.DONE, id=number)

    def _update(self, change: Change, *, look: bool) -> Outcome:
        _, kind, key = change.address
        number = self._id(change)
        written = {field.path: field.after for field in change.fields}
        of_object = {path: value for path, value in written.items() if not path.startswith("resigned.")}
        leaves = (change.after or {}).get("resigned.date") is not None
        resigns = resigning(written)
        so_far = None
        try:
            if resigns and not leaves:  # who is back can be changed again
                self._resigns.write(change, number, look=look)
                so_far = "taken back, but not changed"
            if of_object or change.was is not None:
                self._put(change, number, of_object)
                so_far = "changed, but the resignation was not entered"
            if resigns and leaves:
                self._resigns.write(change, number, look=look)
        except Failure as failure:
            if so_far is None:
                raise
            return _half_done(change, number, failure, so_far)
        if change.was is not None:
            if (kept := self._kept_code(change, number)) is not None:
                return kept
            self._ids.remove(kind, change.was, number)
            self._ids.put(kind, key, number)
        return Outcome(address=change.address, status=Status.DONE, id=number)

    def _put(self, change: Change, number: int, values: Mapping[str, Value]) -> None:
        collection = COLLECTIONS[change.address.kind]
        url = f"{collection.url}{number}/"
        company = self._company()
        method = self._update_by
        body: dict[str, object] = {}
        if method == "PUT" or change.was is not None:
            body[collection.code] = change.address.key
        if wanted := collection.required if method == "PUT" else collection.beside_company if company else ():
            body |= self._repeated(change, url, wanted)
        body |= encode(collection, values, self._ids.id_of)
        try:
            self._send(method, url, body | company, repeatable=True)
        except Failure as failure:
            if failure.status != _NO_METHOD:
                raise
            self._lacks.add(method)
            other: Literal["PATCH", "PUT"] = "PUT" if method == "PATCH" else "PATCH"
            if other in self._lacks:
                raise
            self._update_by = other  # servers may take only one [manual DOC; real: BRG]: seen once, known for the run
            self._put(change, number, values)

    def _repeated(self, change: Change, url: str, paths: Sequence[str]) -> dict[str, object]:
        """What an update has to say again: as listed, else from the change, or else from the object itself. References
        that were listed are looked up in the listings of then: others may have their codes by now, or they new ones."""
        collection = COLLECTIONS[change.address.kind]
        listing = self._listings.get(change.address.kind)
        live = listing.objects.get(change.was or change.address.key) if listing else None
        if live is not None and live.id == change.id and all(live.values.get(path) for path in paths):
            try:
                return encode(collection, {path: live.values[path] for path in paths}, self._listed)
            except LookupError:
                pass  # not listed, or listed twice
        known = {**(change.before or {}), **(change.after or {})}
        if all(known.get(path) for path in paths):
            return encode(collection, {path: known[path] for path in paths}, self._ids.id_of)
        row = self._http.get(url)
        if not isinstance(row, dict):
            raise Failure(Sent.NOT_SENT, "RC0505", f"The answer for {url} makes no sense: it is not an object.")
        wires = [each.wire for each in collection.columns if each.path in paths]
        wires += [each.wire for each in collection.references if each.path in paths]
        return {wire: _bare(row[wire]) for wire in wires if wire in row}

    def _delete(self, change: Change) -> Outcome:
        _, kind, key = change.address
        number = self._id(change)
        url = f"{COLLECTIONS[kind].url}{number}/"
        try:
            self._send("DELETE", url, None, repeatable=True)
        except Failure as failure:
            if failure.status != 404:  # else somebody, or an earlier try, deleted it
                raise
        self._ids.remove(kind, key, number)
        return Outcome(address=change.address, status=Status.DONE, id=change.id)

    def _write_together(self, key: tuple[str, Value], changes: Sequence[Change]) -> list[Outcome]:
        resigns = key[0] == "resign"
        try:
            url, body = bulk_call(key, [self._id(change) for change in changes], self._ids.id_of)
            # a resignation that arrives twice is refused; the others may
            self._send("POST", url, body, repeatable=not resigns, optional=True)
        except Failure as failure:
            absent = failure.code == "RC0505" or failure.status in _ABSENT
            if absent:
                self._without.add(key[0])
            if resigns and failure.sent is Sent.UNKNOWN:
                if not self._resigns.reread():
                    return [refused(change, failure) for change in changes]
                return [self._write_one(change, look=True) for change in changes]
            if absent or failure.code == "RC0701":  # then each is told what is wrong with it, if anything
                return [self._write_one(change) for change in changes]
            return [refused(change, failure) for change in changes]
        return [Outcome(address=change.address, status=Status.DONE, id=change.id) for change in changes]

    def _kept_code(self, change: Change, number: int) -> Outcome | None:
        """The failure when the server kept the code silently, as 9.5 does for departments and employees [real: PYB]."""
        _, kind, key = change.address
        collection = COLLECTIONS[kind]
        try:
            row = self._http.get(f"{collection.url}{number}/")
        except Failure as failure:  # the change itself was made, or seems so
            detail = f"Whether the code was changed is not known. {failure.detail}"
            raise Failure(Sent.UNKNOWN, failure.code, detail) from None
        code = text(row.get(collection.code)) if isinstance(row, dict) else None
        if code == key:
            return None
        detail = (
            f"The target answered that the {kind} {change.was} is now {key}, but its code is still {code}: this "
            "version of the server does not change codes. Change it in the server's own pages, or write the old code "
            "in the files again and remove `was`."
        )
        diagnostic = error("RC0703", detail, address=change.address, source=change.source)
        written = number if change.fields else None
        return Outcome(address=change.address, status=Status.FAILED, id=written, diagnostic=diagnostic)

    def _send(
        self, method: Method, url: str, body: dict[str, object] | None, *, repeatable: bool, optional: bool = False
    ) -> object:
        """The answer. A 2xx whose envelope says otherwise is a refusal [real: PYB, S0X]."""
        answer = self._http.send(method, url, body, repeatable=repeatable, optional=optional)
        if isinstance(answer, dict) and "msg" in answer and answer.get("code") not in (None, 0, "0"):
            raise Failure(Sent.REFUSED, "RC0701", "The target refused the change.", body={"msg": answer["msg"]})
        return answer

    def _id(self, change: Change) -> int:
        if change.id is not None:
            return int(change.id)
        return self._ids.id_of(change.address.kind, change.was or change.address.key)

    def _relist(self, kind: str) -> dict[str, int]:
        return {live.key: int(live.id) for live in self._reader.read(kind, ())}

    def _listed(self, kind: str, code: str) -> int:
        listing = self._listings[kind]
        if code in listing.duplicates:
            raise LookupError(code)
        return int(listing.objects[code].id)

    def _company(self) -> dict[str, object]:
        """What a write adds on servers where objects belong to companies; one row is looked at to know."""
        company = self._reader.company()
        return {} if company is None else {"company": company.id}


class _Certain:
    """Calls whose reads leave no doubt: when one fails, the change that wanted it was not sent."""

    def __init__(self, http: HttpWriter) -> None:
        self._http = http
        self.send = http.send

    def get(
        self, path: str, query: Mapping[str, str | int] = {}, shape: Any = Any, /, *, optional: bool = False
    ) -> object:
        try:
            return self._http.get(path, query, shape, optional=optional)
        except Failure as failure:
            if failure.sent is not Sent.UNKNOWN:
                raise
            raise Failure(Sent.NOT_SENT, failure.code, failure.detail, status=failure.status) from None


def _half_done(change: Change, number: int | None, failure: Failure, so_far: str) -> Outcome:
    outcome = refused(change, failure)
    diagnostic = outcome.diagnostic
    if diagnostic is not None:
        detail = f"The {change.address.kind} was {so_far}. {diagnostic.detail}"
        diagnostic = msgspec.structs.replace(diagnostic, detail=detail)
    return Outcome(address=change.address, status=Status.FAILED, id=number, diagnostic=diagnostic)


def _bare(value: object) -> object:
    """Ids for nested objects, as writes want them."""
    if isinstance(value, list):
        return [_bare(member) for member in value]
    return value.get("id") if isinstance(value, dict) else value
