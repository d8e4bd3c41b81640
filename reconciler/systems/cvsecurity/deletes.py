"""Deleting by key. The three known editions of the API document three forms of it (A2), and a form that is not there
deletes nothing."""

import re

from reconciler.systems.cvsecurity.client import absent
from reconciler.systems.cvsecurity.site import Site
from reconciler.transport.failure import Failure, Sent

_NO_SUCH_METHOD = 405
_PLAIN = re.compile(r"\w[\w.-]*")


def delete_by_key(site: Site, path: str, name: str, key: str) -> None:
    """Deletes the object with this key: by ?name=key, as edition 1.2 does, else by /key. Raises Failure."""
    if site.query_deletes is not False:
        try:
            site.server.post(path, query={name: key})
        except Failure as failure:
            if not absent(failure) and failure.status != _NO_SUCH_METHOD:
                raise
        else:
            site.query_deletes = True
            return
    if _PLAIN.fullmatch(key) is None:
        # a server ends such a key at a sign that means something in a path, and would delete another object
        raise Failure(
            Sent.NOT_SENT,
            "RC0601",
            "This server deletes only by a key in the path of the call, and this key has characters that mean "
            "something else there. Delete it in the server's own pages.",
        )
    site.server.delete(f"{path}/{key}")
    site.query_deletes = False
