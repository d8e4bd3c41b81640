"""People, departments and shifts on terminals: every field created, changed and cleared by itself; what is enrolled at
the terminal stays whatever happens to the rest."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from conformance import summary
from conformance_devices import (
    BODY,
    GATE,
    LOBBY,
    body,
    change_user,
    employee,
    enrol,
    roster,
    site,
    week,
    whole,
)

from reconciler.model.kinds import KINDS
from reconciler.systems.registry import system

NOTHING = msgspec.UNSET

Field = tuple[str, Any, Any, Any]
"""The path that a plan names, two values, and what clears it."""

FIELDS: dict[str, Field] = {
    "first_name": ("nickname", "Ana", "Bea", None),
    "last_name": ("nickname", "Silva", "O'Neil 李", None),
    "nickname": ("nickname", "Ani", "Bibi", None),
    "department": ("department", "OPS", "RND", NOTHING),
    "access_levels": ("access", ["Office hours", "Saturdays"], ["Guards"], []),
    "card": ("card", "0012", "0034", None),
    "device_password": ("device_password", {"env": "SECRET_1111"}, {"env": "SECRET_2222"}, None),
    "privilege": ("privilege", "manager", "admin", NOTHING),
    "valid.from": ("valid.from", "2026-01-05", "2026-02-01T08:30:00", None),
    "valid.until": ("valid.until", "2026-12-31", "2027-01-31T17:00:00", None),
    "roster": (
        "roster",
        {"from": "2026-01-05", "cycle": ["day", "night", "holiday"]},
        {"from": "2026-12-28", "cycle": ["trip"]},
        NOTHING,
    ),
}


def test_every_field_has_its_case() -> None:
    made_of = {"nickname": {"first_name", "last_name", "nickname"}, "access": {"access_levels"}}
    held = system("device").bindings["employee"].lengths
    assert FIELDS.keys() == {source for path in held for source in made_of.get(path, {path})}
    assert held.keys() <= KINDS["employee"].paths().keys()


def test_each_field_of_a_user_is_written_changed_and_cleared_by_itself(tmp_path: Path) -> None:
    with site(tmp_path) as here:
        terminal = here.install()
        for name, (_, first, _, _) in FIELDS.items():
            here.objects["employee", name] = employee(**{name: first})
        here.objects["employee", "second"] = employee(department="RND")  # so that both departments are there
        here.settle()
        assert here.plan().document["summary"] == summary(unchanged=len(FIELDS) + 1 + 2 + 2)
        for name in FIELDS:
            enrol(terminal, name)

        for name, (_, _, second, _) in FIELDS.items():
            here.objects["employee", name][name] = second
        expected = {f"{LOBBY}/employee/{name}": ("update", [path]) for name, (path, _, _, _) in FIELDS.items()}
        assert here.settle().steps == expected

        cleared = {name: (path, empty) for name, (path, _, _, empty) in FIELDS.items() if empty is not NOTHING}
        for name, (_, empty) in cleared.items():
            here.objects["employee", name][name] = empty
        expected = {f"{LOBBY}/employee/{name}": ("update", [path]) for name, (path, _) in cleared.items()}
        assert here.settle().steps == expected
        assert {name: body(terminal, name) for name in FIELDS} == dict.fromkeys(FIELDS, BODY)


@pytest.mark.parametrize("there", ["12", "0012", "00000012"])
def test_a_card_is_a_number_whose_leading_zeros_mean_nothing(tmp_path: Path, there: str) -> None:
    with site(tmp_path) as here:
        terminal = here.install()
        here.objects["employee", "007"] = employee(card="0012")
        here.settle()
        assert terminal.unit.state.users["007"].card == "12"
        change_user(terminal, "007", card=there)
        assert here.plan().steps == {}


def test_a_user_is_exactly_what_the_files_say(tmp_path: Path) -> None:
    with site(tmp_path) as here:
        terminal = here.install()
        here.objects["employee", "007"] = whole()
        here.settle()
        user = terminal.unit.state.users["007"]
        assert (user.name, user.depart, user.privilege, user.password, user.card) == (
            "Ana Silva",
            "Operations",
            "manager",
            "4711",
            "1234567",
        )
        assert user.access is not None
        assert user.roster is not None
        assert (user.access.use, user.access.start, user.access.end) == (
            True,
            "2026-01-05T00:00:00",
            "2026-12-31T23:59:59",
        )
        assert week(terminal, "007") == [[], *[["08:00-17:59"]] * 5, []]
        day, night = [["09:00-12:00", "13:00-18:00"], ["00:00-06:00", "22:00-23:59"]]
        assert (user.roster.start, roster(terminal, user.roster.shifts)) == (
            "2026-01-05T00:00:00",
            [[day, night, 100][number % 3] for number in range(100)],
        )


NIGHTS = ["00:00-05:59", "22:00-23:59"]
OPEN: dict[str, tuple[list[str], list[list[str]]]] = {
    "two": (["Office hours", "Saturdays"], [[], *[["08:00-17:59"]] * 5, ["09:00-11:59", "13:00-14:59"]]),
    "over midnight": (["Guards"], [NIGHTS, ["00:00-05:59"], [], [], [], ["22:00-23:59"], NIGHTS]),  # Sunday to Monday
    "overlap": (["Office hours", "Long"], [[], *[["07:00-17:59"]] * 5, []]),
    "always": (["Sundays", "Always"], [["00:00-23:59"]] * 7),
    "Sunday": (["Sundays"], [["10:00-11:59"], [], [], [], [], [], []]),
    "none": ([], [[]] * 7),
}
"""Access levels, and when they open, Sunday first."""


def test_a_person_with_several_levels_may_pass_whenever_one_is_open(tmp_path: Path) -> None:
    with site(tmp_path) as here:
        terminal = here.install()
        here.objects |= {
            ("access_level", "Long"): {"week": {"mon-fri": "07:00-09:00"}},
            ("access_level", "Always"): {"week": {"daily": "00:00-24:00"}},
            ("access_level", "Sundays"): {"week": {"sun": "10:00-12:00"}},
        }
        here.objects |= {("employee", key): employee(access_levels=each) for key, (each, _) in OPEN.items()}
        here.settle()
        assert {key: week(terminal, key) for key in OPEN} == {key: expected for key, (_, expected) in OPEN.items()}


def levels(number: int) -> dict[tuple[str, str], dict[str, Any]]:
    return {("access_level", f"L{each}"): {"week": {"mon": f"{each:02}:00-23:00"}} for each in range(number)}


def test_one_level_more_or_less_renumbers_nobody(tmp_path: Path) -> None:
    with site(tmp_path) as here:
        terminal = here.install()
        here.objects |= levels(6)
        for each in range(6):
            here.objects["employee", f"E{each}"] = employee(access_levels=[f"L{each}"])
        here.settle()
        before = {key: user.access for key, user in terminal.unit.state.users.items()}

        here.terminals.record.clear()
        here.objects["access_level", "A new one"] = {"week": {"mon": "05:00-06:00"}}
        here.objects["employee", "E3"]["access_levels"] = ["A new one"]
        assert here.settle().steps == {f"{LOBBY}/employee/E3": ("update", ["access"])}
        assert [each["id"] for each in here.payloads("SetAcUserInfo")] == ["E3"]

        here.terminals.record.clear()
        del here.objects["access_level", "L1"]
        del here.objects["employee", "E1"]
        here.settle()
        assert here.payloads("SetAcUserInfo") == []
        kept = {key: user.access for key, user in terminal.unit.state.users.items()}
        assert {key: access for key, access in kept.items() if key != "E3"} == {
            key: access for key, access in before.items() if key not in {"E1", "E3"}
        }


def test_one_level_that_changes_is_written_for_those_who_have_it(tmp_path: Path) -> None:
    with site(tmp_path) as here:
        terminal = here.install()
        here.objects |= levels(3)
        for each in range(3):
            here.objects["employee", f"E{each}"] = employee(access_levels=[f"L{each}"])
        here.settle()
        here.terminals.record.clear()
        here.objects["access_level", "L1"]["week"] = {"mon": "03:00-04:00", "sun": "03:00-04:00"}
        assert here.settle().steps == {f"{LOBBY}/employee/E1": ("update", ["access"])}
        assert [each["id"] for each in here.payloads("SetAcUserInfo")] == ["E1"]
        assert week(terminal, "E1") == [["03:00-03:59"], ["03:00-03:59"], [], [], [], [], []]


def test_departments_have_the_week_of_their_roster(tmp_path: Path) -> None:
    with site(tmp_path) as here:
        terminal = here.install()
        here.objects["employee", "1"] = employee()
        here.objects["employee", "2"] = employee(department="RND")
        here.settle()

        def weeks() -> dict[str, list[list[str] | int]]:
            return {each.name: roster(terminal, each.shift) for each in terminal.unit.state.departments}

        day, night = [["09:00-12:00", "13:00-18:00"], ["00:00-06:00", "22:00-23:59"]]
        company = weeks()["Company"]
        assert weeks() == {
            "Company": company,
            "Operations": [100, day, day, day, day, day, 100],
            "Research": [25, day, day, day, day, night, 25],
        }
        here.objects["department", "OPS"]["roster"] = {"mon-sat": "night", "sun": "trip"}
        assert here.settle().steps == {f"{LOBBY}/department/Operations": ("update", ["roster"])}
        assert weeks()["Operations"] == [24, *[night] * 6]
        here.objects["employee", "2"]["department"] = "OPS"
        assert here.settle().steps == {
            f"{LOBBY}/employee/2": ("update", ["department"]),
            f"{LOBBY}/department/Research": ("delete", []),
        }
        assert weeks().keys() == {"Company", "Operations"}


def test_shifts_change_in_their_slot_and_leave_it_empty(tmp_path: Path) -> None:
    with site(tmp_path) as here:
        terminal = here.install()
        here.objects["shift", "late"] = {"periods": ["14:00-22:00"]}
        here.objects["employee", "1"] = employee(roster={"from": "2026-01-05", "cycle": ["night", "day"]})
        here.settle()
        slots = roster(terminal, range(24))
        day, late, night = ["09:00-12:00", "13:00-18:00"], ["14:00-22:00"], ["00:00-06:00", "22:00-23:59"]
        assert slots[:5] == [[], day, late, night, []]  # number 0 is in the week of the built-in department

        here.terminals.record.clear()
        here.objects["shift", "night"]["periods"] = ["21:00-23:00"]
        here.objects["shift", "another"] = {"periods": ["01:00-02:00"]}
        del here.objects["shift", "late"]
        assert here.settle().steps == {
            f"{LOBBY}/shift/another": ("create", []),
            f"{LOBBY}/shift/late": ("delete", []),
            f"{LOBBY}/shift/night": ("update", ["periods"]),
        }
        assert roster(terminal, range(24))[:5] == [[], day, [], ["21:00-23:00"], ["01:00-02:00"]]
        assert (here.payloads("SetUserShift"), here.payloads("SetDept")) == ([], [])

        here.objects["shift", "another"]["slot"] = 20
        assert here.settle().steps == {f"{LOBBY}/shift/another": ("update", ["slot"])}
        assert roster(terminal, range(24))[20] == ["01:00-02:00"]
        assert roster(terminal, range(24))[4] == []


def test_who_moves_between_areas_leaves_one_terminal_and_appears_on_the_other(tmp_path: Path) -> None:
    with site(tmp_path) as here:
        lobby, gate = here.install(LOBBY), here.install(GATE, "LAB")
        here.objects["employee", "007"] = whole()
        here.objects["employee", "8"] = employee(areas=["HQ", "LAB"], department="RND")
        here.settle()
        assert [sorted(each.unit.state.users) for each in (lobby, gate)] == [["007", "8"], ["8"]]
        was = lobby.unit.state.users["007"]

        here.objects["employee", "007"]["areas"] = ["LAB"]
        assert here.settle().steps == {
            f"{LOBBY}/employee/007": ("delete", []),
            f"{LOBBY}/department/Operations": ("delete", []),
            f"{GATE}/department/Operations": ("create", []),
            f"{GATE}/employee/007": ("create", []),
        }
        assert [sorted(each.unit.state.users) for each in (lobby, gate)] == [["8"], ["007", "8"]]
        assert gate.unit.state.users["007"] == was

        here.objects["employee", "8"]["areas"] = []  # the lobby's last one, which asks for consent
        assert (here.plan().status, here.plan().codes) == (3, ["RC0603", "RC0603"])
        here.settle("--allow-deletes", "4")
        assert [sorted(each.unit.state.users) for each in (lobby, gate)] == [[], ["007"]]


def test_an_update_names_what_changes_and_nothing_else(tmp_path: Path) -> None:
    with site(tmp_path) as here:
        terminal = here.install()
        here.objects["employee", "007"] = whole()
        here.settle()
        enrol(terminal, "007")
        change_user(terminal, "007", card="666")
        here.terminals.record.clear()
        assert here.settle().steps == {f"{LOBBY}/employee/007": ("update", ["card"])}
        assert here.payloads("SetUserInfo") == [{"id": "007", "card": "1234567"}]
        assert (here.payloads("SetAcUserInfo"), here.payloads("SetUserShift")) == ([], [])
        assert body(terminal, "007") == BODY


@pytest.mark.parametrize("more", [{}, {"privilege": "admin", "card": None}], ids=["key", "key and values"])
def test_a_renamed_user_takes_along_what_is_enrolled(more: dict[str, Any], tmp_path: Path) -> None:
    with site(tmp_path) as here:
        terminal = here.install()
        here.objects["employee", "007"] = whole()
        here.settle()
        enrol(terminal, "007")
        was = terminal.unit.state.users["007"]

        here.objects["employee", "8"] = {**here.objects.pop(("employee", "007")), "was": "007", **more}
        assert here.settle().steps == {f"{LOBBY}/employee/8": ("update", sorted(more))}
        renamed = terminal.unit.state.users
        assert renamed.keys() == {"8"}
        written = {"privilege": "admin", "card": ""} if more else {}
        assert renamed["8"] == msgspec.structs.replace(was, **written)


def test_users_exchange_their_cards_in_one_apply(tmp_path: Path) -> None:
    with site(tmp_path) as here:
        terminal = here.install(switches={"card_unique": True})
        for key, card in (("1", "11"), ("2", "22")):
            here.objects["employee", key] = employee(card=card)
        here.settle()
        here.objects["employee", "1"]["card"], here.objects["employee", "2"]["card"] = "22", "11"
        here.settle()
        assert {key: user.card for key, user in terminal.unit.state.users.items()} == {"1": "22", "2": "11"}
