"""`reconciler completion`: what a shell then completes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import run


@pytest.mark.parametrize(
    ("shell", "ends"),
    [
        ("bash", "_reconciler_completion_setup;"),
        ("fish", "(_reconciler_completion)"),
        ("zsh", "compdef _reconciler_completion reconciler"),
    ],
)
def test_every_shell_has_its_program(shell: str, ends: str) -> None:
    ran = run("completion", shell)
    assert (ran.status, ran.err) == (0, "")
    assert f"_RECONCILER_COMPLETE={shell}_complete" in ran.out
    assert ends in ran.out


def test_a_shell_that_nobody_knows() -> None:
    ran = run("completion", "csh")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.startswith("Error: Invalid value for '{bash|fish|zsh}': 'csh' is not one of 'bash', 'fish', 'zsh'.")


def completed(tmp_path: Path, *words: str) -> list[str]:
    """What bash offers for the last word."""
    line = " ".join(f"'{word}'" for word in words)
    script = (
        f"{run('completion', 'bash').out}\nCOMP_WORDS=({line}) COMP_CWORD={len(words) - 1}\n"
        '_reconciler_completion "$1"\nprintf "%s\\n" "${COMPREPLY[@]}"'
    )
    program = tmp_path / "reconciler"
    program.write_text(f"#!{sys.executable}\nfrom reconciler.cli.main import main\nmain()\n", "utf-8")
    program.chmod(0o700)
    environment = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    command = ["bash", "--norc", "-c", script, "bash", str(program)]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert ran.stderr == ""
    return ran.stdout.split()


def test_bash_completes_commands(tmp_path: Path) -> None:
    assert completed(tmp_path, "reconciler", "s") == ["schema", "show", "simulate", "snapshot", "state"]


def test_bash_completes_options_of_a_command(tmp_path: Path) -> None:
    assert completed(tmp_path, "reconciler", "plan", "--allow") == ["--allow-deletes", "--allow-changes"]


def test_completing_commands_imports_none_of_them() -> None:
    program = (
        "import sys; sys.argv = ['reconciler']\n"
        "from reconciler.cli.main import main\n"
        "try: main()\n"
        "except SystemExit: print(*sys.modules, file=sys.stderr)"
    )
    environment = {"_RECONCILER_COMPLETE": "bash_complete", "COMP_WORDS": "reconciler ", "COMP_CWORD": "1"}
    command = [sys.executable, "-c", program]
    ran = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=True)
    assert "plain,plan\n" in ran.stdout
    modules = {name for name in ran.stderr.split() if name.startswith("reconciler.")}
    assert modules == {"reconciler.cli", "reconciler.cli.main"}
