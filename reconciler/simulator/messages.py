"""A request and a response, and the bodies that responses share."""

import html
from typing import Literal

import msgspec

Wire = Literal["send", "drop", "truncate", "reset", "hang"]
"""What happens on the connection: the response is sent; nothing is, and it is closed; it is closed, or reset, in the
middle of the body; nothing is sent until the client gives up."""


class Request(msgspec.Struct, frozen=True):
    """One request as it arrived. `query` is the raw text after "?"; names of headers are in lower case. `terminal` and
    `command` are set for calls to terminals only."""

    method: str
    path: str
    query: str = ""
    headers: dict[str, str] = {}
    body: bytes = b""
    scheme: str = "http"
    terminal: str = ""
    command: str = ""


class Response(msgspec.Struct, frozen=True):
    """One response. `limit` is the bytes of the body that pass before a truncation or reset, and the seconds of a
    hang."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = {}
    wire: Wire = "send"
    limit: float = 0


class Refusal(Exception):
    """A request that is answered with something else than what it asked for."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


def json_response(status: int, value: object) -> Response:
    """`value` as JSON."""
    return Response(status, msgspec.json.encode(value), {"Content-Type": "application/json"})


def detail(status: int, text: str) -> Response:
    """The usual answer of a refusal: {"detail": text}."""
    return json_response(status, {"detail": text})


def html_response(status: int, title: str, text: str = "") -> Response:
    """An HTML page; `title` and `text` are escaped."""
    page = (
        f"<!DOCTYPE html>\n<html>\n<head><title>{html.escape(title)}</title></head>\n"
        f"<body><h1>{html.escape(title)}</h1>\n<pre>{html.escape(text)}</pre></body>\n</html>\n"
    )
    return Response(status, page.encode(), {"Content-Type": "text/html; charset=utf-8"})


def not_found_page() -> Response:
    """What real servers say about a path they don't know: a page, with status 200."""
    return html_response(200, "Page not found", "The page you requested could not be found.")


def error_page(request: Request, reason: str) -> Response:
    """A 500 page with a traceback, as a server in debug mode shows it: it repeats the request, secrets and all."""
    text = (
        "Traceback (most recent call last):\n"
        '  File "/opt/biotime/personnel/api/views.py", line 214, in dispatch\n'
        f"{reason}\n\n"
        f"Request Method: {request.method}\nRequest Path: {request.path}\nQuery String: {request.query}\n"
        f"Authorization: {request.headers.get('authorization', '')}\n"
        f"Request body: {request.body.decode('utf-8', 'replace')}\n"
        "SECRET_KEY = 'simulated-secret-key'\n"
    )
    return html_response(500, "Server Error (500)", text)
