"""Whole sessions. To write them anew after a wanted change: `RECONCILER_WRITE_GOLDEN=1 pytest tests/cli`, then read
every difference as a user would."""

import os
from pathlib import Path

import pytest
from command_line import Project
from stories import STORIES, Session

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("name", STORIES)
def test_the_session_reads_as_it_did(project: Project, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project.root)
    session = Session(project)
    STORIES[name](session)
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("RECONCILER_WRITE_GOLDEN"):
        path.write_text(session.transcript(), "utf-8")
    assert session.transcript() == path.read_text("utf-8")


def test_every_transcript_is_still_made() -> None:
    assert sorted(path.stem for path in GOLDEN.iterdir()) == sorted(STORIES)
