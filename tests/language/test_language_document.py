"""docs/language.md is what the declarations say."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.model.fields import Field, Kind
from reconciler.model.kinds import KINDS
from reconciler.model.language import render_language

DOCUMENT = Path(__file__).parents[2] / "docs/language.md"


def test_the_document_is_current() -> None:
    rendered = render_language()
    if os.environ.get("RECONCILER_WRITE_GOLDEN"):
        DOCUMENT.write_text(rendered, "utf-8")
    assert DOCUMENT.read_text("utf-8") == rendered


def written(fields: tuple[Field, ...], prefix: str = "") -> Iterator[str]:
    """The paths that can stand in files; settings have a section of their own."""
    for field in fields:
        if not field.derived:
            yield prefix + field.name
            if field.name != "settings":
                yield from written(field.fields, f"{prefix}{field.name}.")


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_field_that_files_can_have_is_in_it(kind: Kind) -> None:
    section = render_language().split(f"## {kind.plural}\n")[1].split("\n## ")[0]
    named = [line.split("`")[1] for line in section.splitlines() if line.startswith("| `")]
    assert named == [path for path in written(kind.fields) if (kind.name, path) != ("settings", "name")]
