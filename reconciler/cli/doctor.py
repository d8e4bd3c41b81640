"""`reconciler doctor`."""

import sys
from datetime import date
from functools import partial

import click

from reconciler.cli.common import failed, print_json, print_to, settings, show_diagnostics
from reconciler.cli.planning import progress_of, session_of
from reconciler.model.diagnostic import has_errors
from reconciler.model.words import nearest
from reconciler.report.findings import examinations_document, render_examinations
from reconciler.workflow.examining import examine


@click.command("doctor")
@click.argument("names", metavar="[TARGET]...", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.pass_context
def command(ctx: click.Context, names: tuple[str, ...], as_json: bool) -> None:
    """Ask targets how they are: whether they answer, who they are, what of the project they can't do. Of many, those
    that are alike are told together; -v, or a target's name, shows everything. Nothing is changed."""
    options = settings(ctx)
    session, diagnostics = session_of(options)
    if session is None:
        ctx.exit(failed(options, diagnostics, json=as_json))
    known = session.organisation.project.targets
    for name in names:
        if name not in known:
            hint = nearest(name, known) or f" There are: {', '.join(sorted(known))}."
            raise click.UsageError(f'There is no target "{name}" in the project.{hint}')
    if not as_json:
        show_diagnostics(options, diagnostics)
    today = date.today().isoformat()  # noqa: DTZ011  as a plan takes it
    with progress_of(options, as_json) as progress:
        found = examine(session, dict.fromkeys(names or known), today, partial(progress.targets, "examined"))
    if as_json:
        print_json(examinations_document(found, diagnostics))
    else:
        print_to(
            sys.stdout, render_examinations(found, color=options.color(), everything=bool(names) or options.verbose)
        )
    ctx.exit(1 if any(has_errors((*each.problems, *each.complaints)) for each in found) else 0)
