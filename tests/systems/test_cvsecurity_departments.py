"""Writing departments: what each call has to say, and names that are unique on the whole server."""

import msgspec
import pytest
from cvsecurity_reading import serving
from cvsecurity_writing import DONE, PEOPLE, create, delete, told, update, writer_of, writes

from reconciler.model.outcome import Status
from reconciler.model.plan import FieldChange

EDITIONS = ("cvsecurity-1.0", "cvsecurity-1.2")
SITE = {
    "departments": [
        {"code": "A", "name": "Alpha"},
        {"code": "B", "name": "Beta", "parent": "A"},
        {"code": "C", "name": "Gamma"},
    ],
    "persons": [{"pin": "1", "department": "C"}],
}
ALPHA = {"name": "Alpha", "parent": "1"}
BETA = {"name": "Beta", "parent": "A"}


@pytest.fixture(params=EDITIONS)
def site(request):
    with serving(request.param) as (server, where):
        server.seed(SITE)
        yield server, where


def kept(server) -> dict[str, tuple[object, object]]:
    """Name and parent by code."""
    return {row["code"]: (row["name"], row.get("parentCode")) for row in server.rows("departments")}


def test_departments_are_made_below_their_parent(site):
    server, where = site
    with writer_of(where) as writer:
        assert told(writer.write([create("department", "D", name="Delta", parent="B")])) == [DONE]
        assert told(writer.write([create("department", "E", name="Epsilon")])) == [DONE]
    assert kept(server)["D"] == ("Delta", "B")
    assert kept(server)["E"] == ("Epsilon", "1")


@pytest.mark.parametrize("parent_omitted", ["kept", "root"])
def test_an_update_of_the_name_keeps_the_parent_and_the_other_way_round(parent_omitted):
    with serving(parent_omitted=parent_omitted) as (server, where):
        server.seed(SITE)
        with writer_of(where) as writer:
            assert told(writer.write([update("department", "B", {"name": "Beta"}, name="Bravo")])) == [DONE]
            assert kept(server)["B"] == ("Bravo", "A")
            assert told(writer.write([update("department", "B", {"parent": "A"}, parent="C")])) == [DONE]
            assert kept(server)["B"][1] == "C"


def test_the_root_can_be_renamed_and_has_no_parent(site):
    server, where = site
    with writer_of(where) as writer:
        assert told(writer.write([update("department", "1", {"name": "Department Name"}, name="Acme")])) == [DONE]
    assert kept(server)["1"] == ("Acme", None)


def released(change):
    """The step in which a change gives up its name, as the engine makes it."""
    fields = (FieldChange("name", change.before["name"], None),)
    return msgspec.structs.replace(change, fields=fields, after={**change.before, "name": None})


def test_two_names_are_exchanged_by_a_passing_one(site):
    server, where = site
    first = update("department", "A", ALPHA, name="Beta")
    second = update("department", "B", BETA, name="Alpha")
    with writer_of(where) as writer:
        assert told(writer.write([released(first)])) == [DONE]
        passing, parent = kept(server)["A"]
        assert (passing.startswith("A "), len(passing), parent) == (True, 10, "1")
        assert told([*writer.write([second]), *writer.write([first])]) == [DONE, DONE]
    assert {code: kept(server)[code] for code in "AB"} == {"A": ("Beta", "1"), "B": ("Alpha", "A")}


def test_nothing_else_writes_an_empty_name(site):
    server, where = site
    with writer_of(where) as writer:
        server.journal.clear()
        (outcome,) = writer.write([update("department", "X", {}, parent="A")])
        assert told([outcome]) == [
            (Status.FAILED, "RC0601", "`name` is not known, and the server wants it with every change. Add it.")
        ]
        assert writes(server) == []


@pytest.mark.parametrize("deletes", ["both", "delete", "post"])
@pytest.mark.parametrize("missing_route", ["status", "code"])
@pytest.mark.parametrize("edition", EDITIONS)
def test_departments_are_deleted_however_the_server_wants_it(edition, deletes, missing_route):
    with serving(edition, deletes=deletes, missing_route=missing_route) as (server, where):
        server.seed(SITE)
        with writer_of(where) as writer:
            assert told(writer.write([delete("department", "B")])) == [DONE]
            assert told(writer.write([delete("department", "A")])) == [DONE]
            assert told(writer.write([delete("department", "A")])) == [DONE]  # somebody was first
        assert sorted(kept(server)) == ["1", "C"]


REFUSALS = [
    (
        create("department", "D", name="Alpha"),
        "The target refused to create the department with the code -12 (`name`). Another department",
    ),
    (
        create("department", "D", name="Delta", parent="NO"),
        "The target refused to create the department with the code -13 (`parent`). There is no department",
    ),
    (
        update("department", "A", ALPHA, parent="B"),
        "The target refused to change the department with the code -14 (`parent`). The department can't be below",
    ),
    *(
        (
            delete("department", code),
            "The target refused to delete the department with the code -15. The department can't",
        )
        for code in ("C", "A", "1")  # with people, with departments, the root
    ),
]


@pytest.mark.parametrize(("change", "detail"), REFUSALS)
def test_a_refusal_names_the_object_the_field_and_the_way_out(site, change, detail):
    server, where = site
    before = kept(server)
    with writer_of(where) as writer:
        (outcome,) = writer.write([change])
    found = outcome.diagnostic
    assert (outcome.status, found.code, found.address, found.source) == (
        Status.FAILED, "RC0701", str(change.address), PEOPLE,
    )  # fmt: skip
    assert found.detail.startswith(detail)
    assert kept(server) == before


def test_a_code_that_means_something_in_a_path_deletes_nothing_else():
    with serving("cvsecurity-1.0") as (server, where):
        server.seed({"departments": [{"code": "C", "name": "Gamma"}, {"code": "C;x", "name": "Delta"}]})
        with writer_of(where) as writer:
            (outcome,) = writer.write([delete("department", "C;x")])
        assert (outcome.status, outcome.diagnostic.code) == (Status.FAILED, "RC0601")
        assert sorted(kept(server)) == ["1", "C", "C;x"]
