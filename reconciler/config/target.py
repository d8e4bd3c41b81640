"""One target of the project file, and the defaults of all of them."""

import ipaddress
from collections.abc import Collection, Mapping
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from reconciler.config import tree
from reconciler.config.auth import auth_problem, read_auth
from reconciler.config.files import inside
from reconciler.config.forms import url
from reconciler.config.settings import Handler, boolean, choice, limits, seconds, take, text, texts, whole_number
from reconciler.config.values import Reading, Wrong, formed
from reconciler.model.diagnostic import Span, warning
from reconciler.model.fields import Field, Type
from reconciler.model.kinds import KINDS, PLURALS
from reconciler.model.project import Auth, Limits, Prune, Target, Tls
from reconciler.model.systems import ANY_SERVER, DEVICE_LISTS, SERVER_LISTS, SYSTEMS, Holds
from reconciler.model.words import cited
from reconciler.systems.registry import SERVERS

DEFAULTS = "devices"
"""Under `targets` this names what holds for all devices, and so no target."""

DEVICE_KINDS = tuple(PLURALS[plural].name for plural in DEVICE_LISTS)
_URL = Field(name="url", type=Type.URL, doc="")


class Selected(msgspec.Struct, frozen=True):
    """A key that a target's `select` names, and where."""

    kind: str
    key: str
    span: Span


class DeviceDefaults(msgspec.Struct, frozen=True):
    """What holds for every device that does not say it itself. `common` are further fields of a Target, `prune` has all
    kinds of terminals, `at_once` is how many of them are talked to at once."""

    at_once: int = 32
    common: Mapping[str, Any] = {}
    prune: Mapping[str, Prune] = {}


def read_defaults(root: Path, reading: Reading, node: tree.Node) -> dict[str, Any]:
    """What holds for every target that does not say it itself, by key."""
    plurals = [plural for plural in PLURALS if plural in (*SERVER_LISTS, *DEVICE_LISTS)]
    handlers = _server_handlers(root, None) | _common_handlers(plurals)
    return take(reading, node, "a key of defaults", handlers)


def device_defaults(reading: Reading, defaults: Mapping[str, Any], node: tree.Node | None) -> DeviceDefaults:
    """What holds for every device: what `node`, `targets: {devices: …}`, says, else the defaults of all targets. Raises
    Wrong when the node is no mapping."""
    own: dict[str, Any] = {}
    if node is not None:
        what = f"a key of {DEFAULTS}, which says what holds for all devices and is no target itself"
        own = take(reading, node, what, {"concurrency": whole_number(1), **_common_handlers(DEVICE_LISTS)})
    merged = {**defaults, **own}
    return DeviceDefaults(
        at_once=own.get("concurrency", DeviceDefaults().at_once),
        common={
            "limits": _limits(own, defaults),
            **{key: merged[key] for key in ("tls", "timeout", "retries") if key in merged},
        },
        prune=_policies(DEVICE_KINDS, own.get("prune"), defaults.get("prune")),
    )


def read_target(
    root: Path, reading: Reading, defaults: Mapping[str, Any], name: str, node: tree.Node
) -> tuple[Target | None, tuple[Selected, ...]]:
    """The target; None, with complaints, when it can't be used. Raises Wrong when the node is no mapping."""
    before = len(reading.found)
    system = _named_system(reading, node)
    holds = _holds(system)
    own = take(
        reading,
        node,
        "a key of a target",
        {
            "system": _system,
            "url": _url,
            "company": text,
            "select": partial(_select, holds=holds),
            **_server_handlers(root, system),
            **_common_handlers(holds.prunable, holds.referred),
        },
        required={"system": f"which system it is, one of {', '.join(SERVERS)}", "url": "where the server is"},
    )
    merged = {**defaults, **own}
    auth = merged.get("auth", Auth())
    problem = auth_problem(auth, system) if system is not None and "auth" not in own else None
    if problem is not None:
        reading.complain("RC0202", problem, node)
    if len(reading.found) > before:
        return None, own.get("select", ())
    held = tuple(PLURALS[plural].name for plural in holds.lists)
    manages = tuple(kind for kind in held if kind in merged.get("manages", held))
    selected = own.get("select", ())
    target = Target(
        name=name,
        system=own["system"],
        url=own["url"],
        span=tree.place(reading.file, node),
        auth=auth,
        tls=merged.get("tls", Tls()),
        manages=manages,
        company=own.get("company"),
        select=_by_kind(selected),
        prune=_policies(manages, own.get("prune"), defaults.get("prune")),
        limits=_limits(own, defaults),
        **{key: merged[key] for key in ("timeout", "concurrency", "retries") if key in merged},
    )
    _warn(reading, target, node)
    return target, selected


def _named_system(reading: Reading, node: tree.Node) -> str | None:
    """The system that a target names; None, without a complaint, when it names none that there is."""
    named = node.pairs.get("system") if isinstance(node, tree.Mapping) else None
    try:
        return choice(reading, named[1], SERVERS) if named else None
    except Wrong:
        return None


def _holds(system: str | None) -> Holds:
    return ANY_SERVER if system is None else SYSTEMS[system]


def _server_handlers(root: Path, system: str | None) -> dict[str, Handler]:
    """The readers of what stands in a server of this system, or (None) in the defaults of all servers."""
    return {
        "auth": partial(read_auth, system=system),
        "tls": partial(_tls, root),
        "manages": partial(_manages, plurals=_holds(system).lists),
        "concurrency": whole_number(1),
    }


def _common_handlers(plurals: Collection[str], referred: Collection[str] = ()) -> dict[str, Handler]:
    """The readers of what servers and devices have in common; `plurals` are the kinds that they hold, `referred` those
    that can only be referred to."""
    return {
        "prune": partial(_prune, plurals=plurals, referred=referred),
        "timeout": seconds,
        "retries": whole_number(0),
        "limits": limits,
    }


def _limits(own: Mapping[str, Any], defaults: Mapping[str, Any]) -> Limits:
    return Limits(**{**defaults.get("limits", {}), **own.get("limits", {})})


def _system(reading: Reading, node: tree.Node) -> str:
    if text(reading, node) == "device":
        detail = "A terminal does not stand under targets. Declare it in a resource file, in the list devices."
        raise Wrong("RC0205", detail)
    return choice(reading, node, SERVERS)


def _url(reading: Reading, node: tree.Node) -> str:
    return usable_url(text(reading, node))


def usable_url(value: str) -> str:
    """The url of a server or terminal, without a slash at its end. Raises Wrong, which never quotes credentials."""
    parts = urlsplit(formed(url, _URL, value))
    if parts.query or parts.fragment:
        raise Wrong("RC0206", "A url ends before ? and # here. Remove what follows.")
    return value.rstrip("/")


def _tls(root: Path, reading: Reading, node: tree.Node) -> Tls:
    return Tls(**take(reading, node, "a key of tls", {"verify": boolean, "ca_file": partial(_ca_file, root)}))


def _ca_file(root: Path, reading: Reading, node: tree.Node) -> str:
    return usable_ca_file(root, text(reading, node))


def usable_ca_file(root: Path, value: str) -> str:
    """The absolute path of the file that `value` names, inside of the project or by its absolute path. Raises Wrong."""
    if Path(value).is_absolute():
        return value
    path = inside(root, value)
    if path is None:
        raise Wrong(
            "RC0108", f"{cited(value)} is outside of the project. Put it into the project, or write its absolute path."
        )
    if not path.is_file():
        raise Wrong("RC0101", f"There is no file {cited(value)} in the project.")
    return str(path)


def _manages(reading: Reading, node: tree.Node, plurals: Collection[str]) -> tuple[str, ...]:
    if not isinstance(node, tree.Sequence) or not node.items:
        raise Wrong("RC0203", f"A list of kinds is wanted here, of {', '.join(plurals)}.")
    managed = set()
    for item in node.items:
        try:
            managed.add(PLURALS[choice(reading, item, plurals)].name)
        except Wrong as wrong:
            reading.report(wrong, item)
    return tuple(kind for kind in KINDS if kind in managed)


def _select(reading: Reading, node: tree.Node, holds: Holds) -> tuple[Selected, ...]:
    kinds: dict[str, Handler] = dict.fromkeys(holds.lists, texts)
    kinds |= dict.fromkeys(set(holds.lists) - set(holds.selectable), _unselectable)
    chosen = take(reading, node, "a kind that the server holds", kinds)
    return tuple(
        Selected(PLURALS[plural].name, key, span) for plural, keys in sorted(chosen.items()) for key, span in keys
    )


def _unselectable(_reading: Reading, _node: tree.Node) -> None:
    raise Wrong(
        "RC0205",
        "Who belongs to a server is not told by access levels. Select by areas, departments or employees.",
    )


def _by_kind(selected: tuple[Selected, ...]) -> dict[str, tuple[str, ...]]:
    kinds = sorted({each.kind for each in selected})
    return {kind: tuple(sorted({each.key for each in selected if each.kind == kind})) for kind in kinds}


def _prune(
    reading: Reading, node: tree.Node, plurals: Collection[str], referred: Collection[str]
) -> Prune | dict[str, Prune]:
    if isinstance(node, tree.Mapping):
        kinds: dict[str, Handler] = dict.fromkeys(plurals, _policy) | dict.fromkeys(referred, _unprunable)
        policies = take(reading, node, "a kind that can be here", kinds)
        return {PLURALS[plural].name: policy for plural, policy in policies.items()}
    return _policy(reading, node)


def _unprunable(_reading: Reading, _node: tree.Node) -> None:
    raise Wrong("RC0205", "These can only be referred to on this system: no call deletes one. Remove this.")


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
    if (target.auth.password or target.auth.token) and is_readable(target.url):
        what = "access token" if target.auth.token else "password"
        detail = f"The {what} goes to this server over http, readable by everyone on the way. Use https."
        reading.found.append(warning("RC0407", detail, source=tree.place(reading.file, node.pairs["url"][1])))
    if not target.tls.verify:
        detail = (
            f"The certificate of {target.name} is not checked (verify: false), so anyone on the way can pretend to be "
            "it. Give the certificate of its authority as ca_file instead."
        )
        spot = node.pairs["tls"][1] if "tls" in node.pairs else node
        reading.found.append(warning("RC0407", detail, source=tree.place(reading.file, spot)))


def is_readable(url: str) -> bool:
    """Whether what is sent to a usable url can be read on the way: over http, and to another machine."""
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname == "localhost":
        return False
    try:
        return not ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return True
