"""What a server says against a change, in the words of the files and without anybody's secrets."""

import pytest
from biotime_helpers import SPAN, create, delete, update

from reconciler.model.diagnostic import Severity
from reconciler.model.objects import Live
from reconciler.model.outcome import Status
from reconciler.model.secret import Secret
from reconciler.systems.biotime.refusal import refused
from reconciler.transport.failure import Failure, Sent

NEW = create("employee", "1", {"card": Secret("47110815")})
NOW = Live("1", 5, {"card": Secret("47110815"), "device_password": Secret("99887766")})


def outcome(body, change=NEW, *, sent=Sent.REFUSED, code="RC0701", detail="The target hq refused POST: 400."):
    return refused(change, Failure(sent, code, detail, status=400, body=body))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"emp_code": ["too odd"]}, '`code`: "too odd"'),
        ({"contact_tel": ["a", "b"], "area": "c"}, '`areas`: "c"; `contact_phone`: "a"; `contact_phone`: "b"'),
        ({"attemployee": {"enable_attendance": ["no"]}}, '`attendance.enabled`: "no"'),
        ({"attemployee": ["no"]}, '`attendance`: "no"'),
        ({"area": {"0": ["Invalid pk"]}}, '`areas`: "Invalid pk"'),
        ({"detail": "Not now."}, '"Not now."'),
        ({"non_field_errors": ["Mismatched company pk and deparment pk"]}, '"Mismatched company pk and deparment pk"'),
        ({"code": 7, "msg": "no space"}, '"no space"'),
        ({"resign_date": ["bad"]}, '`resigned.date`: "bad"'),
        ({"Global ID": ["bad"]}, '`Global ID`: "bad"'),
        (["plain"], '"plain"'),
        ({"city": ["é" * 301]}, '`city`: "' + "é" * 300 + '…"'),
        ({str(number): ["x"] for number in range(9)}, '"x"; "x"; "x"; "x"; "x"'),
    ],
)
def test_the_servers_words(body, said):
    found = outcome(body)
    assert found.diagnostic.detail == f"The target refused to create the employee: {said}."
    assert (found.status, found.diagnostic.code, found.diagnostic.severity) == (Status.FAILED, "RC0701", Severity.ERROR)
    assert (found.diagnostic.address, found.diagnostic.source) == ("hq/employee/1", SPAN)


@pytest.mark.parametrize("body", [None, {}, [], {"detail": " "}])
def test_without_words_the_transports_are_told(body):
    assert outcome(body).diagnostic.detail == "The target hq refused POST: 400."


@pytest.mark.parametrize(
    ("body", "duplicate"),
    [
        ({"emp_code": ["employee with this emp_code already exists."]}, True),
        ({"emp_code": ["\u8be5\u5b57\u6bb5\u5df2\u5b58\u5728"]}, True),
        ({"non_field_errors": ["The fields company, emp_code must make a unique set."]}, True),
        ({"detail": "Employee already exists."}, True),
        ({"department": ['Invalid pk "9" - object does not exist.']}, False),
        ({"card_no": ["employee with this card no already exists."]}, False),
        ({"non_field_errors": ["Mismatched company pk and deparment pk"]}, False),
        (None, False),
    ],
)
def test_a_duplicate_is_known_by_its_field(body, duplicate):
    assert outcome(body).duplicate is duplicate


def test_only_a_create_can_be_a_duplicate():
    body = {"emp_code": ["employee with this emp_code already exists."]}
    renamed = update("employee", NOW, {}, key="2")
    assert outcome(body, renamed).duplicate is False
    assert outcome(body, renamed).diagnostic.detail.startswith("The target refused to change the employee: `code`:")
    assert outcome(body, delete("employee", NOW)).diagnostic.detail.startswith(
        "The target refused to delete the employee:"
    )
    assert outcome(body, sent=Sent.UNKNOWN, code="RC0506").duplicate is False


def test_a_lost_reply_is_not_known():
    found = outcome(None, sent=Sent.UNKNOWN, code="RC0506", detail="The reply was lost.")
    assert (found.status, found.diagnostic.code, found.diagnostic.detail) == (
        Status.UNKNOWN,
        "RC0702",
        "The reply was lost.",
    )


@pytest.mark.parametrize("code", ["RC0501", "RC0503", "RC0504", "RC0507"])
def test_other_failures_keep_their_code_and_words(code):
    found = outcome({"detail": "Invalid token."}, code=code, detail="Log in again.")
    assert (found.status, found.diagnostic.code, found.diagnostic.detail) == (Status.FAILED, code, "Log in again.")


def test_no_value_that_is_masked_is_repeated():
    change = update("employee", NOW, {"device_password": Secret("55667788")})
    said = "47110815 has 99887766, not 55667788"
    assert outcome({"detail": said}, change).diagnostic.detail == (
        'The target refused to change the employee: "*** has ***, not ***".'
    )
    lost = outcome(None, change, sent=Sent.UNKNOWN, detail=said)
    assert lost.diagnostic.detail == "*** has ***, not ***"
