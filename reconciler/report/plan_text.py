"""A plan as text for people: by target, then kind, what the files ask for apart from what undoes drift."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from reconciler.model.diagnostic import Diagnostic, in_order
from reconciler.model.kinds import KINDS
from reconciler.model.plan import Action, Cause, Change, Counts, Plan, Reason, TargetPlan, count
from reconciler.report.change_text import detail_lines, label, name, row, row_lines, symbol, why
from reconciler.report.diagnostics import diagnostic_lines
from reconciler.report.text import counted, listed, paint, printable, prose, show_value, wrap

_CREATES_SHOWN = 30  # of one kind on one target
_UPDATES_SHOWN = 200
_NAMES_SHOWN = 5
_ALIKE_SHOWN = 10  # diagnostics with one code
_REMOVALS_SHOWN = 100
_SCREENFUL = 40  # lines
_LEGEND = (("+", "create"), ("~", "update"), ("»", "rename"), ("-", "delete"), ("=", "adopt"), (".", "forget"))
_ORDER = {Action.NOOP: 0, Action.CREATE: 1, Action.UPDATE: 2, Action.DELETE: 3}


def render_plan(plan: Plan, *, color: bool) -> str:
    """The whole plan with its diagnostics; it ends with the line that counts, and a newline."""
    busy = [part for part in plan.targets if part.changes or not part.complete]
    blocks = [_introduction(plan, color), *(_target(part, color) for part in busy)]
    if busy:
        blocks.append(_quiet([part for part in plan.targets if part not in busy]))
    blocks += _diagnostics([*plan.diagnostics, *(each for part in plan.targets for each in part.diagnostics)], color)
    if sum(map(len, blocks)) > _SCREENFUL:
        blocks.append(_removals(plan.changes(), color))
    blocks.append(_closing(plan, color))
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _introduction(plan: Plan, color: bool) -> list[str]:
    """What the signs mean, and what the plan was narrowed by."""
    used = {symbol(change) for change in plan.changes()}
    signs = "   ".join(f"{sign} {word}" for sign, word in _LEGEND if sign in used)
    globs = [f"--select {show_value(glob)}" for glob in plan.select]
    globs += [f"--exclude {show_value(glob)}" for glob in plan.exclude]
    narrowed = f"Narrowed by {' '.join(globs)}: other objects are not in this plan." if globs else ""
    return [*([paint(signs, "dim", color)] if used else []), *prose(narrowed, "")]


def _target(part: TargetPlan, color: bool) -> list[str]:
    numbers = count(_alone(part))
    heading = f"{paint(printable(part.target), 'strong', color)} ({printable(part.system)}, {printable(part.url)})"
    lines = [f"{heading}: {_counts(numbers)}"]
    if not part.complete:
        warning = "NOT READ COMPLETELY: what hangs on what is missing is not in this plan."
        lines.append(paint(f"  {warning}", "error", color))
    asked = [change for change in part.changes if not _only_drift(change)]
    drifted = [change for change in part.changes if _only_drift(change)]
    lines += _kinds(asked, color)
    if drifted:
        heading = f"Drift: changed on {printable(part.target)} since the last apply; this puts back what the files say."
        lines += ["", "  " + paint(heading, "drift", color), *_kinds(drifted, color)]
    return lines


def _alone(part: TargetPlan) -> Plan:
    return Plan(project="", timestamp="", reconciler_version="", files="", targets=(part,))


def _only_drift(change: Change) -> bool:
    if change.fields and change.reason in (Reason.CONFIG, Reason.DRIFT, Reason.BOTH):
        return all(field.cause is Cause.DRIFT for field in change.fields)
    return change.reason is Reason.DRIFT


def _kinds(changes: Iterable[Change], color: bool) -> list[str]:
    """A paragraph for each kind."""
    order = list(KINDS)
    kind_of = lambda change: change.address.kind  # noqa: E731
    ordered = sorted(changes, key=lambda change: (
        order.index(kind_of(change)) if kind_of(change) in KINDS else len(order), kind_of(change),
        _ORDER[change.action], change.address.key))
    lines: list[str] = []
    for kind, group in groupby(ordered, kind_of):
        lines += ["", *_kind(kind, list(group), color)]
    return lines
