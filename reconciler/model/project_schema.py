"""The JSON Schema of the project file, `reconciler.yaml`."""

from collections.abc import Collection

from reconciler.model.kinds import PLURALS
from reconciler.model.project import Prune
from reconciler.model.resource_schema import ANCHORS, DIALECT, NAME, Schema, secret_reference

_KINDS_OF_TEXT = ("string", "number", "boolean")
_LABEL: Schema = {"pattern": r"^[A-Za-z0-9_-]+$"}
_VARIABLE: Schema = {"pattern": r"^[A-Za-z_][A-Za-z0-9_]*$"}
_EXPRESSION: Schema = {"type": "string", "pattern": r"\{\{"}
_SHARE: Schema = {"type": "string", "pattern": r"^\s*(?:100(?:\.0+)?|[0-9]{1,2}(?:\.[0-9]+)?) ?%\s*$"}
_DURATION = r"^\s*[0-9]{1,9}(?:\.[0-9]+)? ?(?:ms|s|m)\s*$"
_SOURCES = ("env", "file", "command")  # a table holds secrets of objects only


def project_schema(systems: Collection[str]) -> Schema:
    """The schema of `reconciler.yaml`; `systems` are the names that a target's system can have."""
    limit = _ref("limit")
    return {
        "$schema": DIALECT,
        "title": "Reconciler project",
        **_mapping("A project: the servers that it manages, and how.", _top(systems), "version", "project", "targets"),
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
        "state": _mapping(
            "Where the state is kept.",
            {"backend": _one_of(("local",), "The kind of store."), "path": _text("The file, relative to the root.")},
        ),
        "limits": _ref("limits"),
        "defaults": _mapping("What holds for every target that does not say it itself.", _common()),
        "targets": _named(_LABEL, _target(systems), "The servers, by their names."),
        "secrets": _named(
            _LABEL,
            _ref("secret"),
            "Tables of secrets: CSV text with the columns key and value, one secret for each object.",
        ),
    }


def _target(systems: Collection[str]) -> Schema:
    keys = _list(_text("A key."), "Keys of objects.")
    own = {
        "system": _one_of(systems, "Which system the server is."),
        "url": _form(r"^\s*https?://[^\s/?#]+(?:/[^\s?#]*)?\s*$", "Where the server is, without credentials."),
        "company": _text("The company, in multi-company builds."),
        "select": _mapping("The part of the organisation that belongs there.", dict.fromkeys(PLURALS, keys)),
    }
    return _mapping("A server.", own | _common(), "system", "url")


def _common() -> dict[str, Schema]:
    """What stands in a target, or in the defaults of all of them."""
    policy = _ref("policy")
    auth = {
        "username": _text("The name to log in with."),
        "password": _ref("secret"),
        "scheme": _one_of(("token", "jwt", "basic"), "The way to log in (default: token)."),
    }
    tls = {
        "verify": _either("Whether the server's certificate is checked (default: true).", {"type": "boolean"}),
        "ca_file": _text("The certificate of the authority to trust, a file."),
    }
    kinds = _mapping("By kind.", dict.fromkeys(PLURALS, policy))
    return {
        "auth": _mapping("How to log in.", auth, "username", "password"),
        "tls": _mapping("How the server's certificate is checked.", tls),
        "manages": _list(_one_of(PLURALS, "A kind."), "The kinds that are managed (default: all of the system)."),
        "prune": {"description": "What happens to objects that are not in the files.", "anyOf": [policy, kinds]},
        "timeout": _form(_DURATION, "How long a call may take, such as 60s."),
        "concurrency": _count("How many calls are made at once.", 1),
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
