"""Values in the language's words to the members of a call."""

import base64
import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

from reconciler.model.fields import Value
from reconciler.model.secret import Secret
from reconciler.systems.cvsecurity.codecs import CLEARED, password_problem
from reconciler.systems.cvsecurity.wire import LEVEL_IDS, PERSON, PHOTO, Table
from reconciler.transport.failure import Failure, Sent

Body = dict[str, object]


def encode(table: Table, values: Mapping[str, Value], *, clear: bool = True) -> Body:
    """The members of a call that set `values`; those of other tables are left out. Without `clear` so are empty ones,
    for a new object that has nothing to clear."""
    return {
        column.wire: column.codec.encode(values[column.path])
        for column in table.columns
        if column.path in values and (clear or values[column.path] is not None)
    }


def person_body(
    pin: str,
    values: Mapping[str, Value],
    ids_of: Callable[[tuple[str, ...]], tuple[str, ...]],
    *,
    clear: bool = True,
) -> Body:
    """A person of person/add (manual 2.13.1). A member that is left out keeps its value there, so that nothing that is
    not managed is touched. `ids_of` gives the ids of door levels by name. Raises Failure, with nothing sent."""
    if (problem := password_problem(values.get("device_password"))) is not None:
        raise Failure(Sent.NOT_SENT, "RC0206", f"{problem} Nothing was sent.")
    body: Body = {PERSON.key: pin, **encode(PERSON, values, clear=clear)}
    levels = values.get("access_levels", False)
    if levels is not False and (clear or levels):
        body[LEVEL_IDS] = ",".join(ids_of(levels if isinstance(levels, tuple) else ())) or CLEARED
    photo = values.get("photo", False)
    if photo is not False and (clear or photo is not None):
        body[PHOTO] = picture(photo)
    return body


def picture(photo: Value) -> str:
    """A photo's content in base64, without a prefix (A3 11). `photo` is a Secret of the SHA-256 of its content, as it
    was when the plan was made. Raises Failure when it can't be read, or is another one by now."""
    if not isinstance(photo, Secret):
        return CLEARED
    try:
        content = Path(photo.path or "").read_bytes()
    except OSError as problem:
        reason = (problem.strerror or "it can't be opened").lower()
        raise Failure(
            Sent.NOT_SENT, "RC0101", f"The file of `photo` can't be read: {reason}. Nothing was sent."
        ) from None
    if hashlib.sha256(content).hexdigest() != photo.reveal():
        raise Failure(
            Sent.NOT_SENT,
            "RC0807",
            "The file of `photo` has changed since the plan was made. Nothing was sent; plan again.",
        )
    return base64.b64encode(content).decode("ascii")
