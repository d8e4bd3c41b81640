"""The state on a server that speaks the protocol of Terraform's http backend, as GitLab does.

The protocol can take a lock and free it, and tells who has it only to whom it refuses. GitLab keeps nothing of a lock
but its id, and gives back the asker's own words for the rest. So the id itself says whose the lock is, in at most 255
characters, and a heartbeat is a new id: the lock is freed and taken again at once. Who comes in between is noticed, and
this run stops; the server refuses a write that does not name the lock's id.
"""

import base64
import hashlib
import logging
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import httpx
import msgspec

import reconciler
from reconciler.model.project import HttpPlace
from reconciler.state.backend import StateError
from reconciler.state.claim import Claim, encode, parse
from reconciler.state.document import decode
from reconciler.state.holder import Holder
from reconciler.state.store import (
    Conflict,
    Found,
    Held,
    Lost,
    Sleep,
    Unreachable,
    Version,
    patiently,
    put_surely,
)
from reconciler.state.trust import NOT_TRUSTED, trusted

_TIMEOUT = 30.0  # seconds, of one read or write on the connection
_LONGEST = 255  # characters of an id, as GitLab takes
_TELLTALES = ("httpx", "httpcore", "httpcore.connection", "httpcore.http11", "httpcore.proxy")
_LOCKED = (409, 423)


class _Info(msgspec.Struct, frozen=True, rename="pascal"):
    """A lock in the protocol's words. GitLab wants all of them."""

    id: str = msgspec.field(name="ID")
    operation: str = ""
    info: str = ""
    who: str = ""
    version: str = ""
    created: str = ""
    path: str = ""


class HttpStore:
    """As `Store`. There is no way to ask who has the lock, nor to keep a backup: GitLab keeps every version."""

    heartbeat: timedelta = timedelta(minutes=5)  # each frees the lock for a moment
    limit: timedelta = timedelta(minutes=15)
    watch: float | None = None

    def __init__(self, client: httpx.Client, place: HttpPlace, sleep: Sleep = time.sleep) -> None:
        self._client = client
        self._place = place
        self._sleep = sleep
        self._mutex = threading.Lock()  # no write while the lock changes its id, nor two calls on one connection
        self._info: _Info | None = None  # the lock as it was last asked for
        self._sure = False  # that it was given

    def get(self) -> Found | None:
        with self._mutex:
            return patiently(self._get, self._sleep)

    def put(self, data: bytes, expected: Version | None) -> None:
        with self._mutex:
            if not self._sure and self._info is not None:
                self._relock(self._info)
            put_surely(self._get, self._post, data, expected, sleep=self._sleep, same=_same)

    def back_up(self, data: bytes) -> None:
        pass

    def take(self, claim: Claim, over: Held | None) -> Held | None:
        with self._mutex:
            if over is not None:
                self._unlock(over.found.data)
            return self._lock(_info(claim))

    def find(self) -> Held | None:
        return None

    def check(self, claim: Claim) -> None:
        pass  # the server does, at every write

    def renew(self, claim: Claim) -> None:
        with self._mutex:
            if self._info is not None:
                self._unlock(msgspec.json.encode(self._info))
            self._relock(_info(claim))

    def release(self) -> None:
        with self._mutex:
            if self._info is not None:
                self._unlock(msgspec.json.encode(self._info))

    def _get(self) -> Found | None:
        reply = self._send("GET", self._place.address)
        if reply.status_code in (204, 404) or not reply.content:
            return None
        digest = reply.headers.get("Content-MD5")
        if digest is not None and digest != _md5(reply.content):
            raise Unreachable("what arrived is damaged")
        return Found(reply.content, Version(_md5(reply.content)))

    def _post(self, data: bytes, _expected: Version | None) -> Version | None:
        address = httpx.URL(self._place.address)
        if self._info is not None:
            address = address.copy_merge_params({"ID": self._info.id})
        reply = self._send("POST", address, data)
        if reply.status_code in _LOCKED:
            raise Lost(None)
        if reply.status_code in (412, 422):  # 422 is GitLab's for a serial that it has
            raise Conflict
        if reply.status_code == 413:
            raise Unreachable("the server takes no state of that size", final=True)
        if not reply.is_success:
            raise Unreachable(f"the server answered with status {reply.status_code}", final=True)
        return Version(_md5(data))

    def _relock(self, info: _Info) -> None:
        """Takes our lock again. Raises Lost when somebody came in between."""
        self._info, self._sure = info, False
        held = self._lock(info)
        if held is not None:
            raise Lost(held.claim)

    def _lock(self, info: _Info) -> Held | None:
        """As `take`. A lock of ours under an earlier id, or one whose answer was lost, is ours."""
        where, data = self._place.lock_address or self._place.address, msgspec.json.encode(info)
        reply = patiently(lambda: self._send(self._place.lock_method, where, data), self._sleep)
        if reply.status_code in _LOCKED:
            there = _parse_info(reply.content)
            if there.id.partition(":")[0] != info.id.partition(":")[0]:
                return _held(there, self.limit)
            info = there
        elif not reply.is_success:
            raise Unreachable(f"the server answered its {self._place.lock_method} with {reply.status_code}", final=True)
        self._info, self._sure = info, True
        return None

    def _unlock(self, data: bytes) -> None:
        """Frees that very lock. That the server refuses it says nothing: an answer to an earlier try may be lost."""
        where = self._place.unlock_address or self._place.lock_address or self._place.address
        patiently(lambda: self._send(self._place.unlock_method, where, data), self._sleep)

    def _send(self, method: str, address: str | httpx.URL, data: bytes | None = None) -> httpx.Response:
        """The reply, unless it says that the server did nothing. Raises Unreachable."""
        headers = {"Content-Type": "application/json", "Content-MD5": _md5(data)} if data is not None else {}
        try:
            reply = self._client.request(method, address, content=data, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL) as problem:
            raise _unreachable(problem) from None
        status = reply.status_code
        if status in (401, 403):
            raise Unreachable(f"the server refuses these credentials (status {status})", final=True)
        if reply.is_redirect:
            raise Unreachable("the server says that it is elsewhere; redirects are not followed", final=True)
        if status in (408, 429) or status >= 500:
            raise Unreachable(f"the server answered with status {status}")
        if method == "GET" and status not in (200, 204, 404):
            raise Unreachable(f"the server answered with status {status}", final=True)
        return reply


def open_store(place: HttpPlace, username: str | None, password: str | None) -> HttpStore:
    """The store; nothing is reached yet. Raises Unreachable when the environment's proxy, or the file of authorities,
    can't be used."""
    for name in _TELLTALES:
        logging.getLogger(name).disabled = True  # they print whole headers
    # of plain http nothing is asked to be trusted, and this machine's authorities take their time to be read
    secure = place.address.lower().startswith("https:")
    verify = trusted(place.tls) if secure else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        address = httpx.URL(place.address)
        client = httpx.Client(
            auth=httpx.BasicAuth(username, password or "") if username is not None else None,
            timeout=_TIMEOUT,
            headers={"Accept": "application/json", "User-Agent": f"reconciler/{reconciler.__version__}"},
            verify=verify,
            # minutes may pass between two calls, and a connection that waits may be gone by then
            limits=httpx.Limits(max_keepalive_connections=0),
            follow_redirects=False,
            trust_env=not _is_loopback(address.host),  # the environment's proxies
        )
    except (ImportError, ValueError, OSError, httpx.InvalidURL):
        raise Unreachable("its address, or the proxy that the environment names, can't be used", final=True) from None
    return HttpStore(client, place)


def _info(claim: Claim) -> _Info:
    holder = claim.holder
    parts = (
        holder.id,
        claim.space,
        str(holder.pid),
        "" if claim.ticks is None else str(claim.ticks),
        str(int(holder.created.timestamp())),
        str(int(holder.heartbeat.timestamp())),
        holder.operation,
        holder.host,
    )
    return _Info(
        id=":".join(parts)[:_LONGEST],
        operation=holder.operation,
        info=encode(claim).decode(),
        who=holder.who,
        version=reconciler.__version__,
        created=holder.created.isoformat(),
    )


def _parse_info(data: bytes) -> _Info:
    try:
        return msgspec.json.decode(data, type=_Info)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _Info(id="")


def _held(info: _Info, limit: timedelta) -> Held:
    """Who has the lock. What `info` says is believed only where it is of the lock with that id."""
    found = Found(msgspec.json.encode(info), Version(info.id))
    told = parse(info.info.encode())
    if told is not None and info.id.startswith(f"{told.holder.id}:"):
        return Held(told, found)
    claim = _claim_of(info, limit)
    if claim is not None or not info.id:
        return Held(claim, found)
    facts = f"{info.operation or 'a run'} of {info.who or 'somebody'} since {info.created or 'some time'}"
    return Held(None, found, info.id, f"{facts} (another program's lock {info.id})")


def _claim_of(info: _Info, limit: timedelta) -> Claim | None:
    try:
        name, space, pid, ticks, created, heartbeat, operation, host = info.id.split(":", 7)
        beat = datetime.fromtimestamp(int(heartbeat), UTC)
        holder = Holder(
            id=name,
            operation=operation,
            who=info.who or f"somebody@{host}",
            host=host,
            machine=space.partition("/")[0],
            pid=int(pid),
            process_start=None,
            created=datetime.fromtimestamp(int(created), UTC),
            heartbeat=beat,
            run="",
        )
        return Claim(holder=holder, space=space, ticks=int(ticks) if ticks else None, expires=beat + limit)
    except (ValueError, OverflowError, OSError):
        return None


def _same(stored: bytes, data: bytes) -> bool:
    """Whether the state is stored; a server may write JSON in its own way."""
    if stored == data:
        return True
    try:
        return decode(stored, "") == decode(data, "")
    except StateError:
        return False


def _md5(data: bytes) -> str:
    return base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()


def _unreachable(problem: Exception) -> Unreachable:
    if isinstance(problem, httpx.TimeoutException):
        return Unreachable("no answer came in time")
    if isinstance(problem, httpx.ConnectError):
        if "CERTIFICATE_VERIFY_FAILED" in str(problem):
            return Unreachable(NOT_TRUSTED, final=True)
        return Unreachable("no connection is made")
    if isinstance(problem, (httpx.UnsupportedProtocol, httpx.InvalidURL)):
        return Unreachable("its address can't be used", final=True)
    return Unreachable("the connection was lost")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
