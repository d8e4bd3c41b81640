"""Run as a program on a project: what one run does, so that it can be killed, or run against another one.

`hold` writes the next state under the lock, says so and waits to be killed. `race N` writes N states, each in a run of
its own, and prints how often it was refused the lock.
"""

import os
import sys
from pathlib import Path

import msgspec

from reconciler.config.load import load_project
from reconciler.model.state import Entry, State
from reconciler.state.backend import Backend, StateError
from reconciler.workflow.session import backend_of


def opened(root: Path) -> Backend:
    project, found = load_project(root, {}, os.environ)
    assert project is not None, found
    return backend_of(project, os.environ)


def write_next(backend: Backend, name: str) -> None:
    """Adds one entry of that name to the stored state."""
    state = backend.read() or State(lineage="l")
    entries = {**state.entries, f"hq/area/{name}": Entry(id=state.serial + 1)}
    backend.write(msgspec.structs.replace(state, serial=state.serial + 1, entries=entries))


def race(backend: Backend, root: Path, rounds: int) -> int:
    inside = root / "inside"
    done = refused = 0
    while done < rounds:
        try:
            with backend.lock("apply", ""):
                os.close(os.open(inside, os.O_CREAT | os.O_EXCL))  # FileExistsError when somebody is inside
                write_next(backend, f"{os.getpid()}-{done}")
                inside.unlink()
                done += 1
        except StateError as caught:
            if caught.diagnostic.code != "RC0804":
                raise
            refused += 1
    return refused


def main(command: str, root: Path, *rounds: str) -> None:
    backend = opened(root)
    if command == "race":
        print(race(backend, root, int(rounds[0])))
        return
    with backend.lock("apply", "https://ci.example/jobs/9"):
        write_next(backend, "1")
        print("held", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])
