"""What the tests of the engine build their plans from: objects, listings, memories and changes, each in one line."""

from collections.abc import Iterable, Mapping
from typing import Any

from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, Span, error
from reconciler.model.digest import value_digest
from reconciler.model.fields import Value
from reconciler.model.objects import Desired, Listing, Live, Object
from reconciler.model.plan import Change, FieldChange, Reason
from reconciler.model.project import Prune, Target
from reconciler.model.state import Entry, Memory
from reconciler.systems.registry import system

HERE = Span("org.yaml", 1, 1)
KEY = b"a key of the tests, 32 bytes long"
SYSTEM = system("biotime")
TODAY = "2026-01-31"
PROBLEM = error("RC0501", "It does not answer.")


def at(name: str) -> Address:
    """The address of `kind/key` on the target of the tests."""
    return Address("hq", *name.split("/", 1))


def target(prune: Mapping[str, Prune] | None = None, **members: Any) -> Target:
    return Target(name="hq", system="biotime", url="http://127.0.0.1", span=HERE, prune=prune or {}, **members)


def thing(name: str, values: Mapping[str, Value] | None = None, **members: Any) -> Object:
    """An object of the files by `kind/key`."""
    kind, key = name.split("/", 1)
    return Object(kind=kind, key=key, values=dict(values or {}), span=HERE, **members)


def wanted(
    *kinds: str, objects: Iterable[Object] = (), selected: Mapping[str, frozenset[str]] | None = None
) -> Desired:
    """What the target must hold: of each of `kinds` the objects that are among `objects`."""
    everything = list(objects)
    held = {kind: {each.key: each for each in everything if each.kind == kind} for kind in kinds}
    return Desired("hq", held, selected or {})


def there(live: Mapping[str, Mapping[str, Value]], *kinds: str, builtin: Iterable[str] = ()) -> dict[str, Listing]:
    """The listings of a target that has these objects; of `kinds` there is a listing in any case. Ids count from 2."""
    found: dict[str, dict[str, Live]] = {kind: {} for kind in kinds}
    for number, (name, values) in enumerate(live.items(), 2):
        kind, key = name.split("/", 1)
        found.setdefault(kind, {})[key] = Live(key, number, dict(values), builtin=name in builtin)
    return {kind: Listing(kind, objects) for kind, objects in found.items()}


def unknown(kind: str) -> Listing:
    """A listing that failed, with what it had read until then."""
    return Listing(kind, {}, problem=PROBLEM)


def applied(name: str, values: Mapping[str, Value], **members: Any) -> Entry:
    """What is remembered of an object that was applied with `values`."""
    digests = {path: value_digest(KEY, at(name), path, value) for path, value in values.items()}
    return Entry(digests=digests, **members)


def remembered(
    *names: str,
    entries: Mapping[str, Entry] | None = None,
    pending: Mapping[str, Entry] | None = None,
    key: bytes | None = KEY,
) -> Memory:
    """A memory of `names`, of which nothing but that they are ours is known, and of what is given by name."""
    return Memory(_nested(dict.fromkeys(names, Entry()) | (entries or {})), _nested(pending or {}), key)


def _nested(entries: Mapping[str, Entry]) -> dict[str, dict[str, Entry]]:
    found: dict[str, dict[str, Entry]] = {}
    for name, entry in entries.items():
        kind, key = name.split("/", 1)
        found.setdefault(kind, {})[key] = entry
    return found


def create(name: str, after: Mapping[str, Value] | None = None, **members: Any) -> Change:
    return Change(address=at(name), **{"reason": Reason.ABSENT, "before": None, "after": dict(after or {})} | members)


def update(name: str, before: Mapping[str, Value], after: Mapping[str, Value], **members: Any) -> Change:
    """`before` may have more than `after`, which then stays as it is."""
    fields = tuple(FieldChange(path, before.get(path), value) for path, value in sorted(after.items()))
    differing = tuple(field for field in fields if field.before != field.after)
    given = {"reason": Reason.CONFIG, "before": dict(before), "after": {**before, **after}, "fields": differing}
    return Change(address=at(name), **given | members)


def delete(name: str, before: Mapping[str, Value] | None = None, **members: Any) -> Change:
    return Change(address=at(name), **{"reason": Reason.REMOVED, "before": dict(before or {}), "after": None} | members)


def names(changes: Iterable[Change]) -> list[str]:
    """`kind/key` of each."""
    return [f"{change.address.kind}/{change.address.key}" for change in changes]


def codes(diagnostics: Iterable[Diagnostic]) -> list[tuple[str, str | None]]:
    """(code, address) of each."""
    return [(each.code, each.address) for each in diagnostics]
