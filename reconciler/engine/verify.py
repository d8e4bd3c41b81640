"""Verify: reads again what was written, and compares."""

from collections.abc import Iterable, Iterator, Mapping

from reconciler.model.diagnostic import Diagnostic, error
from reconciler.model.fields import Value
from reconciler.model.objects import Listing, Live
from reconciler.model.plan import Change
from reconciler.model.words import show_value


def touched_kinds(changes: Iterable[Change]) -> list[str]:
    return sorted({change.address.kind for change in changes})


def verify(done: Iterable[Change], listings: Mapping[str, Listing]) -> list[Diagnostic]:
    """An error for each value of a done change that the target does not hold, and for each deleted object that is still
    there. Listings with a problem are passed over: their own problem says so."""
    found: list[Diagnostic] = []
    for change in done:
        listing = listings[change.address.kind]
        if listing.problem is None:
            found += _differences(change, listing.objects.get(change.address.key))
    return found


def _differences(change: Change, live: Live | None) -> Iterator[Diagnostic]:
    kind, key = change.address.kind, change.address.key
    if change.after is None:
        if live is not None:
            yield _error(change, f"The target answered that {kind} {key} is deleted, and still has it.")
    elif live is None:
        yield _error(change, f"The target answered that {kind} {key} is written, and does not have it.")
    else:
        for path in kept_values(change, live):
            yield _error(
                change,
                f"`{path}` was written as {show_value(change.after[path])}, the target answered that this is done, and "
                f"it reads {show_value(live.values[path])}. The target keeps or changes this value by itself: set it "
                f"by hand there, correct the files, or name it in `lifecycle: {{ignore: [{path}]}}`.",
            )


def kept_values(change: Change, live: Live) -> list[str]:
    """The paths that were written and read back differently. A path that the server does not give can't be checked."""
    written = change.after or {}
    if change.before is not None:
        written = {field.path: field.after for field in change.fields}
    return [path for path, value in sorted(written.items()) if _differs(live, path, value)]


def _differs(live: Live, path: str, value: Value) -> bool:
    return path in live.values and live.values[path] != value


def _error(change: Change, detail: str) -> Diagnostic:
    return error("RC0703", detail, address=change.address, source=change.source)
