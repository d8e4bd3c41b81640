"""The files that `init` writes, judged by programs that know what the services take: the services' own JSON schemas,
zizmor (security of GitHub's workflows) and shellcheck. `tests/tools/workflow_linters.py` installs them."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ci_document import FORKS

sys.path.append(str(Path(__file__).parent.parent / "tools"))
from workflow_linters import run_linter

STARTER = Path(__file__).parents[2] / "reconciler/starter"
GITHUB = {file.name: file.read_text("utf-8") for file in sorted((STARTER / "github").glob("*.yml"))}
GITHUB |= {f"forks-{name}": GITHUB[name] + more for name, more in FORKS.items()}
GITLAB = (STARTER / "gitlab/gitlab-ci.yml").read_text("utf-8")


@pytest.fixture(scope="module")
def tools() -> Path:
    folder = Path(os.environ.get("RECONCILER_WORKFLOW_LINTERS", ""))
    if not (folder / "done").exists():
        pytest.skip("the linters are not installed: see tests/tools/workflow_linters.py")
    return folder


def written(folder: Path, texts: dict[str, str]) -> list[str]:
    """The files, where zizmor looks for workflows."""
    place = folder / ".github/workflows"
    place.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (place / name).write_text(text, "utf-8")
    return [str(place / name) for name in texts]


@pytest.mark.parametrize(
    ("texts", "options"),
    [
        (GITHUB, ("vendor.github-workflows",)),
        ({"gitlab-ci.yml": GITLAB}, ("vendor.gitlab-ci", "--data-transform", "gitlab-ci")),
    ],
    ids=["github", "gitlab"],
)
def test_the_services_schemas_take_the_workflows(
    tools: Path, tmp_path: Path, texts: dict[str, str], options: tuple[str, ...]
) -> None:
    command = ("check-jsonschema", "--builtin-schema", *options)
    assert run_linter(tools, *command, *written(tmp_path, texts)) == (0, "ok -- validation done\n")
    name, text = next(iter(texts.items()))
    wrong = {name: text.replace("    steps:", "    step:").replace("  script:", "  scripts:")}
    assert run_linter(tools, *command, *written(tmp_path, wrong)).status == 1


def test_pre_commit_takes_its_file(tools: Path) -> None:
    file = STARTER / "project/pre-commit-config.yaml"
    assert run_linter(tools, "pre-commit", "validate-config", str(file)) == (0, "")


def test_zizmor_finds_nothing_unsafe(tools: Path, tmp_path: Path) -> None:
    command = ("zizmor", "--offline", "--no-progress", "--quiet", "--color=never", str(tmp_path))
    written(tmp_path, GITHUB)
    found = run_linter(tools, *command)
    assert (found.status, "No findings to report." in found.out) == (0, True), found.out
    written(tmp_path, {"plan.yml": GITHUB["plan.yml"].replace("on: pull_request", "on: pull_request_target")})
    assert "dangerous-triggers" in run_linter(tools, *command).out


def scripts() -> Iterator[tuple[str, str]]:
    """Every script of the workflows, and where it stands."""
    for file, text in GITHUB.items():
        for name, job in yaml.safe_load(text)["jobs"].items():
            for number, step in enumerate(job["steps"]):
                if "run" in step:
                    yield f"{file} {name} {number}", step["run"]
    pipeline: dict[str, Any] = yaml.safe_load(GITLAB)
    for name, job in pipeline.items():
        if isinstance(job, dict) and "script" in job:
            yield f"gitlab {name}", "\n".join([*pipeline["default"]["before_script"], *job["script"]])


def test_shellcheck_has_nothing_to_say_of_the_scripts(tools: Path) -> None:
    told = {place: run_linter(tools, "shellcheck", "--shell=bash", "-", text=script) for place, script in scripts()}
    assert len(told) > 10
    assert {place: each.out for place, each in told.items() if each.status} == {}
    assert run_linter(tools, "shellcheck", "--shell=bash", "-", text="rm $file").status == 1
