"""Schedules at random."""

from hypothesis import strategies as st

from reconciler.model.schedules.times import MINUTES, Day, Range, merged
from reconciler.model.schedules.week import Week

OPEN: Day = (Range(0, MINUTES),)


def ranges(first: int = 0) -> st.SearchStrategy[Range]:
    """Ranges within a day. Round hours are likely, so that ranges meet, at midnight too."""
    minutes = st.one_of(st.integers(0, 24).map(lambda hour: hour * 60), st.integers(first, MINUTES))
    pairs = st.tuples(minutes, minutes).filter(lambda pair: pair[0] != pair[1])
    return pairs.map(lambda pair: Range(min(pair), max(pair))).filter(lambda each: each != Range(0, 1))


def days(most: int = 3) -> st.SearchStrategy[Day]:
    return st.lists(ranges(), max_size=most).map(merged).filter(lambda day: Range(0, 1) not in day)


@st.composite
def weeks(draw: st.DrawFn, pool: int = 3) -> Week:
    """Weeks whose days are often equal."""
    some = [(), OPEN, *draw(st.lists(days(), min_size=1, max_size=pool))]
    return Week(tuple(draw(st.lists(st.sampled_from(some), min_size=7, max_size=7))))
