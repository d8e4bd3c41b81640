"""A simulated server on a real socket."""

import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import msgspec

from reconciler.simulator.control import CONTROL, controlled
from reconciler.simulator.errors import SimulatorError
from reconciler.simulator.faults import Faults
from reconciler.simulator.faulty import answer
from reconciler.simulator.journal import Journal
from reconciler.simulator.keep import Keeper, read
from reconciler.simulator.messages import Request, Response, error_page
from reconciler.simulator.systems import AnyProfile, profile, system_of
from reconciler.simulator.wire import Listener

if TYPE_CHECKING:
    import ssl


class Server:
    """One server of the BioTime family or of CVSecurity, with its data, its faults and the journal of its calls.

    `kind` is the name of a profile, or a Profile; `switches` set single ones otherwise. Port 0 takes any free port.
    With `data` the rows are kept in that file, saved a moment after a write and at the stop, or with
    `save_every_write` before a write is answered. `certificate` and `key` (PEM files) make it https. With `control`,
    POST, GET and DELETE on /_simulator/faults add, list and clear faults, without a login. BioTime's account has
    `username` and `password`, CVSecurity's client the access token `token`. `clock` gives the seconds since 1970 by
    which tokens expire. `errors` are the simulator's own: a test that ends with one has found a bug here.

    Use it as a context manager, or call `start` and `stop`. Raises SimulatorError for what it can't use."""

    def __init__(
        self,
        kind: str | AnyProfile = "biotime-8.5",
        *,
        switches: dict[str, object] | None = None,
        username: str = "admin",
        password: str = "admin",  # noqa: S107  a simulator's
        token: str = "apitoken",  # noqa: S107
        host: str = "127.0.0.1",
        port: int = 0,
        data: Path | None = None,
        save_every_write: bool = False,
        certificate: Path | None = None,
        key: Path | None = None,
        control: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.profile = profile(kind, switches) if isinstance(kind, str) else _with(kind, switches)
        self.username = username
        self.password = password
        self.token = token
        self.faults = Faults()
        self.journal = Journal()
        self.errors: list[str] = []
        self._app = system_of(self.profile, username, password, token, clock)
        self._address = (host, port)
        self._certificate = certificate
        self._key = key
        self._control = control
        self._clock = clock
        self._save_every_write = save_every_write
        self._stopping = threading.Event()
        self._listener: Listener | None = None
        self._data = data
        self._keeper: Keeper | None = None
        if data and not data.parent.is_dir():
            raise SimulatorError(f"The folder of the data file {data} is not there.")
        kept = read(data) if data else None
        self.restored = kept is not None
        if kept is not None:
            self.load(kept)

    @property
    def url(self) -> str:
        """Where the server is, without a slash at the end. Only while it runs."""
        if self._listener is None:
            raise SimulatorError("The server does not run, so that it has no address.")
        host, port = self._listener.server_address[:2]
        return f"{'https' if self._certificate else 'http'}://{host!s}:{port}"

    def start(self) -> Self:
        """Begin to serve; again after a stop, at the same address. Raises SimulatorError if the address or the
        certificate can't be had."""
        host, port = self._address
        try:
            self._listener = Listener(self._address, self._answer, self._failed, self._tls())
        except OSError as error:
            raise SimulatorError(f"A server can't be started on {host}:{port}: {error.strerror}.") from None
        self._address = (host, int(self._listener.server_address[1]))
        self._stopping.clear()
        if self._data:
            self._keeper = Keeper(self._data, self.dump)
            self._keeper.start()
        self._listener.begin()
        return self

    def stop(self) -> None:
        """Close every connection, and save the data if there is a file for it."""
        if self._listener is None:
            return
        self._stopping.set()
        self._listener.close()
        self._listener = None
        if self._keeper:
            self._keeper.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def seed(self, rows: dict[str, list[dict[str, object]]]) -> None:
        """Put rows into the server (see `seed.Seed` and `cvsecurity.seed.Seed`). Raises SimulatorError for what no
        server would hold."""
        with self._app.lock:
            self._app.seed(rows)

    def generate(self, *, employees: int = 0, departments: int = 0, areas: int = 0, positions: int = 0) -> None:
        """Put that many made-up objects into the server: always the same for the same numbers. Raises SimulatorError
        for what the system does not have."""
        numbers = {"employees": employees, "departments": departments, "areas": areas, "positions": positions}
        with self._app.lock:
            self._app.generate(numbers)

    def dump(self) -> dict[str, object]:
        """All data as plain values: {"tables": {collection: [rows]}, …}."""
        with self._app.lock:
            return self._app.dump()

    def load(self, dump: dict[str, object]) -> None:
        """Replace all data by a dump. Raises SimulatorError for anything else."""
        with self._app.lock:
            self._app.load(dump)

    def rows(self, collection: str) -> list[dict[str, object]]:
        """The rows of a collection as they are kept, blank fields left out: departments, areas, positions, employees,
        resigns, … by id, references as ids; of CVSecurity departments, persons, … (`cvsecurity.store.TABLES`) in the
        order in which they were made, with what the API does not show."""
        with self._app.lock:
            return self._app.rows(collection)

    def calls(self, method: str = "*", path: str = "*") -> int:
        """How many requests of a method and path (both may have `*`) arrived."""
        return self.journal.calls(method, path)

    def created_twice(self) -> list[str]:
        """What calls created more than once, as collection/code: also what was deleted in between."""
        with self._app.lock:
            return self._app.created_twice()

    def expire_tokens(self) -> None:
        """Refuse every token and JWT given so far; CVSecurity's access token for good."""
        with self._app.lock:
            self._app.expire()

    def _tls(self) -> "ssl.SSLContext | None":
        if self._certificate is None:
            return None
        import ssl

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._certificate, self._key)
        return context

    def _answer(self, request: Request) -> Response:
        if self._control and request.path == CONTROL:
            return controlled(self.faults, request)
        self.journal.opened()
        response = Response(0, wire="drop")
        try:
            before = self._app.version
            response = answer(self._app, request, self.faults.take(request), self._stopping.wait)
            self._saved(before)
        except Exception as error:  # the real ones show such a page, too
            self._failed(error)
            response = error_page(request, f"{type(error).__name__}: {error}")
        finally:
            self.journal.closed(request, response, self._clock())
        return response

    def _failed(self, error: BaseException) -> None:
        self.errors.append("".join(traceback.format_exception(error)))

    def _saved(self, before: int) -> None:
        if self._keeper is None or self._app.version == before:
            return
        if self._save_every_write:
            self._keeper.save()
        else:
            self._keeper.changed()


def _with(given: AnyProfile, switches: dict[str, object] | None) -> AnyProfile:
    return msgspec.convert(msgspec.structs.asdict(given) | (switches or {}), type(given)) if switches else given
