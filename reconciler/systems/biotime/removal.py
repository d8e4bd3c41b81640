"""What is written instead of a delete, for `on_remove: resign` and `disable`."""

from collections.abc import Mapping

from reconciler.model.fields import Value
from reconciler.model.objects import Listing

NOT_AUTHORIZED = 1
"""The id of the built-in area "Not Authorized": no terminal serves who is only there [real: BRG]."""


def removal(on_remove: str, listings: Mapping[str, Listing], today: str) -> Mapping[str, Value]:
    """The values to write, by path. `today` is an ISO date.

    Raises LookupError when `disable` is asked for and the areas' listing has no built-in area, ValueError for any
    other word.
    """
    if on_remove == "resign":
        return {
            "resigned.date": today,
            "resigned.type": "resigned",
            "resigned.reason": None,
            "resigned.block_attendance": True,
        }
    if on_remove == "disable":
        return {"areas": (_not_authorized(listings),)}
    raise ValueError(f"{on_remove} is not written but done")


def _not_authorized(listings: Mapping[str, Listing]) -> str:
    listing = listings.get("area")
    built_in = sorted(
        ((area.id != NOT_AUTHORIZED, str(area.id), area.key) for area in listing.objects.values() if area.builtin)
        if listing
        else []
    )
    if not built_in:
        raise LookupError(
            'The target has no built-in area "Not Authorized", which `on_remove: disable` puts people in.'
        )
    return built_in[0][2]
