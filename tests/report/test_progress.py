from io import StringIO
from threading import Thread

from reconciler.report.progress import Bars, Lines, Progress, open_progress


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_long_listing_speaks_now_and_then_and_at_its_end() -> None:
    stream = StringIO()
    with Lines(stream, Clock()) as progress:
        for done in range(0, 25_001, 1_000):
            progress.listing("hq", "employee", done, 25_000)
        progress.listing("hq", "department", 40, 40)
    assert stream.getvalue().splitlines() == [
        "hq: 10,000 of 25,000 employees read",
        "hq: 20,000 of 25,000 employees read",
        "hq: 25,000 of 25,000 employees read",
    ]


def test_a_slow_listing_speaks_after_half_a_minute() -> None:
    stream, clock = StringIO(), Clock()
    progress = Lines(stream, clock)
    for second in range(0, 70, 10):
        clock.now = float(second)
        progress.listing("hq", "employee", second, None)
    assert stream.getvalue().splitlines() == ["hq: 30 employees read", "hq: 60 employees read"]


def test_a_listing_that_is_read_again_begins_again() -> None:
    stream = StringIO()
    progress = Lines(stream, Clock())
    for done in (10_000, 5_000, 10_000):
        progress.listing("hq", "employee", done, None)
    assert stream.getvalue().splitlines() == ["hq: 10,000 employees read"] * 2


def test_an_apply_speaks_for_every_tenth_and_a_short_one_not_at_all() -> None:
    stream = StringIO()
    progress = Lines(stream, Clock())
    for done in range(1, 101):
        progress.applying("hq", done, 100)
    for done in range(1, 20):
        progress.applying("lab", done, 19)
    assert stream.getvalue().splitlines() == [f"hq: {done} of 100 changes tried" for done in range(10, 101, 10)]


def test_a_slow_short_apply_speaks_after_half_a_minute() -> None:
    stream, clock = StringIO(), Clock()
    progress = Lines(stream, clock)
    for done in range(1, 6):
        clock.now = done * 20.0
        progress.applying("lab", done, 5)
    assert stream.getvalue().splitlines() == ["lab: 3 of 5 changes tried", "lab: 5 of 5 changes tried"]


def test_many_targets_are_told_of_together_and_alone_only_what_is_long():
    stream, clock = StringIO(), Clock()
    progress = Lines(stream, clock)
    progress.reading(0, 1_000)
    for done in range(1, 1_001):
        progress.listing(f"t-{done}", "employee", 5_000, 5_000)
        progress.reading(done, 1_000)
    progress.writing(0, 40)
    for done in range(1, 41):
        for change in range(1, 200):
            clock.now += 1.0
            progress.applying(f"t-{done}", change, 199)
    for change in range(1, 201):
        progress.applying("t-7", change, 200)
    progress.writing(40, 40)
    assert stream.getvalue().splitlines() == [
        *(f"{done:,} of 1,000 targets read" for done in range(100, 1_001, 100)),
        *(f"t-7: {done} of 200 changes tried" for done in range(20, 201, 20)),
        "40 of 40 targets applied",
    ]


def test_of_several_targets_a_short_apply_says_nothing():
    stream = StringIO()
    progress = Lines(stream, Clock())
    progress.writing(0, 2)
    for done in range(1, 200):
        progress.applying("hq", done, 199)
    for done in range(1, 201):
        progress.applying("lab", done, 200)
    assert stream.getvalue().splitlines() == [f"lab: {done} of 200 changes tried" for done in range(20, 201, 20)]


def test_few_targets_are_not_counted():
    stream = StringIO()
    progress = Lines(stream, Clock())
    progress.reading(0, 19)
    progress.listing("hq", "employee", 1_000, 1_000)
    progress.reading(19, 19)
    assert stream.getvalue().splitlines() == ["hq: 1,000 of 1,000 employees read"]


def test_many_targets_are_one_bar():
    stream = StringIO()
    with Bars(stream) as progress:
        progress.reading(0, 1_000)
        progress.listing("t-1", "employee", 10, 20)
        progress.reading(312, 1_000)
    assert ("targets read" in stream.getvalue(), "t-1" in stream.getvalue()) == (True, False)


def test_threads_do_not_mix_their_lines() -> None:
    stream = StringIO()
    progress = Lines(stream, Clock())

    def work(target: str) -> None:
        for done in range(1, 101):
            progress.applying(target, done, 100)

    threads = [Thread(target=work, args=(f"t{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(stream.getvalue().splitlines()) == sorted(
        f"t{number}: {done} of 100 changes tried" for number in range(4) for done in range(10, 101, 10)
    )


def test_bars_take_every_call() -> None:
    stream = StringIO()
    with Bars(stream) as progress:
        progress.listing("hq", "employee", 10, None)
        progress.listing("hq", "employee", 20, 20)
        progress.applying("hq", 1, 2)
    assert "hq: applying" in stream.getvalue()


def test_the_form_follows_the_surroundings() -> None:
    stream = StringIO()
    silent = open_progress(stream, silent=True, terminal=True)
    with silent:
        silent.listing("hq", "employee", 10_000, 10_000)
        silent.applying("hq", 1, 1)
    assert (type(silent), stream.getvalue()) == (Progress, "")
    assert type(open_progress(stream, silent=False, terminal=True)) is Bars
    assert type(open_progress(stream, silent=False, terminal=False)) is Lines
