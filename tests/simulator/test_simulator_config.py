"""The file of `reconciler simulate`."""

import threading
from pathlib import Path

import pytest
from simulator_client import Client

from reconciler.simulator import Server, SimulatorError, read, run

GOOD = """\
servers:
  - name: hq
    profile: zkbiotime
    username: rita
    password: 0815
    data: hq.json
    switches: {page_size_max: 500, licence_gate: false, genders: [F, M]}
    faults:
      - {effect: status, status: 503, path: /areas/, nth: 2}
    seed:
      departments:
        - {code: 007, name: Night, parent: 006}
        - {code: 006, name: Day}
      areas: [{code: HQ, name: Headquarters}]
      employees:
        - {code: 010, first_name: no, department: 007, areas: [HQ], enable_att: false, position: null}
    generate: {employees: 3, departments: 1}
  - name: plain
"""


def write(folder, text):
    path = folder / "servers.yaml"
    path.write_text(text, "utf-8")
    return path


def test_a_file_describes_servers(tmp_path):
    hq, plain = read(write(tmp_path, GOOD))
    assert (hq.username, hq.password, hq.data) == ("rita", "0815", str(tmp_path / "hq.json"))
    assert (plain.profile, plain.port, plain.seed, plain.faults) == ("biotime-8.5", 0, {}, [])
    server = hq.server()
    assert (server.profile.page_size_max, server.profile.genders) == (500, ("F", "M"))
    assert [fault.status for fault in server.faults.all()] == [503]
    assert server.rows("departments")[2:] == [
        {"id": 3, "dept_code": "007", "dept_name": "Night", "parent_dept": 4},
        {"id": 4, "dept_code": "006", "dept_name": "Day"},
    ]
    assert [row["emp_code"] for row in server.rows("employees")] == ["000001", "000002", "000003", "010"]
    assert server.rows("employees")[3] == {
        "id": 4,
        "emp_code": "010",
        "first_name": "no",
        "department": 3,
        "enable_att": False,
        "area": [2],
    }


def test_run_announces_each_address_and_ends_with_its_event(tmp_path):
    configs = read(write(tmp_path, GOOD))
    lines: list[str] = []
    stop = threading.Event()
    seen = []

    def announce(line):
        lines.append(line)
        if len(lines) == 2:
            server = Server(username="rita", password="0815")
            seen.append(server.username)
            stop.set()

    run(configs, announce, stop)
    assert [line.rpartition(":")[0] for line in lines] == [
        "hq (zkbiotime): http://127.0.0.1",
        "plain (biotime-8.5): http://127.0.0.1",
    ]
    assert (tmp_path / "hq.json").exists()


def test_kept_data_go_before_the_seed(tmp_path):
    config = read(write(tmp_path, GOOD))[0]
    with config.server() as server:
        client = Client(server).login()
        client.call("DELETE", "/personnel/api/employees/4/")
        client.connection.close()
    assert [row["emp_code"] for row in config.server().rows("employees")] == ["000001", "000002", "000003"]


def test_no_server_is_left_running_when_one_can_not_start(tmp_path):
    with Server() as taken:
        port = taken.url.rpartition(":")[2]
        configs = read(write(tmp_path, f"servers:\n  - name: a\n  - name: b\n    port: {port}\n"))
        before = threading.active_count()
        with pytest.raises(SimulatorError, match="Address already in use"):
            run(configs, lambda line: None, threading.Event())
        assert threading.active_count() == before


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", " is empty; it must have `servers:`."),
        ("servers: [", ":1: This is no YAML: expected the node content, but found '<stream end>'."),
        ("{}", ":1: Object missing required field `servers`."),
        ("servers:\n  - port: 1", ":2: Object missing required field `name` - at `$.servers[0]`."),
        ("servers:\n  - name: x\n    nam: y", ":3: Object contains unknown field `nam` - at `$.servers[0]`."),
        ("servers:\n  - name: x\n    port: http", ":3: Expected `int`, got `str` - at `$.servers[0].port`."),
        ("servers:\n  - name: x\n    profile: biotime", ":2: There is no profile 'biotime'. The profiles are "),
        ("servers:\n  - name: a\n  - name: b\n    switches: {x: 1}", ":3: There is no switch 'x'. The switches are "),
        (
            "servers:\n  - name: x\n    faults:\n      - effect: boom",
            ":4: Invalid enum value 'boom' - at `$.servers[0].faults[0].effect`.",
        ),
        ("servers:\n  - name: x\n    port: 99999", ":3: Expected `int` <= 65535 - at `$.servers[0].port`."),
        ("servers:\n  - name: x\n  - name: x", ":3: There are two servers of the name 'x'."),
        ("servers: &a\n  - name: x\n    seed: *a", ": The file refers to itself."),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path, text, message):
    path = write(tmp_path, text)
    with pytest.raises(SimulatorError) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}{message}")


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(SimulatorError, match=r"missing\.yaml can't be read: "):
        read(Path(tmp_path / "missing.yaml"))


@pytest.mark.parametrize(
    ("seed", "message"),
    [
        ({"people": []}, "A seed has no people. It may have company, departments, "),
        (
            {"employees": [{"code": "1"}, {"code": "2", "department": "X"}]},
            "Row 2 of the seed's employees refers to department 'X', which is not there.",
        ),
        (
            {"employees": [{"code": "1", "colour": "red"}]},
            "Row 1 of the seed's employees has 'colour', which a server of this profile does not have.",
        ),
        (
            {"areas": [{"code": "x" * 31, "name": "X"}]},
            "Row 1 of the seed's areas can't be used: area_code: Ensure this field has no more than 30 characters.",
        ),
    ],
)
def test_a_seed_that_no_server_would_hold_is_refused(seed, message):
    with pytest.raises(SimulatorError) as caught:
        Server().seed(seed)
    assert str(caught.value).startswith(message)


def test_a_seed_may_have_attendance_on_every_profile():
    server = Server("utimemaster-9.5")
    server.seed({"employees": [{"code": "1", "enable_att": False, "enable_overtime": True}]})
    row = server.rows("employees")[0]
    assert (row["enable_att"], row["enable_overtime"]) == (False, True)


def test_generated_objects_are_the_same_each_time():
    first, second = Server(), Server()
    for server in (first, second):
        server.generate(employees=30, departments=3, areas=2, positions=2)
    assert first.dump() == second.dump()
    assert len({row["card_no"] for row in first.rows("employees")}) == 30
