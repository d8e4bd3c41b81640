"""Calls to a forge, GitHub or GitLab, as jobs of its CI make them."""

import time
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import msgspec

_TIMEOUT = 30.0  # seconds
_PAGE = 100  # rows, as many as both give
_TRIES = 4
_LONGEST_PAUSE = 60.0  # seconds


class ForgeError(Exception):
    """The message says what was asked, and what the forge answered. `status` is 0 when it did not."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class Place(msgspec.Struct, frozen=True):
    """Where texts are: a pull request's comments, or a project's issues. `collection` lists and creates, `one` with an
    id in place of `{}` is changed by `method`; `id` and `text` are the names of these fields in a row."""

    collection: str
    one: str
    method: str
    id: str
    text: str
    query: Mapping[str, str] = {}
    closing: Mapping[str, str] = {}


class Forge(msgspec.Struct, frozen=True):
    """The forge that runs this job: "github" or "gitlab". `branch` is the one whose commit this is, `run` the address
    of the run's page. `comments` is None when the run is of no pull request."""

    name: str
    api: str
    headers: Mapping[str, str]
    project: str
    commit: str
    branch: str
    run: str
    comments: Place | None
    issues: Place

    def client(self) -> httpx.Client:
        """A connection. It follows no redirect: another host must not be told the token."""
        return httpx.Client(base_url=self.api, headers=self.headers, timeout=_TIMEOUT, follow_redirects=False)


def call(client: httpx.Client, method: str, path: str, body: Mapping[str, str] | None = None, **query: Any) -> Any:
    """The decoded answer. Raises ForgeError."""
    reply = _send(client, method, path, body, query)
    try:
        return msgspec.json.decode(reply.content)
    except msgspec.DecodeError:
        raise ForgeError(f"{method} {path}: the answer is not JSON.") from None


def rows(client: httpx.Client, path: str, **query: Any) -> Iterator[dict[str, Any]]:
    """All rows of a list, page by page. Raises ForgeError."""
    page = 1
    while True:
        found = call(client, "GET", path, per_page=_PAGE, page=page, **query)
        yield from found
        if len(found) < _PAGE:
            return
        page += 1


def download(client: httpx.Client, path: str) -> bytes:
    """A file, from wherever the forge keeps it. Raises ForgeError."""
    reply = _send(client, "GET", path, None, {})
    if reply.is_redirect and reply.next_request is not None:
        try:
            reply = httpx.get(reply.next_request.url, timeout=_TIMEOUT)  # without our headers: it is signed
        except httpx.HTTPError as problem:
            raise ForgeError(f"GET {path}: the file can't be had ({type(problem).__name__}).") from None
        if not reply.is_success:
            raise ForgeError(f"GET {path}: the place where the file is kept answers {reply.status_code}.")
    return reply.content


def _send(
    client: httpx.Client, method: str, path: str, body: Mapping[str, str] | None, query: Mapping[str, Any]
) -> httpx.Response:
    tried = 0
    while True:
        tried += 1
        try:
            reply = client.request(method, path, json=body, params=query or None)
        except httpx.HTTPError as problem:
            # What could not connect was not sent, so it may be sent again.
            if isinstance(problem, httpx.ConnectError) and tried < _TRIES:
                time.sleep(tried)
                continue
            raise ForgeError(f"{method} {path}: no answer ({type(problem).__name__}).") from None
        if reply.is_success or reply.is_redirect:
            return reply
        seconds = _pause(method, reply, tried)
        if seconds is None or tried == _TRIES:
            raise ForgeError(f"{method} {path}: {reply.status_code} {_reason(reply)}".strip(), reply.status_code)
        time.sleep(seconds)


def _pause(method: str, reply: httpx.Response, tried: int) -> float | None:
    """How many seconds to wait before the call is made again. None: that is of no use, or might do it twice."""
    told = reply.headers.get("Retry-After", "")
    limited = reply.status_code == 429 or (reply.status_code == 403 and told)  # GitHub limits with either
    broken = reply.status_code in (502, 503, 504) and method != "POST"
    if not (limited or broken):
        return None
    return min(float(told), _LONGEST_PAUSE) if told.isdecimal() else float(tried)


def _reason(reply: httpx.Response) -> str:
    """What the forge says of its refusal, in its own words."""
    try:
        told = msgspec.json.decode(reply.content)
    except msgspec.DecodeError:
        return ""
    message = told.get("message") or told.get("error") if isinstance(told, dict) else None
    return str(message)[:300] if message else ""
