"""`reconciler completion`."""

import sys

import click
from click.shell_completion import get_completion_class

from reconciler.cli.common import print_to

_SHELLS = ("bash", "fish", "zsh")


@click.command("completion")
@click.argument("shell", type=click.Choice(_SHELLS))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print what makes a shell complete commands and options. For bash, in ~/.bashrc: eval "$(reconciler completion
    bash)"; zsh the same in ~/.zshrc; for fish: reconciler completion fish > ~/.config/fish/completions/reconciler.fish
    """
    completion = get_completion_class(shell)
    if completion is None:
        raise click.ClickException(f"The installed version of click has no completion for {shell}.")
    print_to(sys.stdout, completion(ctx.find_root().command, {}, "reconciler", "_RECONCILER_COMPLETE").source())
