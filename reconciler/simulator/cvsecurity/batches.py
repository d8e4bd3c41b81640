"""Calls with an array, and the answers that count."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from reconciler.simulator.cvsecurity.call import Result, Site
from reconciler.simulator.cvsecurity.codes import Refused

T = TypeVar("T")


def counted(done: int, failed: int) -> Result:
    """The answer of a call that may do a part of what it was asked: success, even if nothing was done."""
    return Result([], f"Succeed: {done}, Failed: {failed}.")


def each(site: Site, items: Sequence[T], write: Callable[[T], None]) -> Result:
    """Do the same with each item; a wrong one is met as the switch batch_failure says. Raises Refused."""
    failed = 0
    for item in items:
        mark = site.store.mark()
        try:
            write(item)
        except Refused as refused:
            site.store.undo(mark)
            if site.profile.batch_failure == "refused":
                raise
            if site.profile.batch_failure == "stopped":
                return Result(failure=refused.name)
            failed += 1
    return counted(len(items) - failed, failed) if failed else Result()
