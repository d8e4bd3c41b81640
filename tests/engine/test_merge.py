"""Several targets as one organisation: what is kept of each object, what is left out, and what is told of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from reconciler.engine.merge import Merging
from reconciler.model.diagnostic import Span
from reconciler.model.fields import Value
from reconciler.model.objects import Listing, Live, Object, Organisation
from reconciler.model.project import Project
from reconciler.model.secret import Secret
from reconciler.report.export import render_resources
from reconciler.systems.base import Binding, Exported
from reconciler.systems.registry import system

NOBODY = Organisation(Project(name="acme", root="/", targets={}), {}, "")
BIOTIME, DEVICE = system("biotime").bindings, system("device").bindings
LEFT_OUT = "It is left out, and so not managed."
STANDS = "What the first of these targets has stands here, and a plan brings it to the others."


def given(objects: Mapping[str, Mapping[str, Value]], **more: Any) -> list[Exported]:
    """What a target has, objects by kind/key."""
    kinds: dict[str, dict[str, Live]] = {}
    for address, values in objects.items():
        kind, key = address.split("/", 1)
        kinds.setdefault(kind, {})[key] = Live(key, key, dict(values))
    return [Exported(Listing(kind, lives), **more) for kind, lives in kinds.items()]


def merged(*targets: tuple[str, Sequence[Exported], Mapping[str, Binding]]) -> Merging:
    merging = Merging(NOBODY)
    for name, found, bindings in targets:
        merging.add(name, found, bindings)
    return merging


def of_two(first: Mapping[str, Value], second: Mapping[str, Value], kind: str = "employee", **more: Any) -> Merging:
    """Two servers that have one object."""
    one, other = given({f"{kind}/7": first}, **more), given({f"{kind}/7": second}, **more)
    return merged(("hq", one, BIOTIME), ("gate", other, BIOTIME))


def seven(merging: Merging) -> tuple[Mapping[str, Value], tuple[str, ...]]:
    """The object's values, and the notes of its kind."""
    (found,) = merging.result()
    return found.listing.objects["7"].values, found.notes


def test_each_gives_what_the_other_does_not():
    values, notes = seven(of_two({"mobile": "1", "gender": "male"}, {"gender": "male", "valid.from": None}))
    assert (values, notes) == ({"mobile": "1", "gender": "male", "valid.from": None}, ())


def test_what_differs_is_left_out_and_told():
    values, notes = seven(of_two({"mobile": "1", "gender": "male"}, {"mobile": "2", "gender": "male"}))
    assert (values, notes) == ({"gender": "male"}, (f"employee 7 (hq, gate): `mobile` differs. {LEFT_OUT}",))


def test_an_empty_value_is_another_one():
    """To take the other one would be to write it."""
    values, notes = seven(of_two({"mobile": None}, {"mobile": "2"}))
    assert (values, len(notes)) == ({}, 1)


def test_a_third_target_does_not_bring_it_back():
    merging = of_two({"mobile": "1"}, {"mobile": "2"})
    merging.add("lobby", given({"employee/7": {"mobile": "1"}}), BIOTIME)
    merging.add("porto", given({"employee/7": {"mobile": "3"}}), BIOTIME)
    assert seven(merging) == ({}, (f"employee 7 (hq, gate, porto): `mobile` differs. {LEFT_OUT}",))


def test_areas_are_united():
    """A terminal's users are the employees of its area, and it knows of its own alone."""
    assert seven(of_two({"areas": ("B",)}, {"areas": ("A", "B")})) == ({"areas": ("A", "B")}, ())


def test_access_levels_are_never_united():
    values, notes = seven(of_two({"access_levels": ("A",)}, {"access_levels": ("A", "B")}))
    assert (values, notes) == ({}, (f"employee 7 (hq, gate): `access_levels` differs. {LEFT_OUT}",))


def test_access_levels_that_one_target_can_not_tell_are_not_taken_from_another():
    untold = {"left_out": {("access_levels", "it is not known"): ("7",)}}
    for first, second in (({}, {"access_levels": ("A",)}), ({"access_levels": ("A",)}, {})):
        merging = merged(
            ("lobby", given({"employee/7": first}, **({} if first else untold)), DEVICE),
            ("yard", given({"employee/7": second}, **({} if second else untold)), DEVICE),
        )
        assert seven(merging) == ({}, (f"employee 7 (lobby, yard): `access_levels` differs. {LEFT_OUT}",))


def test_what_no_target_can_tell_is_told_of_once():
    untold = {"left_out": {("roster", "it is over"): ("7",)}}
    merging = of_two({}, {}, **untold)
    assert seven(merging) == ({}, ())
    assert merging.result()[0].left_out == {("roster", "it is over"): ("7 (hq, gate)",)}


def test_an_empty_list_is_stated_where_every_target_stated_it():
    stated = {"stated": frozenset({"access_levels"})}
    assert seven(of_two({"access_levels": ()}, {"access_levels": ()}, **stated))[0] == {"access_levels": ()}
    merging = merged(
        ("gate", given({"employee/7": {"access_levels": ()}}), system("cvsecurity").bindings),
        ("lobby", given({"employee/7": {"access_levels": ()}}, **stated), DEVICE),
    )
    assert seven(merging) == ({}, ())


def test_of_a_required_field_the_first_stands():
    values, notes = seven(of_two({"department": "10"}, {"department": "20"}))
    assert (values, notes) == ({"department": "10"}, (f"employee 7 (hq, gate): `department` differs. {STANDS}",))
    assert seven(of_two({"name": "HQ"}, {"name": "Head"}, kind="area"))[0] == {"name": "HQ"}


def test_half_a_name_is_never_left():
    values, notes = seven(of_two({"first_name": "Ana", "last_name": "Silva"}, {"first_name": "Eva"}))
    assert values == {"first_name": "Ana", "last_name": "Silva"}
    assert notes == (f"employee 7 (hq, gate): `first_name` differs. {STANDS}",)


def test_another_name_on_a_terminal_is_changed_there():
    server = given({"employee/7": {"first_name": "Ana", "last_name": "Silva", "nickname": None}})
    terminal = given({"employee/7": {"nickname": "Anna S."}})
    values, notes = seven(merged(("hq", server, BIOTIME), ("lobby", terminal, DEVICE)))
    assert values == {"first_name": "Ana", "last_name": "Silva", "nickname": None}
    assert notes == (f"employee 7 (hq, lobby): `nickname` differs. {STANDS}",)


def test_masked_values_are_compared_and_never_shown():
    merging = of_two({"card": Secret("4711")}, {"card": Secret("4712")})
    values, (note,) = seven(merging)
    assert (values, note) == ({"card": Secret("4711")}, f"employee 7 (hq, gate): `card` differs. {LEFT_OUT}")
    assert "471" not in repr(merging.conflicts)
    assert seven(of_two({"card": None}, {"card": Secret("4712")})) == ({"card": Secret("4712")}, ())


def test_a_card_is_a_number_to_a_terminal():
    server = given({"employee/7": {"card": Secret("0012")}})
    merging = merged(("hq", server, BIOTIME), ("lobby", given({"employee/7": {"card": Secret("12")}}), DEVICE))
    merging.add("yard", given({"employee/7": {"card": None}}), DEVICE)
    assert seven(merging) == ({"card": Secret("0012")}, ())


def test_a_value_that_another_target_can_not_have_is_left_out():
    server = given({"employee/7": {"privilege": "enroller"}, "employee/8": {"privilege": "enroller"}})
    merging = merged(("hq", server, BIOTIME), ("lobby", given({"employee/7": {}}), DEVICE))
    (found,) = merging.result()
    assert {key: live.values for key, live in found.listing.objects.items()} == {
        "7": {},
        "8": {"privilege": "enroller"},
    }
    assert found.left_out == {("privilege", "lobby can't have `privilege: enroller`"): ("7",)}


def test_what_can_only_be_read_is_no_disagreement():
    """No plan writes the areas of CVSecurity."""
    gate = given({"area/7": {"name": "Other"}, "area/8": {"name": "Yard"}})
    merging = merged(
        ("hq", given({"area/7": {"name": "Head"}}), BIOTIME), ("gate", gate, system("cvsecurity").bindings)
    )
    (found,) = merging.result()
    assert {key: live.values["name"] for key, live in found.listing.objects.items()} == {"7": "Head", "8": "Yard"}
    assert merging.conflicts == []


def test_who_gave_a_value_first_is_not_who_could_only_read_it():
    gate = given({"area/7": {"name": "Other"}})
    first, second = given({"area/7": {"name": "Head"}}), given({"area/7": {"name": "Yard"}})
    read_only = system("cvsecurity").bindings
    targets = ("hq", given({"area/7": {}}), BIOTIME), ("gate", gate, read_only), ("a", first, BIOTIME)
    [conflict] = merged(*targets, ("b", second, BIOTIME), ("c", second, BIOTIME)).conflicts
    assert (conflict.value, conflict.targets) == ("Head", ("a", "b", "c"))


def test_levels_that_were_made_up_go_with_their_users():
    def terminal(level: str) -> list[Exported]:
        return given({f"access_level/{level}": {"week": ()}, "employee/7": {"access_levels": (level,)}})

    gate = given({"access_level/Office": {"control": "door"}})
    merging = merged(
        ("gate", gate, system("cvsecurity").bindings),
        ("lobby", terminal("Week 1"), DEVICE),
        ("yard", terminal("Week 2"), DEVICE),
    )
    assert {each.listing.kind: list(each.listing.objects) for each in merging.result()} == {
        "access_level": ["Office"],
        "employee": ["7"],
    }


def test_two_shifts_in_one_slot_have_none():
    merging = merged(
        ("lobby", given({"shift/day": {"periods": ("08:00-17:00",), "slot": 1}}), DEVICE),
        ("yard", given({"shift/late": {"periods": ("14:00-22:00",), "slot": 1}}), DEVICE),
    )
    (found,) = merging.result()
    assert [sorted(live.values) for live in found.listing.objects.values()] == [["periods"], ["periods"]]
    assert found.notes == ("shifts day, late: another shift has the same `slot`. It is left out.",)


def test_what_came_first_names_what_comes_next():
    """Later exports take names and codes from there; the project's own stay where no target has told."""
    declared = Object(kind="employee", key="7", values={"roster": ("x",), "mobile": "0"}, span=Span("a.yaml", 1, 1))
    merging = Merging(Organisation(Project(name="acme", root="/", targets={}), {"employee": {"7": declared}}, ""))
    merging.add("hq", given({"employee/7": {"mobile": "1"}, "department/10": {"name": "Ops"}}), BIOTIME)
    objects = merging.organisation.objects
    assert objects["employee"]["7"].values == {"roster": ("x",), "mobile": "1"}
    assert objects["department"]["10"].values == {"name": "Ops"}


def test_ten_thousand_differences_are_one_line():
    def people(number: str) -> list[Exported]:
        return given({f"employee/{key:05}": {"mobile": number} for key in range(10_000)})

    (found,) = merged(("hq", people("1"), BIOTIME), ("gate", people("2"), BIOTIME)).result()
    first = ", ".join(f"{key:05} (hq, gate)" for key in range(5))
    assert found.notes == (f"employees {first} and 9,995 more: `mobile` differs. {LEFT_OUT}",)


def test_a_fleets_notes_are_told_once_and_bounded():
    terminals = [
        (f"t{number:02}", given({"shift/a": {}}, notes=("Same.", f"Own {number}.")), DEVICE) for number in range(50)
    ]
    (found,) = merged(*terminals).result()
    assert found.notes[:2] == ("t00, t01, t02, t03, t04 and 45 more: Same.", "t00: Own 0.")
    assert found.notes[-1] == "There are 11 more notes. The export of a single target has all of its own."
    assert len(found.notes) == 41


def test_the_order_of_keys_and_the_same_input_give_the_same_file():
    def text(*keys: str) -> str:
        first = given({f"employee/{key}": {"department": "1", "areas": ("B", "A")} for key in keys})
        (found,) = merged(("hq", first, BIOTIME), ("gate", first, BIOTIME)).result()
        return render_resources(["hq", "gate"], found.listing, found.notes)

    assert text("1", "2") == text("2", "1")


def test_hostile_names_stay_inside_the_comment():
    key = "x\nemployees: []\x1b[2J\u202e"
    first, second = ({f"employee/{key}": {"department": "1", f"attributes.{key}": value}} for value in "12")
    (found,) = merged(("hq", given(first), BIOTIME), ("gate", given(second), BIOTIME)).result()
    text = render_resources(["hq", "gate"], found.listing, found.notes)
    head, note, *_ = text.replace("\n#   ", " ").splitlines()
    escaped = r"x\nemployees: []\x1b[2J\u202e"
    assert head == "# The employees of hq and gate, as exported."
    assert note == f"# employee {escaped} (hq, gate): `attributes.{escaped}` differs. {LEFT_OUT}"
