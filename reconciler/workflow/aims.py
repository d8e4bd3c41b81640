"""What a target is looked at with where nothing is written to it."""

from collections.abc import Callable, Sequence

from reconciler.config.secrets import resolve_desired
from reconciler.engine.project import project
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.project import Target
from reconciler.model.state import memories
from reconciler.systems.base import Aim
from reconciler.systems.registry import system
from reconciler.workflow.planning import owns
from reconciler.workflow.session import Session


def aims(session: Session, today: str) -> Callable[[Target], Aim]:
    """Gives each target's aim: what the files ask of it, without the secrets that can't be had, and what is remembered.
    `today` is an ISO date."""
    judged = judged_aims(session, today)
    return lambda target: judged(target)[0]


def judged_aims(session: Session, today: str) -> Callable[[Target], tuple[Aim, Sequence[Diagnostic]]]:
    """The same, and with it what a plan would complain of before it reads the target: what its system can't hold, and
    the secrets of objects that can't be had."""
    own = owns(session.organisation, today)
    memory_of = memories(session.state, session.state_key)

    def of(target: Target) -> tuple[Aim, Sequence[Diagnostic]]:
        objects, wrong = own[target.system](target) if target.system in own else (session.organisation.objects, ())
        desired, complaints = project(objects, target, system(target.system))
        desired, unresolved = resolve_desired(desired, session.resolver)
        return Aim(desired, memory_of(target.name)), (*wrong, *complaints, *unresolved)

    return of
