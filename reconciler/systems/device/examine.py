"""How a terminal is, for `doctor`."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime

import msgspec

from reconciler.model.examination import Examined, Finding
from reconciler.model.objects import Listing, Live
from reconciler.model.project import Target
from reconciler.model.words import printable
from reconciler.systems.base import Aim
from reconciler.systems.device.client import Terminal
from reconciler.systems.device.clock import shown_time, skew, zone_of
from reconciler.systems.device.connect import find_terminal, setting
from reconciler.systems.device.departments import BUILT_IN, read_departments
from reconciler.systems.device.facts import Capabilities, RawDepartments, RawSettings, RawUsers
from reconciler.systems.device.fit import MAX_SKEW
from reconciler.systems.device.fit_hardware import DEPARTMENTS
from reconciler.systems.device.users import read_ids
from reconciler.transport.failure import Failure

_FULL = 0.9  # of what it holds
_LONGEST = 60  # characters of what it says
_DEAD = frozenset({"RC0501", "RC0502", "RC0503"})
_VERSIONS = (
    ("firmware", "firmware_version"),
    ("face algorithm", "face_algorithm_version"),
    ("fingerprint algorithm", "fp_algorithm_version"),
)
_USED = (
    ("users", "user"),
    ("managers", "manager"),
    ("cards", "card"),
    ("passwords", "password"),
    ("faces", "face"),
    ("fingerprints", "fp"),
    ("palms", "palm"),
    ("attendance records", "attend_log"),
)

Findings = Iterator[Finding]


def examine(target: Target, aim: Aim) -> Examined:
    """What the terminal says of itself. Raises Failure when it can't be reached or refuses the keys."""
    terminal = find_terminal(target, aim)
    try:
        found = [_login(terminal, target, aim), *_identity(terminal, target, aim)]
        listings = {"settings": Listing("settings", {}, raw=RawSettings(terminal.facts))}
        for about, path, look in (
            ("firmware", None, lambda: _versions(terminal)),
            ("capacity", None, lambda: _capacity(terminal, aim, listings)),
            ("uploader", "attendance_upload.url", lambda: _uploader(terminal, aim)),
            ("clock", "clock.timezone", lambda: _clock(terminal, aim)),
        ):
            told = _tried(look)
            if not isinstance(told, Failure):
                found += told
            elif path is not None and setting(aim.desired, path) is not None:
                listings["settings"] = msgspec.structs.replace(listings["settings"], problem=told.diagnostic())
                found.append(Finding(about, "can't be read"))
            else:
                found.append(Finding(about, "can't be read", told.detail))
        return Examined(tuple(found), listings)
    finally:
        terminal.close()


def _tried(look: Callable[[], Findings]) -> list[Finding] | Failure:
    """What a look finds, or why it does not: not every firmware has every command, which only matters to a plan where
    the files say what that shall be. Raises Failure when the terminal is gone."""
    try:
        return list(look())
    except Failure as failure:
        if failure.code in _DEAD:
            raise
        return failure


def _login(terminal: Terminal, target: Target, aim: Aim) -> Finding:
    """Which key opened it, never the key."""
    key, wanted = terminal.facts.key, setting(aim.desired, "security.api_key")
    asked = "The next apply gives it the key of `settings.security.api_key`." if wanted not in (None, key) else None
    if not key.reveal():
        open_to_all = "Whoever reaches it can do everything with it: give it a key by `settings.security.api_key`."
        return Finding("login", "accepted, with the factory's empty key", asked or open_to_all)
    if key != wanted:
        return Finding("login", "accepted, with the key of `api_key`", asked)
    stale = target.auth.token not in (None, key)
    advice = "The key of `api_key` is another one: let it refer to this one." if stale else None
    return Finding("login", "accepted, with the key of `settings.security.api_key`", advice)


def _identity(terminal: Terminal, target: Target, aim: Aim) -> Findings:
    facts, note = terminal.facts, aim.memory.note
    moved = f"It is not at {target.url}, but where the files send it. Write this address in `url`."
    yield Finding("address", facts.url, None if facts.url == target.url else moved)
    exchanged = (
        f"At the last apply it was another machine, {note.uid}. If it was not exchanged, correct `url`; otherwise the "
        "next apply brings this one to what the files say."
    )
    yield Finding("uid", facts.uid, None if note.uid in (None, facts.uid) else exchanged)
    if note.locked:
        yield Finding("lock", "an apply that was interrupted may have left it locked", "The next apply unlocks it.")
    has = [name for name in Capabilities.__struct_fields__ if getattr(facts.capabilities, name)]
    yield Finding("capabilities", ", ".join(has).replace("_", " ") or "none")


def _versions(terminal: Terminal) -> Findings:
    said = terminal.ask("GetVersionInfo")
    for about, name in _VERSIONS:
        if name in said:
            yield Finding(about, _short(said[name]))


def _capacity(terminal: Terminal, aim: Aim, listings: dict[str, Listing]) -> Findings:
    """How full it is. Where the files may ask for more than fits, who is there is listed for `fit`, which says who is
    left over: names alone, a call a page."""
    limits, usage = terminal.ask("GetCapacityLimit"), terminal.ask("GetCurrentUsage")
    for about, name in _USED:
        used, most = _count(usage, f"{name}_count"), _count(limits, f"max_{name}")
        if used is not None and most is not None:
            yield Finding(about, f"{used:,} of {most:,}", _full(name, used, most))
        elif used is not None:
            yield Finding(about, f"{used:,}")
    listings |= {each.kind: each for each in _crowded(terminal, aim, _count(usage, "user_count"), limits)}


def _crowded(terminal: Terminal, aim: Aim, used: int | None, limits: Mapping[str, object]) -> Iterator[Listing]:
    """The kinds of which the files may ask for more than fits."""
    facts, note, most = terminal.facts, aim.memory.note, _count(limits, "max_user")
    desired = aim.desired.objects if aim.desired else {}
    wanted = desired.get("employee", {}).keys()
    known = aim.memory.owned("employee") if note.uid in (None, facts.uid) else set()
    if used is not None and most is not None and max(used + len(wanted - known), len(wanted)) > most:
        raw = RawUsers(msgspec.structs.replace(facts, max_users=most))
        yield _listing("employee", lambda: Listing("employee", _lives(read_ids(terminal)[0]), raw=raw))
    if len(desired.get("department", {})) > DEPARTMENTS:
        yield _listing("department", lambda: _departments(terminal))


def _departments(terminal: Terminal) -> Listing:
    rosters = dict(read_departments(terminal))
    return Listing("department", _lives(rosters, BUILT_IN), raw=RawDepartments(terminal.facts, rosters))


def _lives(names: Iterable[str], builtin: str | None = None) -> dict[str, Live]:
    return {name: Live(name, name, {}, builtin=name == builtin) for name in names}


def _listing(kind: str, read: Callable[[], Listing]) -> Listing:
    """What is read, or that it can't be. Raises Failure when the terminal is gone."""
    try:
        return read()
    except Failure as failure:
        if failure.code in _DEAD:
            raise
        return Listing(kind, {}, problem=failure.diagnostic())


def _full(name: str, used: int, most: int) -> str | None:
    if used <= _FULL * most:
        return None
    how = "It is full: no more fit." if used >= most else f"It is nearly full: there is room for {most - used:,} more."
    records = "Have them uploaded by `settings.attendance_upload`, then delete them at the terminal."
    return f"{how} {records if name == 'attend_log' else 'Delete there what nobody needs, or give it fewer people.'}"


def _uploader(terminal: Terminal, aim: Aim) -> Findings:
    said = terminal.ask("GetAttendLogUploaderStatus")
    wanted = setting(aim.desired, "attendance_upload.url") is not None
    idle = said.get("status") == "inactive"
    yield Finding("uploader", _short(said.get("status")), "The next apply switches it on." if idle and wanted else None)
    pending = _count(said, "pending_count")
    if pending is not None:
        nobody = "Nothing uploads them: `settings.attendance_upload` says where to."
        yield Finding("records not uploaded", f"{pending:,}", nobody if pending and idle and not wanted else None)


def _clock(terminal: Terminal, aim: Aim) -> Findings:
    before = datetime.now(UTC)
    shown = shown_time(terminal.ask("GetDeviceTime").get("time"))
    moment = before + (datetime.now(UTC) - before) / 2
    name = setting(aim.desired, "clock.timezone")
    zone = zone_of(name)
    if shown is None:
        yield Finding("clock", "shows no time", "Set it at the terminal.")
    elif zone is None:
        advice = (
            "Which zone's time that should be is not in the files. With `settings.clock: {timezone: …}` it is "
            "compared, and set by an apply."
        )
        yield Finding("clock", f"{shown:%Y-%m-%d %H:%M:%S}", advice)
    else:
        off = skew(shown, moment, zone)
        allowed = str(setting(aim.desired, "clock.max_skew") or MAX_SKEW)
        far = abs(off) > int(allowed.removesuffix("s"))
        said = f"{abs(off):,} s {'ahead' if off > 0 else 'behind'}" if off else "right to the second"
        late = f"That is more than {allowed.removesuffix('s')} s (`settings.clock.max_skew`). The next apply sets it."
        yield Finding("clock", f"{said} in {name}", late if far else None)


def _count(said: Mapping[str, object], name: str) -> int | None:
    number = said.get(name)
    return number if type(number) is int else None


def _short(said: object) -> str:
    return printable(str(said))[:_LONGEST]
