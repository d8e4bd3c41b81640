"""What a terminal has hardware and room for, against what the files ask of it (manual: GetDeviceCapabilities,
GetCapacityLimit, GetDeptList)."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import msgspec

from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, error
from reconciler.model.objects import Desired, Listing, Object
from reconciler.model.project import Prune
from reconciler.model.schedules.bells import BELLS
from reconciler.model.state import Memory
from reconciler.model.words import cited, some
from reconciler.systems.device.facts import Capabilities, Facts

DEPARTMENTS = 100
"""Departments in a terminal (manual: GetDeptList)."""


Has = Callable[[Capabilities], bool]

_SETTINGS: tuple[tuple[str, Has, str], ...] = (
    ("access", lambda has: has.access_control, "access control"),
    ("face", lambda has: has.face or has.vrface, "face recognition"),
    ("network.ethernet", lambda has: has.ethernet, "a wired network"),
    ("network.wifi", lambda has: has.wifi, "Wi-Fi"),
)
"""The settings, or blocks of them, that need hardware, and its name."""

_VERIFY_WORDS: Mapping[str, tuple[Has, str]] = {
    "card": (lambda has: has.card, "a card reader"),
    "face": (lambda has: has.face or has.vrface, "face recognition"),
    "finger": (lambda has: has.fingerprint, "a fingerprint reader"),
    "password": (lambda has: has.password, "passwords"),
}
"""The words of `verify_mode` that need hardware, and its name."""

_OF_USERS: tuple[tuple[str, Has], ...] = (
    ("access", lambda has: has.access_control),
    ("card", lambda has: has.card),
    ("device_password", lambda has: has.password),
    ("valid.from", lambda has: has.access_control),
    ("valid.until", lambda has: has.access_control),
)
"""The fields of users that need hardware."""


def possible(desired: Desired, has: Capabilities) -> tuple[Desired, list[Diagnostic]]:
    """What the terminal has the hardware for. What is left out of the settings is an error; users have there what they
    can have."""
    objects = dict(desired.objects)
    complaints: list[Diagnostic] = []
    if "settings" in objects:
        lacking = {key: _lacking(each, has) for key, each in objects["settings"].items()}
        for key, blocks in lacking.items():
            complaints += [_impossible(desired.target, objects["settings"][key], *block) for block in blocks]
        objects["settings"] = _without(
            objects["settings"], {key: [path for path, _ in lacking[key]] for key in lacking}
        )
    if "employee" in objects:
        paths = [path for path, needs in _OF_USERS if not needs(has)]
        objects["employee"] = _without(objects["employee"], dict.fromkeys(objects["employee"], paths))
    if all(objects[kind] is desired.objects[kind] for kind in objects):
        return desired, complaints
    return msgspec.structs.replace(desired, objects=objects), complaints


def _lacking(setting: Object, has: Capabilities) -> list[tuple[str, list[str]]]:
    """The blocks of a setting, or all of it, that the terminal can't have, and what it lacks for that."""
    found = [
        (block, [name])
        for block, needs, name in _SETTINGS
        if not needs(has) and any(_within(path, block) for path in setting.values)
    ]
    mode = setting.values.get("verify_mode")
    if isinstance(mode, str):
        words = [_VERIFY_WORDS[word] for word in mode.split("+") if word in _VERIFY_WORDS]
        if names := [name for needs, name in words if not needs(has)]:
            found.append(("verify_mode", names))
    return found


def _within(path: str, block: str) -> bool:
    return path == block or path.startswith(f"{block}.")


def _impossible(target: str, setting: Object, block: str, names: Sequence[str]) -> Diagnostic:
    mode = setting.values.get("verify_mode")
    what = f"`{block}` is {mode}" if block == "verify_mode" else f"`{block}` is asked for"
    way_out = "Use other words, or any." if block == "verify_mode" else "Leave it out of the device and its profile."
    return error(
        "RC0601",
        f"{what}, and {target} has no hardware for that: it lacks {' and '.join(names)}. {way_out}",
        source=setting.span,
        address=Address(target, setting.kind, setting.key),
    )


def _without(objects: Mapping[str, Object], blocks: Mapping[str, Sequence[str]]) -> Mapping[str, Object]:
    """The objects without these blocks of theirs; the very same ones where that changes nothing. A setting of which
    nothing is left is left out, a user never."""
    found: dict[str, Object] = {}
    for key, each in objects.items():
        values = {
            path: value for path, value in each.values.items() if not any(_within(path, block) for block in blocks[key])
        }
        if len(values) == len(each.values):
            found[key] = each
        elif values or each.kind != "settings":
            found[key] = msgspec.structs.replace(each, values=values)
    return objects if all(found.get(key) is each for key, each in objects.items()) else found


def too_many(desired: Desired, listings: Mapping[str, Listing], memory: Memory, facts: Facts) -> list[Diagnostic]:
    """An error for each kind of thing that the terminal has too little room for."""
    complaints: list[Diagnostic] = []
    for kind, most in (("department", DEPARTMENTS), ("employee", facts.max_users)):
        listing = listings.get(kind)
        if most is not None and kind in desired.objects and listing is not None and listing.problem is None:
            staying = _staying(desired, listing, memory)
            complaints += _no_room(desired, kind, listing.objects, staying, most)
    bells = desired.objects.get("settings", {}).get("bells")
    rung = bells.values.get("bells") if bells else None
    if bells and isinstance(rung, tuple) and len(rung) > BELLS:
        complaints.append(
            error(
                "RC0601",
                f"There are {len(rung)} bells, and a terminal has {BELLS}. Remove {len(rung) - BELLS} of them.",
                source=bells.span,
                address=Address(desired.target, "settings", "bells"),
            )
        )
    return complaints


def _staying(desired: Desired, listing: Listing, memory: Memory) -> frozenset[str]:
    """The keys on the terminal that are not in the files and stay."""
    kind, objects = listing.kind, desired.objects[listing.kind]
    entries, policy = memory.entries.get(kind, {}), desired.prune.get(kind, Prune.OWNED)
    renamed = {each.was for each in objects.values() if each.was is not None and each.key not in listing.objects}
    going = {Prune.OWNED: memory.owned(kind), Prune.ALL: listing.objects.keys(), Prune.NEVER: frozenset[str]()}[policy]
    kept = {key for key in going if key in entries and (entries[key].protected or entries[key].on_remove == "forget")}
    built_in = {key for key, live in listing.objects.items() if live.builtin}
    return frozenset(listing.objects.keys() - objects.keys() - renamed - (going - kept - built_in))


def _no_room(
    desired: Desired, kind: str, live: Collection[str], staying: Collection[str], most: int
) -> Iterable[Diagnostic]:
    wanted = desired.objects[kind]
    surplus = len(wanted) + len(staying) - most
    new = sorted(key for key in wanted if key not in live)
    if surplus <= 0 or not new:  # what is there already fits
        return
    left_out = new[-surplus:]
    words = "users" if kind == "employee" else "departments"
    others = f", and {len(staying)} that are on it and stay" if staying else ""
    yield error(
        "RC0601",
        f"{desired.target} holds at most {most} {words} and would have {most + surplus}: {len(wanted)} of the files"
        f"{others}. There is no room for {some([cited(key) for key in left_out])}. Give it fewer "
        f"{words}, or delete some there that nobody needs.",
        source=wanted[left_out[0]].span,
        address=Address(desired.target, kind, left_out[0]),
    )
