"""`snapshot`, `plan --live` and `snapshot --diff`: what a target had, kept in a file."""

import stat
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from command_line import PASSWORD, PROJECT, Project, Ran, serving
from stories import DOORS

from reconciler.simulator import Server, Terminals

NO_KEY = (
    "1 masked value of employees on hq can't be compared with the snapshot: the key of its digests is not at hand. "
    "Whether they differ is not in this plan."
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


def comparable(ran: Ran) -> object:
    """A plan without what has to differ between one on a snapshot and one on the server."""
    document = ran.document
    for each in document["resource_changes"]:
        each["reconciler"].pop("live_digest", None)
    return [document[name] for name in ("resource_changes", "resource_drift", "summary", "planned_values", "targets")]


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


def test_drift_is_seen_in_it_also_of_a_secret(applied: Project, kept: str) -> None:
    applied.change_row("employees", 2, card_no="4713")
    later = snapshot(applied, "later.json")
    assert changes(applied.run("plan", "--live", later, "--json")) == [("hq/employee/007", "drift")]
    assert changes(applied.run("plan", "--live", kept, "--json")) == []


def test_without_its_key_secrets_are_not_compared_and_that_is_said(applied: Project, kept: str) -> None:
    (applied.root / ".reconciler" / "key").unlink()
    applied.replace("org.yaml", '"4711"', '"4712"')
    ran = applied.run("plan", "--live", kept, "--json")
    assert (ran.status, changes(ran)) == (0, [])
    assert [(each["code"], each["detail"]) for each in ran.document["diagnostics"]] == [
        (
            "RC0810",
            NO_KEY,
        )
    ]


def test_it_can_not_be_applied(applied: Project, kept: str) -> None:
    ran = applied.run("plan", "--live", kept, "--out", applied.path("saved"))
    assert (ran.status, ran.out) == (1, "")
    assert "A plan on a snapshot can't be applied, so --out does not go with --live: see --report." in ran.err
    applied.replace("org.yaml", "Headquarters", "Main office")
    applied.write("plan.json", applied.run("plan", "--live", kept, "--json").out)
    ran = applied.run("apply", applied.path("plan.json"), "--auto-approve", "--json")
    assert (ran.status, ran.codes()) == (1, ["RC0806"])


def test_what_it_does_not_have_is_unknown(applied: Project, kept: str) -> None:
    document = msgspec.json.decode(Path(kept).read_bytes())
    del document["targets"]["hq"]["listings"]["employee"]
    Path(kept).write_bytes(msgspec.json.encode(document))
    ran = applied.run("plan", "--live", kept, "--json")
    assert (ran.status, ran.codes(), ran.document["complete"]) == (1, ["RC0602"], False)


def test_files_of_one_server_on_the_snapshot_of_another(applied: Project, kept: str, tmp_path: Path) -> None:
    with serving() as other:
        second = Project(tmp_path / "second", other)
        second.write("reconciler.yaml", PROJECT.format(url=other.url).replace("hq:", "lab:"))
        second.replace("org.yaml", "Headquarters", "Laboratory")
        assert changes(second.run("plan", "--live", kept, "--json", "--select", "lab/area/*")) == [
            ("lab/area/HQ", "config")
        ]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"{", "is not what `reconciler snapshot --out` writes, or it was cut short"),
        (
            b'{"reconciler_snapshot":{"format":2}}',
            "has the format 2, and this version reads up to 1: use the newer one",
        ),
        (b'{"reconciler_snapshot":{"format":1}}', "is damaged (Object missing required field `project`)"),
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


# CVSecurity

GATE = """\
version: 1
project: gate
targets:
  gate: {{system: cvsecurity, url: "{url}", auth: {{access_token: {{env: HQ_PASSWORD}}}}, retries: 0}}
"""
PEOPLE = """\
departments: [{code: "10", name: Ops}]
access_levels: [{name: Lobby}]
employees:
  - {code: "7", first_name: Ana, department: "10", card: "70011", access_levels: [Lobby]}
  - {code: "8", first_name: Ben, department: "10", card: "80022", access_levels: [Lobby]}
"""


@pytest.mark.parametrize("profile", ["cvsecurity-1.0", "cvsecurity-1.2"])
def test_a_cvsecurity_server_s_snapshot_is_planned_on(tmp_path: Path, profile: str) -> None:
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
