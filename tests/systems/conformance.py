"""What every system must do, against every kind of its servers: a project on disk, a server, and the real commands.

The cases come from the declarations (model/kinds.py) and from the systems' bindings. A new field, kind or system gets
its cases without a new test; a new server only has to say what it lacks (`SUBJECTS`).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from click.testing import CliRunner

from reconciler.cli.main import root as command
from reconciler.model.kinds import KINDS
from reconciler.simulator import PROFILES, Profile, Server
from reconciler.simulator.store import Row
from reconciler.systems.registry import NAMES, system

PASSWORD = "correct horse battery"
TARGET = "hq"
COLLECTION = "/personnel/api/"

Values = dict[str, Any]
"""What the files say of one object, by path, as JSON has it. A whole block can be set as well: {"resigned": None}."""

Objects = dict[tuple[str, str], Values]
"""What the files hold, by kind and key."""


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of server. `absent` are fields and blocks that it has no place for though its system does, `wanted`
    paths that a create must have here besides those of the binding, `kept` kinds whose codes it keeps silently.
    `labels` are those of its custom attributes."""

    profile: str
    system: str
    absent: frozenset[str]
    wanted: Mapping[str, frozenset[str]]
    kept: frozenset[str]
    labels: tuple[str, ...] = ("Global ID", "CNIC")


def subject_of(name: str, profile: Profile) -> Subject:
    return Subject(
        profile=name,
        system=next(each for each in NAMES if name.startswith(each)),
        absent=frozenset() if profile.resigns else frozenset({"resigned"}),
        wanted={"employee": frozenset({"first_name"} if profile.first_name_required else ())},
        kept=frozenset(kind.name for kind in KINDS.values() if kind.plural in profile.kept_codes),
    )


SUBJECTS = tuple(subject_of(name, each) for name, each in PROFILES.items() if isinstance(each, Profile))
BY_PROFILE = {subject.profile: subject for subject in SUBJECTS}


def kinds_of(subject: Subject) -> list[str]:
    return [kind for kind in KINDS if kind in system(subject.system).bindings]


class Run(msgspec.Struct, frozen=True):
    """One run of a command: its exit status and its JSON document."""

    status: int
    document: dict[str, Any]

    @property
    def steps(self) -> dict[str, tuple[str, list[str]]]:
        """Every change of the plan by its address without the target: the action and the paths that differ."""
        return {
            each["address"].removeprefix(f"{TARGET}/"): (
                "adopt" if each["action_reason"] == "adopt" else each["change"]["actions"][0],
                sorted(field["path"] for field in each["fields"]),
            )
            for each in self.document["resource_changes"]
        }

    @property
    def codes(self) -> list[str]:
        return [each["code"] for each in self.document["diagnostics"]]

    @property
    def details(self) -> list[tuple[str, str | None, str]]:
        return [(each["code"], each["address"], each["detail"]) for each in self.document["diagnostics"]]

    @property
    def complaints(self) -> list[tuple[str, str | None]]:
        """The codes and addresses of all that was complained of."""
        return sorted((each["code"], each["address"]) for each in self.document["diagnostics"])

    @property
    def outcomes(self) -> dict[str, str]:
        """What became of every change, by its address without the target."""
        return {each["address"].removeprefix(f"{TARGET}/"): each["status"] for each in self.document["outcomes"]}


def summary(**counts: int) -> dict[str, int]:
    """A plan's summary with these counts, all others being 0."""
    return dict.fromkeys(("create", "update", "delete", "adopt", "forget", "unchanged"), 0) | counts


class Project:
    """A project in a folder. Tests change `objects` and `settings`, and run commands: each run writes the files anew.
    `texts` are files, by name, in place of `objects`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.objects: Objects = {}
        self.texts: dict[str, str] = {}
        self._files: dict[Path, bytes] = {}
        self.settings: dict[str, Any] = {"limits": {"delete": "100%", "change": "100%"}}

    def plan(self, *options: str) -> Run:
        return self._run("plan", "--json", "--detailed-exitcode", *options)

    def apply(self, *options: str) -> Run:
        return self._run("apply", "--json", "--auto-approve", *options)

    def settle(self, *options: str) -> Run:
        """Applies, without any complaint, and sees that nothing is left to do."""
        applied = self.apply(*options)
        assert applied.details == []
        assert applied.status == 0
        self.assert_settled()
        return applied

    def assert_settled(self) -> None:
        """The plan is empty: no change, no adoption, no complaint, every object of the files unchanged."""
        planned = self.plan()
        found = (planned.status, planned.steps, planned.details, planned.document["summary"])
        assert found == (0, {}, [], summary(unchanged=self.held()))

    def held(self) -> int:
        """How many objects the targets hold of the files."""
        return len(self.objects)

    def targets(self) -> dict[str, Any]:
        """The targets of the project file."""
        raise NotImplementedError

    def forget_state(self) -> None:
        (self.root / ".reconciler" / "state.json").unlink(missing_ok=True)

    def _run(self, *arguments: str) -> Run:
        self._write()
        result = self._invoke(*arguments)
        return Run(result.exit_code, msgspec.json.decode(result.stdout))

    def _invoke(self, *arguments: str) -> Any:
        environment = {"SERVER_PASSWORD": PASSWORD, **_secrets(self.objects)}
        result = CliRunner().invoke(command, ["-C", str(self.root), *arguments], env=environment)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def _write(self) -> None:
        """JSON is YAML, and leaves no doubt about what is a text."""
        project = {"version": 1, "project": "conformance", "resources": ["org/*.yaml"], "targets": self.targets()}
        folder = self.root / "org"
        folder.mkdir(parents=True, exist_ok=True)
        files = {self.root / "reconciler.yaml": msgspec.json.encode(project)}
        files |= {folder / name: text.encode() for name, text in (self.texts or _files(self.objects)).items()}
        for path in self._files.keys() - files.keys():
            path.unlink()
        for path, data in files.items():
            if self._files.get(path) != data:
                path.write_bytes(data)
        self._files = files


class World(Project):
    """A project and the server that it manages."""

    def __init__(self, subject: Subject, server: Server, root: Path) -> None:
        super().__init__(root)
        self.subject = subject
        self.server = server

    def targets(self) -> dict[str, Any]:
        return {
            TARGET: {
                "system": self.subject.system,
                "url": self.server.url,
                "auth": {"username": "admin", "password": {"env": "SERVER_PASSWORD"}},
                "retries": 0,
                **self.settings,
            }
        }

    def export(self) -> dict[str, str]:
        """The texts of the files that `export` writes, by name."""
        self._write()
        out = self.root.parent / f"{self.root.name}-export"
        result = self._invoke("export", TARGET, "--out", str(out))
        assert result.exit_code == 0, result.output
        return {path.name: path.read_text("utf-8") for path in sorted(out.iterdir())}

    def codes(self, kind: str) -> list[str]:
        """The keys of the live objects of a kind, those of the server's own left out."""
        rows = self.server.rows(KINDS[kind].plural)
        return sorted(code_of(row) for row in rows if kind == "employee" or row["id"] != 1)

    def row(self, kind: str, key: str) -> Row:
        return next(row for row in self.server.rows(KINDS[kind].plural) if code_of(row) == key)

    def written(self) -> list[tuple[str, str]]:
        """The calls since the journal was cleared that write, in order: method and path without what all share."""
        return [
            (entry.method, entry.path.removeprefix(COLLECTION))
            for entry in self.server.journal.entries()
            if entry.method != "GET" and "auth" not in entry.path
        ]


@contextmanager
def world(subject: Subject, root: Path, **switches: object) -> Iterator[World]:
    """The world of a subject. At its end the server must not have stumbled, nor created anything twice."""
    given = {"attributes": subject.labels, **switches}
    with Server(subject.profile, password=PASSWORD, switches=given) as server:
        yield World(subject, server, root / "project")
    assert (server.errors, server.created_twice()) == ([], [])


def code_of(row: Row) -> str:
    """The key of a server's row."""
    return str(next(row[name] for name in ("emp_code", "dept_code", "area_code", "position_code") if name in row))


def _files(objects: Objects) -> dict[str, str]:
    rows: dict[str, list[dict[str, Any]]] = {}
    for (name, key), values in objects.items():
        kind = KINDS[name]
        rows.setdefault(kind.plural, []).append({kind.key: key, **_nested(values)})
    return {f"{plural}.yaml": msgspec.json.encode({plural: each}).decode() for plural, each in rows.items()}


def _nested(values: Values) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path, value in values.items():
        *blocks, name = path.split(".")
        inside = found
        for block in blocks:
            inside = inside.setdefault(block, {})
        inside[name] = value
    return found


def _secrets(given: Any) -> dict[str, str]:
    """The environment of all secrets that are referred to in what the files say: a secret's text is the end of its
    variable's name."""
    if isinstance(given, dict) and isinstance(name := given.get("env"), str):
        return {name: name.removeprefix("SECRET_")}
    members = given.values() if isinstance(given, dict) else given if isinstance(given, list) else ()
    return {name: text for member in members for name, text in _secrets(member).items()}
