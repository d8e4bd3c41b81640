"""What the tests of CVSecurity's faults share: a project with one server, `gate`, what that has, and a stop at an exact
call."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from command_line import Ran
from fault_process import finish, start
from fault_project import PASSWORD, VARIABLE, Objects, complaints, write_project
from fork_server import Process

from reconciler.simulator import Fault, Server
from reconciler.simulator.faults import Faults
from reconciler.simulator.messages import Request

EDITIONS = ("cvsecurity-1.0", "cvsecurity-1.2")
SITE = {
    "areas": [{"code": "HQ", "name": "Head"}],
    "time_segments": [{"name": "Always"}],
    "devices": [{"sn": "S1", "name": "Controller"}],
    "doors": [{"name": "Front", "device": "S1"}],
    "door_levels": [{"id": "L1", "name": "Lobby"}],
    "elevator_levels": [{"id": "E1", "name": "Lift"}],
    "entrance_levels": [{"id": "P1", "name": "Hall"}],
}
"""What is made in a server's own pages."""

LEVELS = [
    {"name": "Lobby"},
    {"name": "Lift", "control": "elevator"},
    {"name": "Hall", "control": "entrance"},
]
ANA: dict[str, Any] = {
    "code": "7",
    "first_name": "Ana",
    "department": "10",
    "card": "700",
    "email": "ana@acme.example",
    "access_levels": ["Lobby", "Lift", "Hall"],
    "areas": ["HQ"],
    "privilege": "manager",
}
BEN: dict[str, Any] = {**ANA, "code": "8", "first_name": "Ben", "card": "800", "email": "ben@acme.example"}
PEOPLE: Objects = {
    "departments": [{"code": "10", "name": "Ops"}],
    "areas": [{"code": "HQ", "name": "Head"}],
    "access_levels": LEVELS,
    "employees": [ANA, BEN],
}
KEPT = {
    "7": ("10", "700", ["Lobby"], ["Lift"], ["Hall"], ["HQ"]),
    "8": ("10", "800", ["Lobby"], ["Lift"], ["Hall"], ["HQ"]),
}
"""What a server has of the people when all is written."""


@contextmanager
def serving_gate(profile: str = "cvsecurity-1.2", **settings: Any) -> Iterator[Server]:
    """A server with SITE. At the end it had no error of its own, and nothing was created twice."""
    switches = {"sync_person_grants": True, **settings.pop("switches", {})}
    with Server(profile, token=PASSWORD, switches=switches, **settings) as server:
        server.seed(SITE)
        yield server
    assert server.errors == []
    assert server.created_twice() == []


def told(ran: Ran) -> list[tuple[str, str | None, str]]:
    """The complaints but for what is always said of fields that can't be read."""
    return [each for each in complaints(ran) if each[0] != "RC0407"]


def gate(server: Server, **members: object) -> dict[str, object]:
    return {"system": "cvsecurity", "url": server.url, "auth": {"access_token": {"env": VARIABLE}}, **members}


def write_gate(root: Path, server: Server, objects: Objects = PEOPLE, **members: Any) -> Path:
    """A project with one server. Nothing is tried twice, so that each fault is met."""
    return write_project(root, {"gate": gate(server, **members)}, objects, retries=0)


def people(server: Server) -> dict[str, tuple[object, ...]]:
    """The people of a server who have not left, and what they are in, by name."""
    levels = ("door_levels", "elevator_levels", "entrance_levels")
    names = {row["id"]: row["name"] for table in levels for row in server.rows(table)}
    return {
        str(row["pin"]): (
            row["deptCode"],
            row.get("cardNo"),
            *([names[each] for each in row.get(table) or ()] for table in levels),  # type: ignore[attr-defined]
            row.get("attendance_areas") or [],
        )
        for row in server.rows("persons")
        if not row.get("leaveDate")
    }


def line_of(root: Path, ran: Ran, number: int = 0) -> str:
    """The line of the files that a diagnostic is about."""
    source = ran.document["diagnostics"][number]["source"]
    return str((root / source["file"]).read_text("utf-8").splitlines()[source["line"] - 1].strip())


def without_department(server: Server, code: str) -> None:
    """Somebody deletes it in the server's own pages."""
    dump: Any = server.dump()
    dump["tables"]["departments"] = [row for row in dump["tables"]["departments"] if row["code"] != code]
    server.load(dump)


class AtPath(Faults):
    """Instead of a server's faults: `act` is called when the n-th call of a path arrives, before the server works on
    it. With `drop` that call is then not carried out."""

    def __init__(
        self, server: Server, path: str, act: Callable[[], object], *, number: int = 1, drop: bool = False
    ) -> None:
        super().__init__()
        self._path = path
        self._left = number
        self._act = act
        self._drop = [Fault(effect="drop")] if drop else []
        server.faults = self

    def take(self, request: Request) -> list[Fault]:
        if self._path not in request.path or request.method == "GET":
            return super().take(request)
        with self._lock:
            self._left -= 1
            met = self._left == 0
        if not met:
            return super().take(request)
        self._act()
        return self._drop


def killed_at_path(root: Path, server: Server, path: str, *, commit: bool) -> Ran:
    """An apply that is killed (SIGKILL) when the first call of a path has arrived: before, or else after, the server
    carries it out."""
    processes: list[Process] = []

    def kill() -> None:
        processes[0].kill()
        processes[0].wait()

    AtPath(server, path, kill, drop=not commit)
    processes.append(start(root, "apply", "--auto-approve"))
    ran = finish(processes[0])
    assert server.journal.idle(15)  # the server goes on with what it was sent
    server.faults = Faults()
    return ran
