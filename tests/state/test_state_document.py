"""The state as bytes."""

import json
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, error
from reconciler.model.digest import value_digest
from reconciler.model.fields import Value
from reconciler.model.secret import Secret
from reconciler.model.state import Entry, State
from reconciler.state.backend import StateError, new_state
from reconciler.state.document import Stamp, decode, encode, read_stamp

WHERE = ".reconciler/state.json"

STATE = State(
    lineage="6f1f",
    serial=3,
    entries={
        "hq/employee/1001": Entry(id=7, digests={"name": "00ff", "department": "12ab"}, protected=True),
        "hq/department/a/b c": Entry(id="x-1", on_remove="forget"),
    },
    pending={
        "hq/employee/9": Entry(protected=True, on_remove="forget"),
        **dict.fromkeys(("hq/area/Tür", "hq/area/A", "hq/area/b", "gate/area/c"), Entry()),
    },
)

DOCUMENT = (
    '{"version":4,"terraform_version":"1.9.0","serial":3,"lineage":"6f1f","outputs":{},"resources":[],'
    '"reconciler":{"format":1,"entries":{'
    '"hq/department/a/b c":{"id":"x-1","on_remove":"forget"},'
    '"hq/employee/1001":{"id":7,"digests":{"department":"12ab","name":"00ff"},"protected":true}},'
    '"pending":{"gate/area/c":{},"hq/area/A":{},"hq/area/Tür":{},"hq/area/b":{},'
    '"hq/employee/9":{"protected":true,"on_remove":"forget"}}}}\n'
).encode()


def changed(**keys: object) -> bytes:
    """The document with top-level keys replaced, or left out for None."""
    document = json.loads(DOCUMENT) | keys
    return json.dumps({key: value for key, value in document.items() if value is not None}).encode()


def refusal(data: bytes) -> Diagnostic:
    """What `decode` says, which `read_stamp` says too."""
    with pytest.raises(StateError) as caught:
        decode(data, WHERE)
    return caught.value.diagnostic


def corrupt(what: str) -> Diagnostic:
    return error(
        "RC0801",
        f".reconciler/state.json can't be read as a state: {what}. Nothing was changed. Restore it from a backup, or "
        "move it away: a lost state file loses no data, objects are adopted again.",
    )


def test_the_document_is_compact_sorted_and_has_the_shape_of_terraforms_state() -> None:
    assert encode(STATE) == DOCUMENT


def test_the_document_gives_the_state_back() -> None:
    assert decode(DOCUMENT, WHERE) == STATE
    assert read_stamp(DOCUMENT, WHERE) == Stamp(lineage="6f1f", serial=3)


part = st.text(min_size=1, max_size=6)
name = part.filter(lambda text: "/" not in text)
address = st.builds(lambda target, kind, key: f"{target}/{kind}/{key}", name, name, part)
entry = st.builds(
    Entry,
    id=st.none() | st.integers() | st.text(max_size=5),
    digests=st.dictionaries(part, part, max_size=3),
    protected=st.booleans(),
    on_remove=st.none() | st.sampled_from(["delete", "resign", "disable", "forget"]),
)
state = st.builds(
    State,
    lineage=part,
    serial=st.integers(min_value=0),
    entries=st.dictionaries(address, entry, max_size=4),
    pending=st.dictionaries(address, entry, max_size=3),
)


@settings(max_examples=50, deadline=None)
@given(state)
def test_every_state_survives_the_round_trip(original: State) -> None:
    assert decode(encode(original), WHERE) == original


@settings(max_examples=30, deadline=None)
@given(state, st.randoms())
def test_equal_states_give_equal_bytes(original: State, random: Random) -> None:
    entries = list(original.entries.items())
    random.shuffle(entries)
    shuffled = State(lineage=original.lineage, serial=original.serial, entries=dict(entries), pending=original.pending)
    assert encode(shuffled) == encode(original)


def test_a_truncated_document_is_never_taken_for_a_state() -> None:
    whole = len(DOCUMENT) - 1  # without the line's end it still is the whole document
    assert {refusal(DOCUMENT[:length]).code for length in range(whole)} == {"RC0801"}


CORRUPT = {
    "empty": (b"", "Input data was truncated"),
    "zeros": (b"\0" * 40, "JSON is malformed: invalid character (byte 0)"),
    "two documents": (DOCUMENT + b"{}", f"JSON is malformed: trailing characters (byte {len(DOCUMENT) + 1})"),
    "no object": (b"[]", "Expected `object`, got `array`"),
    "not UTF-8": (
        DOCUMENT.replace("Tür".encode(), b"T\xff"),
        "'utf-8' codec can't decode byte 0xff in position 9: invalid start byte",
    ),
    "nested too deeply": (
        DOCUMENT.replace(b"{}", b'{"a":' + b"[" * 50_000 + b"]" * 50_000 + b"}"),
        "it is nested too deeply",
    ),
    "somebody else's state": (changed(reconciler=None), "Object missing required field `reconciler`"),
    "no lineage": (changed(lineage=""), "Expected `str` of length >= 1 - at `$.lineage`"),
    "negative serial": (changed(serial=-1), "Expected `int` >= 0 - at `$.serial`"),
    "serial is text": (changed(serial="3"), "Expected `int`, got `str` - at `$.serial`"),
    "older version": (changed(version=3), "there is no version 3, format 1"),
    "older format": (
        changed(reconciler={"format": 0, "entries": {}, "pending": {}}),
        "there is no version 4, format 0",
    ),
    "entry is text": (
        changed(reconciler={"format": 1, "entries": {"hq/area/1": "x"}, "pending": {}}),
        "Expected `object`, got `str` - at `$.reconciler.entries[...]`",
    ),
    "not an address": (
        changed(reconciler={"format": 1, "entries": {"1001": {}}, "pending": {}}),
        "'1001' in it is not an address",
    ),
    "pending is not an address": (
        changed(reconciler={"format": 1, "entries": {}, "pending": {"hq/area/": {}}}),
        "'hq/area/' in it is not an address",
    ),
}


@pytest.mark.parametrize("case", CORRUPT)
def test_what_is_no_state_is_refused_with_the_way_out(case: str) -> None:
    data, what = CORRUPT[case]
    assert refusal(data) == corrupt(what)


NEWER = {
    "version": (changed(version=5), "version 5, format 1"),
    "format": (changed(reconciler={"format": 2, "entries": {}, "pending": {}}), "version 4, format 2"),
    "format of another shape": (changed(reconciler={"format": 2, "objects": []}), "version 4, format 2"),
    "version of another shape": (changed(version=5, serial="3", lineage=None), "version 5, format 1"),
}


@pytest.mark.parametrize("case", NEWER)
def test_a_newer_versions_state_is_refused_as_such(case: str) -> None:
    data, what = NEWER[case]
    expected = error(
        "RC0803",
        f".reconciler/state.json was written by a newer version of Reconciler: it is of {what}, and this program knows "
        "version 4, format 1. Nothing was changed. Update Reconciler here to the version that wrote it.",
    )
    assert refusal(data) == expected
    with pytest.raises(StateError) as caught:
        read_stamp(data, WHERE)
    assert caught.value.diagnostic == expected


def test_unknown_keys_of_a_known_format_are_passed_over() -> None:
    own = {"format": 1, "entries": {"hq/area/1": {"id": 1, "note": "x"}}, "pending": {}, "more": {}}
    assert decode(changed(reconciler=own, check_results=None, extra=[1]), WHERE) == State(
        lineage="6f1f", serial=3, entries={"hq/area/1": Entry(id=1)}
    )


def test_the_document_holds_no_value_of_any_field() -> None:
    values: dict[str, Value] = {
        "first_name": "Ana",
        "birthday": "1990-01-31",
        "card": Secret("90017342"),
        "mobile": "+351 912 345",
    }
    address = Address("hq", "employee", "1001")
    digests = {path: value_digest(b"k" * 32, address, path, value) for path, value in values.items()}
    text = encode(State(lineage="l", entries={str(address): Entry(id=7, digests=digests)})).decode()
    assert [value for value in ("Ana", "1990", "01-31", "90017342", "912", "351") if value in text] == []
    assert all(digest in text for digest in digests.values())


def test_a_new_state_is_empty_and_has_a_lineage_of_its_own() -> None:
    first, second = new_state(), new_state()
    assert first == State(lineage=first.lineage, serial=0)
    assert first.lineage != second.lineage
