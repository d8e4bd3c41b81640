from collections.abc import Iterator
from pathlib import Path

import pytest
from command_server import command_server


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the programs that jobs call: `reconciler`, and a `python` that has installed everything already."""
    folder = tmp_path_factory.mktemp("programs")
    python = folder / "python"
    python.write_text('#!/bin/sh\n[ "$*" = "-m pip install --quiet -r requirements.txt" ]\n', "utf-8")
    python.chmod(0o700)
    with command_server(folder):
        yield folder
