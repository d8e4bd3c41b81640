"""A plan as text for people: by target, then kind, what the files ask for apart from what undoes drift."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from reconciler.model.diagnostic import UNREAD, Diagnostic, Severity
from reconciler.model.plan import Action, Change, Counts, Plan, Reason, TargetPlan, count
from reconciler.model.words import printable, quoted
from reconciler.report.alike import merged, names_of
from reconciler.report.change_text import detail_lines, name, row, row_lines, symbol
from reconciler.report.diagnostics import body_lines, heading
from reconciler.report.plan_parts import (
    BELIEVED,
    DRIFT_ONLY,
    all_diagnostics,
    by_kind,
    counts_of,
    nothing,
    objects,
    on_snapshot,
    only_drift,
    owners,
    removes,
    unread,
)
from reconciler.report.text import counted, listed, paint, prose, wrap

_CREATES_SHOWN = 30  # of one kind on one target
_UPDATES_SHOWN = 200
_NAMES_SHOWN = 5
_TARGETS_SHOWN = 20
_ALIKE_SHOWN = 10  # diagnostics with one code
_REMOVALS_SHOWN = 100
_SCREENFUL = 40  # lines
_LEGEND = (("+", "create"), ("~", "update"), ("»", "rename"), ("-", "delete"), ("=", "adopt"), (".", "forget"))


def render_plan(plan: Plan, *, color: bool) -> str:
    """The whole plan with its diagnostics; it ends with the line that counts, and a newline."""
    busy = [part for part in plan.targets if part.changes or not part.complete]
    idle = [part for part in plan.targets if part.complete and not part.changes]
    blocks = [_introduction(plan, color), *_targets(busy, color)]
    if busy:
        blocks.append(_quiet(idle))
    urls = {part.target: part.url for part in plan.targets}
    blocks += _diagnostics(merged(all_diagnostics(plan), urls), color)
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


def _targets(parts: Iterable[TargetPlan], color: bool) -> list[list[str]]:
    """A block for each target; one for those of a system that have the same before them, as terminals of a profile."""
    groups: dict[tuple[str, tuple[str, ...]], list[TargetPlan]] = {}
    for part in parts:
        groups.setdefault((part.system, tuple(_body(part, "each of them", color))), []).append(part)
    return [_group(alike, body, color) for (_, body), alike in groups.items()]


def _group(alike: Sequence[TargetPlan], body: Sequence[str], color: bool) -> list[str]:
    first = alike[0]
    system, counts = printable(first.system), _counts(counts_of(first)) if first.changes else ""
    if len(alike) == 1:
        target = printable(first.target)
        title = f"{paint(target, 'strong', color)} ({system}, {printable(first.url)}):"
        return [f"{title} {counts}".rstrip(), *_body(first, target, color)]
    title = f"{paint(f'{len(alike):,} targets', 'strong', color)} ({system}), the same on each:"
    most = len(alike) if any(map(removes, first.changes)) else _TARGETS_SHOWN
    return [
        f"{title} {counts}".rstrip(),
        *prose(f"on {listed(names_of([each.target for each in alike], most))}", "  "),
        *body,
    ]


def _body(part: TargetPlan, where: str, color: bool) -> list[str]:
    """What is to be done on a target, which is called `where`."""
    lines: list[str] = []
    if not part.complete:
        unable = any(each.severity is Severity.ERROR and each.code not in UNREAD for each in part.diagnostics)
        warning = (
            "LEFT OUT: an error below says what it can't do. Nothing of it is in this plan."
            if unable and not part.changes
            else "NOT READ COMPLETELY: what hangs on what is missing is not in this plan."
        )
        lines.append(paint(f"  {warning}", "error", color))
    asked = [change for change in part.changes if not only_drift(change)]
    drifted = [change for change in part.changes if only_drift(change)]
    lines += _kinds(asked, color)
    if drifted:
        title = f"Drift: changed on {where} since the last apply; this puts back what the files say."
        lines += ["", "  " + paint(title, "drift", color), *_kinds(drifted, color)]
    return lines


def _kinds(changes: Iterable[Change], color: bool) -> list[str]:
    """A paragraph for each kind."""
    lines: list[str] = []
    for kind, group in by_kind(changes):
        lines += ["", *_kind(kind, group, color)]
    return lines


def _kind(kind: str, changes: Sequence[Change], color: bool) -> list[str]:
    """Adoptions and forgetting in few lines, then every object with its fields."""
    quiet = [change for change in changes if change.action is Action.NOOP]
    forgotten = [change for change in quiet if change.reason is Reason.REMOVED]
    adopted = [change for change in quiet if change.reason is not Reason.REMOVED]
    lines: list[str] = []
    if adopted:
        lines += _several("=", kind, adopted, "to adopt, already as the files say", color)
    if forgotten:
        lines += _several(".", kind, forgotten, "to forget, left on the target as they are", color)
    each = _objects_lines(kind, changes, color)
    return [*lines, *([""] if lines and each else []), *each]


def _several(sign: str, kind: str, changes: Sequence[Change], what: str, color: bool) -> list[str]:
    names = [name(change) for change in changes[:_NAMES_SHOWN]]
    if len(changes) > _NAMES_SHOWN:
        names.append(f"and {len(changes) - _NAMES_SHOWN:,} more")
    title = f"  {paint(sign, 'adopt', color)} {objects(len(changes), kind)} {what}:"
    return [title, *wrap(names, "      ", separator=", ")]


def _objects_lines(kind: str, changes: Sequence[Change], color: bool) -> list[str]:
    """Every object with its fields. Of very many creates or updates the first, and how many more; every delete."""
    limits = ((Action.CREATE, _CREATES_SHOWN), (Action.UPDATE, _UPDATES_SHOWN), (Action.DELETE, len(changes)))
    by_action = [(action, most, [each for each in changes if each.action is action]) for action, most in limits]
    heads = iter(row_lines([row(change) for _, most, these in by_action for change in these[:most]], color))
    lines: list[str] = []
    for action, most, these in by_action:
        for change, head in zip(these[:most], heads, strict=False):
            lines += ["  " + head, *("  " + detail for detail in detail_lines(change, color))]
        if len(these) > most:
            left = objects(len(these) - most, kind, "more ")
            lines.append(f"  … and {left} to {action}, not shown here; --json has them all.")
    return lines


def _quiet(parts: Sequence[TargetPlan]) -> list[str]:
    """The targets with nothing to do, in one sentence."""
    if not parts:
        return []
    return prose(f"Nothing to do on {listed(names_of([part.target for part in parts], _NAMES_SHOWN))}.", "")


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
    missing = [part.target for part in plan.targets if not part.complete]
    notes: list[str] = []
    if plan.key_id is None and any(_cause_unknown(change) for change in plan.changes()):
        notes += prose(
            "Whether the files or the target changed last is not shown for every field: the key of the state's digests "
            "is not at hand, or an object was never applied.",
            "",
        )
    if missing:
        verb = "was" if len(missing) == 1 else "were"
        names = listed(names_of(missing, _TARGETS_SHOWN))
        said = f"Incomplete: {names} {verb} not read completely, so this is not the whole plan."
        notes += [paint(line, "error", color) for line in prose(said, "")]
    narrowed = bool(plan.select or plan.exclude or plan.drift_only)
    believed = [f"{printable(each.path)} of {owners(each.kind, each.objects)}" for each in unread(plan)]
    notes += prose(f"{BELIEVED} {', '.join(believed)}." if believed else "", "")
    if numbers.changes:
        return [*notes, paint("Plan:", "strong", color) + f" {_counts(numbers, closing=True, narrowed=narrowed)}."]
    if plan.drift_only or plan.snapshot is not None:
        return [*notes, f"{nothing(plan)}."]
    return [*notes, *_no_changes(numbers, bool(missing), narrowed, bool(believed), color)]


def _no_changes(numbers: Counts, incomplete: bool, narrowed: bool, believed: bool, color: bool) -> list[str]:
    """That there is nothing to do on any target; never said of what could not be read or was not looked at."""
    counts = _counts(numbers, closing=True, narrowed=narrowed)
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


def _cause_unknown(change: Change) -> bool:
    return any(field.cause is None and not field.unreadable for field in change.fields)


def _counts(numbers: Counts, *, closing: bool = False, narrowed: bool = False) -> str:
    """`3 to create, 2 to delete; 5 to adopt`. A closing line has its zeros, and `; 994 unchanged` of a whole plan."""
    steps = [
        f"{number:,} to {word}"
        for number, word in ((numbers.create, "create"), (numbers.update, "update"), (numbers.delete, "delete"))
        if number or (closing and numbers.changes)
    ]
    parts = [", ".join(steps)] if steps else []
    parts += [f"{n:,} to {word}" for n, word in ((numbers.adopt, "adopt"), (numbers.forget, "forget")) if n]
    if closing and not narrowed:
        parts.append(f"{numbers.unchanged:,} unchanged")
    return "; ".join(parts)
