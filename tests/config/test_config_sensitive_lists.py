"""Lists of sensitive texts: one Secret, however their members are written."""

from pathlib import Path

import pytest
from config_helpers import PROJECT, employee, load_files, loaded
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from reconciler.config.load import load
from reconciler.config.secrets import Resolver, resolve_desired
from reconciler.config.values import REFERENCE_FORMS
from reconciler.model.diagnostic import Span, error
from reconciler.model.fields import Value
from reconciler.model.objects import Desired, Object, Organisation
from reconciler.model.secret import Secret, SecretReference, joined

TABLES = PROJECT + "secrets: {cards: {file: cards.csv}}\n"
SPAN = Span("a.yaml", 2, 51)


def people(cards: str) -> str:
    return f"departments: [{{code: D, name: D}}]\nemployees: [{{code: 1, department: D, extra_cards: {cards}}}]\n"


@pytest.mark.parametrize(
    ("cards", "value"),
    [
        ("[4712, '4711', 007]", Secret("007,4711,4712")),
        ("[4711, ' 4711 ']", Secret("4711")),
        ("['{{ 4710 + 1 }}']", Secret("4711")),
        ("\"{{ '4712;4711'.split(';') }}\"", Secret("4711,4712")),
        ("[]", None),
        ("null", None),
    ],
)
def test_members_that_stand_in_the_file(tmp_path: Path, cards: str, value: Value) -> None:
    assert employee(tmp_path, f"extra_cards: {cards}").values["extra_cards"] == value


def test_members_that_are_references_stay_so_until_they_are_resolved(tmp_path: Path) -> None:
    organisation = loaded(tmp_path, {"reconciler.yaml": TABLES, "a.yaml": people("[9, {env: A}, 8, {table: cards}]")})
    value = organisation.objects["employee"]["1"].values["extra_cards"]
    members = (
        SecretReference("env", ("A",), Span("a.yaml", 2, 55)),
        SecretReference("table", ("cards",), Span("a.yaml", 2, 68)),
    )
    assert value == SecretReference("list", (), SPAN, members, Secret("8,9"))
    assert "given=***" in repr(value)


def test_the_cache_keeps_them(tmp_path: Path) -> None:
    files = {"reconciler.yaml": TABLES, "a.yaml": people("[9, {env: A}]"), "b.yaml": "areas: [{code: A, name: A}]"}
    first = loaded(tmp_path, files)
    assert len(list((tmp_path / ".reconciler/cache").iterdir())) == 2
    assert load(tmp_path, {}, {}) == (first, [])


def test_what_comes_from_an_expression_is_not_kept(tmp_path: Path) -> None:
    variables = "variables: {cards: {default: 881;882}}\n"
    for cards in ("['{{ var.cards }}']", "\"{{ var.cards.split(';') }}\""):
        loaded(tmp_path, {"reconciler.yaml": PROJECT + variables, "a.yaml": people(cards)})
        assert list((tmp_path / ".reconciler").glob("cache/*")) == []


def table(root: Path, rows: str, columns: str = "code,department,extra_cards") -> dict[str, Value]:
    files = {
        "a.yaml": "departments: [{code: D, name: D}]\nemployees: {from_csv: a.csv}\n",
        "a.csv": f"{columns}\n{rows}",
    }
    return {key: each.values["extra_cards"] for key, each in loaded(root, files).objects["employee"].items()}


def test_a_cell_has_them_between_semicolons(tmp_path: Path) -> None:
    assert table(tmp_path, '1,D,4712; 4711\n2,D,4711\n3,D,\n4,D,";"\n') == {
        "1": Secret("4711,4712"),
        "2": Secret("4711"),
        "3": None,
        "4": None,
    }


@pytest.mark.parametrize(
    ("cards", "code", "place", "detail"),
    [
        ("881", "RC0203", "2:51", "The field extra_cards is a list, also with one member. Write extra_cards: […]."),
        (
            "{env: A}",
            "RC0203",
            "2:51",
            "The field extra_cards is a list, also with one member. Write extra_cards: […].",
        ),
        (
            f"['{'881' * 7}']",
            "RC0204",
            "2:52",
            "A member of the field extra_cards has 21 characters; at most 20 are possible. Shorten it.",
        ),
        (
            "['881,882']",
            "RC0206",
            "2:52",
            "A member of the field extra_cards has a comma in it. Write each as a member of its own.",
        ),
        ("[[881]]", "RC0203", "2:52", "A list can't be a member of the field extra_cards. Write a text."),
        (
            "[~]",
            "RC0203",
            "2:52",
            "A member of the field extra_cards is missing here. Write [] for no member at all.",
        ),
        (
            "[{881: A}]",
            "RC0201",
            "2:53",
            f"This is not where a secret can come from. Write {REFERENCE_FORMS}.",
        ),
    ],
)
def test_what_can_not_be_a_member(tmp_path: Path, cards: str, code: str, place: str, detail: str) -> None:
    found = load_files(tmp_path, {"a.yaml": people(cards)})[1]
    assert [(each.code, str(each.source), each.detail) for each in found] == [(code, f"a.yaml:{place}", detail)]


def desired(organisation: Organisation) -> Desired:
    return Desired("gate", {"employee": organisation.objects["employee"]})


def resolved(root: Path, cards: str, environment: dict[str, str]) -> tuple[Value, list[tuple[str, str, str]]]:
    """The value of the list, and code, place and detail of each complaint."""
    organisation = loaded(root, {"reconciler.yaml": TABLES, "a.yaml": people(cards), "cards.csv": "key,value\n1, 7 \n"})
    resolver = Resolver(root, organisation.project.secrets, environment)
    after, found = resolve_desired(desired(organisation), resolver)
    assert {each.address for each in found} <= {"gate/employee/1"}
    value = after.objects["employee"]["1"].values["extra_cards"]
    return value, [(each.code, str(each.source), each.detail) for each in found]


def test_resolved_they_are_one_secret(tmp_path: Path) -> None:
    assert resolved(tmp_path, "[9, {env: A}, {table: cards}, {env: B}]", {"A": "8\n", "B": "9"}) == (
        Secret("7,8,9"),
        [],
    )
    assert resolved(tmp_path, "[{env: A}]", {"A": "8"}) == (Secret("8"), [])


def test_a_row_that_is_empty_adds_no_member(tmp_path: Path) -> None:
    reference = SecretReference("list", (), SPAN, (SecretReference("table", ("cards",), SPAN),))
    obj = Object(kind="employee", key="1", values={"extra_cards": reference}, span=SPAN)
    (tmp_path / "cards.csv").write_text("key,value\n1,\n")
    tables = {"cards": SecretReference("file", ("cards.csv",), SPAN)}
    after, found = resolve_desired(Desired("gate", {"employee": {"1": obj}}), Resolver(tmp_path, tables, {}))
    assert (after.objects["employee"]["1"].values, found) == ({"extra_cards": None}, [])


def test_every_member_that_can_not_be_had_is_told(tmp_path: Path) -> None:
    value, found = resolved(tmp_path, "[9, {env: A}, {env: B}, {env: C}]", {"B": "8" * 21, "C": "881,882"})
    assert isinstance(value, SecretReference)
    assert found == [
        ("RC0406", "a.yaml:2:55", "The environment variable A is not set. Set it where this command runs."),
        ("RC0204", "a.yaml:2:65", "The secret for extra_cards has 21 characters, and at most 20 are possible."),
        (
            "RC0206",
            "a.yaml:2:75",
            "The secret for a member of extra_cards has a comma in it. Keep each member as a secret of its own.",
        ),
    ]


@given(st.lists(st.text("0123456789", min_size=1, max_size=3), max_size=6), st.randoms(use_true_random=False))
@hypothesis_settings(max_examples=50, deadline=None, derandomize=True)
def test_neither_order_nor_repeats_count(numbers: list[str], random: object) -> None:
    shuffled = [*numbers, *numbers[:2]]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert joined(shuffled) == joined(numbers)
    assert (joined(numbers) is None) is (not numbers)


def test_an_unresolved_list_is_masked_wherever_a_value_may_show() -> None:
    value = SecretReference("list", (), SPAN, (), Secret("4711"))
    assert "4711" not in f"{value} {value!r} {error('RC0206', str(value))}"
