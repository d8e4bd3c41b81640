"""One call: its parameters from path, query and body, as the framework of the server reads them."""

import datetime
from urllib.parse import parse_qs

import msgspec

from reconciler.simulator.cvsecurity.codes import Refused
from reconciler.simulator.cvsecurity.store import Store
from reconciler.simulator.cvsecurity.switches import CvSecurityProfile
from reconciler.simulator.messages import Request

PINS_MAX = 500
"""The most pins of one call (-82)."""


class Site(msgspec.Struct, frozen=True):
    """What the answers of a server are made from. `today` is such as 2023-07-14."""

    profile: CvSecurityProfile
    store: Store
    today: str = ""


class Result(msgspec.Struct, frozen=True):
    """What a call is answered with; `message` in place of "success" where there is one, `failure` where it failed
    although what it wrote stays."""

    data: object = None
    message: str = ""
    failure: str = ""


class Call:
    """The parameters of one request. `variable` is the part of the path in braces, if the route has one."""

    def __init__(self, request: Request, variable: str | None = None) -> None:
        self.method = request.method
        self.variable = variable
        self.content_type = request.headers.get("content-type", "")
        self.raw = request.body
        self.query = {name: values[0] for name, values in parse_qs(request.query, keep_blank_values=True).items()}

    def key(self, name: str) -> str:
        """The key of the route: in the path, or a parameter of this name in the query. "" if there is none."""
        return (self.variable if self.variable is not None else self.query.get(name, "")).strip()

    def body(self) -> object:
        """The body's JSON; None if there is no body. Raises Refused for what is no JSON."""
        if not self.raw.strip():
            return None
        try:
            return msgspec.json.decode(self.raw)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise Refused("program") from None

    def members(self) -> dict[str, object]:
        """The body's members; without a body there are none. Raises Refused for another kind of value."""
        value = self.body()
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise Refused("program")
        return value

    def items(self) -> list[dict[str, object]]:
        """The body's array of objects. Raises Refused for another kind of value."""
        value = self.body()
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise Refused("program")
        return value


def text(value: object) -> str:
    """A member as text, trimmed: numbers are taken as such, null and a missing one are "". Raises Refused."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Refused("program")
    return str(value).strip()


def texts(value: object) -> list[str]:
    """A list of texts, or texts separated by commas; each once, blank ones left out. Raises Refused."""
    parts = value if isinstance(value, list) else text(value).split(",")
    return [part for part in dict.fromkeys(text(part) for part in parts) if part]


def pins_of(site: Site, value: object) -> list[str]:
    """The pins of persons that are there. Raises Refused (-81, -82, -22)."""
    pins = [pin_form(site.profile, pin) for pin in texts(value)]
    if not pins:
        raise Refused("pins_blank")
    if len(pins) > PINS_MAX:
        raise Refused("pins_many")
    for pin in pins:
        person(site, pin)
    return pins


def pin_form(profile: CvSecurityProfile, pin: str) -> str:
    """A pin in the form in which the server keeps it."""
    if profile.pin_zeros == "dropped" and pin.isascii() and pin.isdigit():
        return pin.lstrip("0") or "0"
    return pin


def person(site: Site, pin: str) -> dict[str, object]:
    """The row of a person who is there. Raises Refused (-20, -22)."""
    if not pin:
        raise Refused("pin_blank")
    row = site.store.get("persons", pin_form(site.profile, pin))
    if row is None or ("leaveDate" in row and not site.profile.leaver_listed):
        raise Refused("no_person")
    return row


def date(value: object, failure: str = "time") -> str:
    """A date such as 2019-06-10, trimmed; "" for none. Raises Refused for anything else."""
    return _moment(value, "%Y-%m-%d", 10, failure)


def moment(value: object, failure: str = "time") -> str:
    """A moment such as 2017-08-04 15:45:00, trimmed; "" for none. Raises Refused for anything else."""
    return _moment(value, "%Y-%m-%d %H:%M:%S", 19, failure)


def _moment(value: object, form: str, length: int, failure: str) -> str:
    if value is not None and not isinstance(value, str):
        raise Refused(failure)
    found = (value or "").strip()
    try:
        if found and len(found) == length:
            datetime.datetime.strptime(found, form)  # noqa: DTZ007  the server's times have no zone
            return found
    except ValueError:
        pass
    if found:
        raise Refused(failure)
    return ""
