"""Every setting written to a simulated terminal and read again, with each switch that settings know of."""

from pathlib import Path

import pytest
from device_settings_helpers import NOON, UID, connected, read, simulated, write

from reconciler.model.kinds import KINDS
from reconciler.model.secret import Secret
from reconciler.simulator.device.switches import Switches
from reconciler.systems.device.bindings import BINDINGS
from reconciler.systems.device.settings import VERIFY_MODES
from reconciler.transport.failure import Failure

CERTIFICATES = Path(__file__).parent.parent / "simulator"
CERTIFICATE = Secret((CERTIFICATES / "localhost.pem").read_text("utf-8"))
PRIVATE_KEY = Secret((CERTIFICATES / "localhost.key").read_text("utf-8"))

SETTINGS = [
    ("device_id", {"device_id": 255}),
    ("volume", {"volume": 10}),
    ("reverify_minutes", {"reverify_minutes": 0}),
    ("reverify_minutes", {"reverify_minutes": 59}),
    *[("verify_mode", {"verify_mode": mode}) for mode in VERIFY_MODES],
    ("local_editing", {"local_editing": True}),
    ("local_editing", {"local_editing": False}),
    ("face", {"face.liveness": False}),
    *[("face", {"face.threshold": word}) for word in ("lower", "low", "normal", "high", "higher")],
    ("face", {"face.liveness": True, "face.threshold": "high", "face.multiple": True}),
    ("bells", {"bells": ("07:00 sat-sun none outside", "08:00 mon-fri 30s both", "12:00 mon,wed 60s inside")}),
    ("bells", {"bells": tuple(f"{hour:02}:30 daily 3s inside" for hour in range(24))}),
    ("bells", {"bells": ()}),
    ("shift_mode", {"shift_mode": "user"}),
    ("shift_mode", {"shift_mode": "department"}),
    ("tolerance", {"tolerance.morning_out": 120}),
    (
        "tolerance",
        {
            "tolerance.morning_in": 1,
            "tolerance.morning_out": 2,
            "tolerance.afternoon_in": 3,
            "tolerance.afternoon_out": 4,
        },
    ),
    ("access", {"access.unlock_seconds": 200}),
    *[("access", {"access.wiegand": word}) for word in ("none", "26", "34")],
    (
        "access",
        {
            "access.tamper_alarm": True,
            "access.verify_count": 2,
            "access.unlock_seconds": 0,
            "access.wiegand": "34",
        },
    ),
]

SWITCHES = [
    {},
    {"shift_mode_answer": "title"},
    {"shift_mode_case": "table"},
    {"bell_start": "empty"},
    {"partial_arrays": "padded"},
    {"partial_arrays": "kept"},
    {"partial_settings": "merged"},
    {"booleans": "any"},
    {"unknown_members": "ignored"},
    {"tolerance_name": "both"},
    {"command_case": "any"},
]


@pytest.mark.parametrize("switches", SWITCHES, ids=str)
def test_a_second_read_is_what_was_written(switches):
    with simulated(switches=switches) as (_, terminal):
        for name, after in SETTINGS:
            write(terminal, name, after)
            found = read(terminal, name)
            assert {path: found[path] for path in after} == after


def test_what_is_not_named_stays():
    with simulated() as (_, terminal):
        for name in ("face", "tolerance", "access"):
            before = read(terminal, name)
            path = next(path for path, value in before.items() if type(value) is int or value is True)
            write(terminal, name, {path: 7 if type(before[path]) is int else False})
            assert read(terminal, name) == before | {path: 7 if type(before[path]) is int else False}


def test_a_factory_s_terminal_in_the_words_of_the_files():
    with simulated(uid=UID) as (_, terminal):
        names = sorted({name for name, _ in SETTINGS} | {"network", "attendance_upload", "security"})
        assert {path: value for name in names for path, value in read(terminal, name).items()} == {
            "device_id": 1,
            "volume": 5,
            "reverify_minutes": 0,
            "verify_mode": "any",
            "local_editing": True,
            "face.liveness": True,
            "face.threshold": "normal",
            "face.multiple": False,
            "bells": (),
            "shift_mode": "user",
            "tolerance.morning_in": 0,
            "tolerance.morning_out": 0,
            "tolerance.afternoon_in": 0,
            "tolerance.afternoon_out": 0,
            "access.tamper_alarm": False,
            "access.verify_count": 1,
            "access.unlock_seconds": 5,
            "access.wiegand": "none",
            "network.ethernet.dhcp": True,
            "network.wifi.dhcp": True,
            "network.wifi.access_points": (),
            "attendance_upload.url": None,
            "security.api_key": None,
        }


def test_the_terminal_s_refusal_passes_through():
    with simulated(capabilities={"card": False}) as (there, terminal):
        with pytest.raises(Failure) as caught:
            write(terminal, "verify_mode", {"verify_mode": "card"})
        assert (caught.value.sent, caught.value.code) == ("refused", "RC0701")
        assert caught.value.detail == 'The terminal lobby refused SetVerifyMode: it says "not_supported" ("3").'
        assert there.unit.state.verify_mode == 0


@pytest.mark.parametrize("switches", [{}, {"time_offset": "ignored"}], ids=str)
def test_the_clock_is_set_and_then_right(switches):
    with simulated(switches=switches, clock_offset=-5000.0) as (there, terminal):
        write(terminal, "clock", {"clock.time": "right"}, {"clock.timezone": "America/New_York"})
        assert there.unit.now() == "2026-01-05T07:00:00"
        assert NOON.isoformat() == "2026-01-05T12:00:00+00:00"


@pytest.mark.parametrize("spelling", ["interval", "Interval", "both"])
def test_the_uploader_is_set_and_switched_off(spelling):
    with simulated(switches={"uploader_interval": spelling}) as (there, terminal):
        url = "https://hq.example/records"
        write(terminal, "attendance_upload", {"attendance_upload.url": url, "attendance_upload.interval": "3600s"})
        assert (there.unit.state.uploader.target_uri, there.unit.state.uploader.interval) == (url, 3600)
        assert read(terminal, "attendance_upload") == {}
        write(terminal, "attendance_upload", {"attendance_upload.url": None})
        assert read(terminal, "attendance_upload") == {"attendance_upload.url": None}


@pytest.mark.parametrize("spelling", ["both", "plain", "blank"])
def test_security_is_set_as_a_whole_and_in_parts(spelling):
    with simulated("old", switches={"device_key": spelling}) as (there, terminal):
        write(
            terminal,
            "security",
            {
                "security.api_key": Secret("n3w"),
                "security.https": True,
                "security.certificate": CERTIFICATE,
                "security.key": PRIVATE_KEY,
                "security.verify_server": True,
            },
        )
        live = there.unit.state.security
        assert (live.api_key, live.http, live.https, live.validate) == ("n3w", True, True, True)
        assert (live.device_cert, live.device_key) == (CERTIFICATE.reveal(), PRIVATE_KEY.reveal())
        with connected(there, "n3w") as again:
            assert read(again, "security") == {"security.api_key": Secret("n3w")}
            write(again, "security", {"security.verify_server": False})
        assert there.unit.state.security.validate is False
        assert there.unit.state.security.device_cert == CERTIFICATE.reveal()


def test_a_terminal_that_forgets_what_is_left_out_keeps_its_key():
    with simulated("old", switches={"security_omitted": "reset"}) as (there, terminal):
        write(terminal, "security", {"security.verify_server": True})
        assert there.unit.state.security.api_key == "old"


def test_a_new_key_is_sent_once_only_since_the_old_one_opens_nothing_any_more():
    with simulated("old", retries=3, switches={"security_reply": "lost"}) as (there, terminal):
        with pytest.raises(Failure) as caught:
            write(terminal, "security", {"security.api_key": Secret("n3w")})
        assert caught.value.sent == "unknown"
        assert there.record.calls("lobby", "SetSecurityConfig") == 1
        assert there.unit.state.security.api_key == "n3w"


def test_no_switch_of_a_setting_is_forgotten():
    elsewhere = {"uploader_interval", "device_key", "security_omitted", "security_reply", "time_offset"}
    network = {"network_omitted", "dhcp_members", "access_points", "network_reply", "address_change"}
    tried = {name for switches in SWITCHES for name in switches} | elsewhere | network
    # what a setting can't be right with: an uploader that can't be switched off, or never says that it works
    refusing = {"uploader_empty", "uploader_status", "both_off"}
    words = ("shift_mode", "bell", "partial", "tolerance", "uploader", "security", "network", "dhcp", "both_off")
    assert {name for name in Switches.__struct_fields__ if name.startswith(words)} <= tried | refusing


def test_the_bindings_name_every_path_of_their_kinds():
    settings = BINDINGS["settings"]
    assert set(settings.lengths) == set(KINDS["settings"].paths())
    for kind, binding in BINDINGS.items():
        known = set(KINDS[kind].paths())
        assert set(binding.lengths) <= known
        assert binding.fixed | binding.write_only | binding.create | binding.choices.keys() <= set(binding.lengths)


def test_null_clears_little_of_a_setting():
    settings = BINDINGS["settings"]
    assert set(settings.lengths) - settings.fixed == {
        "attendance_upload.interval",
        "attendance_upload.url",
        "bells",
        "network.ethernet.gateway",
        "network.ethernet.nameservers",
        "network.wifi.access_points",
        "network.wifi.gateway",
        "network.wifi.nameservers",
    }
    assert settings.write_only == {
        "attendance_upload.interval",
        "attendance_upload.url",
        "security.ca_certificate",
        "security.certificate",
        "security.http",
        "security.https",
        "security.key",
        "security.verify_server",
    }
    assert (settings.stages, settings.built_in) == ({"network": 1, "security": 2}, True)
