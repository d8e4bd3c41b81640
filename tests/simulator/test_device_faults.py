"""Each fault that may happen to a terminal."""

import http.client

import pytest
from device_helpers import put

from reconciler.simulator import Fault

LIST = {"command": "GetUserIdList"}


@pytest.fixture
def lobby(terminals, reach):
    """A terminal with the users 1, 2 and 3, and a client of it."""
    terminal = terminals.add("lobby")
    put(terminal, users=[{"id": "1"}, {"id": "2"}, {"id": "3"}])
    return terminal, reach(terminal)


def test_an_answer_comes_later(lobby, terminals):
    terminal, client = lobby
    terminal.faults.add(Fault(effect="latency", seconds=0.02, command="SetUserInfo"))
    client.get("SetUserInfo", {"id": "4"})
    assert list(terminal.dump()["users"]) == ["1", "2", "3", "4"]


@pytest.mark.parametrize("commit", [False, True])
def test_a_connection_is_dropped_before_or_after_the_commit(commit, lobby, terminals):
    terminal, client = lobby
    terminal.faults.add(Fault(effect="drop", command="Set*", nth=1, commit=commit))
    with pytest.raises(http.client.RemoteDisconnected):
        client.call("SetUserInfo", {"id": "4"})
    assert ("4" in terminal.dump()["users"]) == commit
    entry = terminals.record.entries(command="SetUserInfo")[0]
    assert (entry.status, entry.result) == (0, "Success" if commit else "")
    assert client.get("GetUserIdList")["user_id"][:3] == ["1", "2", "3"]


def test_no_answer_until_the_client_gives_up(lobby):
    terminal, client = lobby
    terminal.faults.add(Fault(effect="hang", seconds=60, nth=1))
    client.connection.timeout = 0.05
    with pytest.raises(TimeoutError):
        client.call("GetDeviceId")
    client.connection.close()
    client.connection.timeout = 10
    assert client.get("GetDeviceId") == {"device_id": 1}


def test_a_hang_ends_by_itself(lobby):
    terminal, client = lobby
    terminal.faults.add(Fault(effect="hang", seconds=0.02, nth=1))
    with pytest.raises(http.client.RemoteDisconnected):
        client.call("GetDeviceId")


@pytest.mark.parametrize(
    ("fault", "status", "body"),
    [
        (Fault(effect="status"), 500, b"Server Error (500)"),
        (Fault(effect="status", status=503), 503, b"Error 503"),
        (Fault(effect="html"), 200, b"<html>"),
        (Fault(effect="redirect", url="http://127.0.0.9/"), 302, b""),
        (Fault(effect="garbage"), 200, b'{"count": 1, "data": [{"id": 1, '),
        (Fault(effect="empty"), 200, b""),
    ],
    ids=lambda value: value.effect if isinstance(value, Fault) else "",
)
def test_an_answer_that_is_none(fault, status, body, lobby):
    terminal, client = lobby
    terminal.faults.add(fault)
    answer = client.post({"mid": "1", "cmd": "GetDeviceId", "payload": {}})
    assert answer.status == status
    assert (body in answer.raw) if body else (answer.raw == b"")


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(effect="truncate", bytes=5), http.client.IncompleteRead),
        (Fault(effect="reset", bytes=5), (ConnectionResetError, http.client.IncompleteRead)),
    ],
    ids=lambda value: value.effect if isinstance(value, Fault) else "",
)
def test_an_answer_that_ends_early(fault, error, lobby):
    terminal, client = lobby
    terminal.faults.add(fault)
    with pytest.raises(error):
        client.call("GetDeviceId")


def test_an_error_of_any_code_in_place_of_the_result(lobby):
    terminal, client = lobby
    terminal.faults.add(Fault(effect="code", code="storage_busy", command="SetUserInfo"))
    assert client.code("SetUserInfo", {"id": "4"}) == ["storage_busy"]


def test_a_list_that_lacks_its_last_rows(lobby):
    terminal, client = lobby
    terminal.faults.add(Fault(effect="cut", rows=2, **LIST))
    assert client.get("GetUserIdList") == {"user_id": ["1"]}


def test_counts_that_are_wrong(lobby):
    terminal, client = lobby
    terminal.faults.add(Fault(effect="miscount", rows=-1))
    assert client.get("GetCurrentUsage")["user_count"] == 2


def test_a_list_that_never_ends(lobby):
    terminal, client = lobby
    terminal.punch("1")
    terminal.faults.add(Fault(effect="endless"))
    assert client.get("GetUserIdList") == {"user_id": ["1", "2", "3"], "next_page_pos": 50}
    assert client.get("GetUserIdList", {"start_pos": 50}) == {"user_id": [], "next_page_pos": 100}
    assert client.get("GetAttendLog", {"start_pos": 100}) == {"logs": [], "start_pos": 100, "next_pos": 200}
    assert client.get("GetDeviceId") == {"device_id": 1}


def test_a_page_that_comes_again_and_again(lobby):
    terminal, client = lobby
    terminal.faults.add(Fault(effect="repeat", **LIST))
    assert client.get("GetUserIdList", {"start_pos": 1}) == {"user_id": ["2", "3"], "next_page_pos": 1}


def test_a_user_vanishes_between_the_list_and_what_is_asked_next(lobby):
    terminal, client = lobby
    terminal.faults.add(Fault(effect="shift", nth=1, **LIST))
    assert client.get("GetUserIdList") == {"user_id": ["1", "2", "3"]}
    assert client.code("GetUserInfo", {"id": "1"}) == ["user_id_not_exists", 1]


def test_pages_shift_by_a_user_that_comes_first(lobby):
    terminal, client = lobby
    terminal.faults.add(Fault(effect="shift", change="insert", nth=1))
    client.get("GetDeviceId")
    client.get("GetUserIdList")
    assert client.get("GetUserIdList") == {"user_id": ["1", "2", "3"]}
    terminal.faults.add(Fault(effect="shift", change="insert", nth=1, **LIST))
    client.get("GetUserIdList")
    assert client.get("GetUserIdList", {"start_pos": 1}) == {"user_id": ["1", "2", "3"]}


def test_a_fault_meets_terminals_by_name_and_calls_by_command(terminals, reach):
    clients = [reach(terminals.add(name)) for name in ("hall-1", "hall-2", "lobby")]
    terminals.faults.add(Fault(effect="status", status=503, terminal="hall-*", command="Get*", nth=2, count=1))
    body = {"mid": "1", "cmd": "GetDeviceId", "payload": {}}
    assert [client.post(body).status for client in clients] == [200, 503, 200]
    terminals.faults.clear()
    assert [client.post(body).status for client in clients] == [200, 200, 200]


def test_what_belongs_to_servers_does_nothing_to_a_terminal(lobby):
    terminal, client = lobby
    terminal.faults.add(Fault(effect="expire_tokens"), Fault(effect="wrong_next"))
    assert client.get("GetDeviceId") == {"device_id": 1}


def test_a_wrong_key_is_answered_by_a_fault_of_its_path_alone(lobby, reach):
    terminal, _ = lobby
    terminal.faults.add(Fault(effect="cut", path="/control"))
    assert reach(terminal, "x").post({"mid": "1", "cmd": "GetUserIdList", "payload": {}}).status == 403


def test_requests_that_wait_do_not_hold_up_other_terminals(terminals, reach):
    slow, quick = terminals.add("slow"), terminals.add("quick")
    slow.faults.add(Fault(effect="hang", seconds=60))
    waiting = reach(slow)
    waiting.begin("POST", f"{waiting.path}/control?api_key=", b'{"mid": "1", "cmd": "GetDeviceId", "payload": {}}')
    assert reach(quick).get("GetDeviceId") == {"device_id": 1}
    terminals.stop()
    with pytest.raises(ConnectionResetError):
        waiting.end()
