"""What a target is looked at with where nothing is written to it."""

from collections.abc import Callable

from reconciler.config.secrets import resolve_desired
from reconciler.engine.project import in_decimal, project
from reconciler.model.project import Target
from reconciler.model.state import memories
from reconciler.systems.base import Aim
from reconciler.systems.registry import system
from reconciler.workflow.planning import owns
from reconciler.workflow.session import Session


def aims(session: Session, today: str) -> Callable[[Target], Aim]:
    """Gives each target's aim: what the files ask of it, without the secrets that can't be had, and what is remembered.
    `today` is an ISO date."""
    own = owns(session.organisation, today)
    memory_of = memories(session.state, session.state_key)

    def of(target: Target) -> Aim:
        objects = own[target.system](target)[0] if target.system in own else session.organisation.objects
        desired, _ = project(objects, target, system(target.system))
        desired, _ = resolve_desired(desired, session.resolver)
        return Aim(in_decimal(desired, system(target.system)), memory_of(target.name))

    return of
