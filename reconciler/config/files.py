"""Which files make up a project."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from reconciler.config.expressions import nearest
from reconciler.model.diagnostic import Diagnostic, Span, error

PROJECT_FILE = "reconciler.yaml"
_DEFAULT_GLOBS = ("**/*.yaml", "**/*.yml")


def resource_files(root: Path, globs: Sequence[tuple[str, Span]]) -> tuple[list[str], list[Diagnostic]]:
    """The resource files, relative to the root with `/`, sorted. Without globs every *.yaml and *.yml, but neither the
    project file nor what is hidden. `globs` come with the places where they are written."""
    found: list[Diagnostic] = []
    names: set[str] = set()
    if not globs:
        for glob in _DEFAULT_GLOBS:
            names |= {name for name in _matches(root, glob) if not _hidden(name) and name != PROJECT_FILE}
        if not names:
            detail = "There is no resource file (*.yaml) beside it. A project that describes nothing is refused: it would mean that nothing shall exist."
            found.append(error("RC0107", detail, source=Span(PROJECT_FILE, 1, 1)))
    for glob, span in globs:
        if glob.startswith("/") or ".." in glob.split("/"):
            found.append(
                error("RC0108", f'"{glob}" leads out of the project. Its files stand below its root.', source=span)
            )
            continue
        matches = {name for name in _matches(root, glob) if name != PROJECT_FILE}
        names |= matches
        if not matches:
            found.append(error("RC0107", f'"{glob}" matches no file.{_advice(root, glob)}', source=span))
    inside = []
    real_root = root.resolve()
    for name in sorted(names):
        if _real(root / name).is_relative_to(real_root):
            inside.append(name)
        else:
            detail = f'"{name}" is a link to a file outside of the project. Copy the file here instead.'
            found.append(error("RC0108", detail, source=Span(name, 1, 1)))
    return inside, found


def read_inside(root: Path, relative: str) -> bytes | str:
    """The file's bytes; as text, why there are none: it can't be read, or is outside of the root."""
    try:
        path = (root / relative).resolve()
        if not path.is_relative_to(root.resolve()):
            return "it is outside of the project"
        if not path.is_file():
            return "it is not a file" if path.exists() else "there is no such file"
        return path.read_bytes()
    except OSError as failure:
        return (failure.strerror or "the system does not say why").lower()
    except (ValueError, RuntimeError):
        return "it is not the name of a file"


def content_digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _matches(root: Path, glob: str) -> set[str]:
    """The files (links to files too) that the glob names. A folder's link is not followed by `**`."""
    try:
        return {
            path.relative_to(root).as_posix()
            for path in root.glob(glob)
            if path.is_file() or (path.is_symlink() and not path.is_dir())
        }
    except (ValueError, NotImplementedError, OSError):
        return set()


def _real(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return Path(os.sep)


def _hidden(name: str) -> bool:
    return any(part.startswith(".") for part in name.split("/"))


def _advice(root: Path, glob: str) -> str:
    if any(character in glob for character in "*?["):
        return " Correct it, or remove it from resources. Nothing is taken for granted as deleted because a folder is missing."
    parent = (root / glob).parent
    names = [path.name for path in parent.iterdir()] if parent.is_dir() else []
    return nearest(Path(glob).name, names) or " Correct the name, or remove it from resources."


def inside(root: Path, relative: str) -> Path | None:
    """The real path of what `relative` names; None when that is outside of the root, or no path at all."""
    try:
        path = (root / relative).resolve()
        return path if path.is_relative_to(root.resolve()) else None
    except (OSError, ValueError, RuntimeError):
        return None
