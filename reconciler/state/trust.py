"""Trust in the certificate of a server that keeps the state."""

import ssl

from reconciler.model.project import Tls
from reconciler.state.store import Unreachable
from reconciler.transport.tls import trusting

NOT_TRUSTED = "its certificate is not trusted (if a private authority signed it, name that one's in `tls.ca_file`)"


def trusted(tls: Tls) -> ssl.SSLContext:
    """A context that trusts the certificates of `ca_file` alone, or else those that this machine trusts. Raises
    Unreachable when the file can't be used."""
    if tls.ca_file is None:
        return ssl.create_default_context()
    try:
        return trusting(tls.ca_file)
    except ValueError as reason:
        raise Unreachable(f"the file {tls.ca_file} of `tls.ca_file` can't be used: {reason}", final=True) from None
