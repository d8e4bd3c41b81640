"""The state in an object store: S3 and what speaks its protocol, Google Cloud Storage, Azure Blob Storage.

Beside the state's object lie its lock and its backup. An object is replaced only if it is the version that was read.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import (
    AlreadyExistsError,
    BaseError,
    PermissionDeniedError,
    PreconditionError,
    UnauthenticatedError,
)
from obstore.store import AzureStore, GCSStore, ObjectStore, S3Store

from reconciler.model.project import ObjectPlace
from reconciler.state.cells import BACKUP, LOCK, STATE
from reconciler.state.store import Conflict, Found, Unreachable, Version
from reconciler.state.trust import NOT_TRUSTED, trusted

_ENDINGS = {STATE: "", LOCK: ".lock", BACKUP: ".backup"}
_NO_BUCKET = ("NoSuchBucket", "ContainerNotFound", "bucket does not exist")
_REASONS = {
    "dns error": "its host has no address",
    "ConnectionRefused": "the connection is refused",
    "TimedOut": "no answer came in time",
    "operation timed out": "no answer came in time",
}


class ObjectCells:
    """As `Cells`."""

    def __init__(self, store: ObjectStore, path: str) -> None:
        self._store = store
        self._path = path

    def get(self, name: str) -> Found | None:
        try:
            got = obstore.get(self._store, self._path + _ENDINGS[name])
            data = got.bytes().to_bytes()
        except FileNotFoundError as problem:
            if any(word in str(problem) for word in _NO_BUCKET):
                raise Unreachable("there is no such bucket or container", final=True) from None
            return None
        except (BaseError, OSError) as problem:
            raise _unreachable(problem) from None
        return Found(data, Version(got.meta["e_tag"], got.meta["version"]), got.meta["last_modified"])

    def put(self, name: str, data: bytes, expected: Version | None) -> Version:
        mode: Any = "create"
        if expected is not None:  # a version of None is no version
            parts = {"e_tag": expected.tag, "version": expected.number}
            mode = {name: part for name, part in parts.items() if part is not None}
        try:
            done = obstore.put(self._store, self._path + _ENDINGS[name], data, mode=mode, use_multipart=False)
        except (AlreadyExistsError, PreconditionError):
            raise Conflict from None
        except FileNotFoundError:
            raise Unreachable("there is no such bucket or container", final=True) from None
        except (BaseError, OSError) as problem:
            raise _unreachable(problem) from None
        return Version(done["e_tag"], done["version"])


def open_cells(backend: str, place: ObjectPlace, credentials: Mapping[str, str]) -> ObjectCells:
    """The cells of an s3, gcs or azure backend; nothing is reached yet. Raises Unreachable for what can't be used."""
    address = urlsplit(place.url)
    client: dict[str, Any] = {
        "allow_http": (place.endpoint or "").startswith("http://"),
        "connect_timeout": timedelta(seconds=10),
        "timeout": timedelta(seconds=60),
    }
    if place.tls.ca_file is not None:
        trusted(place.tls)  # raises, and the library would not say what is wrong with the file
        client["root_certificate"] = Path(place.tls.ca_file).read_bytes()
    options = {"client_options": client, "retry_config": {"max_retries": 0}}  # our own know what may be repeated
    config: dict[str, Any] = dict(credentials)
    names = {"endpoint": place.endpoint, "region": place.region, "account_name": place.account}
    if backend == "gcs":
        names = {"base_url": place.endpoint}
    config |= {name: value for name, value in names.items() if value is not None}
    kind: Any = {"s3": S3Store, "gcs": GCSStore, "azure": AzureStore}[backend]
    try:
        store = kind(address.netloc, config=config, **options)
    except (BaseError, OSError, ValueError) as problem:
        raise Unreachable(f"its settings or credentials can't be used ({type(problem).__name__})", final=True) from None
    return ObjectCells(store, address.path.lstrip("/"))


def _unreachable(problem: Exception) -> Unreachable:
    """The texts of the library quote whole URLs and replies: only what is known to be harmless is taken from them."""
    if isinstance(problem, (PermissionDeniedError, UnauthenticatedError)):
        return Unreachable("the store refuses these credentials", final=True)
    text = str(problem)
    status = re.search(r"status code: ([0-9]{3})", text)
    if status is not None:
        final = status[1].startswith(("3", "4")) and status[1] not in ("408", "429")
        return Unreachable(f"the store answered with status {status[1]}", final=final)
    if "redirect" in text:
        return Unreachable("the store is elsewhere: check endpoint and region", final=True)
    if "InvalidCertificate" in text:
        return Unreachable(NOT_TRUSTED, final=True)
    for mark, reason in _REASONS.items():
        if mark in text:
            return Unreachable(reason)
    return Unreachable("the connection was lost")
