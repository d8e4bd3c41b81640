"""The command `reconciler` as tests run it: in this process, through its entry point, with streams of its own."""

import io
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import msgspec

from reconciler.cli.main import main
from reconciler.simulator import Server
from reconciler.simulator.messages import Request, Response

PASSWORD = "the-password-of-the-tests"
PROJECT = """\
version: 1
project: acme
targets:
  hq:
    system: biotime
    url: {url}
    auth: {{username: reconciler, password: {{env: HQ_PASSWORD}}}}
    retries: 0
    concurrency: 1
"""
ORGANISATION = """\
departments:
  - {code: "10", name: Operations}
  - {code: "20", name: Night shift, parent: "10"}
areas:
  - {code: HQ, name: Headquarters}
employees:
  - {code: 007, first_name: Ana, last_name: Silva, department: "20", areas: [HQ]}
  - {code: 1e3, first_name: Ben, department: "10", areas: [HQ], mobile: "912 000 111"}
"""


class Ran(NamedTuple):
    """What a command left: its exit status and its two streams."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on standard output; on standard error there is nothing."""
        assert self.err == ""
        assert self.out.count("\n") == 1
        assert self.out.endswith("\n")
        return msgspec.json.decode(self.out)

    def codes(self) -> list[str]:
        """The codes of the JSON document's diagnostics."""
        return [each["code"] for each in self.document["diagnostics"]]


class _Input(io.TextIOWrapper):
    """Standard input: a terminal where somebody types, or a file."""

    def __init__(self, typed: str | None) -> None:
        super().__init__(io.BytesIO((typed or "").encode()), "utf-8")
        self._terminal = typed is not None

    def isatty(self) -> bool:
        return self._terminal


def run(*arguments: str, typed: str | None = None, environment: Mapping[str, str] = {}, encoding: str = "utf-8") -> Ran:
    """The command in this process. `typed` is what somebody types at a terminal; None: there is no terminal."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding, write_through=True) for _ in range(2))
    streams = patch.multiple(sys, argv=["reconciler", *arguments], stdin=_Input(typed), stdout=out, stderr=err)
    with streams, patch.dict(os.environ, {"HQ_PASSWORD": PASSWORD, **environment}), _as_before():
        try:
            main()
        except SystemExit as left:
            status = int(left.code or 0)
    texts = [stream.buffer.getvalue().decode(encoding) for stream in (out, err)]  # type: ignore[attr-defined]
    return Ran(status, *texts)


@contextmanager
def _as_before() -> Iterator[None]:
    """Puts back what the command sets for its whole process."""
    terminate = signal.getsignal(signal.SIGTERM)
    root, own = logging.getLogger(), logging.getLogger("reconciler")
    level, own_level = root.level, own.level
    handlers = root.handlers[:]
    root.handlers.clear()
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        own.setLevel(own_level)
        signal.signal(signal.SIGTERM, terminate)


def start(*arguments: str, environment: Mapping[str, str] = {}, **options: Any) -> subprocess.Popen[bytes]:
    """The command as a process of its own."""
    command = [sys.executable, "-c", "from reconciler.cli.main import main; main()", *arguments]
    settings = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
    whole = {**os.environ, "HQ_PASSWORD": PASSWORD, **environment}
    return subprocess.Popen(command, env=whole, **settings)


class Project:
    """A project in a folder, and the one server that it manages."""

    def __init__(self, root: Path, server: Server, organisation: str = ORGANISATION) -> None:
        self.root = root
        self.server = server
        root.mkdir(parents=True, exist_ok=True)
        self.write("reconciler.yaml", PROJECT.format(url=server.url))
        self.write("org.yaml", organisation)

    def path(self, name: str) -> str:
        return str(self.root / name)

    def write(self, name: str, text: str) -> None:
        (self.root / name).write_text(text, "utf-8")

    def replace(self, name: str, old: str, new: str) -> None:
        """Edits a file as a person would."""
        text = (self.root / name).read_text("utf-8")
        assert old in text
        self.write(name, text.replace(old, new))

    def run(self, *arguments: str, **settings: Any) -> Ran:
        return run("-C", str(self.root), *arguments, **settings)

    def apply(self) -> None:
        """Brings the server to what the files say."""
        ran = self.run("apply", "--auto-approve")
        assert ran.status == 0, ran

    def change_row(self, collection: str, identity: int, **values: object) -> None:
        """Changes the server's data, as somebody at its own pages would."""
        dump = self.server.dump()
        tables: Any = dump["tables"]
        for row in tables[collection]:
            if row["id"] == identity:
                row |= values
        self.server.load(dump)

    def answer(self, method: str, path: str, reply: Callable[[Request], Response]) -> None:
        """From now on the server answers such calls so, in place of its work."""
        handle = self.server._app.handle

        def instead(request: Request) -> Response:
            met = request.method == method and path in request.path
            return reply(request) if met else handle(request)

        self.server._app.handle = instead  # type: ignore[method-assign]


def serving(profile: str = "biotime-8.5", **settings: Any) -> Server:
    """A simulated server that knows the tests' user."""
    return Server(profile, **{"username": "reconciler", "password": PASSWORD, **settings})
