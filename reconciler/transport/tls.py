"""Trust in a target's certificate."""

import ssl

from reconciler.model.project import Tls
from reconciler.transport.failure import Failure, Sent

_EXPIRED, _NOT_YET = 10, 9  # OpenSSL's X509_V_ERR_*
_WRONG_NAME = (62, 64)


def context(tls: Tls) -> ssl.SSLContext:
    """A context that trusts the certificates of `ca_file` alone, or else those that this machine trusts.

    Raises Failure (RC0502) when the file can't be used.
    """
    if not tls.verify:
        return _unverified()
    if tls.ca_file is None:
        return ssl.create_default_context()
    try:
        return trusting(tls.ca_file)
    except ValueError as reason:
        raise Failure(
            Sent.NOT_SENT,
            "RC0502",
            f"The file {tls.ca_file} of `tls.ca_file` can't be used: {reason}. Name a readable file that holds the "
            "certificate of the authority that signed the target's, in PEM form (-----BEGIN CERTIFICATE-----).",
        ) from None


def trusting(ca_file: str) -> ssl.SSLContext:
    """A context that trusts the certificates of the file alone. Raises ValueError, with a clause that says why not."""
    try:
        trusted = ssl.create_default_context(cafile=ca_file)
    except (OSError, ValueError) as error:  # an ssl.SSLError is an OSError
        reason = "it holds no certificate in PEM form" if isinstance(error, ssl.SSLError) else _os_reason(error)
        raise ValueError(reason) from None
    # a server's own certificate may be named, also where an authority signed it
    trusted.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return trusted


def _unverified() -> ssl.SSLContext:
    anyone = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anyone.check_hostname = False
    anyone.verify_mode = ssl.CERT_NONE
    return anyone


def _os_reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) and error.strerror else "it can't be read").lower()


def not_trusted(error: ssl.SSLCertVerificationError, host: str, port: int) -> str:
    """What is wrong with the certificate of a target, and what to do, as full sentences."""
    code = getattr(error, "verify_code", 0)
    reason = str(getattr(error, "verify_message", "") or "the certificate can't be verified").rstrip(".")
    what = f"The certificate of {host}:{port} is not trusted: {reason}. Nothing was sent."
    if code in (_EXPIRED, _NOT_YET):
        return f"{what} Have the certificate renewed, and check this machine's clock."
    if code in _WRONG_NAME:
        return (
            f"{what} It belongs to another name than the target's `url` has. Write the name that the certificate has "
            "in `url`, or have the server given a certificate for this one."
        )
    return (
        f"{what} Either the server's certificate comes from an authority that this machine does not know, or somebody "
        f"stands between. Look at it with `openssl s_client -connect {host}:{port} -showcerts`, compare its "
        "fingerprint with the one that the server's administrator reads out, and name the file with the certificate "
        "of its authority in the target's `tls.ca_file`."
    )
