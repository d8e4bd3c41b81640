"""`--var-file`: variables from a YAML file of names and texts."""

from pathlib import Path

from reconciler.config import tree
from reconciler.config.values import is_null


def read_variables(path: Path) -> tuple[dict[str, str], str | None]:
    """The variables of the file, each a text as written (null: empty); or none and what is wrong with the file."""
    try:
        data = path.read_bytes()
    except OSError as problem:
        return {}, f"--var-file {path}: {problem.strerror or 'it can not be read'}."
    root, diagnostics = tree.compose(data, path.name)
    if root is None or diagnostics:
        why = diagnostics[0].detail if diagnostics else "it is empty."
        return {}, f"--var-file {path}: {why}"
    variables: dict[str, str] = {}
    for name, (_, value) in root.pairs.items():
        if not isinstance(value, tree.Scalar):
            return {}, f"--var-file {path}: the value of {name} is not a text. Write {name}: TEXT."
        variables[name] = "" if is_null(value) else value.value
    return variables, None
