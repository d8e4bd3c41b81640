"""A plan as one comment of a pull request, whatever its size. What others wrote stands in code spans only."""

from collections.abc import Callable, Sequence
from itertools import accumulate, groupby
from urllib.parse import quote

import msgspec

from reconciler.model.diagnostic import SUMMARIES, Diagnostic, Severity
from reconciler.model.plan import Action, Cause, Change, Counts, FieldChange, Plan, TargetPlan, count
from reconciler.model.secret import Secret, SecretReference
from reconciler.model.words import show_pair, show_value
from reconciler.report.change_text import detail_lines, in_order, label, reason
from reconciler.report.markdown import LONGEST, cell, code, tag_text, window
from reconciler.report.plan_parts import (
    BELIEVED,
    DRIFT_ONLY,
    Group,
    amiss,
    counts_of,
    gone,
    groups,
    idle_on,
    nothing,
    objects,
    owners,
    refused,
    removes,
    shortfall,
    step,
    told_once,
    unexplained,
    unread,
)
from reconciler.report.risks import concerns, whose
from reconciler.report.text import counted, listed

LIMIT = 65_535
"""Bytes of UTF-8: GitHub refuses a comment of more than 65,536 characters."""

_NAME = 100  # code points
_NAMES_SHOWN = 20
# bytes, of the parts of the comment
_ERRORS_ROOM, _CLOSELY_ROOM, _OVERVIEW_ROOM, _WARNINGS_ROOM = 10_000, 6_000, 6_000, 4_000
_GROUPS_ROOM, _CLOSING_ROOM = 8_000, 1_000
_FIELDS_ROOM = 4_000  # of one object
_MEMBERS_SHOWN = 6
_CONCERNS_SHOWN = 4  # of one risk
_CAUSES = {None: "not known", Cause.CONFIG: "config", Cause.DRIFT: "**drift**", Cause.BOTH: "config and **drift**"}
_STEPS = ("delete", "update", "create", "forget", "adopt")
_IN_GROUPS = ("update", "create", "delete")  # the deletes stand above already


def render_markdown(plan: Plan) -> str:
    """The plan in at most LIMIT bytes, with a line for a program to find it again first, what is deleted next, and
    what was left out last."""
    found = told_once(plan)
    errors = [each for each in found if each.severity is Severity.ERROR]
    warnings = [each for each in found if each.severity is Severity.WARNING]
    blocks = [marker(plan.project), *_heading(plan)]
    blocks += _fill(list(map(_diagnostic, errors)), _ERRORS_ROOM, lambda left: f"- … and {left:,} more errors.")
    removed = [change for change in plan.changes() if removes(change)]
    blocks += _closely(plan, removed)
    overview = _overview(plan)
    closing = [*_warnings(warnings), *_believed(plan)]
    room = LIMIT - sum(map(_size, (*blocks, *overview, *closing))) - _CLOSING_ROOM
    blocks += [*_removals(removed, room - _GROUPS_ROOM), *overview]
    details, left_out = _groups(plan, LIMIT - sum(map(_size, (*blocks, *closing))) - _CLOSING_ROOM)
    return "\n".join([*blocks, *details, *closing, *_left_out(left_out)]) + "\n"


def marker(project: str) -> str:
    """The first line, by which a program finds its earlier comment."""
    return f"<!-- reconciler:plan:{quote(project[:_NAME], safe='')} -->"


def _size(line: str) -> int:
    return len(line.encode()) + 1


def _fill(lines: Sequence[str], room: int, rest: Callable[[int], str]) -> list[str]:
    """As many lines as there is room for, and what says how many more there are. There is an empty line behind them."""
    if not lines:
        return []
    fitting = sum(1 for size in accumulate(map(_size, lines)) if size <= room)
    return [*lines[:fitting], *([rest(len(lines) - fitting)] if fitting < len(lines) else []), ""]


def _heading(plan: Plan) -> list[str]:
    numbers = count(plan)
    lines = [f"## Plan for {code(plan.project, most=_NAME)}: {_counts(numbers) or nothing(plan)}", ""]
    if wrong := amiss(plan, _names):
        lines.append(f"**INCOMPLETE: {wrong}, so this is not the whole plan.**")
        lines += ["What hangs on what is missing is not in it.", ""]
    if refused(plan):
        lines += ["**An apply would refuse this plan.** The errors say why, and what to do.", ""]
    narrowed = (("--select", plan.select), ("--exclude", plan.exclude))
    globs = [f"`{option}` {code(glob, most=_NAME)}" for option, chosen in narrowed for glob in chosen]
    if globs:
        lines += [f"Narrowed by {', '.join(globs[:_NAMES_SHOWN])}: other objects are not in this plan.", ""]
    if plan.drift_only:
        lines += [DRIFT_ONLY, ""]
    if why := unexplained(plan):
        lines += [why, ""]
    if plan.snapshot is not None:
        lines += [f"Planned on the snapshot {code(plan.snapshot, most=_NAME)}: no target was asked how it is now.", ""]
    return lines


def _counts(numbers: Counts) -> str:
    steps = [(getattr(numbers, word), word) for word in ("delete", "update", "create", "adopt", "forget")]
    return ", ".join(f"{number:,} to {word}" for number, word in steps if number)


def _names(names: Sequence[str]) -> str:
    shown = [code(name, most=_NAME) for name in names[:_NAMES_SHOWN]]
    return listed(shown + ([f"{len(names) - _NAMES_SHOWN:,} more"] if len(names) > _NAMES_SHOWN else []))


def _diagnostic(each: Diagnostic) -> str:
    summary = each.summary if each.summary == SUMMARIES.get(each.code) else code(each.summary)
    place = "".join(f" {code(str(part))}" for part in (each.source, each.address) if part)
    known = each.code if each.code in SUMMARIES else code(each.code)
    return f"- **{each.severity.capitalize()}: {summary}** ({known}){place}: {code(each.detail, most=1_000)}"


def _closely(plan: Plan, removed: Sequence[Change]) -> list[str]:
    """What is dangerous, in a few lines: how much goes, whose access changes, and what may get out of reach."""
    lines = [f"- **{tag_text(gone(removed))}**: listed below"] if removed else []
    for risk, group in groupby(concerns(plan), lambda each: each.risk):
        found = list(group)
        lines.append(f"- **{risk.capitalize()}**")
        for each in found[:_CONCERNS_SHOWN]:
            number, names = whose(each)
            lines.append(f"  - {code(each.what)}: {code(f'{number}: {listed(names)}')}")
        if len(found) > _CONCERNS_SHOWN:
            lines.append(f"  - … and {counted(len(found) - _CONCERNS_SHOWN, 'more such difference')}")
    shown = _fill(lines, _CLOSELY_ROOM, lambda left: f"- … and {left:,} more lines.")
    return ["### Look at these closely", "", *shown] if shown else []


def _overview(plan: Plan) -> list[str]:
    """How much happens on each target, those with most deletes first."""
    busy = [part for part in plan.targets if part.changes or not part.complete]
    if not busy:
        return []
    rows = [_overview_row(part) for part in sorted(busy, key=lambda part: counts_of(part).delete, reverse=True)]
    shown = _fill(rows, _OVERVIEW_ROOM, lambda left: f"| … and {left:,} more targets{' |' * 9}")
    idle = len(plan.targets) - len(busy)
    return [
        f"| target | | {' | '.join(_STEPS)} | unchanged |",
        f"| --- | --- |{' ---: |' * 6}",
        *shown,
        *([idle_on(plan, counted(idle, "other target")), ""] if idle else []),
    ]


def _overview_row(part: TargetPlan) -> str:
    numbers = counts_of(part)
    whole = "" if part.complete else f" **{shortfall(part)}**"
    cells = [f"{getattr(numbers, word):,}" if getattr(numbers, word) else "" for word in _STEPS]
    about = f"{cell(part.system)} {cell(part.url)}{whole}"
    return f"| {cell(part.target)} | {about} | {' | '.join(cells)} | {numbers.unchanged:,} |"


def _removals(removed: Sequence[Change], room: int) -> list[str]:
    if not removed:
        return []
    head = [f"### Deletes and removals ({len(removed):,})", ""]
    lines = [_removal(change) for change in removed]
    rest = "more deletes and removals that this comment has no room for"
    return [*head, *_fill(lines, room - 200, lambda left: f"- … **and {left:,} {rest}**.")]


def _removal(change: Change) -> str:
    word = "delete" if change.action is Action.DELETE else "remove"
    return f"- **{word}** {code(str(change.address))}{_about(change)}"


def _about(change: Change) -> str:
    """Behind an object: what people call it, why it changes, and where it stands in the files."""
    shown = label(change)
    why = [reason(change)] if reason(change) else []
    why += [f"renamed from {code(change.was)}"] if change.was is not None else []
    why += [f"`on_remove` {code(change.on_remove)}"] if change.on_remove is not None and change.leaves_state else []
    why += ["**protected by `prevent_delete`**"] if change.protected and change.leaves_state else []
    place = [code(f"{change.source.file}:{change.source.line}")] if change.source else []
    about = ", ".join([*why, *place])
    return (f" {code(shown)}" if shown else "") + (f" ({about})" if about else "")


class _Block(msgspec.Struct, frozen=True):
    """A group as Markdown: its first lines, a text for each change, its last lines."""

    head: str
    each: tuple[tuple[Change, str], ...]
    quiet: str

    def shown(self, most: int) -> str:
        lines = [self.head, self.quiet, *(text for _, text in self.each[:most])]
        if len(self.each) > most:
            lines.append(f"- … and {len(self.each) - most:,} more, not shown here.")
        return "\n".join([*(line for line in lines if line), "", "</details>", ""])


def _groups(plan: Plan, room: int) -> tuple[list[str], list[Change]]:
    """Every group with as many of its changes as there is room for when all groups may show equally many, and the
    changes that are not shown."""
    blocks = [_block(group) for part in plan.targets for group in groups(part)]
    sizes = [[0, *accumulate(_size(text) for _, text in block.each)] for block in blocks]
    frames = sum(_size(block.shown(0)) + 60 for block in blocks)

    def fits(most: int) -> bool:
        return frames + sum(size[min(most, len(size) - 1)] for size in sizes) <= room

    low, high = 0, max((len(block.each) for block in blocks), default=0)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    shown: list[str] = []
    left: list[Change] = []
    for block in blocks:
        text = block.shown(low)
        room -= _size(text)
        if room >= 0:
            shown.append(text)
        left += [change for change, _ in block.each[low if room >= 0 else 0 :]]
    return shown, left


def _block(group: Group) -> _Block:
    quiet = [change for change in group.changes if change.action is Action.NOOP]
    loud = [change for change in group.changes if change.action is not Action.NOOP]
    loud.sort(key=lambda change: _IN_GROUPS.index(step(change)))
    numbers = [(sum(step(change) == word for change in group.changes), word) for word in _STEPS]
    counts = ", ".join(f"{number:,} to {word}" for number, word in numbers if number)
    drift = " (drift: this puts back what the files say)" if group.drift else ""
    total = objects(len(group.changes), group.kind)
    summary = f"<code>{tag_text(group.target)}</code>: {tag_text(total)}, {counts}{drift}"
    head = f"<details><summary>{summary}</summary>\n"
    return _Block(head, tuple((change, _change(change)) for change in loud), _quiet(quiet))


def _quiet(changes: Sequence[Change]) -> str:
    lines = []
    for word in ("adopt", "forget"):
        names = [change.address.key for change in changes if step(change) == word]
        if names:
            lines.append(f"- **{word}** {_names(names)}")
    return "\n".join(lines)


def _change(change: Change) -> str:
    head = f"- **{step(change)}** {code(show_value(change.address.key))}{_about(change)}"
    if change.action is not Action.UPDATE:
        values = " ".join(line.strip() for line in detail_lines(change, color=False))
        return f"{head}: {code(values, most=1_000)}" if values else head
    lines = [head]
    if change.fields:
        lines += ["", "  | field | before | after | cause |", "  | --- | --- | --- | --- |"]
        rows = [f"  {_field(change.address.kind, field)}" for field in change.fields]
        lines += _fill(rows, _FIELDS_ROOM, lambda left: f"  | … and {left:,} more fields | | | |")
    for path in change.release:
        lines.append(f"  {code(path)} is freed first, since another object takes the value.\n")
    return "\n".join(lines)


def _field(kind: str, field: FieldChange) -> str:
    cause = "can't be read back" if field.unreadable and field.cause is None else _CAUSES[field.cause]
    before, after = ("…", _shown(field.after)) if field.unreadable else _sides(kind, field)
    return f"| {cell(field.path)} | {before} | {after} | {cause} |"


def _shown(value: object) -> str:
    return cell(show_value(value))  # type: ignore[arg-type]


def _sides(kind: str, field: FieldChange) -> tuple[str, str]:
    before, after = field.before, field.after
    masked = Secret | SecretReference
    if isinstance(before, masked) and isinstance(after, masked):
        return "`(hidden)`", "`(hidden)`, another value"
    if isinstance(before, tuple) and isinstance(after, tuple) and not in_order(kind, field.path):
        kept = set(before) & set(after)
        if max(len(before), len(after)) > _MEMBERS_SHOWN and kept and set(before) != set(after):
            gone, new = (tuple(each for each in side if each not in kept) for side in (before, after))
            more = f" and {len(kept):,} in both"
            return _shown(gone) + more, _shown(new) + more
    left, right = show_pair(before, after)
    left, right = window(left, right, LONGEST)
    return cell(left), cell(right)


def _warnings(warnings: Sequence[Diagnostic]) -> list[str]:
    if not warnings:
        return []
    lines = _fill(list(map(_diagnostic, warnings)), _WARNINGS_ROOM, lambda left: f"- … and {left:,} more warnings.")
    return [f"<details><summary>{counted(len(warnings), 'warning')}</summary>", "", *lines, "</details>", ""]


def _believed(plan: Plan) -> list[str]:
    """What is not compared. Its names are those of kinds and fields, but in a saved plan anything can stand."""
    found = [f"{code(each.path, most=_NAME)} of {tag_text(owners(each.kind, each.objects))}" for each in unread(plan)]
    more = [f"{len(found) - _NAMES_SHOWN:,} more fields"] if len(found) > _NAMES_SHOWN else []
    return [f"{BELIEVED} {', '.join([*found[:_NAMES_SHOWN], *more])}.", ""] if found else []


def _left_out(changes: Sequence[Change]) -> list[str]:
    if not changes:
        return []
    numbers = [(sum(step(change) == word for change in changes), word) for word in _STEPS]
    what = ", ".join(f"{number:,} to {word}" for number, word in numbers if number)
    return [
        f"**Not shown in detail, since a comment has no room for it: {what}.**",
        "`--report plan.html`, of `plan` and of `show`, has all of it.",
        "",
    ]
