"""Reading all that a target has, for export."""

from collections.abc import Collection

import msgspec

from reconciler.config.secrets import resolve_target
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.kinds import KINDS
from reconciler.systems.base import Aim, Binding, Exported
from reconciler.systems.registry import system
from reconciler.workflow.aims import aims
from reconciler.workflow.planning import Progress, read_listings
from reconciler.workflow.session import Session


def read_all(session: Session, name: str, today: str, progress: Progress) -> tuple[list[Exported], list[Diagnostic]]:
    """Every kind of the target with every field that it has, and the problems met. `today` is an ISO date."""
    target, missing = resolve_target(session.organisation.project.targets[name], session.resolver)
    if missing:
        return [], missing
    its_system = system(target.system)
    aim = Aim(everything=True)
    if its_system.exported is not None:
        aim = msgspec.structs.replace(aims(session, today)(target), everything=True)
    kinds = [kind for kind in its_system.bindings if not target.manages or kind in target.manages]
    paths = {kind: _readable(its_system.bindings[kind]) for kind in kinds}
    listings = read_listings(target, its_system, aim, paths, progress)
    lacking = {kind for kind, each in listings.items() if each.problem is not None and each.problem.code == "RC0601"}
    if lacking:  # the server has no resignations: everything else of its employees can be read
        without = {kind: [path for path in paths[kind] if not path.startswith("resigned.")] for kind in lacking}
        listings |= read_listings(target, its_system, aim, without, progress)
    in_order = [listings[kind] for kind in KINDS if kind in listings]
    problems = [each.problem for each in in_order if each.problem is not None]
    if problems or its_system.exported is None:
        return [Exported(listing) for listing in in_order], problems
    return list(its_system.exported(target, aim, session.organisation, listings)), []


def _readable(binding: Binding) -> Collection[str]:
    return sorted(binding.lengths.keys() - binding.write_only)
