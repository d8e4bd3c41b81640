"""The server of terminals: keys, connections, addresses, TLS, and what it records."""

import http.client
import json
import socket
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from device_helpers import HERE, put

from reconciler.simulator import Fault, SimulatorError, Terminals

CERTIFICATE = (HERE / "localhost.pem").read_text("utf-8")
KEY = (HERE / "localhost.key").read_text("utf-8")
GET_ID = {"mid": "1", "cmd": "GetDeviceId", "payload": {}}
STATIC = {"dhcp": "off", "address": "127.0.0.9", "netmask": "255.0.0.0", "gateway": "127.0.0.1"}


def trusting():
    context = ssl.create_default_context(cafile=HERE / "localhost.pem")
    context.check_hostname = False
    return context


def connect(terminal):
    return socket.create_connection((terminal.place, terminal.port), timeout=10)


# The key and what comes before a command


def test_a_wrong_key_is_refused_before_anything_is_looked_at(terminals, reach):
    terminal = terminals.add("lobby", api_key="k7")
    assert reach(terminal, "k7").post(GET_ID).status == 200
    for key in ("", None, "K7", "k7x"):
        answer = reach(terminal, key).post(b"no JSON")
        assert (answer.status, answer.raw) == (403, b"")
    assert [it.status for it in terminals.record.entries("lobby")] == [200, 403, 403, 403, 403]


def test_the_factory_s_key_is_empty_or_left_out(terminals, reach):
    terminal = terminals.add("lobby")
    assert [reach(terminal, key).post(GET_ID).status for key in ("", None, "x")] == [200, 200, 403]


def test_a_new_key_counts_from_the_next_request(terminals, reach):
    terminal = terminals.add("lobby")
    client = reach(terminal)
    client.get("SetSecurityConfig", {"api_key": "new"})
    assert client.post(GET_ID).status == 403
    client.key = "new"
    assert client.post(GET_ID).status == 200


def test_a_wrong_key_may_be_401(terminals, reach):
    assert reach(terminals.add("lobby", switches={"wrong_key": 401}), "x").post(GET_ID).status == 401


@pytest.mark.parametrize(("decoding", "statuses"), [(True, [200, 403]), (False, [403, 200])])
def test_percent_signs_of_a_key(decoding, statuses, terminals, reach):
    switches = {"key_decoding": decoding}
    decoded = terminals.add("decoded", api_key="a/b", switches=switches)
    verbatim = terminals.add("verbatim", api_key="a%2Fb", switches=switches)
    assert [reach(terminal, "a%2Fb").post(GET_ID).status for terminal in (decoded, verbatim)] == statuses


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/", None, 200),
        ("OPTIONS", "/control", None, 200),
        ("GET", "/control", None, 405),
        ("PUT", "/control", b"{}", 405),
        ("POST", "/Control", b"{}", 404),
        ("POST", "/control", b"{", 400),
        ("POST", "/control", b"[]", 400),
        ("POST", "/control", b'{"mid": "\xff"}', 400),
        ("POST", "/control", b"", 400),
    ],
)
def test_what_is_no_command(method, path, body, status, terminals, reach):
    answer = reach(terminals.add("lobby")).send(method, path, body)
    assert (answer.status, answer.headers["Server"]) == (status, "Boost.Beast/144")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_the_test_page_begins_with_a_byte_order_mark(terminals, reach):
    page = reach(terminals.add("lobby")).send("GET", "/").raw.decode("utf-8")
    assert page.startswith("\ufeff<!DOCTYPE html>")
    assert "Attendance & Access machine development test interface" in page


def test_a_body_beyond_the_limit_is_413(terminals, reach):
    terminal = terminals.add("lobby", switches={"body_max": 1000})
    payload = {"mid": "1", "cmd": "SetUserInfo", "payload": {"id": "1", "face": "x" * 1000}}
    answer = reach(terminal).post(payload)
    assert (answer.status, answer.headers["Connection"]) == (413, "close")
    assert terminal.dump()["users"] == {}


# The connection


def test_a_connection_is_kept_and_takes_requests_sent_ahead(terminals):
    terminal = terminals.add("lobby")
    body = json.dumps(GET_ID).encode()
    one = b"POST /control?api_key= HTTP/1.1\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
    last = one.replace(b"HTTP/1.1\r\n", b"HTTP/1.1\r\nConnection: close\r\n")
    with connect(terminal) as connection:
        for byte in one:
            connection.sendall(bytes([byte]))
        connection.sendall(one + last)
        data = b"".join(iter(lambda: connection.recv(65536), b""))
    assert data.count(b"HTTP/1.1 200 OK") == 3
    assert data.count(b"Connection: keep-alive") == 2


def test_a_chunked_body_is_read_and_a_client_that_asks_may_go_on(terminals):
    terminal = terminals.add("lobby")
    body = json.dumps(GET_ID).encode()
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:9], body[9:])) + b"0\r\n\r\n"
    head = b"POST /control HTTP/1.1\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"
    with connect(terminal) as connection:
        connection.sendall(head)
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(chunks)
        data = b"".join(iter(lambda: connection.recv(65536), b""))
    assert data.endswith(b'{"mid":"1","payload":{"device_id":1},"result":"DeviceId"}')


@pytest.mark.parametrize(
    "data",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET / SPDY/3\r\n\r\n",
        b"POST /control HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /control HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_what_is_no_http_is_a_400(data, terminals):
    with connect(terminals.add("lobby")) as connection:
        connection.sendall(data)
        assert connection.recv(65536).startswith(b"HTTP/1.1 400 Bad Request")


# One request at a time


def watched(terminal, method):
    """An event for the first call of a terminal's method, or of one of its faults."""
    called = threading.Event()
    owner = terminal.faults if method == "take" else terminal
    real = getattr(owner, method)

    def call(*given, **named):
        result = real(*given, **named)
        called.set()
        return result

    setattr(owner, method, call)
    return called


@pytest.mark.parametrize(("way", "result"), [("record", "DeviceId"), ("delay", "DeviceId"), ("refuse", None)])
def test_a_second_request_at_one_time_is_a_violation(way, result, terminals, reach):
    terminal = terminals.add("lobby", switches={"parallel": way})
    terminal.faults.add(Fault(effect="hang", seconds=60, nth=1))
    begun, seen = watched(terminal, "take"), watched(terminal, "happened")
    client = reach(terminal)

    def call():
        try:
            return client.call("GetDeviceId")["result"]
        except http.client.RemoteDisconnected:
            return None

    with connect(terminal) as first, ThreadPoolExecutor(1) as pool:
        body = json.dumps(GET_ID | {"cmd": "GetUserIdList"}).encode()
        first.sendall(b"POST /control HTTP/1.1\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
        assert begun.wait(10)
        second = pool.submit(call)
        assert seen.wait(10)
        if way == "delay":  # its turn comes when the first gives up
            first.close()
        assert second.result(10) == result
    assert [(it.terminal, it.command) for it in terminals.record.violations()] == [("lobby", "GetDeviceId")]


def test_requests_one_after_the_other_are_no_violation(terminals, reach):
    clients = [reach(terminals.add(name, switches={"latency": 0.001})) for name in ("a", "b", "c")]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda client: [client.get("GetDeviceId") for _ in range(5)], clients))
    assert terminals.record.violations() == []
    assert terminals.record.calls() == 15


# Addresses


def test_terminals_share_a_port_by_their_addresses_and_names(terminals, reach):
    first, second = terminals.add("first"), terminals.add("second", address="127.9.8.7")
    assert (first.url, second.url) == (f"http://127.0.0.1:{first.port}", f"http://127.9.8.7:{first.port}")
    assert terminals.by_name("second") == f"http://127.0.0.1:{first.port}/t/second"
    reach(second).get("SetDeviceId", {"device_id": 2})
    answers = [reach(place).get("GetDeviceId")["device_id"] for place in (first, second, terminals.by_name("second"))]
    assert answers == [1, 2, 2]
    assert reach(f"{terminals.by_name('first')}x").post(GET_ID).status == 404


def test_an_address_where_no_terminal_is_does_not_answer(terminals, reach):
    port = terminals.add("lobby").port
    with pytest.raises(http.client.RemoteDisconnected):
        reach(f"http://127.0.0.77:{port}").post(GET_ID)


def test_a_request_without_a_body_to_nobody_is_turned_away_once(terminals, reach):
    lobby = terminals.add("lobby")
    nobody = reach(lobby.url.replace(lobby.place, "127.9.9.9"))
    with pytest.raises(http.client.RemoteDisconnected):
        nobody.send("GET", "/")
    assert reach(lobby).get("GetDeviceId") == {"device_id": 1}


def test_a_fleet_is_thousands_of_terminals_of_one_thread(reach):
    before = threading.active_count()
    terminals = Terminals()
    fleet = terminals.fleet("floor", 3000, users=2)
    with terminals:
        assert threading.active_count() == before + 1
        assert (len(terminals), fleet[0].name, fleet[-1].name) == (3000, "floor-0001", "floor-3000")
        assert [it.place for it in (fleet[0], fleet[255], fleet[2999])] == ["127.1.0.1", "127.1.1.0", "127.1.11.184"]
        reach(fleet[1]).get("SetUserInfo", {"id": "x"})
        users = [reach(it).get("GetUserIdList")["user_id"] for it in (fleet[0], fleet[1], fleet[2999])]
        assert users == [["000001", "000002"], ["000001", "000002", "x"], ["000001", "000002"]]
        assert len({it.unit.state.device_uid for it in fleet}) == 3000


def test_many_clients_at_once_reach_their_terminals(terminals, reach):
    fleet = terminals.fleet("floor", 64)
    clients = [reach(it) for it in fleet]
    with ThreadPoolExecutor(32) as pool:
        uids = list(pool.map(lambda client: client.get("GetDeviceUid")["device_uid"], clients))
    assert uids == [it.unit.state.device_uid for it in fleet]
    assert terminals.record.violations() == []


# A change of address


def test_a_terminal_moves_to_its_new_address(terminals, reach):
    terminal = terminals.add("lobby")
    client = reach(terminal)
    client.get("SetNetworkConfig", {"ethernet": STATIC})
    assert terminal.url == f"http://127.0.0.9:{terminal.port}"
    with pytest.raises(http.client.RemoteDisconnected):
        client.call("GetDeviceId")
    moved = reach(terminal)
    assert moved.get("GetNetworkConfig")["ethernet"]["running"]["address"] == "127.0.0.9"
    moved.get("SetNetworkConfig", {"ethernet": {"dhcp": "on"}})
    assert terminal.place == "127.0.0.1"
    assert [it.event for it in terminals.record.entries(event="moved")] == ["moved", "moved"]


@pytest.mark.parametrize(
    ("way", "address", "place"),
    [
        ("move", "127.0.0.9", "127.0.0.9"),
        ("move", "192.168.0.5", "127.0.0.1"),
        ("stop", "127.0.0.9", "127.0.0.9"),
        ("stop", "192.168.0.5", None),
        ("stay", "127.0.0.9", "127.0.0.1"),
        ("stay", "192.168.0.5", "127.0.0.1"),
    ],
)
def test_where_a_new_address_puts_a_terminal(way, address, place, terminals, reach):
    terminal = terminals.add("lobby", switches={"address_change": way})
    reach(terminal).get("SetNetworkConfig", {"ethernet": STATIC | {"address": address}})
    assert terminal.place == place


def test_a_terminal_that_stopped_is_nowhere_until_a_factory_reset(terminals, reach):
    terminal = terminals.add("lobby", switches={"address_change": "stop"})
    named = terminals.by_name("lobby")
    reach(terminal).get("SetNetworkConfig", {"ethernet": STATIC | {"address": "192.168.0.5"}})
    with pytest.raises(SimulatorError, match="The terminal lobby has no address"):
        _ = terminal.url
    assert reach(named).post(GET_ID).status == 404
    terminal.factory_reset()
    assert reach(terminal).get("GetDeviceId") == {"device_id": 1}


@pytest.mark.parametrize(
    ("switch", "command", "payload"),
    [
        ("network_reply", "SetNetworkConfig", {"ethernet": STATIC}),
        ("security_reply", "SetSecurityConfig", {"api_key": "new"}),
    ],
)
def test_the_answer_may_be_lost_with_the_connection(switch, command, payload, terminals, reach):
    terminal = terminals.add("lobby", switches={switch: "lost"})
    with pytest.raises(http.client.RemoteDisconnected):
        reach(terminal).call(command, payload)
    assert terminals.record.entries(command=command)[0].result == "Success"
    assert (terminal.place, terminal.unit.state.security.api_key) in {("127.0.0.9", ""), ("127.0.0.1", "new")}


# http and https


def test_https_with_a_certificate_that_was_sent_and_http_off(terminals, reach):
    terminal = terminals.add("lobby")
    with pytest.raises((ssl.SSLError, ConnectionError)):
        reach(terminal.url.replace("http", "https"), context=trusting()).post(GET_ID)
    client = reach(terminal)
    tls = {"enabled": "yes", "device_cert": CERTIFICATE, "device_key ": KEY}
    client.get("SetSecurityConfig", {"tls_conf": tls})
    secure = reach(terminal.url.replace("http", "https"), context=trusting())
    assert [client.get("GetDeviceId"), secure.get("GetDeviceId")] == [{"device_id": 1}] * 2
    secure.get("SetSecurityConfig", {"enable_http": "no"})
    assert terminal.url == f"https://127.0.0.1:{terminal.port}"
    with pytest.raises(http.client.RemoteDisconnected):
        client.call("GetDeviceId")
    zones = secure.get("GetAcTimeZone")
    assert secure.get("SetAcTimeZone", zones) == {}


def test_https_with_the_factory_s_own_certificate(terminals, reach):
    terminal = terminals.add("lobby", certificate=HERE / "localhost.pem", key=HERE / "localhost.key")
    reach(terminal).get("SetSecurityConfig", {"enable_http": "no", "tls_conf": {"enabled": "yes"}})
    assert reach(terminal, context=trusting()).get("GetDeviceId") == {"device_id": 1}
    terminal.factory_reset()
    assert reach(terminal).get("GetDeviceId") == {"device_id": 1}


def test_with_http_and_https_off_only_a_factory_reset_helps(terminals, reach):
    terminal = terminals.add("lobby")
    client = reach(terminal)
    client.get("SetSecurityConfig", {"enable_http": "no"})
    with pytest.raises(http.client.RemoteDisconnected):
        client.call("GetDeviceId")
    terminal.factory_reset()
    assert client.get("GetDeviceId") == {"device_id": 1}


# The lock


def test_every_lock_is_recorded_and_what_was_done_under_it(terminals, reach):
    terminal = terminals.add("lobby")
    client = reach(terminal)
    client.get("SetUserInfo", {"id": "1"})
    client.get("LockDevice", {"is_locked": "yes"})
    assert terminal.locked
    client.get("SetUserInfo", {"id": "2"})
    client.get("LockDevice", {"is_locked": "no"})
    assert not terminal.locked
    assert terminals.record.locks("lobby") == [True, False]
    edits = terminals.record.entries("lobby", "SetUserInfo")
    assert [(it.payload["id"], it.locked) for it in edits] == [("1", False), ("2", True)]


@pytest.mark.parametrize(("seconds", "locked"), [(0, True), (30, False)])
def test_a_lock_may_run_out(seconds, locked, reach):
    now = [1_000_000.0]
    with Terminals(clock=lambda: now[0]) as terminals:
        terminal = terminals.add("lobby", switches={"lock_seconds": seconds})
        reach(terminal).get("LockDevice", {"is_locked": "yes"})
        now[0] += 30
        assert terminal.locked == locked
        assert terminals.record.locks() == ([True] if locked else [True, False])


@pytest.mark.parametrize("kept", [True, False])
def test_a_restart_forgets_jobs_and_perhaps_the_lock(kept, terminals, reach):
    terminal = terminals.add("lobby", switches={"lock_kept": kept})
    client = reach(terminal)
    client.get("LockDevice", {"is_locked": "yes"})
    client.get("BeginEnrollCard")
    terminal.restart()
    assert terminal.locked == kept
    assert client.code("QueryJobStatus", {"job_id": 1}) == ["job_id_not_exists", 1]
    assert client.get("BeginEnrollCard") == {"job_id": 2}


# The record


def test_the_record_tells_what_happened_without_keys(terminals, reach):
    terminal = terminals.add("lobby", api_key="hidden-key", clock_offset=60)
    client = reach(terminal, "hidden-key")
    client.get("SetSoundVolume", {"sound_volume": 3})
    client.code("GetUserInfo", {"id": "9"})
    client.get("SetSecurityConfig", {"api_key": "hidden-too"})
    terminal.factory_reset("00000000000000ff")
    found = [(it.event, it.command, it.payload, it.status, it.result, it.code) for it in terminals.record.entries()]
    assert found == [
        ("call", "SetSoundVolume", {"sound_volume": 3}, 200, "Success", ""),
        ("call", "GetUserInfo", {"id": "9"}, 200, "Error", "user_id_not_exists"),
        ("call", "SetSecurityConfig", None, 200, "Success", ""),
        ("factory_reset", "", None, 0, "", ""),
    ]
    entry = terminals.record.entries(command="Set*")[0]
    assert (entry.terminal, entry.at, entry.time) == ("lobby", 1_585_757_111.0, "2020-04-01T16:06:11")
    assert "hidden" not in repr(terminals.record.entries())
    assert (terminal.calls("Set*"), terminals.record.calls("lobby"), terminals.record.calls("x")) == (2, 3, 0)
    terminals.record.clear()
    assert (terminals.record.entries(), terminals.record.calls()) == ([], 0)


# What a terminal remembers


def test_a_factory_reset_leaves_a_terminal_as_it_was_delivered(terminals, reach):
    terminal, fresh = terminals.add("lobby", uid="00000000000000aa"), terminals.add("fresh", uid="00000000000000aa")
    client = reach(terminal)
    client.get("SetUserInfo", {"id": "1", "card": "7"})
    client.get("SetDept", {"Action": "Add", "dept_new": "A"})
    client.get("SetSecurityConfig", {"api_key": "k"})
    terminal.factory_reset()
    assert terminal.dump() == fresh.dump()
    terminal.factory_reset("00000000000000bb")
    assert client.get("GetDeviceUid") == {"device_uid": "00000000000000bb"}


def test_a_dump_loads_into_another_terminal(terminals, reach):
    terminal, other = terminals.add("lobby"), terminals.add("other")
    put(
        terminal,
        users=[{"id": "b", "card": "7"}, {"id": "a"}],
        records=[{"user_id": "a", "time": "2020-04-01T08:10:05"}],
    )
    client = reach(terminal)
    client.get(
        "SetAcUserInfo",
        {
            "id": "a",
            "time_zone": [1] * 7,
            "valid_period": {"use": False, "start": "2000-01-01T00:00:00", "end": "2000-01-01T00:00:00"},
        },
    )
    client.get("BeginEnrollFp")
    other.load(json.loads(json.dumps(terminal.dump())))
    assert other.dump() == terminal.dump()
    assert reach(other).get("GetUserIdList") == {"user_id": ["b", "a"]}
    assert terminals.dump() == {"lobby": terminal.dump(), "other": other.dump()}


@pytest.mark.parametrize("dump", [None, {}, {"device_uid": 1}, {"device_uid": "x", "users": []}])
def test_what_is_no_dump_changes_nothing(dump, terminals):
    terminal = terminals.add("lobby")
    before = terminal.dump()
    with pytest.raises(SimulatorError, match="This is no dump of a simulated terminal"):
        terminal.load(dump)
    with pytest.raises(SimulatorError, match="There is no terminal 'x'"):
        terminals.load({"x": before})
    assert terminal.dump() == before


def test_terminals_come_back_at_their_address_with_their_data(tmp_path, reach):
    terminals = Terminals()
    terminal = terminals.add("lobby", data=tmp_path / "lobby.json")
    fleet = terminals.fleet("hall", 2, data=tmp_path / "hall.json")
    with terminals:
        url = terminal.url
        reach(terminal).get("SetUserInfo", {"id": "1"})
        reach(fleet[1]).get("SetUserInfo", {"id": "2"})
    with terminals:
        assert (terminal.url, reach(terminal).get("GetUserIdList")) == (url, {"user_id": ["1"]})
    again = Terminals()
    found = [again.add("lobby", data=tmp_path / "lobby.json"), *again.fleet("hall", 2, data=tmp_path / "hall.json")]
    assert [(it.restored, list(it.unit.state.users)) for it in found] == [(True, ["1"]), (True, []), (True, ["2"])]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["hall.json", "lobby.json"]


def test_a_terminal_that_is_added_to_those_that_run_is_kept_too(tmp_path, terminals, reach):
    terminal = terminals.add("lobby", data=tmp_path / "lobby.json")
    reach(terminal).get("SetUserInfo", {"id": "1"})
    terminals.stop()
    assert Terminals().add("lobby", data=tmp_path / "lobby.json").restored


def test_what_no_terminal_can_be_is_told(tmp_path, terminals):
    terminals.add("lobby", address="127.0.0.5")
    wrong = [
        ({"name": "lobby"}, "There are two terminals of the name 'lobby'."),
        ({"name": "a b"}, "The name 'a b' is none of a terminal"),
        ({"name": "a", "address": "127.0.0.5"}, "There are two terminals at the address 127.0.0.5."),
        ({"name": "a", "address": "10.0.0.1"}, "The address '10.0.0.1' is none of a terminal"),
        ({"name": "a", "capabilities": {"nose": True}}, "A terminal's capabilities can't be used: "),
        ({"name": "a", "key": HERE / "localhost.key"}, "A certificate and its key belong together"),
        ({"name": "a", "certificate": HERE / "localhost.key", "key": HERE / "localhost.key"}, "The certificate "),
        ({"name": "a", "data": tmp_path / "none" / "a.json"}, "The folder of the data file "),
    ]
    for options, message in wrong:
        with pytest.raises(SimulatorError) as caught:
            terminals.add(**options)
        assert str(caught.value).startswith(message)
    with pytest.raises(SimulatorError, match="capacity can't be used"):
        terminals.fleet("a", 1, capacity={"users": "many"})
    with pytest.raises(SimulatorError, match=r"The address '128\.0\.0\.0' is none of a terminal"):
        terminals.fleet("a", 2, address="127.255.255.255")
    assert len(terminals) == 1


def test_a_port_that_is_taken_is_told(terminals):
    port = terminals.add("lobby").port
    with pytest.raises(SimulatorError, match=f"Terminals can't be started on port {port}: Address already in use"):
        Terminals(port=port).start()


def test_faults_over_http_only_where_that_is_enabled(terminals, reach):
    fault = json.dumps({"effect": "status", "status": 502, "command": "GetDeviceId"}).encode()
    assert reach(terminals.add("lobby")).send("POST", "/_simulator/faults", fault).status == 404
    with Terminals(control=True) as controlled:
        client = reach(controlled.add("lobby"))
        assert client.send("POST", "/_simulator/faults", fault).status == 200
        assert client.post(GET_ID).status == 502
        assert client.send("DELETE", "/_simulator/faults").json == []
        assert client.post(GET_ID).status == 200


def test_a_fault_of_the_simulator_itself_is_a_page_and_is_kept(reach):
    with Terminals() as terminals:
        terminal = terminals.add("lobby")
        terminal.handle = lambda request, message: 1 / 0
        assert reach(terminal).post(GET_ID).status == 500
        assert terminals.errors == ["ZeroDivisionError: division by zero"]


def test_a_latency_of_all_calls_is_a_switch(terminals, reach):
    terminal = terminals.add("lobby", switches={"latency": 0.001})
    terminal.faults.add(Fault(effect="latency", seconds=0.001))
    assert reach(terminal).get("GetDeviceId") == {"device_id": 1}
