"""Runs `reconciler` for jobs in processes of their own, forked from one that has imported everything: jobs call it
often, and most of a short call is imports."""

import contextlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

_CLIENT = """\
#!{python} -IS
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as server:
    server.connect({address!r})
    request = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode()
    socket.send_fds(server, [len(request).to_bytes(4, "big")], [0, 1, 2])
    server.sendall(request)
    sys.exit(int(server.recv(8)))
"""


@contextlib.contextmanager
def command_server(folder: Path) -> Iterator[None]:
    """While in here `folder` has a program `reconciler`."""
    address = folder / "server"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(address))
        listening.listen()
        command = [sys.executable, __file__, str(listening.fileno())]
        server = subprocess.Popen(command, pass_fds=[listening.fileno()], stdin=subprocess.DEVNULL)
    program = folder / "reconciler"
    program.write_text(_CLIENT.format(python=sys.executable, address=str(address)), "utf-8")
    program.chmod(0o700)
    try:
        yield
    finally:
        server.kill()
        server.wait()


def _serve(listening: socket.socket) -> None:
    import encodings.idna  # noqa: F401

    import httpx
    import jinja2.sandbox  # noqa: F401

    import reconciler.cli.apply
    import reconciler.cli.ci
    import reconciler.cli.plan
    import reconciler.cli.validate
    import reconciler.report.plan_html
    import reconciler.report.plan_markdown
    import reconciler.state.http
    import reconciler.systems.biotime.reader
    import reconciler.systems.biotime.writer  # noqa: F401

    httpx.Client().close()  # which imports most of what calls need
    while True:
        connection, _ = listening.accept()
        size, streams, _, _ = socket.recv_fds(connection, 4, 3)
        with connection.makefile("rb") as reading:
            request = json.loads(reading.read(int.from_bytes(size, "big")))
        child = os.fork()
        if not child:
            _run(request, streams)
        for stream in streams:
            os.close(stream)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        connection.sendall(str(status).encode())
        connection.close()


def _run(request: tuple[list[str], str, dict[str, str]], streams: list[int]) -> None:
    """The command, in this process, which ends with it."""
    from reconciler.cli.main import main

    arguments, folder, environment = request
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["reconciler", *arguments]
    try:
        main()
    except SystemExit as left:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(int(left.code or 0))


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
