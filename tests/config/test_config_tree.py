"""Composing YAML: what is refused, where, and that nothing is guessed."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.config import tree
from reconciler.model.diagnostic import Diagnostic

REFUSED = [
    # (what is wrong, the file, code, line, column)
    ("a tag", "a: !!str x\n", "RC0104", 1, 4),
    ("a tag of a program", "a:\n  - !!python/object:os.system {}\n", "RC0104", 2, 5),
    ("the tag that says nothing", "a: ! x\n", "RC0104", 1, 4),
    ("a tag of a list", "a: !mine [1]\n", "RC0104", 1, 4),
    ("a second document", "a: 1\n---\nb: 1\n", "RC0104", 2, 1),
    ("an anchor inside itself", "a: &x\n  b: [*x]\n", "RC0104", 2, 7),
    ("the root inside itself", "--- &x\na: [*x]\n", "RC0104", 2, 5),
    ("an alias without anchor", "a: *x\n", "RC0104", 1, 4),
    ("a list as key", "a: {[1]: 2}\n", "RC0104", 1, 5),
    ("an expression without quotes", "a: {{ var.x }}\n", "RC0104", 1, 5),
    ("a merge of a text", "x: &x t\na: {<<: *x}\n", "RC0104", 2, 5),
    ("a merge of a list with a text", "a: {<<: [{b: 1}, t]}\n", "RC0104", 1, 5),
    ("a key twice", "a: {b: 1, c: 2, b: 3}\n", "RC0105", 1, 17),
    ("a key twice, once in quotes", "a:\n  b: 1\n  'b': 1\n", "RC0105", 3, 3),
    ("a top-level key twice", "a: 1\nb: 2\na: 3\n", "RC0105", 3, 1),
    ("a top-level list twice", "a: [1]\na: [2]\n", "RC0105", 2, 1),
    ("a merge twice", "x: &x {b: 1}\na: {<<: *x, <<: *x}\n", "RC0105", 2, 13),
    ("nothing", "", "RC0103", 1, 1),
    ("only white space", " \n\n", "RC0103", 1, 1),
    ("only a comment", "# departments:\n", "RC0103", 1, 1),
    ("only a document's start", "---\n", "RC0103", 1, 1),
    ("null", "null\n", "RC0103", 1, 1),
    ("an empty mapping", "{}\n", "RC0103", 1, 1),
    ("a list", "- a\n", "RC0203", 1, 1),
    ("a text", "hello\n", "RC0203", 1, 1),
    ("a tab as indentation", "a:\n\t- b\n", "RC0102", 2, 1),
    ("two colons", "a: b: c\n", "RC0102", 1, 5),
    ("an open quotation", 'a: "b\n', "RC0102", 2, 1),
    ("an open bracket", "a: [b,\n", "RC0102", 2, 1),
    ("a forbidden beginning", "a: @b\n", "RC0102", 1, 4),
    ("an unknown escape", 'a: "\\q"\n', "RC0102", 1, 5),
    ("a control character", "é: b\nc: \x07\n", "RC0102", 2, 4),
    ("NUL", "a: b\nc: \0\n", "RC0102", 2, 4),
    ("not UTF-8", b"a: b\nc: \xc3\xa9 \xff\n", "RC0102", 2, 6),
    ("UTF-16", "a: b\n".encode("utf-16"), "RC0102", 1, 1),
    ("UTF-16 without a mark", "a: b\n".encode("utf-16-le"), "RC0102", 1, 2),
]

Plain = str | list["Plain"] | dict[str, "Plain"]


@pytest.fixture(params=["C", "pure"])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both of PyYAML's parsers: libyaml may be missing."""
    if request.param == "pure":
        monkeypatch.delattr(yaml, "CSafeLoader")


def composed(text: str | bytes) -> tuple[tree.Mapping | None, list[Diagnostic]]:
    return tree.compose(text if isinstance(text, bytes) else text.encode(), "f.yaml")


def plain(node: tree.Node) -> Plain:
    """The texts of a node."""
    if isinstance(node, tree.Mapping):
        return {name: plain(value) for name, (_, value) in node.pairs.items()}
    return [plain(each) for each in node.items] if isinstance(node, tree.Sequence) else node.value


def read(text: str) -> Plain:
    root, found = composed(text)
    assert found == []
    assert root is not None
    return plain(root)


@pytest.mark.parametrize(
    ("text", "code", "line", "column"), [case[1:] for case in REFUSED], ids=[c[0] for c in REFUSED]
)
def test_is_refused_with_its_place(text: str | bytes, code: str, line: int, column: int) -> None:
    _, found = composed(text)
    assert [(each.code, each.source and (each.source.line, each.source.column)) for each in found] == [
        (code, (line, column))
    ]


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize("text", [case[1] for case in REFUSED if case[2] in {"RC0103", "RC0104", "RC0105"}])
def test_both_parsers_refuse_the_same(text: str) -> None:
    assert [each.code in {"RC0103", "RC0104", "RC0105"} for each in composed(text)[1]] == [True]


@pytest.mark.usefixtures("parser")
def test_texts_stay_what_they_look_like() -> None:
    text = "a: [007, no, 1e3, 08:00, 19:30, 2026-01-01, ~, 0x1F, +5, Null, 1_000, '5', \"t\\n\"]\nb:\nc: |\n  x\n  y\n"
    assert read(text) == {
        "a": ["007", "no", "1e3", "08:00", "19:30", "2026-01-01", "~", "0x1F", "+5", "Null", "1_000", "5", "t\n"],
        "b": "",
        "c": "x\ny\n",
    }


@pytest.mark.usefixtures("parser")
def test_anchors_aliases_and_merges() -> None:
    text = """
x-one: &one {a: 1, b: 1}
x-two: &two {b: 2, c: 2, d: {e: 2}}
own: {<<: *one, b: mine}
first-wins: {<<: [*one, *two]}
later-in-the-text: {c: 3, <<: [*two, {c: 4, f: 5}]}
list: &list [*two, text]
again: *list
quoted: {'<<': x}
merged-merge: {<<: {<<: *one, g: 6}}
"""
    one, two = {"a": "1", "b": "1"}, {"b": "2", "c": "2", "d": {"e": "2"}}
    assert read(text) == {
        "x-one": one,
        "x-two": two,
        "own": {"b": "mine", "a": "1"},
        "first-wins": {"a": "1", "b": "1", "c": "2", "d": {"e": "2"}},
        "later-in-the-text": {"c": "3", "b": "2", "d": {"e": "2"}, "f": "5"},
        "list": [two, "text"],
        "again": [two, "text"],
        "quoted": {"<<": "x"},
        "merged-merge": {"g": "6", "a": "1", "b": "1"},
    }


def test_a_merge_at_the_top_gives_entries_too() -> None:
    assert read("x-all: &all {a: [1, 2], b: {c: d}}\n<<: *all\nb: mine\n") == {
        "x-all": {"a": ["1", "2"], "b": {"c": "d"}},
        "b": "mine",
        "a": ["1", "2"],
    }


def test_a_name_given_to_another_anchor_means_the_latest() -> None:
    assert read("a: &x 1\nb: *x\nc: &x 2\nd: *x\n") == {"a": "1", "b": "1", "c": "2", "d": "2"}


def test_both_keys_of_a_duplicate_are_named() -> None:
    _, found = composed("a:\n  b: 1\n\n  b: 2\n")
    assert [each.detail for each in found] == ['"b" stands in this mapping already, at line 2. Keep one of the two.']


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["no mark", "byte order mark"])
def test_columns_count_code_points_and_no_byte_order_mark(mark: bytes) -> None:
    root, found = composed(mark + "'😀é': {a: '𝄞', b: x}\nc: y\n".encode())
    assert found == []
    assert root is not None
    (key, value), (other, _) = root.pairs.values()
    assert isinstance(value, tree.Mapping)
    nodes = [key, value, *value.pairs["b"], other]
    assert [str(tree.place("f", node)) for node in nodes] == ["f:1:1", "f:1:7", "f:1:16", "f:1:19", "f:2:1"]


@pytest.mark.parametrize(("depth", "codes"), [(tree.MAX_DEPTH, []), (tree.MAX_DEPTH + 1, ["RC0106"])])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ("{a: ", "}")], ids=["lists", "mappings"])
def test_nesting_has_a_limit(depth: int, codes: list[str], opening: str, closing: str) -> None:
    below_root = depth - 1
    _, found = composed(f"x: {opening * below_root}{closing * below_root}".replace("{a: }", "{a: 1}"))
    assert [each.code for each in found] == codes


def test_deep_nesting_is_refused_without_a_stack_overflow() -> None:
    _, found = composed("x: " + "[" * 900)
    assert [each.code for each in found] == ["RC0106"]


@pytest.mark.parametrize("levels", [6, 9, 60])
def test_a_bomb_of_aliases_is_refused_at_once(levels: int) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, levels)]
    _, found = composed("\n".join(lines))
    assert [each.code for each in found] == ["RC0106"]


def test_a_bomb_of_merges_is_refused() -> None:
    lines = ["a0: &a0 {k: [1, 2, 3, 4, 5, 6, 7, 8, 9]}"]
    lines += [f"a{n}: &a{n} {{x: {{<<: *a{n - 1}}}, y: *a{n - 1}, z: *a{n - 1}}}" for n in range(1, 30)]
    _, found = composed("\n".join(lines))
    assert [each.code for each in found] == ["RC0106"]


def test_defaults_merged_into_many_objects_are_no_bomb() -> None:
    text = "x: &x {a: 1, b: 2, c: 3, d: 4, e: 5}\nlist:\n" + "- {<<: *x, k: v}\n" * 20_000
    root, found = composed(text)
    assert found == []
    assert root is not None


def test_what_stands_before_a_mistake_is_given() -> None:
    found: list[Diagnostic] = []
    given_ = [
        plain(node) for _, node, is_item in tree.entries(b"a:\n- b: 1\n- c: 2\n- d: [\n", "f.yaml", found) if is_item
    ]
    assert (given_, [each.code for each in found]) == ([{"b": "1"}, {"c": "2"}], ["RC0102"])


def test_items_come_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[tree.Mapping] = []
    original = tree.Mapping.__init__

    def counting(self: tree.Mapping, start_mark: object) -> None:
        made.append(self)
        original(self, start_mark)

    monkeypatch.setattr(tree.Mapping, "__init__", counting)
    ahead = []
    for number, (_, _, is_item) in enumerate(tree.entries(b"a:\n" + b"- {b: 1}\n" * 50, "f.yaml", [])):
        if is_item:
            ahead.append(len(made) - number)
    assert ahead == [0] * 50


@settings(max_examples=50, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_in_quotes_is_read_as_it_is(text: str) -> None:
    document = yaml.safe_dump({"a": text}, default_style='"', allow_unicode=False)
    root, found = composed(document)
    assert found == []
    assert root is not None
    value = root.pairs["a"][1]
    assert isinstance(value, tree.Scalar)
    assert (value.value, tree.is_plain(value)) == (text, False)
