"""The setting `network`: a terminal tells it nested and takes it flat (manual: GetNetworkConfig, SetNetworkConfig)."""

import ipaddress
from collections.abc import Mapping

from reconciler.model.fields import Value
from reconciler.model.secret import Secret
from reconciler.systems.device.dialects import ON, unknown
from reconciler.systems.device.wire import Payload

POINTS = "network.wifi.access_points"
_WIRE = {"ethernet": "network.ethernet", "wlan": "network.wifi"}
_LENGTH = 32  # bits of an address


def key_path(ssid: str) -> str:
    """The path of an access point's key."""
    return f"{POINTS}.{ssid}.key"


def decode_network(payload: Payload) -> dict[str, Value]:
    """The values of the interfaces that a terminal has. While DHCP is on the addresses mean nothing, and are not
    given; no gateway is None."""
    values: dict[str, Value] = {}
    for name, path in _WIRE.items():
        config = configured(payload, name)
        if "dhcp" in config:
            values[f"{path}.dhcp"] = ON.decode(config["dhcp"])
        if values.get(f"{path}.dhcp") is False:
            values |= {f"{path}.{member}": value for member, value in _static(config).items()}
        if "access_points" in config and name == "wlan":
            values |= _decode_points(config["access_points"])
    return values


def configured(payload: Payload, name: str) -> Payload:
    """What is configured of `ethernet` or `wlan` in GetNetworkConfig's answer, beside what is running; empty when the
    terminal does not have it."""
    interface = payload.get(name)
    config = interface.get("config") if isinstance(interface, Mapping) else None
    return config if isinstance(config, Mapping) else {}


def encode_network(after: Mapping[str, Value], live: Payload) -> dict[str, object]:
    """SetNetworkConfig's payload: what files ask for, over what is configured now by GetNetworkConfig's answer.

    Both interfaces are sent: whether one that is left out is kept is not documented (B4 4).
    """
    sent: dict[str, object] = {}
    for name, path in _WIRE.items():
        config = configured(live, name)
        managed = {each.removeprefix(f"{path}."): value for each, value in after.items() if each.startswith(f"{path}.")}
        if not managed and not config:
            continue
        interface = _interface(managed, config)
        if name == "wlan" and (POINTS in after or "access_points" in config):
            interface["access_points"] = _encode_points(after, config.get("access_points"))
        sent[name] = interface
    return sent


def _interface(managed: Mapping[str, Value], config: Payload) -> dict[str, object]:
    dhcp = managed.get("dhcp", False if managed.get("address") else None)  # an address only counts without DHCP
    spoken = config.get("dhcp", "on") if dhcp is None else ON.encode(dhcp)
    if ON.decode(spoken) is not False:
        return {"dhcp": spoken}
    had = config if ON.decode(config.get("dhcp")) is False else {}
    members = {name: had.get(name, "") for name in ("address", "netmask", "gateway")}
    members["nameservers"] = had.get("nameservers", [])
    if "address" in managed:
        members["address"], members["netmask"] = _split(managed["address"])
    if "gateway" in managed:
        members["gateway"] = managed["gateway"] or ""
    if "nameservers" in managed:
        members["nameservers"] = list(_texts(managed["nameservers"]))
    return {"dhcp": spoken} | members


def _static(config: Payload) -> dict[str, Value]:
    """The members that only count without DHCP."""
    found: dict[str, Value] = {}
    if "address" in config:
        found["address"] = _joined(config["address"], config.get("netmask"))
    if "gateway" in config:
        found["gateway"] = _text(config["gateway"])
    if "nameservers" in config:
        found["nameservers"] = _servers(config["nameservers"])
    return found


def _servers(given: object) -> Value:
    if isinstance(given, list) and all(isinstance(each, str) for each in given):
        return tuple(each.strip() for each in given if each.strip())
    return unknown(given)


def _text(given: object) -> Value:
    return (given.strip() or None) if isinstance(given, str) else unknown(given)


def _joined(address: object, mask: object) -> Value:
    """The address with the length of its network: 192.168.0.5/24."""
    if not isinstance(address, str) or not address.strip():
        return None if address in ("", None) else unknown(address)
    for bits in range(_LENGTH + 1):
        if str(mask).strip() == _mask(bits):
            return f"{address.strip()}/{bits}"
    return unknown(f"{address} {mask}")


def _split(value: Value) -> tuple[str, str]:
    """The address and the mask of 192.168.0.5/24."""
    address, _, bits = str(value).partition("/")
    return address, _mask(int(bits))


def _mask(bits: int) -> str:
    return str(ipaddress.IPv4Network((0, bits)).netmask)


def _decode_points(given: object) -> dict[str, Value]:
    """Access points in their order, each with its key; the key is masked whatever it is."""
    values: dict[str, Value] = {POINTS: tuple(ssid for ssid, _ in _points(given))}
    return values | {key_path(ssid): _key(key) for ssid, key in _points(given)}


def _encode_points(after: Mapping[str, Value], given: object) -> list[dict[str, object]]:
    """All access points, since they are replaced together; keys that the files do not name stay as they are."""
    had = dict(_points(given))
    ssids = _texts(after[POINTS]) if POINTS in after else tuple(had)
    return [{"ssid": ssid, "key": after.get(key_path(ssid), _key(had.get(ssid, ""))) or ""} for ssid in ssids]


def _points(given: object) -> list[tuple[str, object]]:
    rows = [each for each in given if isinstance(each, Mapping)] if isinstance(given, list) else []
    return [(str(row.get("ssid", "")), row.get("key")) for row in rows]


def _key(given: object) -> Secret | None:
    return None if given in ("", None) else Secret(str(given))


def _texts(value: Value) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()
