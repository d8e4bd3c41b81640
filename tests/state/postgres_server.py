"""A PostgreSQL server on loopback, of the distribution's package, and a proxy before it that loses connections."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

USER, PASSWORD, DATABASE = "reconciler", "the-database-password-of-the-tests", "postgres"


@contextmanager
def postgres() -> Iterator[int]:
    """A new server; gives its port. Where the package is missing the test is skipped, unless everything
    is said to be there."""
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not binaries:
        missing = "There is no initdb under /usr/lib/postgresql/*/bin: install the package postgresql."
        if os.environ.get("RECONCILER_WHOLE"):
            pytest.fail(missing)
        pytest.skip(missing)
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    user = _user()
    try:
        if user is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)
        (folder / "password").write_text(PASSWORD)
        with _running(binaries[-1].parent, folder, user) as port:
            yield port
    finally:
        shutil.rmtree(folder)


def _user() -> pwd.struct_passwd | None:
    """As whom it runs: it refuses root."""
    if os.getuid():
        return None
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise AssertionError("there is nobody to run it as")


@contextmanager
def _running(binaries: Path, folder: Path, user: pwd.struct_passwd | None) -> Iterator[int]:
    data = folder / "data"
    identity = {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    quiet = {"cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **identity}
    make = ["initdb", "-D", data, "-U", USER, "-A", "md5", "--pwfile", folder / "password", "--no-sync"]
    subprocess.run([binaries / make[0], *make[1:]], check=True, **quiet)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": folder,
        "fsync": "off",
        "autovacuum": "off",
        "max_connections": 30,
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    server = subprocess.Popen([binaries / "postgres", "-D", data, *options], **quiet)
    try:
        _wait(port, server)
        yield port
    finally:
        server.terminate()
        with suppress(subprocess.TimeoutExpired):
            server.wait(5)
        server.kill()
        server.wait()


def _wait(port: int, server: subprocess.Popen[bytes]) -> None:
    """Until it answers; its own end, or too many tries, are a failure."""
    for _ in range(200):
        assert server.poll() is None, "the server has ended"
        try:
            psycopg.connect(dsn(port), password=PASSWORD, connect_timeout=5).close()
        except psycopg.OperationalError:
            threading.Event().wait(0.05)
        else:
            return
    raise AssertionError("the server does not answer")


def dsn(port: int) -> str:
    return f"host=127.0.0.1 port={port} dbname={DATABASE} user={USER} sslmode=disable"


class Proxy:
    """Hands everything to and fro, counts what clients send, and at one of those loses the connection: "before" it
    arrives, or "after" it, when the answer is on its way. With `lasting` it loses all from then on."""

    def __init__(self, port: int) -> None:
        self._server_port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._mutex = threading.Lock()
        self.count = 0
        self._point: int | None = None
        self._kind = ""
        self._lasting = False

    def failing(self, point: int | None, kind: str = "before", *, lasting: bool = False) -> None:
        """What is to happen from now on; it counts from 0."""
        with self._mutex:
            self.count, self._point, self._kind, self._lasting = 0, point, kind, lasting

    def __enter__(self) -> "Proxy":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._server_port))
                for end in (client, server):
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                lost = threading.Event()
                threading.Thread(target=self._there, args=(client, server, lost), daemon=True).start()
                threading.Thread(target=_back, args=(server, client, lost), daemon=True).start()

    def _there(self, client: socket.socket, server: socket.socket, lost: threading.Event) -> None:
        with client, server, suppress(OSError):
            while data := client.recv(1 << 20):
                fate = self._fate()
                if fate == "before":
                    client.shutdown(socket.SHUT_RDWR)
                    break
                if fate == "after":
                    lost.set()  # what comes back now is not handed on: the other thread ends the connection
                    server.sendall(data)
                    client.recv(1)  # until then
                    break
                server.sendall(data)
            with suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)

    def _fate(self) -> str:
        with self._mutex:
            number, self.count = self.count, self.count + 1
            if self._point is None or number < self._point or (number > self._point and not self._lasting):
                return ""
            return self._kind


def _back(server: socket.socket, client: socket.socket, lost: threading.Event) -> None:
    with suppress(OSError):
        while data := server.recv(1 << 20):
            if lost.is_set():
                break
            client.sendall(data)
        client.shutdown(socket.SHUT_RDWR)
