"""Hand-made plans for the goldens: together they hold every action, reason and cause, and text that means harm."""

import msgspec

from reconciler.model.address import Address
from reconciler.model.diagnostic import Span, error, warning
from reconciler.model.plan import Cause, Change, FieldChange, Plan, Reason, TargetPlan, Unread
from reconciler.model.secret import Secret

PEOPLE = "org/people.yaml"
UNITS = "org/units.yaml"
PLANTED = ("4711081500", "9988776655", "271828")
"""Secret texts in the samples; no view may hold one."""

HOSTILE = "\x1b[31mred\x1b[0m \u202egnp.exe\n| x | \x07"
LONG_OLD = "Rua das Flores 1200, 3.º esquerdo frente, Bairro de São João da Pedreira"
LONG_NEW = "Avenida da Liberdade 4400, 12.º direito traseiras, Edifício Amoreiras Nascente"


def at(kind: str, key: str, target: str = "hq") -> Address:
    return Address(target, kind, key)


CREATES = (
    Change(
        address=at("department", "20"),
        reason=Reason.ABSENT,
        before=None,
        after={"name": "Operations & Logistics", "parent": "1"},
        source=Span(UNITS, 4, 5),
    ),
    Change(
        address=at("employee", "1004"),
        reason=Reason.ABSENT,
        before=None,
        after={
            "first_name": "小龍",
            "last_name": "李",
            "department": "20",
            "position": None,
            "areas": ("HQ", "LAB"),
            "card": Secret(PLANTED[0]),
            "device_password": Secret(PLANTED[2]),
            "hire_date": "2026-01-01",
            "attendance.enabled": True,
            "attendance.overtime": False,
            "attributes.Global ID": "G-17",
        },
        depends_on=(at("department", "20"),),
        source=Span(PEOPLE, 20, 5),
    ),
    Change(
        address=at("employee", "1017"),
        reason=Reason.DRIFT,
        before=None,
        after={"first_name": "Kai", "department": "1", "areas": ("HQ",)},
        id=None,
        source=Span(PEOPLE, 120, 5),
    ),
)

UPDATES = (
    Change(
        address=at("employee", "1001"),
        reason=Reason.BOTH,
        before={"first_name": "Ana", "last_name": "Silva", "department": "10", "mobile": "912 000 111"},
        after={"first_name": "Ana", "last_name": "Silva", "department": "20", "mobile": "912 000 222"},
        fields=(
            FieldChange("department", "10", "20", Cause.CONFIG),
            FieldChange("areas", ("HQ", "OPS"), ("LAB", "OPS"), Cause.BOTH),
            FieldChange("mobile", "912 000 111", "912 000 222", Cause.DRIFT),
            FieldChange("card", Secret(PLANTED[0]), Secret(PLANTED[1]), Cause.CONFIG),
            FieldChange("attendance.enabled", None, True, Cause.CONFIG),
        ),
        id=17,
        depends_on=(at("department", "20"),),
        source=Span(PEOPLE, 12, 5),
        live_digest="00ff",
    ),
    Change(
        address=at("employee", "1002"),
        reason=Reason.CONFIG,
        before={"first_name": "José", "card": None, "address": LONG_OLD},
        after={"first_name": "Jose\u0301", "card": Secret(PLANTED[1]), "address": LONG_NEW},
        fields=(
            FieldChange("first_name", "José", "Jose\u0301", Cause.CONFIG),
            FieldChange("areas", ("HQ",), (), Cause.CONFIG),
            FieldChange("card", None, Secret(PLANTED[1]), Cause.CONFIG),
            FieldChange("address", LONG_OLD, LONG_NEW, Cause.CONFIG),
            FieldChange("email", "jose@acme.example", None, Cause.CONFIG),
        ),
        id=18,
        source=Span(PEOPLE, 14, 5),
    ),
    Change(
        address=at("employee", "1007"),
        reason=Reason.DRIFT,
        before={"first_name": "Eva", "gender": "S"},
        after={"first_name": "Eva", "gender": "female"},
        fields=(
            FieldChange("gender", "S", "female", Cause.DRIFT),
            FieldChange("attributes.Global ID", "G-1", "G-2", Cause.DRIFT),
        ),
        id=19,
        source=Span(PEOPLE, 40, 5),
    ),
    Change(
        address=at("employee", "1008"),
        reason=Reason.UNREADABLE,
        before={"first_name": "Max", "last_name": "Roth"},
        after={"first_name": "Max", "last_name": "Roth", "device_password": Secret(PLANTED[2])},
        fields=(FieldChange("device_password", None, Secret(PLANTED[2]), None, unreadable=True),),
        id=20,
        source=Span(PEOPLE, 44, 5),
    ),
    Change(
        address=at("employee", "007"),
        reason=Reason.RENAMED,
        before={"first_name": "James"},
        after={"first_name": "James"},
        was="0007",
        id="s-7",
        source=Span(PEOPLE, 50, 5),
    ),
    Change(
        address=at("employee", "1009"),
        reason=Reason.REMOVED,
        before={"first_name": "Uwe", "resigned.date": None, "resigned.type": None},
        after={"resigned.date": "2026-03-31", "resigned.type": "quit"},
        fields=(
            FieldChange("resigned.date", None, "2026-03-31", Cause.CONFIG),
            FieldChange("resigned.type", None, "quit", Cause.CONFIG),
        ),
        on_remove="resign",
        id=21,
    ),
    Change(
        address=at("employee", "1010"),
        reason=Reason.ADOPT,
        before={"first_name": "Ida", "card": Secret(PLANTED[0])},
        after={"first_name": "Ida", "card": None},
        fields=(FieldChange("card", Secret(PLANTED[0]), None, Cause.CONFIG),),
        release=("card",),
        id=22,
        source=Span(PEOPLE, 60, 5),
    ),
)

DELETES = (
    Change(
        address=at("employee", "1003"),
        reason=Reason.REMOVED,
        before={"first_name": "Rui", "last_name": "Costa", "department": "10", "card": Secret(PLANTED[0])},
        after=None,
        id=23,
        protected=True,
    ),
    Change(
        address=at("area", "Old yard / 2"),
        reason=Reason.UNMANAGED,
        before={"name": HOSTILE, "parent": "HQ"},
        after=None,
        id=3,
        depends_on=(at("employee", "1003"),),
    ),
)

QUIET = (
    *(
        Change(
            address=at("employee", str(code)),
            reason=Reason.ADOPT,
            before={"first_name": first, "last_name": "Gomes"},
            after={"first_name": first, "last_name": "Gomes"},
            id=code,
            source=Span(PEOPLE, code, 5),
        )
        for code, first in zip(range(200, 207), ("Bea", "Cid", "Dor", "Eli", "Fay", "Gil", "Hal"), strict=True)
    ),
    Change(
        address=at("position", "ENG"),
        reason=Reason.ADOPT,
        before={"name": "Engineer"},
        after={"name": "Engineer"},
        id=9,
    ),
    Change(
        address=at("employee", "300"),
        reason=Reason.REMOVED,
        before={"first_name": "Zoe"},
        after={"first_name": "Zoe"},
        on_remove="forget",
        id=300,
    ),
)


def plan(*targets: TargetPlan, **more: object) -> Plan:
    return Plan(
        project="acme",
        timestamp="2026-04-01T08:00:00Z",
        reconciler_version="1.0.0",
        files="f00d",
        targets=targets,
        key_id="aabbccdd",
        **more,  # type: ignore[arg-type]
    )


def target(name: str = "hq", **more: object) -> TargetPlan:
    return TargetPlan(target=name, system="biotime", url=f"https://{name}.acme.example", **more)  # type: ignore[arg-type]


EVERYTHING = plan(
    target(
        changes=(*CREATES, *UPDATES, *DELETES, *QUIET),
        unchanged=994,
        live={"area": 12, "department": 40, "employee": 1003, "position": 7},
        diagnostics=(warning("RC0608", "Employee 55 is on hq and not in the files.", address=at("employee", "55")),),
    ),
    target(
        "lab",
        complete=False,
        diagnostics=(error("RC0602", f"Of 512 employees 500 were read. It said {HOSTILE!r} and {HOSTILE}"),),
    ),
    target("gate", unchanged=40),
    select=("hq/*", "lab/*"),
    exclude=("*/employee/9 9",),
    allow_deletes=2,
    diagnostics=(
        error("RC0603", "hq would lose 2 of 1,003 employees; the limit is 1. --allow-deletes 2 consents to just that."),
    ),
)

LONG = plan(
    target(
        changes=(
            *(
                Change(
                    address=at("employee", f"{code:04}"),
                    reason=Reason.ABSENT,
                    before=None,
                    after={"first_name": "P", "last_name": f"N{code}", "department": "1"},
                    source=Span("hr.csv", code, 1),
                )
                for code in range(1, 61)
            ),
            *DELETES,
        ),
        unchanged=1,
        diagnostics=tuple(
            warning("RC0608", f"Employee {n} is on hq and not in the files.", address=at("employee", f"{n}"))
            for n in range(10, 25)
        ),
    )
)

NOTHING = plan(target(unchanged=990), target("lab", unchanged=4))
ADOPTED = plan(target(changes=QUIET, unchanged=3))
BELIEVED = plan(
    target("gate", unchanged=94, unread=(Unread("employee", "areas", 94), Unread("employee", "elevator_levels", 94))),
    target("lobby", unchanged=30, unread=(Unread("settings", "attendance_upload.url", 1),)),
    target("hall", unchanged=31, unread=(Unread("settings", "attendance_upload.url", 1),)),
)
UNREAD = plan(target(unchanged=5), target("lab", complete=False))
KEYLESS = msgspec.structs.replace(
    plan(
        target(
            changes=(
                Change(
                    address=at("employee", "1011"),
                    reason=None,
                    before={"first_name": "Lea", "card": None},
                    after={"first_name": "Lea", "card": Secret(PLANTED[0])},
                    fields=(
                        FieldChange("city", "Porto", "Faro"),
                        FieldChange("email", None, "lea@acme.example", Cause.CONFIG),
                        FieldChange("device_password", None, Secret(PLANTED[2]), unreadable=True),
                    ),
                    id=23,
                    source=Span(PEOPLE, 64, 5),
                ),
            ),
            unchanged=1,
        )
    ),
    key_id=None,
)
