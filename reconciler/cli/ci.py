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
from reconciler.forges.results import advice, summary
from reconciler.forges.texts import close_issue, put_comment, put_issue, withdraw_comment
from reconciler.workflow.verdict import STALE

_TITLE = "The targets differ from the files"
_NO_SNAPSHOT = "No snapshot was kept: no run of drift.yml that succeeded has one."
_NO_PLAN = (
    "No plan was kept for this commit: it came without a pull request, its checks did not succeed, or the plan expired."
)


@click.group("ci")
def command() -> None:
    """What jobs of GitHub and GitLab do besides plan and apply. All of it is found out from the job's environment."""


@command.command("comment")
@click.argument("file")
def comment(file: str) -> None:
    """Show a report on the pull request.

    FILE is the one comment of this run's pull request or merge request: created once, then updated. When it is not
    there, since nothing could be planned, the comment says that.
    """
    forge = _forge()
    if forge.comments is None:
        raise click.ClickException("This run is of no pull request, so there is nothing to comment on.")
    with _told():
        if Path(file).exists():
            said = f"The comment was {put_comment(forge, forge.comments, _text(file))}."
        elif withdraw_comment(forge, forge.comments):
            said = "There is no plan. The comment showed that of an earlier commit, and says so now."
        else:
            said = "There is no plan, and no comment that shows one of an earlier commit."
    print_to(sys.stderr, said)


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


@command.command("newest")
def newest() -> None:
    """Fail unless this run's commit is its branch's newest.

    An older one would undo what the newer ones did.
    """
    forge = _forge()
    newest_commit = github.newest_commit if forge.name == "github" else gitlab.newest_commit
    with _told():
        found = newest_commit(forge)
    if found != forge.commit:
        raise click.ClickException(
            f"The branch {forge.branch} has a newer commit, {found[:12]}. Its own run applies it; this older one would "
            "undo it, so it applies nothing."
        )


@command.command("fetch")
@click.argument("file")
@click.option("--snapshot", "is_snapshot", is_flag=True, help="On GitHub: get the snapshot that drift.yml kept.")
@click.pass_context
def fetch(ctx: click.Context, file: str, is_snapshot: bool) -> None:
    """Get the plan of the merged pull request.

    It is the one that was kept as FILE for the last commit of the pull request whose merge is this run's commit. Exits
    with 5 when there is none, as an apply of one that is stale does.
    """
    forge = _forge()
    if is_snapshot and forge.name != "github":
        raise click.UsageError("--snapshot is for GitHub: on GitLab a fork's job can't get what another project kept.")
    saved_plan = github.saved_plan if forge.name == "github" else gitlab.saved_plan
    with _told():
        data = (github.saved_snapshot if is_snapshot else saved_plan)(forge, Path(file).name)
    if data is None:
        print_to(sys.stderr, _NO_SNAPSHOT if is_snapshot else _NO_PLAN)
        ctx.exit(STALE)
    from reconciler.state.files import replace_file

    try:
        replace_file(Path(file), data)
    except OSError as problem:
        raise not_written(file, problem) from None
    print_to(sys.stderr, f"The {'snapshot' if is_snapshot else 'plan'} is in {file}.")


@command.command("result")
@click.argument("status", type=int)
@click.argument("log")
@click.pass_context
def result(ctx: click.Context, status: int, log: str) -> None:
    """Say how an apply ended, and exit as it did.

    STATUS is its exit status, LOG the file of what it printed. On GitHub both are shown in the run's summary.
    """
    forge = _forge()
    told = advice(status, forge.name)
    shown = Path(log).read_text("utf-8", "replace") if Path(log).exists() else ""
    if page := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(page).open("a", encoding="utf-8") as file:
            file.write(summary(told, shown))
    if told:
        print_to(sys.stderr, told)
    ctx.exit(status)


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
