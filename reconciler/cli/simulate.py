"""`reconciler simulate`."""

import signal
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from threading import Event

import click

from reconciler.cli.common import print_to
from reconciler.report.text import prose


@click.command("simulate")
@click.argument("file", required=False)
@click.option("--list", "listing", is_flag=True, help="List the profiles, switches and faults that FILE can name.")
def command(file: str | None, listing: bool) -> None:
    """Serve the simulated systems that FILE describes, until interrupted; print their addresses.

    FILE is YAML: `servers:`, each with a name, profile, port, username and password, and if need be switches, faults,
    a seed and a data file; `terminals:` and `fleets:` of them likewise.
    """
    from reconciler.simulator import SimulatorError, read, run

    if listing:
        print_to(sys.stdout, "\n".join(_all_that_can_be_named()))
        return
    if file is None:
        raise click.UsageError("Name the FILE that describes what to serve, or give --list.")
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        run(read(Path(file)), lambda line: print_to(sys.stdout, line), stop)
    except SimulatorError as problem:
        raise click.ClickException(str(problem)) from None


def _all_that_can_be_named() -> Iterator[str]:
    from reconciler.simulator import EFFECTS, PROFILES, device_switches, switches

    yield "Profiles of servers: " + ", ".join(PROFILES)
    sections: Mapping[str, Mapping[str, str]] = {
        "Switches of servers": switches(),
        "Switches of terminals": device_switches(),
        "Effects of faults": {str(name): text for name, text in EFFECTS.items()},
    }
    for title, names in sections.items():
        yield f"\n{title}:"
        for name, text in names.items():
            yield f"  {name}"
            yield from prose(text, "      ")
