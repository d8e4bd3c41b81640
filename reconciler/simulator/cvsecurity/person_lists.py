"""Reading persons: one, a list, and the shapes of both editions (manual 2.13.3, 2.13.4, 2.13.9)."""

import hashlib

from reconciler.simulator.cvsecurity.call import PINS_MAX, Call, Result, Site, person, pin_form, texts
from reconciler.simulator.cvsecurity.codes import Missing, Refused
from reconciler.simulator.cvsecurity.departments import below
from reconciler.simulator.cvsecurity.paging import bare, wrapped
from reconciler.simulator.cvsecurity.store import Row, listed
from reconciler.simulator.cvsecurity.switches import CvSecurityProfile

_V2: dict[str, object] = {
    "id": "",
    "pin": "",
    "deptCode": "",
    "deptName": "",
    "name": "",
    "lastName": "",
    "gender": "",
    "birthday": None,
    "cardNo": "",
    "supplyCards": "",
    "personPhoto": "",
    "selfPwd": hashlib.md5(b"123456", usedforsecurity=False).hexdigest(),
    "isSendMail": False,
    "mobilePhone": "",
    "personPwd": "",
    "carPlate": None,
    "email": "",
    "ssn": None,
    "accLevelIds": "",
    "accStartTime": None,
    "accEndTime": None,
    "certType": "",
    "certNumber": "",
    "photoPath": "",
    "hireDate": None,
    "isDisabled": False,
    "vislightPhoto": "",
    "vislightPhotoPath": "",
}
"""A person of v2/person/getPersonList with its blanks, as in the manual's example; selfPwd is the MD5 of 123456."""

_GET = ("pin", "deptCode", "deptName", "name", "lastName", "gender", "cardNo")
_V1 = (*_GET, "personPhoto", "vislightPhoto", "vislightPhotoPath")
_SEEN = ("accLevelIds", "email", "mobilePhone", "isDisabled")
_PHOTOS = ("personPhoto", "vislightPhoto")
_WORDS = {"F": "female", "M": "male"}


def get(site: Site, call: Call) -> Result:
    """person/get."""
    try:
        row = person(site, call.key("pin"))
    except Refused as refused:
        if refused.name != "no_person" or site.profile.missing_person == "code":
            raise
        if site.profile.missing_person == "status":
            raise Missing from None
        return Result()
    names: tuple[str, ...] = (*_GET, *_SEEN) if site.profile.person_v1 == "full" else _GET
    if site.profile.query_forms:
        names = (*names, "vislightPhoto", "vislightPhotoPath")
    return Result(_some(_shape(site, row), names))


def v1(site: Site, call: Call) -> Result:
    """person/getPersonList."""
    rows, given = _wanted(site, call)
    members = _V1 if site.profile.person_v1 == "manual" else (*_V1, *_SEEN)
    names = tuple(name for name in members if site.profile.person_photos or name not in _PHOTOS)
    return Result(bare(rows, given, lambda row: _some(_shape(site, row), names)))


def v2(site: Site, call: Call) -> Result:
    """v2/person/getPersonList."""
    rows, given = _wanted(site, call)
    names = tuple(name for name in _V2 if site.profile.person_photos or name not in _PHOTOS)
    return Result(wrapped(site, rows, given, lambda row: _some(_shape(site, row), names)))


def _wanted(site: Site, call: Call) -> tuple[list[Row], dict[str, object]]:
    """The persons that a call asks for, all if it names neither pins nor departments, and its parameters."""
    where = site.profile.list_parameters
    given: dict[str, object] = dict(call.query) if where != "body" else {}
    if where != "query":
        given |= call.members()
    pins = [pin_form(site.profile, pin) for pin in texts(given.get("pins"))]
    codes = texts(given.get("deptCodes"))
    if len(pins) > PINS_MAX:
        raise Refused("pins_many")
    departments = below(site, codes) if site.profile.person_list_departments == "below" else set(codes)
    if pins:
        rows = _of(site, pins)
    else:
        rows = site.store.persons(site.profile.person_order, leavers=site.profile.leaver_listed)
    if departments:
        rows = [row for row in rows if row["deptCode"] in departments]
    return rows, given


def _of(site: Site, pins: list[str]) -> list[Row]:
    """The persons of these pins, in this order (or by pin, where the switch person_order says so)."""
    asked = sorted(set(pins)) if site.profile.person_order == "pin" else list(dict.fromkeys(pins))
    found = [row for pin in asked if (row := site.store.get("persons", pin))]
    return [row for row in found if site.profile.leaver_listed or "leaveDate" not in row]


def _some(shape: Row, names: tuple[str, ...]) -> Row:
    return {name: shape[name] for name in names}


def _shape(site: Site, row: Row) -> Row:
    """A person with all members, blank ones as the switch person_blank says."""
    profile = site.profile
    shape = {name: row.get(name, blank) for name, blank in _V2.items()}
    department = site.store.get("departments", row["deptCode"])
    shape["deptName"] = department["name"] if department else ""
    shape["accLevelIds"] = ",".join(listed(row, "door_levels")) if "access" in profile.modules else ""
    if row.get("personPhoto"):
        shape["vislightPhoto"] = row["personPhoto"]
        shape["vislightPhotoPath"] = f"/upload/pers/user/cropface/{row['pin']}/{row['pin']}.jpg"
    if profile.person_gender == "word":
        shape["gender"] = _WORDS.get(str(shape["gender"]), "")
    shape = _blanked(profile, shape)
    if profile.person_disabled == "null" and shape["isDisabled"] is False:
        shape["isDisabled"] = None
    return shape


def _blanked(profile: CvSecurityProfile, shape: Row) -> Row:
    if profile.person_blank == "mixed":
        return shape
    blank = {"null": None, "empty": "", "text": "null"}[profile.person_blank]
    return {name: blank if value is None or value == "" else value for name, value in shape.items()}
