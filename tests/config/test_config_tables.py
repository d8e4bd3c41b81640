"""Objects from tables: `employees: {from_csv: …, map: {…}}`."""

from pathlib import Path

import pytest
from config_helpers import load_files, loaded, places

from reconciler.model.diagnostic import Span
from reconciler.model.objects import Object
from reconciler.model.secret import Secret, SecretReference

UNITS = "departments: [{code: D, name: d}]\nareas: [{code: A, name: a}, {code: B, name: b}]\n"
PLAIN = UNITS + "employees: {from_csv: hr.csv}\n"


def employees(root: Path, resources: str, table: str) -> list[Object]:
    return list(loaded(root, {"a.yaml": resources, "hr.csv": table}).objects["employee"].values())


def complaints(root: Path, resources: str, table: str) -> list[tuple[str, str]]:
    return places(load_files(root, {"a.yaml": resources, "hr.csv": table})[1])


def test_columns_are_named_like_paths(tmp_path: Path) -> None:
    table = (
        "code;department;areas;card;attendance.enabled;attributes.Global ID;hire_date;on_remove;lifecycle.ignore;was\n"
        "007;D;B; 12 ;true;x;2026-01-31;resign;city;006\n"
        "008;D;A;A ;;;;;;\n".replace("A;A ;", "'A;;")
    )
    table = table.replace("'A", '"A;B;A"')
    first, second = employees(tmp_path, PLAIN, table)
    assert first.values == {
        "department": "D",
        "areas": ("B",),
        "card": Secret("12"),
        "attendance.enabled": True,
        "attributes.Global ID": "x",
        "hire_date": "2026-01-31",
    }
    assert (first.key, first.span, first.on_remove, first.ignore, first.was) == (
        "007",
        Span("hr.csv", 2, 1),
        "resign",
        ("city",),
        "006",
    )
    assert second.values == {
        "department": "D",
        "areas": ("A", "B"),
        "card": None,
        "attendance.enabled": None,
        "attributes.Global ID": None,
        "hire_date": None,
    }
    assert (second.key, second.span, second.on_remove, second.ignore, second.was) == (
        "008",
        Span("hr.csv", 3, 1),
        None,
        (),
        None,
    )


def test_a_map_gives_its_fields_and_no_others(tmp_path: Path) -> None:
    resources = (
        UNITS
        + """employees:
  from_csv: hr.csv
  map:
    code: "{{ row.no }}"
    first_name: "{{ row.given | trim }} {{ row.family }}"
    department: D
    areas: "{{ row.sites.split(';') }}"
    attendance.enabled: true
    city: null
    card: {table: cards}
    attributes.Unit: "{{ row.no }}"
"""
    )
    project = "version: 1\nproject: p\ntargets: {}\nsecrets: {cards: {env: CARDS}}\n"
    table = 'no,given,family,sites,email\n007, Ana,Silva,"A;B",ignored\n008,Bo,Li,,\n'
    files = {"reconciler.yaml": project, "a.yaml": resources, "hr.csv": table}
    first, second = loaded(tmp_path, files).objects["employee"].values()
    common = {
        "department": "D",
        "attendance.enabled": True,
        "city": None,
        "card": SecretReference("table", ("cards",), Span("a.yaml", 12, 11)),
    }
    assert (first.key, first.values) == (
        "007",
        {**common, "first_name": "Ana Silva", "areas": ("A", "B"), "attributes.Unit": "007"},
    )
    assert (second.key, second.values) == (
        "008",
        {**common, "first_name": "Bo Li", "areas": (), "attributes.Unit": "008"},
    )


def test_a_block_that_needs_values_may_be_empty_in_a_row(tmp_path: Path) -> None:
    table = "code,department,resigned.date,resigned.type\n1,D,,\n2,D,2026-01-31,quit\n3,D,,quit\n"
    organisation, found = load_files(tmp_path, {"a.yaml": PLAIN, "hr.csv": table})
    assert places(found) == [("RC0202", "hr.csv:4:1")]
    assert organisation is not None
    assert organisation.objects["employee"]["1"].values["resigned.date"] is None
    assert organisation.objects["employee"]["2"].values["resigned.date"] == "2026-01-31"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("code,department,frst_name", [("RC0201", "hr.csv:1:1")]),
        ("code,department,attendance", [("RC0201", "hr.csv:1:1")]),
        ("code,department,attributes", [("RC0201", "hr.csv:1:1")]),
        ("code,department,device_password", [("RC0208", "hr.csv:1:1")]),
        ("code,first_name,last_name", [("RC0202", "hr.csv:1:1")]),
        ("code,department,code", [("RC0405", "hr.csv:1:1")]),
    ],
)
def test_a_wrong_header_is_complained_of_once(tmp_path: Path, header: str, expected: list[tuple[str, str]]) -> None:
    assert complaints(tmp_path, PLAIN, f"{header}\n1,D,x\n2,D,y\n") == expected


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("1,D,2026-02-30,,", "RC0206"),
        (",D,,,", "RC0207"),
        ("1,,,,", "RC0207"),
        ("1,D,,yes,", "RC0203"),
        ("1,D,,,C", "RC0302"),
        ("1,X,,,", "RC0302"),
        ("0,D,,,", "RC0301"),
        ("123456789012345678901,D,,,", "RC0204"),
        ("1,D", "RC0405"),
    ],
)
def test_a_wrong_cell_is_complained_of_at_its_line(tmp_path: Path, row: str, code: str) -> None:
    table = f"code,department,birthday,attendance.enabled,areas\n0,D,,,\n{row}\n"
    assert complaints(tmp_path, PLAIN, table) == [(code, "hr.csv:3:1")]


@pytest.mark.parametrize(
    ("section", "code", "place"),
    [
        ("{}", "RC0202", "1:12"),
        ("{from_csv: ~}", "RC0203", "1:23"),
        ("{from_csv: [a]}", "RC0203", "1:23"),
        ("{from_csv: gone.csv}", "RC0101", "1:23"),
        ("{from_csv: ../hr.csv}", "RC0108", "1:23"),
        ("{from_csv: hr.csv, maps: {}}", "RC0201", "1:31"),
        ("{from_csv: hr.csv, map: x}", "RC0203", "1:36"),
        ("{from_csv: hr.csv, map: {code: '{{ row.code }}', department: D, gendr: x}}", "RC0201", "1:76"),
        ("{from_csv: hr.csv, map: {code: '{{ row.code }}'}}", "RC0202", "1:36"),
        ("{from_csv: hr.csv, map: {code: '{{ row.cod }}', department: D}}", "RC0402", "1:43"),
        ("{from_csv: hr.csv, map: {code: '{{ row.code }}', department: D, card: {env: ~}}}", "RC0203", "1:88"),
    ],
)
def test_a_wrong_section_is_complained_of_once_at_its_place(
    tmp_path: Path, section: str, code: str, place: str
) -> None:
    files = {"a.yaml": f"employees: {section}\n", "b.yaml": UNITS, "hr.csv": "code,department\n1,D\n2,D\n"}
    assert places(load_files(tmp_path, files)[1]) == [(code, f"a.yaml:{place}")]


def test_a_failing_expression_is_complained_of_at_the_rows_it_fails_for(tmp_path: Path) -> None:
    resources = UNITS + "employees: {from_csv: hr.csv, map: {code: \"{{ row.no.split('-')[1] }}\", department: D}}\n"
    assert complaints(tmp_path, resources, "no\nx-1\n2\nx-3\n4\n") == [
        ("RC0403", "hr.csv:3:1"),
        ("RC0403", "hr.csv:5:1"),
    ]


def test_a_row_that_fails_does_not_make_its_kind_look_incomplete_elsewhere(tmp_path: Path) -> None:
    resources = "departments: {from_csv: hr.csv}\nemployees: [{code: 1, department: GONE}]\n"
    assert complaints(tmp_path, resources, "code,name\n,x\n") == [("RC0207", "hr.csv:2:1")]
