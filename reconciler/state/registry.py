"""The backends by name."""

import os
from collections.abc import Callable
from importlib.util import find_spec

from reconciler.model.diagnostic import error
from reconciler.model.project import HttpPlace, ObjectPlace, PostgresPlace, Project
from reconciler.model.secret import SecretReference
from reconciler.state.backend import Backend, StateError
from reconciler.state.local import LocalBackend
from reconciler.state.store import Store, Unreachable

BACKENDS = ("local", "s3", "gcs", "azure", "postgres", "http")
_EXTRAS = {
    "s3": ("obstore", "cloud"),
    "gcs": ("obstore", "cloud"),
    "azure": ("obstore", "cloud"),
    "postgres": ("psycopg", "postgres"),
}
_CREDENTIALS = {  # by their names in the file, as obstore calls them
    "access_key_id": "access_key_id",
    "secret_access_key": "secret_access_key",
    "session_token": "session_token",
    "service_account_key": "service_account_key",
    "account_key": "account_key",
    "sas_token": "sas_key",
}

Reveal = Callable[[SecretReference], str]


def open_backend(project: Project, reveal: Reveal) -> Backend:
    """The backend that the project names. Nothing is read, written or reached yet, but for its secrets, which `reveal`
    gives. Raises StateError: RC0205 for no backend, RC0406 for a secret that can't be had, RC0801 for a package that is
    missing and for settings that can't be used."""
    settings = project.state
    if settings.backend == "local":
        return LocalBackend(project.root, settings.path)
    if settings.backend not in BACKENDS or settings.place is None:
        known = ", ".join(BACKENDS)
        raise StateError(
            error("RC0205", f"There is no state backend {settings.backend!r}. Set state.backend to one of {known}.")
        )
    from reconciler.state.remote import RemoteBackend

    package, extra = _EXTRAS.get(settings.backend, ("httpx", ""))
    if find_spec(package) is None:
        detail = (
            f"The state backend {settings.backend} needs the package {package}, which is not installed. Install it: "
            f"pip install 'reconciler[{extra}]'"
        )
        raise StateError(error("RC0801", detail))
    where = _where(settings.place)
    try:
        store = _open(settings.backend, settings.place, reveal)
    except Unreachable as problem:
        raise StateError(error("RC0801", f"{where} can't be read: {problem.reason}. Nothing was changed.")) from None
    return RemoteBackend(store, where)


def _open(backend: str, place: ObjectPlace | PostgresPlace | HttpPlace, reveal: Reveal) -> Store:
    from reconciler.state.cells import CellStore

    if isinstance(place, ObjectPlace):
        from reconciler.state import objects

        secrets = {_CREDENTIALS[name]: reveal(reference) for name, reference in sorted(place.credentials.items())}
        return CellStore(objects.open_cells(backend, place, secrets))
    password = reveal(place.password) if place.password is not None else None
    if isinstance(place, PostgresPlace):
        from reconciler.state import postgres

        dsn = reveal(place.dsn) if isinstance(place.dsn, SecretReference) else place.dsn
        return CellStore(postgres.open_cells(place, dsn, password))
    from reconciler.state import http

    username = place.username or os.environ.get("TF_HTTP_USERNAME")
    return http.open_store(place, username, password or os.environ.get("TF_HTTP_PASSWORD"))


def _where(place: ObjectPlace | PostgresPlace | HttpPlace) -> str:
    """How messages name the state: nothing of it can be a credential."""
    if isinstance(place, ObjectPlace):
        return place.url
    if isinstance(place, PostgresPlace):
        return f"the table {place.table}"
    return place.address.partition("?")[0]
