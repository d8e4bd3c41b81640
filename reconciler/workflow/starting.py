"""What a new project begins with: files that stand in `reconciler/starter`, and what to tell about where they go."""

import re
from collections.abc import Collection, Iterator, Mapping
from importlib.resources import files
from pathlib import Path

from reconciler.config.load import load, named_files
from reconciler.model.diagnostic import Diagnostic, error
from reconciler.model.schema import schema_files
from reconciler.systems.registry import SERVERS

PROJECT = {
    "reconciler.yaml": "project/reconciler.yaml",
    "org/departments.yaml": "project/departments.yaml",
    "org/areas.yaml": "project/areas.yaml",
    "org/employees.yaml": "project/employees.yaml",
    "simulator.yaml": "project/simulator.yaml",
    "README.md": "project/README.md",
}
"""What a new project begins with: its files, and where each stands in `starter`."""

AROUND = {".gitignore": "project/gitignore", ".pre-commit-config.yaml": "project/pre-commit-config.yaml"}
"""What a project that is there already can have as well."""

CI = {
    "github": {
        "requirements.txt": "project/requirements.txt",
        ".github/workflows/plan.yml": "github/plan.yml",
        ".github/workflows/apply.yml": "github/apply.yml",
        ".github/workflows/drift.yml": "github/drift.yml",
    },
    "gitlab": {"requirements.txt": "project/requirements.txt", ".gitlab-ci.yml": "gitlab/gitlab-ci.yml"},
    "none": {},
}

_NAME = "my-company"  # the project's in the starter


def starter_files(name: str, ci: str, *, new: bool) -> dict[str, str]:
    """The texts by their paths. `new`: there is no project yet, and `name` becomes its name."""
    chosen = {**(PROJECT if new else {}), **AROUND, **CI[ci]}
    texts = {path: _starter(source) for path, source in chosen.items()}
    if new:
        texts["README.md"] += _starter(f"{ci}/README.md") if ci != "none" else ""
        plain = re.sub("[^A-Za-z0-9_-]+", "-", name).strip("-")
        texts["reconciler.yaml"] = texts["reconciler.yaml"].replace(_NAME, plain or _NAME, 1)
    return texts | {f"schemas/{path}": text for path, text in schema_files(SERVERS).items()}


def write_missing(folder: Path, texts: Mapping[str, str]) -> Iterator[tuple[str, bool]]:
    """Writes those files that are not there. Tells of each whether it was written. Raises OSError."""
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
        except FileExistsError:
            yield name, False
        else:
            yield name, True


def advice(folder: Path, kept: Collection[str]) -> Iterator[str]:
    """What has to be done by hand in a folder that had something of its own."""
    if ".gitignore" in kept and (folder / ".gitignore").is_file():
        has = (folder / ".gitignore").read_text("utf-8", "replace").split("\n")
        wanted = [line for line in _starter(AROUND[".gitignore"]).splitlines() if not line.startswith("#")]
        if missing := [line for line in wanted if line not in map(str.rstrip, has)]:
            yield f"Add these lines to .gitignore, since what they name is not for Git: {'  '.join(missing)}"
    if not (folder / ".git").exists():
        found = (parent for parent in folder.resolve().parents if (parent / ".git").exists())
        if (root := next(found, None)) is not None:
            where = folder.resolve().relative_to(root).as_posix()
            yield (
                f"{where} is not the root of its repository. Workflows and .pre-commit-config.yaml are looked for at "
                f"the root only: move them there, and let what they run work in {where}: `reconciler -C {where}`."
            )


def check_export(root: Path, variables: Mapping[str, str], environment: Mapping[str, str]) -> list[Diagnostic]:
    """What is wrong with a project into whose folder `org` was exported; files that no pattern names, too."""
    _, diagnostics = load(root, variables, environment)
    exported = {path.relative_to(root).as_posix() for path in (root / "org").rglob("*.yaml")}
    if unnamed := sorted(exported - {*named_files(root, variables, environment)}):
        number = "1 file" if len(unnamed) == 1 else f"{len(unnamed):,} files"
        detail = (
            f"`resources` of reconciler.yaml has no pattern for {number} in org, such as {unnamed[0]}. What is in "
            'there is not managed. "org/**/*.yaml" matches all of them.'
        )
        diagnostics = [*diagnostics, error("RC0109", detail)]
    return diagnostics


def _starter(source: str) -> str:
    return files("reconciler").joinpath("starter", source).read_text("utf-8")
