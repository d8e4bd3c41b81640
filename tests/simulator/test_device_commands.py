"""How strict terminals are, and what they lack without hardware."""

import msgspec
import pytest
from device_helpers import cases, put
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.simulator import Terminals
from reconciler.simulator.device import COMMANDS
from reconciler.simulator.messages import Request

SET_USER = "SetUserInfo"
ACCESS_CONTROL = {f"{way}{what}" for way in ("Get", "Set") for what in ("AcSetting", "AcTimeZone", "AcUserInfo")}


@pytest.mark.parametrize(
    ("command", "payload", "error"),
    [pytest.param(*case, id=f"{case[0]}-{case[2][-1]}") for case in cases("device_refusals.yaml")],
)
def test_what_a_terminal_does_not_take_is_refused_and_changes_nothing(command, payload, error, terminals, reach):
    terminal = terminals.add("lobby")
    put(terminal, users=[{"id": "1", "depart": "Ops"}])
    before = terminal.dump()
    assert reach(terminal).code(command, payload) == error
    assert terminal.dump() == before


def test_members_left_out_keep_their_values(terminals, reach):
    terminal = terminals.add("lobby")
    put(terminal, users=[{"id": "1", "name": "Ana", "card": "7", "privilege": "admin"}])
    client = reach(terminal)
    client.get(SET_USER, {"id": "1", "name": "Eva"})
    found = client.get("GetUserInfo", {"id": "1"})
    assert [found[name] for name in ("name", "card", "privilege", "depart")] == ["Eva", "7", "admin", "Company"]


def test_a_credential_without_its_hardware_is_ignored_and_absent(terminals, reach):
    absent = dict.fromkeys(("card", "password", "face", "vrface", "palm", "fingerprint"), False)
    terminal = terminals.add("lobby", capabilities=absent)
    client = reach(terminal)
    client.get(SET_USER, {"id": "1", "card": 7, "password": "1", "face": "x", "palm": ["x"], "fp": ["x"]})
    assert client.get("GetUserInfo", {"id": "1"}) == {"id": "1", "name": "", "depart": "Company", "privilege": "user"}
    assert client.get("GetCapacityLimit") == {"max_attend_log": 400_000, "max_user": 5000}
    assert client.get("GetVersionInfo") == {"firmware_version": "13750C v3.11.802"}


def test_an_interface_without_its_hardware_is_ignored_and_absent(terminals, reach):
    client = reach(terminals.add("lobby", capabilities={"wifi": False}))
    client.get("SetNetworkConfig", {"wlan": {"dhcp": "maybe"}})
    assert set(client.get("GetNetworkConfig")) == {"ethernet"}


@pytest.mark.parametrize(
    ("lacks", "commands"),
    [
        ("access_control", ACCESS_CONTROL),
        ("card", {"BeginEnrollCard"}),
        ("face", {"BeginEnrollFace", "GetFaceVerifySetting", "SetFaceVerifySetting"}),
        ("fingerprint", {"BeginEnrollFp"}),
        ("palm", {"BeginEnrollPalm"}),
        ("vrface", {"PhotoToFacedata"}),
        ("password", set()),
    ],
)
def test_commands_of_absent_hardware_are_not_supported(lacks, commands, terminals, reach):
    client = reach(terminals.add("lobby", capabilities={lacks: False}))
    answers = {command: client.call(command)["payload"] for command in COMMANDS}
    assert {name for name, answer in answers.items() if answer.get("code") == "not_supported"} == commands


@pytest.mark.parametrize(
    ("lacks", "modes"),
    [
        ("fingerprint", [1, 2, 4, 7, 8, 13, 14, 15]),
        ("card", [2, 3, 6, 8, 10, 12, 14]),
        ("password", [5, 6, 7, 8, 11, 12, 15]),
        ("face", [9, 10, 11, 12, 13, 14, 15]),
        ("palm", []),
    ],
)
def test_a_verify_mode_of_absent_hardware_is_refused(lacks, modes, terminals, reach):
    client = reach(terminals.add("lobby", capabilities={lacks: False}))
    answers = [client.call("SetVerifyMode", {"verify_mode": mode}) for mode in range(16)]
    assert [mode for mode, answer in enumerate(answers) if answer["result"] == "Error"] == modes


def test_a_terminal_holds_no_more_than_its_capacity(terminals, reach):
    capacity = {"users": 2, "fingerprints": 2, "faces": 1, "palms": 1, "departments": 2, "attend_logs": 2}
    terminal = terminals.add("lobby", capacity=capacity)
    client = reach(terminal)
    client.get(SET_USER, {"id": "1", "fp": ["a", "b"], "face": "x", "palm": ["x"]})
    client.get(SET_USER, {"id": "1", "fp": ["c", "d"], "face": "y", "palm": ["y"]})
    assert client.code(SET_USER, {"id": "2", "fp": ["a"]}) == ["fp_full", 2]
    assert client.code(SET_USER, {"id": "2", "face": "x"}) == ["face_full", 1]
    assert client.code(SET_USER, {"id": "2", "palm": ["x"]}) == ["palm_full", 1]
    client.get(SET_USER, {"id": "2"})
    assert client.code(SET_USER, {"id": "3"}) == ["user_full", 2]
    client.get("SetDept", {"Action": "Add", "dept_new": "A"})
    assert client.code("SetDept", {"Action": "Add", "dept_new": "B"}) == ["dept_full", 2]
    for user in ("1", "2", "3"):
        terminal.punch(user)
    page = client.get("GetAttendLog")
    assert (page["start_pos"], [log["user_id"] for log in page["logs"]]) == (1, ["2", "3"])


def test_the_clock_goes_on_from_where_it_was_set(reach):
    now = [1_585_757_111.0]
    with Terminals(clock=lambda: now[0]) as terminals:
        client = reach(terminals.add("lobby", clock_offset=-60))
        assert client.get("GetDeviceTime") == {"time": "2020-04-01T16:04:11"}
        client.get("SetDeviceTime", {"time": "2021-01-01T00:00:00"})
        now[0] += 90
        assert client.get("GetDeviceTime") == {"time": "2021-01-01T00:01:30"}


def test_templates_of_all_days_are_answered_as_written(terminals, reach):
    client = reach(terminals.add("lobby"))
    zones = [
        [{"end": f"{day % 24:02}:59", "start": f"{day % 24:02}:0{part}"} for part in range(6)] for day in range(255)
    ]
    client.get("SetAcTimeZone", {"zones": zones})
    assert client.get("GetAcTimeZone") == {"zones": zones}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(command=st.sampled_from(sorted(COMMANDS)), payload=json_values, data=st.data())
def test_nothing_that_is_said_breaks_a_terminal(command, payload, data, terminals):
    terminal = terminals["any"] if "any" in terminals else terminals.add("any")
    if isinstance(payload, dict):
        names = st.sampled_from(
            ["id", "shift", "shifts", "zones", "bells", "tls_conf", "wlan", "ethernet", "Action", "job_id"]
        )
        payload |= data.draw(st.dictionaries(names, json_values, max_size=2))
    message = {"mid": "m", "cmd": command, "payload": payload}
    done = terminal.handle(Request("POST", "/control"), message)
    if done.response.status != 403:  # a SetSecurityConfig may have given it a key
        answer = msgspec.json.decode(done.response.body)
        assert (answer["mid"], set(answer)) == ("m", {"mid", "payload", "result"})
    terminal.load(terminal.dump())
