"""What plan and apply share on the command line: their options, and making a plan."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from reconciler.cli.common import Settings
from reconciler.model.diagnostic import Diagnostic, error
from reconciler.model.words import storable
from reconciler.report.progress import Progress, open_progress
from reconciler.workflow.planning import Options
from reconciler.workflow.session import Session, open_project, open_session

_Command = TypeVar("_Command", bound=Callable[..., Any])


def plan_options(command: _Command) -> _Command:
    """The options that narrow a plan and consent to it."""
    for option in reversed(
        (
            click.option("--select", metavar="GLOB", multiple=True, help="Only objects whose address matches."),
            click.option("--exclude", metavar="GLOB", multiple=True, help="Leave out objects whose address matches."),
            click.option(
                "--allow-deletes", metavar="N", type=click.IntRange(min=0), help="Consent to exactly N deletes."
            ),
            click.option(
                "--allow-changes", metavar="N", type=click.IntRange(min=0), help="Consent to exactly N updates."
            ),
            click.option("--drift-only", is_flag=True, help="Only what undoes changes made on the targets."),
            click.option("--json", "as_json", is_flag=True, help="One JSON document."),
        )
    ):
        command = option(command)
    return command


def options_of(
    select: tuple[str, ...],
    exclude: tuple[str, ...],
    allow_deletes: int | None,
    allow_changes: int | None,
    drift_only: bool,
) -> Options:
    return Options(
        select=tuple(map(storable, select)),
        exclude=tuple(map(storable, exclude)),
        allow_deletes=allow_deletes,
        allow_changes=allow_changes,
        drift_only=drift_only,
    )


def session_of(settings: Settings) -> tuple[Session | None, list[Diagnostic]]:
    return open_session(settings.root, settings.variables, os.environ)


def project_of(settings: Settings) -> tuple[Session | None, list[Diagnostic]]:
    """The session of a command that does not look at the resource files."""
    return open_project(settings.root, settings.variables, os.environ)


def progress_of(settings: Settings, as_json: bool) -> Progress:
    """Progress on standard error: none beside JSON, and no bars among the lines of a log."""
    bars = sys.stderr.isatty() and not settings.verbose
    return open_progress(sys.stderr, silent=as_json, terminal=bars, color=settings.color(sys.stderr))


def write_plan_file(path: Path, data: bytes) -> Diagnostic | None:
    """Saves a plan, readable by its owner only."""
    from reconciler.state.files import replace_file

    try:
        replace_file(path, data)
    except OSError as problem:
        why = problem.strerror or type(problem).__name__
        return error("RC0806", f"The plan can't be saved at {path}: {why.lower()}.")
    return None
