"""Users: GetUserIdList, GetUserInfo, SetUserInfo, DeleteUserInfo (manual: User synchronization)."""

import msgspec

from reconciler.simulator.device import departments
from reconciler.simulator.device.checks import (
    SUCCESS,
    Refused,
    Reply,
    Unit,
    array,
    identity,
    integer,
    members,
    text,
    wrong,
)
from reconciler.simulator.device.state import Json, Privilege, User

_FIELDS = ("name", "depart", "privilege", "password", "card", "fp", "face", "palm")
_CREDENTIALS = ("password", "card", "fp", "face", "palm")
_PRIVILEGES: dict[str, Privilege] = {"user": "user", "manager": "manager", "admin": "admin"}
_FINGERS = 10


def not_exists(unit: Unit, wanted: str) -> Refused:
    """The Error of a user who is not there: the manual's example has the id as a number."""
    number = unit.switches.error_id == "number" and wanted.isascii() and wanted.isdigit() and len(wanted) < 19
    return Refused("user_id_not_exists", int(wanted) if number else wanted)


def found(unit: Unit, wanted: object) -> User:
    """The user of an id."""
    name = identity(wanted)
    user = unit.state.users.get(name)
    if user is None:
        raise not_exists(unit, name)
    return user


def get_ids(unit: Unit, payload: Json) -> Reply:
    """GetUserIdList: a page of ids; without next_page_pos at the end of the list."""
    members(unit, payload, (), ("start_pos",))
    start = integer(payload.get("start_pos", 0), "start_pos", 0, 10**9)
    size = unit.switches.user_page
    ids = list(unit.state.users)
    page: Json = {"user_id": ids[start : start + size]}
    if start + size < len(ids):
        page["next_page_pos"] = start + size
    return "UserIdList", page


def get(unit: Unit, payload: Json) -> Reply:
    """GetUserInfo: without the members whose hardware the terminal lacks."""
    members(unit, payload, ("id",))
    user = found(unit, payload["id"])
    shown = {name: getattr(user, name) for name in _FIELDS if _has(unit, name)}
    return "UserInfo", {"id": payload["id"], **shown}


def put(unit: Unit, payload: Json) -> Reply:
    """SetUserInfo: a member left out keeps its value; one whose hardware the terminal lacks is ignored."""
    members(unit, payload, ("id",), _FIELDS)
    _locked(unit)
    name = identity(payload["id"])
    before = unit.state.users.get(name)
    if before is None and len(unit.state.users) >= unit.capacity.users:
        raise Refused("user_full", unit.capacity.users)
    user = before or User(depart=unit.state.departments[0].name if unit.state.departments else "")
    for field in _FIELDS:
        if field in payload and field != "depart" and _has(unit, field):
            user = _changed(unit, name, user, field, payload[field])
    _fits(unit, name, user)
    if "depart" in payload:  # last, since it may create one
        depart = departments.of_user(unit, text(payload["depart"], "depart"))
        user = msgspec.structs.replace(user, depart=depart)
    unit.state.users[name] = user
    unit.state.admin_logs += 1
    return SUCCESS


def delete(unit: Unit, payload: Json) -> Reply:
    """DeleteUserInfo."""
    members(unit, payload, ("id",))
    _locked(unit)
    found(unit, payload["id"])
    del unit.state.users[str(payload["id"])]
    unit.state.admin_logs += 1
    return SUCCESS


def _has(unit: Unit, field: str) -> bool:
    has = unit.capabilities
    hardware = {"password": has.password, "card": has.card, "fp": has.fingerprint, "palm": has.palm}
    return (has.face or has.vrface) if field == "face" else hardware.get(field, True)


def _locked(unit: Unit) -> None:
    if unit.switches.lock_required and unit.state.locked_at is None:
        raise Refused("device_not_locked")


def _changed(unit: Unit, name: str, user: User, field: str, value: object) -> User:
    if field == "privilege":
        if value not in _PRIVILEGES:
            raise wrong(field)
        return msgspec.structs.replace(user, privilege=_PRIVILEGES[str(value)])
    many = field in {"fp", "palm"}
    new = tuple(text(item, field) for item in array(value, field)) if many else text(value, field)
    if not new and field in _CREDENTIALS:
        if unit.switches.empty_value == "refused":
            raise wrong(field)
        if unit.switches.empty_value == "kept":
            return user
    if field == "card" and new:
        new = _card(unit, name, str(new))
    return msgspec.structs.replace(user, **{field: new})


def _card(unit: Unit, name: str, card: str) -> str:
    if unit.switches.card_form == "decimal":
        if not (card.isascii() and card.isdigit()):
            raise wrong("card")
        card = card.lstrip("0") or "0"
    owners = (other for other, user in unit.state.users.items() if user.card == card and other != name)
    if unit.switches.card_unique and next(owners, None) is not None:
        raise Refused("card_exists", card)
    return card


def _fits(unit: Unit, name: str, user: User) -> None:
    """Refuse more templates than the terminal holds."""
    if len(user.fp) > _FINGERS:
        raise wrong("fp")
    before = unit.state.users.get(name, User())
    grown = {
        "fp": len(user.fp) - len(before.fp),
        "face": bool(user.face) - bool(before.face),
        "palm": len(user.palm) - len(before.palm),
    }
    limits = {"fp": unit.capacity.fingerprints, "face": unit.capacity.faces, "palm": unit.capacity.palms}
    for field, more in grown.items():
        if more > 0 and counted(unit, field) + more > limits[field]:
            raise Refused(f"{field}_full", limits[field])


def counted(unit: Unit, field: str) -> int:
    """How many templates, faces, cards or passwords the users have together."""
    values = (getattr(user, field) for user in unit.state.users.values())
    return sum(len(value) if isinstance(value, tuple) else bool(value) for value in values)
