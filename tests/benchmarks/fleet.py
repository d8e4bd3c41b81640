"""Many terminals: a first apply, and unchanged plans, against calls x latency / concurrency (design.md, part 9)."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv4Address
from pathlib import Path
from typing import Self

from tests.benchmarks.measure import RECONCILER, run, summary

LATENCY = 0.05  # seconds a call
AT_ONCE = 32  # targets.devices.concurrency, as it is when nothing is said
USERS = 4  # at each terminal
ROUNDS = 3
FIRST = IPv4Address("127.1.0.1")  # of a simulated fleet
SHARED = """\
version: 1
project: fleet
resources: ["org/*.yaml"]
"""
ORGANISATION = """\
departments:
  - {code: OPS, name: Operations, roster: {mon-fri: day, sat-sun: holiday}}
  - {code: ENG, name: Engineering}
shifts:
  - {name: day, periods: ["08:00-12:00", "13:00-17:00"]}
access_levels:
  - {name: Office hours, week: {mon-fri: "07:30-19:00"}}
  - {name: Always, week: {daily: "00:00-24:00"}}
device_profiles:
  - name: door
    settings:
      volume: 4
      reverify_minutes: 3
      local_editing: false
      access: {tamper_alarm: true, verify_count: 1, unlock_seconds: 5, wiegand: none}
      bells: [{at: "08:00", days: mon-fri, ring: 10s, output: inside}]
"""


class Fleet:
    """The server's process."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.port = int(self._line())

    @classmethod
    @contextmanager
    def serving(cls, count: int, latency: float) -> Iterator[Self]:
        command = [sys.executable, "-m", "tests.benchmarks.fleet_server", str(count), str(latency)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            yield cls(process)
        finally:
            process.terminate()
            process.wait()

    def calls(self) -> int:
        """How many calls came since this was asked last; no two to one terminal at once."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        calls, together = map(int, self._line().split())
        assert together == 0, f"{together} calls came to a terminal that had one in hand"
        return calls

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


def write_fleet(folder: Path, count: int, port: int) -> None:
    """A project of that many terminals, each in an area of its own with the same number of users."""
    (folder / "reconciler.yaml").write_text(SHARED)
    org = folder / "org"
    org.mkdir()
    (org / "shared.yaml").write_text(ORGANISATION)
    with (org / "fleet.yaml").open("w") as stream:
        stream.write("areas:\n")
        stream.writelines(f"  - {{code: A{number}, name: Area {number}}}\n" for number in range(count))
        stream.write("devices:\n")
        for number in range(count):
            where = f"url: 'http://{FIRST + number}:{port}', area: A{number}, profile: door"
            stream.write(f"  - {{name: t-{number + 1:04}, {where}}}\n")
        stream.write("employees:\n")
        for number in range(count * USERS):
            stream.write(
                f"  - {{code: '{number:06}', first_name: Ana, last_name: Number {number}, "
                f"department: {('OPS', 'ENG')[number % 2]}, areas: [A{number % count}], "
                f"card: '{7_000_000_000 + number}', access_levels: [{('Office hours', 'Always')[number % 3 == 0]}]}}\n"
            )


def fleet(count: int) -> dict[str, object]:
    """A first apply and unchanged plans of `count` terminals."""
    with tempfile.TemporaryDirectory() as name, Fleet.serving(count, LATENCY) as server:
        folder = Path(name)
        write_fleet(folder, count, server.port)
        apply = _measured([*RECONCILER, "apply", "--auto-approve"], folder, server)
        plans = [_measured([*RECONCILER, "plan", "--detailed-exitcode"], folder, server) for _ in range(ROUNDS)]
    return {
        "first_apply": apply,
        "plan_calls": plans[0]["calls"],
        **{f"plan_{key}": summary([each[key] for each in plans]) for key in ("seconds", "ratio", "memory_mib")},
    }


def _measured(command: list[str], folder: Path, server: Fleet) -> dict[str, float]:
    server.calls()
    seconds, memory = run(command, folder)
    calls = server.calls()
    floor = calls * LATENCY / AT_ONCE
    return {
        "calls": calls,
        "seconds": round(seconds, 2),
        "floor": round(floor, 2),
        "ratio": round(seconds / floor, 3),
        "memory_mib": round(memory),
    }
