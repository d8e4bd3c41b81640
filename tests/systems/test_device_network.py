"""The network of a terminal: read nested with masks, written flat, in files with the length of the network."""

import pytest
from device_settings_helpers import Told, read, simulated, write
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.model.secret import Secret
from reconciler.systems.device.network import decode_network, encode_network
from reconciler.transport.failure import Failure

OFF = {
    "dhcp": "off",
    "address": "192.168.0.5",
    "netmask": "255.255.255.0",
    "gateway": "192.168.0.1",
    "nameservers": ["8.8.8.8", "4.4.4.4"],
}
WIFI = {"dhcp": "on", "access_points": [{"ssid": "AP1", "key": "1234"}]}
MANUAL = {"ethernet": {"running": {}, "config": OFF}, "wlan": {"running": {}, "config": WIFI}}
"""GetNetworkConfig's example; what is running does not matter."""

STATIC = {
    "network.ethernet.dhcp": False,
    "network.ethernet.address": "192.168.0.5/24",
    "network.ethernet.gateway": "192.168.0.1",
    "network.ethernet.nameservers": ("8.8.8.8", "4.4.4.4"),
}
POINTS = {
    "network.wifi.dhcp": True,
    "network.wifi.access_points": ("AP1",),
    "network.wifi.access_points.AP1.key": Secret("1234"),
}


def ethernet(**config: object) -> dict[str, object]:
    return {"ethernet": {"config": config}}


@pytest.mark.parametrize(
    ("payload", "values"),
    [
        (MANUAL, STATIC | POINTS),
        (ethernet(dhcp="on"), {"network.ethernet.dhcp": True}),
        (ethernet(dhcp="on", address="0.0.0.0", netmask="", gateway=""), {"network.ethernet.dhcp": True}),
        (ethernet(dhcp=True), {"network.ethernet.dhcp": True}),
        (ethernet(dhcp="auto", address="10.0.0.1"), {"network.ethernet.dhcp": "auto (unknown)"}),
        (
            ethernet(dhcp="off", address="10.0.0.1", netmask="255.0.255.0", gateway="", nameservers=[]),
            {
                "network.ethernet.dhcp": False,
                "network.ethernet.address": "10.0.0.1 255.0.255.0 (unknown)",
                "network.ethernet.gateway": None,
                "network.ethernet.nameservers": (),
            },
        ),
        (
            ethernet(dhcp="off", address="", netmask="", gateway=7, nameservers="8.8.8.8"),
            {
                "network.ethernet.dhcp": False,
                "network.ethernet.address": None,
                "network.ethernet.gateway": "7 (unknown)",
                "network.ethernet.nameservers": "8.8.8.8 (unknown)",
            },
        ),
        (ethernet(dhcp="off"), {"network.ethernet.dhcp": False}),
        ({}, {}),
        ({"ethernet": [], "wlan": {"config": "x"}}, {}),
        (
            {"wlan": {"config": {"access_points": [{"ssid": "a.b key", "key": ""}, {"ssid": "c", "key": 12}, "x"]}}},
            {
                "network.wifi.access_points": ("a.b key", "c"),
                "network.wifi.access_points.a.b key.key": None,
                "network.wifi.access_points.c.key": Secret("12"),
            },
        ),
    ],
)
def test_what_a_terminal_says_in_the_words_of_the_files(payload, values):
    assert decode_network(payload) == values


def test_a_key_is_never_shown():
    assert "1234" not in str(decode_network(MANUAL))


TEN = {"dhcp": "off", "address": "10.0.0.1", "netmask": "255.0.0.0", "gateway": "", "nameservers": []}
KEPT = {"wlan": {"dhcp": "on", "access_points": [{"ssid": "AP1", "key": Secret("1234")}]}}
"""What is sent of MANUAL's wireless network when the files say nothing of it."""


@pytest.mark.parametrize(
    ("after", "live", "sent"),
    [
        (STATIC | POINTS, MANUAL, {"ethernet": OFF} | KEPT),
        ({"network.ethernet.gateway": "192.168.0.9"}, MANUAL, {"ethernet": OFF | {"gateway": "192.168.0.9"}} | KEPT),
        (
            {"network.ethernet.address": "10.1.2.3/16"},
            MANUAL,
            {"ethernet": OFF | {"address": "10.1.2.3", "netmask": "255.255.0.0"}} | KEPT,
        ),
        (
            {"network.ethernet.gateway": None, "network.ethernet.nameservers": ()},
            MANUAL,
            {"ethernet": OFF | {"gateway": "", "nameservers": []}} | KEPT,
        ),
        ({"network.ethernet.dhcp": True}, MANUAL, {"ethernet": {"dhcp": "on"}} | KEPT),
        (  # an address that a terminal shows while DHCP is on means nothing
            {"network.ethernet.dhcp": False, "network.ethernet.address": "10.0.0.1/8"},
            ethernet(dhcp="on", address="0.0.0.0", netmask="0.0.0.0", gateway="0.0.0.0", nameservers=["1.1.1.1"]),
            {
                "ethernet": {
                    "dhcp": "off",
                    "address": "10.0.0.1",
                    "netmask": "255.0.0.0",
                    "gateway": "",
                    "nameservers": [],
                }
            },
        ),
        (  # an address alone: it only counts without DHCP
            {"network.ethernet.address": "10.0.0.1/8"},
            ethernet(dhcp="on"),
            {
                "ethernet": {
                    "dhcp": "off",
                    "address": "10.0.0.1",
                    "netmask": "255.0.0.0",
                    "gateway": "",
                    "nameservers": [],
                }
            },
        ),
        ({"network.wifi.dhcp": True}, MANUAL, {"ethernet": OFF} | KEPT),
        (  # all access points, in the files' order; a key that they do not name stays, a new one has none
            {
                "network.wifi.access_points": ("new", "AP1", "old"),
                "network.wifi.access_points.old.key": Secret("5678"),
            },
            MANUAL,
            {
                "ethernet": OFF,
                "wlan": {
                    "dhcp": "on",
                    "access_points": [
                        {"ssid": "new", "key": ""},
                        {"ssid": "AP1", "key": Secret("1234")},
                        {"ssid": "old", "key": Secret("5678")},
                    ],
                },
            },
        ),
        (
            {"network.wifi.access_points": ("AP1",), "network.wifi.access_points.AP1.key": None},
            MANUAL,
            {"ethernet": OFF, "wlan": {"dhcp": "on", "access_points": [{"ssid": "AP1", "key": ""}]}},
        ),
        (
            {"network.wifi.access_points": ()},
            MANUAL,
            {"ethernet": OFF, "wlan": {"dhcp": "on", "access_points": []}},
        ),
    ],
)
def test_all_of_both_interfaces_is_sent(after, live, sent):
    assert encode_network(after, live) == sent


ADDRESSES = st.ip_addresses(v=4).map(str)
INTERFACES = st.one_of(
    st.just({"dhcp": True}),
    st.fixed_dictionaries(
        {
            "dhcp": st.just(False),
            "address": st.builds("{}/{}".format, ADDRESSES, st.integers(0, 32)),
            "gateway": st.none() | ADDRESSES,
            "nameservers": st.lists(ADDRESSES, max_size=2).map(tuple),
        }
    ),
)
KEYS = st.dictionaries(st.text(min_size=1, max_size=32), st.none() | st.text(min_size=1).map(Secret), max_size=4)


@settings(max_examples=50, deadline=None, derandomize=True)
@given(INTERFACES, INTERFACES, KEYS)
def test_what_is_sent_reads_back_as_the_files_have_it(wired, wireless, points):
    after = {f"network.ethernet.{name}": value for name, value in wired.items()}
    after |= {f"network.wifi.{name}": value for name, value in wireless.items()}
    after |= {"network.wifi.access_points": tuple(points)}
    after |= {f"network.wifi.access_points.{ssid}.key": key for ssid, key in points.items()}
    told = {name: {"config": plain(config)} for name, config in encode_network(after, MANUAL).items()}
    assert decode_network(told) == after


def plain(value):
    """As the terminal gets it."""
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.reveal() if isinstance(value, Secret) else value


def test_an_answer_without_any_network_makes_no_sense():
    with pytest.raises(Failure) as caught:
        read(Told({"GetNetworkConfig": {}}), "network")
    assert (caught.value.code, caught.value.detail) == (
        "RC0505",
        "GetNetworkConfig: nothing of the setting is in it",
    )


@pytest.mark.parametrize(
    "switches",
    [{}, {"network_omitted": "dhcp"}, {"dhcp_members": "invalid"}, {"access_points": "merged"}, {"booleans": "any"}],
    ids=str,
)
@pytest.mark.parametrize(
    "after",
    [
        STATIC | POINTS,
        STATIC,
        POINTS,
        {"network.ethernet.dhcp": True},
        {"network.wifi.dhcp": False, "network.wifi.address": "10.0.0.7/8", "network.wifi.gateway": None},
        {"network.wifi.access_points": ("a", "b"), "network.wifi.access_points.b.key": Secret("secret b")},
    ],
    ids=lambda after: "+".join(sorted({path.split(".")[1] for path in after})) + str(len(after)),
)
def test_a_second_read_is_what_was_written(after, switches):
    with simulated(switches=switches) as (_, terminal):
        write(terminal, "network", after)
        found = read(terminal, "network")
        assert {path: found[path] for path in after} == after


@pytest.mark.parametrize("switches", [{}, {"network_omitted": "dhcp"}], ids=str)
def test_the_interface_that_is_not_named_keeps_what_it_has(switches):
    with simulated(switches=switches) as (_, terminal):
        write(terminal, "network", STATIC)
        write(terminal, "network", POINTS)
        assert read(terminal, "network") == STATIC | POINTS


def test_a_terminal_without_wireless_has_none():
    with simulated(capabilities={"wifi": False}) as (_, terminal):
        write(terminal, "network", STATIC)
        assert read(terminal, "network") == STATIC


def test_it_is_sent_once_only_since_the_address_may_change():
    """The terminal does it, and nobody hears of that: to send it again would be of no use."""
    switches = {"address_change": "stop", "network_reply": "lost"}
    with simulated(switches=switches, retries=3) as (there, terminal):
        with pytest.raises(Failure) as caught:
            write(terminal, "network", STATIC)
        assert caught.value.sent == "unknown"
        assert there.record.calls("lobby", "SetNetworkConfig") == 1
