"""The budgets of design.md, part 9, measured: `python -m tests.benchmarks [SIZE]...` prints one JSON document.

Times are whole processes, in rounds that take turns, and ratios are taken within a round, so that a machine that speeds
up or slows down drops out. Quote the medians.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.project import write_project

HERE = Path(__file__).parent
ROUNDS = 5
SIZES = (10_000, 100_000)
RECONCILER = [sys.executable, "-c", "from reconciler.cli.main import main; main()"]


def run(command: list[str], folder: Path) -> tuple[float, float]:
    """Seconds and peak memory (MiB) of a command, which must succeed."""
    environment = {**os.environ, "BENCHMARK_PASSWORD": "benchmark"}
    started = time.perf_counter()
    child = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert child.stderr is not None
    errors = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - started
    if child.returncode != 0:
        raise SystemExit(f"{command} ended with {child.returncode}: {errors.decode()}")
    return seconds, usage.ru_maxrss / 1024


def summary(values: list[float]) -> dict[str, float]:
    return {
        "min": round(min(values), 3),
        "median": round(statistics.median(values), 3),
        "max": round(max(values), 3),
    }


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


def main(sizes: tuple[int, ...]) -> None:
    plans = {str(size): plan(size) for size in sizes}
    result: dict[str, object] = {"plan": plans, "start_up": start_up()}
    if len(sizes) > 1:
        first, last = (plans[str(size)]["cold"]["median"] for size in (sizes[0], sizes[-1]))  # type: ignore[index]
        result["growth"] = {"sizes": [sizes[0], sizes[-1]], "cold_plan": round(last / first, 2)}
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main(tuple(int(text) for text in sys.argv[1:]) or SIZES)
