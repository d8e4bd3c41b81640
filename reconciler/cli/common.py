"""What several commands share: the options before the command, where output goes, how diagnostics are shown."""

import logging
import os
import sys
import traceback
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click
import msgspec

from reconciler.config.files import read_inside
from reconciler.config.variable_file import read_variables
from reconciler.model.diagnostic import Diagnostic, Span, error, has_errors, in_order
from reconciler.model.words import printable
from reconciler.report.diagnostics import diagnostics_document, render_diagnostics
from reconciler.report.json_text import encode_json
from reconciler.report.text import wants_color


class Settings(msgspec.Struct, frozen=True):
    """The options before the command, understood."""

    root: Path
    variables: Mapping[str, str]
    no_color: bool
    verbose: bool = False

    def color(self, stream: Any = None) -> bool:
        """Whether to colour what goes to `stream` (default: standard output)."""
        return wants_color(self.no_color, os.environ, (stream or sys.stdout).isatty())


def settings(ctx: click.Context) -> Settings:
    """The settings of this call. Raises click.UsageError for a variable that is not NAME=VALUE."""
    options = ctx.obj
    if options["verbose"]:
        logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(message)s")
        logging.getLogger("reconciler").setLevel(logging.DEBUG)
    variables: dict[str, str] = {}
    for name in options["variable_files"]:
        from_file, problem = read_variables(Path(name))
        if problem is not None:
            raise click.UsageError(problem)
        variables |= from_file
    for text in options["variables"]:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise click.UsageError(f"--var {text}: write it as NAME=VALUE.")
        variables[name] = value
    return Settings(Path(options["directory"]).absolute(), variables, options["no_color"], options["verbose"])


def show_diagnostics(settings: Settings, diagnostics: Iterable[Diagnostic], *, err: bool = True) -> None:
    """Prints diagnostics for a person, with the lines that they point at."""
    found = in_order(diagnostics)
    if not found:
        return
    stream = sys.stderr if err else sys.stdout
    text = render_diagnostics(found, source_line(settings.root), color=settings.color(stream))
    print_to(stream, text)


def source_line(root: Path) -> Any:
    """A function from a place to the line of the file there, each file being read once."""
    files: dict[str, list[str]] = {}

    def line(span: Span) -> str | None:
        if span.file not in files:
            files[span.file] = _lines(read_inside(root, span.file))
        lines = files[span.file]
        return lines[span.line - 1] if 0 < span.line <= len(lines) else None

    return line


def _lines(data: bytes | str) -> list[str]:
    try:
        return [] if isinstance(data, str) else data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        return []


def print_to(stream: Any, text: str) -> None:
    """Writes a text with exactly one newline at its end; what the terminal can't show is replaced."""
    encoding = stream.encoding or "utf-8"
    stream.write(text.rstrip("\n").encode(encoding, "backslashreplace").decode(encoding) + "\n")
    stream.flush()


def print_bytes(data: bytes) -> None:
    """Writes data for programs, which is UTF-8 whatever the terminal's encoding."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def print_json(document: Mapping[str, Any]) -> None:
    """The one JSON document of a command, on one line."""
    print_bytes(encode_json(document))


def failed(settings: Settings, diagnostics: Iterable[Diagnostic], *, json: bool, status: int = 1) -> int:
    """Shows diagnostics in the form asked for; gives the exit status."""
    found = in_order(diagnostics)
    if json:
        print_json({"diagnostics": diagnostics_document(found)})
    else:
        show_diagnostics(settings, found)
    return status if has_errors(found) else 0


def not_written(path: str, problem: OSError) -> click.ClickException:
    """That files can't be written at `path`."""
    why = (problem.strerror or type(problem).__name__).lower()
    return click.ClickException(f"{path} can't be written: {why}.")


def wrong_usage(problem: click.ClickException, *, json: bool) -> int:
    """A mistake on the command line."""
    if json:
        print_json({"diagnostics": diagnostics_document([error("RC0901", problem.format_message())])})
    else:
        ctx = problem.ctx if isinstance(problem, click.UsageError) else None
        hint = f"\n{ctx.get_usage()}\nTry `{ctx.command_path} --help`." if ctx else ""
        print_to(sys.stderr, f"Error: {printable(problem.format_message())}{_misplaced(problem)}{hint}")
    return 1


def _misplaced(problem: click.ClickException) -> str:
    """Advice for an option that stands behind the command and belongs before it."""
    ctx = problem.ctx if isinstance(problem, click.NoSuchOption) else None
    if ctx is None or not isinstance(problem, click.NoSuchOption) or ctx.parent is None:
        return ""
    options = {name for option in ctx.find_root().command.params for name in option.opts}
    return (
        f" It stands before the command: reconciler {problem.option_name} …" if problem.option_name in options else ""
    )


def unexpected(problem: Exception, *, json: bool, verbose: bool) -> int:
    """A defect of the program: one line, and with -v where it comes from. The message of the exception may quote
    anything, so only its type is told."""
    where = traceback.extract_tb(problem.__traceback__)
    last = f" at {Path(where[-1].filename).name}:{where[-1].lineno}" if where else ""
    detail = f"{type(problem).__name__}{last}. This is a defect of reconciler; nothing is known to be lost."
    if json:
        print_json({"diagnostics": diagnostics_document([error("RC0902", detail)])})
    else:
        print_to(sys.stderr, f"Error: Unexpected error (RC0902): {detail}" + ("" if verbose else " More with -v."))
    if verbose:
        print_to(sys.stderr, "".join(traceback.format_list(where)))
    return 1
