"""From a session to a plan: project, resolve, read, plan, guard, for every target at once."""

from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import UTC, date, datetime
from typing import TypeVar

import msgspec

from reconciler import __version__
from reconciler.config.secrets import resolve_desired, resolve_target
from reconciler.engine.diff import Memory, recall
from reconciler.engine.guard import guard
from reconciler.engine.narrow import concerns, unmatched
from reconciler.engine.plan import kinds_needed, paths_to_read, plan_target
from reconciler.engine.project import project
from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, error, has_errors
from reconciler.model.objects import Desired, Listing
from reconciler.model.plan import Plan, TargetPlan
from reconciler.model.project import Target
from reconciler.model.secret import SecretReference
from reconciler.state.key import key_id
from reconciler.systems.base import Reader, System
from reconciler.systems.registry import system
from reconciler.transport.failure import Failure
from reconciler.workflow.session import Session

TARGETS_AT_ONCE = 8

POLL = 0.2
"""Seconds between two looks at signals."""

_T = TypeVar("_T")

UNREACHABLE = frozenset({"RC0501", "RC0502", "RC0503", "RC0504"})
"""Codes of problems that every further call to the target would meet again."""

Progress = Callable[[str, str, int, int | None], None]
"""Told (target, kind, objects read, how many there are if known)."""


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How a plan is narrowed and what it consents to."""

    select: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    allow_deletes: int | None = None
    allow_changes: int | None = None


class View(msgspec.Struct, frozen=True):
    """One target as planned on: what it must hold, what it has, and what is remembered. Its secrets are resolved."""

    target: Target
    system: System
    desired: Desired
    listings: Mapping[str, Listing]
    memory: Memory
    diagnostics: tuple[Diagnostic, ...]


def make_plan(session: Session, options: Options, progress: Progress) -> tuple[Plan, dict[str, View]]:
    """The plan of all targets, and by target what it was made from."""
    targets = session.organisation.project.targets
    pool = ThreadPoolExecutor(max_workers=TARGETS_AT_ONCE)
    try:
        views = all_of(pool.submit(_look, session, target, options, progress) for target in targets.values())
    finally:
        pool.shutdown(wait=False, cancel_futures=True)  # Ctrl-C does not wait for a slow target: nothing is lost
    parts = tuple(_plan_view(view, options, _elsewhere(view, views)) for view in views)
    plan = Plan(
        project=session.organisation.project.name,
        timestamp=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        reconciler_version=__version__,
        files=session.organisation.digest,
        targets=parts,
        key_id=key_id(session.state_key) if session.state_key is not None else None,
        select=options.select,
        exclude=options.exclude,
        allow_deletes=options.allow_deletes,
        allow_changes=options.allow_changes,
        diagnostics=tuple(_unmatched(session, views, parts, options)),
    )
    refusals = guard(plan, targets)
    return msgspec.structs.replace(plan, diagnostics=(*plan.diagnostics, *refusals)), {v.target.name: v for v in views}


def all_of(futures: Iterable[Future[_T]]) -> list[_T]:
    """What the futures give, in their order. A signal that arrives just before a wait without end would not be noticed
    until that ends, so the wait is in small steps."""
    waiting = list(futures)
    while wait(waiting, timeout=POLL).not_done:
        pass
    return [future.result() for future in waiting]


def _elsewhere(view: View, views: Iterable[View]) -> frozenset[tuple[str, str]]:
    """The kind and key of each object that another target of the very same server holds: with two selections of one
    server, what leaves the one may have come into the other."""
    return frozenset(
        (kind, key)
        for other in views
        if other.target.name != view.target.name and _server(other.target) == _server(view.target)
        for kind, objects in other.desired.objects.items()
        for key in objects
    )


def _server(target: Target) -> tuple[str, str | None]:
    return target.url.lower(), target.company


def _plan_view(view: View, options: Options, elsewhere: Collection[tuple[str, str]]) -> TargetPlan:
    part = plan_target(
        view.target,
        view.system,
        view.desired,
        view.listings,
        view.memory,
        date.today().isoformat(),  # noqa: DTZ011  the day on this machine's calendar, as a person would write it
        options.select,
        options.exclude,
        elsewhere,
    )
    concerning = [
        each for each in view.diagnostics if concerns(each, list(part.changes), options.select, options.exclude)
    ]
    return msgspec.structs.replace(part, diagnostics=tuple(dict.fromkeys((*concerning, *part.diagnostics))))


def _look(session: Session, target: Target, options: Options, progress: Progress) -> View:
    """Projects and reads one target. Nothing is asked of it when its secrets can't be had."""
    its_system = system(target.system)
    desired, complaints = project(session.organisation, target, its_system)
    resolved, missing = resolve_target(target, session.resolver)
    desired, unresolved = resolve_desired(desired, session.resolver)
    left_out = {each.address for each in unresolved if not concerns(each, [], options.select, options.exclude)}
    if left_out:
        desired = _without_references(desired, left_out)
        unresolved = [each for each in unresolved if each.address not in left_out]
    diagnostics = (*complaints, *missing, *unresolved)
    memory = recall(session.state, target.name, session.state_key)
    if has_errors((*missing, *unresolved)):
        listings = {kind: Listing(kind, {}, problem=next(iter((*missing, *unresolved)))) for kind in desired.objects}
    else:
        extra = kinds_needed(desired, target, its_system, memory)
        paths = {kind: paths_to_read(desired, kind) for kind in {*desired.objects, *extra}}
        listings = read_listings(resolved, its_system, paths, progress)
    return View(resolved, its_system, desired, listings, memory, diagnostics)


def _without_references(desired: Desired, addresses: Collection[str | None]) -> Desired:
    """`desired` where the objects at `addresses`, which the plan leaves out, do not state the secrets that can't be
    had."""
    objects = {kind: dict(of_kind) for kind, of_kind in desired.objects.items()}
    for kind, of_kind in objects.items():
        for key, each in of_kind.items():
            if str(Address(desired.target, kind, key)) in addresses:
                values = {path: value for path, value in each.values.items() if not isinstance(value, SecretReference)}
                of_kind[key] = msgspec.structs.replace(each, values=values)
    return msgspec.structs.replace(desired, objects=objects)


def read_listings(
    target: Target, its_system: System, paths: Mapping[str, Collection[str]], progress: Progress
) -> dict[str, Listing]:
    """The listing of each kind of `paths` with at least those values. A target that can't be reached is asked once."""
    kinds = [kind for kind in its_system.bindings if kind in paths]
    try:
        with its_system.reader(target) as reader:
            return _read(reader, kinds, paths, lambda *numbers: progress(target.name, *numbers))
    except Failure as failure:
        return {kind: Listing(kind, {}, problem=failure.diagnostic()) for kind in kinds}


def _read(
    reader: Reader,
    kinds: Iterable[str],
    paths: Mapping[str, Collection[str]],
    progress: Callable[[str, int, int | None], None],
) -> dict[str, Listing]:
    listings: dict[str, Listing] = {}
    lost: Diagnostic | None = None
    for kind in kinds:
        listings[kind] = (
            Listing(kind, {}, problem=lost) if lost is not None else reader.list(kind, paths[kind], progress)
        )
        problem = listings[kind].problem
        if problem is not None and problem.code in UNREACHABLE:
            lost = problem
    return listings


def _unmatched(
    session: Session, views: Iterable[View], parts: Iterable[TargetPlan], options: Options
) -> list[Diagnostic]:
    """A `--select` or `--exclude` that names no object at all is a mistake."""
    if not options.select and not options.exclude:
        return []
    known = {
        Address(view.target.name, kind, key)
        for view in views
        for kind, objects in view.desired.objects.items()
        for key in objects
    }
    known |= {change.address for part in parts for change in part.changes}
    known |= {Address(*text.split("/", 2)) for text in session.state.entries}
    return [
        error(
            "RC0609", f'No object\'s address matches "{glob}". Addresses are target/kind/key, such as hq/employee/1001.'
        )
        for glob in unmatched((*options.select, *options.exclude), known)
    ]
