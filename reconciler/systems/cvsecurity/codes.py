"""What the codes of a refusal mean, in our words (manual, Appendix 3.1; systems/cvsecurity.md A7). Messages of servers
are in the server's language, so that only codes count."""

import re

import msgspec

from reconciler.transport.failure import Failure

PROGRAM_ERROR = -1
UNKNOWN_DEPARTMENT = -13
UNKNOWN_PERSON = -22
UNKNOWN_LEVEL = -24
EMPTY_LEVEL = -25
PUSH_FAILED = frozenset({-102, -103, -104, -105})
"""The change stays: a device that is missing, offline or too old was not told of it."""

_PHOTO_CODES = range(-5018, -5000)
_NUMBERS = re.compile(r"[0-9]+")


class Meaning(msgspec.Struct, frozen=True):
    """`what` is so, and what to `do`: sentences. `paths` are the fields that it is about."""

    what: str
    do: str
    paths: tuple[str, ...] = ()


_PERSON_ID = "Look at the employee's code, and at the person parameters in the server's own pages."

MEANINGS = {
    -1: Meaning(
        "It answers that its program failed, which it says of any input that it can't make sense of.",
        "Look at the server's own log; a value may be too long, or of a form that this server does not take.",
    ),
    -10: Meaning("A department's code or name is empty.", "Give it both.", ("code", "name")),
    -12: Meaning(
        "Another department has this name, and names are unique on the whole server.",
        "Give the department another name, or rename the other one.",
        ("name",),
    ),
    -13: Meaning(
        "There is no department with this code.",
        "Create it on the server, or let the target manage departments.",
        ("department", "parent"),
    ),
    -14: Meaning(
        "The department can't be below this parent.",
        "Name a parent that exists and is not below the department itself.",
        ("parent",),
    ),
    -15: Meaning(
        "The department can't be deleted: it is the built-in one, or departments or people are in it.",
        "Move or remove these first, also people that the files do not hold.",
    ),
    -20: Meaning("The person's number is empty.", "Give the employee a code.", ("code",)),
    -22: Meaning(
        "There is no such person.",
        "Somebody may have deleted the person, or entered that they have left. Plan again.",
        ("code",),
    ),
    -23: Meaning(
        "Somebody else has this card.",
        "Take the card from that person on the server, or correct the number.",
        ("card", "extra_cards"),
    ),
    -24: Meaning(
        "There is no such access level.",
        "It may have been deleted since the plan was made. Plan again.",
        ("access_levels", "elevator_levels", "entrance_levels"),
    ),
    -25: Meaning("Nobody has this access level.", "Nothing needs to be sent to its devices."),
    -26: Meaning(
        "Somebody else has this device password, and the server wants each only once.",
        "Choose another one.",
        ("device_password",),
    ),
    -27: Meaning("The photo is not one that the server takes.", "Use a JPEG of one face.", ("photo",)),
    -29: Meaning(
        "The person's number is not one that the server takes: it may be too long, have letters where only digits are "
        "allowed, or belong to somebody who has left.",
        _PERSON_ID,
        ("code",),
    ),
    -40: Meaning("The access level could not be given.", "Look at the server's own log.", ("access_levels",)),
    -41: Meaning("The access level could not be taken away.", "Look at the server's own log.", ("access_levels",)),
    -42: Meaning("The person's number or the access level is missing.", "Plan again.", ("access_levels",)),
    -43: Meaning("The access level is missing.", "Plan again.", ("access_levels",)),
    -44: Meaning("A door is missing.", "Name the level's doors.", ("cvsecurity.doors",)),
    -46: Meaning("A door's name is empty.", "Name the level's doors.", ("cvsecurity.doors",)),
    -47: Meaning("There is no such door.", "Write the name that the server has.", ("cvsecurity.doors",)),
    -62: Meaning(
        "A name has a character that the server does not take.",
        "Write it without & < > ` ~ ! @ # $ % ^ * ? / | \\ : ; = and quotation marks.",
        ("first_name", "last_name"),
    ),
    -63: Meaning("No face was found in the photo.", "Use a photo of one face, seen from the front.", ("photo",)),
    -71: Meaning(
        "Somebody else has this e-mail address, or a file is of a kind that the server does not take.",
        "Correct the address.",
        ("email",),
    ),
    -80: Meaning("There is no such area.", "Create it in the server's own pages.", ("areas", "cvsecurity.kiosk_areas")),
    -81: Meaning("No person is named.", "Plan again: they may have been deleted.", ("areas", "cvsecurity.kiosk_areas")),
    -82: Meaning("More than 500 people are named in one call.", "Please report this: it is our mistake."),
    -83: Meaning("The area is missing.", "Name it.", ("areas", "cvsecurity.kiosk_areas")),
    -90: Meaning("A page's number or size is not above 0.", "Please report this: it is our mistake."),
    -91: Meaning("A page is larger than 1000 rows.", "Please report this: it is our mistake."),
    -92: Meaning("A page has no number or size.", "Please report this: it is our mistake."),
    -100: Meaning(
        "A date or time is not of the form that the server takes.",
        "Correct it.",
        ("valid.from", "valid.until", "birthday", "hire_date", "resigned.date"),
    ),
    -101: Meaning("The validity ends before it begins.", "Correct it.", ("valid.from", "valid.until")),
    -102: Meaning("A device of the access level is not there.", "Look at the level's doors on the server."),
    -103: Meaning("A device of the access level is offline.", "The server tells it when it is back."),
    -104: Meaning("A device of the access level can't take this.", "Look at the level's doors on the server."),
    -105: Meaning("A device could not be told.", "Synchronise it in the server's own pages when it is back."),
    -220: Meaning("The list's operation is not known.", "Please report this: it is our mistake."),
    -221: Meaning("The list is neither that of who may pass nor that of who may not.", "Correct it.", ("list",)),
    -222: Meaning(
        "The dates are not ones that the server takes: an allowed vehicle needs both, in their order.",
        "Correct them.",
        ("from", "to"),
    ),
    -223: Meaning("The number plate is not one that the server takes.", "Correct it.", ("plate",)),
}
"""By code. Those of visitors, fingerprints, remote opening and advertisements can't be answered to what we call."""

_UNKNOWN = Meaning("It gives no reason that is documented.", "Look at the server's own log.")
_PHOTO = Meaning(
    "The server's check of the photo failed.",
    "Use a photo of one face, sharp and seen from the front, of at least 80,000 pixels.",
    ("photo",),
)


def meaning(code: int) -> Meaning:
    """What a negative code means."""
    return _PHOTO if code in _PHOTO_CODES else MEANINGS.get(code, _UNKNOWN)


def code_of(failure: Failure) -> int | None:
    """The server's own code of a refusal; None when it did not come to that."""
    code = failure.body.get("code") if isinstance(failure.body, dict) else None
    return code if type(code) is int and failure.status == 200 else None


def counted(message: str) -> tuple[int, int] | None:
    """How many items of a call succeeded and failed, by a message such as "Succeed: 2, Failed: 1." in any language: the
    one thing that a message is read for, since the code is that of success with none at all (A1 9)."""
    numbers = _NUMBERS.findall(message[:200])
    return (int(numbers[0]), int(numbers[1])) if len(numbers) == 2 else None
