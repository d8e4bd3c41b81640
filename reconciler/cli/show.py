"""`reconciler show`."""

import sys
from pathlib import Path

import click

from reconciler.cli.common import failed, print_bytes, print_to, settings
from reconciler.cli.reports import report_option, write_reports
from reconciler.model.diagnostic import error
from reconciler.report.plan_json import PlanFileError, encode_plan, read_plan
from reconciler.report.plan_text import render_plan


@click.command("show")
@click.argument("plan_file", metavar="PLANFILE")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@report_option
@click.pass_context
def command(ctx: click.Context, plan_file: str, as_json: bool, reports: tuple[str, ...]) -> None:
    """Show a saved plan again. Needs neither the project nor a network."""
    options = settings(ctx)
    try:
        plan = read_plan(Path(plan_file).read_bytes(), plan_file)
    except PlanFileError as problem:
        ctx.exit(failed(options, [problem.diagnostic], json=as_json))
    except OSError as problem:
        why = (problem.strerror or type(problem).__name__).lower()
        ctx.exit(failed(options, [error("RC0806", f"{plan_file} can't be read: {why}.")], json=as_json))
    write_reports(reports, plan)
    if as_json:
        print_bytes(encode_plan(plan))
    else:
        print_to(sys.stdout, render_plan(plan, color=options.color()))
