"""The published JSON Schemas (2020-12), for editors and other tools."""

import json
from collections.abc import Collection

from reconciler.model.project_schema import project_schema
from reconciler.model.resource_schema import Schema, resource_schema


def schemas(systems: Collection[str]) -> dict[str, Schema]:
    """Both schemas by what they describe. `systems` are the names that a target's system can have."""
    return {"project": project_schema(systems), "resources": resource_schema()}


def schema_files(systems: Collection[str]) -> dict[str, str]:
    """Both schemas as the text of files, by their names."""
    return {
        f"{name}.schema.json": json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        for name, schema in schemas(systems).items()
    }
