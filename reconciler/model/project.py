"""The project and its targets, as `reconciler.yaml` states them."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from reconciler.model.diagnostic import Span
from reconciler.model.secret import Secret, SecretReference


class Prune(StrEnum):
    """What happens to objects that are on a target and not in the files."""

    NEVER = "never"  # they are reported
    OWNED = "owned"  # those that an earlier apply wrote are deleted
    ALL = "all"  # deleted


class Limit(msgspec.Struct, frozen=True):
    """At most `number` objects, and at most `share` (0.1 is 10%) of the live ones where there are `floor` or more."""

    number: int | None = None
    share: float | None = None
    floor: int = 10


class Limits(msgspec.Struct, frozen=True):
    delete: Limit = Limit(share=0.1)
    change: Limit = Limit(share=0.5)


class Auth(msgspec.Struct, frozen=True):
    """How to log in. `scheme` is one of the system's: token, jwt or basic on the BioTime family."""

    username: str | None = None
    password: Secret | SecretReference | None = None
    scheme: str = "token"


class Tls(msgspec.Struct, frozen=True):
    """`ca_file` is an absolute path once loaded."""

    verify: bool = True
    ca_file: str | None = None


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """One server or terminal. `timeout` is in seconds, of one call; `retries` counts repeats, so 0 is one try."""

    name: str
    system: str
    url: str
    span: Span
    auth: Auth = Auth()
    tls: Tls = Tls()
    manages: tuple[str, ...] = ()  # kinds (singular); those that the system has, when the file says nothing
    company: str | None = None
    select: Mapping[str, tuple[str, ...]] = {}  # kind -> keys
    prune: Mapping[str, Prune] = {}  # kind -> policy, for every managed kind
    timeout: float = 60.0
    concurrency: int = 8
    retries: int = 5
    limits: Limits = Limits()


class StateBackend(msgspec.Struct, frozen=True):
    """Where the state is kept; `path` is relative to the root."""

    backend: str = "local"
    path: str = ".reconciler/state.json"


class Project(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    root: str  # absolute
    targets: Mapping[str, Target]
    state: StateBackend = StateBackend()
    secrets: Mapping[str, SecretReference] = {}  # secret tables: CSV text with the columns key and value
    variables: Mapping[str, str] = {}
