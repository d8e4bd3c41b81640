"""Plans as JSON, read by tools that were made for Terraform's plans. `tests/tools/plan_readers.py` installs them."""

import os
import sys
from pathlib import Path

import pytest
import report_samples

from reconciler.report.plan_json import encode_plan

sys.path.append(str(Path(__file__).parent.parent / "tools"))
import plan_readers

TOOLS = os.environ.get("RECONCILER_PLAN_READERS", "")

WITHOUT_DEPARTMENT = ("1002", "1007", "1008", "007", "1009", "1010", *map(str, range(200, 207)), "300")
FOUND = {
    "terraform-compliance": "; ".join(f"hq/employee/{code}" for code in WITHOUT_DEPARTMENT),
    "terrasafe": "hq/employee/1003; hq/area/Old yard / 2",
    "tf-peek": "Delete |  | 2 |  | **2**; Update |  | 7 |  | **7**; Create |  | 3 |  | **3**",
}
"""What each tool has to find in the plan: who breaks a policy, what would be deleted, how much changes."""


@pytest.mark.parametrize("name", FOUND)
def test_a_tool_reads_our_plans(name: str, tmp_path: Path) -> None:
    if not (Path(TOOLS) / name / "done").exists():
        pytest.skip(f"{name} is not installed: see tests/tools/plan_readers.py")
    plan_readers.prepare(tmp_path, encode_plan(report_samples.EVERYTHING))
    assert plan_readers.run_reader(Path(TOOLS), name, tmp_path) == FOUND[name]
