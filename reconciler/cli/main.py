"""The command line. Only click is imported here: every command's own module, and all behind it, when it is called."""

import gc
import os
import signal
import sys
from importlib import import_module
from typing import TYPE_CHECKING

import click

from reconciler import __version__

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

COMMANDS = {
    "apply": "Show the plan, ask, apply it, and verify.",
    "ci": "What jobs of GitHub and GitLab do besides plan and apply.",
    "completion": "Print what makes a shell complete commands.",
    "doctor": "Ask targets how they are.",
    "export": "Write a target's live state as resource files.",
    "graph": "Print what refers to what.",
    "init": "Write a new project: files, editor schemas, CI workflows.",
    "plan": "Show what would change.",
    "schema": "Print the JSON Schemas of the files, for editors.",
    "show": "Show a saved plan again.",
    "simulate": "Serve simulated systems, for trials and tests.",
    "snapshot": "Keep what targets have in a file; compare two such files.",
    "state": "Look at the state, and mend it.",
    "validate": "Check the files; no network, no secrets.",
}
"""Every command with its line of help: a module of its name is beside this one."""


class _Commands(click.Group):
    """Lists commands without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"reconciler.cli.{cmd_name}").command
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        from click.shell_completion import CompletionItem

        names = [name for name in sorted(COMMANDS) if name.startswith(incomplete)]
        described = [CompletionItem(name, help=COMMANDS[name]) for name in names]
        return described + click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="reconciler")
@click.option("-C", "directory", metavar="DIR", default=".", help="The project's folder (default: this one).")
@click.option("--var", "variables", metavar="NAME=VALUE", multiple=True, help="Set a variable of the project.")
@click.option(
    "--var-file",
    "variable_files",
    metavar="FILE",
    multiple=True,
    help="Set variables from a YAML file of names and texts.",
)
@click.option("--no-color", is_flag=True, help="No colours (also: the environment's NO_COLOR).")
@click.option("-v", "verbose", is_flag=True, help="Log every call; show where an unexpected error comes from.")
@click.pass_context
def root(
    ctx: click.Context,
    directory: str,
    variables: tuple[str, ...],
    variable_files: tuple[str, ...],
    no_color: bool,
    verbose: bool,
) -> None:
    """Keeps time-attendance and access-control systems in the state that the project's files describe."""
    ctx.obj = {
        "directory": directory,
        "variables": variables,
        "variable_files": variable_files,
        "no_color": no_color,
        "verbose": verbose,
    }


class Terminated(BaseException):
    """The process was asked to end by SIGTERM."""


def main() -> None:
    """The command `reconciler`. Leaves with the exit status of design.md, part 6."""
    signal.signal(signal.SIGTERM, _terminate)
    gc.set_threshold(100_000, 50, 100)  # a plan makes millions of objects and hardly a ring of them
    sys.setswitchinterval(0.0003)  # seconds: a thread with a reply in hand soon gets its turn to ask for the next page
    try:
        status = _run()
        sys.stdout.flush()
    except (KeyboardInterrupt, Terminated) as interrupt:
        _leave(130 if isinstance(interrupt, KeyboardInterrupt) else 143)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    sys.exit(status)


def _terminate(_number: int, _frame: object) -> None:
    raise Terminated


def _leave(status: int) -> None:
    """Ends at once: threads may still wait for a target's reply, and nothing hangs on it."""
    sys.stderr.write("Interrupted.\n")
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _run() -> int:
    try:
        return root.main(prog_name="reconciler", standalone_mode=False) or 0
    except click.exceptions.NoArgsIsHelpError as usage:
        usage.show()
        return 1
    except BrokenPipeError:
        raise
    except click.Abort:  # click's word for Ctrl-C
        raise KeyboardInterrupt from None
    except click.ClickException as problem:
        from reconciler.cli.common import wrong_usage

        return wrong_usage(problem, json="--json" in sys.argv)
    except Exception as problem:
        from reconciler.cli.common import unexpected

        return unexpected(problem, json="--json" in sys.argv, verbose="-v" in sys.argv)
