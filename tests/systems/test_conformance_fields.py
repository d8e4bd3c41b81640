"""Every field of every kind on every server: created, changed by itself, cleared, and never a change when only its
spelling differs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conformance import BY_PROFILE, SUBJECTS, Objects, Subject, World, summary, world
from conformance_values import (
    binding_of,
    clearable,
    companions,
    fields_of,
    firsts,
    kinds_of,
    least,
    one_per_path,
    together,
)

from reconciler.model.fields import Field, Type

subjects = pytest.mark.parametrize("subject", SUBJECTS, ids=[subject.profile for subject in SUBJECTS])


@subjects
def test_each_field_is_written_changed_and_cleared_by_itself(subject: Subject, tmp_path: Path) -> None:
    with world(subject, tmp_path) as here:
        each = [(kind, *one) for kind in kinds_of(subject) for one in one_per_path(subject, kind)]
        here.objects = companions(subject) | {(kind, key): values for kind, _, key, _, values in each}
        assert here.plan().document["summary"] == summary(create=len(here.objects))
        assert here.settle().document["verified"] is True

        for kind, path, key, (_, second), _ in each:
            here.objects[kind, key][path] = second
        expected = {f"{kind}/{key}": ("update", [path]) for kind, path, key, _, _ in each}
        assert here.settle().steps == expected

        cleared = [(kind, path, key) for kind, path, key, _, _ in each if path in clearable(subject, kind)]
        for kind, path, key in cleared:
            here.objects[kind, key][path] = None
        assert here.settle().steps == {f"{kind}/{key}": ("update", [path]) for kind, path, key in cleared}


@subjects
def test_spelling_is_never_a_change(subject: Subject, tmp_path: Path) -> None:
    with world(subject, tmp_path) as here:
        here.objects = companions(subject)
        for kind in kinds_of(subject):
            here.objects |= _spelled_plainly(subject, kind)
        assert here.settle().document["verified"] is True
        for kind in kinds_of(subject):
            _spell_otherwise(here, kind)
        here.assert_settled()


def _spelled_plainly(subject: Subject, kind: str) -> Objects:
    """An object with every field at once, one with numbers for texts, and two without anything: servers differ in how
    they show a blank, from one row to the next too."""
    blanks = dict.fromkeys(_blanks(subject, kind))
    return {
        (kind, "ALL"): firsts(subject, kind, 1),
        (kind, "NUMBERS"): {**least(subject, kind, "N"), **dict.fromkeys(_texts(subject, kind), "17")},
        (kind, "BLANK1"): {**least(subject, kind, "B1"), **blanks},
        (kind, "BLANK2"): {**least(subject, kind, "B2"), **blanks},
    }


def _spell_otherwise(here: World, kind: str) -> None:
    fields = fields_of(here.subject, kind)
    whole = here.objects[kind, "ALL"]
    here.objects[kind, "ALL"] = {path: _spelled(fields[path], value) for path, value in whole.items()}
    here.objects[kind, "NUMBERS"] |= dict.fromkeys(_texts(here.subject, kind), 17)
    blank = [path for path in _blanks(here.subject, kind) if fields[path].type is not Type.SECRET]
    here.objects[kind, "BLANK1"] |= dict.fromkeys(blank, "")
    here.objects[kind, "BLANK2"] |= dict.fromkeys(blank, " ")


def _texts(subject: Subject, kind: str) -> list[str]:
    """The paths of free texts that need nothing beside them."""
    return [
        path
        for path, field in fields_of(subject, kind).items()
        if field.type in (Type.TEXT, Type.MAP) and not (field.reference or field.pattern or together(kind, path))
    ]


def _blanks(subject: Subject, kind: str) -> list[str]:
    return [path for path in clearable(subject, kind) if not together(kind, path)]


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


@subjects
def test_what_a_system_cannot_hold_is_an_error_before_anything_is_written(subject: Subject, tmp_path: Path) -> None:
    with world(subject, tmp_path) as here:
        impossible = {
            (kind, f"I{number}"): each
            for kind in kinds_of(subject)
            for number, each in enumerate(_impossible(subject, kind))
        }
        here.objects = companions(subject) | {(kind, key): least(subject, kind, key) for kind, key in impossible}
        assert here.apply().status == 0
        here.server.journal.clear()
        expected = []
        for (kind, key), (path, value, detail) in impossible.items():
            beside = {each: firsts(subject, kind, 1)[each] for each in together(kind, path)}
            here.objects[kind, key] |= {**beside, path: value}
            expected.append(("RC0601", f"hq/{kind}/{key}", detail))
        for run in (here.plan(), here.apply()):
            assert (run.status, sorted(run.details)) == (1, sorted(expected))
        assert here.written() == []


def _impossible(subject: Subject, kind: str) -> Iterator[tuple[str, Any, str]]:
    """What the language can say and the system can't hold: (path, value, the complaint)."""
    binding = binding_of(subject, kind)
    for path, field in fields_of(subject, kind).items():
        limit, choices = binding.lengths.get(path), binding.choices.get(path)
        if path in binding.fixed and not field.required:
            yield path, None, f"`{path}` can't be empty on {subject.system}. Give it a value, or leave it out."
        if limit is not None and (field.length is None or limit < field.length):
            detail = f"`{path}` has {limit + 1} characters; {subject.system} holds at most {limit}. Shorten it."
            yield path, "x" * (limit + 1), detail
        if choices is not None:
            value = "+".join(field.choices)
            can = ", ".join(sorted(choices))
            yield path, value, f"`{path}` can't be {value} on {subject.system}. It can be {can}."


def test_the_cases_are_there() -> None:
    """Were they empty, everything above would pass."""
    subject = BY_PROFILE["biotime-8.5"]
    assert [len(fields_of(subject, kind)) > 1 for kind in kinds_of(subject)] == [True] * 4
    assert len(fields_of(subject, "employee")) > 30
    assert {path for path, _, _ in _impossible(subject, "employee")} >= {"areas", "verify_mode", "app.enabled"}
    assert {path for path, _, _ in _impossible(subject, "area")} == {"name"}
