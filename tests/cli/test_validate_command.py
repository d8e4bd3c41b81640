"""`reconciler validate`: needs no network and no secret."""

import os

import pytest
from command_line import Project, run

FAULTY = """\
employees:
  - {code: 9, first_name: Ana, department: OPZ}
  - {code: 8, frist_name: Eva}
"""


@pytest.fixture
def faulty(project: Project) -> Project:
    project.write("staff.yaml", FAULTY)
    return project


def test_valid_files_are_counted_without_a_call(project: Project) -> None:
    ran = project.run("validate", environment={"HQ_PASSWORD": ""})
    assert ran == (0, "The files are valid: 2 departments, 1 area and 2 employees.\n", "")
    assert project.server.calls() == 0


def test_terminals_are_counted_in_words(project: Project) -> None:
    project.write("doors.yaml", "devices: [{name: a, url: 'http://a'}]\ndevice_profiles: [{name: p}, {name: q}]\n")
    assert project.run("validate").out == (
        "The files are valid: 2 departments, 1 area, 2 employees, 2 device profiles and 1 device.\n"
    )


def test_every_fault_is_shown_at_once_with_its_line(faulty: Project) -> None:
    ran = faulty.run("validate")
    assert (ran.status, ran.err) == (1, "")
    assert ran.out.splitlines() == [
        "Error: Refers to what does not exist (RC0302)",
        "  staff.yaml:2:44",
        "    2 |   - {code: 9, first_name: Ana, department: OPZ}",
        "      |                                            ^^^",
        '  There is no department "OPZ" in the project.',
        "",
        "Error: Missing key (RC0202)",
        "  staff.yaml:3:5",
        "    3 |   - {code: 8, frist_name: Eva}",
        "      |     ^",
        '  "department" is missing. Code of the department.',
        "",
        "Error: Unknown key (RC0201)",
        "  staff.yaml:3:15",
        "    3 |   - {code: 8, frist_name: Eva}",
        "      |               ^^^^^^^^^^",
        '  "frist_name" is not a field of an employee. Did you mean "first_name"?',
        "",
        "3 errors.",
    ]


def test_json_has_the_same(faulty: Project) -> None:
    ran = faulty.run("validate", "--json")
    assert ran.status == 1
    assert ran.document["valid"] is False
    assert ran.document["diagnostics"][2] == {
        "severity": "error",
        "code": "RC0201",
        "summary": "Unknown key",
        "detail": '"frist_name" is not a field of an employee. Did you mean "first_name"?',
        "address": None,
        "source": {"file": "staff.yaml", "line": 3, "column": 15},
    }
    assert ran.codes() == ["RC0302", "RC0202", "RC0201"]


def test_json_of_valid_files(project: Project) -> None:
    ran = project.run("validate", "--json")
    assert (ran.status, ran.document) == (0, {"valid": True, "diagnostics": []})


def test_github_gets_one_line_for_each(faulty: Project) -> None:
    ran = faulty.run("validate", "--github")
    assert (ran.status, ran.err) == (1, "")
    assert ran.out.splitlines()[2] == (
        "::error file=staff.yaml,line=3,col=15,title=Unknown key (RC0201)::"
        '"frist_name" is not a field of an employee. Did you mean "first_name"?'
    )
    assert len(ran.out.splitlines()) == 3


def test_github_gets_nothing_when_all_is_well(project: Project) -> None:
    assert project.run("validate", "--github") == (0, "", "")


def test_a_folder_without_a_project(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("empty")
    ran = run("-C", str(folder), "validate", "--json")
    assert (ran.status, ran.codes()) == (1, ["RC0401"])


def test_a_file_that_hides_commands_for_github_writes_none(project: Project) -> None:
    project.write("staff.yaml", 'departments:\n  - {code: "9", name: X, parent: "1\\n::error::owned"}\n')
    out = project.run("validate", "--github").out
    assert len(out.splitlines()) == 1
    assert "1\\n::error::owned" in out


def test_no_line_is_shown_of_what_is_no_file_of_the_project(project: Project) -> None:
    outside = project.root.parent / "outside.yaml"
    outside.write_text("a-line-of-a-file-outside\n")
    (project.root / "link.yaml").symlink_to(outside)
    os.mkfifo(project.root / "pipe.yaml")  # reading its line would never end
    ran = project.run("validate")
    assert (ran.status, ran.err) == (1, "")
    assert [line for line in ran.out.splitlines() if line.startswith("  ") and ":1:1" in line] == [
        "  link.yaml:1:1",
        "  pipe.yaml:1:1",
    ]
    assert " | " not in ran.out


def test_the_line_of_a_misspelt_masked_key_is_not_shown(project: Project) -> None:
    project.write("staff.yaml", 'employees:\n  - {code: 9, department: "10", nonsense: 1, device_pasword: 48151623}\n')
    ran = project.run("validate")
    assert ran.status == 1
    assert '"nonsense" is not a field' in ran.out
    assert 'Did you mean "device_password"?' in ran.out
    assert "48151623" not in ran.out


def test_one_form_at_a_time(project: Project) -> None:
    ran = project.run("validate", "--json", "--github")
    assert (ran.status, ran.codes()) == (1, ["RC0901"])
