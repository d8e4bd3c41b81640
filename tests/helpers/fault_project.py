"""What the tests of faults share: a project in a folder, the servers that it names, and the command run on it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import command_line
import msgspec
import yaml
from command_line import Ran

from reconciler.simulator import Server

PASSWORD = "a-password-of-the-tests"
VARIABLE = "FAULTS_PASSWORD"
FREE = {"delete": 1_000_000, "change": 1_000_000}  # limits that never refuse
SYSTEMS = {"biotime-8.5": "biotime", "utimemaster-9.5": "utimemaster", "zkbiotime": "zkbiotime"}

ORGANISATION = {
    "departments": [{"code": "10", "name": "Ops"}, {"code": "20", "name": "Sub", "parent": "10"}],
    "areas": [{"code": "HQ", "name": "Head"}],
    "employees": [
        {"code": "E0", "first_name": "Ana", "department": "20", "areas": ["HQ"]},
        {"code": "E1", "first_name": "Ben", "department": "20", "areas": ["HQ"]},
    ],
}

Objects = Mapping[str, list[dict[str, Any]]]


def complaints(ran: Ran) -> list[tuple[str, str | None, str]]:
    """(code, address, detail) of every diagnostic of the JSON document."""
    return [(each["code"], each["address"], each["detail"]) for each in ran.document["diagnostics"]]


def run(root: Path, *arguments: str) -> Ran:
    """The command on the project in `root`, in this process."""
    return command_line.run("-C", str(root), *arguments, environment={VARIABLE: PASSWORD})


def apply(root: Path, *arguments: str) -> Ran:
    return run(root, "apply", "--auto-approve", "--json", *arguments)


def changes(root: Path) -> list[tuple[str, str]]:
    """(address, action) of all that a plan made now would do or adopt; the plan must be complete."""
    ran = run(root, "plan", "--json")
    assert (ran.status, ran.document["complete"]) == (0, True), ran
    return [(each["address"], *each["change"]["actions"]) for each in ran.document["resource_changes"]]


def write_objects(root: Path, objects: Objects) -> None:
    (root / "objects.yaml").write_text(yaml.safe_dump(dict(objects), sort_keys=False), "utf-8")


def write_project(root: Path, targets: Mapping[str, Mapping[str, Any]], objects: Objects, **defaults: Any) -> Path:
    """A project with these targets; each has `system` and `url`, and whatever else it shall have."""
    root.mkdir(parents=True, exist_ok=True)
    auth = {"username": "admin", "password": {"env": VARIABLE}}
    project = {
        "version": 1,
        "project": "faults",
        "limits": FREE,
        "defaults": {"retries": 2, **defaults},
        "targets": {name: {"auth": auth, **members} for name, members in targets.items()},
    }
    (root / "reconciler.yaml").write_text(yaml.safe_dump(project, sort_keys=False), "utf-8")
    write_objects(root, objects)
    return root


@contextmanager
def serving(profile: str = "biotime-8.5", **switches: object) -> Iterator[Server]:
    with Server(profile, password=PASSWORD, switches=switches) as server:
        yield server
        assert server.errors == []


def target(server: Server, profile: str = "biotime-8.5", **members: object) -> dict[str, object]:
    return {"system": SYSTEMS[profile], "url": server.url, **members}


def state(root: Path) -> Any:
    """What the state file holds: {"entries": …, "pending": …}."""
    return msgspec.json.decode((root / ".reconciler/state.json").read_bytes())["reconciler"]
