"""Which files make up a project, and reading them."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from reconciler.model.diagnostic import Diagnostic, Span, error
from reconciler.model.words import nearest

PROJECT_FILE = "reconciler.yaml"
_DEFAULT_GLOBS = ("**/*.yaml", "**/*.yml")


def resource_files(root: Path, globs: Sequence[tuple[str, Span]]) -> tuple[list[str], list[Diagnostic]]:
    """The resource files, relative to the root with `/`, sorted. Without globs every *.yaml and *.yml. What is hidden
    is named by a glob with the dot or not at all. `globs` come with the places where they are written."""
    found: list[Diagnostic] = []
    names: set[str] = set()
    if not globs:
        search = _Search(root, Span(PROJECT_FILE, 1, 1), found)
        names = {name for glob in _DEFAULT_GLOBS for name in search.files(glob)} - {PROJECT_FILE}
        if not names and not found:
            detail = (
                "There is no resource file (*.yaml) beside it. A project that describes nothing is refused: it would "
                "mean that nothing shall exist."
            )
            found.append(error("RC0107", detail, source=Span(PROJECT_FILE, 1, 1)))
    for glob, span in globs:
        if glob.startswith("/") or ".." in glob.split("/"):
            detail = f'"{glob}" leads out of the project. Resource files stand below its root.'
            found.append(error("RC0108", detail, source=span))
            continue
        before = len(found)
        matches = _Search(root, span, found).files(glob) - {PROJECT_FILE}
        names |= matches
        if not matches and len(found) == before:
            found.append(error("RC0107", f'"{glob}" matches no file.{_advice(root, glob)}', source=span))
    outside = [name for name in sorted(names) if inside(root, name) is None]
    for name in outside:
        detail = f'"{name}" is a link that leads out of the project, or nowhere. Put the file itself here.'
        found.append(error("RC0108", detail, source=Span(name, 1, 1)))
    return sorted(names - set(outside)), found


def inside(root: Path, relative: str) -> Path | None:
    """The real path of what `relative` names; None when that is outside of the root, or no path at all."""
    try:
        path = (root / relative).resolve()
        return path if path.is_relative_to(root.resolve()) else None
    except (OSError, ValueError, RuntimeError):  # RuntimeError: links that run in a ring
        return None


def read_inside(root: Path, relative: str) -> bytes | str:
    """The file's bytes; a text says why there are none: it can't be read, or is outside of the root."""
    path = inside(root, relative)
    if path is None:
        return "it is outside of the project"
    try:
        if path.exists() and not path.is_file():  # a pipe would block
            return "it is not a file"
        return path.read_bytes()
    except OSError as failure:
        return (failure.strerror or "the system does not say why").lower()


def content_digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class _Search:
    """Finds the files of globs. Unlike pathlib's it is not silent about a folder that can't be read: what is in that
    would look deleted."""

    def __init__(self, root: Path, span: Span, found: list[Diagnostic]) -> None:
        self._root = root
        self._span = span
        self._found = found

    def files(self, glob: str) -> set[str]:
        parts = PurePosixPath(glob).parts
        return set(self._below("", parts, (os.path.realpath(self._root),)))

    def _below(self, folder: str, parts: tuple[str, ...], way: tuple[str, ...]) -> Iterator[str]:
        """The files below `folder` (its name ends with / unless it is the root) that the glob's `parts` name. `way` are
        the real paths of the folders passed, so that a ring of links ends."""
        if not parts:
            return
        head, rest = parts[0], parts[1:]
        if head == "**":
            yield from self._below(folder, rest or ("*",), way)
        for entry in self._entries(folder):
            name = folder + entry.name
            if entry.name.startswith(".") and not head.startswith("."):
                continue
            if not _is_folder(entry):
                if not rest and head != "**" and fnmatchcase(entry.name, head):
                    yield name
            elif head == "**":
                yield from self._enter(name, parts, way)
            elif rest and fnmatchcase(entry.name, head):
                yield from self._enter(name, rest, way)

    def _enter(self, folder: str, parts: tuple[str, ...], way: tuple[str, ...]) -> Iterator[str]:
        real = os.path.realpath(self._root / folder)
        if inside(self._root, folder) is None:
            detail = f'"{folder}" is a link to a folder outside of the project. Put the folder itself here.'
            self._complain("RC0108", detail)
        elif real not in way:
            yield from self._below(f"{folder}/", parts, (*way, real))

    def _entries(self, folder: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(self._root / folder) as entries:
                return sorted(entries, key=lambda entry: entry.name)
        except OSError as failure:
            why = (failure.strerror or "the system does not say why").lower()
            detail = f'The folder "{folder}" can\'t be read: {why}. What is in it would look deleted.'
            self._complain("RC0101", detail)
            return []

    def _complain(self, code: str, detail: str) -> None:
        complaint = error(code, detail, source=self._span)
        if complaint not in self._found:  # ** looks into a folder more than once
            self._found.append(complaint)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def _advice(root: Path, glob: str) -> str:
    if any(character in glob for character in "*?["):
        return " Correct it, or remove it from resources: a folder that is missing must not look like deleted objects."
    parent = (root / glob).parent
    names = [path.name for path in parent.iterdir()] if parent.is_dir() else []
    return nearest(Path(glob).name, names) or " Correct the name, or remove it from resources."
