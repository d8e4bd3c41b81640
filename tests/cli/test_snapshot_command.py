"""`snapshot`, `plan --live` and `snapshot --diff`: what a target had, kept in a file."""

import socket
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from command_line import PASSWORD, PROJECT, Project, Ran, serving
from stories import DOORS, GATE

from reconciler.simulator import Server, Terminals

NO_KEY = (
    "The key of the snapshot's digests is not at hand. So masked values, and those that targets do not show, are not "
    "compared: whether they differ is not in this plan. With the key (RECONCILER_KEY, or .reconciler/key) they are, "
    "and it is known why a value differs."
)
FORGOTTEN = (
    "What earlier applies wrote is not known with this snapshot: {}. So no object counts as ours: what has left the "
    "files is not deleted in this plan, and what differs counts as asked for by the files."
)


@pytest.fixture
def kept(applied: Project) -> str:
    """A snapshot of an applied project, in which Ana has a card."""
    applied.replace("org.yaml", "first_name: Ana,", 'first_name: Ana, card: "4711",')
    applied.apply()
    return snapshot(applied, "kept.json")


def snapshot(project: Project, name: str, *targets: str) -> str:
    path = project.path(name)
    ran = project.run("snapshot", *targets, "--out", path)
    assert (ran.status, ran.out) == (0, "")
    assert ran.err.endswith(f"The snapshot is in {path}. It names people, and holds no secret.\n")
    return path


def changes(ran: Ran) -> list[tuple[str, str]]:
    return [(each["address"], each["action_reason"]) for each in ran.document["resource_changes"]]


def told(ran: Ran) -> list[tuple[str, str]]:
    return [(each["code"], each["detail"]) for each in ran.document["diagnostics"]]


def comparable(ran: Ran) -> object:
    """A plan without what has to differ between one on a snapshot and one on the server."""
    document = ran.document
    for each in document["resource_changes"]:
        each["reconciler"].pop("live_digest", None)
    parts = ("resource_changes", "resource_drift", "summary", "planned_values", "targets", "diagnostics")
    return [document[name] for name in parts]


def edited(name: str, edit: Callable[[dict[str, Any]], object]) -> None:
    """Changes a snapshot's document."""
    document = msgspec.json.decode(Path(name).read_bytes())
    edit(document)
    Path(name).write_bytes(msgspec.json.encode(document))


def test_it_is_private_and_has_no_secret_and_the_same_bytes_for_the_same_state(applied: Project, kept: str) -> None:
    data = Path(kept).read_bytes()
    assert stat.S_IMODE(Path(kept).stat().st_mode) == 0o600
    assert b"4711" not in data
    assert PASSWORD.encode() not in data
    assert Path(snapshot(applied, "again.json")).read_bytes() == data


def test_a_plan_on_it_is_the_plan_on_the_server(applied: Project, kept: str) -> None:
    lines = (applied.root / "org.yaml").read_text().replace("Headquarters", "Main office").splitlines()
    text = "\n".join(line for line in lines if "Ben" not in line).replace('"4711"', '"4712"')
    applied.write("org.yaml", text + '\n  - {code: "9", first_name: Eva, department: "10", areas: [HQ]}\n')
    on_server = applied.run("plan", "--json")
    on_snapshot = applied.run("plan", "--live", kept, "--json")
    assert changes(on_snapshot) == [
        ("hq/area/HQ", "config"),
        ("hq/employee/007", "config"),
        ("hq/employee/9", "absent"),
        ("hq/employee/1e3", "removed"),
    ]
    assert comparable(on_snapshot) == comparable(on_server)
    assert (on_snapshot.status, on_snapshot.document["applyable"]) == (on_server.status, False)


def test_it_needs_no_server_and_no_secret(applied: Project, kept: str) -> None:
    applied.server.stop()
    applied.replace("reconciler.yaml", "HQ_PASSWORD", "NOT_SET")
    ran = applied.run("plan", "--live", kept, "--detailed-exitcode")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.replace("\n", " ").startswith(f"Planned on the snapshot {kept}: no target was asked how it is now. ")
    assert ran.out.endswith("No changes: the snapshot holds what the files say.\n")


def test_nothing_is_said_to_be_as_the_files_say_that_was_not_compared(applied: Project, kept: str) -> None:
    (applied.root / ".reconciler" / "key").unlink()
    assert applied.run("plan", "--live", kept).out.endswith("No changes in what could be compared.\n")


def test_the_state_is_the_snapshot_s_and_its_backend_is_not_asked(
    applied: Project, kept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a job for a fork: no network, no state, no credentials of either. What is ours is known all the same."""
    (applied.root / ".reconciler" / "state.json").unlink()
    applied.change_row("employees", 2, card_no="4713")
    lines = (applied.root / "org.yaml").read_text().replace("Headquarters", "Main office").splitlines()
    applied.write("org.yaml", "\n".join(line for line in lines if "Ben" not in line))
    connected: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _self, address: connected.append(address))
    with socket.create_server(("127.0.0.1", 0)) as backend:
        backend.setblocking(False)
        url = f"http://127.0.0.1:{backend.getsockname()[1]}/state"
        state = f"state: {{backend: http, address: '{url}', username: ci, password: {{env: NOT_SET}}}}\n"
        applied.write("reconciler.yaml", PROJECT.format(url=applied.server.url) + state)
        on_snapshot = applied.run("plan", "--live", kept, "--json")
        with pytest.raises(BlockingIOError):
            backend.accept()
    assert connected == []
    assert (on_snapshot.status, on_snapshot.codes()) == (0, [])
    assert changes(on_snapshot) == [("hq/area/HQ", "config"), ("hq/employee/1e3", "removed")]


def test_it_remembers_what_was_ours_then(applied: Project, kept: str) -> None:
    applied.run("state", "forget", "hq/employee/1e3")
    later = snapshot(applied, "later.json")
    lines = (applied.root / "org.yaml").read_text().splitlines()
    applied.write("org.yaml", "\n".join(line for line in lines if "Ben" not in line))
    assert changes(applied.run("plan", "--live", kept, "--json")) == [("hq/employee/1e3", "removed")]
    assert changes(applied.run("plan", "--live", later, "--json")) == changes(applied.run("plan", "--json")) == []


def test_one_of_an_earlier_version_remembers_nothing_which_is_said(applied: Project, kept: str) -> None:
    def as_format_1(document: dict[str, Any]) -> None:
        document["reconciler_snapshot"]["format"] = 1
        del document["state"]

    edited(kept, as_format_1)
    applied.write("org.yaml", (applied.root / "org.yaml").read_text().partition("  - {code: 1e3")[0])
    applied.replace("org.yaml", "Headquarters", "Main office")
    ran = applied.run("plan", "--live", kept, "--json", "--exclude", "*/department/*")
    why = "it remembers nothing, since an earlier version made it"
    assert told(ran) == [("RC0810", FORGOTTEN.format(why))]
    assert changes(ran) == [("hq/area/HQ", "config"), ("hq/employee/007", "adopt")]
    drift = applied.run("plan", "--live", kept, "--json", "--drift-only")
    assert (drift.status, told(drift)) == (1, [("RC0809", f"What drifted can't be told with {kept}: {why}.")])


def test_a_state_that_can_not_be_read_makes_no_snapshot(applied: Project) -> None:
    applied.write(".reconciler/state.json", "{")
    ran = applied.run("snapshot", "--out", applied.path("none.json"))
    assert (ran.status, "RC0801" in ran.err, Path(applied.path("none.json")).exists()) == (1, True, False)


def test_drift_is_seen_in_it_also_of_a_secret(applied: Project, kept: str) -> None:
    applied.change_row("employees", 2, card_no="4713")
    later = snapshot(applied, "later.json")
    assert changes(applied.run("plan", "--live", later, "--json")) == [("hq/employee/007", "drift")]
    assert changes(applied.run("plan", "--live", kept, "--json")) == []


def test_without_its_key_secrets_are_not_compared_and_that_is_said(applied: Project, kept: str) -> None:
    (applied.root / ".reconciler" / "key").unlink()
    applied.replace("org.yaml", '"4711"', '"4712", device_password: {env: PIN}')
    applied.replace("org.yaml", "Headquarters", "Main office")
    ran = applied.run("plan", "--live", kept, "--json", environment={"PIN": "1234"})
    assert (ran.status, told(ran)) == (0, [("RC0810", NO_KEY)])
    [area] = ran.document["resource_changes"]
    assert (area["address"], area["action_reason"], area["fields"][0]["cause"]) == ("hq/area/HQ", None, None)
    other = applied.run("plan", "--live", kept, "--json", environment={"RECONCILER_KEY": "another-key-of-the-tests"})
    assert changes(other) == [("hq/area/HQ", None)]
    assert told(other) == [("RC0810", NO_KEY.replace("is not at hand", "is not the one at hand"))]


def test_it_can_not_be_applied(applied: Project, kept: str) -> None:
    ran = applied.run("plan", "--live", kept, "--out", applied.path("saved"))
    assert (ran.status, ran.out) == (1, "")
    assert "A plan on a snapshot can't be applied, so --out does not go with --live: see --report." in ran.err
    applied.replace("org.yaml", "Headquarters", "Main office")
    applied.write("plan.json", applied.run("plan", "--live", kept, "--json").out)
    ran = applied.run("apply", applied.path("plan.json"), "--auto-approve", "--json")
    assert (ran.status, ran.codes()) == (1, ["RC0806"])


def test_what_it_does_not_have_is_unknown(applied: Project, kept: str) -> None:
    edited(kept, lambda document: document["targets"]["hq"]["listings"].pop("employee"))
    ran = applied.run("plan", "--live", kept, "--json")
    assert (ran.status, ran.codes(), ran.document["complete"]) == (1, ["RC0602"], False)


def test_files_of_one_server_on_the_snapshot_of_another(applied: Project, kept: str, tmp_path: Path) -> None:
    with serving() as other:
        second = Project(tmp_path / "second", other)
        second.write("reconciler.yaml", PROJECT.format(url=other.url).replace("hq:", "lab:"))
        second.replace("org.yaml", "Headquarters", "Laboratory")
        ran = second.run("plan", "--live", kept, "--json", "--select", "lab/area/*")
        assert changes(ran) == [("lab/area/HQ", "config")]
        assert told(ran)[0] == ("RC0810", FORGOTTEN.format("it is of the target hq"))
        second.write("reconciler.yaml", PROJECT.format(url=other.url).replace("acme", "beta"))
        second.write("org.yaml", "areas: [{code: HQ, name: Headquarters}]\n")
        ran = second.run("plan", "--live", kept, "--json")
        assert changes(ran) == [("hq/area/HQ", "adopt")]
        assert (ran.codes(), told(ran)[0][1]) == (["RC0810"] * 2, FORGOTTEN.format("it is of the project acme"))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"{", "is not what `reconciler snapshot --out` writes, or it was cut short"),
        (
            b'{"reconciler_snapshot":{"format":3}}',
            "has the format 3, and this version reads up to 2: use the newer one",
        ),
        (b'{"reconciler_snapshot":{"format":1}}', "is damaged (Object missing required field `project`)"),
        (
            b'{"reconciler_snapshot":{"format":2},"project":"","key_id":"","targets":{},"state":{"lineage":"","entries":{"hq":{}}}}',
            "is damaged ('hq' is not an address: write target/kind/key, such as hq/employee/1001)",
        ),
    ],
)
def test_a_file_that_is_no_snapshot(applied: Project, content: bytes, why: str) -> None:
    Path(applied.path("bad")).write_bytes(content)
    ran = applied.run("plan", "--live", applied.path("bad"), "--json")
    assert (ran.status, ran.codes()) == (1, ["RC0809"])
    assert ran.document["diagnostics"][0]["detail"] == (
        f"{applied.path('bad')} {why}. Make a new one with `reconciler snapshot --out`."
    )


# Two snapshots


def test_the_difference_by_object_and_field(applied: Project, kept: str) -> None:
    assert applied.run("snapshot", "--diff", kept, kept) == (0, "No differences.\n", "")
    applied.change_row("employees", 1, mobile="555")
    applied.change_row("employees", 2, card_no="4713")
    applied.change_row("areas", 2, area_name="Lab")
    later = snapshot(applied, "later.json")
    assert applied.run("snapshot", "--diff", kept, later).out == (
        "hq, areas:\n"
        "  ~ HQ\n"
        "      name  Headquarters → Lab\n"
        "\n"
        "hq, employees:\n"
        "  ~ 007\n"
        "      card  (hidden) → (hidden), another value\n"
        "  ~ 1e3\n"
        '      mobile  "912 000 111" → 555\n'
        "\n"
        "0 added, 0 removed, 3 changed.\n"
    )
    document = applied.run("snapshot", "--diff", kept, later, "--json").document
    assert [(each["address"], each["how"], each["fields"]) for each in document["differences"]][1] == (
        "hq/employee/007",
        "changed",
        [{"path": "card", "before": None, "after": None, "before_sensitive": True, "after_sensitive": True}],
    )
    assert document["not_compared"] == {"masked_values": 0, "missing": []}


def test_masked_values_of_different_keys_are_not_compared(applied: Project, kept: str) -> None:
    applied.change_row("employees", 2, card_no="4713")
    (applied.root / ".reconciler" / "key").unlink()
    later = snapshot(applied, "later.json")
    assert applied.run("snapshot", "--diff", kept, later).out == (
        "1 masked value could not be compared: the snapshots were made with different keys.\n"
        "No differences in what could be compared.\n"
    )


def test_snapshots_of_different_targets_have_nothing_to_compare(
    applied: Project, kept: str, doors: tuple[Project, Terminals]
) -> None:
    other = snapshot(doors[0], "lobby.json")
    ran = applied.run("snapshot", "--diff", kept, other)
    assert ran.out.endswith(
        "Nothing was compared: the snapshots have no target in common. A target is compared with itself, by its name.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((), "Say with --out FILE where to keep the snapshot; or compare two with --diff A B."),
        (("hq", "--diff", "a", "b"), "--diff compares two files: give neither targets nor --out."),
        (("hqq", "--out", "x"), 'There is no target "hqq" in the project. Did you mean "hq"?'),
    ],
)
def test_wrong_usage_of_snapshots(project: Project, arguments: tuple[str, ...], why: str) -> None:
    ran = project.run("snapshot", *arguments)
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.startswith(f"Error: {why}")


def test_a_server_that_does_not_answer(applied: Project) -> None:
    applied.server.stop()
    ran = applied.run("snapshot", "--out", applied.path("none.json"))
    assert ran.status == 1
    assert ran.err.endswith("Nothing could be read, so nothing was written.\n")
    assert not Path(applied.path("none.json")).exists()


# Terminals


@pytest.fixture
def doors(project: Project) -> Iterator[tuple[Project, Terminals]]:
    project.write("reconciler.yaml", "version: 1\nproject: doors\ndefaults: {retries: 0}\n")
    with Terminals() as served:
        project.write("org.yaml", DOORS.format(url=served.add("lobby").url))
        project.apply()
        yield project, served


def test_a_terminal_s_snapshot_is_planned_on_and_compared(doors: tuple[Project, Terminals]) -> None:
    project, _ = doors
    before = snapshot(project, "before.json")
    assert all(secret not in Path(before).read_bytes() for secret in (PASSWORD.encode(), b"4711"))
    assert changes(project.run("plan", "--live", before, "--json")) == []
    project.replace("org.yaml", "volume: 7", "volume: 5")
    project.replace("org.yaml", '"08:00-18:00"', '"08:00-17:00"')
    project.replace("org.yaml", "13:00-18:00", "13:00-17:00")
    on_snapshot = project.run("plan", "--live", before, "--json")
    assert comparable(on_snapshot) == comparable(project.run("plan", "--json"))
    project.apply()
    after = snapshot(project, "after.json")
    assert project.run("snapshot", "--diff", before, after).out == (
        "lobby, shifts:\n"
        "  ~ Shift 1\n"
        "      periods  [09:00-12:00, 13:00-18:00] → [09:00-12:00, 13:00-17:00]\n"
        "\n"
        "lobby, employees:\n"
        "  ~ 007\n"
        '      access_levels  ["mon-fri 08:00-18:00"] → ["mon-fri 08:00-17:00"]\n'
        "\n"
        "lobby, settings:\n"
        "  ~ volume\n"
        "      volume  7 → 5\n"
        "\n"
        "0 added, 0 removed, 3 changed.\n"
    )


def test_what_is_to_be_known_before_an_apply_is_told_on_it(doors: tuple[Project, Terminals]) -> None:
    """As on the terminal. What its `api_key` refers to is not looked up, nor how many records wait for their upload."""
    project, _ = doors
    kept = snapshot(project, "kept.json")
    project.replace("org.yaml", "    area: HQ", "    area: HQ\n    api_key: {env: HQ_PASSWORD}")
    project.replace("org.yaml", "volume: 7", "network: {ethernet: {dhcp: false, address: 192.168.0.5/24}}")
    project.replace("org.yaml", "security: {api_key: {env: HQ_PASSWORD}}", "security: {api_key: {env: NEW_KEY}}")
    lines = (project.root / "org.yaml").read_text().splitlines()
    project.write("org.yaml", "\n".join(line for line in lines if "Ben" not in line))
    environment = {"NEW_KEY": "the-next-key"}
    on_terminal = told(project.run("plan", "--json", environment=environment))
    on_snapshot = told(project.run("plan", "--live", kept, "--json", environment=environment))
    opens = "From then on lobby opens with a new API key only. "
    address, (_, key) = on_terminal
    assert address[1].startswith("The address of lobby changes to 192.168.0.5/24, ")
    assert key.startswith(opens + "The device's `api_key` still refers to the old one: ")
    assert on_snapshot[:2] == [
        address,
        ("RC0407", opens + "After the apply the device's `api_key` has to refer to it, if it does not already."),
    ]
    [(_, records)] = on_snapshot[2:]
    assert records.startswith(
        'lobby may have attendance records that are not uploaded yet, and the user "8" is deleted.'
    )


def test_without_its_key_what_a_terminal_does_not_show_is_not_compared(doors: tuple[Project, Terminals]) -> None:
    project, _ = doors
    project.replace("org.yaml", "security: {", "security: {verify_server: true, ")
    project.apply()
    kept = snapshot(project, "kept.json")
    project.replace("org.yaml", "verify_server: true", "verify_server: false")
    assert changes(project.run("plan", "--live", kept, "--json")) == [("lobby/settings/security", "config")]
    (project.root / ".reconciler" / "key").unlink()
    ran = project.run("plan", "--live", kept, "--json")
    assert (changes(ran), told(ran)) == ([], [("RC0810", NO_KEY)])


# CVSecurity

PEOPLE = """\
departments: [{code: "10", name: Ops}]
access_levels: [{name: Lobby}]
employees:
  - {code: "7", first_name: Ana, department: "10", card: "70011", access_levels: [Lobby], device_password: {env: PIN}}
  - {code: "8", first_name: Ben, department: "10", card: "80022", access_levels: [Lobby]}
"""


@pytest.mark.parametrize("profile", ["cvsecurity-1.0", "cvsecurity-1.2"])
def test_a_cvsecurity_server_s_snapshot_is_planned_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, profile: str
) -> None:
    monkeypatch.setenv("PIN", "271828")  # its digest is no device password, and need not be one
    with Server(profile, token=PASSWORD) as server:
        server.seed({"devices": [{"sn": "S1", "name": "C"}], "door_levels": [{"id": "L1", "name": "Lobby"}]})
        project = Project(tmp_path / "gate", server, PEOPLE)
        project.write("reconciler.yaml", GATE.format(url=server.url))
        project.apply()
        kept = snapshot(project, "kept.json")
        assert all(secret not in Path(kept).read_bytes() for secret in (PASSWORD.encode(), b"70011"))
        assert changes(project.run("plan", "--live", kept, "--json")) == []
        swapped = PEOPLE.replace("70011", "x").replace("80022", "70011").replace("x", "80022")
        project.write("org.yaml", swapped.replace("Ben", "Benjamin"))
        on_snapshot = project.run("plan", "--live", kept, "--json")
        assert len(changes(on_snapshot)) == 2
        assert comparable(on_snapshot) == comparable(project.run("plan", "--json"))
        project.write("org.yaml", swapped.replace(", access_levels: [Lobby]", "").replace("access_levels:", "x-none:"))
        on_snapshot = project.run("plan", "--live", kept, "--json")
        assert "Lobby is no longer in the files" in told(on_snapshot)[0][1]
        assert comparable(on_snapshot) == comparable(project.run("plan", "--json"))
