"""No folder imports more than docs/architecture.md says."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "reconciler"
EVERYTHING = ("config", "engine", "forges", "model", "report", "simulator", "state", "systems", "transport", "workflow")
MAY: dict[str, tuple[str, ...]] = {
    "model": (),
    "config": ("model", "systems.registry"),
    "engine": ("model", "systems.base", "transport.failure"),
    "systems": ("model", "transport"),
    "transport": ("model",),
    "state": ("model", "transport.tls"),
    "report": ("model",),
    "forges": (),
    "starter": (),
    "simulator": (),
    "workflow": tuple(each for each in EVERYTHING if each not in ("report", "simulator", "forges")),
    "cli": EVERYTHING,
}


def imported(file: Path) -> Iterator[str]:
    """The modules of ours that a file imports, without the package's name."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file} has a relative import"
            names = [f"{node.module}.{each.name}" for each in node.names]
        else:
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
        yield from (name.removeprefix("reconciler.") for name in names if name.startswith("reconciler."))


@pytest.mark.parametrize("folder", sorted(path.name for path in ROOT.iterdir() if (path / "__init__.py").exists()))
def test_a_folder_imports_only_what_it_may(folder: str) -> None:
    allowed = tuple(f"{each}." for each in (folder, *MAY[folder]))
    found = {
        f"{file.relative_to(ROOT)}: {name}"
        for file in (ROOT / folder).rglob("*.py")
        for name in imported(file)
        if name != "__version__" and not f"{name}.".startswith(allowed)
    }
    assert not found


def test_of_the_simulator_only_what_it_exports_is_used() -> None:
    files = (file for folder in ("cli", "workflow") for file in (ROOT / folder).rglob("*.py"))
    assert {name.count(".") for file in files for name in imported(file) if name.startswith("simulator")} <= {1}
