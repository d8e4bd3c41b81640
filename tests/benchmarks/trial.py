"""A new user's day, timed: from a folder with `reconciler.yaml` alone against a full server to files in Git, a change
by a branch, and the server lost and replaced by an empty one.

Each step is a process, as it is in a shell; what it says goes to standard error. What ends otherwise than it should, a
plan that should be empty and is not, or a loss that docs/disaster-recovery.md does not name ends the trial."""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.benchmarks.fleet import write_fleet
from tests.benchmarks.measure import RECONCILER
from tests.benchmarks.trial_compare import lost_members

EVERY = 100  # one employee of so many is changed
CONSENT = re.compile(r"--allow-(?:deletes|changes) \d+")
SERVERS = {
    "biotime-8.5": "system: biotime, url: {url}, auth: {{username: admin, password: {{env: TRIAL_PASSWORD}}}}",
    "cvsecurity-1.2": "system: cvsecurity, url: {url}, auth: {{access_token: {{env: TRIAL_PASSWORD}}}}",
}
PROJECT = 'version: 1\nproject: trial\nresources: ["org/**/*.yaml"]\n'
ENVIRONMENT = {
    **os.environ,
    "TRIAL_PASSWORD": "benchmark",
    "GIT_CONFIG_GLOBAL": os.devnull,
    **{f"GIT_{role}_{what}": "trial@acme.example" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
}
LOST = {
    "biotime-8.5": ["employees.card_no", "employees.device_password"],
    "cvsecurity-1.2": ["persons.attendance_areas", "persons.cardNo", "persons.elevator_levels", "persons.personPwd"],
    "terminals": ["users.card"],
}
"""What does not come back: masked, or not told by the server, and so in no file."""


class Trial:
    """A folder, and what each step there took."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.steps: dict[str, dict[str, float]] = {}
        self.consents: list[str] = []

    def run(self, step: str, *words: str, statuses: tuple[int, ...] = (0,)) -> tuple[int, str]:
        """Runs the program; gives the exit status and all that it said."""
        print(f"\n$ reconciler {' '.join(words)}", file=sys.stderr, flush=True)
        status, said = self._measured(step, [*RECONCILER, *words])
        print(f"{said}[exit {status}]", file=sys.stderr, flush=True)
        if status not in statuses:
            raise SystemExit(f"{step}: reconciler {' '.join(words)} ended with {status}.")
        return status, said

    def nothing_to_do(self, step: str) -> None:
        """A plan, which must be empty."""
        _, said = self.run(step, "plan", "--detailed-exitcode")
        if not said.splitlines()[-1].startswith("No changes. "):
            raise SystemExit(f"{step}: the plan is not empty.")

    def consenting(self, step: str, *words: str) -> None:
        """A run that may be refused by a limit: then again, with the consent that it asks for."""
        status, said = self.run(step, *words, statuses=(0, 3))
        if status == 3:
            flags = CONSENT.findall(said)
            self.consents += flags
            self.run(f"{step}, consented", *words, *" ".join(flags).split())

    def git(self, step: str, *words: str) -> None:
        status, said = self._measured(step, ["git", *words])
        if status != 0:
            raise SystemExit(f"git {' '.join(words)}: {said}")

    def _measured(self, step: str, command: list[str]) -> tuple[int, str]:
        started = time.perf_counter()
        with tempfile.TemporaryFile() as said:
            child = subprocess.Popen(command, cwd=self.folder, env=ENVIRONMENT, stdout=said, stderr=said)
            _, status, usage = os.wait4(child.pid, 0)
            seconds = time.perf_counter() - started
            child.returncode = os.waitstatus_to_exitcode(status)
            said.seek(0)
            text = said.read().decode()
        cpu, memory = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
        self.steps[step] = {"seconds": round(seconds, 2), "cpu": round(cpu, 2), "memory_mib": round(memory)}
        return child.returncode, text


class Simulated:
    """The server's process."""

    def __init__(self, process: "subprocess.Popen[str]", folder: Path) -> None:
        self._process = process
        self._folder = folder
        self.url = self._line()
        self.port = int(self.url.rpartition(":")[2])

    def dump(self) -> Any:
        """All that it holds."""
        assert self._process.stdin is not None
        path = self._folder / "dump.json"
        print(path, file=self._process.stdin, flush=True)
        self._line()
        return json.loads(path.read_bytes())

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


@contextmanager
def simulated(folder: Path, profile: str, content: str, number: int, port: int = 0) -> Iterator[Simulated]:
    command = [sys.executable, "-m", "tests.benchmarks.trial_server", profile, str(port), content, str(number)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield Simulated(process, folder)
    finally:
        process.terminate()
        process.wait()


def trial(profile: str, number: int) -> dict[str, object]:
    """`number` employees on a server of this profile, or `number` terminals."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "project").mkdir()
        day = Trial(folder / "project")
        with simulated(folder, profile, "full", number) as server:
            if profile == "terminals":
                _hang_up(folder / "before", number, server.port)
            enter(day, profile, server.url, folder / "before")
            changed = change(day)
            before = server.dump()
        with simulated(folder, profile, "site" if profile.startswith("cv") else "empty", number, server.port) as new:
            rebuild(day)
            lost = lost_members(profile, before, new.dump())
    if sorted(lost) != LOST[profile]:
        raise SystemExit(f"After the replacement there differ: {lost}, and not just {LOST[profile]}.")
    return {"steps": day.steps, "employees_changed": changed, "consents": day.consents, "not_back": lost}


def _hang_up(before: Path, number: int, port: int) -> None:
    """Fills the terminals from another project, of which the entries alone are kept: name, url and area."""
    before.mkdir()
    write_fleet(before, number, port)
    subprocess.run([*RECONCILER, "apply", "--auto-approve"], cwd=before, check=True, stdout=subprocess.DEVNULL)


def enter(day: Trial, profile: str, url: str, before: Path) -> None:
    """From a folder with what has to be written by hand to files in Git."""
    if profile == "terminals":
        text = (before / "org/fleet.yaml").read_text("utf-8").partition("employees:")[0]
        (day.folder / "entries.yaml").write_text(text.replace(", profile: door", ""))
        (day.folder / "reconciler.yaml").write_text("version: 1\nproject: trial\n")
        day.run("init", "init")
        day.run("export", "export", "--out", "org")
        (day.folder / "entries.yaml").unlink()
    else:
        target = SERVERS[profile].format(url=url)
        (day.folder / "reconciler.yaml").write_text(f"{PROJECT}targets:\n  hq: {{{target}}}\n")
        day.run("init --from", "init", "--from", "hq")
    day.run("validate", "validate")
    day.nothing_to_do("plan of the export")
    day.git("git init", "init", "-q", "-b", "main")
    day.git("git add", "add", ".")
    day.git("git commit", "commit", "-qm", "As it is")


def change(day: Trial) -> int:
    """A change of one employee in a hundred, by a branch. Gives how many there are."""
    day.git("git branch", "switch", "-qc", "change")
    changed = _edit(day.folder / "org")
    day.git("git commit of the change", "commit", "-qam", "New names")
    day.run("plan of the change", "plan", "--out", "the.plan", "--report", "plan.md")
    size = (day.folder / "plan.md").stat().st_size
    if size >= 65_536:
        raise SystemExit(f"The report has {size} bytes.")
    day.git("git switch", "switch", "-q", "main")
    day.git("git merge", "merge", "-q", "--no-ff", "-m", "Merge", "change")
    day.run("apply of the saved plan", "apply", "--auto-approve", "the.plan")
    day.nothing_to_do("plan after the change")
    return changed


def _edit(org: Path) -> int:
    """Another name for one employee of so many, in the files as `export` wrote them."""
    seen = changed = 0
    for path in sorted(each for each in org.rglob("*.yaml") if "employees" in str(each.relative_to(org))):
        lines = path.read_text("utf-8").splitlines(keepends=True)
        for number, line in enumerate(lines):
            if found := re.match(r"  (last_name|nickname): ", line):
                seen += 1
                if seen % EVERY == 1:
                    changed += 1
                    lines[number] = f"{found[0]}Sousa {changed}\n"
        path.write_text("".join(lines), "utf-8")
    return changed


def rebuild(day: Trial) -> None:
    """The server is lost. An empty one answers in its place."""
    day.consenting("plan of the loss", "plan")
    day.consenting("apply to the new one", "apply", "--auto-approve")
    day.nothing_to_do("plan after the loss")


def trials(employees: int, terminals: int) -> dict[str, object]:
    """So many employees on a BioTime and on a CVSecurity server, and so many terminals, one after the other."""
    sizes = {"biotime-8.5": employees, "cvsecurity-1.2": employees, "terminals": terminals}
    return {profile: trial(profile, size) for profile, size in sizes.items()}
