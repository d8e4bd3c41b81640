"""A page that a target shows to everybody: whether it answers at all, how it calls itself, and what its clock says."""

import re
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape

import httpx
import msgspec

from reconciler.model.project import Target
from reconciler.transport.body import TooLarge
from reconciler.transport.client import base_of, open_client, trust
from reconciler.transport.failure import Failure
from reconciler.transport.retry import REAL

PATIENCE = 5.0
"""Seconds for a connection and for the page. Of a fleet without a network many wait one after the other."""

_UNCONNECTED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_TITLE = re.compile(r"<title[^>]*>(.{1,200}?)</title>", re.IGNORECASE | re.DOTALL)
_HEAD = 10_000  # bytes of a page in which the title is sought


class Page(msgspec.Struct, frozen=True):
    """`seconds` is how long the answer took (None: there was none that makes sense), and `late` whether none came in
    time. `ahead` is by how many seconds the clock of who answered is ahead of this machine's, or behind when negative
    (None: it does not tell)."""

    seconds: float | None = None
    late: bool = False
    title: str | None = None
    ahead: int | None = None


def page_of(target: Target, path: str) -> Page | None:
    """What a GET of `path` below the target's url brings, without a login; None when no connection could be made within
    PATIENCE. An answer that does not come in that time, or makes no sense, is a page that says nothing."""
    try:
        base = base_of(target)
        url = base.copy_with(path=f"{base.path.rstrip('/')}/{path.lstrip('/')}")
        brief = msgspec.structs.replace(target, timeout=min(target.timeout, PATIENCE))
        with open_client(brief, base, None, REAL, trust(brief, base)) as client:
            before, started = datetime.now(UTC), time.monotonic()
            response = client.get(url, headers={"Accept": "text/html, */*;q=0.5"})  # for JSON there is no such page
            seconds = time.monotonic() - started
    except (Failure, *_UNCONNECTED):
        return None
    except httpx.TimeoutException:
        return Page(late=True)
    except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, TooLarge, OSError, ValueError):
        return Page()
    title = _TITLE.search(_text(response))
    said = unescape(title[1]).strip() if title else None
    ahead = _ahead(response.headers.get("date", ""), before, seconds)
    return Page(seconds, title=said or None, ahead=ahead)


def _text(response: httpx.Response) -> str:
    """The beginning of the page. httpx's own `text` fails for names of what is no encoding of texts, such as `hex`."""
    head = response.content[:_HEAD]
    try:
        return head.decode(response.charset_encoding or "utf-8", "replace")
    except (LookupError, ValueError):
        return head.decode("utf-8", "replace")


def _ahead(text: str, before: datetime, seconds: float) -> int | None:
    """A Date header (RFC 9110 6.6.1) against the middle of the call. It is cut to a second: half of one is added."""
    try:
        date = parsedate_to_datetime(text)
        date = date if date.tzinfo else date.replace(tzinfo=UTC)
        return round((date - before).total_seconds() + 0.5 - seconds / 2)
    except (ValueError, OverflowError):
        return None
