"""What expressions can do, as the language promises it."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.config.expressions import Expressions, has_expression
from reconciler.config.programs import ExpressionError

VARIABLES = {"domain": "acme.example", "empty": "", "code": "{{ var.domain }}"}
ROW = {
    "name": " Ana ",
    "items": "a column",
    "emp no": "0007",
    "sites": "HQ;LAB",
    "count": "3",
    "unit": "ops",
}

RESULTS = [
    # (text, what comes out)
    ("no expression", "no expression"),
    ("{{ var.domain }}", "acme.example"),
    ("ana@{{ var.domain }}", "ana@acme.example"),
    ("{{row.unit}}-{{row.count}}", "ops-3"),
    ("{{ row.items }}", "a column"),
    ("{{ row['emp no'] }}", "0007"),
    ("{{ row.unit | upper }}", "OPS"),
    ("{{ row.name | trim | lower }}.silva@{{ var.domain }}", "ana.silva@acme.example"),
    ("{{ row.name.strip().upper() }}", "ANA"),
    ("{{ row.unit ~ '-' ~ row.count }}", "ops-3"),
    ("{{ row.unit + row.count }}", "ops3"),
    ("{{ row.count | int + 1 }}", "4"),
    ("{{ -(row.count | int) }}", "-3"),
    ("{{ 7 // 2 }}/{{ 7 % 2 }}/{{ 2 ** 8 }}/{{ 7 / 2 }}", "3/1/256/3.5"),
    ("{{ row.count == '3' }}", "true"),
    ("{{ true ~ false }}", "truefalse"),
    ("{{ 'O' in row.unit or not row.unit.startswith('x') }}", "true"),
    ("{{ 'yes' if row.count | int > 2 else 'no' }}", "yes"),
    ("{{ row.unit[0] }}{{ row.unit[1:] }}", "ops"),
    ("{{ row.count.zfill(5) }}", "00003"),
    ("{{ row.unit | replace('o', '0') }}", "0ps"),
    ("{{ row.unit.replace('s', 'z', 1) }}", "opz"),
    ("{{ row.sites.split(';') | join(', ') }}", "HQ, LAB"),
    ("{{ ', '.join(['a', 1, true]) }}", "a, 1, true"),
    ("{{ row.sites.split(';') | first }}{{ row.sites.split(';') | last }}", "HQLAB"),
    ("{{ row.sites.split(';') | length }}", "2"),
    ("{{ row.sites.split(';')[5] | default('none') }}", "none"),
    ("{{ var.empty | default('none', true) }}", "none"),
    ("{{ var.empty or 'none' }}", "none"),
    ("{{ 'ana maria' | title }} {{ 'ANA' | capitalize }} {{ 5 | string }}", "Ana Maria Ana 5"),
    ("{{ 'x' | int(0) }}", "0"),
    # nothing else is special
    ("{% if x %}{# note #}", "{% if x %}{# note #}"),
    ("}} and { { and {", "}} and { { and {"),
    ("{{ '{{' }} {{ '}}' }}", "{{ }}"),
    ('{{ "it\'s" }} {{ \'a "b"\' }}', 'it\'s a "b"'),
    # results are not rendered again
    ("{{ var.code }}", "{{ var.domain }}"),
    # text stays text
    ("line one\n{{ row.unit }}\nline three", "line one\nops\nline three"),
    ("  {{ row.unit }}  ", "ops"),
    ("{{ '<&>' }}", "<&>"),
    # lists
    ("{{ row.sites.split(';') }}", ("HQ", "LAB")),
    ("  {{ ['a', 1, true] }}\n", ("a", "1", "true")),
    ("{{ ('a', 'b') }}", ("a", "b")),
    ("{{ [] }}", ()),
    ("{{ row.sites.split(';') + ['X'] }}", ("HQ", "LAB", "X")),
]


@pytest.mark.parametrize(("text", "result"), RESULTS)
def test_renders(text: str, result: str | tuple[str, ...]) -> None:
    assert Expressions(VARIABLES).render(text, ROW) == result


FAILURES = [
    # (text, code, a piece of the detail)
    ("{{ var.domian }}", "RC0402", 'Did you mean "domain"?'),
    ("{{ row.unitt }}", "RC0402", 'Did you mean "unit"?'),
    ("{{ row['emp_no'] }}", "RC0402", 'Did you mean "emp no"?'),
    ("{{ domain }}", "RC0402", 'There is no "domain" in expressions.'),
    ("{{ vars.domain }}", "RC0402", 'Did you mean "var"?'),
    ("{{ range(5) }}", "RC0402", 'There is no "range"'),
    ("{{ self }}", "RC0402", 'There is no "self"'),
    ("{{ row }}", "RC0403", "write row.NAME"),
    ("{{ row[row.unit] }}", "RC0403", "write row.NAME"),
    ("{{ }}", "RC0403", "can't be read"),
    ("{{ row.unit row.count }}", "RC0403", 'can\'t be read from "row" on'),
    ("{{ row.unit", "RC0403", "opened by {{ and not closed"),
    ("{{ row.unit's }}", "RC0403", "a quotation mark is missing"),
    ("{{ none }}", "RC0403", "gives nothing"),
    (r"{{ '\ud83d' }}", "RC0403", "half of a character"),
    ("{{ row.sites.split(';')[5] }}", "RC0403", "gives nothing"),
    ("{{ 'a' if row.count == '4' }}", "RC0403", "gives nothing"),
    ("{{ [none] }}", "RC0403", "gives nothing"),
    ("all of {{ row.sites.split(';') }}", "RC0403", "gives a list where a text is wanted"),
    ("{{ row.unit | int }}", "RC0403", "not a whole number"),
    ("{{ 1 // 0 }}", "RC0403", "divides by zero"),
    ("{{ row.unit - 1 }}", "RC0403", "unsupported operand"),
    ("{{ '%s' % row.unit }}", "RC0403", "join its parts by ~"),
    ("{{ row.unit | uper }}", "RC0403", 'Did you mean "upper"?'),
    ("{{ row.unit | replace('a') }}", "RC0403", "replace() missing 1 required"),
    ("{{ row.unit.uper() }}", "RC0403", 'Did you mean "upper"?'),
    ("{{ {'a': 1} }}", "RC0403", "expressions here can't"),
    ("{{ row.unit is string }}", "RC0403", "expressions here can't"),
]


@pytest.mark.parametrize(("text", "code", "piece"), FAILURES)
def test_fails(text: str, code: str, piece: str) -> None:
    with pytest.raises(ExpressionError) as failure:
        Expressions(VARIABLES).render(text, ROW)
    assert (failure.value.code, piece in failure.value.detail) == (code, True), failure.value.detail


def test_row_exists_in_tables_only() -> None:
    with pytest.raises(ExpressionError, match="only in the map of a table") as failure:
        Expressions(VARIABLES).render("{{ row.unit }}")
    assert failure.value.code == "RC0402"


@pytest.mark.parametrize(
    "text",
    ["{{ row.card | int }}", "{{ row.card + 1 }}", "{{ 'a'[row.card] + 'b' }}", "{{ row.card.zfill('9') }}"],
)
def test_a_failure_never_quotes_a_cell(text: str) -> None:
    with pytest.raises(ExpressionError) as failure:
        Expressions({}).render(text, {"card": "4711-secret"})
    assert "4711" not in failure.value.detail


@pytest.mark.parametrize(("text", "expected"), [("{{ x }}", True), ("a{{", True), ("{% x %}", False), ("{ {", False)])
def test_has_expression(text: str, expected: bool) -> None:
    assert has_expression(text) is expected


def test_every_row_is_rendered_with_its_own_cells() -> None:
    expressions = Expressions({})
    assert [expressions.render("{{ row.n ~ '!' }}", {"n": str(n)}) for n in range(3)] == ["0!", "1!", "2!"]


@given(st.text().filter(lambda text: "{{" not in text))
@settings(max_examples=50, deadline=None)
def test_a_value_comes_out_as_it_is(value: str) -> None:
    assert Expressions({"x": value}).render("{{ var.x }}") == value
    assert Expressions({}).render("{{ row.x ~ '' }}", {"x": value}) == value


@given(st.text(alphabet="{}%#'\"\\ avr.ow()[]|~*x1", max_size=40))
@settings(max_examples=50, deadline=None)
def test_no_text_makes_it_fail_in_another_way(text: str) -> None:
    code = None
    try:
        Expressions({"a": "1"}).render(text, {"a": "1"})
    except ExpressionError as failure:
        code = failure.code
    assert code in {None, "RC0402", "RC0403", "RC0404"}


def test_jinja_is_imported_for_real_expressions_only() -> None:
    program = (
        "import sys; from reconciler.config.expressions import Expressions; expressions = Expressions({'a': '1'});"
        "expressions.render('x {{ var.a }}'); before = 'jinja2' in sys.modules;"
        "expressions.render('{{ var.a | upper }}'); print(before, 'jinja2' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False True"
