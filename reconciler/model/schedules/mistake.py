"""What is wrong with something that a user wrote, and where in it."""

import msgspec


class Mistake(msgspec.Struct, frozen=True):
    """One thing to correct. `key` is the key that it stands under, None for the mapping as a whole. `item` is the
    number of the value in the key's list (0 when it is not in a list), None for the key itself or the whole list.
    `detail` is full sentences."""

    key: str | None
    item: int | None
    detail: str


Mistakes = tuple[Mistake, ...]

Problems = tuple[str, ...]
"""Why a schedule can't be put on a terminal, in full sentences."""
