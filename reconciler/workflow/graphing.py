"""The dependency graph of the files, target by target. No target is asked, and no secret."""

from collections.abc import Iterator

from reconciler.engine.project import project
from reconciler.engine.references import references
from reconciler.model.address import Address
from reconciler.model.graph import Graph
from reconciler.model.kinds import KINDS
from reconciler.model.objects import Desired, Organisation
from reconciler.systems.registry import system
from reconciler.workflow.planning import owns


def graph_of(organisation: Organisation, today: str) -> Graph:
    """What each target must hold, and what refers to what. `today` is an ISO date, of which rosters depend."""
    own = owns(organisation, today)
    nodes: list[Address] = []
    edges: list[tuple[Address, Address]] = []
    for _, target in sorted(organisation.project.targets.items()):
        its_own = own.get(target.system)
        objects = its_own(target)[0] if its_own is not None else organisation.objects
        desired, _complaints = project(objects, target, system(target.system))
        nodes += _addresses(desired)
        edges += _references(desired)
    return Graph(tuple(nodes), tuple(edges))


def _addresses(desired: Desired) -> Iterator[Address]:
    for kind in KINDS:
        for key in sorted(desired.objects.get(kind, {})):
            yield Address(desired.target, kind, key)


def _references(desired: Desired) -> Iterator[tuple[Address, Address]]:
    for user in _addresses(desired):
        values = desired.objects[user.kind][user.key].values
        for used in sorted({(kind, key) for _, kind, key in references(user.kind, values)}):
            if used[1] in desired.objects.get(used[0], {}):
                yield user, Address(user.target, *used)
