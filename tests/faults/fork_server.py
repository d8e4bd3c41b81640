"""Programs in processes of their own, forked from one that has imported what they need: of a short command that is most
of the work. They have their own standard streams, signals and end, as any process has."""

import atexit
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Self, TextIO


class Process:
    """A process as subprocess.Popen has it, as far as tests need it."""

    def __init__(self, program: str, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        """Runs a program's text. Its standard input is empty."""
        (out, theirs), (err, also_theirs), (status, its) = os.pipe(), os.pipe(), os.pipe()
        request = json.dumps([program, list(arguments), dict(environment)]).encode()
        socket.send_fds(_server(), [request], [theirs, also_theirs, its])
        for each in (theirs, also_theirs, its):
            os.close(each)
        self.stdout: TextIO = os.fdopen(out)
        self.stderr: TextIO = os.fdopen(err)
        self.returncode: int | None = None
        self._status = os.fdopen(status)
        self._lock = threading.Lock()
        self.pid = int(self._status.readline())

    def send_signal(self, number: signal.Signals) -> None:
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def wait(self) -> int:
        with self._lock:
            if self.returncode is None:
                self.returncode = int(self._status.readline())
            return self.returncode

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.wait()
        for stream in (self.stdout, self.stderr, self._status):
            stream.close()


@cache
def _server() -> socket.socket:
    """The connection to the one process that the others come from. It ends when this is closed."""
    ours, its = socket.socketpair(type=socket.SOCK_SEQPACKET)
    nothing = subprocess.DEVNULL
    command = [sys.executable, __file__, str(its.fileno())]
    server = subprocess.Popen(command, pass_fds=[its.fileno()], stdin=nothing, stdout=nothing, stderr=nothing)
    its.close()
    atexit.register(server.wait)
    atexit.register(ours.close)  # called first
    return ours


def _serve(requests: socket.socket) -> None:
    """Forks a process for each request; tells its number, and when it has ended its exit status."""
    running: dict[int, tuple[int, int]] = {}  # by the descriptor that tells its end: the process, and where to say it
    with selectors.DefaultSelector() as waiting:
        waiting.register(requests, selectors.EVENT_READ)
        while True:
            for key, _ in waiting.select():
                if key.fd in running:
                    pid, status = running.pop(key.fd)
                    waiting.unregister(key.fd)
                    _tell(status, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
                    os.close(status)
                    os.close(key.fd)
                    continue
                request, (out, err, status), _, _ = socket.recv_fds(requests, 1_000_000, 3)
                if not request:
                    return
                pid = os.fork()
                if not pid:
                    waiting.close()
                    requests.close()
                    _become(json.loads(request), out, err)
                os.close(out)
                os.close(err)
                _tell(status, pid)
                ended = os.pidfd_open(pid)
                running[ended] = pid, status
                waiting.register(ended, selectors.EVENT_READ)


def _tell(where: int, number: int) -> None:
    os.write(where, b"%d\n" % number)


def _become(request: tuple[str, list[str], dict[str, str]], out: int, err: int) -> None:
    """Runs the program in this process, which ends with it as an interpreter ends."""
    program, arguments, environment = request
    for stream, number in ((out, 1), (err, 2)):
        os.dup2(stream, number)
        os.close(stream)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["-c", *arguments]
    exec(program, {"__name__": "__main__"})
    sys.exit()


def _prepare() -> None:
    """Imports what an apply imports."""
    import encodings.idna  # noqa: F401

    import httpx

    import reconciler.cli.apply
    import reconciler.systems.biotime.writer
    import reconciler.systems.cvsecurity.writer
    import reconciler.systems.device.writer  # noqa: F401

    httpx.Client().close()


if __name__ == "__main__":
    _prepare()
    _serve(socket.socket(fileno=int(sys.argv[1])))
