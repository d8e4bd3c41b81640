"""Settings that can't be together."""

import pytest

from reconciler.config.conflicts import conflicts
from reconciler.model.fields import Value

HTTP, HTTPS = "http://10.0.0.1", "https://10.0.0.1"
ETHERNET, WIFI = "network.ethernet", "network.wifi"

CASES: list[tuple[str, dict[str, Value], list[tuple[str, tuple[str, ...]]]]] = [
    (HTTP, {}, []),
    (HTTP, {"security.http": False, "security.https": False}, [("RC0407", ("security.http", "security.https"))]),
    (HTTPS, {"security.http": False, "security.https": False}, [("RC0407", ("security.http", "security.https"))]),
    (HTTP, {"security.http": False}, [("RC0407", ("security.http",))]),
    (HTTP, {"security.http": False, "security.https": None}, [("RC0407", ("security.http",))]),
    (HTTP, {"security.http": False, "security.https": True}, []),
    (HTTPS, {"security.http": False}, []),
    (HTTPS, {"security.https": False}, [("RC0407", ("security.https",))]),
    (HTTPS, {"security.http": True, "security.https": False}, []),
    (HTTP, {"security.https": False}, []),
    (HTTP, {f"{ETHERNET}.dhcp": True}, []),
    (HTTP, {f"{ETHERNET}.dhcp": True, f"{ETHERNET}.address": None, f"{ETHERNET}.nameservers": ()}, []),
    (
        HTTP,
        {f"{ETHERNET}.dhcp": True, f"{ETHERNET}.address": "10.0.0.1/8"},
        [("RC0206", (f"{ETHERNET}.address", f"{ETHERNET}.dhcp"))],
    ),
    (
        HTTP,
        {f"{WIFI}.dhcp": True, f"{WIFI}.gateway": "10.0.0.2", f"{WIFI}.nameservers": ("10.0.0.3",)},
        [("RC0206", (f"{WIFI}.gateway", f"{WIFI}.nameservers", f"{WIFI}.dhcp"))],
    ),
    (HTTP, {f"{ETHERNET}.dhcp": False}, [("RC0202", (f"{ETHERNET}.address", f"{ETHERNET}.dhcp"))]),
    (
        HTTP,
        {f"{WIFI}.dhcp": False, f"{WIFI}.address": None, f"{ETHERNET}.dhcp": False, f"{ETHERNET}.address": "1.2.3.4/8"},
        [("RC0202", (f"{WIFI}.address", f"{WIFI}.dhcp"))],
    ),
    (HTTP, {f"{ETHERNET}.address": "10.0.0.1/8"}, []),
    (HTTP, {"clock.timezone": "UTC"}, []),
    (HTTP, {"clock.max_skew": "5s"}, [("RC0202", ("clock.timezone", "clock.max_skew"))]),
]


@pytest.mark.parametrize(("url", "values", "expected"), CASES)
def test_what_contradicts_itself(
    url: str, values: dict[str, Value], expected: list[tuple[str, tuple[str, ...]]]
) -> None:
    settings: dict[str, dict[str, Value]] = {}
    for path, value in values.items():
        settings.setdefault(path.partition(".")[0], {})[path] = value
    assert [(each.code, each.paths) for each in conflicts(url, settings)] == expected
