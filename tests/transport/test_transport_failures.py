"""The class of each failure: not sent, refused, or unknown. A wrong one makes apply do a thing twice or never."""

import socket
import threading

import httpx
import pytest
from loopback import DROP, about, read, reply, write

from reconciler.transport.body import TooLarge
from reconciler.transport.failure import Failure, Sent
from reconciler.transport.http import open_writer
from reconciler.transport.replies import Call, of_error

HTML = b"<html><title>Traceback of SECRET_KEY</title></html>"


# --- connections that break -------------------------------------------------------------------------------------------


def test_a_refused_connection_was_not_sent(target):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    failure = write(target(f"http://127.0.0.1:{port}", retries=0))
    assert about(failure) == (Sent.NOT_SENT, "RC0501", None)
    assert failure.detail == (
        f"The target hq (127.0.0.1:{port}) can't be reached: the connection was refused. Check `url` with its port, "
        "and that the server runs. Nothing was sent."
    )


def test_a_name_that_does_not_resolve_was_not_sent(target, monkeypatch):
    def fail(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    monkeypatch.setenv("NO_PROXY", "*")
    failure = write(target("http://time.example", retries=0))
    assert about(failure) == (Sent.NOT_SENT, "RC0501", None)
    assert failure.detail == (
        "The target hq (time.example:80) can't be reached: the name time.example can't be resolved. Check `url` and "
        "the name service. Nothing was sent."
    )


def test_a_connection_dropped_after_the_request_leaves_it_unknown(serve, target):
    server = serve(lambda request: DROP)
    failure = write(target(server.url))
    assert about(failure) == (Sent.UNKNOWN, "RC0506", None)
    assert failure.detail == (
        f"The target hq (127.0.0.1:{server.port}) dropped the connection before its answer to POST /x/ was complete. "
        "Whether it was carried out is not known. If this goes on, look at the server's own log and at what lies "
        "between."
    )
    assert len(server.requests) == 1


def test_a_hanging_target_leaves_it_unknown(serve, target):
    done = threading.Event()
    server = serve(lambda request: done.wait(10) and DROP)
    failure = write(target(server.url, timeout=0.05))
    done.set()
    assert about(failure) == (Sent.UNKNOWN, "RC0506", None)
    assert failure.detail == (
        f"The target hq (127.0.0.1:{server.port}) did not answer POST /x/ within 0.05 seconds. Whether it was carried "
        "out is not known. If it is slow rather than dead, give the target a longer `timeout`."
    )


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (reply(201, {"id": 1})[:-3], "RC0506"),  # the body
        (b"HTTP/1.1 201 Created\r\nContent-Le", "RC0506"),  # the head
        (b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"a"', "RC0506"),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "RC0505"),
        (b"\x15\x03\x01\x00\x02\x02\x46\r\n\r\n", "RC0505"),
        (reply(200, b"not gzip", Content_Encoding="gzip"), "RC0505"),
        (reply(200, b"x", Content_Encoding="br"), "RC0505"),
        (reply(200, b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab", Content_Encoding="gzip"), "RC0506"),
    ],
)
def test_an_answer_that_breaks_off_or_is_none_leaves_it_unknown(serve, target, answer, code):
    server = serve(lambda request: answer, closing=True)
    assert about(write(target(server.url))) == (Sent.UNKNOWN, code, None)
    assert len(server.requests) == 1


def test_a_body_that_drips_is_given_up(serve, target, fake):
    def drip():
        fake.now += 7.0  # seconds between two looks at the clock
        return fake.now

    server = serve(lambda request: reply(200, {}))
    timing = fake.timing._replace(clock=drip)
    with pytest.raises(Failure) as caught, open_writer(target(server.url, timeout=5.0), None, timing) as writer:
        writer.send("POST", "x/", {}, repeatable=False)
    assert about(caught.value) == (Sent.UNKNOWN, "RC0506", None)


@pytest.mark.parametrize("login", [True, False])
@pytest.mark.parametrize(
    ("error", "sent", "code"),
    [
        (httpx.ConnectError("SECRET"), Sent.NOT_SENT, "RC0501"),
        (httpx.ConnectTimeout("SECRET"), Sent.NOT_SENT, "RC0501"),
        (httpx.PoolTimeout("SECRET"), Sent.NOT_SENT, "RC0501"),
        (httpx.ProxyError("SECRET"), Sent.NOT_SENT, "RC0501"),
        (httpx.UnsupportedProtocol("SECRET"), Sent.NOT_SENT, "RC0501"),
        (httpx.LocalProtocolError("SECRET"), Sent.NOT_SENT, "RC0501"),
        (UnicodeEncodeError("ascii", "SECRET", 0, 1, "SECRET"), Sent.NOT_SENT, "RC0501"),
        (UnicodeError("SECRET"), Sent.NOT_SENT, "RC0501"),
        (httpx.WriteError("SECRET"), Sent.UNKNOWN, "RC0506"),
        (httpx.WriteTimeout("SECRET"), Sent.UNKNOWN, "RC0506"),
        (httpx.ReadError("SECRET"), Sent.UNKNOWN, "RC0506"),
        (httpx.ReadTimeout("SECRET"), Sent.UNKNOWN, "RC0506"),
        (httpx.RemoteProtocolError("Server disconnected without sending a response."), Sent.UNKNOWN, "RC0506"),
        (httpx.RemoteProtocolError("illegal status line: SECRET"), Sent.UNKNOWN, "RC0505"),
        (httpx.DecodingError("SECRET"), Sent.UNKNOWN, "RC0505"),
        (UnicodeDecodeError("utf-8", b"SECRET", 0, 1, "SECRET"), Sent.UNKNOWN, "RC0505"),
        (ValueError("SECRET"), Sent.UNKNOWN, "RC0505"),
        (TooLarge("SECRET"), Sent.UNKNOWN, "RC0505"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_error_of_the_client(error, sent, code, login):
    call = Call("hq", "time.example", 443, "POST", "/x/", 60.0)
    failure = of_error(error, call, login=login).failure
    assert about(failure) == (Sent.NOT_SENT if login else sent, code, None)
    assert "SECRET" not in failure.detail
    doubt = " Whether it was carried out is not known."
    assert (doubt in failure.detail, "Nothing was sent." in failure.detail) == (
        failure.sent is Sent.UNKNOWN,
        sent is Sent.NOT_SENT,
    )


# --- answers ----------------------------------------------------------------------------------------------------------

REFUSED, UNKNOWN, NOT_SENT = Sent.REFUSED, Sent.UNKNOWN, Sent.NOT_SENT


@pytest.mark.parametrize(
    ("status", "of_write", "of_read"),
    [
        (301, (REFUSED, "RC0505"), (REFUSED, "RC0505")),
        (302, (UNKNOWN, "RC0505"), (REFUSED, "RC0505")),  # a form that was carried out ends so, too
        (303, (UNKNOWN, "RC0505"), (REFUSED, "RC0505")),
        (304, (REFUSED, "RC0505"), (REFUSED, "RC0505")),
        (307, (REFUSED, "RC0505"), (REFUSED, "RC0505")),
        (308, (REFUSED, "RC0505"), (REFUSED, "RC0505")),
        (400, (REFUSED, "RC0701"), (REFUSED, "RC0505")),
        (401, (REFUSED, "RC0503"), (REFUSED, "RC0503")),
        (403, (REFUSED, "RC0504"), (REFUSED, "RC0504")),
        (404, (REFUSED, "RC0701"), (REFUSED, "RC0505")),
        (405, (REFUSED, "RC0701"), (REFUSED, "RC0505")),
        (407, (NOT_SENT, "RC0501"), (NOT_SENT, "RC0501")),
        (408, (REFUSED, "RC0507"), (REFUSED, "RC0507")),
        (409, (REFUSED, "RC0701"), (REFUSED, "RC0505")),
        (422, (REFUSED, "RC0701"), (REFUSED, "RC0505")),
        (429, (REFUSED, "RC0507"), (REFUSED, "RC0507")),
        (499, (REFUSED, "RC0701"), (REFUSED, "RC0505")),
        (500, (UNKNOWN, "RC0506"), (UNKNOWN, "RC0506")),
        (501, (UNKNOWN, "RC0506"), (UNKNOWN, "RC0506")),
        (502, (UNKNOWN, "RC0506"), (UNKNOWN, "RC0506")),
        (503, (UNKNOWN, "RC0506"), (UNKNOWN, "RC0506")),
        (504, (UNKNOWN, "RC0506"), (UNKNOWN, "RC0506")),
        (599, (UNKNOWN, "RC0506"), (UNKNOWN, "RC0506")),
    ],
)
@pytest.mark.parametrize("content", [HTML, b"", b'{"detail": "no"}'])
def test_each_status(serve, target, status, of_write, of_read, content):
    server = serve(lambda request: reply(status, b"" if status == 304 else content))
    once = target(server.url, retries=0)
    failures = [write(once), read(once)]
    assert [about(failure) for failure in failures] == [(*of_write, status), (*of_read, status)]
    assert "SECRET_KEY" not in "".join(failure.detail for failure in failures)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422])
def test_a_refusal_has_its_json_and_never_a_page(serve, target, status):
    server = serve(lambda request: reply(status, {"detail": "no"} if request.method == "GET" else HTML))
    assert (read(target(server.url)).body, write(target(server.url)).body) == ({"detail": "no"}, None)


@pytest.mark.parametrize("status", [301, 407, 408, 429, 500, 503])
def test_no_other_failure_has_a_body(serve, target, status):
    server = serve(lambda request: reply(status, {"detail": "no"}))
    once = target(server.url, retries=0)
    assert (read(once).body, write(once).body) == (None, None)


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        (reply(200, HTML), "an HTML page"),
        (reply(200, b"Starting...", Content_Type="text/html"), "an HTML page"),
        (reply(200, b"{'a': 1}"), "something that is not JSON"),
        (reply(200, b"\xff\xfe{}"), "something that is not JSON"),
        (reply(200, b'{"a": "\xff"}'), "something that is not JSON"),
        (reply(200, b"[" * 100_000), "something that is not JSON"),
        (reply(200, b'{"a": 1} {'), "something that is not JSON"),
    ],
)
def test_a_good_status_with_nonsense(serve, target, answer, what):
    server = serve(lambda request: answer)
    failure = write(target(server.url))
    assert about(failure) == (Sent.UNKNOWN, "RC0505", 200)
    assert failure.detail == (
        f"The target hq (127.0.0.1:{server.port}) answered POST /x/ with {what} where JSON was expected (status 200). "
        "Whether it was carried out is not known. It may still be starting, a proxy may have answered in its place, or "
        "`url` or `system` of the target is wrong."
    )


def test_an_empty_answer_to_a_read_is_nonsense(serve, target):
    server = serve(lambda request: reply(200))
    failure = read(target(server.url, retries=0))
    assert about(failure) == (Sent.UNKNOWN, "RC0505", 200)
    assert "answered GET /x/ with nothing where JSON was expected" in failure.detail


@pytest.mark.parametrize(
    ("location", "told"),
    [
        ("https://user:pw@login.example:8443/sso?token=SECRET", "to https://login.example:8443 (status 301)"),
        ("/login/?next=SECRET", "elsewhere (status 301)"),
        ("http://login.example:SECRET/", "elsewhere (status 301)"),
        ("javascript:SECRET", "elsewhere (status 301)"),
    ],
)
def test_a_redirect_is_not_followed_and_only_its_host_told(serve, target, location, told):
    server = serve(lambda request: reply(301, HTML, Location=location))
    failure = write(target(server.url))
    assert failure.detail == (
        f"The target hq (127.0.0.1:{server.port}) wanted to send POST /x/ {told}. Redirects are not followed, since "
        "credentials would go along. If that is where the server is, write it as the target's `url`."
    )
    assert len(server.requests) == 1


def test_a_refusal_tells_what_the_target_says_in_short(serve, target):
    server = serve(lambda request: reply(400, {"emp_code": ["employee with this code exists."], "more": "y" * 400}))
    failure = write(target(server.url))
    assert failure.body == {"emp_code": ["employee with this code exists."], "more": "y" * 400}
    said = '{"emp_code":["employee with this code exists."],"more":"' + "y" * 244 + "…"
    assert failure.detail == (
        f"The target hq (127.0.0.1:{server.port}) refused POST /x/: status 400 (Bad Request). It says: {said}"
    )
