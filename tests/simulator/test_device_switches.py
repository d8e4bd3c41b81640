"""Each switch of terminals in each of its positions: device_switches.yaml is the specification."""

import pytest
from device_helpers import cases, put
from picking import pick

from reconciler.simulator import SimulatorError, device_switches
from reconciler.simulator.device import Switches
from reconciler.simulator.device.switches import switches_with

SPECIFIED = cases("device_switches.yaml")
CASES = [
    pytest.param(case, id=f"{name}-{number}") for name, found in SPECIFIED.items() for number, case in enumerate(found)
]
ELSEWHERE = {  # they are about the connection, the clock or a restart: test_device_server.py
    "parallel",
    "latency",
    "body_max",
    "wrong_key",
    "key_decoding",
    "security_reply",
    "network_reply",
    "address_change",
    "lock_seconds",
    "lock_kept",
}


def test_every_switch_is_specified_and_documented():
    assert set(SPECIFIED) | ELSEWHERE == set(Switches.__struct_fields__)
    assert set(SPECIFIED) & ELSEWHERE == set()
    assert [name for name, text in device_switches().items() if not text.endswith(".")] == []


@pytest.mark.parametrize("case", CASES)
def test_a_switch(case, terminals, reach):
    key = case.get("key", "")
    terminal = terminals.add("lobby", switches=case.get("with"), api_key=key, **case.get("terminal", {}))
    admin = {"id": "2", "depart": "Ops", "privilege": "admin", "card": "0042", "password": "12"}
    put(terminal, users=[{"id": "1"}, admin])
    for _ in range(case.get("records", 0)):
        terminal.punch("1")
    client = reach(terminal, key)
    *before, (command, payload) = case["calls"]
    for call in before:
        client.get(*call)

    message = client.post({"mid": case.get("mid", "m"), "cmd": command, "payload": payload}).json

    if "error" in case:
        assert message["result"] == "Error"
        assert [message["payload"]["code"], *message["payload"]["arguments"]] == case["error"]
    elif "subset" in case:
        assert {name: message["payload"][name] for name in case["subset"]} == case["subset"]
    else:
        assert message["result"] != "Error", message
        assert pick(message["payload"], case.get("pick", "")) == case["expect"]


def test_omitted_security_is_reset_to_the_factory_s_where_the_switch_says_so(terminals, reach):
    terminal = terminals.add("lobby", api_key="k", switches={"security_omitted": "reset"})
    reach(terminal, "k").get("SetSecurityConfig", {"enable_http": "yes"})
    assert reach(terminal, "").get("GetDeviceId") == {"device_id": 1}


def test_a_roster_answered_from_today_repeats_its_days(terminals, reach):
    terminal = terminals.add("lobby", switches={"user_shift_answer": "today"})
    put(terminal, users=[{"id": "1"}])
    client = reach(terminal)
    days = [1, 2, 3, *[0] * 97]
    client.get("SetUserShift", {"id": "1", "shift_start_day": "2020-03-31T00:00:00", "shift": days})
    assert client.get("GetUserShift", {"id": "1"})["shift"] == [2, 3, *[0] * 97, 1]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"limt": "x"}, "Terminals have no switch 'limt'. Their switches are parallel, latency, "),
        ({"parallel": "x"}, "A switch has a wrong value: Invalid enum value 'x' - at `$.parallel`."),
    ],
)
def test_a_switch_that_can_not_be_is_refused(given, message):
    with pytest.raises(SimulatorError) as caught:
        switches_with(given)
    assert str(caught.value).startswith(message)


def test_switches_may_be_texts_as_in_a_yaml_file():
    found = switches_with({"lock_required": "true", "user_page": "10", "wrong_key": "401", "latency": "0.5"})
    assert (found.lock_required, found.user_page, found.wrong_key, found.latency) == (True, 10, 401, 0.5)
