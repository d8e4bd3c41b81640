"""From a session to a plan: project, resolve, read, plan, guard, for every target at once."""

from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import Future, wait
from datetime import UTC, date, datetime
from threading import Lock
from typing import TypeVar

import msgspec

from reconciler import __version__
from reconciler.config.secrets import resolve_desired, resolve_target
from reconciler.engine.guard import guard, unfit
from reconciler.engine.narrow import concerns, reaches, unmatched
from reconciler.engine.plan import kinds_needed, paths_to_read, plan_target
from reconciler.engine.project import in_decimal, project
from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, error, has_errors
from reconciler.model.objects import Desired, Listing, Organisation
from reconciler.model.plan import Plan, TargetPlan
from reconciler.model.project import Target
from reconciler.model.secret import SecretReference
from reconciler.model.snapshot import Snapshot
from reconciler.model.state import Memory, Note, memories
from reconciler.state.key import key_id
from reconciler.systems.base import Aim, Fit, Own, Reader, System
from reconciler.systems.registry import system
from reconciler.transport.failure import Failure
from reconciler.workflow.pools import open_pools
from reconciler.workflow.replay import comparable, key_of, listings_of, part_of, shortfalls, without_unread
from reconciler.workflow.session import PlanSession

POLL = 0.2
"""Seconds between two looks at signals."""

_T = TypeVar("_T")

UNREACHABLE = frozenset({"RC0501", "RC0502", "RC0503", "RC0504"})
"""Codes of problems that every further call to the target would meet again."""

Progress = Callable[[str, str, int, int | None], None]
"""Told (target, kind, objects read, how many there are if known)."""

Counted = Callable[[int, int], None]
"""Told (targets that are done with, how many there are), from any thread."""


def uncounted(_done: int, _total: int) -> None:
    """For whoever does not want to know."""


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How a plan is narrowed and what it consents to."""

    select: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    allow_deletes: int | None = None
    allow_changes: int | None = None
    drift_only: bool = False


class View(msgspec.Struct, frozen=True):
    """One target as planned on: what it must hold, what it has, and what is remembered. Its secrets are resolved. `aim`
    is what it was read with, `note` what is to be remembered of the target itself. `left_out`: the plan is narrowed to
    others, and this one was not asked."""

    target: Target
    system: System
    desired: Desired
    listings: Mapping[str, Listing]
    memory: Memory
    diagnostics: tuple[Diagnostic, ...]
    aim: Aim
    note: Note
    left_out: bool = False


def make_plan(
    session: PlanSession,
    options: Options,
    progress: Progress,
    counted: Counted = uncounted,
    snapshot: Snapshot | None = None,
) -> tuple[Plan, dict[str, View]]:
    """The plan of all targets, and by target what it was made from. With a `snapshot` no target is asked."""
    project = session.organisation.project
    targets = project.targets
    today = date.today().isoformat()  # noqa: DTZ011  the day on this machine's calendar, as a person would write it
    look = _Look(session, options, progress, today, snapshot)
    with open_pools(project, waits=False) as pools:  # Ctrl-C does not wait for a slow target: nothing is lost
        looking = [pools.of(target).submit(look.at, target) for target in targets.values()]
        count_ends(looking, counted)
        views = all_of(looking)
    servers = _by_server(views)
    parts = tuple(_plan_view(view, options, today, _elsewhere(view, servers)) for view in views)
    unknown = shortfalls(session, snapshot) if snapshot is not None else []
    plan = Plan(
        project=project.name,
        timestamp=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        reconciler_version=__version__,
        files=session.organisation.digest,
        targets=parts,
        key_id=key_id(session.state_key) if session.state_key is not None else None,
        select=options.select,
        exclude=options.exclude,
        allow_deletes=options.allow_deletes,
        allow_changes=options.allow_changes,
        drift_only=options.drift_only,
        diagnostics=(*unknown, *_unmatched(session, views, parts, options)),
    )
    refusals = guard(plan, targets)
    return msgspec.structs.replace(plan, diagnostics=(*plan.diagnostics, *refusals)), {v.target.name: v for v in views}


def all_of(futures: Iterable[Future[_T]]) -> list[_T]:
    """What the futures give, in their order. A signal that arrives just before a wait without end would not be noticed
    until that ends, so the wait is in small steps."""
    waiting = list(futures)
    for future in waiting:
        while wait([future], timeout=POLL).not_done:
            pass
    return [future.result() for future in waiting]


def count_ends(futures: Collection[Future[_T]], counted: Counted) -> None:
    """Tells of each future that it has ended."""
    lock, ended = Lock(), 0

    def end(future: Future[_T]) -> None:
        nonlocal ended
        if not future.cancelled():
            with lock:
                ended += 1
                counted(ended, len(futures))

    counted(0, len(futures))
    for future in futures:
        future.add_done_callback(end)


def _by_server(views: Iterable[View]) -> dict[tuple[str, str | None], list[View]]:
    found: dict[tuple[str, str | None], list[View]] = {}
    for view in views:
        found.setdefault(_server(view.target), []).append(view)
    return found


def _elsewhere(view: View, servers: Mapping[tuple[str, str | None], list[View]]) -> frozenset[tuple[str, str]]:
    """The kind and key of each object that another target of the very same server holds: with two selections of one
    server, what leaves the one may have come into the other."""
    return frozenset(
        (kind, key)
        for other in servers[_server(view.target)]
        if other.target.name != view.target.name
        for kind, objects in other.desired.objects.items()
        for key in objects
    )


def _server(target: Target) -> tuple[str, str | None]:
    return target.url.lower(), target.company


def _plan_view(view: View, options: Options, today: str, elsewhere: Collection[tuple[str, str]]) -> TargetPlan:
    if view.left_out:
        return TargetPlan(target=view.target.name, system=view.system.name, url=view.target.url)
    part = plan_target(
        view.target,
        view.system,
        view.desired,
        view.listings,
        view.memory,
        today,
        options.select,
        options.exclude,
        elsewhere,
        drift_only=options.drift_only,
    )
    told = view.system.cautions
    cautions = told(view.target, part.changes, view.listings) if told is not None else ()
    concerning = [
        each
        for each in (*view.diagnostics, *cautions)
        if concerns(each, list(part.changes), options.select, options.exclude)
    ]
    part = msgspec.structs.replace(part, diagnostics=tuple(dict.fromkeys((*concerning, *part.diagnostics))))
    if view.system.fleet and unfit(part.diagnostics):
        return msgspec.structs.replace(part, changes=(), complete=False)  # what one can't do stops no other terminal
    return part


def owns(organisation: Organisation, today: str) -> dict[str, Own]:
    """The projections of those of the project's systems that have one of their own, by their names."""
    systems = {name: system(name) for name in {target.system for target in organisation.project.targets.values()}}
    return {name: each.own(organisation, today) for name, each in sorted(systems.items()) if each.own is not None}


class _Look:
    """Looks at one target after the other; what is the same for all of them is made once."""

    def __init__(
        self, session: PlanSession, options: Options, progress: Progress, today: str, snapshot: Snapshot | None
    ) -> None:
        self._snapshot = snapshot
        self._session = session
        self._options = options
        self._progress = progress
        self._memory_of = memories(session.state, session.state_key)
        self._own = owns(session.organisation, today)

    def at(self, target: Target) -> View:
        """Projects and reads one target. Nothing is asked of it when its secrets can't be had."""
        its_system = system(target.system)
        own = self._own.get(target.system)
        objects, wrong = own(target) if own is not None else (self._session.organisation.objects, ())
        desired, complaints = project(objects, target, its_system)
        memory = self._memory_of(target.name)
        if not reaches(target.name, self._options.select, self._options.exclude):
            aim = Aim(desired=desired, memory=memory)
            return View(target, its_system, desired, {}, memory, (), aim, memory.note, left_out=True)
        if self._snapshot is not None:
            return self._replayed(self._snapshot, target, desired, memory, [*wrong, *complaints])
        resolved, desired, unresolved = self._resolve(target, desired)
        aim = Aim(desired=desired, memory=memory)
        if has_errors(unresolved):
            listings = {kind: Listing(kind, {}, problem=unresolved[0]) for kind in desired.objects}
        else:
            extra = kinds_needed(desired, target, its_system, memory)
            paths = {kind: paths_to_read(desired, kind, its_system) for kind in {*desired.objects, *extra}}
            listings = read_listings(resolved, its_system, aim, paths, self._progress)
        return _fitted(resolved, aim, listings, [*wrong, *complaints, *unresolved])

    def _replayed(
        self, snapshot: Snapshot, target: Target, desired: Desired, memory: Memory, complaints: list[Diagnostic]
    ) -> View:
        """What `at` gives, with the listings of a snapshot. Secrets that can't be had are not compared."""
        its_system = system(target.system)
        part = part_of(snapshot, target, len(self._session.organisation.project.targets))
        if isinstance(part, Diagnostic):
            listings = {kind: Listing(kind, {}, problem=part) for kind in desired.objects}
            return _fitted(target, Aim(desired=desired, memory=memory), listings, complaints)
        extra = kinds_needed(desired, target, its_system, memory)
        paths = {kind: paths_to_read(desired, kind, its_system) for kind in {*desired.objects, *extra}}
        listings = listings_of(part, target, its_system, paths)
        desired, wrong = resolve_desired(desired, self._session.resolver)
        complaints += [each for each in wrong if each.code != "RC0406"]
        desired = in_decimal(desired, its_system)
        key = key_of(self._session, snapshot)
        desired, passed = comparable(desired, listings, memory, its_system, key)
        view = _fitted(target, Aim(desired=desired, memory=memory), listings, [*complaints, *passed])
        if key is not None or memory.key is not None:
            return view
        return msgspec.structs.replace(view, desired=without_unread(view.desired, view.listings, memory))

    def _resolve(self, target: Target, desired: Desired) -> tuple[Target, Desired, list[Diagnostic]]:
        """The target and what it must hold with their secrets, and what can't be had of these."""
        resolved, missing = resolve_target(target, self._session.resolver)
        desired, unresolved = resolve_desired(desired, self._session.resolver)
        select, exclude = self._options.select, self._options.exclude
        left_out = {each.address for each in unresolved if not concerns(each, [], select, exclude)}
        if left_out:
            desired = _without_references(desired, left_out)
            unresolved = [each for each in unresolved if each.address not in left_out]
        return resolved, in_decimal(desired, system(target.system)), [*missing, *unresolved]


def _fitted(target: Target, aim: Aim, listings: Mapping[str, Listing], told: Iterable[Diagnostic]) -> View:
    """The view of a target that was read, its two sides made comparable."""
    its_system, memory = system(target.system), aim.memory
    desired = aim.desired or Desired(target.name, {})
    fit = its_system.fit(desired, listings, memory) if its_system.fit else Fit(desired, listings, memory.note)
    return View(
        target=target,
        system=its_system,
        desired=fit.desired,
        listings=fit.listings,
        memory=memory,
        diagnostics=(*told, *fit.diagnostics),
        aim=aim,
        note=fit.note,
    )


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
    target: Target, its_system: System, aim: Aim, paths: Mapping[str, Collection[str]], progress: Progress
) -> dict[str, Listing]:
    """The listing of each kind of `paths` with at least those values. A target that can't be reached is asked once."""
    kinds = [kind for kind in its_system.bindings if kind in paths]
    try:
        with its_system.reader(target, aim) as reader:
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
    session: PlanSession, views: Iterable[View], parts: Iterable[TargetPlan], options: Options
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
