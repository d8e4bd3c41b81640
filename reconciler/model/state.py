"""The state document: what earlier applies did. It holds no personal data and no secret, only keyed digests."""

from collections.abc import Callable, Mapping

import msgspec

from reconciler.model.address import Address


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What is remembered of one object that is ours. `digests` has, by path, the keyed digest of the value as applied.
    `protected` and `on_remove` outlive the object's block in the files."""

    id: int | str | None = None
    digests: dict[str, str] = {}
    protected: bool = False
    on_remove: str | None = None


class Note(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is remembered of a terminal itself. `uid` tells one machine from another. `locked`: an apply has locked it
    and not unlocked it yet. `slots` are the numbers of the day templates that are ours, by their content."""

    uid: str | None = None
    locked: bool = False
    slots: dict[str, int] = {}


class State(msgspec.Struct, frozen=True, kw_only=True):
    """`entries` are by address as text. `pending` are those that an apply was about to create when it was last saved,
    with what outlives their blocks: each is ours if it turns out to be on the target. `notes` are by target. `serial`
    rises by one with every write. `key_id` tells which key the digests were made with."""

    lineage: str
    serial: int = 0
    entries: Mapping[str, Entry] = {}
    pending: Mapping[str, Entry] = {}
    notes: Mapping[str, Note] = {}
    key_id: str | None = None


class Memory(msgspec.Struct, frozen=True):
    """What is remembered of a target, by kind and key: its part of the state, and the key of the digests (None: not at
    hand)."""

    entries: Mapping[str, Mapping[str, Entry]]
    pending: Mapping[str, Mapping[str, Entry]]
    key: bytes | None
    note: Note = Note()

    def entry(self, address: Address) -> Entry | None:
        for known in (self.entries, self.pending):
            if (found := known.get(address.kind, {}).get(address.key)) is not None:
                return found
        return None

    def owned(self, kind: str) -> set[str]:
        """The keys of a kind's objects that are ours: an earlier apply wrote them, or was about to when it ended."""
        return {*self.entries.get(kind, ()), *self.pending.get(kind, ())}


def memories(state: State, key: bytes | None) -> Callable[[str], Memory]:
    """Gives each target's part of the state, by its name. The state is looked through once, for all of them."""
    entries, pending = _by_target(state.entries), _by_target(state.pending)
    return lambda target: Memory(entries.get(target, {}), pending.get(target, {}), key, state.notes.get(target, Note()))


def _by_target(entries: Mapping[str, Entry]) -> dict[str, dict[str, dict[str, Entry]]]:
    """By target, kind and key."""
    found: dict[str, dict[str, dict[str, Entry]]] = {}
    for text, entry in entries.items():
        target, kind, name = text.split("/", 2)
        found.setdefault(target, {}).setdefault(kind, {})[name] = entry
    return found
