"""A plan as text for people: by target, then kind, what the files ask for apart from what undoes drift."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.plan import Change, Counts, Plan, TargetPlan, count
from reconciler.model.words import printable, quoted
from reconciler.report.alike import names_of
from reconciler.report.change_text import row, row_lines, symbol
from reconciler.report.diagnostics import body_lines, heading
from reconciler.report.plan_parts import (
    BELIEVED,
    DRIFT_ONLY,
    amiss,
    idle_on,
    nothing,
    on_snapshot,
    owners,
    removes,
    told_once,
    unexplained,
    unread,
)
from reconciler.report.risks import concerns, whose
from reconciler.report.target_text import counts_text, target_blocks
from reconciler.report.text import counted, listed, paint, prose

_NAMES_SHOWN = 5
_TARGETS_SHOWN = 20
_ALIKE_SHOWN = 10  # diagnostics with one code
_REMOVALS_SHOWN = 100
_SCREENFUL = 40  # lines
_CONCERNS_SHOWN = 6  # of one risk
_LEGEND = (("+", "create"), ("~", "update"), ("»", "rename"), ("-", "delete"), ("=", "adopt"), (".", "forget"))


def render_plan(plan: Plan, *, color: bool) -> str:
    """The whole plan with its diagnostics; it ends with the line that counts, and a newline."""
    busy = [part for part in plan.targets if part.changes or not part.complete]
    idle = [part for part in plan.targets if part.complete and not part.changes]
    blocks = [_introduction(plan, color), *target_blocks(busy, color)]
    if busy:
        blocks.append(_quiet(plan, idle))
    blocks += _diagnostics(told_once(plan), color)
    blocks.append(_concerns(plan, color))
    if sum(map(len, blocks)) > _SCREENFUL:
        blocks.append(_removals(plan.changes(), color))
    blocks.append(_closing(plan, color))
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _introduction(plan: Plan, color: bool) -> list[str]:
    """What the signs mean, and what the plan was narrowed by."""
    used = {symbol(change) for change in plan.changes()}
    signs = "   ".join(f"{sign} {word}" for sign, word in _LEGEND if sign in used)
    globs = [f"--select {quoted(printable(glob))}" for glob in plan.select]
    globs += [f"--exclude {quoted(printable(glob))}" for glob in plan.exclude]
    narrowed = f"Narrowed by {' '.join(globs)}: other objects are not in this plan." if globs else ""
    notes = (narrowed, DRIFT_ONLY if plan.drift_only else "", on_snapshot(plan))
    return [*([paint(signs, "dim", color)] if used else []), *(line for note in notes for line in prose(note, ""))]


def _quiet(plan: Plan, parts: Sequence[TargetPlan]) -> list[str]:
    """The targets with nothing to do, in one sentence."""
    if not parts:
        return []
    return prose(idle_on(plan, listed(names_of([part.target for part in parts], _NAMES_SHOWN))), "")


def _diagnostics(diagnostics: Iterable[Diagnostic], color: bool) -> list[list[str]]:
    """A paragraph for each code, errors last. Of many warnings with one code the first few, and how many more."""
    blocks: list[list[str]] = []
    for (severity, code), group in groupby(diagnostics, lambda each: (each.severity, each.code)):
        alike = list(group)
        shown = alike if severity is Severity.ERROR else alike[:_ALIKE_SHOWN]
        block = [heading(alike[0], color=color)]
        for diagnostic in shown:
            block += body_lines(diagnostic, indent="    " if len(alike) > 1 else "  ")
        if len(alike) > len(shown):
            left = counted(len(alike) - len(shown), "more warning")
            block.append(f"  … and {left} with {code}, not shown here; --json has them all.")
        blocks.append(block)
    return blocks


def _concerns(plan: Plan, color: bool) -> list[str]:
    """Whose access is taken away or widened, and what may get out of reach, where it is read before the last line."""
    lines: list[str] = []
    for risk, group in groupby(concerns(plan), lambda each: each.risk):
        found = list(group)
        lines.append(f"  {paint(risk.capitalize(), 'warning', color)}")
        for each in found[:_CONCERNS_SHOWN]:
            number, names = whose(each)
            lines += [*prose(each.what, "    "), *prose(f"{number}: {listed(names)}", "        ")]
        if len(found) > _CONCERNS_SHOWN:
            lines.append(f"    … and {counted(len(found) - _CONCERNS_SHOWN, 'more such difference')}.")
    return ["Look at these closely:", *lines] if lines else []


def _removals(changes: Iterable[Change], color: bool) -> list[str]:
    """What is deleted or otherwise taken off the files' keeping, once more, where it can't scroll out of view."""
    removed = [change for change in changes if removes(change)]
    if not removed:
        return []
    rows = [row(change)._replace(name=printable(str(change.address))) for change in removed[:_REMOVALS_SHOWN]]
    lines = [f"Once more, what this plan deletes or removes ({len(removed):,}):"]
    lines += ["  " + line for line in row_lines(rows, color)]
    if len(removed) > _REMOVALS_SHOWN:
        lines.append(f"  … and {len(removed) - _REMOVALS_SHOWN:,} more, listed above.")
    return lines


def _closing(plan: Plan, color: bool) -> list[str]:
    numbers = count(plan)
    notes: list[str] = []
    notes += prose(unexplained(plan), "")
    if wrong := amiss(plan, lambda names: listed(names_of(names, _TARGETS_SHOWN))):
        said = f"Incomplete: {wrong}, so this is not the whole plan."
        notes += [paint(line, "error", color) for line in prose(said, "")]
    narrowed = bool(plan.select or plan.exclude or plan.drift_only)
    believed = [f"{printable(each.path)} of {owners(each.kind, each.objects)}" for each in unread(plan)]
    notes += prose(f"{BELIEVED} {', '.join(believed)}." if believed else "", "")
    if numbers.changes:
        return [*notes, paint("Plan:", "strong", color) + f" {counts_text(numbers, closing=True, narrowed=narrowed)}."]
    if plan.drift_only or plan.snapshot is not None:
        return [*notes, f"{nothing(plan)}."]
    return [*notes, *_no_changes(numbers, bool(wrong), narrowed, bool(believed), color)]


def _no_changes(numbers: Counts, incomplete: bool, narrowed: bool, believed: bool, color: bool) -> list[str]:
    """That there is nothing to do on any target; never said of what could not be read or was not looked at."""
    counts = counts_text(numbers, closing=True, narrowed=narrowed)
    if incomplete:
        known = bool(numbers.unchanged or numbers.adopt or numbers.forget)
        return [f"No changes in what could be read; {counts}." if known and counts else "Nothing could be compared."]
    if narrowed:
        return [f"No changes in what is selected{f'; {counts}' if counts else ''}."]
    good = paint("No changes.", "good", color)
    if numbers.adopt or numbers.forget:
        return [f"{good} No target is written to; {counts}."]
    but = ", but for what can't be read" if believed else ""
    return [f"{good} The targets hold what the files say{but}; {counts}."]
