"""kill -9 and Ctrl-C while a terminal is written: the next apply converges, and nobody stays locked out."""

import signal
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from fault_process import finish, start
from fault_project import apply, complaints, run, state
from terminal_project import AtCall, assert_settled, device, killed_at_call, outcomes, secret, serving, write_devices

from reconciler.simulator import Terminal

COMMIT = pytest.mark.parametrize("commit", [False, True], ids=["before", "after"])
LOCKED = (
    "An earlier apply was interrupted after it had locked lobby to change users, so it may be locked still and let "
    "nobody pass. This apply unlocks it."
)
NEW_ADDRESS = "127.0.7.7"
NETWORK = {"ethernet": {"dhcp": False, "address": f"{NEW_ADDRESS}/8", "gateway": "127.0.0.1"}}


@pytest.fixture
def lobby() -> Iterator[Terminal]:
    with serving() as terminals:
        yield terminals.add("lobby", address="127.0.0.1")


@pytest.fixture
def root(tmp_path: Path, lobby: Terminal) -> Path:
    """PEOPLE are to be written to a terminal that has nothing yet."""
    return write_devices(tmp_path, [device(lobby)])


def _recovers(root: Path, *, says: tuple[tuple[str, str | None, str], ...] = ()) -> dict[str, str]:
    """What the next apply has to do; it takes over the lock of the state, and says no more than that and `says`."""
    ran = apply(root)
    (taken, *told) = complaints(ran)
    assert (ran.status, taken[0], told) == (0, "RC0805", list(says))
    kept = state(root)
    assert ("lobby/settings/locked" in kept["entries"], kept["pending"]) == (False, {})
    assert "locked" not in kept["notes"]["lobby"]
    return outcomes(ran)


@pytest.mark.parametrize(
    ("command", "number", "commit"),
    [
        ("LockDevice", 1, False),
        ("SetAcTimeZone", 1, False),
        ("SetAcTimeZone", 1, True),
        ("SetUserInfo", 2, True),
    ],
)
def test_killed_while_users_are_written(command: str, number: int, commit: bool, root: Path, lobby: Terminal) -> None:
    killed = killed_at_call(root, lobby, command, number=number, commit=commit)
    assert killed.status == -signal.SIGKILL
    assert lobby.locked == (command != "LockDevice" or commit)
    assert state(root)["notes"]["lobby"]["locked"] is True

    plan = run(root, "plan", "--json")
    assert (plan.status, complaints(plan)) == (0, [("RC0706", "lobby/settings/locked", LOCKED)])

    done = _recovers(root, says=(("RC0706", "lobby/settings/locked", LOCKED),))
    assert done["lobby/settings/locked"] == "done"
    assert set(done.values()) == {"done"}
    assert not lobby.locked
    assert_settled(root)
    whole = lobby.dump()
    assert [whole["users"][key]["name"] for key in ("7", "8")] == ["Ana", "Ben"]  # type: ignore[index]
    assert [each["name"] for each in whole["departments"]] == ["Company", "Ops"]  # type: ignore[attr-defined]


@COMMIT
def test_a_lock_that_is_all_that_is_left_is_taken_away(commit: bool, root: Path, lobby: Terminal) -> None:
    """Killed at the very last call, which unlocks: all else is done."""
    assert killed_at_call(root, lobby, "LockDevice", number=2, commit=commit).status == -signal.SIGKILL
    assert lobby.locked != commit
    done = _recovers(root, says=(("RC0706", "lobby/settings/locked", LOCKED),))
    assert [address for address, status in done.items() if "settings" in address] == ["lobby/settings/locked"]
    assert not lobby.locked
    assert_settled(root)


@COMMIT
def test_killed_in_the_middle_of_a_change_of_address(commit: bool, root: Path, lobby: Terminal) -> None:
    assert apply(root).status == 0
    old = lobby.url
    moving = device(lobby, settings={"volume": 9, "network": NETWORK})
    write_devices(root, [moving])
    assert killed_at_call(root, lobby, "SetNetworkConfig", commit=commit).status == -signal.SIGKILL
    new = old.replace("127.0.0.1", NEW_ADDRESS)
    assert lobby.url == (new if commit else old)
    ran = apply(root)
    assert (ran.status, set(outcomes(ran).values())) == (0, {"done"})
    assert lobby.url == new
    moved = (
        f"lobby is not at {old}, but was found at {new}, where the files send it. Write `url: {new}` for the device: "
        "until then every run looks at the old place first."
    )
    plan = run(root, "plan", "--json")
    assert (plan.document["resource_changes"], complaints(plan)) == ([], [("RC0501", None, moved)])
    write_devices(root, [{**moving, "url": new}])
    assert_settled(root)


@COMMIT
def test_killed_in_the_middle_of_a_change_of_key(commit: bool, root: Path, lobby: Terminal) -> None:
    assert apply(root).status == 0
    rotated = device(lobby, settings={"volume": 9, "security": {"api_key": secret(root, "new", "new-key")}})
    write_devices(root, [rotated])
    assert killed_at_call(root, lobby, "SetSecurityConfig", commit=commit).status == -signal.SIGKILL
    assert lobby.dump()["security"]["api_key"] == ("new-key" if commit else "")  # type: ignore[index]
    ran = apply(root)
    assert (ran.status, set(outcomes(ran)), set(outcomes(ran).values())) == (0, {"lobby/settings/security"}, {"done"})
    assert lobby.dump()["security"]["api_key"] == "new-key"  # type: ignore[index]
    assert_settled(root)


def test_ctrl_c_while_it_is_locked(root: Path, lobby: Terminal) -> None:
    """The user in hand is finished, the next is not begun, and the terminal is unlocked."""
    heard: list[str] = []

    def interrupt() -> None:
        process.send_signal(signal.SIGINT)
        heard.append(next(line for line in process.stderr if "Interrupted" in line))

    AtCall(lobby, "SetUserInfo", interrupt)
    process = start(root, "apply", "--auto-approve", "--json")
    ran = finish(process)
    assert (ran.status, heard) == (130, ["Interrupted: calls in flight finish, no new ones start.\n"])
    assert not lobby.locked
    kept = state(root)
    assert ("locked" in kept["notes"]["lobby"], kept["pending"]) == (False, {})
    assert outcomes(ran)["lobby/employee/8"] == "skipped"
    assert list(lobby.dump()["users"]) == ["7"]  # type: ignore[call-overload]
    assert apply(root).status == 0
    assert_settled(root)


def test_a_second_run_at_the_same_time_is_refused(root: Path, lobby: Terminal) -> None:
    arrived, go = Event(), Event()

    def hold() -> None:
        arrived.set()
        go.wait(15)

    AtCall(lobby, "SetUserInfo", hold)
    process = start(root, "apply", "--auto-approve")
    assert arrived.wait(15)
    second = run(root, "apply", "--auto-approve", "--json")
    go.set()
    assert finish(process).status == 0
    assert (second.status, second.codes()) == (6, ["RC0804"])
    assert_settled(root)
