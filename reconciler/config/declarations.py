"""The variables that a project declares, and their values."""

import re
from collections.abc import Mapping

from reconciler.config import tree
from reconciler.config.settings import NameForm, take, take_named
from reconciler.config.values import Reading, Wrong, is_null
from reconciler.model.diagnostic import Diagnostic, Span, error
from reconciler.model.words import cited, nearest, storable

PREFIX = "RECONCILER_VAR_"
_NAME = NameForm(
    re.compile(r"[A-Za-z_][A-Za-z0-9_]*"), "letters of a to z, digits and _, with no digit at the beginning,"
)


def declared_variables(reading: Reading, node: tree.Mapping) -> dict[str, tuple[str | None, Span]]:
    """The variables that the project file declares: default (None: there is none) and place, by name."""
    if "variables" not in node.pairs:
        return {}
    section = node.pairs["variables"][1]

    def declaration(each: tree.Node) -> tuple[str | None, Span]:
        parts = {} if is_null(each) else take(reading, each, "a part of a variable", {"default": _default})
        return parts.get("default"), tree.place(reading.file, each)

    try:
        return take_named(reading, section, _NAME, "variable", lambda _name, each: declaration(each))
    except Wrong as wrong:
        reading.report(wrong, section)
        return {}


def values_of(
    declared: Mapping[str, tuple[str | None, Span]], given: Mapping[str, str], environment: Mapping[str, str]
) -> tuple[dict[str, str], list[Diagnostic]]:
    """Every variable's value: the one given for this run, else the environment's, else the default."""
    found = []
    for name in sorted(given.keys() - declared.keys()):
        detail = (
            f"The variable {cited(name)} is given for this run, and the project does not declare it."
            f"{nearest(name, declared)} Variables are declared under variables: in reconciler.yaml."
        )
        found.append(error("RC0402", detail))
    values = {}
    for name, (default, span) in sorted(declared.items()):
        value = given.get(name, environment.get(PREFIX + name, default))
        if value is None:
            detail = (
                f"The variable {cited(name)} has no value. Give it with --var {name}=… or {PREFIX}{name}, or write a "
                "default."
            )
            found.append(error("RC0402", detail, source=span))
        elif storable(value) != value:
            detail = f"The value given for the variable {cited(name)} is not UTF-8 text. Write it as UTF-8."
            found.append(error("RC0206", detail, source=span))
        else:
            values[name] = value
    return values, found


def _default(_reading: Reading, node: tree.Node) -> str:
    if not isinstance(node, tree.Scalar):
        raise Wrong("RC0203", "A variable's default is a text.")
    return "" if is_null(node) else str(node.value)
