"""Addresses: `target/kind/key`, the name of one object on one target."""

from fnmatch import fnmatchcase
from typing import NamedTuple


class Address(NamedTuple):
    """Where an object is. `key` is verbatim: it may hold slashes, spaces and anything else a server's code holds."""

    target: str
    kind: str
    key: str

    def __str__(self) -> str:
        return f"{self.target}/{self.kind}/{self.key}"


def parse_address(text: str) -> Address:
    """The address written as `text`, split at its first two slashes.

    Raises ValueError when there are fewer than two slashes or a part is empty.
    """
    parts = text.split("/", 2)
    if len(parts) != 3 or not all(parts):
        raise ValueError(f"{text!r} is not an address: write target/kind/key, such as hq/employee/1001")
    return Address(*parts)


def matches(address: Address, glob: str) -> bool:
    """Whether a `--select` or `--exclude` glob names this address. `*` also matches `/`; case counts."""
    return fnmatchcase(str(address), glob)
