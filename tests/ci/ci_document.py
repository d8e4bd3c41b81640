"""docs/ci.md, and the pieces of workflows that it shows."""

import re
from pathlib import Path

DOCUMENT = (Path(__file__).parents[2] / "docs/ci.md").read_text("utf-8")
FORKS = dict(zip(("drift.yml", "plan.yml"), re.findall(r"```yaml\n(.*?)```", DOCUMENT, re.DOTALL), strict=True))
"""What plans of forks want at the end of a workflow, by its file."""
