"""The kinds of the language. Each is declared once, here; nothing else in the program lists their fields."""

from reconciler.model.fields import Field, Kind, Type

_LIFECYCLE = Field(
    name="lifecycle",
    type=Type.BLOCK,
    doc="Rules about this object's life.",
    meta=True,
    fields=(
        Field(
            name="prevent_delete",
            type=Type.BOOLEAN,
            doc="A plan that would delete the object is refused, also after its block is gone from the files.",
        ),
        Field(name="ignore", type=Type.SET, doc="Fields whose live value is left alone once the object exists."),
    ),
)

_WAS = Field(
    name="was",
    type=Type.TEXT,
    length=100,
    doc="The object's earlier key: it is renamed on the target instead of deleted and created.",
    meta=True,
)


def _unit(name: str, plural: str, doc: str) -> Kind:
    """Departments, areas and positions: a code, a name, a parent."""
    return Kind(
        name=name,
        plural=plural,
        doc=doc,
        fields=(
            Field(name="code", type=Type.TEXT, length=50, required=True, doc=f"The {name}'s code, its key."),
            Field(name="name", type=Type.TEXT, length=100, required=True, doc="The name that people see."),
            Field(name="parent", type=Type.TEXT, reference=name, doc=f"Code of the {name} that this one belongs to."),
            _LIFECYCLE,
            _WAS,
        ),
        identity=(("name",),),
    )


DEPARTMENT = _unit("department", "departments", "A department.")
AREA = _unit("area", "areas", "An area: a place with terminals, and the people who may use them.")
POSITION = _unit("position", "positions", "A position, or job title.")

EMPLOYEE = Kind(
    name="employee",
    plural="employees",
    doc="A person.",
    fields=(
        Field(name="code", type=Type.TEXT, length=20, required=True, doc="The employee's number, their key."),
        Field(name="first_name", type=Type.TEXT, length=25, doc="First name."),
        Field(name="last_name", type=Type.TEXT, length=25, doc="Last name."),
        Field(name="nickname", type=Type.TEXT, length=25, doc="The name on terminals."),
        Field(name="department", type=Type.TEXT, reference="department", required=True, doc="Code of the department."),
        Field(name="position", type=Type.TEXT, reference="position", doc="Code of the position."),
        Field(name="areas", type=Type.SET, reference="area", doc="Codes of the areas whose terminals know the person."),
        Field(name="card", type=Type.TEXT, length=20, sensitive=True, doc="Card number."),
        Field(name="device_password", type=Type.SECRET, length=20, doc="The PIN typed at a terminal."),
        Field(
            name="privilege",
            type=Type.CHOICE,
            choices=("user", "enroller", "manager", "admin"),
            doc="What the person may do at a terminal's menu.",
        ),
        Field(
            name="verify_mode",
            type=Type.WORDS,
            choices=("card", "face", "finger", "id", "password"),
            alone=("any", "device"),
            doc="How the person proves who they are: words joined by +, any, or device (the terminal's own default).",
        ),
        Field(name="hire_date", type=Type.DATE, doc="Date of hire."),
        Field(name="birthday", type=Type.DATE, doc="Date of birth."),
        Field(name="gender", type=Type.CHOICE, choices=("female", "male"), doc="Gender."),
        Field(
            name="email",
            type=Type.TEXT,
            length=50,
            pattern=r"[^@\s]+@[^@\s]+\.[^@\s.]+",
            doc="E-mail address.",
        ),
        Field(name="mobile", type=Type.TEXT, length=20, doc="Mobile phone."),
        Field(name="contact_phone", type=Type.TEXT, length=20, doc="Private phone."),
        Field(name="office_phone", type=Type.TEXT, length=20, doc="Office phone."),
        Field(name="city", type=Type.TEXT, length=20, doc="City."),
        Field(name="ssn", type=Type.TEXT, length=20, doc="Social security number."),
        Field(name="religion", type=Type.TEXT, length=20, doc="Religion."),
        Field(name="national", type=Type.TEXT, length=50, doc="Nationality."),
        Field(name="address", type=Type.TEXT, length=200, doc="Postal address."),
        Field(name="postcode", type=Type.TEXT, length=10, doc="Postal code."),
        Field(
            name="employment_type",
            type=Type.CHOICE,
            choices=("official", "temporary", "probation"),
            doc="Kind of employment.",
        ),
        Field(
            name="attendance",
            type=Type.BLOCK,
            doc="What counts for attendance.",
            fields=(
                Field(name="enabled", type=Type.BOOLEAN, doc="Attendance is calculated."),
                Field(name="overtime", type=Type.BOOLEAN, doc="Overtime is calculated."),
                Field(name="holidays", type=Type.BOOLEAN, doc="Holidays are granted."),
            ),
        ),
        Field(
            name="app",
            type=Type.BLOCK,
            doc="The mobile app.",
            fields=(
                Field(name="enabled", type=Type.BOOLEAN, doc="The person may log in to the app."),
                Field(name="role", type=Type.CHOICE, choices=("employee", "administrator"), doc="Role in the app."),
            ),
        ),
        Field(
            name="resigned",
            type=Type.BLOCK,
            doc="The person has left. null: has not, or is back.",
            fields=(
                Field(name="date", type=Type.DATE, required=True, doc="Last day."),
                Field(
                    name="type",
                    type=Type.CHOICE,
                    required=True,
                    choices=("quit", "dismissed", "resigned", "transferred", "unpaid_leave"),
                    doc="How the person left.",
                ),
                Field(name="reason", type=Type.TEXT, length=200, doc="Why the person left."),
                Field(name="block_attendance", type=Type.BOOLEAN, doc="Attendance is no longer calculated."),
            ),
        ),
        Field(name="attributes", type=Type.MAP, length=100, doc="Custom attributes of the server, by their label."),
        Field(
            name="on_remove",
            type=Type.CHOICE,
            choices=("delete", "resign", "disable", "forget"),
            doc="What happens on the target when the employee is removed from the files (default: delete).",
            meta=True,
        ),
        _LIFECYCLE,
        _WAS,
    ),
    identity=(("card",), ("first_name", "last_name", "birthday")),
)

KINDS = {kind.name: kind for kind in (DEPARTMENT, AREA, POSITION, EMPLOYEE)}
"""Every kind by its name, in the order in which files and plans show them."""

PLURALS = {kind.plural: kind for kind in KINDS.values()}
