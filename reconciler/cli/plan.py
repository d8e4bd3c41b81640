"""`reconciler plan`."""

import os
import shlex
import sys
from pathlib import Path

import click
import msgspec

from reconciler.cli.common import Settings, failed, print_bytes, print_to, settings, show_diagnostics
from reconciler.cli.planning import options_of, plan_options, progress_of, session_of, write_plan_file
from reconciler.cli.reports import report_option, write_report, write_reports
from reconciler.model.diagnostic import Diagnostic, error
from reconciler.model.plan import count
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import storable
from reconciler.report.gitlab import gitlab_counts
from reconciler.report.json_text import encode_json
from reconciler.report.plan_json import encode_plan
from reconciler.report.plan_text import render_plan
from reconciler.workflow.planning import make_plan
from reconciler.workflow.replay import open_replay, unremembered
from reconciler.workflow.session import PlanSession
from reconciler.workflow.snapshot_file import SnapshotError, read_snapshot
from reconciler.workflow.verdict import FAILED, errors, plan_status, refusals


@click.command("plan")
@plan_options
@click.option("--out", metavar="FILE", help="Save the plan, for `reconciler apply FILE`.")
@click.option("--live", metavar="SNAPSHOT", help="Plan on a snapshot, without network and credentials.")
@report_option
@click.option("--gitlab", metavar="FILE", help="Write the three numbers that GitLab shows on a merge request.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when there are changes.")
@click.pass_context
def command(
    ctx: click.Context,
    select: tuple[str, ...],
    exclude: tuple[str, ...],
    allow_deletes: int | None,
    allow_changes: int | None,
    drift_only: bool,
    as_json: bool,
    out: str | None,
    live: str | None,
    reports: tuple[str, ...],
    gitlab: str | None,
    detailed_exitcode: bool,
) -> None:
    """Show what would change on the targets. Nothing is changed."""
    options = settings(ctx)
    if out and live:
        raise click.UsageError("A plan on a snapshot can't be applied, so --out does not go with --live: see --report.")
    snapshot: Snapshot | None = None
    session: PlanSession | None
    if live is None:
        session, diagnostics = session_of(options)
    else:
        snapshot, session, diagnostics = _on_snapshot(options, live, drift_only)
    if session is None:
        ctx.exit(failed(options, diagnostics, json=as_json))
    if not as_json:
        show_diagnostics(options, diagnostics)
    with progress_of(options, as_json) as progress:
        chosen = options_of(select, exclude, allow_deletes, allow_changes, drift_only)
        plan, _ = make_plan(session, chosen, progress.listing, progress.reading, snapshot)
    plan = msgspec.structs.replace(plan, snapshot=storable(live) if live else None)
    whole = msgspec.structs.replace(plan, diagnostics=(*diagnostics, *plan.diagnostics))
    write_reports(reports, whole)
    if gitlab:
        write_report(gitlab, encode_json(gitlab_counts(plan)))
    encoded = encode_plan(whole) if as_json or out else b""
    problem = write_plan_file(Path(out), encoded) if out else None
    if as_json and problem is None:
        print_bytes(encoded)
    elif not as_json:
        print_to(sys.stdout, render_plan(plan, color=options.color()))
    if problem is not None:
        failed(options, [problem], json=as_json)
        ctx.exit(FAILED)
    if out and count(plan).changes and not (errors(plan) or refusals(plan)):
        print_to(sys.stderr, f"The plan is saved. To carry out exactly this: reconciler apply {shlex.quote(out)}")
    if not as_json and live is None and (errors(plan) or refusals(plan)):
        print_to(sys.stderr, "An apply would refuse this plan: the errors say why, and what to do.")
    ctx.exit(plan_status(plan, detailed=detailed_exitcode))


def _on_snapshot(
    options: Settings, name: str, drift_only: bool
) -> tuple[Snapshot | None, PlanSession | None, list[Diagnostic]]:
    """The snapshot in the file `name` and what else a plan on it is made of; None with the errors."""
    try:
        snapshot = read_snapshot(name)
    except SnapshotError as unusable:
        return None, None, [unusable.diagnostic]
    session, diagnostics = open_replay(options.root, options.variables, os.environ, snapshot)
    if session is not None and drift_only and (why := unremembered(snapshot, session.organisation.project)):
        detail = f"What drifted can't be told with {name}: {why}."
        return None, None, [*diagnostics, error("RC0809", detail)]
    return snapshot, session, diagnostics
