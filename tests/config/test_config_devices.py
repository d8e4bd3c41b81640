"""Devices and profiles, from the files to targets with settings."""

from pathlib import Path

import pytest
from config_helpers import load_files, loaded, places

from reconciler.config import overlay
from reconciler.config.devices import devices_of
from reconciler.config.load import load_project
from reconciler.config.target import DeviceDefaults
from reconciler.model.diagnostic import Severity, Span
from reconciler.model.objects import Object, Organisation
from reconciler.model.project import Auth, Limit, Limits, Prune, Target, Tls
from reconciler.model.secret import SecretReference

HEAD = "version: 1\nproject: p\n"
PROFILE = """\
areas: [{code: HQ, name: HQ}]
device_profiles:
  - name: door
    settings:
      volume: 5
      face: {liveness: true, threshold: high}
      bells: [{at: "08:00", days: mon-fri, ring: 30s, output: both}]
"""
LOBBY = """\
devices:
  - name: lobby
    url: http://127.0.0.1:8000
    api_key: {env: LOBBY}
    area: HQ
    profile: door
    settings:
      volume: 7
      face: {threshold: low, multiple: false}
      bells: []
      device_id: 3
  - {name: back, url: "https://10.0.0.2", profile: door}
"""


def fleet(root: Path, devices: str, head: str = HEAD) -> Organisation:
    """The organisation of a project with the profile and these devices, without a complaint."""
    return loaded(root, {"reconciler.yaml": head, "a.yaml": PROFILE, "b.yaml": devices})


def wrong(root: Path, devices: str, head: str = HEAD) -> list[tuple[str, str]]:
    """Code and place of all that is complained of in such a project."""
    return places(load_files(root, {"reconciler.yaml": head, "a.yaml": PROFILE, "b.yaml": devices})[1])


def own_settings(organisation: Organisation, name: str) -> dict[str, tuple[dict[str, object], str]]:
    own = organisation.own[name]
    assert list(own) == ["settings"]
    return {key: (dict(each.values), str(each.span)) for key, each in sorted(own["settings"].items())}


def test_each_device_is_a_target(tmp_path: Path) -> None:
    assert fleet(tmp_path, LOBBY).project.targets == {
        "back": Target(
            name="back",
            system="device",
            url="https://10.0.0.2",
            span=Span("b.yaml", 12, 5),
            manages=("shift", "settings"),
            prune={"shift": Prune.OWNED, "settings": Prune.OWNED},
            concurrency=1,
        ),
        "lobby": Target(
            name="lobby",
            system="device",
            url="http://127.0.0.1:8000",
            span=Span("b.yaml", 2, 5),
            auth=Auth(token=SecretReference("env", ("LOBBY",), Span("b.yaml", 4, 14))),
            manages=("department", "shift", "employee", "settings"),
            area="HQ",
            prune=dict.fromkeys(("department", "shift", "employee", "settings"), Prune.OWNED),
            concurrency=1,
        ),
    }


def test_its_settings_are_laid_over_those_of_its_profile(tmp_path: Path) -> None:
    organisation = fleet(tmp_path, LOBBY)
    bell = ("08:00 mon-fri 30s both",)
    assert own_settings(organisation, "lobby") == {
        "bells": ({"bells": ()}, "b.yaml:10:7"),
        "device_id": ({"device_id": 3}, "b.yaml:11:7"),
        "face": ({"face.liveness": True, "face.threshold": "low", "face.multiple": False}, "b.yaml:9:7"),
        "volume": ({"volume": 7}, "b.yaml:8:7"),
    }
    assert own_settings(organisation, "back") == {
        "bells": ({"bells": bell}, "a.yaml:7:7"),
        "face": ({"face.liveness": True, "face.threshold": "high"}, "a.yaml:6:7"),
        "volume": ({"volume": 5}, "a.yaml:5:7"),
    }


def test_devices_from_a_table(tmp_path: Path) -> None:
    files = {
        "reconciler.yaml": HEAD + "secrets: {keys: {env: KEYS}}\n",
        "a.yaml": PROFILE,
        "b.yaml": "devices:\n  from_csv: b.csv\n  map:\n    name: '{{ row.name }}'\n    url: 'https://{{ row.ip }}'\n"
        "    profile: door\n    api_key: {table: keys}\n    settings.device_id: '{{ row.number }}'\n",
        "b.csv": "name,ip,number\none,10.0.0.1,1\ntwo,10.0.0.2,2\n",
    }
    organisation = loaded(tmp_path, files)
    targets = organisation.project.targets
    assert [(name, each.url, each.span) for name, each in targets.items()] == [
        ("one", "https://10.0.0.1", Span("b.csv", 2, 1)),
        ("two", "https://10.0.0.2", Span("b.csv", 3, 1)),
    ]
    assert [each.auth.token for each in targets.values()] == [
        SecretReference("table", ("keys", name), Span("b.yaml", 7, 14)) for name in ("one", "two")
    ]
    assert [own_settings(organisation, name)["device_id"] for name in targets] == [
        ({"device_id": 1}, "b.csv:2:1"),
        ({"device_id": 2}, "b.csv:3:1"),
    ]


def test_what_holds_for_all_devices(tmp_path: Path) -> None:
    head = HEAD + (
        "limits: {delete: 5, change: 6}\n"
        "defaults: {timeout: 9s, concurrency: 3, prune: {employees: never, areas: all}, limits: {change: 7}}\n"
        "targets:\n"
        "  zoo: {system: biotime, url: https://zoo, retries: 1}\n"
        "  devices: {concurrency: 100, retries: 2, prune: {shifts: all}, limits: {delete: 20%}}\n"
    )
    project = fleet(tmp_path, LOBBY, head).project
    zoo, back, lobby = (project.targets[name] for name in ("zoo", "back", "lobby"))
    assert (list(project.targets), project.devices_at_once) == (["zoo", "back", "lobby"], 100)
    assert (zoo.concurrency, zoo.retries, zoo.timeout) == (3, 1, 9.0)
    assert (lobby.concurrency, lobby.retries, lobby.timeout) == (1, 2, 9.0)
    assert lobby.limits == Limits(delete=Limit(share=0.2), change=Limit(number=7))
    assert back.prune == {"shift": Prune.ALL, "settings": Prune.OWNED}
    assert lobby.prune == {**back.prune, "employee": Prune.NEVER, "department": Prune.OWNED}


def test_how_certificates_are_checked(tmp_path: Path) -> None:
    head = HEAD + "defaults: {tls: {ca_file: pki/ca.pem}}\n"
    devices = (
        "devices:\n"
        "- {name: a, url: https://a}\n"
        "- {name: b, url: https://b, tls: {ca_file: pki/b.pem}}\n"
        "- {name: c, url: https://c, tls: {ca_file: /etc/ssl/ca.pem}}\n"
        "- {name: d, url: https://d, tls: {verify: true}}\n"
    )
    files = {"reconciler.yaml": head, "a.yaml": devices, "pki/ca.pem": "", "pki/b.pem": ""}
    targets = loaded(tmp_path, files).project.targets
    pki = tmp_path.resolve() / "pki"
    assert {name: each.tls for name, each in targets.items()} == {
        "a": Tls(ca_file=str(pki / "ca.pem")),
        "b": Tls(ca_file=str(pki / "b.pem")),
        "c": Tls(ca_file="/etc/ssl/ca.pem"),
        "d": Tls(),
    }


@pytest.mark.parametrize(
    ("fields", "manages"),
    [
        ("area: HQ", ("department", "shift", "employee", "settings")),
        ("area: HQ, manages: [settings, employees]", ("employee", "settings")),
        ("manages: [shifts]", ("shift",)),
        ("area: null", ("shift", "settings")),
    ],
)
def test_what_a_device_manages(tmp_path: Path, fields: str, manages: tuple[str, ...]) -> None:
    organisation = fleet(tmp_path, f"devices: [{{name: a, url: 'https://a', {fields}}}]\n")
    target = organisation.project.targets["a"]
    assert target.manages == manages
    assert tuple(target.prune) == manages


def test_an_empty_cell_is_what_it_manages_by_itself(tmp_path: Path) -> None:
    files = {
        "reconciler.yaml": HEAD,
        "a.yaml": "areas: [{code: HQ, name: HQ}]\ndevices: {from_csv: b.csv}\n",
        "b.csv": "name,url,area,manages\na,https://a,HQ,\nb,https://b,HQ,settings;shifts\n",
    }
    assert {name: each.manages for name, each in loaded(tmp_path, files).project.targets.items()} == {
        "a": ("department", "shift", "employee", "settings"),
        "b": ("shift", "settings"),
    }


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("http://10.0.0.1", "http://10.0.0.1:80/", True),
        ("https://door.example", "https://DOOR.example:443", True),
        ("http://10.0.0.1", "http://10.0.0.1:81", False),
        ("http://10.0.0.1/a", "http://10.0.0.1/b", False),
    ],
)
def test_two_devices_at_one_url(tmp_path: Path, first: str, second: str, same: bool) -> None:
    text = f"devices:\n- {{name: b, url: '{first}'}}\n- {{name: a, url: '{second}'}}\n"
    found = load_files(tmp_path, {"reconciler.yaml": HEAD, "b.yaml": text})[1]
    detail = (
        '"b" has this url already, at b.yaml:2:3. As two devices one terminal would be told two things. Keep "b" or '
        '"a", or correct a url.'
    )
    expected = [("RC0407", "b.yaml:3:18", detail)] if same else []
    assert [(each.code, str(each.source), each.detail) for each in found] == expected


MISTAKES = [
    # a device after `- {name: a, url: https://a, `
    ("manages: []", [("RC0203", "b.yaml:2:38")]),
    ("manages: [settings, employees]", [("RC0202", "b.yaml:2:49")]),
    ("manages: [departments, employees]", [("RC0202", "b.yaml:2:39"), ("RC0202", "b.yaml:2:52")]),
    ("tls: {ca_file: none.pem}", [("RC0101", "b.yaml:2:44")]),
    ("tls: {ca_file: ../none.pem}", [("RC0108", "b.yaml:2:44")]),
    ("settings: {security: {http: false, https: false}}", [("RC0407", "b.yaml:2:57")]),
    ("settings: {security: {https: false}}", [("RC0407", "b.yaml:2:58")]),
    (
        "settings: {network: {ethernet: {dhcp: true, address: 10.0.0.1/8}}}",
        [("RC0206", "b.yaml:2:82")],
    ),
    ("settings: {network: {wifi: {dhcp: false}}}", [("RC0202", "b.yaml:2:63")]),
    ("profile: dor", [("RC0302", "b.yaml:2:38")]),
    # what is missing may be what could not be read
    ("area: [HQ], manages: [employees]", [("RC0203", "b.yaml:2:35")]),
    ("settings: {network: {wifi: {dhcp: false, address: x}}}", [("RC0206", "b.yaml:2:79")]),
    ("profile: dor, settings: {network: {wifi: {dhcp: false}}}", [("RC0302", "b.yaml:2:38")]),
]


@pytest.mark.parametrize(("fields", "expected"), MISTAKES, ids=[fields for fields, _ in MISTAKES])
def test_a_mistake_is_complained_of_at_its_place(tmp_path: Path, fields: str, expected: list[tuple[str, str]]) -> None:
    assert wrong(tmp_path, f"devices:\n- {{name: a, url: https://a, {fields}}}\n") == expected


PLANT = """\
device_profiles:
  - name: dynamic
    settings:
      network: {ethernet: {dhcp: true}}
  - name: static
    settings:
      network:
        ethernet: {dhcp: false, gateway: 10.0.0.1}
      security: {http: false}
"""


def test_what_is_wrong_together_is_told_where_it_can_be_set_right(tmp_path: Path) -> None:
    devices = """\
devices:
  - {name: a, url: "http://127.0.0.1", profile: static, settings: {network: {ethernet: {address: 10.0.0.2/8}}}}
  - {name: b, url: "https://b", profile: static}
  - {name: c, url: "https://c", profile: dynamic, settings: {network: {ethernet: {address: 10.0.0.2/8}}}}
  - {name: d, url: "https://d", profile: static, settings: {network: {ethernet: {dhcp: true}}}}
  - {name: e, url: "https://e", profile: static, settings: {network: {ethernet: {dhcp: true, gateway: null}}}}
  - {name: f, url: "http://127.0.0.1:81", profile: static, settings: {network: {ethernet: {address: 10.0.0.2/8}}}}
  - {name: g, url: "http://127.0.0.1:82", profile: dynamic, settings: {security: {http: false, https: true}}}
"""
    _, found = load_files(tmp_path, {"reconciler.yaml": HEAD, "a.yaml": PLANT, "b.yaml": devices})
    assert [(each.code, str(each.source), each.address) for each in found] == [
        ("RC0407", "a.yaml:9:24", "a/settings/security"),
        ("RC0202", "b.yaml:3:5", "b/settings/network"),
        ("RC0206", "b.yaml:4:92", "c/settings/network"),
        ("RC0206", "b.yaml:5:88", "d/settings/network"),
    ]
    assert found[0].detail.endswith(" The same is true of f.")


@pytest.mark.parametrize(("number", "more"), [(2, "n1"), (4, "n1, n2, n3"), (1_200, "n1, n10, n100 and 1,196 more")])
def test_one_mistake_of_a_profile_is_told_once(tmp_path: Path, number: int, more: str) -> None:
    profile = "device_profiles: [{name: p, settings: {security: {http: false, https: false}}}]\n"
    devices = "devices: {from_csv: b.csv}\n"
    rows = "".join(f"n{number},https://n{number},p\n" for number in range(number))
    files = {"reconciler.yaml": HEAD, "a.yaml": profile + devices, "b.csv": f"name,url,profile\n{rows}"}
    _, found = load_files(tmp_path, files)
    assert [(each.code, str(each.source), each.address) for each in found] == [
        ("RC0407", "a.yaml:1:57", "n0/settings/security")
    ]
    assert found[0].detail.endswith(f" The same is true of {more}.")


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://u:hunter2@10.0.0.1", "RC0407"),
        ("http://10.0.0.1:99999", "RC0206"),
        ("http://10.0.0.1?key=hunter2", "RC0206"),
        ("ftp://10.0.0.1", "RC0206"),
        ("http://[::1", "RC0206"),
    ],
)
def test_a_url_that_can_t_be_used(tmp_path: Path, url: str, code: str) -> None:
    device = Object(kind="device", key="a", values={"url": url}, span=Span("b.yaml", 2, 3))
    objects = {"device": {"a": device}, "device_profile": {}}
    targets, own, found = devices_of(tmp_path, {}, DeviceDefaults(), objects, frozenset())
    assert (targets, own) == ({}, {})
    assert [(each.code, each.source) for each in found] == [(code, Span("b.yaml", 2, 3))]
    assert "hunter2" not in found[0].detail


def test_names_are_one_namespace(tmp_path: Path) -> None:
    head = HEAD + "targets:\n  hq: {system: biotime, url: https://hq}\n  lab: {system: biotime}\n"
    devices = (
        "devices:\n- {name: hq, url: https://a}\n- {name: lab, url: https://b}\n- {name: devices, url: https://c}\n"
    )
    organisation, found = load_files(tmp_path, {"reconciler.yaml": head, "a.yaml": PROFILE, "b.yaml": devices})
    assert organisation is None
    assert places(found) == [
        ("RC0408", "b.yaml:2:10"),
        ("RC0408", "b.yaml:3:10"),
        ("RC0206", "b.yaml:4:10"),
        ("RC0202", "reconciler.yaml:5:8"),
    ]
    assert "at reconciler.yaml:4:7." in found[0].detail


def test_the_server_of_a_name_stands(tmp_path: Path) -> None:
    head = HEAD + "targets: {hq: {system: biotime, url: https://hq}}\n"
    devices = "devices: [{name: hq, url: 'https://a'}]\n"
    organisation, _ = load_files(tmp_path, {"reconciler.yaml": head, "b.yaml": devices})
    assert organisation is not None
    assert [each.system for each in organisation.project.targets.values()] == ["biotime"]
    assert organisation.own == {}


@pytest.mark.parametrize(
    ("targets", "code", "place"),
    [
        ("{devices: {system: biotime}}", "RC0201", "3:21"),
        ("{devices: []}", "RC0203", "3:20"),
        ("{devices: {concurrency: 0}}", "RC0206", "3:34"),
        ("{devices: {prune: {areas: all}}}", "RC0201", "3:29"),
        ("{a: {system: device, url: https://a}}", "RC0205", "3:23"),
        ("{a: {system: biotime, url: https://a, manages: [shifts]}}", "RC0205", "3:58"),
        ("{a: {system: biotime, url: https://a, select: {settings: [volume]}}}", "RC0201", "3:57"),
        (
            "{a: {system: biotime, url: https://a, auth: {username: u, password: {env: A}, token: {env: A}}}}",
            "RC0201",
            "3:88",
        ),
    ],
)
def test_a_mistake_of_the_project_file(tmp_path: Path, targets: str, code: str, place: str) -> None:
    assert wrong(tmp_path, LOBBY, HEAD + f"targets: {targets}\n") == [(code, f"reconciler.yaml:{place}")]


def test_what_is_not_safe_warns_once_for_all_devices(tmp_path: Path) -> None:
    devices = """\
devices:
  - {name: e, url: "http://10.0.0.1", api_key: {env: E}}
  - {name: d, url: "http://10.0.0.2", settings: {security: {api_key: {env: D}}}}
  - {name: c, url: "http://10.0.0.3", api_key: {env: C}}
  - {name: b, url: "http://10.0.0.4", api_key: {env: B}}
  - {name: a, url: "http://10.0.0.5"}
  - {name: f, url: "http://localhost", api_key: {env: F}}
  - {name: g, url: "https://g", api_key: {env: G}, tls: {verify: false}}
"""
    organisation, found = load_files(tmp_path, {"reconciler.yaml": HEAD, "b.yaml": devices})
    assert organisation is not None
    assert [(each.severity, each.code, str(each.source)) for each in found] == [
        (Severity.WARNING, "RC0407", "b.yaml:2:5"),
        (Severity.WARNING, "RC0407", "b.yaml:8:5"),
    ]
    assert found[0].detail.startswith("The API keys of 4 devices (b, c, d and 1 more) go over http, ")
    assert found[1].detail.startswith("The certificates of 1 device (g) are not checked (verify: false), ")


def test_a_project_of_devices_needs_no_targets(tmp_path: Path) -> None:
    assert list(fleet(tmp_path, LOBBY).project.targets) == ["back", "lobby"]


def test_a_project_without_targets_and_devices(tmp_path: Path) -> None:
    found = load_files(tmp_path, {"reconciler.yaml": HEAD, "a.yaml": PROFILE})[1]
    assert places(found) == [("RC0202", "reconciler.yaml:1:1")]
    assert "no resource file has devices" in found[0].detail


def test_devices_that_can_t_be_read_may_be_there(tmp_path: Path) -> None:
    assert wrong(tmp_path, "devices: {from_csv: none.csv}\n") == [("RC0101", "b.yaml:1:21")]


def test_the_project_file_alone_has_no_devices(tmp_path: Path) -> None:
    fleet(tmp_path, LOBBY, HEAD + "targets: {devices: {concurrency: 5}}\n")
    project, found = load_project(tmp_path, {}, {})
    assert found == []
    assert project is not None
    assert (project.targets, project.devices_at_once) == ({}, 5)


def test_the_cache_gives_the_same(tmp_path: Path) -> None:
    assert fleet(tmp_path, LOBBY) == fleet(tmp_path, LOBBY)


def test_profiles_are_looked_through_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []

    def settings_of(declared: Object) -> dict[str, dict[str, object]]:
        looked.append(declared.kind)
        return real(declared)  # type: ignore[return-value]

    real = overlay.settings_of
    for module in ("overlay", "devices"):
        monkeypatch.setattr(f"reconciler.config.{module}.settings_of", settings_of)
    rows = "".join(f"n{number},https://n{number},door\n" for number in range(500))
    files = {"reconciler.yaml": HEAD, "a.yaml": PROFILE, "b.yaml": "devices: {from_csv: b.csv}\n"}
    assert len(loaded(tmp_path, {**files, "b.csv": f"name,url,profile\n{rows}"}).own) == 500
    assert (looked.count("device_profile"), looked.count("device")) == (1, 500)
