"""Which fields of which kind refer to which kind: derived from the declarations, for everything that asks."""

from collections.abc import Iterator, Mapping
from functools import cache

from reconciler.model.fields import Field, Value, members
from reconciler.model.kinds import KINDS


@cache
def reference_paths(kind: str) -> tuple[tuple[str, str], ...]:
    """(path, kind it refers to) of every field of `kind` that holds references."""
    return tuple((path, field.reference) for path, field in KINDS[kind].paths().items() if field.reference)


@cache
def users_of(kind: str) -> tuple[str, ...]:
    """The kinds whose objects on a target may refer to objects of `kind`, itself included."""
    return tuple(
        other.name
        for other in KINDS.values()
        if other.held and any(target == kind for _, target in reference_paths(other.name))
    )


def references(kind: str, values: Mapping[str, Value]) -> Iterator[tuple[str, str, str]]:
    """(path, kind, key) of every reference in `values`."""
    for path, target in reference_paths(kind):
        value = values.get(path)
        if isinstance(value, str):
            yield path, target, value
        elif isinstance(value, tuple):
            for member in members(_field(kind, path), value):
                yield path, target, member


@cache
def _field(kind: str, path: str) -> Field:
    return KINDS[kind].paths()[path]
