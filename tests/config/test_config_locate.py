"""The exact place of a value, found by reading the file again."""

from pathlib import Path

import pytest
from config_helpers import loaded, write

from reconciler.config.locate import Wanted, locate_all
from reconciler.model.objects import Object

TEXT = """departments: [{code: D, name: d}]
areas: [{code: A, name: a}, {code: B, name: b}]
shifts: [{name: day, periods: 09:00-17:00}, {name: late, periods: 14:00-22:00}]
x-common: &common
  city: Lisbon
employees:
  - {code: 0, department: D}
  - <<: *common
    code: 1
    department:   D
    areas:
      - A
      - " B "
    attendance: {enabled: true, overtime: false}
    app: ~
    attributes: {Global ID: x, a.b: y}
    was: 9
    lifecycle:
      ignore: [city]
    roster: {from: 2026-01-05, cycle: [day, holiday, " late "]}
"""


def locate(root, obj, path, member=None):
    wanted = Wanted(obj.span, path, member)
    return locate_all(root, [wanted])[wanted]


@pytest.fixture
def employee(tmp_path: Path) -> Object:
    return loaded(tmp_path, {"a.yaml": TEXT}).objects["employee"]["1"]


@pytest.mark.parametrize(
    ("path", "member", "place"),
    [
        ("code", None, "9:11"),
        ("department", None, "10:19"),
        ("areas", None, "12:7"),
        ("areas", "A", "12:9"),
        ("areas", "B", "13:9"),
        ("areas", "no member", "12:7"),
        ("attendance", None, "14:17"),
        ("attendance.overtime", None, "14:43"),
        ("app.role", None, "15:10"),
        ("attributes.Global ID", None, "16:29"),
        ("attributes.a.b", None, "16:37"),
        ("city", None, "5:9"),
        ("was", None, "17:10"),
        ("lifecycle.ignore", "city", "19:16"),
        ("roster", "late", "20:54"),
        ("roster", "day", "20:40"),
        ("roster", "no shift", "20:13"),
        ("mobile", None, "8:5"),
    ],
)
def test_the_place_of_a_value(tmp_path: Path, employee: Object, path: str, member: str | None, place: str) -> None:
    assert str(locate(tmp_path, employee, path, member)) == f"a.yaml:{place}"


@pytest.mark.parametrize("text", ["", "employees: [{code: 1, department: D}]", "employees: [{", "\xff"])
def test_a_file_that_changed_meanwhile_gives_the_object_s_place(tmp_path: Path, employee: Object, text: str) -> None:
    write(tmp_path, {"a.yaml": text})
    assert locate(tmp_path, employee, "department") == employee.span


def test_a_file_that_is_gone_gives_the_object_s_place(tmp_path: Path, employee: Object) -> None:
    (tmp_path / "a.yaml").unlink()
    assert locate(tmp_path, employee, "department") == employee.span


def test_a_row_s_place_is_its_line(tmp_path: Path) -> None:
    files = {"a.yaml": "departments: {from_csv: d.csv}", "d.csv": "code,name\nA,a\n"}
    obj = loaded(tmp_path, files).objects["department"]["A"]
    assert str(locate(tmp_path, obj, "name")) == "d.csv:2:1"
