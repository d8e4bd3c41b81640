"""What is to be known of a plan for a server before it is applied."""

from collections.abc import Iterator, Mapping, Sequence

from reconciler.model.diagnostic import Diagnostic, warning
from reconciler.model.fields import Value
from reconciler.model.kinds import KINDS
from reconciler.model.objects import Listing
from reconciler.model.plan import Action, Change, Reason
from reconciler.model.project import Prune, Target
from reconciler.model.words import some
from reconciler.systems.cvsecurity.bindings import BINDINGS
from reconciler.systems.cvsecurity.facts import Facts, facts_of
from reconciler.systems.cvsecurity.outcomes import written
from reconciler.systems.cvsecurity.wire import CONTROLS, LEVEL_DOORS, Feature

_NOT_READ = "RC0407"
_LEFT = "RC0608"


def cautions(target: Target, changes: Sequence[Change], listings: Mapping[str, Listing]) -> list[Diagnostic]:
    """Warnings of what the changes do not say by themselves: what nobody can verify, and what stays on the server."""
    making = [change for change in changes if change.action in (Action.CREATE, Action.UPDATE)]
    found = [problem for kind in BINDINGS for problem in _unreadable(target, kind, making)]
    found += _perhaps_only_sent(target, making, facts_of(listings))
    found += [problem for change in making for problem in _doors(change)]
    found += _levels_left(target, changes)
    if target.prune.get("department") is Prune.ALL and Feature.DEPARTMENT_LIST in facts_of(listings).lacks:
        found.append(_unseen_departments(target))
    return found


def _unreadable(target: Target, kind: str, making: Sequence[Change]) -> Iterator[Diagnostic]:
    """One warning per kind: of fields that are written and that no call reads."""
    hidden = BINDINGS[kind].write_only
    keys: list[str] = []
    paths: set[str] = set()
    for change in making:
        if change.address.kind != kind:
            continue
        found = {path for path, value in written(change).items() if path in hidden and _says(change, value)}
        if found:
            keys.append(change.address.key)
            paths |= found
    if keys:
        names = ", ".join(f"`{path}`" for path in sorted(paths))
        who = KINDS[kind].noun if len(keys) == 1 else f"{len(keys)} {KINDS[kind].nouns}"
        yield warning(
            _NOT_READ,
            f"{names} can't be read from {target.name}, so that what is written for {who} ({some(sorted(keys))}) "
            "can't be verified. Later plans compare it with what the state remembers.",
        )


def _perhaps_only_sent(target: Target, making: Sequence[Change], facts: Facts) -> Iterator[Diagnostic]:
    """Of levels that only syncPerson gives: by some accounts it sends to the devices what a person has already, and
    gives nothing (A5 2)."""
    for control in CONTROLS.values():
        if control.word == "door" or (control.word == "entrance" and Feature.ENTRANCE_BY_PERSON not in facts.lacks):
            continue
        keys = [change.address.key for change in making if written(change).get(control.path)]
        if keys:
            yield warning(
                _NOT_READ,
                f"The one call of {target.name} for {control.word} levels is {control.calls}/syncPerson, and it is not "
                "known that every version gives a level by it to who does not have it yet. Look at one of them in the "
                f"server's own pages after the apply: {some(sorted(keys))}.",
            )


def _says(change: Change, value: Value) -> bool:
    """Whether a value is written: what is empty is so in a new object."""
    return change.before is not None or value not in (None, ())


def _doors(change: Change) -> Iterator[Diagnostic]:
    if change.before is not None and LEVEL_DOORS[0] in written(change):
        yield warning(
            _LEFT,
            f"`{LEVEL_DOORS[0]}` can only be added to: a door that the level has and the files do not name stays one "
            "of its doors. Take it out in the server's own pages.",
            source=change.source,
            address=change.address,
        )


def _levels_left(target: Target, changes: Sequence[Change]) -> Iterator[Diagnostic]:
    """Of levels that are no longer in the files."""
    left = [c.address.key for c in changes if c.address.kind == "access_level" and c.reason is Reason.REMOVED]
    if left:
        yield warning(
            _LEFT,
            f"{some(left)} {'is' if len(left) == 1 else 'are'} no longer in the files, and no call of {target.name} "
            "deletes an access level: it is forgotten and stays, with whoever has it. Delete it in the server's own "
            "pages.",
        )


def _unseen_departments(target: Target) -> Diagnostic:
    return warning(
        _LEFT,
        f"`prune: all` can't find departments that are on {target.name} and not in the files: its edition of the API "
        "has no list of departments, so that only those of the files and the state are known.",
    )
