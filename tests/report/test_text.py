import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.model.diagnostic import Span
from reconciler.model.fields import Value
from reconciler.model.secret import Secret, SecretReference
from reconciler.model.words import printable, show_pair, show_value, storable
from reconciler.report.text import fit, pad, paint, wants_color, width, wrap


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ana Silva", "Ana Silva"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("\x9b31m", r"\x9b31m"),
        ("a\nb\r\tc", r"a\nb\r\tc"),
        ("\u202egnp", r"\u202egnp"),
        ("a\u2028b\u2029c\ufeff\u200b", r"a\u2028b\u2029c\ufeff\u200b"),
        ("name\udc80", r"name\udc80"),
        ("\U000e0041", r"\U000e0041"),
        ("no\xa0break", r"no\xa0break"),
        ("李小龍 Łukasz عمر कीर्ति 🙂 山田\u3000太郎", "李小龍 Łukasz عمر कीर्ति 🙂 山田\u3000太郎"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_what_could_move_reorder_or_hide_text_is_escaped_and_letters_stay(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text())
@settings(max_examples=50, deadline=None)
def test_no_printable_text_holds_a_control_character(text: str) -> None:
    harmful = {"Cc", "Cs", "Zl", "Zp"}
    assert not [char for char in printable(text) if unicodedata.category(char) in harmful]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "(none)"),
        (True, "true"),
        (False, "false"),
        (17, "17"),
        ("007", "007"),
        ("jose@acme.example", "jose@acme.example"),
        ("08:00", "08:00"),
        ("Ana Silva", '"Ana Silva"'),
        ("(none)", '"(none)"'),
        ("(hidden)", '"(hidden)"'),
        ("true", '"true"'),
        ("null", '"null"'),
        ('say "a, b"', r'"say \"a, b\""'),
        ("-HQ", '"-HQ"'),
        ("a→b", '"a→b"'),
        ("a\nb", r'"a\nb"'),
        ("[HQ]", '"[HQ]"'),
        ((), "[]"),
        (("HQ", "LAB 2"), '[HQ, "LAB 2"]'),
        (Secret("271828"), "(hidden)"),
        (SecretReference("env", ("PIN",), Span("a", 1, 1)), "(hidden)"),
    ],
)
def test_a_value_is_shown_by_one_rule(value: Value, shown: str) -> None:
    assert show_value(value) == shown


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("10", "20", ("10", "20")),
        ("José", "Jose\u0301", (r'"Jos\xe9"', r'"Jose\u0301"')),
        ("1", 1, ('"1"', "1")),
        (Secret("a"), Secret("b"), ("(hidden)", "(hidden)")),
        (None, Secret("b"), ("(none)", "(hidden)")),
    ],
)
def test_values_that_differ_look_different(before: Value, after: Value, shown: tuple[str, str]) -> None:
    assert show_pair(before, after) == shown


@pytest.mark.parametrize(("text", "cells"), [("abc", 3), ("小龍", 4), ("Jose\u0301", 4), ("ﾊﾟ", 2), ("", 0)])
def test_width_is_counted_in_terminal_cells(text: str, cells: int) -> None:
    assert (width(text), width(pad(text, 9))) == (cells, 9)


def test_text_is_cut_to_its_cells() -> None:
    assert (fit("小龍李", 6), fit("小龍李", 5), fit("abcdef", 4)) == ("小龍李", "小龍…", "abc…")


def test_words_are_wrapped_and_long_ones_stay_whole() -> None:
    words = ["aaa", "bbb", "https://long.example/path", "c"]
    assert wrap(words, "  ", columns=10) == ["  aaa bbb", "  https://long.example/path", "  c"]
    assert wrap(["a 1", "b 2", "c 3"], " ", separator=", ", columns=9) == [" a 1, b 2,", " c 3"]
    assert wrap([], "  ") == []


@pytest.mark.parametrize(
    ("no_color", "environment", "terminal", "wanted"),
    [
        (False, {}, True, True),
        (False, {"NO_COLOR": ""}, True, True),
        (False, {"NO_COLOR": "1"}, True, False),
        (True, {}, True, False),
        (False, {}, False, False),
    ],
)
def test_colour_is_for_terminals_that_want_it(
    no_color: bool, environment: dict[str, str], terminal: bool, wanted: bool
) -> None:
    assert wants_color(no_color, environment, terminal) is wanted


def test_paint() -> None:
    assert paint("x", "delete", True) == "\x1b[31mx\x1b[0m"
    assert (paint("x", "delete", False), paint("", "delete", True)) == ("x", "")


def test_a_lone_surrogate_can_be_stored() -> None:
    assert storable("a\udc80é") == r"a\udc80é"
