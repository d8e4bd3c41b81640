"""The httpx client of one target: who it trusts, what it says of itself, and what it must not do by itself."""

import logging
import ssl
from functools import cache, partial
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ipaddress import ip_address

import httpx

import reconciler
from reconciler.model.project import Target
from reconciler.transport import tls
from reconciler.transport.body import bounded
from reconciler.transport.failure import Failure, Sent
from reconciler.transport.retry import Timing

_HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "gzip",
    "Accept-Language": "en",
    "User-Agent": f"reconciler/{reconciler.__version__}",
}
_TELLTALES = (
    "httpx",
    "httpcore",
    *(f"httpcore.{part}" for part in ("connection", "http11", "http2", "proxy", "socks")),
)


def base_of(target: Target) -> httpx.URL:
    """The url that paths are added to. Raises Failure (RC0501)."""
    try:
        base = httpx.URL(target.url).copy_with(userinfo=b"", query=None, fragment=None)
        if base.scheme in ("http", "https") and base.host:  # a host such as "xn--" is found bad only when asked for
            return base
    except (httpx.InvalidURL, ValueError):
        pass
    raise Failure(
        Sent.NOT_SENT,
        "RC0501",
        f"The target {target.name} can't be reached: its `url` is not an address of the form https://HOST or "
        "https://HOST:PORT/PATH.",
    )


def trust(target: Target, base: httpx.URL) -> ssl.SSLContext:
    """Whom the clients of a target trust. Raises Failure when `ca_file` can't be used (RC0502)."""
    return tls.context(target.tls) if base.scheme == "https" else _nobody()


def open_client(
    target: Target, base: httpx.URL, auth: httpx.Auth | None, timing: Timing, trusted: ssl.SSLContext
) -> httpx.Client:
    """A client for one call at a time: httpx's pool closes a connection that it takes for idle, though it has just been
    given to another thread. Raises Failure when the environment's proxy can't be used (RC0501)."""
    for name in _TELLTALES:
        # they print whole URLs and headers, tokens included; a level could be set again, from outside
        logging.getLogger(name).disabled = True
    timeout = httpx.Timeout(target.timeout)
    try:
        return httpx.Client(
            auth=auth,
            verify=trusted,
            timeout=timeout,
            limits=httpx.Limits(max_connections=1),
            headers=_HEADERS,
            # a session's cookie would make a server want its CSRF token as well
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            event_hooks={
                "request": [partial(_complete, timeout=timeout)],
                "response": [_hide_location, partial(bounded, timeout=target.timeout, clock=timing.clock)],
            },
            follow_redirects=False,
            trust_env=not _is_loopback(base.host),  # the environment's proxies
        )
    except (ImportError, ValueError, httpx.InvalidURL):
        pass
    raise Failure(
        Sent.NOT_SENT,
        "RC0501",
        f"The target {target.name} can't be reached: the proxy that the environment names (HTTP_PROXY, HTTPS_PROXY or "
        "ALL_PROXY) can't be used. Give it as http://HOST:PORT, or except the target's host by NO_PROXY.",
    )


def _complete(request: httpx.Request, *, timeout: httpx.Timeout) -> None:
    """An auth object's own requests come without these, and without a timeout they could hang for ever."""
    if "timeout" in request.extensions:  # the client made it, and gave it all of this
        return
    request.extensions["timeout"] = timeout.as_dict()
    for name, value in _HEADERS.items():
        request.headers.setdefault(name, value)


def _hide_location(response: httpx.Response) -> None:
    """httpx prepares the next request of a redirect, credentials and all, also where it may not follow."""
    response.extensions["location"] = response.headers.pop("location", "")


@cache
def _nobody() -> ssl.SSLContext:
    """Trusts no certificate: for all clients that speak http alone, since a thousand of them take a while to make."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
