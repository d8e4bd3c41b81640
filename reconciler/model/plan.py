"""Change and Plan: frozen, serialisable data. Every text, JSON or other form of a plan is a view of these, and apply
takes nothing else."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, Span
from reconciler.model.fields import Value


class Action(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    NOOP = "no-op"


class Reason(StrEnum):
    """Why a change is in the plan."""

    ABSENT = "absent"
    CONFIG = "config"
    DRIFT = "drift"
    BOTH = "both"
    REMOVED = "removed"
    UNMANAGED = "unmanaged"
    RENAMED = "renamed"
    ADOPT = "adopt"
    UNREADABLE = "unreadable"


class Cause(StrEnum):
    """Who made a field differ: the files since the last apply, the target, or both."""

    CONFIG = "config"
    DRIFT = "drift"
    BOTH = "both"


class FieldChange(msgspec.Struct, frozen=True):
    """`cause` is None where it can't be known: the key of the state's digests is not at hand, or the value can't be
    read (`unreadable`, and `before` means nothing) and none is remembered."""

    path: str
    before: Value
    after: Value
    cause: Cause | None = None
    unreadable: bool = False


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One object's step. `before` are the live values of the managed paths (None: it is not there), `after` the values
    it shall have (None: deleted). The action follows from these and `fields`, so an update without a difference can't
    be. `id` is the server's. `was` is the key it has on the target, when it is renamed. `release` are paths that are
    cleared before any change is made, since the changes form a ring of values that the server wants unique. `left` are
    paths that differ, too, and are left as they are: what is remembered of them stays.
    """

    address: Address
    reason: Reason | None
    before: dict[str, Value] | None
    after: dict[str, Value] | None
    fields: tuple[FieldChange, ...] = ()
    id: int | str | None = None
    was: str | None = None
    release: tuple[str, ...] = ()
    depends_on: tuple[Address, ...] = ()
    source: Span | None = None
    live_digest: str | None = None
    protected: bool = False
    on_remove: str | None = None
    left: tuple[str, ...] = ()

    @property
    def action(self) -> Action:
        if self.before is None:
            return Action.CREATE
        if self.after is None:
            return Action.DELETE
        return Action.UPDATE if self.fields or self.was is not None else Action.NOOP

    @property
    def leaves_state(self) -> bool:
        """Whether the object is no longer ours when this is done: deleted, resigned, disabled or forgotten."""
        return self.after is None or self.reason is Reason.REMOVED


class Unread(msgspec.Struct, frozen=True, order=True):
    """A field of so many objects of a kind that the target does not show: it is believed to be as it was last applied,
    since the files still say the same."""

    kind: str
    path: str
    objects: int


class TargetPlan(msgspec.Struct, frozen=True, kw_only=True):
    """One target's part. `complete` is false when something of the target could not be read; what hangs on that is not
    in `changes`. `live` counts by kind the live objects that the target covers, and `vanished` the removals of kinds
    that the files no longer have at all, both for limits. `changes` stand in an order in which they could be made one
    after another. `unread` is what is not compared but believed: of this nobody can say that it is as the files say."""

    target: str
    system: str
    url: str
    changes: tuple[Change, ...] = ()
    unchanged: int = 0
    live: Mapping[str, int] = {}
    vanished: Mapping[str, int] = {}
    unread: tuple[Unread, ...] = ()
    complete: bool = True
    diagnostics: tuple[Diagnostic, ...] = ()


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What would change, on every target. `files` is the organisation's digest; `key_id` tells which key the live
    digests were made with (None: none). `select` and `exclude` are the globs that it was narrowed by; `drift_only`: to
    what undoes drift. `snapshot` is the file that stood for the targets, which were not asked: such a
    plan can't be applied."""

    project: str
    timestamp: str
    reconciler_version: str
    files: str
    targets: tuple[TargetPlan, ...]
    key_id: str | None = None
    select: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    allow_deletes: int | None = None
    allow_changes: int | None = None
    drift_only: bool = False
    snapshot: str | None = None
    diagnostics: tuple[Diagnostic, ...] = ()  # of the whole: limits, lifecycle

    @property
    def complete(self) -> bool:
        return all(part.complete for part in self.targets)

    def changes(self) -> list[Change]:
        """Every target's changes, adoptions included."""
        return [change for part in self.targets for change in part.changes]


class Counts(msgspec.Struct, frozen=True):
    create: int = 0
    update: int = 0
    delete: int = 0
    adopt: int = 0
    forget: int = 0
    unchanged: int = 0

    @property
    def changes(self) -> int:
        """Calls on objects that the plan asks for; adopting and forgetting are none."""
        return self.create + self.update + self.delete


def count(plan: Plan) -> Counts:
    tally = dict.fromkeys(Action, 0)
    forget = 0
    for change in plan.changes():
        if change.action is Action.NOOP and change.reason is Reason.REMOVED:
            forget += 1
        else:
            tally[change.action] += 1
    return Counts(
        create=tally[Action.CREATE],
        update=tally[Action.UPDATE],
        delete=tally[Action.DELETE],
        adopt=tally[Action.NOOP],
        forget=forget,
        unchanged=sum(part.unchanged for part in plan.targets),
    )
