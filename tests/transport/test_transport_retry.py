"""What is repeated, how often, and after which waits. No test waits: the clock is made of paper."""

import threading
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from loopback import DROP, FakeTime, about, reply

from reconciler.transport.failure import Failure, Sent
from reconciler.transport.http import open_reader, open_writer
from reconciler.transport.retry import Failed, Pace, asked_wait, may_repeat, repeat, until, wait_before

WAITS = [0.5, 1.0, 2.0, 4.0, 8.0]  # with full jitter at its greatest


def then(*answers) -> Callable:
    """Gives these in turn, and the last one for ever."""
    return lambda request: answers[min(request.number, len(answers)) - 1]


def call(target, fake, kind, **more):
    """A value or the Failure of a read, a repeatable write or a create."""
    with open_writer(target, None, fake.timing) as writer:
        try:
            if kind == "read":
                return writer.get("x")
            return writer.send("POST" if kind == "create" else "PATCH", "x", {}, repeatable=kind == "update")
        except Failure as failure:
            return failure


OK = reply(200, {"ok": True})
BUSY = reply(429, Retry_After="7")
STARTING = reply(200, b"<html>Starting</html>")


@pytest.mark.parametrize("kind", ["read", "update"])
@pytest.mark.parametrize(
    ("bad", "waits"),
    [
        (DROP, [0.5, 1.0]),
        (reply(500), [0.5, 1.0]),
        (reply(502), [0.5, 1.0]),
        (reply(503), [0.5, 1.0]),
        (reply(504), [0.5, 1.0]),
        (reply(503, Retry_After="7"), [7.0, 7.0]),
        (reply(500, Retry_After="7"), [7.0, 7.0]),
        (BUSY, [7.0, 7.0]),
        (reply(408), [0.5, 1.0]),
        (STARTING, [0.5, 1.0]),
    ],
)
def test_what_may_arrive_twice_is_repeated(serve, target, fake, kind, bad, waits):
    server = serve(then(bad, bad, OK))
    assert call(target(server.url), fake, kind) == {"ok": True}
    assert (fake.sleeps, len(server.requests)) == (waits, 3)


@pytest.mark.parametrize("bad", [BUSY, reply(503, Retry_After="7")])
def test_a_create_that_was_turned_away_is_repeated(serve, target, fake, bad):
    server = serve(then(bad, OK))
    assert call(target(server.url), fake, "create") == {"ok": True}
    assert (fake.sleeps, len(server.requests)) == ([7.0], 2)


@pytest.mark.parametrize("bad", [DROP, reply(500), reply(502), reply(503), reply(504), STARTING])
def test_a_create_that_may_have_been_carried_out_is_sent_once(serve, target, fake, bad):
    server = serve(then(bad, OK))
    assert call(target(server.url), fake, "create").sent is Sent.UNKNOWN
    assert (fake.sleeps, len(server.requests)) == ([], 1)


def test_a_create_that_was_not_sent_is_repeated(target, fake):
    failure = call(target("http://127.0.0.1:1"), fake, "create")
    assert (failure.sent, failure.code) == (Sent.NOT_SENT, "RC0501")
    assert fake.sleeps == WAITS


@pytest.mark.parametrize("kind", ["read", "update", "create"])
@pytest.mark.parametrize("status", [301, 302, 400, 401, 403, 404, 407, 409, 501, 505])
def test_what_would_fail_again_is_sent_once(serve, target, fake, kind, status):
    server = serve(then(reply(status), OK))
    assert call(target(server.url), fake, kind).status == status
    assert (fake.sleeps, len(server.requests)) == ([], 1)


@pytest.mark.parametrize("retries", [0, 1, 5])
def test_no_more_repeats_than_the_target_allows(serve, target, fake, retries):
    server = serve(then(reply(503)))
    failure = call(target(server.url, retries=retries), fake, "read")
    assert (failure.code, failure.status) == ("RC0506", 503)
    assert (fake.sleeps, len(server.requests)) == (WAITS[:retries], retries + 1)


def test_a_target_that_stays_busy_is_given_up(serve, target, fake):
    server = serve(then(reply(429, Retry_After="3600")))
    failure = call(target(server.url, retries=100), fake, "create")
    assert (failure.sent, failure.code, failure.status) == (Sent.REFUSED, "RC0507", 429)
    assert fake.sleeps == [60.0] * 5  # no longer than a minute at a time, five minutes in all


@pytest.mark.parametrize(
    ("repeat", "retry_after", "chance", "seconds"),
    [
        (0, None, 1.0, 0.5),
        (3, None, 1.0, 4.0),
        (3, None, 0.25, 1.0),
        (3, None, 0.0, 0.0),
        (9, None, 1.0, 30.0),
        (5000, None, 1.0, 30.0),
        (0, 7.0, 0.0, 7.0),
        (0, 0.0, 1.0, 0.5),
        (9, 7.0, 1.0, 30.0),
        (0, 61.0, 1.0, 60.0),
    ],
)
def test_the_wait_before_a_repeat(repeat, retry_after, chance, seconds):
    assert wait_before(repeat, retry_after, chance) == seconds


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "120"}, 120.0),
        ({"retry-after": " 0 "}, 0.0),
        ({"retry-after": "9" * 5000}, 999_999_999.0),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "1.5"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "²"}, None),
        ({"retry-after": "Fri, 31 Dec 1999 23:59:59 GMT", "date": "Fri, 31 Dec 1999 23:59:49 GMT"}, 10.0),
        ({"retry-after": "Thu, 01 Jan 1970 00:17:00 GMT"}, 20.0),  # wall clock: 1000
        ({"retry-after": "Thu, 01 Jan 1970 00:00:01 GMT"}, 0.0),
        ({"retry-after": "Thu, 01 Jan 1970 00:17:00 GMT", "date": "yesterday"}, 20.0),
        ({"retry-after": "Thu, 99 Jan 99999 00:17:00 GMT"}, None),
    ],
)
def test_what_retry_after_says(headers, seconds):
    assert asked_wait(headers, 1000.0) == seconds


@given(st.text(max_size=40))
@settings(max_examples=50, deadline=None)
def test_retry_after_may_be_any_text(text):
    seconds = asked_wait({"retry-after": text, "date": text}, 0.0)
    assert seconds is None or seconds >= 0.0


@given(
    st.builds(
        Failed,
        st.builds(Failure, st.sampled_from(Sent), st.just("RC0506"), st.just("It failed.")),
        final=st.booleans(),
        busy=st.booleans(),
    )
)
@settings(max_examples=50, deadline=None)
def test_what_must_not_arrive_twice_is_never_repeated_when_it_may_have_arrived(failed):
    carried_out = failed.failure.sent is Sent.UNKNOWN and not failed.busy
    assert not (carried_out and may_repeat(failed, False))
    assert may_repeat(failed, True) or not may_repeat(failed, False)


# --- slowing down together --------------------------------------------------------------------------------------------


def test_after_a_busy_answer_every_thread_waits(serve, target, fake):
    server = serve(then(reply(429, Retry_After="9"), OK))
    with open_reader(target(server.url, retries=0), None, fake.timing) as reader:
        with pytest.raises(Failure):
            reader.get("x")
        assert fake.sleeps == []
        thread = threading.Thread(target=reader.get, args=("x",))
        thread.start()
        thread.join()
    assert fake.sleeps == [9.0]


def test_the_gap_between_calls_doubles_and_shrinks():
    fake = FakeTime()
    pace = Pace(fake.timing)

    def gap():
        """Two calls at the same moment: how long the second one waits."""
        fake.now += 1000
        fake.sleeps.clear()
        pace.wait()
        before = fake.now
        pace.wait()
        return round(fake.now - before, 3)

    assert gap() == 0.0
    gaps = []
    for _ in range(9):
        pace.busy(0.0)
        gaps.append(gap())
    assert gaps == [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]
    pace.fine()
    assert gap() == 4.5
    for _ in range(100):
        pace.fine()
    assert gap() == 0.0


def test_a_target_that_is_well_again_is_called_at_full_speed_again(serve, target, fake):
    server = serve(then(reply(429), OK))
    with open_reader(target(server.url), None, fake.timing) as reader:
        for _ in range(40):
            reader.get("x")
        slow = list(fake.sleeps)
        for _ in range(40):
            reader.get("x")
    assert slow[0] == 0.5
    assert max(slow[1:]) == pytest.approx(0.05)
    assert fake.sleeps == slow


def test_a_repeat_is_told_with_its_reason():
    fake = FakeTime()
    failure = Failure(Sent.UNKNOWN, "RC0506", "It failed.")
    results = iter([Failed(failure), Failed(failure), "value"])
    told = []
    value = repeat(
        lambda: next(results),
        repeatable=True,
        retries=5,
        pace=Pace(fake.timing),
        timing=fake.timing,
        told=lambda *what: told.append(what),
    )
    assert (value, told) == ("value", [(1, 0.5, failure), (2, 1.0, failure)])


@pytest.mark.parametrize("kind", ["read", "update", "create"])
def test_a_run_that_is_stopped_repeats_nothing_and_waits_for_nothing(serve, target, kind):
    stop = threading.Event()

    def busy(request):
        stop.set()
        return reply(429, Retry_After="60")

    server = serve(busy)
    fake = FakeTime()
    fake.timing = until(stop)
    failure = call(target(server.url), fake, kind)
    assert (about(failure), len(server.requests)) == ((Sent.REFUSED, "RC0507", 429), 1)
