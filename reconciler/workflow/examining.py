"""How targets are, for `doctor`."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from reconciler.config.secrets import resolve_target
from reconciler.model.examination import Examination, Finding
from reconciler.model.project import Target
from reconciler.systems.base import Aim
from reconciler.systems.registry import system
from reconciler.transport.certificate import certificate_of
from reconciler.transport.failure import Failure
from reconciler.workflow.aims import aims
from reconciler.workflow.planning import all_of
from reconciler.workflow.pools import open_pools
from reconciler.workflow.session import Session

SOON = timedelta(days=30)
"""Before the end of a certificate."""


def examine(session: Session, names: Iterable[str], today: str) -> list[Examination]:
    """Every named target's examination. `today` is an ISO date."""
    targets = session.organisation.project.targets
    aim_of = aims(session, today)
    with open_pools(session.organisation.project, waits=False) as pools:
        return all_of(
            pools.of(target).submit(_examine, session, target, aim_of) for target in (targets[name] for name in names)
        )


def _examine(session: Session, target: Target, aim_of: Callable[[Target], Aim]) -> Examination:
    resolved, missing = resolve_target(target, session.resolver)
    if missing:
        return Examination(target, (), tuple(missing))
    findings = list(certificate_findings(resolved))
    try:
        findings += system(target.system).examine(resolved, aim_of(target))
    except Failure as failure:
        return Examination(target, tuple(findings), (failure.diagnostic(source=target.span),))
    return Examination(target, tuple(findings))


def certificate_findings(target: Target) -> Iterable[Finding]:
    """Of a target that is asked by https. What to do with one that is not trusted is told by what fails then."""
    url = urlsplit(target.url)
    if url.scheme != "https" or url.hostname is None:
        return
    port = url.port or 443
    try:
        found = certificate_of(url.hostname, port, target.tls, target.timeout)
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
