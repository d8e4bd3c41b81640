"""What CVSecurity needs of the language: its login, its kinds, its fields."""

from pathlib import Path

import pytest
from config_helpers import employee, load_files, loaded, places

from reconciler.config.secrets import Resolver, resolve_target
from reconciler.model.diagnostic import Severity, Span
from reconciler.model.fields import Value
from reconciler.model.kinds import KINDS
from reconciler.model.project import Auth, Prune
from reconciler.model.secret import Secret, SecretReference
from reconciler.model.systems import DEVICE_LISTS, SERVER_LISTS, SYSTEMS
from reconciler.systems import registry

HEAD = "version: 1\nproject: p\ntargets:\n"
GATE = HEAD + "  gate: {{system: cvsecurity, url: https://gate, {}}}\n"
OBJECTS = "areas: [{code: A, name: A}]\n"


def gate(root: Path, fields: str) -> list[tuple[str, str, str]]:
    """Code, place and detail of what is complained of in a server with these fields."""
    found = load_files(root, {"reconciler.yaml": GATE.format(fields), "a.yaml": OBJECTS})[1]
    return [(each.code, str(each.source), each.detail) for each in found]


@pytest.mark.parametrize("name", registry.NAMES)
def test_what_each_system_holds_is_what_it_binds(name: str) -> None:
    assert set(SYSTEMS[name].lists) == {KINDS[kind].plural for kind in registry.system(name).bindings}


def test_what_servers_and_terminals_hold() -> None:
    assert SERVER_LISTS == ("departments", "areas", "positions", "access_levels", "employees", "vehicles")
    assert DEVICE_LISTS == ("departments", "shifts", "employees", "settings")


def test_an_access_token(tmp_path: Path) -> None:
    files = {"reconciler.yaml": GATE.format("auth: {access_token: {env: GATE}}"), "a.yaml": OBJECTS}
    made = loaded(tmp_path, files).project.targets["gate"]
    reference = SecretReference("env", ("GATE",), Span("reconciler.yaml", 4, 70))
    assert made.auth == Auth(token=reference, scheme="access_token")
    after, found = resolve_target(made, Resolver(tmp_path, {}, {"GATE": "hush"}))
    assert (after.auth, found) == (Auth(token=Secret("hush"), scheme="access_token"), [])


FORMS = "{env: NAME}, {file: PATH} or {command: [PROGRAM, ARGUMENT]}"


@pytest.mark.parametrize(
    ("auth", "expected"),
    [
        (
            "{access_token: hunter2}",
            [("RC0208", "4:70", f"An access token never stands in the files. Write a reference: {FORMS}.")],
        ),
        (
            "{access_token: {table: t}}",
            [("RC0302", "4:78", 'The project has no table of secrets named "t". Tables stand under secrets: in ')],
        ),
        (
            "{username: a, password: {env: A}}",
            [
                ("RC0202", "4:55", f'"access_token" is missing: a reference to it, {FORMS}.'),
                ("RC0201", "4:56", '"username" is not a key of auth on cvsecurity. There is access_token.'),
                ("RC0201", "4:69", '"password" is not a key of auth on cvsecurity. There is access_token.'),
            ],
        ),
        (
            "{access_token: {env: A}, scheme: jwt}",
            [("RC0201", "4:80", '"scheme" is not a key of auth on cvsecurity. There is access_token.')],
        ),
    ],
)
def test_a_wrong_login_is_told_at_its_place(tmp_path: Path, auth: str, expected: list[tuple[str, str, str]]) -> None:
    found = gate(tmp_path, f"auth: {auth}")
    assert [(code, place) for code, place, _ in found] == [
        (code, f"reconciler.yaml:{place}") for code, place, _ in expected
    ]
    assert [detail[: len(start)] for (*_, detail), (*_, start) in zip(found, expected, strict=True)] == [
        start for *_, start in expected
    ]


def test_other_systems_take_no_token(tmp_path: Path) -> None:
    login = "username: a, password: {env: B}, access_token: {env: A}"
    text = HEAD + f"  hq: {{system: biotime, url: https://hq, auth: {{{login}}}}}\n"
    found = load_files(tmp_path, {"reconciler.yaml": text, "a.yaml": OBJECTS})[1]
    detail = '"access_token" is not a key of auth on biotime. There are username, password, scheme.'
    assert [(each.code, str(each.source), each.detail) for each in found] == [
        ("RC0201", "reconciler.yaml:4:82", detail)
    ]


def test_a_login_for_all_servers_is_one_that_each_can_take(tmp_path: Path) -> None:
    defaults = "defaults: {auth: {username: a, password: {env: A}}}\n"
    own = "auth: {access_token: {env: B}}"
    good = {"reconciler.yaml": GATE.format(own) + defaults, "a.yaml": OBJECTS}
    assert loaded(tmp_path, good).project.targets["gate"].auth.scheme == "access_token"
    bad = {"reconciler.yaml": GATE.format("retries: 1") + defaults, "a.yaml": OBJECTS}
    found = load_files(tmp_path, bad)[1]
    assert places(found) == [("RC0202", "reconciler.yaml:4:9")]
    assert found[0].detail == (
        "cvsecurity takes no user name and password, as defaults has. Write auth: {access_token: SECRET}."
    )


@pytest.mark.parametrize(
    ("url", "warns"), [("http://gate", True), ("http://127.0.0.1", False), ("https://gate", False)]
)
def test_a_token_over_http_warns(tmp_path: Path, url: str, warns: bool) -> None:
    text = HEAD + f"  gate: {{system: cvsecurity, url: '{url}', auth: {{access_token: {{env: A}}}}}}\n"
    found = load_files(tmp_path, {"reconciler.yaml": text, "a.yaml": OBJECTS})[1]
    detail = "The access token goes to this server over http, readable by everyone on the way. Use https."
    expected = [(Severity.WARNING, "RC0407", "reconciler.yaml:4:35", detail)] if warns else []
    assert [(each.severity, each.code, str(each.source), each.detail) for each in found] == expected


def test_what_it_manages(tmp_path: Path) -> None:
    text = (
        GATE.format("prune: {vehicles: all}")
        + "  door: {system: cvsecurity, url: https://door, manages: [vehicles, access_levels], select: {areas: [A]}}\n"
        + "  hq: {system: biotime, url: https://hq}\n"
        + "defaults: {manages: [employees, positions, vehicles], prune: {access_levels: never}}\n"
    )
    targets = loaded(tmp_path, {"reconciler.yaml": text, "a.yaml": OBJECTS}).project.targets
    assert {name: each.manages for name, each in targets.items()} == {
        "door": ("access_level", "vehicle"),
        "gate": ("employee", "vehicle"),
        "hq": ("position", "employee"),
    }
    assert targets["gate"].prune == {"employee": Prune.OWNED, "vehicle": Prune.ALL}
    assert targets["door"].prune == {"access_level": Prune.NEVER, "vehicle": Prune.OWNED}
    assert targets["door"].select == {"area": ("A",)}
    alone = {"reconciler.yaml": GATE.format("retries: 1"), "a.yaml": OBJECTS}
    made = loaded(tmp_path, alone).project.targets["gate"]
    assert made.manages == ("department", "area", "access_level", "employee", "vehicle")


@pytest.mark.parametrize(
    ("system", "fields", "expected"),
    [
        (
            "cvsecurity",
            "manages: [positions]",
            ("RC0205", '"positions" is not one of departments, areas, access_levels,'),
        ),
        ("cvsecurity", "select: {positions: [A]}", ("RC0201", '"positions" is not a kind that the server holds.')),
        (
            "cvsecurity",
            "select: {access_levels: [A]}",
            (
                "RC0205",
                "Who belongs to a server is not told by access levels. Select by areas, departments or employees.",
            ),
        ),
        (
            "cvsecurity",
            "prune: {areas: all}",
            ("RC0205", "These can only be referred to on this system: no call deletes one. Remove this."),
        ),
        ("cvsecurity", "prune: {shifts: all}", ("RC0201", '"shifts" is not a kind that can be here.')),
        (
            "biotime",
            "manages: [vehicles]",
            ("RC0205", '"vehicles" is not one of departments, areas, positions, employ'),
        ),
        ("biotime", "prune: {access_levels: all}", ("RC0201", '"access_levels" is not a kind that can be here.')),
    ],
)
def test_what_its_system_does_not_hold(tmp_path: Path, system: str, fields: str, expected: tuple[str, str]) -> None:
    text = HEAD + f"  gate: {{{fields}, system: {system}, url: https://gate}}\n"
    ((code, detail),) = (
        (each.code, each.detail) for each in load_files(tmp_path, {"reconciler.yaml": text, "a.yaml": OBJECTS})[1]
    )
    assert (code, detail[: len(expected[1])]) == expected


@pytest.mark.parametrize(
    ("fields", "values"),
    [
        ("cvsecurity: {plate: ' AB 1 '}", {"cvsecurity.plate": "AB 1"}),
        ("cvsecurity: {certificate: {type: 2, number: 0042}}", {"type": 2, "number": Secret("0042")}),
        ("cvsecurity: {certificate: null}", {"type": None, "number": None}),
        ("cvsecurity: {kiosk_areas: [B, A, B]}", {"cvsecurity.kiosk_areas": ("A", "B")}),
        ("cvsecurity: {disabled: true}", {"cvsecurity.disabled": True}),
        (
            "cvsecurity: null",
            {
                "cvsecurity.plate": None,
                "type": None,
                "number": None,
                "cvsecurity.disabled": None,
                "cvsecurity.kiosk_areas": (),
            },
        ),
    ],
)
def test_the_fields_of_people(tmp_path: Path, fields: str, values: dict[str, Value]) -> None:
    inner = {"type": "cvsecurity.certificate.type", "number": "cvsecurity.certificate.number"}
    expected = {inner.get(path, path): value for path, value in values.items()}
    assert employee(tmp_path, fields).values == {"department": "D"} | expected


def test_a_number_out_of_bounds_says_what_is_in_them(tmp_path: Path) -> None:
    person = "{code: 1, department: D, cvsecurity: {certificate: {type: 0}}}"
    text = f"departments: [{{code: D, name: D}}]\nemployees: [{person}]\n"
    found = load_files(tmp_path, {"a.yaml": text})[1]
    assert [each.detail for each in found] == [
        '"0" is out of bounds for the field type. Write 1 or more, in at most 18 digits.'
    ]


def test_a_level_to_be_created(tmp_path: Path) -> None:
    text = (
        "access_levels: [{name: Lab, control: door, cvsecurity: {time_segment: T, area: A, doors: [South, North]}}]\n"
    )
    assert loaded(tmp_path, {"a.yaml": text}).objects["access_level"]["Lab"].values == {
        "control": "door",
        "cvsecurity.time_segment": "T",
        "cvsecurity.area": "A",
        "cvsecurity.doors": ("North", "South"),
    }


@pytest.mark.parametrize(
    ("fields", "start", "end"),
    [
        ("from: 2026-01-01, to: 2026-01-31", "2026-01-01", "2026-01-31"),
        ("from: 2026-01-01, to: 2026-01-01", "2026-01-01", "2026-01-01"),
        ("from: ~, to: ~", None, None),
    ],
)
def test_when_a_vehicle_is_on_its_list(tmp_path: Path, fields: str, start: Value, end: Value) -> None:
    text = f"vehicles: [{{plate: AB 1, list: allow, {fields}}}]\n"
    assert loaded(tmp_path, {"a.yaml": text}).objects["vehicle"]["AB 1"].values == {
        "list": "allow",
        "from": start,
        "to": end,
    }


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            "from: 2026-01-31, to: 2026-01-01",
            ("RC0206", "1:58", '"2026-01-01" is before "2026-01-31". Exchange them.'),
        ),
        (
            "from: 2026-01-01T12:00:00",
            ("RC0206", "1:42", '"2026-01-01T12:00:00" is not a date. Write it as YYYY-MM-DD, such as 2026-01-31.'),
        ),
        ("to: 31.1.2026", ("RC0206", "1:40", '"31.1.2026" is not a date. Write it as YYYY-MM-DD')),
    ],
)
def test_a_period_of_a_vehicle_that_can_not_be(tmp_path: Path, fields: str, expected: tuple[str, str, str]) -> None:
    found = load_files(tmp_path, {"a.yaml": f"vehicles: [{{plate: A, list: block, {fields}}}]\n"})[1]
    assert [(each.code, str(each.source), each.detail[: len(expected[2])]) for each in found] == [
        (expected[0], f"a.yaml:{expected[1]}", expected[2])
    ]
