"""What the tests of terminals share."""

from pathlib import Path

import msgspec
import yaml

from reconciler.simulator import TerminalSeed
from reconciler.simulator.device.seed import seed

HERE = Path(__file__).parent


def cases(name: str) -> object:
    """A YAML file of cases, its `{times: 24, of: x}` written out."""
    return expanded(yaml.load((HERE / name).read_text("utf-8"), yaml.CSafeLoader))


def expanded(value):
    if isinstance(value, list):
        return [expanded(item) for item in value]
    if isinstance(value, dict):
        if value.keys() == {"times", "of"}:
            return [expanded(value["of"])] * value["times"]
        return {key: expanded(item) for key, item in value.items()}
    return value


def put(terminal, **rows) -> None:
    """Put rows into a terminal, see TerminalSeed."""
    seed(terminal.unit, msgspec.convert(rows, TerminalSeed))
