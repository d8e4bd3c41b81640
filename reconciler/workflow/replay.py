"""What a plan looks at in place of targets and of the state: a snapshot."""

from collections.abc import Collection, Mapping
from pathlib import Path

import msgspec

from reconciler.config.load import load
from reconciler.config.secrets import Resolver
from reconciler.engine.diff import renames_of
from reconciler.engine.unique import space
from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, error, has_errors, warning
from reconciler.model.digest import digested
from reconciler.model.fields import Type, Value
from reconciler.model.kinds import KINDS
from reconciler.model.objects import Desired, Listing, Live, Object
from reconciler.model.project import Project, Target
from reconciler.model.secret import Digested, Secret, SecretReference
from reconciler.model.snapshot import Snapshot, TargetSnapshot
from reconciler.model.state import Memory
from reconciler.state.backend import StateError, new_state
from reconciler.state.key import key_id, load_key
from reconciler.systems.base import System
from reconciler.workflow.session import PlanSession


def open_replay(
    root: Path, variables: Mapping[str, str], environment: Mapping[str, str], snapshot: Snapshot
) -> tuple[PlanSession | None, list[Diagnostic]]:
    """As `open_session`, with what the snapshot remembers: the state's backend is not asked, and needs no
    credentials."""
    organisation, diagnostics = load(root, variables, environment)
    if organisation is None or has_errors(diagnostics):
        return None, diagnostics
    project = organisation.project
    try:
        key = load_key(Path(project.root), environment)
    except StateError as problem:
        return None, [*diagnostics, problem.diagnostic]
    state = snapshot.state if snapshot.state is not None and not unremembered(snapshot, project) else new_state()
    resolver = Resolver(Path(project.root), project.secrets, environment)
    return PlanSession(organisation, state, key, resolver), diagnostics


def unremembered(snapshot: Snapshot, project: Project) -> str:
    """Why nothing that the snapshot has is known to be ours, as a clause; "" where it is known. What is remembered goes
    by the names of targets, so under another name it is of another machine, and in another project of other files."""
    if snapshot.state is None:
        return "it remembers nothing, since an earlier version made it"
    if snapshot.project != project.name:
        return f"it is of the project {snapshot.project}"
    if len(snapshot.targets) == len(project.targets) == 1 and snapshot.targets.keys() != project.targets.keys():
        return f"it is of the target {next(iter(snapshot.targets))}"
    return ""


def shortfalls(session: PlanSession, snapshot: Snapshot) -> list[Diagnostic]:
    """What a plan on the snapshot can't know, said once for all targets."""
    found: list[Diagnostic] = []
    if why := unremembered(snapshot, session.organisation.project):
        found.append(
            warning(
                "RC0810",
                f"What earlier applies wrote is not known with this snapshot: {why}. So no object counts as ours: what "
                "has left the files is not deleted in this plan, and what differs counts as asked for by the files.",
            )
        )
    if key_of(session, snapshot) is None:
        which = "is not at hand" if session.key is None else "is not the one at hand"
        found.append(
            warning(
                "RC0810",
                f"The key of the snapshot's digests {which}. So masked values, and those that targets do not show, are "
                "not compared: whether they differ is not in this plan. With the key (RECONCILER_KEY, or "
                ".reconciler/key) they are, and it is known why a value differs.",
            )
        )
    return found


def part_of(snapshot: Snapshot, target: Target, targets: int) -> TargetSnapshot | Diagnostic:
    """What the snapshot has of a target: under its name, or under that of the only one where the project has only one,
    too."""
    only = next(iter(snapshot.targets)) if len(snapshot.targets) == targets == 1 else target.name
    name = target.name if target.name in snapshot.targets else only
    found = snapshot.targets.get(name)
    if found is None:
        return error("RC0602", f"The snapshot has nothing of {target.name}.", source=target.span)
    if found.system != target.system:
        detail = f"The snapshot has {name} as a target of the system {found.system}, and here it is {target.system}."
        return error("RC0602", detail, source=target.span)
    return found


def listings_of(
    part: TargetSnapshot, target: Target, its_system: System, paths: Mapping[str, Collection[str]]
) -> dict[str, Listing]:
    """The listings of the kinds of `paths`, as a reader gives them. What the snapshot has not is unknown."""
    found: dict[str, Listing] = {}
    for kind in (kind for kind in its_system.bindings if kind in paths):
        listing = part.listings.get(kind)
        if listing is None:
            detail = f"The snapshot does not have the {KINDS[kind].nouns} of {target.name}."
            listing = Listing(kind, {}, problem=error("RC0602", detail, source=target.span))
        elif its_system.fit is None:
            lives = {key: _with(live, paths[kind]) for key, live in listing.objects.items()}
            listing = msgspec.structs.replace(listing, objects=lives)
        found[kind] = listing
    return found


def _with(live: Live, paths: Collection[str]) -> Live:
    return msgspec.structs.replace(live, values={path: live.values[path] for path in live.values if path in paths})


def comparable(
    desired: Desired, listings: Mapping[str, Listing], memory: Memory, its_system: System, key: bytes | None
) -> tuple[Desired, list[Diagnostic]]:
    """What a target must hold, with digests in place of secrets, as the snapshot has them. `key` is that of the
    snapshot's; without it nothing masked is compared. Nor is a secret that can't be had, which a warning says."""
    objects: dict[str, Mapping[str, Object]] = {}
    passed: dict[str, int] = {}
    for kind, of_kind in desired.objects.items():
        listing = listings.get(kind, Listing(kind, {}))
        renamed = {new: old for old, new in renames_of(of_kind, listing, memory.entries.get(kind, {})).items()}
        changed: dict[str, Object] = {}
        for name, each in of_kind.items():
            masked = {path: value for path, value in each.values.items() if isinstance(value, Secret | SecretReference)}
            if not masked:
                continue
            address = Address(desired.target, kind, renamed.get(name, name))
            values: dict[str, Value] = dict(each.values)
            for path, value in masked.items():
                if isinstance(value, Secret) and key is not None:
                    values[path] = digest_of(key, address, path, value, its_system)
                elif address.key in listing.objects:
                    del values[path]
                    passed[kind] = passed.get(kind, 0) + (key is not None)
            changed[name] = msgspec.structs.replace(each, values=values)
        objects[kind] = {**of_kind, **changed} if changed else of_kind
    return msgspec.structs.replace(desired, objects=objects), [
        warning(
            "RC0810",
            f"{number:,} masked value{'' if number == 1 else 's'} of {KINDS[kind].nouns} on {desired.target} can't be "
            "compared with the snapshot: what the files refer to can't be had here. Whether they differ is not in this "
            "plan.",
        )
        for kind, number in passed.items()
        if number
    ]


def without_unread(desired: Desired, listings: Mapping[str, Listing], memory: Memory) -> Desired:
    """What a target must hold, but for the values that it does not show of what it has."""
    objects: dict[str, Mapping[str, Object]] = {}
    for kind, of_kind in desired.objects.items():
        listing = listings.get(kind, Listing(kind, {}))
        renamed = {new: old for old, new in renames_of(of_kind, listing, memory.entries.get(kind, {})).items()}
        changed: dict[str, Object] = {}
        for name, each in of_kind.items():
            live = listing.objects.get(renamed.get(name, name))
            if live is not None and not each.values.keys() <= live.values.keys():
                shown = {path: value for path, value in each.values.items() if path in live.values}
                changed[name] = msgspec.structs.replace(each, values=shown)
        objects[kind] = {**of_kind, **changed} if changed else of_kind
    return msgspec.structs.replace(desired, objects=objects)


def key_of(session: PlanSession, snapshot: Snapshot) -> bytes | None:
    """The project's key, if it is the snapshot's."""
    return session.key if session.key is not None and key_id(session.key) == snapshot.key_id else None


def digest_of(key: bytes, address: Address, path: str, secret: Secret, its_system: System) -> Digested:
    """The secret at a path of an object, as a snapshot has it."""
    field = KINDS[address.kind].paths().get(path)
    members = field is not None and field.type is Type.LIST
    once = path in its_system.bindings[address.kind].unique
    common = space(address.kind, path) if once else None
    return digested(key, address, path, secret, members=members, space=common)
