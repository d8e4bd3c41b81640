"""What became of a change, in the language's words: the object, the field, what is wrong and the way out."""

from reconciler.model.diagnostic import error
from reconciler.model.fields import Value
from reconciler.model.outcome import Outcome, Status
from reconciler.model.plan import Action, Change
from reconciler.model.words import cited, printable
from reconciler.systems.cvsecurity.codes import code_of, meaning
from reconciler.transport.failure import Failure, Sent

_VERBS = {Action.CREATE: "create", Action.UPDATE: "change", Action.DELETE: "delete"}


def done(change: Change) -> Outcome:
    return Outcome(address=change.address, status=Status.DONE, id=change.id)


def refused(change: Change, failure: Failure, so_far: str | None = None) -> Outcome:
    """The outcome of a change of which a call failed. `so_far` says what was written all the same, if anything."""
    unknown = failure.sent is Sent.UNKNOWN and so_far is None
    detail = _complaint(change, failure)
    if so_far is not None:
        detail = f"The {change.address.kind} was {so_far}. {detail}"
    code = "RC0702" if unknown else failure.code
    number = change.id if change.id is not None else change.address.key
    return Outcome(
        address=change.address,
        status=Status.UNKNOWN if unknown else Status.FAILED,
        id=number if so_far is not None else None,
        diagnostic=error(code, detail, address=change.address, source=change.source),
    )


def _complaint(change: Change, failure: Failure) -> str:
    """A code of the server's own is explained; of other failures the detail says all."""
    code = code_of(failure)
    if code is None:
        return failure.detail
    told = meaning(code)
    paths = [path for path in told.paths if path == "code" or path in written(change)]
    about = ", ".join(f"`{path}`" for path in paths)
    said = failure.body.get("message") if isinstance(failure.body, dict) else None
    quoted = f" It says: {cited(printable(said))}" if isinstance(said, str) and said else ""
    return (
        f"The target refused to {_VERBS.get(change.action, 'change')} the {change.address.kind} with the code {code}"
        f"{f' ({about})' if about else ''}. {told.what} {told.do}{quoted}"
    )


def written(change: Change) -> dict[str, Value]:
    """What a change sets, by path: all of a create, and of an update what differs."""
    if change.before is None:
        return dict(change.after or {})
    return {field.path: field.after for field in change.fields}
