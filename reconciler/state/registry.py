"""The backends by name."""

from reconciler.model.diagnostic import error
from reconciler.model.project import Project
from reconciler.state.backend import Backend, StateError
from reconciler.state.local import LocalBackend


def open_backend(project: Project) -> Backend:
    """The backend that the project names. Nothing is read, written or reached yet."""
    if project.state.backend == "local":
        return LocalBackend(project.root, project.state.path)
    raise StateError(
        error("RC0205", f"There is no state backend {project.state.backend!r}. Set state.backend to local.")
    )
