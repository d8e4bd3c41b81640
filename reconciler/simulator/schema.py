"""The collections of a server and their fields: types, lengths and what they refer to."""

from typing import Literal

import msgspec

from reconciler.simulator.profile import Profile

ColumnType = Literal["text", "email", "date", "integer", "choice", "boolean", "status", "pk", "pks"]


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """A field that can be written. A `status` is 0 or 1 and no boolean; a `pk` is the id of a row of `target`."""

    name: str
    type: ColumnType = "text"
    length: int = 0
    required: bool = False
    target: str = ""
    choices: tuple[object, ...] = ()
    default: object = None


class Collection(msgspec.Struct, frozen=True, kw_only=True):
    """A collection below /personnel/api/ (or /iclock/api/): its field that is unique, and for departments, areas and
    positions the fields of name and parent. `label` is what messages call one object."""

    name: str
    singular: str
    label: str
    key: str
    columns: tuple[Column, ...]
    title: str = ""
    parent: str = ""


def _unit(name: str, singular: str, prefix: str, code_length: int, name_length: int) -> Collection:
    return Collection(
        name=name,
        singular=singular,
        label=singular,
        key=f"{prefix}_code",
        title=f"{prefix}_name",
        parent=f"parent_{prefix}",
        columns=(
            Column(name=f"{prefix}_code", length=code_length, required=True),
            Column(name=f"{prefix}_name", length=name_length, required=True),
            Column(name=f"parent_{prefix}", type="pk", target=name),
        ),
    )


def _text(name: str, length: int) -> Column:
    return Column(name=name, length=length)


EMPLOYEES = Collection(
    name="employees",
    singular="employee",
    label="employee",
    key="emp_code",
    columns=(
        Column(name="emp_code", length=20, required=True),
        _text("first_name", 25),
        _text("last_name", 25),
        _text("nickname", 25),
        _text("device_password", 20),
        _text("card_no", 20),
        Column(name="department", type="pk", target="departments", required=True),
        Column(name="position", type="pk", target="positions"),
        Column(name="hire_date", type="date"),
        Column(name="gender", type="choice"),
        Column(name="birthday", type="date"),
        Column(name="verify_mode", type="integer"),
        Column(name="emp_type", type="choice", choices=(1, 2, 3)),
        _text("contact_tel", 20),
        _text("office_tel", 20),
        _text("mobile", 20),
        _text("national", 50),
        _text("city", 20),
        _text("address", 200),
        _text("postcode", 10),
        Column(name="email", type="email", length=50),
        _text("enroll_sn", 20),
        _text("ssn", 20),
        _text("religion", 20),
        Column(name="enable_att", type="boolean", default=True),
        Column(name="enable_overtime", type="boolean", default=False),
        Column(name="enable_holiday", type="boolean", default=True),
        Column(name="dev_privilege", type="integer", default=0),
        _text("self_password", 128),
        Column(name="area", type="pks", target="areas", required=True),
        Column(name="app_status", type="status", default=0),
        Column(name="app_role", type="choice", choices=(1, 2), default=1),
    ),
)

RESIGNS = Collection(
    name="resigns",
    singular="resign",
    label="resign",
    key="employee",
    columns=(
        Column(name="employee", type="pk", target="employees", required=True),
        Column(name="resign_date", type="date", required=True),
        Column(name="resign_type", type="choice", choices=(1, 2, 3, 4, 5), required=True),
        Column(name="disableatt", type="boolean", required=True),
        _text("reason", 200),
    ),
)

COMPANIES = Collection(
    name="company",
    singular="company",
    label="company",
    key="company_code",
    title="company_name",
    columns=(
        Column(name="company_code", length=50, required=True),
        Column(name="company_name", length=100, required=True),
    ),
)

TERMINALS = Collection(
    name="terminals",
    singular="terminal",
    label="terminal",
    key="sn",
    columns=(
        Column(name="sn", length=50, required=True),
        Column(name="alias", length=50, required=True),
        Column(name="ip_address", length=50, required=True),
        Column(name="area", type="pk", target="areas"),
    ),
)

COLLECTIONS: dict[str, Collection] = {
    collection.name: collection
    for collection in (
        COMPANIES,
        _unit("departments", "department", "dept", 50, 100),
        _unit("areas", "area", "area", 30, 30),
        _unit("positions", "position", "position", 50, 100),
        EMPLOYEES,
        RESIGNS,
        TERMINALS,
    )
}
"""By name, referred ones first."""

UNITS = ("departments", "areas", "positions")
IN_COMPANY = (*UNITS, "employees")

ATTENDANCE = {
    "enable_attendance": "enable_att",
    "enable_overtime": "enable_overtime",
    "enable_holiday": "enable_holiday",
    "enable_schedule": "enable_schedule",
}
"""The members of `attemployee` on 9.x, and the fields that hold them."""


def columns(profile: Profile, collection: Collection) -> tuple[Column, ...]:
    """The fields of a collection on a server of this profile."""
    found = collection.columns
    if collection.name == "employees":
        found = tuple(_adjusted(profile, column) for column in found)
        if profile.attendance == "nested":
            found += (Column(name="enable_schedule", type="boolean", default=True),)
        found += tuple(_text(label, 100) for label in profile.attributes)
    if profile.companies and collection.name in IN_COMPANY:
        required = collection.name != "positions"
        found += (Column(name="company", type="pk", target="company", required=required),)
    return found


def _adjusted(profile: Profile, column: Column) -> Column:
    if column.name == "first_name":
        return msgspec.structs.replace(column, required=profile.first_name_required)
    if column.name == "gender":
        return msgspec.structs.replace(column, choices=profile.genders)
    if column.name == "verify_mode":
        return msgspec.structs.replace(column, default=profile.verify_mode_default)
    return column
