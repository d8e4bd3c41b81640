"""`--drift-only`: of a plan what undoes drift, and nothing that the files ask for besides."""

from collections.abc import Collection, Iterable, Iterator

import msgspec

from reconciler.engine.narrow import without_waiting
from reconciler.engine.order import needs
from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, error, warning
from reconciler.model.digest import live_digest
from reconciler.model.plan import Cause, Change, Reason
from reconciler.model.state import Memory


def undoing(change: Change, key: bytes | None) -> Change | None:
    """The part of a change that undoes drift, if there is one: the create of what somebody deleted, and of an update
    the fields that only the target changed. `key` is the one of live digests."""
    if change.before is None:
        return change if change.reason is Reason.DRIFT else None
    fields = tuple(each for each in change.fields if each.cause is Cause.DRIFT)
    if not fields or not _is_plain(change):
        return None
    left = tuple(each.path for each in change.fields if each.cause is not Cause.DRIFT)
    before = {path: value for path, value in change.before.items() if path not in left}
    return msgspec.structs.replace(
        change,
        reason=Reason.DRIFT,
        before=before,
        after={path: value for path, value in (change.after or {}).items() if path not in left},
        fields=fields,
        left=left,
        live_digest=live_digest(key, before),
    )


def _is_plain(change: Change) -> bool:
    """Whether the object stays where and what it is: a rename and a removal are what the files ask for."""
    return change.after is not None and change.was is None and change.reason is not Reason.REMOVED


def only(changes: list[Change], drifted: Collection[Address]) -> tuple[list[Change], list[Diagnostic]]:
    """Of changes in their order those at the addresses of `drifted`. One that waits for another is left out, with a
    warning."""
    kept = {change.address for change in changes if change.address in drifted}
    waiting = without_waiting(kept, needs(changes))
    return [change for change in changes if change.address in kept], [
        _warned(change, f"It waits for {waiting[change.address]}, which is no drift, so --drift-only leaves it out.")
        for change in changes
        if change.address in waiting
    ]


def remaining(changes: Iterable[Change]) -> Iterator[Diagnostic]:
    """What drifted and can't be undone apart from what the files ask for: nobody knows what a field that both sides
    changed was before, and what is to be renamed would have to be found under two names."""
    for change in changes:
        drifts = (Cause.BOTH,) if _is_plain(change) else (Cause.BOTH, Cause.DRIFT)
        if paths := ", ".join(f"`{each.path}`" for each in change.fields if each.cause in drifts):
            why = "ask for another value by now" if change.was is None else "rename the object"
            yield _warned(
                change,
                f"{paths} changed on the target, and the files {why}. --drift-only leaves it as it is; a plan without "
                "it has what the files ask for.",
            )


def unknowable(target: str, memory: Memory) -> list[Diagnostic]:
    """That drift can't be told, where the digests of what was applied can't be compared."""
    if memory.key is not None or not memory.entries:
        return []
    detail = (
        f"What drifted on {target} can't be told: the key of the state's digests is not at hand, or it is another one. "
        "Set RECONCILER_KEY as it was at the last apply, or bring .reconciler/key along."
    )
    return [error("RC0808", detail)]


def _warned(change: Change, detail: str) -> Diagnostic:
    return warning("RC0704", detail, address=change.address, source=change.source)
