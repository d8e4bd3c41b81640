"""Writing persons, their leaving and coming back, and their settings of other modules (manual 2.13, 2.24, 2.27)."""

from reconciler.simulator.cvsecurity.batches import each
from reconciler.simulator.cvsecurity.call import Call, Result, Site, date, person, pin_form, pins_of, text
from reconciler.simulator.cvsecurity.codes import Refused
from reconciler.simulator.cvsecurity.person_members import ALL, BASIC, merged, photo
from reconciler.simulator.cvsecurity.store import MEMBERSHIPS, ROOT, Row

_VERIFY_MODES = range(30)
_PRIVILEGES = (0, 2, 6, 14)


def add(site: Site, call: Call) -> Result:
    """person/add: make a person, or change the one of this pin."""
    _write(site, call.members(), ALL)
    return Result()


def add_basic(site: Site, call: Call) -> Result:
    """person/addPersonnelBasicInfo: without photo and levels."""
    _write(site, call.members(), BASIC)
    return Result()


def add_all(site: Site, call: Call) -> Result:
    """v2/person/addPersons."""
    return each(site, call.items(), lambda given: _write(site, given, ALL))


def _write(site: Site, given: dict[str, object], members: tuple[str, ...]) -> None:
    pin = pin_form(site.profile, text(given.get("pin")))
    if not pin:
        raise Refused("pin_blank")
    before = site.store.get("persons", pin)
    if before is None:
        _new_pin(site, pin)
        before = {"id": site.store.new_id(), "pin": pin}
    elif "leaveDate" in before:
        if site.profile.leaver_add == "refused":
            raise Refused("pin")
        before = _back(site, before)
    site.store.put("persons", merged(site, before, given, members))


def _new_pin(site: Site, pin: str) -> None:
    profile = site.profile
    letters = profile.pin_letters and pin.isalnum()
    if len(pin) > profile.pin_length or not pin.isascii() or not (pin.isdigit() or letters):
        raise Refused("pin")
    if profile.pin_visitors == "refused" and pin.isdigit() and len(pin) >= 8 and pin.startswith("8"):
        raise Refused("pin")


def update_photo(site: Site, call: Call) -> Result:
    """person/updatePersonnelPhoto: without a photo nothing is done."""
    given = call.members()
    row = person(site, text(given.get("pin")))
    picture = photo(site, given.get("personPhoto"))
    if picture:
        site.store.put("persons", {**row, "personPhoto": picture})
    return Result()


def delete(site: Site, call: Call) -> Result:
    """person/delete."""
    _delete(site, call.key("pin"))
    return Result()


def delete_all(site: Site, call: Call) -> Result:
    """v2/person/deleteByPins."""
    for pin in pins_of(site, call.query.get("pins")):
        _delete(site, pin)
    return Result()


def _delete(site: Site, pin: str) -> None:
    found = pin_form(site.profile, pin)
    if not found:
        raise Refused("pin_blank")
    if site.store.get("persons", found) is None:  # who has left can be deleted, too
        raise Refused("no_person")
    for template in site.store.having("template_pin", found):
        site.store.remove("templates", template)
    site.store.remove("persons", found)


def leave(site: Site, call: Call) -> Result:
    """person/leave: the person keeps nothing but the pin and what is written of her."""
    given = call.members()
    row = dict(person(site, text(given.get("pin"))))
    if "leaveDate" in row:
        raise Refused("no_person")
    gone = [*MEMBERSHIPS, *(("cardNo", "supplyCards") if site.profile.leaver_card == "freed" else ())]
    kept = {member: value for member, value in row.items() if member not in gone}
    left: Row = {"leaveDate": date(given.get("leaveDate")) or site.today, "leaveType": text(given.get("leaveType"))}
    site.store.put("persons", kept | left)
    return Result()


def reinstate(site: Site, call: Call) -> Result:
    """person/reinstated: who has left is there again, with what the body says."""
    given = call.members()
    pin = pin_form(site.profile, text(given.get("pin")))
    if not pin:
        raise Refused("pin_blank")
    before = site.store.get("persons", pin)
    if before is None:
        raise Refused("no_person")
    site.store.put("persons", merged(site, _back(site, before), given, ALL))
    return Result()


def _back(site: Site, row: Row) -> Row:
    """A leaver's row without the leaving. The department may be gone meanwhile."""
    kept = {member: value for member, value in row.items() if member not in {"leaveDate", "leaveType"}}
    return kept if site.store.get("departments", kept["deptCode"]) else kept | {"deptCode": ROOT}


def edit_attendance(site: Site, call: Call) -> Result:
    """attPerson/editAttPerson: there is no call that reads it."""
    given = call.members()
    row = person(site, text(given.get("personPin")))
    for member, allowed in (("perDevAuth", _PRIVILEGES), ("verifyMode", _VERIFY_MODES)):
        _among(given.get(member), allowed)
    if not isinstance(given.get("isAttendance"), bool | None):
        raise Refused("program")
    _settings(site, row, "attendance", given, ("isAttendance", "perDevAuth", "verifyMode"))
    return Result()


def edit_kiosk(site: Site, call: Call) -> Result:
    """attPerson/editInsPerson: there is no call that reads it."""
    given = call.members()
    row = person(site, text(given.get("personPin")))
    _among(given.get("perDevAuth"), (0, 14))
    if text(given.get("category")) not in {"", "0", "1", "2"}:
        raise Refused("program")
    _settings(site, row, "kiosk", given, ("category", "perDevAuth"))
    return Result()


def _among(value: object, allowed: tuple[int, ...] | range) -> None:
    if value is not None and (isinstance(value, bool) or value not in allowed):
        raise Refused("program")


def _settings(site: Site, row: Row, member: str, given: dict[str, object], names: tuple[str, ...]) -> None:
    before = row.get(member)
    kept = before if isinstance(before, dict) else {}
    new = {name: given[name] for name in names if given.get(name) is not None}
    site.store.put("persons", {**row, member: {**kept, **new}})
