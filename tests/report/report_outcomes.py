"""What became of the plan EVERYTHING, in several ways: what `render_outcomes` is given."""

from typing import Any

from report_samples import EVERYTHING, HOSTILE, at, plan, target

from reconciler.model.diagnostic import error, warning
from reconciler.model.outcome import Outcome, Status, Unchecked
from reconciler.model.plan import Action, Plan


def all_done(of: Plan) -> list[Outcome]:
    return [Outcome(address=change.address, status=Status.DONE, id=change.id) for change in of.changes()]


REFUSED = error("RC0701", f'BioTime does not take "department": "{HOSTILE}".', address=at("employee", "1004"))
LOST = error("RC0702", "The connection broke before the answer came.", address=at("employee", "1017"))
WAITED = error("RC0704", "It needs hq/department/20, which failed.", address=at("employee", "1001"))
DIFFERS = error("RC0703", "email was written and reads back as (none).", address=at("employee", "1002"))
UNREACHED = error("RC0506", "The target hq failed: status 500 (Internal Server Error).")
STOPPED = warning("RC0706", "The run was interrupted; calls in flight were finished.")

_BAD = {
    at("employee", "1004"): Outcome(address=at("employee", "1004"), status=Status.FAILED, diagnostic=REFUSED),
    at("employee", "1017"): Outcome(address=at("employee", "1017"), status=Status.UNKNOWN, diagnostic=LOST),
    at("employee", "1001"): Outcome(address=at("employee", "1001"), status=Status.SKIPPED, diagnostic=WAITED),
}
PARTLY = [_BAD.get(each.address, each) for each in all_done(EVERYTHING)]
NONE_DONE = [
    Outcome(address=change.address, status=Status.FAILED, diagnostic=REFUSED)
    for change in EVERYTHING.changes()
    if change.action is not Action.NOOP
]
TWO_TARGETS = plan(
    target(changes=EVERYTHING.targets[0].changes[:2]),
    target("lab", changes=EVERYTHING.targets[0].changes[:0]),
)

HIDDEN = [
    Unchecked("employee", "elevator_levels", 1_200),
    Unchecked("employee", "photo", 1),
    Unchecked("settings", "attendance_upload.url", 2),
    Unchecked("vehicle", None, 1),
]

CASES: dict[str, tuple[Any, ...]] = {
    "applied": (EVERYTHING, all_done(EVERYTHING), True, []),
    "applied-unverified": (EVERYTHING, all_done(EVERYTHING), None, []),
    "applied-unreadable": (EVERYTHING, all_done(EVERYTHING), False, []),
    "differs": (EVERYTHING, all_done(EVERYTHING), False, [DIFFERS]),
    "differs-unreadable": (EVERYTHING, all_done(EVERYTHING), False, [DIFFERS, UNREACHED]),
    "applied-hidden": (EVERYTHING, all_done(EVERYTHING), True, [], HIDDEN),
    "differs-hidden": (EVERYTHING, all_done(EVERYTHING), False, [DIFFERS], HIDDEN),
    "in-part": (EVERYTHING, PARTLY, True, []),
    "interrupted": (EVERYTHING, PARTLY[:2], None, [STOPPED]),
    "failed": (EVERYTHING, NONE_DONE, None, []),
    "nothing": (plan(target(unchanged=3)), [], None, []),
}
