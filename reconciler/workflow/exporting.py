"""Reading all that a target has, for export."""

from collections.abc import Collection

from reconciler.config.secrets import resolve_target
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.kinds import KINDS
from reconciler.model.objects import Listing
from reconciler.systems.base import Binding
from reconciler.systems.registry import system
from reconciler.workflow.planning import Progress, read_listings
from reconciler.workflow.session import Session


def read_all(session: Session, name: str, progress: Progress) -> tuple[list[Listing], list[Diagnostic]]:
    """Every kind of the target with every field that it has, and the problems met."""
    target, missing = resolve_target(session.organisation.project.targets[name], session.resolver)
    if missing:
        return [], missing
    its_system = system(target.system)
    kinds = [kind for kind in its_system.bindings if not target.manages or kind in target.manages]
    paths = {kind: _readable(its_system.bindings[kind]) for kind in kinds}
    listings = read_listings(target, its_system, paths, progress)
    lacking = {kind for kind, each in listings.items() if each.problem is not None and each.problem.code == "RC0601"}
    if lacking:  # the server has no resignations: everything else of its employees can be read
        without = {kind: [path for path in paths[kind] if not path.startswith("resigned.")] for kind in lacking}
        listings |= read_listings(target, its_system, without, progress)
    in_order = [listings[kind] for kind in KINDS if kind in listings]
    return in_order, [each.problem for each in in_order if each.problem is not None]


def _readable(binding: Binding) -> Collection[str]:
    return sorted(binding.lengths.keys() - binding.write_only)
