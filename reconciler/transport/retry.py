"""Repeating calls, and slowing down together. Whether a call may be repeated follows from how it failed."""

import random
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from reconciler.transport.failure import Failure, Sent

LONGEST_WAIT = 60.0  # seconds, for one wait, also where the target asks for more
_FIRST, _LONGEST_BACKOFF = 0.5, 30.0  # seconds
_TOTAL = 300.0  # seconds after which no repeat of a call is started
_FIRST_GAP, _LONGEST_GAP = 0.05, 5.0  # seconds between two calls to a target that is busy


class Timing(NamedTuple):
    """Where time and chance come from. `clock` never runs backwards; `wall` counts from 1970; both in seconds.
    `chance` is between 0 and 1. When somebody `stopped` the run, nothing is repeated any more."""

    clock: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    sleep: Callable[[float], object] = time.sleep
    chance: Callable[[], float] = random.random
    stopped: Callable[[], bool] = lambda: False


REAL = Timing()


def until(stop: threading.Event) -> Timing:
    """Real time, in which `stop` ends every wait."""
    return Timing(sleep=stop.wait, stopped=stop.is_set)


class Failed(NamedTuple):
    """A try that failed. `retry_after` is what the target asked for, in seconds. `final`: a repeat would be pointless,
    or do harm. `busy`: the target had too much to do, and did nothing."""

    failure: Failure
    retry_after: float | None = None
    final: bool = False
    busy: bool = False


def may_repeat(failed: Failed, repeatable: bool) -> bool:
    """Whether sending it again can't do a thing twice. `repeatable` calls may arrive twice."""
    if failed.final:
        return False
    if failed.busy or failed.failure.sent is Sent.NOT_SENT:
        return True
    return repeatable and failed.failure.sent is Sent.UNKNOWN


def wait_before(repeat: int, retry_after: float | None, chance: float) -> float:
    """Seconds before the given repeat (0 is the first): exponential with full jitter, and at least what the target
    asked for, as far as that is bearable."""
    backoff = chance * min(_LONGEST_BACKOFF, _FIRST * 2.0 ** min(repeat, 16))
    return max(backoff, min(retry_after or 0.0, LONGEST_WAIT))


def asked_wait(headers: Mapping[str, str], wall: float) -> float | None:
    """The seconds of a Retry-After header, which is a number or a date (RFC 9110, 10.2.3). A date is measured against
    the target's own clock where it tells the time, since clocks differ."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    until = _instant(text)
    if until is None:
        return None
    now = _instant(headers.get("date", ""))
    return max(0.0, until - (wall if now is None else now))


def _instant(text: str) -> float | None:
    try:
        date = parsedate_to_datetime(text)
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


class Pace:
    """The speed that all threads of one target keep to: unbounded until it says that it is busy, then with a gap
    between calls that doubles with each such answer and shrinks with each good one."""

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._lock = threading.Lock()
        self._next = 0.0
        self._gap = 0.0

    def wait(self) -> None:
        """Returns when the next call may be made."""
        with self._lock:
            now = self._timing.clock()
            start = max(now, self._next)
            self._next = start + self._gap
        if start > now:
            self._timing.sleep(start - now)

    def busy(self, seconds: float) -> None:
        """Nobody calls for so long, and more slowly afterwards."""
        with self._lock:
            self._gap = min(_LONGEST_GAP, max(_FIRST_GAP, self._gap * 2))
            self._next = max(self._next, self._timing.clock() + seconds)

    def fine(self) -> None:
        with self._lock:
            self._gap = self._gap * 0.9 if self._gap > _FIRST_GAP / 10 else 0.0


def repeat(
    attempt: Callable[[], object],
    *,
    repeatable: bool,
    retries: int,
    pace: Pace,
    timing: Timing,
    told: Callable[[int, float, Failure], None],
) -> object:
    """What `attempt` gives, which is a `Failed` or a value. Raises the last try's Failure; `told` gets the number of
    each repeat, the seconds until it, and why."""
    started = timing.clock()
    number = 0
    while True:
        pace.wait()
        result = attempt()
        if not isinstance(result, Failed):
            pace.fine()
            return result
        wait = wait_before(number, result.retry_after, timing.chance())
        if result.busy:
            pace.busy(wait)
        late = timing.clock() + wait - started > _TOTAL
        if number == retries or late or not may_repeat(result, repeatable):
            raise result.failure
        number += 1
        told(number, wait, result.failure)
        timing.sleep(wait)
        if timing.stopped():
            raise result.failure
