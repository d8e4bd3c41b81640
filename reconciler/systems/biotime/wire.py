"""The mapping between the language's paths and the wire's names: one table per kind. A new field is one line."""

import re
from collections.abc import Iterable

import msgspec

from reconciler.model.fields import Value
from reconciler.systems.biotime import codecs
from reconciler.systems.codec import Codec


class Column(msgspec.Struct, frozen=True):
    """One field. `nested` is where newer versions have it instead, as (member, name). `length` is the greatest length
    of the server's column in code points; None: the language's own, or it has none. `fixed`: null can't clear it.
    `filled`: the server gives a value to a new object that has none, so that null takes an update."""

    path: str
    wire: str
    codec: Codec
    length: int | None = None
    nested: tuple[str, str] | None = None
    fixed: bool = False
    filled: bool = False


class Reference(msgspec.Struct, frozen=True):
    """A field that refers to an object of `kind`, or (`many`) to a set of them; primary keys on the wire."""

    path: str
    wire: str
    kind: str
    many: bool = False
    fixed: bool = False


class Collection(msgspec.Struct, frozen=True, kw_only=True):
    """One kind's collection. `code` is its key's name on the wire, `url` its address below the server's. `required`
    paths must be in a create, and in an update by PUT; `beside_company` ones in every update that names a company."""

    kind: str
    url: str
    code: str
    key_length: int
    columns: tuple[Column, ...]
    references: tuple[Reference, ...] = ()
    required: tuple[str, ...] = ()
    beside_company: tuple[str, ...] = ()
    unique: frozenset[str] = frozenset()

    @property
    def filled(self) -> list[str]:
        return [column.path for column in self.columns if column.filled]

    def path_of(self, wire: str) -> str:
        """The language's name for a field of the wire; an unknown one's own name, and the key's is `code`."""
        if wire == self.code:
            return "code"
        for column in self.columns:
            if wire == column.wire or (column.nested is not None and wire == column.nested[1]):
                return column.path
            if column.nested is not None and wire == column.nested[0]:
                return column.path.partition(".")[0]
        return next((reference.path for reference in self.references if wire == reference.wire), wire)


def _unit(kind: str, url: str, prefix: str, key_length: int, name_length: int) -> Collection:
    return Collection(
        kind=kind,
        url=url,
        code=f"{prefix}_code",
        key_length=key_length,
        columns=(Column("name", f"{prefix}_name", codecs.TEXT, name_length, fixed=True),),
        references=(Reference("parent", f"parent_{prefix}", kind),),
        required=("name",),
    )


_EMPLOYEE = Collection(
    kind="employee",
    url="/personnel/api/employees/",
    code="emp_code",
    key_length=20,
    columns=(
        Column("first_name", "first_name", codecs.TEXT, 25),
        Column("last_name", "last_name", codecs.TEXT, 25),
        Column("nickname", "nickname", codecs.TEXT, 25),
        Column("card", "card_no", codecs.MASKED, 20),
        Column("device_password", "device_password", codecs.MASKED, 20),
        Column("privilege", "dev_privilege", codecs.PRIVILEGE),
        Column("verify_mode", "verify_mode", codecs.VERIFY_MODE),
        Column("hire_date", "hire_date", codecs.DATE, filled=True),  # with today [manual DOC]
        Column("birthday", "birthday", codecs.DATE),
        Column("gender", "gender", codecs.GENDER),
        Column("email", "email", codecs.TEXT, 50),
        Column("mobile", "mobile", codecs.TEXT, 20),
        Column("contact_phone", "contact_tel", codecs.TEXT, 20),
        Column("office_phone", "office_tel", codecs.TEXT, 20),
        Column("city", "city", codecs.TEXT, 20),
        Column("ssn", "ssn", codecs.TEXT, 20),
        Column("religion", "religion", codecs.TEXT, 20),
        Column("national", "national", codecs.TEXT, 50),
        Column("address", "address", codecs.TEXT, 200),
        Column("postcode", "postcode", codecs.TEXT, 10),
        Column("employment_type", "emp_type", codecs.EMPLOYMENT),
        # At the top on 8.x, in `attemployee` on 9.x [real: PYB, S0X, ZKG].
        Column(
            "attendance.enabled",
            "enable_att",
            codecs.BOOLEAN,
            nested=("attemployee", "enable_attendance"),
            fixed=True,
        ),
        Column(
            "attendance.overtime",
            "enable_overtime",
            codecs.BOOLEAN,
            nested=("attemployee", "enable_overtime"),
            fixed=True,
        ),
        Column(
            "attendance.holidays",
            "enable_holiday",
            codecs.BOOLEAN,
            nested=("attemployee", "enable_holiday"),
            fixed=True,
        ),
        Column("app.enabled", "app_status", codecs.FLAG, fixed=True),
        Column("app.role", "app_role", codecs.APP_ROLE),
    ),
    references=(
        Reference("department", "department", "department", fixed=True),
        Reference("position", "position", "position"),
        Reference("areas", "area", "area", many=True, fixed=True),
    ),
    required=("department", "areas"),
    beside_company=("department",),  # [real: BRG]
    unique=frozenset({"card"}),
)

COLLECTIONS = {
    each.kind: each
    for each in (
        _unit("department", "/personnel/api/departments/", "dept", 50, 100),
        _unit("area", "/personnel/api/areas/", "area", 30, 30),
        _unit("position", "/personnel/api/positions/", "position", 50, 100),
        _EMPLOYEE,
    )
}
"""Every kind's collection. Lengths are those of the database [real: DBS]."""

RESIGNS = Collection(
    kind="employee",
    url="/personnel/api/resigns/",
    code="employee",
    key_length=20,
    columns=(
        Column("resigned.date", "resign_date", codecs.DATE),
        Column("resigned.type", "resign_type", codecs.RESIGN_TYPE),
        Column("resigned.reason", "reason", codecs.TEXT, 200),
        Column("resigned.block_attendance", "disableatt", codecs.BOOLEAN, fixed=True),
    ),
)
"""Resignations: a collection of their own, one row per employee who has left."""

ATTRIBUTES = "attributes."
"""Custom attributes stand at the top of a row under their label [real: PYB, S0X]."""


_OWN_NAME = re.compile("[a-z0-9_]*")

RESERVED = frozenset(
    {"id", "company", "self_password", "flow_role", "attemployee", "photo", "vl_face_photo", _EMPLOYEE.code}
    | {column.wire for column in _EMPLOYEE.columns}
    | {reference.wire for reference in _EMPLOYEE.references}
)
"""Members of a row that are no custom attributes, whatever somebody calls theirs: some are secret, some decide who the
employee is."""


def attribute(path: str) -> Column | None:
    """The column of a custom attribute; None when its label can't be one."""
    label = path.removeprefix(ATTRIBUTES)
    return None if label in RESERVED else Column(path, label, codecs.TEXT)


def is_label(member: str) -> bool:
    """Whether a member of a row that nobody named is a custom attribute. Labels are written for people; a name such as
    `update_time` is the server's own, and there are more of these than anybody has written down [real: PYB, S0X]."""
    return _OWN_NAME.fullmatch(member) is None and member == member.strip()


def resigning(paths: Iterable[str]) -> bool:
    """Whether any of these paths is about a resignation."""
    return any(path.startswith("resigned.") for path in paths)


Row = dict[str, object]
"""One object as a server sent it."""

Values = dict[str, Value]
