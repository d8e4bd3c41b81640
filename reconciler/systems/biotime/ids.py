"""The server's ids of what changes refer to, kept up to date while they are made."""

from collections.abc import Callable, Mapping
from threading import Lock

from reconciler.model.objects import Listing
from reconciler.transport.failure import Failure, Sent

Relist = Callable[[str], Mapping[str, int]]
"""Lists a kind anew: ids by code. Raises Failure."""


class Ids:
    """Ids by kind and code, shared by threads. A create whose answer has no id is remembered, and its kind is listed
    again when somebody asks for one of those: once for all of them, not once for each."""

    def __init__(self, listings: Mapping[str, Listing], relist: Relist) -> None:
        self._relist = relist
        self._lock = Lock()
        self._ids: dict[tuple[str, str], int] = {
            (kind, live.key): int(live.id) for kind, listing in listings.items() for live in listing.objects.values()
        }
        self._untold: set[tuple[str, str]] = set()

    def id_of(self, kind: str, code: str) -> int:
        """Raises Failure: the target does not have it, or can't be asked."""
        with self._lock:
            if (kind, code) in self._untold:
                self._ids.update({(kind, key): number for key, number in self._relist(kind).items()})
                self._untold = {each for each in self._untold if each[0] != kind}
            number = self._ids.get((kind, code))
        if number is not None:
            return number
        if code.startswith("#") and code[1:].isdecimal():
            return int(code[1:])  # a code that could not be read, as decode.py shows it
        raise Failure(Sent.NOT_SENT, "RC0302", f"The target has no {kind} {code}. Declare it, or refer to another.")

    def put(self, kind: str, code: str, number: int | None) -> None:
        """An object now has this code; `number` is None where the server did not tell its id."""
        with self._lock:
            if number is None:
                self._untold.add((kind, code))
            else:
                self._ids[kind, code] = number

    def remove(self, kind: str, code: str, number: int) -> None:
        """The object with this id no longer has this code; another may have it by now."""
        with self._lock:
            if self._ids.get((kind, code)) == number:
                del self._ids[kind, code]
