"""Verify: reads again what was written, and compares."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from reconciler.model.diagnostic import Diagnostic, error
from reconciler.model.fields import Value
from reconciler.model.objects import Listing, Live
from reconciler.model.outcome import Unchecked
from reconciler.model.plan import Change
from reconciler.model.words import show_value
from reconciler.systems.base import Binding


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


def unchecked(
    done: Iterable[Change], listings: Mapping[str, Listing], bindings: Mapping[str, Binding]
) -> list[Unchecked]:
    """What the done changes wrote, and the target does not show: of this nobody can say that it is verified. What is
    empty in a new object was not written. Listings with a problem are passed over."""
    numbers: Counter[tuple[str, str | None]] = Counter()
    for change in done:
        kind, listing = change.address.kind, listings[change.address.kind]
        if listing.problem is not None:
            continue
        live = listing.objects.get(change.address.key)
        if live is not None:
            numbers.update((kind, path) for path in _hidden(change, live))
        elif change.after is None and _never_listed(bindings[kind]):
            numbers[kind, None] += 1
    return [Unchecked(kind, path, number) for (kind, path), number in sorted(numbers.items(), key=_by_name)]


def _by_name(each: tuple[tuple[str, str | None], int]) -> tuple[str, str]:
    (kind, path), _ = each
    return kind, path or ""


def _hidden(change: Change, live: Live) -> list[str]:
    new = change.before is None
    return [
        path
        for path, value in _written(change).items()
        if path not in live.values and not (new and value in (None, ()))
    ]


def _never_listed(binding: Binding) -> bool:
    """Whether a target shows nothing of this kind, not even which objects there are."""
    return binding.lengths.keys() <= binding.write_only


def _differences(change: Change, live: Live | None) -> Iterator[Diagnostic]:
    kind, key = change.address.kind, change.address.key
    if change.after is None:
        if live is not None:
            yield _error(change, f"The target answered that {kind} {key} is deleted, and still has it.")
    elif live is None and not change.leaves_state:  # who has left may be shown no longer
        yield _error(change, f"The target answered that {kind} {key} is written, and does not have it.")
    elif live is not None:
        for path in kept_values(change, live):
            yield _error(
                change,
                f"`{path}` was written as {show_value(change.after[path])}, the target answered that this is done, and "
                f"it reads {show_value(live.values[path])}. The target keeps or changes this value by itself: set it "
                f"by hand there, correct the files, or name it in `lifecycle: {{ignore: [{path}]}}`.",
            )


def kept_values(change: Change, live: Live) -> list[str]:
    """The paths that were written and read back differently. A path that the server does not give can't be checked."""
    return [path for path, value in sorted(_written(change).items()) if _differs(live, path, value)]


def _written(change: Change) -> Mapping[str, Value]:
    if change.before is None:
        return change.after or {}
    return {field.path: field.after for field in change.fields}


def _differs(live: Live, path: str, value: Value) -> bool:
    return path in live.values and live.values[path] != value


def _error(change: Change, detail: str) -> Diagnostic:
    return error("RC0703", detail, address=change.address, source=change.source)
