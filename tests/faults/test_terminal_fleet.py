"""Many terminals, of which some can't be had: these are named, the others are done, and the next run converges."""

from pathlib import Path
from typing import Any

from fault_project import apply, complaints, run
from terminal_project import assert_settled, device, outcomes, secret, serving, write_devices

from reconciler.simulator import Fault, Terminals

OFFLINE = {"t-0003": "http://127.0.0.1:1", "t-0008": "http://127.0.0.1:2", "t-0013": "http://127.0.0.1:3"}
FLEET: dict[str, list[dict[str, Any]]] = {"areas": [{"code": "HQ", "name": "Head"}]}


def _volumes(terminals: Terminals) -> dict[str, object]:
    return {name: dump["sound_volume"] for name, dump in terminals.dump().items()}  # type: ignore[index]


def test_five_of_twenty_can_not_be_had(tmp_path: Path) -> None:
    with serving() as terminals:
        made = terminals.fleet("t", 20, address="127.0.0.1")
        devices = {each.name: device(each) for each in made}
        wrong = terminals.add("wrong", address="127.0.1.1", api_key="right")
        del devices["t-0020"]
        devices["wrong"] = device(wrong, api_key=secret(tmp_path, "key", "not right"))
        away = {**devices, **{name: {**devices[name], "url": url} for name, url in OFFLINE.items()}}
        terminals["t-0005"].faults.add(Fault(effect="garbage"))
        root = write_devices(tmp_path, list(away.values()), FLEET)
        missing = sorted((*OFFLINE, "t-0005", "wrong"))
        well = [name for name in devices if name not in missing]

        ran = run(root, "apply", "--auto-approve")
        assert ran.status == 4
        [summary] = [part for part in ran.out.split("\n\n") if part.startswith("Incomplete: ")][-1:]
        assert " ".join(summary.split()) == (
            "Incomplete: t-0003, t-0005, t-0008, t-0013 and wrong were not read completely, so not all that the files "
            "ask for was applied."
        )
        assert f"Applied: {len(well)} updated." in ran.out
        volumes = _volumes(terminals)
        assert {name for name, volume in volumes.items() if volume == 9} == set(well)

        again = apply(root)  # nothing is left to do where a terminal answers
        assert (again.status, again.document["outcomes"]) == (4, [])
        assert sorted({code for code, _, _ in complaints(again)}) == ["RC0501", "RC0503", "RC0505"]
        assert len(complaints(again)) == len(missing)

        terminals["t-0005"].faults.clear()
        secret(root, "key", "right")
        write_devices(root, list(devices.values()), FLEET)
        last = apply(root)
        assert (last.status, outcomes(last)) == (0, {f"{name}/settings/volume": "done" for name in missing})
        assert_settled(root)


def test_one_that_goes_away_between_plan_and_writes_fails_alone(tmp_path: Path) -> None:
    with serving() as terminals:
        lobby, gate = terminals.add("lobby"), terminals.add("gate")
        root = write_devices(tmp_path, [device(lobby), device(gate)])
        lobby.faults.add(Fault(effect="drop", command="GetAcTimeZone", nth=1), Fault(effect="drop", nth=9, count=1000))
        ran = apply(root)
        assert ran.status == 4
        gate_done = {address for address, status in outcomes(ran).items() if status == "done"}
        assert {address.partition("/")[0] for address in gate_done} == {"gate"}
        assert len(gate_done) == 5
        lobby.faults.clear()
        assert apply(root).status == 0
        assert_settled(root)


def test_a_secret_that_can_not_be_had_stops_its_own_terminal_alone(tmp_path: Path) -> None:
    with serving() as terminals:
        lobby, gate = terminals.add("lobby", api_key="k"), terminals.add("gate")
        root = write_devices(tmp_path, [device(lobby, api_key={"file": "private/nowhere"}), device(gate)], FLEET)
        ran = apply(root)
        [(code, _, detail)] = complaints(ran)
        assert (ran.status, code, outcomes(ran)) == (4, "RC0406", {"gate/settings/volume": "done"})
        assert "private/nowhere" in detail
        assert terminals.record.calls("lobby") == 0


def test_a_selected_terminal_asks_nothing_of_the_others_secrets(tmp_path: Path) -> None:
    """Neither those of the devices, nor those of the people, whose PIN is not at hand."""
    with serving() as terminals:
        lobby, gate = terminals.add("lobby"), terminals.add("gate")
        lacking = {"file": "private/nowhere"}
        gated = device(gate, api_key=lacking, settings={"volume": 9, "security": {"api_key": lacking}})
        root = write_devices(tmp_path, [device(lobby), gated], FLEET)
        ran = apply(root, "--select", "lobby/*")
        assert (ran.status, complaints(ran), outcomes(ran)) == (0, [], {"lobby/settings/volume": "done"})
        assert terminals.record.calls("gate") == 0
        assert (apply(root, "--exclude", "gate/*").status, terminals.record.calls("gate")) == (0, 0)


def test_a_saved_plan_is_applied_as_it_was(tmp_path: Path) -> None:
    """What was changed at the terminal since, and is not in the plan, is left alone."""
    with serving() as terminals:
        lobby = terminals.add("lobby")
        root = write_devices(tmp_path, [device(lobby)])
        assert run(root, "plan", "--out", str(root / "saved")).status == 0
        lobby.unit.state.reverify_time = 7
        ran = apply(root, str(root / "saved"))
        assert (ran.status, set(outcomes(ran).values()), len(outcomes(ran))) == (0, {"done"}, 5)
        assert lobby.dump()["users"]["7"]["password"] == "4711"  # type: ignore[index]
        assert_settled(root)
        stale = apply(root, str(root / "saved"))
        assert (stale.status, {code for code, _, _ in complaints(stale)}) == (5, {"RC0807"})
