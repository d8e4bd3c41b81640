"""What the handlers of requests work with."""

import time
from collections.abc import Callable
from urllib.parse import parse_qs

import msgspec

from reconciler.simulator.messages import Refusal, Request, detail, json_response
from reconciler.simulator.profile import Profile
from reconciler.simulator.shapes import Shapes
from reconciler.simulator.store import Store
from reconciler.simulator.texts import text
from reconciler.simulator.validation import Body, Context

_LISTS = {"area", "areas", "employees", "resigns", "terminals"}


class Site(msgspec.Struct, frozen=True):
    """One simulated server without its network: its switches, its rows, their shapes and its clock (seconds since
    1970)."""

    profile: Profile
    store: Store
    shapes: Shapes
    clock: Callable[[], float]

    def today(self) -> str:
        """The date on the server's wall."""
        return time.strftime("%Y-%m-%d", time.localtime(self.clock()))

    def now(self) -> str:
        """The date and time on the server's wall: local, without a zone, as the real ones write it."""
        return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(self.clock()))


def language(site: Site, request: Request) -> str:
    """The language of texts: what Accept-Language asks for, else the server's own."""
    wanted = request.headers.get("accept-language", "")
    if not wanted:
        return site.profile.language
    return "zh" if wanted.lower().startswith("zh") else "en"


def context(site: Site, request: Request) -> Context:
    """What the checks of this request's body look at."""
    return Context(site.profile, site.store, language(site, request))


def body(site: Site, request: Request) -> Body:
    """The members of a request's body. Raises Refusal for what can't be read."""
    kind = request.headers.get("content-type", "application/json").split(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded" and site.profile.form_bodies:
        fields = parse_qs(request.body.decode("utf-8", "replace"), keep_blank_values=True)
        return {name: values if name in _LISTS else values[-1] for name, values in fields.items()}
    if kind != "application/json":
        raise Refusal(detail(415, f'Unsupported media type "{kind}" in request.'))
    if not request.body.strip():
        return {}
    try:
        value = msgspec.json.decode(request.body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Refusal(detail(400, "JSON parse error - Expecting value: line 1 column 1 (char 0)")) from None
    if not isinstance(value, dict):
        message = text(language(site, request), "dictionary", type=type(value).__name__)
        raise Refusal(json_response(400, {"non_field_errors": [message]}))
    return value
