"""Expressions of an attacker: each is refused, at once and without the memory that it asks for."""

import tracemalloc

import pytest

from reconciler.config.expressions import Expressions
from reconciler.config.programs import LONGEST_EXPRESSION, LONGEST_RESULT, ExpressionError

ROW = {"x": "a" * 1_000, "full": "a" * LONGEST_RESULT, "over": "a" * (LONGEST_RESULT + 1), "sep": "a;" * 500}

TOO_COSTLY = [
    "{{ 'a' * 10 ** 12 }}",
    "{{ 10 ** 12 * 'a' }}",
    "{{ [1] * 10 ** 12 }}",
    "{{ [['a'] * 1000] * 1000 }}",
    "{{ 'a' * 40000 * 40000 }}",
    "{{ 9 ** (9 ** 9) }}",
    "{{ (9 ** 99) ** 99 }}",
    "{{ 10 ** 99 * 10 ** 99 }}",
    "{{ row.full + 'a' }}",
    "{{ row.full ~ 'a' }}",
    "{{ row.over }}",
    "{{ row.over | length }}",
    "{{ row.full }}{{ row.x }}",
    "{{ row.x.replace('a', row.x) }}",
    "{{ row.x | replace('', row.x) }}",
    "{{ 'ab' | replace('a', row.full) | replace('b', row.full) }}",
    "{{ row.x.replace('a', 'aaaaaaaaa').replace('a', 'aaaaaaaaa') }}",
    "{{ row.full.join(['', '', '']) }}",
    "{{ row.x.join(row.sep.split(';')) }}",
    "{{ row.sep.split(';') | join(row.x) }}",
    "{{ [row.full, row.full, row.full] }}",
    "{{ [row.full, row.full] | join }}",
    "{{ row.x.zfill(10 ** 12) }}",
    "{{ ('ß' * 60000) | upper }}",
    "{{ ('ß' * 60000).upper() }}",
    "{{ " + "(" * 400 + "1" + ")" * 400 + " + 1 }}",
    "{{ " + "not " * 240 + "true }}",
    "{{ " + "-" * 900 + "1 }}",
    "{{ " + "[" * 450 + "]" * 450 + " }}",
    "{{ " + " + ".join(["1"] * 200) + " }}",
    "{{ 'a'" + "|upper" * 100 + " }}",
    "{{ '" + "a" * LONGEST_EXPRESSION + "' }}",
    "{{ var.x }}" * 100_000,
]


@pytest.mark.parametrize("text", TOO_COSTLY, ids=lambda text: text[:50])
def test_too_costly(text: str) -> None:
    expressions = Expressions({"x": "a" * 1_000})
    tracemalloc.start()
    try:
        with pytest.raises(ExpressionError) as failure:
            expressions.render(text, ROW)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert failure.value.code == "RC0404", failure.value.detail
    assert peak < 32 << 20


FORBIDDEN = [
    "{{ ''.__class__ }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ ''['__class__'] }}",
    "{{ ''['upper']() }}",
    "{{ ''['__class__'].__name__ }}",
    "{{ ('' | string)['__' ~ 'class__'] ~ '' }}",
    "{{ row.x.format(row) }}",
    "{{ '{0.__class__}'.format(row.x) }}",
    "{{ '{0:>99999999999}'.format(1) }}",
    "{{ '%99999999999d' % 1 }}",
    "{{ row.x.center(99999999999) }}",
    "{{ row.x.ljust(99999999999) }}",
    "{{ row.x.rjust(99999999999) }}",
    "{{ row.x.expandtabs(99999999999) }}",
    "{{ row.x.translate({}) }}",
    "{{ row.x.encode() }}",
    "{{ [1].append(2) }}",
    "{{ [1].pop() }}",
    "{{ row.__class__ }}",
    "{{ row._values }}",
    "{{ row['__class__'] }}",
    "{{ var.__getitem__('x') }}",
    "{{ row.x.upper }}",
    "{{ row.x.upper.__self__ }}",
    "{{ row.x.zfill(width=10 ** 12) }}",
    "{{ lipsum(1000) }}",
    "{{ cycler('a') }}",
    "{{ joiner() }}",
    "{{ namespace(a=1) }}",
    "{{ dict(a=1) }}",
    "{{ caller() }}",
    "{{ loop.index }}",
    "{{ row.x | attr('__class__') }}",
    "{{ row.x | map('upper') }}",
    "{{ row.x | pprint }}",
    "{{ row.x | xmlattr }}",
    "{{ row.x | format(1) }}",
    "{{ row.x | center(99999999999) }}",
    "{{ row.x | indent(99999999999) }}",
    "{{ row.x | batch(1) }}",
    "{{ [1, 2] | join(*[1]) }}",
    "{{ row.x.split(**{}) }}",
]


@pytest.mark.parametrize("text", FORBIDDEN)
def test_forbidden(text: str) -> None:
    with pytest.raises(ExpressionError) as failure:
        Expressions({"x": "a"}).render(text, ROW)
    assert failure.value.code in {"RC0402", "RC0403"}
    assert "a" * 100 not in failure.value.detail


def test_what_fits_is_allowed() -> None:
    expressions = Expressions({})
    assert expressions.render("{{ row.full }}", ROW) == ROW["full"]
    assert expressions.render("{{ 'a' * 65536 }}") == ROW["full"]
    assert expressions.render("{{ 'ab' * 3 }}") == "ababab"
    assert expressions.render("{{ " + " ~ ".join(["'a'"] * 140) + " }}") == "a" * 140
