"""One change as lines of text: its object, reason and place in the files, and field by field what differs."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from reconciler.model.fields import Type, Value
from reconciler.model.kinds import KINDS
from reconciler.model.plan import Action, Cause, Change, FieldChange, Reason
from reconciler.model.secret import Secret, SecretReference
from reconciler.model.words import printable, quoted, show_pair, show_value
from reconciler.report.text import COLUMNS, fit, pad, paint, width, wrap

_LABEL_CELLS = 32  # a longer name does not push the other columns of its group away

_REASONS: Mapping[tuple[Action, Reason | None], str] = {
    (Action.CREATE, Reason.DRIFT): "gone from the target",
    (Action.UPDATE, Reason.CONFIG): "config",
    (Action.UPDATE, Reason.DRIFT): "drift",
    (Action.UPDATE, Reason.BOTH): "config and drift",
    (Action.UPDATE, Reason.ADOPT): "adopted with changes",
    (Action.UPDATE, Reason.REMOVED): "removed from the files",
    (Action.UPDATE, Reason.UNREADABLE): "can't be read back, so it is sent again",
    (Action.DELETE, Reason.REMOVED): "removed from the files",
    (Action.DELETE, Reason.UNMANAGED): "not in the files (prune: all)",
    (Action.NOOP, Reason.REMOVED): "removed from the files",
}

_DRIFTS = {_REASONS[key] for key in _REASONS if key[1] in (Reason.DRIFT, Reason.BOTH)}


class Row(NamedTuple):
    """An object's line in columns."""

    symbol: str
    name: str
    label: str
    why: str
    source: str
    tone: str


def symbol(change: Change) -> str:
    """`+` create, `~` update, `-` delete, `»` rename, `=` adopt, `.` forget."""
    if change.was is not None and change.action is Action.UPDATE:
        return "»"
    if change.action is Action.NOOP and change.reason is Reason.REMOVED:
        return "."
    return {Action.CREATE: "+", Action.UPDATE: "~", Action.DELETE: "-", Action.NOOP: "="}[change.action]


def tone(change: Change) -> str:
    return "adopt" if change.action is Action.NOOP else change.action.value


def label(change: Change) -> str:
    """What people call the object: first and last name, name, or the name on terminals; cut when long, "" when none is
    known."""
    values = {**(change.before or {}), **(change.after or {})}
    return fit(printable(" ".join(str(values[path]) for path in _label_paths(values))), _LABEL_CELLS)


def _label_paths(values: Mapping[str, Value]) -> list[str]:
    """The paths whose values are the label."""
    person = [path for path in ("first_name", "last_name") if isinstance(values.get(path), str)]
    return person or [path for path in ("name", "nickname") if isinstance(values.get(path), str)][:1]


def name(change: Change) -> str:
    """`1001 Ana Silva`: key and label in running text."""
    return f"{show_value(change.address.key)} {label(change)}".rstrip()


def reason(change: Change) -> str:
    """The reason in words of ours; "" where the symbol says it all."""
    return _REASONS.get((change.action, change.reason), "")


def why(change: Change) -> str:
    """The reason in words, with the names that belong to it; "" where the symbol says it all."""
    words = [reason(change)]
    if change.was is not None:
        words.insert(0, f"renamed from {show_value(change.was)}")
    if change.on_remove is not None and change.reason is Reason.REMOVED:
        words.append(f"on_remove: {printable(change.on_remove)}")
    if change.protected and change.leaves_state:
        words.append("protected by prevent_delete")
    return ", ".join(word for word in words if word)


def row(change: Change) -> Row:
    return Row(
        symbol(change),
        f"{change.address.kind} {show_value(change.address.key)}",
        label(change),
        why(change),
        f"{printable(change.source.file)}:{change.source.line}" if change.source else "",
        tone(change),
    )


def row_lines(rows: Sequence[Row], color: bool) -> list[str]:
    """The rows as lines, their columns aligned with each other."""
    names, labels, whys = (
        max((min(width(each[column]), most) for each in rows), default=0)
        for column, most in ((1, COLUMNS), (2, _LABEL_CELLS), (3, _LABEL_CELLS))
    )
    return [_row_line(each, names, labels, whys, color) for each in rows]


def _row_line(each: Row, names: int, labels: int, whys: int, color: bool) -> str:
    cells = [
        (each.symbol, 1, each.tone),
        (each.name, names, "delete" if each.tone == "delete" else "strong"),
        (each.label, labels, "delete" if each.tone == "delete" else ""),
        (each.why, whys, "drift" if each.why in _DRIFTS else "dim"),
        (each.source, 0, "dim"),
    ]
    line, gap = "", 1
    for text, cells_wide, kind in cells:
        shown = paint(text, kind, color) if kind else text
        if cells_wide or text:
            line += shown + " " * max(0, cells_wide - width(text)) + " " * gap
        gap = 2
    return line.rstrip()


def detail_lines(change: Change, color: bool) -> list[str]:
    """What the change does to its object, below the object's line: for a create the values, for a delete what is lost,
    else each field that differs."""
    if change.action is Action.CREATE:
        return _compact("", told(change.address.kind, change.after), label(change))
    if change.action is Action.DELETE:
        return _compact("loses ", told(change.address.kind, change.before), label(change))
    lines = _field_lines(
        change.address.kind, change.fields, mixed=len({field.cause for field in change.fields}) > 1, color=color
    )
    if change.release:
        held = ", ".join(printable(path) for path in change.release)
        lines.append(f"    {held} is freed first, since another object takes the value")
    return lines


def told(kind: str, values: Mapping[str, Value] | None) -> dict[str, Value]:
    """The values of a new or a lost object that say something: what is not set does not, nor does a set without
    members. An empty week does: nobody may pass."""
    fields = KINDS[kind].paths() if kind in KINDS else {}
    return {
        path: value
        for path, value in (values or {}).items()
        if value is not None and not (value == () and path in fields and fields[path].type is Type.SET)
    }


def _compact(lead: str, values: Mapping[str, Value], shown_label: str) -> list[str]:
    """`path value` pairs, wrapped. The names are left out when the object's line says them as they are: `name`, or
    `first_name` and `last_name` both."""
    paths = _label_paths(values)
    said = paths if paths != ["first_name"] and paths != ["last_name"] else []
    if " ".join(str(values[path]) for path in said) != shown_label:
        said = []
    pairs = [f"{_path(path)} {show_value(value)}" for path, value in values.items() if path not in said]
    if pairs:
        pairs[0] = lead + pairs[0]
    return wrap(pairs, "    ", separator=", ")


def _path(path: str) -> str:
    """A path; quoted when it has spaces, as the labels of custom attributes may."""
    shown = printable(path)
    return quoted(shown) if " " in shown or "," in shown else shown


def _field_lines(kind: str, fields: Sequence[FieldChange], *, mixed: bool, color: bool) -> list[str]:
    """The fields, aligned; each with its cause when they are not all of one cause. Long values get a line each."""
    column = max((width(_path(field.path)) for field in fields), default=0)
    room = COLUMNS - column - 6
    rows = [(field, *_parts(kind, field)) for field in fields]
    sizes = [width(left) + width(right) + 3 for _, left, right in rows]
    longest = max((size for size in sizes if size <= room), default=0)
    lines: list[str] = []
    for (field, left, right), size in zip(rows, sizes, strict=True):
        head = f"    {pad(_path(field.path), column)}  "
        cause = f"  {_cause(field.cause, color)}" if mixed and field.cause else ""
        if size <= room:
            fill = " " * (longest - size if cause else 0)
            lines.append(f"{head}{left}{paint(' → ', 'dim', color)}{right}{fill}{cause}")
        else:
            below = " " * (column + 4) + paint("→ ", "dim", color)
            lines += [head + left, below + right + cause]
    return lines


def _cause(cause: Cause, color: bool) -> str:
    return paint(cause.value, "dim" if cause is Cause.CONFIG else "drift", color)


def in_order(kind: str, path: str) -> bool:
    """Whether the order of a value's members, and how often each one stands there, means something."""
    field = KINDS[kind].paths().get(path) if kind in KINDS else None
    return field is not None and field.type in (Type.CYCLE, Type.LIST)


def _parts(kind: str, field: FieldChange) -> tuple[str, str]:
    """What stands on both sides of the arrow; of a set that keeps members: what comes and goes, and what it becomes."""
    if field.unreadable:
        return "(can't be read)", show_value(field.after)
    before, after = field.before, field.after
    if (
        not in_order(kind, field.path)
        and isinstance(before, tuple)
        and isinstance(after, tuple)
        and before
        and after
        and set(before) != set(after)
    ):
        return _set_difference(before, after)
    if _masked(before) and _masked(after):
        return "(hidden)", "(hidden), another value"
    return show_pair(before, after)


def _set_difference(before: Iterable[str], after: Sequence[str]) -> tuple[str, str]:
    gone, new = sorted(set(before) - set(after)), sorted(set(after) - set(before))
    moves = [f"+{show_value(member)}" for member in new] + [f"-{show_value(member)}" for member in gone]
    return " ".join(moves), show_value(tuple(after)) if len(after) <= 6 else f"{len(after):,} in all"


def _masked(value: Value) -> bool:
    return isinstance(value, Secret | SecretReference)
