"""ZKBio CVSecurity (`cvsecurity`): people by number, departments, access levels of doors, elevators and entrances.

The modules that speak HTTP are imported when something connects: plans against files and the validation of files need
none of them.
"""

from contextlib import AbstractContextManager

from reconciler.model.examination import Examined
from reconciler.model.project import Target
from reconciler.systems.base import Aim, Reader, System, Task, Writer
from reconciler.systems.cvsecurity.bindings import BINDINGS
from reconciler.systems.cvsecurity.cautions import cautions
from reconciler.systems.cvsecurity.export import exported
from reconciler.systems.cvsecurity.facts import Facts
from reconciler.systems.cvsecurity.fit import fit
from reconciler.systems.cvsecurity.projection import own
from reconciler.systems.cvsecurity.removal import removal


def _reader(target: Target, aim: Aim) -> AbstractContextManager[Reader]:
    from reconciler.systems.cvsecurity.reader import connect

    return connect(target, aim)


def _writer(task: Task) -> AbstractContextManager[Writer]:
    from reconciler.systems.cvsecurity.writer import connect

    return connect(task)


def _examine(target: Target, aim: Aim) -> Examined:
    from reconciler.systems.cvsecurity.examine import examine

    return examine(target, aim)


SYSTEMS: dict[str, System] = {
    "cvsecurity": System(
        name="cvsecurity",
        bindings=BINDINGS,
        schemes=("access_token",),
        reader=_reader,
        writer=_writer,
        removal=removal,
        examine=_examine,
        own=own,
        fit=fit,
        cautions=cautions,
        exported=exported,
        raws=dict.fromkeys(BINDINGS, Facts),
    )
}
