"""Calls to one CVSecurity server: the token in the url, and the envelope {code, message, data} (manual 1.3, 2).

Errors come with HTTP 200 and a negative code. Nothing documents how a bad token is answered, so both forms that clients
know are recognised: HTTP 401 or 403, and -1 for a call that can't fail otherwise."""

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from typing import Literal

import httpx
import msgspec

from reconciler.model.project import Target
from reconciler.model.secret import Secret
from reconciler.model.words import cited, printable
from reconciler.systems.cvsecurity.codes import PROGRAM_ERROR, code_of, meaning
from reconciler.systems.cvsecurity.wire import API, ROOT, Row
from reconciler.transport.failure import Failure, Sent
from reconciler.transport.http import HttpReader, HttpWriter
from reconciler.transport.redaction import Redactor, secrets_in

Query = Mapping[str, str | int]
Body = Mapping[str, object] | Sequence[object] | None
Flow = Generator[httpx.Request, httpx.Response, None]

_NOTHING: Query = {}
_TOKEN_REFUSED = frozenset({PROGRAM_ERROR, 401, 403})
_GREETINGS = 2
_NO_SUCH_ROUTE = 404
_NO_SUCH_METHOD = 405
_WHERE = (
    "Check `auth.access_token` of the target: it is the client secret that the server shows under System > Authority "
    "Management > API Authorization. Nothing more is sent in this run."
)


class AccessToken(httpx.Auth):
    """The token as the parameter access_token of every call: no server takes it in a header (A1 1)."""

    def __init__(self, target: Target) -> None:
        """Raises Failure (RC0503) when the target has no token."""
        if not isinstance(target.auth.token, Secret) or not target.auth.token.reveal():
            raise Failure(
                Sent.NOT_SENT, "RC0503", f"The target {target.name} has no `auth.access_token`. Give it one: {_WHERE}"
            )
        self._token = target.auth.token
        self._name = target.name

    def secrets(self) -> Iterable[str]:
        """What has to be hidden."""
        return (self._token.reveal(),)

    def sync_auth_flow(self, request: httpx.Request) -> Flow:
        request.url = request.url.copy_merge_params({"access_token": self._token.reveal()})
        response = yield request
        if response.status_code in (401, 403):
            raise _refused_token(self._name, f"HTTP {response.status_code}")


class Answer(msgspec.Struct, frozen=True):
    """The answer of a call that succeeded. `message` is the server's, in its language."""

    message: str
    data: object


class Server:
    """Asks one server, and can do nothing else. Raises Failure; `codes.code_of` gives the code of one that the server
    answered."""

    def __init__(self, http: HttpReader, target: Target, auth: AccessToken) -> None:
        """Asks for the built-in department, to learn whether the token is good. Raises Failure (RC0503)."""
        self.target = target
        self._http = http
        self._auth = auth
        self._refusal: Failure | None = None
        self.root = self.greet()

    def get(self, path: str, query: Query = _NOTHING, *, optional: bool = False) -> object:
        """The `data` of the answer. `path` is below /api/, `optional` as the transport has it."""
        return self._call(lambda: self._http.get(API + path, query, optional=optional), path, None, reads=True).data

    def ask(self, path: str, body: Mapping[str, object] = {}, query: Query = _NOTHING) -> object:
        """The `data` of the answer to a POST that only reads, such as getPersonList."""
        return self._call(lambda: self._http.ask(API + path, body, query), path, body, reads=True).data

    def has(self, path: str) -> bool:
        """Whether the server has a call that is only by POST. A GET of it reaches nothing: where it is there its method
        is refused (405), and where it is not, the path is (404, or -1 for what the licence lacks)."""
        try:
            self.get(path, optional=True)
        except Failure as failure:
            code = code_of(failure)
            if failure.status == _NO_SUCH_METHOD or (code is not None and code != PROGRAM_ERROR):
                return True
            if failure.status == _NO_SUCH_ROUTE or code == PROGRAM_ERROR:
                return False
            raise
        return True

    def greet(self) -> Row:
        """The built-in department, which every edition gives by its code (2.5.3). Raises Failure; RC0503 when it is
        answered as only a bad token is, twice, since -1 may also be a failure that passes."""
        for _ in range(_GREETINGS):
            envelope = _envelope(self._http.get(f"{API}department/get/{ROOT}"))
            if envelope is None:
                raise self._senseless(f"department/get/{ROOT}", reads=True)
            code, _, data = envelope
            if code not in _TOKEN_REFUSED:
                return data if isinstance(data, dict) else {}
        self._refusal = _refused_token(self.target.name, f"code {code}")
        raise self._refusal

    def _call(self, send: Callable[[], object], path: str, body: object, *, reads: bool) -> Answer:
        if self._refusal is not None:
            raise _copy(self._refusal)
        envelope = _envelope(send())
        if envelope is None:
            raise self._senseless(path, reads=reads)
        code, message, data = envelope
        if code >= 0:  # "more than 0" in the manual's text, 0 in all its examples
            return Answer(message, data)
        if code == PROGRAM_ERROR:
            self._doubt_token()
        raise self._refused(path, code, message, body, reads=reads)

    def _doubt_token(self) -> None:
        """Raises Failure when -1 means that the token is good no more."""
        try:
            self.greet()
        except Failure as failure:
            if failure.code == "RC0503":
                raise

    def _refused(self, path: str, code: int, message: str, body: object, *, reads: bool) -> Failure:
        said = Redactor((*self._auth.secrets(), *secrets_in(body))).clean(message)
        told = meaning(code)
        quoted = f" It says: {cited(printable(said))}" if said else ""
        detail = f"The target {self.target.name} refused {path} with the code {code}. {told.what} {told.do}{quoted}"
        answered = {"code": code, "message": said}
        return Failure(Sent.REFUSED, "RC0506" if reads else "RC0701", detail, status=200, body=answered)

    def _senseless(self, path: str, *, reads: bool) -> Failure:
        doubt = "" if reads else " Whether it was carried out is not known."
        detail = (
            f"The target {self.target.name} answered {path} with something that has no `code`.{doubt} Check that its "
            "`url` and `system` are right."
        )
        return Failure(Sent.UNKNOWN, "RC0505", detail)


class WritingServer(Server):
    """Asks and writes. What it asks leaves no doubt: when that fails, the change that wanted it was not sent."""

    def __init__(self, http: HttpWriter, target: Target, auth: AccessToken) -> None:
        self._writer = http
        self._delete: Literal["POST", "DELETE"] = "POST"
        super().__init__(http, target, auth)

    def get(self, path: str, query: Query = _NOTHING, *, optional: bool = False) -> object:
        """As `Server.get`."""
        try:
            return super().get(path, query, optional=optional)
        except Failure as failure:
            raise _nothing_sent(failure) from None

    def ask(self, path: str, body: Mapping[str, object] = {}, query: Query = _NOTHING) -> object:
        """As `Server.ask`."""
        try:
            return super().ask(path, body, query)
        except Failure as failure:
            raise _nothing_sent(failure) from None

    def post(self, path: str, body: Body = None, query: Query = _NOTHING, *, repeatable: bool = True) -> Answer:
        """Carries out a call. `body` may be an array, and hold secrets at any depth. `repeatable` says that it may
        arrive twice and mean the same, as most do: they set what is said."""
        return self._call(
            lambda: self._writer.send("POST", API + path, body, query, repeatable=repeatable), path, body, reads=False
        )

    def delete(self, path: str, body: Body = None, query: Query = _NOTHING) -> Answer:
        """As `post`, by DELETE where the server wants that: the manual writes one, and clients the other (A2)."""
        for method in (self._delete, "DELETE" if self._delete == "POST" else "POST"):
            self._delete = method
            try:
                return self._call(
                    lambda: self._writer.send(self._delete, API + path, body, query, repeatable=True),
                    path,
                    body,
                    reads=False,
                )
            except Failure as failure:
                if failure.status != _NO_SUCH_METHOD:
                    raise
                last = failure
        raise last


def absent(failure: Failure) -> bool:
    """Whether a call is not there, or its module not licensed. One that is answered with -1 may also have failed."""
    return failure.status == _NO_SUCH_ROUTE or code_of(failure) == PROGRAM_ERROR


def _envelope(answer: object) -> tuple[int, str, object] | None:
    """(code, message, data). The message is `msg` in the manual's text, and `message` in its examples."""
    if not isinstance(answer, dict):
        return None
    code = answer.get("code")
    if isinstance(code, str) and code.strip().removeprefix("-").isdecimal():
        code = int(code)
    if type(code) is not int:
        return None
    message = answer.get("message", answer.get("msg"))
    return code, message if isinstance(message, str) else "", answer.get("data")


def _refused_token(name: str, how: str) -> Failure:
    return Failure(Sent.REFUSED, "RC0503", f"The target {name} refused the access token ({how}). {_WHERE}", status=401)


def _copy(failure: Failure) -> Failure:
    return Failure(failure.sent, failure.code, failure.detail, status=failure.status)


def _nothing_sent(failure: Failure) -> Failure:
    if failure.sent is not Sent.UNKNOWN:
        return failure
    return Failure(Sent.NOT_SENT, failure.code, failure.detail, status=failure.status, body=failure.body)
