from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import Project, serving


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """A small project on a server that holds nothing of it yet."""
    with serving() as server:
        yield Project(tmp_path / "project", server)


@pytest.fixture
def applied(project: Project) -> Project:
    """The same, after an apply."""
    project.apply()
    return project
