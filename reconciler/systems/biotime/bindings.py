"""What the engine has to know of each kind, derived from the tables of wire.py."""

from reconciler.systems.base import Binding
from reconciler.systems.biotime import codecs
from reconciler.systems.biotime.wire import COLLECTIONS, RESIGNS, Collection


def bindings() -> dict[str, Binding]:
    """The family's bindings by kind. They are the same for every dialect: a server that lacks resignations is found
    when it is asked for them, since versions differ [real: PYB]."""
    return {kind: _binding(collection) for kind, collection in COLLECTIONS.items()}


def _binding(collection: Collection) -> Binding:
    lengths: dict[str, int | None] = {column.path: column.length for column in collection.columns}
    lengths |= {reference.path: None for reference in collection.references}
    fixed = {column.path for column in collection.columns if column.fixed}
    fixed |= {reference.path for reference in collection.references if reference.fixed}
    if collection.kind != "employee":
        return Binding(
            kind=collection.kind,
            lengths=lengths,
            key_length=collection.key_length,
            create=frozenset(collection.required),
            fixed=frozenset(fixed),
        )
    lengths |= {column.path: column.length for column in RESIGNS.columns}
    fixed |= {column.path for column in RESIGNS.columns if column.fixed}
    lengths["attributes"] = None
    return Binding(
        kind=collection.kind,
        lengths=lengths,
        key_length=collection.key_length,
        create=frozenset(collection.required),
        fixed=frozenset(fixed),
        choices={"verify_mode": frozenset(codecs.VERIFY_MODES)},
        unique=collection.unique,
        removals=frozenset({"delete", "forget", "disable", "resign"}),
    )
