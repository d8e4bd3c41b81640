"""Dependency graphs as text for programs that draw them: Mermaid and DOT. What others wrote is quoted."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from reconciler.model.graph import Graph, Groups
from reconciler.model.kinds import KINDS
from reconciler.model.words import printable
from reconciler.report.text import counted

_LONGEST = 60  # code points of a label


class _Drawing(msgspec.Struct, frozen=True):
    """Labels of nodes by target, and edges between the numbers of nodes with their labels."""

    targets: Mapping[str, Sequence[tuple[int, str]]]
    edges: Sequence[tuple[int, int, str]]


def render_objects(graph: Graph, form: str) -> str:
    """Every object. `form` is mermaid or dot."""
    numbers = {node: number for number, node in enumerate(graph.nodes)}
    labels = [(node.target, f"{_noun(node.kind)} {node.key}") for node in graph.nodes]
    return _render(_drawing(labels, [(numbers[user], numbers[used], "") for user, used in graph.edges]), form)


def render_groups(groups: Groups, form: str) -> str:
    """One node for each kind of each target, edges with the number of references."""
    numbers = {node: number for number, node in enumerate(groups.nodes)}
    labels = [
        (target, counted(number, _noun(kind), KINDS[kind].nouns)) for (target, kind), number in groups.nodes.items()
    ]
    edges = [(numbers[user], numbers[used], f"{number:,}") for (user, used), number in groups.edges.items()]
    return _render(_drawing(labels, edges), form)


def _noun(kind: str) -> str:
    return KINDS[kind].noun


def _drawing(labels: Iterable[tuple[str, str]], edges: Sequence[tuple[int, int, str]]) -> _Drawing:
    targets: dict[str, list[tuple[int, str]]] = {}
    for number, (target, label) in enumerate(labels):
        targets.setdefault(target, []).append((number, _short(label)))
    return _Drawing(targets, edges)


def _short(label: str) -> str:
    shown = printable(label)
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"


def _render(drawing: _Drawing, form: str) -> str:
    return _mermaid(drawing) if form == "mermaid" else _dot(drawing)


def _mermaid(drawing: _Drawing) -> str:
    lines = ["flowchart LR"]
    for place, (target, nodes) in enumerate(drawing.targets.items()):
        lines.append(f'  subgraph t{place}["{_entity(target)}"]')
        lines += [f'    n{number}["{_entity(label)}"]' for number, label in nodes]
        lines.append("  end")
    for user, used, label in drawing.edges:
        lines.append(f"  n{user} -->{f'|{label}|' if label else ''} n{used}")
    return "\n".join(lines) + "\n"


def _entity(text: str) -> str:
    """Mermaid takes numbers of characters in place of all that means something to it, to Markdown or to HTML."""
    return "".join(char if char.isalnum() or char in " -_.,…" else f"#{ord(char)};" for char in text)


def _dot(drawing: _Drawing) -> str:
    lines = ["digraph reconciler {", "  rankdir=LR;", "  node [shape=box];"]
    for place, (target, nodes) in enumerate(drawing.targets.items()):
        lines += [f"  subgraph cluster_{place} {{", f"    label={_quoted(target)};"]
        lines += [f"    n{number} [label={_quoted(label)}];" for number, label in nodes]
        lines.append("  }")
    for user, used, label in drawing.edges:
        lines.append(f"  n{user} -> n{used}{f' [label={_quoted(label)}]' if label else ''};")
    return "\n".join([*lines, "}"]) + "\n"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
