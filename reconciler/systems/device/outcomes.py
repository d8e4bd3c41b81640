"""What became of a change whose call failed, and of one that was done."""

import msgspec

from reconciler.model.diagnostic import error
from reconciler.model.outcome import Outcome, Status
from reconciler.model.plan import Change
from reconciler.transport.failure import Failure, Sent


def done(change: Change, number: int | str | None = None) -> Outcome:
    """The terminal said so. `number` is the id where the change has none yet."""
    return Outcome(address=change.address, status=Status.DONE, id=change.id if number is None else number)


def failed(change: Change, failure: Failure) -> Outcome:
    """Refused, never sent, or not known."""
    unknown = failure.sent is Sent.UNKNOWN
    code = "RC0702" if unknown else failure.code
    return Outcome(
        address=change.address,
        status=Status.UNKNOWN if unknown else Status.FAILED,
        diagnostic=error(code, failure.detail, address=change.address, source=change.source),
    )


def unsent(change: Change) -> Outcome:
    """Skipped, since the terminal can't be reached."""
    detail = "The terminal could not be reached for an earlier change, so this was not sent."
    diagnostic = error("RC0704", detail, address=change.address, source=change.source)
    return Outcome(address=change.address, status=Status.SKIPPED, diagnostic=diagnostic)


def half_done(change: Change, number: int | str, failure: Failure, so_far: str) -> Outcome:
    """A part was written, as `so_far` says in a sentence, before the call that failed."""
    outcome = failed(change, failure)
    diagnostic = outcome.diagnostic
    if diagnostic is not None:
        diagnostic = msgspec.structs.replace(diagnostic, detail=f"{so_far} {diagnostic.detail}")
    return Outcome(address=change.address, status=Status.FAILED, id=number, diagnostic=diagnostic)
