"""Whatever a terminal holds and whatever the files say: once what is compiled is written there, the terminal has the
schedules of the files, minute by minute and day by day; and who comes or goes changes nobody else's numbers."""

from collections.abc import Mapping
from datetime import date, timedelta

import msgspec
from device_values import (
    DAY,
    EMPTY,
    NIGHT,
    UID,
    departments_there,
    remembered,
    shifts_there,
    thing,
    users_there,
    wanted,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.model.fields import Value
from reconciler.model.objects import Object
from reconciler.model.schedules.rosters import RESERVED, ROSTER_DAYS, department_numbers, employee_numbers
from reconciler.model.schedules.shifts import CompiledShifts, period_pairs
from reconciler.model.schedules.templates import CompiledWeeks, day_pairs, week_of_numbers
from reconciler.model.schedules.texts import cycle_of_texts, cycle_texts, department_of_texts, week_of_texts, week_texts
from reconciler.model.schedules.times import Range, merged
from reconciler.model.schedules.week import Week, open_minutes
from reconciler.model.state import Note
from reconciler.systems.device.facts import Pairs, RawUsers
from reconciler.systems.device.fit import fit
from reconciler.systems.device.fit_schedules import shift_numbers, template_numbers, templates_of

PERIODS = {
    "day": ("09:00-12:00", "13:00-18:00"),
    "early": ("06:00-14:00",),
    "late": ("14:00-22:00",),
    "night": ("00:00-06:00", "22:00-23:59"),
    "same": ("06:00-14:00",),
}
ODD: Pairs = (("09:00", "08:00"), ("", ""), ("", ""))
SLOTS = st.dictionaries(st.integers(0, 23), st.sampled_from([DAY, NIGHT, ODD, EMPTY]), max_size=12)
SHIFTS = st.sets(st.sampled_from(sorted(PERIODS)), min_size=1)
KNOWN = st.dictionaries(st.sampled_from([*PERIODS, "gone"]), st.integers(0, 23), max_size=4)
NUMBERS = st.sampled_from([*range(24), *RESERVED.values()])

hours = st.tuples(st.integers(0, 23), st.integers(1, 24)).map(lambda pair: Range(min(pair) * 60, max(pair) * 60))
a_day = st.lists(hours.filter(lambda each: each.start < each.end), max_size=3).map(merged)


@st.composite
def weeks(draw: st.DrawFn) -> tuple[str, ...]:
    """The texts of a week whose days are often equal."""
    some = [(), (Range(0, 1440),), draw(a_day), draw(a_day)]
    return week_texts(Week(tuple(draw(st.lists(st.sampled_from(some), min_size=7, max_size=7)))))


def shifts(names: set[str]) -> list[Object]:
    return [thing(f"shift/{name}", {"periods": PERIODS[name]}) for name in sorted(names)]


def compiled_shifts(names: set[str], slots: Mapping[int, Pairs], known: Mapping[str, int]) -> CompiledShifts:
    found = shift_numbers(wanted(*shifts(names)), {"shift": shifts_there(slots)}, remembered(known))
    assert isinstance(found, CompiledShifts)
    return found


def written(slots: Mapping[int, Pairs], compiled: CompiledShifts) -> dict[int, Pairs]:
    return {**slots, **{number: period_pairs(periods) for number, periods in compiled.write.items()}}


@settings(max_examples=50, deadline=None, derandomize=True)
@given(SHIFTS, SLOTS, KNOWN, st.data())
def test_what_is_written_is_the_roster_of_the_files_day_by_day(
    names: set[str], slots: dict[int, Pairs], known: dict[str, int], data: st.DataObject
) -> None:
    words = st.sampled_from([*sorted(names), *RESERVED])
    start = data.draw(st.dates(date(2023, 12, 1), date(2029, 12, 31)))
    cycle = data.draw(st.lists(words, min_size=1, max_size=9))
    roster = cycle_texts(cycle_of_texts((start.isoformat(), *cycle)))
    week = department_of_texts(
        [f"{day} {data.draw(words)}" for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")]
    )
    compiled = compiled_shifts(names, slots, known)
    numbers = employee_numbers(cycle_of_texts(roster), compiled.slots)
    of_week = department_numbers(week, compiled.slots)
    assert not isinstance(numbers, str)
    assert not isinstance(of_week, str)

    there = written(slots, compiled)
    everything = wanted(
        *shifts(names), thing("department/D", {"roster": ("-",)}), thing("employee/7", {"roster": roster})
    )
    listings = {
        "shift": shifts_there(there),
        "department": departments_there({"D": of_week}),
        "employee": users_there({"7": {}}, rosters={"7": (f"{start}T00:00:00", numbers)}),
    }
    found = fit(everything, listings, remembered(compiled.slots))
    live = found.listings["shift"].objects
    assert {name: live[name].values["periods"] for name in names} == {name: PERIODS[name] for name in names}
    assert {name: live[name].id for name in names} == compiled.slots
    assert department_of_texts(found.listings["department"].objects["D"].values["roster"]) == week  # type: ignore[arg-type]
    assert found.listings["employee"].objects["7"].values == {"roster": roster}
    for number in range(ROSTER_DAYS):  # the slot that the terminal goes by on that day holds the periods of the files
        word = cycle[number % len(cycle)]
        expected = RESERVED[word] if word in RESERVED else there[numbers[number]]
        assert expected == (numbers[number] if word in RESERVED else period_pairs_of(word)), start + timedelta(number)


def period_pairs_of(name: str) -> Pairs:
    pairs = [(text[:5], text[6:]) for text in PERIODS[name]]
    return (*pairs, *[("", "")] * (3 - len(pairs)))


@settings(max_examples=50, deadline=None, derandomize=True)
@given(SHIFTS, st.sampled_from(sorted(PERIODS)), SLOTS, KNOWN)
def test_a_shift_that_comes_or_goes_renumbers_no_other(
    names: set[str], other: str, slots: dict[int, Pairs], known: dict[str, int]
) -> None:
    first = compiled_shifts(names, slots, known)
    there = written(slots, first)
    after = names ^ {other}
    second = compiled_shifts(after, there, {**first.left, **first.slots})
    assert {name: second.slots[name] for name in names & after} == {name: first.slots[name] for name in names & after}
    assert second.write.keys() <= {second.slots.get(other)}


@settings(max_examples=50, deadline=None, derandomize=True)
@given(SLOTS, st.lists(NUMBERS, min_size=100, max_size=100), KNOWN, st.integers(0, 120))
def test_a_roster_that_the_terminal_re_bases_to_its_today_is_the_same(
    slots: dict[int, Pairs], numbers: list[int], known: dict[str, int], passed: int
) -> None:
    start, shift = date(2027, 12, 1), passed % ROSTER_DAYS
    as_written = {"7": ("2027-12-01T00:00:00", tuple(numbers))}
    today = start + timedelta(passed)
    rebased = {"7": (f"{today}T00:00:00", (*numbers[shift:], *numbers[:shift]))}
    base = {"shift": shifts_there(slots)}
    first = fit(
        wanted(thing("employee/7")), {**base, "employee": users_there({"7": {}}, rosters=as_written)}, remembered(known)
    )
    roster = first.listings["employee"].objects["7"].values["roster"]
    # with the roster managed its numbers are ours, and slots that have no name keep their words
    stated = thing("employee/7", {"roster": roster})
    users = users_there({"7": {}}, rosters=rebased, read=today)
    second = fit(wanted(stated), {**base, "employee": users}, remembered(known))
    assert second.listings["employee"].objects["7"].values == {"roster": roster}


def expanded(raw: RawUsers, numbers: tuple[int, ...]) -> frozenset[int]:
    week = week_of_numbers(numbers, templates_of(raw))
    assert isinstance(week, Week)
    return open_minutes(week)


USERS = st.dictionaries(st.sampled_from("12345"), weeks(), min_size=1)
TEMPLATES = st.dictionaries(st.integers(0, 12), a_day.map(day_pairs), max_size=10)
CLOSED: Pairs = (("", ""),) * 6


def users_of(access: Mapping[str, Value]) -> dict[str, Object]:
    return {key: thing(f"employee/{key}", {"access": week}) for key, week in access.items()}


def compiled_weeks(access: Mapping[str, Value], raw: RawUsers, note: Note) -> CompiledWeeks:
    found = template_numbers(users_of(access), raw, note)
    assert isinstance(found, CompiledWeeks)
    return found


def numbers_of(access: Mapping[str, Value], compiled: CompiledWeeks) -> dict[str, tuple[int, ...]]:
    """Every user's numbers: users with one week share those of the first of them."""
    first = {access[key]: numbers for key, numbers in compiled.weeks.items()}
    return {key: first[week] for key, week in access.items()}


def after(raw: RawUsers, access: Mapping[str, Value], compiled: CompiledWeeks) -> RawUsers:
    templates = list(raw.templates or ())
    for number, day in compiled.write.items():
        templates[number] = day_pairs(day)
    return msgspec.structs.replace(raw, templates=tuple(templates), weeks=numbers_of(access, compiled))


def raw_of(templates: Mapping[int, Pairs]) -> RawUsers:
    found = users_there({}, templates=tuple(templates.get(number, CLOSED) for number in range(255))).raw
    assert isinstance(found, RawUsers)
    return found


@settings(max_examples=50, deadline=None, derandomize=True)
@given(USERS, TEMPLATES)
def test_what_is_written_is_the_access_of_the_files_minute_by_minute(
    access: dict[str, Value], templates: dict[int, Pairs]
) -> None:
    compiled = compiled_weeks(access, raw_of(templates), Note(uid=UID))
    there = after(raw_of(templates), access, compiled)
    for key, week in access.items():
        assert expanded(there, there.weeks[key]) == open_minutes(week_of_texts(week))  # type: ignore[arg-type]
    listing = users_there({key: {} for key in access}, templates=there.templates, weeks=there.weeks)
    memory = remembered(note=Note(uid=UID, slots=dict(compiled.slots)))
    found = fit(wanted(*users_of(access).values()), {"employee": listing}, memory)
    assert {key: live.values for key, live in found.listings["employee"].objects.items()} == {
        key: {"access": week} for key, week in access.items()
    }
    assert (found.note, found.diagnostics) == (memory.note, ())
    assert compiled_weeks(access, there, memory.note).write == {}


@settings(max_examples=50, deadline=None, derandomize=True)
@given(USERS, weeks(), TEMPLATES)
def test_a_week_that_comes_or_goes_renumbers_nobody_else(
    access: dict[str, Value], week: Value, templates: dict[int, Pairs]
) -> None:
    first = compiled_weeks(access, raw_of(templates), Note(uid=UID))
    there, note = after(raw_of(templates), access, first), Note(uid=UID, slots=dict(first.slots))
    more = {**access, "new": week}
    second = compiled_weeks(more, there, note)
    assert numbers_of(access, first).items() <= numbers_of(more, second).items()
    last = compiled_weeks(access, after(there, more, second), Note(uid=UID, slots=dict(second.slots)))
    assert (numbers_of(access, last), last.write) == (numbers_of(access, first), {})
