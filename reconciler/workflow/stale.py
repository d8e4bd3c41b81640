"""Whether a saved plan still holds: judged by each object that it touches, never by the whole world."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from reconciler.engine.guard import REFUSALS
from reconciler.engine.order import needs
from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, error
from reconciler.model.digest import live_digest
from reconciler.model.plan import Action, Change, Plan
from reconciler.model.secret import Secret

_DONE = {Action.CREATE: "created", Action.UPDATE: "updated", Action.DELETE: "deleted", Action.NOOP: "adopted"}


def still_valid(saved: Plan, fresh: Plan, key: bytes | None) -> tuple[Plan, list[Diagnostic]]:
    """The saved plan's changes with what the file does not hold (masked values) taken from `fresh`, a plan made now
    from the same files with the same options; and an error for each object that has moved since.

    Changes that only the fresh plan has are left for the next plan, and so are those of a target that could not be
    read, which the fresh plan says.
    """
    if saved.files != fresh.files:
        return saved, [
            error(
                "RC0807",
                "The files are not those that the plan was made from. Apply a plan of these files: run plan again.",
            )
        ]
    if saved.key_id not in (None, fresh.key_id):
        return saved, [
            error(
                "RC0807",
                "The plan was made with a key of digests that is not at hand, so nobody can tell what moved since. "
                "Set RECONCILER_KEY as it was there, or bring .reconciler/key along; or run plan again here.",
            )
        ]
    wanted = {change.address: change for change in saved.changes()}
    found = {change.address: change for change in fresh.changes()}
    keyed = key if saved.key_id is not None else None
    needed = needs(fresh.changes())
    unread = {part.target for part in fresh.targets if not part.complete}
    moved: list[Diagnostic] = []
    for change in wanted.values():
        now = found.get(change.address)
        if now is not None:
            moved += _moved(change, now, needed[change.address], wanted, keyed)
        elif change.address.target not in unread and change.action is not Action.NOOP:
            moved += _gone(change, fresh)
    parts = tuple(
        msgspec.structs.replace(part, changes=tuple(change for change in part.changes if change.address in wanted))
        for part in fresh.targets
    )
    refusals = [each for each in saved.diagnostics if each.code in REFUSALS]
    return msgspec.structs.replace(fresh, targets=parts, diagnostics=tuple(refusals)), moved


def _gone(change: Change, fresh: Plan) -> Iterator[Diagnostic]:
    """Why a change is no longer to be made: the fresh plan says it, or there is nothing left to do."""
    reasons = [each for part in fresh.targets for each in part.diagnostics if each.address == str(change.address)]
    if reasons:
        yield _stale(change, "it can't be changed as planned any more")
        yield from reasons
    elif change.leaves_state:
        yield _stale(change, "it is gone, or no longer ours")
    else:
        yield _stale(change, "it no longer differs from the files")


def _moved(
    change: Change, now: Change, needed: Sequence[Address], wanted: Mapping[Address, Change], key: bytes | None
) -> Iterator[Diagnostic]:
    if now.action is not change.action:
        yield _stale(
            change, f"the plan says that it is {_DONE[change.action]}, and now it would be {_DONE[now.action]}"
        )
    elif change.before is not None and live_digest(key, now.before or {}) != change.live_digest:
        yield _stale(change, _what_moved(change, now))
    elif missing := [need for need in needed if need not in wanted]:
        yield _stale(change, f"it now waits for {missing[0]}, which is not in the plan")


def _what_moved(change: Change, now: Change) -> str:
    before, live = change.before or {}, now.before or {}
    paths = sorted(
        path
        for path in before.keys() | live.keys()
        if before.get(path) != live.get(path) and not isinstance(live.get(path), Secret)
    )
    names = ", ".join(f"`{path}`" for path in paths) or "a masked value"
    return f"{names} changed on the target"


def _stale(change: Change, why: str) -> Diagnostic:
    return error(
        "RC0807",
        f"Since the plan was saved this {change.address.kind} has moved: {why}. Run plan again.",
        address=change.address,
        source=change.source,
    )
