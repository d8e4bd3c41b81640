"""`reconciler ci`: what jobs of GitHub and GitLab do besides plan and apply."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from reconciler.cli.common import not_written, print_to
from reconciler.forges import github, gitlab
from reconciler.forges.calls import Forge, ForgeError
from reconciler.forges.texts import close_issue, put_comment, put_issue
from reconciler.workflow.verdict import STALE

_TITLE = "The targets differ from the files"


@click.group("ci")
def command() -> None:
    """What jobs of GitHub and GitLab do besides plan and apply. All of it is found out from the job's environment."""


@command.command("comment")
@click.argument("file")
def comment(file: str) -> None:
    """Show a report on the pull request.

    FILE is the one comment of this run's pull request or merge request: created once, then updated.
    """
    forge = _forge()
    if forge.comments is None:
        raise click.ClickException("This run is of no pull request, so there is nothing to comment on.")
    with _told():
        done = put_comment(forge, forge.comments, _text(file))
    print_to(sys.stderr, f"The comment was {done}.")


@command.command("issue")
@click.argument("file")
@click.option("--close", "closes", is_flag=True, help="Close that issue: there is nothing to tell any more.")
def issue(file: str, closes: bool) -> None:
    """Show a report as an issue.

    FILE is the one open issue about drift: opened once, then updated.
    """
    forge = _forge()
    with _told():
        if closes:
            said = "The issue was closed." if close_issue(forge, _text(file)) else "There is no issue to close."
        else:
            said = f"The issue was {put_issue(forge, _TITLE, _text(file))}."
    print_to(sys.stderr, said)


@command.command("fetch")
@click.argument("file")
@click.pass_context
def fetch(ctx: click.Context, file: str) -> None:
    """Get the plan of the merged pull request.

    It is the one that was kept as FILE by the pull request whose merge is this run's commit. Exits with 5 when there is
    none, as an apply of one that is stale does.
    """
    forge = _forge()
    saved_plan = github.saved_plan if forge.name == "github" else gitlab.saved_plan
    with _told():
        data = saved_plan(forge, Path(file).name)
    if data is None:
        print_to(sys.stderr, "No plan was kept for this commit: it came without a pull request, or the plan expired.")
        ctx.exit(STALE)
    from reconciler.state.files import replace_file

    try:
        replace_file(Path(file), data)
    except OSError as problem:
        raise not_written(file, problem) from None
    print_to(sys.stderr, f"The plan of the pull request is in {file}.")


def _forge() -> Forge:
    with _told():
        if os.environ.get("GITHUB_ACTIONS") == "true":
            return github.from_environment(os.environ)
        if os.environ.get("GITLAB_CI") == "true":
            return gitlab.from_environment(os.environ)
        raise ForgeError("This is no job of GitHub or GitLab: neither GITHUB_ACTIONS nor GITLAB_CI is true.")


def _text(file: str) -> str:
    try:
        return Path(file).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        why = getattr(problem, "strerror", None) or "it is not UTF-8"
        raise click.ClickException(f"{file} can't be read: {why.lower()}.") from None


@contextmanager
def _told() -> Iterator[None]:
    """What a forge refuses is an error of the command line."""
    try:
        yield
    except ForgeError as problem:
        raise click.ClickException(str(problem)) from None
