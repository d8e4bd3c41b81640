"""Codes of refusals in our words; and the one message that is read."""

import pytest

from reconciler.model.kinds import KINDS
from reconciler.systems.cvsecurity.codes import MEANINGS, Meaning, code_of, counted, meaning
from reconciler.transport.failure import Failure, Sent

APPENDIX = [-1, -10, *range(-15, -11), -20, *range(-27, -21), -29, *range(-44, -39), -46, -47, -71, *range(-83, -79)]
APPENDIX += [-90, -91, -92, -100, -101, *range(-223, -219)]
SEEN = [-62, -63, -102, -103, -104, -105]
ABOUT = {"employee", "department", "access_level", "vehicle"}


@pytest.mark.parametrize("code", [*APPENDIX, *SEEN])
def test_every_code_that_our_calls_can_meet_says_what_is_so_and_what_to_do(code):
    told = MEANINGS[code]
    assert told.what.endswith(".")
    assert told.do.endswith(".")
    assert meaning(code) is told


@pytest.mark.parametrize(
    ("code", "paths"),
    [
        (-12, ("name",)),
        (-13, ("department", "parent")),
        (-23, ("card", "extra_cards")),
        (-26, ("device_password",)),
        (-62, ("first_name", "last_name")),
        (-71, ("email",)),
        (-5001, ("photo",)),
        (-5018, ("photo",)),
        (-5019, ()),
        (-31, ()),
    ],
)
def test_the_fields_that_a_code_is_about(code, paths):
    assert meaning(code).paths == paths


def test_the_fields_are_ones_of_the_language():
    known = {"code", "plate"} | {path for kind in ABOUT & KINDS.keys() for path in KINDS[kind].paths()}
    derived = {"elevator_levels", "entrance_levels", "list", "from", "to"}
    ours = {path for told in MEANINGS.values() for path in told.paths if not path.startswith("cvsecurity.")}
    assert ours - known - derived == set()


def test_a_code_that_nobody_has_written_down():
    assert meaning(-999) == Meaning("It gives no reason that is documented.", "Look at the server's own log.")


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (200, {"code": -13, "message": "x"}, -13),
        (404, {"code": 404}, None),
        (200, {"code": True}, None),
        (200, ["code"], None),
        (None, None, None),
    ],
)
def test_only_an_answered_envelope_has_a_code(status, body, code):
    assert code_of(Failure(Sent.REFUSED, "RC0701", "x", status=status, body=body)) == code


@pytest.mark.parametrize(
    ("message", "numbers"),
    [
        ("Succeed: 2, Failed: 1.", (2, 1)),
        ("Succeed: 0, Failed: 0.", (0, 0)),
        ("成功：12，失败：3。", (12, 3)),
        ("success", None),
        ("Succeed: 2", None),
        ("1 2 3", None),
        ("", None),
    ],
)
def test_how_many_succeeded(message, numbers):
    assert counted(message) == numbers
