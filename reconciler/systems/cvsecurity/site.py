"""What the parts of the writer share: the server, what is known of it, and what this run has done so far. One change is
written at a time, so nothing here is locked."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from reconciler.model.diagnostic import Diagnostic, warning
from reconciler.model.objects import Listing
from reconciler.model.project import Target
from reconciler.model.words import cited, nearest
from reconciler.systems.base import Aim
from reconciler.systems.cvsecurity.client import WritingServer
from reconciler.systems.cvsecurity.codes import EMPTY_LEVEL, PUSH_FAILED, UNKNOWN_LEVEL, code_of
from reconciler.systems.cvsecurity.facts import facts_of
from reconciler.systems.cvsecurity.features import read_levels, read_zone
from reconciler.systems.cvsecurity.wire import CONTROLS, ZONES, Control, Feature, Zone
from reconciler.transport.failure import Failure, Sent


class Site:
    """One server that is written. What the listings told of it is believed; what they did not tell is asked once."""

    def __init__(self, server: WritingServer, target: Target, aim: Aim, listings: Mapping[str, Listing]) -> None:
        facts = facts_of(listings)
        self.server = server
        self.target = target
        self.listings = listings
        self.aim = aim
        self.query_deletes: bool | None = None  # whether deletes take the key in the query; None: not known yet
        self._calls: dict[str, bool] = {feature: True for feature in facts.has if isinstance(feature, Feature)}
        self._calls |= {feature: False for feature in facts.lacks if isinstance(feature, Feature)}
        self._levels = {control: dict(facts.levels.get(control, {})) for control in CONTROLS}
        self._zones = {ZONES[0].path: facts.areas, ZONES[1].path: facts.kiosk_areas}
        self._made = False  # levels whose ids are not known yet
        self._touched: dict[tuple[str, str], Failure | None] = {}  # controls and ids of levels, and what failed so far

    def has(self, feature: Feature) -> bool:
        """Whether the server has a call that only some editions have. Raises Failure."""
        if feature not in self._calls:
            self._calls[feature] = self.server.has(feature)
        return self._calls[feature]

    def made_level(self) -> None:
        """A level was made, whose answer has no id: the lists are read again when one is wanted."""
        self._made = True

    def levels(self, control: Control) -> Mapping[str, str]:
        """The ids of all levels of a control, by name. Raises Failure."""
        if self._made:
            found = read_levels(self.server).levels
            self._levels = {word: dict(found.get(word, {})) for word in CONTROLS}
            self._made = False
        return self._levels[control.word]

    def level_ids(self, control: Control, names: Iterable[str]) -> tuple[str, ...]:
        """The ids of levels by name, sorted. A name such as #8a88 is the id of a level that is not listed. Raises
        Failure for a name that the server does not have, as after a rename there."""
        known = self.levels(control)
        found: list[str] = []
        for name in names:
            number = known.get(name) or (name[1:] if name.startswith("#") else None)
            if number is None:
                raise Failure(
                    Sent.NOT_SENT,
                    "RC0606",
                    f"The server has no {control.word} level {cited(name)}.{nearest(name, known)} It may have been "
                    "renamed there. Plan again.",
                )
            found.append(number)
        return tuple(sorted(set(found)))

    def known_ids(self, control: Control, names: Iterable[str]) -> tuple[str, ...]:
        """As `level_ids`, without those that are gone. Raises Failure."""
        known = self.levels(control)
        return self.level_ids(control, [name for name in names if name in known or name.startswith("#")])

    def areas(self, zone: Zone) -> tuple[str, ...]:
        """The codes of the areas of a zone that are ours to take people out of. Raises Failure."""
        codes = self._zones[zone.path]
        if codes is None:
            facts = read_zone(self.server, zone)[1]
            codes = self._zones[zone.path] = (facts.areas if zone is ZONES[0] else facts.kiosk_areas) or ()
        selected = self.aim.desired.selected.get("area") if self.aim.desired is not None else None
        return codes if selected is None else tuple(code for code in codes if code in selected)

    def touch(self, control: Control, ids: Collection[str], failure: Failure | None = None) -> None:
        """The devices of these levels are to be told, once, at the end; `failure` says that they were not yet."""
        for number in ids:
            at = (control.word, number)
            self._touched[at] = failure or self._touched.get(at)

    def sync(self) -> list[Diagnostic]:
        """Has the levels that were touched sent to their devices (manual 2.1.5, 2.2.5, 2.32.5), and gives what went
        wrong with that."""
        found = [
            problem
            for (control, number), before in sorted(self._touched.items(), key=lambda each: each[0])
            if (problem := self._sync(CONTROLS[control], number, before)) is not None
        ]
        self._touched.clear()
        return found

    def _sync(self, control: Control, number: str, before: Failure | None) -> Diagnostic | None:
        """A level that nobody has can't be sent: then what failed `before` still counts."""
        try:
            self.server.post(f"{control.calls}/syncLevel", query={"levelId": number})
        except Failure as failure:
            problem = before if code_of(failure) in (EMPTY_LEVEL, UNKNOWN_LEVEL) else failure
        else:
            return None
        if problem is None:
            return None
        name = next((name for name, known in self._levels[control.word].items() if known == number), number)
        return warning(
            problem.code,
            f"The {control.word} level {cited(name)} could not be sent to its devices, so that they may not know yet "
            f"who may pass. {problem.detail}",
        )


def pieces(items: Sequence[str], most: int) -> Iterator[list[str]]:
    """The items in their order, at most so many at a time."""
    for start in range(0, len(items), most):
        yield list(items[start : start + most])


def pushed(failure: Failure) -> bool:
    """Whether the change was made, and only a device was not told of it."""
    return code_of(failure) in PUSH_FAILED
