"""The tests of properties write projects and run the command as those of faults do."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "faults"))
