"""The server as a whole: connections, threads, TLS, the journal and the file that it keeps."""

import http.client
import json
import socket
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from simulator_client import Client

from reconciler.simulator import Fault, Server, SimulatorError

HERE = Path(__file__).parent
EMPLOYEES = "/personnel/api/employees/"
NEW = {"emp_code": "1", "department": 1, "area": [1]}


def connect(server):
    host, port = urlsplit(server.url).netloc.split(":")
    return socket.create_connection((host, int(port)), timeout=10)


def test_a_missing_slash_is_a_redirect_that_keeps_the_query(start):
    _, client = start()
    answer = client.call("POST", "/personnel/api/employees?a=1", NEW)
    assert (answer.status, answer.headers["Location"]) == (301, f"{EMPLOYEES}?a=1")
    assert b"Page not found" in client.call("GET", "/nonsense").raw


@pytest.mark.parametrize("path", ["/", "/personnel/api/", "/personnel/api/employees/x/", "/iclock/api/areas/"])
def test_an_unknown_path_is_a_page_with_200(start, path):
    _, client = start()
    answer = client.call("GET", path)
    assert (answer.status, b"<h1>Page not found</h1>" in answer.raw) == (200, True)


def test_a_connection_is_kept_and_takes_requests_sent_ahead(start):
    server, client = start()
    one = f"GET /personnel/api/areas/1/ HTTP/1.1\r\nHost: x\r\nAuthorization: {client.authorization}\r\n\r\n"
    last = one.replace("Host: x", "Host: x\r\nConnection: close")
    with connect(server) as connection:
        connection.sendall((one + one + last).encode())
        data = b"".join(iter(lambda: connection.recv(65536), b""))
    assert data.count(b"HTTP/1.1 200 OK") == 3
    assert data.count(b"Connection: keep-alive") == 2


def test_a_chunked_body_is_read(start):
    server, client = start()
    data = json.dumps(NEW).encode()
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (data[:5], data[5:])) + b"0\r\n\r\n"
    head = f"POST {EMPLOYEES} HTTP/1.1\r\nAuthorization: {client.authorization}\r\nTransfer-Encoding: chunked\r\n"
    with connect(server) as connection:
        connection.sendall(head.encode() + b"Connection: close\r\n\r\n" + chunks)
        assert connection.recv(65536).startswith(b"HTTP/1.1 201 Created")
    assert len(server.rows("employees")) == 1


@pytest.mark.parametrize("data", [b"nonsense\r\n\r\n", b"GET / HTTP/1.1\r\nno colon\r\n\r\n", b"GET / SPDY/3\r\n\r\n"])
def test_what_is_no_http_is_a_400(start, data):
    server, _ = start()
    with connect(server) as connection:
        connection.sendall(data)
        assert connection.recv(65536).startswith(b"HTTP/1.1 400 Bad Request")


def test_the_journal_tells_what_arrived(start):
    server, client = start(clock=lambda: 1_700_000_000.0)
    client.call("POST", EMPLOYEES, NEW)
    client.call("GET", f"{EMPLOYEES}?page=9")
    client.call("GET", f"{EMPLOYEES}1/")
    entries = server.journal.entries()
    assert [(entry.method, entry.path, entry.query, entry.status, entry.body) for entry in entries] == [
        ("POST", "/api-token-auth/", "", 200, None),
        ("POST", EMPLOYEES, "", 201, NEW),
        ("GET", EMPLOYEES, "page=9", 404, None),
        ("GET", f"{EMPLOYEES}1/", "", 200, None),
    ]
    assert {entry.at for entry in entries} == {1_700_000_000.0}
    assert (server.calls(), server.calls("GET"), server.calls("GET", EMPLOYEES)) == (4, 2, 1)
    assert server.calls(path=f"{EMPLOYEES}*") == 3
    server.journal.clear()
    assert (server.calls(), server.journal.entries()) == (0, [])


def test_of_many_creates_of_one_code_one_wins(start):
    server, first = start()
    clients = [Client(server) for _ in range(8)]

    def create(client):
        client.authorization = first.authorization
        return client.call("POST", EMPLOYEES, NEW).status

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(create, clients))
    for client in clients:
        client.connection.close()
    assert sorted(statuses) == [201] + [400] * 7
    assert server.created_twice() == []


def test_creates_from_many_threads_all_count(start):
    server, first = start()

    def work(worker):
        client = Client(server)
        client.authorization = first.authorization
        for number in range(50):
            assert client.call("POST", EMPLOYEES, NEW | {"emp_code": f"{worker}-{number}"}).status == 201
        client.connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert [row["id"] for row in server.rows("employees")] == list(range(1, 201))
    assert server.calls("POST", EMPLOYEES) == 200


def test_the_peak_is_the_most_requests_at_one_moment(start):
    server, first = start()
    barrier = threading.Barrier(3)
    server._stopping.wait = lambda _: barrier.wait(10)
    server.faults.add(Fault(effect="latency", path="/areas/"))

    def get(_):
        client = Client(server)
        client.authorization = first.authorization
        client.call("GET", "/personnel/api/areas/")
        client.connection.close()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(get, range(3)))
    assert server.journal.peak == 3


def test_a_stop_ends_kept_connections_and_waits_for_no_latency():
    server = Server()
    with server:
        client = Client(server).login()
        server.faults.add(Fault(effect="latency", seconds=60, path="/areas/"))
        waiting = connect(server)
        waiting.sendall(b"GET /personnel/api/areas/ HTTP/1.1\r\n\r\n")
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        client.call("GET", EMPLOYEES)
    client.connection.close()
    waiting.close()
    with pytest.raises(SimulatorError, match="does not run"):
        _ = server.url


def test_a_dump_loads_into_another_server(start):
    server, client = start()
    server.generate(employees=5, departments=2)
    client.call("DELETE", f"{EMPLOYEES}5/")
    other, other_client = start()
    other.load(json.loads(json.dumps(server.dump())))
    assert other.dump() == server.dump()
    assert other_client.call("POST", EMPLOYEES, NEW).json["id"] == 6


@pytest.mark.parametrize(
    "dump", [{}, {"tables": {"people": []}, "next_id": {}}, {"tables": {"areas": [{}]}, "next_id": {}}]
)
def test_what_is_no_dump_changes_nothing(start, dump):
    server, _ = start()
    before = server.dump()
    with pytest.raises(SimulatorError):
        server.load(dump)
    assert server.dump() == before


def test_https_with_a_certificate(start):
    server, _ = start(login=False, certificate=HERE / "localhost.pem", key=HERE / "localhost.key")
    context = ssl.create_default_context(cafile=HERE / "localhost.pem")
    client = Client(server, context).login()
    page = client.get("/personnel/api/areas/?page_size=1")
    assert server.url.startswith("https://")
    assert (page["count"], page["next"]) == (1, None)
    client.connection.close()


def test_plain_http_on_a_tls_port_harms_nobody_else(start):
    server, _ = start(login=False, certificate=HERE / "localhost.pem", key=HERE / "localhost.key")
    with connect(server) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
        client = Client(server, ssl.create_default_context(cafile=HERE / "localhost.pem")).login()
        assert client.call("GET", EMPLOYEES).status == 200
    client.connection.close()
    assert server.calls() == 2


def test_a_port_that_is_taken_is_told(start):
    server, _ = start()
    port = int(server.url.rpartition(":")[2])
    with pytest.raises(SimulatorError, match=f"can't be started on 127.0.0.1:{port}: Address already in use"):
        Server(port=port).start()


def test_data_outlive_a_restart(tmp_path):
    path = tmp_path / "hq.json"
    with Server(data=path) as server:
        client = Client(server).login()
        client.call("POST", EMPLOYEES, NEW | {"first_name": "Zoë"})
        client.connection.close()
        before = server.dump()
    again = Server(data=path)
    assert (again.restored, again.dump()) == (True, before)
    assert [file.name for file in tmp_path.iterdir()] == ["hq.json"]


def test_a_server_comes_back_at_its_address_with_its_data(start, tmp_path):
    server, client = start(data=tmp_path / "hq.json")
    url = server.url
    client.call("POST", EMPLOYEES, NEW)
    server.stop()
    server.start()
    assert server.url == url
    client.connection.close()
    assert client.call("POST", EMPLOYEES, NEW | {"emp_code": "2"}).json["id"] == 2
    server.stop()
    assert len(Server(data=tmp_path / "hq.json").rows("employees")) == 2


def test_data_that_can_not_be_saved_are_told_of(tmp_path):
    with pytest.raises(SimulatorError, match=r"The folder of the data file .*hq\.json is not there"):
        Server(data=tmp_path / "missing" / "hq.json")
    (tmp_path / "folder").mkdir()
    server = Server(data=tmp_path / "folder" / "hq.json").start()
    (tmp_path / "folder").rmdir()
    with pytest.raises(SimulatorError, match=r"hq\.json can't be written: No such file or directory"):
        server.stop()


def test_every_write_is_saved_before_its_answer_if_asked(tmp_path):
    path = tmp_path / "hq.json"
    with Server(data=path, save_every_write=True) as server:
        client = Client(server).login()
        client.call("POST", EMPLOYEES, NEW)
        client.connection.close()
        assert Server(data=path).dump() == server.dump()


def test_a_write_is_saved_without_a_stop(tmp_path):
    path = tmp_path / "hq.json"
    saved = threading.Event()
    with Server(data=path) as server:
        real = server._keeper._dump
        server._keeper._dump = lambda: (saved.set(), real())[1]
        client = Client(server).login()
        client.call("POST", EMPLOYEES, NEW)
        client.connection.close()
        assert saved.wait(10)


@pytest.mark.parametrize("text", ["", "[]", '{"version": 9}', "\x00"])
def test_a_data_file_that_is_none_is_refused(tmp_path, text):
    path = tmp_path / "hq.json"
    path.write_text(text)
    with pytest.raises(SimulatorError, match=r"The data file .*hq\.json "):
        Server(data=path)


def test_a_fault_of_the_simulator_itself_is_a_page_and_is_kept(start):
    server, client = start()
    server._app.handle = lambda request: 1 / 0
    answer = client.call("GET", EMPLOYEES)
    assert (answer.status, "ZeroDivisionError" in server.errors.pop()) == (500, True)
