"""What a plan of exported files would do, from what was read for them: no target is asked again."""

from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

from reconciler.engine.plan import plan_target
from reconciler.engine.project import project
from reconciler.model.agreement import Outlook
from reconciler.model.diagnostic import Severity, Span
from reconciler.model.fields import Value
from reconciler.model.kinds import KINDS
from reconciler.model.objects import Live, Object, Organisation
from reconciler.model.plan import Action, Reason
from reconciler.model.secret import Secret
from reconciler.model.state import Entry, Memory
from reconciler.systems.base import Exported, Fit, Own
from reconciler.systems.registry import system
from reconciler.workflow.exporting import Read
from reconciler.workflow.planning import owns

_FILE = Span("", 0, 0)


def outlook(organisation: Organisation, reads: Iterable[Read], found: Iterable[Exported], today: str) -> list[Outlook]:
    """Of each target for which a plan of the files would not be empty. `today` is an ISO date."""
    objects = {each.listing.kind: _as_written(each) for each in found if KINDS[each.listing.kind].held}
    files = msgspec.structs.replace(organisation, objects=objects, own={})
    own = owns(files, today)
    outlooks = (_of_target(files, own, read, today) for read in reads)
    return [each for each in outlooks if each != Outlook(each.target)]


def _as_written(each: Exported) -> dict[str, Object]:
    """The objects as a file gives them back: what is masked, or empty and not stated, is not managed."""
    return {key: _object(each, live) for key, live in each.listing.objects.items()}


def _object(each: Exported, live: Live) -> Object:
    values: dict[str, Value] = {
        path: value
        for path, value in live.values.items()
        if value is not None and not isinstance(value, Secret) and (value != () or path in each.stated)
    }
    return Object(kind=each.listing.kind, key=live.key, values=values, span=_FILE)


def _of_target(files: Organisation, own: Mapping[str, Own], read: Read, today: str) -> Outlook:
    """What a plan would have for a target of which nothing is remembered. What is there counts as ours: adoptions are
    no changes, and take long to make."""
    target, its_system = read.target, system(read.target.system)
    objects, wrong = own[target.system](target) if target.system in own else (files.objects, ())
    desired, complaints = project(objects, target, its_system)
    listings, nothing = read.listings, Memory({}, {}, None)
    fit = its_system.fit(desired, listings, nothing) if its_system.fit else Fit(desired, listings, nothing.note)
    there = {kind: listing.objects.keys() for kind, listing in fit.listings.items()}
    entries = {
        kind: dict.fromkeys((key for key in objects if key in there.get(kind, ())), Entry())
        for kind, objects in fit.desired.objects.items()
    }
    memory = msgspec.structs.replace(nothing, entries=entries)
    part = plan_target(target, its_system, fit.desired, fit.listings, memory, today)
    actions = Counter(change.action for change in part.changes)
    unreadable = sum(change.reason is Reason.UNREADABLE for change in part.changes)
    found = (*wrong, *complaints, *fit.diagnostics, *part.diagnostics)
    return Outlook(
        target=target.name,
        create=actions[Action.CREATE],
        update=actions[Action.UPDATE] - unreadable,
        rewrite=unreadable,
        delete=actions[Action.DELETE],
        errors=sum(each.severity is Severity.ERROR for each in found),
    )
