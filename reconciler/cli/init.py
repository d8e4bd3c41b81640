"""`reconciler init`: the files of a new project, which stand in `reconciler/starter`."""

import os
import re
import sys
from collections.abc import Collection, Iterator, Mapping
from importlib.resources import files
from pathlib import Path

import click
import msgspec

from reconciler.cli.common import Settings, failed, not_written, print_to, settings
from reconciler.cli.export import export
from reconciler.config.load import load, named_files
from reconciler.model.diagnostic import error
from reconciler.model.schema import schema_files
from reconciler.report.text import counted
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


@click.command("init")
@click.argument("directory", metavar="[DIR]", default=".", required=False)
@click.option(
    "--ci", type=click.Choice(list(CI)), default="github", show_default=True, help="Whose workflows to write."
)
@click.option("--from", "source", metavar="TARGET", help="Export this target of reconciler.yaml into org/.")
@click.pass_context
def command(ctx: click.Context, directory: str, ci: str, source: str | None) -> None:
    """Write a new project into DIR (default: this folder): files, editor schemas, CI workflows, .gitignore. What is
    there already is never overwritten; a project that is there already gets what stands around its files."""
    folder = Path(ctx.obj["directory"], directory)
    is_new = not (folder / "reconciler.yaml").exists()
    if source is not None and is_new:
        raise click.UsageError(
            f"--from exports a target that reconciler.yaml names, and {folder} has none. Write one with the target "
            f"{source} first: its system, url and auth."
        )
    try:
        kept = write_missing(folder, starter_files(folder.resolve().name, ci, new=is_new))
    except OSError as problem:
        raise not_written(directory, problem) from None
    for name in kept:
        print_to(sys.stderr, f"{name} is there already, and stays as it is.")
    for said in _advice(folder, kept):
        print_to(sys.stderr, said)
    if source is not None:
        options = msgspec.structs.replace(settings(ctx), root=folder.absolute())
        ctx.exit(export(options, [source], str(folder / "org")) or _checked(options))
    if is_new:
        print_to(sys.stderr, "The project is ready. README.md says how to try it, and what CI needs.")


def starter_files(name: str, ci: str, *, new: bool) -> dict[str, str]:
    """The texts by their paths. `new`: there is no project yet, and `name` becomes its name."""
    chosen = {**(PROJECT if new else {}), **AROUND, **CI[ci]}
    texts = {path: _starter(source) for path, source in chosen.items()}
    if new:
        texts["README.md"] += _starter(f"{ci}/README.md") if ci != "none" else ""
        plain = re.sub("[^A-Za-z0-9_-]+", "-", name).strip("-")
        texts["reconciler.yaml"] = texts["reconciler.yaml"].replace(_NAME, plain or _NAME, 1)
    return texts | {f"schemas/{path}": text for path, text in schema_files(SERVERS).items()}


def _advice(folder: Path, kept: Collection[str]) -> Iterator[str]:
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


def _checked(options: Settings) -> int:
    """Says whether the project is valid with what was exported into it, and has all of it. Gives the exit status."""
    _, diagnostics = load(options.root, options.variables, os.environ)
    exported = {path.relative_to(options.root).as_posix() for path in (options.root / "org").rglob("*.yaml")}
    if unnamed := sorted(exported - {*named_files(options.root, options.variables, os.environ)}):
        detail = (
            f"`resources` of reconciler.yaml has no pattern for {counted(len(unnamed), 'file')} in org, such as "
            f'{unnamed[0]}. What is in there is not managed. "org/**/*.yaml" matches all of them.'
        )
        diagnostics = [*diagnostics, error("RC0109", detail)]
    if status := failed(options, diagnostics, json=False):
        print_to(sys.stderr, "The export is complete. Correct this, and see `reconciler validate` and `plan`.")
    else:
        print_to(sys.stderr, "The project is ready, and valid. `reconciler plan` shows what `apply` will adopt.")
    return status


def _starter(source: str) -> str:
    return files("reconciler").joinpath("starter", source).read_text("utf-8")


def write_missing(folder: Path, texts: Mapping[str, str]) -> list[str]:
    """Writes those files that are not there, and tells the others. Raises OSError."""
    kept = []
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
        except FileExistsError:
            kept.append(name)
        else:
            print_to(sys.stderr, f"Wrote {path}.")
    return kept
