"""The heartbeat of a lock that is held: a thread that says again and again that the holder lives."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Protocol

from reconciler.state.backend import StateError
from reconciler.state.holder import HEARTBEAT

Clock = Callable[[], datetime]


class Beating(Protocol):
    """A lock that wants a heartbeat."""

    def beat(self, moment: datetime) -> None:
        """Says that the holder lives. Raises StateError (RC0804) when the lock is lost, and OSError."""
        ...


@contextlib.contextmanager
def beating(lock: Beating, clock: Clock, every: timedelta = HEARTBEAT) -> Iterator[None]:
    """While in here the lock's heart beats."""
    done = threading.Event()
    thread = threading.Thread(target=keep, args=(lock, done.wait, clock, every), name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def keep(lock: Beating, wait: Callable[[float], bool], clock: Clock, every: timedelta = HEARTBEAT) -> None:
    """Beats until `wait`, which is told seconds, says that it is done, or the lock is lost. A beat that fails is tried
    again soon."""
    pause = every
    while not wait(pause.total_seconds()):
        try:
            lock.beat(clock())
        except StateError:
            return  # the next write of the state finds it and says so
        except OSError:
            pause = min(every, HEARTBEAT)
        else:
            pause = every
