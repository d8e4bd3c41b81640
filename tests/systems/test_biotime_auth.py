"""Logging in: one login per run, again only when a token ran out, and never again once it was refused."""

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Lock

import httpx
import pytest
from biotime_helpers import PASSWORD, Server, listed, serving, target

from reconciler.model.project import Auth
from reconciler.model.secret import Secret
from reconciler.simulator import Fault
from reconciler.systems.biotime.auth import authentication
from reconciler.transport.failure import Failure, Sent

ADDRESS = "http://hq.example/prefix"


def auth(scheme="token"):
    return authentication(target(ADDRESS + "/", auth=Auth("admin", Secret(PASSWORD), scheme)))


def auth_at_root():
    return authentication(target("http://hq.example"))


class Site:
    """Answers logins with tokens T1, T2, … and other calls by `accept`, a function of the Authorization header."""

    def __init__(self, accept=lambda header: 200, login=None):
        self.accept = accept
        self.login = login
        self.logins = []
        self.headers = []
        self.lock = Lock()

    def __call__(self, request):
        with self.lock:
            if request.url.path.endswith("auth/"):
                self.logins.append((str(request.url), json.loads(request.content)))
                return self.login or httpx.Response(200, json={"token": f"T{len(self.logins)}"})
            self.headers.append(request.headers["Authorization"])
            return httpx.Response(self.accept(request.headers["Authorization"]), json={})

    def client(self, scheme="token"):
        return httpx.Client(transport=httpx.MockTransport(self), base_url=ADDRESS, auth=auth(scheme))


@pytest.mark.parametrize(
    ("scheme", "word", "path"), [("token", "Token", "/api-token-auth/"), ("jwt", "JWT", "/jwt-api-token-auth/")]
)
def test_one_login_for_all_calls(scheme, word, path):
    site = Site()
    with site.client(scheme) as client:
        for _ in range(3):
            client.get("/x/")
    assert site.logins == [(ADDRESS + path, {"username": "admin", "password": PASSWORD})]
    assert site.headers == [f"{word} T1"] * 3


def test_basic_needs_no_login():
    site = Site()
    with site.client("basic") as client:
        client.get("/x/")
    assert site.logins == []
    assert site.headers == ["Basic " + base64.b64encode(f"admin:{PASSWORD}".encode()).decode()]


def test_a_token_that_ran_out_is_fetched_again():
    site = Site(accept=lambda header: 401 if header == "JWT T1" else 200)
    with site.client("jwt") as client:
        assert client.get("/x/").status_code == 200
        assert client.get("/y/").status_code == 200
        assert sorted(client.auth.secrets()) == ["T1", "T2"]
    assert site.headers == ["JWT T1", "JWT T2", "JWT T2"]


def test_threads_whose_token_ran_out_share_one_login():
    everyone = Barrier(4, timeout=10)
    logins = []

    def answer(request):
        if request.url.path == "/api-token-auth/":
            logins.append(request)
            return httpx.Response(200, json={"token": f"T{len(logins)}"})
        if request.headers["Authorization"] == "Token T1" and request.url.path != "/first/":
            everyone.wait()  # all four are refused before one of them logs in again
            return httpx.Response(401)
        return httpx.Response(200)

    with httpx.Client(
        transport=httpx.MockTransport(answer), base_url="http://hq.example", auth=auth_at_root()
    ) as client:
        client.get("/first/")
        with ThreadPoolExecutor(4) as pool:
            replies = list(pool.map(lambda number: client.get(f"/{number}/").status_code, range(4)))
    assert (replies, len(logins)) == ([200] * 4, 2)


def test_a_fresh_token_that_is_refused_ends_it():
    site = Site(accept=lambda header: 401)
    with site.client() as client:
        for _ in range(2):
            with pytest.raises(Failure) as caught:
                client.get("/x/")
            assert caught.value.code == "RC0503"
    assert len(site.logins) == 2


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_refused_login_is_tried_once(status):
    answer = {"non_field_errors": ["Unable to log in with provided credentials."]}
    site = Site(login=httpx.Response(status, json=answer))
    with site.client() as client:
        for _ in range(3):
            with pytest.raises(Failure) as caught:
                client.get("/x/")
            assert (caught.value.code, caught.value.sent) == ("RC0503", Sent.REFUSED)
            assert "not tried again" in caught.value.detail
    assert (len(site.logins), site.headers) == (1, [])


def test_a_refused_basic_login_is_tried_once():
    site = Site(accept=lambda header: 401)
    with site.client("basic") as client:
        for _ in range(3):
            with pytest.raises(Failure, match="refused the user name"):
                client.get("/x/")
    assert len(site.headers) == 1


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (httpx.Response(429), "RC0507"),
        (httpx.Response(429, headers={"Retry-After": "7"}), "RC0507"),
        (httpx.Response(503, headers={"Retry-After": "7"}), "RC0506"),
        (httpx.Response(503), "RC0506"),
        (httpx.Response(200, html="<html>starting</html>"), "RC0505"),
        (httpx.Response(200, json={"token": ""}), "RC0505"),
        (httpx.Response(200, json=["token"]), "RC0505"),
        (httpx.Response(404, json={"detail": "Not found."}), "RC0505"),
    ],
    ids=["busy", "busy for 7 s", "failing for 7 s", "failing", "page", "blank", "list", "absent"],
)
def test_a_login_that_could_not_be_made_was_not_sent(answer, code):
    with Site(login=answer).client() as client, pytest.raises(Failure) as caught:
        client.post("/x/")
    assert (caught.value.code, caught.value.sent) == (code, Sent.NOT_SENT)
    assert caught.value.retry_after == (7.0 if "retry-after" in answer.headers else None)


@pytest.mark.parametrize("scheme", ["token", "jwt"])
def test_the_licence_gate_is_explained(scheme):
    with Site(accept=lambda header: 403).client(scheme) as client:
        with pytest.raises(Failure) as caught:
            client.get("/x/")
        assert client.patch("/x/").status_code == 403  # may mean anything else
    assert caught.value.code == "RC0504"
    assert "licence" in caught.value.detail
    assert "`scheme: basic`" in caught.value.detail


@pytest.mark.parametrize(
    "given", [Auth(), Auth("admin"), Auth(None, Secret(PASSWORD)), Auth("admin", Secret(PASSWORD), "digest")]
)
def test_what_is_missing_is_said_before_anything_is_sent(given):
    with pytest.raises(Failure) as caught:
        authentication(target(auth=given))
    assert (caught.value.code, PASSWORD in caught.value.detail) == ("RC0503", False)


@pytest.mark.parametrize("scheme", ["token", "jwt", "basic"])
def test_against_a_server(scheme):
    with serving() as (server, where):
        listing = listed(with_scheme(where, scheme), "area")
    assert (listing.problem, list(listing.objects)) == (None, ["1"])
    assert server.calls("POST", "*auth/") == (0 if scheme == "basic" else 1)


def test_tokens_that_expire_under_way():
    with serving() as (server, where):
        server.faults.add(Fault(effect="expire_tokens", path="areas", nth=1))
        listing = listed(with_scheme(where, "jwt"), "area")
    assert listing.problem is None
    assert server.calls("POST", "*auth/") == 2


def test_a_wrong_password_locks_no_account():
    with Server(password="another") as server:
        problem = listed(target(server.url, retries=3), "area").problem
    assert problem.code == "RC0503"
    assert PASSWORD not in problem.detail
    assert server.calls() == 1


def test_a_login_that_is_sent_elsewhere_says_where_and_is_not_tried_again():
    with serving() as (server, where):
        server.faults.add(Fault(effect="redirect", url="https://time.example:8443/login?token=x"))
        problem = listed(target(where.url, retries=3), "area").problem
    assert problem.code == "RC0505"
    assert "The server wanted to send the login to https://time.example:8443 (HTTP 302). " in problem.detail
    assert server.calls() == 1


def test_a_server_without_the_licence():
    with serving(licence_gate=True) as (_, where):
        problem = listed(where, "area").problem
        assert (problem.code, "licence" in problem.detail) == ("RC0504", True)
        assert listed(with_scheme(where, "basic"), "area").problem is None


def with_scheme(where, scheme):
    return target(where.url, where.system, auth=Auth("admin", Secret(PASSWORD), scheme))
