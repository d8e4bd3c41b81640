"""Organisations as the engine's own values, and a target that is nothing but them."""

from collections.abc import Iterable, Mapping
from typing import Any

from organisations import UNITS, Objects

from reconciler.engine.references import references
from reconciler.model.address import Address
from reconciler.model.diagnostic import Span
from reconciler.model.fields import Value
from reconciler.model.kinds import KINDS
from reconciler.model.objects import Desired, Listing, Live, Object
from reconciler.model.plan import Action, Change
from reconciler.model.project import Prune, Target
from reconciler.model.secret import Secret
from reconciler.model.state import Entry, State
from reconciler.systems.biotime import SYSTEMS

SYSTEM = SYSTEMS["biotime"]
SPAN = Span("objects.yaml", 1, 1)
HELD = {kind: KINDS[kind] for kind in SYSTEM.bindings}
UNIQUE = [(kind, path) for kind, binding in SYSTEM.bindings.items() for path in binding.unique]

Values = dict[str, Value]
Name = tuple[str, str]


def target(prune: str) -> Target:
    policy = dict.fromkeys(HELD, Prune(prune))
    return Target(name="hq", system=SYSTEM.name, url="http://127.0.0.1", span=SPAN, prune=policy)


def flat(block: Mapping[str, Any]) -> Values:
    """An object of a file as canonical values by path."""
    values: Values = {}
    for name, value in block.items():
        if name == "attendance":
            values |= {f"attendance.{each}": flag for each, flag in value.items()}
        elif name == "areas":
            values[name] = tuple(sorted(value))
        elif name == "card":
            values[name] = Secret(value) if value else None
        elif name not in ("code", "was", "lifecycle"):
            values[name] = value
    return values


def desired(objects: Objects) -> Desired:
    return Desired(
        "hq",
        {
            kind.name: {
                block["code"]: Object(
                    kind=kind.name,
                    key=block["code"],
                    values=flat(block),
                    span=SPAN,
                    was=block.get("was"),
                    ignore=tuple(block.get("lifecycle", {}).get("ignore", ())),
                )
                for block in objects[kind.plural]
            }
            for kind in HELD.values()
        },
    )


def remembered(names: Iterable[Name]) -> State:
    return State(lineage="test", entries={f"hq/{kind}/{key}": Entry() for kind, key in names})


class Model:
    """A target in memory. It does as servers do: it refuses what it can't hold, and ids keep references together when
    a key changes."""

    def __init__(self, objects: Objects) -> None:
        self.held: dict[Name, Values] = {}
        for kind in HELD.values():
            blank: Values = dict.fromkeys(SYSTEM.bindings[kind.name].lengths)
            for block in objects[kind.plural]:
                self.held[kind.name, block["code"]] = blank | flat(block)
        for plural in UNITS:
            kind_name = plural[:-1]
            self.held.setdefault((kind_name, "1"), {"name": "Built in", "parent": None})

    def listings(self) -> dict[str, Listing]:
        return {
            kind: Listing(
                kind,
                {
                    key: Live(key, f"{kind} {key}", dict(values), builtin=key == "1" and kind != "employee")
                    for (of, key), values in self.held.items()
                    if of == kind
                },
            )
            for kind in HELD
        }

    def release(self, change: Change) -> None:
        for path in change.release:
            self.held[change.address.kind, change.was or change.address.key][path] = None

    def carry_out(self, change: Change) -> None:
        """Makes one change, and looks whether that was possible and left the target whole."""
        name = (change.address.kind, change.address.key)
        now = (change.address.kind, change.was if change.was is not None else change.address.key)
        if change.action is Action.CREATE:
            assert name not in self.held
            self.held[name] = dict.fromkeys(SYSTEM.bindings[name[0]].lengths) | (change.after or {})
        elif change.action is Action.DELETE:
            assert name[1] != "1" or name[0] == "employee"
            assert self.users(now) == []
            del self.held[now]
        elif change.action is Action.UPDATE:
            assert now == name or name not in self.held
            values = self.held.pop(now)
            self.held[name] = values | {field.path: field.after for field in change.fields}
            self._rekey(now, name)
        self.check()

    def users(self, name: Name) -> list[Name]:
        return [user for user, values in self.held.items() if (name in _referred(user[0], values)) and user != name]

    def _rekey(self, old: Name, new: Name) -> None:
        if old == new:
            return
        for (kind, _), values in self.held.items():
            for path, of, key in list(references(kind, values)):
                if (of, key) == old:
                    value = values[path]
                    values[path] = (
                        tuple(sorted(new[1] if each == key else each for each in value))
                        if isinstance(value, tuple)
                        else new[1]
                    )

    def check(self) -> None:
        """References lead somewhere, parents make no ring, and unique values are held once."""
        for (kind, key), values in self.held.items():
            assert set(_referred(kind, values)) <= self.held.keys(), (kind, key)
            self._no_ring(kind, key)
        for kind, path in UNIQUE:
            taken = [values[path] for (of, _), values in self.held.items() if of == kind and values.get(path)]
            assert len(taken) == len(set(taken)), (kind, path)

    def _no_ring(self, kind: str, key: str) -> None:
        above: Value = key
        seen: set[Value] = set()
        while above is not None:
            assert above not in seen, (kind, key)
            seen.add(above)
            above = self.held[kind, str(above)].get("parent")


def _referred(kind: str, values: Mapping[str, Value]) -> list[Name]:
    return [(of, key) for _, of, key in references(kind, values)]


def address(name: Name) -> Address:
    return Address("hq", *name)
