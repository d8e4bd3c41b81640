"""export of several targets: one organisation in one set of files."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from command_line import ORGANISATION, PASSWORD, Project, Ran, run, serving

from reconciler.simulator import Server, Terminals

EXAMPLE = Path(__file__).parents[2] / "examples" / "doors"
HARDWARE = {"access_control": True, "card": True}
EMPTY = "A plan of these files is empty."
NOT_EMPTY = "A plan of these files is not empty, since they describe one organisation:"
SHARED = "agree in all objects that several of them have."

COMPANY = """\
version: 1
project: acme
defaults: {{retries: 0}}
targets:
  hq: {{system: biotime, url: "{hq}", auth: {{username: reconciler, password: {{env: HQ_PASSWORD}}}}}}
"""
SECOND = """\
  porto: {{system: biotime, url: "{porto}", auth: {{username: reconciler, password: {{env: HQ_PASSWORD}}}}}}
"""
GATE = """\
  gate:
    system: cvsecurity
    url: "{gate}"
    auth: {{access_token: {{env: HQ_PASSWORD}}}}
    manages: [departments, employees]
"""
ENTRY = """\
areas: [{{code: HQ, name: Main}}]
devices: [{{name: lobby, url: "{lobby}", area: HQ}}]
"""


def new_project(root: Path, project: str, resources: str = "") -> Path:
    root.mkdir()
    (root / "reconciler.yaml").write_text(project, "utf-8")
    if resources:
        (root / "terminals.yaml").write_text(resources, "utf-8")
    return root


def exported(root: Path, to: Path, *options: str) -> tuple[Path, str]:
    """A project with the files of an export alone, and the last line of what the export said."""
    new_project(to, (root / "reconciler.yaml").read_text("utf-8"))
    if (root / "private").exists():
        shutil.copytree(root / "private", to / "private")
    ran = run("-C", str(root), "export", *options, "--out", str(to / "org"))
    assert (ran.status, ran.out) == (0, ""), ran
    return to, ran.err.splitlines()[-1]


def planned(root: Path) -> Ran:
    return run("-C", str(root), "plan", "--json")


def changed(root: Path) -> list[str]:
    """What a plan of these files would change, for whatever reason; adoptions are no changes."""
    rows = planned(root).document["resource_changes"]
    return [f"{'+'.join(row['change']['actions'])} {row['address']}" for row in rows if row["action_reason"] != "adopt"]


def in_file(root: Path, kind: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load((root / "org" / f"{kind}.yaml").read_text("utf-8"))[kind]
    return found


def comments(root: Path, kind: str) -> list[str]:
    """What is told above a file, each of it on one line."""
    lines = (root / "org" / f"{kind}.yaml").read_text("utf-8").replace("\n#   ", " ").splitlines()
    return [line.removeprefix("# ") for line in lines if line.startswith("# ")]


# A fleet of terminals


def test_a_fleet_enters_git(tmp_path: Path) -> None:
    """Six terminals of the example are filled; a project that knows where they are, and how they open, and nothing
    else takes them over. Shifts and access levels have one name on all of them."""
    filled = tmp_path / "filled"
    shutil.copytree(EXAMPLE, filled, ignore=shutil.ignore_patterns(".reconciler"))
    path = filled / "doors" / "terminals.yaml"
    entries = yaml.safe_load(path.read_text("utf-8"))["devices"][:6]
    with Terminals() as terminals:
        for entry in entries:
            entry["url"] = terminals.add(entry["name"], capabilities=HARDWARE).url
        path.write_text(yaml.safe_dump({"devices": entries}), "utf-8")
        assert run("-C", str(filled), "apply", "--auto-approve").status == 0
        known = [{key: entry[key] for key in ("name", "url", "area")} for entry in entries]
        keys = [each | {"api_key": {"table": "terminal_keys"}} for each in known]
        areas = [{"code": each["area"], "name": each["area"].title()} for each in known]
        bare = new_project(
            tmp_path / "bare",
            "version: 1\nproject: fleet\nsecrets: {terminal_keys: {file: private/terminal-keys.csv}}\n",
            yaml.safe_dump({"areas": areas, "devices": keys}),
        )
        shutil.copytree(filled / "private", bare / "private")
        new, said = exported(bare, tmp_path / "new")
        assert said == f"6 targets {SHARED} {EMPTY}"
        ran = planned(new)
        assert (ran.status, ran.document["summary"]["adopt"] > 100, changed(new)) == (0, True, [])
        again, _ = exported(bare, tmp_path / "again")
    for file in sorted((new / "org").iterdir()):
        assert file.read_bytes() == (again / "org" / file.name).read_bytes()
    assert [each["name"] for each in in_file(new, "shifts")] == ["Shift 1", "Shift 2", "Shift 3", "Shift 4"]
    assert comments(new, "access_levels") == ["The access levels of 6 targets, as exported."]
    helena = next(each for each in in_file(new, "employees") if each["code"] == "0901")
    sites = ("LIS-ENTRANCE", "LIS-HALL", "LIS-LAB", "LIS-STORE", "OPO-ENTRANCE")
    assert (helena["nickname"], tuple(helena["areas"])) == ("Helena Prata", sites)


# A server and a terminal


@pytest.fixture
def hq() -> Iterator[Server]:
    with serving() as server:
        yield server


@pytest.fixture
def company(hq: Server, tmp_path: Path) -> Iterator[Path]:
    """A project that knows a server and a terminal, both of which were brought to the same files."""
    resources = ORGANISATION.replace("Headquarters}", "Headquarters}\n  - {code: YARD, name: Yard}")
    with Terminals() as terminals:
        lobby = terminals.add("lobby", capabilities=HARDWARE)
        device = f'devices: [{{name: lobby, url: "{lobby.url}", area: HQ}}]\n'
        filled = new_project(tmp_path / "filled", COMPANY.format(hq=hq.url), resources + device)
        assert run("-C", str(filled), "apply", "--auto-approve").status == 0
        yield new_project(tmp_path / "bare", COMPANY.format(hq=hq.url), ENTRY.format(lobby=lobby.url))


def rename_at_the_server(server: Server, **values: str) -> None:
    dump = server.dump()
    tables: Any = dump["tables"]
    next(row for row in tables["employees"] if row["emp_code"] == "007").update(values)
    server.load(dump)


def test_a_server_and_a_terminal_that_agree(company: Path, tmp_path: Path) -> None:
    """Two names at the server and one at the terminal are the same person; the department has the server's code, and
    the one that the terminal has built in is not the server's."""
    new, said = exported(company, tmp_path / "new")
    assert said == f"hq and lobby {SHARED} {EMPTY}"
    assert changed(new) == []
    ana = in_file(new, "employees")[0]
    assert (ana["first_name"], ana["last_name"], "nickname" in ana) == ("Ana", "Silva", False)
    assert [each["code"] for each in in_file(new, "departments")] == ["1", "10", "20"]
    assert comments(new, "employees")[0] == "The employees of hq and lobby, as exported."
    assert comments(new, "devices")[0] == "The devices of lobby, as exported."


def test_a_name_that_differs_is_told_and_planned(company: Path, hq: Server, tmp_path: Path) -> None:
    rename_at_the_server(hq, last_name="Sousa")
    new, said = exported(company, tmp_path / "new")
    assert said == (
        "hq and lobby differ in 1 field of 1 object: the comments at the top of employees.yaml say in which. "
        f"{NOT_EMPTY} on lobby 1 to update."
    )
    assert changed(new) == ["update lobby/employee/007"]
    assert comments(new, "employees")[1] == (
        "employee 007 (hq, lobby): `nickname` differs. What the first of these targets has stands here, and a plan "
        "brings it to the others."
    )


def test_who_is_at_one_target_only_is_counted(company: Path, hq: Server, tmp_path: Path) -> None:
    """Somebody went to another area at the server, and is a user of the terminal still."""
    dump = hq.dump()
    tables: Any = dump["tables"]
    yard = next(row for row in tables["areas"] if row["area_code"] == "YARD")
    next(row for row in tables["employees"] if row["emp_code"] == "007")["area"] = [yard["id"]]
    hq.load(dump)
    new, said = exported(company, tmp_path / "new")
    assert said == f"hq and lobby {SHARED} {NOT_EMPTY} on hq 1 to update."
    assert changed(new) == ["update hq/employee/007"]


def test_two_servers_of_different_people(hq: Server, tmp_path: Path) -> None:
    with serving() as porto:
        one = Project(tmp_path / "one", hq)
        one.apply()
        two = Project(tmp_path / "two", porto, ORGANISATION.replace("1e3", "2e3"))
        two.apply()
        text = (COMPANY + SECOND).format(hq=hq.url, porto=porto.url)
        new, said = exported(new_project(tmp_path / "bare", text), tmp_path / "new")
        assert said == f"hq and porto {SHARED} {NOT_EMPTY} on hq 1 to create; on porto 1 to create."
        assert changed(new) == ["create hq/employee/2e3", "create porto/employee/1e3"]


def test_what_a_server_does_not_show_is_counted_by_itself(hq: Server, tmp_path: Path) -> None:
    """CVSecurity has no `verify_mode: device`, gives everybody a day of hire, and does not show what people may do at
    terminals. The last line counts as the plan does."""
    with Server("cvsecurity-1.2", token=PASSWORD) as gate:
        text = COMPANY.format(hq=hq.url) + GATE.format(gate=gate.url)
        filled = new_project(tmp_path / "filled", text, ORGANISATION)
        assert run("-C", str(filled), "apply", "--auto-approve").status == 0
        new, said = exported(new_project(tmp_path / "bare", text), tmp_path / "new")
        assert said == (
            "gate and hq differ in 3 fields of 3 objects: the comments at the top of departments.yaml and "
            f"employees.yaml say in which. {NOT_EMPTY} on gate 1 to update and 2 to update with what can't be read "
            "there."
        )
        assert comments(new, "employees")[1:] == [
            "employees 007 (hq, gate), 1e3 (hq, gate): `hire_date` differs. It is left out, and so not managed.",
            "employees 007, 1e3: gate can't have `verify_mode: device`. `verify_mode` is left out, and so not managed.",
        ]
        reasons = [row["action_reason"] for row in planned(new).document["resource_changes"]]
        assert sorted(reason for reason in reasons if reason != "adopt") == ["config", "unreadable", "unreadable"]


def test_a_target_that_can_not_be_read_leaves_nothing_written(company: Path, hq: Server, tmp_path: Path) -> None:
    hq.stop()
    ran = run("-C", str(company), "export", "--out", str(tmp_path / "new"))
    assert (ran.status, ran.out, "RC0501" in ran.err) == (1, "", True)
    assert not (tmp_path / "new").exists()


def test_on_standard_output_the_line_goes_beside_it(company: Path) -> None:
    ran = run("-C", str(company), "export", "lobby", "hq", "--select", "*/employee/007")
    assert (ran.status, ran.err) == (0, f"hq and lobby {SHARED}\n")
    assert list(yaml.safe_load(ran.out)) == ["employees"]


def test_what_no_target_has_can_not_be_selected(company: Path) -> None:
    ran = run("-C", str(company), "export", "--select", "hq/employee/0")
    assert (ran.status, ran.out) == (1, "")
    assert "Nothing on hq and lobby matches hq/employee/0. Addresses are target/kind/key." in ran.err


def test_employees_by_their_first_area(company: Path, tmp_path: Path) -> None:
    new, _ = exported(company, tmp_path / "new", "--by", "area")
    assert [path.name for path in (new / "org" / "employees").iterdir()] == ["HQ.yaml"]
    text = (new / "org/employees/HQ.yaml").read_text("utf-8")
    assert text.startswith("# The employees of hq and lobby whose first area is HQ, as exported.\n")


def test_employees_by_department_however_few(company: Path, tmp_path: Path) -> None:
    new, _ = exported(company, tmp_path / "new", "--by", "department")
    heads = {path.name: path.read_text("utf-8").splitlines()[0] for path in (new / "org" / "employees").iterdir()}
    assert heads == {
        "10.yaml": "# The employees of hq and lobby whose department is 10, as exported.",
        "20.yaml": "# The employees of hq and lobby whose department is 20, as exported.",
    }


def test_a_division_is_for_files() -> None:
    ran = run("export", "--by", "area")
    assert (ran.status, ran.err.splitlines()[0]) == (
        1,
        "Error: --by divides files: say with --out DIR where to write them.",
    )


def test_what_the_files_refer_to_and_do_not_hold_is_told(hq: Server, tmp_path: Path) -> None:
    Project(tmp_path / "hq", hq).apply()
    text = COMPANY.format(hq=hq.url).replace("biotime,", "biotime, manages: [areas, employees],")
    new, said = exported(new_project(tmp_path / "bare", text), tmp_path / "new")
    missing = {each["detail"].split('"')[1] for each in planned(new).document["diagnostics"]}
    named = " and ".join(f'"{key}"' for key in sorted(missing))
    nouns = "departments" if len(missing) > 1 else "department"
    assert missing
    elsewhere = "They are valid once other files of the project do."
    assert said == f"These files refer to what they do not hold: {nouns} {named}. {elsewhere}"


def test_what_no_file_can_hold_is_not_held_by_these(hq: Server, tmp_path: Path) -> None:
    """A department without a name can't be written, and somebody is in it."""
    Project(tmp_path / "hq", hq).apply()
    dump = hq.dump()
    tables: Any = dump["tables"]
    next(row for row in tables["departments"] if row["dept_code"] == "10")["dept_name"] = ""
    hq.load(dump)
    _, said = exported(new_project(tmp_path / "bare", COMPANY.format(hq=hq.url)), tmp_path / "new")
    assert said == (
        'These files refer to what they do not hold: department "10". They are valid once other files of the project '
        "do."
    )


# Which targets


def test_all_servers_where_there_is_no_resource_file_yet(hq: Server, tmp_path: Path) -> None:
    root = new_project(tmp_path / "bare", COMPANY.format(hq=hq.url))
    ran = run("-C", str(root), "export")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("# The departments of hq, as exported.\n")


def test_all_targets_are_not_known_where_the_files_are_not_valid(hq: Server, tmp_path: Path) -> None:
    root = new_project(tmp_path / "bare", COMPANY.format(hq=hq.url), "devices: [{name: lobby}]\n")
    ran = run("-C", str(root), "export")
    assert (ran.status, ran.out, PASSWORD in ran.err) == (1, "", False)
    said = " ".join(ran.err.split())
    assert "without them it is not known which devices there are. Name the servers to export these alone: hq." in said
