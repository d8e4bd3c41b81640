"""Run as a program: writes a state again and again, each time killed (kill -9) at one line of code further on.

Prints a JSON list of what was found in the state file after each kill, and at last what files there are after a write
that was let live.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from types import FrameType
from typing import Any

import msgspec

from reconciler.model.state import Entry, State
from reconciler.state import files, local, lock
from reconciler.state.backend import new_state
from reconciler.state.local import LocalBackend

MODULES = {module.__file__ for module in (files, local, lock)}


def write_next(root: str) -> None:
    """Writes the next serial, with one entry that tells it, and enough more that a half file would show."""
    backend = LocalBackend(root, ".reconciler/state.json")
    with backend.lock("apply", ""):
        state = backend.read() or new_state()
        entries = {f"hq/area/{number}": Entry(id=state.serial + 1) for number in range(500)}
        backend.write(msgspec.structs.replace(state, serial=state.serial + 1, entries=entries))


def die_at(point: int) -> None:
    """Kills this process when it comes to its line of code number `point` within the modules that touch files."""
    lines = count(1)

    def trace(frame: FrameType, event: str, argument: object) -> Callable[..., Any] | None:
        if frame.f_code.co_filename not in MODULES:
            return None
        if event == "line" and next(lines) == point:
            os.kill(os.getpid(), signal.SIGKILL)
        return trace

    sys.settrace(trace)


def found(root: str) -> list[object]:
    """The stored serial and the ids of its entries; 0 without a state. Raises StateError for a damaged one."""
    state: State | None = LocalBackend(root, ".reconciler/state.json").read()
    return [0, []] if state is None else [state.serial, list({entry.id for entry in state.entries.values()})]


def main(root: str) -> None:
    findings = []
    for point in count(1):
        child = os.fork()
        if not child:
            die_at(point)
            write_next(root)
            os._exit(0)
        status = os.waitpid(child, 0)[1]
        findings.append(found(root))
        if os.WIFEXITED(status):
            break
    names = sorted(item.name for item in Path(root, ".reconciler").iterdir())
    print(json.dumps({"findings": findings, "names": names, "exit": os.waitstatus_to_exitcode(status)}))


if __name__ == "__main__":
    main(sys.argv[1])
