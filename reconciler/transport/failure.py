"""How a call can fail. Whether it may be repeated is decided by the class of the failure, here and nowhere else."""

from collections.abc import Mapping
from enum import StrEnum

from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, Span, error


class Sent(StrEnum):
    """What is known of a failed call."""

    NOT_SENT = "not sent"  # the target never had it: it may be repeated
    REFUSED = "refused"  # the target had it, and did not carry it out
    UNKNOWN = "unknown"  # the target may have carried it out


class Failure(Exception):
    """A call that failed. `code` is a diagnostic's (RC05xx, or RC0701 for a refused write), `detail` its full text,
    already cleaned of secrets. `status` is the HTTP status, if there was a reply; `body` the JSON of a refusal, cleaned
    too; `retry_after` the seconds that the server of a login asked for."""

    def __init__(
        self,
        sent: Sent,
        code: str,
        detail: str,
        *,
        status: int | None = None,
        body: object | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(detail)
        self.sent = sent
        self.code = code
        self.detail = detail
        self.status = status
        self.body = body
        self.retry_after = retry_after

    def diagnostic(self, *, address: Address | None = None, source: Span | None = None) -> Diagnostic:
        return error(self.code, self.detail, address=address, source=source)


Reply = Mapping[str, object]
"""A decoded JSON object."""
