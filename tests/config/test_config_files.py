"""Which files are read, and what is wrong with them: nothing is ever taken for empty."""

import os
from pathlib import Path

import pytest
from config_helpers import PROJECT, load_files, loaded, places, write

from reconciler.config.files import resource_files
from reconciler.config.load import load
from reconciler.model.diagnostic import Span

HERE = Span("reconciler.yaml", 4, 13)
FILES = [
    "reconciler.yaml",
    "a.yaml",
    "b.yml",
    "c.txt",
    "org/a.yaml",
    "org/deep/er/a.yaml",
    "org/reconciler.yaml",
    ".hidden.yaml",
    ".git/a.yaml",
    "org/.x/a.yaml",
]


@pytest.mark.parametrize(
    ("glob", "names"),
    [
        (None, ["a.yaml", "b.yml", "org/a.yaml", "org/deep/er/a.yaml", "org/reconciler.yaml"]),
        ("*.yaml", ["a.yaml"]),
        ("**/*.yaml", ["a.yaml", "org/a.yaml", "org/deep/er/a.yaml", "org/reconciler.yaml"]),
        ("org/**/*.yaml", ["org/a.yaml", "org/deep/er/a.yaml", "org/reconciler.yaml"]),
        ("org/**", ["org/a.yaml", "org/deep/er/a.yaml", "org/reconciler.yaml"]),
        ("org/*/er/?.yaml", ["org/deep/er/a.yaml"]),
        ("org/[ab].yaml", ["org/a.yaml"]),
        ("./c.txt", ["c.txt"]),
        (".git/*.yaml", [".git/a.yaml"]),
        ("org/.*/*.yaml", ["org/.x/a.yaml"]),
    ],
)
def test_what_a_glob_names(tmp_path: Path, glob: str | None, names: list[str]) -> None:
    write(tmp_path, dict.fromkeys(FILES, ""))
    assert resource_files(tmp_path, [(glob, HERE)] if glob else []) == (names, [])


def test_globs_that_name_one_file_read_it_once(tmp_path: Path) -> None:
    write(tmp_path, {"org/a.yaml": ""})
    assert resource_files(tmp_path, [("org/*.yaml", HERE), ("**/a.yaml", HERE)]) == (["org/a.yaml"], [])


@pytest.mark.parametrize(
    ("glob", "code", "says"),
    [
        ("org/*.yml", "RC0107", "matches no file"),
        ("og/*.yaml", "RC0107", "matches no file"),
        ("org/peple.yaml", "RC0107", 'Did you mean "people.yaml"?'),
        ("reconciler.yaml", "RC0107", "matches no file"),
        ("/etc/*.yaml", "RC0108", "leads out of the project"),
        ("org/../../*.yaml", "RC0108", "leads out of the project"),
    ],
)
def test_a_glob_that_names_nothing_is_an_error(tmp_path: Path, glob: str, code: str, says: str) -> None:
    write(tmp_path, {"org/people.yaml": ""})
    names, found = resource_files(tmp_path, [(glob, HERE)])
    assert (names, [(each.code, each.source) for each in found]) == ([], [(code, HERE)])
    assert says in found[0].detail


def test_a_project_without_resource_files_is_an_error(tmp_path: Path) -> None:
    assert places(load_files(tmp_path, {})[1]) == [("RC0107", "reconciler.yaml:1:1")]


def test_no_link_leaves_the_project(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    root = write(tmp_path / "root", {"inside.yaml": ""})
    write(outside, {"x.yaml": "areas: []"})
    (root / "file.yaml").symlink_to(outside / "x.yaml")
    (root / "folder").symlink_to(outside)
    (root / "fine.yaml").symlink_to(root / "inside.yaml")
    names, found = resource_files(root, [])
    assert names == ["fine.yaml", "inside.yaml"]
    assert {(each.code, each.detail.split(" is ")[0]) for each in found} == {
        ("RC0108", '"file.yaml"'),
        ("RC0108", '"folder"'),
    }


def test_rings_of_links_end(tmp_path: Path) -> None:
    root = write(tmp_path, {"a/x.yaml": "", "b/y.yaml": ""})
    (root / "a/to-b").symlink_to(root / "b")
    (root / "b/to-a").symlink_to(root / "a")
    (root / "self.yaml").symlink_to(root / "self.yaml")
    names, found = resource_files(root, [])
    assert names == ["a/to-b/y.yaml", "a/x.yaml", "b/to-a/x.yaml", "b/y.yaml"]
    assert [each.code for each in found] == ["RC0108"]


@pytest.mark.parametrize("content", [b"", b"# nothing\n", b"~\n"])
def test_an_empty_file_is_an_error(tmp_path: Path, content: bytes) -> None:
    files: dict[str, str | bytes] = {"a.yaml": "employees: [{code: 1, department: D}]", "b.yaml": content}
    assert places(load_files(tmp_path, files)[1]) == [("RC0103", "b.yaml:1:1")]


def test_a_link_to_nothing_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": "areas: []"})
    (tmp_path / "b.yaml").symlink_to(tmp_path / "gone.yaml")
    found = load(tmp_path, {}, {})[1]
    assert places(found) == [("RC0101", "b.yaml:1:1")]
    assert "no such file" in found[0].detail


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": "areas: []"})
    os.mkfifo(tmp_path / "b.yaml")
    assert places(load(tmp_path, {}, {})[1]) == [("RC0101", "b.yaml:1:1")]


def test_a_folder_that_cannot_be_read_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"a.yaml": "areas: []", "locked/b.yaml": "areas: []"})
    scandir = os.scandir

    def refuse(path: Path) -> object:
        if path.name == "locked":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    names, found = resource_files(tmp_path, [("**/*.yaml", HERE)])
    assert (names, [each.code for each in found]) == (["a.yaml"], ["RC0101"])


def test_the_other_files_are_still_read(tmp_path: Path) -> None:
    files = {"a.yaml": "areas: [{code: A}]", "b.yaml": "areas:\n\t- x", "c.yaml": "areas: [{name: C}]"}
    assert places(load_files(tmp_path, files)[1]) == [
        ("RC0202", "a.yaml:1:9"),
        ("RC0102", "b.yaml:2:1"),
        ("RC0202", "c.yaml:1:9"),
    ]


def test_references_are_not_judged_when_a_file_is_lost(tmp_path: Path) -> None:
    files = {"a.yaml": "employees: [{code: 1, department: D}]", "b.yaml": "departments: [{code: D, name: D"}
    assert [code for code, _ in places(load_files(tmp_path, files)[1])] == ["RC0102"]


def test_one_kind_may_be_spread_over_files(tmp_path: Path) -> None:
    files = {
        "reconciler.yaml": PROJECT,
        "a.yaml": "areas: [{code: A, name: A}]",
        "b.yaml": "areas: [{code: B, name: B}]",
    }
    assert list(loaded(tmp_path, files).objects["area"]) == ["A", "B"]


def test_a_file_whose_name_is_not_utf_8(tmp_path: Path) -> None:
    write(tmp_path, {"reconciler.yaml": PROJECT})
    name = os.fsdecode(b"caf\xe9.yaml")
    (tmp_path / name).write_text("areas: [{code: A, name: a}]\n")
    first, found = load(tmp_path, {}, {})
    again, _ = load(tmp_path, {}, {})  # now from the cache
    assert (found, first) == ([], again)
    assert first is not None
    assert first.objects["area"]["A"].span == Span(name, 1, 9)
