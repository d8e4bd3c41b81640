"""Resignations, written: one row per employee who has left, made, changed and taken back by calls of their own."""

from threading import Lock
from typing import Literal, Protocol

from reconciler.model.fields import Value
from reconciler.model.plan import Change
from reconciler.model.project import Target
from reconciler.systems.biotime.bulk import resign_body
from reconciler.systems.biotime.paging import Http
from reconciler.systems.biotime.resigned import Resignation, absence, read_resignations
from reconciler.systems.biotime.wire import RESIGNS
from reconciler.transport.failure import Failure, Sent

Method = Literal["POST", "PATCH", "PUT", "DELETE"]


class HttpWriter(Http, Protocol):
    """The part of the transport that writes."""

    def send(
        self, method: Method, path: str, body: dict[str, object] | None, *, repeatable: bool, optional: bool = ...
    ) -> object: ...


class Resigns:
    """Writes resignations. The rows' own ids are read when the first is needed: one listing, not a call per person."""

    def __init__(self, http: HttpWriter, target: Target) -> None:
        self._http = http
        self._target = target
        self._lock = Lock()
        self._rows: dict[int, Resignation] | None = None
        self._posted: set[int] = set()  # employees who left since the rows were read

    def reread(self) -> bool:
        """Reads the rows anew, since somebody may have made some; False when they can't be read."""
        try:
            rows = read_resignations(self._http, self._target)
        except Failure:
            return False
        with self._lock:
            self._rows = rows
            self._posted.clear()
        return True

    def row(self, employee: int) -> Resignation | None:
        """The employee's resignation, if there is one. Raises Failure."""
        with self._lock:
            if self._rows is None or employee in self._posted:
                self._rows = read_resignations(self._http, self._target)
                self._posted.clear()
            return self._rows.get(employee)

    def write(self, change: Change, employee: int, *, look: bool = False) -> None:
        """Makes the employee's resignation what `change` says. `look`: the change's own `before` is not to be trusted,
        since an earlier call may have been carried out. What somebody else wrote meanwhile is looked up when the server
        refuses. Raises Failure."""
        there = (change.before or {}).get("resigned.date") is not None
        row = self.row(employee) if there or look else None
        try:
            self._send(change, employee, row)
        except Failure as failure:
            failure = absence(failure, self._target)
            if failure.sent is not Sent.REFUSED or failure.code == "RC0601":
                raise failure from None
            # one resignation per employee [real: DBS]: perhaps there is one by now, or it is gone
            now = read_resignations(self._http, self._target, {"employee": employee}).get(employee)
            if (now is None) is (row is None):
                raise failure from None
            self._send(change, employee, now)

    def _send(self, change: Change, employee: int, row: Resignation | None) -> None:
        values = {**(change.before or {}), **(change.after or {})}
        if values.get("resigned.date") is None:
            self._reinstate(row, employee)
            return
        body = resign_body({each.path: values.get(each.path) for each in RESIGNS.columns})
        if row is None:
            self._http.send("POST", RESIGNS.url, {"employee": employee, **body}, repeatable=False)
            with self._lock:
                self._posted.add(employee)
        else:
            self._http.send("PUT", f"{RESIGNS.url}{row.id}/", _changed(change) or body, repeatable=True)

    def _reinstate(self, row: Resignation | None, employee: int) -> None:
        """Takes the resignation back; it wants the rows' ids, not the employees' [manual DOC; real: PYB]."""
        if row is None:
            return
        self._http.send("POST", f"{RESIGNS.url}reinstatement/", {"resigns": [row.id]}, repeatable=False)
        with self._lock:
            if self._rows is not None:
                self._rows.pop(employee, None)


def _changed(change: Change) -> dict[str, object]:
    """Only what differs, nulls included: updates of resignations are partial [real: PYB]."""
    written: dict[str, Value] = {field.path: field.after for field in change.fields}
    return {each.wire: each.codec.encode(written[each.path]) for each in RESIGNS.columns if each.path in written}
