"""Every field on every server: created with a value, changed to another, cleared; what was written is what is read."""

import pytest
from biotime_helpers import SYSTEM_OF, create, delete, listed, live, serving, update, values_of, writing

from reconciler.model.kinds import KINDS
from reconciler.model.outcome import Status
from reconciler.model.secret import Secret
from reconciler.systems.biotime import SYSTEMS

SEED = {
    "departments": [{"code": "A", "name": "A"}, {"code": "B", "name": "B"}],
    "areas": [{"code": "A", "name": "A"}, {"code": "B", "name": "B"}],
    "positions": [{"code": "A", "name": "A"}, {"code": "B", "name": "B"}],
}

VALUES = {
    "department": ("A", "B"),
    "position": ("A", "B"),
    "areas": (("A", "B"), ("B",)),
    "card": (Secret("0047"), Secret("0048")),
    "device_password": (Secret("0815"), Secret("4711")),
    "privilege": ("admin", "enroller"),
    "verify_mode": ("card+face", "device"),
    "hire_date": ("2024-02-29", "1999-12-31"),
    "birthday": ("1990-01-01", "1991-01-01"),
    "gender": ("female", "male"),
    "email": ("ana@acme.example", "a.silva@acme.example"),
    "employment_type": ("probation", "official"),
    "attendance.enabled": (False, True),
    "attendance.overtime": (True, False),
    "attendance.holidays": (False, True),
    "app.enabled": (True, False),
    "app.role": ("administrator", "employee"),
}

PATHS = [
    path for path in SYSTEMS["biotime"].bindings["employee"].lengths if not path.startswith(("resigned", "attributes"))
]


def two(path):
    return VALUES.get(path, (f"Ö {path[:8]}", f"017 {path[:6]}"))


def done(writer, change):
    (outcome,) = writer.write([change])
    assert outcome.status is Status.DONE, outcome.diagnostic
    return outcome


def base(number):
    """What every server wants of an employee."""
    return {"department": "A", "areas": ("A",), "first_name": f"Ana {number}"}


@pytest.mark.parametrize("profile", SYSTEM_OF)
def test_fields_of_employees(profile):
    fixed = SYSTEMS[SYSTEM_OF[profile]].bindings["employee"].fixed
    clearable = [path for path in PATHS if path not in fixed and (profile, path) != ("utimemaster-9.0", "first_name")]
    with serving(profile) as (server, where):
        server.seed(SEED)
        with writing(where) as writer:
            created = {path: {**base(index), path: two(path)[0]} for index, path in enumerate(PATHS)}
            for path, values in created.items():
                done(writer, create("employee", path[:20], values))
            people = listed(where, "employee", *PATHS).objects
            assert {path: {one: people[path[:20]].values[one] for one in created[path]} for path in PATHS} == created

            for path in PATHS:
                done(writer, update("employee", people[path[:20]], {path: two(path)[1]}))
            people = listed(where, "employee", *PATHS).objects
            assert {path: people[path[:20]].values[path] for path in PATHS} == {path: two(path)[1] for path in PATHS}

            for path in clearable:
                done(writer, update("employee", people[path[:20]], {path: None}))
            people = listed(where, "employee", *PATHS).objects
            assert {path: people[path[:20]].values[path] for path in clearable} == dict.fromkeys(clearable)

            for person in people.values():
                done(writer, delete("employee", person))
        assert values_of(where, "employee") == {}
    assert server.errors == []


@pytest.mark.parametrize("kind", ["department", "area", "position"])
@pytest.mark.parametrize("profile", SYSTEM_OF)
def test_fields_of_units(profile, kind):
    with serving(profile) as (_, where):
        with writing(where) as writer:
            done(writer, create(kind, "Ä 1", {"name": "One", "parent": None}))
            done(writer, create(kind, "2", {"name": "Two", "parent": "Ä 1"}))
            assert values_of(where, kind, "name", "parent") == {
                "Ä 1": {"name": "One", "parent": None},
                "2": {"name": "Two", "parent": "Ä 1"},
            }
            done(writer, update(kind, live(where, kind, "2", "name", "parent"), {"parent": None}))
            done(writer, update(kind, live(where, kind, "Ä 1", "name", "parent"), {"name": "Uno", "parent": "2"}))
            assert values_of(where, kind, "name", "parent") == {
                "Ä 1": {"name": "Uno", "parent": "2"},
                "2": {"name": "Two", "parent": None},
            }
            done(writer, delete(kind, live(where, kind, "Ä 1")))
            done(writer, delete(kind, live(where, kind, "2")))
        assert values_of(where, kind) == {}


@pytest.mark.parametrize("profile", SYSTEM_OF)
def test_creating_many_is_one_call_each(profile):
    with serving(profile) as (server, where):
        server.seed(SEED)
        with writing(where) as writer:
            server.journal.clear()
            for number in range(20):
                done(writer, create("position", f"P{number}", {"name": f"P{number}"}))
            for number in range(20):
                done(writer, create("employee", str(number), {**base(number), "position": f"P{number}"}))
    assert server.calls("POST", "/personnel/*") == 40
    assert server.calls() <= 40 + 3  # the login, a company to find out, positions whose ids were not told


def test_all_fields_of_the_language_are_tried():
    assert set(PATHS) | {"attributes"} | {
        path for path in KINDS["employee"].paths() if path.startswith("resigned.")
    } == set(SYSTEMS["biotime"].bindings["employee"].lengths)


def test_custom_attributes():
    with serving(attributes=("Global ID", "CNIC")) as (server, where):
        server.seed(SEED)
        paths = ("attributes.CNIC", "attributes.Global ID")
        with writing(where) as writer:
            done(writer, create("employee", "1", {**base(1), "attributes.Global ID": "0077"}))
            person = live(where, "employee", "1", *paths)
            assert person.values == {"attributes.CNIC": None, "attributes.Global ID": "0077"}
            done(writer, update("employee", person, {"attributes.Global ID": None, "attributes.CNIC": "x"}))
        assert live(where, "employee", "1", *paths).values == {"attributes.CNIC": "x", "attributes.Global ID": None}
