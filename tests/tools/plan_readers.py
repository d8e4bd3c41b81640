"""Runs tools that were made for Terraform's plans on a plan of ours, each for real: `python tests/tools/plan_readers.py
FOLDER [TOOL]…` makes a virtual environment in FOLDER for those that are not there yet. `tests/report` runs the same
where FOLDER is named by RECONCILER_PLAN_READERS."""

import json
import re
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

FEATURE = """\
Feature: what a policy may ask of people
  Scenario: everybody belongs to a department
    Given I have employee defined
    Then it must contain department
"""
POLICY = """\
metadata: {id: CKV2_ACME_1, name: An employee belongs to an area, category: GENERAL_SECURITY}
definition: {cond_type: attribute, resource_types: [employee], attribute: areas, operator: exists}
"""


class Reader(NamedTuple):
    """A tool: what is installed, how it is run on `plan.json` in its folder, and what it found there, in a line."""

    package: str
    command: tuple[str, ...]
    found: Callable[[str], str]


def _lines(pattern: str) -> Callable[[str], str]:
    """The first group of the pattern, wherever it is met."""
    return lambda out: "; ".join(re.findall(pattern, out, re.MULTILINE))


def _checkov(out: str) -> str:
    results = json.loads(out)["results"]
    return "; ".join(
        f"{name} {', '.join(sorted(each['resource'] for each in results[f'{name}_checks']))}"
        for name in ("passed", "failed")
    )


READERS = {
    "terraform-compliance": Reader(
        "terraform-compliance==1.16.0",
        ("terraform-compliance", "-f", "features", "-p", "plan.json", "--no-ansi"),
        _lines(r"Failure: (\S+) "),
    ),
    "checkov": Reader(
        "checkov==3.3.30",
        (
            *("checkov", "-f", "plan.json", "--framework", "terraform_plan", "--skip-download", "-o", "json"),
            *("--external-checks-dir", "policies", "--check", "CKV2_ACME_1"),
        ),
        _checkov,
    ),
    "terraplanfeed": Reader("terraplanfeed==0.9.2", ("terraplanfeed", "-t", "plan.json"), _lines(r"\((hq/[^)]*)\)$")),
    "terrasafe": Reader(
        "terrasafe==0.5.1", ("sh", "-c", "terrasafe --config terrasafe.json < plan.json"), _lines(r"^ - (.*)$")
    ),
    "tf-peek": Reader(
        "tf-peek==1.3.0", ("tf-peek", "plan.json"), _lines(r"^\| \W*((?:Delete|Update|Create) .*\*\*\d+\*\*) \|$")
    ),
}


def prepare(folder: Path, plan: bytes) -> None:
    """What the tools read."""
    for name in ("features", "policies"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "plan.json").write_bytes(plan)
    (folder / "features" / "people.feature").write_text(FEATURE)
    (folder / "policies" / "people.yaml").write_text(POLICY)
    (folder / "terrasafe.json").write_text('{"global": {}}')


def run_reader(tools: Path, name: str, folder: Path) -> str:
    """What the tool found, "" when it made nothing of the plan. Its exit status says what it thinks of the plan."""
    reader = READERS[name]
    environment = {"PATH": f"{(tools / name / 'bin').absolute()}:/usr/bin:/bin", "HOME": str(folder), "COLUMNS": "200"}
    ran = subprocess.run(reader.command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    try:
        return reader.found(ran.stdout)
    except ValueError:
        return ""


def install(tools: Path, name: str) -> None:
    """Makes the tool's environment when it is not there."""
    home = tools / name
    if not (home / "done").exists():
        venv.create(home, with_pip=True, clear=True)
        pip = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, READERS[name].package], check=True)
        (home / "done").touch()


def main() -> int:
    """Says of each tool what it found in the plan of `tests/report`; 1 when one found nothing."""
    sys.path.insert(0, str(Path(__file__).parent.parent / "report"))
    from report_samples import EVERYTHING

    from reconciler.report.plan_json import encode_plan

    tools = Path(sys.argv[1])
    work = tools / "work"
    prepare(work, encode_plan(EVERYTHING))
    status = 0
    for name in sys.argv[2:] or READERS:
        install(tools, name)
        found = run_reader(tools, name, work)
        print(f"{name}: {found or 'NOTHING'}")
        status = status if found else 1
    return status


if __name__ == "__main__":
    sys.exit(main())
