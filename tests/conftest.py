"""What holds for all tests: they can be interrupted, and modules are compiled once for all workers and for all
processes that tests start.

To compile the tests, with what pytest adds to their assertions, costs more than to import everything, and each worker
imports all of them.
"""

import contextlib
import importlib
import os
import signal
import sys
from pathlib import Path

import pytest

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it, and so would commands
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
pytest.register_assert_rewrite("conformance", "conformance_cvsecurity", "conformance_devices")


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """In a fresh clone each worker begins with other modules, and finds the rest compiled by the others."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None or session.config.args != session.config.getini("testpaths"):
        return
    modules = sorted(Path(__file__).parent.glob("*/test_*.py"))
    first = len(modules) * int(worker.removeprefix("gw")) // int(os.environ["PYTEST_XDIST_WORKER_COUNT"])
    sys.path += sorted({str(module.parent) for module in modules})
    for module in modules[first:] + modules[:first]:
        with contextlib.suppress(Exception, pytest.skip.Exception):  # which collecting it says again
            importlib.import_module(module.stem)
