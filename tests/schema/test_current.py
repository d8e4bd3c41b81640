"""The published schemas are the declarations'."""

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from reconciler.model import schema
from reconciler.systems.registry import SERVERS
from reconciler.workflow import publishing

PUBLISHED = Path(__file__).parents[2] / "schemas"


def test_the_published_schemas_are_current() -> None:
    assert publishing.check(PUBLISHED, SERVERS) == []


def test_what_is_missing_or_old_is_told(tmp_path: Path) -> None:
    project, resources = tmp_path / "new" / "project.schema.json", tmp_path / "new" / "resources.schema.json"
    assert publishing.check(tmp_path / "new", SERVERS) == [project, resources]
    assert publishing.write(tmp_path / "new", SERVERS) == [project, resources]
    assert publishing.check(tmp_path / "new", SERVERS) == []
    resources.write_text("{}")
    assert publishing.check(tmp_path / "new", SERVERS) == [resources]


@pytest.mark.parametrize("name", ["project", "resources"])
def test_they_are_schemas(name: str) -> None:
    Draft202012Validator.check_schema(schema.schemas(SERVERS)[name])


def undescribed(node: object, where: str) -> list[str]:
    """The properties without a description, below a part of a schema."""
    if isinstance(node, list):
        return [each for index, item in enumerate(node) for each in undescribed(item, f"{where}/{index}")]
    if not isinstance(node, dict):
        return []
    properties = node.get("properties", {})
    missing = [f"{where}/{name}" for name, each in properties.items() if not {"description", "$ref"} & each.keys()]
    return missing + [each for name, child in node.items() for each in undescribed(child, f"{where}/{name}")]


@pytest.mark.parametrize("name", ["project", "resources"])
def test_every_property_is_described(name: str) -> None:
    assert undescribed(schema.schemas(SERVERS)[name], name) == []


@pytest.mark.parametrize("name", ["project", "resources"])
def test_no_mapping_takes_unknown_keys(name: str) -> None:
    def open_mappings(node: object, where: str) -> list[str]:
        if isinstance(node, list):
            return [each for item in node for each in open_mappings(item, where)]
        if not isinstance(node, dict):
            return []
        is_open = "properties" in node and node.get("additionalProperties") is not False
        return [where] * is_open + [
            each for key, child in node.items() for each in open_mappings(child, f"{where}/{key}")
        ]

    assert open_mappings(schema.schemas(SERVERS)[name], name) == []
