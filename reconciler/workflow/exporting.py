"""Reading all that targets have, for export, and what the files are made of."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

import msgspec

from reconciler.config.secrets import resolve_target
from reconciler.model.address import Address, matches
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.kinds import KINDS
from reconciler.model.objects import Listing, Live, Organisation
from reconciler.model.project import Target
from reconciler.systems.base import Aim, Binding, Exported, System
from reconciler.systems.registry import system
from reconciler.workflow.aims import aims
from reconciler.workflow.planning import Counted, Progress, all_of, count_ends, read_listings
from reconciler.workflow.pools import open_pools
from reconciler.workflow.session import Session

MANY = 1_000
"""More employees than this stand in a file for each department."""


class Read(msgspec.Struct, frozen=True):
    """All that one target has. Its secrets are resolved; `aim` is what it was read with."""

    target: Target
    aim: Aim
    listings: Mapping[str, Listing]
    problems: Sequence[Diagnostic] = ()


class Part(msgspec.Struct, frozen=True):
    """What one file is made of: `name` has no suffix; `which` says which of the objects of the kind these are."""

    name: str
    exported: Exported
    which: str = ""


def read_all(
    session: Session, names: Iterable[str], today: str, progress: Progress, counted: Counted
) -> tuple[list[Read], list[Diagnostic]]:
    """Every kind of the targets with every field that they have, and the problems met. `today` is an ISO date."""
    project = session.organisation.project
    aim_of = aims(session, today)
    with open_pools(project, waits=False) as pools:
        reading = [
            pools.of(target).submit(_read, session, target, aim_of, progress)
            for target in (project.targets[name] for name in names)
        ]
        count_ends(reading, counted)
        reads = all_of(reading)
    return reads, list(dict.fromkeys(problem for each in reads for problem in each.problems))


def _read(session: Session, target: Target, aim_of: Callable[[Target], Aim], progress: Progress) -> Read:
    target, missing = resolve_target(target, session.resolver)
    aim = Aim(everything=True)
    if missing:
        return Read(target, aim, {}, missing)
    its_system = system(target.system)
    if its_system.exported is not None:
        aim = msgspec.structs.replace(aim_of(target), everything=True)
    kinds = [kind for kind in its_system.bindings if not target.manages or kind in target.manages]
    listings = read_everything(target, its_system, aim, kinds, progress)
    return Read(target, aim, listings, [each.problem for each in listings.values() if each.problem is not None])


def exported(read: Read, organisation: Organisation) -> list[Exported]:
    """What one target has in the words of the files, named by the organisation where that has the same."""
    its_system = system(read.target.system)
    if its_system.exported is None:
        return [Exported(read.listings[kind]) for kind in KINDS if kind in read.listings]
    return list(its_system.exported(read.target, read.aim, organisation, read.listings))


def selected(target: str, found: Iterable[Exported], select: Iterable[str]) -> list[Exported]:
    """Of what was read the objects whose address matches one of the globs. A terminal's settings stand in its entry, of
    which those are left."""
    globs = tuple(select)
    kept = []
    for each in found:
        kind = each.listing.kind
        lives = {key: _of_live(Address(target, kind, key), live, globs) for key, live in each.listing.objects.items()}
        objects = {key: live for key, live in lives.items() if live is not None}
        if objects:
            listing = msgspec.structs.replace(each.listing, objects=objects)
            left_out = {why: these for why, keys in each.left_out.items() if (these := _among(keys, objects))}
            kept.append(msgspec.structs.replace(each, listing=listing, left_out=left_out))
    return kept


def _among(keys: Iterable[str], objects: Collection[str]) -> tuple[str, ...]:
    return tuple(key for key in keys if key in objects)


def _of_live(address: Address, live: Live, globs: tuple[str, ...]) -> Live | None:
    if any(matches(address, glob) for glob in globs):
        return live
    if address.kind != "device":
        return None
    chosen = {path for path in live.values if _is_setting(path, address.target, globs)}
    rest = {path: value for path, value in live.values.items() if path in chosen or not path.startswith("settings.")}
    return msgspec.structs.replace(live, values=rest) if chosen else None


def _is_setting(path: str, target: str, globs: tuple[str, ...]) -> bool:
    block, _, rest = path.partition(".")
    return block == "settings" and any(matches(Address(target, block, rest.partition(".")[0]), glob) for glob in globs)


def divided(each: Exported, by: str | None = None, most: int | None = MANY) -> Iterator[Part]:
    """The files that it stands in: one, or several of employees, `by` their department or first area; of more than
    `most` by department anyway (None: never). What is told of all stands above the first."""
    plural = KINDS[each.listing.kind].plural
    objects = each.listing.objects
    if each.listing.kind != "employee" or (by is None and (most is None or len(objects) <= most)):
        if objects:
            yield Part(plural, each)
        return
    place, what = (_area, "first area") if by == "area" else (_department, "department")
    by_place: dict[str, dict[str, Live]] = {}
    for key, live in objects.items():
        by_place.setdefault(place(live), {})[key] = live
    taken: set[str] = set()
    for code, there in sorted(by_place.items()):
        listing = msgspec.structs.replace(each.listing, objects=there)
        name = f"{plural}/{_file_name(code, by or 'department', taken)}"
        which = f" whose {what} is {code}" if code else f" without {by or 'department'}"
        yield Part(name, msgspec.structs.replace(each, listing=listing), which)
        each = msgspec.structs.replace(each, notes=(), left_out={})


def _department(live: Live) -> str:
    return str(live.values.get("department") or "")


def _area(live: Live) -> str:
    """The first of the areas, in the order in which the file has them."""
    areas = live.values.get("areas")
    return areas[0] if isinstance(areas, tuple) and areas else ""


_DEVICE = re.compile("con|prn|aux|nul|com[0-9]|lpt[0-9]", re.IGNORECASE)
"""Names that Windows gives no file."""


def _file_name(code: str, otherwise: str, taken: set[str]) -> str:
    """A name that every file system takes, and that none of `taken` differs from by case alone; it is added there."""
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", code).strip("-")[:40] or otherwise
    if _DEVICE.fullmatch(plain):
        plain = f"{otherwise}-{plain}"
    name, number = plain, 2
    while name.casefold() in taken:
        name, number = f"{plain}-{number}", number + 1
    taken.add(name.casefold())
    return name


def read_everything(
    target: Target, its_system: System, aim: Aim, kinds: Iterable[str], progress: Progress
) -> dict[str, Listing]:
    """The listing of each kind with every field that can be read. The target's secrets are resolved."""
    paths = {kind: _readable(its_system.bindings[kind]) for kind in kinds}
    listings = read_listings(target, its_system, aim, paths, progress)
    lacking = {kind for kind, each in listings.items() if each.problem is not None and each.problem.code == "RC0601"}
    if lacking:  # the server has no resignations: everything else of its employees can be read
        without = {kind: [path for path in paths[kind] if not path.startswith("resigned.")] for kind in lacking}
        listings |= read_listings(target, its_system, aim, without, progress)
    return listings


def _readable(binding: Binding) -> Collection[str]:
    return sorted(binding.lengths.keys() - binding.write_only)
