"""Makes what a terminal shall hold and what it has comparable. Everything here is a pure function of what was read."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

import msgspec

from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, Span, error, warning
from reconciler.model.digest import value_digest
from reconciler.model.fields import Value
from reconciler.model.kinds import KINDS
from reconciler.model.objects import Desired, Listing, Live, Object
from reconciler.model.schedules.shifts import CompiledShifts
from reconciler.model.schedules.templates import CompiledWeeks, compile_weeks
from reconciler.model.secret import Secret
from reconciler.model.state import Memory, Note
from reconciler.model.words import cited, some
from reconciler.systems.base import Fit
from reconciler.systems.device.clock import RIGHT, clock_text
from reconciler.systems.device.facts import Facts, RawDepartments, RawSettings, RawShifts, RawUsers
from reconciler.systems.device.fit_hardware import possible, too_many
from reconciler.systems.device.fit_schedules import (
    Names,
    another_machine,
    first_weeks,
    fit_departments,
    fit_shifts,
    fit_users,
    moving_shifts,
    raw_users,
    shift_names,
    shift_numbers,
    template_numbers,
)
from reconciler.systems.device.security import API_KEY

MAX_SKEW = "30s"
"""How much a clock may be off where the files do not say."""

_NOT_REMEMBERED = ""
"""In place of an id: no machine has it."""


_NOWHERE = Span("reconciler.yaml", 1, 1)  # of a lock that is left on a terminal of which nothing else is asked


def fit(desired: Desired, listings: Mapping[str, Listing], memory: Memory) -> Fit:
    """The two sides in the same words, and what the terminal can't do of what the files ask. A terminal that gave
    nothing at all stays as it is."""
    facts = facts_of(listings)
    if facts is None:
        return Fit(desired, listings, memory.note)
    replaced = another_machine(facts.uid, memory.note)
    complaints = [_replaced(desired.target, memory.note, facts)] if replaced else []
    complaints += () if replaced else _times_left(desired, listings, memory)
    able, impossible = possible(desired, facts.capabilities)
    usable = _without_settings(listings, desired, able)
    complaints += [*impossible, *too_many(able, usable, memory, facts)]
    compiled = shift_numbers(able, usable, memory)
    if not isinstance(compiled, CompiledShifts):
        complaints += _problems(able, "shift", _first_new(able, memory), compiled)
    weeks, unfit = _templates(able, usable, memory.note)
    fitted = _listings(able, usable, shift_names(compiled) if isinstance(compiled, CompiledShifts) else {}, memory)
    known = Note() if replaced else memory.note
    note = Note(uid=facts.uid, locked=known.locked, slots=dict(weeks.slots if weeks else known.slots))
    able, fitted = _clock(able, fitted)
    if _reset(able, memory, facts):
        fitted = _unsure(fitted)
    if note.locked:
        able, fitted = _locked(able, fitted, facts)
    return Fit(able, fitted, note, (*complaints, *unfit))


def facts_of(listings: Mapping[str, Listing]) -> Facts | None:
    """What the terminal said of itself; None when it said nothing. How many users it holds is known with these."""
    raws = [listings[kind].raw for kind in ("employee", "settings", "shift", "department") if kind in listings]
    known = (raw.facts for raw in raws if isinstance(raw, RawSettings | RawShifts | RawDepartments | RawUsers))
    return next(known, None)


def _replaced(target: str, note: Note, facts: Facts) -> Diagnostic:
    return warning(
        "RC0407",
        f"Another machine answers for {target}: its uid is {facts.uid}, and that of the last apply was {note.uid}. "
        "What can't be read of its settings is written again, and its users are compared anew. If it was not "
        "exchanged, correct `url` before you apply.",
    )


def _times_left(desired: Desired, listings: Mapping[str, Listing], memory: Memory) -> Iterator[Diagnostic]:
    """Of users whose times an earlier apply wrote, and of which the files say nothing any more: who has lost the levels
    with a week, and has others, may pass as before."""
    there = listings["employee"].objects if "employee" in listings else {}
    ours = memory.entries.get("employee", {})
    left = [
        each
        for key, each in sorted(desired.objects.get("employee", {}).items())
        if "access" not in each.values and key in there and key in ours and "access" in ours[key].digests
    ]
    if left:
        names = some([cited(each.key) for each in left])
        yield warning(
            "RC0608",
            f"The files do not say any more when {names} may pass on {desired.target}: they give no access level "
            "that has a week. So the times that an apply wrote there stay. To take them away write `access_levels: "
            "[]`; to change them give a level that has a week.",
            source=left[0].span,
            address=Address(desired.target, "employee", left[0].key),
        )


def _problems(desired: Desired, kind: str, key: str, details: Sequence[str]) -> list[Diagnostic]:
    """Errors of the target, told at one of its objects."""
    span = desired.objects[kind][key].span
    return [error("RC0601", detail, source=span, address=Address(desired.target, kind, key)) for detail in details]


def _first_new(desired: Desired, memory: Memory) -> str:
    """A shift that has no slot yet."""
    names = sorted(desired.objects["shift"])
    return next((name for name in names if name not in memory.entries.get("shift", {})), names[0])


def _templates(
    desired: Desired, listings: Mapping[str, Listing], note: Note
) -> tuple[CompiledWeeks | None, list[Diagnostic]]:
    """The day templates as far as they are known without the users that are not ours; the writer compiles again with
    those."""
    users, raw = desired.objects.get("employee", {}), raw_users(listings)
    weeks = first_weeks(users)
    unfit = [
        problem
        for key, week in weeks.items()
        if not isinstance(alone := compile_weeks({key: week}, {}, {}, ()), CompiledWeeks)
        for problem in _problems(desired, "employee", key, alone)
    ]
    if unfit or raw is None or raw.templates is None or not weeks:
        return None, unfit
    compiled = template_numbers(users, raw, note)
    if isinstance(compiled, CompiledWeeks):
        return compiled, []
    return None, _problems(desired, "employee", min(weeks), compiled)


def _listings(desired: Desired, listings: Mapping[str, Listing], names: Names, memory: Memory) -> Mapping[str, Listing]:
    """The listings with what is held in numbered slots on the terminal in the words of the files."""
    fitted = dict(listings)
    if "shift" in fitted:
        fitted["shift"] = moving_shifts(desired, listings, fit_shifts(fitted["shift"], names), names, memory)
    if "department" in fitted:
        fitted["department"] = fit_departments(fitted["department"], names)
    if "employee" in fitted:
        read = _read_on(listings)
        fitted["employee"] = fit_users(fitted["employee"], desired.objects.get("employee", {}), names, read)
    return fitted if any(fitted[kind] is not listings[kind] for kind in fitted) else listings


def _read_on(listings: Mapping[str, Listing]) -> date | None:
    """The day on which the rosters were read, if that is known."""
    raw = raw_users(listings)
    settings = listings["settings"].raw if "settings" in listings else None
    if raw is not None and raw.read is not None:
        return raw.read
    return settings.clock[1].date() if isinstance(settings, RawSettings) and settings.clock else None


def _without_settings(listings: Mapping[str, Listing], desired: Desired, able: Desired) -> Mapping[str, Listing]:
    """The listings without the settings that the terminal has no hardware for: there is nothing to compare."""
    gone = desired.objects.get("settings", {}).keys() - able.objects.get("settings", {}).keys()
    listing = listings.get("settings")
    if not gone or listing is None:
        return listings
    return {
        **listings,
        "settings": _settings(listing, {key: each for key, each in listing.objects.items() if key not in gone}),
    }


def _settings(listing: Listing, objects: Mapping[str, Live]) -> Listing:
    return msgspec.structs.replace(listing, objects=objects)


def _clock(desired: Desired, listings: Mapping[str, Listing]) -> tuple[Desired, Mapping[str, Listing]]:
    """A clock is to be right, and is right or off: its zone and what it may be off are no values of the terminal."""
    each = desired.objects.get("settings", {}).get("clock")
    if each is None or not isinstance(zone := each.values.get("clock.timezone"), str):
        return desired, listings
    wanted = msgspec.structs.replace(each, values={"clock.time": RIGHT})
    desired = _with_settings(desired, {**desired.objects["settings"], "clock": wanted})
    listing = listings.get("settings")
    live = listing.objects.get("clock") if listing else None
    if listing is None or live is None or not isinstance(listing.raw, RawSettings) or listing.raw.clock is None:
        return desired, listings
    text = clock_text(*listing.raw.clock, ZoneInfo(zone), _seconds(each.values.get("clock.max_skew")))
    shown = msgspec.structs.replace(live, values={"clock.time": text})
    return desired, {**listings, "settings": _settings(listing, {**listing.objects, "clock": shown})}


def _reset(desired: Desired, memory: Memory, facts: Facts) -> bool:
    """Whether the terminal has another key than the one that we gave it: then somebody reset its security, and what can
    only be written of it is not known to be there any more."""
    security = desired.objects.get("settings", {}).get("security")
    wanted = security.values.get(API_KEY) if security else None
    address = Address(desired.target, "settings", "security")
    entry = memory.entry(address)
    if not isinstance(wanted, Secret) or facts.key == wanted or entry is None or memory.key is None:
        return False
    return entry.digests.get(API_KEY) == value_digest(memory.key, address, API_KEY, wanted)


def _unsure(listings: Mapping[str, Listing]) -> Mapping[str, Listing]:
    """The listings with a security that is not the remembered one: as that of another machine it has another id."""
    listing = listings.get("settings")
    live = listing.objects.get("security") if listing else None
    if listing is None or live is None:
        return listings
    other = msgspec.structs.replace(live, id=_NOT_REMEMBERED)
    return {**listings, "settings": _settings(listing, {**listing.objects, "security": other})}


def _seconds(duration: Value) -> int:
    """The seconds of a duration such as 30s."""
    return int(str(duration or MAX_SKEW).removesuffix("s"))


def _locked(desired: Desired, listings: Mapping[str, Listing], facts: Facts) -> tuple[Desired, Mapping[str, Listing]]:
    """What an apply that was interrupted left locked is to be unlocked, also where settings are not managed."""
    settings = desired.objects.get("settings", {})
    spans = [each.span for objects in (settings, *desired.objects.values()) for each in objects.values()]
    lock = Object(kind="settings", key="locked", values={"locked": False}, span=next(iter(spans), _NOWHERE))
    desired = _with_settings(desired, {**settings, "locked": lock})
    listing = listings.get("settings") or Listing("settings", {}, raw=RawSettings(facts))
    live = Live("locked", facts.uid, {"locked": True}, builtin=True)
    return desired, {**listings, "settings": _settings(listing, {**listing.objects, "locked": live})}


def _with_settings(desired: Desired, settings: Mapping[str, Object]) -> Desired:
    objects = {**desired.objects, "settings": settings}
    return msgspec.structs.replace(desired, objects={kind: objects[kind] for kind in KINDS if kind in objects})
