"""Calls to one target over HTTP: a reader that can't write, and a writer.

Both raise `Failure` and nothing else. Threads may share one.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from http import HTTPStatus
from typing import Any, Literal
from urllib.parse import unquote

import httpx
import msgspec

from reconciler.model.project import Target
from reconciler.model.secret import Secret
from reconciler.transport import replies
from reconciler.transport.body import TooLarge
from reconciler.transport.client import base_of, open_client, trust
from reconciler.transport.failure import Failure, Sent
from reconciler.transport.redaction import Redactor, secrets_in
from reconciler.transport.retry import REAL, Failed, Pace, Timing, repeat

Method = Literal["GET", "POST", "PATCH", "PUT", "DELETE"]

_FATAL = ("RC0502", "RC0503", "RC0504")  # of a login: what does not pass by itself
_logger = logging.getLogger("reconciler.transport")


def _reveal(value: object) -> str:
    if isinstance(value, Secret):
        return value.reveal()
    raise TypeError(f"a {type(value).__name__} can't be sent")


_encode = msgspec.json.Encoder(enc_hook=_reveal).encode


class HttpReader:
    """Reads. Nothing that it offers can change a target."""

    def __init__(self, line: "_Line") -> None:
        self._line = line

    def get(
        self, path: str, query: Mapping[str, str | int] = {}, shape: Any = Any, *, optional: bool = False
    ) -> object:
        """The decoded JSON at `path`, which is relative to the target's url.

        Of a `shape`, a type as msgspec decodes it, only what it names is decoded: large pages are read much faster.
        `optional` says that the target may lack the path, so that an answer that makes no sense is not asked for again.
        Raises Failure.
        """
        return self._line.call("GET", path, query, None, repeatable=True, shape=shape, optional=optional)

    def ask(
        self,
        path: str,
        body: Mapping[str, object],
        query: Mapping[str, str | int] = {},
        shape: Any = Any,
        *,
        name: str | None = None,
    ) -> object:
        """The decoded JSON that answers a POST which only asks, and so may arrive twice: what `body` may be is up to
        the caller, who has to let nothing else pass. `shape` as in `get`; `name` is what messages call it. Raises
        Failure."""
        return self._line.call("POST", path, query, body, repeatable=True, reads=True, shape=shape, name=name)


class HttpWriter(HttpReader):
    """Reads and writes."""

    def send(
        self,
        method: Literal["POST", "PATCH", "PUT", "DELETE"],
        path: str,
        body: Mapping[str, object] | Sequence[object] | None,
        query: Mapping[str, str | int] = {},
        *,
        repeatable: bool,
        optional: bool = False,
        name: str | None = None,
    ) -> object | None:
        """The decoded JSON of the answer, None for an empty one. `body` may hold secrets at any depth. `repeatable`
        says that it may arrive twice and mean the same: where it does not, only a call that surely was not carried out
        is sent again. `optional` as in `get`; a status 500 is not asked for again either, since that is how some
        servers answer a call that they lack. `name` as in `ask`. Raises Failure."""
        return self._line.call(method, path, query, body, repeatable=repeatable, optional=optional, name=name)


@contextmanager
def open_reader(target: Target, auth: httpx.Auth | None, timing: Timing = REAL) -> Iterator[HttpReader]:
    """A reader of a target whose secrets are resolved. An `auth` that has a method `secrets()` tells the tokens that it
    got with it. Raises Failure (RC0501, RC0502) when the url, the proxy or `ca_file` can't be used."""
    with _line(target, auth, timing) as line:
        yield HttpReader(line)


@contextmanager
def open_writer(target: Target, auth: httpx.Auth | None, timing: Timing = REAL) -> Iterator[HttpWriter]:
    """As `open_reader`."""
    with _line(target, auth, timing) as line:
        yield HttpWriter(line)


@contextmanager
def _line(target: Target, auth: httpx.Auth | None, timing: Timing) -> Iterator["_Line"]:
    base = base_of(target)
    trusted = trust(target, base)
    with ExitStack() as clients:

        def another() -> httpx.Client:
            return clients.enter_context(open_client(target, base, auth, timing, trusted))

        yield _Line(another, base, target, auth, timing)


class _Line:
    """What all threads that call one target share."""

    def __init__(
        self,
        another: Callable[[], httpx.Client],
        base: httpx.URL,
        target: Target,
        auth: httpx.Auth | None,
        timing: Timing,
    ) -> None:
        self._another = another
        self._idle = [another()]  # clients; there are as many as calls have been under way at once
        self._base = base
        self._target = target
        self._auth = auth
        self._timing = timing
        self._pace = Pace(timing)
        self._slots = threading.BoundedSemaphore(target.concurrency)
        self._redactor = Redactor()
        for known in (target.auth.password, target.auth.token):
            if isinstance(known, Secret):
                self._redactor.add(known.reveal())
        self._first = threading.Lock()
        self._known = auth is None  # that the login is good, or at least not that it is bad
        self._refused: Failure | None = None
        self._latest: tuple[str, httpx.URL] | None = None  # a terminal has one path for everything

    def call(
        self,
        method: Method,
        path: str,
        query: Mapping[str, str | int],
        body: object | None,
        *,
        repeatable: bool,
        shape: Any = Any,
        optional: bool = False,
        reads: bool = False,
        name: str | None = None,
    ) -> object:
        url = self._url(path, query)
        self._learn()
        about = self._about(method, url)._replace(reads=reads or method == "GET", name=name)
        content = None if body is None else _content(body)

        def attempt() -> object:
            with self._slots, nullcontext() if self._known else self._first:
                # one wrong password is tried once, however many threads are waiting to try it
                if self._refused is not None:
                    return Failed(_copy(self._refused), final=True)
                result = self._exchange(about, url, content, body, shape)
                if isinstance(result, Failed) and result.failure.code == "RC0503":
                    self._refused = result.failure
                else:
                    self._known = True
            if optional and isinstance(result, Failed) and _seems_absent(method, result.failure):
                return result._replace(final=True)
            return result

        def told(number: int, seconds: float, failure: Failure) -> None:
            what = name or about.path
            _logger.info("%s %s: %s; repeat %d in %.1f s", method, what, failure.code, number, seconds)

        return repeat(
            attempt,
            repeatable=repeatable,
            retries=self._target.retries,
            pace=self._pace,
            timing=self._timing,
            told=told,
        )

    def _url(self, path: str, query: Mapping[str, str | int]) -> httpx.URL:
        """Raises Failure for a path that would lead elsewhere: ids in paths come from servers."""
        latest = self._latest
        if not query and latest is not None and latest[0] == path:
            return latest[1]
        full = f"{self._base.path.rstrip('/')}/{path.lstrip('/')}"
        if not {".", ".."} & set(unquote(full).split("/")) and not set("?#\\") & set(path):
            try:
                url = self._base.copy_with(path=full)
                if query:
                    return url.copy_with(params=dict(query))
                self._latest = path, url
                return url
            except (httpx.InvalidURL, ValueError):
                pass
        raise Failure(
            Sent.NOT_SENT,
            "RC0505",
            f"The target {self._target.name} gave an id that can't be part of a path, so nothing was sent. Look at the "
            "object in the server's own administration.",
        )

    def _about(self, method: Method, url: httpx.URL) -> replies.Call:
        port = url.port or (443 if url.scheme == "https" else 80)
        path = self._redactor.clean(url.raw_path.decode("ascii").partition("?")[0])
        host = url.raw_host.decode("ascii")
        shown = f"[{host}]" if ":" in host else host
        return replies.Call(self._target.name, shown, port, method, path, self._target.timeout)

    def _exchange(
        self, about: replies.Call, url: httpx.URL, content: bytes | None, body: object | None, shape: Any
    ) -> object:
        """One try: a value or a `Failed`. Failures are returned, since raising one while httpx's exception is handled
        would chain them, and that one holds the request."""
        started = self._timing.clock()
        headers = {} if content is None else {"Content-Type": "application/json"}
        try:
            client = self._idle.pop()
        except IndexError:
            client = self._another()
        request = client.build_request(about.method, url, content=content, headers=headers)
        result: object
        try:
            response = client.send(request)
        except Failure as failure:  # the auth object's
            self._learn(request)
            final, busy = failure.code in _FATAL, failure.code == "RC0507"
            result = Failed(_copy(failure, self._redactor), failure.retry_after, final=final, busy=busy)
        except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, TooLarge, OSError, ValueError) as error:
            result = replies.of_error(error, about, login=_elsewhere(error, request))
        else:
            self._learn(request)
            redactor = self._redactor
            if response.is_client_error:
                redactor = redactor.together_with(secrets_in(body))
            names = frozenset(body) if isinstance(body, Mapping) else frozenset()
            result = replies.of_reply(response, about, redactor, names, self._timing.wall(), shape)
        self._idle.append(client)
        if _logger.isEnabledFor(logging.DEBUG):
            outcome = (
                result.failure.status or result.failure.code if isinstance(result, Failed) else response.status_code
            )
            milliseconds = (self._timing.clock() - started) * 1000
            _logger.debug("%s %s: %s in %.0f ms", about.method, about.name or about.path, outcome, milliseconds)
        return result

    def _learn(self, request: httpx.Request | None = None) -> None:
        """Takes note of the tokens that the auth object has by now, and of what it put into a request's header."""
        tell = getattr(self._auth, "secrets", None)
        self._redactor.add(*(tell() if tell else ()))
        header = request.headers.get("authorization", "") if request else ""
        self._redactor.add(header, header.partition(" ")[2])


def _seems_absent(method: Method, failure: Failure) -> bool:
    return failure.code == "RC0505" or (method != "GET" and failure.status == HTTPStatus.INTERNAL_SERVER_ERROR)


def _content(body: object) -> bytes:
    try:
        return _encode(body)
    except UnicodeEncodeError:  # a secret of bytes that are not UTF-8
        pass
    raise Failure(
        Sent.NOT_SENT,
        "RC0206",
        "A text of this object holds characters that can't be written as UTF-8. Nothing was sent.",
    )


def _copy(failure: Failure, redactor: Redactor | None = None) -> Failure:
    """Without the chain and the frames of where it was raised."""
    detail, body = failure.detail, failure.body
    if redactor is not None:
        detail, body = redactor.clean(detail), redactor.clean_json(body)
    return Failure(failure.sent, failure.code, detail, status=failure.status, body=body)


def _elsewhere(error: Exception, request: httpx.Request) -> bool:
    """Whether it was another call that broke: the login that the auth object put before this one."""
    try:
        broken = error.request if isinstance(error, httpx.RequestError) else request
    except RuntimeError:  # it does not say
        return False
    return (broken.method, broken.url.path) != (request.method, request.url.path)
