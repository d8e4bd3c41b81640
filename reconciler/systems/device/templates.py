"""Day templates on a terminal, and the weeks of its users in their numbers (manual: GetAcTimeZone, GetAcUserInfo).

An empty template that somebody else's user refers to would open doors when it is filled, so before a new number is
taken it is known which numbers all others have.
"""

from collections.abc import Callable, Mapping

import msgspec

from reconciler.model.fields import Value
from reconciler.model.objects import Object
from reconciler.model.schedules.mistake import Problems
from reconciler.model.schedules.templates import RANGES, CompiledWeeks, day_pairs
from reconciler.model.state import Note
from reconciler.systems.device.client import Terminal, WritingTerminal, no_such_user
from reconciler.systems.device.facts import Pairs, RawUsers
from reconciler.systems.device.fit_schedules import template_numbers
from reconciler.systems.device.pairs import read_pairs, wire_pairs
from reconciler.systems.device.users import Numbers, read_ids, week_numbers
from reconciler.transport.failure import Failure, Sent

TEMPLATES = 255
"""Day templates in a terminal, number 0 included."""

Weeks = Mapping[Value, Numbers]
"""The template numbers of a week, Sunday first, by the week's canonical texts."""


def read_templates(terminal: Terminal) -> tuple[Pairs, ...]:
    """All 255. Raises Failure."""
    return read_pairs(terminal, "GetAcTimeZone", "zones", TEMPLATES, RANGES)


def put_templates(
    terminal: WritingTerminal,
    users: Mapping[str, Object],
    known: RawUsers,
    note: Note,
    keep: Callable[[dict[str, int]], None],
) -> Weeks:
    """Gives the terminal the templates that the weeks of `users`, all that it shall have, need; the weeks' numbers.

    `known` has the numbers that users have now, as far as they were read. `keep` saves the numbers that are ours before
    they are written. Raises Failure.
    """
    raw = msgspec.structs.replace(known, templates=read_templates(terminal))
    compiled = _certain(terminal, template_numbers(users, raw, note))
    if compiled.write or compiled.slots != note.slots:
        everybody = _all_weeks(terminal, known.weeks)
        ours = {key for key, each in users.items() if "access" in each.values}
        others = {number for key, week in everybody.items() if key not in ours for number in week}
        raw = msgspec.structs.replace(raw, weeks=everybody)
        compiled = _certain(terminal, template_numbers(users, raw, note, others))
    if compiled.slots != note.slots:
        keep(dict(compiled.slots))
    if compiled.write:
        live = raw.templates or ()
        items = [day_pairs(compiled.write[at]) if at in compiled.write else pairs for at, pairs in enumerate(live)]
        _put(terminal, {"zones": wire_pairs(items, live)})
    return {users[key].values["access"]: numbers for key, numbers in compiled.weeks.items()}


def _put(terminal: WritingTerminal, payload: Mapping[str, object]) -> None:
    try:
        terminal.do("SetAcTimeZone", payload)
    except Failure as failure:  # of the user for whom this is done nothing was sent
        detail = f"The day templates that its access needs could not be written. {failure.detail}"
        raise Failure(Sent.NOT_SENT, failure.code, detail, status=failure.status) from None


def _certain(terminal: Terminal, compiled: CompiledWeeks | Problems) -> CompiledWeeks:
    if isinstance(compiled, CompiledWeeks):
        return compiled
    raise Failure(Sent.NOT_SENT, "RC0601", f"The terminal {terminal.target.name}: {' '.join(compiled)}")


def _all_weeks(terminal: Terminal, known: Mapping[str, Numbers]) -> dict[str, Numbers]:
    """The numbers of every user there is just now; of those that are `known` they are not asked for again."""
    weeks: dict[str, Numbers] = {}
    for key in read_ids(terminal)[0]:
        try:
            weeks[key] = known.get(key) or week_numbers(terminal, terminal.ask("GetAcUserInfo", {"id": key}))
        except Failure as failure:
            if not no_such_user(failure):
                raise
    return weeks
