"""`reconciler graph`: what refers to what, without a network or a secret."""

import shutil
from pathlib import Path

import pytest
from command_line import Project, run

MERMAID = """\
flowchart LR
  subgraph t0["hq"]
    n0["department 10"]
    n1["department 20"]
    n2["area HQ"]
    n3["employee 007"]
    n4["employee 1e3"]
  end
  n1 --> n0
  n3 --> n2
  n3 --> n1
  n4 --> n2
  n4 --> n0
"""
KINDS = """\
flowchart LR
  subgraph t0["hq"]
    n0["2 departments"]
    n1["1 area"]
    n2["1,202 employees"]
  end
  n0 -->|1| n0
  n2 -->|1,202| n1
  n2 -->|1,202| n0
"""
DOT = """\
digraph reconciler {
  rankdir=LR;
  node [shape=box];
  subgraph cluster_0 {
    label="hq";
    n0 [label="department 10"];
    n1 [label="area HQ"];
    n2 [label="employee 1e3"];
  }
  n2 -> n1;
  n2 -> n0;
}
"""


@pytest.fixture
def offline(project: Project) -> Project:
    project.server.stop()
    return project


def test_mermaid(offline: Project) -> None:
    assert offline.run("graph", environment={"HQ_PASSWORD": ""}) == (0, MERMAID, "")


def test_dot_of_what_is_selected_and_what_it_needs(offline: Project) -> None:
    assert offline.run("graph", "--format", "dot", "--select", "hq/employee/1e3") == (0, DOT, "")


def test_many_objects_are_drawn_by_kind(offline: Project) -> None:
    people = "".join(
        f'  - {{code: P{number}, first_name: P, department: "20", areas: [HQ]}}\n' for number in range(1200)
    )
    offline.write("people.yaml", f"employees:\n{people}")
    ran = offline.run("graph")
    assert ran == (0, KINDS, "1,205 objects, so their kinds are drawn. --select GLOB draws some of them.\n")


@pytest.mark.parametrize("form", ["mermaid", "dot"])
def test_names_stay_within_their_quotes(offline: Project, form: str) -> None:
    hostile = 'a"]; click n0 href "javascript:x" %% <b> \\" } #34;'
    offline.write("org.yaml", f"areas:\n  - {{code: '{hostile}', name: X}}\n")
    lines = offline.run("graph", "--format", form).out.splitlines()
    (line,) = [line for line in lines if line.startswith("    n0")]
    if form == "mermaid":
        label = line.removeprefix('    n0["').removesuffix('"]')
        assert not set(label) & set('"<>[](){}|\\`&')
        assert label.startswith("area a#34;#93;#59; click n0 href #34;javascript#58;x#34; #37;#37; #60;b#62;")
    else:
        assert line == r'    n0 [label="area a\"]; click n0 href \"javascript:x\" %% <b> \\\" } #34;"];'


def test_terminals_have_what_their_area_gives_them(tmp_path: Path) -> None:
    root = tmp_path / "doors"
    doors = Path(__file__).parents[2] / "examples/doors"
    shutil.copytree(doors, root, ignore=shutil.ignore_patterns(".reconciler"))
    ran = run("-C", str(root), "graph")
    assert ran.status == 0
    assert ran.out.count("subgraph") == 12


def test_a_glob_that_names_nothing_is_a_mistake(offline: Project) -> None:
    ran = offline.run("graph", "--select", "hq/employee/nobody")
    assert (ran.status, ran.out) == (1, "")
    assert "RC0609" in ran.err


def test_files_that_are_not_valid_have_no_graph(offline: Project) -> None:
    offline.replace("org.yaml", "areas: [HQ]", "areas: [NOWHERE]")
    ran = offline.run("graph")
    assert (ran.status, ran.out) == (1, "")
