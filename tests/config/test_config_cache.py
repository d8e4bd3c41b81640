"""The cache of converted files: it changes nothing but the time that loading takes."""

import stat
from pathlib import Path

import pytest
from config_helpers import load_files, loaded, write

from reconciler.config import cache, resources
from reconciler.config.load import load
from reconciler.model.objects import Organisation

FILES = {
    "reconciler.yaml": """version: 1
project: p
targets: {}
variables: {v: {default: x}}
secrets: {pins: {env: PINS}}
""",
    "doors.yaml": """access_levels: [{name: Office, week: {mon-fri: 08:00-18:00}}]
device_profiles: [{name: door, settings: {volume: 5, network: {wifi: {access_points: [{ssid: a, key: {env: K}}]}}}}]
devices: {from_csv: doors.csv, map: {name: "{{ row.n }}", url: "http://{{ row.n }}", settings.bells: []}}
""",
    "doors.csv": "n\nlobby\n",
    "org.yaml": """departments: [{code: D, name: d, parent: ~}]
areas: [{code: A, name: a, lifecycle: {prevent_delete: true, ignore: [name]}, was: B}]
employees:
- {code: 1, department: D, areas: [A], card: 123, device_password: {table: pins}, attendance: {enabled: false}}
- {code: 2, department: D, areas: [], on_remove: forget, attributes: {Global ID: x}, gender: ~}
""",
    "table.yaml": "positions: {from_csv: p.csv}\n",
    "p.csv": "code,name\nP,p\n",
    "var.yaml": 'areas: [{code: V, name: "{{ var.v }}"}]\n',
}


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that were really read, not taken from the cache."""
    names: list[str] = []
    original = resources.read_resources

    def counting(root: Path, reading: object, *rest: object) -> object:
        names.append(reading.file)  # type: ignore[attr-defined]
        return original(root, reading, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr("reconciler.config.load.read_resources", counting)
    return names


def entries(root: Path) -> list[Path]:
    return sorted((root / cache.FOLDER).iterdir())


def again(root: Path, variables: dict[str, str] | None = None) -> Organisation:
    organisation, found = load(root, variables or {}, {})
    assert found == []
    assert organisation is not None
    return organisation


def test_the_second_load_gives_the_same_without_reading(tmp_path: Path, read: list[str]) -> None:
    first = loaded(tmp_path, FILES)
    assert read == ["doors.yaml", "org.yaml", "table.yaml", "var.yaml"]
    read.clear()
    assert again(tmp_path) == first
    assert read == []


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        ("org.yaml", "card: 123", "card: 124", ["org.yaml"]),
        ("p.csv", "P,p", "P,q", ["table.yaml"]),
        ("reconciler.yaml", "default: x", "default: y", ["doors.yaml", "var.yaml"]),
        ("doors.csv", "lobby", "gate", ["doors.yaml"]),
        ("reconciler.yaml", "pins: {", "pens: {env: X}, pins: {", ["doors.yaml", "org.yaml", "table.yaml", "var.yaml"]),
        ("reconciler.yaml", "project: p", "project: q", []),
    ],
)
def test_only_what_depends_on_a_change_is_read_again(
    tmp_path: Path, read: list[str], name: str, old: str, new: str, expected: list[str]
) -> None:
    loaded(tmp_path / "kept", FILES)
    changed = {**FILES, name: FILES[name].replace(old, new)}
    fresh = loaded(tmp_path / "fresh", changed)
    read.clear()
    partly = loaded(tmp_path / "kept", changed)
    assert read == expected
    assert (partly.objects, partly.digest) == (fresh.objects, fresh.digest)


def test_a_file_under_another_name_is_read_again(tmp_path: Path, read: list[str]) -> None:
    loaded(tmp_path, FILES)
    (tmp_path / "org.yaml").rename(tmp_path / "renamed.yaml")
    read.clear()
    assert again(tmp_path).objects["department"]["D"].span.file == "renamed.yaml"
    assert read == ["renamed.yaml"]


def test_another_version_of_the_program_reads_again(
    tmp_path: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded(tmp_path, FILES)
    read.clear()
    monkeypatch.setattr(cache, "__version__", "0.0.0")
    again(tmp_path)
    assert read == ["doors.yaml", "org.yaml", "table.yaml", "var.yaml"]


@pytest.mark.parametrize("damage", [b"", b"\0" * 100, None], ids=["empty", "zeros", "one bit"])
def test_a_damaged_entry_is_not_believed(tmp_path: Path, read: list[str], damage: bytes | None) -> None:
    first = loaded(tmp_path, FILES)
    for path in entries(tmp_path):
        data = path.read_bytes()
        path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]) if damage is None else damage)
    read.clear()
    assert again(tmp_path) == first
    assert read == ["doors.yaml", "org.yaml", "table.yaml", "var.yaml"]


def test_a_file_with_complaints_is_read_each_time(tmp_path: Path) -> None:
    files = {**FILES, "org.yaml": FILES["org.yaml"].replace("department: D, areas: []", "departmnt: D")}
    first = load_files(tmp_path, files)
    assert [each.code for each in first[1]] == ["RC0202", "RC0201"]
    assert load(tmp_path, {}, {}) == first


def test_entries_of_earlier_runs_are_removed(tmp_path: Path) -> None:
    loaded(tmp_path, FILES)
    before = entries(tmp_path)
    (tmp_path / cache.FOLDER / "README").write_text("not ours")
    loaded(tmp_path, {**FILES, "org.yaml": FILES["org.yaml"] + "# changed\n"})
    after = entries(tmp_path)
    assert len(after) == len(before) + 1
    assert len(set(before) & set(after)) == len(before) - 1


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    loaded(tmp_path, FILES)
    folder = tmp_path / cache.FOLDER
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in [folder.parent, folder, *entries(tmp_path)]}
    assert modes == {".reconciler": 0o700, "cache": 0o700, **{path.name: 0o600 for path in entries(tmp_path)}}


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    write(tmp_path, {".reconciler": "in the way"})
    assert loaded(tmp_path, FILES) == again(tmp_path)


def test_no_secret_that_is_not_in_the_file_is_kept(tmp_path: Path) -> None:
    text = 'departments: [{code: D, name: d}]\nemployees: [{code: 1, department: D, card: "{{ var.v }}"}]\n'
    first = load_files(tmp_path, {**FILES, "org.yaml": text, "var.yaml": "areas: []"}, {"v": "hunter2"})[0]
    assert first == again(tmp_path, {"v": "hunter2"})
    assert [path for path in entries(tmp_path) if b"hunter2" in path.read_bytes()] == []
