"""What an export says of a terminal's users beyond their plain values: their names, rosters and access levels, in the
project's words where these mean what is there."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta

from reconciler.model.fields import Value
from reconciler.model.objects import Live, Object, Objects
from reconciler.model.schedules.rosters import ROSTER_DAYS, employee_roster
from reconciler.model.schedules.templates import week_of_numbers
from reconciler.model.schedules.texts import Texts, cycle_of_texts, cycle_texts, week_texts
from reconciler.systems.device.facts import RawUsers
from reconciler.systems.device.fit_schedules import Names, same_days, templates_of
from reconciler.systems.device.projection import NAMES, access_of, open_weeks, terminal_name

NO_ROSTER = "the roster has numbers that are no shifts there"
_OVER = "the roster is over"
_NO_WEEK = "when the day templates open is not known"


def with_names(live: Live, declared: Object | None) -> dict[str, Value]:
    """The user's values, with the names that the project gives the employee where they make the one that is here."""
    if declared is None or terminal_name(declared) != live.values.get("nickname"):
        return live.values
    names = {path: declared.values[path] for path in NAMES if path in declared.values}
    return {path: value for path, value in live.values.items() if path != "nickname"} | names if names else live.values


def weeks_of(raw: RawUsers) -> Iterator[tuple[str, Texts | str]]:
    """When each user may pass, or why that can't be told."""
    templates = templates_of(raw)
    weeks = {numbers: week_of_numbers(numbers, templates) for numbers in set(raw.weeks.values()) if templates}
    for key, numbers in raw.weeks.items():
        week = weeks.get(numbers, "")
        yield key, _NO_WEEK if isinstance(week, str) else week_texts(week)


def rosters_of(raw: RawUsers, names: Names, people: Mapping[str, Object]) -> Iterator[tuple[str, Texts | str]]:
    """Each user's roster, or why it is left out; the project's one when it says the same of the days to come."""
    for key, (start, numbers) in raw.rosters.items():
        try:
            begin = date.fromisoformat(start[:10])
        except ValueError:
            yield key, NO_ROSTER
            continue
        roster = employee_roster(begin, numbers, names)
        wanted = people[key].values.get("roster") if key in people else None
        if raw.read is not None and begin + timedelta(ROSTER_DAYS) <= raw.read:
            yield key, _OVER
        elif isinstance(roster, str):
            yield key, NO_ROSTER
        elif isinstance(wanted, tuple) and same_days(cycle_of_texts(wanted), roster, raw.read):
            yield key, wanted
        else:
            yield key, cycle_texts(roster)


def levels_of(weeks: Mapping[str, Texts], project: Objects) -> tuple[dict[str, Texts], dict[str, dict[str, Value]]]:
    """The names of the levels of each user, and the values of each of these levels. The user's own levels count where
    they give this week, then a level of the project that has it, then one that is made up."""
    known = project.get("access_level", {})
    declared = open_weeks(known)
    named: dict[Texts, Texts] = {(): ()}
    for name, week in sorted(declared.items()):
        named.setdefault(week, (name,))
    employees = project.get("employee", {})
    held: dict[str, Texts] = {}
    give: dict[Texts, Texts | None] = {}  # the week that several levels are together, for all who have these
    taken = set(known)
    for key, week in weeks.items():
        given = employees[key].values.get("access_levels") if key in employees else None
        own = given if isinstance(given, tuple) else ()
        if own not in give:
            give[own] = access_of(own, declared) if own and known.keys() >= set(own) else None
        if give[own] == week:
            held[key] = own
            continue
        if week not in named:
            named[week] = (_next("Week", taken),)
            taken.update(named[week])
        held[key] = named[week]
    made_up: dict[str, dict[str, Value]] = {names[0]: {"week": week} for week, names in named.items() if names}
    used = {name for names in held.values() for name in names}
    return held, {name: _told(known[name]) if name in known else made_up[name] for name in sorted(used)}


def _told(level: Object) -> dict[str, Value]:
    """What an export says of a level of the project. What else it has is of servers, which show it or never do."""
    return {path: level.values[path] for path in ("control", "week") if path in level.values}


def _next(word: str, taken: Collection[str]) -> str:
    """The word with the lowest number that makes a name which is not taken."""
    number = 1
    while f"{word} {number}" in taken:
        number += 1
    return f"{word} {number}"
