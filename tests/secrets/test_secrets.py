"""Where secrets come from, and that nothing of them shows."""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from reconciler.config import secrets
from reconciler.config.secrets import Resolver, resolve_desired, resolve_target
from reconciler.model.diagnostic import Diagnostic, Span, error
from reconciler.model.fields import Value
from reconciler.model.objects import Desired, Object
from reconciler.model.project import Auth, Target
from reconciler.model.secret import Secret, SecretReference

SPAN = Span("org/people.yaml", 3, 9)
OTHER = Span("org/people.yaml", 8, 9)


def env(name: str, span: Span = SPAN) -> SecretReference:
    return SecretReference("env", (name,), span)


def file(name: str) -> SecretReference:
    return SecretReference("file", (name,), SPAN)


def command(*arguments: str) -> SecretReference:
    return SecretReference("command", arguments, SPAN)


def python(program: str) -> SecretReference:
    return command(sys.executable, "-c", program)


def table(name: str) -> SecretReference:
    return SecretReference("table", (name,), SPAN)


def resolver(root: Path, tables: dict[str, SecretReference] | None = None, **environment: str) -> Resolver:
    return Resolver(root, tables or {}, environment)


def refusal(resolver: Resolver, reference: SecretReference, key: str | None = None) -> str:
    """The detail of the one diagnostic, which is RC0406 at the reference."""
    secret, problem = resolver.resolve(reference, key)
    assert secret is None
    assert problem == error("RC0406", problem.detail if problem else "", source=SPAN)
    return problem.detail


def test_environment(tmp_path: Path) -> None:
    found = resolver(tmp_path, A=" s3cret ", EMPTY="", BLANK=" \n", LATIN="s3cr\udce9t")
    assert found.resolve(env("A"), None) == (Secret(" s3cret "), None)
    assert refusal(found, env("B")) == "The environment variable B is not set. Set it where this command runs."
    assert refusal(found, env("EMPTY")) == "The environment variable EMPTY is empty."
    assert refusal(found, env("BLANK")) == "The environment variable BLANK is empty."
    assert refusal(found, env("LATIN")) == "What the environment variable LATIN holds is not UTF-8 text."


@pytest.mark.parametrize(
    ("data", "text"),
    [(b"x", "x"), (b"x\n", "x"), (b"x\r\n", "x"), (b"x\n\n", "x\n"), (b" x ", " x "), ("é\n".encode(), "é")],
)
def test_files_lose_one_newline(tmp_path: Path, data: bytes, text: str) -> None:
    (tmp_path / "secret").write_bytes(data)
    assert resolver(tmp_path).resolve(file("secret"), None) == (Secret(text), None)


def test_files_may_lie_outside_of_the_project(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "secret").write_text("x")
    inside = resolver(tmp_path / "project")
    assert inside.resolve(file("../secret"), None) == (Secret("x"), None)
    assert inside.resolve(file(str(tmp_path / "secret")), None) == (Secret("x"), None)


def test_files_that_can_not_be_had(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "binary").write_bytes(b"hush\xff")
    found = resolver(tmp_path)
    assert refusal(found, file("gone")) == "The secret's file \"gone\" can't be read: no such file or directory."
    assert refusal(found, file(".")) == "The secret's file \".\" can't be read: is a directory."
    assert refusal(found, file("empty")) == 'The secret\'s file "empty" is empty.'
    assert refusal(found, file("binary")) == 'The secret\'s file "binary" is not UTF-8 text.'
    assert refusal(found, file("a\0b")) == "The secret's file can't be read: its name holds a NUL."


def test_commands_run_in_the_root_without_a_shell(tmp_path: Path) -> None:
    found = resolver(tmp_path, WORD="hush")
    program = "import os, sys; print(os.getcwd(), os.environ['WORD'], sys.argv[1], sep='|')"
    expected = f"{tmp_path.resolve()}|hush|$(touch x); *"
    assert found.resolve(command(sys.executable, "-c", program, "$(touch x); *"), None) == (Secret(expected), None)
    assert list(tmp_path.iterdir()) == []


def test_a_command_runs_once(tmp_path: Path) -> None:
    count = python("open('runs', 'a').write('x'); print('hush')")
    fail = python("open('fails', 'a').write('x'); raise SystemExit(3)")
    found = resolver(tmp_path)
    with ThreadPoolExecutor(8) as threads:
        results = list(threads.map(lambda _: found.resolve(count, None), range(20)))
        refusals = list(threads.map(lambda _: refusal(found, fail), range(20)))
    assert results == [(Secret("hush"), None)] * 20
    assert set(refusals) == {f'The command "{sys.executable}" ended with status 3 and said nothing.'}
    assert ((tmp_path / "runs").read_text(), (tmp_path / "fails").read_text()) == ("x", "x")


def test_commands_that_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = resolver(tmp_path)
    complaint = r"import sys; sys.stderr.write('no \x1b[31mkey.\nthe secret is hush\n'); sys.exit(2)"
    assert refusal(found, python(complaint)) == f'The command "{sys.executable}" ended with status 2: no [31mkey.'
    assert refusal(found, python("print()")) == f'What the command "{sys.executable}" wrote is empty.'
    gone = 'The command "/no/such" can\'t be run: no such file or directory.'
    assert refusal(found, command("/no/such", "hush")) == gone
    nul = "The command can't be run: its program or an argument holds a NUL."
    assert refusal(found, command(sys.executable, "a\0b")) == nul
    monkeypatch.setattr(secrets, "TIME_LIMIT", 0.01)
    late = f'The command "{sys.executable}" gave no secret within 0.01 seconds.'
    assert refusal(found, python("input() if False else __import__('threading').Event().wait(60)")) == late


def test_tables(tmp_path: Path) -> None:
    (tmp_path / "pins.csv").write_bytes(b'\xef\xbb\xbfkey,value\r\n1001,0042\r\n 1002 ,\r\n\r\n1003,"a,b"\r\n')
    found = resolver(tmp_path, {"pins": file("pins.csv")})
    assert found.resolve(table("pins"), "1001") == (Secret("0042"), None)
    assert found.resolve(table("pins"), "1002") == (Secret(""), None)
    assert found.resolve(table("pins"), "1003") == (Secret("a,b"), None)
    assert refusal(found, table("pins"), "1004") == 'The table of secrets "pins" has no row for the key "1004".'
    assert 'Did you mean "pins"?' in refusal(found, table("pin"), "1001")
    assert refusal(found, table("pins")).startswith("A table holds a secret per object, and this is none")


def test_tables_have_two_columns_in_any_order(tmp_path: Path) -> None:
    program = python("open('runs', 'a').write('x'); print('value;key'); print('hush;1001'); print('hist;1002')")
    found = resolver(tmp_path, {"pins": program})
    assert found.resolve(table("pins"), "1001") == (Secret("hush"), None)
    assert found.resolve(table("pins"), "1002") == (Secret("hist"), None)
    assert (tmp_path / "runs").read_text() == "x"


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("1001,hush\n", 'The table of secrets "t" must have a first line with the columns key and value.'),
        ("key,value,hush\n", 'The table of secrets "t" must have a first line with the columns key and value.'),
        ("key,value\n1001,hush\n1001,hush\n", 'Line 3 of the table of secrets "t" repeats a key.'),
        ("key,value\n1001,hush,x\n", 'Line 2 of the table of secrets "t" has not two cells.'),
        ('key,value\n1001,"hush\n', 'Line 2 of the table of secrets "t" is not valid CSV.'),
    ],
)
def test_tables_that_can_not_be_used(tmp_path: Path, text: str, detail: str) -> None:
    (tmp_path / "t.csv").write_text(text)
    found = resolver(tmp_path, {"t": file("t.csv")})
    assert [refusal(found, table("t"), "1001") for _ in range(2)] == [detail, detail]


def test_a_table_is_not_in_a_table(tmp_path: Path) -> None:
    found = resolver(tmp_path, {"a": table("b"), "b": env("B"), "gone": env("GONE")}, B="key,value\n1,x\n")
    assert refusal(found, table("a"), "1").startswith("A table of secrets can't stand in another table")
    assert refusal(found, table("gone"), "1").startswith("The environment variable GONE is not set")
    assert found.resolve(table("b"), "1") == (Secret("x"), None)


def test_target(tmp_path: Path) -> None:
    target = Target(
        name="hq",
        system="biotime",
        url="https://time.example",
        span=SPAN,
        auth=Auth(username="u", password=env("P"), scheme="jwt"),
    )
    resolved, diagnostics = resolve_target(target, resolver(tmp_path, P="hush"))
    assert (resolved.auth, diagnostics) == (Auth(username="u", password=Secret("hush"), scheme="jwt"), [])
    assert (resolved.name, resolved.url) == (target.name, target.url)
    assert "hush" not in repr(resolved)
    same, diagnostics = resolve_target(target, resolver(tmp_path))
    assert (same, [each.source for each in diagnostics]) == (target, [SPAN])
    none = Target(name="hq", system="biotime", url="https://time.example", span=SPAN)
    assert resolve_target(none, resolver(tmp_path)) == (none, [])


def test_a_terminal_s_key(tmp_path: Path) -> None:
    (tmp_path / "keys.csv").write_text("key,value\nlobby,hush\ngate,hist\n")
    found = resolver(tmp_path, {"keys": file("keys.csv")})
    row = SecretReference("table", ("keys", "lobby"), SPAN)
    target = Target(name="lobby", system="device", url="http://lobby", span=SPAN, auth=Auth(token=row))
    resolved, diagnostics = resolve_target(target, found)
    assert (resolved.auth, diagnostics) == (Auth(token=Secret("hush")), [])
    both = Auth(password=env("P"), token=SecretReference("table", ("keys", "door"), OTHER))
    target = Target(name="door", system="device", url="http://door", span=SPAN, auth=both)
    assert resolve_target(target, found) == (
        target,
        [
            error("RC0406", "The environment variable P is not set. Set it where this command runs.", source=SPAN),
            error("RC0406", 'The table of secrets "keys" has no row for the key "door".', source=OTHER),
        ],
    )


def employee(key: str, **values: Value) -> Object:
    return Object(kind="employee", key=key, values={"department": "1", **values}, span=OTHER)


def desired(*objects: Object) -> Desired:
    return Desired("hq", {"employee": {each.key: each for each in objects}, "area": {}})


def test_desired(tmp_path: Path) -> None:
    (tmp_path / "pins.csv").write_text("key,value\n1, 0042 \n2,\n")
    found = resolver(tmp_path, {"pins": file("pins.csv")}, CARD="4711")
    untouched = employee("3", card=Secret("1"), first_name="Ana")
    before = desired(
        employee("1", device_password=table("pins"), card=env("CARD")),
        employee("2", device_password=table("pins"), card=None),
        untouched,
    )
    after, diagnostics = resolve_desired(before, found)
    assert diagnostics == []
    assert after == desired(
        employee("1", device_password=Secret("0042"), card=Secret("4711")),
        employee("2", device_password=None, card=None),
        untouched,
    )
    assert after.objects["employee"]["3"] is untouched
    assert list(after.objects["employee"]) == ["1", "2", "3"]


def test_desired_with_what_can_not_be_had(tmp_path: Path) -> None:
    before = desired(
        employee("1", device_password=env("GONE"), card=env("CARD")),
        employee("2", device_password=env("LONG", OTHER)),
    )
    after, diagnostics = resolve_desired(before, resolver(tmp_path, CARD="4711", LONG="hush" * 10))
    assert after == desired(
        employee("1", device_password=env("GONE"), card=Secret("4711")),
        employee("2", device_password=env("LONG", OTHER)),
    )
    assert [(each.code, each.address, each.source) for each in diagnostics] == [
        ("RC0406", "hq/employee/1", SPAN),
        ("RC0204", "hq/employee/2", OTHER),
    ]
    too_long = "The secret for device_password has 40 characters, and at most 20 are possible."
    assert diagnostics[1].detail == too_long


def setting(name: str, **values: Value) -> Object:
    return Object(
        kind="settings", key=name, values={f"{name}.{path}": each for path, each in values.items()}, span=OTHER
    )


def settings_of(*objects: Object) -> Desired:
    return Desired("lobby", {"settings": {each.key: each for each in objects}})


def test_desired_settings(tmp_path: Path) -> None:
    (tmp_path / "keys.csv").write_text("key,value\nlobby,hush\n")
    (tmp_path / "door.pem").write_text("PEM\n")
    found = resolver(tmp_path, {"keys": file("keys.csv")}, ONE="hist")
    points = "wifi.access_points"
    named: dict[str, Value] = {points: ("one", "a.b"), f"{points}.a.b.key": None}
    before = settings_of(
        setting("security", api_key=SecretReference("table", ("keys", "lobby"), SPAN), certificate=file("door.pem")),
        setting("network", **named, **{f"{points}.one.key": env("ONE")}),
    )
    assert resolve_desired(before, found) == (
        settings_of(
            setting("security", api_key=Secret("hush"), certificate=Secret("PEM")),
            setting(
                "network", **{points: ("one", "a.b"), f"{points}.one.key": Secret("hist"), f"{points}.a.b.key": None}
            ),
        ),
        [],
    )


def test_a_wireless_key_that_can_not_be_had_or_is_too_long(tmp_path: Path) -> None:
    points = "wifi.access_points"
    before = settings_of(
        setting(
            "network",
            **{points: ("one", "two"), f"{points}.one.key": env("ONE"), f"{points}.two.key": env("TWO", OTHER)},
        )
    )
    after, diagnostics = resolve_desired(before, resolver(tmp_path, TWO="hush" * 20))
    assert after == before
    assert [(each.code, each.address, each.source) for each in diagnostics] == [
        ("RC0406", "lobby/settings/network", SPAN),
        ("RC0204", "lobby/settings/network", OTHER),
    ]


def test_nothing_of_a_secret_shows(tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text("hush,hush\nhush,hush\n")
    (tmp_path / "dup.csv").write_text("key,value\n1,hush\n1,hush\n")
    found = resolver(tmp_path, {"bad": file("bad.csv"), "dup": file("dup.csv")}, LONG="hush" * 10)
    shown: list[Diagnostic] = []
    for reference in [table("bad"), table("dup"), env("LONG"), python("print('hush'); raise SystemExit(1)")]:
        shown += resolve_desired(desired(employee("1", device_password=reference)), found)[1]
    assert len(shown) == 4
    assert "hush" not in "".join(each.detail.replace(sys.executable, "") for each in shown)
    assert "hush" not in repr(found.resolve(env("LONG"), None))
