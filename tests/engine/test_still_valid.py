"""A saved plan: it holds as long as what it touches is as it was."""

import pytest
from engine_helpers import HERE, KEY, PROBLEM, at, create, delete, update
from msgspec.structs import replace

from reconciler.model.diagnostic import error, warning
from reconciler.model.digest import live_digest
from reconciler.model.plan import Change, Plan, TargetPlan
from reconciler.model.secret import Secret
from reconciler.workflow.stale import still_valid

REFUSAL, WARNING, ERROR = error("RC0603", "Many."), warning("RC0607", "A rename?"), error("RC0606", "Missing.")


def made(*changes: Change, complete: bool = True, key_id: str | None = "k", files: str = "f", said=()) -> Plan:
    seen = tuple(replace(each, live_digest=live_digest(key_id and KEY, each.before or {})) for each in changes)
    part = TargetPlan(target="hq", system="biotime", url="", changes=seen, complete=complete)
    return Plan(
        project="p",
        timestamp="",
        reconciler_version="",
        files=files,
        targets=(part,),
        key_id=key_id,
        diagnostics=tuple(said),
    )


def why(saved: Plan, fresh: Plan) -> list[str]:
    found = []
    for each in still_valid(saved, fresh, KEY)[1]:
        assert (each.code, each.address) == ("RC0807", "hq/employee/1")
        found.append(each.detail.removeprefix("Since the plan was saved this employee has moved: "))
    return [text.removesuffix(". Run plan again.") for text in found]


CITY = update("employee/1", {"city": "x"}, {"city": "y"}, source=HERE)
ADOPTED = update("employee/1", {"city": "y"}, {})


def test_what_did_not_move_is_applied_as_it_is_now_and_what_is_new_is_left():
    later = update("employee/2", {"city": "x"}, {"city": "y"})
    saved = made(CITY, said=[REFUSAL, WARNING, ERROR])
    fresh = replace(made(later, replace(CITY, id=9), said=[WARNING, ERROR]), timestamp="now")
    plan, moved = still_valid(saved, fresh, KEY)
    assert moved == []
    assert plan == replace(made(replace(CITY, id=9), said=[REFUSAL]), timestamp="now")


def test_other_files_make_the_whole_plan_stale():
    saved = made(CITY)
    plan, [found] = still_valid(saved, made(CITY, files="g"), KEY)
    assert (plan, found.code, found.address) == (saved, "RC0807", None)
    assert found.detail.startswith("The files are not those that the plan was made from.")


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        (CITY, None, "it no longer differs from the files"),
        (CITY, create("employee/1"), "the plan says that it is updated, and now it would be created"),
        (CITY, delete("employee/1"), "the plan says that it is updated, and now it would be deleted"),
        (CITY, ADOPTED, "the plan says that it is updated, and now it would be adopted"),
        (create("employee/1"), CITY, "the plan says that it is created, and now it would be updated"),
        (CITY, update("employee/1", {"city": "z"}, {"city": "y"}), "`city` changed on the target"),
        (
            delete("employee/1", {"a": "1", "b": "2"}),
            delete("employee/1", {"b": "3", "c": "1"}),
            "`a`, `b`, `c` changed on the target",
        ),
        (
            update("employee/1", {"card": Secret("1"), "city": "x"}, {"city": "y"}),
            update("employee/1", {"card": Secret("2"), "city": "x"}, {"city": "y"}),
            "a masked value changed on the target",
        ),
    ],
)
def test_what_moved_is_said(before, now, said):
    assert why(made(before), made(*([now] if now else []))) == [said]


def test_a_plan_made_with_another_key_cannot_be_judged():
    saved = made(CITY)
    for key in (None, "other"):
        plan, [found] = still_valid(saved, made(CITY, key_id=key), KEY)
        assert (plan, found.code, found.address) == (saved, "RC0807", None)
        assert found.detail.startswith("The plan was made with a key of digests that is not at hand")


def test_what_was_to_go_and_is_gone_is_said_and_what_was_adopted_is_no_matter():
    assert why(made(delete("employee/1")), made()) == ["it is gone, or no longer ours"]
    assert why(made(ADOPTED), made()) == []


def test_the_reason_why_a_change_can_no_longer_be_made_is_said():
    reason = error("RC0606", "Missing.", address=CITY.address)
    part = replace(
        made().targets[0], diagnostics=(reason, PROBLEM, error("RC0606", "Other.", address=at("employee/2")))
    )
    _, [moved, told] = still_valid(made(CITY), replace(made(), targets=(part,)), KEY)
    assert (moved.code, told) == ("RC0807", reason)
    assert "it can't be changed as planned any more" in moved.detail


def test_a_create_has_nothing_that_could_have_moved():
    assert why(made(create("employee/1", {"city": "x"})), made(create("employee/1", {"city": "x"}))) == []


def test_a_plan_made_without_a_key_is_judged_without_masked_values():
    before = update("employee/1", {"card": Secret("1"), "city": "x"}, {"city": "y"})
    now = update("employee/1", {"card": Secret("2"), "city": "x"}, {"city": "y"})
    assert why(made(before, key_id=None), made(now)) == []
    moved = update("employee/1", {"card": Secret("1"), "city": "z"}, {"city": "y"})
    assert why(made(before, key_id=None), made(moved)) == ["`city` changed on the target"]


def test_a_change_that_waits_for_one_that_is_not_in_the_plan_is_stale():
    now = replace(CITY, depends_on=(at("area/A"), at("department/D")))
    other = create("area/A")
    assert why(made(CITY), made(now, other)) == ["it now waits for hq/area/A, which is not in the plan"]
    assert why(made(CITY, other), made(now, other)) == ["it now waits for hq/department/D, which is not in the plan"]
    assert why(made(CITY, other, create("department/D")), made(now, other, create("department/D"))) == []


def test_what_a_target_that_could_not_be_read_has_no_change_for_is_not_judged():
    assert why(made(CITY), made(complete=False)) == []
    moved = update("employee/1", {"city": "z"}, {"city": "y"})
    assert why(made(CITY), made(moved, complete=False)) == ["`city` changed on the target"]
