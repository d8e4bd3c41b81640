"""Snapshots as files: JSON in which the same targets, remembered alike, have the same bytes. What secrets it has are
digests."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from reconciler.model.address import parse_address
from reconciler.model.diagnostic import Diagnostic, error
from reconciler.model.fields import Value
from reconciler.model.objects import Listing, Live
from reconciler.model.secret import Digested, Secret
from reconciler.model.snapshot import Snapshot, TargetSnapshot
from reconciler.model.state import State
from reconciler.systems.base import System
from reconciler.systems.registry import NAMES, system

FORMAT = 2
"""A program reads its own format and every earlier one. 1 has no state."""


class SnapshotError(Exception):
    """A snapshot can't be read. `diagnostic` says why."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.detail)
        self.diagnostic = diagnostic


class _Secret(msgspec.Struct, frozen=True):
    digest: str
    applied: str


class _Live(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    key: str
    id: int | str
    values: dict[str, str | int | bool | tuple[str, ...] | _Secret | None]
    builtin: bool = False


class _Listing(msgspec.Struct, frozen=True, omit_defaults=True):
    objects: tuple[_Live, ...]
    duplicates: tuple[str, ...] = ()
    raw: msgspec.Raw = msgspec.Raw(b"null")


class _Target(msgspec.Struct, frozen=True):
    system: str
    url: str
    listings: dict[str, _Listing]


class _Own(msgspec.Struct, frozen=True):
    format: int


class _Probe(msgspec.Struct, frozen=True):
    reconciler_snapshot: _Own


class _File(msgspec.Struct, frozen=True):
    reconciler_snapshot: _Own
    project: str
    key_id: str
    targets: dict[str, _Target]
    state: State | None = None


def encode_snapshot(snapshot: Snapshot) -> bytes:
    """The file's content, which `decode_snapshot` makes the snapshot of again."""
    targets = {
        name: _Target(each.system, each.url, {kind: _listing(each.listings[kind]) for kind in sorted(each.listings)})
        for name, each in sorted(snapshot.targets.items())
    }
    file = _File(_Own(FORMAT), snapshot.project, snapshot.key_id, targets, snapshot.state)
    return msgspec.json.encode(file, order="deterministic") + b"\n"


def _listing(listing: Listing) -> _Listing:
    lives = tuple(_live(listing.objects[key]) for key in sorted(listing.objects))
    raw = msgspec.json.encode(listing.raw, enc_hook=_hidden, order="deterministic")
    return _Listing(lives, tuple(sorted(listing.duplicates)), msgspec.Raw(raw))


def _live(live: Live) -> _Live:
    values = {path: _plain(value) for path, value in sorted(live.values.items())}
    return _Live(live.key, live.id, values, live.builtin)


def _plain(value: Value) -> str | int | bool | tuple[str, ...] | _Secret | None:
    if value is None or isinstance(value, str | int | tuple):
        return value
    return _hidden(value)


def _hidden(value: object) -> _Secret:
    """Raises TypeError for a secret as it is: that is in no file."""
    if not isinstance(value, Digested):
        raise TypeError(f"{type(value).__name__} can't stand in a snapshot")
    return _Secret(value.reveal(), value.applied)


def read_snapshot(name: str) -> Snapshot:
    """The snapshot in the file `name`. Raises SnapshotError."""
    try:
        return decode_snapshot(Path(name).read_bytes(), name)
    except OSError as problem:
        why = (problem.strerror or type(problem).__name__).lower()
        raise SnapshotError(error("RC0809", f"{name} can't be read: {why}.")) from None


def decode_snapshot(data: bytes, where: str) -> Snapshot:
    """The snapshot. Raises SnapshotError (RC0809), which names the file as `where`."""
    try:
        found = msgspec.json.decode(data, type=_Probe).reconciler_snapshot.format
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise _unusable(where, "is not what `reconciler snapshot --out` writes, or it was cut short") from None
    if found > FORMAT:
        raise _unusable(where, f"has the format {found}, and this version reads up to {FORMAT}: use the newer one")
    try:
        file = msgspec.json.decode(data, type=_File)
        targets = {name: _target(each) for name, each in file.targets.items()}
        if file.state is not None:
            for text in (*file.state.entries, *file.state.pending):
                parse_address(text)
    except (msgspec.ValidationError, ValueError) as problem:
        raise _unusable(where, f"is damaged ({problem})") from None
    return Snapshot(file.project, file.key_id, targets, file.state)


def _target(each: _Target) -> TargetSnapshot:
    """Raises ValueError for what is of no system."""
    if each.system not in NAMES:
        raise ValueError(f"{each.system} is no system")
    its_system = system(each.system)
    listings: Mapping[str, Listing] = {kind: _read(kind, found, its_system) for kind, found in each.listings.items()}
    return TargetSnapshot(each.system, each.url, listings)


def _read(kind: str, found: _Listing, its_system: System) -> Listing:
    if kind not in its_system.bindings:
        raise ValueError(f"{its_system.name} has no {kind}")
    lives = {each.key: Live(each.key, each.id, _values(each), each.builtin) for each in found.objects}
    raw = None
    if kind in its_system.raws:
        raw = msgspec.json.decode(found.raw, type=its_system.raws[kind] | None, dec_hook=_digested)
    return Listing(kind, lives, frozenset(found.duplicates), raw=raw)


def _values(live: _Live) -> dict[str, Value]:
    return {
        path: Digested(value.digest, value.applied) if isinstance(value, _Secret) else value
        for path, value in live.values.items()
    }


def _digested(expected: type, value: object) -> object:
    if expected is not Secret:
        raise TypeError(f"{expected.__name__} can't stand in a snapshot")
    read = msgspec.convert(value, _Secret)
    return Digested(read.digest, read.applied)


def _unusable(where: str, why: str) -> SnapshotError:
    return SnapshotError(error("RC0809", f"{where} {why}. Make a new one with `reconciler snapshot --out`."))
