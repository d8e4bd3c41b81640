"""`reconciler validate`."""

import os
import sys

import click

from reconciler.cli.common import print_json, print_to, settings, show_diagnostics
from reconciler.config.load import load
from reconciler.model.diagnostic import has_errors, in_order
from reconciler.report.diagnostics import diagnostics_document, render_github


@click.command("validate")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.option("--github", "as_github", is_flag=True, help="Workflow commands that GitHub shows beside the lines.")
@click.pass_context
def command(ctx: click.Context, as_json: bool, as_github: bool) -> None:
    """Check the files: all that is wrong with them, at once. Needs no network and no secret."""
    options = settings(ctx)
    organisation, diagnostics = load(options.root, options.variables, os.environ)
    found = in_order(diagnostics)
    valid = not has_errors(found)
    if as_json:
        print_json({"valid": valid, "diagnostics": diagnostics_document(found)})
    elif as_github:
        sys.stdout.write(render_github(found))
    else:
        show_diagnostics(options, found, err=False)
        if valid and organisation is not None:
            counts = ", ".join(f"{len(each)} {kind}s" for kind, each in organisation.objects.items() if each)
            print_to(sys.stdout, f"The files are valid: {counts or 'no objects'}.")
    ctx.exit(0 if valid else 1)
