"""One target of the project file, and the defaults of all of them."""

import ipaddress
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import msgspec

from reconciler.config import tree
from reconciler.config.files import inside
from reconciler.config.settings import Handler, boolean, choice, limits, seconds, take, text, texts, whole_number
from reconciler.config.values import TABLELESS_FORMS, Reading, Wrong, read_reference
from reconciler.model.diagnostic import Span, warning
from reconciler.model.kinds import KINDS, PLURALS
from reconciler.model.project import Auth, Limits, Prune, Target, Tls
from reconciler.model.secret import SecretReference
from reconciler.systems.registry import NAMES

_SCHEMES = ("token", "jwt", "basic")


class Selected(msgspec.Struct, frozen=True):
    """A key that a target's `select` names, and where."""

    kind: str
    key: str
    span: Span


def read_defaults(root: Path, reading: Reading, node: tree.Node) -> dict[str, Any]:
    """What holds for every target that does not say it itself, by key."""
    return take(reading, node, "a key of defaults", _handlers(root))


def read_target(
    root: Path, reading: Reading, defaults: Mapping[str, Any], name: str, node: tree.Node
) -> tuple[Target | None, tuple[Selected, ...]]:
    """The target; None, with complaints, when it can't be used. Raises Wrong when the node is no mapping."""
    before = len(reading.found)
    own = take(
        reading,
        node,
        "a key of a target",
        {
            "system": partial(choice, choices=NAMES),
            "url": _url,
            "company": text,
            "select": _select,
            **_handlers(root),
        },
        required={"system": f"which system it is, one of {', '.join(NAMES)}", "url": "where the server is"},
    )
    if len(reading.found) > before:
        return None, own.get("select", ())
    merged = {**defaults, **own}
    manages = merged.get("manages") or tuple(KINDS)
    selected = own.get("select", ())
    target = Target(
        name=name,
        system=own["system"],
        url=own["url"],
        span=tree.place(reading.file, node),
        auth=merged.get("auth", Auth()),
        tls=merged.get("tls", Tls()),
        manages=manages,
        company=own.get("company"),
        select=_by_kind(selected),
        prune=_policies(manages, own.get("prune"), defaults.get("prune")),
        limits=Limits(**{**defaults.get("limits", {}), **own.get("limits", {})}),
        **{key: merged[key] for key in ("timeout", "concurrency", "retries") if key in merged},
    )
    _warn(reading, target, node)
    return target, selected


def _handlers(root: Path) -> dict[str, Handler]:
    """The readers of what stands in a target or in the defaults."""
    return {
        "auth": _auth,
        "tls": partial(_tls, root),
        "manages": _manages,
        "prune": _prune,
        "timeout": seconds,
        "concurrency": whole_number(1),
        "retries": whole_number(0),
        "limits": limits,
    }


def _url(reading: Reading, node: tree.Node) -> str:
    value = text(reading, node)
    try:
        parts = urlsplit(value)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or any(character.isspace() for character in value):
        raise Wrong("RC0206", "The address of a server is wanted here, such as https://time.example.com:8443.")
    if "@" in parts.netloc:
        raise Wrong("RC0407", "A url holds no user name or password: it is printed everywhere. Write them under auth.")
    if parts.query or parts.fragment:
        raise Wrong("RC0206", "A server's address ends before ? and #. Remove what follows.")
    return value.rstrip("/")


def _auth(reading: Reading, node: tree.Node) -> Auth:
    handlers: dict[str, Handler] = {
        "username": text,
        "password": _password,
        "scheme": partial(choice, choices=_SCHEMES),
    }
    required = {"username": "the name to log in with", "password": f"a reference to it, {TABLELESS_FORMS}"}
    return Auth(**take(reading, node, "a key of auth", handlers, required))


def _password(reading: Reading, node: tree.Node) -> SecretReference:
    if not isinstance(node, tree.Mapping):
        raise Wrong("RC0208", f"A password never stands in the files. Write a reference: {TABLELESS_FORMS}.")
    reference = read_reference(reading, node)
    if reference.source == "table":
        raise Wrong("RC0208", "A table of secrets has one for each object, not for targets. Use env, file or command.")
    return reference


def _tls(root: Path, reading: Reading, node: tree.Node) -> Tls:
    return Tls(**take(reading, node, "a key of tls", {"verify": boolean, "ca_file": partial(_ca_file, root)}))


def _ca_file(root: Path, reading: Reading, node: tree.Node) -> str:
    value = text(reading, node)
    if Path(value).is_absolute():
        return value
    path = inside(root, value)
    if path is None:
        raise Wrong(
            "RC0108", f'"{value}" is outside of the project. Put it into the project, or write its absolute path.'
        )
    if not path.is_file():
        raise Wrong("RC0101", f'There is no file "{value}" in the project.')
    return str(path)


def _kinds(reading: Reading, node: tree.Node) -> str:
    return PLURALS[choice(reading, node, PLURALS)].name


def _manages(reading: Reading, node: tree.Node) -> tuple[str, ...]:
    if not isinstance(node, tree.Sequence) or not node.items:
        raise Wrong("RC0203", f"A list of kinds is wanted here, of {', '.join(PLURALS)}.")
    managed = set()
    for item in node.items:
        try:
            managed.add(_kinds(reading, item))
        except Wrong as wrong:
            reading.report(wrong, item)
    return tuple(kind for kind in KINDS if kind in managed)


def _select(reading: Reading, node: tree.Node) -> tuple[Selected, ...]:
    chosen = take(reading, node, "a kind of object", dict.fromkeys(PLURALS, texts))
    return tuple(
        Selected(PLURALS[plural].name, key, span) for plural, keys in sorted(chosen.items()) for key, span in keys
    )


def _by_kind(selected: tuple[Selected, ...]) -> dict[str, tuple[str, ...]]:
    kinds = sorted({each.kind for each in selected})
    return {kind: tuple(sorted({each.key for each in selected if each.kind == kind})) for kind in kinds}


def _prune(reading: Reading, node: tree.Node) -> Prune | dict[str, Prune]:
    if isinstance(node, tree.Mapping):
        policies = take(reading, node, "a kind of object", dict.fromkeys(PLURALS, _policy))
        return {PLURALS[plural].name: policy for plural, policy in policies.items()}
    return _policy(reading, node)


def _policy(reading: Reading, node: tree.Node) -> Prune:
    return Prune(choice(reading, node, (policy.value for policy in Prune)))


def _policies(
    manages: tuple[str, ...], own: Prune | dict[str, Prune] | None, default: Prune | dict[str, Prune] | None
) -> dict[str, Prune]:
    """The policy of every managed kind: the target's own, else the defaults', else owned."""

    def policy(kind: str) -> Prune:
        for source in (own, default):
            if isinstance(source, Prune):
                return source
            if source is not None and kind in source:
                return source[kind]
        return Prune.OWNED

    return {kind: policy(kind) for kind in manages}


def _warn(reading: Reading, target: Target, node: tree.Node) -> None:
    """What is possible and not safe."""
    if not isinstance(node, tree.Mapping):
        return
    parts = urlsplit(target.url)
    if parts.scheme == "http" and target.auth.password is not None and not _is_loopback(parts):
        detail = "The password goes to this server over http, readable by everyone on the way. Use https."
        reading.found.append(warning("RC0407", detail, source=tree.place(reading.file, node.pairs["url"][1])))
    if not target.tls.verify:
        detail = (
            f"The certificate of {target.name} is not checked (verify: false), so anyone on the way can pretend to be "
            "it. Give the certificate of its authority as ca_file instead."
        )
        spot = node.pairs["tls"][1] if "tls" in node.pairs else node
        reading.found.append(warning("RC0407", detail, source=tree.place(reading.file, spot)))


def _is_loopback(parts: SplitResult) -> bool:
    if parts.hostname == "localhost":
        return True
    try:
        return ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False
