"""What only a process of its own shows: terminals, signals, pipes that break, the simulator."""

import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from command_line import Project, run, start

from reconciler.simulator import Fault

TIMEOUT = 30


def on_terminal(*arguments: str, typed: str = "", environment: dict[str, str] | None = None) -> tuple[int, str]:
    """The exit status, and what a person at a terminal sees."""
    ours, theirs = pty.openpty()
    process = start(*arguments, environment=environment or {}, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    os.write(ours, typed.encode())
    shown = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # the other side is closed
            break
        if not part:
            break
        shown += part
    os.close(ours)
    return process.wait(TIMEOUT), shown.decode()


def test_a_terminal_has_colours_and_answers(project: Project) -> None:
    status, shown = on_terminal("-C", str(project.root), "apply", typed="yes\n")
    assert status == 0
    assert "\x1b[32m+\x1b[0m" in shown
    assert "Apply these changes? Only yes applies them: " in shown
    assert "Verified" in shown


@pytest.mark.parametrize(
    ("options", "environment"), [(("--no-color",), {}), ((), {"NO_COLOR": "1"})], ids=["--no-color", "NO_COLOR"]
)
def test_colours_can_be_had_off(project: Project, options: tuple[str, ...], environment: dict[str, str]) -> None:
    status, shown = on_terminal(*options, "-C", str(project.root), "validate", environment=environment)
    assert (status, shown) == (0, "The files are valid: 2 departments, 1 area and 2 employees.\r\n")
    for command in (("validate",), ("plan",), ("apply", "--auto-approve")):
        _, shown = on_terminal(*options, "-C", str(project.root), *command, environment=environment)
        assert re.search(r"\x1b\[[0-9;]+m", shown) is None
    _, shown = on_terminal(*options, "-C", project.path("nowhere"), "validate", environment=environment)
    assert "\x1b[" not in shown


def test_bars_do_not_mix_with_a_log(project: Project) -> None:
    _, shown = on_terminal("-v", "-C", str(project.root), "plan")
    assert "GET /personnel/api/areas/: 200" in shown
    assert "reading" not in shown


@pytest.mark.parametrize("command", [("plan",), ("plan", "--json"), ("export", "hq")])
def test_a_pipe_that_breaks_is_no_traceback(project: Project, command: tuple[str, ...]) -> None:
    process = start("-C", str(project.root), *command)
    assert process.stdout is not None
    process.stdout.close()
    _, err = process.communicate(timeout=TIMEOUT)
    assert (process.returncode, err) == (1, b"")


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_question_applies_nothing(project: Project, number: signal.Signals, status: int) -> None:
    ours, theirs = pty.openpty()
    process = start("-C", str(project.root), "apply", stdin=theirs)
    assert process.stderr is not None
    asked = b""
    while not asked.endswith(b": "):
        asked += process.stderr.read(1)
    process.send_signal(number)
    _, err = process.communicate(timeout=TIMEOUT)
    os.close(ours)
    os.close(theirs)
    assert (process.returncode, err.strip()) == (status, b"Interrupted.")
    assert project.server.calls("POST", "/personnel/*") == 0
    assert project.run("state", "unlock").out == "There is no lock.\n"


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_plan_that_is_interrupted_ends_at_once(project: Project, number: signal.Signals, status: int) -> None:
    project.server.faults.add(Fault(effect="hang", path="/employees/", seconds=TIMEOUT))
    process = start("-v", "-C", str(project.root), "plan")
    assert process.stderr is not None
    for line in process.stderr:
        if b"/positions/" in line:  # the next call hangs
            break
    process.send_signal(number)
    out, err = process.communicate(timeout=TIMEOUT)
    assert (process.returncode, out, err.splitlines()[-1:]) == (status, b"", [b"Interrupted."])


# A lock whose holder died

DIES = """\
import os, sys
from pathlib import Path
from reconciler.state.lock import hold
with hold(Path(sys.argv[1]), "the state", "apply", "run 17"):
    os._exit(0)
"""


@pytest.fixture
def abandoned(project: Project) -> Project:
    project.apply()
    lock = project.path(".reconciler/state.json.lock")
    subprocess.run([sys.executable, "-c", DIES, lock], check=True)
    assert Path(lock).exists()
    return project


def test_state_unlock_removes_the_lock_of_a_dead_holder(abandoned: Project) -> None:
    ran = abandoned.run("state", "unlock")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("Removed the lock of ")
    assert abandoned.run("state", "unlock").out == "There is no lock.\n"


def test_an_apply_takes_the_lock_of_a_dead_holder_over_with_a_warning(abandoned: Project) -> None:
    ran = abandoned.run("apply", "--auto-approve", "--json")
    assert (ran.status, ran.codes()) == (0, ["RC0805"])
    subprocess.run([sys.executable, "-c", DIES, abandoned.path(".reconciler/state.json.lock")], check=True)
    ran = abandoned.run("apply", "--auto-approve")
    assert (ran.status, ran.out) == (0, "No changes. The targets hold what the files say; 5 unchanged.\n")
    assert ran.err.startswith("Warning: The lock was taken over (RC0805)\n")


# simulate

SERVERS = """\
servers:
  - {name: one, profile: biotime-8.5, data: one.json}
  - {name: two, profile: zkbiotime, seed: {areas: [{code: X, name: Seeded}]}}
"""


def simulate(folder: Path) -> tuple["subprocess.Popen[bytes]", dict[str, str]]:
    """The running process, and the servers' addresses by name."""
    (folder / "servers.yaml").write_text(SERVERS)
    process = start("simulate", str(folder / "servers.yaml"))
    assert process.stdout is not None
    lines = [process.stdout.readline().decode().split() for _ in range(2)]
    assert [words[:2] for words in lines] == [["one", "(biotime-8.5):"], ["two", "(zkbiotime):"]]
    return process, {words[0]: words[2] for words in lines}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_simulate_prints_addresses_serves_keeps_its_data_and_ends(tmp_path: Path, number: signal.Signals) -> None:
    process, urls = simulate(tmp_path)
    project = tmp_path / "project"
    project.mkdir()
    (project / "reconciler.yaml").write_text(
        "version: 1\nproject: p\ntargets:\n  one:\n    system: biotime\n"
        f"    url: {urls['one']}\n    auth: {{username: admin, password: {{env: ADMIN}}}}\n"
    )
    (project / "org.yaml").write_text("areas:\n  - {code: A1, name: Kept}\n")
    assert run("-C", str(project), "apply", "--auto-approve", environment={"ADMIN": "admin"}).status == 0
    process.send_signal(number)
    _, err = process.communicate(timeout=TIMEOUT)
    assert (process.returncode, err) == (0, b"")
    kept = msgspec.json.decode((tmp_path / "one.json").read_bytes())
    assert "Kept" in [row.get("area_name") for row in kept["tables"]["areas"]]


def test_simulate_says_what_is_wrong_with_its_file(tmp_path: Path) -> None:
    path = tmp_path / "servers.yaml"
    path.write_text("servers:\n  - {name: one, profile: biotime-85}\n")
    ran = run("simulate", str(path))
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.startswith(f"Error: {path}:2: ")
