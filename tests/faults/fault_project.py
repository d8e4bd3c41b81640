"""What the tests of faults share: a project in a folder, the servers that it names, and the command run on it."""

import io
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import msgspec
import yaml

from reconciler.cli.main import _run as run_command
from reconciler.simulator import Server

PASSWORD = "a-password-of-the-tests"
VARIABLE = "FAULTS_PASSWORD"
FREE = {"delete": 1_000_000, "change": 1_000_000}  # limits that never refuse
SYSTEMS = {"biotime-8.5": "biotime", "utimemaster-9.5": "utimemaster", "zkbiotime": "zkbiotime"}

Objects = Mapping[str, list[dict[str, Any]]]


class Ran(NamedTuple):
    """What a command left: its exit status and its two streams."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document of a command with --json."""
        return msgspec.json.decode(self.out)

    def complaints(self) -> list[tuple[str, str | None, str]]:
        """(code, address, detail) of every diagnostic of the JSON document."""
        found = self.document["diagnostics"]
        return [(each["code"], each["address"], each["detail"]) for each in found]


def run(root: Path, *arguments: str) -> Ran:
    """The command, in this process."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    argv = ["reconciler", "-C", str(root), *arguments]
    with patch.object(sys, "argv", argv), patch.dict(os.environ, {VARIABLE: PASSWORD}):
        with redirect_stdout(out), redirect_stderr(err):
            status = run_command()
    return Ran(status, *(stream.buffer.getvalue().decode() for stream in (out, err)))


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
        "defaults": {"timeout": "2s", "retries": 2, **defaults},
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
