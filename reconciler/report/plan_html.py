"""A plan as one HTML file that needs nothing else: no network, no other file, no inline event or style."""

from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from importlib.resources import files
from itertools import groupby
from typing import Literal

import msgspec

from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.fields import Value
from reconciler.model.plan import Action, Change, FieldChange, Plan, count
from reconciler.model.secret import Secret, SecretReference
from reconciler.model.words import printable, show_pair, show_value
from reconciler.report.change_text import in_order, label, symbol, told, why
from reconciler.report.pictures import picture
from reconciler.report.plan_parts import (
    BELIEVED,
    DRIFT_ONLY,
    Group,
    gone,
    groups,
    lacking,
    nothing,
    objects,
    on_snapshot,
    owners,
    refused,
    removes,
    shortfall,
    step,
    told_once,
    unexplained,
    unread,
)
from reconciler.report.risks import Concern, Risk, concerns, whose
from reconciler.report.text import counted, listed

LAID_OUT = 2_000
"""Changes besides those that delete or remove. Of more the browser lays out what is looked for."""

STEPS = ("delete", "update", "create", "adopt", "forget")
_ADOPTED_SHOWN = 1_000  # of one kind on one target: there may be as many as there are people
_CHUNK = 50  # changes that the browser lays out together
_CONCERNS_SHOWN = 8  # of one risk


class ValueView(msgspec.Struct, frozen=True):
    """One value: its text, the same in pieces of which those that the other side lacks are marked, and the number of
    its picture."""

    text: str
    pieces: tuple[tuple[str, bool], ...]
    picture: int | None


class FieldView(msgspec.Struct, frozen=True):
    """One field: both sides of an update, one side of a create or a delete."""

    path: str
    before: ValueView | None
    after: ValueView | None
    cause: str = ""


class ChangeView(msgspec.Struct, frozen=True):
    """One change. A removed one that is no delete (resigned, disabled) stands among the removals too."""

    step: str
    symbol: str
    key: str
    label: str
    why: str
    source: str
    fields: tuple[FieldView, ...]
    notes: tuple[str, ...] = ()
    target: str = ""
    kind: str = ""
    risks: tuple[Risk, ...] = ()


class Chunk(msgspec.Struct, frozen=True):
    """Changes that are laid out together; if they are not `open`, when somebody looks for them."""

    changes: tuple[ChangeView, ...]
    open: bool


class RiskView(msgspec.Struct, frozen=True):
    """A risk with the largest differences that carry it: what, of how many, and the first names."""

    risk: Risk
    concerns: tuple[tuple[str, str, str], ...]
    more: str


class GroupView(msgspec.Struct, frozen=True):
    target: str
    kind: str
    title: str
    drift: bool
    chunks: tuple[Chunk, ...]
    more: str


class MatrixRow(msgspec.Struct, frozen=True):
    target: str
    system: str
    url: str
    shortfall: str
    cells: tuple[tuple[tuple[str, int], ...], ...]  # of each kind, its steps
    unchanged: int


def render_html(plan: Plan) -> str:
    """The whole document."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(_asset("plan.html")).render(_view(plan))


def _asset(name: str) -> str:
    return (files("reconciler.report") / "html" / name).read_text("utf-8")


def _view(plan: Plan) -> dict[str, object]:
    pictures = _Pictures()
    worries = concerns(plan)
    risks = _risks(worries)
    leaving = [change for change in plan.changes() if removes(change)]
    removed = [_change(change, pictures, risks) for change in leaving]
    rest = _groups(plan, pictures, risks)
    style, script = _asset("plan.css"), _asset("plan.js")
    numbers = count(plan)
    return {
        "project": printable(plan.project),
        "timestamp": printable(plan.timestamp),
        "version": printable(plan.reconciler_version),
        "style": style,
        "script": script,
        "policy": _policy(style, script),
        "counts": [(word, getattr(numbers, word)) for word in STEPS],
        "unchanged": numbers.unchanged,
        "narrowed": _narrowed(plan),
        "notes": [*([DRIFT_ONLY] if plan.drift_only else []), *filter(None, (on_snapshot(plan), unexplained(plan)))],
        "missing": [(what.capitalize(), list(map(printable, names))) for what, names in lacking(plan)],
        "refused": refused(plan),
        "gone": gone(leaving) if leaving else "",
        "risks": _risk_views(worries),
        "diagnostics": [_diagnostic(each) for each in reversed(told_once(plan))],
        "kinds": [printable(kind) for kind in _kinds(plan)],
        "matrix": _matrix(plan),
        "nothing": nothing(plan),
        "believed": _believed(plan),
        "idle": sum(1 for part in plan.targets if part.complete and not part.changes),
        "removals": _chunks(removed, len(removed)),
        "groups": rest,
        "stored": sum(len(chunk.changes) for group in rest for chunk in group.chunks if not chunk.open),
        "steps": STEPS,
        "pictures": pictures.symbols,
    }


def _policy(style: str, script: str) -> str:
    """What the document may do: its own style and its own script, and nothing else."""
    hashes = [b64encode(sha256(text.encode()).digest()).decode() for text in (style, script)]
    return (
        f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _narrowed(plan: Plan) -> list[str]:
    return [f"--select {printable(glob)}" for glob in plan.select] + [
        f"--exclude {printable(glob)}" for glob in plan.exclude
    ]


def _diagnostic(each: Diagnostic) -> dict[str, str]:
    return {
        "severity": each.severity.value,
        "code": printable(each.code),
        "summary": printable(each.summary),
        "place": "  ".join(printable(str(part)) for part in (each.source, each.address) if part),
        "detail": printable(each.detail),
    }


def _believed(plan: Plan) -> str:
    """What is not compared; "" when there is nothing of that."""
    found = [f"{printable(each.path)} of {owners(each.kind, each.objects)}" for each in unread(plan)]
    return f"{BELIEVED} {', '.join(found)}." if found else ""


def _kinds(plan: Plan) -> list[str]:
    """Every kind that has changes, in the language's order."""
    kinds: dict[str, None] = {}
    for part in plan.targets:
        kinds |= dict.fromkeys(group.kind for group in groups(part))
    return list(kinds)


def _matrix(plan: Plan) -> list[MatrixRow]:
    kinds = _kinds(plan)
    rows = []
    for part in plan.targets:
        if not part.changes and part.complete:
            continue
        tally = Counter((change.address.kind, step(change)) for change in part.changes)
        cells = tuple(tuple((word, tally[kind, word]) for word in STEPS if tally[kind, word]) for kind in kinds)
        about = (printable(part.target), printable(part.system), printable(part.url))
        rows.append(MatrixRow(*about, shortfall(part), cells, part.unchanged))
    return rows


def _risks(worries: Iterable[Concern]) -> dict[Address, tuple[Risk, ...]]:
    """The risks of each change that has any."""
    found: dict[Address, set[Risk]] = {}
    for worry in worries:
        for change in worry.changes:
            found.setdefault(change.address, set()).add(worry.risk)
    return {address: tuple(risk for risk in Risk if risk in risks) for address, risks in found.items()}


def _risk_views(worries: Iterable[Concern]) -> list[RiskView]:
    views = []
    for risk, group in groupby(worries, lambda each: each.risk):
        found = list(group)
        shown = [(each.what, *whose(each)) for each in found[:_CONCERNS_SHOWN]]
        left = len(found) - _CONCERNS_SHOWN
        more = f"… and {counted(left, 'more such difference')}." if left > 0 else ""
        views.append(RiskView(risk, tuple((what, number, listed(names)) for what, number, names in shown), more))
    return views


def _groups(plan: Plan, pictures: "_Pictures", risks: Mapping[Address, tuple[Risk, ...]]) -> list[GroupView]:
    """All groups that have something to show, the first changes laid out."""
    views: list[GroupView] = []
    room = LAID_OUT
    for group in (group for part in plan.targets for group in groups(part)):
        view = _group(group, pictures, risks, room)
        room -= sum(len(chunk.changes) for chunk in view.chunks)
        views += [view] if view.chunks or view.more else []
    return views


def _group(group: Group, pictures: "_Pictures", risks: Mapping[Address, tuple[Risk, ...]], room: int) -> GroupView:
    """All changes of a group but deletes and removals, which stand apart, and of very many adoptions the first."""
    rest = [change for change in group.changes if not removes(change)]
    loud = [change for change in rest if change.action is not Action.NOOP]
    quiet = [change for change in rest if change.action is Action.NOOP]
    views = [_change(change, pictures, risks) for change in (*loud, *quiet[:_ADOPTED_SHOWN])]
    left = len(quiet) - _ADOPTED_SHOWN
    more = f"{objects(left, group.kind, 'more ')} to adopt or to forget, not listed here." if left > 0 else ""
    title = objects(len(rest), group.kind)
    return GroupView(printable(group.target), printable(group.kind), title, group.drift, _chunks(views, room), more)


def _chunks(views: Sequence[ChangeView], room: int) -> tuple[Chunk, ...]:
    return tuple(Chunk(tuple(views[start : start + _CHUNK]), start < room) for start in range(0, len(views), _CHUNK))


def _change(change: Change, pictures: "_Pictures", risks: Mapping[Address, tuple[Risk, ...]]) -> ChangeView:
    notes = tuple(f"{printable(path)} is freed first, since another object takes it." for path in change.release)
    return ChangeView(
        step=step(change),
        symbol=symbol(change),
        key=printable(change.address.key),
        label=label(change),
        why=why(change),
        source=f"{printable(change.source.file)}:{change.source.line}" if change.source else "",
        fields=tuple(_fields(change, pictures)),
        notes=notes,
        target=printable(change.address.target),
        kind=printable(change.address.kind),
        risks=risks.get(change.address, ()),
    )


def _fields(change: Change, pictures: "_Pictures") -> list[FieldView]:
    kind = change.address.kind
    if change.action is Action.UPDATE:
        return [_difference(kind, field, pictures) for field in change.fields]
    if change.action is Action.NOOP:
        return []
    views = [
        (path, _value(kind, path, value, show_value(value), pictures))
        for path, value in told(kind, change.after or change.before).items()
    ]
    if change.action is Action.DELETE:
        return [FieldView(printable(path), view, None) for path, view in views]
    return [FieldView(printable(path), None, view) for path, view in views]


def _difference(kind: str, field: FieldChange, pictures: "_Pictures") -> FieldView:
    before, after = show_pair(field.before, field.after)
    if field.unreadable:
        before = "(can't be read)"
    elif isinstance(field.before, Secret | SecretReference) and isinstance(field.after, Secret | SecretReference):
        after = "(hidden), another value"
    return FieldView(
        printable(field.path),
        _value(kind, field.path, field.before, before, pictures, field.after),
        _value(kind, field.path, field.after, after, pictures, field.before),
        field.cause.value if field.cause else "can't be read back" if field.unreadable else "not known",
    )


def _value(
    kind: str, path: str, value: Value, text: str, pictures: "_Pictures", other: Value | Literal[False] = False
) -> ValueView:
    """A value; where there is an `other` one, members that are not in that are marked, and so is all that is no set."""
    if not isinstance(value, tuple) or not isinstance(other, tuple) or in_order(kind, path) or set(value) == set(other):
        return ValueView(text, ((text, other is not False),), pictures.number(kind, path, value))
    pieces = [("[", False)]
    for number, member in enumerate(value):
        pieces += [(", ", False)] if number else []
        pieces.append((show_value(member), member not in other))
    return ValueView(text, (*pieces, ("]", False)), pictures.number(kind, path, value))


class _Pictures:
    """Every picture once, however many people have the schedule."""

    def __init__(self) -> None:
        self.symbols: list[dict[str, object]] = []
        self._numbers: dict[tuple[str, str, Value], int | None] = {}

    def number(self, kind: str, path: str, value: Value) -> int | None:
        if not isinstance(value, tuple):
            return None
        if (kind, path, value) not in self._numbers:
            drawn = picture(kind, path, value)
            self._numbers[kind, path, value] = len(self.symbols) if drawn else None
            if drawn:
                self.symbols.append({"width": drawn.width, "height": drawn.height, "body": drawn.body})
        return self._numbers[kind, path, value]
