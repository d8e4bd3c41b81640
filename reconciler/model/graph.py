"""The dependency graph of what the targets must hold: which object refers to which."""

from collections import Counter
from collections.abc import Iterable

import msgspec

from reconciler.model.address import Address


class Graph(msgspec.Struct, frozen=True):
    """Edges lead from an object to one that it refers to. What is referred to and not managed on the target is not in
    it."""

    nodes: tuple[Address, ...]
    edges: tuple[tuple[Address, Address], ...]


class Groups(msgspec.Struct, frozen=True):
    """A graph by target and kind. The numbers count objects, and references."""

    nodes: dict[tuple[str, str], int]
    edges: dict[tuple[tuple[str, str], tuple[str, str]], int]


def around(graph: Graph, chosen: Iterable[Address]) -> Graph:
    """The chosen objects and all that they refer to, directly or through others."""
    needs: dict[Address, list[Address]] = {}
    for user, used in graph.edges:
        needs.setdefault(user, []).append(used)
    kept = set(chosen)
    waiting = list(kept)
    while waiting:
        new = [used for used in needs.get(waiting.pop(), ()) if used not in kept]
        kept.update(new)
        waiting += new
    return Graph(
        tuple(node for node in graph.nodes if node in kept),
        tuple(edge for edge in graph.edges if edge[0] in kept and edge[1] in kept),
    )


def grouped(graph: Graph) -> Groups:
    """The graph by target and kind; references within one kind, a department to its parent, are counted too."""
    edges = Counter(((user.target, user.kind), (used.target, used.kind)) for user, used in graph.edges)
    return Groups(dict(Counter((node.target, node.kind) for node in graph.nodes)), dict(edges))
