"""A plan with d deletes passes exactly when the limits let it, or `--allow-deletes d` consents to it."""

from hypothesis import given, settings
from hypothesis import strategies as st
from pure import SPAN

from reconciler.engine.guard import guard
from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.plan import Change, FieldChange, Plan, Reason, TargetPlan
from reconciler.model.project import Limit, Limits, Target

many = settings(deadline=None, derandomize=True, max_examples=150)

percents = st.integers(0, 100)
limits = st.builds(
    lambda number, percent, floor: (number, percent, floor),
    st.none() | st.integers(0, 12),
    st.none() | percents,
    st.integers(0, 30),
)
Numbers = tuple[int | None, int | None, int]


def _delete(number: int, *, resigned: bool, protected: bool = False) -> Change:
    """A delete, or a resignation in its place, which weighs the same."""
    fields = (FieldChange("resigned.date", None, "2026-01-01"),) if resigned else ()
    after = {"resigned.date": "2026-01-01"} if resigned else None
    where = Address("hq", "employee", f"D{number}")
    return Change(address=where, reason=Reason.REMOVED, before={}, after=after, fields=fields, protected=protected)


def _update(number: int) -> Change:
    fields = (FieldChange("city", "a", "b"),)
    where = Address("hq", "employee", f"U{number}")
    return Change(address=where, reason=Reason.CONFIG, before={"city": "a"}, after={"city": "b"}, fields=fields)


def _within(limit: Numbers, count: int, live: int) -> bool:
    number, percent, floor = limit
    by_number = number is None or count <= number
    by_share = percent is None or live < floor or 100 * count <= percent * live
    return count == 0 or (by_number and by_share)


def _limit(limit: Numbers) -> Limit:
    number, percent, floor = limit
    return Limit(number=number, share=None if percent is None else percent / 100, floor=floor)


@given(
    deletes=st.integers(0, 15),
    updates=st.integers(0, 15),
    resigned=st.booleans(),
    more_live=st.integers(0, 60),
    delete=limits,
    change=limits,
    allow_deletes=st.none() | st.integers(0, 15),
    allow_changes=st.none() | st.integers(0, 15),
)
@many
def test_limits_and_consent(
    deletes: int,
    updates: int,
    resigned: bool,
    more_live: int,
    delete: Numbers,
    change: Numbers,
    allow_deletes: int | None,
    allow_changes: int | None,
) -> None:
    live = deletes + updates + more_live
    made = [_delete(number, resigned=resigned) for number in range(deletes)] + [_update(n) for n in range(updates)]
    part = TargetPlan(target="hq", system="biotime", url="", changes=tuple(made), live={"employee": live})
    refused = {each.code for each in _guard([part], delete, change, allow_deletes, allow_changes)}
    deletes_pass = _within(delete, deletes, live) if allow_deletes is None else allow_deletes == deletes
    updates_pass = _within(change, updates, live) if allow_changes is None else allow_changes == updates
    expected = {"RC0603": deletes_pass, "RC0604": updates_pass}
    assert refused == {code for code, passes in expected.items() if not passes}


def _guard(
    parts: list[TargetPlan],
    delete: Numbers,
    change: Numbers,
    allow_deletes: int | None = None,
    allow_changes: int | None = None,
) -> list[Diagnostic]:
    plan = Plan(
        project="p",
        timestamp="",
        reconciler_version="",
        files="",
        targets=tuple(parts),
        allow_deletes=allow_deletes,
        allow_changes=allow_changes,
    )
    bounds = Limits(delete=_limit(delete), change=_limit(change))
    names = [part.target for part in parts]
    return guard(plan, {name: Target(name=name, system="biotime", url="", span=SPAN, limits=bounds) for name in names})


NONE: Numbers = (None, None, 0)


@given(counts=st.lists(st.integers(0, 5), min_size=1, max_size=3), allowed=st.integers(0, 15))
@many
def test_consent_is_for_the_whole_plan(counts: list[int], allowed: int) -> None:
    parts = [
        TargetPlan(
            target=f"t{index}",
            system="biotime",
            url="",
            changes=tuple(_delete(number, resigned=False) for number in range(count)),
        )
        for index, count in enumerate(counts)
    ]
    assert (_guard(parts, (0, None, 0), NONE, allowed) == []) == (allowed == sum(counts))


@given(number=st.integers(0, 9), allow=st.none() | st.just(1), resigned=st.booleans())
@many
def test_no_consent_lifts_a_protection(number: int, allow: int | None, resigned: bool) -> None:
    change = _delete(number, resigned=resigned, protected=True)
    part = TargetPlan(target="hq", system="biotime", url="", changes=(change,), live={"employee": 100})
    assert [(each.code, each.address) for each in _guard([part], NONE, NONE, allow)] == [
        ("RC0605", f"hq/employee/D{number}")
    ]


@given(count=st.integers(0, 6), allow=st.booleans())
@many
def test_a_kind_that_vanishes_needs_consent(count: int, allow: bool) -> None:
    """However few there are, and whatever the limits say: a file may be missing."""
    changes = tuple(_delete(number, resigned=False) for number in range(count))
    part = TargetPlan(target="hq", system="biotime", url="", changes=changes, vanished={"employee": count})
    refused = [each.code for each in _guard([part], NONE, NONE, count if allow else None)]
    assert refused == ([] if allow or not count else ["RC0603"])
