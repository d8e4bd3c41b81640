"""Simulated terminals in a process of their own. Prints their port; for each line of input, how many calls came since
the last one."""

import sys

from reconciler.simulator import Terminals


def main(count: int, latency: float) -> None:
    with Terminals() as terminals:
        made = terminals.fleet("t", count, switches={"latency": latency}, capabilities={"access_control": True})
        print(made[0].url.rpartition(":")[2], flush=True)
        for _ in sys.stdin:
            print(terminals.record.calls(), len(terminals.record.violations()), flush=True)
            terminals.record.clear()


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
