import pytest

from reconciler.transport import retry


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Repeats come at once."""
    monkeypatch.setattr(retry, "_FIRST", 0.0)
    monkeypatch.setattr(retry, "_LONGEST_GAP", 0.0)
