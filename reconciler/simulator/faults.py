"""Faults that a test or a trial injects into a server."""

import threading
from contextlib import suppress
from fnmatch import fnmatchcase
from typing import Literal
from urllib.parse import parse_qs

import msgspec

from reconciler.simulator.messages import Request

Effect = Literal[
    "latency",
    "expire_tokens",
    "status",
    "html",
    "drop",
    "hang",
    "redirect",
    "truncate",
    "reset",
    "garbage",
    "empty",
    "code",
    "cut",
    "miscount",
    "wrong_next",
    "shift",
    "endless",
    "repeat",
]

EFFECTS: dict[Effect, str] = {
    "latency": "The answer comes `seconds` later.",
    "expire_tokens": "Every token and JWT given so far is refused, from this call on.",
    "status": "The answer is `status` as an HTML page (500: a traceback that repeats the request), with Retry-After "
    "if `retry_after` is set.",
    "html": "The answer is an HTML page with status 200.",
    "drop": "The connection is closed without an answer.",
    "hang": "No answer; the connection is closed when the client gives up, or after `seconds`.",
    "redirect": "The answer is 302 to `url`.",
    "truncate": "The body ends after `bytes`, and the connection is closed.",
    "reset": "The connection is reset after `bytes` of the body.",
    "garbage": "The body is no JSON, with the content type of JSON.",
    "empty": "The body is empty, with the status that it would have had.",
    "code": "The envelope's `code` is 1, with status 200 and no rows; a terminal's result is Error with code `code`; "
    "CVSecurity's code is `code`, such as -40, or -1 if that is no number.",
    "cut": "The list lacks its last `rows` rows, while `count` (CVSecurity: `total`) says what it would have.",
    "miscount": "The list's `count` or `total` is `rows` higher than it is (or lower, if negative); a terminal's "
    "counts are.",
    "wrong_next": "`next` and `previous` name the host `url`.",
    "shift": "After the answer to page `page` its first row is deleted, or (`change: insert`) one is added whose code "
    "sorts first. On a terminal: after GetUserIdList its first user is gone, or one stands before all.",
    "endless": "Terminals, CVSecurity: a list always says that there is another page, after an empty one too.",
    "repeat": "Terminals: a list always says that the next page is the same again.",
}
"""What each effect does. status, html, drop, hang and redirect come in place of the server's work, or after it with
`commit: true`; the others change the answer of the work done."""

REPLACING = frozenset({"status", "html", "drop", "hang", "redirect"})
"""The effects that come in place of an answer."""


class Fault(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One fault: which calls it meets, and what happens to them.

    `method` is compared as a whole, `path` is a part of the path; left out, any matches. For terminals, `command` and
    `terminal` (its name) are compared, and both may have `*`. It meets matching calls from
    the `nth` on (1 is the first), `count` times; `count` left out is once with `nth` and every time without.
    The other members belong to effects, see EFFECTS."""

    effect: Effect
    method: str | None = None
    path: str | None = None
    terminal: str | None = None
    command: str | None = None
    nth: int | None = None
    count: int | None = None
    commit: bool = False
    seconds: float = 1.0
    status: int = 500
    retry_after: str | None = None
    bytes: int = 10
    rows: int = 1
    page: int | None = None
    change: Literal["insert", "delete"] = "delete"
    url: str = "http://10.255.255.1:81"
    code: str = "internal_error"

    def meets(self, request: Request) -> bool:
        """Whether the request is one of those that the fault is about."""
        if self.method and self.method.upper() != request.method:
            return False
        if self.path and self.path not in request.path:
            return False
        if self.terminal and not fnmatchcase(request.terminal, self.terminal):
            return False
        if self.command and not fnmatchcase(request.command, self.command):
            return False
        return self.page is None or _page(request) == self.page


class Faults:
    """The faults of one server; they may be added and cleared while it runs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._met: list[int] = []

    def add(self, *faults: Fault) -> None:
        """From now on, let these happen."""
        with self._lock:
            self._faults += faults
            self._met += [0] * len(faults)

    def clear(self) -> None:
        """No more faults."""
        with self._lock:
            self._faults.clear()
            self._met.clear()

    def all(self) -> list[Fault]:
        """The faults that were added, those that have run out too."""
        with self._lock:
            return list(self._faults)

    def take(self, request: Request) -> list[Fault]:
        """The faults that happen to this request, in the order in which they were added."""
        taken = []
        with self._lock:
            for index, fault in enumerate(self._faults):
                if not fault.meets(request):
                    continue
                self._met[index] += 1
                first = fault.nth or 1
                count = fault.count if fault.count is not None else (1 if fault.nth else None)
                if self._met[index] >= first and (count is None or self._met[index] < first + count):
                    taken.append(fault)
        return taken


def _page(request: Request) -> int:
    """The page that a request asks for: `page` or `pageNo` of the query, or `pageNo` of a body."""
    query = parse_qs(request.query)
    value = (query.get("page") or query.get("pageNo") or [""])[0]
    if not value and request.body:
        with suppress(msgspec.DecodeError, UnicodeDecodeError):
            body = msgspec.json.decode(request.body)
            value = str(body.get("pageNo", "")) if isinstance(body, dict) else ""
    return int(value) if value.isdecimal() else 1
