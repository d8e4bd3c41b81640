"""What a reviewer must not miss in a plan, besides what it deletes: access that is taken away or widened, and settings
that may put a terminal out of reach."""

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum

import msgspec

from reconciler.model.fields import Value
from reconciler.model.plan import Action, Change, Plan
from reconciler.model.schedules.texts import week_of_texts
from reconciler.model.schedules.week import open_minutes
from reconciler.model.terminals import SETTINGS
from reconciler.model.words import show_pair, show_value
from reconciler.report.alike import names_of
from reconciler.report.change_text import name
from reconciler.report.markdown import window
from reconciler.report.plan_parts import objects, owners, places, removes
from reconciler.report.text import fit, listed

_SIDE_CELLS = 100
_NAMES_SHOWN = 5


class Risk(StrEnum):
    """In the order in which views show them."""

    LESS = "access is taken away"
    MORE = "access is widened"
    UNSEEN = "access may change: what is there now can't be read"
    CUT = "a terminal may get out of reach"


class Concern(msgspec.Struct, frozen=True):
    """One difference that carries a risk, with all changes that make it. `what` says it on one line."""

    risk: Risk
    kind: str
    what: str
    changes: tuple[Change, ...]


def concerns(plan: Plan) -> list[Concern]:
    """By risk, those of most changes first. Of what is deleted or removed it says nothing: that stands apart."""
    alike: dict[tuple[str, str, Value, Value], list[Change]] = {}
    told: dict[tuple[Risk, str, str], list[Change]] = {}
    for change in plan.changes():
        kind = change.address.kind
        for path, before, after in _sides(change):
            alike.setdefault((kind, path, before, after), []).append(change)
        for what in _unseen(change):
            told.setdefault((Risk.UNSEEN, kind, what), []).append(change)
        if cutting := [field.path for field in change.fields if (kind, field.path) in _CUTTING]:
            verb = "changes" if len(cutting) == 1 else "change"
            told.setdefault((Risk.CUT, kind, f"{listed(cutting)} {verb}"), []).append(change)
    for (kind, path, before, after), changes in alike.items():
        for risk in _RULES[kind, path](before, after):
            told.setdefault((risk, kind, _what(risk, path, before, after)), []).extend(changes)
    found = [Concern(risk, kind, what, tuple(changes)) for (risk, kind, what), changes in told.items()]
    return sorted(found, key=lambda each: (list(Risk).index(each.risk), -len(each.changes), each.kind, each.what))


def whose(concern: Concern) -> tuple[str, list[str]]:
    """`29 employees on 9 targets`, and the names of the first of them; of settings the terminals."""
    targets = list(dict.fromkeys(change.address.target for change in concern.changes))
    if concern.kind == SETTINGS.name:
        return owners(concern.kind, len(targets)), names_of(targets, _NAMES_SHOWN)
    first = {change.address.key: change for change in reversed(concern.changes)}
    people = [name(change) for _, change in sorted(first.items())]
    more = [f"{len(people) - _NAMES_SHOWN:,} more"] if len(people) > _NAMES_SHOWN else []
    where = places(concern.changes)
    return f"{objects(len(people), concern.kind)} on {where}", [*people[:_NAMES_SHOWN], *more]


def _sides(change: Change) -> Iterator[tuple[str, Value, Value]]:
    """The paths that a rule is about, with both values. Of new objects those that give rights."""
    kind = change.address.kind
    if change.action is Action.CREATE and (kind, "privilege") in _RULES:
        yield "privilege", None, (change.after or {}).get("privilege")
    if change.action is Action.UPDATE and not removes(change):
        for field in change.fields:
            if (kind, field.path) in _RULES and not field.unreadable:
                yield field.path, field.before, field.after


def _unseen(change: Change) -> Iterator[str]:
    """Of who may pass where: what is written over a value that no call reads may take away, widen, or do neither."""
    if change.action is Action.UPDATE and not removes(change):
        for field in change.fields:
            plain = field.path == "privilege" and field.after == "user"  # gives nobody anything
            if field.unreadable and (change.address.kind, field.path) in _UNSEEN and not plain:
                yield f"{field.path} (can't be read) → {fit(show_value(field.after), _SIDE_CELLS)}"


def _what(risk: Risk, path: str, before: Value, after: Value) -> str:
    if path in _SETS:
        was, will = _set(before), _set(after)
        sign, members = ("-", was - will) if risk is Risk.LESS else ("+", will - was)
        return fit(f"{path} {' '.join(sign + show_value(each) for each in sorted(members))}", 2 * _SIDE_CELLS)
    left, right = (fit(side, _SIDE_CELLS) for side in window(*show_pair(before, after), _SIDE_CELLS))
    return f"{path} {left} → {right}"


_Rule = Callable[[Value, Value], tuple[Risk, ...]]


def _risks(*, less: bool, more: bool) -> tuple[Risk, ...]:
    return (*([Risk.LESS] if less else []), *([Risk.MORE] if more else []))


def _week(before: Value, after: Value) -> tuple[Risk, ...]:
    """Of the minutes at which it is open. A week that can't be understood is looked at closely for both reasons."""
    try:
        was, will = (open_minutes(week_of_texts(each)) if isinstance(each, tuple) else None for each in (before, after))
    except ValueError:
        return (Risk.LESS, Risk.MORE)
    if was is None or will is None:  # not limited by a week at all
        return _risks(less=will is not None, more=was is not None)
    return _risks(less=bool(was - will), more=bool(will - was))


def _set(value: Value) -> frozenset[str]:
    return frozenset(value) if isinstance(value, tuple) else frozenset()


def _members(before: Value, after: Value) -> tuple[Risk, ...]:
    was, will = _set(before), _set(after)
    return _risks(less=bool(was - will), more=bool(will - was))


def _proofs(before: Value, after: Value) -> tuple[Risk, ...]:
    """Of the words that say how people prove who they are: whoever lacks what is asked for now can't pass any more.
    What the terminal's own default asks for is not known here, so it may be more or less."""
    if "device" in (before, after):
        return (Risk.LESS, Risk.MORE)
    was, will = (
        frozenset(each.split("+")) - {"any"} if isinstance(each, str) else frozenset() for each in (before, after)
    )
    return _risks(less=bool(will - was), more=bool(was - will))


def _given(before: Value, after: Value) -> tuple[Risk, ...]:
    """Of what one passes with: a card, a PIN."""
    return _risks(less=before is not None and after is None, more=False)


def _barred(before: Value, after: Value) -> tuple[Risk, ...]:
    """Of what keeps somebody out when it is set: a last day, a list of those who may not pass."""
    return _risks(less=bool(after) and not before, more=bool(before) and not after)


def _ranked(*ranks: Value, higher: Risk, lower: Risk | None = None) -> _Rule:
    """Of a choice whose values rise."""

    def rule(before: Value, after: Value) -> tuple[Risk, ...]:
        if after not in ranks:
            return ()
        was, will = ranks.index(before) if before in ranks else 0, ranks.index(after)
        if will == was:
            return ()
        return (higher,) if will > was else (lower,) if lower else ()

    return rule


def _bound(later: Risk, earlier: Risk) -> _Rule:
    """Of a date, None being no bound."""

    def rule(before: Value, after: Value) -> tuple[Risk, ...]:
        if not isinstance(before, str) or not isinstance(after, str):
            return (Risk.MORE,) if after is None else (Risk.LESS,)
        return (later,) if after > before else (earlier,)

    return rule


def _number(higher: Risk, lower: Risk) -> _Rule:
    def rule(before: Value, after: Value) -> tuple[Risk, ...]:
        if not isinstance(before, int) or not isinstance(after, int):
            return ()
        return (higher,) if after > before else (lower,)

    return rule


_SETS = frozenset({"areas", "access_levels", "elevator_levels", "entrance_levels"})

_UNSEEN = frozenset(
    {
        *(("employee", path) for path in (*_SETS, "privilege", "verify_mode")),
        ("vehicle", "list"),
        ("access_level", "cvsecurity.doors"),
        ("access_level", "cvsecurity.time_segment"),
    }
)

_CUTTING = frozenset(
    (SETTINGS.name, path)
    for path in SETTINGS.paths()
    if path.startswith("network.")
    or path in ("security.api_key", "security.http", "security.https", "security.certificate", "security.key")
)

_RULES: Mapping[tuple[str, str], _Rule] = {
    ("access_level", "week"): _week,
    ("employee", "access"): _week,
    **{("employee", path): _members for path in _SETS},
    ("employee", "card"): _given,
    ("employee", "device_password"): _given,
    ("employee", "verify_mode"): _proofs,
    ("employee", "privilege"): _ranked("user", "enroller", "manager", "admin", higher=Risk.MORE),
    ("employee", "valid.from"): _bound(later=Risk.LESS, earlier=Risk.MORE),
    ("employee", "valid.until"): _bound(later=Risk.MORE, earlier=Risk.LESS),
    ("employee", "resigned.date"): _barred,
    ("employee", "cvsecurity.disabled"): _barred,
    ("vehicle", "list"): _ranked("block", "allow", higher=Risk.MORE, lower=Risk.LESS),
    ("settings", "verify_mode"): _proofs,
    ("settings", "local_editing"): _ranked(False, True, higher=Risk.MORE),
    ("settings", "face.liveness"): _ranked(True, False, higher=Risk.MORE),
    ("settings", "face.threshold"): _ranked("higher", "high", "normal", "low", "lower", higher=Risk.MORE),
    ("settings", "access.tamper_alarm"): _ranked(True, False, higher=Risk.MORE),
    ("settings", "access.verify_count"): _number(higher=Risk.LESS, lower=Risk.MORE),
    ("settings", "access.unlock_seconds"): _number(higher=Risk.MORE, lower=Risk.LESS),
}
