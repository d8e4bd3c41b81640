"""How many calls it takes, by the server's own journal: a plan reads pages and no object by itself, N creates are N
calls, and many moves are one where the server has a call for it."""

from collections import Counter
from pathlib import Path

import pytest
from conformance import BY_PROFILE, COLLECTION, SUBJECTS, World, world
from conformance_values import companions, least

from reconciler.simulator import Fault

subjects = pytest.mark.parametrize("subject", SUBJECTS, ids=[subject.profile for subject in SUBJECTS])

ZKBIOTIME = BY_PROFILE["zkbiotime"]
PAGE = 1000
BATCH = 500


def calls(here: World) -> Counter[tuple[str, str]]:
    """How often each method and collection (or bulk call) was called; an object by itself has an id in it."""
    return Counter((each.method, each.path.removeprefix(COLLECTION)) for each in here.server.journal.entries())


@pytest.mark.parametrize("profile", ["biotime-8.5", "zkbiotime-company"])
def test_an_unchanged_plan_is_one_call_per_page(profile: str, tmp_path: Path) -> None:
    people = 2 * PAGE + 500
    with world(BY_PROFILE[profile], tmp_path) as here:
        here.server.generate(employees=people, departments=2, areas=2, positions=2)
        here.objects = {
            **{("department", f"D000{number}"): {"name": f"Department D000{number}"} for number in (1, 2)},
            **{("area", f"A000{number}"): {"name": f"Area A000{number}"} for number in (1, 2)},
            **{("position", f"P000{number}"): {"name": f"Position P000{number}"} for number in (1, 2)},
            **{
                ("employee", f"{number:06}"): {"department": f"D000{number % 2 + 1}"} for number in range(1, people + 1)
            },
        }
        assert here.apply().status == 0
        here.server.journal.clear()
        here.assert_settled()
        expected = {
            ("POST", "/api-token-auth/"): 1,
            ("GET", "departments/"): 1,
            ("GET", "areas/"): 1,
            ("GET", "positions/"): 1,
            ("GET", "employees/"): 3,
        }
        if here.server.profile.companies:
            expected["GET", "company/"] = 1
        assert calls(here) == expected


@subjects
def test_creating_takes_a_call_each_and_a_constant(subject: object, tmp_path: Path) -> None:
    few, many = (100, 300) if subject is BY_PROFILE["biotime-8.5"] else (4, 12)
    counts = []
    for number in (few, many):
        with world(subject, tmp_path / str(number)) as here:
            here.objects = companions(subject)
            for each in range(number):
                here.objects["employee", f"E{each}"] = least(subject, "employee", f"E{each}")
            assert here.apply().status == 0
            counts.append(calls(here))
    employees = ("POST", "employees/")
    assert [count.pop(employees) for count in counts] == [few + 2, many + 2]
    assert counts[0] == counts[1]
    assert all(count < 10 for count in counts[1].values())


def moving(here: World, people: int, **values: object) -> None:
    """Has that many employees on the server and in the files, and asks there for other values."""
    here.server.generate(employees=people, departments=1, areas=1)
    here.objects = companions(here.subject)
    for kind, key in (("department", "D0001"), ("area", "A0001")):
        here.objects[kind, key] = {"name": f"{kind.capitalize()} {key}"}
    for number in range(1, people + 1):
        here.objects["employee", f"{number:06}"] = {"department": "D0001", "areas": ["A0001"]}
    assert here.apply().status == 0
    here.server.journal.clear()
    for number in range(1, people + 1):
        here.objects["employee", f"{number:06}"] |= values


@pytest.mark.parametrize(
    ("people", "values", "call", "number"),
    [
        (BATCH, {"department": "R1"}, "adjust_department", 1),
        (BATCH + 1, {"areas": ["R1", "R2"]}, "adjust_area", 1),  # who is left over has a call of their own
        (BATCH + 2, {"department": "R1"}, "adjust_department", 2),
    ],
    ids=["one batch", "and one more", "two batches"],
)
def test_moving_many_takes_a_call_for_each_batch(
    people: int, values: dict[str, object], call: str, number: int, tmp_path: Path
) -> None:
    with world(ZKBIOTIME, tmp_path) as here:
        moving(here, people, **values)
        assert here.settle().document["verified"] is True
        alone = people % BATCH == 1
        assert Counter(method for method, _ in here.written()) == Counter(POST=number, PUT=int(alone))
        assert {path for method, path in here.written() if method == "POST"} == {f"employees/{call}/"}


@pytest.mark.parametrize(
    ("switches", "fault"),
    [
        ({}, Fault(effect="status", status=500, path="adjust_department")),
        ({}, Fault(effect="status", status=500, path="adjust_department", commit=True)),
        ({}, Fault(effect="status", status=404, path="adjust_department")),
        ({}, Fault(effect="html", path="adjust_department")),
        ({"bulk": False}, None),
        ({"bulk": False, "unknown_path": "json"}, None),
    ],
    ids=["500", "500 after the commit", "404", "html", "unknown, html", "unknown, json"],
)
def test_a_bulk_call_that_fails_is_made_up_for_one_by_one(
    switches: dict[str, object], fault: Fault | None, tmp_path: Path
) -> None:
    with world(ZKBIOTIME, tmp_path, **switches) as here:
        here.settings["concurrency"] = 1
        moving(here, 6, department="R1")
        for number in (4, 5, 6):
            here.objects["employee", f"{number:06}"]["department"] = "R2"  # a second batch, which is not even tried
        here.server.faults.add(*([fault] if fault else []))
        assert here.settle().document["verified"] is True
        assert [(method, path.startswith("employees/adjust")) for method, path in here.written()] == [
            ("POST", True),
            *[("PUT", False)] * 6,
        ]


def test_a_resignation_for_many_that_was_carried_out_before_it_failed_is_not_entered_twice(tmp_path: Path) -> None:
    with world(ZKBIOTIME, tmp_path) as here:
        moving(here, 4, **{"resigned.date": "2026-01-31", "resigned.type": "quit"})
        here.server.faults.add(Fault(effect="status", status=500, path="adjust_regsin", commit=True))
        assert here.settle().document["verified"] is True
        assert len(here.server.rows("resigns")) == 4


@pytest.mark.parametrize("adjust_area", ["works", "error"])
def test_areas_move_by_one_call_or_one_by_one(adjust_area: str, tmp_path: Path) -> None:
    with world(ZKBIOTIME, tmp_path, adjust_area=adjust_area) as here:
        moving(here, 3, areas=["R1", "R2"])
        here.settle()
        expected = [("POST", "employees/adjust_area/")]
        assert here.written()[:1] == expected
        assert len(here.written()) == (1 if adjust_area == "works" else 4)
