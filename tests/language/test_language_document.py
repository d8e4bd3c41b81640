"""docs/language.md is what the declarations say."""

import os
from pathlib import Path

import pytest

from reconciler.model.fields import Type
from reconciler.model.kinds import KINDS
from reconciler.model.language import render_language

DOCUMENT = Path(__file__).parents[2] / "docs/language.md"


def test_the_document_is_current() -> None:
    rendered = render_language()
    if os.environ.get("RECONCILER_WRITE_GOLDEN"):
        DOCUMENT.write_text(rendered, "utf-8")
    assert DOCUMENT.read_text("utf-8") == rendered


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_field_is_in_it(kind) -> None:
    section = render_language().split(f"## {kind.plural}\n")[1].split("\n## ")[0]
    named = {line.split("`")[1] for line in section.splitlines() if line.startswith("| `")}
    blocks = {each.name: {each.name, *(f"{each.name}.{inner.name}" for inner in each.fields)} for each in kind.fields}
    assert named == set().union(*blocks.values())
    assert {each.name for each in kind.fields if each.type is Type.BLOCK} <= named
