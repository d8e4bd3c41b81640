"""The budgets of design.md, part 9, measured: `python -m tests.benchmarks [SIZE]...` prints one JSON document,
`python -m tests.benchmarks fleet [TERMINALS]` that of terminals alone, and `python -m tests.benchmarks trial
[EMPLOYEES]` what a user's first day and the loss of a server take.

Times are whole processes, in rounds that take turns, and ratios are taken within a round, so that a machine that speeds
up or slows down drops out. Quote the medians.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.fleet import fleet
from tests.benchmarks.measure import HERE, RECONCILER, run, summary
from tests.benchmarks.project import write_project
from tests.benchmarks.trial import trials

ROUNDS = 5
SIZES = (10_000, 100_000)
FLEET = 1_000
EMPLOYEES, TERMINALS = 2_500, 12  # of the trial


def plan(size: int) -> dict[str, object]:
    """An unchanged plan of `size` employees against the floor: reading the same files with PyYAML's C event parser and
    fetching and decoding the same pages with a bare client."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.server", str(size)], stdout=subprocess.PIPE, text=True
        )
        try:
            assert server.stdout is not None
            url = server.stdout.readline().strip()
            write_project(folder, size, url)
            run([*RECONCILER, "apply", "--auto-approve"], folder)
            return _rounds(folder, url)
        finally:
            server.terminate()
            server.wait()


def _rounds(folder: Path, url: str) -> dict[str, object]:
    floor_command = [sys.executable, str(HERE / "floor.py"), url]
    figures: dict[str, list[float]] = {"floor": [], "cold": [], "cached": [], "cold_ratio": [], "cached_ratio": []}
    peak = 0.0
    for _ in range(ROUNDS):
        floor, _ = run(floor_command, folder)
        shutil.rmtree(folder / ".reconciler" / "cache", ignore_errors=True)
        cold, memory = run([*RECONCILER, "plan", "--detailed-exitcode"], folder)
        cached, _ = run([*RECONCILER, "plan", "--detailed-exitcode"], folder)
        peak = max(peak, memory)
        for name, value in {
            "floor": floor,
            "cold": cold,
            "cached": cached,
            "cold_ratio": cold / floor,
            "cached_ratio": cached / floor,
        }.items():
            figures[name].append(value)
    return {**{name: summary(values) for name, values in figures.items()}, "peak_memory_mib": round(peak)}


def start_up() -> dict[str, object]:
    """`reconciler --help` against importing click."""
    ratios = []
    for _ in range(4 * ROUNDS):
        click, _ = run([sys.executable, "-c", "import click"], HERE)
        ours, _ = run([*RECONCILER, "--help"], HERE)
        ratios.append(ours / click)
    return {"help_to_import_click": summary(ratios)}


def main(sizes: tuple[int, ...]) -> dict[str, object]:
    plans = {str(size): plan(size) for size in sizes}
    result: dict[str, object] = {"plan": plans, "start_up": start_up(), "fleet": fleet(FLEET)}
    if len(sizes) > 1:
        first, last = (plans[str(size)]["cold"]["median"] for size in (sizes[0], sizes[-1]))  # type: ignore[index]
        result["growth"] = {"sizes": [sizes[0], sizes[-1]], "cold_plan": round(last / first, 2)}
    return result


if __name__ == "__main__":
    words = sys.argv[1:]
    if words[:1] == ["fleet"]:
        print(json.dumps({"fleet": fleet(int(words[1]) if words[1:] else FLEET)}, indent=2))
    elif words[:1] == ["trial"]:
        size = int(words[1]) if words[1:] else EMPLOYEES
        print(json.dumps({"trial": trials(size, TERMINALS)}, indent=2))
    else:
        print(json.dumps(main(tuple(map(int, words)) or SIZES), indent=2))
