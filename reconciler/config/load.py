"""A project's files to an Organisation."""

import gc
import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from reconciler.config import cache, references
from reconciler.config.devices import devices_of
from reconciler.config.expressions import Expressions
from reconciler.config.files import PROJECT_FILE, content_digest, read_inside, resource_files
from reconciler.config.objects import Shape, shape_of
from reconciler.config.project import UNKNOWN_NAME, ProjectFile, read_project
from reconciler.config.resources import read_resources
from reconciler.config.tree import LOSSES
from reconciler.config.values import Reading
from reconciler.model.diagnostic import Diagnostic, Span, error, has_errors, in_order
from reconciler.model.kinds import KINDS, LISTS
from reconciler.model.objects import Object, Organisation
from reconciler.model.project import Project
from reconciler.model.words import storable


def load(
    root: Path, variables: Mapping[str, str], environment: Mapping[str, str]
) -> tuple[Organisation | None, list[Diagnostic]]:
    """The organisation that the files below `root` describe, and everything that is wrong with them, in order.

    `variables` are those given for this run, by name. The organisation is None when the project file can't be used;
    with errors in other files it lacks what could not be read. Nothing that a user wrote raises.
    """
    collecting = gc.isenabled()
    gc.disable()  # reading makes millions of objects and no rings of them
    try:
        organisation, found = _load(root, variables, environment)
        return organisation, in_order(found)
    finally:
        if collecting:
            gc.enable()


def load_project(
    root: Path, variables: Mapping[str, str], environment: Mapping[str, str]
) -> tuple[Project | None, list[Diagnostic]]:
    """The project file alone, for what asks nothing of the resource files; None when it can't be used."""
    data = read_inside(root, PROJECT_FILE)
    if isinstance(data, str):
        return None, [_no_project(root, data)]
    file, found = read_project(root, data, variables, environment)
    return file.project, in_order(found)


def named_files(root: Path, variables: Mapping[str, str], environment: Mapping[str, str]) -> list[str]:
    """The resource files that the project file names and that are there."""
    data = read_inside(root, PROJECT_FILE)
    if isinstance(data, str):
        return []
    file, _ = read_project(root, data, variables, environment)
    return resource_files(root, file.globs)[0]


class _Files(msgspec.Struct):
    """What reading the resource files gives. `digests` are of their content, CSV files too, by name; `used` the cache's
    entries; `lost` the kinds of which something is missing; `faulty` the files with errors."""

    objects: list[Object] = []
    digests: dict[str, str] = {}
    used: list[str] = []
    lost: set[str] = set()
    faulty: set[str] = set()
    found: list[Diagnostic] = []


def _load(
    root: Path, variables: Mapping[str, str], environment: Mapping[str, str]
) -> tuple[Organisation | None, list[Diagnostic]]:
    data = read_inside(root, PROJECT_FILE)
    if isinstance(data, str):
        return None, [_no_project(root, data)]
    file, found = read_project(root, data, variables, environment)
    if not file.usable:
        return None, found
    names, missing = resource_files(root, file.globs)
    read = _read_files(root, file, names)
    found += missing + [each for each in read.found if file.judges_names or each.code != UNKNOWN_NAME]
    by_kind, twice = references.index(read.objects)
    lost = set(KINDS) if any(each.code in LOSSES for each in found) else read.lost
    found += twice + references.check(root, by_kind, file.selected, lost)
    devices, own, wrong = devices_of(root, file.servers, file.devices, by_kind, read.faulty)
    found += wrong
    if file.start is not None and not by_kind["device"] and "device" not in lost:
        found.append(_no_targets(file.start))
    if file.project is None:
        return None, found
    project = msgspec.structs.replace(file.project, targets={**file.project.targets, **devices})
    read.digests[PROJECT_FILE] = content_digest(data)
    return Organisation(project, by_kind, _digest(read.digests, file.variables), own), found


def _no_targets(start: Span) -> Diagnostic:
    detail = (
        'There is nothing to manage: "targets", the servers by name, is missing, and no resource file has devices. '
        "Write at least one of these."
    )
    return error("RC0202", detail, source=start)


def _no_project(root: Path, why: str) -> Diagnostic:
    detail = (
        f"{PROJECT_FILE} can't be read in {root.resolve()}: {why}. Go to the project's folder, or name it with "
        "-C. A new project begins with this file: it says `version: 1`, `project` and `targets`."
    )
    return error("RC0401", detail, source=Span(PROJECT_FILE, 1, 1))


def _read_files(root: Path, file: ProjectFile, names: Iterable[str]) -> _Files:
    shapes = {kind.plural: shape_of(kind) for kind in LISTS.values()}
    expressions = Expressions(file.variables)
    read = _Files()
    for name in names:
        data = read_inside(root, name)
        if isinstance(data, str):
            detail = f"{name} can't be read: {data}. What is in it would look deleted, so nothing goes on without it."
            read.found.append(error("RC0101", detail, source=Span(name, 1, 1)))
            continue
        _read_file(root, Reading(name, expressions, file.tables, []), data, shapes, file.variables, read)
    cache.keep_only(root, read.used)
    return read


def _read_file(
    root: Path, reading: Reading, data: bytes, shapes: Mapping[str, Shape], variables: Mapping[str, str], read: _Files
) -> None:
    """Adds to `read` what one file gives, from the cache where nothing has changed."""
    name = reading.file
    read.digests[name] = content_digest(data)
    used = variables if b"{{" in data else {}
    entry = cache.entry_name(name, read.digests[name], used, reading.tables)
    known = cache.read_entry(root, name, entry)
    if known is not None and all(_table_digest(root, table) == digest for table, digest in known[1].items()):
        read.objects += known[0]
        read.digests |= known[1]
        read.used.append(entry)
        return
    contents = read_resources(root, reading, data, shapes)
    tables = {table: _table_digest(root, table) for table in contents.tables}
    read.objects += contents.objects
    read.digests |= tables
    read.lost |= contents.lost
    read.found += reading.found
    if has_errors(reading.found):
        read.faulty |= {name, *contents.tables}
    if not reading.found and not reading.private:
        cache.write_entry(root, name, entry, contents.objects, tables)
        read.used.append(entry)


def _table_digest(root: Path, table: str) -> str:
    data = read_inside(root, table)
    return "" if isinstance(data, str) else content_digest(data)


def _digest(digests: Mapping[str, str], variables: Mapping[str, str]) -> str:
    """Stands for the content of all files and the variables."""
    files = sorted((storable(name), digest) for name, digest in digests.items())
    text = msgspec.json.encode((files, sorted(variables.items())))
    return hashlib.blake2b(text, digest_size=32).hexdigest()
