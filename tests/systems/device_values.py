"""What the tests of the pure part of terminals are built from, each in one line."""

from collections.abc import Iterable, Mapping

from reconciler.model.diagnostic import Span
from reconciler.model.fields import Value
from reconciler.model.objects import Desired, Listing, Live, Object
from reconciler.model.schedules.texts import periods_of_texts
from reconciler.model.secret import Secret
from reconciler.model.state import Entry, Memory, Note
from reconciler.systems.base import Fit
from reconciler.systems.device.facts import (
    Capabilities,
    Facts,
    Pairs,
    RawDepartments,
    RawSettings,
    RawShifts,
    RawUsers,
)

EVERYTHING = Capabilities(
    access_control=True,
    card=True,
    ethernet=True,
    face=True,
    fingerprint=True,
    palm=True,
    password=True,
    vrface=True,
    wifi=True,
)
UID = "0123456789abcdef"
FACTS = Facts(UID, "http://192.168.0.5", Secret(""), EVERYTHING)
KEY = b"a key of the tests, 32 bytes long"
KINDS = ("shift", "department", "employee", "settings")
DAY: Pairs = (("09:00", "12:00"), ("13:00", "18:00"), ("", ""))
NIGHT: Pairs = (("00:00", "06:00"), ("22:00", "23:59"), ("", ""))
EMPTY: Pairs = (("", ""),) * 3


def place(line: int) -> Span:
    return Span("org.yaml", line, 1)


def thing(name: str, values: Mapping[str, Value] | None = None, line: int = 1, **members: object) -> Object:
    """An object of the files by `kind/key`."""
    kind, key = name.split("/", 1)
    return Object(kind=kind, key=key, values=dict(values or {}), span=place(line), **members)  # type: ignore[arg-type]


def wanted(*objects: Object, kinds: Iterable[str] = KINDS) -> Desired:
    return Desired("lobby", {kind: {each.key: each for each in objects if each.kind == kind} for kind in kinds})


def remembered(
    slots: Mapping[str, object] | None = None, note: Note | None = None, **kinds: Mapping[str, Entry]
) -> Memory:
    """A memory of shifts by slot, and of other objects."""
    shifts = {name: Entry(id=slot) for name, slot in (slots or {}).items()}  # type: ignore[arg-type]
    entries = {"shift": shifts, **kinds} if shifts else kinds
    return Memory(entries, {}, KEY, note if note is not None else Note(uid=UID))


def settings_there(values: Mapping[str, Mapping[str, Value]], facts: Facts = FACTS, **raw: object) -> Listing:
    objects = {name: Live(name, facts.uid, dict(each), builtin=True) for name, each in values.items()}
    return Listing("settings", objects, raw=RawSettings(facts, **raw))  # type: ignore[arg-type]


def shifts_there(slots: Mapping[int, Pairs], facts: Facts = FACTS) -> Listing:
    return Listing("shift", {}, raw=RawShifts(facts, tuple(slots.get(number, EMPTY) for number in range(24))))


def departments_there(rosters: Mapping[str, tuple[int, ...]], facts: Facts = FACTS) -> Listing:
    objects = {name: Live(name, name, {}, builtin=name == "Company") for name in rosters}
    return Listing("department", objects, raw=RawDepartments(facts, rosters))


def users_there(values: Mapping[str, Mapping[str, Value]], facts: Facts = FACTS, **raw: object) -> Listing:
    objects = {key: Live(key, key, dict(each)) for key, each in values.items()}
    return Listing("employee", objects, raw=RawUsers(facts, **raw))  # type: ignore[arg-type]


DAY_TEXTS = ("09:00-12:00", "13:00-18:00")
NIGHT_TEXTS = ("00:00-06:00", "22:00-23:59")
DAY_SHIFT, NIGHT_SHIFT = thing("shift/day", {"periods": DAY_TEXTS}), thing("shift/night", {"periods": NIGHT_TEXTS})
DAY_TIMES, NIGHT_TIMES = periods_of_texts(DAY_TEXTS), periods_of_texts(NIGHT_TEXTS)
WEEK = (100, 0, 0, 0, 0, 0, 100)
OPEN: Pairs = (("08:00", "17:59"), *[("", "")] * 5)
CLOSED: Pairs = (("", ""),) * 6
ODD: Pairs = (("08:00", ""), *[("", "")] * 5)
OFFICE = ("mon-fri 08:00-18:00",)


def shown(found: Fit, kind: str) -> dict[str, object]:
    return {key: live.values for key, live in found.listings[kind].objects.items()}


def shift(key: str, slot: int, periods: object) -> Live:
    return Live(key, slot, {"periods": periods, "slot": slot})  # type: ignore[dict-item]
