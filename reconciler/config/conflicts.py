"""Settings of a terminal that can't be together."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from reconciler.config.overlay import Settings
from reconciler.model.fields import Value

_STATIC = ("address", "gateway", "nameservers")


class Conflict(NamedTuple):
    """What is wrong with a setting. `paths` are the values that make it so, the one to be looked at first in front; of
    what is `missing`, those that ask for it. One that is `certain` is wrong whatever else there may be."""

    code: str
    detail: str
    paths: tuple[str, ...]
    missing: bool = False
    certain: bool = False

    @property
    def setting(self) -> str:
        return self.paths[0].partition(".")[0]


def conflicts(url: str, settings: Settings) -> Iterator[Conflict]:
    """What is wrong with the settings as a whole of a terminal that is at `url`."""
    if "clock" in settings:
        yield from _clock(settings["clock"])
    if "network" in settings:
        for interface in ("ethernet", "wifi"):
            yield from _interface(f"network.{interface}", settings["network"])
    if "security" in settings:
        yield from _security(url, settings["security"])


def _clock(values: Mapping[str, Value]) -> Iterator[Conflict]:
    if values.get("clock.timezone") is None:
        detail = '"timezone" is missing: without it the time that the clock should show is not known.'
        yield Conflict("RC0202", detail, ("clock.timezone", "clock.max_skew"), missing=True)


def _interface(prefix: str, values: Mapping[str, Value]) -> Iterator[Conflict]:
    """An address is either given or had from a DHCP server (manual: SetNetworkConfig)."""
    dhcp = f"{prefix}.dhcp"
    given = [name for name in _STATIC if values.get(f"{prefix}.{name}") not in (None, ())]
    if values.get(dhcp) is True and given:
        detail = (
            f"With dhcp: true the terminal is told its address, so {' and '.join(given)} can't be given. Remove one "
            "or the other; what comes from a profile is removed by null."
        )
        yield Conflict("RC0206", detail, (*(f"{prefix}.{name}" for name in given), dhcp), certain=True)
    if values.get(dhcp) is False and "address" not in given:
        detail = '"address" is missing: with dhcp: false the terminal would have none. Write it as 192.168.0.5/24.'
        yield Conflict("RC0202", detail, (f"{prefix}.address", dhcp), missing=True)


def _security(url: str, values: Mapping[str, Value]) -> Iterator[Conflict]:
    """Whoever switches off both, or the one that is used, is locked out (manual: SetSecurityConfig)."""
    http, https = "security.http", "security.https"
    if values.get(http) is False and values.get(https) is False:
        detail = (
            "With http and https both off nothing could talk to the terminal any more. Leave at least one of them on."
        )
        yield Conflict("RC0407", detail, (http, https), certain=True)
        return
    used, other = (http, https) if url.startswith("http:") else (https, http)
    if values.get(used) is False and values.get(other) is not True:
        name, way_out = used.partition(".")[2], other.partition(".")[2]
        detail = (
            f"The terminal's url begins with {name}, so with {name}: false it could not be reached any more. Write "
            f"{way_out}: true beside it, or leave {name} on."
        )
        yield Conflict("RC0407", detail, (used,))
