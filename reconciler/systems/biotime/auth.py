"""Logging in. A token is fetched with the first call and shared by all threads; JSON web tokens run out and are
fetched again. A refused login is never tried again in a run: servers lock accounts [real: DBS]."""

import base64
import json
import time
from collections.abc import Generator, Iterable
from threading import Lock

import httpx

from reconciler.model.project import Target
from reconciler.model.secret import Secret
from reconciler.transport.failure import Failure, Sent
from reconciler.transport.replies import redirected_to
from reconciler.transport.retry import asked_wait

_LOGINS = {"token": ("/api-token-auth/", "Token"), "jwt": ("/jwt-api-token-auth/", "JWT")}
"""Address and scheme's word by `auth.scheme` [manual M85 1.1, 1.2]."""

Flow = Generator[httpx.Request, httpx.Response, None]


def authentication(target: Target) -> httpx.Auth:
    """The target's way to log in. Its secrets are resolved. Raises Failure (RC0503) when user or password is missing
    or the scheme is none of token, jwt and basic."""
    auth = target.auth
    if auth.username is None or not isinstance(auth.password, Secret):
        raise _refused("The target has no `auth.username` and `auth.password`. Give both.")
    if auth.scheme == "basic":
        return BasicAuth(auth.username, auth.password)
    if auth.scheme not in _LOGINS:
        raise _refused(f"`auth.scheme` can't be {auth.scheme}. It can be token, jwt or basic.")
    address, word = _LOGINS[auth.scheme]
    return TokenAuth(target.url.rstrip("/") + address, word, auth.username, auth.password)


class TokenAuth(httpx.Auth):
    """A token that a login gives, for `Authorization: Token …` or `JWT …`. Raises Failure inside the call that needed
    the login."""

    def __init__(self, address: str, word: str, username: str, password: Secret) -> None:
        self._address = address
        self._word = word
        self._username = username
        self._password = password
        self._lock = Lock()
        self._token: Secret | None = None
        self._old: list[Secret] = []
        self._refusal: Failure | None = None

    def secrets(self) -> Iterable[str]:
        """Every token so far, for redaction."""
        with_current = [*self._old, *([self._token] if self._token else [])]
        return [token.reveal() for token in with_current]

    def sync_auth_flow(self, request: httpx.Request) -> Flow:
        token = self._token
        if token is None:
            token = yield from self._login(request, None)
        request.headers["Authorization"] = f"{self._word} {token.reveal()}"
        response = yield request
        if response.status_code == 401:  # run out, or replaced
            token = yield from self._login(request, token)
            request.headers["Authorization"] = f"{self._word} {token.reveal()}"
            response = yield request
            if response.status_code == 401:
                raise self._refuse("The server gave a token and then did not accept it.")
        if response.status_code == 403 and request.method == "GET":
            raise _gated(self._word)

    def _login(self, request: httpx.Request, spent: Secret | None) -> Generator[httpx.Request, httpx.Response, Secret]:
        """A token other than `spent`: the one that another thread has just fetched, or a new one."""
        with self._lock:
            if self._refusal is not None:
                raise self._refusal
            if self._token is not None and self._token != spent:
                return self._token
            response = yield self._login_request(request)
            response.read()
            token = self._token_in(response)
            if self._token is not None:
                self._old.append(self._token)
            self._token = token
            return token

    def _login_request(self, request: httpx.Request) -> httpx.Request:
        headers = {name: request.headers[name] for name in ("Accept-Language", "User-Agent") if name in request.headers}
        return httpx.Request(
            "POST",
            self._address,
            json={"username": self._username, "password": self._password.reveal()},
            headers={"Accept": "application/json", **headers},
            extensions=dict(request.extensions),  # its time-outs
        )

    def _token_in(self, response: httpx.Response) -> Secret:
        status = response.status_code
        if status in (400, 401, 403):  # bad credentials are a 400 [real: PYB, S0X]
            raise self._refuse("The server refused the user name and password.")
        if status == 429 or status >= 500:
            busy = "RC0507", "The server is too busy to log in."
            code, detail = busy if status == 429 else ("RC0506", f"The server failed at the login (HTTP {status}).")
            wait = asked_wait(response.headers, time.time())
            raise Failure(Sent.NOT_SENT, code, detail, status=status, retry_after=wait)
        if status // 100 == 3:
            to = redirected_to(response)
            raise Failure(
                Sent.REFUSED,  # and so not tried again
                "RC0505",
                f"The server wanted to send the login {f'to {to}' if to else 'elsewhere'} (HTTP {status}). Redirects "
                "are not followed, since credentials would go along. If that is where the server is, write it as the "
                "target's `url`.",
                status=status,
            )
        try:
            answer = json.loads(response.content)
        except ValueError:
            answer = None
        token = answer.get("token") if isinstance(answer, dict) else None
        if status // 100 != 2 or not isinstance(token, str) or not token:
            raise Failure(
                Sent.NOT_SENT,
                "RC0505",
                "The login did not answer with a token. The server may be starting; else check that the target's url "
                "and system are right.",
                status=status,
            )
        return Secret(token)

    def _refuse(self, what: str) -> Failure:
        self._refusal = _refused(
            f"{what} The login is not tried again in this run, since servers lock accounts. Check `auth` of the target."
        )
        return self._refusal


class BasicAuth(httpx.Auth):
    """User name and password with every call. It works on every endpoint [real: ZKG]."""

    def __init__(self, username: str, password: Secret) -> None:
        plain = f"{username}:{password.reveal()}".encode()
        self._credentials = Secret(base64.b64encode(plain).decode())
        self._refusal: Failure | None = None

    def secrets(self) -> Iterable[str]:
        """The header's text, for redaction."""
        return [self._credentials.reveal()]

    def sync_auth_flow(self, request: httpx.Request) -> Flow:
        if self._refusal is not None:
            raise self._refusal
        request.headers["Authorization"] = f"Basic {self._credentials.reveal()}"
        response = yield request
        if response.status_code == 401:
            self._refusal = _refused(
                "The server refused the user name and password. Nothing more is sent in this run, since servers lock "
                "accounts. Check `auth` of the target."
            )
            raise self._refusal


def _refused(detail: str) -> Failure:
    return Failure(Sent.REFUSED, "RC0503", detail, status=401)


def _gated(word: str) -> Failure:
    return Failure(
        Sent.REFUSED,
        "RC0504",
        f"The server does not let this account read with a {word} login. A server whose licence lacks the API module "
        "refuses every such login [HTTP 403]; `scheme: basic` in the target's `auth` may pass. Otherwise the account "
        "lacks the permission.",
        status=403,
    )
