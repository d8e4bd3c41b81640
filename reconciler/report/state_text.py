"""The state's entries as text and as JSON. Digests are never shown: they are of no use to people."""

from collections.abc import Callable, Mapping
from typing import Any

from reconciler.model.state import Entry
from reconciler.model.words import printable, show_value, storable
from reconciler.report.text import counted, wrap


def render_addresses(entries: Mapping[str, Entry], pending: frozenset[str] = frozenset()) -> str:
    """One address a line, sorted; one that an interrupted apply was about to create says so."""
    begun = "  (pending: an apply stopped while it created this)"
    every = sorted({*entries, *pending})
    return "".join(f"{printable(address)}{'' if address in entries else begun}\n" for address in every)


def render_entry(address: str, entry: Entry, hidden: frozenset[str] = frozenset()) -> str:
    """What is remembered of one object. `hidden` are the paths that no call reads from its target."""
    lines = [printable(address), f"  id         {show_value(entry.id)}"]
    if entry.protected:
        lines.append("  protected  true: its deletion is refused (lifecycle.prevent_delete)")
    if entry.on_remove is not None:
        lines.append(f"  on_remove  {printable(entry.on_remove)}")
    paths = [printable(path) for path in sorted(entry.digests)]
    lines += [f"  digests    of {counted(len(paths), 'applied field')}", *wrap(paths, "    ", separator=", ")]
    unread = [printable(path) for path in sorted(entry.digests) if path in hidden]
    if unread:
        lines += ["  unread     the target never shows these: plans compare the files with what was applied"]
        lines += wrap(unread, "    ", separator=", ")
    return "\n".join(lines) + "\n"


def entries_document(
    entries: Mapping[str, Entry],
    pending: frozenset[str] = frozenset(),
    hidden: Callable[[str], frozenset[str]] = lambda _address: frozenset(),
) -> dict[str, Any]:
    """The entries as plain JSON values, sorted by address. `hidden` gives the paths that no call reads from the
    target of an address."""
    return {
        "objects": [_entry(address, entry, hidden(address)) for address, entry in sorted(entries.items())],
        "pending": [storable(address) for address in sorted(pending)],
    }


def _entry(address: str, entry: Entry, hidden: frozenset[str]) -> dict[str, Any]:
    return {
        "address": storable(address),
        "id": entry.id,
        "protected": entry.protected,
        "on_remove": entry.on_remove,
        "fields": [storable(path) for path in sorted(entry.digests)],
        "unread": [storable(path) for path in sorted(entry.digests) if path in hidden],
    }
