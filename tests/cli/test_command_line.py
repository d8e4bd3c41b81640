"""What all commands share: options before the command, help, wrong usage, colours, logs, defects."""

import re
import subprocess
import sys

import pytest
from command_line import PASSWORD, Project, run

from reconciler import __version__
from reconciler.workflow import planning

COMMANDS = (
    "apply",
    "ci",
    "completion",
    "doctor",
    "export",
    "graph",
    "init",
    "plan",
    "schema",
    "show",
    "simulate",
    "snapshot",
    "state",
    "validate",
)
STATE_COMMANDS = ("forget", "list", "move", "show", "unlock")
ESCAPE = "\x1b["
HEAVY = {"httpx", "jinja2", "msgspec", "rich", "yaml"}


def test_version() -> None:
    assert run("--version") == (0, f"reconciler, version {__version__}\n", "")


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_names_every_command(option: str) -> None:
    ran = run(option)
    assert (ran.status, ran.err) == (0, "")
    commands = ran.out[ran.out.index("Commands:") :].splitlines()[1:]
    assert [line.split()[0] for line in commands] == list(COMMANDS)


@pytest.mark.parametrize("command", [*((name,) for name in COMMANDS), *(("state", name) for name in STATE_COMMANDS)])
@pytest.mark.parametrize("option", ["-h", "--help"])
def test_every_command_has_help(command: tuple[str, ...], option: str) -> None:
    ran = run(*command, option)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith(f"Usage: reconciler {' '.join(command)} ")
    assert "..." not in re.sub(r"\]\.\.\.|ARGS\]\.\.\.|GLOB\.\.\.", "", ran.out)  # no line of help is cut short


@pytest.mark.parametrize("arguments", [(), ("state",)])
def test_no_command_is_wrong_usage_and_shows_the_help(arguments: tuple[str, ...]) -> None:
    ran = run(*arguments)
    assert (ran.status, ran.out) == (1, "")
    assert ran.err == run(*arguments, "--help").out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("plam",), "No such command 'plam'."),
        (("plan", "--selct", "x"), "No such option '--selct'."),
        (("plan", "--allow-deletes", "many"), "Invalid value for '--allow-deletes': 'many' is not a valid integer"),
        (("plan", "--allow-deletes", "-1"), "Invalid value for '--allow-deletes': -1 is not in the range x>=0."),
        (("plan", "-v"), "No such option '-v'. It stands before the command: reconciler -v …"),
        (("show",), "Missing argument 'PLANFILE'."),
        (("--var", "x", "plan"), "--var x: write it as NAME=VALUE."),
        (("--var", "=x", "plan"), "--var =x: write it as NAME=VALUE."),
        (("--var-file", "/nowhere", "plan"), "--var-file /nowhere: No such file or directory."),
        (("simulate", "/nowhere"), "/nowhere can't be read: no such file or directory."),
    ],
)
def test_wrong_usage(arguments: tuple[str, ...], message: str) -> None:
    ran = run(*arguments)
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.startswith(f"Error: {message}")


@pytest.mark.parametrize("arguments", [("plan", "--nope"), ("plan", "--allow-deletes", "x"), ("show",)])
def test_wrong_usage_with_json_is_a_document(arguments: tuple[str, ...]) -> None:
    ran = run(*arguments, "--json")
    assert (ran.status, ran.codes()) == (1, ["RC0901"])


def test_heavy_imports_wait_until_they_are_needed() -> None:
    program = (
        "import sys; sys.argv = ['reconciler', '--help']\n"
        "from reconciler.cli.main import main\n"
        "try: main()\n"
        "except SystemExit: print(*sys.modules, file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    modules = set(ran.stderr.split())
    assert {"click", "reconciler.cli.main"} <= modules
    assert HEAVY & modules == set()
    assert {name for name in modules if name.startswith("reconciler.")} == {"reconciler.cli", "reconciler.cli.main"}


# Variables


@pytest.fixture
def named(project: Project) -> Project:
    """An area's name is the variable `site`."""
    project.replace("reconciler.yaml", "targets:", "variables: {site: {default: D}}\ntargets:")
    project.replace("org.yaml", "name: Headquarters", 'name: "{{ var.site }}"')
    project.write("first.yml.txt", "site: F1\n")
    project.write("second.yml.txt", "site: F2\n")
    return project


@pytest.mark.parametrize(
    ("options", "environment", "name"),
    [
        ((), {}, "D"),
        ((), {"RECONCILER_VAR_site": "E"}, "E"),
        (("--var-file", "first.yml.txt"), {"RECONCILER_VAR_site": "E"}, "F1"),
        (("--var-file", "first.yml.txt", "--var-file", "second.yml.txt"), {}, "F2"),
        (("--var", "site=V=1", "--var-file", "first.yml.txt"), {}, "V=1"),
        (("--var", "site=V", "--var", "site=W"), {}, "W"),
    ],
)
def test_variables(
    named: Project, options: tuple[str, ...], environment: dict[str, str], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(named.root)
    document = run(*options, "plan", "--json", "--select", "*/HQ", environment=environment).document
    assert [change["change"]["after"]["name"] for change in document["resource_changes"]] == [name]


def test_null_in_a_variable_file_is_an_empty_text_as_in_a_default(named: Project) -> None:
    named.write("nothing.yml.txt", "site: null\n")
    ran = named.run("--var-file", named.path("nothing.yml.txt"), "validate", "--json")
    assert (ran.status, ran.codes()) == (1, ["RC0207"])  # an area's name can't be cleared


def test_an_undeclared_variable_is_an_error(project: Project) -> None:
    ran = project.run("--var", "nope=1", "validate", "--json")
    assert (ran.status, ran.codes()) == (1, ["RC0402"])


def test_without_c_the_project_is_the_current_folder(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project.root)
    assert run("plan") == project.run("plan")


# Logs


def test_v_logs_every_call_to_standard_error_without_secrets(project: Project) -> None:
    ran = project.run("-v", "plan")
    assert ran.out == project.run("plan").out
    lines = [re.sub(r"^\S+ \S+ |in \d+ ms$", "", line).strip() for line in ran.err.splitlines()]
    assert lines == [f"GET /personnel/api/{kind}/: 200" for kind in ("departments", "areas", "positions", "employees")]
    assert PASSWORD not in ran.err


# Defects


def broken(*_: object, **__: object) -> None:
    raise RuntimeError(f"something about {PASSWORD}")


@pytest.mark.parametrize("command", [("plan",), ("apply", "--auto-approve")])
def test_a_defect_is_one_line(project: Project, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]) -> None:
    monkeypatch.setattr(planning, "guard", broken)
    ran = project.run(*command)
    assert (ran.status, ran.out) == (1, "")
    assert re.fullmatch(
        r"Error: Unexpected error \(RC0902\): RuntimeError at test_command_line\.py:\d+\. This is a defect of "
        r"reconciler; nothing is known to be lost\. More with -v\.\n",
        ran.err,
    )


def test_a_defect_with_v_shows_where_and_no_values(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "guard", broken)
    ran = project.run("-v", "plan")
    assert 'planning.py", line ' in ran.err
    assert PASSWORD not in ran.err
    assert "Traceback" not in ran.err


def test_a_defect_with_json_is_a_document(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "guard", broken)
    ran = project.run("plan", "--json")
    assert (ran.status, ran.codes()) == (1, ["RC0902"])


# Terminals


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp437"])
def test_a_terminal_that_is_not_utf_8(project: Project, encoding: str) -> None:
    project.replace("org.yaml", "name: Headquarters", "name: 東京 Café")
    ran = project.run("plan", encoding=encoding)
    assert ran.status == 0
    cafe = "Café".encode(encoding, "backslashreplace").decode(encoding)
    assert f"+ area HQ  \\u6771\\u4eac {cafe}" in ran.out


def test_json_is_utf_8_on_every_terminal(project: Project) -> None:
    project.replace("org.yaml", "name: Headquarters", "name: 東京")
    assert "東京" in project.run("plan", "--json", encoding="latin-1").out.encode("latin-1").decode("utf-8")
    project.replace("org.yaml", "areas: [HQ]", "areas: [東京]")
    assert "東京" in project.run("validate", "--json", encoding="latin-1").out.encode("latin-1").decode("utf-8")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("plan", "--select", "\udcff"), "RC0609"),
        (("show", "\udcff"), "RC0806"),
        (("state", "show", "\udcff"), "RC0609"),
        (("-C", "\udcff", "plan"), "RC0401"),
        (("--var", "\udcff=\udcff", "plan"), "RC0402"),
        (("plan", "\udcff"), "RC0901"),
    ],
)
def test_what_is_typed_may_be_no_utf_8(project: Project, arguments: tuple[str, ...], code: str) -> None:
    ran = project.run(*arguments, "--json")
    assert (ran.status, ran.codes()) == (1, [code])
    assert project.run(*arguments).status == 1


def test_no_colour_without_a_terminal(project: Project) -> None:
    assert ESCAPE not in project.run("plan").out
