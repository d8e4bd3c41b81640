"""`--select` and `--exclude`: a part of a plan that can stand alone."""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from reconciler.engine.order import needs
from reconciler.model.address import Address, matches, parse_address
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
    kept = {address for address in by_address if is_chosen(address, select, exclude)}
    waiting = sorted(kept)
    while waiting:
        for need in by_address[waiting.pop()].depends_on:
            if need not in kept and need not in excluded and by_address[need].action is Action.CREATE:
                kept.add(need)
                waiting.append(need)
    skipped = without_waiting(kept, needs(changes))
    return [change for change in changes if change.address in kept], [
        warning(
            "RC0704",
            f"It waits for {skipped[change.address]}, which --select and --exclude leave out.",
            address=change.address,
            source=change.source,
        )
        for change in changes
        if change.address in skipped
    ]


def concerns(diagnostic: Diagnostic, changes: list[Change], select: tuple[str, ...], exclude: tuple[str, ...]) -> bool:
    """Whether a diagnostic is about what the globs leave: one broken object can be left out, and the rest goes on."""
    if diagnostic.address is None or not (select or exclude):
        return True
    if any(str(change.address) == diagnostic.address for change in changes):
        return True
    return is_chosen(parse_address(diagnostic.address), select, exclude)


def is_chosen(address: Address, select: tuple[str, ...], exclude: tuple[str, ...]) -> bool:
    """Whether the globs name an address."""
    return (not select or _any(address, select)) and not _any(address, exclude)


def reaches(target: str, select: tuple[str, ...], exclude: tuple[str, ...]) -> bool:
    """Whether the globs may leave anything of a target. One that they do not reach need not be asked."""
    start = f"{target}/"  # of all its addresses; a glob that names one begins with a glob of this
    named = not select or any(fnmatchcase(start, glob[:end]) for glob in select for end in range(len(glob) + 1))
    return named and not any(glob.endswith("*") and fnmatchcase(start, glob) for glob in exclude)


def without_waiting(kept: set[Address], needed: Mapping[Address, list[Address]]) -> dict[Address, Address]:
    """Takes from `kept` each address that needs one outside of it, which the result names."""
    skipped: dict[Address, Address] = {}
    while found := {
        address: missing[0] for address in kept if (missing := [need for need in needed[address] if need not in kept])
    }:
        kept.difference_update(found)
        skipped |= found
    return skipped


def unmatched(globs: Iterable[str], addresses: Iterable[Address]) -> list[str]:
    """The globs that match none of the addresses."""
    everything = list(addresses)
    return [glob for glob in globs if not any(matches(address, glob) for address in everything)]


def _any(address: Address, globs: tuple[str, ...]) -> bool:
    return any(matches(address, glob) for glob in globs)
