"""What differs between the systems of the BioTime family. Everything else is the same code for all of them."""

from typing import Literal

import msgspec


class Dialect(msgspec.Struct, frozen=True, kw_only=True):
    """One system's differences.

    `update` is the call that changes an object: PATCH takes the fields that change, PUT wants an employee's code,
    department and areas each time. `bulk` are the calls for many employees at once that it documents.
    """

    name: str
    update: Literal["PATCH", "PUT"] = "PATCH"
    bulk: frozenset[str] = frozenset()


DIALECTS = (
    Dialect(name="biotime"),  # BioTime 8.5 API manual 5.4
    Dialect(name="utimemaster"),  # UTimeMaster API manual 6.4
    # ZKBio Time personnel page: update, adjust area, adjust department, adjust resignation
    Dialect(name="zkbiotime", update="PUT", bulk=frozenset({"areas", "department", "resign"})),
)
