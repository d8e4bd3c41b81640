"""Progress of reading and applying, on stderr: bars on a terminal, now and then a line elsewhere."""

from collections.abc import Callable
from threading import Lock
from time import monotonic
from types import TracebackType
from typing import IO, Self

from reconciler.model.kinds import KINDS
from reconciler.model.words import printable

_STEP = 10_000  # objects between two lines of a listing
_SMALL = 1_000  # a listing of fewer objects says nothing
_PATIENCE = 30.0  # seconds after which a line is due, however little was done
_PARTS = 10  # lines of an apply
_FEW = 20  # an apply of fewer changes says nothing


class Progress:
    """Told how far a run is, from any thread; a context manager that tidies up at its end. This one says nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends what is shown."""

    def listing(self, target: str, kind: str, done: int, total: int | None) -> None:
        """`done` of `total` objects of `kind` are read; None: how many there are is not known."""

    def applying(self, target: str, done: int, total: int) -> None:
        """`done` of the `total` changes of `target` have an outcome."""


def open_progress(stream: IO[str], *, silent: bool, terminal: bool, color: bool = True) -> Progress:
    """Nothing (with --json), bars (on a terminal), or lines."""
    if silent:
        return Progress()
    return Bars(stream, color=color) if terminal else Lines(stream)


class Lines(Progress):
    """Plain lines: of a listing one for every 10,000 objects, of an apply one for every tenth, of each the last
    one, and one after half a minute without any. What is short says nothing. `clock` gives seconds."""

    def __init__(self, stream: IO[str], clock: Callable[[], float] = monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._lock = Lock()
        self._said: dict[tuple[str, str], tuple[int, float]] = {}

    def listing(self, target: str, kind: str, done: int, total: int | None) -> None:
        of = "" if total is None else f" of {total:,}"
        last = done == total and done >= _SMALL
        self._say((target, kind), done, _STEP, last, f"{target}: {done:,}{of} {_plural(kind)} read")

    def applying(self, target: str, done: int, total: int) -> None:
        step = total // _PARTS if total >= _FEW else total + 1
        last = done == total and total >= _FEW
        self._say((target, ""), done, step, last, f"{target}: {done:,} of {total:,} changes tried")

    def _say(self, about: tuple[str, str], done: int, step: int, last: bool, line: str) -> None:
        with self._lock:
            now = self._clock()
            before, since = self._said.setdefault(about, (0, now))
            if done < before:  # read once more, from the beginning
                before = 0
                self._said[about] = (0, since)
            due = done // step > before // step or now - since >= _PATIENCE
            if done > before and (due or last):
                self._said[about] = (done, now)
                self._stream.write(printable(line) + "\n")
                self._stream.flush()


class Bars(Progress):
    """A bar for each listing and each target; all are gone at the end."""

    def __init__(self, stream: IO[str], *, color: bool = True) -> None:
        # rich takes as long to import as all else together, and only terminals need it
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as RichProgress

        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(compact=True),
        )
        console = Console(file=stream, force_terminal=True, no_color=not color)
        self._bars = RichProgress(*columns, console=console, transient=True)
        self._lock = Lock()
        self._tasks: dict[str, int] = {}

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def listing(self, target: str, kind: str, done: int, total: int | None) -> None:
        self._show(f"{target}: reading {_plural(kind)}", done, total)

    def applying(self, target: str, done: int, total: int) -> None:
        self._show(f"{target}: applying", done, total)

    def _show(self, title: str, done: int, total: int | None) -> None:
        """A bar that is full goes away: a thousand terminals would fill the screen."""
        from rich.progress import TaskID

        title = printable(title)
        with self._lock:
            task = self._tasks.get(title)
            if task is None:
                task = self._tasks[title] = self._bars.add_task(title, total=total)
            full = total is not None and done >= total
            self._bars.update(TaskID(task), completed=done, total=total, visible=not full)


def _plural(kind: str) -> str:
    return KINDS[kind].plural if kind in KINDS else kind
