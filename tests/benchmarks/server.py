"""A simulated BioTime in a process of its own, holding the benchmark's organisation. Prints its address."""

import sys
import threading

from reconciler.simulator import Server
from tests.benchmarks.project import UNITS, employees, units


def main(size: int) -> None:
    with Server("biotime-8.5", password="benchmark") as server:
        people = [
            {
                **{name: value for name, value in row.items() if name not in ("areas", "card")},
                "areas": [row["areas"]],
                "card_no": row["card"],
            }
            for row in employees(size)
        ]
        server.seed({**{plural: units(plural) for plural in UNITS}, "employees": people})
        print(server.url, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main(int(sys.argv[1]))
