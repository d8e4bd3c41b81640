"""What became of one try: a value, or a failure of a known class."""

import socket
import ssl
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, NamedTuple

import httpx
import msgspec

from reconciler.transport import tls
from reconciler.transport.body import TooLarge
from reconciler.transport.failure import Failure, Sent
from reconciler.transport.redaction import Redactor
from reconciler.transport.retry import Failed, asked_wait

_QUOTED = 300  # code points of a server's text that a message quotes
_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,  # only when a tunnel was asked for
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
    httpx.InvalidURL,
)
_HOPELESS = (httpx.UnsupportedProtocol, httpx.LocalProtocolError, httpx.InvalidURL)
_DROPPED = ("Server disconnected", "peer closed connection", "the body was cut off")  # h11's words, httpcore's, ours
_PASSING = (500, 502, 503, 504)  # a repeat may find the target well again
_BUSY = (408, 425, 429)


class Call(NamedTuple):
    """What a message says about a call. `host` stands in brackets where it has colons; `path` is without the query;
    `timeout` is in seconds. `reads` says that it changes nothing, whatever its method. `name` is what the call is known
    by where all of them have one path."""

    target: str
    host: str
    port: int
    method: str
    path: str
    timeout: float
    reads: bool = False
    name: str | None = None

    @property
    def who(self) -> str:
        return f"The target {self.target} ({self.host}:{self.port})"

    @property
    def writes(self) -> bool:
        return not self.reads


def of_error(error: Exception, call: Call, *, login: bool) -> Failed:
    """The class of a call that got no reply. `login` says that it broke while the login was under way, so that the
    call itself was not carried out."""
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            detail = tls.not_trusted(cause, call.host, call.port)
            return Failed(Failure(Sent.NOT_SENT, "RC0502", detail), final=True)
    unspeakable = isinstance(error, UnicodeError) and not isinstance(error, UnicodeDecodeError)
    if isinstance(error, _NOT_SENT) or unspeakable:
        detail = f"{call.who} can't be reached: {_unreachable(causes, call)} Nothing was sent."
        return Failed(Failure(Sent.NOT_SENT, "RC0501", detail), final=unspeakable or isinstance(error, _HOPELESS))
    sent = Sent.NOT_SENT if login else Sent.UNKNOWN
    what, doubt = _what(call, login), _doubt(call, sent)
    if isinstance(error, TooLarge):
        detail = f"{call.who} answered {what} with more than this program takes in one reply.{doubt} Is `url` right?"
        return Failed(Failure(sent, "RC0505", detail), final=True)
    if isinstance(error, httpx.TimeoutException):
        detail = (
            f"{call.who} did not answer {what} within {_seconds(call.timeout)}.{doubt} If it is slow rather than dead, "
            "give the target a longer `timeout`."
        )
    elif isinstance(error, httpx.NetworkError) or str(error).startswith(_DROPPED):
        detail = (
            f"{call.who} dropped the connection before its answer to {what} was complete.{doubt} If this goes on, look "
            "at the server's own log and at what lies between."
        )
    else:
        detail = f"{call.who} answered {what} with something that can't be decoded.{doubt} Check `url` and its port."
        return Failed(Failure(sent, "RC0505", detail))
    return Failed(Failure(sent, "RC0506", detail))


def of_reply(
    response: httpx.Response, call: Call, redactor: Redactor, names: frozenset[str], wall: float, shape: Any = Any
) -> object:
    """The decoded JSON of a good reply (None: it was empty), or a `Failed`. `names` are the keys of what was sent,
    `shape` the type that is wanted."""
    status = response.status_code
    if 200 <= status < 300:
        return _good(response, call, shape)
    if 300 <= status < 400:
        return _redirect(response, call, redactor)
    told = _title(status)
    wait = asked_wait(response.headers, wall)
    if status in _BUSY or (status == HTTPStatus.SERVICE_UNAVAILABLE and wait is not None):
        detail = (
            f"{call.who} is busy: {told} to {_what(call)}, which was not carried out. Try again later, or give the "
            "target a smaller `concurrency`."
        )
        failure = Failure(Sent.REFUSED, "RC0507", detail, status=status)
        return Failed(failure, wait, busy=True)
    if status >= 500:
        # such pages hold stack traces and settings: none of their text is quoted
        detail = f"{call.who} failed: {told} to {_what(call)}.{_doubt(call)} The reason is in the server's own log."
        failure = Failure(Sent.UNKNOWN, "RC0506", detail, status=status)
        return Failed(failure, wait, final=status not in _PASSING)
    return _refusal(response, call, redactor, names)


def _good(response: httpx.Response, call: Call, shape: Any) -> object:
    content = response.content.removeprefix(b"\xef\xbb\xbf").strip()
    if not content and call.writes:
        return None
    try:
        return msgspec.json.decode(content, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    page = content.startswith(b"<") or "html" in response.headers.get("content-type", "").lower()
    what = "an HTML page" if page else "something that is not JSON" if content else "nothing"
    detail = (
        f"{call.who} answered {_what(call)} with {what} where JSON was expected (status {response.status_code})."
        f"{_doubt(call)} It may still be starting, a proxy may have answered in its place, or `url` or `system` of the "
        "target is wrong."
    )
    return Failed(Failure(Sent.UNKNOWN, "RC0505", detail, status=response.status_code))


def redirected_to(response: httpx.Response) -> str:
    """Scheme and host that a redirect leads to, or nothing: the rest of the address may be secret."""
    try:
        location = httpx.URL(str(response.extensions.get("location", ""))[:2000])
        return f"{location.scheme}://{location.netloc.decode('ascii')}" if location.host else ""
    except (httpx.InvalidURL, ValueError):
        return ""


def _redirect(response: httpx.Response, call: Call, redactor: Redactor) -> Failed:
    origin = redirected_to(response)
    to = f"to {redactor.clean(origin)[:_QUOTED]}" if origin else "elsewhere"
    # 302 and 303 also answer a form that was carried out; the others promise that it was not
    sent = Sent.UNKNOWN if call.writes and response.status_code in (302, 303) else Sent.REFUSED
    detail = (
        f"{call.who} wanted to send {_what(call)} {to} (status {response.status_code}). Redirects are not followed, "
        f"since credentials would go along.{_doubt(call, sent)} If that is where the server is, write it as the "
        "target's `url`."
    )
    return Failed(Failure(sent, "RC0505", detail, status=response.status_code), final=True)


def _refusal(response: httpx.Response, call: Call, redactor: Redactor, names: frozenset[str]) -> Failed:
    """A 4xx. Its JSON goes along; of a page that is not JSON nothing does."""
    status = response.status_code
    body: object | None = None
    quoted = ""
    try:
        body = redactor.clean_json(msgspec.json.decode(response.content), names)
        text = msgspec.json.encode(body).decode()
        quoted = f" It says: {text if len(text) <= _QUOTED else text[:_QUOTED] + '…'}"
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    told = _title(status)
    sent = Sent.REFUSED
    match status:
        case 401:
            code = "RC0503"
            detail = (
                f"{call.who} refused the login: {told}. Check the target's `auth`. Nothing more is sent to it in this "
                f"run, since servers lock an account after a few wrong logins.{quoted}"
            )
        case 403:
            code = "RC0504"
            detail = (
                f"{call.who} does not permit {_what(call)}: {told}. Give the account this right in the server's own "
                f"administration, or use another account.{quoted}"
            )
        case 407:
            sent, code, body = Sent.NOT_SENT, "RC0501", None
            detail = f"{call.who} can't be reached: the proxy on the way to it wants a login ({told})."
        case _ if call.writes:
            code = "RC0701"
            detail = f"{call.who} refused {_what(call)}: {told}.{quoted}"
        case 404:
            code = "RC0505"
            detail = f"{call.who} has nothing at {call.path} ({told}). Check the target's `url` and `system`.{quoted}"
        case _:
            code = "RC0505"
            detail = f"{call.who} did not accept {_what(call)}: {told}. Check the target's `system`.{quoted}"
    return Failed(Failure(sent, code, detail, status=status, body=body), final=True)


def _unreachable(causes: list[BaseException], call: Call) -> str:
    if isinstance(causes[0], httpx.ConnectTimeout):
        return f"no connection within {_seconds(call.timeout)}. Check `url`, and that no firewall stands between."
    for cause in causes:
        if isinstance(cause, socket.gaierror):
            return f"the name {call.host} can't be resolved. Check `url` and the name service."
        if isinstance(cause, ssl.SSLError):
            return (
                f"no TLS connection could be made ({(cause.reason or 'connection closed').lower().replace('_', ' ')}). "
                "Check that the server speaks https at this port; it may be http, or a TLS version that is too old."
            )
        if isinstance(cause, ConnectionRefusedError):
            return "the connection was refused. Check `url` with its port, and that the server runs."
        if isinstance(cause, OSError) and cause.strerror:
            return f"{cause.strerror.lower()}. Check `url` and the network."
    if isinstance(causes[0], httpx.ProxyError):
        return "the proxy on the way to it refused. Check the HTTPS_PROXY and NO_PROXY environment variables."
    if isinstance(causes[0], httpx.LocalProtocolError | UnicodeError):
        return "the call can't be put into HTTP. A name, password or token may hold characters that headers can't."
    return "no connection could be made. Check `url` and the network."


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        # httpcore cuts __cause__ off; below an OSError is only what the caller was doing
        seen = None if isinstance(seen, OSError) else seen.__cause__ or seen.__context__


def _what(call: Call, login: bool = False) -> str:
    return "the login" if login else call.name or f"{call.method} {call.path}"


def _doubt(call: Call, sent: Sent = Sent.UNKNOWN) -> str:
    return " Whether it was carried out is not known." if call.writes and sent is Sent.UNKNOWN else ""


def _seconds(number: float) -> str:
    return "1 second" if number == 1 else f"{number:g} seconds"


def _title(status: int) -> str:
    try:
        return f"status {status} ({HTTPStatus(status).phrase})"
    except ValueError:
        return f"status {status}"
