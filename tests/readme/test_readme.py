"""What README.md shows is what happens. To write it anew: `RECONCILER_WRITE_GOLDEN=1 pytest tests/readme`."""

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from command_line import run, serving

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
ADDRESS = "http://127.0.0.1:18081"
SESSION = re.compile(r"(?<=```console\n).*?(?=```)", re.DOTALL)


def played(session: str, url: str) -> str:
    """The session's commands, each followed by all that it prints now."""
    said = ""
    for command in re.findall(r"^\$ (.*)$", session, re.MULTILINE):
        said += f"$ {command}\n"
        program, *arguments = shlex.split(command)
        if program == "reconciler":
            ran = run(*arguments, environment={"OFFICE_PASSWORD": "demo-office"})
            assert ran.status == 0, ran
            said += ran.out.replace(url, ADDRESS) + ran.err
        else:
            subprocess.run([program, *arguments], check=True)
    return said


def test_the_sessions_of_the_readme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "examples/minimal", tmp_path / "my-company", ignore=shutil.ignore_patterns(".reconciler"))
    monkeypatch.chdir(tmp_path / "my-company")
    with serving(password="demo-office") as server:
        text = Path("reconciler.yaml").read_text("utf-8")
        assert ADDRESS in text
        Path("reconciler.yaml").write_text(text.replace(ADDRESS, server.url), "utf-8")
        readme = README.read_text("utf-8")
        now = SESSION.sub(lambda found: played(found[0], server.url), readme)
    if os.environ.get("RECONCILER_WRITE_GOLDEN"):
        README.write_text(now, "utf-8")
        readme = now
    assert now == readme


def test_every_file_that_the_readme_names_is_there() -> None:
    for name in re.findall(r"\]\(([^)]+)\)", README.read_text("utf-8")):
        assert (ROOT / name).exists(), name


def test_every_option_that_the_readme_names_is_there() -> None:
    """In the table of commands: the command's own help knows the option."""
    rows = re.findall(r"^\| `(\w+)[^|]*\|(.*)\|$", README.read_text("utf-8"), re.MULTILINE)
    rows = [row for row in rows if row[0].isalpha()]
    assert [row[0] for row in rows] == ["validate", "plan", "apply", "show", "export", "state", "schema", "simulate"]
    for command, text in rows:
        helped = run(command, "--help").out
        assert [option for option in re.findall(r"--[a-z-]+", text) if option not in helped] == []
