"""Promises of the plan's text that a golden file doesn't make plain."""

import re

import msgspec
import pytest
import report_samples
from report_samples import at, plan, target

from reconciler.model.diagnostic import error, warning
from reconciler.model.plan import Cause, Change, FieldChange, Plan, Reason, TargetPlan
from reconciler.report import target_text
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


def test_whoever_is_resigned_is_listed_however_many_there_are() -> None:
    resigned = [
        msgspec.structs.replace(update(number, city=(None, "x")), reason=Reason.REMOVED) for number in range(300)
    ]
    shown = lines(*resigned, *(update(number, city=(None, "Faro")) for number in range(300, 600)))
    assert sum(line.startswith("  ~ employee") and "removed from the files" in line for line in shown) == 300
    assert "  … and 100 more employees to update, not shown here; --json has them all." in shown


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


def terminal(name: str, *changes: Change, **more: object) -> TargetPlan:
    """A terminal's part of a plan."""
    url = f"http://{name}.acme.example"
    return TargetPlan(target=name, system="device", url=url, changes=changes, unchanged=0, live={}, **more)  # type: ignore[arg-type]


def volume(name: str, after: int, cause: Cause = Cause.CONFIG) -> Change:
    return Change(
        address=at("settings", "volume", name),
        reason=Reason(cause.value),
        before={"volume": 5},
        after={"volume": after},
        fields=(FieldChange("volume", 5, after, cause),),
    )


def test_what_is_the_same_on_several_targets_is_told_once() -> None:
    parts = [terminal(name, volume(name, 7)) for name in ("back", "gate", "lobby")]
    shown = render_plan(plan(terminal("door", volume("door", 8)), *parts), color=False)
    assert shown == (
        "~ update\n\n"
        "door (device, http://door.acme.example): 1 to update\n\n"
        "  ~ settings volume  config\n"
        "      volume  5 → 8\n\n"
        "3 targets (device), the same on each: 1 to update\n"
        "  on back, gate and lobby\n\n"
        "  ~ settings volume  config\n"
        "      volume  5 → 7\n\n"
        "Plan: 0 to create, 4 to update, 0 to delete; 0 unchanged.\n"
    )


def test_targets_that_differ_in_what_is_only_counted_are_not_the_same() -> None:
    def adopting(name: str, last: int) -> TargetPlan:
        keys = (*range(1, 6), last)
        at_once = [at("employee", f"{key}", name) for key in keys]
        return terminal(name, *(Change(address=each, reason=Reason.ADOPT, before={}, after={}) for each in at_once))

    shown = render_plan(plan(adopting("back", 7), adopting("gate", 7), adopting("lobby", 8)), color=False)
    assert "2 targets (device), the same on each: 6 to adopt\n  on back and gate\n" in shown
    assert "lobby (device, http://lobby.acme.example): 6 to adopt\n" in shown


def test_a_terminal_that_an_error_leaves_out_is_not_said_to_be_unread() -> None:
    unable = terminal("back", complete=False, diagnostics=(error("RC0601", "It has no card reader."),))
    said = "Incomplete: back was left out for an error, so this is not the whole plan.\n"
    assert said in render_plan(plan(unable), color=False)
    unread = terminal("gate", complete=False, diagnostics=(error("RC0501", "No answer."),))
    shown = " ".join(render_plan(plan(unable, unread), color=False).split())
    assert "Incomplete: gate was not read completely, and back was left out for an error, so this is" in shown


def test_drift_of_several_targets_is_of_each_of_them() -> None:
    parts = [terminal(name, volume(name, 7, Cause.DRIFT)) for name in ("back", "gate")]
    drift = "  Drift: changed on each of them since the last apply; this puts back what the files say."
    assert drift in render_plan(plan(*parts), color=False).splitlines()


@pytest.mark.parametrize(("number", "more"), [(20, ""), (21, "and 1 more"), (1_020, "and 1,000 more")])
def test_of_many_targets_that_are_the_same_the_first_are_named(number: int, more: str) -> None:
    names = [f"t{each:04}" for each in range(number)]
    shown = render_plan(plan(*(terminal(name, volume(name, 7)) for name in names)), color=False)
    assert [name for name in names if name in shown] == names[:20]
    assert more in shown


def test_where_something_is_deleted_every_target_is_named() -> None:
    names = [f"t{each:04}" for each in range(30)]
    gone = {
        name: Change(address=at("shift", "day", name), reason=Reason.REMOVED, before={}, after=None) for name in names
    }
    shown = render_plan(plan(*(terminal(name, gone[name]) for name in names)), color=False)
    assert [name for name in names if name in shown.partition("Once more")[0]] == names


def test_a_warning_that_is_true_of_several_targets_is_told_once_with_some_names() -> None:
    names = [f"t{each}" for each in range(8)]
    parts = [
        terminal(name, diagnostics=(warning("RC0407", f"{name} opens at {name}.acme.example for t9."),))
        for name in names
    ]
    shown = " ".join(render_plan(plan(*parts), color=False).split())
    assert shown.count("opens at") == 1
    assert "t0 opens at t0.acme.example for t9. The same is true of t1, t2, t3, t4, t5 and 2 more." in shown


def test_an_error_that_is_true_of_several_targets_names_them_all() -> None:
    names = [f"t{each:02}" for each in range(12)]
    parts = [
        terminal(name, complete=False, diagnostics=(error("RC0501", f"{name} at {name}.acme.example is off."),))
        for name in names
    ]
    shown = " ".join(render_plan(plan(*parts), color=False).split())
    rest = f"{', '.join(names[1:-1])} and {names[-1]}"
    assert f"t00 at t00.acme.example is off. The same is true of {rest}." in shown


def test_what_is_said_of_another_place_is_told_by_itself() -> None:
    parts = [
        terminal(name, diagnostics=(warning("RC0407", f"{name} moves to 10.0.0.{number}."),))
        for number, name in enumerate(("back", "gate"))
    ]
    shown = render_plan(plan(*parts), color=False)
    assert ("back moves to 10.0.0.0." in shown, "gate moves to 10.0.0.1." in shown) == (True, True)


def fleet(number: int) -> Plan:
    """Terminals with different people each; every hundredth loses somebody, and the last was not read."""

    def part(each: int) -> TargetPlan:
        name = f"t{each:04}"
        nickname = (FieldChange("nickname", "A", name, Cause.CONFIG),)
        people = [
            msgspec.structs.replace(update(one), address=at("employee", f"{one}", name), fields=nickname)
            for one in range(10 + each % 2)
        ]
        gone = [msgspec.structs.replace(delete(each), address=at("employee", f"left{each}", name))]
        return terminal(name, *people, *(gone if each % 100 == 99 else []), complete=each < number - 1)

    return plan(*map(part, range(number)))


FLEET = render_plan(fleet(500), color=False)


def test_a_plan_of_very_many_targets_ends_and_says_how_to_see_all_of_it() -> None:
    shown = FLEET.splitlines()
    assert len(shown) < 2_100
    assert sum(line.startswith("t") and line.endswith(" to update") for line in shown) == 83  # in full
    assert "Not all of this plan is shown, since it would be more than 2,000 lines; what is deleted or removed" in shown
    assert shown[-1] == "Plan: 0 to create, 5,250 to update, 5 to delete; 0 unchanged."


def test_what_is_not_shown_is_counted() -> None:
    shown = " ".join(FLEET.split())
    alike = re.findall(r"(\d+) employees to update on (.*?) and (\d+) more (?=\d+ employees|Not all)", shown)
    targets = {each: len(named.split(", ")) + int(more) for each, named, more in alike}
    assert targets == {"10": 250 - 42, "11": 250 - 41 - 5}
    assert re.findall(r"Counted only: (\d+) employees to update (?!on)", shown) == ["11"] * 5


def test_no_delete_and_nothing_unread_is_left_out_of_a_long_text() -> None:
    shown = FLEET.partition("Once more")[0].splitlines()
    gone = [line for line in shown if line.startswith("  - employee")]
    assert gone == [f"  - employee left{each}  removed from the files" for each in range(99, 500, 100)]
    assert shown.count("      loses city Porto") == 5
    assert shown.count("  NOT READ COMPLETELY: what hangs on what is missing is not in this plan.") == 1


def test_on_very_many_targets_that_are_not_alike_the_others_are_counted_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(target_text, "ROOM", 10)
    people = [update(each, nickname=(None, "X")) for each in range(60)]
    shown = render_plan(plan(*(terminal(f"t{each}", *people[: each + 1]) for each in range(60))), color=False)
    assert "  1 employee to update on t0\n" not in shown  # there is room for it, and for the next
    assert "Counted only:\n  3 employees to update on t2\n  4 employees to update on t3\n" in shown
    assert "  52 employees to update on t51\n  … and 452 employees to update on 8 more targets\n" in shown


def test_what_to_look_at_closely_stands_right_before_what_is_removed_and_the_last_line() -> None:
    parts = [terminal(name, unlock(name)) for name in ("back", "gate")]
    assert render_plan(plan(*parts), color=False).splitlines()[-6:] == [
        "Look at these closely:",
        "  Access is widened",
        "    access.unlock_seconds 5 → 60",
        "        2 terminals: back and gate",
        "",
        "Plan: 0 to create, 2 to update, 0 to delete; 0 unchanged.",
    ]


def unlock(name: str) -> Change:
    return msgspec.structs.replace(
        volume(name, 60), fields=(FieldChange("access.unlock_seconds", 5, 60, Cause.CONFIG),)
    )


def test_of_many_differences_with_one_risk_the_largest_are_told() -> None:
    changes = [update(number, areas=((f"A{number:02}", "HQ"), ("HQ",))) for number in range(10)]
    both = update(20, areas=(("A07", "B"), ("B",)))
    shown = lines(*changes, both)
    start = shown.index("Look at these closely:")
    assert shown[start + 2 : start + 4] == ["    areas -A07", "        2 employees on hq: 00007 and 00020"]
    assert "    … and 4 more such differences." in shown
