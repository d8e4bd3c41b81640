"""Whole processes, measured."""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
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
