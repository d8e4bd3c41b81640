"""`reconciler validate`."""

import os
import sys

import click

from reconciler.cli.common import print_json, print_to, settings, show_diagnostics
from reconciler.cli.reports import write_report
from reconciler.config.load import load
from reconciler.model.diagnostic import has_errors, in_order
from reconciler.model.kinds import KINDS
from reconciler.report.diagnostics import diagnostics_document, render_github
from reconciler.report.json_text import encode_json
from reconciler.report.junit import render_junit
from reconciler.report.sarif import sarif_document
from reconciler.report.text import counted, listed


@click.command("validate")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.option("--github", "as_github", is_flag=True, help="Workflow commands that GitHub shows beside the lines.")
@click.option("--junit", metavar="FILE", help="Write a JUnit report too.")
@click.option("--sarif", metavar="FILE", help="Write a SARIF report too.")
@click.pass_context
def command(ctx: click.Context, as_json: bool, as_github: bool, junit: str | None, sarif: str | None) -> None:
    """Check the files: all that is wrong with them, at once. Needs no network and no secret."""
    if as_json and as_github:
        raise click.UsageError("--json and --github are two forms of the same: choose one.")
    options = settings(ctx)
    organisation, diagnostics = load(options.root, options.variables, os.environ)
    found = in_order(diagnostics)
    valid = not has_errors(found)
    if junit:
        write_report(junit, render_junit(found))
    if sarif:
        write_report(sarif, encode_json(sarif_document(found)))
    if as_json:
        print_json({"valid": valid, "diagnostics": diagnostics_document(found)})
    elif as_github:
        if found:
            print_to(sys.stdout, render_github(found))
    else:
        show_diagnostics(options, found, err=False)
        if valid and organisation is not None:
            kinds = [(KINDS[kind], len(each)) for kind, each in organisation.objects.items() if each]
            counts = [counted(number, _words(kind.name), _words(kind.plural)) for kind, number in kinds]
            print_to(sys.stdout, f"The files are valid: {listed(counts) if counts else 'no objects'}.")
    ctx.exit(0 if valid else 1)


def _words(name: str) -> str:
    return name.replace("_", " ")
