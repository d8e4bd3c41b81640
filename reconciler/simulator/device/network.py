"""The network (manual: Device network configuration): read nested, written flat."""

import ipaddress
from collections import Counter

from reconciler.simulator.device.checks import SUCCESS, Reply, Unit, array, flag, members, obj, spoken, text, wrong
from reconciler.simulator.device.state import Interface, Json

_STATIC = ("address", "netmask", "gateway", "nameservers")
_INTERFACES = {"ethernet": "ethernet", "wlan": "wifi"}
_NAMESERVERS = 2


def get(unit: Unit, payload: Json) -> Reply:
    """GetNetworkConfig: `running` beside `config`, for each interface that the terminal has."""
    members(unit, payload, ())
    shown: Json = {}
    for name in _INTERFACES:
        if _has(unit, name):
            live: Interface = getattr(unit.state, name)
            running = _leased(unit) if live.dhcp else live
            shown[name] = {"config": _config(unit, name, live), "running": _addresses(running)}
    return "NetworkConfig", shown


def put(unit: Unit, payload: Json) -> Reply:
    """SetNetworkConfig: an interface that the terminal lacks is ignored."""
    members(unit, payload, (), _INTERFACES)
    new: dict[str, Interface] = {}
    for name in _INTERFACES:
        if not _has(unit, name):
            continue
        if name in payload:
            new[name] = _interface(unit, name, obj(payload[name], name))
        elif unit.switches.network_omitted == "dhcp":
            new[name] = Interface()
    unit.state.ethernet = new.get("ethernet", unit.state.ethernet)
    unit.state.wlan = new.get("wlan", unit.state.wlan)
    return SUCCESS


def static_address(unit: Unit) -> str:
    """The static address of the wired network, else that of Wi-Fi, else ""."""
    for live in (unit.state.ethernet, unit.state.wlan):
        if not live.dhcp:
            return live.address
    return ""


def _has(unit: Unit, name: str) -> bool:
    return bool(getattr(unit.capabilities, _INTERFACES[name]))


def _leased(unit: Unit) -> Interface:
    """What a simulated DHCP server gives."""
    return Interface(address=unit.home, netmask="255.0.0.0", gateway="127.0.0.1", nameservers=("127.0.0.1",))


def _addresses(live: Interface) -> Json:
    return {name: getattr(live, name) for name in _STATIC}


def _config(unit: Unit, name: str, live: Interface) -> Json:
    shown: Json = {"dhcp": spoken(live.dhcp, "on")}
    if not live.dhcp:
        shown |= _addresses(live)
    elif unit.switches.dhcp_members == "invalid":
        shown |= {"address": "0.0.0.0", "netmask": "0.0.0.0", "gateway": "0.0.0.0", "nameservers": []}  # noqa: S104
    if name == "wlan":
        shown["access_points"] = [{"key": key, "ssid": ssid} for ssid, key in live.access_points]
    return shown


def _interface(unit: Unit, name: str, given: Json) -> Interface:
    optional = (*_STATIC, "access_points") if name == "wlan" else _STATIC
    members(unit, given, ("dhcp",), optional)
    dhcp = flag(unit, given["dhcp"], "dhcp", "on")
    before: Interface = getattr(unit.state, name)
    points = before.access_points
    if name == "wlan" and "access_points" in given:
        points = _access_points(unit, points, given["access_points"])
    if dhcp:  # the addresses are only valid with dhcp off, so that they are not looked at
        return Interface(access_points=points)
    members(unit, given, ("dhcp", "address", "netmask", "gateway"), optional)
    servers = array(given.get("nameservers", []), "nameservers")
    if len(servers) > _NAMESERVERS:
        raise wrong("nameservers")
    return Interface(
        dhcp=False,
        address=_address(given["address"], "address"),
        netmask=_mask(given["netmask"]),
        gateway=_address(given["gateway"], "gateway") if given["gateway"] != "" else "",
        nameservers=tuple(_address(server, "nameservers") for server in servers),
        access_points=points,
    )


def _access_points(unit: Unit, before: tuple[tuple[str, str], ...], value: object) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    for item in array(value, "access_points"):
        point = obj(item, "access_points")
        members(unit, point, ("ssid", "key"))
        found.append((text(point["ssid"], "ssid"), text(point["key"], "key")))
    if any(count > 1 for count in Counter(ssid for ssid, _ in found).values()):
        raise wrong("access_points")
    if unit.switches.access_points == "replaced":
        return tuple(found)
    return tuple((dict(before) | dict(found)).items())


def _address(value: object, name: str) -> str:
    try:
        return str(ipaddress.IPv4Address(text(value, name)))
    except ValueError:
        raise wrong(name) from None


def _mask(value: object) -> str:
    mask = text(value, "netmask")
    try:
        # The library also takes 24 and 0.0.0.255.
        if str(ipaddress.IPv4Network(f"0.0.0.0/{mask}").netmask) == mask:
            return mask
    except ValueError:
        pass
    raise wrong("netmask")
