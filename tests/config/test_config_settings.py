"""Settings of devices and profiles: their places, and devices from tables."""

from pathlib import Path

import pytest
from config_helpers import load_files, loaded, places

from reconciler.model.diagnostic import Span
from reconciler.model.objects import Object

DEVICES = """x-common: &common
  reverify_minutes: 3
device_profiles:
- name: door
  settings:
    <<: *common
    volume: 5
    face: {liveness: true}
devices:
- name: lobby
  url: http://192.168.0.5
  profile: door
  settings: {clock: {max_skew: 10s}, "bells": []}
- {name: gate, url: http://192.168.0.6, manages: [shifts, settings]}
areas: [{code: A, name: A}]
"""


def test_the_place_of_each_setting_is_that_of_its_key(tmp_path: Path) -> None:
    text = DEVICES.replace("{max_skew: 10s}", "{timezone: UTC, max_skew: 10s}")
    objects = loaded(tmp_path, {"a.yaml": text}).objects
    assert objects["device_profile"]["door"].places == {
        "volume": Span("a.yaml", 7, 5),
        "face": Span("a.yaml", 8, 5),
        "reverify_minutes": Span("a.yaml", 2, 3),
    }
    lobby, gate = objects["device"].values()
    assert lobby.places == {"clock": Span("a.yaml", 13, 14), "bells": Span("a.yaml", 13, 53)}
    assert lobby.values == {
        "url": "http://192.168.0.5",
        "profile": "door",
        "settings.clock.timezone": "UTC",
        "settings.clock.max_skew": "10s",
        "settings.bells": (),
    }
    assert (gate.places, gate.values["manages"]) == ({}, ("settings", "shifts"))
    assert objects["area"]["A"].places is None


def test_a_block_of_settings_may_be_completed_by_the_profile(tmp_path: Path) -> None:
    text = DEVICES.replace("face: {liveness: true}", "clock: {timezone: Europe/Berlin}")
    objects = loaded(tmp_path, {"a.yaml": text}).objects
    assert objects["device"]["lobby"].values["settings.clock.max_skew"] == "10s"
    assert objects["device_profile"]["door"].values["settings.clock.timezone"] == "Europe/Berlin"


TABLE = """device_profiles: [{name: door, settings: {volume: 5}}]
areas: [{code: A, name: A}]
devices: {from_csv: doors.csv}
"""


def fleet(root: Path, table: str) -> list[Object]:
    return list(loaded(root, {"a.yaml": TABLE, "doors.csv": table}).objects["device"].values())


def test_a_fleet_s_columns_are_named_like_paths(tmp_path: Path) -> None:
    table = (
        "name,url,profile,area,settings.volume,settings.face.liveness,settings.network.ethernet.address,"
        "settings.network.ethernet.nameservers,settings.access.wiegand,tls.verify,manages\n"
        "lobby,http://10.0.0.1,door,A,7,true,10.0.0.1/8,9.9.9.9;8.8.8.8,26,true,shifts;settings\n"
        "gate,http://10.0.0.2,door,,,,,,,,settings\n"
    )
    lobby, gate = fleet(tmp_path, table)
    assert lobby.values == {
        "url": "http://10.0.0.1",
        "profile": "door",
        "area": "A",
        "settings.volume": 7,
        "settings.face.liveness": True,
        "settings.network.ethernet.address": "10.0.0.1/8",
        "settings.network.ethernet.nameservers": ("9.9.9.9", "8.8.8.8"),
        "settings.access.wiegand": "26",
        "tls.verify": True,
        "manages": ("settings", "shifts"),
    }
    at = Span("doors.csv", 2, 1)
    assert lobby.places == {"access": at, "face": at, "network": at, "volume": at}
    # What every terminal has is left out where a cell is empty; the rest is cleared.
    assert gate.values == {
        "url": "http://10.0.0.2",
        "profile": "door",
        "area": None,
        "settings.network.ethernet.address": None,
        "settings.network.ethernet.nameservers": (),
        "tls.verify": None,
        "manages": ("settings",),
    }


def test_a_fleet_s_map_may_give_whole_settings(tmp_path: Path) -> None:
    text = """devices:
  from_csv: doors.csv
  map:
    name: "{{ row.n }}"
    url: http://{{ row.ip }}
    api_key: {env: KEY}
    settings.volume: "{{ row.volume }}"
    settings.clock.timezone: Europe/Berlin
    settings.bells: [{at: "08:00", days: daily, ring: 3s, output: both}]
    settings.network.wifi.access_points: [{ssid: a}, {ssid: b}]
"""
    files = {"a.yaml": text, "doors.csv": "n,ip,volume\nlobby,10.0.0.1,\ngate,10.0.0.2,6\n"}
    lobby, gate = load_files(tmp_path, files)[0].objects["device"].values()  # type: ignore[union-attr]
    same = {
        "api_key": lobby.values["api_key"],
        "settings.clock.timezone": "Europe/Berlin",
        "settings.bells": ("08:00 daily 3s both",),
        "settings.network.wifi.access_points": ("a", "b"),
    }
    assert lobby.values == {"url": "http://10.0.0.1", **same}
    assert gate.values == {"url": "http://10.0.0.2", "settings.volume": 6, **same}


@pytest.mark.parametrize(
    ("columns", "row", "expected"),
    [
        ("name,url,settings.volume", "a,http://a,11", [("RC0206", "doors.csv:2:1")]),
        ("name,url,settings.volum", "a,http://a,1", [("RC0201", "doors.csv:1:1")]),
        ("name,url,settings.locked", "a,http://a,true", [("RC0201", "doors.csv:1:1")]),
        ("name,url,settings", "a,http://a,true", [("RC0201", "doors.csv:1:1")]),
        ("name,url,api_key", "a,http://a,hush", [("RC0208", "doors.csv:1:1")]),
        ("name,url,settings.bells", "a,http://a,08:00", [("RC0203", "doors.csv:1:1")]),
        ("name,url,profile", "a,http://a,dor", [("RC0302", "doors.csv:2:1")]),
        ("name,url,settings.security.certificate", "a,http://a,gone.pem", [("RC0101", "doors.csv:2:1")]),
        ("name,url,manages", "a,http://a,settings;people", [("RC0205", "doors.csv:2:1")]),
        ("name,url,settings.network.wifi.nameservers", "a,http://a,1.1.1.1;x", [("RC0206", "doors.csv:2:1")]),
    ],
)
def test_what_is_wrong_in_a_fleet_s_table(
    tmp_path: Path, columns: str, row: str, expected: list[tuple[str, str]]
) -> None:
    files = {"a.yaml": TABLE, "doors.csv": f"{columns}\n{row}\n"}
    assert places(load_files(tmp_path, files)[1]) == expected


def test_references_of_devices_say_what_is_near(tmp_path: Path) -> None:
    text = "device_profiles: [{name: door, settings: {}}]\nareas: [{code: HQ, name: HQ}]\n"
    text += "devices: [{name: a, url: 'http://a', area: HX, profile: dor}]\n"
    found = load_files(tmp_path, {"a.yaml": text})[1]
    assert [(str(each.source), each.detail) for each in found] == [
        ("a.yaml:3:44", 'There is no area "HX" in the project.'),
        ("a.yaml:3:57", 'There is no device profile "dor" in the project. Did you mean "door"?'),
    ]
