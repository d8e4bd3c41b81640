"""Exit statuses of plans and applies."""

import pytest
from engine_helpers import PROBLEM, at, create, update

from reconciler.model.diagnostic import Diagnostic, error, warning
from reconciler.model.outcome import Outcome, Status
from reconciler.model.plan import Change, Plan, TargetPlan
from reconciler.workflow.applying import Report
from reconciler.workflow.verdict import (
    CHANGES,
    DONE,
    FAILED,
    PARTLY,
    REFUSED,
    apply_status,
    diagnostics_of,
    errors,
    plan_status,
    refusals,
)

REFUSAL, WARNING, ERROR = error("RC0603", "Many."), warning("RC0607", "A rename?"), error("RC0606", "Missing.")
CREATE, ADOPT = create("employee/1"), update("employee/2", {"city": "x"}, {})


def plan(*changes: Change, complete: tuple[bool, ...] = (True,), said: tuple[Diagnostic, ...] = (), whole=()) -> Plan:
    """The first target has the changes, and has its say."""
    parts = tuple(
        TargetPlan(
            target=f"t{number}",
            system="biotime",
            url="",
            changes=() if number else changes,
            complete=each,
            diagnostics=() if number else said,
        )
        for number, each in enumerate(complete)
    )
    return Plan(project="p", timestamp="", reconciler_version="", files="", targets=parts, diagnostics=tuple(whole))


def test_diagnostics_are_told_apart():
    found = plan(said=(WARNING, ERROR, PROBLEM, REFUSAL), whole=(REFUSAL, ERROR))
    assert diagnostics_of(found) == [REFUSAL, ERROR, WARNING, ERROR, PROBLEM, REFUSAL]
    assert refusals(found) == [REFUSAL, REFUSAL]
    assert errors(found) == [ERROR, ERROR]


@pytest.mark.parametrize(
    ("made", "status", "detailed"),
    [
        (plan(), DONE, DONE),
        (plan(CREATE), DONE, CHANGES),
        (plan(ADOPT), DONE, DONE),
        (plan(CREATE, said=(WARNING,)), DONE, CHANGES),
        (plan(CREATE, whole=(REFUSAL,)), REFUSED, REFUSED),
        (plan(CREATE, said=(ERROR,)), FAILED, FAILED),
        (plan(CREATE, whole=(REFUSAL, ERROR)), FAILED, FAILED),
        (plan(CREATE, complete=(True, False)), FAILED, FAILED),
        (plan(CREATE, complete=(False,), said=(PROBLEM,), whole=(REFUSAL,)), FAILED, FAILED),
    ],
)
def test_the_status_of_a_plan(made, status, detailed):
    assert (plan_status(made, detailed=False), plan_status(made, detailed=True)) == (status, detailed)


def outcomes(*statuses: Status) -> tuple[Outcome, ...]:
    """Of as many creates; an adoption is done in any case."""
    made = [Outcome(address=at(f"employee/c{number}"), status=status) for number, status in enumerate(statuses)]
    return (Outcome(address=ADOPT.address, status=Status.DONE), *made)


@pytest.mark.parametrize(
    ("statuses", "complete", "problems", "status"),
    [
        ((), (True,), (), DONE),
        ((Status.DONE,), (True, True), (), DONE),
        ((Status.DONE, Status.FAILED), (True,), (), PARTLY),
        ((Status.UNKNOWN,), (True,), (), PARTLY),
        ((Status.FAILED, Status.SKIPPED), (True,), (), FAILED),
        ((Status.FAILED,), (True, False), (), FAILED),
        ((Status.DONE,), (True,), (PROBLEM,), PARTLY),
        ((Status.DONE,), (True, False), (), PARTLY),
        ((), (True, False), (), PARTLY),
        ((), (False, False), (), FAILED),
    ],
)
def test_the_status_of_an_apply(statuses, complete, problems, status):
    """Partly: something was written, or may have been; or there was nothing to write where the target was reached."""
    made = plan(ADOPT, *(create(f"employee/c{number}") for number in range(len(statuses))), complete=complete)
    assert apply_status(made, Report(outcomes(*statuses), None, problems)) == status
