"""How targets are, for `doctor`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import msgspec

from reconciler.config.secrets import resolve_target
from reconciler.model.diagnostic import Diagnostic, in_order
from reconciler.model.examination import Examination, Finding
from reconciler.model.objects import Desired, Listing
from reconciler.model.project import Target
from reconciler.model.secret import SecretReference
from reconciler.model.words import cited
from reconciler.systems.base import Aim
from reconciler.systems.registry import system
from reconciler.transport.certificate import certificate_of
from reconciler.transport.failure import Failure
from reconciler.transport.page import PATIENCE, Page, page_of
from reconciler.workflow.aims import judged_aims
from reconciler.workflow.planning import Counted, all_of, count_ends, uncounted
from reconciler.workflow.pools import open_pools
from reconciler.workflow.session import Session

SOON = timedelta(days=30)
"""Before the end of a certificate."""

_SLOW = 2.0  # seconds for a page
_SKEW = 30  # seconds by which a server's clock may be off
_REPEATS = 1  # of a call: who looks can look again
_ANOTHER_MACHINE = "RC0407"  # of `fit`: the findings tell it

Judged = Callable[[Target], tuple[Aim, Sequence[Diagnostic]]]


def examine(session: Session, names: Iterable[str], today: str, counted: Counted = uncounted) -> list[Examination]:
    """Every named target's examination. `today` is an ISO date."""
    targets = session.organisation.project.targets
    judged = judged_aims(session, today)
    with open_pools(session.organisation.project, waits=False) as pools:
        looking = [
            pools.of(target).submit(_examine, session, target, judged) for target in (targets[name] for name in names)
        ]
        count_ends(looking, counted)
        return all_of(looking)


def _examine(session: Session, target: Target, judged: Judged) -> Examination:
    aim, told = judged(target)
    resolved, missing = resolve_target(target, session.resolver)
    settings = session.organisation.own.get(target.name, {}).get("settings", {})
    security = settings["security"].values if "security" in settings else {}
    findings = [credentials(target, security.get("security.api_key"))]
    if missing:
        return Examination(target, tuple(findings), tuple(missing), _ordered(told))
    page = page_of(resolved, "/")
    if page is None:  # one more try, by which a terminal is found at another address, and the reason is told
        resolved = msgspec.structs.replace(resolved, timeout=min(resolved.timeout, PATIENCE), retries=0)
    else:
        resolved = msgspec.structs.replace(resolved, retries=min(resolved.retries, _REPEATS))
        findings += page_findings(target, page)
    findings += certificate_findings(resolved)
    try:
        examined = system(target.system).examine(resolved, aim)
    except Failure as failure:
        if failure.code == "RC0503" and target.auth.username is not None:
            findings[0] = _refused(findings[0])
        return Examination(target, tuple(findings), (failure.diagnostic(source=target.span),), _ordered(told))
    asked = _unfit(target, aim, examined.listings)
    return Examination(target, (*findings, *examined.findings), (), _ordered([*told, *asked]))


def _ordered(told: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    return tuple(in_order(told))


def _unfit(target: Target, aim: Aim, listings: Mapping[str, Listing]) -> list[Diagnostic]:
    """What a plan would complain of, as far as the listings tell: what is not read of the kinds that are managed, and
    what the target can't do of what the files ask."""
    desired = aim.desired or Desired(target.name, {})
    found = [
        msgspec.structs.replace(listing.problem, source=listing.problem.source or target.span)
        for kind, listing in listings.items()
        if listing.problem is not None and kind in desired.objects
    ]
    fit = system(target.system).fit
    told = fit(desired, listings, aim.memory).diagnostics if fit is not None else ()
    return [*found, *(each for each in told if each.code != _ANOTHER_MACHINE)]


def credentials(target: Target, key: object = None) -> Finding:
    """Who logs in, how, and where the secret is kept; never the secret. `key` is what the files say of a terminal's
    `settings.security.api_key`, which is tried first."""
    auth = target.auth
    if target.system == "device":
        present = f"`api_key` from {_kept(auth.token)}" if auth.token is not None else "the factory's empty `api_key`"
        first = f"`settings.security.api_key` from {_kept(key)}, else " if key is not None else ""
        return Finding("credentials", first + present)
    if auth.username is None:
        return Finding("credentials", f"`access_token` from {_kept(auth.token)}" if auth.token is not None else "none")
    password = f", password from {_kept(auth.password)}" if auth.password is not None else ", no password"
    return Finding("credentials", f"user {cited(auth.username)}, scheme {auth.scheme}{password}")


def _kept(secret: object) -> str:
    """Where a reference leads, and where it stands. Of a command only the program: arguments may be secret."""
    if not isinstance(secret, SecretReference):
        return "the files"
    name = secret.argument[0]
    places = {
        "env": f"the environment variable {name}",
        "file": f"the file {cited(name)}",
        "command": f"the command {cited(name)}",
        "table": f"the table of secrets {cited(name)}",
    }
    return f"{places[secret.source]} ({secret.span})"


def _refused(finding: Finding) -> Finding:
    advice = (
        "The server did not let this user in, and the error says how. A wrong password is corrected where it is kept, "
        "a wrong user here."
    )
    return msgspec.structs.replace(finding, advice=advice)


def page_findings(target: Target, page: Page) -> Iterable[Finding]:
    """What a target's answer tells before any login. A terminal's clock is asked for; this is not it."""
    if page.late or (page.seconds is not None and page.seconds >= _SLOW):
        waited = min(target.timeout, PATIENCE)
        after = f"after {page.seconds:.1f} s" if page.seconds is not None else f"none within {waited:g} s"
        slow = f"That is slow. Look at the network, or give the target a longer `timeout` than {target.timeout:g} s."
        yield Finding("first answer", after, slow)
    if page.ahead is not None and target.system != "device":
        word = "ahead of" if page.ahead > 0 else "behind"
        far = abs(page.ahead) > _SKEW
        said = f"{abs(page.ahead):,} s {word} this machine's" if far else "as this machine's"
        advice = (
            "Events are dated by it, and logins end by it. Set the server's or this machine's, best by a time service: "
            "no call sets it."
        )
        yield Finding("clock", said, advice if far else None)


def certificate_findings(target: Target) -> Iterable[Finding]:
    """Of a target that is asked by https. What to do with one that is not trusted is told by what fails then."""
    url = urlsplit(target.url)
    if url.scheme != "https" or url.hostname is None:
        return
    port = url.port or 443
    try:
        found = certificate_of(url.hostname, port, target.tls, min(target.timeout, PATIENCE))
    except (OSError, Failure):
        return  # the examination itself will say it
    until = f", until {found.expires:%Y-%m-%d}" if found.expires else ""
    if found.distrust is not None:
        yield Finding("certificate", f"not trusted: {found.distrust}{until}")
    elif not target.tls.verify:
        advice = (
            "Anyone on the way can pretend to be it. Fetch the certificate with `openssl s_client -connect "
            f"{url.hostname}:{port} -showcerts`, compare the fingerprint with the one that its administrator reads "
            "out, and name the file in `tls.ca_file` instead of `verify: false`."
        )
        yield Finding("certificate", f"not checked{until}", advice)
    else:
        soon = found.expires is not None and found.expires - datetime.now(UTC) < SOON
        yield Finding("certificate", f"trusted{until}", "It ends soon. Have it renewed before." if soon else None)
    yield Finding("fingerprint", f"SHA-256 {found.fingerprint}")
