"""Hand-made plans for Markdown and HTML: schedules, text that means harm, and sizes."""

import report_samples

from reconciler.model.address import Address
from reconciler.model.diagnostic import Span
from reconciler.model.fields import Value
from reconciler.model.plan import Cause, Change, FieldChange, Plan, Reason

BELLS = ("08:00 mon-fri 30s both",)
MORE_BELLS = ("08:00 mon-fri 30s both", "12:30 mon,wed,fri 5s inside")
CYCLE = ("2026-01-05", "day", "day", "day", "day", "day", "holiday", "holiday")
OTHER_CYCLE = ("2026-01-05", "day", "day", "night", "night", "holiday")


def update(kind: str, key: str, *fields: FieldChange, target: str = "lobby") -> Change:
    return Change(
        address=Address(target, kind, key),
        reason=Reason.CONFIG,
        before={field.path: field.before for field in fields},
        after={field.path: field.after for field in fields},
        fields=fields,
        source=Span("devices/lobby.yaml", 7, 3),
    )


def changed(path: str, before: Value, after: Value) -> FieldChange:
    return FieldChange(path, before, after, Cause.CONFIG)


SCHEDULED = report_samples.plan(
    report_samples.target(
        "lobby",
        changes=(
            update("settings", "bells", changed("bells", BELLS, MORE_BELLS)),
            update("shift", "day", changed("periods", ("09:00-12:00", "13:00-18:00"), ("08:30-12:00",))),
            update("department", "OPS", changed("roster", ("daily day",), ("mon-fri day", "sat-sun holiday"))),
            update(
                "employee",
                "007",
                changed("access", ("mon-fri 08:00-18:00",), ("mon-fri 08:00-18:00", "sat 09:00-13:00")),
                changed("roster", CYCLE, OTHER_CYCLE),
            ),
            Change(
                address=Address("lobby", "employee", "008"),
                reason=Reason.ABSENT,
                before=None,
                after={"nickname": "Bo", "access": ("daily 00:00-24:00",)},
            ),
        ),
    )
)

HARM = (
    "\"'><script>document.documentElement.dataset.harmed='yes'</script><img src=x onerror=alert(1)>\u202e\x1b[0m`|\\|"
)
"""A text that breaks out of attributes, tags, code spans, cells and lines, if something lets it."""


def harmful(text: str) -> Plan:
    """A plan with `text` wherever a text of others can stand."""
    values: dict[str, Value] = {"name": text, "first_name": text, "areas": (text, "HQ"), f"attributes.{text}": text}
    fields = tuple(changed(path, "x", value) for path, value in values.items())
    changes = (
        Change(address=Address("hq", "employee", text), reason=Reason.ABSENT, before=None, after=values),
        Change(
            address=Address("hq", "employee", f"{text}2"), reason=Reason.REMOVED, before=values, after=None, was=text
        ),
        Change(
            address=Address("hq", "employee", f"{text}3"),
            reason=Reason.CONFIG,
            before=values,
            after=values,
            fields=fields,
            release=(text,),
            was=text,
            source=Span(text, 3, 4),
        ),
        Change(address=Address("hq", text, "4"), reason=Reason.ADOPT, before=values, after=values),
        Change(address=Address("hq", "area", "5"), reason=Reason.REMOVED, before=values, after=values, on_remove=text),
    )
    said = report_samples.error("RC0602", text, source=Span(text, 1, 2), address=Address("hq", "employee", text))
    forged = report_samples.msgspec.structs.replace(said, code=text, summary=text)
    target = report_samples.target(text or "hq", changes=changes, complete=False, diagnostics=(said, forged))
    whole = report_samples.plan(target, select=(text,), exclude=(text,), diagnostics=(said,))
    return report_samples.msgspec.structs.replace(whole, project=text, timestamp=text, reconciler_version=text)


def large(number: int, targets: int = 1) -> Plan:
    """Creates, deletes and updates in turn, of employees with schedules."""
    return report_samples.plan(
        *(
            report_samples.target(
                f"t{target}", changes=tuple(_one(f"t{target}", code) for code in range(number // targets))
            )
            for target in range(targets)
        )
    )


def _one(target: str, code: int) -> Change:
    address = Address(target, "employee", f"{code:06}")
    values: dict[str, Value] = {"first_name": "José", "last_name": f"N{code}", "access": (f"sat 09:00-1{code % 4}:00",)}
    match code % 3:
        case 0:
            return Change(address=address, reason=Reason.ABSENT, before=None, after=values)
        case 1:
            return Change(address=address, reason=Reason.REMOVED, before=values, after=None)
        case _:
            return update("employee", address.key, changed("mobile", "1", "2"), target=target)
