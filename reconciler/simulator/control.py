"""Faults over HTTP, for programs that run beside a simulated server."""

import msgspec

from reconciler.simulator.faults import Fault, Faults
from reconciler.simulator.messages import Request, Response, detail, json_response

CONTROL = "/_simulator/faults"


def controlled(faults: Faults, request: Request) -> Response:
    """POST adds a fault or a list of faults, GET lists them, DELETE clears them."""
    if request.method == "POST":
        try:
            given = msgspec.json.decode(request.body, type=Fault | list[Fault])
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return detail(400, str(error))
        faults.add(*(given if isinstance(given, list) else [given]))
    elif request.method == "DELETE":
        faults.clear()
    elif request.method != "GET":
        return detail(405, f'Method "{request.method}" not allowed.')
    return json_response(200, faults.all())
