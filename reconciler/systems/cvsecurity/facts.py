"""What a server says of itself, for `fit` and the writer: it stands beside the objects, as `Listing.raw`."""

from collections.abc import Mapping

import msgspec

from reconciler.model.objects import Listing


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """`has` and `lacks` are the features and modules that were looked for; what is in neither was not asked. `levels`
    are the ids of all levels by control and name, and `ambiguous`, by control, the names that the server lists more
    than once. `areas` are the codes of the attendance areas, `kiosk_areas` those of the FaceKiosk ones, both sorted
    (None: not read)."""

    has: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset()
    levels: Mapping[str, Mapping[str, str]] = {}
    ambiguous: Mapping[str, frozenset[str]] = {}
    areas: tuple[str, ...] | None = None
    kiosk_areas: tuple[str, ...] | None = None


def facts_of(listings: Mapping[str, Listing]) -> Facts:
    """What all listings together tell of their server."""
    found = Facts()
    for kind in sorted(listings):
        if isinstance(raw := listings[kind].raw, Facts):
            found = joined(found, raw)
    return found


def joined(first: Facts, second: Facts) -> Facts:
    """Both, of one server."""
    return Facts(
        has=first.has | second.has,
        lacks=first.lacks | second.lacks,
        levels={**first.levels, **second.levels},
        ambiguous={**first.ambiguous, **second.ambiguous},
        areas=first.areas if second.areas is None else second.areas,
        kiosk_areas=first.kiosk_areas if second.kiosk_areas is None else second.kiosk_areas,
    )
