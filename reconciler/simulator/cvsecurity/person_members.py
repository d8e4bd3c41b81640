"""The members of a person that calls write: what is taken, in which form it is kept (manual 2.13)."""

import base64
import binascii
from collections.abc import Callable

from reconciler.simulator.cvsecurity.call import Site, date, moment, text, texts
from reconciler.simulator.cvsecurity.codes import Refused
from reconciler.simulator.cvsecurity.store import ROOT, Row, cards_of

BASIC: tuple[str, ...] = (
    "deptCode",
    "name",
    "lastName",
    "gender",
    "birthday",
    "cardNo",
    "supplyCards",
    "personPwd",
    "email",
    "mobilePhone",
    "ssn",
    "carPlate",
    "certType",
    "certNumber",
    "hireDate",
    "isDisabled",
    "isSendMail",
)
"""The members of addPersonnelBasicInfo (2.13.7)."""

ACCESS = ("accLevelIds", "accStartTime", "accEndTime")
"""The members that the module access has."""

ALL = (*BASIC, "personPhoto", *ACCESS)
"""The members of person/add, reinstated and addPersons; others are ignored."""

_ALWAYS_CLEARED = frozenset({"cardNo", "carPlate"})
_SPECIAL = frozenset('&<>`~!@#$%^*?/|\\:;="')
_GENDERS = {"M": "M", "F": "F"}
_GENDER_WORDS = {"male": "M", "female": "F"}
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"BM")
_PHOTO_FAILURES = {-27: "photo", -63: "face", -5001: "picture"}


def merged(site: Site, before: Row, given: dict[str, object], members: tuple[str, ...]) -> Row:
    """A person's row with what a call gives: left out keeps what is stored, "" clears it, and null is as the switch
    null_members says. Raises Refused."""
    profile = site.profile
    row = dict(before)
    for member in members:
        if member not in given or (member in ACCESS and "access" not in profile.modules):
            continue
        value = given[member]
        empty = isinstance(value, str) and not value.strip()
        if value is None and profile.null_members == "kept":
            continue
        if empty and profile.empty_members == "kept" and member not in _ALWAYS_CLEARED:
            continue
        _put(site, row, member, "" if value is None else value)
    if str(row.get("accStartTime") or "") > str(row.get("accEndTime") or "9"):
        raise Refused("time_order")
    row.setdefault("deptCode", ROOT)
    _unlike_others(site, row)
    return row


def _put(site: Site, row: Row, member: str, value: object) -> None:
    if member == "accLevelIds":
        _levels(site, row, texts(value))
        return
    if member == "supplyCards" and not site.profile.several_cards:
        return
    kept = _JUDGED[member](site, value) if member in _JUDGED else _FORMS.get(member, text)(value)
    if kept == "" or kept is False:  # what is blank is not kept
        row.pop(member, None)
    else:
        row[member] = kept


def _levels(site: Site, row: Row, ids: list[str]) -> None:
    if any(site.store.get("door_levels", identity) is None for identity in ids):
        raise Refused("no_level")
    before = row.get("door_levels")
    if site.profile.level_ids == "appended" and isinstance(before, list):
        ids = list(dict.fromkeys([*before, *ids]))
    row["door_levels"] = ids


def _unlike_others(site: Site, row: Row) -> None:
    """Raise Refused (-23, -26, -71) for what somebody else has."""
    pin, store = row["pin"], site.store
    cards = cards_of(row)
    if len(cards) != len(set(cards)) or any(store.taken("card", card, pin) for card in cards):
        raise Refused("card_used")
    if site.profile.password_unique and row.get("personPwd") and store.taken("personPwd", row["personPwd"], pin):
        raise Refused("password_used")
    if site.profile.email_unique and row.get("email") and store.taken("email", row["email"], pin):
        raise Refused("email_used")


def _department(site: Site, value: object) -> object:
    code = text(value)
    if not code or site.store.get("departments", code):
        return code
    if site.profile.unknown_department == "refused":
        raise Refused("no_department")
    return ROOT


def _name(site: Site, value: object) -> object:
    name = text(value)
    if site.profile.special_names == "refused" and _SPECIAL & set(name):
        raise Refused("name_characters")
    if 0 < site.profile.name_length < len(name):
        raise Refused("program")
    return name


def _gender(site: Site, value: object) -> object:
    known = _GENDERS | _GENDER_WORDS if site.profile.gender_forms == "both" else _GENDERS
    given = text(value)
    if given and given not in known:
        raise Refused("program")
    return known.get(given, "")


def _card(site: Site, value: object) -> object:
    card = text(value)
    digits = {"decimal": "0123456789", "hex": "0123456789abcdefABCDEF", "any": card}[site.profile.card_form]
    if not set(card) <= set(digits):
        raise Refused("program")
    return card


def _cards(site: Site, value: object) -> object:
    return ",".join(str(_card(site, card)) for card in texts(value))


def _flag(value: object) -> object:
    if value == "" or isinstance(value, bool):
        return value
    raise Refused("program")


def _password(value: object) -> object:
    password = text(value)
    if password and not (password.isascii() and password.isdigit() and len(password) <= 6):  # up to 6 digits
        raise Refused("program")
    return password


def photo(site: Site, value: object) -> str:
    """A picture in base64, without a prefix; "" for none. Raises Refused for what is no picture."""
    given = text(value)
    try:
        if not given or base64.b64decode(given, validate=True).startswith(_PICTURES):
            return given
    except (binascii.Error, ValueError):
        pass
    raise Refused(_PHOTO_FAILURES[site.profile.photo_refusal])


def _plates(value: object) -> object:
    return ",".join(texts(value))


_FORMS: dict[str, Callable[[object], object]] = {
    "personPwd": _password,
    "carPlate": _plates,
    "isDisabled": _flag,
    "isSendMail": _flag,
    "birthday": date,
    "hireDate": date,
    "accStartTime": moment,
    "accEndTime": moment,
}
"""The members that are taken alike everywhere; those in neither table are text."""

_JUDGED: dict[str, Callable[[Site, object], object]] = {
    "deptCode": _department,
    "name": _name,
    "lastName": _name,
    "gender": _gender,
    "cardNo": _card,
    "supplyCards": _cards,
    "personPhoto": photo,
}
"""The members that a switch or the other rows have a say in."""
