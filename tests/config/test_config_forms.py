"""Texts of a certain form, of which each has one canonical form."""

from pathlib import Path

import pytest
from config_helpers import load_files, loaded, places
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.config.forms import duration
from reconciler.model.diagnostic import Span
from reconciler.model.fields import Field, Type
from reconciler.model.objects import Object
from reconciler.model.secret import SecretReference

PREFIX = 4  # columns before a setting

VALUES = [
    # (settings of a profile, their canonical values)
    ("volume: 10", {"volume": 10}),
    ("volume: '{{ 2 + 3 }}'", {"volume": 5}),
    ("clock: {timezone: ' Europe/Berlin '}", {"clock.timezone": "Europe/Berlin"}),
    ("clock: {max_skew: 60s}", {"clock.max_skew": "60s"}),
    ("clock: {max_skew: 1m}", {"clock.max_skew": "60s"}),
    ("clock: {max_skew: 1.5 m}", {"clock.max_skew": "90s"}),
    ("clock: {max_skew: 3000ms}", {"clock.max_skew": "3s"}),
    ("network: {ethernet: {address: 192.168.0.5/24}}", {"network.ethernet.address": "192.168.0.5/24"}),
    ("network: {ethernet: {gateway: ' 10.0.0.1'}}", {"network.ethernet.gateway": "10.0.0.1"}),
    (
        "network: {ethernet: {nameservers: [9.9.9.9, 8.8.8.8]}}",
        {"network.ethernet.nameservers": ("9.9.9.9", "8.8.8.8")},
    ),
    ("network: {ethernet: {nameservers: []}}", {"network.ethernet.nameservers": ()}),
    (
        "network: {ethernet: {nameservers: ~, gateway: ~, address: ~}}",
        {"network.ethernet.nameservers": (), "network.ethernet.gateway": None, "network.ethernet.address": None},
    ),
    ("network: {ethernet: {nameservers: \"{{ '9.9.9.9'.split() }}\"}}", {"network.ethernet.nameservers": ("9.9.9.9",)}),
    ("access: {wiegand: 26}", {"access.wiegand": "26"}),
    (
        "attendance_upload: {url: null, interval: 5s}",
        {"attendance_upload.url": None, "attendance_upload.interval": "5s"},
    ),
    ("attendance_upload: null", {"attendance_upload.url": None}),
]

WRONG = [
    # (settings of a profile, code, the column of the complaint counted from the settings' first character, detail)
    ("volume: 11", "RC0206", 8, '"11" is out of bounds for the field volume. Write 1 to 10.'),
    ("volume: 0", "RC0206", 8, '"0" is out of bounds for the field volume. Write 1 to 10.'),
    (
        f"volume: {'9' * 5000}",
        "RC0206",
        8,
        f'"{"9" * 60}…" is out of bounds for the field volume. Write 1 to 10.',
    ),
    ("volume: 5.5", "RC0203", 8, '"5.5" can\'t be the field volume. Write a whole number, without quotes.'),
    (
        "volume: ~",
        "RC0207",
        8,
        "A terminal always has volume, so it can't be cleared. Leave it out to keep what the terminal has.",
    ),
    (
        "face: ~",
        "RC0207",
        6,
        "A terminal always has face, so it can't be cleared. Leave it out to keep what the terminal has.",
    ),
    (
        "face: {liveness: \"{{ '' }}\"}",
        "RC0207",
        17,
        "A terminal always has face.liveness, so it can't be cleared. Leave it out to keep what the terminal has.",
    ),
    (
        "clock: {timezone: Europe/Berln}",
        "RC0206",
        18,
        'There is no time zone "Europe/Berln". Did you mean "Europe/Berlin"?',
    ),
    ("clock: {timezone: Europe}", "RC0206", 18, None),
    ("clock: {timezone: ../../etc/passwd}", "RC0206", 18, None),
    (
        "clock: {timezone: '#?'}",
        "RC0206",
        18,
        'There is no time zone "#?". Write one such as Europe/Berlin.',
    ),
    (
        "clock: {max_skew: 500ms}",
        "RC0206",
        18,
        '"500ms" is not a whole number of seconds. Write whole ones, such as 1s.',
    ),
    (
        "clock: {max_skew: 60}",
        "RC0206",
        18,
        '"60" is not a duration. Write seconds or minutes, such as 30s or 1m.',
    ),
    ("clock: {max_skew: 61m}", "RC0206", 18, '"61m" is out of bounds. Write 1s to 3600s.'),
    ("attendance_upload: {interval: 4s}", "RC0206", 30, '"4s" is out of bounds. Write 5s to 3600s.'),
    (
        "network: {wifi: {gateway: 192.168.0.256}}",
        "RC0206",
        26,
        '"192.168.0.256" is not an address of IP version 4, such as 192.168.0.1.',
    ),
    (
        "network: {wifi: {address: 192.168.0.5}}",
        "RC0206",
        26,
        '"192.168.0.5" is not an address with the length of its network. Write it such as 192.168.0.5/24.',
    ),
    (
        "network: {wifi: {address: 192.168.0.5/255.255.255.0}}",
        "RC0206",
        26,
        (
            '"192.168.0.5/255.255.255.0" is not an address with the length of its network. Write it such as '
            "192.168.0.5/24."
        ),
    ),
    (
        "network: {wifi: {address: 10.0.0/33}}",
        "RC0206",
        26,
        '"10.0.0/33" is not an address with the length of its network. Write it such as 192.168.0.5/24.',
    ),
    (
        "network: {wifi: {nameservers: [1.1.1.1, 1.1.1]}}",
        "RC0206",
        40,
        '"1.1.1" is not an address of IP version 4, such as 192.168.0.1.',
    ),
    (
        "network: {wifi: {nameservers: [1.1.1.1, 8.8.8.8, 9.9.9.9]}}",
        "RC0204",
        30,
        "The field nameservers has 3 members; at most 2 are possible. Leave some out.",
    ),
    (
        "network: {wifi: {nameservers: 1.1.1.1}}",
        "RC0203",
        30,
        "The field nameservers is a list, also with one member. Write nameservers: [1.1.1.1].",
    ),
    ("locked: true", "RC0201", 0, '"locked" is not a field of settings. Did you mean "clock"?'),
    (
        "clock: {timezone: UTC, time: right}",
        "RC0201",
        23,
        '"time" is not a field of settings.clock. Did you mean "timezone"?',
    ),
]


def profile(root: Path, fields: str) -> Object:
    text = f"device_profiles:\n- name: door\n  settings:\n    {fields}\n"
    return loaded(root, {"a.yaml": text}).objects["device_profile"]["door"]


@pytest.mark.parametrize(("fields", "values"), VALUES, ids=[case[0] for case in VALUES])
def test_canonical_values(tmp_path: Path, fields: str, values: dict[str, object]) -> None:
    assert profile(tmp_path, fields).values == {f"settings.{path}": value for path, value in values.items()}


@pytest.mark.parametrize(("fields", "code", "column", "detail"), WRONG, ids=[case[0][:60] for case in WRONG])
def test_a_wrong_value_is_complained_of_at_its_place(
    tmp_path: Path, fields: str, code: str, column: int, detail: str | None
) -> None:
    text = f"device_profiles:\n- name: door\n  settings:\n    {fields}\n"
    found = load_files(tmp_path, {"a.yaml": text})[1]
    assert places(found) == [(code, f"a.yaml:4:{column + PREFIX + 1}")]
    assert detail in (None, found[0].detail)


@given(st.integers(0, 100_000), st.sampled_from(["s", " s", "m", "ms"]))
@settings(max_examples=50, deadline=None, derandomize=True)
def test_a_duration_reads_as_it_was_written(number: int, unit: str) -> None:
    field = Field(name="interval", type=Type.DURATION, doc="")
    text = f"{number * 1000 if unit == 'ms' else number}{unit}"
    seconds = number * 60 if unit == "m" else number
    assert duration(field, text) == f"{seconds}s"
    assert duration(field, f"{seconds}s") == f"{seconds}s"


def test_a_file_is_a_reference_to_it(tmp_path: Path) -> None:
    (tmp_path / "door.pem").write_text("PEM")
    assert profile(tmp_path, "security: {certificate: door.pem, ca_certificate: \"{{ 'door' }}.pem\"}").values == {
        "settings.security.certificate": SecretReference("file", ("door.pem",), Span("a.yaml", 4, 29)),
        "settings.security.ca_certificate": SecretReference("file", ("door.pem",), Span("a.yaml", 4, 55)),
    }


def test_a_file_has_to_be_there_inside_of_the_project(tmp_path: Path) -> None:
    text = """device_profiles:
- {name: a, settings: {security: {certificate: gone.pem, ca_certificate: ../ca.pem}}}
- {name: b, settings: {security: {certificate: {file: a.pem}, key: a.pem}}}
"""
    (tmp_path.parent / "ca.pem").write_text("PEM")
    found = load_files(tmp_path, {"a.yaml": text, "a.pem": "PEM"})[1]
    assert [(each.code, str(each.source), each.detail) for each in found] == [
        ("RC0101", "a.yaml:2:48", 'There is no file "gone.pem" in the project. Paths are relative to its root.'),
        ("RC0108", "a.yaml:2:74", '"../ca.pem" is outside of the project. Put the file into the project.'),
        ("RC0203", "a.yaml:3:48", "A mapping can't be the field certificate. Write the path of a file in the project."),
        (
            "RC0208",
            "a.yaml:3:68",
            (
                "The field key is a secret and never stands in the files. Write a reference: {env: NAME}, "
                "{file: PATH}, {command: [PROGRAM, ARGUMENT]} or {table: NAME}."
            ),
        ),
    ]


def test_a_file_that_goes_is_missed_by_the_next_run(tmp_path: Path) -> None:
    (tmp_path / "door.pem").write_text("PEM")
    text = "device_profiles: [{name: a, settings: {security: {certificate: door.pem}}}]\n"
    loaded(tmp_path, {"a.yaml": text})
    (tmp_path / "door.pem").unlink()
    assert places(load_files(tmp_path, {"a.yaml": text})[1]) == [("RC0101", "a.yaml:1:64")]


def test_rows_have_their_keys_in_order_and_paths_of_their_own(tmp_path: Path) -> None:
    points = "network: {wifi: {access_points: [{ssid: Lobby 2, key: {env: TWO}}, {ssid: a.b, key: ~}, {ssid: c}]}}"
    assert profile(tmp_path, points).values == {
        "settings.network.wifi.access_points": ("Lobby 2", "a.b", "c"),
        "settings.network.wifi.access_points.Lobby 2.key": SecretReference("env", ("TWO",), Span("a.yaml", 4, 59)),
        "settings.network.wifi.access_points.a.b.key": None,
    }
    assert profile(tmp_path, "network: {wifi: {access_points: ~}}").values == {
        "settings.network.wifi.access_points": ()
    }


def test_every_mistake_in_rows_is_told_at_its_place(tmp_path: Path) -> None:
    points = "[{ssid: a}, {ssid: ' a ', key: hush}, {key: {env: A}}, b, {ssid: c, kye: ~}]"
    text = f"device_profiles:\n- name: door\n  settings:\n    network: {{wifi: {{access_points: {points}}}}}\n"
    found = load_files(tmp_path, {"a.yaml": text})[1]
    assert [(each.code, str(each.source)) for each in found] == [
        ("RC0301", "a.yaml:4:56"),
        ("RC0208", "a.yaml:4:68"),
        ("RC0202", "a.yaml:4:75"),
        ("RC0203", "a.yaml:4:92"),
        ("RC0201", "a.yaml:4:105"),
    ]
    assert [each.detail for each in found if "hush" in each.detail] == []


@pytest.mark.parametrize("url", ["http://u:hunter2@10.0.0.1/records", "ftp://u:hunter2@10.0.0.1", "http://hunter2 @a"])
def test_a_url_is_never_quoted(tmp_path: Path, url: str) -> None:
    settings = f"settings: {{attendance_upload: {{url: '{url}'}}}}"
    text = f"device_profiles: [{{name: a, {settings}}}]\ndevices: [{{name: a, url: '{url}'}}]\n"
    found = load_files(tmp_path, {"a.yaml": text})[1]
    code = "RC0407" if url.endswith("records") else "RC0206"
    assert [(each.code, str(each.source)) for each in found] == [(code, "a.yaml:1:65"), (code, "a.yaml:2:26")]
    assert [each.detail for each in found if "hunter2" in each.detail] == []


def test_a_url_that_records_go_to_may_have_a_query(tmp_path: Path) -> None:
    url = "https://records.example/in?site=1"
    assert profile(tmp_path, f"attendance_upload: {{url: '{url}'}}").values == {"settings.attendance_upload.url": url}


def test_what_a_device_manages_are_words(tmp_path: Path) -> None:
    text = "devices: [{name: a, url: 'http://a', manages: [settings, shift]}]\n"
    found = load_files(tmp_path, {"a.yaml": text})[1]
    assert [(each.code, str(each.source), each.detail) for each in found if each.code == "RC0205"] == [
        (
            "RC0205",
            "a.yaml:1:58",
            '"shift" is not one of settings, shifts, departments, employees. Did you mean "shifts"?',
        )
    ]
