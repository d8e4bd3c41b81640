"""`reconciler simulate`."""

import signal
import sys
from pathlib import Path
from threading import Event

import click

from reconciler.cli.common import print_to


@click.command("simulate")
@click.argument("file")
def command(file: str) -> None:
    """Serve the simulated systems that FILE describes, until interrupted; print their addresses."""
    from reconciler.simulator import SimulatorError, read, run

    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        run(read(Path(file)), lambda line: print_to(sys.stdout, line), stop)
    except SimulatorError as problem:
        raise click.ClickException(str(problem)) from None
