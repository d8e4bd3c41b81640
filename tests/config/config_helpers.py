"""Small projects on disk, and what loading them gives in a short form."""

from collections.abc import Mapping
from pathlib import Path

from reconciler.config.load import load
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.objects import Object, Organisation

PROJECT = "version: 1\nproject: acme\ntargets: {}\n"
NO_VARIABLES: Mapping[str, str] = {}


def write(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Writes a project; the smallest project file unless there is one among the files."""
    for name, content in {"reconciler.yaml": PROJECT, **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def load_files(
    root: Path, files: Mapping[str, str | bytes], variables: Mapping[str, str] = NO_VARIABLES
) -> tuple[Organisation | None, list[Diagnostic]]:
    return load(write(root, files), variables, {})


def places(found: list[Diagnostic]) -> list[tuple[str, str]]:
    """Code and place of each diagnostic."""
    return [(each.code, str(each.source) if each.source else "") for each in found]


def loaded(root: Path, files: Mapping[str, str | bytes], variables: Mapping[str, str] = NO_VARIABLES) -> Organisation:
    """The organisation of files without a complaint."""
    organisation, found = load_files(root, files, variables)
    assert found == []
    assert organisation is not None
    return organisation


def employee(root: Path, fields: str) -> Object:
    """The employee with these further fields (flow style), read from a file without a complaint."""
    text = "departments: [{code: D, name: D}]\nareas: [{code: A, name: A}, {code: B, name: B}]\n"
    text += f"employees:\n  - {{code: '1', department: D, {fields}}}\n"
    return loaded(root, {"a.yaml": text}).objects["employee"]["1"]


def complaints(root: Path, text: str) -> list[tuple[str, str]]:
    """What is complained of in one file, a.yaml."""
    return places(load_files(root, {"a.yaml": text})[1])
