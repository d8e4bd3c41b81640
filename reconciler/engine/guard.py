"""The guard: what a plan may not do without somebody's consent."""

from collections import Counter
from collections.abc import Iterable, Mapping

from reconciler.model.diagnostic import UNREAD, Diagnostic, Severity, error
from reconciler.model.plan import Action, Change, Plan, Reason, TargetPlan
from reconciler.model.project import Limit, Target

REFUSALS = frozenset({"RC0603", "RC0604", "RC0605"})
"""Codes of diagnostics that refuse a plan (exit status 3)."""


def unfit(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The errors that say that the files ask what can't be done: neither refusals, nor that something was not read."""
    return [
        each
        for each in diagnostics
        if each.severity is Severity.ERROR and each.code not in REFUSALS and each.code not in UNREAD
    ]


def removes(change: Change) -> bool:
    """Whether somebody or something is taken off the target: a delete, or a resignation or disabling in its place."""
    return change.action is Action.DELETE or (change.action is Action.UPDATE and change.reason is Reason.REMOVED)


def changes_existing(change: Change) -> bool:
    return change.action is Action.UPDATE and not removes(change)


def guard(plan: Plan, targets: Mapping[str, Target]) -> list[Diagnostic]:
    """The plan's refusals: deletes and updates beyond the limits, and deletes of protected objects. `allow_deletes` and
    `allow_changes` of the plan consent to exactly that many, in the whole plan."""
    refusals = [
        error(
            "RC0605",
            f"The {change.address.kind} would be deleted, and `lifecycle: {{prevent_delete: true}}` forbids it. To "
            "delete it, first put it back with `prevent_delete: false` and apply; then remove it.",
            address=change.address,
            source=change.source,
        )
        for change in plan.changes()
        if change.protected and removes(change)
    ]
    deletes = [change for change in plan.changes() if removes(change)]
    updates = [change for change in plan.changes() if changes_existing(change)]
    if plan.allow_deletes is None:
        for part in plan.targets:
            refusals += _over_limit(part, targets[part.target], len(deletes), delete=True)
            refusals += _vanished(part, len(deletes))
    elif plan.allow_deletes != len(deletes):
        refusals.append(error("RC0603", _other_number("deletes", len(deletes), plan.allow_deletes, deletes)))
    if plan.allow_changes is None:
        for part in plan.targets:
            refusals += _over_limit(part, targets[part.target], len(updates), delete=False)
    elif plan.allow_changes != len(updates):
        refusals.append(error("RC0604", _other_number("changes", len(updates), plan.allow_changes, updates)))
    return refusals


def _over_limit(part: TargetPlan, target: Target, in_all: int, *, delete: bool) -> list[Diagnostic]:
    wanted, limit = (removes, target.limits.delete) if delete else (changes_existing, target.limits.change)
    where = f"{target.name} that its selection covers" if target.select else target.name
    counts = Counter(change.address.kind for change in part.changes if wanted(change))
    refusals: list[Diagnostic] = []
    for kind, number in sorted(counts.items()):
        live = part.live.get(kind, 0)
        allowed = _allowed(limit, live)
        if allowed is not None and number > allowed:
            word = "delete" if delete else "change"
            refusals.append(
                error(
                    "RC0603" if delete else "RC0604",
                    f"The plan would {word} {number} of the {live} {kind}s on {where}; the limit is "
                    f"{_limit_text(limit)}, which is {allowed} here (`limits: {{{word}: …}}`). Look at the plan. "
                    f"{_way_out(word + 's', in_all)}",
                )
            )
    return refusals


def _allowed(limit: Limit, live: int) -> int | None:
    """The greatest number that the limit lets pass; None where it does not apply."""
    bounds: list[int] = []
    if limit.number is not None:
        bounds.append(limit.number)
    if limit.share is not None and live >= limit.floor:
        bounds.append(int(limit.share * live + 1e-9))
    return min(bounds, default=None)


def _limit_text(limit: Limit) -> str:
    parts = [] if limit.number is None else [str(limit.number)]
    if limit.share is not None:
        parts.append(f"{limit.share * 100:g}%")
    return " or ".join(parts)


def _vanished(part: TargetPlan, in_all: int) -> list[Diagnostic]:
    """A kind that vanishes as a whole, small as it may be, looks more like a lost file than like an intention."""
    return [
        error(
            "RC0603",
            f"The files hold no {kind} for {part.target} any more, and the plan would delete {number} there. Is a "
            f"file missing? {_way_out('deletes', in_all)}",
        )
        for kind, number in sorted(part.vanished.items())
        if number
    ]


def _other_number(word: str, number: int, allowed: int, changes: list[Change]) -> str:
    resigned = sum(change.action is not Action.DELETE for change in changes) if word == "deletes" else 0
    also = f" ({resigned} of them by resigning or disabling)" if resigned else ""
    return (
        f"The plan has {number} {word}{also}, and --allow-{word} consents to exactly {allowed}. Look at the plan "
        f"again. {_way_out(word, number)}"
    )


def _way_out(word: str, number: int) -> str:
    """The option that lets the plan pass; it consents to all targets' deletes or updates at once."""
    return f"If all of it is meant, say --allow-{word} {number}."
