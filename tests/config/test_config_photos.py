"""Photos: files of the project, which stand for themselves by a digest."""

import hashlib
from pathlib import Path

import pytest
from config_helpers import PROJECT, load_files, loaded

from reconciler.config import photos, secrets
from reconciler.config.secrets import Resolver, resolve_desired
from reconciler.model.diagnostic import Span
from reconciler.model.objects import Desired
from reconciler.model.secret import Secret, SecretReference

JPEG = b"\xff\xd8\xff\xe0" + b"face" * 10
PNG = b"\x89PNG\r\n\x1a\n" + b"face" * 10
PEOPLE = "departments: [{{code: D, name: D}}]\nemployees:\n- {{code: 1, department: D, photo: {}}}\n"


@pytest.mark.parametrize("photo", ["people/7.jpg", "' people/7.jpg '", "\"people/{{ '7' }}.jpg\""])
def test_a_photo_is_a_reference_to_its_file(tmp_path: Path, photo: str) -> None:
    files: dict[str, str | bytes] = {"a.yaml": PEOPLE.format(photo), "people/7.jpg": JPEG}
    values = loaded(tmp_path, files).objects["employee"]["1"].values
    assert values["photo"] == SecretReference("file", ("people/7.jpg",), Span("a.yaml", 3, 35))


@pytest.mark.parametrize("photo", ["null", "''"])
def test_none_clears(tmp_path: Path, photo: str) -> None:
    assert loaded(tmp_path, {"a.yaml": PEOPLE.format(photo)}).objects["employee"]["1"].values["photo"] is None


def test_a_cell_names_it(tmp_path: Path) -> None:
    table = "departments: [{code: D, name: D}]\nemployees: {from_csv: a.csv}\n"
    files: dict[str, str | bytes] = {"a.yaml": table, "a.csv": "code,department,photo\n1,D,7.png\n2,D,\n", "7.png": PNG}
    people = loaded(tmp_path, files).objects["employee"]
    assert people["1"].values["photo"] == SecretReference("file", ("7.png",), Span("a.csv", 2, 1))
    assert people["2"].values["photo"] is None


@pytest.mark.parametrize(
    ("photo", "code", "detail"),
    [
        ("gone.jpg", "RC0101", 'There is no file "gone.jpg" in the project. Paths are relative to its root.'),
        ("people", "RC0101", 'There is no file "people" in the project. Paths are relative to its root.'),
        ("../7.jpg", "RC0108", '"../7.jpg" is outside of the project. Put the file into the project.'),
        (
            "people/a.txt",
            "RC0206",
            '"people/a.txt" is not a photo: it does not begin like a JPEG or PNG file. Save it as JPEG.',
        ),
        (
            "people/empty.jpg",
            "RC0206",
            '"people/empty.jpg" is not a photo: it does not begin like a JPEG or PNG file. Save it as JPEG.',
        ),
        (
            "people/large.jpg",
            "RC0204",
            'The photo "people/large.jpg" has 6.0 MB; at most 5 MB are possible. Save a smaller one.',
        ),
        ("[people/7.jpg]", "RC0203", "A list can't be the field photo. Write the path of a picture in the project."),
        ("{env: A}", "RC0203", "A mapping can't be the field photo. Write the path of a picture in the project."),
    ],
)
def test_what_is_no_photo(tmp_path: Path, photo: str, code: str, detail: str) -> None:
    files: dict[str, str | bytes] = {
        "people/a.txt": "face",
        "people/empty.jpg": b"",
        "people/large.jpg": JPEG.ljust(6 * 1024 * 1024),
    }
    found = load_files(tmp_path, {"a.yaml": PEOPLE.format(photo), **files})[1]
    assert [(each.code, str(each.source), each.detail) for each in found] == [(code, "a.yaml:3:35", detail)]


def test_the_largest_photo(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"a.yaml": PEOPLE.format("7.jpg"), "7.jpg": JPEG.ljust(photos.MOST)}
    assert load_files(tmp_path, files)[1] == []
    files["7.jpg"] = JPEG.ljust(photos.MOST + 1)
    assert [each.code for each in load_files(tmp_path, files)[1]] == ["RC0204"]


def test_resolved_it_is_its_path_and_digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "_CHUNK", 7)
    text = PEOPLE.format("7.jpg") + "- {code: 2, department: D, photo: 7.jpg}\n"
    organisation = loaded(tmp_path, {"reconciler.yaml": PROJECT, "a.yaml": text, "7.jpg": JPEG})
    read: list[Path] = []

    def counting(path: Path) -> str:
        read.append(path)
        return photos.photo_digest(path)

    monkeypatch.setattr(secrets, "photo_digest", counting)
    desired = Desired("gate", {"employee": organisation.objects["employee"]})
    resolver = Resolver(tmp_path, {}, {})
    for _ in range(2):
        after, found = resolve_desired(desired, resolver)
        path = tmp_path.resolve() / "7.jpg"
        secret = Secret(hashlib.sha256(JPEG).hexdigest())
        assert found == []
        assert [each.values["photo"] for each in after.objects["employee"].values()] == [secret, secret]
    assert read == [path]


def test_a_photo_that_went_since(tmp_path: Path) -> None:
    organisation = loaded(tmp_path, {"a.yaml": PEOPLE.format("7.jpg"), "7.jpg": JPEG})
    (tmp_path / "7.jpg").unlink()
    desired = Desired("gate", {"employee": organisation.objects["employee"]})
    after, found = resolve_desired(desired, Resolver(tmp_path, {}, {}))
    assert after == desired
    assert [(each.code, str(each.source), each.address, each.detail) for each in found] == [
        ("RC0406", "a.yaml:3:35", "gate/employee/1", 'The photo "7.jpg" can\'t be read: no such file or directory.')
    ]
