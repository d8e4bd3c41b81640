"""The project file."""

from pathlib import Path

import pytest
from config_helpers import load_files, loaded, places, write

from reconciler.config.load import load
from reconciler.model.diagnostic import Severity, Span
from reconciler.model.project import Auth, Limit, Limits, Prune, StateBackend, Tls
from reconciler.model.secret import SecretReference

HEAD = "version: 1\nproject: a\ntargets:\n"
OBJECTS = "departments: [{code: D, name: D}]\nareas: [{code: A, name: A}]\n"

FULL = """
version: 1
project: acme
resources: ["org/**/*.yaml"]
variables: {host: {default: time.acme.example}}
state: {path: state/here.json}
limits: {delete: 5%, change: 17}
defaults:
  {timeout: 500ms, retries: 0, prune: {departments: never, areas: all}, limits: {change: {number: 3, share: 2%}}}
secrets: {pins: {command: [sops, -d, pins.csv]}}
targets:
  hq:
    system: zkbiotime
    url: "https://{{ var.host }}:8443/"
    auth: {username: reconciler, password: {env: HQ}, scheme: jwt}
    tls: {ca_file: pki/ca.pem}
    manages: [employees, departments]
    company: 1
    select: {areas: [A], departments: [D]}
    prune: {departments: all}
    timeout: 1.5m
    concurrency: 2
    limits: {delete: {share: 10%, floor: 0}}
  lab: {system: biotime, url: http://127.0.0.1:8000, auth: {username: a, password: {file: /run/b}}}
"""


def load_project(root: Path, text: str) -> list[tuple[str, str]]:
    """What is complained of in a project file, in front of which stand version and project."""
    head = "version: 1\nproject: acme\n"
    return places(load_files(root, {"reconciler.yaml": head + text, "org/a.yaml": OBJECTS})[1])


def test_every_key(tmp_path: Path) -> None:
    files = {"reconciler.yaml": FULL, "org/x/a.yaml": OBJECTS, "pki/ca.pem": "", "elsewhere.yaml": "not: read"}
    project = loaded(tmp_path, files).project
    hq, lab = project.targets["hq"], project.targets["lab"]
    assert (project.name, project.root) == ("acme", str(tmp_path.resolve()))
    assert project.state == StateBackend("local", "state/here.json")
    assert project.variables == {"host": "time.acme.example"}
    assert project.secrets == {
        "pins": SecretReference("command", ("sops", "-d", "pins.csv"), Span("reconciler.yaml", 10, 17))
    }
    assert list(project.targets) == ["hq", "lab"]
    assert (hq.name, hq.system, hq.url, hq.company) == ("hq", "zkbiotime", "https://time.acme.example:8443", "1")
    assert hq.span == Span("reconciler.yaml", 13, 5)
    assert hq.auth == Auth("reconciler", SecretReference("env", ("HQ",), Span("reconciler.yaml", 15, 44)), "jwt")
    assert hq.tls == Tls(ca_file=str(tmp_path.resolve() / "pki/ca.pem"))
    assert hq.manages == ("department", "employee")
    assert hq.select == {"area": ("A",), "department": ("D",)}
    assert hq.prune == {"department": Prune.ALL, "employee": Prune.OWNED}
    assert (hq.timeout, hq.concurrency, hq.retries) == (90.0, 2, 0)
    assert hq.limits == Limits(delete=Limit(share=0.1, floor=0), change=Limit(number=3, share=0.02))
    assert lab.manages == ("department", "area", "position", "employee")
    assert lab.prune == {
        "department": Prune.NEVER,
        "area": Prune.ALL,
        "position": Prune.OWNED,
        "employee": Prune.OWNED,
    }
    assert (lab.timeout, lab.concurrency, lab.retries) == (0.5, 8, 0)
    assert lab.limits == Limits(delete=Limit(share=0.05), change=Limit(number=3, share=0.02))


def test_what_holds_when_nothing_is_said(tmp_path: Path) -> None:
    text = "version: 1\nproject: p\ntargets: {a: {system: biotime, url: https://x}}\n"
    project = loaded(tmp_path, {"reconciler.yaml": text, "a.yml": OBJECTS}).project
    target = project.targets["a"]
    assert (project.state, project.secrets, project.variables) == (StateBackend(), {}, {})
    assert (target.auth, target.tls, target.limits) == (Auth(), Tls(), Limits())
    assert (target.timeout, target.concurrency, target.retries, target.company) == (60.0, 8, 5, None)


MISTAKES = [
    ("targets: {}\ntarget: {}\n", [("RC0201", "4:1")]),
    ("project2: x\n", [("RC0202", "1:1"), ("RC0201", "3:1")]),
    ("targets: []\n", [("RC0203", "3:10")]),
    ("targets: {a b: {}}\n", [("RC0206", "3:11")]),
    ("targets: {a: {}}\n", [("RC0202", "3:14"), ("RC0202", "3:14")]),
    ("targets: {a: ~}\n", [("RC0203", "3:14")]),
    ("targets: {a: {system: biotim, url: https://x}}\n", [("RC0205", "3:23")]),
    ("targets: {a: {system: biotime, url: x}}\n", [("RC0206", "3:37")]),
    ("targets: {a: {system: biotime, url: 'ftp://x'}}\n", [("RC0206", "3:37")]),
    ("targets: {a: {system: biotime, url: 'https://x:y'}}\n", [("RC0206", "3:37")]),
    ("targets: {a: {system: biotime, url: 'https://x?y'}}\n", [("RC0206", "3:37")]),
    ("targets: {a: {system: biotime, url: 'https://u:p@x'}}\n", [("RC0407", "3:37")]),
    ("targets: {}\ndefaults: {url: x}\n", [("RC0201", "4:12")]),
    ("targets: {}\ndefaults: {auth: {username: a}}\n", [("RC0202", "4:18")]),
    ("targets: {}\ndefaults: {auth: {username: a, password: b}}\n", [("RC0208", "4:42")]),
    (
        "targets: {}\ndefaults: {auth: {username: a, password: {table: b}}}\nsecrets: {b: {env: B}}\n",
        [("RC0208", "4:42")],
    ),
    ("targets: {}\ndefaults: {auth: {username: a, password: {env: B}, scheme: digest}}\n", [("RC0205", "4:60")]),
    ("targets: {}\ndefaults: {tls: {verify: 'false'}}\n", [("RC0203", "4:26")]),
    ("targets: {}\ndefaults: {tls: {ca_file: ca.pem}}\n", [("RC0101", "4:27")]),
    ("targets: {}\ndefaults: {timeout: 1441m}\n", [("RC0206", "4:21")]),
    ("targets: {}\ndefaults: {tls: {ca_file: ../ca.pem}}\n", [("RC0108", "4:27")]),
    ("targets: {}\ndefaults: {manages: [employee]}\n", [("RC0205", "4:22")]),
    ("targets: {}\ndefaults: {manages: []}\n", [("RC0203", "4:21")]),
    ("targets: {}\ndefaults: {prune: some}\n", [("RC0205", "4:19")]),
    ("targets: {}\ndefaults: {prune: {employee: all}}\n", [("RC0201", "4:20")]),
    ("targets: {}\ndefaults: {timeout: 60}\n", [("RC0206", "4:21")]),
    ("targets: {}\ndefaults: {timeout: 0s}\n", [("RC0206", "4:21")]),
    ("targets: {}\ndefaults: {concurrency: 0}\n", [("RC0206", "4:25")]),
    ("targets: {}\ndefaults: {retries: '1'}\n", [("RC0203", "4:21")]),
    ("targets: {}\nlimits: {delete: 101%}\n", [("RC0206", "4:18")]),
    ("targets: {}\nlimits: {delete: -1}\n", [("RC0206", "4:18")]),
    ("targets: {}\nlimits: {delete: {floor: 1}}\n", [("RC0202", "4:18")]),
    ("targets: {}\nlimits: {deletes: 1}\n", [("RC0201", "4:10")]),
    ("targets: {}\nstate: {backend: floppy}\n", [("RC0205", "4:18")]),
    ("targets: {}\nstate: {path: ../state.json}\n", [("RC0108", "4:15")]),
    ("targets: {}\nsecrets: {a: {table: a}}\n", [("RC0208", "4:14")]),
    ("targets: {}\nsecrets: {a: literal}\n", [("RC0208", "4:14")]),
    ("targets: {}\nresources: org/*.yaml\n", [("RC0203", "4:12")]),
    ("targets: {}\nresources: [org/*.yml]\n", [("RC0107", "4:13")]),
    ("targets: {}\nvariables: {a: x}\n", [("RC0203", "4:16")]),
    ("targets: {}\nvariables: {a-b: {default: x}}\n", [("RC0206", "4:13")]),
    ("targets: {}\nvariables: {a: {default: x, type: y}}\n", [("RC0201", "4:29")]),
    (
        "targets: {a: {system: biotime, url: https://x, select: {areas: [A, B], area: [A]}}}\n",
        [("RC0302", "3:68"), ("RC0201", "3:72")],
    ),
]


@pytest.mark.parametrize(("text", "expected"), MISTAKES, ids=[case[0] for case in MISTAKES])
def test_a_mistake_is_complained_of_at_its_place(tmp_path: Path, text: str, expected: list[tuple[str, str]]) -> None:
    assert load_project(tmp_path, text) == [(code, f"reconciler.yaml:{place}") for code, place in expected]


@pytest.mark.parametrize(
    ("line", "code"), [("version: 2", "RC0205"), ("version: '1'", "RC0203"), ("version:", "RC0203")]
)
def test_other_versions(tmp_path: Path, line: str, code: str) -> None:
    files = {"reconciler.yaml": f"{line}\nproject: a\ntargets: {{}}\n", "a.yaml": OBJECTS}
    assert [each.code for each in load_files(tmp_path, files)[1]] == [code]


def test_mistakes_of_all_files_are_shown_together(tmp_path: Path) -> None:
    files = {
        "reconciler.yaml": "version: 2\nproject: a\ntargets: {}\n",
        "a.yaml": "areas: [{code: 1}]",
        "b.yaml": "x: 1",
    }
    organisation, found = load_files(tmp_path, files)
    assert organisation is None
    assert places(found) == [("RC0202", "a.yaml:1:9"), ("RC0201", "b.yaml:1:1"), ("RC0205", "reconciler.yaml:1:10")]


@pytest.mark.parametrize("url", ["http://time.acme.example", "http://10.0.0.1:80"])
def test_a_password_over_http_warns(tmp_path: Path, url: str) -> None:
    text = f"{HEAD}  a: {{system: biotime, url: '{url}', auth: {{username: a, password: {{env: A}}}}}}\n"
    organisation, found = load_files(tmp_path, {"reconciler.yaml": text, "a.yaml": OBJECTS})
    assert organisation is not None
    assert [(each.severity, each.code, str(each.source)) for each in found] == [
        (Severity.WARNING, "RC0407", "reconciler.yaml:4:29")
    ]


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://localhost", "http://[::1]:80", "https://x"])
def test_what_does_not_leave_the_machine_or_is_encrypted_does_not_warn(tmp_path: Path, url: str) -> None:
    text = f"{HEAD}  a: {{system: biotime, url: '{url}', auth: {{username: a, password: {{env: A}}}}}}\n"
    assert loaded(tmp_path, {"reconciler.yaml": text, "a.yaml": OBJECTS}).project.targets["a"].url == url


def test_an_unchecked_certificate_warns(tmp_path: Path) -> None:
    text = "version: 1\nproject: a\ntargets:\n  a: {system: biotime, url: https://x, tls: {verify: false}}\n"
    found = load_files(tmp_path, {"reconciler.yaml": text, "a.yaml": OBJECTS})[1]
    assert [(each.severity, each.code, str(each.source)) for each in found] == [
        (Severity.WARNING, "RC0407", "reconciler.yaml:4:45")
    ]


def test_a_password_is_not_repeated(tmp_path: Path) -> None:
    text = "targets: {a: {system: biotime, url: 'https://u:hunter2@x', auth: {username: a, password: hunter2}}}\n"
    files = {"reconciler.yaml": "version: 1\nproject: a\n" + text, "a.yaml": OBJECTS}
    found = load_files(tmp_path, files)[1]
    assert [each.code for each in found] == ["RC0407", "RC0208"]
    assert [each.detail for each in found if "hunter2" in each.detail] == []


def test_no_project_file(tmp_path: Path) -> None:
    organisation, found = load(tmp_path, {}, {})
    assert (organisation, places(found)) == (None, [("RC0401", "reconciler.yaml:1:1")])
    assert str(tmp_path) in found[0].detail


VARIABLES = "version: 1\nproject: a\ntargets: {}\nvariables: {v: {default: D}, w: {default: ''}}\n"


@pytest.mark.parametrize(
    ("given", "environment", "value"),
    [
        ({}, {}, "D"),
        ({}, {"RECONCILER_VAR_v": "E"}, "E"),
        ({"v": "F"}, {"RECONCILER_VAR_v": "E"}, "F"),
        ({"v": ""}, {"RECONCILER_VAR_v": "E"}, ""),
        ({}, {"RECONCILER_VAR_x": "another program's"}, "D"),
    ],
)
def test_which_value_a_variable_has(
    tmp_path: Path, given: dict[str, str], environment: dict[str, str], value: str
) -> None:
    load_files(tmp_path, {"reconciler.yaml": VARIABLES, "a.yaml": OBJECTS})
    organisation, found = load(tmp_path, given, environment)
    assert found == []
    assert organisation is not None
    assert organisation.project.variables == {"v": value, "w": ""}


def test_variables_that_are_not_declared_or_have_no_value(tmp_path: Path) -> None:
    text = "version: 1\nproject: a\ntargets: {}\nvariables: {one: , two: {}}\n"
    found = load_files(tmp_path, {"reconciler.yaml": text, "a.yaml": OBJECTS}, {"tow": "x"})[1]
    assert places(found) == [("RC0402", "reconciler.yaml:4:18"), ("RC0402", "reconciler.yaml:4:25"), ("RC0402", "")]
    assert 'Did you mean "two"?' in found[2].detail


@pytest.mark.parametrize(("given", "environment"), [({"site": "\udcff"}, {}), ({}, {"RECONCILER_VAR_site": "\udcff"})])
def test_a_variable_whose_value_is_not_utf_8(
    tmp_path: Path, given: dict[str, str], environment: dict[str, str]
) -> None:
    project = "version: 1\nproject: a\ntargets: {}\nvariables: {site: {default: x}}\n"
    write(tmp_path, {"reconciler.yaml": project, "a.yaml": "areas: [{code: A, name: '{{ var.site }}'}]\n"})
    organisation, found = load(tmp_path, given, environment)
    assert organisation is None
    assert [(each.code, each.source) for each in found] == [("RC0206", Span("reconciler.yaml", 4, 19))]
