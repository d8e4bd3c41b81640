"""How every view of a plan divides it: by target, what the files ask for apart from what undoes drift, then by kind."""

from collections.abc import Iterable
from itertools import groupby

import msgspec

from reconciler.model.diagnostic import UNREAD, Diagnostic, Severity, in_order
from reconciler.model.kinds import KINDS
from reconciler.model.plan import Action, Cause, Change, Counts, Plan, Reason, TargetPlan, count
from reconciler.model.words import printable
from reconciler.report.text import counted

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
    kinds = list(KINDS)
    return (kinds.index(kind) if kind in KINDS else len(kinds)), kind, _ORDER[change.action], change.address.key


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


def counts_of(part: TargetPlan) -> Counts:
    """What `count` says of one target."""
    return count(Plan(project="", timestamp="", reconciler_version="", files="", targets=(part,)))


def shortfall(part: TargetPlan) -> str:
    """What is amiss with a target that is not complete: an error of the files, or that it could not be read."""
    if part.complete:
        return ""
    unable = any(each.severity is Severity.ERROR and each.code not in UNREAD for each in part.diagnostics)
    return "left out: an error says what it can't do" if unable and not part.changes else "not read completely"


def nothing(plan: Plan) -> str:
    """What to say of a plan without changes; never that all is well of what could not be read or was not looked at."""
    if not plan.complete:
        return "No changes in what could be read"
    if plan.select or plan.exclude:
        return "No changes in what is selected"
    return "No changes: the targets hold what the files say"


def objects(number: int, kind: str, more: str = "") -> str:
    """`1 employee`, `3 more shifts`."""
    one, many = (KINDS[kind].noun, KINDS[kind].nouns) if kind in KINDS else (printable(kind), printable(kind) + "s")
    return counted(number, more + one, more + many)


def placed(part: TargetPlan) -> list[Diagnostic]:
    """The target's diagnostics, with its name where they are about no object of it."""
    return [each if each.address else msgspec.structs.replace(each, address=part.target) for each in part.diagnostics]


def all_diagnostics(plan: Plan) -> list[Diagnostic]:
    """The plan's and every target's, by code, errors last."""
    found = in_order([*plan.diagnostics, *(each for part in plan.targets for each in placed(part))])
    return sorted(found, key=lambda each: (each.severity is Severity.ERROR, each.code))
