"""Each example of the manual of the terminals: device_manual.yaml is the specification."""

import pytest
from device_helpers import cases, put

from reconciler.simulator.device import COMMANDS

EXAMPLES = cases("device_manual.yaml")


@pytest.mark.parametrize("case", EXAMPLES, ids=lambda case: case["request"][0])
def test_an_example_of_the_manual_is_answered_as_it_says(case, terminals, reach):
    terminal = terminals.add("lobby", **case.get("terminal", {}))
    put(terminal, **case.get("seed", {}))
    client = reach(terminal)
    for command, payload in case.get("before", []):
        client.get(command, payload)

    message = client.call(*case["request"])

    assert [message["result"], message["payload"]] == case["response"]


def test_every_command_of_the_manual_has_an_example():
    said = [case["request"] for case in EXAMPLES]
    said += [call for case in EXAMPLES for call in case.get("before", [])]
    assert {command for command, _ in said} == set(COMMANDS)


def test_pages_of_users_follow_each_other(terminals, reach):
    terminal = terminals.add("lobby")
    put(terminal, users=[{"id": str(number)} for number in range(1, 121)])
    client = reach(terminal)
    first, second, third = (
        client.get("GetUserIdList", payload) for payload in ({}, {"start_pos": 50}, {"start_pos": 100})
    )
    assert (len(first["user_id"]), first["next_page_pos"]) == (50, 50)
    assert (second["user_id"][0], second["next_page_pos"]) == ("51", 100)
    assert third == {"user_id": [str(number) for number in range(101, 121)]}


def test_pages_of_records_end_without_a_next_position(terminals, reach):
    terminal = terminals.add("lobby", switches={"log_page": 2})
    for number in range(3):
        terminal.punch(str(number))
    client = reach(terminal)
    pages = [client.get("GetAttendLog", {"start_pos": start}) for start in (0, 2, 3)]
    assert [(len(page["logs"]), page.get("next_pos")) for page in pages] == [(2, 2), (1, 3), (0, None)]
