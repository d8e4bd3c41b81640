"""Answers with the faults that happen to them."""

from collections.abc import Callable
from typing import Literal

import msgspec

from reconciler.simulator.faults import REPLACING, Fault
from reconciler.simulator.messages import Request, Response, error_page, html_response
from reconciler.simulator.system import System


def answer(system: System, request: Request, faults: list[Fault], wait: Callable[[float], object]) -> Response:
    """The response to a request that these faults happen to. `wait` sleeps for seconds."""
    for fault in faults:
        if fault.effect == "latency":
            wait(fault.seconds)
        elif fault.effect == "expire_tokens":
            with system.lock:
                system.expire()
    replacing = next((fault for fault in faults if fault.effect in REPLACING), None)
    if replacing is not None and not replacing.commit:
        return replaced(request, replacing)
    done = response = system.handle(request)
    for fault in faults:
        response = system.spoilt(changed(response, fault), fault)
        if fault.effect == "shift":
            with system.lock:
                system.shift(request, done, fault)
    return response if replacing is None else replaced(request, replacing)


def replaced(request: Request, fault: Fault) -> Response:
    """What comes in place of the server's answer."""
    if fault.effect == "drop":
        return Response(0, wire="drop")
    if fault.effect == "hang":
        return Response(0, wire="hang", limit=fault.seconds)
    if fault.effect == "redirect":
        return Response(302, b"", {"Location": fault.url})
    if fault.effect == "html":
        return html_response(200, "Service is starting", "Please wait until the service has started.")
    extra = {"Retry-After": fault.retry_after} if fault.retry_after is not None else {}
    if fault.status == 500:
        page = error_page(request, "OperationalError: could not connect to server")
    else:
        page = html_response(fault.status, f"Error {fault.status}", "The server can not answer now.")
    return Response(page.status, page.body, page.headers | extra)


def changed(response: Response, fault: Fault) -> Response:
    """The response as a fault leaves it."""
    if fault.effect in {"truncate", "reset"}:
        wire: Literal["truncate", "reset"] = "truncate" if fault.effect == "truncate" else "reset"
        return msgspec.structs.replace(response, wire=wire, limit=fault.bytes)
    if fault.effect == "garbage":
        return msgspec.structs.replace(response, body=b'{"count": 1, "data": [{"id": 1, ')
    if fault.effect == "empty":
        return msgspec.structs.replace(response, body=b"")
    return response
