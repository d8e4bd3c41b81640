"""Exit statuses, and what keeps a plan from being applied: design.md, part 6."""

from reconciler.engine.guard import REFUSALS, unfit
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.outcome import Status
from reconciler.model.plan import Plan, count
from reconciler.systems.registry import system
from reconciler.workflow.applying import Report
from reconciler.workflow.ledger import calls

DONE, FAILED, CHANGES, REFUSED, PARTLY, STALE, LOCKED = 0, 1, 2, 3, 4, 5, 6


def diagnostics_of(plan: Plan) -> list[Diagnostic]:
    """Every diagnostic of a plan, those of its targets too."""
    return [*plan.diagnostics, *(each for part in plan.targets for each in part.diagnostics)]


def refusals(plan: Plan) -> list[Diagnostic]:
    """Limits and lifecycle rules that the plan breaks."""
    return [each for each in diagnostics_of(plan) if each.code in REFUSALS]


def errors(plan: Plan) -> list[Diagnostic]:
    """What makes the plan unfit to be applied at all: the files ask what can't be done. Of one terminal that leaves out
    this terminal only."""
    servers = (part.diagnostics for part in plan.targets if not system(part.system).fleet)
    return unfit([*plan.diagnostics, *(each for diagnostics in servers for each in diagnostics)])


def plan_status(plan: Plan, *, detailed: bool) -> int:
    """The exit status of `plan`."""
    if errors(plan) or not plan.complete:
        return FAILED
    if refusals(plan):
        return REFUSED
    return CHANGES if detailed and count(plan).changes else DONE


def apply_status(plan: Plan, report: Report) -> int:
    """The exit status of an apply that was carried out and not interrupted."""
    sent = {change.address for change in calls(plan.changes())}
    outcomes = [outcome for outcome in report.outcomes if outcome.address in sent]
    if all(outcome.status is Status.DONE for outcome in outcomes) and not report.problems and plan.complete:
        return DONE
    written = any(outcome.written for outcome in outcomes)
    reached = any(part.complete for part in plan.targets)
    return PARTLY if written or (reached and not outcomes) else FAILED
