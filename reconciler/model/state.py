"""The state document: what earlier applies did. It holds no personal data and no secret, only keyed digests."""

from collections.abc import Mapping

import msgspec


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What is remembered of one object that is ours. `digests` has, by path, the keyed digest of the value as applied.
    `protected` and `on_remove` outlive the object's block in the files."""

    id: int | str | None = None
    digests: dict[str, str] = {}
    protected: bool = False
    on_remove: str | None = None


class State(msgspec.Struct, frozen=True, kw_only=True):
    """`entries` are by address as text. `pending` are those that an apply was about to create when it was last saved,
    with what outlives their blocks: each is ours if it turns out to be on the target. `serial` rises by one with every
    write. `key_id` tells which key the digests were made with."""

    lineage: str
    serial: int = 0
    entries: Mapping[str, Entry] = {}
    pending: Mapping[str, Entry] = {}
    key_id: str | None = None
