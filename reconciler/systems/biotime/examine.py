"""How a server is, for `doctor`: whether the login is good, and what it lets us read."""

from collections.abc import Collection, Iterator

from reconciler.model.examination import Examined, Finding
from reconciler.model.kinds import KINDS
from reconciler.model.objects import Listing
from reconciler.model.project import Target
from reconciler.model.words import cited
from reconciler.systems.base import Aim
from reconciler.systems.biotime.auth import authentication
from reconciler.systems.biotime.paging import Http, count
from reconciler.systems.biotime.reader import BioTimeReader
from reconciler.systems.biotime.resigned import absence
from reconciler.systems.biotime.wire import COLLECTIONS, RESIGNS, resigning
from reconciler.transport.failure import Failure
from reconciler.transport.http import open_reader
from reconciler.transport.page import page_of

_DEAD = frozenset({"RC0501", "RC0502", "RC0503"})
_FORBIDDEN = "RC0504"
_DOCS = "/api/docs/"
_NAMES = (("utimemaster", "utimemaster"), ("zkbio time", "zkbiotime"), ("zkbiotime", "zkbiotime"))
"""What titles hold, and the system that is. BioTime's name is part of others'."""


def examine(target: Target, aim: Aim) -> Examined:
    """What it is, how many objects of each kind there are, and what it does not permit or have. Raises Failure when it
    can't be reached, refuses the login, or makes no sense at all."""
    managed = aim.desired.objects if aim.desired else {}
    with open_reader(target, authentication(target)) as http:
        counts, listings = _counts(http, managed)
        read = len(listings) < len(COLLECTIONS)
        whole = [*(() if "department" in listings else _company(http, target, listings)), *counts]
        if "employee" not in listings:
            wanted = aim.desired is not None and resigning(aim.desired.paths("employee"))
            whole.append(_resignations(http, target, wanted, listings))
    found = [Finding("login", "accepted"), *_version(target), _licence(target, read), *whole]
    return Examined(tuple(found), listings)


def _counts(http: Http, managed: Collection[str]) -> tuple[list[Finding], dict[str, Listing]]:
    """How many there are of each kind, and the kinds that can't be read. What is wrong with a managed one a plan would
    complain of, so that it is the listing's problem and no advice. Raises Failure where nothing can be read."""
    found: list[Finding] = []
    failed: dict[str, Failure] = {}
    for kind, collection in COLLECTIONS.items():
        try:
            found.append(Finding(KINDS[kind].plural, f"{count(http, collection.url):,}"))
        except Failure as failure:
            if failure.code in _DEAD:
                raise
            failed[kind] = failure
            found.append(Finding(KINDS[kind].plural, "can't be read", None if kind in managed else failure.detail))
    if len(failed) == len(found) and all(failure.code != _FORBIDDEN for failure in failed.values()):
        raise next(iter(failed.values()))
    return found, {kind: Listing(kind, {}, problem=failure.diagnostic()) for kind, failure in failed.items()}


def _company(http: Http, target: Target, listings: dict[str, Listing]) -> Iterator[Finding]:
    """Which company is managed, where the server has several. A plan fails where that is not clear."""
    try:
        company = BioTimeReader(http, target).company()
    except Failure as failure:
        if failure.code in _DEAD:
            raise
        listings.setdefault("department", Listing("department", {}, problem=failure.diagnostic()))
        yield Finding("company", "not clear" if failure.code == "RC0601" else "can't be read")
    else:
        if company is not None:
            yield Finding("company", company.code or str(company.id))


def _resignations(http: Http, target: Target, wanted: bool, listings: dict[str, Listing]) -> Finding:
    """How many there are. Where the files ask for some, and they can't be read, no employee can."""
    try:
        return Finding("resignations", f"{count(http, RESIGNS.url):,}")
    except Failure as failure:
        if failure.code in _DEAD:
            raise
        meant = absence(failure, target)
        if wanted:
            listings["employee"] = Listing("employee", {}, problem=meant.diagnostic())
        if meant.code == "RC0601":
            return Finding("resignations", "none: this version has no such call, so that `resigned` can't be managed")
        return Finding("resignations", "can't be read", None if wanted else meant.detail)


def _version(target: Target) -> Iterator[Finding]:
    """No call tells the version. A page that everybody may see has the product's name in its title."""
    page = page_of(target, _DOCS)
    title = page.title if page is not None else None
    if title is None:
        yield Finding("version", "no call tells it")
        return
    other = next((system for name, system in _NAMES if name in title.lower()), target.system)
    advice = f"The target says `system: {target.system}`, and this is the name of `{other}`. Correct it if it is that."
    yield Finding(
        "version", f"no call tells it; {_DOCS} has the title {cited(title)}", None if other == target.system else advice
    )


def _licence(target: Target, read: bool) -> Finding:
    """What a server lets be read with a token, its licence has the API module for."""
    if target.auth.scheme == "basic":
        return Finding("licence", "not known: a Basic login passes with and without the API module")
    return Finding("licence", "has the API module" if read else "may lack the API module")
