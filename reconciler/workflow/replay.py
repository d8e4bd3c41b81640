"""What a plan looks at in place of targets: a snapshot."""

from collections.abc import Collection, Mapping

import msgspec

from reconciler.engine.diff import renames_of
from reconciler.engine.unique import space
from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, error, warning
from reconciler.model.digest import digested
from reconciler.model.fields import Type, Value
from reconciler.model.kinds import KINDS
from reconciler.model.objects import Desired, Listing, Live, Object
from reconciler.model.project import Target
from reconciler.model.secret import Digested, Secret, SecretReference
from reconciler.model.snapshot import Snapshot, TargetSnapshot
from reconciler.model.state import Memory
from reconciler.state.key import key_id
from reconciler.systems.base import System
from reconciler.workflow.session import Session


def part_of(snapshot: Snapshot, target: Target, targets: int) -> tuple[str, TargetSnapshot] | Diagnostic:
    """What the snapshot has of a target, and under which name: its own, or that of the only one where the project has
    only one, too."""
    only = next(iter(snapshot.targets)) if len(snapshot.targets) == targets == 1 else target.name
    name = target.name if target.name in snapshot.targets else only
    found = snapshot.targets.get(name)
    if found is None:
        return error("RC0602", f"The snapshot has nothing of {target.name}.", source=target.span)
    if found.system != target.system:
        detail = f"The snapshot has {name} as a target of the system {found.system}, and here it is {target.system}."
        return error("RC0602", detail, source=target.span)
    return name, found


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
    snapshot's; without it, and of a secret that can't be had, nothing is compared, which a warning says."""
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
                    passed[kind] = passed.get(kind, 0) + 1
            changed[name] = msgspec.structs.replace(each, values=values)
        objects[kind] = {**of_kind, **changed} if changed else of_kind
    return msgspec.structs.replace(desired, objects=objects), _not_compared(desired.target, passed, key)


def _not_compared(target: str, passed: Mapping[str, int], key: bytes | None) -> list[Diagnostic]:
    why = "they can't be had here" if key is not None else "the key of its digests is not at hand"
    return [
        warning(
            "RC0810",
            f"{number:,} masked value{'' if number == 1 else 's'} of {KINDS[kind].nouns} on {target} can't be compared "
            f"with the snapshot: {why}. Whether they differ is not in this plan.",
        )
        for kind, number in passed.items()
    ]


def key_of(session: Session, snapshot: Snapshot) -> bytes | None:
    """The project's key, if it is the snapshot's."""
    return session.key if session.key is not None and key_id(session.key) == snapshot.key_id else None


def digest_of(key: bytes, address: Address, path: str, secret: Secret, its_system: System) -> Digested:
    """The secret at a path of an object, as a snapshot has it."""
    field = KINDS[address.kind].paths().get(path)
    members = field is not None and field.type is Type.LIST
    once = path in its_system.bindings[address.kind].unique
    common = space(address.kind, path) if once else None
    return digested(key, address, path, secret, members=members, space=common)
