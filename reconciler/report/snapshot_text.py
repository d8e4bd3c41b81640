"""What differs between two snapshots, for people and for programs."""

from itertools import groupby
from typing import Any

from reconciler.model.fields import Value
from reconciler.model.kinds import KINDS
from reconciler.model.secret import Secret
from reconciler.model.snapshot import Compared, Difference, FieldDifference
from reconciler.model.words import printable, show_pair, show_value
from reconciler.report.text import counted, pad, paint, prose, width

_SIGNS = {"added": ("+", "create"), "changed": ("~", "update"), "removed": ("-", "delete")}


def render_differences(found: Compared, *, color: bool) -> str:
    """By target, kind and object, then what could not be compared."""
    lines: list[str] = []
    for target, of_target in groupby(found.differences, lambda each: each.address.target):
        for kind, group in groupby(of_target, lambda each: each.address.kind):
            title = f"{printable(target)}, {KINDS[kind].nouns}:"
            lines += [paint(title, "strong", color), *(line for each in group for line in _object(each, color)), ""]
    for target, kind in found.missing:
        what = f"the {KINDS[kind].nouns} of {target}" if kind else target
        lines += prose(f"Only one of the snapshots has {what}: not compared.", "")
    if found.hidden:
        masked = counted(found.hidden, "masked value")
        lines += prose(f"{masked} could not be compared: the snapshots were made with different keys.", "")
    return "\n".join([*lines, _closing(found)]) + "\n"


def _object(each: Difference, color: bool) -> list[str]:
    sign, tone = _SIGNS[each.how]
    column = max((width(printable(field.path)) for field in each.fields), default=0)
    return [
        f"  {paint(sign, tone, color)} {printable(each.address.key)}",
        *(f"      {pad(printable(field.path), column)}  {_values(field, each.how)}" for field in each.fields),
    ]


def _values(field: FieldDifference, how: str) -> str:
    if how != "changed":
        return show_value(field.after if how == "added" else field.before)
    if isinstance(field.before, Secret) and isinstance(field.after, Secret):
        return "(hidden) → (hidden), another value"
    return " → ".join(show_pair(field.before, field.after))


def _closing(found: Compared) -> str:
    numbers = {how: sum(each.how == how for each in found.differences) for how in ("added", "removed", "changed")}
    if any(numbers.values()):
        return ", ".join(f"{number:,} {how}" for how, number in numbers.items()) + "."
    if found.missing and not found.shared:
        alone = "A target is compared with itself, by its name."
        return f"Nothing was compared: the snapshots have no target in common. {alone}"
    whole = not found.hidden and not found.missing
    return "No differences." if whole else "No differences in what could be compared."


def differences_document(found: Compared) -> dict[str, Any]:
    """The same as plain JSON values. A masked value is null, with a mark."""
    return {
        "differences": [
            {
                "address": str(each.address),
                "target": each.address.target,
                "type": each.address.kind,
                "name": each.address.key,
                "how": each.how,
                "fields": [_field(field) for field in each.fields],
            }
            for each in found.differences
        ],
        "not_compared": {
            "masked_values": found.hidden,
            "missing": [{"target": target, "type": kind or None} for target, kind in found.missing],
        },
    }


def _field(field: FieldDifference) -> dict[str, Any]:
    marks = {f"{side}_sensitive": True for side in ("before", "after") if isinstance(getattr(field, side), Secret)}
    return {"path": field.path, "before": _plain(field.before), "after": _plain(field.after), **marks}


def _plain(value: Value) -> object:
    return None if isinstance(value, Secret) else value
