"""Loading as a whole."""

import gc
from pathlib import Path

import pytest
from config_helpers import load_files, loaded, write
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.config import tree
from reconciler.config.load import load
from reconciler.config.objects import Shape, read_object
from reconciler.config.values import Reading
from reconciler.model.kinds import KINDS
from reconciler.model.objects import Object

FILES = {"a.yaml": "areas: [{code: A, name: a}]", "b.yaml": "areas: {from_csv: b.csv}", "b.csv": "code,name\nB,b\n"}


def test_every_kind_is_there_even_without_objects(tmp_path: Path) -> None:
    objects = loaded(tmp_path, {"a.yaml": "x-nothing: 1\nareas: []"}).objects
    assert objects == {kind: {} for kind in KINDS}


def test_the_digest_stands_for_all_content(tmp_path: Path) -> None:
    project = "version: 1\nproject: a\ntargets: {}\nvariables: {v: {default: x}}\n"
    first = loaded(tmp_path / "first", {**FILES, "reconciler.yaml": project}).digest
    changes = [
        {"a.yaml": FILES["a.yaml"] + "\n# a comment"},
        {"b.csv": "code,name\nB,c\n"},
        {"reconciler.yaml": project + "# a comment"},
        {"c.yaml": "areas: []"},
    ]
    digests = [first]
    for number, change in enumerate(changes):
        digests.append(loaded(tmp_path / str(number), {**FILES, "reconciler.yaml": project, **change}).digest)
    digests.append(loaded(tmp_path / "first", {**FILES, "reconciler.yaml": project}, {"v": "y"}).digest)
    assert len(set(digests)) == len(digests)
    assert loaded(tmp_path / "same", {**FILES, "reconciler.yaml": project}).digest == first


def test_diagnostics_come_in_the_order_of_places(tmp_path: Path) -> None:
    files = {
        "b.yaml": "areas:\n- {code: 1}\n- {nme: x, code: 2, name: b}\nareaz: []",
        "a.yaml": "positions: [{code: 1, name: a, parent: 1}, {}]",
    }
    found = load_files(tmp_path, files)[1]
    places = [each.source for each in found]
    assert len(places) == 6
    assert places == sorted(places, key=lambda span: (span is None, span))


@pytest.mark.parametrize("enabled", [True, False])
def test_the_garbage_collector_is_left_as_it_was(tmp_path: Path, enabled: bool) -> None:
    write(tmp_path, FILES)
    before = gc.isenabled()
    (gc.enable if enabled else gc.disable)()
    try:
        load(tmp_path, {}, {})
        assert gc.isenabled() is enabled
    finally:
        (gc.enable if before else gc.disable)()


def test_work_grows_with_the_number_of_objects_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tree.Node] = []

    def counting(reading: Reading, shape: Shape, node: tree.Node) -> Object | None:
        calls.append(node)
        return read_object(reading, shape, node)

    monkeypatch.setattr("reconciler.config.resources.read_object", counting)
    for number in (10, 1_000):
        calls.clear()
        lines = "".join(f"- {{code: {n}, department: D}}\n" for n in range(number))
        loaded(tmp_path / str(number), {"a.yaml": f"departments: [{{code: D, name: d}}]\nemployees:\n{lines}"})
        assert len(calls) == number + 1


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_raise(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    root = write(tmp_path_factory.mktemp("bytes"), {"a.yaml": b"areas: " + data, "b.yaml": data, "c.csv": data})
    write(root, {"d.yaml": "areas: {from_csv: c.csv}"})
    load(root, {}, {})
    (root / "reconciler.yaml").write_bytes(data)
    assert load(root, {}, {})[1] != []


YAML_PIECES = [
    "areas",
    "targets",
    "version",
    "code",
    ": ",
    "\n",
    "- ",
    "  ",
    "[",
    "]",
    "{",
    "}",
    "*a",
    "&a ",
    "<<",
    ", ",
]
YAML_PIECES += ["'", '"', "{{ ", " }}", "~", "1", "!t ", "|\n", "? ", "---\n", "from_csv", "limits", "auth", "env", "#"]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from(YAML_PIECES), max_size=30).map("".join))
def test_no_text_raises(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    head = "version: 1\nproject: a\ntargets: {}\n"
    root = write(tmp_path_factory.mktemp("text"), {"a.yaml": f"employees:\n- {text}", "b.yaml": text})
    load(root, {}, {})
    (root / "reconciler.yaml").write_text(head + text)
    load(root, {}, {})
