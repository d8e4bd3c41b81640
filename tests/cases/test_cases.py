"""The corpus: each file beside this one is a small project and what is made of it.

    name: what the case shows
    files: {path: text}            {hex: "fffe"} for bytes, {link: path} for a link, null for no file at all
    variables: {name: text}        as given by --var
    environment: {NAME: text}
    diagnostics:                   all of them, in order; none of severity error: the project is valid
      - {code: RC0203, file: org.yaml, line: 1, column: 2, contains: part of the detail}
    objects: {kind: {key: {path: value}}}     all of them, with `was` and so on among the paths
    schema: {path: valid}          where the schemas must judge otherwise than we, with the reason in a comment

A project file is added where a case has none.
"""

import re
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest
import yaml
from jsonschema import Draft202012Validator, FormatChecker

from reconciler.config.load import load
from reconciler.model import schema
from reconciler.model.diagnostic import Diagnostic, Span, has_errors
from reconciler.model.objects import Object
from reconciler.model.secret import Secret, SecretReference
from reconciler.systems.registry import SERVERS

FOLDER = Path(__file__).parent
FILES = sorted(FOLDER.glob("*/*.yaml"))
PROJECT = "version: 1\nproject: test\ntargets:\n  hq: {system: biotime, url: https://hq.example}\n"
VISIBLE = {f"RC020{number}" for number in range(1, 9)}
"""The codes of what a schema can see."""

UNREADABLE = {"RC0101", "RC0102", "RC0103", "RC0104", "RC0106", "RC0108"}
"""The codes of files that are no document to judge."""


class Expected(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: str
    contains: str
    file: str | None = None
    line: int = 0
    column: int = 0
    severity: str = "error"

    @property
    def source(self) -> Span | None:
        return None if self.file is None else Span(self.file, self.line, self.column)


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    files: dict[str, str | dict[str, str] | None]
    variables: dict[str, str] = {}
    environment: dict[str, str] = {}
    diagnostics: list[Expected] = []
    objects: dict[str, dict[str, dict[str, object]]] | None = None
    schema: dict[str, str] = {}


def read_case(path: Path) -> Case:
    case = msgspec.convert(yaml.load(path.read_text("utf-8"), yaml.CSafeLoader), Case)
    return msgspec.structs.replace(case, files={"reconciler.yaml": PROJECT, **case.files})


CASES = [pytest.param(read_case(path), id=path.relative_to(FOLDER).with_suffix("").as_posix()) for path in FILES]


def content(each: str | Mapping[str, str] | None) -> bytes | None:
    """What a file of a case holds; None for a link and for no file."""
    if isinstance(each, str):
        return each.encode()
    return bytes.fromhex(each["hex"]) if each and "hex" in each else None


def write(case: Case, root: Path) -> None:
    root.mkdir()
    for name, each in case.files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = content(each)
        if data is not None:
            path.write_bytes(data)
        elif isinstance(each, dict):
            path.symlink_to(each["link"])


def shown(value: object) -> object:
    """A canonical value as cases write it: sets as lists, `{sensitive: TEXT}`, `{env: NAME}`."""
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, Secret):
        return {"sensitive": value.reveal()}
    if isinstance(value, SecretReference):
        return {value.source: list(value.argument) if value.source == "command" else value.argument[0]}
    return value


def paths(each: Object) -> dict[str, object]:
    about = {"prevent_delete": each.prevent_delete, "on_remove": each.on_remove, "was": each.was}
    given = {name: value for name, value in about.items() if value is not None}
    ignore = {"ignore": list(each.ignore)} if each.ignore else {}
    return {path: shown(value) for path, value in each.values.items()} | given | ignore


@pytest.mark.parametrize("case", CASES)
def test_loads(case: Case, tmp_path: Path) -> None:
    root = tmp_path / "project"
    write(case, root)
    organisation, diagnostics = load(root, case.variables, case.environment)
    assert_as_expected(case, diagnostics)
    if not has_errors(diagnostics):
        assert organisation is not None
        if case.objects is not None:
            objects = {
                kind: {key: paths(each) for key, each in of.items()} for kind, of in organisation.objects.items()
            }
            assert {kind: of for kind, of in objects.items() if of} == case.objects
    again = load(root, case.variables, case.environment)  # now from the cache
    assert again == (organisation, diagnostics)


def assert_as_expected(case: Case, diagnostics: list[Diagnostic]) -> None:
    found = [(each.severity.value, each.code, each.source) for each in diagnostics]
    expected = [(each.severity, each.code, each.source) for each in case.diagnostics]
    details = "\n".join(f"{each.code} {each.source}: {each.detail}" for each in diagnostics)
    assert found == expected, details
    pairs = zip(case.diagnostics, diagnostics, strict=True)
    assert [wanted.contains for wanted, each in pairs if wanted.contains not in each.detail] == [], details


@pytest.mark.parametrize("case", CASES)
def test_the_schemas_agree(case: Case) -> None:
    judgements = {}
    for name, each in sorted(case.files.items()):
        codes = {diagnostic.code for diagnostic in case.diagnostics if diagnostic.file == name}
        data = content(each)
        if data is not None and name.endswith((".yaml", ".yml")) and not codes & UNREADABLE:
            expected = case.schema.get(name, "invalid" if codes & VISIBLE else "valid")
            judgements[name] = (expected, judge(name, data))
    assert {name: pair for name, pair in judgements.items() if pair[0] != pair[1]} == {}


EXAMPLES = sorted(path for path in (FOLDER.parents[1] / "examples").rglob("*.yaml") if path.name != "simulator.yaml")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_schemas_accept_the_examples(path: Path) -> None:
    assert judge(path.name, path.read_bytes()) == "valid"


def judge(name: str, data: bytes) -> str:
    which = "project" if name == "reconciler.yaml" else "resources"
    validator = Draft202012Validator(schema.schemas(SERVERS)[which], format_checker=FormatChecker())
    return (
        "valid"
        if validator.is_valid(_with_text_keys(yaml.load(data.decode("utf-8-sig"), Loader=CoreLoader)))
        else "invalid"
    )


class CoreLoader(yaml.SafeLoader):
    """YAML as an editor reads it: PyYAML's loader with the scalars of YAML 1.2's core schema instead of those of 1.1.

    But for `Null` and `NULL`, which our language takes as texts: a schema's judgement on them would mean nothing here.
    """

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012  as PyYAML has it


def _integer(loader: CoreLoader, node: yaml.ScalarNode) -> int:
    return int(node.value, 10 if node.value.lstrip("+-").isdigit() else 0)


def _real(loader: CoreLoader, node: yaml.ScalarNode) -> float:
    return float(re.sub(r"\.(?=inf|nan)", "", node.value.lower()))


_SCALARS = (
    # (tag, form, its first characters, how it is made)
    ("null", r"~|null|", ["~", "n", ""], lambda loader, node: None),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF"), lambda loader, node: node.value.lower() == "true"),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", list("-+0123456789"), _integer),
    (
        "float",
        r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
        list("-+0123456789."),
        _real,
    ),
)


for tag, form, first, make in _SCALARS:
    CoreLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(rf"(?:{form})\Z"), first)
    CoreLoader.add_constructor(f"tag:yaml.org,2002:{tag}", make)
CoreLoader.add_implicit_resolver("tag:yaml.org,2002:merge", re.compile(r"<<\Z"), ["<"])


def _with_text_keys(value: object) -> object:
    if isinstance(value, dict):
        return {str(key): _with_text_keys(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_with_text_keys(each) for each in value]
    return value


def test_every_case_is_one_that_the_runner_finds() -> None:
    others = {"test_cases.py", "__init__.py"}
    stray = [path.name for path in FOLDER.rglob("*") if path.is_file() and path not in FILES]
    stray = [name for name in stray if name not in others and not name.endswith(".pyc")]
    assert (stray, len(FILES) >= 80) == ([], True)
