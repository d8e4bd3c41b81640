"""The project file, `reconciler.yaml`, to a Project."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from reconciler.config import tree
from reconciler.config.declarations import declared_variables, values_of
from reconciler.config.expressions import Expressions
from reconciler.config.files import PROJECT_FILE, inside
from reconciler.config.settings import NameForm, limits, take, take_named, text, texts, whole_number
from reconciler.config.target import Selected, read_defaults, read_target
from reconciler.config.values import TABLELESS_FORMS, Reading, Wrong, read_reference
from reconciler.model.diagnostic import Diagnostic, Span, has_errors
from reconciler.model.project import Project, StateBackend, Target
from reconciler.model.secret import SecretReference
from reconciler.model.words import cited

_NAME = NameForm(re.compile(r"[A-Za-z0-9_-]+"), "letters of a to z, digits, - and _")
_BACKENDS = ("local",)
UNKNOWN_NAME = "RC0402"


class ProjectFile(msgspec.Struct, frozen=True, kw_only=True):
    """What the project file says. `project` is None when it can't be used; the rest is as much as is known then.
    `globs` are the resources, `selected` the keys that targets select, with their places. `usable` says whether it is
    known which files are the resources. When a variable has no value, `judges_names` is false: that an expression names
    what there is not would be said of texts that are right."""

    project: Project | None = None
    globs: tuple[tuple[str, Span], ...] = ()
    variables: Mapping[str, str] = {}
    tables: tuple[str, ...] = ()
    selected: tuple[Selected, ...] = ()
    usable: bool = False
    judges_names: bool = True


def read_project(
    root: Path, data: bytes, variables: Mapping[str, str], environment: Mapping[str, str]
) -> tuple[ProjectFile, list[Diagnostic]]:
    """The project file's meaning. `variables` are those given for this run: they win over RECONCILER_VAR_* of the
    environment, which win over the defaults."""
    node, found = tree.compose(data, PROJECT_FILE)
    if node is None:
        return ProjectFile(), found
    declared = declared_variables(Reading(PROJECT_FILE, Expressions({}), (), found), node)
    values, wrong = values_of(declared, variables, environment)
    reading = Reading(PROJECT_FILE, Expressions(values), _table_names(node), found + wrong)
    file = _read(root, reading, node, values)
    if values.keys() == declared.keys():
        return file, reading.found
    file = msgspec.structs.replace(file, judges_names=False)
    return file, [each for each in reading.found if each.code != UNKNOWN_NAME or each in wrong]


def _read(root: Path, reading: Reading, node: tree.Mapping, values: Mapping[str, str]) -> ProjectFile:
    anchors = {name: _ignored for name in node.pairs if name.startswith("x-")}  # places for anchors
    top = take(
        reading,
        node,
        "a key of the project file",
        {
            "version": _version,
            "project": text,
            "resources": texts,
            "variables": _ignored,  # read already
            "state": lambda reading, node: _state(root, reading, node),
            "limits": limits,
            "defaults": lambda reading, node: read_defaults(root, reading, node),
            "targets": lambda _reading, node: node,  # read below, when the defaults are known
            "secrets": _secrets,
            **anchors,
        },
        required={
            "version": "the version of the language. Write version: 1",
            "project": "the project's name",
            "targets": "the servers that the project manages, by name",
        },
    )
    defaults = top.get("defaults", {})
    defaults["limits"] = {**top.get("limits", {}), **defaults.get("limits", {})}
    selected: list[Selected] = []
    targets = _targets(root, reading, top["targets"], defaults, selected) if "targets" in top else {}
    project = None
    if not has_errors(reading.found):
        project = Project(
            name=top["project"],
            root=str(root.resolve()),
            targets=targets,
            state=top.get("state", StateBackend()),
            secrets=top.get("secrets", {}),
            variables=values,
        )
    return ProjectFile(
        project=project,
        globs=top.get("resources", ()),
        variables=values,
        tables=tuple(sorted(reading.tables)),
        selected=tuple(selected),
        usable="resources" in top or "resources" not in node.pairs,
    )


def _ignored(_reading: Reading, _node: tree.Node) -> None:
    """What is read elsewhere, or by nobody."""


def _version(reading: Reading, node: tree.Node) -> int:
    version: int = whole_number(0)(reading, node)
    if version != 1:
        raise Wrong("RC0205", f"This is a project of version {version}; this program reads version 1.")
    return version


def _state(root: Path, reading: Reading, node: tree.Node) -> StateBackend:
    return StateBackend(
        **take(reading, node, "a key of state", {"backend": _backend, "path": lambda *each: _state_path(root, *each)})
    )


def _backend(reading: Reading, node: tree.Node) -> str:
    name = text(reading, node)
    if name not in _BACKENDS:
        raise Wrong("RC0205", f"There is no backend {cited(name)} for the state. There is {', '.join(_BACKENDS)}.")
    return name


def _state_path(root: Path, reading: Reading, node: tree.Node) -> str:
    path = text(reading, node)
    if inside(root, path) is None:
        raise Wrong("RC0108", f"{cited(path)} is outside of the project. The state's path is relative to its root.")
    return path


def _secrets(reading: Reading, node: tree.Node) -> dict[str, SecretReference]:
    def table(_name: str, node: tree.Node) -> SecretReference:
        if not isinstance(node, tree.Mapping) or "table" in node.pairs:
            raise Wrong("RC0208", f"A table of secrets is had by a reference: {TABLELESS_FORMS}.")
        return read_reference(reading, node)

    return take_named(reading, node, _NAME, "table of secrets", table)


def _targets(
    root: Path, reading: Reading, node: tree.Node, defaults: Mapping[str, Any], selected: list[Selected]
) -> dict[str, Target]:
    def target(name: str, node: tree.Node) -> Target | None:
        made, chosen = read_target(root, reading, defaults, name, node)
        selected.extend(chosen)
        return made

    try:
        made = take_named(reading, node, _NAME, "target", target)
    except Wrong as wrong:
        reading.report(wrong, node)
        return {}
    return {name: each for name, each in sorted(made.items()) if each is not None}


def _table_names(node: tree.Mapping) -> tuple[str, ...]:
    """The names under `secrets`, also where something else of them is wrong."""
    section = node.pairs.get("secrets", (None, None))[1]
    return tuple(section.pairs) if isinstance(section, tree.Mapping) else ()
