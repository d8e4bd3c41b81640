"""The JSON Schema of the project file, `reconciler.yaml`."""

from collections.abc import Collection

from reconciler.model.kinds import PLURALS
from reconciler.model.project import Prune
from reconciler.model.resource_schema import ANCHORS, DIALECT, NAME, Schema, secret_reference
from reconciler.model.systems import ANY_SERVER, DEVICE_LISTS, SERVER_LISTS, SYSTEMS, Holds

_KINDS_OF_TEXT = ("string", "number", "boolean")
_LABEL: Schema = {"pattern": r"^[A-Za-z0-9_-]+$"}
_VARIABLE: Schema = {"pattern": r"^[A-Za-z_][A-Za-z0-9_]*$"}
_EXPRESSION: Schema = {"type": "string", "pattern": r"\{\{"}
_SHARE: Schema = {"type": "string", "pattern": r"^\s*(?:100(?:\.0+)?|[0-9]{1,2}(?:\.[0-9]+)?) ?%\s*$"}
_DURATION = r"^\s*[0-9]{1,9}(?:\.[0-9]+)? ?(?:ms|s|m)\s*$"
_SOURCES = ("env", "file", "command")  # a table holds secrets of objects only
_CA_FILE: Schema = {**NAME, "description": "The certificate of the authority to trust, a file."}

STATE_FORMS = {
    "s3": r"s3://[^/\s]+/[^\s]*[^/\s]",
    "gcs": r"gs://[^/\s]+/[^\s]*[^/\s]",
    "azure": r"az://[^/\s]+/[^\s]*[^/\s]",
    "address": r"https?://[^\s/?#@]+(?:[/?][^\s#]*)?",
    "method": r"[A-Z]{1,16}",
    "table": r"[A-Za-z_][A-Za-z0-9_]{0,62}(?:\.[A-Za-z_][A-Za-z0-9_]{0,62})?",
}
"""What texts under `state` look like."""


def project_schema(systems: Collection[str]) -> Schema:
    """The schema of `reconciler.yaml`; `systems` are the names that a server's system can have."""
    limit = _ref("limit")
    return {
        "$schema": DIALECT,
        "title": "Reconciler project",
        **_mapping("A project: what it manages, and how.", _top(systems), "version", "project"),
        "patternProperties": ANCHORS,
        "$defs": {
            "limit": _limit(),
            "limits": _mapping(
                "How much of a target a plan may touch before it is refused, per kind.",
                {"delete": limit, "change": limit},
            ),
            "policy": _one_of(
                [policy.value for policy in Prune], "never reports them, owned deletes what an apply wrote, all any."
            ),
            "secret": secret_reference(_SOURCES),
        },
    }


def _top(systems: Collection[str]) -> dict[str, Schema]:
    variable = _mapping(
        "A variable.", {"default": {"type": [*_KINDS_OF_TEXT, "null"], "description": "Its value when none is given."}}
    )
    variable["type"] = ["object", "null"]
    return {
        "version": {"const": 1, "description": "The version of this file's language."},
        "project": _text("The project's name."),
        "resources": _list(_text("A pattern."), "Patterns of resource files, relative to the root; ** is any depth."),
        "variables": _named(_VARIABLE, variable, "What --var, RECONCILER_VAR_* and --var-file can set."),
        "state": _state(),
        "limits": _ref("limits"),
        "defaults": _mapping(
            "What holds for every target that does not say it itself; auth, manages and concurrency for servers only.",
            _server(SERVER_LISTS, _any_auth())
            | _common([plural for plural in PLURALS if plural in (*SERVER_LISTS, *DEVICE_LISTS)]),
        ),
        "targets": _targets(systems),
        "secrets": _named(
            _LABEL,
            _ref("secret"),
            "Tables of secrets: CSV text with the columns key and value, one secret for each object.",
        ),
    }


def _state() -> Schema:
    """A mapping for each backend; the local one need not be named."""
    forms = [
        _mapping(
            f"The backend {name}.",
            {"backend": _either("The kind of store.", {"const": name}), **own},
            *(() if name == "local" else ("backend",)),
            *required,
        )
        for name, (own, required) in _backends().items()
    ]
    return {"description": "Where the state is kept.", "anyOf": forms}


def _backends() -> dict[str, tuple[dict[str, Schema], tuple[str, ...]]]:
    """By name what a backend has of its own, and which of that must be there."""
    secret = _ref("secret")
    address = _state_form("address", "The address, without credentials.")
    tls = {"tls": _mapping("How the server's certificate is checked.", {"ca_file": _CA_FILE})}
    return {
        "local": ({"path": _text("The file, relative to the root.")}, ()),
        "s3": (
            {
                "url": _state_form("s3", "The object, such as s3://BUCKET/PATH/state.json."),
                "endpoint": address,
                "region": _text("The region."),
                **dict.fromkeys(("access_key_id", "secret_access_key", "session_token"), secret),
                **tls,
            },
            ("url",),
        ),
        "gcs": (
            {
                "url": _state_form("gcs", "The object, such as gs://BUCKET/PATH/state.json."),
                "endpoint": address,
                "service_account_key": secret,
                **tls,
            },
            ("url",),
        ),
        "azure": (
            {
                "url": _state_form("azure", "The object, such as az://CONTAINER/PATH/state.json."),
                "endpoint": address,
                "account": _text("The storage account."),
                **dict.fromkeys(("account_key", "sas_token"), secret),
                **tls,
            },
            ("url",),
        ),
        "postgres": (_postgres(), ()),
        "http": (
            {
                **dict.fromkeys(("address", "lock_address", "unlock_address"), address),
                **dict.fromkeys(("lock_method", "unlock_method"), _state_form("method", "The method.")),
                "username": _text("The name to log in with."),
                "password": secret,
                **tls,
            },
            ("address",),
        ),
    }


def _postgres() -> dict[str, Schema]:
    return {
        "dsn": {"description": "The connection, without a password.", "anyOf": [NAME, _ref("secret")]},
        "host": _text("The server."),
        "port": _count("Its port.", 1),
        "database": _text("The database."),
        "username": _text("The name to log in with."),
        "password": _ref("secret"),
        "table": _state_form("table", "The table (default: reconciler_state)."),
    }


def _state_form(name: str, doc: str) -> Schema:
    return _form(rf"^\s*(?:{STATE_FORMS[name]})\s*$", doc)


def _targets(systems: Collection[str]) -> Schema:
    return {
        "description": "The servers, by their names, and under `devices` what holds for all terminals.",
        "type": "object",
        "properties": {"devices": _devices()},
        "patternProperties": {r"^(?!devices$)[A-Za-z0-9_-]+$": _target(systems)},
        "additionalProperties": False,
    }


def _devices() -> Schema:
    at_once = {"concurrency": _count("How many terminals are talked to at once (default: 32).", 1)}
    return _mapping("What holds for all terminals.", at_once | _common(DEVICE_LISTS))


def _target(systems: Collection[str]) -> Schema:
    """A server has what its system has; where an expression says which that is, what any has."""
    names: dict[Holds, list[str]] = {}
    for name in systems:
        names.setdefault(SYSTEMS[name], []).append(name)
    known = [_server_of({"enum": each}, holds, _auth(by_token=holds.by_token)) for holds, each in names.items()]
    return {"description": "A server.", "anyOf": [*known, _server_of(_EXPRESSION, ANY_SERVER, _any_auth())]}


def _server_of(system: Schema, holds: Holds, auth: Schema) -> Schema:
    keys = _list(_text("A key."), "Keys of objects.")
    own = {
        "system": {**system, "description": "Which system the server is."},
        "url": _form(r"^\s*https?://[^\s/?#]+(?:/[^\s?#]*)?\s*$", "Where the server is, without credentials."),
        "company": _text("The company, in multi-company builds."),
        "select": _mapping("The part of the organisation that belongs there.", dict.fromkeys(holds.selectable, keys)),
    }
    parts = own | _server(holds.lists, auth) | _common(holds.prunable)
    return _mapping("A server.", parts, "system", "url")


def _any_auth() -> Schema:
    return {"anyOf": [_auth(by_token=by_token) for by_token in (False, True)]}


def _auth(*, by_token: bool) -> Schema:
    if by_token:
        return _mapping("How to log in.", {"access_token": _ref("secret")}, "access_token")
    parts = {
        "username": _text("The name to log in with."),
        "password": _ref("secret"),
        "scheme": _one_of(("token", "jwt", "basic"), "The way to log in (default: token)."),
    }
    return _mapping("How to log in.", parts, "username", "password")


def _server(plurals: Collection[str], auth: Schema) -> dict[str, Schema]:
    """What stands in a server, or in the defaults of all of them; `plurals` are the kinds that it holds."""
    tls = {
        "verify": _either("Whether the server's certificate is checked (default: true).", {"type": "boolean"}),
        "ca_file": _CA_FILE,
    }
    return {
        "auth": {**auth, "description": "How to log in."},
        "tls": _mapping("How the server's certificate is checked.", tls),
        "manages": _list(_one_of(plurals, "A kind."), "The kinds that are managed (default: all of the system)."),
        "concurrency": _count("How many calls are made at once.", 1),
    }


def _common(plurals: Collection[str]) -> dict[str, Schema]:
    """What stands in a server, for all devices, or in the defaults of both; `plurals` are what they hold."""
    policy = _ref("policy")
    kinds = _mapping("By kind.", dict.fromkeys(plurals, policy))
    return {
        "prune": {"description": "What happens to objects that are not in the files.", "anyOf": [policy, kinds]},
        "timeout": _form(_DURATION, "How long a call may take, such as 60s."),
        "retries": _count("How often a call is repeated.", 0),
        "limits": _ref("limits"),
    }


def _limit() -> Schema:
    parts = {
        "number": _count("At most this many objects.", 0),
        "share": _either("At most this share of the live objects, such as 10%.", _SHARE),
        "floor": _count("The number of live objects from which the share applies (default: 10).", 0),
    }
    both = _mapping("A number, a share, or both.", parts)
    both["anyOf"] = [{"required": ["number"]}, {"required": ["share"]}]
    return _either(
        "At most so much: 17, 10% or {share: 10%, floor: 10}.", {"type": "integer", "minimum": 0}, _SHARE, both
    )


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _text(doc: str) -> Schema:
    return {**NAME, "description": doc}


def _form(pattern: str, doc: str) -> Schema:
    return _either(doc, {"type": "string", "pattern": pattern})


def _one_of(words: Collection[str], doc: str) -> Schema:
    return _either(doc, {"enum": list(words)})


def _count(doc: str, least: int) -> Schema:
    return _either(doc, {"type": "integer", "minimum": least})


def _either(doc: str, *forms: Schema) -> Schema:
    """One of the forms, or an expression that gives it."""
    return {"description": doc, "anyOf": [*forms, _EXPRESSION]}


def _list(items: Schema, doc: str) -> Schema:
    return {"description": doc, "type": "array", "items": items, "minItems": 1}


def _named(names: Schema, values: Schema, doc: str) -> Schema:
    return {"description": doc, "type": "object", "propertyNames": names, "additionalProperties": values}


def _mapping(doc: str, properties: dict[str, Schema], *required: str) -> Schema:
    return {
        "description": doc,
        "type": "object",
        "properties": properties,
        **({"required": list(required)} if required else {}),
        "additionalProperties": False,
    }
