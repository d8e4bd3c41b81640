"""A terminal in another's place, two that are exchanged, and https."""

from pathlib import Path

from fault_project import apply, changes, complaints, run
from terminal_project import CHANGED, assert_settled, device, outcomes, secret, serving, write_devices

PEM = Path(__file__).parents[1] / "simulator"
UPLOAD = {"attendance_upload": {"url": "http://127.0.0.1:9/up"}}
FULL = {**CHANGED, **UPLOAD, "reverify_minutes": 3}


def test_a_terminal_that_died_is_replaced_by_a_new_one(tmp_path: Path) -> None:
    """With the factory's key and another uid: the plan says so, and the new one becomes what the old one was."""
    with serving() as terminals:
        lobby = terminals.add("lobby", api_key="old-key")
        key = secret(tmp_path, "key", "old-key")
        settings = {**FULL, "security": {"api_key": key}}
        root = write_devices(tmp_path, [device(lobby, api_key=key, settings=settings)])
        assert apply(root).status == 0
        assert_settled(root)
        before, old = lobby.dump(), lobby.unit.state.device_uid
        lobby.factory_reset("00000000deadbeef")

        refused = run(root, "plan", "--json")
        assert [code for code, _, _ in complaints(refused)] == ["RC0503"]
        fresh = device(lobby, settings=settings)
        write_devices(root, [fresh])
        ran = apply(root)
        assert (ran.status, set(outcomes(ran).values())) == (0, {"done"})
        [replaced] = [detail for code, address, detail in complaints(ran) if code == "RC0407" and address is None]
        assert replaced.startswith(
            "Another machine answers for lobby: its uid is 00000000deadbeef, and that of the last apply was " + old
        )
        after = lobby.dump()
        assert {name for name in before if before[name] != after[name]} == {"device_uid"}
        assert_settled(root)


def test_two_terminals_whose_urls_are_exchanged_are_told_apart(tmp_path: Path) -> None:
    """Whoever exchanged the cables, or the lines of the file, is warned before the wrong people get in."""
    with serving() as terminals:
        lobby, lab = terminals.add("lobby"), terminals.add("lab")
        people = {"lobby": "HQ", "lab": "LAB"}
        areas = {"areas": [{"code": area, "name": area} for area in people.values()]}
        devices = [{**device(each, settings=FULL), "area": people[each.name]} for each in (lobby, lab)]
        root = write_devices(tmp_path, devices, areas)
        assert apply(root).status == 0
        exchanged = [{**each, "url": other["url"]} for each, other in zip(devices, reversed(devices), strict=True)]
        write_devices(root, exchanged, areas)
        plan = run(root, "plan", "--json")
        assert [(code, detail.partition(":")[0]) for code, _, detail in complaints(plan) if "machine" in detail] == [
            ("RC0407", "Another machine answers for lab"),
            ("RC0407", "Another machine answers for lobby"),
        ]
        assert changes(root) == [
            ("lab/settings/attendance_upload", "update"),
            ("lobby/settings/attendance_upload", "update"),
        ]
        assert apply(root).status == 0
        assert_settled(root)


def test_a_certificate_that_nobody_knows_is_refused_with_advice_until_it_is_named(tmp_path: Path) -> None:
    with serving() as terminals:
        certificate = {"certificate": PEM / "localhost.pem", "key": PEM / "localhost.key"}
        lobby = terminals.add("lobby", **certificate)
        lobby.unit.state.security = type(lobby.unit.state.security)(
            https=True,
            device_cert=certificate["certificate"].read_text("utf-8"),
            device_key=certificate["key"].read_text("utf-8"),
        )
        there = {**device(lobby), "url": lobby.url.replace("http:", "https:")}
        root = write_devices(tmp_path, [there])
        [(code, _, detail)] = complaints(run(root, "plan", "--json"))
        assert code == "RC0502"
        assert "name the file with the certificate of its authority in the target's `tls.ca_file`." in detail
        assert terminals.record.calls() == 0

        (root / "terminal.pem").write_bytes((PEM / "localhost.pem").read_bytes())
        write_devices(root, [{**there, "tls": {"ca_file": "terminal.pem"}}])
        assert apply(root).status == 0
        assert_settled(root)


def test_from_http_to_https(tmp_path: Path) -> None:
    """The certificate is written and http switched off in one apply, which goes on by https; the plan says what to
    write in `url` after that."""
    with serving() as terminals:
        lobby = terminals.add("lobby")
        for name in ("localhost.pem", "localhost.key"):
            secret(tmp_path, name, (PEM / name).read_text("utf-8"))
        security = {
            "http": False,
            "https": True,
            "certificate": "private/localhost.pem",
            "key": {"file": "private/localhost.key"},
        }
        settings = {**CHANGED, "security": security}
        here = device(lobby, settings=settings, tls={"ca_file": "private/localhost.pem"})
        old, new = here["url"], here["url"].replace("http:", "https:")
        root = write_devices(tmp_path, [here])
        ran = apply(root)
        assert (ran.status, set(outcomes(ran).values())) == (0, {"done"})
        told = [detail for _, address, detail in complaints(ran) if address == "lobby/settings/security"]
        assert told[0] == (
            "From then on lobby does not answer http any more, which `url` uses; it is sought by https. Write `url: "
            f"{new}` for the device after the apply."
        )
        assert lobby.url == new
        plan = run(root, "plan", "--json")
        assert plan.document["resource_changes"] == []
        assert [
            (code, detail.startswith(f"lobby is not at {old}, but was found at {new}"))
            for code, _, detail in complaints(plan)
        ] == [("RC0501", True)]
        write_devices(root, [{**here, "url": new}])
        assert_settled(root)
