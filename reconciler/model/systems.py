"""What the language has to know of the systems, without their code: what each holds, and how to log in."""

from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from reconciler.model.kinds import PLURALS


class Holds(msgspec.Struct, frozen=True):
    """`lists` are the kinds, by the names that `manages`, `select` and `prune` give them, in the language's order;
    those that can only be `referred` to are among them. `by_token`: one logs in with an access token, not with a name
    and a password."""

    lists: tuple[str, ...]
    by_token: bool = False
    referred: tuple[str, ...] = ()

    @property
    def prunable(self) -> tuple[str, ...]:
        """What can be deleted there at all."""
        return tuple(plural for plural in self.lists if plural not in self.referred)

    @property
    def selectable(self) -> tuple[str, ...]:
        """What a part of the organisation can be told by. Not by access levels: who has none of some belongs to the
        server all the same, and must not have others taken away unseen."""
        return tuple(plural for plural in self.lists if plural != "access_levels")


def _lists(*plurals: str) -> tuple[str, ...]:
    return tuple(plural for plural in PLURALS if plural in plurals)


_BIOTIME = Holds(_lists("departments", "areas", "positions", "employees"))

SYSTEMS: Mapping[str, Holds] = MappingProxyType(
    {
        "biotime": _BIOTIME,
        "utimemaster": _BIOTIME,
        "zkbiotime": _BIOTIME,
        "cvsecurity": Holds(
            _lists("departments", "areas", "access_levels", "employees", "vehicles"),
            by_token=True,
            referred=("areas",),
        ),
        "device": Holds(_lists("settings", "shifts", "departments", "employees")),
    }
)
"""By the system's name."""

DEVICE_LISTS = SYSTEMS["device"].lists

SERVER_LISTS = _lists(*(plural for name, holds in SYSTEMS.items() if name != "device" for plural in holds.lists))
"""What some server can hold."""

ANY_SERVER = Holds(SERVER_LISTS)
"""What any server has, where it is not known which system it is."""
