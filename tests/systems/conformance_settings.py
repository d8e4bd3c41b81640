"""Two values for every path of every setting of terminals, and what has to stand beside it."""

from pathlib import Path
from typing import Any

import msgspec

HOME, ELSEWHERE = "HOME/8", "ELSEWHERE/8"
"""In place of the address that the terminal has, and of one that it can move to."""

CERTIFICATES = Path(__file__).parents[1] / "simulator"
_STATIC = {"network.ethernet.dhcp": False, "network.ethernet.address": HOME}
_WIFI = {"network.wifi.dhcp": False, "network.wifi.address": HOME}
_PAIR = {"security.certificate": "pki/one.pem", "security.key": {"file": "pki/one.key"}}
_UPLOAD = "https://time.example"
_NOON = {"at": "12:00", "days": "daily", "ring": "5s", "output": "inside"}
_EVENING = {"at": "18:00", "days": ["mon-thu", "sat"], "ring": "60s", "output": "both"}


class Case(msgspec.Struct, frozen=True):
    """The values of one path. `empty` is what clears it, if anything does. `alone`: nothing may stand beside the
    second one."""

    path: str
    first: Any
    second: Any
    beside: dict[str, Any] = {}
    empty: Any = msgspec.UNSET
    alone: bool = False


CASES = (
    Case("device_id", 2, 255),
    Case("volume", 1, 10),
    Case("reverify_minutes", 59, 0),
    Case("verify_mode", "finger+card+password", "any"),
    Case("local_editing", False, True),
    Case("face.liveness", False, True),
    Case("face.threshold", "lower", "higher"),
    Case("face.multiple", True, False),
    Case("clock.timezone", "Pacific/Kiritimati", "America/Adak"),
    Case("clock.max_skew", "60s", "3600s", {"clock.timezone": "UTC"}),
    Case("bells", [_NOON, _EVENING], [_EVENING], empty=[]),
    Case("shift_mode", "department", "user"),
    Case("tolerance.morning_in", 120, 0),
    Case("tolerance.morning_out", 120, 0),
    Case("tolerance.afternoon_in", 120, 0),
    Case("tolerance.afternoon_out", 120, 0),
    Case("access.tamper_alarm", True, False),
    Case("access.verify_count", 255, 0),
    Case("access.unlock_seconds", 200, 0),
    Case("access.wiegand", "34", "26"),
    Case("network.ethernet.dhcp", False, True, {"network.ethernet.address": HOME}, alone=True),
    Case("network.ethernet.address", HOME, ELSEWHERE, {"network.ethernet.dhcp": False}),
    Case("network.ethernet.gateway", "127.0.0.1", "127.0.0.2", _STATIC, None),
    Case("network.ethernet.nameservers", ["9.9.9.9"], ["9.9.9.9", "1.1.1.1"], _STATIC, []),
    Case("network.wifi.dhcp", False, True, {"network.wifi.address": HOME}, alone=True),
    Case("network.wifi.address", HOME, ELSEWHERE, {"network.wifi.dhcp": False}),
    Case("network.wifi.gateway", "127.0.0.1", "127.0.0.2", _WIFI, None),
    Case("network.wifi.nameservers", ["9.9.9.9"], ["9.9.9.9", "1.1.1.1"], _WIFI, []),
    Case("network.wifi.access_points", [{"ssid": "one"}], [{"ssid": "two"}, {"ssid": "one"}], empty=[]),
    Case("security.api_key", {"env": "SECRET_k1"}, {"env": "SECRET_k2"}),
    Case("security.http", True, False, {"security.https": True, **_PAIR}),
    Case("security.https", True, False, {"security.http": True, **_PAIR}),
    Case("security.certificate", "pki/one.pem", "pki/two.pem", {"security.key": {"file": "pki/one.key"}}),
    Case("security.key", {"file": "pki/one.key"}, {"file": "pki/two.key"}, {"security.certificate": "pki/one.pem"}),
    Case("security.ca_certificate", "pki/one.pem", "pki/two.pem"),
    Case("security.verify_server", True, False),
    Case("attendance_upload.url", f"{_UPLOAD}/a", f"{_UPLOAD}/b", empty=None),
    Case("attendance_upload.interval", "5s", "3600s", {"attendance_upload.url": _UPLOAD}),
)


def settings(case: Case, value: Any, home: str) -> dict[str, Any]:
    """The settings of a device at `home` that has this value of the case's path, and what stands beside it."""
    found: dict[str, Any] = {}
    addresses = {HOME: f"{home}/8", ELSEWHERE: f"{elsewhere(home)}/8"}
    beside = {} if case.alone and value == case.second else case.beside
    for path, each in (beside | {case.path: value}).items():
        *blocks, name = path.split(".")
        inner = found
        for block in blocks:
            inner = inner.setdefault(block, {})
        inner[name] = addresses.get(each, each) if isinstance(each, str) else each
    return found


def elsewhere(home: str) -> str:
    """The address to which a terminal at `home` moves."""
    return home.replace("127.0.", "127.1.")


def write_pki(root: Path) -> None:
    """Certificates and keys in a project: the second ones are the first in another text."""
    folder = root / "pki"
    folder.mkdir(parents=True)
    for ending, name in (("pem", "localhost.pem"), ("key", "localhost.key")):
        text = (CERTIFICATES / name).read_text("utf-8")
        (folder / f"one.{ending}").write_text(text, "utf-8")
        (folder / f"two.{ending}").write_text(f"the same again\n{text}", "utf-8")
