"""Texts become canonical values as their fields say; nothing else decides."""

from pathlib import Path

import pytest
import yaml
from config_helpers import PROJECT, complaints, employee, load_files, loaded, places
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.model.diagnostic import Span
from reconciler.model.secret import Secret, SecretReference

VALUES = [
    # (fields of an employee, their canonical values)
    ("first_name: no", {"first_name": "no"}),
    ("first_name: 007, city: 1e3", {"first_name": "007", "city": "1e3"}),
    ("first_name: Null, last_name: NULL", {"first_name": "Null", "last_name": "NULL"}),
    (
        "first_name: null, last_name: ~, city: , ssn: ''",
        {"first_name": None, "last_name": None, "city": None, "ssn": None},
    ),
    ("first_name: 'null', last_name: \"~\"", {"first_name": "null", "last_name": "~"}),
    ("first_name: '  Ana  ', last_name: '   '", {"first_name": "Ana", "last_name": None}),
    ("hire_date: 2024-02-29, birthday: '1999-12-31'", {"hire_date": "2024-02-29", "birthday": "1999-12-31"}),
    ("gender: female, privilege: null", {"gender": "female", "privilege": None}),
    ("verify_mode: face + card+face", {"verify_mode": "card+face"}),
    ("verify_mode: any", {"verify_mode": "any"}),
    ("areas: [B, A, ' B ']", {"areas": ("A", "B")}),
    ("areas: []", {"areas": ()}),
    ("areas: null", {"areas": ()}),
    (
        "attendance: {enabled: true, overtime: False, holidays: ~}",
        {"attendance.enabled": True, "attendance.overtime": False, "attendance.holidays": None},
    ),
    ("attendance: {}", {}),
    ("app: null", {"app.enabled": None, "app.role": None}),
    (
        "resigned: {date: 2026-01-31, type: quit}",
        {"resigned.date": "2026-01-31", "resigned.type": "quit"},
    ),
    ("attributes: {Global ID: 5, a.b: ~}", {"attributes.Global ID": "5", "attributes.a.b": None}),
    ("card: 0012345", {"card": Secret("0012345")}),
    ("card: ~", {"card": None}),
    ("card: {env: CARD}", {"card": SecretReference("env", ("CARD",), Span("a.yaml", 4, 38))}),
    (
        "device_password: {command: [pass, show, '1']}",
        {"device_password": SecretReference("command", ("pass", "show", "1"), Span("a.yaml", 4, 49))},
    ),
    ("device_password: null", {"device_password": None}),
    ("first_name: '𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞'", {"first_name": "𝄞" * 25}),
    ("first_name: 'a{%b%}{#c#}'", {"first_name": "a{%b%}{#c#}"}),
]

WRONG = [
    # (fields of an employee, code, the column of the complaint counted from the fields' first character)
    ("first_name: [Ana]", "RC0203", 12),
    ("first_name: {a: b}", "RC0203", 12),
    ("first_name: abcdefghijklmnopqrstuvwxyz", "RC0204", 12),
    ("firstname: Ana", "RC0201", 0),
    ("hire_date: 2026-02-29", "RC0206", 11),
    ("hire_date: 20260101", "RC0206", 11),
    ("hire_date: 2026-1-1", "RC0206", 11),
    ("hire_date: 2026-W01-1", "RC0206", 11),
    ("gender: Female", "RC0205", 8),
    ("verify_mode: card+any", "RC0205", 13),
    ("verify_mode: card+", "RC0205", 13),
    ("email: ana", "RC0206", 7),
    ("areas: A", "RC0203", 7),
    ("areas: {A: B}", "RC0203", 7),
    ("areas: [A, ~]", "RC0203", 11),
    ("areas: [A, [B]]", "RC0203", 11),
    ("attendance: {enabled: 'true'}", "RC0203", 22),
    ("attendance: {enabled: yes}", "RC0203", 22),
    ("attendance: {enabld: true}", "RC0201", 13),
    ("attendance: true", "RC0203", 12),
    ("resigned: {date: 2026-01-01}", "RC0202", 10),
    ("resigned: {date: ~, type: quit}", "RC0207", 17),
    ("attributes: ~", "RC0207", 12),
    ("attributes: [a]", "RC0203", 12),
    ("attributes: {' ': a}", "RC0201", 13),
    ("attributes: {a: b, ' a': b}", "RC0105", 19),
    ("device_password: 1234", "RC0208", 17),
    ("device_password: '{{ 1 }}'", "RC0208", 17),
    ("device_password: [a]", "RC0208", 17),
    ("device_password: {}", "RC0208", 17),
    ("device_password: {env: A, file: b}", "RC0208", 17),
    ("device_password: {envv: A}", "RC0201", 18),
    ("device_password: {env: ~}", "RC0203", 23),
    ("device_password: {command: ls}", "RC0203", 27),
    ("device_password: {command: []}", "RC0203", 27),
    ("device_password: {table: pins}", "RC0302", 25),
    ("lifecycle: {prevent_delete: 1}", "RC0203", 28),
    ("on_remove: keep", "RC0205", 11),
]
START = 36  # the column of an employee's further fields


@pytest.mark.parametrize(("fields", "values"), VALUES, ids=[case[0] for case in VALUES])
def test_canonical_values(tmp_path: Path, fields: str, values: dict[str, object]) -> None:
    made = employee(tmp_path, fields).values
    assert made == {"department": "D", **values}
    assert {path: type(value) for path, value in made.items() if path in values} == {
        path: type(value) for path, value in values.items()
    }


@pytest.mark.parametrize(("fields", "code", "column"), WRONG, ids=[case[0] for case in WRONG])
def test_a_wrong_value_is_complained_of_at_its_place(tmp_path: Path, fields: str, code: str, column: int) -> None:
    text = "departments: [{code: D, name: D}]\nareas: [{code: A, name: A}]\n"
    text += f"employees:\n  - {{code: '1', department: D,     {fields}}}\n"
    assert complaints(tmp_path, text) == [(code, f"a.yaml:4:{START + column}")]


def test_a_secret_or_sensitive_text_is_never_repeated(tmp_path: Path) -> None:
    text = """employees:
- {code: 1, department: 1, card: hunter2hunter2hunter2hunter2, device_password: hunter2}
- {code: 2, department: 1, card: "{{ 'hunter2' * 9 }}", device_password: "{{ 'hunter2' }}"}
- {code: 3, department: 1, card: [hunter2], device_password: [hunter2]}
"""
    _, found = load_files(tmp_path, {"a.yaml": text})
    assert [each.code for each in found if each.source and each.source.line == 2] == ["RC0302", "RC0204", "RC0208"]
    assert [each.detail for each in found if "hunter2" in each.detail] == []


def test_every_problem_of_an_object_is_shown(tmp_path: Path) -> None:
    text = "employees:\n- {frst_name: A, gender: f, hire_date: x, areas: HQ}\n"
    assert complaints(tmp_path, text) == [
        ("RC0202", "a.yaml:2:3"),
        ("RC0202", "a.yaml:2:3"),
        ("RC0201", "a.yaml:2:4"),
        ("RC0205", "a.yaml:2:26"),
        ("RC0206", "a.yaml:2:40"),
        ("RC0203", "a.yaml:2:50"),
    ]


@pytest.mark.parametrize("text", ["code: null", "code: ''", "code: '  '", "code: \"{{ '' }}\""])
def test_a_required_field_is_not_cleared(tmp_path: Path, text: str) -> None:
    assert complaints(tmp_path, f"departments: [{{{text}, name: x}}]") == [("RC0207", "a.yaml:1:22")]


def test_fields_about_the_object_are_no_values(tmp_path: Path) -> None:
    made = employee(
        tmp_path, "lifecycle: {prevent_delete: true, ignore: [mobile, attributes.X]}, on_remove: resign, was: 0"
    )
    assert made.values == {"department": "D"}
    assert (made.prevent_delete, made.ignore, made.on_remove, made.was) == (
        True,
        ("attributes.X", "mobile"),
        "resign",
        "0",
    )


def test_expressions_are_rendered_once(tmp_path: Path) -> None:
    files = {
        "reconciler.yaml": PROJECT + "variables: {d: {default: D}, raw: {default: '{{ var.d }}'}}\n",
        "a.yaml": """
departments: [{code: D, name: "Dept {{ var.d }}"}]
areas: [{code: A, name: "{{ var.raw }}"}, {code: B, name: B}]
employees:
- code: "{{ var.d | lower }}1"
  department: " {{ var.d }} "
  areas: "{{ 'B,A'.split(',') }}"
  attendance: {enabled: "{{ 1 == 1 }}"}
  card: "{{ var.d }}9"
""",
    }
    objects = loaded(tmp_path, files).objects
    assert objects["department"]["D"].values["name"] == "Dept D"
    assert objects["area"]["A"].values["name"] == "{{ var.d }}"
    assert objects["employee"]["d1"].values == {
        "department": "D",
        "areas": ("A", "B"),
        "attendance.enabled": True,
        "card": Secret("D9"),
    }


def test_a_wrong_expression_is_complained_of_at_its_text(tmp_path: Path) -> None:
    text = """departments:
- {code: 1, name: '{{ var.nme }}'}
- {code: 2, name: "{{ ['a'] }}"}
- {code: 3, name: '{{ '}
"""
    assert complaints(tmp_path, text) == [
        ("RC0402", "a.yaml:2:19"),
        ("RC0203", "a.yaml:3:19"),
        ("RC0403", "a.yaml:4:19"),
    ]


def test_what_comes_by_a_merge_counts_and_is_complained_of_where_it_stands(tmp_path: Path) -> None:
    text = """x-staff: &staff
  department: D
  gendr: female
departments: [{code: D, name: D}]
employees:
- {<<: *staff, code: 1}
- {<<: *staff, code: 2}
"""
    organisation, found = load_files(tmp_path, {"a.yaml": text})
    assert places(found) == [("RC0201", "a.yaml:3:3")]
    assert organisation is not None
    assert [each.values for each in organisation.objects["employee"].values()] == [{"department": "D"}] * 2


@settings(max_examples=50, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=25).filter(lambda text: "{{" not in text))
def test_any_quoted_text_is_the_value_trimmed(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    document = yaml.safe_dump({"employees": [{"code": "1", "department": "1", "first_name": text}]}, default_style='"')
    files = {"a.yaml": "departments: [{code: 1, name: x}]", "b.yaml": document}
    made = loaded(tmp_path_factory.mktemp("text"), files).objects["employee"]["1"]
    assert made.values == {"department": "1", "first_name": text.strip() or None}
