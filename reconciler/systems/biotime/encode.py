"""Values in the language's words to the body of a call."""

from collections.abc import Callable, Mapping

from reconciler.model.fields import Value
from reconciler.systems.biotime.wire import ATTRIBUTES, Collection, attribute
from reconciler.transport.failure import Failure, Sent

IdOf = Callable[[str, str], int]
"""(kind, code) to the server's id. Raises Failure for what the target does not have."""


def encode(collection: Collection, values: Mapping[str, Value], id_of: IdOf) -> dict[str, object]:
    """The members of a body that set `values`. What is not of this collection, such as a resignation, is left out.

    Raises Failure for a reference to what is not there, and for an attribute with the name of another field."""
    body: dict[str, object] = {}
    for column in collection.columns:
        if column.path in values:
            value = column.codec.encode(values[column.path])
            body[column.wire] = value
            if column.nested is not None:
                # Which form a server takes can't be seen from outside, and it drops the other silently [real: S0X].
                inside = body.setdefault(column.nested[0], {})
                assert isinstance(inside, dict)  # noqa: S101  made by the line above
                inside[column.nested[1]] = value
    for reference in collection.references:
        if reference.path in values:
            value = values[reference.path]
            if reference.many:
                members = value if isinstance(value, tuple) else ()
                body[reference.wire] = sorted(id_of(reference.kind, code) for code in members)
            else:
                body[reference.wire] = None if value is None else id_of(reference.kind, str(value))
    for path in sorted(values):
        if path.startswith(ATTRIBUTES):
            label = attribute(path)
            if label is None:
                detail = f"`{path}` is no custom attribute: the server has a field of its own under this name."
                raise Failure(Sent.NOT_SENT, "RC0601", detail)
            body[label.wire] = label.codec.encode(values[path])
    return body
