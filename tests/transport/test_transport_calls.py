"""What goes out, and what a good reply gives."""

import gzip
import json
import threading

import httpx
import pytest
from loopback import reply

import reconciler
from reconciler.model.project import Auth
from reconciler.model.secret import Secret
from reconciler.transport import body as bodies
from reconciler.transport.failure import Failure, Sent
from reconciler.transport.http import HttpReader, open_reader, open_writer


def public(thing):
    return {name for name in dir(thing) if not name.startswith("_")}


def test_a_reader_offers_nothing_that_writes(target):
    with open_reader(target("http://127.0.0.1:1"), None) as reader:
        assert type(reader) is HttpReader
        assert public(reader) == {"get", "ask"}


def test_a_question_is_a_post_that_may_arrive_twice(serve, target, fake):
    server = serve(lambda request: reply(500) if request.number == 1 else reply(200, {"volume": 5}))
    with open_reader(target(server.url, retries=1), None, fake.timing) as reader:
        assert reader.ask("control", {"cmd": "GetVolume"}, {"page": 2}) == {"volume": 5}
    asked = [(request.method, request.path, request.body) for request in server.requests]
    assert asked == [("POST", "/control?page=2", b'{"cmd":"GetVolume"}')] * 2


@pytest.mark.parametrize(
    ("answer", "sent", "told"),
    [
        (None, Sent.UNKNOWN, "dropped the connection before its answer to GetVolume was complete. If this goes on"),
        (reply(500), Sent.UNKNOWN, "failed: status 500 (Internal Server Error) to GetVolume. The reason"),
        (reply(200), Sent.UNKNOWN, "answered GetVolume with nothing where JSON was expected"),
        (reply(404), Sent.REFUSED, "has nothing at /control (status 404 (Not Found))"),
    ],
)
def test_a_question_that_failed_has_its_name_and_changed_nothing(serve, target, answer, sent, told):
    server = serve(lambda request: answer)
    with open_reader(target(server.url, retries=0), None) as reader, pytest.raises(Failure) as raised:
        reader.ask("control", {}, name="GetVolume")
    assert (raised.value.sent, told in raised.value.detail) == (sent, True), raised.value.detail
    assert "Whether it was carried out" not in raised.value.detail


def test_a_get_has_its_path_below_the_urls_own_and_its_query_encoded(serve, target):
    server = serve(lambda request: reply(200, {"count": 0}))
    with open_reader(target(server.url + "/zk/"), None) as reader:
        assert reader.get("/personnel/api/areas/", {"page": 2, "name": "A&B ü"}) == {"count": 0}
    (request,) = server.requests
    assert (request.method, request.path) == ("GET", "/zk/personnel/api/areas/?page=2&name=A%26B+%C3%BC")
    assert request.headers["accept"] == "application/json"
    assert request.headers["accept-language"] == "en"
    assert request.headers["user-agent"] == f"reconciler/{reconciler.__version__}"
    assert request.body == b""


def test_a_body_goes_as_json_with_its_secrets_revealed(serve, target):
    server = serve(lambda request: reply(201, {"id": 7}))
    body = {"code": "1", "card": Secret("00123"), "many": [{"pin": Secret("4711")}], "none": None}
    with open_writer(target(server.url), None) as writer:
        assert writer.send("POST", "employees/", body, repeatable=False) == {"id": 7}
    (request,) = server.requests
    assert request.headers["content-type"] == "application/json"
    assert json.loads(request.body) == {"code": "1", "card": "00123", "many": [{"pin": "4711"}], "none": None}


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        (reply(204), None),
        (reply(200, b" \r\n"), None),
        (reply(200, b"\xef\xbb\xbf{}"), {}),
        (reply(200, b"null"), None),
        (reply(200, {"a": [1, 2.5, True]}), {"a": [1, 2.5, True]}),
        (reply(200, gzip.compress(b'{"a": 1}', mtime=0), Content_Encoding="gzip"), {"a": 1}),
        (reply(200, b'{"a": 1}', Content_Type="text/html"), {"a": 1}),
    ],
)
def test_the_answer_of_a_write(serve, target, answer, value):
    server = serve(lambda request: answer)
    with open_writer(target(server.url), None) as writer:
        assert writer.send("DELETE", "x/1/", None, repeatable=True) == value


def test_cookies_are_not_sent_back(serve, target):
    server = serve(lambda request: reply(200, {}, Set_Cookie="sessionid=1; Path=/"))
    with open_reader(target(server.url), None) as reader:
        reader.get("a")
        reader.get("b")
    assert ["cookie" in request.headers for request in server.requests] == [False, False]


def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(serve, target, monkeypatch):
    proxy = serve(lambda request: reply(200, "proxy"))
    server = serve(lambda request: reply(200, "server"))
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    with open_reader(target(server.url), None) as reader:
        assert reader.get("a") == "server"
    assert proxy.requests == []


def test_a_proxy_of_the_environment_is_used_for_others(serve, target, monkeypatch):
    proxy = serve(lambda request: reply(200, "proxy"))
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with open_reader(target("http://time.example:8081"), None) as reader:
        assert reader.get("a") == "proxy"
    assert proxy.requests[0].path == "http://time.example:8081/a"


def test_a_proxy_that_cant_be_used_is_said_without_its_address(target, monkeypatch):
    monkeypatch.setenv("ALL_PROXY", "ftp://user:proxysecret@proxy.example")
    with pytest.raises(Failure) as caught, open_reader(target("http://time.example"), None):
        pass
    assert caught.value.detail == (
        "The target hq can't be reached: the proxy that the environment names (HTTP_PROXY, HTTPS_PROXY or ALL_PROXY) "
        "can't be used. Give it as http://HOST:PORT, or except the target's host by NO_PROXY."
    )


@pytest.mark.parametrize(
    "url", ["", "time.example", "ftp://time.example", "https://", "https://[::1", "http://a:b:c", "https://xn--"]
)
def test_a_url_that_is_none(target, url):
    with pytest.raises(Failure) as caught, open_reader(target(url), None):
        pass
    assert (caught.value.sent, caught.value.code) == (Sent.NOT_SENT, "RC0501")


@pytest.mark.parametrize(
    "path", ["employees/../users/1/", "employees/%2e%2e/1/", "employees/./", "a?b=1", "a#b", "a\\b", "a\nb", "a\0b"]
)
def test_a_path_that_would_lead_elsewhere_is_not_sent(serve, target, path):
    server = serve(lambda request: reply(200, {}))
    with open_writer(target(server.url), None) as writer, pytest.raises(Failure) as caught:
        writer.send("DELETE", path, None, repeatable=True)
    assert (caught.value.sent, caught.value.code) == (Sent.NOT_SENT, "RC0505")
    assert server.requests == []


def test_another_host_in_a_path_is_only_a_path(serve, target):
    other = serve(lambda request: reply(200, "other"))
    server = serve(lambda request: reply(200, "own"))
    with open_reader(target(server.url), httpx.BasicAuth("u", "secret")) as reader:
        assert reader.get(other.url + "/x") == "own"
        assert reader.get(f"//127.0.0.1:{other.port}/x") == "own"
    assert other.requests == []


def test_credentials_in_the_url_are_not_used(serve, target):
    server = serve(lambda request: reply(200, {}))
    with open_reader(target(server.url.replace("//", "//user:secret@")), None) as reader:
        reader.get("x")
    assert "authorization" not in server.requests[0].headers


def test_a_text_that_is_not_utf_8_is_not_sent(serve, target):
    server = serve(lambda request: reply(200, {}))
    with open_writer(target(server.url), None) as writer, pytest.raises(Failure) as caught:
        writer.send("POST", "x", {"pin": Secret("p\udc80in")}, repeatable=False)
    assert (caught.value.sent, caught.value.code) == (Sent.NOT_SENT, "RC0206")
    assert caught.value.__context__ is None
    assert server.requests == []


def test_calls_at_once_have_a_client_each_and_the_next_ones_take_those(serve, target, monkeypatch):
    """A pool that two threads share closes a connection under the one that has just begun to use it, when the other
    takes it for idle: a reply is lost that nobody but us has lost."""
    together = threading.Barrier(3)

    def answer(request):
        if request.path == "/together":
            together.wait(10)
        return reply(200, {})

    send, used = httpx.Client.send, []

    def sending(client, request):
        used.append(client)
        return send(client, request)

    monkeypatch.setattr(httpx.Client, "send", sending)
    server = serve(answer)
    with open_reader(target(server.url, concurrency=3), None) as reader:
        for _ in range(3):
            threads = [threading.Thread(target=reader.get, args=("together",)) for _ in range(3)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            reader.get("alone")
    assert len(used) == 12
    assert len(set(used)) == 3
    assert all(len(set(used[first : first + 3])) == 3 for first in (0, 4, 8))


def test_never_more_calls_at_once_than_the_targets_concurrency(serve, target):
    together = threading.Barrier(3)
    lock = threading.Lock()
    now, peak = 0, 0

    def handler(request):
        nonlocal now, peak
        with lock:
            now += 1
            peak = max(peak, now)
        together.wait(timeout=10)  # three are needed here at once to go on
        with lock:
            now -= 1
        return reply(200, {})

    server = serve(handler)
    with open_reader(target(server.url, concurrency=3), None) as reader:
        threads = [threading.Thread(target=reader.get, args=("a",)) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert (peak, len(server.requests)) == (3, 12)


@pytest.mark.parametrize("packed", [False, True])
def test_a_body_beyond_the_limit_is_refused_at_once(serve, target, fake, monkeypatch, packed):
    content = json.dumps("x" * 5000).encode()
    answer = reply(200, gzip.compress(content), Content_Encoding="gzip") if packed else reply(200, content)
    server = serve(lambda request: answer)
    monkeypatch.setattr(bodies.bounded, "__kwdefaults__", {"limit": 5001})
    with open_writer(target(server.url), None, fake.timing) as writer, pytest.raises(Failure) as caught:
        writer.send("PATCH", "x", {}, repeatable=True)
    assert caught.value.detail == (
        f"The target hq (127.0.0.1:{server.port}) answered PATCH /x with more than this program takes in one reply. "
        "Whether it was carried out is not known. Is `url` right?"
    )
    assert (caught.value.sent, caught.value.code, len(server.requests)) == (Sent.UNKNOWN, "RC0505", 1)


def test_a_body_of_exactly_the_limit_is_read(serve, target, monkeypatch):
    content = json.dumps("x" * 5000).encode()
    server = serve(lambda request: reply(200, content))
    monkeypatch.setattr(bodies.bounded, "__kwdefaults__", {"limit": len(content)})
    with open_reader(target(server.url), None) as reader:
        assert reader.get("x") == "x" * 5000


def test_the_password_is_known_to_the_redaction(serve, target):
    server = serve(lambda request: reply(400, {"error": "no such user with hunter22"}))
    auth = Auth(username="u", password=Secret("hunter22"))
    with open_reader(target(server.url, auth=auth), None) as reader, pytest.raises(Failure) as caught:
        reader.get("x")
    assert caught.value.body == {"error": "no such user with ***"}
