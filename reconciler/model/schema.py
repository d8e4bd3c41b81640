"""The published JSON Schemas (2020-12), for editors and other tools."""

import json
from collections.abc import Collection
from pathlib import Path

from reconciler.model.project_schema import project_schema
from reconciler.model.resource_schema import Schema, resource_schema

__all__ = ["check", "project_schema", "resource_schema", "schemas", "write"]


def schemas(systems: Collection[str]) -> dict[str, Schema]:
    """Both schemas by what they describe. `systems` are the names that a target's system can have."""
    return {"project": project_schema(systems), "resources": resource_schema()}


def write(directory: Path, systems: Collection[str]) -> list[Path]:
    """Writes both into `directory`, which is made if need be, and tells the files. Raises OSError."""
    directory.mkdir(parents=True, exist_ok=True)
    files = _files(directory, systems)
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")
    return list(files)


def check(directory: Path, systems: Collection[str]) -> list[Path]:
    """The files in `directory` that are not there or not what `write` would make of them."""
    files = _files(directory, systems)
    return [path for path, text in files.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]


def _files(directory: Path, systems: Collection[str]) -> dict[Path, str]:
    return {
        directory / f"{name}.schema.json": json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        for name, schema in schemas(systems).items()
    }
