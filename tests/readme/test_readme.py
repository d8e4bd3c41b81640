"""What README.md shows is what happens. To write it anew: `RECONCILER_WRITE_GOLDEN=1 pytest tests/readme`."""

import os
import re
import shutil
from contextlib import ExitStack
from pathlib import Path

import msgspec
import pytest
import yaml
from command_line import run, serving
from sessions import SESSION, played

from reconciler.simulator import Terminals, read
from reconciler.simulator.config import ServerConfig

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
ADDRESS = "http://127.0.0.1:18081"


def test_the_sessions_of_the_readme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "examples/minimal", tmp_path / "my-company", ignore=shutil.ignore_patterns(".reconciler"))
    monkeypatch.chdir(tmp_path / "my-company")
    secrets = {"OFFICE_PASSWORD": "demo-office"}
    with serving(password="demo-office") as server:
        text = Path("reconciler.yaml").read_text("utf-8")
        assert ADDRESS in text
        Path("reconciler.yaml").write_text(text.replace(ADDRESS, server.url), "utf-8")
        readme = README.read_text("utf-8")
        now = SESSION.sub(lambda found: played(found[0], secrets, {server.url: ADDRESS}), readme)
    if os.environ.get("RECONCILER_WRITE_GOLDEN"):
        README.write_text(now, "utf-8")
        readme = now
    assert now == readme


def test_every_file_that_the_readme_names_is_there() -> None:
    for name in re.findall(r"\]\(([^)]+)\)", README.read_text("utf-8")):
        assert (ROOT / name).exists(), name


def test_every_option_that_the_readme_names_is_there() -> None:
    """In the table of commands: the command's own help knows the option."""
    commands = README.read_text("utf-8").partition("\n## Commands\n")[2]
    rows = re.findall(r"^\| `(\w+)[^|]*\|(.*)\|$", commands, re.MULTILINE)
    rows = [row for row in rows if row[0].isalpha()]
    assert [row[0] for row in rows] == [
        "init",
        "validate",
        "plan",
        "apply",
        "show",
        "export",
        "snapshot",
        "state",
        "graph",
        "doctor",
        "schema",
        "completion",
        "ci",
        "simulate",
    ]
    for command, text in rows:
        helped = run(command, "--help").out
        assert [option for option in re.findall(r"--[a-z-]+", text) if option not in helped] == []


def test_the_doors(tmp_path: Path) -> None:
    """Twelve terminals get everything by one apply, and the one that is replaced gets it again."""
    root = tmp_path / "doors"
    shutil.copytree(ROOT / "examples/doors", root, ignore=shutil.ignore_patterns(".reconciler"))
    with Terminals() as terminals:
        for row in yaml.safe_load((root / "simulator.yaml").read_text("utf-8"))["terminals"]:
            del row["port"]
            terminals.add(**row)
        port = terminals["lis-hall"].url.rpartition(":")[2]
        devices = root / "doors/terminals.yaml"
        devices.write_text(devices.read_text("utf-8").replace(":18090", f":{port}"), "utf-8")

        def end(*arguments: str) -> list[str]:
            """What it says last."""
            ran = run("-C", str(root), *arguments)
            assert ran.status == 0, ran
            return ran.out.rpartition("\n\n")[2].splitlines()

        verified = "Verified: the targets were read again and hold what was written."
        assert end("apply", "--auto-approve") == [
            "Applied: 226 created, 87 updated; 16 adopted.",
            "Verified, but for what can't be read back: attendance_upload.interval of 1 terminal,",
            "attendance_upload.url of 1 terminal.",
        ]
        assert end("plan") == [
            "What can't be read is taken to be as last applied: attendance_upload.interval of 1 terminal,",
            "attendance_upload.url of 1 terminal.",
            "No changes. The targets hold what the files say, but for what can't be read; 329 unchanged.",
        ]
        before = terminals["lis-hall"].dump()
        terminals["lis-hall"].factory_reset(uid="0123456789abcdef")
        assert end("apply", "--auto-approve")[-1] == verified
        volatile = {"device_uid", "clock_offset", "locked_at"}
        after = terminals["lis-hall"].dump()
        assert {name for name in before if before[name] != after[name]} <= volatile
    assert terminals.errors == []
    assert terminals.record.violations() == []


def test_the_company_on_three_systems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Time servers, a CVSecurity server and two terminals, by one plan; the next one is empty."""
    root = tmp_path / "acme"
    shutil.copytree(ROOT / "examples/acme", root, ignore=shutil.ignore_patterns(".reconciler"))
    config = read(root / "simulator.yaml")
    secrets = {"LISBON_PASSWORD": "demo-lisbon", "PORTO_PASSWORD": "demo-porto", "BRAGA_PASSWORD": "demo-braga"}
    with ExitStack() as stack:
        for each in config:
            if isinstance(each, ServerConfig):
                server = stack.enter_context(msgspec.structs.replace(each, port=0).server())
                move(root / "reconciler.yaml", f"http://127.0.0.1:{each.port}", server.url)
        terminals = stack.enter_context(Terminals())
        for row in yaml.safe_load((root / "simulator.yaml").read_text("utf-8"))["terminals"]:
            port = row.pop("port")
            terminal = terminals.add(**row)
            move(root / "org/terminals.yaml", f"http://{row['address']}:{port}", terminal.url)

        def end(*arguments: str) -> list[str]:
            ran = run("-C", str(root), *arguments, environment={**secrets, "GATE_TOKEN": "demo-gate"})
            assert ran.status == 0, ran
            return ran.out.rpartition("\n\n")[2].splitlines()

        assert end("apply", "--auto-approve") == [
            "Applied: 687 created, 6 updated; 5 adopted.",
            "Verified, but for what can't be read back: cvsecurity.area of 1 access level, cvsecurity.doors of 1",
            "access level, cvsecurity.time_segment of 1 access level, areas of 94 employees, attendance.enabled",
            "of 3 employees, elevator_levels of 17 employees, entrance_levels of 58 employees, privilege of 23",
            "employees.",
        ]
        *believed, last = end("plan")
        assert " ".join(believed) == (
            "What can't be read is taken to be as last applied: cvsecurity.area of 1 access level, cvsecurity.doors of "
            "1 access level, cvsecurity.time_segment of 1 access level, areas of 94 employees, attendance.enabled of 3 "
            "employees, elevator_levels of 75 employees, entrance_levels of 75 employees, privilege of 23 employees."
        )
        assert last == "No changes. The targets hold what the files say, but for what can't be read; 698 unchanged."


def move(path: Path, old: str, new: str) -> None:
    """What is said to be at one address is at another."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
