"""What a target with a selection covers: limits count only that, and another target of the same server has a say."""

from engine_helpers import SYSTEM, TODAY, remembered, target, there, thing, wanted

from reconciler.engine.plan import plan_target
from reconciler.model.plan import Action, TargetPlan

STAFF = {f"employee/{number}": {"department": "10" if number < 4 else "20"} for number in range(9)}
LIVE = {"department/10": {}, "department/20": {}, **STAFF}


def _plan(*names: str, elsewhere: tuple[tuple[str, str], ...] = ()) -> TargetPlan:
    """The plan of a target that selects department 10, whose files hold only `names` of the 9 employees."""
    objects = [thing("department/10"), *(thing(name, {"department": "10"}) for name in names)]
    desired = wanted("department", "employee", objects=objects, selected={"department": frozenset({"10"})})
    where = target(select={"department": ("10",)})
    return plan_target(where, SYSTEM, desired, there(LIVE), remembered(*LIVE), TODAY, elsewhere=elsewhere)


def test_only_what_is_covered_is_counted_and_deleted() -> None:
    found = _plan("employee/0")
    assert found.live == {"department": 1, "employee": 4}
    assert [(each.address.key, each.action) for each in found.changes] == [
        (key, Action.DELETE) for key in ("1", "2", "3")
    ]


def test_what_another_target_of_the_same_server_holds_is_forgotten_and_not_deleted() -> None:
    found = _plan("employee/0", elsewhere=(("employee", "1"), ("employee", "3")))
    assert [(each.address.key, each.action, each.leaves_state) for each in found.changes] == [
        ("1", Action.NOOP, True),
        ("3", Action.NOOP, True),
        ("2", Action.DELETE, True),
    ]
