"""What a terminal says of itself and of what it holds, in its own words: what the reader gives to `fit` and the writer
beside the objects, as `Listing.raw`."""

from collections.abc import Mapping
from datetime import date, datetime

import msgspec

from reconciler.model.secret import Secret

Pairs = tuple[tuple[str, str], ...]
"""Starts and ends, as HH:MM, of a shift (3) or a day template (6); both empty where there is none."""


class Capabilities(msgspec.Struct, frozen=True):
    """The hardware that it has (manual: GetDeviceCapabilities); one that it does not name is absent."""

    access_control: bool = False
    card: bool = False
    ethernet: bool = False
    face: bool = False
    fingerprint: bool = False
    palm: bool = False
    password: bool = False
    vrface: bool = False
    wifi: bool = False


class Facts(msgspec.Struct, frozen=True):
    """`uid` tells one machine from another. `url` is where it answered and `key` what opened it, which may be another
    url and another key than the target's. `max_users` is None when it did not matter."""

    uid: str
    url: str
    key: Secret
    capabilities: Capabilities
    max_users: int | None = None


class RawSettings(msgspec.Struct, frozen=True):
    """Of the kind settings. `clock` is what the terminal's clock showed, without a zone, and the moment (with UTC) at
    which that was so."""

    facts: Facts
    clock: tuple[datetime, datetime] | None = None


class RawShifts(msgspec.Struct, frozen=True):
    """Of the kind shift: all 24 slots."""

    facts: Facts
    slots: tuple[Pairs, ...]


class RawDepartments(msgspec.Struct, frozen=True):
    """Of the kind department: the 7 numbers of each, Sunday first, by name."""

    facts: Facts
    rosters: Mapping[str, tuple[int, ...]]


class RawUsers(msgspec.Struct, frozen=True):
    """Of the kind employee. `templates` are all 255 day templates (None: access is not managed). `weeks` are the seven
    template numbers, Sunday first, and `rosters` the start and the 100 numbers, of the users that were asked about, by
    id. `pending` are attendance records that are not uploaded yet (None: it did not matter). `read` is the day of the
    reading, on this machine's calendar (None: not known)."""

    facts: Facts
    templates: tuple[Pairs, ...] | None = None
    weeks: Mapping[str, tuple[int, ...]] = {}
    rosters: Mapping[str, tuple[str, tuple[int, ...]]] = {}
    pending: bool | None = None
    read: date | None = None
