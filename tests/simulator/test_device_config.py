"""Terminals and fleets in the file of `reconciler simulate`."""

import shutil
import threading

import pytest
from device_helpers import HERE

from reconciler.simulator import SimulatorError, read, run
from reconciler.simulator.device.config import grouped

GOOD = """\
terminals:
  - name: lobby
    api_key: 0815
    data: lobby.json
    switches: {user_page: 10, lock_required: true}
    capabilities: {palm: false}
    capacity: {users: 100}
    users:
      - {id: 007, name: no, depart: Night, privilege: manager, card: 0042}
    departments: [{name: Day, shift: [100, 1, 1, 1, 1, 1, 100]}]
    records: [{user_id: 007, time: "2020-04-01T08:10:05"}]
    faults: [{effect: status, status: 503, command: GetDeviceId, nth: 2}]
  - name: gate
    address: 127.0.0.1
    uid: e09c1d1fd6ac34a7
    certificate: localhost.pem
    key: localhost.key
fleets:
  - {prefix: floor, count: 300, made_up_users: 2, users: [{id: boss}], data: floor.json}
"""


def write(folder, text):
    path = folder / "terminals.yaml"
    path.write_text(text, "utf-8")
    return path


@pytest.fixture
def configs(tmp_path):
    for name in ("localhost.pem", "localhost.key"):
        shutil.copy(HERE / name, tmp_path)
    return read(write(tmp_path, GOOD))


def split(configs):
    return configs[:2], configs[2:]


def test_a_file_describes_terminals(configs):
    (server,) = grouped(*split(configs))
    lobby, gate, floor = server["lobby"], server["gate"], server["floor-0300"]
    assert (lobby.place, gate.place, floor.place, len(server)) == ("127.0.0.2", "127.0.0.1", "127.1.1.44", 302)
    assert lobby.unit.state.security.api_key == "0815"
    assert (lobby.unit.switches.user_page, lobby.unit.switches.lock_required) == (10, True)
    assert (lobby.unit.capabilities.palm, lobby.unit.capacity.users) == (False, 100)
    dump = lobby.dump()
    assert dump["users"] == {"007": {"name": "no", "depart": "Night", "privilege": "manager", "card": "0042"}}
    assert [it["name"] for it in dump["departments"]] == ["Company", "Day", "Night"]
    assert dump["logs"] == [{"user_id": "007", "time": "2020-04-01T08:10:05", "mode": "face"}]
    assert [fault.status for fault in lobby.faults.all()] == [503]
    assert (gate.unit.state.device_uid, "BEGIN" in gate.unit.delivered.device_cert) == ("e09c1d1fd6ac34a7", True)
    assert list(floor.unit.state.users) == ["boss", "000001", "000002"]


def test_run_announces_each_address_and_keeps_what_it_was_told(configs, tmp_path, reach):
    lines, stop = [], threading.Event()

    def announce(line):
        lines.append(line)
        if len(lines) == 3:
            url = lines[0].split()[-1]
            client = reach(url, "0815")
            client.get("LockDevice", {"is_locked": "yes"})
            client.get("DeleteUserInfo", {"id": "007"})
            stop.set()

    run(configs, announce, stop)
    port = lines[0].rpartition(":")[2]
    fleet = f"floor (300 terminals): http://127.1.0.1:{port} to http://127.1.1.44:{port}; "
    assert lines == [
        f"lobby (terminal): http://127.0.0.2:{port}",
        f"gate (terminal): http://127.0.0.1:{port}",
        f"{fleet}also http://127.0.0.1:{port}/t/floor-0001 and so on",
    ]
    (again,) = grouped(*split(configs))
    assert (again["lobby"].restored, again["lobby"].dump()["users"], again["lobby"].locked) == (True, {}, True)
    assert (tmp_path / "floor.json").exists()


def test_terminals_of_different_ports_are_different_servers(tmp_path):
    text = "terminals:\n  - {name: a, port: 18001}\n  - {name: b, port: 18002}\n  - {name: c, port: 18002}\n"
    servers = grouped(read(write(tmp_path, text)), [])
    assert [[name for name in ("a", "b", "c") if name in server] for server in servers] == [["a"], ["b", "c"]]
    assert [servers[0]["a"].place, servers[1]["b"].place, servers[1]["c"].place] == [
        "127.0.0.1",
        "127.0.0.1",
        "127.0.0.2",
    ]


def test_servers_and_terminals_stand_in_one_file(tmp_path):
    configs = read(write(tmp_path, "servers:\n  - name: hq\nterminals:\n  - name: lobby\n"))
    lines, stop = [], threading.Event()
    run(configs, lambda line: (lines.append(line), stop.set()), stop)
    assert [line.rpartition(":")[0] for line in lines] == [
        "hq (biotime-8.5): http://127.0.0.1",
        "lobby (terminal): http://127.0.0.1",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("terminals:\n  - port: 1", ":2: Object missing required field `name` - at `$.terminals[0]`."),
        ("terminals:\n  - name: x\n    nam: y", ":3: Object contains unknown field `nam` - at `$.terminals[0]`."),
        ("terminals:\n  - name: x\n    switches: {x: 1}", ":2: Terminals have no switch 'x'. Their switches are "),
        ("terminals:\n  - name: x\n  - name: x", ":3: There are two terminals of the name 'x'."),
        ("servers:\n  - name: x\nfleets:\n  - {prefix: x, count: 1}", ":4: There are two fleets of the name 'x'."),
        ("fleets:\n  - {prefix: x, count: 0}", ":2: Expected `int` >= 1 - at `$.fleets[0].count`."),
        ("fleets:\n  - prefix: x\n    count: 1\n    switches: {latency: x}", ":2: A switch has a wrong value: "),
        (
            "terminals:\n  - name: x\n    users:\n      - {id: 1, privilege: boss}",
            ":4: Invalid enum value 'boss' - at `$.terminals[0].users[0].privilege`.",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path, text, message):
    path = write(tmp_path, text)
    with pytest.raises(SimulatorError) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}{message}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("terminals:\n  - {name: x, address: 10.0.0.1}", "Terminal x: The address '10.0.0.1' is none of a terminal"),
        ("terminals:\n  - {name: x, key: k.pem}", "Terminal x: A certificate and its key belong together"),
        ("terminals:\n  - {name: x, key: k, certificate: c}", "Terminal x: The certificate "),
        ("terminals:\n  - {name: x, capacity: {users: 0}, users: [{id: 1}]}", "Terminal x: The seed has 1 users; "),
        ("terminals:\n  - {name: x, users: [{id: ''}]}", "Terminal x: A user of the seed has an empty id."),
        (
            "terminals:\n  - {name: x, departments: [{name: A, shift: [26, 0, 0, 0, 0, 0, 0]}]}",
            "Terminal x: The department ",
        ),
        ("fleets:\n  - {prefix: x, count: 2, address: 127.255.255.255}", "Terminal x: The address '128.0.0.0'"),
        (
            "fleets:\n  - {prefix: x, count: 2}\n  - {prefix: y, count: 1}",
            "Terminal y: There are two terminals at the ",
        ),
    ],
)
def test_what_no_terminal_can_be_is_told_before_any_runs(tmp_path, text, message):
    configs = read(write(tmp_path, text))
    with pytest.raises(SimulatorError) as caught:
        run(configs, lambda line: None, threading.Event())
    assert str(caught.value).startswith(message)
