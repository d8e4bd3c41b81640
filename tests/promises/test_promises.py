"""Every test that docs/promises.md names is there."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
NAMED = re.findall(r"`([\w/]+\.py)::(test_\w+)`", (TESTS.parent / "docs" / "promises.md").read_text())


def test_every_promise_names_tests_that_exist():
    missing = [f"{file}::{name}" for file, name in NAMED if f"def {name}(" not in (TESTS / file).read_text()]
    assert (missing, len(NAMED) > 30) == ([], True)
