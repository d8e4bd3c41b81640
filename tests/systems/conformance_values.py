"""Values for every field, made from its declaration and from what the system holds of it."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from conformance import Objects, Subject, Values, kinds_of
from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st

from reconciler.model.fields import Field, Type
from reconciler.model.kinds import KINDS
from reconciler.systems.base import Binding
from reconciler.systems.registry import system

COMPANIONS = ("R1", "R2")
"""Two objects of every kind, for what refers to them."""

Pair = tuple[Any, Any]


def binding_of(subject: Subject, kind: str) -> Binding:
    return system(subject.system).bindings[kind]


def fields_of(subject: Subject, kind: str) -> dict[str, Field]:
    """Every field of a kind that the subject holds, by path; one for each label of a map."""
    held = binding_of(subject, kind).lengths
    found: dict[str, Field] = {}
    for path, field in KINDS[kind].paths().items():
        if path not in held or {path, path.partition(".")[0]} & subject.absent:
            continue
        if field.type is Type.MAP:
            found |= {f"{path}.{label}": field for label in subject.labels}
        else:
            found[path] = field
    return found


def pairs(subject: Subject, kind: str, number: int) -> dict[str, Pair]:
    """By path two values that differ, and that no other object of another `number` has where they are texts. The first
    of a text is as long as can be."""
    binding = binding_of(subject, kind)
    return {path: _pair(binding, path, field, number) for path, field in fields_of(subject, kind).items()}


def firsts(subject: Subject, kind: str, number: int) -> Values:
    """Every field of a kind with its first value."""
    return {path: first for path, (first, _) in pairs(subject, kind, number).items()}


def _pair(binding: Binding, path: str, field: Field, number: int) -> Pair:
    choices = sorted(binding.choices.get(path, (*field.choices, *field.alone)))
    match field.type:
        case Type.SET:
            return [*COMPANIONS], [COMPANIONS[1]]
        case Type.TEXT if field.reference:
            return COMPANIONS
        case Type.TEXT if field.pattern:
            return _forms(field.pattern)
        case Type.TEXT | Type.MAP:
            return _texts(min(each for each in (field.length, binding.lengths.get(path), 200) if each), number)
        case Type.DATE:
            return "2001-02-03", "2024-02-29"
        case Type.CHOICE:
            return choices[0], choices[-1]
        case Type.WORDS:
            several = [choice for choice in choices if "+" in choice]
            return several[0], next(choice for choice in choices if choice not in several)
        case Type.BOOLEAN:
            return True, False
        case Type.INTEGER:
            return 17, 18
        case Type.SECRET:
            return {"env": f"SECRET_1{number:04}"}, {"env": f"SECRET_2{number:04}"}
    raise AssertionError(f"no values for {path}")


def _texts(length: int, number: int) -> tuple[str, str]:
    return f"A{number} Zoë".ljust(length, "x")[:length], f"B{number} O'Neil"[:length]


@cache
def _forms(pattern: str) -> tuple[str, str]:
    """Two texts of a form."""

    def one(other: str) -> str:
        plain = st.from_regex(pattern, fullmatch=True, alphabet=st.characters(codec="ascii"))
        quiet = settings(
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate, Phase.shrink],  # to explain what was found takes longer than to find it
            suppress_health_check=list(HealthCheck),
        )
        return find(plain, lambda text: text.isprintable() and text != other, settings=quiet)

    first = one("")
    return first, one(first)


def required(subject: Subject, kind: str) -> frozenset[str]:
    """The paths that an object must have to be created."""
    declared = {field.name for field in KINDS[kind].fields if field.required and field.name != KINDS[kind].key}
    return frozenset(declared | binding_of(subject, kind).create | subject.wanted.get(kind, frozenset()))


def least(subject: Subject, kind: str, key: str) -> Values:
    """The least that an object can be."""
    given = firsts(subject, kind, 0)
    return {path: key if isinstance(given[path], str) and path not in references(kind) else given[path]
            for path in sorted(required(subject, kind))}  # fmt: skip


def references(kind: str) -> dict[str, str]:
    """The kinds that fields of the family refer to, by path."""
    known = system("biotime").bindings[kind].lengths
    return {path: field.reference for path, field in KINDS[kind].paths().items() if field.reference and path in known}


def companions(subject: Subject) -> Objects:
    """Two objects of every kind, the least that they can be."""
    return {(kind, key): least(subject, kind, key) for kind in kinds_of(subject) for key in COMPANIONS}


def together(kind: str, path: str) -> list[str]:
    """The paths that must stand beside one of a block, since the block requires them."""
    block, dot, _ = path.partition(".")
    inner = next((field.fields for field in KINDS[kind].fields if field.name == block), ()) if dot else ()
    return [f"{block}.{field.name}" for field in inner if field.required]


def clearable(subject: Subject, kind: str) -> list[str]:
    """The paths that null (of a set: an empty list) can clear by itself."""
    fixed = binding_of(subject, kind).fixed | subject.wanted.get(kind, frozenset())
    return [path for path, field in fields_of(subject, kind).items() if not field.required and path not in fixed]


def one_per_path(subject: Subject, kind: str) -> Iterator[tuple[str, str, Pair, Values]]:
    """For each field an object that has little else: (path, key, the field's two values, the object with the first)."""
    for number, path in enumerate(fields_of(subject, kind), 1):
        key = f"T{number:02}"
        given = pairs(subject, kind, number)
        beside = {each: given[each][0] for each in together(kind, path)}
        yield path, key, given[path], {**least(subject, kind, key), **beside, path: given[path][0]}
