"""Settling a write: what is done when a reply was lost, or when a create finds its key taken."""

from collections.abc import Sequence

import msgspec

from reconciler.model.diagnostic import error
from reconciler.model.objects import Live
from reconciler.model.outcome import Outcome, Status
from reconciler.model.plan import Action, Change, FieldChange, Reason
from reconciler.systems.base import Writer
from reconciler.transport.failure import Failure

TRIES = 3
"""How often a create is sent whose reply is lost every time while a look-up does not find it."""


def settle(writer: Writer, changes: Sequence[Change]) -> list[Outcome]:
    """Carries out changes that go together, and finds out about each create that is not simply done or refused."""
    outcomes = writer.write(changes)
    return [
        _settle_create(writer, change, outcome) if change.action is Action.CREATE else outcome
        for change, outcome in zip(changes, outcomes, strict=True)
    ]


def _settle_create(writer: Writer, change: Change, outcome: Outcome) -> Outcome:
    """A create whose reply was lost is looked up before it is sent again; one that was refused since the key is taken
    becomes an update of what is there."""
    for sent in range(1, TRIES + 1):
        if outcome.status is not Status.UNKNOWN and not outcome.duplicate:
            return outcome
        try:
            live = writer.find(change.address.kind, change.address.key, sorted(change.after or {}))
        except Failure as failure:
            detail = f"{_detail(outcome)} Looking it up failed as well: {failure.detail}"
            return _unknown(change, detail)
        if live is not None:
            return _complete(writer, change, live, ours=not outcome.duplicate)
        if outcome.duplicate:
            return _in_the_way(change, outcome)
        if sent < TRIES:
            outcome = writer.write([change])[0]
    return outcome


def _complete(writer: Writer, change: Change, live: Live, *, ours: bool) -> Outcome:
    """What was to be created is there: its other fields are set, if they differ, or if nobody can see whether they do:
    a create may be more than one call, of which the first was lost. When that fails, an id tells that it is `ours`,
    made by the create whose reply was lost; what somebody else made must not be taken for it."""
    after = change.after or {}
    fields = tuple(
        FieldChange(path, live.values.get(path), value, unreadable=path not in live.values)
        for path, value in sorted(after.items())
        if (live.values[path] != value if path in live.values else not (ours and value in (None, ())))
    )
    if not fields:
        return Outcome(address=change.address, status=Status.DONE, id=live.id)
    before = {path: live.values[path] for path in after if path in live.values}
    update = msgspec.structs.replace(change, before=before, fields=fields, id=live.id, reason=Reason.CONFIG)
    outcome = writer.write([update])[0]
    return msgspec.structs.replace(outcome, id=live.id if ours or outcome.status is Status.DONE else None)


def _in_the_way(change: Change, outcome: Outcome) -> Outcome:
    return Outcome(
        address=change.address,
        status=Status.FAILED,
        diagnostic=error(
            "RC0705",
            f"The target refused the key of {change.address.kind} {change.address.key}, and shows no such "
            f"{change.address.kind}: it may be resigned, deleted but kept, or belong to another company. Look for it "
            f"on the target. {_detail(outcome)}",
            address=change.address,
            source=change.source,
        ),
    )


def _unknown(change: Change, detail: str) -> Outcome:
    return Outcome(
        address=change.address,
        status=Status.UNKNOWN,
        diagnostic=error("RC0702", detail, address=change.address, source=change.source),
    )


def _detail(outcome: Outcome) -> str:
    return outcome.diagnostic.detail if outcome.diagnostic else "The reply was lost."
