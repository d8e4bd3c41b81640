"""How many calls it takes, by the server's own journal: a plan reads pages and nobody by themselves, creates are
batches, and what an edition lacks costs a call each and no more."""

from collections import Counter
from pathlib import Path

import pytest
from conformance_cvsecurity import NEW, OLD, Gate, both_editions, employee, gate

PAGE = 1000

CONSTANT = {
    "department/get/1": 1,  # is the token good?
    "attAreaPerson/area/list": 2,  # it has no count, and ends with an empty page
    "v2/accLevel/list": 1,
    "v2/eleLevel/list": 1,
    "v2/psgLevel/list": 1,
}
"""What every plan asks of both editions."""


@both_editions
def test_an_unchanged_plan_is_its_pages_and_a_constant(edition: str, tmp_path: Path) -> None:
    people = 2 * PAGE + 500
    with gate(edition, tmp_path) as here:
        here.server.generate(employees=people, departments=2)
        here.objects |= {("department", f"D000{number}"): {"name": f"Department D000{number}"} for number in (1, 2)}
        here.objects |= {
            ("employee", f"{number:06}"): {"department": f"D000{number % 2 + 1}"} for number in range(1, people + 1)
        }
        here.settle()
        here.server.journal.clear()
        here.assert_settled()
        lists = {"department/getDepartmentList": 1}
        if edition == OLD:
            lists |= {f"department/get/{code}": 1 for code in ("D0001", "D0002", "OPS", "RND")}
        assert here.calls() == Counter(CONSTANT | lists | {"v2/person/getPersonList": 3})


@pytest.mark.parametrize("levels", [["Office"], ["Office", "Gate"]], ids=["doors", "entrances"])
def test_creating_is_its_batches_and_a_constant(levels: list[str], tmp_path: Path) -> None:
    few, many = (_creating(NEW, tmp_path / str(number), number, levels) for number in (100, 300))
    batched = {"v2/person/addPersons": 2, "attAreaPerson/set": 2}
    if "Gate" in levels:
        batched["v2/psgLevel/addLevelByPerson"] = 2
    assert many - few == Counter(batched)
    assert few["v2/person/addPersons"] == 2  # a look whether it is there, and one batch
    assert sum(few.values()) <= 40


def test_without_batches_it_is_one_call_each_and_the_same_constant(tmp_path: Path) -> None:
    few, many = (_creating(OLD, tmp_path / str(number), number, ["Office"]) for number in (5, 25))
    assert many - few == Counter({"person/add": 20})
    assert few["person/add"] == 5


def _creating(edition: str, root: Path, number: int, levels: list[str]) -> Counter[str]:
    with gate(edition, root) as here:
        here.settle()
        here.objects |= {
            ("employee", f"{each:04}"): employee(first_name="Ana", access_levels=levels, areas=["HQ"])
            for each in range(number)
        }
        here.server.journal.clear()
        assert here.apply().status == 0
        found = here.calls()
        assert [here.member_of(f"{each:04}")[0] for each in (0, number - 1)] == [["D1"], ["D1"]]
        return found


@pytest.mark.parametrize(
    ("edition", "call", "times"),
    [(NEW, "v2/person/deleteByPins", 1), (OLD, "person/delete/", 12)],
    ids=["1.2", "1.0"],
)
def test_deleting_is_one_call_where_the_server_has_one(edition: str, call: str, times: int, tmp_path: Path) -> None:
    with gate(edition, tmp_path) as here:
        start = dict(here.objects) | {("employee", "STAYS"): employee()}
        here.objects = start | {("employee", f"{each:04}"): employee() for each in range(12)}
        here.settle()
        here.objects = start
        here.server.journal.clear()
        here.settle()
        assert sum(count for path, count in _writes(here).items() if path.startswith(call)) == times
        assert here.pins() == ["STAYS"]


def _writes(here: Gate) -> Counter[str]:
    return Counter(each for each in here.wrote())


def test_who_is_moved_to_another_department_costs_a_share_of_a_batch(tmp_path: Path) -> None:
    with gate(NEW, tmp_path) as here:
        people = [("employee", f"{each:04}") for each in range(150)]
        here.objects |= {at: employee(access_levels=["Office"]) for at in people}
        here.settle()
        here.objects |= {at: employee("RND", access_levels=["Office"]) for at in people}
        here.server.journal.clear()
        here.settle()
        assert _writes(here) == Counter({"v2/person/addPersons": 2})


def test_edition_1_0_asks_for_the_departments_of_files_and_state_alone(tmp_path: Path) -> None:
    with gate(OLD, tmp_path) as here:
        here.server.seed({"departments": [{"code": f"S{each}", "name": f"Strange {each}"} for each in range(5)]})
        here.objects["department", "GONE"] = {"name": "Gone"}
        here.settle()
        del here.objects["department", "GONE"]
        here.server.journal.clear()
        here.plan()
        asked = sorted(path for path in here.calls() if path.startswith("department/get/"))
        assert asked == [f"department/get/{code}" for code in ("1", "GONE", "OPS", "RND")]
