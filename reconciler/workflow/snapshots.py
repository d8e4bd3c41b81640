"""Snapshots: all that targets have at one moment."""

from collections.abc import Callable, Container, Iterable, Mapping

import msgspec

from reconciler.config.secrets import resolve_target
from reconciler.engine.plan import kinds_needed
from reconciler.engine.project import managed_kinds
from reconciler.engine.snapshots import Objects
from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, Span
from reconciler.model.digest import digested
from reconciler.model.fields import Value
from reconciler.model.objects import Listing, Live, Organisation
from reconciler.model.project import Project, Target
from reconciler.model.secret import Digested, Secret
from reconciler.model.snapshot import Snapshot, TargetSnapshot
from reconciler.model.state import State
from reconciler.state.key import key_id
from reconciler.systems.base import Aim, System
from reconciler.systems.registry import system
from reconciler.workflow.aims import aims
from reconciler.workflow.exporting import read_everything
from reconciler.workflow.planning import Progress, all_of
from reconciler.workflow.pools import open_pools
from reconciler.workflow.replay import digest_of
from reconciler.workflow.session import Session

_NOWHERE = Address("", "", "")


def take(
    session: Session, names: Iterable[str], key: bytes, today: str, progress: Progress
) -> tuple[Snapshot, list[Diagnostic]]:
    """What the named targets have, with digests made by `key` in place of secrets, and what is remembered of them; and
    what could not be read, which is not in the snapshot. `today` is an ISO date."""
    project = session.organisation.project
    aim_of = aims(session, today)
    with open_pools(project, waits=False) as pools:
        read = all_of(
            pools.of(target).submit(_read, session, target, aim_of, progress)
            for target in (project.targets[name] for name in names)
        )
    targets: dict[str, TargetSnapshot] = {}
    problems: list[Diagnostic] = []
    for target, listings, missing in read:
        problems += [*missing, *(each.problem for each in listings.values() if each.problem is not None)]
        whole = {kind: each for kind, each in listings.items() if each.problem is None}
        if whole:
            kept = _without_secrets(target, system(target.system), whole, key)
            targets[target.name] = TargetSnapshot(target.system, target.url, kept)
    return Snapshot(project.name, key_id(key), targets, _about(session.state, targets)), list(dict.fromkeys(problems))


def _about(state: State, targets: Container[str]) -> State:
    """The part of the state that is about these targets."""
    return msgspec.structs.replace(
        state,
        entries={text: each for text, each in state.entries.items() if text.partition("/")[0] in targets},
        pending={text: each for text, each in state.pending.items() if text.partition("/")[0] in targets},
        notes={name: each for name, each in state.notes.items() if name in targets},
    )


def _read(
    session: Session, target: Target, aim_of: Callable[[Target], Aim], progress: Progress
) -> tuple[Target, Mapping[str, Listing], list[Diagnostic]]:
    resolved, missing = resolve_target(target, session.resolver)
    if missing:
        return target, {}, missing
    its_system = system(target.system)
    aim = msgspec.structs.replace(aim_of(target), everything=True)
    needed = kinds_needed(aim.desired, target, its_system, aim.memory) if aim.desired is not None else ()
    kinds = [*managed_kinds(target, its_system), *sorted(needed)]
    return target, read_everything(resolved, its_system, aim, kinds, progress), []


def _without_secrets(
    target: Target, its_system: System, listings: Mapping[str, Listing], key: bytes
) -> Mapping[str, Listing]:
    """The listings with digests. A secret that a system keeps beside the objects is the value of a setting, too."""
    known: dict[Secret, Digested] = {}
    lives: dict[str, dict[str, Live]] = {}
    for kind, listing in listings.items():
        lives[kind] = dict(listing.objects)
        for name, live in listing.objects.items():
            address = Address(target.name, kind, name)
            secrets = {path: value for path, value in live.values.items() if isinstance(value, Secret)}
            masked = {path: digest_of(key, address, path, value, its_system) for path, value in secrets.items()}
            if masked:
                lives[kind][name] = msgspec.structs.replace(live, values={**live.values, **masked})
            if kind == "settings":
                known |= {value: masked[path] for path, value in secrets.items()}
    return {
        kind: msgspec.structs.replace(each, objects=lives[kind], raw=_hidden(each.raw, known, key))
        for kind, each in listings.items()
    }


def _hidden(raw: object, known: Mapping[Secret, Digested], key: bytes) -> object:
    """What a system keeps, with digests; a secret that is empty stays so."""
    if isinstance(raw, Secret):
        unrelated = digested(key, _NOWHERE, "", raw, members=False, space=None)
        return known.get(raw, unrelated) if raw.reveal() else Digested("", "")
    if not isinstance(raw, msgspec.Struct):
        return raw
    return msgspec.structs.replace(
        raw, **{name: _hidden(getattr(raw, name), known, key) for name in raw.__struct_fields__}
    )


def shown(snapshot: Snapshot) -> dict[str, Objects]:
    """What the targets of a snapshot had, in the words of the files, for comparing it with another."""
    return {name: _shown(name, part) for name, part in snapshot.targets.items()}


def _shown(name: str, part: TargetSnapshot) -> Objects:
    objects: dict[str, Mapping[str, Live]] = {kind: each.objects for kind, each in part.listings.items()}
    its_system = system(part.system)
    if not its_system.fleet or its_system.exported is None:
        return objects
    target = Target(name=name, system=part.system, url=part.url, span=Span("", 0, 0))
    nothing = Organisation(Project(name="", root="", targets={}), {}, "")
    found = {
        each.listing.kind: each.listing.objects for each in its_system.exported(target, Aim(), nothing, part.listings)
    }
    weeks = {level: live.values.get("week") for level, live in found["access_level"].items()}
    for kind in ("shift", "department", "employee"):
        if kind in objects:
            objects[kind] = {key: _worded(live, weeks) for key, live in found[kind].items()}
    return objects


def _worded(live: Live, weeks: Mapping[str, Value]) -> Live:
    """An object of a terminal. When somebody may pass stands in place of the level, whose name is made up."""
    values = {path: value for path, value in live.values.items() if path != "areas"}
    levels = values.get("access_levels")
    if isinstance(levels, tuple):
        times = [weeks.get(level) for level in levels]
        values["access_levels"] = tuple(text for each in times if isinstance(each, tuple) for text in each)
    return msgspec.structs.replace(live, values=values)
