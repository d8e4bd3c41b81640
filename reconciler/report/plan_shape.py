"""The shape of a plan as JSON: that of `terraform show -json` (format_version 1.2), plus what apply needs to read it
back. Both directions go by these declarations."""

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from reconciler.model.diagnostic import Diagnostic, Span
from reconciler.model.plan import Cause, Reason, Unread

Leaf = TypeVar("Leaf")

Flat = str | int | bool | None | tuple[str, ...]
Tree = dict[str, Flat | dict[str, Flat]]
"""Values of an object, its blocks nested as in the files."""
Marks = dict[str, bool | dict[str, bool]]
"""Which values of a Tree are masked; only these are in it."""


class ShapeField(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One field; the marks are there when they are true."""

    path: str
    before: Flat
    after: Flat
    cause: Cause | None
    before_sensitive: bool = False
    after_sensitive: bool = False
    unreadable: bool = False


class ShapeDelta(msgspec.Struct, frozen=True, gc=False):
    actions: tuple[str, ...]
    before: Tree | None
    after: Tree | None
    after_unknown: dict[str, bool]
    before_sensitive: Marks
    after_sensitive: Marks


class ShapeOwn(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What a change has beyond the common shape."""

    id: int | str | None = None
    was: str | None = None
    release: tuple[str, ...] = ()
    live_digest: str | None = None
    protected: bool = False
    on_remove: str | None = None
    left: tuple[str, ...] = ()


class ShapeChange(msgspec.Struct, frozen=True, gc=False):
    address: str
    mode: str
    type: str
    name: str
    target: str
    provider_name: str
    change: ShapeDelta
    action_reason: Reason | None
    fields: tuple[ShapeField, ...]
    depends_on: tuple[str, ...]
    source: Span | None
    reconciler: ShapeOwn


class ShapePlanned(msgspec.Struct, frozen=True, gc=False):
    address: str
    mode: str
    type: str
    name: str
    values: Tree


class ShapeModule(msgspec.Struct, frozen=True, omit_defaults=True):
    resources: tuple[ShapePlanned, ...] | None = None


class ShapeRoot(msgspec.Struct, frozen=True):
    root_module: ShapeModule


class ShapeSummary(msgspec.Struct, frozen=True):
    create: int
    update: int
    delete: int
    adopt: int
    forget: int
    unchanged: int


class ShapeTarget(msgspec.Struct, frozen=True):
    system: str
    url: str
    complete: bool
    unchanged: int
    live: dict[str, int]
    diagnostics: tuple[Diagnostic, ...]
    unread: tuple[Unread, ...] = ()  # plans of earlier versions do not say


class ShapeSaved(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is needed to read a plan back. `format` rises when an older program could misread the document;
    `diagnostics` are those of the plan as a whole."""

    format: int
    files: str
    key_id: str | None
    select: tuple[str, ...]
    exclude: tuple[str, ...]
    allow_deletes: int | None
    allow_changes: int | None
    diagnostics: tuple[Diagnostic, ...]
    drift_only: bool = False
    snapshot: str | None = None


class ShapePlan(msgspec.Struct, frozen=True, kw_only=True):
    """`diagnostics` are all of them: the plan's own and every target's."""

    format_version: str
    terraform_version: str
    reconciler_version: str
    project: str
    timestamp: str
    complete: bool
    errored: bool
    applyable: bool
    resource_changes: tuple[ShapeChange, ...]
    resource_drift: tuple[ShapeChange, ...]
    summary: ShapeSummary
    configuration: ShapeRoot
    planned_values: ShapeRoot
    targets: dict[str, ShapeTarget]
    diagnostics: tuple[Diagnostic, ...]
    reconciler: ShapeSaved


def nested(values: Mapping[str, Leaf]) -> dict[str, Leaf | dict[str, Leaf]]:
    """Flat paths as blocks. The first dot parts block and field, since a label of a map may hold dots too."""
    tree: dict[str, Leaf | dict[str, Leaf]] = {}
    blocks: dict[str, dict[str, Leaf]] = {}
    for path, value in values.items():
        block, dot, name = path.partition(".")
        if not dot or block in values:
            tree[path] = value
        else:
            tree[block] = blocks.setdefault(block, {})
            blocks[block][name] = value
    return tree


def flat(tree: Mapping[str, Leaf | dict[str, Leaf]]) -> dict[str, Leaf]:
    """The paths that `nested` was given."""
    values: dict[str, Leaf] = {}
    for name, value in tree.items():
        if isinstance(value, dict):
            values |= {f"{name}.{inner}": each for inner, each in value.items()}
        else:
            values[name] = value
    return values
