"""What became of a change."""

from enum import StrEnum

import msgspec

from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic


class Status(StrEnum):
    DONE = "done"
    FAILED = "failed"  # the target refused it; nothing was written, but where an id says that a part was
    SKIPPED = "skipped"  # never sent
    UNKNOWN = "unknown"  # sent, and nobody can say whether it was carried out


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """`duplicate` says that a create was refused since the key is taken. `id` is the server's, where it told; one
    that failed or was skipped has it when a part was written all the same."""

    address: Address
    status: Status
    id: int | str | None = None
    duplicate: bool = False
    diagnostic: Diagnostic | None = None

    @property
    def written(self) -> bool:
        """Whether the target may be another than before, even if not all was done."""
        return self.status in (Status.DONE, Status.UNKNOWN) or self.id is not None


class Unchecked(msgspec.Struct, frozen=True, order=True):
    """What was written and no call reads back: a field, of so many objects of a kind. `path` is None where the objects
    themselves were deleted and can't be listed."""

    kind: str
    path: str | None
    objects: int
