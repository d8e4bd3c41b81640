"""The targets of a plan as text: every object with its fields; where that would be endless, the rest counted."""

from collections import Counter
from collections.abc import Iterable, Sequence

from reconciler.model.plan import Action, Change, Counts, Reason, TargetPlan
from reconciler.model.words import printable
from reconciler.report.alike import names_of
from reconciler.report.change_text import detail_lines, name, row, row_lines
from reconciler.report.plan_parts import by_kind, counts_of, left_out, objects, only_drift, removes, step
from reconciler.report.text import counted, listed, paint, prose, wrap

ROOM = 2_000
"""Lines, of all targets together. What is deleted or removed is shown beyond them too."""

_CREATES_SHOWN = 30  # of one kind on one target
_UPDATES_SHOWN = 200
_NAMES_SHOWN = 5
_TARGETS_SHOWN = 20
_COUNTED_SHOWN = 50  # paragraphs that count
_STEPS = ("create", "update", "delete", "adopt", "forget")


def target_blocks(parts: Iterable[TargetPlan], color: bool) -> list[list[str]]:
    """A block for each target; one for those of a system that have the same before them, as terminals of a profile.
    When there is no room for a target any more, it and those after it are counted."""
    blocks: list[list[str]] = []
    rest: list[TargetPlan] = []
    room = ROOM
    for body, alike in _alike(parts, color, whole=True):
        if blocks and (rest or len(body) > room):
            rest += alike
        else:
            blocks.append(_group(alike, body, color, whole=True))
            room -= len(blocks[-1]) + 1
    return [*blocks, *_rest(rest, color)] if rest else blocks


def _alike(parts: Iterable[TargetPlan], color: bool, *, whole: bool) -> list[tuple[tuple[str, ...], list[TargetPlan]]]:
    """The targets of a system that have the same before them, with what it is."""
    groups: dict[tuple[str, tuple[str, ...], object], list[TargetPlan]] = {}
    for part in parts:
        body = tuple(_body(part, "each of them", color, whole=whole))
        counted_too = tuple((change.address.kind, change.address.key, change.fields) for change in part.changes)
        groups.setdefault((part.system, body, counted_too), []).append(part)
    return [(body, alike) for (_, body, _), alike in groups.items()]


def _group(alike: Sequence[TargetPlan], body: Sequence[str], color: bool, *, whole: bool) -> list[str]:
    first = alike[0]
    system, counts = printable(first.system), counts_text(counts_of(first)) if first.changes else ""
    if len(alike) == 1:
        target = printable(first.target)
        title = f"{paint(target, 'strong', color)} ({system}, {printable(first.url)}):"
        return [f"{title} {counts}".rstrip(), *_body(first, target, color, whole=whole)]
    title = f"{paint(f'{len(alike):,} targets', 'strong', color)} ({system}), the same on each:"
    most = len(alike) if any(map(removes, first.changes)) else _TARGETS_SHOWN
    return [
        f"{title} {counts}".rstrip(),
        *prose(f"on {listed(names_of([each.target for each in alike], most))}", "  "),
        *body,
    ]


def _rest(parts: Sequence[TargetPlan], color: bool) -> list[list[str]]:
    """What there is no room for: in full only what is deleted or removed, and what could not be read."""
    dangerous = [part for part in parts if not part.complete or any(map(removes, part.changes))]
    counted_only = [part for part in parts if part.complete and not any(map(removes, part.changes))]
    blocks = [_group(alike, body, color, whole=False) for body, alike in _alike(dangerous, color, whole=False)]
    hint = (
        f"Not all of this plan is shown, since it would be more than {ROOM:,} lines; what is deleted or removed is. "
        "To see all of it: reconciler plan --report plan.html, or of a saved plan reconciler show FILE --report "
        "plan.html. --json has it too."
    )
    return [*blocks, *([_counted(counted_only)] if counted_only else []), prose(hint, "")]


def _counted(parts: Sequence[TargetPlan]) -> list[str]:
    """How much of what on which targets; on very many of them how much on all."""
    groups: dict[str, list[TargetPlan]] = {}
    for part in parts:
        groups.setdefault(_tally(part.changes), []).append(part)
    shown = list(groups.items())[:_COUNTED_SHOWN]
    rest = [part for _, alike in list(groups.items())[_COUNTED_SHOWN:] for part in alike]
    lines = ["Counted only:"]
    for tally, alike in shown:
        lines += prose(f"{tally} on {listed(names_of([each.target for each in alike], _TARGETS_SHOWN))}", "  ")
    if rest:
        total = _tally([change for part in rest for change in part.changes])
        lines += prose(f"… and {total} on {counted(len(rest), 'more target')}", "  ")
    return lines


def _tally(changes: Iterable[Change]) -> str:
    """`18 employees to create, 2 settings to update`"""
    parts = []
    for kind, group in by_kind(changes):
        numbers = Counter(map(step, group))
        parts += [f"{objects(numbers[word], kind)} to {word}" for word in _STEPS if numbers[word]]
    return ", ".join(parts)


def _body(part: TargetPlan, where: str, color: bool, *, whole: bool) -> list[str]:
    """What is to be done on a target, which is called `where`; if not the `whole`, then what is deleted or removed."""
    lines: list[str] = []
    if not part.complete:
        warning = (
            "LEFT OUT: an error below says what it can't do. Nothing of it is in this plan."
            if left_out(part)
            else "NOT READ COMPLETELY: what hangs on what is missing is not in this plan."
        )
        lines.append(paint(f"  {warning}", "error", color))
    shown = part.changes if whole else [change for change in part.changes if removes(change)]
    asked = [change for change in shown if not only_drift(change)]
    drifted = [change for change in shown if only_drift(change)]
    lines += _kinds(asked, color)
    if drifted:
        title = f"Drift: changed on {where} since the last apply; this puts back what the files say."
        lines += ["", "  " + paint(title, "drift", color), *_kinds(drifted, color)]
    if len(shown) < len(part.changes):
        rest = _tally(change for change in part.changes if not removes(change))
        lines += ["", *prose(f"Counted only: {rest}", "  ")]
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
    """Every object with its fields. Of very many creates or updates the first, and how many more; all that is deleted
    or removed."""
    parts = [
        (action, most, [each for each in changes if each.action is action and not removes(each)])
        for action, most in ((Action.CREATE, _CREATES_SHOWN), (Action.UPDATE, _UPDATES_SHOWN))
    ]
    removed = [each for each in changes if removes(each)]
    parts.append((Action.DELETE, len(removed), removed))
    heads = iter(row_lines([row(change) for _, most, these in parts for change in these[:most]], color))
    lines: list[str] = []
    for action, most, these in parts:
        for change, head in zip(these[:most], heads, strict=False):
            lines += ["  " + head, *("  " + detail for detail in detail_lines(change, color))]
        if len(these) > most:
            left = objects(len(these) - most, kind, "more ")
            lines.append(f"  … and {left} to {action}, not shown here; --json has them all.")
    return lines


def counts_text(numbers: Counts, *, closing: bool = False, narrowed: bool = False) -> str:
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
