"""No secret leaves the transport: not in a log, not in a failure, not in what hangs on one."""

import json
import logging
import traceback
from functools import partial

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from loopback import DROP, reply

from reconciler.model.project import Auth
from reconciler.model.secret import Secret
from reconciler.transport.failure import Failure, Sent
from reconciler.transport.http import open_reader, open_writer
from reconciler.transport.redaction import Redactor, secrets_in


@pytest.mark.parametrize(
    ("secrets", "text", "cleaned"),
    [
        (["hunter2"], "password hunter2 is wrong, hunter2!", "password *** is wrong, ***!"),
        (["abc", "abcdef"], "abcdef abc", "*** ***"),
        (["", " ", "1", "12"], "a 1 12  ", "a 1 12  "),
        (["123"], "a 123", "a ***"),
        ([" padded "], "it was padded.", "it was ***."),
        (['say "hi"\\'], r'{"is": "say \"hi\"\\"}', '{"is": "***"}'),
        (["pässword"], r'{"is": "p\u00e4ssword"} pässword', '{"is": "***"} ***'),
        (["a/b/c"], r'{"is": "a\/b\/c"}', '{"is": "***"}'),
        (["p&s w/rd"], "?a=p%26s+w%2Frd&b=p%26s%20w%2frd&c=p%26s%20w/rd", "?a=***&b=***&c=***"),
        (["<p&s>"], "<b>&lt;p&amp;s&gt;</b>", "<b>***</b>"),
        (["a.c"], "abc a.c", "abc ***"),
        ([], "anything", "anything"),
    ],
)
def test_a_text_is_cleaned_of_every_form(secrets, text, cleaned):
    redactor = Redactor()
    redactor.add(*secrets)
    assert redactor.clean(text) == cleaned


def test_json_is_cleaned_inside():
    redactor = Redactor(["123456", "card"])
    reply_body = {"card": ["card 123456 is taken"], "123456": [123456, 1234567, 42, True, None], "n": {"x": 123456.5}}
    assert redactor.clean_json(reply_body, frozenset({"card"})) == {
        "card": ["*** *** is taken"],
        "***": ["***", "***", 42, True, None],
        "n": {"x": "***"},
    }


def test_secrets_of_a_body_are_found_at_any_depth():
    body = {"a": Secret("one"), "b": [{"c": Secret("two")}, ("x", Secret("three"))], "d": "four", "e": None}
    assert list(secrets_in(body)) == ["one", "two", "three"]


def test_the_secrets_of_one_call_are_not_kept():
    lasting = Redactor(["hunter2"])
    assert lasting.together_with(["4711"]).clean("hunter2 4711") == "*** ***"
    assert lasting.clean("hunter2 4711") == "*** 4711"


texts = st.text(st.characters(codec="utf-8", exclude_characters="*"), max_size=12)


@given(texts.filter(lambda text: len(text.strip()) >= 3), texts)
@settings(max_examples=50, deadline=None)
def test_no_secret_is_left_in_any_text_with_it(secret, around):
    redactor = Redactor([secret])
    for text in (around + secret + around, json.dumps([around + secret]), json.dumps([secret], ensure_ascii=False)):
        assert secret not in redactor.clean(text)


# --- secrets planted everywhere ---------------------------------------------------------------------------------------

PASSWORD, TOKEN, QUERY_TOKEN, CARD, PIN = "pa55w0rd/ü", "t0k3nt0k3n", "qu3ryt0k3n", "0099887766", "77531"
PLANTED = (PASSWORD, TOKEN, QUERY_TOKEN, CARD, PIN, "SECRET_KEY")


class PlantedAuth(httpx.Auth):
    """A token in a header and another in the query."""

    def secrets(self):
        return [QUERY_TOKEN]

    def auth_flow(self, request):
        request.headers["Authorization"] = f"Token {TOKEN}"
        request.url = request.url.copy_merge_params({"access_token": QUERY_TOKEN})
        yield request


class FailingAuth(PlantedAuth):
    def auth_flow(self, request):
        try:
            raise ValueError(f"{PASSWORD} {QUERY_TOKEN}")
        except ValueError:
            raise Failure(Sent.REFUSED, "RC0504", f"Not {PASSWORD}.", body={"is": QUERY_TOKEN})  # noqa: B904
        yield request


class BadHeaderAuth(PlantedAuth):
    def auth_flow(self, request):
        request.headers["Authorization"] = f"Token {TOKEN}\n"
        yield request


class UnencodableAuth(PlantedAuth):
    def auth_flow(self, request):
        request.headers["Authorization"] = f"Token {TOKEN}\udc80"
        yield request


def echo(status, **headers):
    """Answers with all that it was sent, as JSON and in every header given."""

    def handler(request):
        sent = {"path": request.path, "headers": dict(request.headers), "body": request.body.decode()}
        body = json.loads(request.body) if request.body else {}
        return reply(
            status, {"sent": sent, "again": [*body.values()], **{f"{v}": k for k, v in body.items()}}, **headers
        )

    return handler


def page(status):
    return lambda request: reply(status, f"<html>SECRET_KEY {request.path} {request.body!r}</html>".encode())


def everything(failure):
    """All that a careless printer could find on an exception, its chain and the log."""
    chain, seen = [], failure
    while seen is not None:
        chain += [str(seen), repr(seen), repr(seen.args), repr(vars(seen))]
        seen = seen.__cause__ or seen.__context__
    return "\n".join([*chain, *traceback.format_exception(failure), str(failure.diagnostic())])


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("handler", "auth"),
    [
        *[(echo(status), PlantedAuth()) for status in (400, 401, 403, 404, 409, 429, 500, 503)],
        *[(page(status), PlantedAuth()) for status in (200, 400, 401, 404, 500, 502)],
        (echo(302, Location=f"https://{TOKEN}.example/{QUERY_TOKEN}"), PlantedAuth()),
        (echo(301, Location="//["), PlantedAuth()),
        (lambda request: DROP, PlantedAuth()),
        (
            lambda request: b"HTTP/1.1 200 " + TOKEN.encode() + b"\r\nBroken " + TOKEN.encode() + b"\r\n\r\n",
            PlantedAuth(),
        ),
        (echo(200), FailingAuth()),
        (echo(200), BadHeaderAuth()),
        (echo(200), UnencodableAuth()),
        (echo(401), httpx.BasicAuth("u", "0123456789")),
    ],
)
def test_nothing_planted_comes_out(serve, target, fake, caplog, method, handler, auth):
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore", "httpcore.connection", "httpcore.http11"):
        caplog.set_level(logging.DEBUG, logger=name)
    server = serve(handler)
    hq = target(server.url, auth=Auth(username="u", password=Secret(PASSWORD)), retries=1)
    body = {"note": PASSWORD, "card_no": Secret(CARD), "deep": [{"pin": Secret(PIN)}]}
    with open_writer(hq, auth, fake.timing) as writer:
        if method == "GET":
            call = partial(writer.get, f"employees/{PASSWORD}", {"password": PASSWORD})
        else:
            call = partial(writer.send, "POST", f"employees/{PASSWORD}/", body, repeatable=True)
        with pytest.raises(Failure) as caught:
            call()
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    printed = everything(caught.value) + caplog.text + "".join(repr(vars(record)) for record in caplog.records)
    assert [secret for secret in (*PLANTED, "dTowMTIzNDU2Nzg5") if secret in printed] == []
    assert {record.name for record in caplog.records} <= {"reconciler.transport"}


def test_a_token_in_a_path_is_masked_in_the_log(serve, target, caplog):
    caplog.set_level(logging.DEBUG)
    server = serve(lambda request: reply(200, {}))
    with open_reader(target(server.url), PlantedAuth()) as reader:
        reader.get(f"a/{QUERY_TOKEN}/b")
    assert [record.getMessage().partition(" in ")[0] for record in caplog.records] == ["GET /a/***/b: 200"]


def test_the_log_has_method_path_status_and_milliseconds(serve, target, fake, caplog):
    caplog.set_level(logging.DEBUG)
    server = serve(lambda request: reply(503) if request.number == 1 else reply(200, {}))
    with open_reader(target(server.url), None, fake.timing) as reader:
        reader.get("areas/", {"page": 1})
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("DEBUG", "GET /areas/: 503 in 0 ms"),
        ("INFO", "GET /areas/: RC0506; repeat 1 in 0.5 s"),
        ("DEBUG", "GET /areas/: 200 in 0 ms"),
    ]
