"""What the `state` commands do to a state: pure functions. What they give is ready to be written."""

from collections.abc import Sequence

import msgspec

from reconciler.model.address import Address, matches, parse_address
from reconciler.model.diagnostic import Diagnostic, error
from reconciler.model.state import State
from reconciler.state.backend import StateError
from reconciler.state.document import read_stamp


def forget(state: State, globs: Sequence[str]) -> tuple[State, list[str]]:
    """The state without the objects, pending ones too, that a glob names, and their addresses in order.

    The very same state when there are none.
    """
    removed = sorted(
        text
        for text in state.entries.keys() | state.pending.keys()
        if any(matches(parse_address(text), glob) for glob in globs)
    )
    if not removed:
        return state, []
    gone = set(removed)
    entries, pending = (
        {text: entry for text, entry in every.items() if text not in gone} for every in (state.entries, state.pending)
    )
    return msgspec.structs.replace(state, serial=state.serial + 1, entries=entries, pending=pending), removed


def move(state: State, source: Address, destination: Address) -> State | Diagnostic:
    """The state in which the object at `source` is at `destination`, or the error that says why it can't be.

    Its digests are left behind, since each is bound to its address: causes are unknown until the next apply. So is its
    id where the target is another one.
    """
    entry = state.entries.get(str(source))
    if source.kind != destination.kind:
        detail = (
            f"{source} is of kind {source.kind} and {destination} of kind {destination.kind}. A kind never changes."
        )
        return error("RC0901", detail)
    if entry is None:
        return error("RC0609", f"{source} is not in the state. `reconciler state list` shows what is.", address=source)
    if str(destination) in state.entries:
        detail = f"{destination} is in the state already. Forget it first if it is not the object that you mean."
        return error("RC0301", detail, address=destination)
    moved = msgspec.structs.replace(entry, digests={}, id=entry.id if source.target == destination.target else None)
    entries = {text: other for text, other in state.entries.items() if text != str(source)}
    return msgspec.structs.replace(state, serial=state.serial + 1, entries={**entries, str(destination): moved})


def push(pushed: State, stored: bytes | None, *, force: bool) -> State | Diagnostic:
    """The pushed state, to be written over the document that is `stored`, or why it isn't: it is of another lineage, or
    older. By `force` it is written in any case, also over what can't be read. Its serial rises above both."""
    if stored is None:
        return pushed if pushed.serial else msgspec.structs.replace(pushed, serial=1)
    try:
        stamp = read_stamp(stored, "The stored state")
    except StateError as problem:
        return msgspec.structs.replace(pushed, serial=pushed.serial + 1) if force else problem.diagnostic
    if not force and stamp.lineage != pushed.lineage:
        what = f"it has the lineage {stamp.lineage}, and this one has {pushed.lineage}: they are of different origin"
        return _not_pushed(what)
    if not force and stamp.serial > pushed.serial:
        return _not_pushed(f"it has the serial {stamp.serial}, and this one is older: it has {pushed.serial}")
    return msgspec.structs.replace(pushed, serial=max(stamp.serial, pushed.serial) + 1)


def _not_pushed(what: str) -> Diagnostic:
    detail = f"The stored state was not replaced, since {what}. Nothing was changed. --force replaces it all the same."
    return error("RC0802", detail)
