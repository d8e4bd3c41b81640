"""Run as a program: takes a folder's lock some times, and looks each time whether another process is inside."""

import os
import sys
from pathlib import Path

from reconciler.state.backend import StateError
from reconciler.state.lock import hold


def main(folder: Path, rounds: int) -> None:
    inside = folder / "inside"
    done = refused = 0
    while done < rounds:
        try:
            with hold(folder / "state.json.lock", "state.json", "apply", ""):
                os.close(os.open(inside, os.O_CREAT | os.O_EXCL))  # FileExistsError when somebody is inside
                with (folder / "log").open("a") as log:
                    log.write(f"{os.getpid()}\n")
                inside.unlink()
                done += 1
        except StateError as caught:
            if caught.diagnostic.code != "RC0804":
                raise
            refused += 1
    print(refused)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
