"""`init --from`, the way in on every system: from a folder that has `reconciler.yaml` alone, against a server that is
full already, to files of which a plan is empty. Nothing is written to the server on the way."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from command_line import Ran, run
from conformance import PASSWORD, SUBJECTS, TARGET, Subject, World, kinds_of, world
from conformance_cvsecurity import both_editions, employee, gate
from conformance_devices import LOBBY, enrol, put, site, whole
from conformance_devices import employee as user
from conformance_values import binding_of, companions, fields_of, one_per_path, pairs

from reconciler.model.kinds import KINDS
from reconciler.simulator import Server
from reconciler.workflow.exporting import MANY

ADOPTION = "No changes. No target is written to; {number} to adopt; 0 unchanged."
EMPTY = "No changes. The targets hold what the files say; {number} unchanged."

SECRETS = {"SERVER_PASSWORD": PASSWORD, "SECRET_k3y": "k3y"}

Said = Callable[..., Ran]


def begun(root: Path, targets: Mapping[str, Any], **members: Any) -> Said:
    """A folder with the project file alone; what runs commands there."""
    root.mkdir()
    project = {"version": 1, "project": "acme", "targets": targets, **members}
    (root / "reconciler.yaml").write_text(yaml.safe_dump(project), "utf-8")
    return lambda *words: run("-C", str(root), *words, environment=SECRETS)


def assert_adopted(said: Said, number: int) -> None:
    """The files are valid, their plan is empty, and stays so after the apply that makes the objects ours."""
    validated = said("validate")
    assert (validated.status, validated.out[:21], validated.err) == (0, "The files are valid: ", "")
    for command, last in (
        (("plan", "--detailed-exitcode"), ADOPTION),
        (("apply", "--auto-approve"), f"Applied: {number} adopted."),
        (("plan", "--detailed-exitcode"), EMPTY),
    ):
        ran = said(*command)
        assert (ran.status, ran.out.splitlines()[-1], ran.err) == (0, last.format(number=number), "")


def fill(here: World) -> None:
    """Every kind, every field with both of its values, in objects that have all of them and in such as have little
    else; and what others have made besides."""
    for kind in kinds_of(here.subject):
        both = pairs(here.subject, kind, 1).items()
        for number in (0, 1):
            here.objects[kind, f"ALL{number}"] = {path: pair[number] for path, pair in both}
        for path, key, pair, values in one_per_path(here.subject, kind):
            here.objects[kind, key] = values | {path: pair[1]}
    here.settle()
    here.server.generate(employees=3, departments=2, areas=2, positions=2)


def exported(root: Path, kind: str) -> dict[str, dict[str, Any]]:
    """The objects of a kind in the files of `root`, by key, every scalar as the text that stands there."""
    declared = KINDS[kind]
    rows = yaml.load((root / f"org/{declared.plural}.yaml").read_text("utf-8"), yaml.BaseLoader)[declared.plural]
    return {row.pop(declared.key): row for row in rows}


def paths_of(row: Mapping[str, Any], above: str = "") -> set[str]:
    return {
        path
        for name, value in row.items()
        for path in (paths_of(value, f"{above}{name}.") if isinstance(value, dict) else {f"{above}{name}"})
    }


def readable(subject: Subject, kind: str) -> set[str]:
    """The paths that files of an export have: all that the server tells and that is not masked."""
    untold = binding_of(subject, kind).write_only
    return {path for path, field in fields_of(subject, kind).items() if not field.masked and path not in untold}


@pytest.mark.parametrize("subject", SUBJECTS, ids=[subject.profile for subject in SUBJECTS])
def test_a_time_server(subject: Subject, tmp_path: Path) -> None:
    with world(subject, tmp_path) as here:
        here.objects = companions(subject)
        fill(here)
        before = here.server.dump()
        here.server.journal.clear()
        said = begun(tmp_path / "new", here.targets())
        assert said("init", "--from", TARGET).status == 0
        for kind in kinds_of(subject):
            assert paths_of(exported(tmp_path / "new", kind)["ALL1"]) == readable(subject, kind)
        assert_adopted(said, sum(len(here.server.rows(KINDS[kind].plural)) for kind in kinds_of(subject)))
        assert (here.written(), here.server.dump() == before) == ([], True)


GATE_PEOPLE: dict[str, dict[str, Any]] = {
    "1": {
        "first_name": "Zoë {{ '{{' }} name }}",
        "last_name": "no",
        "gender": "female",
        "birthday": "2001-02-03",
        "hire_date": "2019-06-10",
        "email": "zoe@example.org",
        "mobile": "0151",
        "ssn": "007",
        "card": "4711",
        "extra_cards": ["71", "72"],
        "device_password": {"env": "SECRET_001234"},
        "valid": {"from": "2026-01-05", "until": "2026-12-31T18:00:00"},
        "cvsecurity": {
            "plate": "A1",
            "certificate": {"type": 2, "number": "X9"},
            "disabled": True,
            "kiosk_areas": ["7"],
        },
        "photo": "photos/one.jpg",
        "attendance": {"enabled": True},
        "privilege": "admin",
        "verify_mode": "face+finger",
        "access_levels": ["Office", "Vault", "Lift", "Gate"],
        "areas": ["7", "HQ"],
    },
    "007": {"department": "RND", "valid": {"from": "2026-01-05T08:30:00"}, "access_levels": ["Vault"], "areas": []},
    "8": {"access_levels": [], "gender": "male", "cvsecurity": {"disabled": False}},
    "9": {},
}
GATE_SHOWN = {
    "first_name": "Zoë {{ '{{' }} name }}",
    "last_name": "no",
    "department": "OPS",
    "access_levels": ["Office", "Vault"],
    "hire_date": "2019-06-10",
    "birthday": "2001-02-03",
    "gender": "female",
    "email": "zoe@example.org",
    "mobile": "0151",
    "ssn": "007",
    "valid": {"from": "2026-01-05", "until": "2026-12-31T18:00:00"},
    "cvsecurity": {"plate": "A1", "certificate": {"type": "2"}, "disabled": "true"},
}
"""What of the first one the server tells and is not masked."""


@both_editions
def test_a_cvsecurity_server(edition: str, tmp_path: Path) -> None:
    """It has people of all kinds, a level that only its own pages know, and departments that nobody is in."""
    with gate(edition, tmp_path) as here:
        here.objects |= {("employee", pin): employee(**values) for pin, values in GATE_PEOPLE.items()}
        here.settle()
        before = here.server.dump()
        here.server.journal.clear()
        said = begun(tmp_path / "new", here.targets())
        assert said("init", "--from", TARGET).status == 0
        assert exported(tmp_path / "new", "employee")["1"] == GATE_SHOWN
        assert_adopted(said, sum(len(here.server.rows(table)) for table in ("departments", "door_levels", "persons")))
        assert (here.wrote(), here.server.dump() == before) == ([], True)


SETTINGS: dict[str, Any] = {
    "device_id": 17,
    "volume": 9,
    "reverify_minutes": 5,
    "verify_mode": "face+card",
    "local_editing": False,
    "face": {"liveness": False, "threshold": "high", "multiple": True},
    "bells": [
        {"at": "08:00", "days": "mon-fri", "ring": "30s", "output": "both"},
        {"at": "12:00", "days": ["mon", "wed"], "ring": "5s", "output": "inside"},
    ],
    "shift_mode": "department",
    "tolerance": {"morning_in": 1, "morning_out": 2, "afternoon_in": 3, "afternoon_out": 4},
    "access": {"tamper_alarm": True, "verify_count": 2, "unlock_seconds": 7, "wiegand": "34"},
    "network": {"wifi": {"dhcp": True, "access_points": [{"ssid": "office", "key": {"env": "SECRET_wifi key"}}]}},
    "security": {"api_key": {"env": "SECRET_k3y"}},
    "attendance_upload": {"url": "http://upload.example/x", "interval": "30s"},
}
ENTRY = """\
areas: [{{code: HQ, name: Headquarters}}]
devices:
  - {{name: lobby, url: "{url}", area: HQ, api_key: {{env: SECRET_k3y}}}}
"""


def test_a_terminal(tmp_path: Path) -> None:
    """It stands in a resource file with its address and key. In place of that comes the entry that was exported, with
    all settings."""
    with site(tmp_path) as here:
        terminal = here.install(capabilities={"access_control": True, "card": True})
        here.set(**SETTINGS)
        for key, level in (("007", "Office hours"), ("8", "Saturdays"), ("9", "Guards")):
            here.objects["employee", key] = whole(access_levels=[level], card=f"47{key}")
        here.objects["employee", "10"] = user(department="RND", access_levels=[])
        assert here.apply().status == 0
        put(terminal, departments=[{"name": "Theirs"}], users=[{"id": "T1", "depart": "Theirs", "card": "9"}])
        enrol(terminal, "T1")
        before = terminal.dump()
        here.terminals.record.clear()

        said = begun(tmp_path / "new", {})
        (tmp_path / "new/lobby.yaml").write_text(ENTRY.format(url=terminal.url), "utf-8")
        ran = said("init", "--from", LOBBY)
        assert (ran.status, ran.err.count("Two objects with one key (RC0301)")) == (1, 2)
        assert ran.err.endswith("\nThe export is complete. Correct this, and see `reconciler validate` and `plan`.\n")
        (tmp_path / "new/lobby.yaml").unlink()
        assert "  api_key: {env: SECRET_k3y}\n" in (tmp_path / "new/org/devices.yaml").read_text("utf-8")
        assert_adopted(said, 5 + 3 + 2 + 11)  # users, their departments, shifts, settings
        assert {each.command[:3] for each in here.terminals.record.entries(LOBBY, event="call")} == {"Get"}
        assert terminal.dump() == before


def test_files_that_no_pattern_names_are_told(tmp_path: Path) -> None:
    """A project that lacks them would be valid, and its plan empty, without a word of the employees."""
    with Server("biotime-8.5", password=PASSWORD) as server:
        server.generate(employees=MANY + 1)
        auth = {"username": "admin", "password": {"env": "SERVER_PASSWORD"}}
        target = {"system": "biotime", "url": server.url, "auth": auth}
        ran = begun(tmp_path / "new", {TARGET: target}, resources=["org/*.yaml"])("init", "--from", TARGET)
    assert (ran.status, "No pattern matches the file (RC0109)" in ran.err) == (1, True)
    assert "has no pattern for 1 file in org, such as" in ran.err
