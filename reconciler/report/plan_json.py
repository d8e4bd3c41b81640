"""Plans as JSON (the manual's "The plan as JSON"), written and read back."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from reconciler.model.address import parse_address
from reconciler.model.diagnostic import Diagnostic, Span, error, has_errors
from reconciler.model.fields import Value
from reconciler.model.plan import Action, Cause, Change, FieldChange, Plan, Reason, TargetPlan, count
from reconciler.model.secret import Secret, SecretReference
from reconciler.report.diagnostics import storable_diagnostic, storable_span
from reconciler.report.json_text import encode_json
from reconciler.report.plan_parts import refused
from reconciler.report.plan_shape import (
    Flat,
    Marks,
    ShapeChange,
    ShapeDelta,
    ShapeField,
    ShapeModule,
    ShapeOwn,
    ShapePlan,
    ShapePlanned,
    ShapeRoot,
    ShapeSaved,
    ShapeSummary,
    ShapeTarget,
    Tree,
    flat,
    nested,
)

FORMAT = 1
"""Of the key `reconciler`. A program reads its own format and every earlier one."""

WITHHELD = SecretReference("table", (), Span("", 0, 0))
"""Stands in a plan that was read back for each masked value. It shows and encodes as masked, and it can't be sent:
apply puts in its place what the files say, once resolved."""


def plan_document(plan: Plan) -> dict[str, Any]:
    """The plan as plain JSON values."""
    document: dict[str, Any] = msgspec.json.decode(encode_plan(plan))
    return document


def encode_plan(plan: Plan) -> bytes:
    """The plan on one line, a newline at its end. Masked values are null, with a mark."""
    return encode_json(_shape(plan))


def _shape(plan: Plan) -> ShapePlan:
    parted = [(part, change) for part in plan.targets for change in part.changes]
    changes = tuple(_change(part, change) for part, change in parted)
    planned = tuple(_planned(each) for each in changes if each.change.after is not None)
    all_diagnostics = [*plan.diagnostics, *(each for part in plan.targets for each in part.diagnostics)]
    return ShapePlan(
        format_version="1.2",
        terraform_version="1.9.0",
        reconciler_version=plan.reconciler_version,
        project=plan.project,
        timestamp=plan.timestamp,
        complete=plan.complete,
        errored=not plan.complete or has_errors(all_diagnostics),
        applyable=bool(changes) and plan.snapshot is None and not refused(plan),
        resource_changes=changes,
        resource_drift=tuple(_drift(part, change) for part, change in parted if _drifts(change)),
        summary=ShapeSummary(**msgspec.structs.asdict(count(plan))),
        configuration=ShapeRoot(ShapeModule()),
        planned_values=ShapeRoot(ShapeModule(planned)),
        targets={part.target: _target(part) for part in plan.targets},
        diagnostics=_diagnostics(all_diagnostics),
        reconciler=ShapeSaved(
            format=FORMAT,
            files=plan.files,
            key_id=plan.key_id,
            select=plan.select,
            exclude=plan.exclude,
            allow_deletes=plan.allow_deletes,
            allow_changes=plan.allow_changes,
            drift_only=plan.drift_only,
            snapshot=plan.snapshot,
            diagnostics=_diagnostics(plan.diagnostics),
        ),
    )


def _target(part: TargetPlan) -> ShapeTarget:
    return ShapeTarget(
        system=part.system,
        url=part.url,
        complete=part.complete,
        unchanged=part.unchanged,
        live=dict(part.live),
        diagnostics=_diagnostics(part.diagnostics),
        unread=part.unread,
    )


def _change(part: TargetPlan, change: Change) -> ShapeChange:
    own = ShapeOwn(
        id=change.id,
        was=change.was,
        release=change.release,
        live_digest=change.live_digest,
        protected=change.protected,
        on_remove=change.on_remove,
        left=change.left,
    )
    delta = _delta(change.action, change.before, change.after)
    return _entry(part, change, delta, tuple(_field(each) for each in change.fields), own)


def _entry(
    part: TargetPlan, change: Change, delta: ShapeDelta, fields: tuple[ShapeField, ...], own: ShapeOwn
) -> ShapeChange:
    return ShapeChange(
        address=str(change.address),
        mode="managed",
        type=change.address.kind,
        name=change.address.key,
        target=change.address.target,
        provider_name=part.system,
        change=delta,
        action_reason=change.reason,
        fields=fields,
        depends_on=tuple(str(address) for address in change.depends_on),
        source=storable_span(change.source),
        reconciler=own,
    )


def _drifts(change: Change) -> bool:
    return change.reason is Reason.DRIFT or any(_drifted(each) for each in change.fields)


def _drifted(field: FieldChange) -> bool:
    return field.cause in (Cause.DRIFT, Cause.BOTH)


def _drift(part: TargetPlan, change: Change) -> ShapeChange:
    """What happened on the target, so the other way round than the change that undoes it: `before` as last applied,
    `after` as it is now. A value that the files changed too is left out of `before`: only its digest is kept."""
    if change.before is None:
        return _entry(part, change, _delta(Action.DELETE, change.after, None), (), ShapeOwn(id=change.id))
    fields = [each for each in change.fields if _drifted(each)]
    applied = {each.path: each.after for each in fields if each.cause is Cause.DRIFT}
    delta = _delta(Action.UPDATE, applied, {each.path: each.before for each in fields})
    swapped = tuple(
        _field(FieldChange(each.path, applied.get(each.path), each.before, each.cause, each.unreadable))
        for each in fields
    )
    return _entry(part, change, delta, swapped, ShapeOwn(id=change.id))


def _delta(action: Action, before: Mapping[str, Value] | None, after: Mapping[str, Value] | None) -> ShapeDelta:
    was = None if before is None else _tree(before)
    marked = _marks(before or {})
    same = before == after  # as of all that is adopted
    return ShapeDelta(
        actions=(action.value,),
        before=was,
        after=was if same else None if after is None else _tree(after),
        after_unknown={},
        before_sensitive=marked,
        after_sensitive=marked if same else _marks(after or {}),
    )


def _planned(change: ShapeChange) -> ShapePlanned:
    return ShapePlanned(change.address, change.mode, change.type, change.name, change.change.after or {})


def _field(field: FieldChange) -> ShapeField:
    return ShapeField(
        path=field.path,
        before=_plain(field.before),
        after=_plain(field.after),
        cause=field.cause,
        before_sensitive=_masked(field.before),
        after_sensitive=_masked(field.after),
        unreadable=field.unreadable,
    )


def _masked(value: Value) -> bool:
    return isinstance(value, Secret | SecretReference)


def _plain(value: Value) -> Flat:
    return None if isinstance(value, Secret | SecretReference) else value


def _marks(values: Mapping[str, Value]) -> Marks:
    return nested({path: True for path, value in values.items() if _masked(value)})


def _tree(values: Mapping[str, Value]) -> Tree:
    return nested({path: _plain(value) for path, value in values.items()})


def _diagnostics(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    return tuple(storable_diagnostic(each) for each in diagnostics)


class PlanFileError(Exception):
    """A saved plan can't be read. `diagnostic` says why."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.detail)
        self.diagnostic = diagnostic


def read_plan(data: bytes, where: str) -> Plan:
    """The plan that `encode_plan` wrote, exactly, but for masked values: each is WITHHELD.

    `where` names the file for the message of the PlanFileError (RC0806) that is raised when the data is not JSON, not a
    plan of this program, of a newer format, or damaged.
    """
    try:
        own = msgspec.json.decode(data, type=_Probe).reconciler
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise _unusable(where, "is not a plan that `reconciler plan --out` saved, or it was cut short") from None
    if own.format > FORMAT:
        raise _unusable(where, f"has the format {own.format}, and this version reads up to {FORMAT}: use the newer one")
    try:
        return _plan(msgspec.json.decode(data, type=ShapePlan))
    except (msgspec.ValidationError, ValueError) as problem:
        raise _unusable(where, f"is damaged ({problem})") from None


class _Mark(msgspec.Struct):
    format: int


class _Probe(msgspec.Struct):
    reconciler: _Mark


def _unusable(where: str, why: str) -> PlanFileError:
    return PlanFileError(
        error("RC0806", f"{where} {why}. Nothing was changed. Make a new plan with `reconciler plan --out`.")
    )


def _plan(shape: ShapePlan) -> Plan:
    changes: dict[str, list[Change]] = {target: [] for target in shape.targets}
    for entry in shape.resource_changes:
        if entry.target not in changes:
            raise ValueError(f"the target of {entry.address} is not in it")
        changes[entry.target].append(_read_change(entry))
    saved = shape.reconciler
    return Plan(
        project=shape.project,
        timestamp=shape.timestamp,
        reconciler_version=shape.reconciler_version,
        files=saved.files,
        targets=tuple(
            TargetPlan(
                target=target,
                system=part.system,
                url=part.url,
                changes=tuple(changes[target]),
                unchanged=part.unchanged,
                live=part.live,
                complete=part.complete,
                diagnostics=part.diagnostics,
                unread=part.unread,
            )
            for target, part in shape.targets.items()
        ),
        key_id=saved.key_id,
        select=saved.select,
        exclude=saved.exclude,
        allow_deletes=saved.allow_deletes,
        allow_changes=saved.allow_changes,
        drift_only=saved.drift_only,
        snapshot=saved.snapshot,
        diagnostics=saved.diagnostics,
    )


def _read_change(entry: ShapeChange) -> Change:
    """Raises ValueError when the entry says two things that can't both be so."""
    own, delta = entry.reconciler, entry.change
    change = Change(
        address=parse_address(entry.address),
        reason=entry.action_reason,
        before=None if delta.before is None else _values(delta.before, delta.before_sensitive),
        after=None if delta.after is None else _values(delta.after, delta.after_sensitive),
        fields=tuple(_read_field(field) for field in entry.fields),
        id=own.id,
        was=own.was,
        release=own.release,
        depends_on=tuple(parse_address(address) for address in entry.depends_on),
        source=entry.source,
        live_digest=own.live_digest,
        protected=own.protected,
        on_remove=own.on_remove,
        left=own.left,
    )
    if delta.actions != (change.action.value,) or change.address != (entry.target, entry.type, entry.name):
        raise ValueError(f"the entry of {entry.address} contradicts itself")
    return change


def _values(tree: Tree, marks: Marks) -> dict[str, Value]:
    masked = flat(marks)
    return {path: WITHHELD if masked.get(path) else value for path, value in flat(tree).items()}


def _read_field(field: ShapeField) -> FieldChange:
    return FieldChange(
        path=field.path,
        before=WITHHELD if field.before_sensitive else field.before,
        after=WITHHELD if field.after_sensitive else field.after,
        cause=field.cause,
        unreadable=field.unreadable,
    )
