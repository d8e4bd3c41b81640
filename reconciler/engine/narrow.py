"""`--select` and `--exclude`: a part of a plan that can stand alone."""

from collections.abc import Iterable

from reconciler.model.address import Address, matches
from reconciler.model.diagnostic import Diagnostic, warning
from reconciler.model.plan import Action, Change


def narrow(
    changes: list[Change], select: tuple[str, ...], exclude: tuple[str, ...]
) -> tuple[list[Change], list[Diagnostic]]:
    """The changes that the globs leave. What a selected change needs created comes along; a change that waits for
    anything else that is left out is left out too, with a warning."""
    if not select and not exclude:
        return changes, []
    by_address = {change.address: change for change in changes}
    excluded = {address for address in by_address if _any(address, exclude)}
    kept = {address for address in by_address if not select or _any(address, select)} - excluded
    waiting = sorted(kept)
    while waiting:
        for need in by_address[waiting.pop()].depends_on:
            if need not in kept and need not in excluded and by_address[need].action is Action.CREATE:
                kept.add(need)
                waiting.append(need)
    skipped: list[Diagnostic] = []
    for change in changes:  # in order, so what a change waits for has been decided
        if change.address in kept and (missing := [need for need in change.depends_on if need not in kept]):
            kept.discard(change.address)
            skipped.append(
                warning(
                    "RC0704",
                    f"It waits for {missing[0]}, which --select and --exclude leave out.",
                    address=change.address,
                    source=change.source,
                )
            )
    return [change for change in changes if change.address in kept], skipped


def unmatched(globs: Iterable[str], addresses: Iterable[Address]) -> list[str]:
    """The globs that match none of the addresses."""
    everything = list(addresses)
    return [glob for glob in globs if not any(matches(address, glob) for address in everything)]


def _any(address: Address, globs: tuple[str, ...]) -> bool:
    return any(matches(address, glob) for glob in globs)
