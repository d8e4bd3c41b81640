"""What objects say of each other."""

from pathlib import Path

import pytest
from config_helpers import complaints, load_files, loaded, places

from reconciler.config import references
from reconciler.config.files import read_inside
from reconciler.model.kinds import KINDS
from reconciler.model.objects import Object

IGNORING = """departments: [{code: D, name: d}]
employees:
- code: A
  department: D
  lifecycle: {ignore: [attendance, attributes.Any, attributes, app.role]}
"""

CASES = [
    ("departments: [{code: A, name: a, parent: B}]", [("RC0302", "1:42")]),
    ("departments: [{code: A, name: a, parent: A}]", [("RC0303", "1:42")]),
    ("areas: [{code: A, name: a, parent: B}, {code: B, name: b, parent: A}]", [("RC0303", "1:36")]),
    (
        "areas: [{code: X, name: x, parent: A}, {code: A, name: a, parent: B}, {code: B, name: b, parent: A}]",
        [("RC0303", "1:67")],
    ),
    ("areas: [{code: A, name: a}, {code: B, name: b}, {code: A, name: c}]", [("RC0301", "1:49")]),
    ("areas: [{code: A, name: a}, {code: ' A ', name: b}]", [("RC0301", "1:29")]),
    ("areas: [{code: A, name: a}]\npositions: [{code: A, name: a}]", []),
    ("areas: [{code: A, name: a, was: A}]", [("RC0304", "1:33")]),
    ("areas: [{code: A, name: a, was: B}, {code: B, name: b}]", []),
    ("areas: [{code: A, name: a, was: B}, {code: B, name: b, was: C}]", []),
    ("areas: [{code: A, name: a, was: B}, {code: B, name: b, was: A}]", [("RC0304", "1:33"), ("RC0304", "1:61")]),
    ("areas: [{code: A, name: a, was: C}, {code: B, name: b, was: C}]", [("RC0304", "1:61")]),
    ("areas: [{code: A, name: a, was: C}]", []),
    ("areas: [{code: A, name: a, lifecycle: {ignore: [name, parent]}}]", []),
    ("areas: [{code: A, name: a, lifecycle: {ignore: [name, nme]}}]", [("RC0302", "1:55")]),
    ("areas: [{code: A, name: a, lifecycle: {ignore: [code]}}]", [("RC0302", "1:49")]),
    ("employees: [{code: A, department: B}]", [("RC0302", "1:35")]),
    (
        "departments: [{code: D, name: d}]\nemployees:\n- code: A\n  department: D\n  areas:\n  - X\n  - ' Y '\n",
        [("RC0302", "6:5"), ("RC0302", "7:5")],
    ),
    ("departments: [{code: D, name: d}]\nemployees: [{code: A, department: D, position: P}]", [("RC0302", "2:48")]),
    (
        IGNORING,
        [],
    ),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[case[0] for case in CASES])
def test_is_complained_of_at_the_value(tmp_path: Path, text: str, expected: list[tuple[str, str]]) -> None:
    assert complaints(tmp_path, text) == [(code, f"a.yaml:{place}") for code, place in expected]


def test_the_details_say_what_would_be_right(tmp_path: Path) -> None:
    text = """departments: [{code: SALES, name: s}, {code: OPS, name: o, parent: R}, {code: R, name: r, parent: OPS}]
employees: [{code: 1, department: SALE}, {code: 1, department: SALES}]
"""
    found = load_files(tmp_path, {"a.yaml": text})[1]
    assert [each.detail for each in found] == [
        'The parents of these departments form a ring: "OPS" → "R" → "OPS". Give one another parent.',
        'There is no department "SALE" in the project. Did you mean "SALES"?',
        'There is an employee with the code "1" already, at a.yaml:2:13. Keep one of the two.',
    ]


def test_the_same_key_in_two_files_names_the_first(tmp_path: Path) -> None:
    files = {"a.yaml": "\nareas: [{code: A, name: a}]", "b.yaml": "areas: [{code: A, name: a}]"}
    found = load_files(tmp_path, files)[1]
    assert places(found) == [("RC0301", "b.yaml:1:9")]
    assert "a.yaml:2:9" in found[0].detail


def test_a_reference_may_be_to_another_file_and_a_later_line(tmp_path: Path) -> None:
    files = {
        "a.yaml": "departments: [{code: A, name: a, parent: B}]",
        "b.yaml": "departments: [{code: B, name: b, parent: C}, {code: C, name: c}]",
    }
    assert list(loaded(tmp_path, files).objects["department"]) == ["A", "B", "C"]


def test_an_object_without_a_key_silences_what_refers_to_its_kind(tmp_path: Path) -> None:
    text = "areas: [{name: A, cod: X}]\ndepartments: []\nemployees: [{code: 1, department: D, areas: [X]}]"
    assert complaints(tmp_path, text) == [
        ("RC0202", "a.yaml:1:9"),
        ("RC0201", "a.yaml:1:19"),
        ("RC0302", "a.yaml:3:35"),
    ]


def test_a_long_chain_of_parents_is_walked_once(tmp_path: Path) -> None:
    count = 2_000
    lines = [f"- {{code: {n}, name: n, parent: {n + 1}}}" for n in range(count)]
    text = "areas:\n" + "\n".join([*lines, f"- {{code: {count}, name: n}}"])
    areas = loaded(tmp_path, {"a.yaml": text}).objects["area"]
    asked: list[str] = []

    class Counting(dict[str, Object]):
        def __getitem__(self, key: str) -> Object:
            asked.append(key)
            return super().__getitem__(key)

    found = references.check(tmp_path, {**{kind: {} for kind in KINDS}, "area": Counting(areas)}, [], set())
    assert (found, len(asked)) == ([], count + 1)


def test_many_errors_read_the_file_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def counting(root: Path, name: str) -> bytes | str:
        read.append(name)
        return read_inside(root, name)

    monkeypatch.setattr("reconciler.config.locate.read_inside", counting)
    text = "departments: [{code: A, name: a}]\nemployees:\n" + "".join(
        f"- {{code: {n}, department: X{n}}}\n" for n in range(200)
    )
    found = load_files(tmp_path, {"a.yaml": text})[1]
    assert places(found) == [("RC0302", f"a.yaml:{n + 3}:{24 + len(str(n))}") for n in range(200)]
    assert read == ["a.yaml"]
