"""Many changes in one apply, in the order that a server needs: names and cards exchanged, trees turned round, and
departments that go with or after their people."""

from pathlib import Path

import pytest
from conformance_cvsecurity import NEW, OLD, Gate, both_editions, employee, gate, wrong

DEPTH = 5


@both_editions
def test_names_of_departments_are_exchanged(edition: str, tmp_path: Path) -> None:
    with gate(edition, tmp_path) as here:
        _named(here, "Alpha", "Beta", "Gamma", "Delta")
        here.settle()
        for names in (("Beta", "Alpha", "Gamma", "Delta"), ("Gamma", "Beta", "Delta", "Alpha")):
            _named(here, *names)
            here.settle()
            assert [here.departments()[code][0] for code in "ABCD"] == list(names)
        here.objects["department", "OPS"]["name"], here.objects["department", "A"]["name"] = "Gamma", "Operations"
        here.settle()
        assert [here.departments()[code] for code in ("OPS", "A")] == [("Gamma", "1"), ("Operations", "1")]


def _named(here: Gate, *names: str) -> None:
    for code, name in zip("ABCD", names, strict=True):
        here.objects["department", code] = {"name": name}


@both_editions
def test_a_name_of_who_goes_is_taken_by_who_comes(edition: str, tmp_path: Path) -> None:
    with gate(edition, tmp_path) as here:
        here.objects["department", "A"] = {"name": "Alpha"}
        here.settle()
        del here.objects["department", "A"]
        here.objects["department", "B"] = {"name": "Alpha"}
        assert here.settle().steps == {"department/A": ("delete", []), "department/B": ("create", [])}


@both_editions
def test_cards_passwords_and_addresses_are_exchanged(edition: str, tmp_path: Path) -> None:
    with gate(edition, tmp_path) as here:
        for cards in ("123456", "214536", "312654"):  # two exchanged, then rings
            for pin, number in zip("ABCDEF", cards, strict=True):
                here.objects["employee", pin] = employee(
                    card=number,
                    extra_cards=[f"9{number}"],
                    device_password={"env": f"SECRET_{number}"},
                    email=f"{number}@example.org",
                )
            here.settle()
            assert [
                (row["cardNo"], row["supplyCards"], row["personPwd"], row["email"])
                for row in map(here.person, "ABCDEF")
            ] == [(number, f"9{number}", number, f"{number}@example.org") for number in cards]


@both_editions
def test_a_main_card_and_a_further_one_are_exchanged(edition: str, tmp_path: Path) -> None:
    with gate(edition, tmp_path) as here:
        here.objects["employee", "A"] = employee(card="1", extra_cards=["2"])
        here.settle()
        here.objects["employee", "A"] = employee(card="2", extra_cards=["1"])
        here.settle()
        assert (here.person("A")["cardNo"], here.person("A")["supplyCards"]) == ("2", "1")


@both_editions
def test_a_further_card_becomes_somebody_elses_main_one(edition: str, tmp_path: Path) -> None:
    with gate(edition, tmp_path) as here:
        here.objects["employee", "A"] = employee(card="1", extra_cards=["2"])
        here.objects["employee", "B"] = employee(card="3")
        here.settle()
        here.objects["employee", "A"] = employee(card="3", extra_cards=[])
        here.objects["employee", "B"] = employee(card="2")
        here.settle()
        assert [here.person(pin)["cardNo"] for pin in "AB"] == ["3", "2"]


@both_editions
def test_a_tree_is_made_turned_round_and_taken_down(edition: str, tmp_path: Path) -> None:
    keys = [f"L{DEPTH - level}" for level in range(DEPTH)]  # the alphabet's order is no help
    with gate(edition, tmp_path) as here:
        start = dict(here.objects)
        for order in (keys, keys[::-1]):  # then every child becomes its parent's parent
            above = dict(zip(order, [None, *order[:-1]], strict=True))
            here.objects = start | {("department", key): {"name": key, "parent": above[key]} for key in order}
            here.settle()
            found = {key: parent for key, (_, parent) in here.departments().items() if key in keys}
            assert found == {key: parent or "1" for key, parent in above.items()}
        here.objects = start
        here.settle()
        assert sorted(here.departments()) == ["OPS", "RND"]  # type: ignore[type-var]


@both_editions
def test_a_department_goes_with_its_people_or_after_they_have_moved(edition: str, tmp_path: Path) -> None:
    with gate(edition, tmp_path) as here:
        start = dict(here.objects)
        here.objects = start | {
            ("department", "GONE"): {"name": "Gone"},
            ("department", "BELOW"): {"name": "Below", "parent": "GONE"},
            ("employee", "1"): employee("BELOW"),
            ("employee", "2"): employee("GONE"),
        }
        here.settle()
        here.objects = start | {("employee", "2"): employee("RND")}
        assert here.settle().steps == {
            "employee/1": ("delete", []),
            "employee/2": ("update", ["department"]),
            "department/BELOW": ("delete", []),
            "department/GONE": ("delete", []),
        }
        assert (sorted(here.departments()), here.pins()) == (["OPS", "RND"], ["2"])  # type: ignore[type-var]


@both_editions
def test_a_department_that_strangers_are_in_stays_and_is_named_with_them(edition: str, tmp_path: Path) -> None:
    with gate(edition, tmp_path) as here:
        start = dict(here.objects)
        here.objects = start | {("department", "GONE"): {"name": "Gone"}}
        here.settle()
        here.server.seed({"persons": [{"pin": "900", "department": "GONE"}]})
        here.objects = start
        here.server.journal.clear()
        for run in (here.plan(), here.apply()):
            ((code, address, detail),) = wrong(run)
            assert (code, address, run.status) == ("RC0608", "hq/department/GONE", 0)
            assert "it is still used by employee 900" in detail
        assert here.wrote() == []


@pytest.mark.parametrize(("edition", "seen"), [(NEW, True), (OLD, False)], ids=["1.2", "1.0"])
def test_a_department_that_strangers_are_below_stays(edition: str, seen: bool, tmp_path: Path) -> None:
    """Without a list of departments a stranger below it is not seen, and the server's refusal is what remains."""
    with gate(edition, tmp_path) as here:
        start = dict(here.objects)
        here.objects = start | {("department", "GONE"): {"name": "Gone"}}
        here.settle()
        here.server.seed({"departments": [{"code": "S", "name": "Strange", "parent": "GONE"}]})
        here.objects = start
        applied = here.apply()
        ((code, address, detail),) = wrong(applied)
        assert address == "hq/department/GONE"
        if seen:
            assert (applied.status, code) == (0, "RC0608")
            assert "it is still used by department S" in detail
        else:
            assert (applied.status, code) == (1, "RC0701")
            assert "with the code -15. The department can't be deleted: it is the built-in one, or depart" in detail
        assert "GONE" in here.departments()


@both_editions
def test_a_department_without_people_that_employees_refer_to_is_made_first(edition: str, tmp_path: Path) -> None:
    """It has nobody on the server yet; the files' people are to come into it, and its parent stands there already."""
    with gate(edition, tmp_path) as here:
        here.settle()
        here.objects["department", "EMPTY"] = {"name": "Empty", "parent": "RND"}
        here.settle()
        here.objects["employee", "1"] = employee("EMPTY")
        here.settle()
        here.forget_state()
        assert here.plan().steps["department/EMPTY"] == ("adopt", [])
        del here.objects["department", "EMPTY"]
        refused = here._run("plan", "--json")
        assert [(code, '"EMPTY"' in detail) for code, _, detail in refused.details] == [("RC0302", True)]


def test_a_department_that_is_not_managed_is_looked_up_for_whom_it_is_referred_by(tmp_path: Path) -> None:
    """Edition 1.0 gives departments by their codes alone."""
    with gate(OLD, tmp_path) as here:
        here.settings["manages"] = ["employees"]
        here.server.seed({"departments": [{"code": "RND", "name": "Research"}]})
        here.objects["employee", "1"] = employee("RND")
        assert here.apply().status == 0
        here.objects["employee", "2"] = employee("OPS")
        ((code, address, detail),) = wrong(here.apply())
        assert (code, address) == ("RC0606", "hq/employee/2")
        assert detail.startswith("`department` is OPS, and there is no such department on hq")
        assert here.pins() == ["1"]
