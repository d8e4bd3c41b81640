"""What files gave when they were last read, by the files' content: reading YAML is the slowest part of a plan."""

import contextlib
import functools
import hashlib
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import cast

import msgspec

from reconciler import __version__
from reconciler.model.diagnostic import Span
from reconciler.model.fields import Value
from reconciler.model.kinds import KINDS
from reconciler.model.objects import Object
from reconciler.model.secret import Secret, SecretReference
from reconciler.model.words import storable

FOLDER = ".reconciler/cache"
_FORMAT = 4  # of the entries, and of what reading makes of a file: it rises when either changes
_SECRET = 1  # the number of the extension that a Secret is kept as
_ENTRY = re.compile(r"[0-9a-f]{64}(\.[0-9]+)?")


_Stored = str | int | bool | tuple[str, ...] | SecretReference | msgspec.msgpack.Ext | None
"""A value as it is kept. An Ext is a Secret: a sensitive text that stands in the file itself, too."""


class _Row(msgspec.Struct, array_like=True, gc=False):
    """An Object. `file` is "" for the file itself."""

    kind: str
    key: str
    file: str
    line: int
    column: int
    values: dict[str, _Stored]
    prevent_delete: bool | None
    ignore: tuple[str, ...]
    on_remove: str | None
    was: str | None
    places: dict[str, tuple[int, int]] | None  # lines and columns; in the file of the object


class Entry(msgspec.Struct, array_like=True):
    """What one file gave. `tables` are the CSV files that it took rows from, with the digests of their content."""

    objects: list[_Row]
    tables: dict[str, str]


def entry_name(file: str, digest: str, variables: Mapping[str, str], tables: Iterable[str]) -> str:
    """The name under which a file's entry is kept: of all that its objects depend on, but CSV files.
    `variables` are those that it may use, `tables` the project's tables of secrets."""
    used = (sorted(variables.items()), sorted(tables))
    parts = (_FORMAT, __version__, _declarations(), storable(file), digest, *used)
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()


@functools.cache
def _declarations() -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(list(KINDS.values())))


def read_entry(root: Path, file: str, name: str) -> tuple[list[Object], dict[str, str]] | None:
    """The objects, and the CSV files with their digests; None when there is no entry, or one that is damaged."""
    try:
        data = (root / FOLDER / name).read_bytes()
        if hashlib.sha256(data[32:]).digest() != data[:32]:
            return None
        entry = msgspec.msgpack.decode(data[32:], type=Entry, dec_hook=_secret)
    except (OSError, msgspec.MsgspecError):
        return None
    masked = _masked_paths()
    return [_object(file, row, masked[row.kind]) for row in entry.objects], entry.tables


def write_entry(root: Path, file: str, name: str, objects: Iterable[Object], tables: dict[str, str]) -> None:
    """Keeps what a file gave. A folder that can't be written is no error: the next run reads the file again."""
    entry = Entry([_row(file, each) for each in objects], tables)
    data = msgspec.msgpack.encode(entry, enc_hook=_extension)
    folder = root / FOLDER
    partial = folder / f"{name}.{os.getpid()}"
    with contextlib.suppress(OSError):
        _make_folder(folder)
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(hashlib.sha256(data).digest())
            stream.write(data)
        partial.replace(folder / name)


def keep_only(root: Path, names: Iterable[str]) -> None:
    """Removes the entries that this run did not use."""
    kept = set(names)
    with contextlib.suppress(OSError):
        for path in sorted((root / FOLDER).iterdir()):
            if path.name not in kept and _ENTRY.fullmatch(path.name):
                path.unlink()


def _make_folder(folder: Path) -> None:
    for each in (folder.parent, folder):
        if not each.is_dir():
            each.mkdir(mode=0o700)


@functools.cache
def _masked_paths() -> dict[str, tuple[str, ...]]:
    """By kind, the paths whose values may be masked."""
    return {
        kind.name: tuple(path for path, field in sorted(kind.paths().items()) if field.masked)
        for kind in KINDS.values()
    }


def _extension(value: object) -> msgspec.msgpack.Ext:
    if not isinstance(value, Secret):
        raise TypeError(f"a {type(value).__name__} is no value of an object")
    return msgspec.msgpack.Ext(_SECRET, value.reveal().encode())


def _secret(_type: type, stored: object) -> Secret:
    """The Secret that _extension kept. Raises ValueError, which the decoder turns into a ValidationError."""
    if not isinstance(stored, msgspec.msgpack.Ext):
        raise ValueError("a Secret is kept as an extension")
    return Secret(bytes(stored.data).decode())


def _row(file: str, obj: Object) -> _Row:
    span = obj.span
    return _Row(
        obj.kind,
        obj.key,
        "" if span.file == file else span.file,
        span.line,
        span.column,
        cast("dict[str, _Stored]", obj.values),  # _extension sees to the Secrets
        obj.prevent_delete,
        obj.ignore,
        obj.on_remove,
        obj.was,
        None if obj.places is None else {name: (at.line, at.column) for name, at in obj.places.items()},
    )


def _object(file: str, row: _Row, masked: tuple[str, ...]) -> Object:
    values = cast("dict[str, Value]", row.values)
    for path in masked:
        stored = row.values.get(path)
        if isinstance(stored, msgspec.msgpack.Ext):
            values[path] = _secret(Secret, stored)
    source = row.file or file
    return Object(
        kind=row.kind,
        key=row.key,
        values=values,
        span=Span(source, row.line, row.column),
        prevent_delete=row.prevent_delete,
        ignore=row.ignore,
        on_remove=row.on_remove,
        was=row.was,
        places=None if row.places is None else {name: Span(source, *at) for name, at in row.places.items()},
    )
