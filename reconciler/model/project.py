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
    """How to log in. `scheme` is one of the system's: token, jwt or basic on the BioTime family. `token` is what stands
    for a name and a password elsewhere: a terminal's API key."""

    username: str | None = None
    password: Secret | SecretReference | None = None
    scheme: str = "token"
    token: Secret | SecretReference | None = None


class Tls(msgspec.Struct, frozen=True):
    """`ca_file` is an absolute path once loaded."""

    verify: bool = True
    ca_file: str | None = None


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """One server or terminal. `timeout` is in seconds, of one call; `retries` counts repeats, so 0 is one try. `area`
    is a terminal's: whose employees are its users."""

    name: str
    system: str
    url: str
    span: Span
    auth: Auth = Auth()
    tls: Tls = Tls()
    manages: tuple[str, ...] = ()  # kinds (singular); those that the system has, when the file says nothing
    company: str | None = None
    area: str | None = None
    select: Mapping[str, tuple[str, ...]] = {}  # kind -> keys
    prune: Mapping[str, Prune] = {}  # kind -> policy, for every managed kind
    timeout: float = 60.0
    concurrency: int = 8
    retries: int = 5
    limits: Limits = Limits()


class ObjectPlace(msgspec.Struct, frozen=True, kw_only=True):
    """An object of S3 (s3://BUCKET/PATH), GCS (gs://BUCKET/PATH) or Azure (az://CONTAINER/PATH). `credentials` are by
    their names in the file; what is not among them is the provider's usual environment's. `tls` never switches the
    check of certificates off."""

    url: str
    endpoint: str | None = None
    region: str | None = None
    account: str | None = None  # of Azure
    credentials: Mapping[str, SecretReference] = {}
    tls: Tls = Tls()


class PostgresPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A table of a database. What is None is libpq's environment's (PGHOST, PGPASSWORD, …)."""

    dsn: str | SecretReference | None = None
    host: str | None = None
    port: int | None = None
    database: str | None = None
    username: str | None = None
    password: SecretReference | None = None
    table: str = "reconciler_state"


class HttpPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A server that speaks the protocol of Terraform's http backend. A lock address that is None is `address`. `tls` is
    as in ObjectPlace."""

    address: str
    lock_address: str | None = None
    unlock_address: str | None = None
    lock_method: str = "LOCK"
    unlock_method: str = "UNLOCK"
    username: str | None = None
    password: SecretReference | None = None
    tls: Tls = Tls()


class StateBackend(msgspec.Struct, frozen=True):
    """Where the state is kept: the local backend's `path` is relative to the root, every other one has a `place`."""

    backend: str = "local"
    path: str = ".reconciler/state.json"
    place: ObjectPlace | PostgresPlace | HttpPlace | None = None


class Project(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    root: str  # absolute
    targets: Mapping[str, Target]
    state: StateBackend = StateBackend()
    secrets: Mapping[str, SecretReference] = {}  # secret tables: CSV text with the columns key and value
    variables: Mapping[str, str] = {}
    devices_at_once: int = 32  # terminals, each of which is asked one thing at a time
