"""People who leave: what happens instead of a delete, and resignations, where a server has them and where not."""

from pathlib import Path
from typing import Any

import pytest
from conformance import BY_PROFILE, SUBJECTS, Subject, World, world
from conformance_values import companions, least

from reconciler.simulator.store import Row

subjects = pytest.mark.parametrize("subject", SUBJECTS, ids=[subject.profile for subject in SUBJECTS])
with_resignations = pytest.mark.parametrize(
    "subject", [each for each in SUBJECTS if "resigned" not in each.absent], ids=lambda each: each.profile
)
without_resignations = pytest.mark.parametrize(
    "subject", [each for each in SUBJECTS if "resigned" in each.absent], ids=lambda each: each.profile
)

RESIGNED = {"resigned.date": "2026-01-31", "resigned.type": "quit"}


def person(here: World, **values: Any) -> None:
    """Puts an employee E beside the companions."""
    here.objects = companions(here.subject) | {("employee", "E"): {**least(here.subject, "employee", "E"), **values}}


def resigns(here: World) -> list[Row]:
    return [{name: value for name, value in row.items() if name != "id"} for row in here.server.rows("resigns")]


@subjects
def test_forget_lets_go_and_disable_moves_to_where_no_terminal_is(subject: Subject, tmp_path: Path) -> None:
    with world(subject, tmp_path) as here:
        person(here)
        here.objects["employee", "D"] = {**least(subject, "employee", "D"), "on_remove": "disable"}
        here.settle()
        person(here, on_remove="forget")  # said later, which takes no call but is remembered
        here.objects["employee", "D"] = {**least(subject, "employee", "D"), "on_remove": "disable"}
        here.settle()
        here.objects = companions(subject)
        here.server.journal.clear()

        applied = here.settle()
        assert applied.steps == {"employee/E": ("no-op", []), "employee/D": ("update", ["areas"])}
        assert {each["action_reason"] for each in applied.document["resource_changes"]} == {"removed"}
        assert len(here.written()) == 1
        assert {key: here.row("employee", key)["area"] for key in "DE"} == {"D": [1], "E": [2, 3]}


@with_resignations
def test_resign_enters_a_resignation_and_coming_back_takes_it_away(subject: Subject, tmp_path: Path) -> None:
    with world(subject, tmp_path) as here:
        person(here, on_remove="resign")
        here.settle()
        here.objects = companions(subject)
        planned = here.settle()
        paths = ["resigned.block_attendance", "resigned.date", "resigned.type"]
        assert planned.steps == {"employee/E": ("update", paths)}
        (row,) = resigns(here)
        assert (row["resign_type"], row["disableatt"]) == (3, True)

        person(here, on_remove="resign")
        assert here.settle().steps == {"employee/E": ("update", paths)}
        assert resigns(here) == []


@pytest.mark.parametrize(
    ("subject", "listed"),
    [
        *((subject, "listed") for subject in SUBJECTS if "resigned" not in subject.absent),
        (BY_PROFILE["biotime-8.5"], "by_code"),
        (BY_PROFILE["biotime-8.5"], "hidden"),
        (BY_PROFILE["zkbiotime-company"], "hidden"),
    ],
    ids=lambda each: each if isinstance(each, str) else each.profile,
)
def test_a_resignation_is_entered_changed_and_taken_back(subject: Subject, listed: str, tmp_path: Path) -> None:
    with world(subject, tmp_path, resigned=listed) as here:
        person(here, **RESIGNED)
        here.settle()
        assert resigns(here) == [_row(here, "2026-01-31", 1)]

        person(here, **RESIGNED | {"resigned.type": "dismissed", "resigned.reason": "Sold"})
        assert here.settle().steps == {"employee/E": ("update", ["resigned.reason", "resigned.type"])}
        assert resigns(here) == [_row(here, "2026-01-31", 2) | {"reason": "Sold"}]

        person(here, resigned=None)
        here.settle()
        assert resigns(here) == []
        assert "E" in here.codes("employee")


def _row(here: World, day: str, kind: int) -> Row:
    return {
        "employee": here.row("employee", "E")["id"],
        "resign_date": day,
        "resign_type": kind,
        "disableatt": False,
    }


@with_resignations
def test_who_has_resigned_can_change_and_be_deleted(subject: Subject, tmp_path: Path) -> None:
    with world(subject, tmp_path) as here:
        person(here, **RESIGNED)
        here.settle()
        person(here, **RESIGNED, city="Porto", department="R2")
        here.settle()
        assert (here.row("employee", "E")["city"], len(resigns(here))) == ("Porto", 1)
        here.objects = companions(subject)
        here.settle()
        assert here.codes("employee") == ["R1", "R2"]


@without_resignations
@pytest.mark.parametrize(
    ("unknown_path", "asked"), [("html", RESIGNED), ("json", {"on_remove": "resign"})], ids=["resigned", "on_remove"]
)
def test_a_server_without_resignations_says_so_before_anything_is_written(
    subject: Subject, unknown_path: str, asked: dict[str, Any], tmp_path: Path
) -> None:
    with world(subject, tmp_path, unknown_path=unknown_path) as here:
        person(here, **asked)
        for run in (here.plan(), here.apply()):
            assert run.status == 1
            assert [(code, "has no resignations" in detail) for code, _, detail in run.details] == [("RC0601", True)]
        assert here.written() == []


def test_many_resign_on_one_day_by_one_call(tmp_path: Path) -> None:
    with world(BY_PROFILE["zkbiotime"], tmp_path) as here:
        people = {("employee", f"E{number}"): {"department": "R1", "areas": ["R1"]} for number in range(5)}
        here.objects = companions(here.subject) | people
        here.settle()
        here.server.journal.clear()
        for key in people:
            here.objects[key] |= RESIGNED
        here.settle()
        assert here.written() == [("POST", "employees/adjust_regsin/")]
        assert len(resigns(here)) == 5
