"""The command as a process of its own, which tests kill and interrupt at exact moments."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

from command_line import Ran
from fault_project import PASSWORD, VARIABLE
from fork_server import Process

from reconciler.simulator import Fault, Server
from reconciler.simulator.faults import Faults
from reconciler.simulator.messages import Request

COMMAND = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # who runs the tests in the background may have it ignored
from reconciler.cli.main import main; main()
"""

KILLED_AT_FILE = """
import os, signal, sys
left = int(sys.argv.pop(1))
CHANGES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
def watch(event, arguments):
    global left
    changes = event in ("os.rename", "os.remove", "os.link") or event == "open" and (arguments[2] or 0) & CHANGES
    if changes and ".reconciler" in str(arguments[0]):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(watch)
"""
"""Before the command: the process kills itself just before it changes a file below .reconciler for the n-th time."""


def start(root: Path, *arguments: str, program: str = COMMAND, first: tuple[str, ...] = ()) -> Process:
    return Process(program, [*first, "-C", str(root), *arguments], {**os.environ, VARIABLE: PASSWORD})


def finish(process: Process) -> Ran:
    """What the process leaves when it ends; standard error is read last, so that a test can listen to it before."""
    watchdog = threading.Timer(15, process.kill)
    watchdog.start()
    with process:
        out = process.stdout.read()
        err = process.stderr.read()
    watchdog.cancel()
    return Ran(process.wait(), out, err)


class At(Faults):
    """Instead of a server's faults: `act` is called when the n-th request of these methods arrives, before the server
    works on it. With `drop` that request is then not carried out."""

    def __init__(self, server: Server, number: int, act: Callable[[], object], *methods: str, drop: bool) -> None:
        super().__init__()
        self._left = number
        self._act = act
        self._methods = methods
        self._drop = [Fault(effect="drop")] if drop else []
        server.faults = self

    def take(self, request: Request) -> list[Fault]:
        if request.method not in self._methods or "token" in request.path:
            return super().take(request)
        with self._lock:
            self._left -= 1
            met = self._left == 0
        if not met:
            return super().take(request)
        self._act()
        return self._drop or super().take(request)


WRITES = ("POST", "PATCH", "PUT", "DELETE")


def killed_at_write(root: Path, server: Server, number: int, *, commit: bool) -> Ran:
    """An apply that is killed (SIGKILL) when its n-th write has arrived: before, or else after, it is carried out."""
    processes: list[Process] = []

    def kill() -> None:
        processes[0].kill()
        processes[0].wait()

    At(server, number, kill, *WRITES, drop=not commit)
    processes.append(start(root, "apply", "--auto-approve"))
    ran = finish(processes[0])
    assert server.journal.idle(15)  # the server goes on with what it was sent
    server.faults = Faults()
    return ran


def killed_at_file(root: Path, number: int) -> Ran:
    """An apply that is killed just before the n-th change of a file below .reconciler."""
    return finish(start(root, "apply", "--auto-approve", program=KILLED_AT_FILE + COMMAND, first=(str(number),)))
