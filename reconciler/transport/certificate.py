"""A target's certificate, for people to look at: who it is, until when, and whether it is trusted."""

import hashlib
import socket
import ssl
from datetime import UTC, datetime

import msgspec

from reconciler.model.project import Tls
from reconciler.transport.tls import context


class Certificate(msgspec.Struct, frozen=True):
    """`fingerprint` is the SHA-256 of the certificate, in pairs of digits. `expires` is None where it is not known.
    `distrust` says why it is not trusted."""

    fingerprint: str
    expires: datetime | None = None
    distrust: str | None = None


def certificate_of(host: str, port: int, tls: Tls, timeout: float) -> Certificate:
    """The certificate that answers at `host` and `port`, seconds being the time for it. Nothing is sent but the
    handshake. Raises OSError when nothing answers, Failure when `tls` can't be used."""
    distrust = None
    try:
        der, about = _handshake(host, port, context(tls), timeout)
    except ssl.SSLCertVerificationError as problem:
        distrust = str(getattr(problem, "verify_message", "") or "it can't be verified").rstrip(".")
        der, about = _handshake(host, port, context(Tls(verify=False)), timeout)
    try:
        about = about or _handshake(host, port, _trusting(der), timeout)[1]
    except ssl.SSLCertVerificationError:
        about = {}  # one that has ended, or that is not valid yet, is not told of
    digits = hashlib.sha256(der).hexdigest().upper()
    until = about.get("notAfter")
    return Certificate(
        fingerprint=":".join(digits[at : at + 2] for at in range(0, len(digits), 2)),
        expires=datetime.fromtimestamp(ssl.cert_time_to_seconds(until), UTC) if isinstance(until, str) else None,
        distrust=distrust,
    )


def _trusting(der: bytes) -> ssl.SSLContext:
    """A context that trusts just this certificate: of one that it does not trust `ssl` tells nothing."""
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.check_hostname = False
    trusting.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    trusting.load_verify_locations(cadata=der)
    return trusting


def _handshake(host: str, port: int, trusted: ssl.SSLContext, timeout: float) -> tuple[bytes, dict[str, object]]:
    with (
        socket.create_connection((host, port), timeout) as plain,
        trusted.wrap_socket(plain, server_hostname=host) as s,
    ):
        return s.getpeercert(binary_form=True) or b"", dict(s.getpeercert() or {})
