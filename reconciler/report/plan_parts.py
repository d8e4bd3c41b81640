"""How every view of a plan divides it: by target, what the files ask for apart from what undoes drift, then by kind."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

import msgspec

from reconciler.model.diagnostic import UNREAD, Diagnostic, Severity, in_order
from reconciler.model.kinds import KINDS
from reconciler.model.plan import Action, Cause, Change, Counts, Plan, Reason, TargetPlan, Unread, count
from reconciler.model.terminals import SETTINGS
from reconciler.model.words import printable
from reconciler.report.alike import merged
from reconciler.report.text import counted, listed

DRIFT_ONLY = "Only what undoes drift: what the files ask for besides is not in this plan."
NO_DRIFT = "No drift: nothing has changed on the targets that an apply had written"

_NOT_COMPARED = "RC0810"  # of masked values, with a snapshot
_RANKS = {kind: number for number, kind in enumerate(KINDS)}
_ORDER = {Action.NOOP: 0, Action.CREATE: 1, Action.UPDATE: 2, Action.DELETE: 3}


class Group(msgspec.Struct, frozen=True):
    """Changes of one kind on one target, in the order of `by_kind`."""

    target: str
    kind: str
    drift: bool
    changes: tuple[Change, ...]


def groups(part: TargetPlan) -> list[Group]:
    """What the files ask of a target, then what undoes drift there."""
    return [
        Group(part.target, kind, drift, tuple(changes))
        for drift in (False, True)
        for kind, changes in by_kind(change for change in part.changes if only_drift(change) is drift)
    ]


def by_kind(changes: Iterable[Change]) -> list[tuple[str, list[Change]]]:
    """Changes by kind as the language lists them, then deletes last, then key."""
    grouped = groupby(sorted(changes, key=_place), lambda change: change.address.kind)
    return [(kind, list(group)) for kind, group in grouped]


def _place(change: Change) -> tuple[int, str, int, str]:
    kind = change.address.kind
    return _RANKS.get(kind, len(_RANKS)), kind, _ORDER[change.action], change.address.key


def only_drift(change: Change) -> bool:
    """Whether the change does nothing but undo what somebody did on the target."""
    if change.fields and change.reason in (Reason.CONFIG, Reason.DRIFT, Reason.BOTH):
        return all(field.cause is Cause.DRIFT for field in change.fields)
    return change.reason is Reason.DRIFT


def step(change: Change) -> str:
    """`create`, `update`, `delete`, `adopt` or `forget`: what `count` counts it as."""
    if change.action is Action.NOOP:
        return "forget" if change.reason is Reason.REMOVED else "adopt"
    return change.action.value


def removes(change: Change) -> bool:
    """Whether the target loses the object, or what made it ours: it is deleted, resigned or disabled."""
    return change.leaves_state and change.action is not Action.NOOP


def gone(removed: Sequence[Change]) -> str:
    """`3 employees on 2 targets are deleted or removed`"""
    objects_of: dict[str, set[str]] = {}
    for change in sorted(removed, key=_place):
        objects_of.setdefault(change.address.kind, set()).add(change.address.key)
    what = listed([objects(len(keys), kind) for kind, keys in objects_of.items()])
    verb = "is" if sum(map(len, objects_of.values())) == 1 else "are"
    return f"{what} on {places(removed)} {verb} deleted or removed"


def places(changes: Iterable[Change]) -> str:
    """`hq`, `3 targets`."""
    targets = {change.address.target for change in changes}
    return printable(*targets) if len(targets) == 1 else counted(len(targets), "target")


def counts_of(part: TargetPlan) -> Counts:
    """What `count` says of one target."""
    return count(Plan(project="", timestamp="", reconciler_version="", files="", targets=(part,)))


def shortfall(part: TargetPlan) -> str:
    """What is amiss with a target that is not complete: an error of the files, or that it could not be read."""
    if part.complete:
        return ""
    return "left out: an error says what it can't do" if left_out(part) else "not read completely"


def left_out(part: TargetPlan) -> bool:
    """Whether an error of the files keeps the target out of the plan; the others go on without it."""
    return not part.complete and not part.changes and any(map(_unfit, part.diagnostics))


def lacking(plan: Plan) -> list[tuple[str, list[str]]]:
    """What is amiss with the targets that are not complete, and their names."""
    names: dict[str, list[str]] = {"not read completely": [], "left out for an error": []}
    for part in plan.targets:
        if not part.complete:
            names["left out for an error" if left_out(part) else "not read completely"].append(part.target)
    return [(what, these) for what, these in names.items() if these]


def amiss(plan: Plan, shown: Callable[[Sequence[str]], str]) -> str:
    """`hq was not read completely, and lobby was left out for an error`; "" of a whole plan. `shown` shows names."""
    return ", and ".join(
        f"{shown(names)} {'was' if len(names) == 1 else 'were'} {what}" for what, names in lacking(plan)
    )


def refused(plan: Plan) -> bool:
    """Whether an apply would not begin: for a limit, a lifecycle rule, or what the files ask and can't be done."""
    parts = (part.diagnostics for part in plan.targets if not left_out(part))
    return any(map(_unfit, (*plan.diagnostics, *(each for diagnostics in parts for each in diagnostics))))


def _unfit(each: Diagnostic) -> bool:
    return each.severity is Severity.ERROR and each.code not in UNREAD


def unexplained(plan: Plan) -> str:
    """Why causes are missing; "" when none is."""
    fields = (field for change in plan.changes() for field in change.fields)
    if not any(field.cause is None and not field.unreadable for field in fields):
        return ""
    return (
        "Whether the files or the target changed last is not known of every field, since the key of the state's "
        "digests is not at hand."
    )


def on_snapshot(plan: Plan) -> str:
    """That the targets were not asked; "" where they were."""
    if plan.snapshot is None:
        return ""
    return f"Planned on the snapshot {printable(plan.snapshot)}: no target was asked how it is now."


def idle_on(plan: Plan, targets: str) -> str:
    """That nothing is to be done on these targets. Those that a narrowed plan leaves out were not even asked."""
    within = "In what is selected there is nothing" if plan.select or plan.exclude else "Nothing"
    return f"{within} to do on {targets}."


def nothing(plan: Plan) -> str:
    """What to say of a plan without changes; never that all is well of what could not be read or was not looked at."""
    if not plan.complete:
        return "No drift in what could be compared" if plan.drift_only else "No changes in what could be read"
    if plan.drift_only:
        return "No drift in what is selected" if plan.select or plan.exclude else NO_DRIFT
    if plan.select or plan.exclude:
        return "No changes in what is selected"
    told = (*plan.diagnostics, *(each for part in plan.targets for each in part.diagnostics))
    if any(each.code == _NOT_COMPARED for each in told):
        return "No changes in what could be compared"
    hold = "targets hold" if plan.snapshot is None else "snapshot holds"
    but = ", but for what can't be read" if any(part.unread for part in plan.targets) else ""
    return f"No changes: the {hold} what the files say{but}"


BELIEVED = "What can't be read is taken to be as last applied:"
"""Begins the sentence that says what a plan has not compared."""


def unread(plan: Plan) -> list[Unread]:
    """What can't be read, on all targets together."""
    numbers: Counter[tuple[str, str]] = Counter()
    for part in plan.targets:
        for each in part.unread:
            numbers[each.kind, each.path] += each.objects
    return [Unread(kind, path, number) for (kind, path), number in sorted(numbers.items())]


def owners(kind: str, number: int) -> str:
    """`3 employees`; whose settings they are for settings."""
    return counted(number, "terminal") if kind == SETTINGS.name else objects(number, kind)


def objects(number: int, kind: str, more: str = "") -> str:
    """`1 employee`, `3 more shifts`."""
    one, many = (KINDS[kind].noun, KINDS[kind].nouns) if kind in KINDS else (printable(kind), printable(kind) + "s")
    return counted(number, more + one, more + many)


def placed(part: TargetPlan) -> list[Diagnostic]:
    """The target's diagnostics, with its name where they are about no object of it."""
    return [each if each.address else msgspec.structs.replace(each, address=part.target) for each in part.diagnostics]


def told_once(plan: Plan) -> list[Diagnostic]:
    """The plan's and every target's, by code, errors last; what is true of several targets is one of them."""
    found = in_order([*plan.diagnostics, *(each for part in plan.targets for each in placed(part))])
    ordered = sorted(found, key=lambda each: (each.severity is Severity.ERROR, each.code))
    return merged(ordered, {part.target: part.url for part in plan.targets})
