"""Every field of every kind on every server: created, changed by itself, cleared, and never a change when only its
spelling differs."""

from pathlib import Path
from typing import Any

import pytest
from conformance import CASE_NAMES, CASES, Subject, World, summary, world
from conformance_values import clearable, companions, fields_of, firsts, least, one_per_path, together

from reconciler.model.fields import Field, Type

cases = pytest.mark.parametrize(("subject", "kind"), CASES, ids=CASE_NAMES)


@cases
def test_each_field_is_written_changed_and_cleared_by_itself(subject: Subject, kind: str, tmp_path: Path) -> None:
    with world(subject, tmp_path) as here:
        here.objects = companions(subject)
        each = list(one_per_path(subject, kind))
        here.objects |= {(kind, key): values for _, key, _, values in each}
        assert here.plan().document["summary"] == summary(create=len(here.objects))
        assert here.settle().document["verified"] is True

        for path, key, (_, second), _ in each:
            here.objects[kind, key][path] = second
        _change(here, {f"{kind}/{key}": ("update", [path]) for path, key, _, _ in each})

        free = clearable(subject, kind)
        for path, key, _, _ in each:
            here.objects[kind, key][path] = None if path in free else here.objects[kind, key][path]
        _change(here, {f"{kind}/{key}": ("update", [path]) for path, key, _, _ in each if path in free})


def _change(here: World, expected: dict[str, tuple[str, list[str]]]) -> None:
    """Applies what is exactly these steps."""
    planned = here.plan()
    assert (planned.steps, planned.status, planned.details) == (expected, 2 if expected else 0, [])
    here.settle()


@cases
def test_spelling_is_never_a_change(subject: Subject, kind: str, tmp_path: Path) -> None:
    with world(subject, tmp_path) as here:
        fields = fields_of(subject, kind)
        texts = [path for path, field in fields.items() if _is_text(field)]
        blanks = dict.fromkeys(path for path in clearable(subject, kind) if not together(kind, path))
        here.objects = companions(subject) | {
            (kind, "ALL"): firsts(subject, kind, 1),  # every field at once
            (kind, "NUMBERS"): {**least(subject, kind, "N"), **dict.fromkeys(texts, "17")},
            (kind, "BLANK1"): {**least(subject, kind, "B1"), **blanks},  # two, since rows may differ in their blanks
            (kind, "BLANK2"): {**least(subject, kind, "B2"), **blanks},
        }
        assert here.settle().document["verified"] is True

        here.objects[kind, "ALL"] = {
            path: _spelled(fields[path], value) for path, value in here.objects[kind, "ALL"].items()
        }
        here.objects[kind, "NUMBERS"] |= dict.fromkeys(texts, 17)
        for key in ("BLANK1", "BLANK2"):
            here.objects[kind, key] |= {path: " " for path in blanks if fields[path].type is not Type.SECRET}
        here.assert_settled()


def _is_text(field: Field) -> bool:
    return field.type in (Type.TEXT, Type.MAP) and not field.reference and not field.pattern


def _spelled(field: Field, value: Any) -> Any:
    """Another way to write the same."""
    match field.type:
        case Type.SET:
            return [f" {member} " for member in reversed(value)] * 2
        case Type.WORDS:
            return " + ".join(reversed(value.split("+")))
        case Type.TEXT | Type.MAP | Type.DATE | Type.CHOICE:
            return f" \t{value}  "
        case _:
            return value
