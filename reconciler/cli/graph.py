"""`reconciler graph`."""

import os
import sys
from datetime import date

import click

from reconciler.cli.common import failed, print_bytes, print_to, settings, show_diagnostics
from reconciler.config.load import load
from reconciler.engine.narrow import is_chosen, unmatched
from reconciler.model.diagnostic import error, has_errors
from reconciler.model.graph import around, grouped
from reconciler.report.graph import render_groups, render_objects
from reconciler.workflow.graphing import graph_of

_MOST = 100  # objects that a drawing can be read with


@click.command("graph")
@click.option("--format", "form", type=click.Choice(["mermaid", "dot"]), default="mermaid", show_default=True)
@click.option(
    "--select", metavar="GLOB", multiple=True, help="Only objects whose address matches, and what they refer to."
)
@click.pass_context
def command(ctx: click.Context, form: str, select: tuple[str, ...]) -> None:
    """Print what refers to what, of the objects that each target must hold. Needs no network and no secret. More than
    100 objects are drawn as one node for each kind."""
    options = settings(ctx)
    organisation, diagnostics = load(options.root, options.variables, os.environ)
    if organisation is None or has_errors(diagnostics):
        ctx.exit(failed(options, diagnostics, json=False))
    show_diagnostics(options, diagnostics)
    graph = graph_of(organisation, date.today().isoformat())  # noqa: DTZ011  as a plan takes it
    if lacking := unmatched(select, graph.nodes):
        detail = (
            f'No object\'s address matches "{lacking[0]}". Addresses are target/kind/key, such as hq/employee/1001.'
        )
        ctx.exit(failed(options, [error("RC0609", detail)], json=False))
    if select:
        graph = around(graph, [node for node in graph.nodes if is_chosen(node, select, ())])
    if len(graph.nodes) <= _MOST:
        print_bytes(render_objects(graph, form).encode())
        return
    print_to(sys.stderr, f"{len(graph.nodes):,} objects, so their kinds are drawn. --select GLOB draws some of them.")
    print_bytes(render_groups(grouped(graph), form).encode())
