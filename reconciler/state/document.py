"""The state as bytes: a JSON document in the shape of Terraform's state, so that servers made for that take ours.

They look at `version`, `serial` and `lineage`; all that is ours stands below `reconciler`.
"""

from collections.abc import Iterable
from typing import Annotated, TypeVar

import msgspec

from reconciler.model.diagnostic import Diagnostic, error
from reconciler.model.state import Entry, Note, State
from reconciler.state.backend import StateError

_VERSION = 4  # of Terraform's shape
_FORMAT = 1  # of what is below `reconciler`

_Serial = Annotated[int, msgspec.Meta(ge=0)]
_Lineage = Annotated[str, msgspec.Meta(min_length=1)]


class _Own(msgspec.Struct, frozen=True, omit_defaults=True):
    format: int
    entries: dict[str, Entry]
    pending: dict[str, Entry]
    key_id: str | None = None
    notes: dict[str, Note] = {}


class _Document(msgspec.Struct, frozen=True, kw_only=True):
    version: int
    terraform_version: str = "1.9.0"  # as in the plan's JSON
    serial: _Serial
    lineage: _Lineage
    outputs: dict[str, object] = {}
    resources: list[object] = []
    reconciler: _Own


class _Format(msgspec.Struct, frozen=True):
    format: int


class _Formats(msgspec.Struct, frozen=True):
    version: int
    reconciler: _Format


class _Head(msgspec.Struct, frozen=True):
    version: int
    serial: _Serial
    lineage: _Lineage
    reconciler: _Format


class Stamp(msgspec.Struct, frozen=True):
    """What tells one stored state from another."""

    lineage: str
    serial: int


def encode(state: State) -> bytes:
    """The document: compact JSON, the same bytes for equal states."""
    own = _Own(_FORMAT, dict(state.entries), dict(state.pending), state.key_id, dict(state.notes))
    document = _Document(version=_VERSION, serial=state.serial, lineage=state.lineage, reconciler=own)
    return msgspec.json.encode(document, order="deterministic") + b"\n"


def decode(data: bytes, where: str) -> State:
    """The state that `encode` wrote; `where` names its place in messages.

    Unknown keys are passed over. Raises StateError: RC0801 for what is no state, RC0803 for a newer version's.
    """
    document = _decode(data, _Document, where)
    own = document.reconciler
    _refuse_other_format(document.version, own.format, where)
    _refuse_bad_addresses(own.entries, where)
    _refuse_bad_addresses(own.pending, where)
    return State(
        lineage=document.lineage,
        serial=document.serial,
        entries=own.entries,
        pending=own.pending,
        key_id=own.key_id,
        notes=own.notes,
    )


def read_stamp(data: bytes, where: str) -> Stamp:
    """The stamp of a stored state, much faster than `decode`: its entries are not looked at. Raises the same errors."""
    head = _decode(data, _Head, where)
    _refuse_other_format(head.version, head.reconciler.format, where)
    return Stamp(head.lineage, head.serial)


def refuse_other(stored: bytes | None, state: State, over: bytes | None, where: str) -> None:
    """Raises StateError (RC0802) when what is `stored` is neither the serial before `state` nor the document `over`."""
    if stored is None or stored == over:
        return
    stamp = read_stamp(stored, where)
    if over is not None:
        what = f"it has the serial {stamp.serial} by now: somebody else wrote it"
    elif stamp.lineage != state.lineage:
        what = f"it has the lineage {stamp.lineage}, and this state has {state.lineage}: they are of different origin"
    elif stamp.serial != state.serial - 1:
        what = f"it has the serial {stamp.serial} where {state.serial - 1} was expected: somebody else wrote it"
    else:
        return
    raise StateError(not_replaced(where, what))


def not_replaced(where: str, what: str) -> Diagnostic:
    """RC0802: `what` is the reason, in a clause."""
    detail = f"{where} was not replaced, since {what}. What is stored is untouched. Run the command again."
    return error("RC0802", detail)


def unreadable(where: str, what: str) -> Diagnostic:
    """RC0801: what is wrong, in a clause that goes on after a colon, and the way out."""
    return error(
        "RC0801",
        f"{where} can't be read as a state: {what}. Nothing was changed. Restore it from a backup, or move it away: "
        "a lost state file loses no data, objects are adopted again.",
    )


_T = TypeVar("_T")


def _decode(data: bytes, shape: type[_T], where: str) -> _T:
    try:
        return msgspec.json.decode(data, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        _refuse_newer(data, where)
        what = "it is nested too deeply" if isinstance(problem, RecursionError) else str(problem).rstrip(".")
        raise StateError(unreadable(where, what)) from None


def _refuse_newer(data: bytes, where: str) -> None:
    """Says of a document that does not have our shape that it is a newer one's, where it says so itself."""
    try:
        formats = msgspec.json.decode(data, type=_Formats)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return
    _refuse_other_format(formats.version, formats.reconciler.format, where)


def _refuse_other_format(version: int, own: int, where: str) -> None:
    if version > _VERSION or own > _FORMAT:
        detail = (
            f"{where} was written by a newer version of Reconciler: it is of version {version}, format {own}, and "
            f"this program knows version {_VERSION}, format {_FORMAT}. Nothing was changed. Update Reconciler here to "
            "the version that wrote it."
        )
        raise StateError(error("RC0803", detail))
    if version < _VERSION or own < _FORMAT:
        raise StateError(unreadable(where, f"there is no version {version}, format {own}"))


def _refuse_bad_addresses(addresses: Iterable[str], where: str) -> None:
    for address in addresses:
        if len(parts := address.split("/", 2)) != 3 or not all(parts):  # as parse_address, which is slower
            raise StateError(unreadable(where, f"{address!r} in it is not an address"))
