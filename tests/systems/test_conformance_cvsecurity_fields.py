"""Every field of every kind on both editions: created, changed by itself, cleared by itself, and never written when the
files do not name it."""

from pathlib import Path
from typing import Any, NamedTuple

import pytest
from conformance import summary
from conformance_cvsecurity import NEW, UNREAD, Gate, both_editions, employee, gate, wrong

from reconciler.systems.cvsecurity.bindings import BINDINGS


class Case(NamedTuple):
    """Two values of a field as files say them, and the members of the server's row that they become; `cleared` is what
    is left when the files say null (None: they can't)."""

    first: Any
    second: Any
    rows: tuple[dict[str, Any], dict[str, Any]]
    cleared: dict[str, Any] | None = {}  # noqa: RUF012  never changed
    path: str | None = None


def plain(first: str, second: str, member: str) -> Case:
    return Case(first, second, ({member: first}, {member: second}))


PHOTO = ("/9j/4CBvbmUgZmFjZQ==", "iVBORw0KGgogYW5vdGhlciBmYWNl")

PERSON = {
    "first_name": plain("Zoë", "Ana Maria", "name"),
    "last_name": plain("x" * 25, "Silva", "lastName"),
    "gender": Case("female", "male", ({"gender": "F"}, {"gender": "M"})),
    "birthday": plain("2001-02-03", "2000-02-29", "birthday"),
    "hire_date": plain("2019-06-10", "2020-01-01", "hireDate"),
    "email": plain("zoe@example.org", "z@example.org", "email"),
    "mobile": plain("912 000 111", "0151", "mobilePhone"),
    "ssn": plain("111-22", "007", "ssn"),
    "card": plain("0012345678", "4711", "cardNo"),
    "extra_cards": Case(["72", "71"], ["73"], ({"supplyCards": "71,72"}, {"supplyCards": "73"})),
    "device_password": Case(
        {"env": "SECRET_001234"}, {"env": "SECRET_99"}, ({"personPwd": "001234"}, {"personPwd": "99"})
    ),
    "valid.from": Case(
        "2026-01-05",
        "2026-01-05T08:30:00",
        ({"accStartTime": "2026-01-05 00:00:00"}, {"accStartTime": "2026-01-05 08:30:00"}),
    ),
    "valid.until": Case(
        "2026-12-31",
        "2026-12-31T18:00:00",
        ({"accEndTime": "2026-12-31 23:59:59"}, {"accEndTime": "2026-12-31 18:00:00"}),
    ),
    "cvsecurity.plate": plain("A12345", "B77", "carPlate"),
    "cvsecurity.certificate.type": Case(2, 1000, ({"certType": "2"}, {"certType": "1000"})),
    "cvsecurity.certificate.number": plain("X9", "00071", "certNumber"),
    "cvsecurity.disabled": Case(True, False, ({"isDisabled": True}, {}), None),
    "photo": Case("photos/one.jpg", "photos/two.png", ({"personPhoto": PHOTO[0]}, {"personPhoto": PHOTO[1]})),
    "attendance.enabled": Case(
        True, False, ({"attendance": {"isAttendance": True}}, {"attendance": {"isAttendance": False}}), None
    ),
    "privilege": Case("admin", "user", ({"attendance": {"perDevAuth": 14}}, {"attendance": {"perDevAuth": 0}}), None),
    "verify_mode": Case(
        "face+finger", "any", ({"attendance": {"verifyMode": 16}}, {"attendance": {"verifyMode": 0}}), None
    ),
    "access_levels": Case(
        ["Office", "Vault"], ["Vault"], ({"door_levels": ["D1", "D2"]}, {"door_levels": ["D2"]}), {"door_levels": []}
    ),
    "elevator_levels": Case(
        ["Lift"],
        ["Goods lift"],
        ({"elevator_levels": ["E1"]}, {"elevator_levels": ["E2"]}),
        {"elevator_levels": []},
        "access_levels",
    ),
    "entrance_levels": Case(
        ["Gate"],
        ["Side gate", "Gate"],
        ({"entrance_levels": ["P1"]}, {"entrance_levels": ["P1", "P2"]}),
        {"entrance_levels": []},
        "access_levels",
    ),
    "areas": Case(
        ["7", "HQ"], ["7"], ({"attendance_areas": ["7", "HQ"]}, {"attendance_areas": ["7"]}), {"attendance_areas": []}
    ),
    "cvsecurity.kiosk_areas": Case(
        ["7", "HQ"], ["7"], ({"kiosk_areas": ["7", "HQ"]}, {"kiosk_areas": ["7"]}), {"kiosk_areas": []}
    ),
}
"""By the path that the plan shows. `department` and the leaving have tests of their own."""

WRITE_ONLY = BINDINGS["employee"].write_only
PINS = {path: f"{number:03}" for number, path in enumerate(PERSON, 1)}
SETS = ("access_levels", "elevator_levels", "entrance_levels", "areas", "cvsecurity.kiosk_areas", "extra_cards")
OTHERS = {path: each for path, each in PERSON.items() if each.path is None}


def test_the_cases_are_all_there() -> None:
    assert PERSON.keys() | {"department", "resigned.date", "resigned.type"} == BINDINGS["employee"].lengths.keys()


def say(here: Gate, path: str, value: Any) -> None:
    here.objects["employee", PINS[path]] = employee(**{PERSON[path].path or path: value})


def rows(here: Gate) -> dict[str, dict[str, Any]]:
    """What the server has of each of the people, by path: but for the pin, the department, and sets that are empty."""
    found = {}
    for path, pin in PINS.items():
        row = here.person(pin)
        assert (row.pop("pin"), row.pop("deptCode")) == (pin, "OPS")
        found[path] = {name: sorted(value) if isinstance(value, list) else value for name, value in row.items()}
    return found


def without_empty(found: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {path: {name: value for name, value in row.items() if value != []} for path, row in found.items()}


@both_editions
def test_each_field_of_a_person_is_written_changed_and_cleared_by_itself(edition: str, tmp_path: Path) -> None:
    with gate(edition, tmp_path, sync_person_grants=True) as here:
        for path, case in PERSON.items():
            say(here, path, case.first)
        created = len(PERSON) + 2
        planned = here.plan()
        assert planned.document["summary"] == summary(create=created, adopt=6)
        here.settle()
        assert without_empty(rows(here)) == {path: case.rows[0] for path, case in PERSON.items()}

        for path, case in PERSON.items():
            say(here, path, case.second)
        assert here.settle().steps == {f"employee/{PINS[path]}": ("update", [path]) for path in PERSON}
        assert without_empty(rows(here)) == {path: case.rows[1] for path, case in PERSON.items()}

        clearable = {path: case.cleared for path, case in PERSON.items() if case.cleared is not None}
        for path in clearable:
            say(here, path, [] if path in SETS else None)
        assert here.settle().steps == {f"employee/{PINS[path]}": ("update", [path]) for path in clearable}
        left = {path: case.cleared if path in clearable else case.rows[1] for path, case in PERSON.items()}
        assert without_empty(rows(here)) == without_empty(left)


@both_editions
def test_everything_at_once_is_one_person_and_what_the_files_leave_out_is_kept(edition: str, tmp_path: Path) -> None:
    with gate(edition, tmp_path, sync_person_grants=True) as here:
        whole = {path: case.first for path, case in OTHERS.items()} | {"access_levels": ["Office", "Lift", "Gate"]}
        here.objects["employee", "1"] = employee(**whole)
        here.settle()
        before = here.person("1")
        assert before["cardNo"], before["supplyCards"] == ("0012345678", "71,72")

        here.objects["employee", "1"] = employee("RND", first_name="New")
        assert here.settle().steps == {"employee/1": ("update", ["department", "first_name"])}
        assert here.person("1") == before | {"deptCode": "RND", "name": "New"}


@both_editions
def test_spelling_is_never_a_change(edition: str, tmp_path: Path) -> None:
    spelled = {
        "first_name": " Zoë \t",
        "gender": " female",
        "verify_mode": "finger + face",
        "areas": ["HQ", "7", " HQ "],
        "access_levels": ["Vault", " Office", "Vault"],
        "valid.from": "2026-01-05T00:00:00",
        "valid.until": "2026-12-31T23:59:59",
        "extra_cards": ["71", "72"],
        "ssn": 7,
        "card": 12,
        "email": "",
        "mobile": " ",
    }
    first = {path: PERSON[path].first for path in spelled} | {"ssn": "7", "card": "12", "email": None, "mobile": None}
    with gate(edition, tmp_path) as here:
        here.objects["employee", "1"] = employee(**first)
        here.settle()
        here.objects["employee", "1"] = employee(**spelled)
        here.assert_settled()


@both_editions
def test_each_field_of_a_department_and_its_move(edition: str, tmp_path: Path) -> None:
    with gate(edition, tmp_path) as here:
        here.settle()
        assert here.departments() == {"OPS": ("Operations", "1"), "RND": ("Research", "OPS")}
        here.objects["department", "RND"]["name"] = "Science"
        assert here.settle().steps == {"department/RND": ("update", ["name"])}
        here.objects["department", "RND"]["parent"] = None
        assert here.settle().steps == {"department/RND": ("update", ["parent"])}
        assert here.departments() == {"OPS": ("Operations", "1"), "RND": ("Science", "1")}
        here.objects["department", "1"] = {"name": "Acme"}
        assert here.settle().steps == {"department/1": ("update", ["name"])}


@both_editions
def test_vehicles_are_put_on_their_lists_changed_and_taken_off(edition: str, tmp_path: Path) -> None:
    days = {"from": "2026-01-01", "to": "2026-12-31"}
    with gate(edition, tmp_path) as here:
        here.objects["vehicle", "AB12"] = {"list": "allow", **days}
        here.objects["vehicle", "CD34"] = {"list": "block"}
        applied = here.settle()
        assert [each for each in applied.details if "`list`" in each[2]] == [
            (
                UNREAD,
                None,
                (
                    "`from`, `list`, `to` can't be read from hq, so that what is written for 2 vehicles (AB12, CD34) "
                    "can't be verified. Later plans compare it with what the state remembers."
                ),
            )
        ]
        assert sorted(here.server.rows("parking"), key=lambda row: str(row["carNumber"])) == [
            {"carNumber": "AB12", "list": "white", **days},
            {"carNumber": "CD34", "list": "black"},
        ]
        for path, value in {"to": "2027-12-31", "from": "2026-02-01", "list": "block"}.items():
            here.objects["vehicle", "AB12"][path] = value
            assert here.settle().steps == {"vehicle/AB12": ("update", [path])}
        here.objects["vehicle", "AB12"] |= {"from": None, "to": None}
        assert here.settle().steps == {"vehicle/AB12": ("update", ["from", "to"])}
        del here.objects["vehicle", "CD34"]
        assert here.settle().steps == {"vehicle/CD34": ("delete", [])}
        assert here.server.rows("parking") == [{"carNumber": "AB12", "list": "black"}]


@pytest.mark.parametrize(
    ("days", "missing"), [({}, "`from` and `to`"), ({"from": "2026-01-01"}, "`to`"), ({"to": "2026-01-01"}, "`from`")]
)
def test_an_allowed_vehicle_without_both_days_is_an_error_of_the_plan(
    days: dict[str, str], missing: str, tmp_path: Path
) -> None:
    with gate(NEW, tmp_path) as here:
        here.objects["vehicle", "AB12"] = {"list": "allow", **days}
        for run in (here.plan(), here.apply()):
            assert (run.status, wrong(run)) == (
                1,
                [
                    (
                        "RC0601",
                        "hq/vehicle/AB12",
                        f"A vehicle with `list: allow` needs {missing} on cvsecurity. Add the first and last day.",
                    )
                ],
            )
        assert here.wrote() == []


@both_editions
def test_what_can_not_be_cleared_or_held_is_an_error_before_anything_is_written(edition: str, tmp_path: Path) -> None:
    empty = "`{}` can't be empty on cvsecurity. Give it a value, or leave it out."
    impossible = [(path, None, empty.format(path)) for path, case in OTHERS.items() if case.cleared is None]
    impossible += [
        ("verify_mode", "device", "`verify_mode` can't be device on cvsecurity. It can be "),
        ("device_password", {"env": "SECRET_1234567"}, "`device_password` is not 1 to 6 digits, which is what cvsec"),
        ("device_password", {"env": "SECRET_12a"}, "`device_password` is not 1 to 6 digits, which is what cvsecurity"),
    ]
    with gate(edition, tmp_path) as here:
        here.settle()
        here.server.journal.clear()
        for number, (path, value, _) in enumerate(impossible):
            here.objects["employee", f"{number}"] = employee(**{path: value})
        for run in (here.plan(), here.apply()):
            found = {address: (code, detail) for code, address, detail in wrong(run)}
            assert run.status == 1
            assert sorted(found) == [f"hq/employee/{number}" for number in range(len(impossible))]
            for number, (_, _, beginning) in enumerate(impossible):
                code, detail = found[f"hq/employee/{number}"]
                assert (code, detail[: len(beginning)]) == ("RC0601", beginning)
        assert here.wrote() == []
