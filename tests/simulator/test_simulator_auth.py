"""Logging in, tokens, and who is let through."""

import base64
import re

import pytest

ACCOUNT = {"username": "admin", "password": "admin"}
AREAS = "/personnel/api/areas/"


class Clock:
    def __init__(self):
        self.seconds = 1_700_000_000.0

    def __call__(self):
        return self.seconds


def jwt(client):
    return client.call("POST", "/jwt-api-token-auth/", ACCOUNT).json["token"]


def get(client, authorization):
    answer = client.call("GET", AREAS, None, {"Authorization": authorization} if authorization else {})
    return answer.status, answer.json


def test_a_token_is_forty_hex_digits_and_stays_the_same(start):
    _, client = start(login=False)
    tokens = [client.call("POST", "/api-token-auth/", ACCOUNT).json for _ in range(2)]
    assert tokens[0] == tokens[1]
    assert list(tokens[0]) == ["token"]
    assert re.fullmatch("[0-9a-f]{40}", tokens[0]["token"])


@pytest.mark.parametrize("scheme", ["JWT", "jwt", "Jwt"])
def test_the_word_of_the_scheme_may_have_any_case(start, scheme):
    _, client = start(login=False)
    assert get(client, f"{scheme} {jwt(client)}")[0] == 200


@pytest.mark.parametrize("path", ["/api-token-auth/", "/jwt-api-token-auth/"])
def test_bad_credentials_are_a_400(start, path):
    _, client = start(login=False)
    answer = client.call("POST", path, {"username": "admin", "password": "wrong"})
    assert (answer.status, answer.json) == (
        400,
        {"non_field_errors": ["Unable to log in with provided credentials."]},
    )


def test_a_login_wants_both_fields(start):
    _, client = start(login=False)
    answer = client.call("POST", "/api-token-auth/", {"username": "admin"})
    assert (answer.status, answer.json) == (400, {"password": ["This field is required."]})


def test_a_login_may_be_a_form(start):
    _, client = start(login=False)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert client.call("POST", "/api-token-auth/", b"username=admin&password=admin", form).status == 200


def test_a_login_with_get_is_not_allowed(start):
    _, client = start(login=False)
    assert client.call("GET", "/api-token-auth/").status == 405


@pytest.mark.parametrize(
    ("authorization", "words"),
    [
        ("", "Authentication credentials were not provided."),
        ("Token 0000", "Invalid token."),
        ("JWT a.b.c", "Error decoding signature."),
        ("JWT nonsense", "Error decoding signature."),
        ("Basic " + base64.b64encode(b"admin:wrong").decode(), "Invalid username/password."),
        ("Basic !", "Invalid username/password."),
    ],
)
def test_what_does_not_open_is_a_401(start, authorization, words):
    _, client = start(login=False)
    assert get(client, authorization) == (401, {"detail": words})


def test_a_jwt_expires_and_a_refresh_prolongs_it_within_its_window(start):
    clock = Clock()
    _, client = start(login=False, clock=clock, switches={"jwt_seconds": 100, "jwt_refresh_seconds": 150})
    first = jwt(client)
    clock.seconds += 99
    assert get(client, f"JWT {first}")[0] == 200
    second = client.call("POST", "/jwt-api-token-refresh/", {"token": first}).json["token"]
    clock.seconds += 1
    assert get(client, f"JWT {first}") == (401, {"detail": "Signature has expired."})
    assert get(client, f"JWT {second}")[0] == 200
    clock.seconds += 60
    late = client.call("POST", "/jwt-api-token-refresh/", {"token": second})
    assert (late.status, late.json) == (400, {"non_field_errors": ["Refresh has expired."]})


def test_a_locked_account_opens_after_its_time(start):
    clock = Clock()
    _, client = start(login=False, clock=clock, switches={"lockout_failures": 1, "lockout_seconds": 60})
    client.call("POST", "/api-token-auth/", {"username": "admin", "password": "wrong"})
    assert client.call("POST", "/api-token-auth/", ACCOUNT).status == 400
    clock.seconds += 60
    assert client.call("POST", "/api-token-auth/", ACCOUNT).status == 200


def test_expired_tokens_are_refused_and_a_new_login_gives_others(start):
    server, client = start()
    old = client.authorization
    server.expire_tokens()
    assert get(client, old) == (401, {"detail": "Invalid token."})
    assert get(client.login(), client.authorization)[0] == 200
    assert client.authorization != old


def test_tokens_outlive_a_restart(start):
    _, first = start()
    _, second = start(login=False)
    assert get(second, first.authorization)[0] == 200
