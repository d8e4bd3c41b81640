"""The BioTime family: BioTime 8.5 (`biotime`), UTimeMaster 9 (`utimemaster`) and ZKBio Time (`zkbiotime`).

One implementation with declared differences (dialects.py). The modules that speak HTTP are imported when something
connects: plans against files and the validation of files need none of them.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from functools import partial
from threading import Event

from reconciler.model.objects import Listing
from reconciler.model.project import Target
from reconciler.systems.base import Reader, System, Writer
from reconciler.systems.biotime.bindings import bindings
from reconciler.systems.biotime.dialects import DIALECTS, Dialect
from reconciler.systems.biotime.removal import removal


def _reader(target: Target) -> AbstractContextManager[Reader]:
    from reconciler.systems.biotime.reader import connect

    return connect(target)


def _writer(
    dialect: Dialect, target: Target, listings: Mapping[str, Listing], stop: Event
) -> AbstractContextManager[Writer]:
    from reconciler.systems.biotime.writer import connect

    return connect(dialect, target, listings, stop)


SYSTEMS: dict[str, System] = {
    dialect.name: System(
        name=dialect.name,
        bindings=bindings(),
        schemes=("token", "jwt", "basic"),
        reader=_reader,
        writer=partial(_writer, dialect),
        removal=removal,
    )
    for dialect in DIALECTS
}
