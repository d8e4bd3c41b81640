"""Terminals with their own control interface (manual: Device control interface).

The modules that speak HTTP are imported when something connects: plans against files and the validation of files need
none of them.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager

from reconciler.model.examination import Examined
from reconciler.model.fields import Value
from reconciler.model.objects import Listing
from reconciler.model.project import Target
from reconciler.systems.base import Aim, Reader, System, Task, Writer
from reconciler.systems.device.bindings import BINDINGS
from reconciler.systems.device.cautions import cautions
from reconciler.systems.device.export import exported
from reconciler.systems.device.facts import RawDepartments, RawSettings, RawShifts, RawUsers
from reconciler.systems.device.fit import fit
from reconciler.systems.device.projection import own


def _reader(target: Target, aim: Aim) -> AbstractContextManager[Reader]:
    from reconciler.systems.device.reader import connect

    return connect(target, aim)


def _writer(task: Task) -> AbstractContextManager[Writer]:
    from reconciler.systems.device.writer import connect

    return connect(task)


def _examine(target: Target, aim: Aim) -> Examined:
    from reconciler.systems.device.examine import examine

    return examine(target, aim)


def _removal(_kind: str, _listings: Mapping[str, Listing], _today: str) -> Mapping[str, Value]:
    """Users of terminals are deleted or forgotten, and nothing is written in place of that."""
    return {}


SYSTEMS: dict[str, System] = {
    "device": System(
        name="device",
        bindings=BINDINGS,
        schemes=("token",),
        reader=_reader,
        writer=_writer,
        removal=_removal,
        examine=_examine,
        fleet=True,
        own=own,
        fit=fit,
        cautions=cautions,
        exported=exported,
        raws={"settings": RawSettings, "shift": RawShifts, "department": RawDepartments, "employee": RawUsers},
    )
}
