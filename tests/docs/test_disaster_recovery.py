"""docs/disaster-recovery.md is what happens. To write it anew: `RECONCILER_WRITE_GOLDEN=1 pytest tests/docs`, then read
every difference as somebody who has lost a server would."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest
from command_line import run, serving
from sessions import SESSION, played

from reconciler.simulator import Server, Terminals
from reconciler.state.holder import now, this_process
from reconciler.state.lock import hold

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs/disaster-recovery.md"
ADDRESS, PLACE = "http://127.0.0.1:18081", "http://192.168.0.5"
SECRETS = {"OFFICE_PASSWORD": "demo-office", "LOBBY_KEY": "k3yOfTheLobby"}
LOBBY = """\
departments:
  - {code: OPS, name: Operations}
areas:
  - {code: DOOR, name: Front door}
access_levels:
  - {name: Office hours, week: {mon-fri: "08:00-18:00"}}
employees:
  - {code: 007, first_name: Ana, last_name: Silva, department: OPS, areas: [DOOR], access_levels: [Office hours]}
devices:
  - name: lobby
    url: URL
    area: DOOR
    settings: {volume: 4, clock: {timezone: UTC}, security: {api_key: {env: LOBBY_KEY}}}
"""
DIES = """\
import os, sys
from pathlib import Path
from reconciler.state.lock import hold
with hold(Path(sys.argv[1]), "the state", "apply", ""):
    os._exit(0)
"""
LOCK = Path(".reconciler/state.json.lock")
VOLATILE = (
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "2026-04-01T08:00:00Z"),
    (r"(?m)^(  clock +).*$", r"\g<1>right to the second in UTC"),
)
LOCKED = re.compile(r"(?s)is locked by apply of .*?free\s+at\s+once\.")
REFUSED = """\
is locked by apply of ana@laptop since 2026-04-01T08:00:00Z (process 4711 on
  laptop, …). Nothing was changed. Wait until it is done and run the command again. If it hangs,
  end that process: the lock is free at once."""

Step = Callable[[], object]


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ExitStack]:
    """A place to work in, and what is to be closed at the end."""
    monkeypatch.chdir(tmp_path)
    with ExitStack() as stack:
        yield stack


def applied() -> None:
    ran = run("apply", "--auto-approve", environment=SECRETS)
    assert ran.status == 0, ran


def started(stack: ExitStack) -> tuple[Server, dict[str, object]]:
    """The server of examples/minimal, which has all that the files say; and what it had when it was new."""
    shutil.copytree(ROOT / "examples/minimal", ".", ignore=shutil.ignore_patterns(".reconciler"), dirs_exist_ok=True)
    server = stack.enter_context(serving(password="demo-office"))
    text = Path("reconciler.yaml").read_text("utf-8")
    assert ADDRESS in text
    Path("reconciler.yaml").write_text(text.replace(ADDRESS, server.url), "utf-8")
    empty = server.dump()
    applied()
    return server, empty


def chapter(title: str) -> str:
    [found] = re.findall(rf"(?ms)^## {title}\n.*?(?=^## |\Z)", DOCUMENT.read_text("utf-8"))
    return str(found)


def check(title: str, shown: dict[str, str], before: Mapping[int, Step] = {}, statuses: tuple[int, ...] = ()) -> None:
    """Plays a chapter's sessions. `before` has what happens before the one of that number."""
    text, number = chapter(title), iter(range(100))

    def again(found: re.Match[str]) -> str:
        before.get(next(number), lambda: None)()
        said = played(found[0], SECRETS, shown, statuses)
        for pattern, fixed in VOLATILE:
            said = re.sub(pattern, fixed, said)
        return LOCKED.sub(REFUSED, said)

    played_now = SESSION.sub(again, text)
    if os.environ.get("RECONCILER_WRITE_GOLDEN"):
        DOCUMENT.write_text(DOCUMENT.read_text("utf-8").replace(text, played_now), "utf-8")
        text = played_now
    assert played_now == text


def test_a_server_is_lost(office: ExitStack) -> None:
    server, empty = started(office)
    check("A server is lost", {server.url: ADDRESS}, {0: lambda: server.load(empty)})


def test_a_terminal_is_lost(office: ExitStack) -> None:
    terminals = office.enter_context(Terminals())
    lobby = terminals.add("lobby", uid="4b5dc076e7b9c122")
    Path("reconciler.yaml").write_text("version: 1\nproject: lobby\n", "utf-8")
    Path("organisation.yaml").write_text(LOBBY.replace("URL", lobby.url), "utf-8")
    applied()
    check("A terminal is lost", {lobby.url: PLACE}, {0: lambda: lobby.factory_reset(uid="0123456789abcdef")})
    assert terminals.record.violations() == []


def test_the_state_is_lost(office: ExitStack) -> None:
    server, _ = started(office)
    text = Path("organisation.yaml").read_text("utf-8")
    Path("organisation.yaml").write_text(text.replace("Silva", "Sousa"), "utf-8")
    applied()  # so that the backup, from before the last run, is of use
    check("The state is lost", {server.url: ADDRESS})


def test_what_left_the_files_while_the_state_was_lost_stays_and_no_plan_names_it(office: ExitStack) -> None:
    started(office)
    Path(".reconciler/state.json").unlink()
    text = Path("organisation.yaml").read_text("utf-8")
    Path("organisation.yaml").write_text(text.partition("employees:")[0], "utf-8")
    ran = run("plan", environment=SECRETS)
    assert (ran.status, "007" in ran.out + ran.err) == (0, False)


def test_a_damaged_state_is_refused_and_can_be_replaced(office: ExitStack) -> None:
    started(office)
    backup = Path(".reconciler/state.json").read_text("utf-8")
    Path("good.json").write_text(backup, "utf-8")
    Path(".reconciler/state.json").write_text(backup[:40], "utf-8")
    ran = run("plan", environment=SECRETS)
    assert (ran.status, "RC0801" in ran.err) == (1, True)
    assert run("state", "push", "--force", "good.json").status == 0
    assert run("plan", environment=SECRETS).out == ("No changes. The targets hold what the files say; 4 unchanged.\n")


def test_the_key_is_lost(office: ExitStack) -> None:
    server, _ = started(office)
    check("The key is lost", {server.url: ADDRESS})


def test_a_lock_is_stuck(office: ExitStack) -> None:
    server, _ = started(office)

    def killed() -> None:
        subprocess.run([sys.executable, "-c", DIES, str(LOCK)], check=True)

    def held() -> None:
        office.enter_context(hold(LOCK, "the state", "apply", ""))

    check(
        "A lock is stuck",
        {server.url: ADDRESS, this_process("apply", "", now()).who: "ana@laptop"},
        {0: killed, 1: held},
        statuses=(6,),
    )


def test_a_wrong_change_was_applied(office: ExitStack, monkeypatch: pytest.MonkeyPatch) -> None:
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Ana")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "ana@acme.example")
    server, _ = started(office)

    def git(*arguments: str) -> None:
        subprocess.run(["git", *arguments], check=True, capture_output=True)

    git("init")
    git("add", "organisation.yaml")
    git("commit", "-m", "The company")
    text = Path("organisation.yaml").read_text("utf-8")
    Path("organisation.yaml").write_text(text.partition("employees:")[0], "utf-8")
    git("commit", "-am", "Clean up")
    check("A wrong change was applied", {server.url: ADDRESS})
    assert Path("organisation.yaml").read_text("utf-8") == text
