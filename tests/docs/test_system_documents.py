"""docs/systems/*.md: their tables are what the bindings say."""

import os
import re
from pathlib import Path

import pytest
from command_line import run

from reconciler.systems.document import render_bindings
from reconciler.systems.registry import NAMES, system

DOCS = Path(__file__).parents[2] / "docs"
MADE = re.compile(r"(?<=pytest tests/docs -->\n).*?(?=<!-- end -->)", re.DOTALL)


@pytest.mark.parametrize("name", ["biotime", "cvsecurity", "device"])
def test_the_tables_are_current(name: str) -> None:
    path = DOCS / f"systems/{name}.md"
    now, number = MADE.subn(lambda _: f"\n{render_bindings(system(name))}\n", path.read_text("utf-8"))
    assert number == 1
    if os.environ.get("RECONCILER_WRITE_GOLDEN"):
        path.write_text(now, "utf-8")
    assert path.read_text("utf-8") == now


def test_every_system_is_described() -> None:
    """The family's three systems have the same bindings, so one page is all of theirs."""
    family = [name for name in NAMES if system(name).bindings == system("biotime").bindings]
    assert family == ["biotime", "utimemaster", "zkbiotime"]
    assert sorted({*NAMES} - {"utimemaster", "zkbiotime"}) == sorted(
        path.stem for path in (DOCS / "systems").glob("*.md")
    )


@pytest.mark.parametrize("path", sorted(DOCS.rglob("*.md")), ids=lambda path: path.stem)
def test_every_file_that_a_document_names_is_there(path: Path) -> None:
    for name in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text("utf-8")):
        assert (path.parent / name).exists(), name


@pytest.mark.parametrize("name", ["systems/biotime.md", "systems/cvsecurity.md", "security.md"])
def test_the_targets_that_a_document_shows_are_valid(name: str, tmp_path: Path) -> None:
    [shown] = re.findall(r"```yaml\n(targets:\n.*?)```", (DOCS / name).read_text("utf-8"), re.DOTALL)
    (tmp_path / "reconciler.yaml").write_text(f"version: 1\nproject: acme\n{shown}", "utf-8")
    (tmp_path / "org.yaml").write_text("areas: [{code: HQ, name: Lisbon}, {code: LIS, name: Lisbon}]\n", "utf-8")
    for authority in re.findall(r"ca_file: ([\w/.]+)", shown):
        (tmp_path / authority).parent.mkdir(exist_ok=True)
        (tmp_path / authority).touch()
    ran = run("-C", str(tmp_path), "validate")
    assert (ran.status, ran.out) == (0, "The files are valid: 2 areas.\n")
