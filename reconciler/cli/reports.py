"""The files that commands write beside what they print: reports of plans, and of what is wrong with the files."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from reconciler.cli.common import not_written
from reconciler.model.plan import Plan

_Command = TypeVar("_Command", bound=Callable[..., Any])
_SUFFIXES = (".html", ".json", ".md")


def report_option(command: _Command) -> _Command:
    """`--report FILE`, as often as wanted."""
    described = "Write a report too; its form goes by the suffix: .html, .json or .md. May be repeated."
    return click.option("--report", "reports", metavar="FILE", multiple=True, callback=_checked, help=described)(
        command
    )


def _checked(_ctx: click.Context, _option: click.Parameter, names: tuple[str, ...]) -> tuple[str, ...]:
    """What can be known to be wrong before the work."""
    for name in names:
        if Path(name).suffix.lower() not in _SUFFIXES:
            raise click.UsageError(f"--report {name}: its form goes by the suffix, which is .html, .json or .md.")
        if not Path(name).absolute().parent.is_dir():
            raise click.UsageError(f"--report {name}: there is no such folder.")
    return names


def write_reports(names: Sequence[str], plan: Plan) -> None:
    """Writes the reports of a plan. Raises click.ClickException when one can't be written."""
    for name in names:
        write_report(name, _rendered(Path(name).suffix.lower(), plan))


def write_report(name: str, data: bytes) -> None:
    """Writes one report, readable by its owner only: it names people. Raises click.ClickException."""
    from reconciler.state.files import replace_file

    try:
        replace_file(Path(name), data)
    except OSError as problem:
        raise not_written(name, problem) from None


def _rendered(suffix: str, plan: Plan) -> bytes:
    if suffix == ".html":
        from reconciler.report.plan_html import render_html

        return render_html(plan).encode("utf-8", "backslashreplace")
    if suffix == ".md":
        from reconciler.report.plan_markdown import render_markdown

        return render_markdown(plan).encode("utf-8", "backslashreplace")
    from reconciler.report.plan_json import encode_plan

    return encode_plan(plan)
