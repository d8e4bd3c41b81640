"""`reconciler init`: a project that works as it stands, and never a file overwritten."""

import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import msgspec
import pytest
import yaml
from command_line import run, serving

GITHUB = [".github/workflows/apply.yml", ".github/workflows/drift.yml", ".github/workflows/plan.yml"]
ALWAYS = [".gitignore", ".pre-commit-config.yaml", "schemas/project.schema.json", "schemas/resources.schema.json"]
NEW = [
    "README.md",
    "org/areas.yaml",
    "org/departments.yaml",
    "org/employees.yaml",
    "reconciler.yaml",
    "simulator.yaml",
]


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("options", "ci"),
    [
        ((), [*GITHUB, "requirements.txt"]),
        (("--ci", "github"), [*GITHUB, "requirements.txt"]),
        (("--ci", "gitlab"), [".gitlab-ci.yml", "requirements.txt"]),
        (("--ci", "none"), []),
    ],
)
def test_a_new_project(tmp_path: Path, options: tuple[str, ...], ci: list[str]) -> None:
    folder = tmp_path / "acme"
    ran = run("init", str(folder), *options)
    assert (ran.status, ran.out) == (0, "")
    assert ran.err.endswith("The project is ready. README.md says how to try it, and what CI needs.\n")
    assert files(folder) == sorted([*ALWAYS, *NEW, *ci])
    valid = "The files are valid: 2 departments, 1 area and 1 employee.\n"
    assert run("-C", str(folder), "validate") == (0, valid, "")
    assert ("## Before CI can run" in (folder / "README.md").read_text("utf-8")) == bool(ci)


@pytest.mark.parametrize(
    ("folder", "name"), [("acme", "acme"), ("my shop & co", "my-shop-co"), ("123", "123"), ("東京", "my-company")]
)
def test_the_project_is_called_like_its_folder(tmp_path: Path, folder: str, name: str) -> None:
    run("init", str(tmp_path / folder))
    text = (tmp_path / folder / "reconciler.yaml").read_text("utf-8")
    assert f"\nproject: {name}\n" in text
    assert run("-C", str(tmp_path / folder), "validate").status == 0


def test_plan_and_apply_of_a_new_project(tmp_path: Path) -> None:
    """As its README says, but for the port."""
    run("-C", str(tmp_path), "init", "--ci", "none")
    described = yaml.safe_load((tmp_path / "simulator.yaml").read_text("utf-8"))["servers"][0]
    with serving(described["profile"], username=described["username"], password=described["password"]) as server:
        path = tmp_path / "reconciler.yaml"
        path.write_text(path.read_text("utf-8").replace(f"http://127.0.0.1:{described['port']}", server.url), "utf-8")
        environment = {"OFFICE_PASSWORD": described["password"]}
        applied = run("-C", str(tmp_path), "apply", "--auto-approve", environment=environment)
        assert applied.status == 0, applied
        assert run("-C", str(tmp_path), "plan", "--detailed-exitcode", environment=environment).status == 0


def test_editors_find_the_schemas_and_the_files_fit_them(tmp_path: Path) -> None:
    assert run("-C", str(tmp_path), "init").status == 0
    for name in ("reconciler.yaml", "org/areas.yaml", "org/departments.yaml", "org/employees.yaml"):
        path = tmp_path / name
        first, _, rest = path.read_text("utf-8").partition("\n")
        link = first.removeprefix("# yaml-language-server: $schema=")
        schema = msgspec.json.decode((path.parent / link).read_bytes())
        jsonschema.validate(yaml.safe_load(rest), schema)


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "org").mkdir()
    (tmp_path / "org/areas.yaml").write_text("areas: [{code: X, name: X}]\n", "utf-8")
    (tmp_path / ".gitignore").symlink_to(tmp_path / "nowhere")
    ran = run("-C", str(tmp_path), "init")
    assert ran.status == 0
    assert "org/areas.yaml is there already, and stays as it is.\n" in ran.err
    assert ".gitignore is there already, and stays as it is.\n" in ran.err
    assert (tmp_path / "org/areas.yaml").read_text("utf-8") == "areas: [{code: X, name: X}]\n"
    assert not (tmp_path / "nowhere").exists()


def test_a_project_that_is_there_gets_no_example_objects(tmp_path: Path) -> None:
    (tmp_path / "reconciler.yaml").write_text("version: 1\n", "utf-8")
    assert run("-C", str(tmp_path), "init", "--ci", "gitlab").status == 0
    assert files(tmp_path) == sorted([*ALWAYS, ".gitlab-ci.yml", "requirements.txt", "reconciler.yaml"])
    again = run("-C", str(tmp_path), "init", "--ci", "gitlab")
    assert again.err.count("is there already, and stays as it is.\n") == 6


def test_a_folder_that_can_not_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert run("-C", str(tmp_path), "init", "file/acme") == (
        1,
        "",
        "Error: file/acme can't be written: not a directory.\n",
    )


def test_git_ignores_state_plans_and_secrets(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    run("-C", str(tmp_path), "init")
    private = [".reconciler/key", "reconciler.plan", "waiting.plan", "plan.md", "plan.html", "private/pins.csv"]
    command = ["git", "-C", str(tmp_path), "check-ignore", *private, *files(tmp_path / "org")]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.split() == private


def test_what_git_has_to_ignore_is_said_where_a_gitignore_is_there(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_bytes(b"*.plan\r\n/private/\r\n.reconciler/state.json\r\n")
    said = (
        "Add these lines to .gitignore, since what they name is not for Git: "
        ".reconciler/  /plan.md  /plan.html  /plan.gitlab.json  /drift.md  /validate.xml\n"
    )
    assert said in run("-C", str(tmp_path), "init").err
    (tmp_path / ".gitignore").unlink()
    run("-C", str(tmp_path), "init")
    assert "Add these lines" not in run("-C", str(tmp_path), "init").err


def test_below_the_root_of_a_repository(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    said = (
        "sites/acme is not the root of its repository. Workflows and .pre-commit-config.yaml are looked for at the "
        "root only: move them there, and let what they run work in sites/acme: `reconciler -C sites/acme`.\n"
    )
    assert said in run("-C", str(tmp_path), "init", "sites/acme").err
    assert "is not the root" not in run("-C", str(tmp_path), "init").err


def test_files_with_windows_line_endings(tmp_path: Path) -> None:
    """As Git checks them out there."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    run("-C", str(tmp_path), "init")
    for name in files(tmp_path):
        path = tmp_path / name
        if not name.startswith(".git/"):
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert run("-C", str(tmp_path), "validate").status == 0
    (tmp_path / "reconciler.plan").touch()
    ignored = ["git", "-C", str(tmp_path), "check-ignore", "reconciler.plan", ".reconciler/key"]
    assert subprocess.run(ignored, capture_output=True, text=True, check=True).stdout.count("\n") == 2


def test_a_commit_of_files_that_are_not_valid_is_refused(tmp_path: Path) -> None:
    tools = Path(os.environ.get("RECONCILER_WORKFLOW_LINTERS", "")) / "bin/pre-commit"
    if not tools.exists():
        pytest.skip("pre-commit is not installed: see tests/tools/workflow_linters.py")
    person = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null", "HOME": str(tmp_path / "home")}
    person |= {
        f"GIT_{role}_{what}": "ana@acme.example" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    person |= {"PATH": f"{Path(sys.executable).parent}:{tools.parent}:{os.environ['PATH']}"}
    project = tmp_path / "acme"

    def commit() -> tuple[int, str]:
        subprocess.run(["git", "add", "--all"], cwd=project, env=person, check=True)
        command = ["git", "commit", "--quiet", "--message", "A change"]
        ran = subprocess.run(command, cwd=project, env=person, capture_output=True, text=True, check=False)
        return ran.returncode, ran.stdout + ran.stderr

    run("init", str(project))
    subprocess.run(["git", "init", "--quiet"], cwd=project, env=person, check=True)
    subprocess.run([str(tools), "install"], cwd=project, env=person, capture_output=True, check=True)
    assert commit()[0] == 0
    (project / "org/areas.yaml").unlink()
    status, said = commit()
    assert status == 1
    assert 'There is no area "DOOR"' in said


def test_the_hook_validates_whatever_was_changed(tmp_path: Path) -> None:
    run("-C", str(tmp_path), "init")
    (repository,) = yaml.safe_load((tmp_path / ".pre-commit-config.yaml").read_text("utf-8"))["repos"]
    (hook,) = repository["hooks"]
    assert (repository["repo"], hook["language"], hook["pass_filenames"]) == ("local", "system", False)
    program, *arguments = hook["entry"].split()
    assert program == "reconciler"
    assert run("-C", str(tmp_path), *arguments).status == 0
