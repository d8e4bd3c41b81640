"""The project file, `reconciler.yaml`, to a Project."""

import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from reconciler.config import tree
from reconciler.config.declarations import declared_variables, values_of
from reconciler.config.expressions import Expressions
from reconciler.config.files import PROJECT_FILE, inside
from reconciler.config.settings import Handler, NameForm, choice, limits, take, take_named, text, texts, whole_number
from reconciler.config.target import (
    DEFAULTS,
    DeviceDefaults,
    Selected,
    device_defaults,
    read_defaults,
    read_target,
    usable_ca_file,
)
from reconciler.config.values import TABLELESS_FORMS, Reading, Wrong, read_reference
from reconciler.model.diagnostic import Diagnostic, Span, has_errors
from reconciler.model.project import HttpPlace, ObjectPlace, PostgresPlace, Project, StateBackend, Target, Tls
from reconciler.model.project_schema import STATE_FORMS
from reconciler.model.secret import SecretReference
from reconciler.model.words import cited

_NAME = NameForm(re.compile(r"[A-Za-z0-9_-]+"), "letters of a to z, digits, - and _")
UNKNOWN_NAME = "RC0402"


class ProjectFile(msgspec.Struct, frozen=True, kw_only=True):
    """What the project file says. `project` is None when it can't be used; the rest is as much as is known then.
    `globs` are the resources, `selected` the keys that targets select, with their places. `servers` are the targets'
    places, by name, `devices` is what holds for all devices; `start` is where the file begins, when it has no `targets`
    at all. `usable` says whether it is known which files are the resources. `judges_names` is false when a variable has
    no value: that an expression names what there is not would be said of texts that are right."""

    project: Project | None = None
    globs: tuple[tuple[str, Span], ...] = ()
    variables: Mapping[str, str] = {}
    tables: tuple[str, ...] = ()
    selected: tuple[Selected, ...] = ()
    servers: Mapping[str, Span] = {}
    devices: DeviceDefaults = DeviceDefaults()
    start: Span | None = None
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
        },
    )
    defaults = top.get("defaults", {})
    defaults["limits"] = {**top.get("limits", {}), **defaults.get("limits", {})}
    selected: list[Selected] = []
    targets, servers, devices = _targets(root, reading, top.get("targets"), defaults, selected)
    project = None
    if not has_errors(reading.found):
        project = Project(
            name=top["project"],
            root=str(root.resolve()),
            targets=targets,
            state=top.get("state", StateBackend()),
            secrets=top.get("secrets", {}),
            variables=values,
            devices_at_once=devices.at_once,
        )
    return ProjectFile(
        project=project,
        globs=top.get("resources", ()),
        variables=values,
        tables=tuple(sorted(reading.tables)),
        selected=tuple(selected),
        servers=servers,
        devices=devices,
        start=None if "targets" in node.pairs else tree.place(reading.file, node),
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
    before = len(reading.found)
    name = "local"
    if isinstance(node, tree.Mapping) and "backend" in node.pairs:
        _, value = node.pairs["backend"]
        try:
            name = _backend(reading, value)
        except Wrong as wrong:
            reading.report(wrong, value)
            return StateBackend()
    what = "a key of state" if name == "local" else f"a key of state for the backend {name}"
    keys = _PLACE_KEYS.get(name, {"path": partial(_state_path, root)})
    if name in _TLS:
        keys = {**keys, "tls": partial(_state_tls, root)}
    required = {key: meaning for key, meaning in _PLACE_REQUIRED.items() if key in keys}
    taken = take(reading, node, what, {"backend": _backend, **keys}, required)
    if len(reading.found) > before:
        return StateBackend()
    taken.pop("backend", None)
    if name == "local":
        return StateBackend(**taken)
    if name == "http":
        return StateBackend(name, place=HttpPlace(**taken))
    if name == "postgres":
        return StateBackend(name, place=PostgresPlace(**taken))
    credentials = {key: taken.pop(key) for key in tuple(taken) if isinstance(taken[key], SecretReference)}
    return StateBackend(name, place=ObjectPlace(**taken, credentials=credentials))


def _backend(reading: Reading, node: tree.Node) -> str:
    return choice(reading, node, ("local", *_PLACE_KEYS))


def _credential(reading: Reading, node: tree.Node) -> SecretReference:
    if not isinstance(node, tree.Mapping) or "table" in node.pairs:
        raise Wrong("RC0208", f"A credential never stands in the file. Write a reference: {TABLELESS_FORMS}.")
    return read_reference(reading, node)


def _form(pattern: str, wanted: str) -> Handler:
    """A reader of texts of that form; `wanted` ends a sentence."""

    def read(reading: Reading, node: tree.Node) -> str:
        value = text(reading, node)
        if re.fullmatch(pattern, value) is None:
            raise Wrong("RC0206", f"What is wanted here is {wanted}.")  # it may hold a credential: it is not quoted
        return value

    return read


def _dsn(reading: Reading, node: tree.Node) -> str | SecretReference:
    if isinstance(node, tree.Mapping):
        return _credential(reading, node)
    value = text(reading, node)
    if re.search(r"password\s*=|//[^/@]*:[^/@]*@", value, re.IGNORECASE):
        raise Wrong("RC0208", f"A dsn with a password never stands in the file. Write a reference: {TABLELESS_FORMS}.")
    return value


_ADDRESS = _form(STATE_FORMS["address"], "an address such as https://HOST/PATH, without credentials in it")
_METHOD = _form(STATE_FORMS["method"], "a method such as LOCK or POST")
_PLACE_KEYS: Mapping[str, Mapping[str, Handler]] = {
    "s3": {
        "url": _form(STATE_FORMS["s3"], "an object such as s3://BUCKET/PATH/state.json"),
        "endpoint": _ADDRESS,
        "region": text,
        **dict.fromkeys(("access_key_id", "secret_access_key", "session_token"), _credential),
    },
    "gcs": {
        "url": _form(STATE_FORMS["gcs"], "an object such as gs://BUCKET/PATH/state.json"),
        "endpoint": _ADDRESS,
        "service_account_key": _credential,
    },
    "azure": {
        "url": _form(STATE_FORMS["azure"], "an object such as az://CONTAINER/PATH/state.json"),
        "endpoint": _ADDRESS,
        "account": text,
        **dict.fromkeys(("account_key", "sas_token"), _credential),
    },
    "postgres": {
        "dsn": _dsn,
        "host": text,
        "port": whole_number(1),
        "database": text,
        "username": text,
        "password": _credential,
        "table": _form(STATE_FORMS["table"], "the name of a table, such as reconciler_state or SCHEMA.TABLE"),
    },
    "http": {
        **dict.fromkeys(("address", "lock_address", "unlock_address"), _ADDRESS),
        **dict.fromkeys(("lock_method", "unlock_method"), _METHOD),
        "username": text,
        "password": _credential,
    },
}
_TLS = ("s3", "gcs", "azure", "http")  # a database has settings of its own for that
_PLACE_REQUIRED = {"url": "the object that holds the state", "address": "where the state is kept"}


def _state_path(root: Path, reading: Reading, node: tree.Node) -> str:
    path = text(reading, node)
    if inside(root, path) is None:
        raise Wrong("RC0108", f"{cited(path)} is outside of the project. The state's path is relative to its root.")
    return path


def _state_tls(root: Path, reading: Reading, node: tree.Node) -> Tls:
    def ca_file(reading: Reading, node: tree.Node) -> str:
        return usable_ca_file(root, text(reading, node))

    return Tls(**take(reading, node, "a key of the state's tls", {"ca_file": ca_file}))


def _secrets(reading: Reading, node: tree.Node) -> dict[str, SecretReference]:
    def table(_name: str, node: tree.Node) -> SecretReference:
        if not isinstance(node, tree.Mapping) or "table" in node.pairs:
            raise Wrong("RC0208", f"A table of secrets is had by a reference: {TABLELESS_FORMS}.")
        return read_reference(reading, node)

    return take_named(reading, node, _NAME, "table of secrets", table)


def _targets(
    root: Path, reading: Reading, node: tree.Node | None, defaults: Mapping[str, Any], selected: list[Selected]
) -> tuple[dict[str, Target], dict[str, Span], DeviceDefaults]:
    """The servers; where each begins, those that can't be used too; and what holds for all devices."""
    places: dict[str, Span] = {}

    def entry(name: str, node: tree.Node) -> Target | DeviceDefaults | None:
        if name == DEFAULTS:
            return device_defaults(reading, defaults, node)
        places[name] = tree.place(reading.file, node)
        made, chosen = read_target(root, reading, defaults, name, node)
        selected.extend(chosen)
        return made

    made: dict[str, Any] = {}
    if node is not None:
        try:
            made = take_named(reading, node, _NAME, "target", entry)
        except Wrong as wrong:
            reading.report(wrong, node)
    devices = made.pop(DEFAULTS, None) or device_defaults(reading, defaults, None)
    return {name: each for name, each in sorted(made.items()) if each is not None}, places, devices


def _table_names(node: tree.Mapping) -> tuple[str, ...]:
    """The names under `secrets`, also where something else of them is wrong."""
    section = node.pairs.get("secrets", (None, None))[1]
    return tuple(section.pairs) if isinstance(section, tree.Mapping) else ()
