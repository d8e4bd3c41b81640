"""Reading all that a target has, for export."""

import re
from collections.abc import Collection, Iterable, Iterator

import msgspec

from reconciler.config.secrets import resolve_target
from reconciler.model.address import Address, matches
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.kinds import KINDS
from reconciler.model.objects import Listing, Live
from reconciler.model.project import Target
from reconciler.systems.base import Aim, Binding, Exported, System
from reconciler.systems.registry import system
from reconciler.workflow.aims import aims
from reconciler.workflow.planning import Progress, read_listings
from reconciler.workflow.session import Session

MANY = 1_000
"""More employees than this stand in a file for each department."""


def read_all(session: Session, name: str, today: str, progress: Progress) -> tuple[list[Exported], list[Diagnostic]]:
    """Every kind of the target with every field that it has, and the problems met. `today` is an ISO date."""
    target, missing = resolve_target(session.organisation.project.targets[name], session.resolver)
    if missing:
        return [], missing
    its_system = system(target.system)
    aim = Aim(everything=True)
    if its_system.exported is not None:
        aim = msgspec.structs.replace(aims(session, today)(target), everything=True)
    kinds = [kind for kind in its_system.bindings if not target.manages or kind in target.manages]
    listings = read_everything(target, its_system, aim, kinds, progress)
    in_order = [listings[kind] for kind in KINDS if kind in listings]
    problems = [each.problem for each in in_order if each.problem is not None]
    if problems or its_system.exported is None:
        return [Exported(listing) for listing in in_order], problems
    return list(its_system.exported(target, aim, session.organisation, listings)), []


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
            kept.append(msgspec.structs.replace(each, listing=msgspec.structs.replace(each.listing, objects=objects)))
    return kept


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


def divided(each: Exported) -> Iterator[tuple[str, Exported]]:
    """The files that it stands in, by their names without a suffix: one, and one per department of very many employees.
    What is told of all stands above the first."""
    plural = KINDS[each.listing.kind].plural
    if each.listing.kind != "employee" or len(each.listing.objects) <= MANY:
        if each.listing.objects:
            yield plural, each
        return
    by_department: dict[str, dict[str, Live]] = {}
    for key, live in each.listing.objects.items():
        by_department.setdefault(str(live.values.get("department") or ""), {})[key] = live
    taken: set[str] = set()
    notes = each.notes
    for department, objects in sorted(by_department.items()):
        listing = msgspec.structs.replace(each.listing, objects=objects)
        yield f"{plural}/{_file_name(department, taken)}", msgspec.structs.replace(each, listing=listing, notes=notes)
        notes = ()


def _file_name(department: str, taken: set[str]) -> str:
    """A name that every file system takes, and that none of `taken` differs from by case alone; it is added there."""
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", department).strip("-")[:40] or "department"
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
