"""The BioTime family: BioTime 8.5 (`biotime`), UTimeMaster 9 (`utimemaster`) and ZKBio Time (`zkbiotime`).

One implementation with declared differences (dialects.py). The modules that speak HTTP are imported when something
connects: plans against files and the validation of files need none of them.
"""

from contextlib import AbstractContextManager
from functools import partial

from reconciler.model.examination import Examined
from reconciler.model.project import Target
from reconciler.systems.base import Aim, Reader, System, Task, Writer
from reconciler.systems.biotime.bindings import bindings
from reconciler.systems.biotime.dialects import DIALECTS, Dialect
from reconciler.systems.biotime.removal import removal


def _reader(target: Target, _aim: Aim) -> AbstractContextManager[Reader]:
    from reconciler.systems.biotime.reader import connect

    return connect(target)


def _writer(dialect: Dialect, task: Task) -> AbstractContextManager[Writer]:
    from reconciler.systems.biotime.writer import connect

    return connect(dialect, task.target, task.listings, task.stop)


def _examine(target: Target, aim: Aim) -> Examined:
    from reconciler.systems.biotime.examine import examine

    return examine(target, aim)


SYSTEMS: dict[str, System] = {
    dialect.name: System(
        name=dialect.name,
        bindings=bindings(),
        schemes=("token", "jwt", "basic"),
        reader=_reader,
        writer=partial(_writer, dialect),
        removal=removal,
        examine=_examine,
    )
    for dialect in DIALECTS
}
