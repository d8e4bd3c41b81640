"""The mapping between the language's paths and the wire's names: one table per kind. A new field is one line. Sections
are those of the API manual; what is of edition 1.2 only is in systems/cvsecurity.md."""

from enum import StrEnum

import msgspec

from reconciler.systems.codec import Codec
from reconciler.systems.cvsecurity import codecs

API = "/api/"
"""What stands before every path below."""

ROOT = "1"
"""The code of the department that every server is delivered with; it can't be deleted."""

PAGE = 1000
"""The most rows of a page (-91)."""

PINS = 500
"""The most pins of a call (-82)."""

BATCH = 100
"""The most people of one addPersons."""


class Column(msgspec.Struct, frozen=True):
    """One field. `length` is its greatest length in code points; None: the language's own. `fixed`: it can't be
    cleared. `write_only`: no call reads it."""

    path: str
    wire: str
    codec: Codec
    length: int | None = None
    fixed: bool = False
    write_only: bool = False


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """The fields that one call writes. `key` is the key's name on the wire."""

    kind: str
    key: str
    columns: tuple[Column, ...]
    key_length: int | None = None

    def path_of(self, wire: str) -> str:
        """The language's name for a member of the wire; the member's own when it is none of the table's."""
        return next((column.path for column in self.columns if column.wire == wire), wire)


DEPARTMENT = Table(
    kind="department",
    key="code",
    columns=(
        Column("name", "name", codecs.TEXT, fixed=True),
        Column("parent", "parentCode", codecs.TEXT),
    ),
)
"""department/add (2.5.1). Lengths are not documented."""

PERSON = Table(
    kind="employee",
    key="pin",
    columns=(
        Column("first_name", "name", codecs.TEXT, 25),
        Column("last_name", "lastName", codecs.TEXT, 25),
        Column("department", "deptCode", codecs.TEXT, fixed=True),
        Column("gender", "gender", codecs.GENDER),
        Column("birthday", "birthday", codecs.DATE),
        Column("hire_date", "hireDate", codecs.DATE),
        Column("email", "email", codecs.TEXT),
        Column("mobile", "mobilePhone", codecs.TEXT),
        Column("ssn", "ssn", codecs.TEXT),
        Column("card", "cardNo", codecs.MASKED),
        Column("extra_cards", "supplyCards", codecs.CARDS),
        Column("device_password", "personPwd", codecs.MASKED, 6),
        Column("valid.from", "accStartTime", codecs.FROM),
        Column("valid.until", "accEndTime", codecs.UNTIL),
        Column("cvsecurity.plate", "carPlate", codecs.TEXT),
        Column("cvsecurity.certificate.type", "certType", codecs.NUMBER),
        Column("cvsecurity.certificate.number", "certNumber", codecs.MASKED),
        Column("cvsecurity.disabled", "isDisabled", codecs.FLAG),
    ),
)
"""person/add, v2/person/addPersons and person/reinstated (2.13.1, 2.13.7, 2.13.10). The names' length is what real
servers take. Besides these a person has LEVEL_IDS and PHOTO, which are not of one value each."""

LEVEL_IDS = "accLevelIds"
"""The ids of a person's door levels, separated by commas: path access_levels."""

PHOTO = "personPhoto"
"""Base64 without a prefix: path photo. It reads back as the server cropped it, so that it can't be compared."""

ATTENDANCE = Table(
    kind="employee",
    key="personPin",
    columns=(
        Column("attendance.enabled", "isAttendance", codecs.FLAG, fixed=True, write_only=True),
        Column("privilege", "perDevAuth", codecs.PRIVILEGE, fixed=True, write_only=True),
        Column("verify_mode", "verifyMode", codecs.VERIFY_MODE, fixed=True, write_only=True),
    ),
)
"""attPerson/editAttPerson (2.24.5)."""

LEAVE = Table(
    kind="employee",
    key="pin",
    columns=(
        Column("resigned.date", "leaveDate", codecs.DATE),
        Column("resigned.type", "leaveType", codecs.LEAVE_TYPE),
    ),
)
"""person/leave (2.13.6). It has no member for a reason."""

VEHICLE = Table(
    kind="vehicle",
    key="carNumber",
    columns=(
        Column("list", "type", codecs.PARK_LIST, fixed=True, write_only=True),
        Column("from", "fromTime", codecs.DATE, write_only=True),
        Column("to", "toTime", codecs.DATE, write_only=True),
    ),
)
"""parkAuthorize/addBlackWhite and editBlackWhite (2.3): query parameters."""

LEVEL = Table(
    kind="access_level",
    key="name",
    columns=(
        Column("cvsecurity.time_segment", "timeSegName", codecs.TEXT, fixed=True, write_only=True),
        Column("cvsecurity.area", "areaName", codecs.TEXT, fixed=True, write_only=True),
    ),
)
"""accLevel/addLevel of edition 1.2. The doors are addLevelDoor's: LEVEL_DOORS."""

LEVEL_DOORS = ("cvsecurity.doors", "levelName", "doorName")
"""The path, and the members of an item of accLevel/addLevelDoor of edition 1.2."""


class Module(StrEnum):
    """The modules that are licensed one by one, as calls and manuals name them."""

    ACCESS = "acc"
    ELEVATOR = "ele"
    ENTRANCE = "psg"
    ATTENDANCE = "att"
    KIOSK = "ins"
    PARKING = "park"


class Control(msgspec.Struct, frozen=True):
    """What levels of one control are: `path` is where an employee names them, `calls` the prefix of their calls."""

    word: str
    path: str
    calls: str
    module: Module


CONTROLS = {
    each.word: each
    for each in (
        Control("door", "access_levels", "accLevel", Module.ACCESS),
        Control("elevator", "elevator_levels", "eleLevel", Module.ELEVATOR),
        Control("entrance", "entrance_levels", "psgLevel", Module.ENTRANCE),
    )
}
"""By the language's word."""


class Zone(msgspec.Struct, frozen=True):
    """One list of areas, and the calls that put people into them and take them out (2.7, 2.28). `pins_text`: the pins
    are one text with commas, not an array."""

    path: str
    module: Module
    list: str
    put: str
    take: str
    pins_text: bool


ZONES = (
    Zone(
        "areas",
        Module.ATTENDANCE,
        "attAreaPerson/area/list",
        "attAreaPerson/set",
        "attAreaPerson/delete",
        pins_text=False,
    ),
    Zone(
        "cvsecurity.kiosk_areas",
        Module.KIOSK,
        "insAreaPerson/getAreaList",
        "insAreaPerson/setAreaPerson",
        "insAreaPerson/delAreaPerson",
        pins_text=True,
    ),
)


class Feature(StrEnum):
    """Calls that only some editions have, by their path."""

    DEPARTMENT_LIST = "department/getDepartmentList"
    PERSON_LIST = "v2/person/getPersonList"
    ADD_PERSONS = "v2/person/addPersons"
    DELETE_PERSONS = "v2/person/deleteByPins"
    ADD_LEVEL = "accLevel/addLevel"
    ADD_LEVEL_DOOR = "accLevel/addLevelDoor"
    ADD_LEVEL_PERSON = "accLevel/addLevelPerson"
    ENTRANCE_BY_PERSON = "v2/psgLevel/addLevelByPerson"


Row = dict[str, object]
"""One object as a server sent it."""
