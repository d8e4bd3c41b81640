"""The login: whose it is when it breaks, and that a wrong password is tried once."""

import threading

import httpx
import pytest
from loopback import DROP, about, reply, write

from reconciler.transport.failure import Failure, Sent
from reconciler.transport.http import open_reader, open_writer


class Login(httpx.Auth):
    """Asks for a token before the first call."""

    requires_response_body = True

    def __init__(self, server):
        self._url = server.url + "/login/"

    def auth_flow(self, request):
        response = yield httpx.Request("POST", self._url, json={"password": "p"})
        if response.status_code == 400:
            raise Failure(Sent.REFUSED, "RC0503", "The login was refused.", status=400)
        request.headers["Authorization"] = f"Token {response.json()['token']}"
        yield request


def test_a_login_has_the_targets_headers_and_timeout(serve, target):
    server = serve(lambda request: reply(200, {"token": "t0k3n"}))
    with open_reader(target(server.url), Login(server)) as reader:
        assert reader.get("x/") == {"token": "t0k3n"}
    assert [request.path for request in server.requests] == ["/login/", "/x/"]
    assert server.requests[0].headers["accept"] == "application/json"
    assert server.requests[1].headers["authorization"] == "Token t0k3n"


def test_a_call_whose_login_hangs_was_not_sent(serve, target):
    done = threading.Event()
    server = serve(lambda request: done.wait(10) and DROP)
    failure = write(target(server.url, timeout=0.05, retries=0), Login(server))
    done.set()
    assert about(failure) == (Sent.NOT_SENT, "RC0506", None)
    assert failure.detail == (
        f"The target hq (127.0.0.1:{server.port}) did not answer the login within 0.05 seconds. If it is slow rather "
        "than dead, give the target a longer `timeout`."
    )


def test_a_login_answered_by_a_page_makes_no_sense(serve, target):
    server = serve(lambda request: reply(200, b"<html>Welcome</html>"))
    assert about(write(target(server.url, retries=0), Login(server))) == (Sent.UNKNOWN, "RC0505", None)


@pytest.mark.parametrize("basic", [True, False])
def test_after_a_refused_login_nothing_more_is_sent(serve, target, basic):
    server = serve(lambda request: reply(401 if basic else 400, {"detail": "wrong"}))
    auth = httpx.BasicAuth("u", "wrong1") if basic else Login(server)
    failures = []

    def call(writer):
        try:
            writer.send("POST", "x/", {}, repeatable=True)
        except Failure as failure:
            failures.append(failure)

    with open_writer(target(server.url), auth) as writer:
        threads = [threading.Thread(target=call, args=(writer,)) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        call(writer)
    assert len(server.requests) == 1
    assert [(failure.sent, failure.code, failure.detail) for failure in failures] == [
        (Sent.REFUSED, "RC0503", failures[0].detail)
    ] * 7
    assert len({id(failure) for failure in failures}) == 7  # each has its own traceback


def test_once_a_login_is_known_to_be_good_calls_go_side_by_side(serve, target):
    together = threading.Barrier(2)

    def handler(request):
        if request.number > 1:
            together.wait(timeout=10)
        return reply(200, {})

    server = serve(handler)
    with open_reader(target(server.url), httpx.BasicAuth("u", "right1")) as reader:
        reader.get("x")
        threads = [threading.Thread(target=reader.get, args=("x",)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert (len(server.requests), together.broken) == (3, False)


@pytest.mark.parametrize(("asked", "waited"), [(None, 0.5), (7.0, 7.0)])
def test_a_login_that_the_target_was_too_busy_for_is_repeated(serve, target, fake, asked, waited):
    class Busy(httpx.Auth):
        def auth_flow(self, request):
            if not fake.sleeps:
                raise Failure(Sent.REFUSED, "RC0507", "The login has to wait.", status=429, retry_after=asked)
            yield request

    server = serve(lambda request: reply(200, {}))
    with open_writer(target(server.url), Busy(), fake.timing) as writer:
        assert writer.send("POST", "x/", {}, repeatable=False) == {}
    assert fake.sleeps == [waited]
