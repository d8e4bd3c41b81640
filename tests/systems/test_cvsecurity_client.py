"""Calls: the token that never shows, the envelope, and the many forms of a refusal."""

import logging
import traceback

import pytest
from cvsecurity_reading import (
    HELLO,
    TOKEN,
    Answers,
    asked_of,
    asking,
    calls,
    good,
    reading,
    serving,
    silent,
    target,
    writing,
    written_to,
)

from reconciler.model.project import Auth
from reconciler.model.secret import Secret, SecretReference
from reconciler.simulator import Fault
from reconciler.systems.cvsecurity.client import AccessToken, Answer, Server
from reconciler.systems.cvsecurity.codes import code_of
from reconciler.transport.failure import Failure, Sent

CHECK = (
    "Check `auth.access_token` of the target: it is the client secret that the server shows under System > Authority "
    "Management > API Authorization. Nothing more is sent in this run."
)


def failure_of(call) -> Failure:
    with pytest.raises(Failure) as raised:
        call()
    return raised.value


@pytest.mark.parametrize(
    ("shape", "how", "greetings"), [("status", "HTTP 401", 1), ("code", "code -1", 2)], ids=["status", "code"]
)
def test_a_bad_token_in_both_shapes(shape, how, greetings):
    with serving(token_refused=shape) as (server, where):
        stranger = target(where.url, auth=Auth(token=Secret("another")))
        failure = failure_of(lambda: asking(stranger).__enter__())
        assert calls(server) == [("GET", "department/get/1", 401 if shape == "status" else 200)] * greetings
    assert (failure.sent, failure.code, failure.detail) == (
        Sent.REFUSED,
        "RC0503",
        f"The target gate refused the access token ({how}). {CHECK}",
    )


@pytest.mark.parametrize("token", [None, Secret(""), SecretReference("env", ("X",), target().span)], ids=repr)
def test_no_token(token):
    failure = failure_of(lambda: AccessToken(target(auth=Auth(token=token))))
    assert (failure.sent, failure.code) == (Sent.NOT_SENT, "RC0503")
    assert failure.detail == f"The target gate has no `auth.access_token`. Give it one: {CHECK}"


@pytest.mark.parametrize("shape", ["status", "code"])
def test_a_token_that_is_taken_away_stops_the_run(shape):
    with serving(token_refused=shape) as (server, where), reading(where) as reader:
        assert reader.list("department", ("name",), silent).problem is None
        server.faults.add(Fault(effect="expire_tokens", nth=1))
        first = reader.list("employee", ("first_name",), silent).problem
        sent = server.journal.calls()
        second = reader.list("department", ("name",), silent).problem
        assert (first.code, second.code, server.journal.calls()) == ("RC0503", "RC0503", sent)


def test_one_failure_of_the_program_is_no_bad_token():
    with serving() as (server, where):
        server.faults.add(Fault(effect="code", path="department/get/1", nth=1))
        with asking(where) as client:
            assert client.root == {"code": "1", "name": "Department Name", "parentCode": None}


def test_minus_one_of_a_server_that_still_takes_the_token():
    with serving() as (server, where), asking(where) as client:
        server.faults.add(Fault(effect="code", path="accLevel/list"))
        failure = failure_of(lambda: client.get("accLevel/list", {"pageNo": 1, "pageSize": 10}))
    assert (failure.code, code_of(failure)) == ("RC0506", -1)
    assert failure.detail == (
        "The target gate refused accLevel/list with the code -1. It answers that its program failed, which it says of "
        "any input that it can't make sense of. Look at the server's own log; a value may be too long, or of a form "
        'that this server does not take. It says: "The operation failed."'
    )


FAULTS = {
    "refused": None,
    "html": Fault(effect="html"),
    "502": Fault(effect="status", status=502),
    "500": Fault(effect="status", status=500),
    "400": Fault(effect="status", status=400),
    "403": Fault(effect="status", status=403),
    "drop": Fault(effect="drop"),
    "hang": Fault(effect="hang", seconds=5),
    "redirect": Fault(effect="redirect", url=f"http://127.0.0.1:9/?access_token={TOKEN}"),
    "truncate": Fault(effect="truncate"),
    "reset": Fault(effect="reset"),
    "garbage": Fault(effect="garbage"),
    "empty": Fault(effect="empty"),
    "code": Fault(effect="code", code="-13"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_token_shows_nowhere(fault, caplog):
    """Planted, and searched in what is raised, with its whole chain, and in the log of every library."""
    caplog.set_level(logging.DEBUG)
    with serving() as (server, where):
        quick = target(where.url, timeout=0.3 if fault == "hang" else 20.0, retries=1 if fault == "502" else 0)
        with writing(quick) as client:
            if FAULTS[fault] is None:
                server.stop()
            else:
                server.faults.add(FAULTS[fault])
            failures = [
                failure_of(lambda: client.get("accLevel/list", {"pageNo": 1, "pageSize": 10})),
                failure_of(lambda: client.post("person/add", {"pin": "1"})),
                failure_of(lambda: client.post("accLevel/syncLevel", query={"levelId": "L1"})),
            ]
    told = [text for each in failures for text in (each.detail, repr(each.body), *traceback.format_exception(each))]
    told += [record.getMessage() for record in caplog.records] + [str(record.__dict__) for record in caplog.records]
    parts = ("A7C1", "of+the&client", "of%2Bthe%26client", "access_token=")
    assert [part for part in parts for text in told if part in text] == []
    chained = [error for each in failures for error in (each.__cause__, each.__context__)]
    assert [error for error in chained if error is not None and not isinstance(error, Failure)] == []


def test_a_message_that_repeats_the_token_or_the_card_is_cleaned():
    client, _ = written_to({"code": -23, "message": f"{TOKEN} refuses card 4711\x1b[2J", "data": None})
    failure = failure_of(lambda: client.post("person/add", [{"pin": "1", "cardNo": Secret("4711")}]))
    assert failure.body == {"code": -23, "message": "*** refuses card ***\x1b[2J"}
    assert failure.detail == (
        "The target gate refused person/add with the code -23. Somebody else has this card. Take the card from that "
        'person on the server, or correct the number. It says: "*** refuses card ***\\x1b[2J"'
    )


@pytest.mark.parametrize(
    ("envelope", "answer"),
    [
        ({"code": 0, "message": "success", "data": None}, Answer("success", None)),
        ({"code": 1, "msg": "success", "data": [1]}, Answer("success", [1])),
        ({"code": "0", "message": None}, Answer("", None)),
        ({"code": 200, "message": "ok", "data": {}}, Answer("ok", {})),
    ],
)
def test_every_code_that_is_not_negative_is_a_success(envelope, answer):
    client, _ = written_to(envelope)
    assert client.post("person/add", {"pin": "1"}) == answer


@pytest.mark.parametrize("answer", [None, [], "ok", {"ret": "ok"}, {"code": None}, {"code": True}, {"code": "x"}])
def test_an_answer_without_a_code(answer):
    client, _ = written_to(answer, answer)
    read = failure_of(lambda: client.get("accLevel/list"))
    wrote = failure_of(lambda: client.post("person/add", {"pin": "1"}))
    assert (read.sent, read.code) == (Sent.NOT_SENT, "RC0505")  # the change that wanted to know was not sent
    assert (wrote.sent, wrote.code) == (Sent.UNKNOWN, "RC0505")
    assert wrote.detail == (
        "The target gate answered person/add with something that has no `code`. Whether it was carried out is not "
        "known. Check that its `url` and `system` are right."
    )


def test_a_refused_write():
    client, _ = written_to({"code": "-15", "message": "", "data": None})
    failure = failure_of(lambda: client.post("department/delete", query={"code": "2"}))
    assert (failure.sent, failure.code, code_of(failure), failure.status) == (Sent.REFUSED, "RC0701", -15, 200)
    assert failure.detail == (
        "The target gate refused department/delete with the code -15. The department can't be deleted: it is the "
        "built-in one, or departments or people are in it. Move or remove these first, also people that the files do "
        "not hold."
    )


def test_arrays_queries_and_secrets_arrive():
    with serving() as (server, where), writing(where) as client:
        client.post("v2/person/addPersons", [{"pin": "1", "name": "Ana", "cardNo": Secret("4711")}])
        client.post("person/add", {"pin": "2"})
        client.post("v2/person/deleteByPins", query={"pins": "1,2"})
        entries = server.journal.entries("POST")
    assert [(each.path, each.query, each.body) for each in entries] == [
        ("/api/v2/person/addPersons", "access_token=***", [{"pin": "1", "name": "Ana", "cardNo": "4711"}]),
        ("/api/person/add", "access_token=***", {"pin": "2"}),
        ("/api/v2/person/deleteByPins", "pins=1%2C2&access_token=***", None),
    ]


@pytest.mark.parametrize(
    ("deletes", "methods"), [("both", ["POST"]), ("post", ["POST"]), ("delete", ["POST", "DELETE"])]
)
def test_deletes_by_the_method_that_the_server_wants(deletes, methods):
    with serving(deletes=deletes) as (server, where), writing(where) as client:
        for pin in ("1", "2"):
            client.post("person/add", {"pin": pin})
        server.journal.clear()
        client.delete("person/delete/1")
        client.delete("person/delete/2")
        assert [method for method, _, _ in calls(server)] == [*methods, methods[-1]]
        assert server.rows("persons") == []


@pytest.mark.parametrize(
    ("switches", "path", "there"),
    [
        ({}, "accLevel/addLevel", True),
        ({}, "parkAuthorize/addBlackWhite", True),
        ({"level_editing": False}, "accLevel/addLevel", False),
        ({"level_editing": False, "missing_route": "code"}, "accLevel/addLevel", False),
        ({"missing_route": "code"}, "accLevel/addLevel", True),
        ({"modules": ("access",)}, "parkAuthorize/addBlackWhite", False),
    ],
)
def test_whether_a_call_is_there_is_found_without_calling_it(switches, path, there):
    with serving(**switches) as (server, where), asking(where) as client:
        before = server.dump()
        assert client.has(path) is there
        assert server.dump() == before


def test_a_question_that_fails_leaves_no_doubt_about_the_change_that_wanted_it():
    broken = Failure(Sent.UNKNOWN, "RC0506", "It failed.", status=502)
    client, _ = written_to(broken, broken)
    for call in (lambda: client.get("accLevel/list"), lambda: client.ask("person/getPersonList")):
        failure = failure_of(call)
        assert (failure.sent, failure.code, failure.detail, failure.status) == (
            Sent.NOT_SENT,
            "RC0506",
            "It failed.",
            502,
        )


def test_the_greeting_of_a_server_without_its_first_department():
    class Rootless(Answers):
        def get(self, path, query=None, *, optional=False):
            return {"code": -13, "message": "x", "data": None}

    where = target()
    assert Server(Rootless(), where, AccessToken(where)).root == {}


def test_paths_are_below_api():
    client, http = asked_of(good([1]), good([2]))
    assert (client.get("accLevel/list", {"pageNo": 1}), client.ask("person/getPersonList", {"pins": "1"})) == ([1], [2])
    assert http.asked == [
        ("GET", "/api/accLevel/list", {"pageNo": 1}, None),
        ("POST", "/api/person/getPersonList", {}, {"pins": "1"}),
    ]
    assert HELLO["data"] == client.root
