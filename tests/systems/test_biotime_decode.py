"""Rows of the manuals, and of what servers really send, in the words of the files."""

import json
from pathlib import Path

import pytest
from biotime_helpers import page
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.model.kinds import KINDS
from reconciler.model.secret import Secret
from reconciler.systems.biotime import SYSTEMS, codecs
from reconciler.systems.biotime.decode import Decoder
from reconciler.systems.biotime.encode import encode
from reconciler.systems.biotime.wire import COLLECTIONS, RESIGNS
from reconciler.transport.failure import Failure, Sent

CASES = json.loads((Path(__file__).parent / "fixtures" / "biotime-rows.json").read_text("utf-8"))


def decoded(kind, row, codes=None, paths=None):
    decoder = Decoder(COLLECTIONS[kind], KINDS[kind].paths() if paths is None else paths)
    decoder.take([row])
    known = {each: {int(number): code for number, code in members.items()} for each, members in (codes or {}).items()}
    decoder.resolve(lambda kind: known[kind])
    (rows,) = decoder.rows.values()
    return rows[0]


@pytest.mark.parametrize("case", CASES, ids=[case["source"] for case in CASES])
def test_row(case):
    live = decoded(case["kind"], case["row"], case.get("codes"))
    expected = {path: tuple(value) if isinstance(value, list) else value for path, value in case["values"].items()}
    assert (live.key, live.id, live.builtin, live.values) == (case["key"], case["row"]["id"], case["builtin"], expected)


def test_only_the_wanted_paths_are_kept():
    row = CASES[0]["row"]
    assert decoded("employee", row, paths=("last_name", "areas")).values == {
        "last_name": "emp1_last_name",
        "areas": ("1",),
    }


def test_masked_values_are_secrets():
    row = {"id": 1, "emp_code": "1", "card_no": " 4711 ", "device_password": 815}
    values = decoded("employee", row).values
    assert values == {"card": Secret("4711"), "device_password": Secret("815")}
    assert "4711" not in repr(values)


def test_all_custom_attributes_are_the_members_with_a_label():
    row = {"id": 1, "emp_code": "1", "update_time": "x", "fp_count": 2, "vl_face": "-", "attemployee": {"id": 1}}
    labels = {"Global ID": 77, "CNIC": "", "Größe": " L ", "工号": True, "No. 1": None, " Blank": "x", "": "y"}
    assert decoded("employee", row | labels, paths=("attributes", "first_name")).values == {
        "attributes.CNIC": None,
        "attributes.Global ID": "77",
        "attributes.Größe": "L",
        "attributes.No. 1": None,
        "attributes.工号": "true",
    }


def test_custom_attributes_stand_under_their_label():
    row = {"id": 1, "emp_code": "1", "Global ID": 77, "CNIC": "", "Passport": True}
    paths = ("attributes.Global ID", "attributes.CNIC", "attributes.Passport", "attributes.Shoe size")
    assert decoded("employee", row, paths=paths).values == {
        "attributes.CNIC": None,
        "attributes.Global ID": "77",
        "attributes.Passport": "true",
    }


@pytest.mark.parametrize("label", ["self_password", "emp_code", "first_name", "department", "id", "company", "photo"])
def test_no_attribute_can_be_called_like_a_field(label):
    path = f"attributes.{label}"
    assert decoded("employee", {"id": 1, "emp_code": "1", label: "pbkdf2_sha256$36000$x"}, paths=(path,)).values == {}
    with pytest.raises(Failure) as caught:
        encode(COLLECTIONS["employee"], {path: "x"}, lambda kind, code: 0)
    assert (caught.value.code, caught.value.sent) == ("RC0601", Sent.NOT_SENT)


def test_an_object_without_code_has_its_id_for_a_key():
    assert decoded("department", {"id": 31, "dept_code": " ", "dept_name": "x"}).key == "#31"


def test_bare_parents_are_found_on_a_later_page():
    decoder = Decoder(COLLECTIONS["department"], ("parent",))
    decoder.take([{"id": 2, "dept_code": "B", "parent_dept": 3}])
    decoder.take([{"id": 3, "dept_code": "C", "parent_dept": None}])
    decoder.resolve(lambda kind: pytest.fail("the collection itself has its codes"))
    assert [(live.key, live.values["parent"]) for live in decoder.rows[None]] == [("B", "C"), ("C", None)]


def test_other_collections_are_asked_only_when_a_bare_id_was_seen():
    nested = {
        "id": 1,
        "emp_code": "1",
        "department": {"id": 3, "dept_code": "C"},
        "area": [{"id": 2, "area_code": "A"}],
    }
    decoder = Decoder(COLLECTIONS["employee"], ("department", "areas"))
    decoder.take([nested])
    decoder.resolve(lambda kind: pytest.fail(f"{kind} was asked for"))
    assert decoder.rows[None][0].values == {"department": "C", "areas": ("A",)}


def test_equal_sets_and_codes_are_one_object_in_memory():
    row = {"emp_code": "1", "department": {"id": 3, "dept_code": "C-3"}, "area": [{"id": 2, "area_code": "A-2"}]}
    decoder = Decoder(COLLECTIONS["employee"], ("department", "areas"))
    for number in (1, 2):
        decoder.take(json.loads(json.dumps(page({"id": number, **row})["data"])))
    first, second = decoder.rows[None]
    assert first.values["areas"] is second.values["areas"]
    assert first.values["department"] is second.values["department"]


VALUES = {
    "gender": ["female", "male"],
    "privilege": ["user", "enroller", "manager", "admin"],
    "verify_mode": list(codecs.VERIFY_MODES),
    "employment_type": ["official", "temporary", "probation"],
    "app.role": ["employee", "administrator"],
    "resigned.type": ["quit", "dismissed", "resigned", "transferred", "unpaid_leave"],
    "app.enabled": [True, False],
    "attendance.enabled": [True, False],
    "resigned.block_attendance": [True, False],
    "hire_date": ["2024-02-29"],
    "card": [Secret("0099")],
    "device_password": [Secret("815")],
}


@pytest.mark.parametrize("collection", [COLLECTIONS["employee"], RESIGNS], ids=["employee", "resigned"])
def test_every_word_of_the_language_comes_back(collection):
    for column in collection.columns:
        for value in [*VALUES.get(column.path, ["text"]), None]:
            sent = column.codec.encode(value)
            received = sent.reveal() if isinstance(sent, Secret) else sent
            assert column.codec.decode(received) == value, column.path


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("any", 0), ("finger", 1), ("id", 2), ("password", 3), ("card", 4), ("finger+id", 8), ("finger+password", 9),
        ("card+finger", 10), ("card+password", 11), ("card+finger+password", 12), ("finger+id+password", 13),
        ("face", 15), ("face+finger", 16), ("face+password", 17), ("card+face", 18), ("face+finger+password", 20),
        ("device", -1),
    ],
)  # fmt: skip
def test_verify_modes(words, number):
    assert codecs.VERIFY_MODE.encode(words) == number
    assert codecs.VERIFY_MODE.decode(str(number)) == words


@pytest.mark.parametrize("number", [5, 6, 7, 14, 19, *range(21, 30)])
def test_a_verify_mode_without_words_is_its_number(number):
    shown = codecs.VERIFY_MODE.decode(number)
    assert shown == str(number)
    assert shown not in SYSTEMS["biotime"].bindings["employee"].choices["verify_mode"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1, True),
        (0, False),
        ("1", True),
        ("0", False),
        (True, True),
        ("False", False),
        (None, None),
        ("", None),
        (7, "7"),
    ],
)
def test_booleans(value, expected):
    assert codecs.BOOLEAN.decode(value) == expected
    assert type(codecs.BOOLEAN.decode(value)) is type(expected)


def test_the_app_takes_numbers_for_booleans():
    body = encode(COLLECTIONS["employee"], {"app.enabled": True, "app.role": "administrator"}, lambda kind, code: 0)
    assert [(type(value), value) for value in body.values()] == [(int, 1), (int, 2)]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_no_row_makes_decoding_fail(data):
    kind = data.draw(st.sampled_from(sorted(COLLECTIONS)))
    collection = COLLECTIONS[kind]
    names = [collection.code, "company", "is_default", "attemployee"]
    names += [each.wire for each in collection.columns] + [each.wire for each in collection.references]
    row = {**data.draw(st.dictionaries(st.sampled_from(names), json_values)), "id": 5}
    live = decoded(kind, row, {"department": {}, "area": {}, "position": {}})
    assert all(
        value is None or isinstance(value, (str, bool, Secret)) or all(isinstance(each, str) for each in value)
        for value in live.values.values()
    )


@settings(max_examples=50, deadline=None)
@given(st.text())
def test_text_is_canonical(written):
    once = codecs.text(written)
    assert codecs.text(once) == once
    assert once is None or (once == once.strip() and once)


def test_the_bindings_hold_only_paths_of_the_language():
    for system in SYSTEMS.values():
        for kind, binding in system.bindings.items():
            known = KINDS[kind].paths()
            assert set(binding.lengths) <= set(known)
            assert binding.create | binding.fixed | binding.unique | set(binding.choices) <= set(binding.lengths)


def test_the_bindings_of_areas_are_tighter_than_the_language():
    binding = SYSTEMS["utimemaster"].bindings["area"]
    assert (binding.key_length, binding.lengths) == (30, {"name": 30, "parent": None})
