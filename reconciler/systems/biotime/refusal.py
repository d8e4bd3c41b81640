"""What a server said against a change, in the language's words."""

from collections.abc import Iterable, Iterator

from reconciler.model.diagnostic import Diagnostic, error
from reconciler.model.outcome import Outcome, Status
from reconciler.model.plan import Action, Change
from reconciler.model.secret import MASK, Secret
from reconciler.systems.biotime.paging import quote
from reconciler.systems.biotime.wire import COLLECTIONS, RESIGNS, Collection
from reconciler.transport.failure import Failure, Sent

_GENERAL = frozenset({"detail", "non_field_errors", "msg", "message", "error", "__all__", "code"})
_VERBS = {Action.CREATE: "create", Action.UPDATE: "change", Action.DELETE: "delete"}


def refused(change: Change, failure: Failure) -> Outcome:
    """The outcome of a change whose call failed."""
    collection = COLLECTIONS[change.address.kind]
    said = list(_said(failure.body))
    duplicate = (
        change.action is Action.CREATE
        and failure.sent is Sent.REFUSED
        and any(_taken(collection, *each) for each in said)
    )
    unknown = failure.sent is Sent.UNKNOWN
    return Outcome(
        address=change.address,
        status=Status.UNKNOWN if unknown else Status.FAILED,
        duplicate=duplicate,
        diagnostic=_unknown(change, failure) if unknown else _complaint(change, collection, failure, said),
    )


def _taken(collection: Collection, member: str, message: str) -> bool:
    """Whether this says that the key is taken. Texts are localised, so that the field alone is enough: whoever looks
    finds out. Where codes are unique per company, the complaint stands under no field [real: WDM]."""
    words = message.lower()
    return member == collection.code or (member in _GENERAL and ("unique set" in words or "already exists" in words))


def _said(body: object, member: str = "detail") -> Iterator[tuple[str, str]]:
    """(wire name, text) of every complaint in a reply's body, whatever its nesting."""
    if isinstance(body, dict):
        for name in sorted(body, key=str):
            if name != "code":  # the envelope's number
                yield from _said(body[name], member if str(name).isdecimal() else str(name))
    elif isinstance(body, list):
        for each in body:
            yield from _said(each, member)
    elif body is not None and str(body).strip():
        yield member, str(body)


def _complaint(change: Change, collection: Collection, failure: Failure, said: list[tuple[str, str]]) -> Diagnostic:
    if not said or failure.code != "RC0701":  # the others' details say all
        detail = failure.detail
    else:
        verb = _VERBS.get(change.action, "change")
        texts = "; ".join(_phrase(collection, member, words) for member, words in said[:5])
        detail = f"The target refused to {verb} the {change.address.kind}: {texts}."
    return error(failure.code, cleaned(detail, change), address=change.address, source=change.source)


def _phrase(collection: Collection, member: str, words: str) -> str:
    if member in _GENERAL:
        return quote(words)
    path = collection.path_of(member)
    if path == member:
        path = RESIGNS.path_of(member)
    return f"`{path}`: {quote(words)}"


def _unknown(change: Change, failure: Failure) -> Diagnostic:
    return error("RC0702", cleaned(failure.detail, change), address=change.address, source=change.source)


def cleaned(text: str, change: Change) -> str:
    """The text without the masked values of a change, should a server repeat one that was not even sent."""
    for secret in sorted(_secrets(change), key=len, reverse=True):
        text = text.replace(secret, MASK)
    return text


def _secrets(change: Change) -> Iterable[str]:
    values = [*(change.before or {}).values(), *(change.after or {}).values()]
    values += [value for field in change.fields for value in (field.before, field.after)]
    return {value.reveal() for value in values if isinstance(value, Secret) and len(value.reveal()) > 2}
