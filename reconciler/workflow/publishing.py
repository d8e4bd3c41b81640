"""The published schemas as files: written, and checked to be current."""

from collections.abc import Collection
from pathlib import Path

from reconciler.model.schema import schema_files


def write(directory: Path, systems: Collection[str]) -> list[Path]:
    """Writes the schemas into `directory`, which is made if need be, and tells the files. Raises OSError."""
    directory.mkdir(parents=True, exist_ok=True)
    files = {directory / name: text for name, text in schema_files(systems).items()}
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")
    return list(files)


def check(directory: Path, systems: Collection[str]) -> list[Path]:
    """The files in `directory` that are not there or not what `write` would make of them."""
    files = {directory / name: text for name, text in schema_files(systems).items()}
    return [path for path, text in files.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
