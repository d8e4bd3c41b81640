"""What is to be known of a plan for a terminal before it is applied."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from reconciler.model.diagnostic import Diagnostic, warning
from reconciler.model.fields import Value
from reconciler.model.objects import Listing
from reconciler.model.plan import Action, Change
from reconciler.model.project import Target
from reconciler.model.secret import Digested, Secret
from reconciler.model.words import cited
from reconciler.systems.device.bindings import BINDINGS
from reconciler.systems.device.facts import Facts, RawUsers
from reconciler.systems.device.fit import facts_of

_INTERFACES = ("network.ethernet", "network.wifi")


def cautions(target: Target, changes: Sequence[Change], listings: Mapping[str, Listing]) -> list[Diagnostic]:
    """Warnings of what the changes lead to that their values do not say; the files' url being out of date, too."""
    facts = facts_of(listings)
    settings = {
        change.address.key: change
        for change in changes
        if change.address.kind == "settings" and change.action is Action.UPDATE
    }
    found: list[Diagnostic] = []
    if facts is not None:
        found += _moved(target, facts)
        found += _network(target, facts, settings.get("network"))
    found += _key(target, settings.get("security"))
    found += _schemes(target, settings.get("security"))
    found += _unlocked(target, settings.get("locked"))
    for _, change in sorted(settings.items()):
        found += _unread(target, change)
    found += _pending(target, changes, listings)
    return found


def _moved(target: Target, facts: Facts) -> Iterator[Diagnostic]:
    if isinstance(facts.key, Digested):
        return  # on a snapshot: the url of then says nothing of the one that the files have by now
    if facts.url.rstrip("/") != target.url.rstrip("/"):
        yield warning(
            "RC0501",
            f"{target.name} is not at {target.url}, but was found at {facts.url}, where the files send it. Write "
            f"`url: {facts.url}` for the device: until then every run looks at the old place first.",
        )


def _network(target: Target, facts: Facts, change: Change | None) -> Iterator[Diagnostic]:
    """Of each interface whose address changes."""
    if change is None:
        return
    written = {field.path: field.after for field in change.fields}
    for interface in _INTERFACES:
        address = written.get(f"{interface}.address")
        if written.get(f"{interface}.dhcp") is True:
            yield _warned(
                change,
                f"From then on {target.name} has the address that a DHCP server gives it, which may be another one "
                "than that in `url`. If it does not answer at `url` after the apply, find its new address and write "
                "that.",
            )
        elif isinstance(address, str) and (host := address.partition("/")[0]) != urlsplit(facts.url).hostname:
            new = _at(facts.url, host)
            yield _warned(
                change,
                f"The address of {target.name} changes to {address}, after everything but its security, and "
                f"{target.name} is sought at {new} then. Write `url: {new}` for the device after the apply; until then "
                "both are tried.",
            )


def _at(url: str, host: str) -> str:
    """The url with another host."""
    parts = urlsplit(url)
    return parts._replace(netloc=host if parts.port is None else f"{host}:{parts.port}").geturl()


def _key(target: Target, change: Change | None) -> Iterator[Diagnostic]:
    written = _written(change, "security.api_key")
    if change is None or not isinstance(written, Secret):
        return
    token = target.auth.token
    if token is None:
        rest = "It is tried first, then the factory's empty one, since the device has no `api_key`."
    elif isinstance(written, Digested):  # on a snapshot, for which the device's own key is not resolved
        rest = "After the apply the device's `api_key` has to refer to it, if it does not already."
    elif token == written:
        rest = "The device's `api_key` refers to it already."
    else:
        rest = (
            "The device's `api_key` still refers to the old one: let it refer to the new one after the apply. Until "
            "then both are tried, the new one first."
        )
    yield _warned(change, f"From then on {target.name} opens with a new API key only. {rest}")


def _schemes(target: Target, change: Change | None) -> Iterator[Diagnostic]:
    """Of the one of http and https that is switched off, when `url` uses it."""
    scheme, other = ("http", "https") if urlsplit(target.url).scheme == "http" else ("https", "http")
    if change is not None and _written(change, f"security.{scheme}") is False:
        url = urlsplit(target.url)._replace(scheme=other).geturl()
        yield _warned(
            change,
            f"From then on {target.name} does not answer {scheme} any more, which `url` uses; it is sought by {other}. "
            f"Write `url: {url}` for the device after the apply.",
        )


def _unlocked(target: Target, change: Change | None) -> Iterator[Diagnostic]:
    if change is not None:
        yield _warned(
            change,
            f"An earlier apply was interrupted after it had locked {target.name} to change users, so it may be locked "
            "still and let nobody pass. This apply unlocks it.",
            code="RC0706",
        )


def _unread(target: Target, change: Change) -> Iterator[Diagnostic]:
    """Of what no call reads; what the terminal only did not give this time is verified like all else."""
    write_only = BINDINGS["settings"].write_only
    paths = [field.path for field in change.fields if field.unreadable and field.path in write_only]
    if paths:
        written = "It is written" if len(paths) == 1 else "They are written"
        yield _warned(
            change,
            f"{_listed(paths)} can't be read from {target.name}, and it is not known that what it has is what the "
            f"files say. {written}, and can't be verified.",
        )


def _pending(target: Target, changes: Iterable[Change], listings: Mapping[str, Listing]) -> Iterator[Diagnostic]:
    """Of users that are deleted before all of their records are known to be uploaded."""
    deleted = [change for change in changes if change.address.kind == "employee" and change.action is Action.DELETE]
    raw = listings["employee"].raw if "employee" in listings else None
    pending = raw.pending if isinstance(raw, RawUsers) else None
    if not deleted or pending is False:
        return
    known = "has attendance records" if pending else "may have attendance records"
    who = f"the user {cited(deleted[0].address.key)} is" if len(deleted) == 1 else f"{len(deleted)} users are"
    yield _warned(
        deleted[0],
        f"{target.name} {known} that are not uploaded yet, and {who} deleted. The server that the records go to may "
        "not know any more whose they are. Let the terminal upload them first, or make sure that nobody needs them.",
    )


def _written(change: Change | None, path: str) -> Value:
    return next((field.after for field in change.fields if field.path == path), None) if change else None


def _warned(change: Change, detail: str, code: str = "RC0407") -> Diagnostic:
    return warning(code, detail, source=change.source, address=change.address)


def _listed(paths: Sequence[str]) -> str:
    names = [f"`{path}`" for path in paths]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
