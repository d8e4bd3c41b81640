"""export of a terminal: the files by which it enters Git."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from command_line import Ran, run

from reconciler.simulator import Terminal, Terminals
from reconciler.simulator.device.state import Access, Department, Roster, raw

KEY = "demo4711"
BARE = "version: 1\nproject: doors\ndefaults: {retries: 0}\n"
ENTRY = """\
areas: [{{code: HQ, name: Headquarters}}]
devices:
  - {{name: lobby-1, url: "{url}", area: HQ, api_key: {{env: OLD_KEY}}}}
"""
FULL = """\
areas: [{{code: HQ, name: Headquarters}}]
departments:
  - {{code: "10", name: Operations, roster: {{mon-fri: day, sat: half, sun: holiday}}}}
shifts:
  - {{name: day, periods: ["09:00-12:00", "13:00-18:00"]}}
  - {{name: half, periods: ["09:00-12:00"], slot: 7}}
access_levels:
  - {{name: Office, week: {{mon-fri: "08:00-18:00"}}}}
  - {{name: Saturdays, week: {{sat: ["09:00-12:00", "13:00-15:00"]}}}}
  - {{name: Nights, week: {{fri: "22:00-06:00"}}}}
employees:
  - code: 007
    nickname: Ana
    department: "10"
    areas: [HQ]
    card: "4712"
    device_password: {{env: PIN}}
    privilege: admin
    access_levels: [Office, Saturdays]
    valid: {{from: 2026-01-01, until: 2099-06-30T12:00:00}}
    roster: {{from: 2099-01-01, cycle: [day, half, holiday]}}
  - {{code: "8", nickname: "no", department: "10", areas: [HQ], access_levels: [Nights]}}
  - {{code: "9", nickname: Cem, department: "10", areas: [HQ], access_levels: []}}
devices:
  - name: lobby-1
    url: "{url}"
    area: HQ
    settings:
      device_id: 17
      volume: 9
      reverify_minutes: 5
      verify_mode: face+card
      local_editing: false
      face: {{liveness: false, threshold: high, multiple: true}}
      clock: {{timezone: Europe/Berlin}}
      bells:
        - {{at: "08:00", days: mon-fri, ring: 30s, output: both}}
        - {{at: "12:00", days: [mon, wed], ring: 5s, output: inside}}
      shift_mode: department
      tolerance: {{morning_in: 1, morning_out: 2, afternoon_in: 3, afternoon_out: 4}}
      access: {{tamper_alarm: true, verify_count: 2, unlock_seconds: 7, wiegand: "34"}}
      network:
        wifi: {{dhcp: true, access_points: [{{ssid: office, key: {{env: WIFI}}}}]}}
      security: {{api_key: {{env: KEY}}}}
      attendance_upload: {{url: "http://upload.example/x", interval: 30s}}
"""
ODD = f"""
departments Company, Sales: the roster has numbers that are no shifts there. `roster` is left out, and so not managed.
`security` can't be read from a terminal. It is left out, and stays as it is.
Terminals know no time zone. `clock` is left out, and so never set: write it if it is to be right.
Attendance records are uploaded, and where to can't be read. `attendance_upload` is left out, and stays as it is.
device lobby-1: settings.access.verify_count is 999 on the target, which has no form in the language. It is left out,
and so not managed.
1 device has a settings.network.wifi.access_points key on the target. It is left out, and so not managed: to manage it,
write `key: {{table: NAME}}` and declare the table of secrets in reconciler.yaml.
employee 007: when the day templates open is not known. `access_levels` is left out, and so not managed.
employee 007: the roster has numbers that are no shifts there. `roster` is left out, and so not managed.
employees 8, 9: the roster is over. `roster` is left out, and so not managed.
employee 007: nickname is {"N" * 26} on the target, which is longer than 25 characters. It is left out, and so not
managed.
employee {"1" * 21} is left out: it has a code which is longer than 20 characters.
1 employee has a card on the target. It is left out, and so not managed: to manage it, write `card: {{table: NAME}}`
and declare the table of secrets in reconciler.yaml.
1 employee has a device_password on the target. It is left out, and so not managed: to manage it, write
`device_password: {{table: NAME}}` and declare the table of secrets in reconciler.yaml.
slot 3: the terminal's periods are no shift. They are left out, and stay.
"""
"""What is told of the odd terminal, from all files."""

SECRETS = {"KEY": KEY, "OLD_KEY": KEY, "PIN": "2468", "WIFI": "wifi-key-of-tests"}
HARDWARE = {"access_control": True, "card": True}


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    with Terminals() as terminals:
        yield terminals.add("lobby-1", capabilities=HARDWARE)
    assert terminals.errors == []
    assert terminals.record.violations() == []


def reconciler(root: Path, *arguments: str) -> Ran:
    return run("-C", str(root), *arguments, environment=SECRETS)


def write(root: Path, objects: str) -> Path:
    root.mkdir()
    (root / "reconciler.yaml").write_text(BARE, "utf-8")
    (root / "objects.yaml").write_text(objects, "utf-8")
    return root


@pytest.fixture
def full(terminal: Terminal, tmp_path: Path) -> Path:
    """A project in which everything is set, applied."""
    root = write(tmp_path / "full", FULL.format(url=terminal.url))
    ran = reconciler(root, "apply", "--auto-approve")
    assert ran.status == 0, ran
    return root


@pytest.fixture
def bare(terminal: Terminal, tmp_path: Path) -> Path:
    """A project that knows nothing but where the terminal is."""
    return write(tmp_path / "bare", ENTRY.format(url=terminal.url))


def as_written(text: str) -> dict[str, Any]:
    """The lists of a file, every scalar as the text that stands there."""
    found: dict[str, Any] = yaml.load(text, yaml.BaseLoader)
    return found


def exported(root: Path, to: Path) -> dict[str, Any]:
    """What an export writes into a new project, by the names of the lists."""
    to.mkdir()
    (to / "reconciler.yaml").write_text(BARE, "utf-8")
    ran = reconciler(root, "export", "lobby-1", "--out", str(to / "org"))
    assert (ran.status, ran.out) == (0, ""), ran
    found: dict[str, Any] = {}
    for path in sorted((to / "org").iterdir()):
        text = path.read_text("utf-8")
        assert not any(secret in text for secret in {*SECRETS.values(), "4712"})
        found |= as_written(text)
        assert path.stem in found
    return found


def adopted(root: Path) -> list[str]:
    """What a plan of these files adopts; it does nothing else, and has nothing to complain of."""
    ran = reconciler(root, "plan", "--json")
    assert (ran.status, ran.document["diagnostics"]) == (0, []), ran
    rows = ran.document["resource_changes"]
    assert {(*row["change"]["actions"], row["action_reason"]) for row in rows} == {("no-op", "adopt")}
    return [row["address"] for row in rows]


def test_its_own_project_gives_all_names_back(full: Path, tmp_path: Path) -> None:
    """What can't be read is left out: the clock's zone, security, the upload; and what is masked. The key that opens it
    now stands in its entry, by the reference that the project has to it."""
    wanted = as_written((full / "objects.yaml").read_text("utf-8"))
    ana, ben, cem = wanted["employees"]
    del ana["card"], ana["device_password"]
    for each in (ben, cem):
        each["privilege"] = "user"
    wanted["shifts"] = [{**each, "slot": slot} for each, slot in zip(wanted["shifts"], "17", strict=True)]
    wanted["departments"].append({"code": "Company", "name": "Company"})
    wanted["access_levels"] = sorted(wanted["access_levels"], key=lambda each: str(each["name"]))
    wanted["devices"][0]["api_key"] = {"env": "KEY"}
    settings = wanted["devices"][0]["settings"]
    del settings["clock"], settings["security"], settings["attendance_upload"]
    settings["verify_mode"] = "card+face"
    settings["network"] = {
        "ethernet": {"dhcp": "true"},
        "wifi": {"dhcp": "true", "access_points": [{"ssid": "office"}]},
    }
    assert exported(full, tmp_path / "new") == wanted


def test_a_plan_of_the_files_adopts_all_of_it(full: Path, tmp_path: Path) -> None:
    new = tmp_path / "new"
    exported(full, new)
    people = ("department/Operations", "shift/day", "shift/half", "employee/007", "employee/8", "employee/9")
    settings = (
        "access bells device_id face local_editing reverify_minutes shift_mode tolerance verify_mode volume network"
    )
    assert adopted(new) == [
        f"lobby-1/{name}" for name in (*people, *(f"settings/{setting}" for setting in settings.split()))
    ]


def test_names_are_made_up_where_the_project_has_none(full: Path, bare: Path, tmp_path: Path) -> None:
    """A stranger's shifts, weeks and departments, too; the plan is empty all the same."""
    new = tmp_path / "new"
    found = exported(bare, new)
    assert found["shifts"] == [
        {"name": "Shift 1", "periods": ["09:00-12:00", "13:00-18:00"], "slot": "1"},
        {"name": "Shift 7", "periods": ["09:00-12:00"], "slot": "7"},
    ]
    assert found["access_levels"] == [
        {"name": "Week 1", "week": {"mon-fri": "08:00-18:00", "sat": ["09:00-12:00", "13:00-15:00"]}},
        {"name": "Week 2", "week": {"fri": "22:00-06:00"}},
    ]
    assert [each["access_levels"] for each in found["employees"]] == [["Week 1"], ["Week 2"], []]
    assert found["departments"] == [
        {"code": "Company", "name": "Company"},
        {
            "code": "Operations",
            "name": "Operations",
            "roster": {"mon-fri": "Shift 1", "sat": "Shift 7", "sun": "holiday"},
        },
    ]
    assert len(adopted(new)) == 17


def test_what_the_language_has_no_words_for_is_told_and_left_out(
    full: Path, bare: Path, terminal: Terminal, tmp_path: Path
) -> None:
    with terminal.lock:
        state = terminal.unit.state
        ana = state.users["007"]
        state.users["007"] = msgspec.structs.replace(
            ana, name="N" * 26, roster=Roster("2099-01-01T00:00:00", (9,) * 100), access=Access((0,) * 7)
        )
        state.users["1" * 21] = ana
        state.access = (True, 999, 5, 0)
        state.departments = (*state.departments, Department("Sales", (9,) * 7))
        shifts = msgspec.json.decode(state.shifts)
        shifts[3] = [{"start": "18:00", "end": "09:00"}] * 3
        state.shifts = raw(shifts)
    new = tmp_path / "new"
    found = exported(bare, new)
    assert found["employees"][0] == {
        "code": "007",
        "department": "Operations",
        "areas": ["HQ"],
        "privilege": "admin",
    }
    assert [each["code"] for each in found["employees"]] == ["007", "8", "9"]
    comments = [
        line.removeprefix("#").strip()
        for path in sorted((new / "org").iterdir())
        for line in path.read_text("utf-8").splitlines()[1:]
        if line.startswith("#")
    ]
    assert " ".join(comments) == " ".join(ODD.split())
    assert len(adopted(new)) == 17


def test_without_an_area_there_are_settings_and_shifts_only(full: Path, bare: Path, tmp_path: Path) -> None:
    text = (bare / "objects.yaml").read_text("utf-8")
    (bare / "objects.yaml").write_text(text.replace("area: HQ, ", ""), "utf-8")
    assert sorted(exported(bare, tmp_path / "new")) == ["devices", "shifts"]
    written = (tmp_path / "new/org/devices.yaml").read_text("utf-8")
    assert "# There is no `area`. Write one, and the users and departments are exported too.\n" in written


def test_a_terminal_that_does_not_answer(bare: Path, terminal: Terminal, tmp_path: Path) -> None:
    (bare / "objects.yaml").write_text(ENTRY.format(url="http://127.0.0.1:9"), "utf-8")
    ran = reconciler(bare, "export", "lobby-1", "--out", str(tmp_path / "new"))
    assert (ran.status, ran.out, "RC0501" in ran.err) == (1, "", True)
    assert not (tmp_path / "new").exists()


def test_a_target_that_may_be_in_files_that_are_not_valid(bare: Path) -> None:
    (bare / "objects.yaml").write_text("devices: [{name: lobby-1}]\n", "utf-8")
    ran = reconciler(bare, "export", "lobby-1")
    assert (ran.status, ran.out) == (1, "")
    said = " ".join(ran.err.split())
    assert "objects.yaml:1:11" in said
    assert 'reconciler.yaml has no target "lobby-1", and the files in which it may be a device are not valid.' in said


def test_a_device_that_is_nowhere(bare: Path) -> None:
    ran = reconciler(bare, "export", "loby-1")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.splitlines()[0] == 'Error: There is no target "loby-1" in the project. Did you mean "lobby-1"?'
