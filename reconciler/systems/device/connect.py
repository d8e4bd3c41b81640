"""Where a terminal is, and which key opens it.

Both change by what we write, and a run may end in the middle of that; and a terminal that died is replaced by another
one. So there are candidates, and the uid tells whether it is the same machine (language.md: Keys, Identity, Address).
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

import httpx
import msgspec

from reconciler.model.fields import Value
from reconciler.model.objects import Desired
from reconciler.model.project import Target
from reconciler.model.secret import Secret
from reconciler.systems.base import Aim
from reconciler.systems.device.client import ApiKey, Terminal
from reconciler.transport.failure import Failure, Sent

T = TypeVar("T", bound=Terminal)
Open = Callable[[Target, ApiKey], T]

_FACTORY = Secret("")
_INTERFACES = ("network.ethernet", "network.wifi")


def setting(desired: Desired | None, path: str) -> Value:
    """What the files ask for; None where they ask for nothing."""
    settings = desired.objects.get("settings", {}) if desired else {}
    name = path.partition(".")[0]
    return settings[name].values.get(path) if name in settings else None


def keys(present: Value, desired: Desired | None) -> list[Secret]:
    """The keys to try, in this order: the one that the files ask for, and the one that they say it has (None: the
    factory's)."""
    wanted = setting(desired, "security.api_key")
    tried = [wanted] if isinstance(wanted, Secret) else []
    return list(dict.fromkeys([*tried, present if isinstance(present, Secret) else _FACTORY]))


def addresses(url: str, desired: Desired | None) -> list[str]:
    """The urls to try, `url` first: then the static addresses that the files ask for, and https where they ask for
    that, or http where they ask for that alone."""
    base = httpx.URL(url)
    hosts = [base.host, *_static(desired)]
    schemes = [base.scheme]
    https, http = setting(desired, "security.https"), setting(desired, "security.http")
    if base.scheme == "http" and https is True:
        schemes.append("https")
    elif base.scheme == "https" and http is True and https is False:
        schemes.append("http")
    return list(dict.fromkeys(_at(url, scheme, host) for scheme in schemes for host in hosts))


def expected(url: str, desired: Desired | None, name: str) -> str:
    """The url at which a terminal that is at `url` will be once it has what the files ask for in the setting `name`:
    network or security."""
    base = httpx.URL(url)
    if name == "network":
        hosts = _static(desired)
        return _at(url, base.scheme, base.host if base.host in hosts or not hosts else hosts[0])
    http, https = setting(desired, "security.http"), setting(desired, "security.https")
    scheme = "https" if https is True and http is False else "http" if https is False else base.scheme
    return _at(url, scheme, base.host)


def _static(desired: Desired | None) -> list[str]:
    """The addresses that the files give it, that of the wired network first."""
    found = []
    for interface in _INTERFACES:
        address = setting(desired, f"{interface}.address")
        if isinstance(address, str) and setting(desired, f"{interface}.dhcp") is not True:
            found.append(address.partition("/")[0])
    return found


def _at(url: str, scheme: str, host: str) -> str:
    """The same url at another host: as it was written where it is the same one."""
    base = httpx.URL(url)
    return url if (base.scheme, base.host) == (scheme, host) else str(base.copy_with(scheme=scheme, host=host))


def find_terminal(target: Target, aim: Aim) -> Terminal:
    """The terminal for reading, to be closed: the one that is remembered, wherever the files have it, or the one that
    stands in its place. Raises Failure."""
    desired = aim.desired
    tried = keys(target.auth.token, desired)
    return seek(target, addresses(target.url, desired), tried, aim.memory.note.uid, Terminal.open, strict=False)


def seek(
    target: Target, urls: Sequence[str], tried: Sequence[Secret], uid: str | None, opens: Open[T], *, strict: bool
) -> T:
    """The terminal, to be closed: the first one at `urls` that has the `uid`, or any where none is known. Where nobody
    has it, whoever answers at the target's own url, as a replaced terminal does, but for a `strict` search.

    Raises Failure: why nobody was found, of the first url that gave a reason.
    """
    replaced: T | None = None
    problem: Failure | None = None
    for url in urls:
        try:
            found = _opened(target, url, tried, opens)
        except Failure as failure:
            problem = problem or failure
            continue
        if uid is None or found.facts.uid == uid:
            if replaced is not None:
                replaced.close()
            return found
        if url == target.url and not strict:
            replaced = found
        else:
            found.close()
    if replaced is not None:
        return replaced
    raise problem or Failure(Sent.REFUSED, "RC0501", f"Another machine answers in place of {target.name}.")


def _opened(target: Target, url: str, tried: Sequence[Secret], opens: Open[T]) -> T:
    """The terminal at `url`, by the first key that opens it."""
    at = msgspec.structs.replace(target, url=url)
    for key in tried:
        try:
            return opens(at, ApiKey(key, tried))
        except Failure as failure:
            if failure.code != "RC0503":
                raise
    raise Failure(Sent.REFUSED, "RC0503", _refused(at, tried), status=403)


def _refused(at: Target, tried: Sequence[Secret]) -> str:
    which = (
        "both the key of `settings.security.api_key` and that of `api_key`"
        if len(tried) > 1
        else "the factory's empty key, which counts where `api_key` is left out"
        if tried[0] == _FACTORY
        else "the key of `api_key`"
    )
    return (
        f"The terminal {at.name} at {at.url} refused {which}. Write the key that it has now in `api_key`. A terminal "
        "that was replaced or reset has the empty key: leave `api_key` out."
    )
