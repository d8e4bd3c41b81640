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
_FEW = 100  # an apply of fewer changes says nothing
_MANY = 20  # so many targets are told of together, and of each by itself only
_LONG = 200  # of several targets, an apply of fewer changes says nothing


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

    def reading(self, done: int, total: int) -> None:
        """`done` of `total` targets are read."""
        self.targets("read", done, total)

    def writing(self, done: int, total: int) -> None:
        """`done` of `total` targets have an outcome for each of their changes."""
        self.targets("applied", done, total)

    def targets(self, word: str, done: int, total: int) -> None:
        """`done` of `total` targets are what `word` says."""


def open_progress(stream: IO[str], *, silent: bool, terminal: bool, color: bool = True) -> Progress:
    """Nothing (with --json), bars (on a terminal), or lines."""
    if silent:
        return Progress()
    return Bars(stream, color=color) if terminal else Lines(stream)


class Lines(Progress):
    """Plain lines: of a listing one for every 10,000 objects, of an apply one for every tenth, of each the last
    one, and one after half a minute without any. What is short says nothing. Of many targets every tenth of these, and
    for each by itself only what is long. `clock` gives seconds."""

    def __init__(self, stream: IO[str], clock: Callable[[], float] = monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._lock = Lock()
        self._said: dict[tuple[str, str], tuple[int, float]] = {}
        self._targets = 1

    def targets(self, word: str, done: int, total: int) -> None:
        self._targets = total
        if total >= _MANY:
            self._say(("", word), done, total // _PARTS, done == total, f"{done:,} of {total:,} targets {word}")

    def listing(self, target: str, kind: str, done: int, total: int | None) -> None:
        of = "" if total is None else f" of {total:,}"
        last = done == total and done >= (_STEP if self._targets >= _MANY else _SMALL)
        if self._targets >= _MANY and done < _STEP:
            return
        self._say((target, kind), done, _STEP, last, f"{target}: {done:,}{of} {_plural(kind)} read")

    def applying(self, target: str, done: int, total: int) -> None:
        if self._targets >= _MANY and total < _LONG:
            return
        few = _FEW if self._targets <= 1 else _LONG
        step = total // _PARTS if total >= few else total + 1
        last = done == total and total >= few
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
    """A bar for each listing and each target, or one for many targets; all are gone at the end."""

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
        self._many = False

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def listing(self, target: str, kind: str, done: int, total: int | None) -> None:
        if not self._many or done >= _STEP:
            self._show(f"{target}: reading {_plural(kind)}", done, total)

    def applying(self, target: str, done: int, total: int) -> None:
        if not self._many or total >= _LONG:
            self._show(f"{target}: applying", done, total)

    def targets(self, word: str, done: int, total: int) -> None:
        self._many = total >= _MANY
        if self._many:
            self._show(f"targets {word}", done, total)

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
