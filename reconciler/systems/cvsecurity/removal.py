"""What is written instead of a delete, for `on_remove: resign` and `disable`."""

from collections.abc import Mapping

from reconciler.model.fields import Value
from reconciler.model.objects import Listing


def removal(on_remove: str, _listings: Mapping[str, Listing], today: str) -> Mapping[str, Value]:
    """The values to write, by path. `today` is an ISO date. Raises ValueError for any other word."""
    if on_remove == "resign":
        return {"resigned.date": today, "resigned.type": "resigned"}
    if on_remove == "disable":
        return {"cvsecurity.disabled": True}
    raise ValueError(f"{on_remove} is not written but done")
