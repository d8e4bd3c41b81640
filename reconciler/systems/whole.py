"""Lists that are read page by page: whole, or a failure that says what is missing."""

from collections.abc import Callable
from typing import TypeVar

from reconciler.transport.failure import Failure, Sent

TRIES = 3
_INCOMPLETE = "RC0602"

T = TypeVar("T")


def read_whole(start: Callable[[], T], read: Callable[[T], None]) -> T:
    """Lets `read` give all rows to a new `start()`, and returns that.

    A list that shifted while it was read is read again from the start, three times in all. Raises Failure; its code is
    RC0602 when the list can't be had whole.
    """
    for attempt in range(1, TRIES + 1):
        taker = start()
        try:
            read(taker)
        except Failure as failure:
            if failure.code != _INCOMPLETE:
                raise
            if attempt == TRIES:
                raise incomplete(f"{failure.detail} It was read {TRIES} times.") from None
        else:
            return taker
    raise AssertionError("every attempt returns or raises")


def incomplete(detail: str) -> Failure:
    """The failure of a list that is not whole."""
    return Failure(Sent.REFUSED, _INCOMPLETE, detail)


def senseless(path: str, why: str) -> Failure:
    """The failure of an answer that is no list; `why` is a clause."""
    return Failure(
        Sent.REFUSED,
        "RC0505",
        f"The answer for {path} makes no sense: {why}. Check that the target's `url` and `system` are right.",
    )
