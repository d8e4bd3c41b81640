"""What a plan may not do without consent, said exactly."""

import pytest
from engine_helpers import create, delete, target, update
from msgspec.structs import replace

from reconciler.engine.guard import guard
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.plan import Change, Plan, Reason, TargetPlan
from reconciler.model.project import Limit, Limits

FREE = Limit()


def refusals(
    *changes: Change, live: int = 100, delete: Limit = FREE, change: Limit = FREE, vanished: int = 0, **consent: int
) -> list[Diagnostic]:
    part = TargetPlan(
        target="hq",
        system="biotime",
        url="",
        changes=changes,
        live={"employee": live},
        vanished={"employee": vanished},
    )
    plan = Plan(project="p", timestamp="", reconciler_version="", files="", targets=(part,), **consent)
    return guard(plan, {"hq": target(limits=Limits(delete=delete, change=change))})


def codes(found: list[Diagnostic]) -> list[str]:
    return [each.code for each in found]


def deletes(number: int) -> list[Change]:
    return [delete(f"employee/{each}") for each in range(number)]


def updates(number: int, reason: Reason = Reason.CONFIG) -> list[Change]:
    return [update(f"employee/u{each}", {"city": "x"}, {"city": "y"}, reason=reason) for each in range(number)]


def test_a_limit_lets_pass_exactly_what_it_says():
    two = Limit(number=2)
    assert codes(refusals(*deletes(2), *updates(2), delete=two, change=two)) == []
    assert codes(refusals(*deletes(3), *updates(2), delete=two, change=two)) == ["RC0603"]
    assert codes(refusals(*deletes(2), *updates(3), delete=two, change=two)) == ["RC0604"]
    assert codes(refusals(*deletes(1), delete=Limit(number=0))) == ["RC0603"]


def test_a_share_applies_from_its_floor_up_and_the_smaller_bound_counts():
    share = Limit(share=0.1)
    assert codes(refusals(*deletes(9), live=9, delete=share)) == []
    assert codes(refusals(*deletes(2), live=10, delete=share)) == ["RC0603"]
    assert codes(refusals(*deletes(1), live=10, delete=share)) == []
    assert codes(refusals(*deletes(29), live=100, delete=Limit(share=0.29))) == []  # 0.29 * 100 is 28.999…
    both = Limit(number=2, share=0.5)
    assert codes(refusals(*deletes(3), delete=both)) == ["RC0603"]
    assert codes(refusals(*deletes(3), live=12, delete=Limit(number=9, share=0.1))) == ["RC0603"]


def test_the_refusal_says_counts_limit_and_way_out():
    [found] = refusals(*deletes(4), live=20, delete=Limit(number=3, share=0.1))
    assert found.detail == (
        "The plan would delete 4 of the 20 employees on hq; the limit is 3 or 10%, which is 2 here (`limits: {delete: "
        "…}`). Look at the plan. If all of it is meant, say --allow-deletes 4."
    )
    [found] = refusals(*deletes(1), *updates(2), change=Limit(number=1))
    assert found.detail == (
        "The plan would change 2 of the 100 employees on hq; the limit is 1, which is 1 here (`limits: {change: …}`). "
        "Look at the plan. If all of it is meant, say --allow-changes 2."
    )


@pytest.mark.parametrize(("allowed", "passes"), [(2, False), (3, True), (4, False)])
def test_consent_is_to_exactly_that_many(allowed, passes):
    none = Limit(number=0)
    assert codes(refusals(*deletes(3), delete=none, allow_deletes=allowed)) == ([] if passes else ["RC0603"])
    assert codes(refusals(*updates(3), change=none, allow_changes=allowed)) == ([] if passes else ["RC0604"])


def test_a_resignation_weighs_as_a_delete_and_not_as_an_update():
    none = Limit(number=0)
    resigned = updates(2, Reason.REMOVED)
    assert codes(refusals(*resigned, delete=none)) == ["RC0603"]
    assert codes(refusals(*resigned, change=none)) == []
    [found] = refusals(*resigned, *deletes(1), allow_deletes=4)
    assert found.detail == (
        "The plan has 3 deletes (2 of them by resigning or disabling), and --allow-deletes consents to exactly 4. Look "
        "at the plan again. If all of it is meant, say --allow-deletes 3."
    )
    [found] = refusals(*updates(2), allow_changes=1)
    assert found.detail.startswith("The plan has 2 changes, and --allow-changes consents to exactly 1.")


def test_forgetting_and_adopting_weigh_nothing():
    none = Limit(number=0)
    forgotten = update("employee/1", {"city": "x"}, {}, reason=Reason.REMOVED, protected=True)
    adopted = update("employee/2", {"city": "x"}, {}, reason=Reason.ADOPT, protected=True)
    assert refusals(forgotten, adopted, create("employee/3"), delete=none, change=none) == []


def test_a_protected_object_is_not_taken_off_and_may_change():
    for change in (delete("employee/1"), *updates(1, Reason.REMOVED)):
        found = refusals(_protected(change), allow_deletes=1)
        assert [(each.code, each.address) for each in found] == [("RC0605", str(change.address))]
    assert refusals(*[_protected(each) for each in updates(1)]) == []


def _protected(change: Change) -> Change:
    return replace(change, protected=True)


def test_a_kind_that_vanishes_as_a_whole_needs_consent():
    assert refusals(*deletes(1), vanished=0) == []
    for number in (1, 2):
        [found] = refusals(*deletes(number), vanished=number)
        assert found.code == "RC0603"
        assert found.detail == (
            f"The files hold no employee for hq any more, and the plan would delete {number} there. Is a file missing? "
            f"If all of it is meant, say --allow-deletes {number}."
        )
        assert refusals(*deletes(number), vanished=number, allow_deletes=number) == []
