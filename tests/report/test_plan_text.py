"""Promises of the plan's text that a golden file doesn't make plain."""

import msgspec
import pytest
import report_samples
from report_samples import at, plan, target

from reconciler.model.diagnostic import error
from reconciler.model.plan import Cause, Change, FieldChange, Plan, Reason, TargetPlan
from reconciler.report.plan_text import render_plan


def update(number: int, **fields: tuple[object, object]) -> Change:
    return Change(
        address=at("employee", f"{number:05}"),
        reason=Reason.CONFIG,
        before={},
        after={},
        fields=tuple(FieldChange(path, *sides, Cause.CONFIG) for path, sides in fields.items()),  # type: ignore[arg-type]
    )


def delete(number: int) -> Change:
    return Change(address=at("employee", f"{number:05}"), reason=Reason.REMOVED, before={"city": "Porto"}, after=None)


def lines(*changes: Change, **more: object) -> list[str]:
    return render_plan(plan(target(changes=changes, **more)), color=False).splitlines()


def test_every_delete_is_listed_however_many_there_are() -> None:
    shown = lines(*(delete(number) for number in range(500)))
    assert [line for line in shown if line.startswith("  - employee")] == [
        f"  - employee {number:05}  removed from the files" for number in range(500)
    ]
    assert shown[-2:] == ["", "Plan: 0 to create, 0 to update, 500 to delete; 0 unchanged."]


def test_deletes_of_a_long_plan_are_repeated_right_before_its_last_line() -> None:
    shown = lines(delete(7), *(update(number, city=(None, "Faro")) for number in range(100)))
    assert shown[-4:] == [
        "Once more, what this plan deletes or removes (1):",
        "  - hq/employee/00007  removed from the files",
        "",
        "Plan: 0 to create, 100 to update, 1 to delete; 0 unchanged.",
    ]


def test_a_short_plan_repeats_nothing() -> None:
    assert sum("00007" in line for line in lines(delete(7))) == 1


def test_what_is_left_out_is_counted() -> None:
    shown = lines(*(update(number, city=(None, "Faro")) for number in range(1_201)))
    assert "  … and 1,001 more employees to update, not shown here; --json has them all." in shown


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (("HQ", "OPS"), ("LAB", "OPS"), "+LAB -HQ → [LAB, OPS]"),
        (("HQ",), ("HQ", "LAB"), "+LAB → [HQ, LAB]"),
        ((), ("HQ",), "[] → [HQ]"),
        (("HQ",), (), "[HQ] → []"),
        (None, ("HQ",), "(none) → [HQ]"),
        (("A",), tuple("ABCDEFG"), "+B +C +D +E +F +G → 7 in all"),
    ],
)
def test_a_set_shows_what_comes_and_goes(before: object, after: object, shown: str) -> None:
    assert f"      areas  {shown}" in lines(update(1, areas=(before, after)))


@pytest.mark.parametrize(
    ("parts", "last"),
    [
        ((), "No changes. The targets hold what the files say; 0 unchanged."),
        ((target(unchanged=7),), "No changes. The targets hold what the files say; 7 unchanged."),
        ((target(complete=False, unchanged=7),), "No changes in what could be read; 7 unchanged."),
        ((target(changes=(delete(1),)),), "Plan: 0 to create, 0 to update, 1 to delete; 0 unchanged."),
        (
            (target(changes=report_samples.QUIET[:1]),),
            "No changes. No target is written to; 1 to adopt; 0 unchanged.",
        ),
    ],
)
def test_the_last_line_says_what_is_to_be_done(parts: tuple[TargetPlan, ...], last: str) -> None:
    assert render_plan(plan(*parts), color=False).splitlines()[-1] == last


def test_a_plan_that_is_not_whole_says_so_beside_its_target_and_at_its_end() -> None:
    shown = render_plan(report_samples.UNREAD, color=False)
    assert shown.count("NOT READ COMPLETELY") == 1
    assert "Incomplete: lab was not read completely, so this is not the whole plan.\n" in shown
    assert "No changes. " not in shown


def test_every_error_of_a_plan_is_shown() -> None:
    errors = tuple(error("RC0605", f"Employee {number} is protected.") for number in range(50))
    shown = render_plan(msgspec.structs.replace(report_samples.NOTHING, diagnostics=errors), color=False)
    assert [shown.count(f"Employee {number} is protected.\n") for number in range(50)] == [1] * 50


def test_thousands_of_idle_targets_take_one_line() -> None:
    idle: Plan = plan(target("hq", changes=(delete(1),)), *(target(f"t{number}") for number in range(1_000)))
    assert "Nothing to do on t0, t1, t2, t3, t4 and 995 more." in render_plan(idle, color=False).splitlines()


def test_colour_adds_nothing_but_colour() -> None:
    import click

    plain = render_plan(report_samples.EVERYTHING, color=False)
    assert click.unstyle(render_plan(report_samples.EVERYTHING, color=True)) == plain
