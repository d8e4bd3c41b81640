"""The page that a target shows to everybody, as doctor looks at it before any login."""

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import msgspec
import pytest
from loopback import DROP, reply

from reconciler.model.examination import Finding
from reconciler.transport.page import Page, page_of
from reconciler.workflow.examining import page_findings


def dated(ahead: int) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=ahead), usegmt=True)


@pytest.mark.parametrize(
    ("body", "title"),
    [
        (b"<html><head><TITLE lang=en>\n BioTime 9.5 &amp; more </TITLE>", "BioTime 9.5 & more"),
        (b"<title> </title>", None),
        (b"hello", None),
        (b"\xff\xfe<title", None),
    ],
)
def test_its_title_whatever_the_status(serve, target, body, title):
    server = serve(lambda request: reply(404, body))
    page = page_of(target(f"{server.url}/below"), "/api/docs/")
    assert (page.title, page.ahead, page.seconds < 5) == (title, None, True)
    assert [(each.method, each.path) for each in server.requests] == [("GET", "/below/api/docs/")]
    assert "authorization" not in server.requests[0].headers


@pytest.mark.parametrize("charset", ["hex", "idna", "rot13", "no such", "utf-8"])
def test_a_name_of_an_encoding_that_is_none(serve, target, charset):
    kind = {"Content-Type": f'text/html; charset="{charset}"'}
    server = serve(lambda request: reply(200, b"<title>BioTime</title>", **kind))
    assert page_of(target(server.url), "/").title == "BioTime"


@pytest.mark.parametrize("ahead", [0, -90, 3600])
def test_by_how_much_its_clock_is_off(serve, target, ahead):
    server = serve(lambda request: reply(200, Date=dated(ahead)))
    assert abs(page_of(target(server.url), "/").ahead - ahead) <= 2


@pytest.mark.parametrize("date", ["yesterday", "Mon, 01 Jan 99999 00:00:00 GMT"])
def test_a_date_that_is_none(serve, target, date):
    assert page_of(target(serve(lambda request: reply(200, Date=date)).url), "/").ahead is None


def test_who_is_not_there_and_who_is_there_and_says_nothing(serve, target):
    assert page_of(target("http://127.0.0.1:9"), "/") is None
    assert page_of(target("ftp://127.0.0.1"), "/") is None
    assert page_of(target(serve(lambda request: DROP).url), "/") == Page()


def test_who_drops_the_connection_is_not_called_slow_and_who_is_silent_is(serve, target):
    dropping, silent = serve(lambda request: DROP), serve(lambda request: time.sleep(0.5) or reply(200))
    assert list(page_findings(target(dropping.url), page_of(target(dropping.url), "/"))) == []
    found = page_findings(target(silent.url, timeout=0.1), page_of(target(silent.url, timeout=0.1), "/"))
    assert [(each.about, each.value) for each in found] == [("first answer", "none within 0.1 s")]


CLOCK = (
    "Events are dated by it, and logins end by it. Set the server's or this machine's, best by a time service: no call "
    "sets it."
)


@pytest.mark.parametrize(
    ("page", "found"),
    [
        (Page(0.1), []),
        (Page(), []),  # what it answered is told by the examination
        (Page(0.1, title="x", ahead=30), [Finding("clock", "as this machine's")]),
        (Page(0.1, title="x", ahead=3600), [Finding("clock", "3,600 s ahead of this machine's", CLOCK)]),
        (Page(0.1, title="x", ahead=-31), [Finding("clock", "31 s behind this machine's", CLOCK)]),
        (
            Page(2.04),
            [
                Finding(
                    "first answer",
                    "after 2.0 s",
                    "That is slow. Look at the network, or give the target a longer `timeout` than 10 s.",
                )
            ],
        ),
        (
            Page(late=True),
            [
                Finding(
                    "first answer",
                    "none within 5 s",
                    "That is slow. Look at the network, or give the target a longer `timeout` than 10 s.",
                )
            ],
        ),
    ],
)
def test_what_is_told_of_it(target, page, found):
    assert list(page_findings(target("http://127.0.0.1:9", timeout=10.0), page)) == found


def test_a_terminal_s_clock_is_not_that_of_its_pages(target):
    terminal = msgspec.structs.replace(target("http://127.0.0.1:9"), system="device")
    assert list(page_findings(terminal, Page(0.1, ahead=3600))) == []
