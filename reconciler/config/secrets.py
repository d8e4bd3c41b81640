"""Resolving secrets: the one place where references become Secrets, as late as possible and once a run."""

import csv
import io
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from threading import Lock
from typing import TypeVar

import msgspec

from reconciler.config.files import inside
from reconciler.config.photos import photo_digest
from reconciler.config.tables import separator
from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, error
from reconciler.model.fields import Field, Type, members
from reconciler.model.kinds import KINDS
from reconciler.model.objects import Desired, Object
from reconciler.model.project import Target
from reconciler.model.secret import Secret, SecretReference, joined
from reconciler.model.words import storable

TIME_LIMIT = 60.0  # seconds, of a command


_Key = TypeVar("_Key")
_Found = TypeVar("_Found")


class _Unavailable(Exception):
    """A secret can't be had; `detail` says why and never quotes what was read."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class Resolver:
    """Has secrets from the environment, files, commands and tables, each read or run once. Threads may share it.

    `root` is where relative files are sought and commands run; `tables` are the project's secret tables.
    """

    def __init__(self, root: Path, tables: Mapping[str, SecretReference], environment: Mapping[str, str]) -> None:
        self._root = root
        self._tables = tables
        self._environment = environment
        self._lock = Lock()
        self._texts: dict[tuple[str, tuple[str, ...]], str | _Unavailable] = {}
        self._rows: dict[str, dict[str, str] | _Unavailable] = {}
        self._photos: dict[str, str | _Unavailable] = {}

    def resolve(self, reference: SecretReference, key: str | None) -> tuple[Secret | None, Diagnostic | None]:
        """The secret, or RC0406 at the reference's place. `key` is the object's, for a table whose reference names none
        itself; None where there is no object. Only a table's cell can be empty."""
        try:
            with self._lock:
                if reference.source == "table":
                    name, *own = reference.argument
                    return Secret(self._cell(name, own[0] if own else key)), None
                return Secret(self._text(reference)), None
        except _Unavailable as problem:
            return None, error("RC0406", problem.detail, source=reference.span)

    def photo(self, reference: SecretReference) -> tuple[Secret | None, Diagnostic | None]:
        """The same of a picture in the project: the SHA-256 of its content, with its absolute path."""
        name = reference.argument[0]
        try:
            with self._lock:
                digest = _once(self._photos, name, lambda: _from_photo(name, self._root))
                return Secret(digest, str(inside(self._root, name))), None
        except _Unavailable as problem:
            return None, error("RC0406", problem.detail, source=reference.span)

    def _text(self, reference: SecretReference) -> str:
        where = (reference.source, reference.argument)
        return _once(self._texts, where, lambda: _read(reference, self._root, self._environment))

    def _cell(self, name: str, key: str | None) -> str:
        if key is None:
            raise _Unavailable("A table holds a secret per object, and this is none: write env, file or command.")
        if name not in self._tables:
            near = get_close_matches(name, sorted(self._tables), n=1)
            hint = f' Did you mean "{near[0]}"?' if near else ""
            raise _Unavailable(
                f'There is no table of secrets "{name}".{hint} Tables are declared under "secrets" in the project file.'
            )
        rows = _once(self._rows, name, lambda: _rows(self._text(self._tables[name]), name))
        if key not in rows:
            raise _Unavailable(f'The table of secrets "{name}" has no row for the key "{key}".')
        return rows[key]


def resolve_target(target: Target, resolver: Resolver) -> tuple[Target, list[Diagnostic]]:
    """The target with its password and its token. What can't be had stays a reference and has a diagnostic."""
    resolved: dict[str, Secret] = {}
    diagnostics = []
    for name, reference in (("password", target.auth.password), ("token", target.auth.token)):
        if isinstance(reference, SecretReference):
            secret, problem = resolver.resolve(reference, None)
            if problem is not None:
                diagnostics.append(problem)
            elif secret is not None:
                resolved[name] = secret
    if not resolved:
        return target, diagnostics
    return msgspec.structs.replace(target, auth=msgspec.structs.replace(target.auth, **resolved)), diagnostics


def resolve_desired(desired: Desired, resolver: Resolver) -> tuple[Desired, list[Diagnostic]]:
    """The objects with their secrets. What can't be had, or is too long for its field, stays a reference and has a
    diagnostic with the object's address. An empty cell of a table clears, like one of any table."""
    diagnostics: list[Diagnostic] = []
    objects = dict(desired.objects)
    for kind, of_kind in desired.objects.items():
        fields = KINDS[kind].paths()
        masked = [(path, field) for path, field in fields.items() if field.masked]
        rows = [(path, field) for path, field in fields.items() if field.type is Type.ROWS]
        resolved: dict[str, Object] = {}
        for key, each in of_kind.items():
            for path, field in [*masked, *_masked_in_rows(each, rows)]:
                reference = each.values.get(path)
                if isinstance(reference, SecretReference):
                    value, problems = _canonical(reference, key, field, resolver)
                    if not problems:
                        before = resolved.get(key, each)
                        resolved[key] = msgspec.structs.replace(before, values={**before.values, path: value})
                    address = str(Address(desired.target, kind, key))
                    diagnostics += [msgspec.structs.replace(problem, address=address) for problem in problems]
        if resolved:
            objects[kind] = {**of_kind, **resolved}
    return msgspec.structs.replace(desired, objects=objects), diagnostics


def _masked_in_rows(obj: Object, rows: Sequence[tuple[str, Field]]) -> Iterator[tuple[str, Field]]:
    """The masked fields of an object's rows, by path."""
    for path, field in rows:
        for key in members(field, obj.values.get(path)):
            yield from ((f"{path}.{key}.{inner.name}", inner) for inner in field.fields if inner.masked)


def _canonical(
    reference: SecretReference, key: str, field: Field, resolver: Resolver
) -> tuple[Secret | None, list[Diagnostic]]:
    """A field's secret as canonical value: trimmed, "" is None; and all that is wrong with it."""
    if reference.source == "list":
        found = [_canonical(each, key, field, resolver) for each in reference.members]
        known = [reference.given, *(secret for secret, _ in found)]
        texts = [text for secret in known if secret is not None for text in secret.reveal().split(",")]
        return joined(texts), [problem for _, problems in found for problem in problems]
    secret, problem = resolver.photo(reference) if field.type is Type.PHOTO else resolver.resolve(reference, key)
    if secret is None:
        return None, [problem] if problem is not None else []
    text = secret.reveal().strip()
    if field.length is not None and len(text) > field.length:
        detail = f"The secret for {field.name} has {len(text)} characters, and at most {field.length} are possible."
        return None, [error("RC0204", detail, source=reference.span)]
    if field.type is Type.LIST and "," in text:
        detail = f"The secret for a member of {field.name} has a comma in it. Keep each member as a secret of its own."
        return None, [error("RC0206", detail, source=reference.span)]
    return Secret(text, secret.path) if text else None, []


def _read(reference: SecretReference, root: Path, environment: Mapping[str, str]) -> str:
    match reference.source:
        case "env":
            return _from_environment(reference.argument[0], environment)
        case "file":
            return _from_file(reference.argument[0], root)
        case "command":
            return _from_command(reference.argument, root, environment)
        case _:
            raise _Unavailable("A table of secrets can't stand in another table: write env, file or command.")


def _from_environment(name: str, environment: Mapping[str, str]) -> str:
    text = environment.get(name)
    if text is None:
        raise _Unavailable(f"The environment variable {name} is not set. Set it where this command runs.")
    if not text.strip():
        raise _Unavailable(f"The environment variable {name} is empty.")
    if storable(text) != text:
        raise _Unavailable(f"What the environment variable {name} holds is not UTF-8 text.")
    return text


def _from_file(name: str, root: Path) -> str:
    try:
        data = (root / name).read_bytes()
    except OSError as failure:
        why = (failure.strerror or "the system does not say why").lower()
        raise _Unavailable(f"The secret's file \"{name}\" can't be read: {why}.") from None
    except ValueError:
        raise _Unavailable("The secret's file can't be read: its name holds a NUL.") from None
    return _decoded(data, f'The secret\'s file "{name}"')


def _from_photo(name: str, root: Path) -> str:
    path = inside(root, name)
    if path is None:
        raise _Unavailable(f'The photo "{name}" is outside of the project.')
    try:
        return photo_digest(path)
    except OSError as failure:
        why = (failure.strerror or "the system does not say why").lower()
        raise _Unavailable(f'The photo "{name}" can\'t be read: {why}.') from None


def _from_command(arguments: tuple[str, ...], root: Path, environment: Mapping[str, str]) -> str:
    """Raises _Unavailable. Only the program is named: arguments may be secret themselves."""
    program = arguments[0]
    try:
        run = subprocess.run(  # noqa: S603  the files' author chose the command; there is no shell
            arguments,
            cwd=root,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIME_LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _Unavailable(f'The command "{program}" gave no secret within {TIME_LIMIT:g} seconds.') from None
    except OSError as failure:
        why = (failure.strerror or "the system does not say why").lower()
        raise _Unavailable(f'The command "{program}" can\'t be run: {why}.') from None
    except ValueError:
        raise _Unavailable("The command can't be run: its program or an argument holds a NUL.") from None
    if run.returncode != 0:
        raise _Unavailable(f'The command "{program}" ended with status {run.returncode}{_complaint(run.stderr)}.')
    return _decoded(run.stdout, f'What the command "{program}" wrote')


def _complaint(stderr: bytes) -> str:
    """The first line of what a command complained, for the end of a sentence: more of it may quote what it read."""
    lines = stderr.decode(errors="replace").strip().splitlines()
    line = "".join(each for each in lines[0] if each.isprintable())[:200].rstrip(" .") if lines else ""
    return f": {line}" if line else " and said nothing"


def _decoded(data: bytes, what: str) -> str:
    """The text without the newline at its end. Raises _Unavailable."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _Unavailable(f"{what} is not UTF-8 text.") from None
    text = text.removesuffix("\n").removesuffix("\r")
    if not text.strip():
        raise _Unavailable(f"{what} is empty.")
    return text


def _rows(text: str, table: str) -> dict[str, str]:
    """The values by key. Raises _Unavailable, with line numbers and never with what stands there."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator(text), strict=True)
    rows: dict[str, str] = {}
    try:
        header = [name.strip() for name in next(reader, [])]
        if sorted(header) != ["key", "value"]:
            raise _Unavailable(f'The table of secrets "{table}" must have a first line with the columns key and value.')
        for cells in reader:
            if not cells:
                continue
            if len(cells) != 2:
                raise _Unavailable(f'Line {reader.line_num} of the table of secrets "{table}" has not two cells.')
            key = cells[header.index("key")].strip()
            if key in rows:
                raise _Unavailable(f'Line {reader.line_num} of the table of secrets "{table}" repeats a key.')
            rows[key] = cells[header.index("value")]
    except csv.Error:
        raise _Unavailable(f'Line {reader.line_num} of the table of secrets "{table}" is not valid CSV.') from None
    return rows


def _once(cache: dict[_Key, _Found | _Unavailable], key: _Key, make: Callable[[], _Found]) -> _Found:
    """What `make` gave the first time, failures included."""
    if key not in cache:
        try:
            cache[key] = make()
        except _Unavailable as problem:
            cache[key] = problem
    found = cache[key]
    if isinstance(found, _Unavailable):
        raise _Unavailable(found.detail)
    return found
