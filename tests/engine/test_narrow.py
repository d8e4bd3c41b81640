"""`--select` and `--exclude`: what is left can stand alone."""

from engine_helpers import HERE, at, codes, create, names, update

from reconciler.engine.narrow import concerns, narrow, reaches, unmatched
from reconciler.model.diagnostic import error

DEPARTMENT = create("department/D")
AREA = create("area/A")
BELOW = create("department/S", depends_on=(at("department/D"),))
PERSON = create("employee/1", depends_on=(at("area/A"), at("department/S")), source=HERE)
OTHER = create("employee/2", depends_on=(at("area/A"),))
MOVED = update("employee/3", {"card": "1"}, {"card": "2"})
TAKES = update("employee/4", {"card": "2"}, {"card": "1"}, depends_on=(at("employee/3"),), source=HERE)
NEEDS = create("employee/5", depends_on=(at("employee/4"),))
ALL = [DEPARTMENT, AREA, BELOW, PERSON, OTHER, MOVED, TAKES, NEEDS]


def left(select: tuple[str, ...] = (), exclude: tuple[str, ...] = ()) -> tuple[list[str], list[tuple[str, str | None]]]:
    changes, skipped = narrow(ALL, select, exclude)
    return names(changes), codes(skipped)


def test_without_globs_everything_is_left():
    assert narrow(ALL, (), ()) == (ALL, [])


def test_what_a_selected_change_needs_created_comes_along_through_all_steps():
    assert left(("hq/employee/1",)) == (["department/D", "area/A", "department/S", "employee/1"], [])


def test_globs_add_up_and_exclusion_wins():
    assert left(("hq/area/*", "hq/employee/2", "*/3"), ("*/3",)) == (["area/A", "employee/2"], [])
    assert left((), ("*/employee/*",)) == (["department/D", "area/A", "department/S"], [])


def test_what_waits_for_something_excluded_is_left_out_through_all_steps_with_a_warning():
    everything_else = ["area/A", "employee/2", "employee/3", "employee/4", "employee/5"]
    found = left((), ("hq/department/D",))
    assert found == (everything_else, [("RC0704", "hq/department/S"), ("RC0704", "hq/employee/1")])
    assert left(("hq/employee/1",), ("hq/department/D",)) == (
        ["area/A"],
        [("RC0704", "hq/department/S"), ("RC0704", "hq/employee/1")],
    )


def test_an_update_that_is_waited_for_does_not_come_along():
    changes, skipped = narrow(ALL, ("hq/employee/4",), ())
    assert changes == []
    assert [(each.address, each.detail, each.source) for each in skipped] == [
        ("hq/employee/4", "It waits for hq/employee/3, which --select and --exclude leave out.", HERE)
    ]


def test_the_globs_that_name_nothing_are_told():
    everything = [change.address for change in ALL]
    assert unmatched(("hq/*", "*/9", "HQ/*", "*/employee/1"), iter(everything)) == ["*/9", "HQ/*"]


def test_a_diagnostic_concerns_what_the_globs_name_or_leave_and_the_whole():
    whole, left_out = error("RC0608", "Some are left."), error("RC0601", "It can't be.", address=at("employee/9"))
    comes_along = error("RC0606", "Missing.", address=at("department/D"))
    for select, exclude, concerned in (
        ((), (), [whole, left_out, comes_along]),
        (("hq/employee/1",), (), [whole, comes_along]),
        (("hq/employee/9",), (), [whole, left_out, comes_along]),
        ((), ("hq/employee/9",), [whole, comes_along]),
        (("hq/employee/*",), ("*/9",), [whole, comes_along]),
    ):
        found = [whole, left_out, comes_along]
        assert [each for each in found if concerns(each, [DEPARTMENT], select, exclude)] == concerned
    assert not concerns(comes_along, [], ("hq/employee/1",), ())


def test_a_target_of_which_the_globs_leave_nothing_is_not_reached():
    for select, exclude, reached in (
        ((), (), True),
        (("hq/employee/1",), (), True),
        (("h*",), (), True),
        (("*/1",), (), True),
        (("[gh]q/*",), (), True),
        (("gate/*", "?q/area/HQ"), (), True),
        (("gate/*",), (), False),
        (("hqs/*", "h/*", "HQ/*"), (), False),
        (("*",), ("hq/*",), False),
        ((), ("*",), False),
        ((), ("hq/employee/*", "gate/*", "*/1"), True),
    ):
        assert reaches("hq", select, exclude) is reached, (select, exclude)
