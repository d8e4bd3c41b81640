"""Schedules in tables: what a map gives, and what a cell can hold."""

from pathlib import Path

import pytest
from config_helpers import load_files, loaded, places

TABLE = """shifts: [{name: day, periods: 09:00-17:00}, {name: late, periods: 14:00-22:00}]
departments: [{code: D, name: D}]
access_levels:
  from_csv: levels.csv
  map: {name: "{{ row.level }}", week: {mon-fri: "{{ row.hours }}", sat: 10:00-12:00}}
employees:
  from_csv: people.csv
  map:
    code: "{{ row.no }}"
    department: D
    roster: {from: "{{ row.start }}", cycle: [day, "{{ row.then }}"]}
    valid.until: "{{ row.until }}"
"""


def test_a_map_gives_schedules_and_their_texts_may_be_of_the_row(tmp_path: Path) -> None:
    files = {
        "a.yaml": TABLE,
        "levels.csv": "level,hours\nA,08:00-18:00\nB,22:00-06:00\n",
        "people.csv": "no,start,then,until\n1,2026-01-05,late,\n2,2026-01-06,day,2026-12-31\n",
    }
    objects = loaded(tmp_path, files).objects
    assert {name: each.values["week"] for name, each in objects["access_level"].items()} == {
        "A": ("mon-fri 08:00-18:00", "sat 10:00-12:00"),
        "B": ("mon-fri 22:00-06:00", "sat 10:00-12:00"),
    }
    assert {key: each.values for key, each in objects["employee"].items()} == {
        "1": {"department": "D", "roster": ("2026-01-05", "day", "late"), "valid.until": None},
        "2": {"department": "D", "roster": ("2026-01-06", "day"), "valid.until": "2026-12-31"},
    }


def test_what_is_wrong_with_a_row_s_text_is_told_at_the_row(tmp_path: Path) -> None:
    files = {
        "a.yaml": TABLE,
        "levels.csv": "level,hours\nA,8-18\nB,\nC,08:00-18:00\n",
        "people.csv": "no,start,then,until\n1,soon,late,2026-12-31\n2,2026-01-06,lte,2026-12-32\n",
    }
    assert places(load_files(tmp_path, files)[1]) == [
        ("RC0206", "levels.csv:2:1"),
        ("RC0203", "levels.csv:3:1"),
        ("RC0206", "people.csv:2:1"),
        ("RC0206", "people.csv:3:1"),
        ("RC0302", "people.csv:3:1"),
    ]


def test_what_is_wrong_with_the_map_is_told_once(tmp_path: Path) -> None:
    text = 'access_levels: {from_csv: l.csv, map: {name: "{{ row.n }}", week: {mun: "{{ row.n }}"}}}\n'
    assert places(load_files(tmp_path, {"a.yaml": text, "l.csv": "n\n08:00-12:00\n09:00-12:00\n"})[1]) == [
        ("RC0206", "a.yaml:1:68")
    ]


def test_columns_hold_ranges_between_semicolons(tmp_path: Path) -> None:
    table = "name,periods,slot\nday,09:00-12:00;13:00-18:00,3\nlate, 14:00-24:00 ,\n"
    files = {"a.yaml": "shifts: {from_csv: s.csv}\n", "s.csv": table}
    assert {key: each.values for key, each in loaded(tmp_path, files).objects["shift"].items()} == {
        "day": {"periods": ("09:00-12:00", "13:00-18:00"), "slot": 3},
        "late": {"periods": ("14:00-23:59",), "slot": None},
    }
    files["s.csv"] = "name,periods\na,\nb,9:00-12:00;13:00-14:00;25:00-26:00\n"
    assert places(load_files(tmp_path, files)[1]) == [
        ("RC0207", "s.csv:2:1"),
        ("RC0206", "s.csv:3:1"),
        ("RC0206", "s.csv:3:1"),
    ]


@pytest.mark.parametrize(
    ("kind", "columns", "detail"),
    [
        (
            "access_levels",
            "name,week",
            (
                "The column \"week\" can't be read: a cell can't hold the field week. Give the table a map, and write "
                'ranges by day, such as {mon-fri: "08:00-18:00"} there.'
            ),
        ),
        (
            "device_profiles",
            "name,settings.network.wifi.access_points",
            (
                "The column \"settings.network.wifi.access_points\" can't be read: a cell can't hold the field "
                "access_points. Give the table a map, and write a list of mappings there."
            ),
        ),
    ],
)
def test_a_cell_holds_no_more_than_texts(tmp_path: Path, kind: str, columns: str, detail: str) -> None:
    files = {"a.yaml": f"{kind}: {{from_csv: t.csv}}\n", "t.csv": f"{columns}\na,b\n"}
    found = load_files(tmp_path, files)[1]
    assert [(each.code, str(each.source), each.detail) for each in found] == [("RC0203", "t.csv:1:1", detail)]
