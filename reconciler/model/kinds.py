"""The kinds of the language. Each is declared once, here; nothing else in the program lists their fields."""

from reconciler.model.fields import Field, Kind, Type
from reconciler.model.terminals import DEVICE, DEVICE_PROFILE, SETTINGS

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


RESERVED_SHIFTS = ("holiday", "leave", "trip")
"""The words of a roster that are no shifts."""


def _unit(name: str, plural: str, doc: str, *more: Field) -> Kind:
    """Departments, areas and positions: a code, a name, a parent."""
    return Kind(
        name=name,
        plural=plural,
        doc=doc,
        fields=(
            Field(name="code", type=Type.TEXT, length=50, required=True, doc=f"The {name}'s code, its key."),
            Field(name="name", type=Type.TEXT, length=100, required=True, doc="The name that people see."),
            Field(name="parent", type=Type.TEXT, reference=name, doc=f"Code of the {name} that this one belongs to."),
            *more,
            _LIFECYCLE,
            _WAS,
        ),
        identity=(("name",),),
    )


DEPARTMENT = _unit(
    "department",
    "departments",
    "A department.",
    Field(
        name="roster",
        type=Type.DAYS,
        reference="shift",
        alone=RESERVED_SHIFTS,
        doc="The shift of each day of the week, on terminals: `{mon-fri: day, sat-sun: holiday}`.",
    ),
)
AREA = _unit("area", "areas", "An area: a place with terminals, and the people who may use them.")
POSITION = _unit("position", "positions", "A position, or job title.")

ACCESS_LEVEL = Kind(
    name="access_level",
    plural="access_levels",
    doc="An access level: who has it may pass at its times.",
    key="name",
    fields=(
        Field(name="name", type=Type.TEXT, length=100, required=True, doc="The level's name, its key."),
        Field(
            name="control",
            type=Type.CHOICE,
            choices=("door", "elevator", "entrance"),
            doc="What it opens (default: door).",
        ),
        Field(
            name="cvsecurity",
            type=Type.BLOCK,
            doc="What a CVSecurity server needs to create the level, where it can. It never shows these.",
            fields=(
                Field(name="time_segment", type=Type.TEXT, length=100, doc="Name of a time segment of the server."),
                Field(name="area", type=Type.TEXT, length=100, doc="Name of an area of the server."),
                Field(name="doors", type=Type.SET, doc="Names of doors of the server. Doors are added, never removed."),
            ),
        ),
        Field(
            name="week",
            type=Type.WEEK,
            doc="When it opens, on terminals: a range, or a list of ranges, for a day or a span of days, as in "
            '`{mon-fri: "08:00-18:00"}`. A day that is not named is closed.',
        ),
        _LIFECYCLE,
    ),
)

SHIFT = Kind(
    name="shift",
    plural="shifts",
    doc="A shift: the periods of work of a day. Every terminal that manages shifts has all of them.",
    key="name",
    fields=(
        Field(name="name", type=Type.TEXT, length=100, required=True, doc="The shift's name, its key."),
        Field(
            name="periods",
            type=Type.RANGES,
            required=True,
            most=3,
            doc='1 to 3 ranges, such as `["09:00-12:00", "13:00-18:00"]`.',
        ),
        Field(
            name="slot",
            type=Type.INTEGER,
            minimum=0,
            maximum=23,
            doc="Its number on terminals. Left out: one is found, and kept.",
        ),
        _LIFECYCLE,
    ),
)

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
        Field(
            name="access_levels",
            type=Type.SET,
            reference="access_level",
            doc="Names of the access levels that the person has. Left out: not managed; `[]`: none.",
        ),
        Field(
            name="elevator_levels",
            type=Type.SET,
            reference="access_level",
            derived=True,
            doc="Those of the access levels that open elevators, on CVSecurity.",
        ),
        Field(
            name="entrance_levels",
            type=Type.SET,
            reference="access_level",
            derived=True,
            doc="Those of the access levels that open entrances, on CVSecurity.",
        ),
        Field(
            name="access",
            type=Type.WEEK,
            derived=True,
            doc="When the person may pass at a terminal: whenever one of the access levels is open.",
        ),
        Field(name="card", type=Type.TEXT, length=20, sensitive=True, doc="Card number."),
        Field(
            name="extra_cards",
            type=Type.LIST,
            shares="card",
            length=20,
            sensitive=True,
            doc="Numbers of further cards. `[]`: none.",
        ),
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
        Field(name="photo", type=Type.PHOTO, doc="A photo of the face."),
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
            name="valid",
            type=Type.BLOCK,
            doc="When the person has access at all. null: always.",
            fields=(
                Field(name="from", type=Type.MOMENT, doc="The first day, or second."),
                Field(name="until", type=Type.MOMENT, end=True, doc="The last day, or second."),
            ),
        ),
        Field(
            name="roster",
            type=Type.CYCLE,
            reference="shift",
            alone=RESERVED_SHIFTS,
            doc="The shifts of the next days, on terminals: `{from: 2026-01-05, cycle: [day, day, holiday]}`, repeated "
            "to 100 days.",
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
        Field(
            name="cvsecurity",
            type=Type.BLOCK,
            doc="What only CVSecurity has.",
            fields=(
                Field(name="plate", type=Type.TEXT, length=20, doc="Number plate of the person's car."),
                Field(
                    name="certificate",
                    type=Type.BLOCK,
                    doc="A document that proves who the person is.",
                    fields=(
                        Field(
                            name="type",
                            type=Type.INTEGER,
                            minimum=1,
                            doc="The kind of document, as the server numbers them.",
                        ),
                        Field(name="number", type=Type.TEXT, length=30, sensitive=True, doc="Its number."),
                    ),
                ),
                Field(name="disabled", type=Type.BOOLEAN, doc="The person is on the list of those who may not pass."),
                Field(
                    name="kiosk_areas",
                    type=Type.SET,
                    doc="Codes of the FaceKiosk areas that the person belongs to. The server never shows them.",
                ),
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

VEHICLE = Kind(
    name="vehicle",
    plural="vehicles",
    doc="A number plate that a CVSecurity car park lets in, or keeps out. The server never shows its lists.",
    key="plate",
    fields=(
        Field(name="plate", type=Type.TEXT, length=20, required=True, doc="The number plate, its key."),
        Field(
            name="list",
            type=Type.CHOICE,
            choices=("allow", "block"),
            required=True,
            doc="Whether it is let in or kept out.",
        ),
        Field(name="from", type=Type.DATE, doc="The first day."),
        Field(name="to", type=Type.DATE, doc="The last day."),
        _LIFECYCLE,
    ),
)

KINDS = {
    kind.name: kind
    for kind in (
        DEPARTMENT,
        AREA,
        POSITION,
        ACCESS_LEVEL,
        SHIFT,
        EMPLOYEE,
        VEHICLE,
        DEVICE_PROFILE,
        DEVICE,
        SETTINGS,
    )
}
"""Every kind by its name, in the order in which files and plans show them."""

LISTS = {kind.plural: kind for kind in KINDS.values() if kind.listed}
"""The kinds that stand in resource files, by the names of their lists."""

PLURALS = {kind.plural: kind for kind in KINDS.values() if kind.held}
"""The kinds that targets hold, by the names that `manages`, `select` and `prune` give them."""
